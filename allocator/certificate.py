"""The certificate: an upper bound from the MILP over tangents, a lower bound from a replayed and
verified plan.

Every bound here is of the maximised objective (a least cost is its negative). The upper bound is
that of the true nonlinear program, because tangents never cut it off; the lower bound is what the
replay of a plan that passed every rule is worth. The two are brought together by adding tangents
where plans sit.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from allocator.branching import Branching
from allocator.diving import Role
from allocator.elastic import least_violation
from allocator.finding import Finder
from allocator.gaps import bound_at, gap_between
from allocator.highs import WITH_PLAN, Engine, Outcome, Status
from allocator.highs import Progress as TreeProgress
from allocator.matrix import Vector
from allocator.polish import TOLERANCE
from allocator.relaxation import Relaxation
from allocator.stages import staged
from allocator.stopping import Stop, StoppedError
from allocator.tangents import rows_at
from allocator.tightening import mode_constants

LARGE = 3000
"""Rows from which on the tree over the strategic choices comes before that of the solver."""
CLOSE = 0.98
"""Share of the asked gap at which a node counts as settled."""
ROOT_TOLERANCE = 1e-4
"""Relative violation of a term below which the relaxation is taken as tight enough."""
REFINE_SHARE = 0.01
"""Violation of a term, as a share of the asked gap, that a tree's plan is cut at."""
ROOT_ROUNDS = 25
ROOT_PROGRESS = 0.05
"""Share of the asked gap by which a round must lower the bound to be followed by another."""
REFUTED = 1e-4
"""Share of its value by which a verified plan must pass a bound to refute it; less is within the
solver's tolerances."""
SPLIT_TOLERANCE = 3e-4
"""Overestimate of a chord, relative to the curve's top, above which its piece is split."""
SPLIT_AWAY = 0.02
"""No split nearer to the ends of a piece than this share of it."""
LEAN_POINTS = 4
TREE_OPTIONS: dict[str, bool | int | float | str] = {
    "mip_heuristic_effort": 0.01,
    "mip_pscost_minreliable": 2,
    "mip_allow_restart": False,
}
"""A node's linear program is dear here, so little is spent on trying out and starting over."""
STRATEGIC_OPTIONS: dict[str, bool | int | float | str] = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_pscost_minreliable": 0,
    "mip_allow_restart": False,
}
"""Over the strategic choices alone the nodes themselves find plans; nothing is tried out."""
TIGHTENING_SHARE = 0.05
"""Share of the time that the constants of the mode rows may take."""
EXPLAIN_SECONDS = 10.0
"""Time that naming the conflict of an infeasible instance may take beyond the deadline."""
SHOWN_CONFLICTS = 5
REHIRE_SHARE = 0.1
"""Share of the time for a better team of the best plan when the strategic choices are settled."""
FIRST_SHARE = 0.05
"""Share of its value that the plan of today's integers, which is only a start, may stay below what
the tangents promise."""
RESERVE = 0.08
"""Share of the time kept for the last polish and the replay."""


@dataclass
class Search(Finder):
    """One search for a certified plan.

    Args:
        threads: 1, or more to solve two branches at a time.
        spare: seconds before the deadline that the caller wants for itself as things stand; the
            trees and the search for a better team leave them, polishing and tidying go on.
    """

    threads: int = 1
    spare: Callable[[], float] | None = None
    status: Status = Status.NO_PLAN_YET
    tree_kind: ClassVar[type[Branching]] = Branching

    def run(self) -> None:
        """Search until the gap is closed, the deadline passes or the stop is set."""
        self.running = True
        try:
            self.load()
        except StoppedError:
            # Without a program there is no bound; what the merchant does today is a plan.
            self.go_on_as_today()
            self.status = Status.INTERRUPTED_FEASIBLE if self.best else Status.NO_PLAN_YET
            self.message = "" if self.best else "interrupted before there was a plan"
            return
        self.search()

    def search(self) -> None:
        """Search the program that is loaded."""
        self.go_on_as_today()
        large = self.stated.rows.shape[0] >= LARGE
        tree = self.branching() if large else None
        try:
            self.relax(tree)
            if self.status is Status.INFEASIBLE:
                self.explain()
                return
            if tree is None or self.best is None:
                self.first_plan()
            if tree is not None:
                self.branch(tree)
        finally:
            if tree is not None:
                tree.end()
        if not large:
            self.tighten()
        if self.close_in(strategic=bool(self.team.size) and not large):
            self.conclude()

    def close_in(self, *, strategic: bool) -> bool:
        """Let the solver's own tree close the gap, finer from round to round; False if it says
        that there is no plan.

        Args:
            strategic: leave the team in fractions in the first round.
        """
        gap = max(self.gap * 0.5, 1e-6)
        while not (self.closed or self.stopped or self.trees_over()):
            outcome = self.tree(gap, strategic)
            if outcome.status is Status.INFEASIBLE and not self.best:
                self.status = Status.INFEASIBLE
                self.explain()
                return False
            if outcome.status is Status.ERROR:
                self.message = outcome.message
                break
            if self.closed or self.stopped or self.trees_over():
                break
            refined = self.refine(outcome)
            if strategic:
                strategic = False
                self.rehire(REHIRE_SHARE * (self.deadline - self.began))
            elif not refined and outcome.status is Status.OPTIMAL:
                gap /= 4
                if gap < 1e-7:
                    break
        return True

    def explain(self) -> None:
        """Say which rules the nearest plan breaks; without one that breaks any, do not call it
        infeasible."""
        self.report("conflict")
        end = max(self.deadline, time.monotonic() + EXPLAIN_SECONDS)
        status, broken = least_violation(
            self.stated,
            self.arrays.column_scale,
            rows_at(self.arrays.terms, *self.pool.all(self.arrays.terms)),
            periods=self.program.parameters.ids.periods,
            deadline=end,
            stop=self.stop,
        )
        self.broken = broken
        if broken:
            shown = "; ".join(str(rule) for rule in broken[:SHOWN_CONFLICTS])
            more = len(broken) - SHOWN_CONFLICTS
            self.message = f"no plan keeps every rule. The nearest plan breaks: {shown}"
            self.message += f"; and {more} more" if more > 0 else ""
        elif status is Status.OPTIMAL:
            self.status = Status.ERROR
            self.message = (
                "the solver calls the program infeasible, but a plan without violation exists"
            )
        else:
            self.message = "no plan keeps every rule"

    def conclude(self) -> None:
        """Status of what was found."""
        interrupted = self.stopped
        if self.best is not None and not self.closed and not self.halted():
            self.rehire((self.deadline - self.spared() - time.monotonic()) / 2)
        self.tidy()
        if self.best is None:
            self.status = Status.NO_PLAN_YET
        elif self.closed:
            self.status = Status.OPTIMAL
        else:
            self.status = Status.INTERRUPTED_FEASIBLE if interrupted else Status.FEASIBLE_LIMIT

    @staged("lp")
    def relax(self, tree: Branching | None = None) -> Outcome | None:
        """Tighten the linear relaxation; its bound is the first upper bound. A ``tree`` dives from
        the first one meanwhile."""
        outcome = None
        for round_ in range(ROOT_ROUNDS):
            outcome = self.main.settle(self.deadline, self.stop)
            if outcome.status is Status.INFEASIBLE:
                self.status = Status.INFEASIBLE
                break
            self.prove(outcome.bound)
            self.report("LP")
            enough = ROOT_PROGRESS * self.gap * abs(self.upper)
            if outcome.x is not None:
                self.points = [*self.points[:-1], outcome.x] if self.points else [outcome.x]
            if outcome.x is None or self.halted():
                break
            missing = self.main.missing(outcome, ROOT_TOLERANCE)
            if tree is not None and round_ == 1:
                tree.ahead(outcome)
            if tree is not None and round_ == 0:
                self.main.purge(outcome.x)
            if not self.main.add(missing.which, missing.ratio) or missing.gain.sum() < enough:
                break
        return outcome

    def first_plan(self) -> None:
        """A plan that keeps today's integers: no deal, no package, no hire, today's offers."""
        if self.best is not None and self.stopped:
            return
        today = self.today()
        for hiring in (False, True):
            # Today's team may not carry the season or its own attrition: then let it hire.
            if hiring:
                today[self.team] = np.nan
            if hiring and (self.halted() or not self.team.size):
                break
            start = self.complete(today)
            share = FIRST_SHARE if self.whole.size else None
            if start is not None and self.polish(start, share):
                break

    @staged("tree")
    def branch(self, tree: Branching | None = None) -> None:
        """Branch over the strategic choices in the hot relaxation, in this ``tree`` if given."""
        if self.closed or self.halted():
            return
        root = self.main.solve(self.deadline, self.stop)
        if root.status is Status.OPTIMAL and root.x is not None:
            self.main.purge(root.x)
            self.bounded((tree or self.branching()).run(root))

    def branching(self, **more: Any) -> Branching:
        """The tree over the strategic choices; ``more`` goes to the ``tree_kind``."""
        return self.tree_kind(
            self.main,
            self.arrays.matrix,
            strategic=np.setdiff1d(self.whole, self.team),
            team=self.team,
            roles=self.roles(),
            threads=self.threads,
            deadline=self.last_tree(),
            stop=self.tree_stop(),
            lower=lambda: self.lower,
            cutoff=lambda: bound_at(self.lower, CLOSE * self.gap),
            found=self.sharpen,
            report=self.bounded,
            **more,
        )

    def bounded(self, bound: float) -> None:
        """Take note of a bound that the tree over the strategic choices has proved."""
        self.prove(bound)
        self.report("tree")

    def prove(self, bound: float) -> None:
        """Take note of a bound. One that a verified plan refutes is a wrong answer of the solver
        and proves nothing."""
        value = self.best.value if self.best else -math.inf
        if bound < value - REFUTED * max(abs(value), 1.0):
            self.message = f"the solver's bound {bound} is refuted by a verified plan"
            return
        self.upper = min(self.upper, max(bound, self.lower))

    def roles(self) -> list[Role]:
        """Columns of every role's hires and leaves."""
        if not self.instance.staff:
            return []
        m, column = self.program.model.staff, self.arrays.column_of
        found = []
        for j in self.instance.staff.roles:
            hires, leaves = (
                np.array(
                    [
                        column[id(v[j, t])]
                        for t in self.program.parameters.periods
                        if id(v[j, t]) in column
                    ],
                    np.intp,
                )
                for v in (m.hires, m.leaves)
            )
            hired = column.get(id(m.hired[j])) if j in m.hired else None
            found.append(Role(hires, leaves, hired))
        return found

    @staged("lp")
    def tighten(self) -> None:
        """Tighter constants of the mode rows, as long as they take a small share of the time."""
        if self.closed or self.halted():
            return
        clock, end = time.monotonic(), self.deadline
        if math.isfinite(end):
            end = clock + TIGHTENING_SHARE * (end - clock)
            # Where one relaxation takes that long, a row of them brings nothing.
            if self.seconds["lp"] > end - clock:
                return
        cuts = mode_constants(
            self.program,
            self.arrays,
            rows_at(self.arrays.terms, *self.pool.all(self.arrays.terms)),
            lower=self.lower,
            deadline=end,
            stop=self.stop,
            tick=lambda: self.report("LP"),
        )
        if cuts is not None:
            self.extra = cuts
            self.main.engine.add_rows(cuts)
        self.relax()

    def last_tree(self) -> float:
        """When the tree has to end, so that its last plan can be polished."""
        if math.isinf(self.deadline):
            return self.deadline
        return self.deadline - RESERVE * max(self.deadline - self.began, 0.0)

    def spared(self) -> float:
        """Seconds before the deadline that are the caller's own as things stand."""
        return self.spare() if self.spare else 0.0

    def trees_over(self) -> bool:
        """Whether the time of the trees is over; without a deadline it never is."""
        return time.monotonic() >= self.last_tree() - self.spared()

    def tree_stop(self) -> Stop:
        """Ends a tree, and nothing that comes after it."""
        return Stop(self.stop, due=self.trees_over if self.spare else None)

    @staged("milp")
    def tree(self, gap: float, strategic: bool) -> Outcome:
        """One tree search over the tangents at hand; every better plan is polished while it
        runs.

        Args:
            gap: relative gap at which the search ends.
            strategic: leave the team in fractions; its bound holds all the same.
        """
        halt = self.tree_stop()
        pending: list[Vector] = []
        rest = [0.0]

        def improved(x: Vector, value: float) -> None:
            if value > self.lower and not self.known(x):
                pending[:] = [x]
                polish_pending()

        def polish_pending() -> None:
            # The tree runs on meanwhile: polishing takes no more than a third of the time.
            if pending and time.monotonic() >= rest[0]:
                begun = time.monotonic()
                self.polish(pending.pop())
                if math.isfinite(self.deadline):
                    rest[0] = time.monotonic() + 2 * (time.monotonic() - begun)

        def moved(state: TreeProgress) -> None:
            polish_pending()
            self.report("MILP", state.bound)
            near = gap_between(self.lower, min(self.upper, state.bound)) <= self.gap
            # Without a deadline the same file gives the same plan, so the clock must not decide.
            if near and math.isfinite(self.deadline):
                halt.set()

        outcome = self.lean().solve_mip(
            self.last_tree(),
            halt,
            gap=gap,
            start=self.start(),
            on_progress=moved,
            on_incumbent=improved,
            options=STRATEGIC_OPTIONS if strategic else TREE_OPTIONS,
            relaxed=self.team if strategic else None,
        )
        rest[0] = 0.0
        polish_pending()
        self.prove(outcome.bound)
        if outcome.x is not None and outcome.status in WITH_PLAN:
            self.points.append(outcome.x)
            if not self.closed:
                self.polish(outcome.x)
        self.report("MILP")
        return outcome

    def lean(self) -> Engine:
        """An engine for the tree with the tangents that touch a point seen so far; the others
        only slow it down."""
        points = self.points[-LEAN_POINTS:]
        return Relaxation(self.arrays, self.pool, points, extra=self.extra, seed=self.seed).engine

    def refine(self, outcome: Outcome) -> bool:
        """Add tangents and splits where the tree's plan is worth less than the tangents
        promise."""
        if outcome.x is None:
            return False
        if self.split(outcome.x):
            try:
                self.load()
            except StoppedError:
                return False
            return True
        finer = max(min(ROOT_TOLERANCE / 10, REFINE_SHARE * self.gap), TOLERANCE)
        return self.main.cut(outcome.x, finer)

    def split(self, x: Vector) -> bool:
        """Note a breakpoint where ``x`` lies inside a convex piece whose chord overstates the
        curve."""
        found = False
        for response in (one for program in self.programs for one in program.terms.shaped):
            top = float(response.curve.value(response.cuts[-1]))
            for q, (piece, part) in enumerate(zip(response.pieces, response.parts, strict=True)):
                low, high = response.cuts[q], response.cuts[q + 1]
                at = self.arrays.value(x, part)
                if self.arrays.value(x, piece) < 0.5 or low >= response.curve.inflection():
                    continue
                ends = response.curve.value(np.array([low, high]))
                chord = ends[0] + (ends[1] - ends[0]) * (at - low) / (high - low)
                inside = low + SPLIT_AWAY * (high - low) < at < high - SPLIT_AWAY * (high - low)
                if inside and chord - float(response.curve.value(at)) > SPLIT_TOLERANCE * top:
                    self.splits.setdefault(response.name, []).append(at)
                    found = True
        return found
