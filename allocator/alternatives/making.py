"""Alternatives are made: the objective becomes a floor, something else is sought."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocator.alternatives.record import Alternative, Alternatives, Seek
from allocator.alternatives.seeking import LEAST, measure, seeks, sought
from allocator.compare import sign_of
from allocator.differing import changes_in_words
from allocator.finding import Found, Progress
from allocator.highs import Outcome
from allocator.matrix import Vector
from allocator.plan import Plan
from allocator.variants.at_hand import made_at_hand, wanted_at_hand
from allocator.variants.desk import EXACT, Ask, Desk
from fact_models.decisions import Decisions
from fact_models.replay import status_quo

LUMPY = ("campaign", "kol")
"""Levers whose spend only whole-number choices decide."""
CHOOSING = 0.7
"""Share of the time of an alternative in which better whole numbers are looked for."""
KEEPING = 0.5
"""Share of the time after which an alternative with the plan's own whole numbers has to do."""
WHOLLY, NEARLY = 0.999, 0.95
"""Shares of the change that tangents promise at which such an alternative is good enough: at
first, and once it has taken ``QUICK`` of the time of an alternative."""
QUICK = 0.1


def alternatives(
    plan: Plan,
    *,
    within: float = 0.01,
    time_limit: float | None = 30.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Alternatives:
    """Plans that cost at most a share of the objective and differ in one respect as far as they
    can.

    Args:
        plan: a plan with decisions.
        within: largest share of the plan's objective that an alternative may cost.
        time_limit: seconds for each alternative.
        seed: of the solver's random choices.
        progress: called with what is sought as the phase.
        stop: an event that ends it with the alternatives found by then.

    Raises:
        ValueError: there is no plan, or ``within`` is not between 0 and 1.
    """
    if plan.decisions is None or plan.objective is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status})")
    if not 0 < within < 1:
        raise ValueError(f"within must lie between 0 and 1, is {within}")
    maker = Maker(plan, within, time_limit, seed, stop)
    found: list[Alternative] = []
    same: list[Seek] = []
    missed: list[Seek] = []
    began = time.monotonic()
    for seek in seeks(plan.instance):
        if stop is not None and stop.is_set():
            break
        if progress:
            seconds = time.monotonic() - began
            progress(Progress(seconds, seek.key, math.nan, math.nan, math.inf))
        one = maker.make(seek)
        if one is not None:
            found.append(one)
        elif maker.desk.halted():
            missed.append(seek)
        else:
            same.append(seek)
    stopped = bool(stop is not None and stop.is_set())
    return Alternatives(plan, within, tuple(found), tuple(same), tuple(missed), stopped)


class Maker:
    """Makes the alternatives of one plan at one desk."""

    def __init__(
        self,
        plan: Plan,
        within: float,
        time_limit: float | None,
        seed: int,
        stop: threading.Event | None,
    ) -> None:
        assert plan.decisions is not None
        assert plan.objective is not None
        self.plan, self.decisions, self.limit, self.stop = plan, plan.decisions, time_limit, stop
        value = sign_of(plan.instance.objective.goal) * plan.objective
        self.floor = value - within * abs(value)
        # What the replay loses against the tangents may not push a plan below the floor.
        stated = self.floor + min(2 * EXACT, within / 2) * abs(value)
        self.desk = Desk(
            plan.instance, 0.0, math.inf, seed=seed, stop=stop, floor=stated, steady=True
        )
        self.reference: Decisions | None = None
        self.own: Found | None = None

    def make(self, seek: Seek) -> Alternative | None:
        """The alternative that has most of what is sought; None if the plan has as much."""
        clock, desk = time.monotonic(), self.desk
        desk.deadline = math.inf if self.limit is None else clock + self.limit
        if self.reference is None:
            desk.load()
            self.own = desk.verified(self.decisions, {}, np.zeros(0))
            today = status_quo(self.plan.instance)
            at_hand = self.plan.instance.current is not None
            self.reference = self.at_hand(today) if at_hand else today
        reference = self.reference

        def better(one: Found, other: Found) -> bool:
            return seek.sign * self.of(seek, one) > seek.sign * self.of(seek, other)

        def ask(integers: Callable[[Desk], Vector]) -> Ask:
            return Ask(integers, lambda d: sought(d, seek, reference), better)

        best = self.kept(seek, ask(lambda d: d.placed(self.decisions)))
        limit = math.inf
        if not desk.halted():
            if best is not None and best.x.size == desk.arrays.matrix.cost.size:
                desk.points = [best.x]
            seconds = math.inf if self.limit is None else CHOOSING * self.limit
            start = desk.placed(self.decisions)
            chosen, bound = desk.choose(sought(desk, seek, reference), start, seconds)
            if seek.aim != "changes":
                limit = seek.sign * bound
            whole = np.flatnonzero(desk.arrays.matrix.integer)
            moved = not np.all(np.abs(chosen[whole] - start[whole]) <= 0.5)
            if moved and not desk.halted():

                def kept(d: Desk) -> Vector:
                    fits = chosen.size == d.arrays.matrix.cost.size
                    return chosen if fits else d.placed(self.decisions)

                other = desk.answer(ask(kept))
                if other is not None and (best is None or better(other, best)):
                    best = other
        return self.told(seek, best, limit, time.monotonic() - clock)

    def kept(self, seek: Seek, ask: Ask) -> Found | None:
        """The best with the plan's own whole numbers, or what stands of it after a share of the
        time; None if only whole numbers decide what is sought."""
        if seek.aim == "kol" or seek.lever in LUMPY:
            return None
        desk, end = self.desk, self.desk.deadline
        if self.limit is not None:
            desk.deadline = time.monotonic() + KEEPING * (end - time.monotonic())
        found = desk.answer(replace(ask, anchor=self.own, enough=self.near(seek)))
        desk.deadline = end
        return found

    def near(self, seek: Seek) -> Callable[[Found, Outcome], bool] | None:
        """Whether a plan has nearly what the linear program promises; that of changes is counted
        otherwise than on a replay."""
        if seek.aim == "changes" or self.own is None:
            return None
        before = seek.sign * self.of(seek, self.own)
        quick = math.inf if self.limit is None else time.monotonic() + QUICK * self.limit

        def enough(found: Found, outcome: Outcome) -> bool:
            share = WHOLLY if time.monotonic() < quick else NEARLY
            return seek.sign * self.of(seek, found) - before >= share * (
                outcome.objective - before
            )

        return enough

    def at_hand(self, today: Decisions) -> Decisions:
        """The plan in the file as a plan of its own: what its spend buys. Its campaigns and deals
        with today's controls where it cannot be made to keep the rules."""
        desk = self.desk
        made = made_at_hand(
            self.plan.instance, deadline=desk.deadline, seed=desk.seed, stop=self.stop
        )
        if self.limit is not None:
            desk.deadline = time.monotonic() + self.limit
        return wanted_at_hand(desk, today).decisions if made is None else made.decisions

    def of(self, seek: Seek, found: Found) -> float:
        """What a plan has of what is sought."""
        assert self.reference is not None
        return measure(seek, self.reference, self.plan.instance, found.replay)

    def told(
        self, seek: Seek, best: Found | None, limit: float, seconds: float
    ) -> Alternative | None:
        """The alternative with its figures; None if it has no more of what is sought."""
        assert self.reference is not None
        assert self.plan.replay is not None
        before = measure(seek, self.reference, self.plan.instance, self.plan.replay)
        if best is None or best.value < self.floor:
            return None
        now = self.of(seek, best)
        if seek.sign * (now - before) <= LEAST * max(abs(before), abs(now)):
            return None
        named = self.plan.instance.model_copy(
            update={"name": f"{self.plan.name[:48]}-{seek.key.replace(' ', '-')}"}
        )
        bound = math.inf if self.plan.bound is None else self.plan.bound
        plan = Plan.of(
            named, "feasible_near", best.decisions, bound,
            max_violation=best.check.max_violation, runtime={"total": seconds},
        )  # fmt: skip
        words = tuple(changes_in_words(self.plan, plan))
        return Alternative(seek, plan, now, before, limit, words, seconds)
