"""Plans on their way through a search: integer columns become a point of the program, the point
decisions, the decisions a replayed and verified plan.

The best plan so far is kept here, with the program that plans are made in. What is not verified is
no plan.
"""

import gc
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from allocator.decoding import decode
from allocator.gaps import gap_between
from allocator.handover import Handover, hand_over
from allocator.highs import Outcome, Status
from allocator.matrix import Cuts, Vector, whole_bounds
from allocator.plan import Broken
from allocator.polish import FRACTION, ROUNDS, TOLERANCE, Polisher
from allocator.relaxation import Relaxation
from allocator.stages import Stages, staged
from allocator.stopping import Stop, StoppedError
from allocator.tangents import Pool, first_tangents
from fact_models.decisions import Decisions
from fact_models.program import Program, build
from fact_models.replay import Facts, Replay, facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import Verification, verify

if TYPE_CHECKING:
    from numpy.typing import NDArray

COMPLETION_SECONDS = 20.0
"""Most time for filling in the integers of a plan that are open, where there is a deadline."""
COMPLETION_NODES = 1000
"""Nodes after which that ends in any case."""
COMPLETION_GAP = 0.05
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
TEAM_SHARE = 0.03
"""Share of the time that making one team whole may take."""
TEAM_GAP = 0.05
"""Share of the asked gap at which it ends."""
POLISH_SHARE = 0.02
"""Share of the asked gap that a polished plan may stay below what the tangents promise."""
FIRST_CUTS = 0.02
"""Violation of a term, as a share of that distance, from which on a plan in the hot relaxation is
cut at first."""
LITTLE = 0.95
"""A round of tangents that leaves more than this share of the distance was idle."""
IDLE_ROUNDS = 3
"""As many of them in a row end a polish."""
LATE_SHARE = 0.05
"""Share of the time, beyond the deadline, in which a polish may end."""


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage inside: a program is a million objects that all stay, and looking
    through them again and again takes a fifth of the time of building it.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


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


@dataclass
class Finder:
    """Makes plans of a program, keeps the best one, and tells where things stand.

    Args:
        instance: what to plan.
        gap: relative gap to stop at.
        deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
        seed: of the solver's random choices.
        progress: receives the state at every step.
        stop: set by anyone who wants the end.
    """

    instance: Instance
    gap: float
    deadline: float
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None
    upper: float = math.inf
    told: float = math.inf
    """The least bound that was reported; that of a tree under way is not yet ``upper``."""
    best: Found | None = None
    message: str = ""
    broken: list[Broken] = field(default_factory=list)
    """Rules that the nearest plan breaks where no plan keeps all."""
    trace: list[tuple[float, str, float, float]] = field(default_factory=list)
    pool: Pool = field(default_factory=Pool)
    splits: dict[str, list[float]] = field(default_factory=dict)
    polish_share: ClassVar[float] = POLISH_SHARE

    def __post_init__(self) -> None:
        self.began, self.thread = time.monotonic(), threading.get_ident()
        self.facts = facts(self.instance)
        self.running = False
        self.keeping = threading.Lock()
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

    def load(self) -> None:
        """Build the program and hand it to two engines: one for the tree, one to polish plans.

        Raises:
            StoppedError: somebody asked for the end; what an earlier call made is still whole.
        """
        self.report("build")
        with uncollected():
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

    def go_on_as_today(self) -> None:
        """The status quo, if it keeps the rules: a plan at once, without the solver."""
        with self.stages.stage("replay"):
            found = self.verified(status_quo(self.instance), {}, np.zeros(0))
        if found is not None and found.value > self.lower:
            self.best = found
            self.report("polish")

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
            found = self.replayed(exact, chosen)
            if found is not None:
                # One that still breaks a rule, cash by a few yuan, says nothing of the distance.
                self.keep(found)
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

    def rehire(self, seconds: float) -> None:
        """Look longer for a better team under the best plan's choices."""
        if self.best is None or not self.team.size:
            return
        if self.best.x.size == self.arrays.matrix.cost.size:
            x = self.best.x.copy()
            x[self.team] += 0.5
            self.polish(x, seconds=seconds)

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
        near = [found.x] if found.x.size == len(names) else []
        polisher = self.polisher(near, end)
        fixed = np.array([found.integers[names[n]] for n in whole])
        polisher.engine.set_bounds(whole, fixed, fixed)
        loss = min(TIDY_LOSS, POLISH_SHARE * self.gap) * max(abs(found.value), 1.0)
        waste = np.array([name.split("[")[0] in WASTE for name in names])
        used = np.flatnonzero(waste & (matrix.upper > 0))
        share = (found.x[used] / matrix.upper[used]).sum() if near else float(used.size)
        # All that the plan uses is charged what tidying may cost, so no optimum loses more. A row
        # that held the objective there instead would be met by what the tangents promise too much.
        cost = matrix.cost.copy()
        cost[used] -= loss / max(float(share), 1.0) / matrix.upper[used]
        polisher.engine.set_cost(cost)
        closed = self.closed

        def tidied(outcome: Outcome) -> bool:
            assert outcome.x is not None
            x = outcome.x.copy()
            x[whole] = fixed
            tidier = self.replayed(x, found.integers)
            if tidier is None or tidier.value < found.value - 2 * loss:
                return False
            if closed and gap_between(tidier.value, self.upper) > self.gap:
                return False
            self.best = tidier
            self.report("tidy")
            return True

        polisher.sharpen(-math.inf, tidied)

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

    def accept(self, x: Vector, integers: dict[str, float]) -> bool:
        """Keep the plan at ``x`` (n,) if it passes every rule and is better than the best."""
        found = self.replayed(x, integers)
        return found is not None and self.keep(found)

    def keep(self, found: Found) -> bool:
        """Keep a plan if it is better than the best."""
        # Two dives may bring one at the same moment.
        with self.keeping:
            if found.value <= self.lower:
                return False
            self.best = found
        self.report("polish")
        return True

    @staged("replay")
    def replayed(self, x: Vector, integers: dict[str, float]) -> Found | None:
        """The plan at ``x`` (n,), trimmed to what the true states allow; None if it breaks a
        rule."""
        return self.trimmed(decode(self.program, self.arrays, x), integers, x)

    def trimmed(self, decisions: Decisions, integers: dict[str, float], x: Vector) -> Found | None:
        """What the true states allow of a plan; None if that breaks a rule."""
        settled = replay(self.instance, decisions, accept="trim", known=self.facts)
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
