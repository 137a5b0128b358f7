"""Concave smooth allocations under any rows: a primal-dual interior-point method.

The curves are smooth and each term presses on few cells, so the Newton matrix falls into small
blocks (a channel with carry-over, a target) that the rows couple. The blocks are inverted, and a
system as large as the number of rows is left. What the method returns is certified by
``fact_models.allocation.bounds.tangent_bound``, which trusts none of it.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from allocator.allocation import fill
from allocator.allocation_result import Found
from fact_models.allocation.bounds import tangent_bound
from fact_models.allocation.cells import Cells, Problem
from fact_models.allocation.stack import Positions, Vector

STEPS = 200
"""Most Newton steps."""
AIM = 0.01
"""Share of the gap at which the method stops; it takes few steps more than the gap itself."""
TO_THE_WALL = 0.995
"""Share of the way to the nearest bound that a step may take."""
CENTRE = 0.15
"""Factor by which a step tries to lower the complementarity."""
KEPT = 1e-9
"""Residual of the rows, in internal units, that counts as none."""
ROOM = 2.0
"""Upper bound of a cell over the row that keeps it lower."""
WIDEN = 1e-9
"""Least width of an interval, as a share of its end: equal sides are parted by it."""


def solve(problem: Problem, gap: float, deadline: float) -> Found | None:
    """Best allocation, or None where the method does not get within ``gap``.

    Args:
        problem: all terms concave and smooth, no cell with a switch or a unit.
        gap: relative difference of bound and value to reach.
        deadline: value of ``time.monotonic()`` to end at.
    """
    method = _Method(_with_room(_without_fees(problem)))
    bound, best, prices = np.inf, None, np.zeros(len(problem.rows.names))
    value = -np.inf
    for _ in range(STEPS):
        if time.monotonic() > deadline or not method.step():
            break
        if method.residual > KEPT:
            continue
        found = tangent_bound(method.problem, method.x, method.y)
        spend = method.settled()
        worth = problem.terms.value(spend)
        if worth > value:
            value, best = worth, spend
        if found < bound:
            bound, prices = found, method.y.copy()
        if bound - value <= AIM * gap * max(abs(bound), abs(value)):
            break
    closed = np.isfinite(bound) and bound - value <= gap * max(abs(bound), abs(value))
    return Found(fill(problem, best), prices, bound) if closed and best is not None else None


def _without_fees(problem: Problem) -> Problem:
    """The fees of cells that always spend, taken out of the sides of the rows."""
    cells, rows = problem.cells, problem.rows
    paid = np.where(cells.always, cells.fixed, 0.0)
    fee = np.where(rows.fees, rows.matrix @ paid, 0.0)
    rows = replace(rows, lower=rows.lower - fee, upper=rows.upper - fee)
    return replace(problem, rows=rows)


def _with_room(problem: Problem) -> Problem:
    """Cells whose upper bound only repeats a row get more of it: the method stays inside of all
    bounds, and two that meet at one point would share the worth of the row.
    """
    cells = problem.cells
    caps = problem.rows.caps(np.zeros(cells.upper.size))
    upper = np.where((cells.upper >= caps) & (caps > 0), ROOM * caps, cells.upper)
    return replace(problem, cells=replace(cells, upper=upper))


class _Method:
    """State of the method: spends, row activities, and the multipliers of their bounds."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.low, self.high = _interval(problem.cells)
        self.row_low, self.row_high = _apart(problem.rows.lower, problem.rows.upper)
        self.matrix = problem.rows.matrix
        self.blocks = _Blocks.of(problem)
        share = np.full(self.low.size, 0.5)
        # Begin where the rows are about half used.
        room = np.where(np.isfinite(self.row_high), self.row_high, np.inf)
        used = self.matrix @ (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(used > 0, room / used, np.inf)
        for row in range(ratio.size):
            mine = self.matrix.indices[self.matrix.indptr[row] : self.matrix.indptr[row + 1]]
            share[mine] = np.minimum(share[mine], 0.5 * max(ratio[row], 1e-6))
        self.x = self.low + share * (self.high - self.low)
        self.s = _inside(self.matrix @ self.x, self.row_low, self.row_high)
        self.y = np.zeros(self.s.size)
        worth = max(abs(problem.terms.value(self.x)), 1e-3)
        mu = 0.1 * worth / self.x.size
        self.x_low, self.x_high = mu / (self.x - self.low), mu / (self.high - self.x)
        self.s_low = _over(mu, self.s - self.row_low)
        self.s_high = _over(mu, self.row_high - self.s)
        self.mu = mu

    @property
    def residual(self) -> float:
        """Largest distance of a row from the activity that is kept within its sides."""
        return float(np.abs(self.matrix @ self.x - self.s).max(initial=0.0))

    def settled(self) -> Vector:
        """The spends, those at a bound put there."""
        cells = self.problem.cells
        width = self.high - self.low
        down = (self.x - self.low < 1e-7 * width) & (self.x_low > self.x - self.low)
        x = np.where(down, cells.lower, self.x)
        x = np.clip(x, cells.lower, cells.upper)
        # Never more than the rows took before.
        return np.asarray(np.where(down, x, np.maximum(np.minimum(x, self.x), cells.lower)))

    def step(self) -> bool:
        """One Newton step towards the centre; False if its system cannot be solved."""
        # Where there is no allocation the method runs into its bounds.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return self._step()

    def _step(self) -> bool:
        terms, matrix = self.problem.terms, self.matrix
        a = terms.press @ self.x + terms.base
        gradient = -(terms.press.T @ (terms.weight * terms.stack.slope(a)))
        bend = -terms.weight * terms.stack.curvature(a)
        left, right = self.x - self.low, self.high - self.x
        down, up = self.s - self.row_low, self.row_high - self.s
        target = CENTRE * self.mu
        barrier = self.x_low / left + self.x_high / right
        row_barrier = np.maximum(self.s_low / down + self.s_high / up, 1e-14)
        rest = -gradient - matrix.T @ self.y + target / left - target / right
        row_rest = self.y + target / down - target / up
        miss = matrix @ self.x - self.s
        inverse = self.blocks.inverse(bend, barrier)
        if inverse is None:
            return False
        free = inverse @ rest
        schur = (matrix @ inverse @ matrix.T).toarray() + np.diag(1 / row_barrier)
        right_side = matrix @ free + miss - row_rest / row_barrier
        try:
            dy = cho_solve(cho_factor(schur), right_side) if schur.size else right_side
        except (LinAlgError, ValueError):
            return False
        dx = free - inverse @ (matrix.T @ dy)
        ds = matrix @ dx + miss
        changes = (
            (self.x_low, target / left - self.x_low - self.x_low / left * dx),
            (self.x_high, target / right - self.x_high + self.x_high / right * dx),
            (self.s_low, target / down - self.s_low - self.s_low / down * ds),
            (self.s_high, target / up - self.s_high + self.s_high / up * ds),
        )
        primal = min(_room(left, dx), _room(right, -dx), _room(down, ds), _room(up, -ds))
        dual = min(_room(value, change) for value, change in changes)
        if not (np.isfinite(dx).all() and np.isfinite(dy).all()) or max(primal, dual) <= 0:
            return False
        self.x, self.s = self.x + primal * dx, self.s + primal * ds
        self.y = self.y + dual * dy
        for value, change in changes:
            value += dual * change
        self.mu = self._complementarity()
        return True

    def _complementarity(self) -> float:
        down, up = self.s - self.row_low, self.row_high - self.s
        sums = self.x_low @ (self.x - self.low) + self.x_high @ (self.high - self.x)
        finite = [(self.s_low, down), (self.s_high, up)]
        count = 2 * self.x.size
        for multiplier, distance in finite:
            inside = np.isfinite(distance)
            sums += multiplier[inside] @ distance[inside]
            count += int(inside.sum())
        return float(sums) / count


def _interval(cells: Cells) -> tuple[Vector, Vector]:
    low = np.where(cells.always, cells.least, cells.lower)
    return _apart(low, np.maximum(cells.upper, low))


def _apart(low: Vector, high: Vector) -> tuple[Vector, Vector]:
    """Bounds with room between them."""
    least = WIDEN * np.maximum(np.where(np.isfinite(high), np.abs(high), 1.0), 1e-6)
    with np.errstate(invalid="ignore"):
        narrow = high - low < least
    return np.where(narrow, low - least / 2, low), np.where(narrow, high + least / 2, high)


def _inside(values: Vector, low: Vector, high: Vector) -> Vector:
    """``values``, pulled into the middle nine tenths between finite sides."""
    with np.errstate(invalid="ignore"):
        width = np.where(np.isfinite(high - low), high - low, np.maximum(np.abs(values), 1.0))
    floor = np.where(np.isfinite(low), low + 0.05 * width, -np.inf)
    ceiling = np.where(np.isfinite(high), high - 0.05 * width, np.inf)
    return np.clip(values, floor, ceiling)


def _over(mu: float, distance: Vector) -> Vector:
    """``mu / distance``, 0 where there is no side."""
    return np.where(np.isfinite(distance), mu / distance, 0.0)


def _room(value: Vector, change: Vector) -> float:
    """Largest step, at most 1, that keeps ``value`` positive."""
    falling = (change < 0) & np.isfinite(value)
    if not falling.any():
        return 1.0
    return min(1.0, TO_THE_WALL * float((-value[falling] / change[falling]).min()))


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Blocks of the Newton matrix, those of one shape together.

    Attributes:
        size: number of cells.
        groups: cells (b, k) and terms (b, r) of the blocks, and their press (b, r, k).
    """

    size: int
    groups: list[tuple[Positions, Positions, Vector]]

    @classmethod
    def of(cls, problem: Problem) -> "_Blocks":
        """Cells that a term ties together, found as connected parts of the press."""
        press = problem.terms.press
        size, links = press.shape[1], press.tocoo()
        nodes = (sum(press.shape), sum(press.shape))
        graph = sparse.csr_array((links.data, (links.col, size + links.row)), shape=nodes)
        count, label = sparse.csgraph.connected_components(graph, directed=False)
        of_cell, of_term = label[:size], label[size:]
        shapes: dict[tuple[int, int], list[int]] = {}
        cells_in = np.bincount(of_cell, minlength=count)
        terms_in = np.bincount(of_term, minlength=count)
        for part in np.flatnonzero(cells_in):
            shapes.setdefault((int(cells_in[part]), int(terms_in[part])), []).append(int(part))
        cell_order = np.argsort(of_cell, kind="stable")
        term_order = np.argsort(of_term, kind="stable")
        cell_start = np.concatenate([[0], np.cumsum(cells_in)])
        term_start = np.concatenate([[0], np.cumsum(terms_in)])
        groups = []
        for (k, r), parts in shapes.items():
            cells = cell_order[cell_start[parts][:, None] + np.arange(k)]
            rows = term_order[term_start[parts][:, None] + np.arange(r)]
            groups.append((cells, rows, _dense(press, cells, rows)))
        return cls(size, groups)

    def inverse(self, bend: Vector, barrier: Vector) -> sparse.csr_array | None:
        """Inverse of press' diag(bend) press + diag(barrier); None if it is singular."""
        data, row, column = [], [], []
        for cells, terms, press in self.groups:
            block = np.matmul(np.swapaxes(press, 1, 2) * bend[terms][:, None, :], press)
            k = cells.shape[1]
            block[:, np.arange(k), np.arange(k)] += barrier[cells]
            try:
                found = 1 / block if k == 1 else np.linalg.inv(block)
            except np.linalg.LinAlgError:
                return None
            data.append(found.ravel())
            row.append(np.repeat(cells, k, axis=1).ravel())
            column.append(np.tile(cells, (1, k)).ravel())
        entries = np.concatenate(data), (np.concatenate(row), np.concatenate(column))
        return sparse.csr_array(entries, shape=(self.size, self.size))


def _dense(press: sparse.csr_array, cells: Positions, rows: Positions) -> Vector:
    """Entries of ``press`` at rows (b, r) and cells (b, k) as one array (b, r, k)."""
    place = np.full(press.shape[1], -1)
    place[cells.ravel()] = np.tile(np.arange(cells.shape[1]), cells.shape[0])
    found = np.zeros((*rows.shape, cells.shape[1]))
    for b, terms in enumerate(rows):
        for r, term in enumerate(terms):
            mine = slice(press.indptr[term], press.indptr[term + 1])
            found[b, r, place[press.indices[mine]]] = press.data[mine]
    return found
