"""Branch and bound over the strategic choices in the hot relaxation.

Packages, deals, offers, openings are few and each moves the bound much; the team's whole numbers
are many and move it little. So the tree is one over the strategic choices, best bound first, each
node a short run of the dual simplex from its parent's basis, with tangents added where its plan
sits. Plans come from dives (:mod:`allocator.diving`).
"""

import heapq
import itertools
import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from allocator.choosing import Columns, Fixes, whole_fixes
from allocator.diving import TOLERANCE, Diver, Role, fractional
from allocator.highs import Basis, Outcome, Status
from allocator.matrix import Matrix, Vector
from allocator.relaxation import Relaxation
from allocator.tangents import separate

FINE = 1e-6
"""The same where a node is whole and only its tangents keep it above its plan."""
ROUNDS = 2
"""Most rounds of tangents at a node."""
WORTHWHILE = 0.05
"""Share of a node's distance from being settled that a round of tangents must promise."""
DIVE_EVERY = 20
"""Nodes after which the best node is dived from; a dive costs as much as some ten nodes."""
PRIOR = {
    "campaign.joined": 1.0,
    "campaign.package": 0.5,
    "kol.signed": 0.6,
    "field.opened": 0.6,
    "alliance.choice": 0.15,
    "staff.hired": 0.05,
    "staff.hires": 0.01,
    "staff.leaves": 0.01,
}
"""Relative effect on the bound that a component's columns are believed to have until seen."""
OTHERS = 0.1


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
        deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
        stop: set by anyone who wants the end.
        lower: value of the best plan at hand.
        cutoff: bound up to which a node needs no more branching, given the best plan.
        found: takes a point whole in every integer column, and the relaxation fixed to it.
        report: told the bound of the tree after every node.
        threads: 2 or more to solve two branches at a time.
        dive_every: nodes after which the best node is dived from, and again after twice as many.
    """

    relaxation: Relaxation
    matrix: Matrix
    strategic: Columns
    team: Columns
    roles: Sequence[Role]
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
        self.diver = Diver(
            self.matrix,
            self.strategic,
            self.team,
            self.roles,
            lower=self.lower,
            deadline=self.deadline,
            stop=self.stop,
            halted=self.halted,
            found=self.found,
        )

    def run(self, root: Outcome | None) -> float:
        """Branch until every node is settled, the deadline passes or the stop is set; returns the
        bound.

        Args:
            root: optimum of the relaxation, unless the tree knows other nodes to start from.
        """
        order, dive_at = itertools.count(), self.dive_every
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
                which, ratio, _ = separate(self.relaxation.arrays.terms, node.x, FINE)
                if not self.cut(which, ratio):
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
            if heap and self.nodes >= dive_at and self._beside is None:
                dive_at *= 2
                self.dive(heap[0][2], self.relaxation)
        self._over.set()
        self.join(wait=True)
        for engine in self.engines:
            engine.fix({})
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

    def choose(self, node: Node) -> int | None:
        """Column to branch on: the one whose branches lower the bound most, as far as is known."""
        for columns in (self.strategic, self.team):
            found = fractional(node.x, columns)
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
        """The branches at ``column``: whether it goes up in them, and their fixes."""
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
                bounds[n] = min(bounds[n], outcome.bound)
                bases[n], points[n] = basis, outcome.x
                prices[n] = self.priced(outcome, sides[n], prices[n])
                missing = self.relaxation.missing(outcome, TOLERANCE)
                away = bounds[n] - cutoff if math.isfinite(cutoff) else 0.0
                if missing.gain.sum() > WORTHWHILE * away and self.cut(
                    missing.which, missing.ratio
                ):
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

    def cut(self, which: Columns, ratio: Vector) -> bool:
        """Add the tangents of the terms ``which`` at ``ratio`` to every engine; whether one is
        new."""
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
        relaxation.fix(fixes)
        relaxation.engine.restore(basis)
        outcome = relaxation.solve(self.deadline, self.stop, cutoff)
        solved = outcome.status is Status.OPTIMAL
        return outcome, relaxation.engine.basis() if solved else None

    def dive(self, node: Node, relaxation: Relaxation) -> None:
        """Look for a plan near ``node``."""
        relaxation.fix(node.fixes)
        relaxation.engine.restore(node.basis)
        self.diver.dive(relaxation, node.fixes, node.x)

    def keep(self, node: Node) -> None:
        """The plan of a node whose columns are all whole."""
        rows = self.relaxation.engine.rows
        self.relaxation.fix(node.fixes)
        self.relaxation.engine.restore(node.basis)
        columns = np.concatenate([self.strategic, self.team])
        self.diver.deliver(self.relaxation, whole_fixes(node.x, columns))
        self.relaxation.keep_only(rows)
