"""A plan in worlds in which one figure is moved: once fixed, once made anew."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocator.compare import sign_of
from allocator.differing import changes_in_words
from allocator.finding import Progress
from allocator.matrix import Vector
from allocator.plan import Plan
from allocator.rule_words import broken_words
from allocator.sensitivity.record import Anew, Effect, Sensitivity, switch_at
from allocator.sensitivity.worlds import World, between, worlds
from allocator.solve import solve
from allocator.variants.desk import Ask, Desk
from fact_models.decisions import Decisions
from fact_models.replay import Replay, replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

LEAST = 1e-4
"""Share of the objective by which other choices must be better to count as a change."""
HALVES = 5
"""Times that a way is halved in search of the part at which a plan's choices stop holding."""


def sensitivity(
    plan: Plan,
    *,
    by: float = 0.2,
    anew: bool = True,
    each: float = 30.0,
    gap: float = 0.01,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Sensitivity:
    """How far a plan hangs on growth, conversion, refunds, KOL outcomes and settlement.

    Fixed, its hours, spend, team, packages and deals are kept and the replay takes what comes.
    Made anew, the changed instance is solved, and the whole-number choices of both plans are
    planned in both worlds, which tells at which part of the way the others become better. Where
    the plan's own keep no rules at its end, the way is halved for the part up to which they do.

    Args:
        plan: a plan with decisions.
        by: share by which growth, conversion and refunds are moved.
        anew: whether to make plans anew.
        each: seconds for a plan made anew.
        gap: its relative gap.
        seed: of the solver's random choices.
        progress: called with figure and way as the phase.
        stop: an event that ends it with what is known then.

    Raises:
        ValueError: there is no plan, or ``by`` is not between 0 and 1.
    """
    if plan.decisions is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status})")
    if not 0 < by < 1:
        raise ValueError(f"by must lie between 0 and 1, is {by}")
    base = replay(plan.instance, plan.decisions, accept="greedy")
    moved = list(worlds(plan.instance, by))
    effects = [_fixed(plan.decisions, base, world) for world in moved]
    maker = _Maker(plan, each, gap, seed, stop)
    began = time.monotonic()
    for n, world in enumerate(moved if anew else ()):
        if stop is not None and stop.is_set():
            break

        def told(state: Progress, name: str = f"{world.figure} {world.way}") -> None:
            if progress:
                seconds = time.monotonic() - began
                progress(replace(state, seconds=seconds, phase=f"{name}: {state.phase}"))

        effects[n] = replace(effects[n], anew=maker.make(world, told))
    stopped = bool(stop is not None and stop.is_set())
    return Sensitivity(plan, by, float(base.objective), tuple(effects), stopped)


def _fixed(decisions: Decisions, base: Replay, world: World) -> Effect:
    """The fixed plan in a world, against the same replay in the world of the file."""
    states = replay(world.instance, decisions, accept="greedy")
    check = verify(world.instance, states.decisions)
    return Effect(
        world.figure,
        world.way,
        gmv=_gmv(states) - _gmv(base),
        objective=float(states.objective - base.objective),
        contribution=float(states.contribution.sum() - base.contribution.sum()),
        broken=len({(x.number, x.rule) for x in check.violations}),
        worst=broken_words(check.violations[0]) if check.violations else None,
    )


def _gmv(states: Replay) -> float:
    return float(np.sum(list(states.gmv.values())))


class _Maker:
    """Plans made anew, and choices tried in other worlds."""

    def __init__(
        self, plan: Plan, each: float, gap: float, seed: int, stop: threading.Event | None
    ) -> None:
        self.plan, self.each, self.gap, self.seed, self.stop = plan, each, gap, seed, stop
        self.sign = sign_of(plan.instance.objective.goal)
        self.home: Desk | None = None
        self.own = math.nan

    def make(self, world: World, progress: Callable[[Progress], None]) -> Anew | None:
        """The plan of a world; None if none was found in time."""
        assert self.plan.decisions is not None
        other = solve(
            world.instance,
            gap=self.gap,
            time_limit=self.each,
            threads=1,
            seed=self.seed,
            progress=progress,
            stop=self.stop,
        )
        if other.status == "infeasible":
            return Anew(math.nan, math.nan, math.nan, (), self.turned_at(world), lost=True)
        if other.decisions is None or other.objective is None:
            return None
        bound = math.inf if other.bound is None else self.sign * other.bound
        there = self.opened(world.instance)
        kept = self.with_choices(there, self.plan.decisions)
        objective = self.sign * other.objective
        lost = math.isnan(kept) and not there.halted()
        words, switch = self.changes(other.decisions), math.inf
        if kept >= objective - LEAST * abs(objective):
            # The plan's own choices are as good there too.
            objective, words = max(kept, objective), ()
        elif lost and words:
            switch = self.turned_at(world, other.decisions)
        elif words and not math.isnan(kept):
            switch = self.turning(world, kept, objective, other.decisions)
        return Anew(objective, max(bound, objective), kept, words, switch, lost)

    def changes(self, decisions: Decisions) -> tuple[str, ...]:
        """Choices that differ from the plan's, in words."""
        named = Plan.of(self.plan.instance, "error", decisions, math.inf)
        return tuple(changes_in_words(self.plan, named))

    def turning(self, world: World, kept: float, objective: float, other: Decisions) -> float:
        """Part of the way at which ``other`` choices become better: by a straight line where they
        keep the rules at home, else by halving."""
        assert self.plan.decisions is not None
        if self.home is None:
            self.home = self.opened(self.plan.instance)
            self.own = self.with_choices(self.home, self.plan.decisions)
        here = self.with_choices(self.home, other)
        if math.isfinite(here):
            return switch_at((self.own, kept), (here, objective))

        return self.turned_at(world, other)

    def turned_at(self, world: World, other: Decisions | None = None) -> float:
        """Part of the way by which no plan with the plan's choices is found any more, or one with
        ``other`` choices is better."""
        assert self.plan.decisions is not None
        own = self.plan.decisions

        def turned(desk: Desk) -> bool | None:
            kept = self.with_choices(desk, own)
            if math.isnan(kept):
                return None if desk.halted() else True
            if other is None:
                return False
            others = self.with_choices(desk, other)
            if math.isnan(others) and desk.halted():
                return None
            return others - kept > LEAST * abs(others)

        return self.halved(world, turned)

    def halved(self, world: World, beyond: Callable[[Desk], bool | None]) -> float:
        """The smallest part of a way at which ``beyond`` was seen, its end for certain; the way is
        halved until that is narrow, or the time for one plan is over."""
        low, high, end = 0.0, 1.0, time.monotonic() + self.each
        for _ in range(HALVES):
            middle = (low + high) / 2
            seen = beyond(self.opened(between(self.plan.instance, world, middle).instance))
            if seen is None:
                break
            low, high = (low, middle) if seen else (middle, high)
            if time.monotonic() >= end:
                break
        return high

    def opened(self, instance: Instance) -> Desk:
        """A desk for an instance."""
        desk = Desk(instance, 0.0, math.inf, seed=self.seed, stop=self.stop)
        desk.load()
        return desk

    def with_choices(self, desk: Desk, decisions: Decisions) -> float:
        """The best verified objective with given whole-number choices; the team may differ where
        its own is too small. Not a number if there is none."""
        desk.deadline = time.monotonic() + self.each
        for team in (True, False):
            found = desk.answer(
                Ask(
                    _placed(decisions, team),
                    lambda d: d.arrays.matrix,
                    lambda one, two: one.value > two.value,
                )
            )
            if found is not None:
                return found.value
            if desk.halted() or not desk.team.size:
                break
        return math.nan


def _placed(decisions: Decisions, team: bool) -> Callable[[Desk], Vector]:
    return lambda desk: desk.placed(decisions, team=team)
