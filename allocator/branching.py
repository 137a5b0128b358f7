"""Branch and bound over the strategic choices in the hot relaxation.

Packages, deals, offers, openings are few and each moves the bound much; the team's whole numbers
are many and move it little. So the tree is one over the strategic choices, best bound first, each
node a short run of the dual simplex from its parent's basis, with tangents added where its plan
sits. Plans come from dives that round the strategic choices and then make one role after another
whole.
"""

import heapq
import itertools
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.highs import Basis, Outcome, Status
from allocator.matrix import Matrix, Vector
from allocator.relaxation import Relaxation
from allocator.tangents import separate

Columns = NDArray[np.intp]
Fixes = dict[int, tuple[float, float]]
"""Bounds by column."""

WHOLE = 1e-6
"""Distance from a whole number below which a column counts as whole."""
TOLERANCE = 1e-4
"""Relative violation of a term that a node is cut at."""
FINE = 1e-6
"""The same where a node is whole and only its tangents keep it above its plan."""
ROUNDS = 2
"""Most rounds of tangents at a node."""
WORTHWHILE = 0.05
"""Share of a node's distance from being settled that a round must bring to be followed by
another."""
SURE = 0.35
"""Distance from a whole number below which a dive rounds a column at once."""
DIVE_EVERY = 20
"""Nodes after which the best node is dived from."""
NEARLY = 4
"""A node with at most this many strategic choices open is dived from."""
THRESHOLDS = (0.5, 0.8, 0.2)
"""Fractions of a head from which on the rounded team has it."""
PRIOR = {
    "campaign.package": 1.0,
    "kol.signed": 0.6,
    "field.opened": 0.6,
    "alliance.choice": 0.15,
    "staff.hired": 0.05,
    "staff.hires": 0.01,
    "staff.leaves": 0.01,
}
"""Relative effect on the bound that a component's columns are believed to have until seen."""
OTHERS = 0.1


@dataclass(frozen=True)
class Role:
    """Columns of a role's hires and leaves over time, and of their sum over time if there is
    one."""

    hires: Columns
    leaves: Columns
    hired: int | None


@dataclass(frozen=True, eq=False)
class Node:
    """A relaxation with some integer columns bounded; ``x`` (n,) is its optimum."""

    bound: float
    fixes: Fixes
    x: Vector
    basis: Basis
    prices: Any = None
    """What ``Branching.priced`` keeps of the optimum."""


@dataclass
class Branching:
    """The tree.

    Args:
        relaxation: solved at the root; its bounds are put back at the end.
        matrix: the program.
        strategic: integer columns that the tree branches on first.
        team: the other integer columns.
        roles: the team's columns by role.
        groups: the columns of which one at most is taken, by each of them.
        deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
        stop: set by anyone who wants the end.
        lower: value of the best plan at hand.
        cutoff: bound up to which a node needs no more branching, given the best plan.
        found: takes a point whole in every integer column, and the relaxation fixed to it.
        report: told the bound of the tree after every node.
        threads: 2 or more to solve two branches at a time.
        dive_every: nodes after which the best node is dived from.
    """

    relaxation: Relaxation
    matrix: Matrix
    strategic: Columns
    team: Columns
    roles: Sequence[Role]
    groups: Mapping[int, Sequence[int]]
    deadline: float
    stop: threading.Event | None
    lower: Callable[[], float]
    cutoff: Callable[[], float]
    found: Callable[[Relaxation, Vector], object]
    report: Callable[[float], object]
    threads: int = 1
    dive_every: int = DIVE_EVERY
    settled: float = -math.inf
    """Largest bound of a node that needs no more branching."""
    nodes: int = 0
    rest: list[Node] = field(default_factory=list)
    """Nodes that the tree ended with and did not split, without those that no plan beats."""
    _over: threading.Event = field(default_factory=threading.Event)
    _beside: tuple[ThreadPoolExecutor, Relaxation, Future[None]] | None = None
    _added: list[tuple[Columns, Vector]] = field(default_factory=list)
    _active: dict[int, set[int]] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)
    _effect: dict[tuple[str, bool], list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [0.0, 0.0])
    )

    def __post_init__(self) -> None:
        self._component = [name.split("[")[0] for name in self.matrix.column_names]
        entries = np.bincount(self.matrix.rows.indices, minlength=self.matrix.cost.size)
        mean: dict[str, list[int]] = defaultdict(list)
        for n in self.strategic:
            mean[self._component[n]].append(int(entries[n]))
        self._length = {
            int(n): max(float(entries[n] / np.mean(mean[self._component[n]])), 0.1)
            if self._component[n] in mean
            else 1.0
            for n in np.concatenate([self.strategic, self.team])
        }
        self.engines = [self.relaxation]

    def run(self, root: Outcome | None) -> float:
        """Branch until every node is settled, the deadline passes or the stop is set; returns the
        bound.

        Args:
            root: optimum of the relaxation, unless the tree knows other nodes to start from.
        """
        order = itertools.count()
        heap: list[tuple[float, int, Node]] = []

        def push(node: Node) -> None:
            heapq.heappush(heap, (-node.bound, next(order), node))

        for node in self.starting(root):
            push(node)
        if heap:
            self.begin(heap[0][2])
        while heap and not self.halted():
            self.join()
            node = heap[0][2]
            if node.bound <= self.cutoff():
                break
            heapq.heappop(heap)
            column = self.choose(node)
            if column is None:
                self.keep(node)
                if not self.cut(node.x, FINE):
                    self.settled = max(self.settled, node.bound)
                    self.rest.append(node)
                    continue
                children = self.evaluate([node.fixes], node)
            else:
                children = self.branch(node, column)
            if children is None:
                push(node)
                break
            for child in children:
                if child is not None:
                    push(child)
            self.nodes += 1
            self.report(max(self.settled, -heap[0][0]) if heap else self.settled)
            if heap and self.nodes % self.dive_every == 0 and self._beside is None:
                self.dive(heap[0][2], self.relaxation)
        self._over.set()
        self.join(wait=True)
        for engine in self.engines:
            self.reset(engine, {})
        self.rest += [node for _, _, node in heap]
        return max(self.settled, -heap[0][0]) if heap else self.settled

    def starting(self, root: Outcome | None) -> Sequence[Node]:
        """Nodes that the tree starts from."""
        assert root is not None
        assert root.x is not None
        basis = self.relaxation.engine.basis()
        return [Node(root.bound, {}, root.x, basis, self.priced(root, {}, None))]

    def priced(self, outcome: Outcome, fixes: Fixes, before: Any) -> Any:
        """What to keep of the optimum under ``fixes`` beside its point, given what was kept
        ``before``; nothing here."""
        del outcome, fixes
        return before

    def begin(self, first: Node) -> None:
        """Dive from the root: beside the tree if there is a second engine and a deadline, since
        what the tree then knows of the dive depends on the clock."""
        if self.threads > 1:
            self.engines.append(self.relaxation.twin())
        if len(self.engines) == 1 or math.isinf(self.deadline):
            self.dive(first, self.relaxation)
            return
        diver = self.engines.pop()
        threads = ThreadPoolExecutor(1)
        self._beside = threads, diver, threads.submit(self.dive, first, diver)

    def join(self, *, wait: bool = False) -> None:
        """Take the second engine back when the dive beside the tree has ended."""
        if self._beside is None or not (wait or self._beside[2].done()):
            return
        threads, diver, dive = self._beside
        dive.result()
        threads.shutdown()
        for which, ratio in self._added:
            diver.add(which, ratio)
        self._added.clear()
        self.engines.append(diver)
        self._beside = None

    def halted(self) -> bool:
        """Whether time is over, the tree has ended or somebody asked for the end."""
        asked = self._over.is_set() or bool(self.stop and self.stop.is_set())
        return asked or time.monotonic() >= self.deadline

    def fractional(self, x: Vector, columns: Columns) -> Columns:
        """Those of the ``columns`` that are not whole in ``x`` (n,)."""
        return columns[np.abs(x[columns] - np.rint(x[columns])) > WHOLE]

    def choose(self, node: Node) -> int | None:
        """Column to branch on: the one whose branches lower the bound most, as far as is known."""
        for columns in (self.strategic, self.team):
            found = self.fractional(node.x, columns)
            if found.size:
                return int(max(found, key=lambda n: self.score(int(n), float(node.x[n]))))
        return None

    def score(self, column: int, value: float) -> float:
        """Expected effect of branching on ``column`` at ``value``."""
        down, up = value - math.floor(value), math.ceil(value) - value
        return self.rate(column, up=False) * down * self.rate(column, up=True) * up

    def rate(self, column: int, *, up: bool) -> float:
        """Share of the bound that a unit of ``column`` costs, from the nodes seen so far; columns
        that enter more rows are believed to cost more."""
        own, total = self._effect[f"{column}", up], self._effect[self._component[column], up]
        if own[1]:
            return max(own[0] / own[1], 1e-9)
        seen = (
            total[0] / total[1] if total[1] else PRIOR.get(self._component[column], OTHERS) / 100
        )
        return float(max(seen, 1e-9) * self._length[column])

    def sides(self, node: Node, column: int) -> list[tuple[bool, Fixes]]:
        """The branches at ``column``: whether it goes up in them, and their fixes.

        Of a group of which one at most is taken, each gets a branch, and taking none.
        """
        group = self.groups.get(column)
        if group is not None:
            free = [n for n in group if node.fixes.get(n, (0.0, 1.0))[1] > 0]
            none: Fixes = {n: (0.0, 0.0) for n in group}
            ways = [(n == column, {**none, n: (1.0, 1.0)}) for n in free]
            return [*ways, (False, none)]
        value = float(node.x[column])
        low, high = node.fixes.get(
            column, (float(self.matrix.lower[column]), float(self.matrix.upper[column]))
        )
        return [
            (True, {column: (math.ceil(value), high)}),
            (False, {column: (low, math.floor(value))}),
        ]

    def branch(self, node: Node, column: int) -> list[Node | None] | None:
        """The children of ``node``, None for one that is settled; None in all if halted."""
        sides = self.sides(node, column)
        children = self.evaluate([{**node.fixes, **fixes} for _, fixes in sides], node)
        if children is None:
            return None
        value, cutoff = float(node.x[column]), self.cutoff()
        for (up, _), child in zip(sides, children, strict=True):
            length = math.ceil(value) - value if up else value - math.floor(value)
            bound = cutoff if child is None else child.bound
            if math.isfinite(bound):
                loss = (node.bound - bound) / max(abs(node.bound), 1e-9) / max(length, 1e-3)
                for key in (f"{column}", self._component[column]):
                    share = 1.0 if key == f"{column}" else 1.0 / self._length[column]
                    self._effect[key, up][0] += loss * share
                    self._effect[key, up][1] += 1
        return children

    def evaluate(self, sides: list[Fixes], parent: Node) -> list[Node | None] | None:
        """A node for each of the ``sides``, None where it is settled; None in all if halted.

        The sides are solved in pairs if there is a second engine. Tangents that one of them asks
        for go to both engines in one order, so that a basis of the one fits the other.
        """
        cutoff = self.cutoff()
        bounds = [parent.bound] * len(sides)
        bases, points = [parent.basis] * len(sides), [parent.x] * len(sides)
        prices = [parent.prices] * len(sides)
        pending, settled = list(range(len(sides))), set()
        for _ in range(ROUNDS):
            outcomes = self.solve_all([(sides[n], bases[n]) for n in pending], cutoff)
            asked = []
            for n, (outcome, basis) in zip(pending, outcomes, strict=True):
                if outcome.status is Status.INFEASIBLE or outcome.bound <= cutoff:
                    settled.add(n)
                    self.settle(sides[n], parent, outcome, cutoff)
                    continue
                if outcome.status is not Status.OPTIMAL or outcome.x is None or basis is None:
                    return None
                gained, bounds[n] = bounds[n] - outcome.bound, min(bounds[n], outcome.bound)
                bases[n], points[n] = basis, outcome.x
                prices[n] = self.priced(outcome, sides[n], prices[n])
                new = self.cut(outcome.x, TOLERANCE)
                worthwhile = gained > WORTHWHILE * (bounds[n] - cutoff)
                if new and (worthwhile or not math.isfinite(cutoff)):
                    asked.append(n)
            pending = asked
            if not pending:
                break
        return [
            None if n in settled else Node(bounds[n], sides[n], points[n], bases[n], prices[n])
            for n in range(len(sides))
        ]

    def settle(self, fixes: Fixes, parent: Node, outcome: Outcome, cutoff: float) -> None:
        """Take note that nothing under the ``fixes`` of a child is better than ``cutoff``."""
        del fixes, outcome
        self.settled = max(self.settled, min(cutoff, parent.bound))

    def cut(self, x: Vector, tolerance: float) -> bool:
        """Add the tangents that ``x`` (n,) violates to every engine; whether one is new."""
        which, ratio, _ = separate(self.relaxation.arrays.terms, x, tolerance)
        new = [engine.add(which, ratio) for engine in self.engines]
        if self._beside is not None:
            self._added.append((which, ratio))
        return new[0]

    def solve_all(
        self, tasks: list[tuple[Fixes, Basis]], cutoff: float
    ) -> list[tuple[Outcome, Basis | None]]:
        """Outcome and basis of every task (fixes, basis to start from)."""
        found: list[tuple[Outcome, Basis | None]] = []
        for first in range(0, len(tasks), len(self.engines)):
            batch = tasks[first : first + len(self.engines)]
            if len(batch) == 1:
                found.append(self.solve_one(self.engines[0], *batch[0], cutoff))
                continue
            with ThreadPoolExecutor(len(batch)) as threads:
                jobs = [
                    threads.submit(self.solve_one, engine, *task, cutoff)
                    for engine, task in zip(self.engines, batch, strict=False)
                ]
                found.extend(job.result() for job in jobs)
        return found

    def solve_one(
        self, relaxation: Relaxation, fixes: Fixes, basis: Basis, cutoff: float
    ) -> tuple[Outcome, Basis | None]:
        """Outcome and basis of one task on one engine."""
        self.reset(relaxation, fixes)
        relaxation.engine.restore(basis)
        outcome = relaxation.solve(self.deadline, self.stop, self.usable(cutoff))
        solved = outcome.status is Status.OPTIMAL
        return outcome, relaxation.engine.basis() if solved else None

    def usable(self, cutoff: float) -> float | None:
        """A cutoff for the solver; none as long as there is no plan."""
        return cutoff if math.isfinite(cutoff) else None

    def reset(self, relaxation: Relaxation, fixes: Fixes) -> None:
        """Bounds of the root, but those of ``fixes``."""
        active = self._active.setdefault(id(relaxation), set())
        columns = np.array(sorted(active | set(fixes)), np.intp)
        lower, upper = self.matrix.lower[columns].copy(), self.matrix.upper[columns].copy()
        for place, n in enumerate(columns):
            if int(n) in fixes:
                lower[place], upper[place] = fixes[int(n)]
        if columns.size:
            relaxation.engine.set_bounds(columns, lower, upper)
        self._active[id(relaxation)] = set(fixes)

    def dive(self, node: Node, relaxation: Relaxation) -> None:
        """Round the strategic choices of ``node`` step by step, then make the team whole."""
        rows = relaxation.engine.rows
        final = self.rounded_plan(node, relaxation)
        if final is not None:
            self.deliver(relaxation, final)
            self.improve(relaxation, final)
        relaxation.keep_only(rows)

    def improve(self, relaxation: Relaxation, fixes: Fixes) -> None:
        """Take one role after the other out of the plan with these ``fixes`` and round it anew,
        as long as that brings a better plan."""
        for role in self.roles:
            columns = [int(n) for n in columns_of(role)]
            columns += [role.hired] if role.hired is not None else []
            others = {n: side for n, side in fixes.items() if n not in columns}
            free = self.at(relaxation, others)
            if free is None or free.x is None:
                continue
            found = self.round_role(relaxation, others, role, free.x, every=True)
            if found is not None and any(fixes[n] != side for n, side in found[0].items()):
                before = self.lower()
                self.deliver(relaxation, {**others, **found[0]})
                if self.lower() > before:
                    fixes = {**others, **found[0]}

    def keep(self, node: Node) -> None:
        """The plan of a node whose columns are all whole."""
        rows = self.relaxation.engine.rows
        self.reset(self.relaxation, node.fixes)
        self.relaxation.engine.restore(node.basis)
        columns = np.concatenate([self.strategic, self.team])
        self.deliver(self.relaxation, {int(n): (float(np.rint(node.x[n])),) * 2 for n in columns})
        self.relaxation.keep_only(rows)

    def deliver(self, relaxation: Relaxation, fixes: Fixes) -> None:
        """Hand over the optimum under the ``fixes`` of all integer columns, if it is better than
        the best plan."""
        outcome = self.at(relaxation, fixes)
        if outcome is not None:
            assert outcome.x is not None
            self.found(relaxation, outcome.x)

    def rounded_plan(self, node: Node, relaxation: Relaxation) -> Fixes | None:
        """Fixes of every integer column near ``node``; None if that leaves no better plan."""
        fixes, x = dict(node.fixes), node.x
        self.reset(relaxation, fixes)
        relaxation.engine.restore(node.basis)
        while (still := self.fractional(x, self.strategic)).size:
            away = np.abs(x[still] - np.rint(x[still]))
            rounded = still[away < SURE]
            likely = int(still[np.argmax(x[still] - np.floor(x[still]))])
            for n in rounded:
                fixes[int(n)] = (float(np.rint(x[n])),) * 2
            fixes[likely] = (float(np.ceil(x[likely])),) * 2
            outcome = self.at(relaxation, fixes)
            # The next step is only as good as the tangents are where this one leads.
            if outcome and outcome.x is not None and relaxation.cut(outcome.x, TOLERANCE):
                outcome = self.at(relaxation, fixes)
            if outcome is None:
                return None
            assert outcome.x is not None
            x = outcome.x
        for n in self.strategic:
            fixes[int(n)] = (float(np.rint(x[n])),) * 2
        name = np.rint(x[self.strategic]).tobytes()
        if name in self._seen:
            return None
        self._seen.add(name)
        return self.whole_team(relaxation, fixes, x)

    def at(
        self, relaxation: Relaxation, fixes: Fixes, floor: float | None = None
    ) -> Outcome | None:
        """Optimum under ``fixes`` if it is better than the best plan and than ``floor``."""
        if self.halted():
            return None
        self.reset(relaxation, fixes)
        limit = max(self.lower(), -math.inf if floor is None else floor)
        outcome = relaxation.solve(self.deadline, self.stop, self.usable(limit))
        good = outcome.status is Status.OPTIMAL and outcome.x is not None
        return outcome if good and outcome.bound > limit else None

    def whole_team(self, relaxation: Relaxation, fixes: Fixes, x: Vector) -> Fixes | None:
        """Fixes of every integer column, the team in whole heads: one role after another keeps
        the running sums of its hires and leaves, rounded at the first threshold that leaves a
        better plan. None if none does."""
        fixes = dict(fixes)
        while True:
            still = [role for role in self.roles if self.fractional(x, columns_of(role)).size]
            if not still:
                break
            role = max(still, key=lambda r: self.amount(r, x))
            found = self.round_role(relaxation, fixes, role, x)
            if found is None:
                return None
            fixes.update(found[0])
            assert found[1].x is not None
            x = found[1].x
            # A team in whole heads works elsewhere on its curves than one in fractions.
            if relaxation.cut(x, TOLERANCE) and (sharper := self.at(relaxation, fixes)):
                assert sharper.x is not None
                x = sharper.x
        return {**fixes, **{int(n): (float(np.rint(x[n])),) * 2 for n in self.team}}

    def round_role(
        self,
        relaxation: Relaxation,
        fixes: Fixes,
        role: Role,
        x: Vector,
        *,
        every: bool = False,
    ) -> tuple[Fixes, Outcome] | None:
        """Whole hires and leaves of the role near ``x`` (n,), and the optimum with them: the
        first threshold that leaves a better plan, or the best of ``every`` one; None if none
        does."""
        best: tuple[Fixes, Outcome] | None = None
        tried: list[Fixes] = []
        for threshold in THRESHOLDS:
            heads = self.rounded(role, x, threshold)
            if heads in tried:
                continue
            tried.append(heads)
            outcome = self.at(relaxation, {**fixes, **heads}, best[1].bound if best else None)
            if outcome is not None:
                best = heads, outcome
                if not every:
                    break
        return best

    def amount(self, role: Role, x: Vector) -> float:
        """How far the role's columns are from whole numbers in all."""
        columns = columns_of(role)
        return float(np.abs(x[columns] - np.rint(x[columns])).sum())

    def rounded(self, role: Role, x: Vector, threshold: float) -> Fixes:
        """Whole hires and leaves whose running sums follow those of ``x`` (n,)."""
        found: Fixes = {}
        for columns, part in ((role.hires, 1 - threshold), (role.leaves, threshold)):
            sums = np.floor(np.cumsum(x[columns]) + part + WHOLE)
            done = 0.0
            for n, wanted in zip(columns, sums, strict=True):
                most, least = float(self.matrix.upper[n]), float(self.matrix.lower[n])
                amount = min(max(wanted - done, least), most)
                found[int(n)] = (amount, amount)
                done += amount
            if columns is role.hires and role.hired is not None:
                found[role.hired] = (done, done)
        return found


def columns_of(role: Role) -> Columns:
    """All columns of the role."""
    return np.concatenate([role.hires, role.leaves])
