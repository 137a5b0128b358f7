"""The concave terms as SCIP's own nonlinear constraints, exact: no tangent, no chord.

``y <= s phi(x / s)`` is written with the share ``r`` of the term's largest ratio ``last``:
``last r s <= x`` and ``y <= s phi(last r)``; both laws rise, so nothing is lost by the
inequality. With a fixed ``s`` the first is linear; with a binary one there is no product at all:
``last r <= x``, ``r <= s`` and ``y <= phi(last r) - (1 - s) phi(0)``. Straight pieces stay linear
rows, pooled reception is written slot by slot, and the convex part of an S-shaped curve becomes
``y <= f(x)`` beside its piece's binary.
"""

import math
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import pyscipopt

from allocator.handover import Affine, Handover
from allocator.matrix import Vector
from fact_models.program import Program
from fact_models.reception import Pooled
from fact_models.response import (
    Adbudg,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    Response,
    Tanh,
)


@dataclass
class Writer:
    """Adds terms to a SCIP model that holds the linear rows.

    Attributes:
        scip: the model.
        variables: its variables in the order of the program's columns.
        column: (n,) user units per unit of a variable.
    """

    scip: Any
    variables: list[Any]
    column: Vector

    def write(self, program: Program, handover: Handover) -> None:
        """All terms of the program and the convex parts of its S-shaped responses."""
        terms = handover.terms
        for phi, where in terms.groups:
            for n in where:
                y, x, s = (self.form(part, n) for part in (terms.y, terms.x, terms.s))
                self.term(phi, y, x, s, float(terms.first[n]), float(terms.last[n]))
        for shaped in program.terms.shaped:
            for q, part in enumerate(shaped.parts):
                last = shaped.cuts[q + 1]
                if shaped.cuts[q] >= shaped.curve.inflection() * (1 - 1e-12):
                    continue
                response = part.parent_block().response[part.index()]
                x, y = (self.variable(handover, v) for v in (part, response))
                if shaped.curve.value(0.0) == 0.0:
                    self.term(shaped.curve, y, x, 1.0, 0.0, last)

    def variable(self, handover: Handover, variable: Any) -> Any:
        """A Pyomo variable in user units."""
        n = handover.column_of[id(variable)]
        return float(self.column[n]) * self.variables[n]

    def form(self, affine: Affine, n: int) -> Any:
        """Row ``n`` of the affine forms in user units; a number if it holds no column."""
        rows, constant = affine.rows, float(affine.constant[n])
        mine = slice(rows.indptr[n], rows.indptr[n + 1])
        parts = [
            float(value * self.column[at]) * self.variables[at]
            for at, value in zip(rows.indices[mine], rows.data[mine], strict=True)
        ]
        return reduce(add, parts, constant)

    def term(self, phi: Response, y: Any, x: Any, s: Any, first: float, last: float) -> None:
        """``y <= s phi(x / s)`` for ratios in ``[first, last]``."""
        if isinstance(phi, Linear):
            self.at_most(y, phi.rate * x, phi.value(last))
        elif isinstance(phi, Piecewise):
            self._straight(phi, y, x, s, first, last)
        elif isinstance(phi, Pooled):
            self._pooled(phi, y, x, s)
        else:
            self._smooth(phi, y, x, s, first, last)

    def at_most(self, left: Any, right: Any, size: float) -> None:
        """``left <= right``, divided by ``size`` so that SCIP's tolerances mean the same
        everywhere."""
        scale = 1.0 / size if size > 0 else 1.0
        difference = scale * left - scale * right
        if isinstance(difference, (int, float)):
            return
        self.scip.addCons(difference <= 0.0)

    def share(self, first: float = 0.0) -> Any:
        """A new variable between ``first`` and 1."""
        return self.scip.addVar(lb=first, ub=1.0)

    def _smooth(self, phi: Response, y: Any, x: Any, s: Any, first: float, last: float) -> None:
        top, size = phi.value(last), self._largest(s)
        if top <= 0 or size <= 0:
            self.at_most(y, 0.0, 1.0)
            return
        if self._binary(s):
            r = self.share()
            self.at_most(last * r, x, last)
            self.at_most(r, s, 1.0)
            self.at_most(y + (1 - s) * phi.value(0.0), top * law(phi, r, last), top)
            return
        r = self.share(first / last)
        self.at_most(last * r * s, x, last * size)
        self.at_most(y, top * s * law(phi, r, last), top * size)

    def _straight(self, phi: Piecewise, y: Any, x: Any, s: Any, first: float, last: float) -> None:
        points = [*phi.x, math.inf]
        size = phi.value(last) * self._largest(s)
        for start, end in pairwise(points):
            if end <= first or (start >= last and start > 0):
                continue
            slope = phi.slope(start)
            rest = phi.value(start) - slope * start
            self.at_most(y, slope * x + rest * s, size)

    def _pooled(self, phi: Pooled, y: Any, x: Any, s: Any) -> None:
        hours, received, size = [], [], self._largest(s)
        for curve, limit in zip(phi.curves, phi.limits, strict=True):
            if limit <= 0:
                continue
            h, v = self.share(), self.share()
            taken, got = limit * size * h, curve.value(limit) * size * v
            self.at_most(taken, limit * s, limit * size)
            self.term(curve, got, taken, s, 0.0, limit)
            hours.append(taken)
            received.append(got)
        self.at_most(reduce(add, hours, 0.0), x, sum(phi.limits) * size)
        self.at_most(y, reduce(add, received, 0.0), phi.value(sum(phi.limits)) * size)

    def _binary(self, s: Any) -> bool:
        """Whether ``s`` is one binary variable."""
        if isinstance(s, (int, float)):
            return False
        used = {term: value for term, value in s.terms.items() if value != 0.0}
        if len(used) != 1 or set(used.values()) != {1.0}:
            return False
        (term,) = used
        if len(term.vartuple) != 1:
            return False
        (variable,) = term.vartuple
        ends = variable.getLbOriginal(), variable.getUbOriginal()
        return variable.vtype() in ("BINARY", "INTEGER") and 0.0 <= ends[0] <= ends[1] <= 1.0

    def _largest(self, s: Any) -> float:
        """Largest value of a switch or a size, in user units."""
        if isinstance(s, (int, float)):
            return float(s)
        total = 0.0
        for term, coefficient in s.terms.items():
            if not term.vartuple:
                total += coefficient
                continue
            (variable,) = term.vartuple
            ends = variable.getLbOriginal(), variable.getUbOriginal()
            total += max(coefficient * end for end in ends)
        return float(total)


def law(phi: Response, r: Any, last: float) -> Any:
    """``phi(last r) / phi(last)`` as an expression in ``r``.

    Raises:
        TypeError: there is no expression for this kind of curve.
    """
    if isinstance(phi, Power):
        return r**phi.exponent
    if isinstance(phi, Log):
        return pyscipopt.log(1 + last / phi.half * r) / math.log1p(last / phi.half)
    if isinstance(phi, Exponential):
        reach = last / phi.rate_scale
        return (1 - pyscipopt.exp(-reach * r)) / -math.expm1(-reach)
    if isinstance(phi, Tanh):
        reach = last / phi.rate_scale
        return (2 / (1 + pyscipopt.exp(-2 * reach * r)) - 1) / math.tanh(reach)
    if isinstance(phi, Hill | Adbudg):
        n, reach = phi.steepness, last / phi.half
        share = 1 - 1 / (1 + reach**n * r**n)
        low, rise = (0.0, phi.scale) if isinstance(phi, Hill) else (phi.low, phi.high - phi.low)
        return (low + rise * share) / phi.value(last)
    raise TypeError(f"no nonlinear expression for {type(phi).__name__}")
