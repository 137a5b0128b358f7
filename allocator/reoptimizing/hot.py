"""A search whose program stands while its limits move.

The first run is a search like any other. What it leaves is kept: the program, every tangent, the
solver with its basis, the leaves of the tree with their multipliers, and the plans. A later run
moves sides and bounds in place and first asks what is known already: plans that keep the new
limits, blends of two plans with the same whole numbers, the bound of the leaves' lines. Only what
is then open is solved.
"""

import math
import time
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, cast

import numpy as np

from allocator.branching import Branching
from allocator.certificate import CLOSE, Search
from allocator.choosing import Columns, Fixes, whole_fixes
from allocator.finding import Found
from allocator.gaps import bound_at, gap_between
from allocator.handover import Handover
from allocator.highs import Basis, Outcome, Status
from allocator.matrix import Matrix, Vector, whole_bounds
from allocator.reoptimizing.limits import Limits, Places, Range, opened
from allocator.reoptimizing.lines import Cap, Leaf, Line, Sides
from allocator.reoptimizing.regrowing import Regrowing
from allocator.stages import Stages, staged
from fact_models.program import Program, build
from fact_models.replay import facts
from fact_models.spec.instance import Instance

MOST_PLANS = 40
"""Plans remembered: the latest."""
MOST_TRIED = 2
"""Sets of whole numbers that are tried under new limits before the tree."""
CHOICE_ROUNDS = 3
"""Rounds of tangents before a team is made whole."""
CHOICE_CUTS = 1e-4
"""Relative violation of a term that is cut at then."""
FEW = 4
"""Open leaves up to which it is quicker to solve them anew than to start from the root: another
limit moves each of them as far as it moves the root."""
GROWN = 2.0
"""Growth of the rows at which tangents are taken out that do not touch the optimum: other limits
would soon ask for them again, and a dive without them goes astray."""
DIVE_EVERY = 5
"""A plan is worth more than a node here: it is tried under all limits."""
SLACK = 1e-9
"""Share of a row's amount that counts as none."""


@dataclass(frozen=True, eq=False)
class Remembered:
    """A plan of an earlier run.

    Attributes:
        found: the plan; ``found.x`` (n,) is a point of the program, or empty.
        sides: the limits that it was found under.
        use: (k,) what it takes of the rows of the limits; empty without a point.
        numbers: (c,) its whole numbers; empty without a point.
    """

    found: Found
    sides: Sides
    use: Vector
    numbers: Vector

    def keeps(self, sides: Sides) -> bool:
        """Whether it keeps the ``sides``, as far as the program knows."""
        if self.sides.within(sides):
            return True
        if not self.found.x.size:
            return False
        room = SLACK * np.maximum(np.abs(self.use), 1.0)
        return bool(
            np.all(self.use >= sides.row_lower - room)
            and np.all(self.use <= sides.row_upper + room)
            and np.all(self.numbers >= sides.lower)
            and np.all(self.numbers <= sides.upper)
        )

    def share_beside(self, good: "Remembered", sides: Sides) -> float:
        """Largest share of this plan, the rest ``good``, that keeps the ``sides``."""
        step = self.use - good.use
        up, down = step > 0, step < 0
        limits = [
            (sides.row_upper - good.use)[up] / step[up],
            (sides.row_lower - good.use)[down] / step[down],
        ]
        return float(np.clip(np.concatenate([*limits, [1.0]]).min(), 0.0, 1.0))


@dataclass(eq=False)
class Choice:
    """Strategic choices of an earlier plan, and where the solver stood with them.

    Attributes:
        x: (n,) the point.
        line: what they can bring under other limits; None if not known.
        basis: to start from.
    """

    x: Vector
    line: Line | None = None
    basis: Basis | None = None


@dataclass
class HotSearch(Search):
    """A search that can be run again under other limits; see ``aim``.

    Args:
        span: cash that the program has to hold.
        tidying: whether plans are tidied at the end of a run.
    """

    span: Range = field(default_factory=lambda: Range(0.0, 0.0))
    tidying: bool = True
    tree_kind: ClassVar[type[Branching]] = Regrowing
    polish_share: ClassVar[float] = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limits = Limits.of(self.instance)
        self.first = self.instance
        self.hint: Found | None = None
        self.solved = False
        self.forget()

    @property
    def fresh(self) -> bool:
        """Whether nothing is known yet."""
        return self.standing is None and not self.plans

    def forget(self) -> None:
        """Drop what belongs to one build of the program."""
        self.standing: dict[str, int] | None = None
        self.leaves: list[Leaf] = []
        self.lines: list[Line] = []
        self.root: Basis | None = None
        self.caps: list[Cap] = []
        self.plans: list[Remembered] = []
        self.choices: dict[tuple[float, ...], Choice] = {}

    def aim(self, instance: Instance, limits: Limits, *, gap: float, deadline: float) -> None:
        """Prepare a run under other limits.

        Args:
            instance: the instance of the search with these limits.
            limits: those of the instance, and the deals.
            gap: as in the search.
            deadline: as in the search.
        """
        if not self.span.holds(limits):
            self.span = Range(
                max(self.span.opening, 2 * abs(limits.opening_cash or 0.0)),
                min(self.span.floor, limits.cash_floor or 0.0),
            )
            self.forget()
        self.instance, self.limits = instance, limits
        self.facts = facts(instance, like=self.facts)
        self.gap, self.deadline = gap, deadline
        self.began, self.trace = time.monotonic(), []
        self.upper = self.told = math.inf
        self.best, self.message, self.broken = None, "", []
        self.status, self.running = Status.NO_PLAN_YET, False
        self.stages = Stages()

    def load(self) -> None:
        """Build the program if it does not stand yet, and put the limits in their places."""
        cuts = {name: len(found) for name, found in self.splits.items()}
        if self.standing != cuts:
            self.forget()
            super().load()
            self.standing, self.rows = cuts, self.main.engine.rows
        with self.stages.stage("hand_over"):
            self.move()

    def written(self) -> Program:
        """The program with a row for every limit."""
        return build(opened(self.first, self.span), self.splits, tick=self.heed)

    def handed_over(self, programs: list[Program]) -> Handover:
        """The arrays without any limit."""
        arrays = super().handed_over(programs)
        self.places = Places.of(arrays, self.span)
        return replace(arrays, matrix=self.places.matrix)

    def narrowed(self) -> tuple[Vector, Vector]:
        """The bounds as they are: other limits may leave the whole numbers more room."""
        return self.stated.lower, self.stated.upper

    def move(self) -> None:
        """Put the limits in their places, in the arrays and in the solver."""
        places = self.places
        self.stated = places.placed(self.limits)
        matrix = with_whole_bounds(self.stated)
        self.arrays = replace(self.arrays, matrix=matrix)
        self.main.arrays = self.arrays
        engine, rows, whole = self.main.engine, places.rows, places.whole
        if rows.size:
            engine.set_row_bounds(rows, matrix.row_lower[rows], matrix.row_upper[rows])
        if whole.size:
            engine.set_bounds(whole, matrix.lower[whole], matrix.upper[whole])
        self.sides = Sides.of(matrix, rows, whole)
        self.place = {int(n): at for at, n in enumerate(whole)}

    def proved(self, sides: Sides) -> float:
        """The bound that earlier runs prove under ``sides``, before anything is solved."""
        known = [cap.value for cap in self.caps if sides.within(cap.sides)]
        known += [line.at(sides) for line in self.lines]
        if self.leaves:
            known.append(max(leaf.at(sides, self.place) for leaf in self.leaves))
        return min(known, default=math.inf)

    def sides_under(self, limits: Limits) -> Sides:
        """Sides and bounds of the standing program under other limits."""
        matrix = with_whole_bounds(self.places.placed(limits))
        return Sides.of(matrix, self.places.rows, self.places.whole)

    def search(self) -> None:
        """Search the program under the limits of today, from what is known."""
        self.upper, self.solved = min(self.upper, self.proved(self.sides)), False
        sure = self.sure()
        if sure is None or gap_between(sure.value, self.upper) > self.gap:
            self.blend(-math.inf if sure is None else sure.value)
            if not self.closed and self.upper > -math.inf:
                self.solve_again()
        for known in (sure, self.hint):
            if known is not None and known.value > self.lower:
                self.take(known)
        self.hint = None
        if not self.closed and self.upper > -math.inf:
            self.grow()
        if self.status is Status.INFEASIBLE or (self.best is None and self.upper == -math.inf):
            self.status = Status.INFEASIBLE
            if self.solved:
                self.explain()
            else:
                self.message = "no plan keeps every rule, not even under looser limits"
        elif self.close_in(strategic=False):
            self.conclude()
        self.remember()

    def go_on_as_today(self) -> None:
        """The status quo, unless it leaves out a deal that must be signed."""
        if not any(self.limits.deals.values()):
            super().go_on_as_today()

    def tighten(self) -> None:
        """No constants from the best plan's value: they would hold under these limits alone."""

    def tidy(self) -> None:
        """Tidy the plan if that is asked for."""
        if self.tidying:
            super().tidy()

    def sure(self) -> Found | None:
        """The best plan of earlier runs that keeps the limits of today, still to be verified."""
        best: Found | None = None
        for one in self.plans:
            better = best is None or one.found.value > best.value
            if better and one.keeps(self.sides):
                decisions = one.found.decisions
                best = one.found if self.limits.kept_by(self.instance, decisions) else best
        return best

    @staged("replay")
    def take(self, found: Found) -> None:
        """Keep a plan of an earlier run if it passes every rule under the limits of today."""
        again = None
        if self.limits.kept_by(self.instance, found.decisions):
            again = self.verified(found.decisions, found.integers, found.x)
        if again is not None and again.value > self.lower:
            self.best = again
            self.report("known")

    def blend(self, floor: float) -> None:
        """Between two plans with the same whole numbers, of which one keeps the limits of today
        and the other does not, lie plans worth at least their mean.

        Args:
            floor: value that one has to promise more than.
        """
        best: tuple[float, Vector, dict[str, float]] | None = None
        kept = [one for one in self.plans if one.keeps(self.sides) and one.found.x.size]
        for good in kept:
            for other in self.plans:
                if other.found.integers != good.found.integers or not other.found.x.size:
                    continue
                share = other.share_beside(good, self.sides)
                value = share * other.found.value + (1 - share) * good.found.value
                if share > 0 and value > floor and (best is None or value > best[0]):
                    x = share * other.found.x + (1 - share) * good.found.x
                    best = value, x, good.found.integers
        if best is not None:
            self.accept(best[1], best[2])

    def solve_again(self) -> None:
        """The whole numbers of earlier plans, and the relaxation."""
        self.solved = True
        self.choose_again()
        if not self.closed:
            self.relax()

    def relax(self, tree: Branching | None = None) -> Outcome | None:
        """Solve the relaxation from where it stood last; its multipliers serve other limits."""
        if self.root is not None:
            self.main.engine.restore(self.root)
        outcome = super().relax(tree)
        if outcome is not None and outcome.status is Status.OPTIMAL:
            line = Line.of(outcome, self.sides, self.places.rows, self.places.whole)
            self.lines += [] if line is None else [line]
            self.root = self.main.engine.basis()
        return outcome

    def grow(self) -> None:
        """Look for a plan where none is known, and grow the tree."""
        if self.status is Status.INFEASIBLE:
            return
        self.solved = True
        if self.best is None:
            self.go_on_as_today()
        if self.best is None and not self.closed:
            self.first_plan()
        self.branch()

    def choose_again(self) -> None:
        """Whole numbers of earlier plans, with all else planned anew: those that may bring a plan
        within the gap, the most promising first."""
        ranked = []
        for key, choice in self.choices.items():
            if self.possible(choice.x):
                line = choice.line
                promise = math.inf if line is None else line.at(self.fixed(choice.x))
                ranked.append((promise, key))
        for promise, key in sorted(ranked, key=lambda one: -one[0])[:MOST_TRIED]:
            short = gap_between(min(promise, self.upper), self.upper) > self.gap
            if self.closed or self.halted() or promise <= self.lower or short:
                break
            self.plan_with(key)

    @property
    def strategic(self) -> Columns:
        """Integer columns other than the team's."""
        return np.setdiff1d(self.whole, self.team)

    def key(self, x: Vector) -> tuple[float, ...]:
        """The strategic choices of ``x`` (n,)."""
        return tuple(float(value) for value in np.rint(x[self.strategic]))

    def possible(self, x: Vector) -> bool:
        """Whether the strategic choices of ``x`` (n,) lie within the bounds of today."""
        columns, matrix = self.strategic, self.arrays.matrix
        numbers = np.rint(x[columns])
        return bool(
            np.all(numbers >= matrix.lower[columns]) and np.all(numbers <= matrix.upper[columns])
        )

    def fixes(self, x: Vector) -> Fixes:
        """The strategic choices of ``x`` (n,) as fixes."""
        return whole_fixes(x, self.strategic)

    def fixed(self, x: Vector) -> Sides:
        """The sides of today with the strategic choices of ``x`` (n,)."""
        return self.sides.fixed(self.place, self.fixes(x))

    def plan_with(self, key: tuple[float, ...]) -> None:
        """The best plan with the strategic choices of an earlier one: its team is made whole anew
        in the hot relaxation."""
        choice, engine = self.choices[key], self.main.engine
        fixes, diver = self.fixes(choice.x), self.branching().diver
        if choice.basis is not None:
            engine.restore(choice.basis)
        outcome = diver.at(self.main, fixes)
        for _ in range(CHOICE_ROUNDS):
            if outcome is None or outcome.x is None or not self.main.cut(outcome.x, CHOICE_CUTS):
                break
            outcome = diver.at(self.main, fixes)
        if outcome is not None and outcome.x is not None:
            line = Line.of(outcome, self.fixed(choice.x), self.places.rows, self.places.whole)
            self.choices[key] = Choice(outcome.x, line, engine.basis())
            final = diver.whole_team(self.main, fixes, outcome.x)
            if final is not None:
                diver.deliver(self.main, final)
        self.main.fix({})

    @staged("tree")
    def branch(self, tree: Branching | None = None) -> None:
        """Branch from the leaves of the last tree where few of them are open, else from the
        root."""
        if self.closed or self.halted():
            return
        cutoff, root = bound_at(self.lower, CLOSE * self.gap), None
        still = [leaf for leaf in self.leaves if leaf.at(self.sides, self.place) > cutoff]
        if not 0 < len(still) <= FEW:
            root = self.main.solve(self.deadline, self.stop)
            if root.status is not Status.OPTIMAL or root.x is None:
                return
            if not self.leaves or self.main.engine.rows > GROWN * self.rows:
                self.main.purge(root.x)
                self.rows = self.main.engine.rows
                for choice in self.choices.values():
                    choice.basis = None
            self.root = self.main.engine.basis()
        grown = self.branching()
        bound = grown.run(root)
        self.leaves = grown.leaves()
        self.bounded(bound)

    def branching(self, **more: Any) -> Regrowing:
        """The tree, with the leaves of the last one."""
        places = self.places
        own = {"rows": places.rows, "columns": places.whole, "wide": places.matrix}
        more |= {"before": self.leaves, "dive_first": DIVE_EVERY, "dive_every": DIVE_EVERY}
        return cast("Regrowing", super().branching(**own, **more))

    def remember(self) -> None:
        """Keep plan and bound of the run for the next ones."""
        if math.isfinite(self.upper) or self.status is Status.INFEASIBLE:
            value = -math.inf if self.status is Status.INFEASIBLE else self.upper
            self.caps = [Cap(value, self.sides), *self.caps]
        best = self.best
        if best is None or any(one.found.value == best.value for one in self.plans):
            return
        use, numbers = np.zeros(0), np.zeros(0)
        if best.x.size == self.arrays.matrix.cost.size:
            use = np.asarray(self.arrays.matrix.rows[self.places.rows] @ best.x)
            numbers = np.asarray(np.rint(best.x[self.places.whole]))
            self.choices.setdefault(self.key(best.x), Choice(best.x))
        self.plans = [Remembered(best, self.sides, use, numbers), *self.plans[: MOST_PLANS - 1]]


def with_whole_bounds(matrix: Matrix) -> Matrix:
    """The program with the bounds of its integer columns narrowed to what its rows leave them."""
    if not matrix.integer.any():
        return matrix
    lower, upper = whole_bounds(matrix)
    return replace(matrix, lower=lower, upper=upper)
