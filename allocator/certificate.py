"""The certificate: an upper bound from the MILP over tangents, a lower bound from a replayed and
verified plan.

Every bound here is of the maximised objective (a least cost is its negative). The upper bound is
that of the true nonlinear program, because tangents never cut it off; the lower bound is what the
replay of a plan that passed every rule is worth. The two are brought together by adding tangents
where plans sit.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from allocator.branching import Branching
from allocator.decoding import decode
from allocator.diving import Role
from allocator.elastic import least_violation
from allocator.handover import Handover, hand_over
from allocator.highs import WITH_PLAN, Engine, Outcome, Status
from allocator.highs import Progress as TreeProgress
from allocator.matrix import Cuts, Vector, whole_bounds
from allocator.plan import relative_gap
from allocator.polish import FRACTION, ROUNDS, TOLERANCE, Polisher
from allocator.relaxation import Relaxation
from allocator.stages import Stages, staged
from allocator.tangents import Pool, first_tangents, rows_at
from allocator.tightening import mode_constants
from fact_models.decisions import Decisions
from fact_models.program import Program, build
from fact_models.replay import Facts, Replay, facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import Verification, verify

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
COMPLETION_SECONDS = 20.0
"""Most time for filling in the integers of a plan that are open, where there is a deadline."""
COMPLETION_NODES = 1000
"""Nodes after which that ends in any case."""
COMPLETION_GAP = 0.05
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
WASTE = (
    "field.hours",
    "field.skilled",
    "staff.overtime",
    "staff.outsourced",
    "staff.cover",
    "money.drawn",
    "goods.purchase",
    "alliance.samples",
    "field.content_made",
    "field.content_bought",
    "field.boost_spend",
)
"""Inputs that a plan should not use for nothing."""
TIDY_LOSS = 1e-6
"""Share of the objective that tidying may cost, at most a small part of the asked gap."""
TIDY_SHARE = 0.05
"""Share of the time that tidying may take, also beyond the deadline."""
EXPLAIN_SECONDS = 10.0
"""Time that naming the conflict of an infeasible instance may take beyond the deadline."""
SHOWN_CONFLICTS = 5
TEAM_SHARE = 0.03
"""Share of the time that making one team whole may take."""
REHIRE_SHARE = 0.1
"""The same for the best plan when the strategic choices are settled."""
TEAM_GAP = 0.05
"""Share of the asked gap at which it ends."""
POLISH_SHARE = 0.02
"""Share of the asked gap that a polished plan may stay below what the tangents promise."""
FIRST_CUTS = 0.02
"""Violation of a term, as a share of that distance, from which on a plan in the hot relaxation is
cut at first."""
FIRST_SHARE = 0.05
"""The same, as a share of its value, for the plan of today's integers, which is only a start."""
LITTLE = 0.95
"""A round of tangents that leaves more than this share of the distance was idle."""
IDLE_ROUNDS = 3
"""As many of them in a row end a polish."""
LATE_SHARE = 0.05
"""Share of the time, beyond the deadline, in which a polish may end."""
RESERVE = 0.08
"""Share of the time kept for the last polish and the replay."""


@dataclass(frozen=True)
class Progress:
    """Where a search stands; bounds in the units of the objective that is maximised."""

    seconds: float
    phase: str
    incumbent: float
    bound: float
    gap: float


@dataclass
class Found:
    """Best verified plan so far."""

    decisions: Decisions
    replay: Replay
    check: Verification
    value: float
    integers: dict[str, float]
    """Integer columns by name."""
    x: Vector
    """The point of the program that it was decoded from."""
    near: float = math.inf
    """Share of its value that a sharper polish of the same integers may still bring."""


class Stop(threading.Event):
    """Set by the caller's stop or by the search itself when the gap is closed.

    Args:
        outer: the caller's stop.
        heeded: whether the caller's stop counts at this moment; always if not given.
        due: whether it is time to end though nobody asked for it; never if not given.
    """

    def __init__(
        self,
        outer: threading.Event | None,
        heeded: Callable[[], bool] | None = None,
        due: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__()
        self.outer, self.heeded, self.due = outer, heeded, due

    def is_set(self) -> bool:
        """Whether anyone asked for the end, or it is due."""
        asked = self.outer is not None and self.outer.is_set()
        if super().is_set() or (asked and (self.heeded is None or self.heeded())):
            return True
        return self.due is not None and self.due()


class StoppedError(Exception):
    """Somebody asked for the end while the program was being built."""


@dataclass
class Search:
    """One search for a certified plan.

    Args:
        instance: what to plan.
        gap: relative gap to stop at.
        deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
        threads: 1, or more to solve two branches at a time.
        seed: of the solver's random choices.
        progress: receives the state at every step.
        stop: set by anyone who wants the end.
        spare: seconds before the deadline that the caller wants for itself as things stand; the
            trees and the search for a better team leave them, polishing and tidying go on.
    """

    instance: Instance
    gap: float
    deadline: float
    threads: int = 1
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None
    spare: Callable[[], float] | None = None
    upper: float = math.inf
    told: float = math.inf
    """The least bound that was reported; that of a tree under way is not yet ``upper``."""
    best: Found | None = None
    status: Status = Status.NO_PLAN_YET
    message: str = ""
    trace: list[tuple[float, str, float, float]] = field(default_factory=list)
    pool: Pool = field(default_factory=Pool)
    splits: dict[str, list[float]] = field(default_factory=dict)
    tree_kind: ClassVar[type[Branching]] = Branching
    polish_share: ClassVar[float] = POLISH_SHARE

    def __post_init__(self) -> None:
        self.began, self.thread = time.monotonic(), threading.get_ident()
        self.facts = facts(self.instance)
        self.running = False
        self.stages = Stages()

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds by stage."""
        return self.stages.seconds

    @property
    def lower(self) -> float:
        """Value of the best verified plan."""
        return self.best.value if self.best else -math.inf

    @property
    def closed(self) -> bool:
        """Whether the asked gap is reached."""
        return self.best is not None and gap_between(self.lower, self.upper) <= self.gap

    @property
    def latest(self) -> float:
        """When the polish of a last plan has to end."""
        return self.deadline + LATE_SHARE * (self.deadline - self.began)

    @property
    def stopped(self) -> bool:
        """Whether somebody asked for the end."""
        return bool(self.stop and self.stop.is_set())

    def heed(self) -> None:
        """End a stage of ``run`` that has nothing to hand over yet.

        Raises:
            StoppedError: somebody asked for the end.
        """
        if self.running and self.stopped:
            raise StoppedError

    def halted(self) -> bool:
        """Whether time is over or somebody asked for the end."""
        return time.monotonic() >= self.deadline or self.stopped

    def report(self, phase: str, bound: float | None = None) -> None:
        """Tell the caller and the trace where the search stands."""
        self.told = upper = min(self.told, self.upper, math.inf if bound is None else bound)
        seconds = time.monotonic() - self.began
        if not self.trace or self.trace[-1][1:] != (phase, self.lower, upper):
            self.trace.append((seconds, phase, self.lower, upper))
        # The dive beside the tree finds plans in a thread of its own; the caller hears of them in
        # the next report of this one.
        if self.progress and threading.get_ident() == self.thread:
            gap = gap_between(self.lower, upper) if self.best else math.inf
            self.progress(Progress(seconds, phase, self.lower, upper, gap))

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

    def load(self) -> None:
        """Build the program and hand it to two engines: one for the tree, one to polish plans.

        Raises:
            StoppedError: somebody asked for the end; what an earlier call made is still whole.
        """
        self.report("build")
        with self.stages.stage("build"):
            programs = self.built()
        self.report("hand-over")
        with self.stages.stage("hand_over"):
            self.hold(programs)

    def hold(self, programs: list[Program]) -> None:
        """Hand the programs over to the engines.

        Raises:
            StoppedError: somebody asked for the end.
        """
        arrays = self.handed_over(programs)
        self.programs: list[Program] = programs
        self.program = programs[0]
        self.arrays: Handover = arrays
        self.stated = self.arrays.matrix
        lower, upper = self.narrowed()
        self.arrays = replace(self.arrays, matrix=replace(self.stated, lower=lower, upper=upper))
        names = self.arrays.matrix.column_names
        self.whole: NDArray[np.intp] = np.flatnonzero(self.arrays.matrix.integer)
        self.team = np.array([n for n in self.whole if names[n].startswith("staff.")], np.intp)
        first = first_tangents(self.arrays.terms)
        self.pool.fresh(self.arrays.terms, *first)
        self.main = Relaxation(self.arrays, self.pool, [], seed=self.seed)
        cost, box = self.stated.cost, self.stated
        self.upper = min(self.upper, float(np.maximum(cost * box.lower, cost * box.upper).sum()))
        self.extra: Cuts | None = None
        self.points: list[Vector] = []

    def narrowed(self) -> tuple[Vector, Vector]:
        """Bounds (n,) of the columns that the relaxation starts from."""
        return whole_bounds(self.stated)

    def written(self) -> Program:
        """The program that is searched."""
        return build(self.instance, self.splits, tick=self.heed)

    def built(self) -> list[Program]:
        """The programs that are planned together; one, unless plans share decisions."""
        return [self.written()]

    def handed_over(self, programs: list[Program]) -> Handover:
        """The arrays of the programs."""
        return hand_over(programs[0], tick=self.heed)

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

    @staged("polish")
    def sharpen(self, relaxation: Relaxation, integers: Vector) -> None:
        """Add tangents to the relaxation, whose integers are fixed to ``integers`` (n,), until its
        plan is exact; keep the plan if it is better."""
        whole = np.rint(integers[self.whole])
        chosen = self.chosen(integers)
        near = self.polish_share * self.gap
        stop = self.once_planned()
        tolerance, rows = max(FIRST_CUTS * near, TOLERANCE), relaxation.engine.rows
        apart, idle = math.inf, 0
        for _ in range(ROUNDS):
            outcome = relaxation.solve(self.latest, stop)
            if outcome.status is not Status.OPTIMAL or outcome.x is None:
                break
            if outcome.bound <= self.lower:
                break
            exact = outcome.x.copy()
            exact[self.whole] = whole
            self.accept(exact, chosen)
            before, apart = apart, outcome.bound - self.lower
            idle = idle + 1 if apart > LITTLE * before else 0
            # A chord of an S-shaped curve keeps the two apart whatever tangents are added.
            if apart <= near * abs(outcome.bound) or idle == IDLE_ROUNDS:
                break
            while not relaxation.cut(outcome.x, tolerance) and tolerance > TOLERANCE:
                tolerance = max(tolerance / 10, TOLERANCE)
            if tolerance == TOLERANCE and relaxation.engine.rows == rows:
                break
            rows = relaxation.engine.rows
        if self.best is not None and self.best.integers == chosen:
            self.best.near = min(self.best.near, near)

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

    def go_on_as_today(self) -> None:
        """The status quo, if it keeps the rules: a plan at once, without the solver."""
        with self.stages.stage("replay"):
            found = self.verified(status_quo(self.instance), {}, np.zeros(0))
        if found is not None and found.value > self.lower:
            self.best = found
            self.report("polish")

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

    def complete(self, integers: Vector) -> Vector | None:
        """Fill in the integers that are not a number by a short tree search, those of the team in
        fractions; None if there is no plan."""
        unknown = np.isnan(integers)
        team = self.team[unknown[self.team]]
        if unknown[self.whole].sum() == team.size:
            return integers
        known = self.whole[~unknown[self.whole]]
        polisher = self.polisher([])
        polisher.fix(known, integers)
        # Without a deadline the same file gives the same plan, so the clock must not decide.
        end = self.deadline
        if math.isfinite(end):
            end = min(end, time.monotonic() + COMPLETION_SECONDS)
        return polisher.engine.solve_mip(
            end, self.stop, gap=COMPLETION_GAP, node_limit=COMPLETION_NODES, relaxed=team
        ).x

    def polisher(self, points: list[Vector], deadline: float | None = None) -> Polisher:
        """A polisher for a plan near ``points``."""
        return Polisher(
            self.arrays,
            self.pool,
            points,
            seed=self.seed,
            deadline=self.latest if deadline is None else deadline,
            stop=self.once_planned(),
        )

    def once_planned(self) -> Stop:
        """The caller's stop, heeded as soon as there is a plan: the first is looked for all the
        same, and nobody waits for its last digits."""
        return Stop(self.stop, lambda: self.best is not None)

    def start(self) -> Vector | None:
        """Integer columns of the best plan, completed if this build of the program has others."""
        if self.best is None or not self.best.integers:
            return None
        names = self.arrays.matrix.column_names
        x = np.full(len(names), np.nan)
        for n in self.whole:
            x[n] = self.best.integers.get(names[n], np.nan)
        return self.complete(x)

    def today(self) -> Vector:
        """Integer columns of the status quo; the pieces of S-shaped curves are left open."""
        matrix = self.arrays.matrix
        x = np.where(matrix.integer, matrix.lower, np.nan)
        for program in self.programs:
            self._today(program, x)
        return x

    def _today(self, program: Program, x: Vector) -> None:
        """Write the status quo of one program into ``x`` (n,)."""
        m, p = program.model, program.parameters
        if self.instance.alliance:
            for (c, o, _), variable in m.alliance.choice.items():
                if o == self.instance.alliance.tiers[c].current_offer:
                    x[self.arrays.column_of[id(variable)]] = 1.0
        if self.instance.field:
            levels = self.instance.field.discounts
            if levels:
                least = min(levels, key=lambda k: levels[k].depth)
                for t in p.periods:
                    x[self.arrays.column_of[id(m.field.discount[least, t])]] = 1.0
            for variable in m.field.on.values():
                x[self.arrays.column_of[id(variable)]] = 1.0
            for (a, _), variable in m.field.on.items():
                if not self.instance.field.accounts[a].open:
                    x[self.arrays.column_of[id(variable)]] = 0.0
        for response in program.terms.shaped:
            for piece in response.pieces:
                x[self.arrays.column_of[id(piece)]] = np.nan

    @staged("polish")
    def polish(
        self, integers: Vector, share: float | None = None, *, seconds: float | None = None
    ) -> bool:
        """Fix the integers, add tangents where the plan sits, replay and verify it.

        A team in fractions, or not a number, is made whole first. Returns whether a better plan
        was found.

        Args:
            integers: (n,) a point of the program, or its integer columns alone.
            share: largest distance, as a share of the plan's value, between what the tangents
                promise and the replayed plan; a small part of the asked gap if not given.
            seconds: time for making the team whole.
        """
        whole, team, matrix = self.whole, self.team, self.arrays.matrix
        x = np.where(np.isnan(integers), matrix.lower, integers)
        x = np.clip(np.rint(x), matrix.lower, matrix.upper)
        open_team = not np.all(np.abs(integers[team] - np.rint(integers[team])) <= FRACTION)
        near = POLISH_SHARE * self.gap if share is None else share
        done = self.best is not None and near >= self.best.near
        if done and not open_team and self.best and self.chosen(x) == self.best.integers:
            return False
        polisher = self.polisher([] if np.isnan(integers).any() else [integers])
        polisher.fix(np.setdiff1d(whole, team) if open_team else whole, x)
        heads: Vector | None = x[team]
        if open_team:
            if seconds is None:
                seconds = TEAM_SHARE * (self.deadline - self.began)
            heads = polisher.hire(team, TEAM_GAP * self.gap, seconds)
        better = False
        if heads is not None:
            x[team] = heads
            chosen = self.chosen(x)

            def reached(outcome: Outcome) -> bool:
                nonlocal better
                assert outcome.x is not None
                exact = outcome.x.copy()
                exact[whole] = x[whole]
                better |= self.accept(exact, chosen)
                return outcome.bound - self.lower <= near * abs(outcome.bound)

            polisher.sharpen(self.lower, reached)
            if self.best is not None and self.best.integers == chosen:
                self.best.near = min(self.best.near, near)
        return better

    def rehire(self, seconds: float) -> None:
        """Look longer for a better team under the best plan's choices."""
        if self.best is None or not self.team.size:
            return
        if self.best.x.size == self.arrays.matrix.cost.size:
            x = self.best.x.copy()
            x[self.team] += 0.5
            self.polish(x, seconds=seconds)

    def chosen(self, x: Vector) -> dict[str, float]:
        """Integer columns of ``x`` (n,) by name."""
        names = self.arrays.matrix.column_names
        return {names[n]: float(np.rint(x[n])) for n in self.whole}

    def known(self, x: Vector) -> bool:
        """Whether ``x`` takes the strategic choices of the best plan."""
        if self.best is None:
            return False
        names, rest = self.arrays.matrix.column_names, np.setdiff1d(self.whole, self.team)
        return all(self.best.integers.get(names[n]) == np.rint(x[n]) for n in rest)

    @staged("polish")
    def tidy(self) -> None:
        """Take out of the best plan what brings nothing: idle live hours, overtime, drawn credit.

        The solver does not mind them where they cost the objective nothing; a planner does.
        """
        if self.best is None or self.stopped:
            return
        clock = time.monotonic()
        matrix, found, whole = self.arrays.matrix, self.best, self.whole
        names = matrix.column_names
        if any(names[n] not in found.integers for n in whole):
            return
        end = min(clock + 2.0 + TIDY_SHARE * (self.deadline - self.began), self.latest)
        polisher = self.polisher([found.x] if found.x.size == len(names) else [], end)
        fixed = np.array([found.integers[names[n]] for n in whole])
        polisher.engine.set_bounds(whole, fixed, fixed)
        loss = min(TIDY_LOSS, POLISH_SHARE * self.gap)
        floor = found.value - loss * max(abs(found.value), 1.0)
        value = sparse.csr_array(matrix.cost[None, :])
        polisher.engine.add_rows(Cuts(value, np.array([floor]), np.array([np.inf])))
        waste = np.array([name.split("[")[0] in WASTE for name in names])
        used = waste & (matrix.upper > 0)
        cost = np.zeros(len(names))
        cost[used] = -1.0 / matrix.upper[used]
        polisher.engine.set_cost(cost)
        closed = self.closed

        def tidied(outcome: Outcome) -> bool:
            assert outcome.x is not None
            x = outcome.x.copy()
            x[whole] = fixed
            tidier = self.replayed(x, found.integers)
            if tidier is None or tidier.value < floor - abs(floor) * loss:
                return False
            if closed and gap_between(tidier.value, self.upper) > self.gap:
                return False
            self.best = tidier
            self.report("tidy")
            return True

        polisher.sharpen(-math.inf, tidied)

    def accept(self, x: Vector, integers: dict[str, float]) -> bool:
        """Keep the plan at ``x`` (n,) if it passes every rule and is better than the best."""
        found = self.replayed(x, integers)
        if found is None or found.value <= self.lower:
            return False
        self.best = found
        self.report("polish")
        return True

    @staged("replay")
    def replayed(self, x: Vector, integers: dict[str, float]) -> Found | None:
        """The plan at ``x`` (n,), trimmed to what the true states allow; None if it breaks a
        rule."""
        planned = decode(self.program, self.arrays, x)
        settled = replay(self.instance, planned, accept="trim", known=self.facts)
        return self.verified(settled.decisions, integers, x)

    def verified(
        self, decisions: Decisions, integers: dict[str, float], x: Vector
    ) -> Found | None:
        """A plan with no more credit drawn than it needs; None if it breaks a rule."""
        settled, check = judged(self.instance, self.facts, decisions)
        sign = -1.0 if self.instance.objective.goal == "cost" else 1.0
        value = sign * settled.objective
        if not check.ok:
            self.message = str(check.violations[0]) if check.violations else "verification failed"
            return None
        return Found(settled.decisions, settled, check, value, integers, x)

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


def judged(instance: Instance, known: Facts, decisions: Decisions) -> tuple[Replay, Verification]:
    """The replay of a plan with no more credit drawn than it needs, and what the verifier says."""
    settled = replay(instance, decisions, known=known)
    if settled.cash is not None and settled.decisions.drawn.any():
        needed = settled.decisions.copy()
        needed.drawn = least_drawn(instance, settled)
        settled = replay(instance, needed, known=known)
    check = verify(instance, settled.decisions, objective=settled.objective)
    return settled, check


def least_drawn(instance: Instance, states: Replay) -> Vector:
    """Credit (T,) that the cash floor asks for and no more; less of it also saves interest."""
    record, cash = instance.money.cash, states.cash
    assert record is not None
    assert cash is not None
    drawn = np.zeros_like(cash)
    saved = 0.0
    for t in range(cash.size):
        if t:
            saved += record.interest * float(states.decisions.drawn[t - 1] - drawn[t - 1])
        drawn[t] = max(record.floor - float(cash[t]) - saved, 0.0)
    return np.asarray(np.minimum(drawn, states.decisions.drawn), dtype=np.float64)


def bound_at(objective: float, gap: float) -> float:
    """The bound at which a plan of this objective has this relative gap."""
    return objective / (1 - gap) if objective > 0 else objective * (1 - gap)


def gap_between(objective: float, bound: float) -> float:
    """Relative gap of a plan and a bound; infinite while either is unknown."""
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return math.inf
    return relative_gap(objective, bound)
