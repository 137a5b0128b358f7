"""Many curves, one budget: prices at the root, a tree over the curves that jump.

The bound of every node is a Lagrangian one (``fact_models.allocation.bounds``): the smallest over
a grid of prices. A node differs from its parent in one cell, so its bound costs one column of the
grid and no solver.
"""

import heapq
import itertools
import time
from dataclasses import dataclass, replace

import numpy as np

from allocator.allocation import fill
from allocator.allocation_result import Found
from fact_models.allocation.bounds import Flags, Separable
from fact_models.allocation.cells import Problem
from fact_models.allocation.stack import Vector

SMALLEST_PRICE = 1e-10
"""Price in internal units below which more spend counts as worth nothing."""
BISECTIONS = 200
LARGEST_PRICE = 1e30
CLOSE = 1e-12
"""Relative distance of two prices that count as one."""
NODE_CLOSE = 1e-8
"""The same in a node: its bound is off by this share of a jump's money."""
DENSE, SPARSE = 400, 40
"""Prices of the grid near the root's price, and on each side farther away."""
NEAR = 0.15
"""Share of the root's price that the dense part of the grid covers on each side."""
LARGEST_GRID = 6_000_000
"""Entries of the grid; with more cells it gets fewer prices."""
MARGIN = 0.1
"""A branching point keeps this share of the jump away from both its ends."""


@dataclass(frozen=True)
class Interval:
    """State of one cell in a node."""

    low: float
    high: float
    may_rest: bool
    may_spend: bool


@dataclass(frozen=True, eq=False)
class Column:
    """Best spends, money and gains of one cell over the grid of prices, each (G,)."""

    spend: Vector
    money: Vector
    gain: Vector


@dataclass(frozen=True, eq=False)
class Node:
    """A part of the allocations: narrowed cells, and the sums over the grid."""

    columns: dict[int, tuple[Interval, Column]]
    bound: Vector
    money: Vector


def solve(problem: Problem, gap: float, deadline: float) -> Found:
    """Best allocation of cells that share nothing but one budget, and its bound."""
    search = _Search(Separable.of(problem), _budget(problem), gap, deadline)
    search.run()
    names = problem.rows.names
    x = None if search.best is None else fill(problem, search.best)
    price = search.price if search.price > SMALLEST_PRICE else 0.0
    # Where no price leaves room, all money is bound in least spends and convex parts.
    bound = price >= LARGEST_PRICE
    if x is not None and names:
        steepest = _steepest_bound(search.cells, search.budget, x, everywhere=bound)
        price = steepest if bound else max(price, steepest)
    prices = np.array([price] if names else [])
    return Found(x, prices, search.bound, search.nodes, search.stopped)


def _steepest_bound(cells: Separable, budget: float, x: Vector, *, everywhere: bool) -> float:
    """Slope of a cell that is still on its convex part, or of any that spends, where the search
    leaves it while the others share the rest: one more unit of a used up budget goes there.
    """
    if float(cells.money(x)) < budget * (1 - NODE_CLOSE):
        return 0.0
    ends = cells.high if everywhere else cells.begin
    rising = ((x > 0) | ~cells.may_rest) & (x < ends)
    return float(np.where(rising, cells.weight * cells.stack.slope(x), 0.0).max(initial=0.0))


def _budget(problem: Problem) -> float:
    """The one limit; without one, what all cells together can spend."""
    if problem.rows.names:
        return float(problem.rows.upper[0])
    return float((problem.cells.upper + problem.cells.fixed).sum())


class _Search:
    """One search; ``best`` is None as long as nothing fits the budget."""

    def __init__(self, cells: Separable, budget: float, gap: float, deadline: float) -> None:
        self.cells, self.budget, self.gap, self.deadline = cells, budget, gap, deadline
        self.best: Vector | None = None
        self.value = -np.inf
        self.bound = np.inf
        self.price = 0.0
        self.nodes = 0
        self.stopped = False
        self.closed = -np.inf

    def run(self) -> None:
        """Root first; the tree only if the root leaves a gap."""
        least = np.where(self.cells.may_rest | ~self.cells.may_spend, 0.0, self.cells.low)
        if float(self.cells.cost(least).sum()) > self.budget * (1 + 1e-12):
            self.bound = -np.inf
            return
        low, high, bound = self._prices(self.cells)
        # Curves never fall, so no allocation is worth more than all of them at their most.
        most = np.where(self.cells.may_spend, self.cells.high, 0.0)
        self.bound = min(bound, float(self.cells.worth(most).sum()))
        lower, upper = (self.cells.lagrangian(p, self.budget)[1] for p in (low, high))
        self._offer_between(self.cells, lower, upper)
        if not self._closed(self.bound):
            self._tree(low)

    def _closed(self, bound: float) -> bool:
        return bound - self.value <= self.gap * max(abs(bound), abs(self.value), 1e-300)

    def _prices(
        self,
        cells: Separable,
        start: tuple[float, float] = (SMALLEST_PRICE, 1.0),
        close: float = CLOSE,
    ) -> tuple[float, float, float]:
        """Prices just below and just above the one at which the budget is used up, and the bound
        there.

        Args:
            cells: the cells.
            start: prices to begin with, the second above the first.
            close: relative distance at which the two prices count as one.
        """
        low, high = start
        bound, over = self._over(cells, low)
        if over <= 0 and low > SMALLEST_PRICE:
            low = SMALLEST_PRICE
            bound, over = self._over(cells, low)
        if over <= 0:
            return low, low, bound
        found, under = self._over(cells, high)
        bound = min(bound, found)
        while under > 0 and high < LARGEST_PRICE:
            low, over, high = high, under, 10 * high
            found, under = self._over(cells, high)
            bound = min(bound, found)
        for step in range(BISECTIONS):
            if high - low <= close * high or -under <= CLOSE * self.budget:
                break
            middle = _between(low, high, over, under, bisect=step % 3 == 2)
            found, rest = self._over(cells, middle)
            bound = min(bound, found)
            if rest > 0:
                low, over = middle, rest
            else:
                high, under = middle, rest
        return low, high, bound

    def _over(self, cells: Separable, price: float) -> tuple[float, float]:
        """The bound at ``price``, and the money by which the best spends exceed the budget."""
        bound, spend = cells.lagrangian(price, self.budget)
        return bound, float(cells.money(spend)) - self.budget

    def _offer_between(self, cells: Separable, lower: Vector, upper: Vector) -> None:
        """Offer the pattern of the higher price, the one with as many jumps as the budget pays,
        and the one with a jump more, for which the others give way.
        """
        self._offer(cells, _decided(cells, upper))
        jumped = np.flatnonzero(_jumped(cells, upper, lower))
        more = cells.cost(lower)[jumped] - cells.cost(upper)[jumped]
        jumped = jumped[np.argsort(-more, kind="stable")]
        rest, taken, missed = self.budget - float(cells.money(upper)), upper.copy(), -1
        for cell, dearer in zip(jumped, np.sort(more)[::-1], strict=True):
            if dearer <= rest:
                taken[cell], rest = lower[cell], rest - dearer
            else:
                missed = int(cell)
        if (taken != upper).any():
            self._offer(cells, _decided(cells, taken))
        if missed >= 0:
            taken[missed] = lower[missed]
            self._offer(cells, _decided(cells, taken))

    def _offer(self, cells: Separable, decided: Separable) -> None:
        """Spread the budget over a pattern of decided cells; keep it if it is the best so far."""
        floor = np.where(decided.may_spend, decided.low, 0.0)
        if float(decided.cost(floor).sum()) > self.budget * (1 + 1e-12):
            return
        low, high, _ = self._prices(decided)
        below, above = (decided.best(np.array([p]))[0] for p in (low, high))
        used, more = float(decided.money(above)), float(decided.money(below))
        # On concave parts any mixture of the two is as good as they are.
        part = 0.0 if more <= used else min((self.budget - used) / (more - used), 1.0)
        spend = above + max(part, 0.0) * (below - above)
        value = float(cells.worth(spend).sum())
        if value > self.value:
            self.value, self.best, self.price = value, spend, high

    def _tree(self, price: float) -> None:
        """Best-first search over the cells that jump."""
        grid = _Grid(self.cells, price)
        order = itertools.count()
        root = Node({}, grid.gain.sum(axis=1) + grid.prices * self.budget, grid.money.sum(axis=1))
        heap = [(-min(float(root.bound.min()), self.bound), next(order), root)]
        while heap:
            bound = -heap[0][0]
            self.bound = max(bound, self.closed, self.value)
            if self._closed(self.bound):
                return
            if time.monotonic() > self.deadline:
                self.stopped = True
                return
            node = heapq.heappop(heap)[2]
            self.nodes += 1
            for child in self._children(grid, node):
                found = min(float(child.bound.min()), bound)
                if not self._closed(found):
                    heapq.heappush(heap, (-found, next(order), child))
                else:
                    self.closed = max(self.closed, found)
        self.bound = max(self.closed, self.value)

    def _children(self, grid: "_Grid", node: Node) -> list[Node]:
        """Halves of a node; none if its exact bound closes it."""
        cells = grid.narrowed(node)
        low, high, bound = self._prices(cells, grid.around(node, self.budget), NODE_CLOSE)
        lower, upper = (cells.lagrangian(p, self.budget)[1] for p in (low, high))
        rest = self.budget - float(cells.money(upper))
        if float(cells.worth(upper).sum()) + low * max(rest, 0.0) > self.value:
            self._offer_between(cells, lower, upper)
        if self._closed(bound):
            self.closed = max(self.closed, bound)
            return []
        jumps = np.where(_jumped(cells, upper, lower), lower - upper, 0.0)
        if not jumps.any():
            return self._split_widest(grid, node)
        cell = int(np.argmax(jumps))
        return self._split(grid, node, cell, float(upper[cell]), float(lower[cell]), rest)

    def _split_widest(self, grid: "_Grid", node: Node) -> list[Node]:
        """Halves of the widest cell that may still jump."""
        cells = grid.narrowed(node)
        width = np.where(cells.bent, cells.high - cells.low * ~cells.may_rest, 0.0)
        if not width.any():
            self.closed = max(self.closed, float(node.bound.min()))
            return []
        cell = int(np.argmax(width))
        high = float(cells.high[cell])
        return self._split(grid, node, cell, 0.0, high, high / 2)

    def _split(
        self, grid: "_Grid", node: Node, cell: int, at: float, to: float, rest: float
    ) -> list[Node]:
        """Two nodes: the cell stays below what the budget would pay of its jump, or goes above."""
        now = grid.interval(node, cell)
        if now.may_rest and now.may_spend and at <= 0:
            parts = [replace(now, may_spend=False), replace(now, may_rest=False)]
        else:
            middle = float(np.clip(at + rest, at + MARGIN * (to - at), to - MARGIN * (to - at)))
            parts = [replace(now, high=middle), replace(now, low=middle, may_rest=False)]
        return [grid.child(node, cell, part) for part in parts]


def _between(low: float, high: float, over: float, under: float, *, bisect: bool) -> float:
    """A price between two, where the money would meet the budget on a line in the logarithm of
    the price; in the middle every third time, for where the money jumps.
    """
    part = 0.5 if bisect else min(max(over / (over - under), 0.01), 0.99)
    return float(np.exp(np.log(low) + part * (np.log(high) - np.log(low))))


def _decided(cells: Separable, spend: Vector) -> Separable:
    """Cells at rest stay so, cells below their concave part stay where they are, the others are
    free within it.
    """
    spends = (spend > 0) | ~cells.may_rest
    convex = spend < cells.begin
    low = np.where(convex, np.maximum(spend, cells.low), cells.begin)
    high = np.where(convex, np.maximum(spend, cells.low), cells.high)
    spends = spends & cells.may_spend
    return replace(cells, low=low, high=high, may_rest=~spends, may_spend=spends)


def _jumped(cells: Separable, upper: Vector, lower: Vector) -> Flags:
    """Cells that leave rest or their convex part between two prices."""
    begin = cells.begin
    left_rest = (upper <= 0) & (lower > 0) & cells.may_rest
    left_convex = (upper < begin) & (lower >= begin) & (begin > cells.low)
    return np.asarray(left_rest | left_convex)


class _Grid:
    """Best spends of all cells over a grid of prices, for the root's intervals."""

    def __init__(self, cells: Separable, price: float) -> None:
        count = cells.low.size
        dense = int(np.clip(LARGEST_GRID // count, 16, DENSE))
        near = price * np.linspace(1 - NEAR, 1 + NEAR, dense)
        below = price * np.geomspace(1e-4, 1 - NEAR, min(SPARSE, dense))[:-1]
        above = price * np.geomspace(1 + NEAR, 1e4, min(SPARSE, dense))[1:]
        self.cells = cells
        self.prices = np.concatenate([below, near, above])
        self.spend, self.gain = cells.best(self.prices[:, None])
        self.money = cells.cost(self.spend)
        self._stacks: dict[int, Separable] = {}

    def interval(self, node: Node, cell: int) -> Interval:
        """State of a cell in a node."""
        if cell in node.columns:
            return node.columns[cell][0]
        cells = self.cells
        return Interval(
            float(cells.low[cell]),
            float(cells.high[cell]),
            bool(cells.may_rest[cell]),
            bool(cells.may_spend[cell]),
        )

    def around(self, node: Node, budget: float) -> tuple[float, float]:
        """Prices of the grid between which the node uses up the budget."""
        fits = np.flatnonzero(node.money <= budget)
        above = int(fits[0]) if fits.size else self.prices.size - 1
        return float(self.prices[max(above - 1, 0)]), float(self.prices[above])

    def narrowed(self, node: Node) -> Separable:
        """All cells with the intervals of the node."""
        cells = self.cells
        fields = {
            name: getattr(cells, name).copy() for name in ("low", "high", "may_rest", "may_spend")
        }
        for cell, (interval, _) in node.columns.items():
            for name, array in fields.items():
                array[cell] = getattr(interval, name)
        return replace(cells, **fields)

    def child(self, node: Node, cell: int, interval: Interval) -> Node:
        """The node with one cell narrowed."""
        if cell in node.columns:
            old = node.columns[cell][1]
        else:
            old = Column(self.spend[:, cell], self.money[:, cell], self.gain[:, cell])
        new = self._column(cell, interval)
        return Node(
            {**node.columns, cell: (interval, new)},
            node.bound + (new.gain - old.gain),
            node.money + (new.money - old.money),
        )

    def _column(self, cell: int, interval: Interval) -> Column:
        if cell not in self._stacks:
            stack = self.cells.stack.alone(cell)
            self._stacks[cell] = self.cells.only(np.array([cell]), stack)
        one = replace(
            self._stacks[cell],
            low=np.array([interval.low]),
            high=np.array([interval.high]),
            may_rest=np.array([interval.may_rest]),
            may_spend=np.array([interval.may_spend]),
        )
        spend, gain = one.best(self.prices[:, None])
        return Column(spend[:, 0], one.cost(spend)[:, 0], gain[:, 0])
