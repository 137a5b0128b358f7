"""Allocations of any kind: tangents, splits and a MILP, round by round, until bound and plan meet.

Bound: that of the MILP, in which every curve is overstated. Plan: the MILP's spends, polished with
its whole numbers fixed, and worth what the curves themselves say.
"""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from allocator.allocation import fill
from allocator.allocation_prices import prices_at
from allocator.allocation_result import Found
from allocator.highs import WITH_PLAN, Engine, Option, Outcome, Status
from allocator.matrix import Vector
from allocator.pieces import Pieced, build
from allocator.tangents import Pool, first_tangents, rows_at, separate
from fact_models.allocation.cells import Problem

ROUNDS = 60
"""Most MILPs of a search."""
CUT_ROUNDS = 40
"""Most rounds of tangents for one relaxation."""
TREE_SHARE = 0.3
"""Share of the gap that a MILP may leave open."""
CUT_SHARE = 0.05
"""Share of the gap by which a term may be overstated before it gets another tangent."""
LEAST_TREE = 1e-7
"""Smallest gap asked of a MILP."""
SMALL: dict[str, Option] = {
    "mip_lp_solver": "simplex",
    "mip_heuristic_effort": 0.0,
    "mip_allow_restart": False,
}
"""Options of a MILP with few rows: its plans come from the polish, its time goes into the root."""
GRAIN = 1e-9
"""Share of its upper bound that a channel spends which is switched on for its fee alone."""
FEASIBLE = 1e-9
"""Share of a side by which the rows may be missed before spends are scaled down."""


@dataclass
class _State:
    """What outlives a rebuild of the program."""

    splits: dict[int, list[float]] = field(default_factory=dict)
    pool: Pool = field(default_factory=Pool)
    best: Vector | None = None
    value: float = -math.inf
    bound: float = math.inf
    nodes: int = 0


def solve(problem: Problem, gap: float, deadline: float) -> Found:
    """Best allocation of a problem of any kind, and its bound."""
    search, rows = _first(problem), len(problem.rows.names)
    stopped = False
    for _ in range(ROUNDS):
        outcome = _round(problem, search, gap, deadline)
        if outcome.status is Status.INFEASIBLE and search.best is None:
            return Found(None, np.zeros(rows), -math.inf)
        search.nodes += outcome.nodes
        if _closed(search, gap):
            break
        if outcome.status not in WITH_PLAN or time.monotonic() > deadline:
            stopped = True
            break
    if search.best is None:
        return Found(None, np.zeros(rows), search.bound, search.nodes, stopped)
    best = fill(problem, search.best)
    return Found(best, prices_at(problem, best), search.bound, search.nodes, stopped)


def _first(problem: Problem) -> _State:
    """What is known before any search: the least spends, if they keep every row, and the value
    of all spends at their upper bounds.
    """
    cells, rows, terms = problem.cells, problem.rows, problem.terms
    least = np.where(cells.always, cells.least, cells.lower)
    search = _State(bound=terms.value(np.maximum(cells.upper, least)))
    used = rows.used(least, np.where(cells.always, cells.fixed, 0.0))
    whole = (cells.unit == 0) | (least == 0)
    if whole.all() and (used >= rows.lower).all() and (used <= rows.upper).all():
        search.best, search.value = least, terms.value(least)
    return search


def _closed(search: _State, gap: float) -> bool:
    return search.bound - search.value <= gap * max(abs(search.bound), abs(search.value))


def _round(problem: Problem, search: _State, gap: float, deadline: float) -> Outcome:
    """Build, relax, search, polish; learn tangents and splits."""
    pieced = build(problem, search.splits)
    engine = Engine(pieced.matrix, _column_scale(problem, pieced))
    which, ratio = first_tangents(pieced.terms)
    search.pool.fresh(pieced.terms, which, ratio)
    engine.add_rows(rows_at(pieced.terms, *search.pool.all(pieced.terms)))
    relaxed = _cut(engine, pieced, search, gap, deadline)
    _note(problem, pieced, search, relaxed)
    if relaxed.status is not Status.OPTIMAL or not pieced.matrix.integer.any():
        return relaxed
    tree = max(TREE_SHARE * gap, LEAST_TREE)
    start = None if search.best is None else _start(pieced, relaxed.x, problem, search.best)
    outcome = engine.solve_mip(deadline, gap=tree, start=start, options=SMALL)
    search.bound = min(search.bound, outcome.bound + pieced.constant)
    if outcome.x is None:
        return outcome
    _separate(engine, pieced, search, outcome.x, gap)
    _split(problem, pieced, search, outcome.x, gap)
    _polish(engine, problem, pieced, search, outcome.x, gap, deadline)
    return outcome


def _column_scale(problem: Problem, pieced: Pieced) -> Vector:
    """Spend in whole units is counted in them: the solver's presolve loses plans where a whole
    number times a unit of many decimals has to meet a limit exactly.
    """
    scale = np.ones(pieced.matrix.cost.size)
    counted = np.flatnonzero(pieced.count >= 0)
    scale[counted] = problem.cells.unit[counted]
    return scale


def _note(problem: Problem, pieced: Pieced, search: _State, outcome: Outcome) -> None:
    """Bound of a relaxation; its spends are an allocation unless spends are switched or whole."""
    if math.isfinite(outcome.bound):
        search.bound = min(search.bound, outcome.bound + pieced.constant)
    if outcome.x is not None and (pieced.switch < 0).all() and (pieced.count < 0).all():
        _keep(problem, search, outcome, pieced)


def _cut(engine: Engine, pieced: Pieced, search: _State, gap: float, deadline: float) -> Outcome:
    """The relaxation, with tangents added until it overstates the curves by little."""
    outcome = engine.solve_lp(deadline)
    for _ in range(CUT_ROUNDS):
        if outcome.x is None or not _separate(engine, pieced, search, outcome.x, gap):
            break
        outcome = engine.solve_lp(deadline)
    return outcome


def _separate(engine: Engine, pieced: Pieced, search: _State, x: Vector, gap: float) -> bool:
    """Add the tangents that the point ``x`` asks for; whether there were any."""
    which, ratio, _ = separate(pieced.terms, x, CUT_SHARE * gap)
    which, ratio = search.pool.fresh(pieced.terms, which, ratio)
    if which.size:
        engine.add_rows(rows_at(pieced.terms, which, ratio))
    return bool(which.size)


def _split(problem: Problem, pieced: Pieced, search: _State, x: Vector, gap: float) -> None:
    """Part the convex pieces in which the plan sits and the chord overstates it."""
    terms, cells = problem.terms, problem.cells.upper.size
    a = terms.press @ x[:cells] + terms.base
    value = terms.stack.value(a)
    allowed = CUT_SHARE * gap * max(abs(search.bound), 1e-12)
    for k, edges in pieced.cuts.items():
        place = int(np.searchsorted(edges, a[k], side="right")) - 1
        if not 0 <= place < len(edges) - 1:
            continue
        low, high = edges[place], edges[place + 1]
        curve = terms.curves[terms.which[k]]
        if low >= curve.inflection() * (1 - 1e-12) or not low < a[k] < high:
            continue
        part = (a[k] - low) / (high - low)
        chord = (1 - part) * curve.value(low) + part * curve.value(high)
        if terms.weight[k] * (chord - value[k]) > allowed:
            search.splits.setdefault(k, []).append(float(a[k]))


def _start(pieced: Pieced, x: Vector | None, problem: Problem, best: Vector) -> Vector | None:
    """The best plan so far as a start: only its whole numbers count."""
    if x is None:
        return None
    start = x.copy()
    start[: best.size] = best
    cells = problem.cells
    for n in np.flatnonzero(pieced.switch >= 0):
        start[pieced.switch[n]] = float(best[n] > 0)
    for n in np.flatnonzero(pieced.count >= 0):
        start[pieced.count[n]] = np.rint(best[n] / cells.unit[n])
    a = problem.terms.press @ best + problem.terms.base
    names = {name: n for n, name in enumerate(pieced.matrix.column_names)}
    for k, edges in pieced.cuts.items():
        place = int(np.clip(np.searchsorted(edges, a[k], side="right") - 1, 0, len(edges) - 2))
        for p, low in enumerate(edges[:-1]):
            start[names[f"z[{k},{low:g}]"]] = float(p == place)
    return start


def _polish(
    engine: Engine,
    problem: Problem,
    pieced: Pieced,
    search: _State,
    x: Vector,
    gap: float,
    deadline: float,
) -> None:
    """Whole numbers fixed, spends refined."""
    fixed = np.flatnonzero(pieced.matrix.integer)
    at = np.rint(x[fixed])
    engine.set_bounds(fixed, at, at)
    outcome = _cut(engine, pieced, search, gap, deadline)
    if outcome.x is not None:
        _keep(problem, search, outcome, pieced)
    engine.set_bounds(fixed, pieced.matrix.lower[fixed], pieced.matrix.upper[fixed])


def _keep(problem: Problem, search: _State, outcome: Outcome, pieced: Pieced) -> None:
    """Remember the spends of an outcome if they are the best so far."""
    assert outcome.x is not None
    spend = _tidy(problem, outcome.x, pieced)
    value = problem.terms.value(spend)
    if value > search.value:
        search.best, search.value = spend, value


def _tidy(problem: Problem, x: Vector, pieced: Pieced) -> Vector:
    """Spends without the solver's tolerances: within bounds, off where switched off, whole."""
    cells, rows = problem.cells, problem.rows
    spend = np.clip(x[: cells.upper.size], cells.lower, np.maximum(cells.upper, cells.lower))
    on = np.ones(spend.size, dtype=bool)
    switched = pieced.switch >= 0
    on[switched] = x[pieced.switch[switched]] > 0.5
    spend = np.where(on, np.where(switched, np.maximum(spend, cells.least), spend), 0.0)
    counted = pieced.count >= 0
    spend[counted] = np.rint(spend[counted] / cells.unit[counted]) * cells.unit[counted]
    used = rows.used(spend, np.where(spend > 0, cells.fixed, 0.0))
    if (used < rows.lower * (1 - FEASIBLE)).any():
        # A fee that is paid to reach a limit is paid for some spend.
        spend = np.where(on & switched & (spend <= 0), GRAIN * cells.upper, spend)
        used = rows.used(spend, np.where(spend > 0, cells.fixed, 0.0))
    missed = used > rows.upper * (1 + FEASIBLE)
    over = np.divide(rows.upper, used, out=np.ones_like(used), where=missed)
    factor = np.ones(spend.size)
    entries = rows.matrix.tocoo()
    np.minimum.at(factor, entries.col, over[entries.row])
    loose = ~counted & (spend * factor >= np.maximum(cells.lower, cells.least * (spend > 0)))
    return np.where(loose, spend * factor, spend)
