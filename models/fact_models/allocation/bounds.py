"""What no allocation can exceed: prices on the budget, a maximum of each cell by itself.

Equations (CU.n) are those of models/MODEL.md. All figures are in internal units.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fact_models.allocation.cells import Problem, Terms
from fact_models.allocation.stack import Positions, Stack, Vector
from fact_models.response import rescaled

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Separable:
    """Cells that share nothing but the budget, with intervals that a search may narrow.

    Attributes:
        stack: curves of the cells, of their spend.
        weight: (n,) what their values count.
        low, high: (n,) interval of a cell that spends.
        fixed: (n,) paid on top by a cell that spends.
        may_rest: (n,) cells that may spend nothing.
        may_spend: (n,) cells that may spend.
    """

    stack: Stack
    weight: Vector
    low: Vector
    high: Vector
    fixed: Vector
    may_rest: Flags
    may_spend: Flags

    @classmethod
    def of(cls, problem: Problem) -> "Separable":
        """Cells of a problem whose terms are separable."""
        cells, terms = problem.cells, problem.terms
        low = np.where(cells.switched | cells.always, cells.least, 0.0)
        return cls(
            _of_spend(terms),
            terms.weight,
            low,
            cells.upper,
            cells.fixed,
            cells.switched,
            low <= cells.upper,
        )

    def only(self, cells: Positions, stack: Stack) -> "Separable":
        """These cells alone, ``stack`` their curves."""
        names = ("weight", "low", "high", "fixed", "may_rest", "may_spend")
        return replace(self, stack=stack, **{name: getattr(self, name)[cells] for name in names})

    @property
    def begin(self) -> Vector:
        """(n,) where the concave part of a cell's interval begins."""
        return np.asarray(np.clip(self.stack.inflection, self.low, self.high))

    @property
    def bent(self) -> Flags:
        """(n,) cells whose best spend may jump: a switch, or a convex part."""
        return (self.may_rest & self.may_spend) | (self.begin > self.low)

    def worth(self, x: Vector) -> Vector:
        """(..., n) value of spending ``x``."""
        return self.weight * self.stack.value(x)

    def cost(self, x: Vector) -> Vector:
        """(..., n) money of spending ``x``; a cell that cannot rest always pays its fee."""
        return np.where(self.may_rest & (x <= 0), 0.0, x + self.fixed)

    def best(self, price: Vector) -> tuple[Vector, Vector]:
        """Best spend of every cell at ``price`` (..., 1), and its gain at most.

        (CU.11) h(price) = max over x of weight f(x) - price (x + fee): attained at rest, at the
        lower end, or on the concave part where the slope has come down to the price. A tangent
        there covers what the root finder misses.
        """
        shape = np.broadcast_shapes(price.shape, self.low.shape)
        begin = self.begin
        with np.errstate(divide="ignore"):
            at = self.stack.descend(price / self.weight, begin, self.high)
        slope = self.weight * self.stack.slope(at)
        with np.errstate(invalid="ignore"):
            over = np.maximum((slope - price) * (self.high - at), (slope - price) * (begin - at))
        # A table has many slopes at a kink, the price among them; there the point is exact.
        loose = np.isfinite(over) & ~self.stack.kinked
        slack = np.where(loose, np.maximum(over, 0.0), 0.0)
        spend = np.broadcast_to(self.low, shape)
        gain = self.worth(spend) - price * (spend + self.fixed)
        inner = self.worth(at) - price * (at + self.fixed)
        spend = np.where(inner >= gain, at, spend)
        gain = np.maximum(gain, inner + slack)
        rest = self.worth(np.zeros(shape))
        resting = ~self.may_spend | (self.may_rest & (rest >= gain))
        return np.where(resting, 0.0, spend), np.where(resting, rest, gain)

    def lagrangian(self, price: float, budget: float) -> tuple[float, Vector]:
        """(CU.12) bound = price budget + sum of h(price); and the best spends (n,)."""
        spend, gain = self.best(np.array([price]))
        return price * budget + float(gain.sum()), spend

    def money(self, spend: Vector) -> Vector:
        """(...,) money of all cells together."""
        return np.asarray(self.cost(spend).sum(axis=-1))


def _of_spend(terms: Terms) -> Stack:
    """Curves f(share x) of the spends x of separable terms: an effect on a target, or the first
    of the weights of a carry-over, is not always 1.
    """
    shares = terms.press.data
    if (shares == 1).all():
        return terms.stack
    kinds = dict.fromkeys(zip(terms.which.tolist(), shares.tolist(), strict=True))
    place = {kind: n for n, kind in enumerate(kinds)}
    curves = [rescaled(terms.curves[curve], 1 / share, 1.0) for curve, share in kinds]
    pairs = zip(terms.which.tolist(), shares.tolist(), strict=True)
    return Stack(curves, np.array([place[pair] for pair in pairs], dtype=np.intp))


def tangent_bound(problem: Problem, x: Vector, prices: Vector) -> float:
    """(CU.13) An upper bound from any point and any prices of the rows, for concave terms.

    Every term is replaced by its tangent at ``x``, every row by its price times its side; what is
    left is linear in each cell and attained at an end of its interval.

    Args:
        problem: all terms concave, no fees.
        x: (n,) a point at which all slopes are finite.
        prices: (m,) one a row; positive on upper sides, negative on lower sides.
    """
    terms, cells, rows = problem.terms, problem.cells, problem.rows
    a = terms.press @ x + terms.base
    # Terms that no spend reaches, or that count nothing, may stand at an infinite slope.
    idle = terms.unreached | (terms.weight == 0)
    slope = np.where(idle, 0.0, terms.weight) * np.where(idle, 0.0, terms.stack.slope(a))
    rest = float(terms.weight @ terms.stack.value(a) - slope @ (a - terms.base))
    side = np.where(prices > 0, rows.upper, rows.lower)
    price = np.where(np.isfinite(side), prices, 0.0)
    reduced = terms.press.T @ slope - rows.matrix.T @ price
    ends = np.maximum(reduced * cells.lower, reduced * cells.upper)
    return rest + float(price @ np.where(price != 0, side, 0.0)) + float(ends.sum())
