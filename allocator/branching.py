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
from dataclasses import dataclass, field, replace
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
"""Nodes after which the best node is dived from once more; a dive costs as much as some ten
nodes."""
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
NEARLY = 0.2
"""Distance from a whole number up to which a choice counts as nearly made."""
WEIGHTY = 0.5
"""Effect from which on it is worth settling one of them."""
FAILURES = 2
"""Of those whose other side is not settled, as many as the search for them ends with."""
NEAR_ROOT = 0.015
"""Share of the root's bound that the cutoff may lie below it for nearly made choices to be
settled: from farther away no side of a choice is."""


@dataclass(frozen=True, eq=False)
class Node:
    """A relaxation with some integer columns bounded; ``x`` (n,) is its optimum."""

    bound: float
    fixes: Fixes
    x: Vector
    basis: Basis
    prices: Any = None
    """What ``Branching.priced`` keeps of the optimum."""
    stale: bool = False
    """Whether it was bounded further since: ``x`` is near its optimum only."""


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
        dive_first: nodes after which the best node is dived from.
        dive_every: nodes after which that is done once more, and again after twice as many.
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
    dive_first: int = 1
    dive_every: int = DIVE_EVERY
    settled: float = -math.inf
    """Largest bound of a node that needs no more branching."""
    nodes: int = 0
    rest: list[Node] = field(default_factory=list)
    """Nodes that the tree ended with and did not split, without those that no plan beats."""
    _over: threading.Event = field(default_factory=threading.Event)
    _beside: tuple[ThreadPoolExecutor, Future[None]] | None = None
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
            cutoff=self.cutoff,
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
        order = itertools.count()
        # A dive on its way weighs its choices already.
        dive_at = self.dive_first if self._beside is None else self.dive_every
        heap: list[tuple[float, int, Node]] = []

        def push(node: Node) -> None:
            heapq.heappush(heap, (-node.bound, next(order), node))

        for node in self.starting(root):
            push(node)
        first = heap[0][2] if len(heap) == 1 else None
        if heap:
            self.begin(heap[0][2])
        while heap and not self.halted():
            self.join()
            node = heap[0][2]
            if node.bound <= self.cutoff():
                break
            if self.nodes >= dive_at and self._beside is None:
                dive_at = max(2 * dive_at, self.dive_every)
                self.dive(node)
                continue
            if (
                first is not None
                and dive_at > self.dive_first
                and first.bound - self.cutoff() <= NEAR_ROOT * abs(first.bound)
            ):
                nodes, heap = self.agreed(first, [node for _, _, node in heap]), []
                first = None
                for node in nodes:
                    push(node)
                continue
            heapq.heappop(heap)
            column = self.choose(node)
            if column is None:
                self.keep(node)
                which, ratio, _ = separate(self.relaxation.arrays.terms, node.x, FINE)
                if not self.cut(which, ratio) and not node.stale:
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
        self.end()
        for engine in self.engines:
            engine.fix({})
        self.rest += [node for _, _, node in heap]
        return max(self.settled, -heap[0][0]) if heap else self.settled

    def agreed(self, root: Node, nodes: list[Node]) -> list[Node]:
        """The open nodes once the choices are made that all plans above the cutoff agree on."""
        known = self.known_choices(root)
        return self.narrowed(nodes, known) if known else nodes

    def known_choices(self, root: Node) -> Fixes:
        """Of the weighty choices that the ``root`` nearly makes, those that every plan above the
        cutoff makes: their other side is settled. A node under one of them need not find that out
        again."""
        found = fractional(root.x, self.strategic)
        away = np.abs(root.x[found] - np.rint(root.x[found]))
        effect = np.array([PRIOR.get(self._component[n], OTHERS) for n in found])
        known: Fixes = {}
        failures = 0
        for place in np.lexsort((away, -effect)):
            if away[place] > NEARLY or effect[place] < WEIGHTY:
                continue
            column = int(found[place])
            sides = dict(self.sides(root, column))
            up = bool(np.rint(root.x[column]) > root.x[column])
            children = self.evaluate([{**root.fixes, **sides[not up]}], root)
            if children is None:
                break
            if children[0] is None:
                known.update(sides[up])
                continue
            failures += 1
            if failures == FAILURES:
                break
        return known

    def narrowed(self, nodes: list[Node], known: Fixes) -> list[Node]:
        """The nodes under the fixes of known choices, without those that make another. They are
        not solved anew: their branches are, under these fixes too."""
        found = []
        for node in nodes:
            fixes, x = dict(node.fixes), node.x.copy()
            for n, (low, high) in known.items():
                before = fixes.get(n, (low, high))
                fixes[n] = max(low, before[0]), min(high, before[1])
                x[n] = np.clip(x[n], low, high)
            if all(low <= high for low, high in fixes.values()):
                found.append(replace(node, fixes=fixes, x=x, stale=True))
        return found

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

    @property
    def parallel(self) -> bool:
        """Whether a dive may run beside other work: what that knows of the dive then depends on
        the clock, so only if there is a deadline."""
        return self.threads > 1 and math.isfinite(self.deadline)

    def ahead(self, outcome: Outcome) -> None:
        """Dive from an optimum of the relaxation while that is still tightened, if a dive may run
        beside it."""
        if self.parallel and outcome.x is not None:
            self.dive_beside({}, outcome.x, self.relaxation.engine.basis(), weighing=True)

    def begin(self, first: Node) -> None:
        """Dive from the first node, quickly: a dive on its way takes long."""
        if self.threads > 1 and not self.parallel:
            self.engines.append(self.relaxation.twin())
        if self._beside is None:
            self.dive(first, weighing=False)
        else:
            self.dive_here(first, weighing=False)

    def dive(self, node: Node, *, weighing: bool = True) -> None:
        """Look for a plan near ``node``, beside the tree if that is possible."""
        if self.parallel:
            del self.engines[1:]
            self.dive_beside(node.fixes, node.x, node.basis, weighing=weighing)
            return
        self.dive_here(node, weighing=weighing)

    def dive_here(self, node: Node, *, weighing: bool) -> None:
        """Look for a plan near ``node`` on the tree's own engine. Where dives may run beside it,
        the tree needs that engine more than a plan found is worth improving."""
        self.relaxation.fix(node.fixes)
        self.relaxation.engine.restore(node.basis)
        improve = not self.parallel
        self.diver.dive(self.relaxation, node.fixes, node.x, weighing=weighing, improve=improve)

    def dive_beside(self, fixes: Fixes, x: Vector, basis: Basis, *, weighing: bool) -> None:
        """Look for a plan near ``x`` (n,), the optimum under ``fixes`` with this ``basis``, in a
        thread and on an engine of its own, which the tree gets as soon as it ends."""
        relaxation, threads = self.relaxation.twin(), ThreadPoolExecutor(1)
        relaxation.fix(fixes)
        relaxation.engine.restore(basis)
        dive = threads.submit(
            self.diver.dive, relaxation, fixes, x, weighing=weighing, improve=False
        )
        self._beside = threads, dive

    def join(self, *, wait: bool = False) -> None:
        """Give the tree a second engine when the dive beside it has ended."""
        if self._beside is None or not (wait or self._beside[1].done()):
            return
        threads, dive = self._beside
        self._beside = None
        threads.shutdown()
        dive.result()
        if not wait:
            self.engines.append(self.relaxation.twin())

    def end(self) -> None:
        """Stop the dive beside the tree."""
        self._over.set()
        self.join(wait=True)

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

    def keep(self, node: Node) -> None:
        """The plan of a node whose columns are all whole."""
        rows = self.relaxation.engine.rows
        self.relaxation.fix(node.fixes)
        self.relaxation.engine.restore(node.basis)
        columns = np.concatenate([self.strategic, self.team])
        self.diver.deliver(self.relaxation, whole_fixes(node.x, columns))
        self.relaxation.keep_only(rows)
