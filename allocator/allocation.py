"""An allocation: what a search found, replayed, with every yuan accounted for."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fact_models.allocation.cells import Problem
from fact_models.allocation.replay import Vector
from fact_models.allocation.spec import Request
from fact_models.allocation.stack import Positions

Status = Literal["optimal", "feasible_limit", "no_plan_yet", "infeasible", "unverified"]
TIGHT = 1e-7
"""Share of a limit within which it counts as reached."""
FLAT = 1e-9
"""Worth of a share of the value per share of the spend below which a curve counts as flat."""
LISTED = 4
"""Limits that a reason names."""


@dataclass(frozen=True)
class Unspent:
    """What is left of the budget, and why."""

    amount: float
    reason: str

    def __str__(self) -> str:
        """``unspent: 12.5, because every channel is at its upper limit``."""
        return f"unspent: {self.amount:,.6g}, because {self.reason}"


@dataclass(frozen=True, eq=False)
class Allocation:
    """The answer to a request, in its units.

    Attributes:
        request: what was asked.
        status: ``optimal`` within the gap asked for, ``feasible_limit`` with a wider one when time
            ran out, ``no_plan_yet``, ``infeasible``; ``unverified`` if the replay found a broken
            limit, or a value above the bound; the message then names it.
        spend: spend by channel over the horizon and all targets, without fixed costs.
        detail: the same by period: (channels, periods), or (channels, targets, periods); None
            without an allocation.
        value: what the curves yield, from the replay.
        by_curve: value by channel, by target where there are targets.
        bound: no allocation is worth more.
        gap: (bound - value) / bound.
        prices: worth of one more unit on a limit, by its name; ``budget`` among them.
        marginal: worth of one more unit of spend by channel, in its best period.
        fees: fixed costs paid.
        paid: spend and fees.
        unspent: what is left of the budget and why; None without a budget.
        method: how it was found.
        nodes: nodes of the tree.
        seconds: wall time.
        message: why there is no allocation, or what is wrong with it.
    """

    request: Request
    status: Status
    spend: dict[str, float] = field(default_factory=dict)
    detail: Vector | None = None
    value: float | None = None
    by_curve: dict[str, float] = field(default_factory=dict)
    bound: float | None = None
    gap: float | None = None
    prices: dict[str, float] = field(default_factory=dict)
    marginal: dict[str, float] = field(default_factory=dict)
    fees: float = 0.0
    paid: float = 0.0
    unspent: Unspent | None = None
    method: str = ""
    nodes: int = 0
    seconds: float = 0.0
    message: str = ""

    def summary(self) -> dict[str, Any]:
        """Plain values for JSON."""
        unspent = None if self.unspent is None else {**vars(self.unspent)}
        return {
            "name": self.request.name,
            "status": self.status,
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "spend": self.spend,
            "detail": None if self.detail is None else self.detail.tolist(),
            "by_curve": self.by_curve,
            "prices": self.prices,
            "marginal": {n: m if np.isfinite(m) else None for n, m in self.marginal.items()},
            "fees": self.fees,
            "paid": self.paid,
            "unspent": unspent,
            "method": self.method,
            "nodes": self.nodes,
            "seconds": self.seconds,
            "message": self.message,
        }


def fill(problem: Problem, x: Vector) -> Vector:
    """Spends raised until the first row is full; curves never fall, so this never hurts.

    What a search leaves over by its tolerance is spread over the cells that spend already, in
    proportion to their room; not over those to which more is worth nothing.
    """
    cells, rows = problem.cells, problem.rows
    if not rows.names or not np.isfinite(rows.upper).any():
        return x
    grows = (x > 0) & (cells.unit == 0) & ~flat(problem, x)
    room = np.where(grows, np.maximum(cells.upper - x, 0.0), 0.0)
    used = rows.used(x, cells.fees(x))
    more = rows.matrix @ room
    left = np.maximum(rows.upper - used, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = float(np.min(np.where(more > 0, left / more, np.inf), initial=1.0))
    return np.asarray(x + min(part, 1.0) * room)


def flat(problem: Problem, x: Vector) -> NDArray[np.bool_]:
    """(n,) cells in which more spend is worth nothing."""
    terms = problem.terms
    size = max(float(problem.cells.upper.max()), 1e-300)
    return np.asarray(terms.gain(x) * size <= FLAT * max(terms.value(x), 1e-300))


def why_unspent(problem: Problem, x: Vector, rest: float) -> str:
    """Why ``rest``, in internal units, is not spent; cell by cell, in words."""
    cells, rows = problem.cells, problem.rows
    budget = float(rows.upper[rows.names.index("budget")])
    if rest <= TIGHT * budget:
        return "the budget is used up"
    fee = cells.fees(x)
    full = x >= cells.upper * (1 - TIGHT)
    # What a cell takes more at least: a unit, or all that a resting one begins with.
    starts = cells.switched & (x == 0)
    more = np.where(x > 0, cells.unit, cells.step)
    cost = more + np.where(starts, cells.fixed, 0.0)
    left = rows.upper - rows.used(x, fee)
    reached = np.isfinite(rows.upper) & (left <= TIGHT * rows.upper)
    entries = rows.matrix.tocoo()
    of_row, of_cell = entries.row.astype(np.intp), entries.col.astype(np.intp)
    takes = np.where(rows.fees[of_row], cost[of_cell], more[of_cell])
    scarce = ~reached[of_row] & (left[of_row] < takes * (1 - TIGHT))
    scarce &= of_row != rows.names.index("budget")
    words = {
        "channels are at their upper limits": full,
        f"limits are reached ({_named(rows.names, np.flatnonzero(reached))})": _touched(
            x.size, of_cell[reached[of_row]]
        ),
        "curves are flat where they are": flat(problem, x),
        "less than one unit is left": (cells.unit > 0) & (cost > rest) & ~starts,
        "less than what a resting channel needs is left": starts & (cost > rest),
        "limits leave less than a unit or what a resting channel needs"
        f" ({_named(rows.names, np.unique(of_row[scarce]))})": _touched(x.size, of_cell[scarce]),
        "upper limits of channels leave less than a unit or a least spend": (
            more > (cells.upper - x) * (1 + TIGHT)
        ),
    }
    reasons, open_cells = [], np.ones(x.size, dtype=bool)
    for said, holds in words.items():
        if (holds & open_cells).any():
            reasons.append(said)
            open_cells &= ~holds
    if open_cells.any():
        reasons.append("the rest would bring less than the gap")
    return " and ".join(reasons)


def _touched(size: int, cells: Positions) -> NDArray[np.bool_]:
    """(size,) which cells are among ``cells``."""
    found = np.zeros(size, dtype=bool)
    found[cells] = True
    return found


def _named(names: list[str], which: Positions) -> str:
    """The first names, and whether there are more."""
    return ", ".join(names[row] for row in which[:LISTED]) + (", ..." * (which.size > LISTED))
