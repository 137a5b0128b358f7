"""Deals and packages are forced and forbidden, one after the other, at one desk."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocator.choices.contest import STEADY, Contest
from allocator.choices.kept import Switching
from allocator.choices.record import (
    CLOSED,
    Choice,
    Choices,
    Interval,
    Kept,
    Outcomes,
    chance_of_loss,
)
from allocator.compare import sign_of
from allocator.finding import Found, Progress
from allocator.highs import SolverError
from allocator.matrix import ModelError
from allocator.panel import label_of
from allocator.plan import Plan
from allocator.reasons.fixed import Unsolved
from allocator.variants.desk import Ask, Desk
from allocator.variants.picking import allowed
from fact_models.decisions import Decisions
from fact_models.replay import OutcomeName, replay


def choices(
    plan: Plan,
    *,
    each: float = 15.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Choices:
    """What every deal and every package of a plan is worth.

    What the plan takes is forbidden, what it does not take is forced. With all other whole numbers
    kept the answer is exact; with them free it is a proved bound and the best verified plan found,
    so the truth lies between.

    Args:
        plan: a plan with decisions.
        each: seconds for every package, and for every deal; as many again for a deal's weeks.
        seed: of the solver's random choices.
        progress: called with the name of the deal or package as the phase.
        stop: an event that ends it with what is known then.

    Raises:
        ValueError: there is no plan.
    """
    if plan.decisions is None or plan.objective is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status})")
    maker = Maker(plan, each, seed, stop)
    found: list[Choice] = []
    began = time.monotonic()
    maker.ready()
    for option in maker.options():
        if stop is not None and stop.is_set():
            break
        if progress:
            seconds = time.monotonic() - began
            progress(Progress(seconds, option.name, math.nan, math.nan, math.inf))
        found.append(maker.make(option))
    found = [maker.finished(one) for one in found]
    return Choices(plan, tuple(found), bool(stop is not None and stop.is_set()))


class Maker:
    """Answers for one plan."""

    def __init__(self, plan: Plan, each: float, seed: int, stop: threading.Event | None) -> None:
        assert plan.decisions is not None
        assert plan.objective is not None
        self.plan, self.decisions, self.each, self.stop = plan, plan.decisions, each, stop
        sign = sign_of(plan.instance.objective.goal)
        bound = math.inf if plan.bound is None else sign * plan.bound
        self.own = Interval(sign * plan.objective, bound)
        self.contest = Contest(plan.instance, STEADY, math.inf, seed=seed)
        self.seed, self.ends = seed, math.inf
        self.desk: Desk | None = None
        self.switching: Switching | None = None
        self.known: list[tuple[float, Decisions]] = [(self.own.value, plan.decisions)]

    def ready(self) -> None:
        """Build the programs; without an optimum of the plan's own there are no exact answers."""
        self.contest.ready(self.stop)
        try:
            self.switching = Switching(self.plan, self.stop)
        except (Unsolved, ModelError, SolverError):
            return
        if self.switching.own is not None:
            self.known.append((self.switching.own.value, self.switching.own.decisions))

    def options(self) -> list[Choice]:
        """Packages that can be taken and deals that can be held, as the plan has them."""
        p, instance = self.contest.program.parameters, self.plan.instance
        nothing = Interval(-math.inf, self.own.bound)
        found = []
        for n, key in enumerate(p.ids.packages):
            if key in p.entries and not p.entries[key].joined:
                assert instance.campaign is not None
                name = f"{label_of(instance.campaign.campaigns[key[0]], key[0])}: {key[1]}"
                taken = bool(self.decisions.package[n] > 0.5)
                found.append(Choice("package", ".".join(key), name, taken, nothing, nothing))
        for n, k in enumerate(p.ids.deals):
            if p.sessions[k].dates:
                assert instance.kol is not None
                name = label_of(instance.kol.deals[k], k)
                taken = bool(self.decisions.deal[n].sum() > 0.5)
                found.append(Choice("deal", k, name, taken, nothing, nothing))
        return found

    def make(self, option: Choice) -> Choice:
        """What one deal or package is worth."""
        clock = time.monotonic()
        self.ends = clock + self.each
        option, kept = self.kept(option)
        mine, theirs, found = self.contested(option)
        other = kept if found is None else found
        if option.kind == "deal":
            pair = (self.decisions, other) if option.taken else (other, self.decisions)
            option = replace(option, outcomes=self.outcomes(*pair))
        forced, forbidden = (mine, theirs) if option.taken else (theirs, mine)
        option = replace(option, forced=forced, forbidden=forbidden)
        if option.kind == "deal":
            option = self.dated(option)
        return replace(option, seconds=time.monotonic() - clock)

    def contested(self, option: Choice) -> tuple[Interval, Interval, Decisions | None]:
        """What plans that decide as the plan does are worth, what those that go the other way are,
        and the best of the latter that was found.

        Whether one of them beats the plan comes first; with the seconds left the best of them is
        closed in on, from a plan that is looked for before the clock is spent if none is known.
        """
        ceiling, taken = self.own.bound, option.taken
        floor = self.best(option, taken)[0]
        if self.best(option, not taken)[1] is None:
            self.planned(option)
        left = max(self.ends - time.monotonic(), 0.0)
        self.contest.put({self.column(option): float(not taken)}, left)
        bound, found = self.contest.ask(floor, ceiling)
        self.learn(found)
        value, decisions = self.best(option, not taken)
        if math.isfinite(bound) and not self.contest.over:
            bound, found = self.contest.ask(value, bound, near=CLOSED)
            self.learn(found)
            value, decisions = self.best(option, not taken)
        return Interval(floor, ceiling), Interval(value, bound), decisions

    def learn(self, found: Found | None) -> None:
        """Keep a verified plan, whatever it was found for."""
        if found is not None:
            self.known.append((found.value, found.decisions))

    def best(
        self, option: Choice, taken: bool, but: int | None = None
    ) -> tuple[float, Decisions | None]:
        """The best plan known that takes the option or not, not on the date ``but``; minus
        infinity without one."""
        row = self.row(option)
        found: tuple[float, Decisions | None] = (-math.inf, None)
        for value, d in self.known:
            apart = but is None or d.deal[row].argmax() != but
            if self.taken(option, d) == taken and apart and value > found[0]:
                found = (value, d)
        return found

    def dated(self, option: Choice) -> Choice:
        """A deal's best week, and what is proved of the plans that have it in any other."""
        _, decisions = self.best(option, True)
        dates = self.contest.program.parameters.sessions[option.key].dates
        if decisions is None or len(dates) < 2:
            return option
        at = int(decisions.deal[self.row(option)].argmax())
        floor = self.best(option, True, at)[0]
        fixes = {self.column(option): 1.0, f"kol.deal[{option.key},{at}]": 0.0}
        self.contest.put(fixes, self.each)
        bound, found = self.contest.ask(floor, option.forced.bound, near=CLOSED)
        self.learn(found)
        return replace(option, week=at + 1, elsewhere=bound)

    def ranked(self, option: Choice) -> Choice:
        """The best and the second-best week by all plans that were found."""
        value, decisions = self.best(option, True)
        if option.week is None or decisions is None:
            return option
        row = self.row(option)
        at = int(decisions.deal[row].argmax())
        second, other = self.best(option, True, at)
        # A plan that was found later may have it on another date than the one asked about.
        bound = option.elsewhere if at + 1 == option.week else option.forced.bound
        option = replace(option, week=at + 1)
        if other is None:
            return option
        return replace(
            option,
            second=int(other.deal[row].argmax()) + 1,
            second_cost=value - second,
            second_least=max(value - max(bound, second), 0.0),
        )

    def finished(self, option: Choice) -> Choice:
        """An answer with the best of all plans that were found, whatever they were found for."""
        sides = []
        for taken, side in ((True, option.forced), (False, option.forbidden)):
            mine = [value for value, d in self.known if self.taken(option, d) == taken]
            value = max([side.value, *mine])
            sides.append(Interval(value, max(side.bound, value)))
        return self.ranked(replace(option, forced=sides[0], forbidden=sides[1]))

    def kept(self, option: Choice) -> tuple[Choice, Decisions | None]:
        """The exact answer with all other whole numbers kept, and the plan that goes the other
        way."""
        at = self.switching
        if at is None or at.own is None:
            return option, None
        left = at.best([self.without(option)], 1, self.half()) if option.taken else [at.own]
        held = at.best(self.starts(option), 2, self.half())
        for one in (*left, *held):
            self.known.append((one.value, one.decisions))
        if not left or not held:
            return option, (left[0].decisions if option.taken and left else None)
        best, other = held[0], left[0]
        worth = Kept(
            best.value - other.value,
            best.value - other.bound,
            best.bound - other.value,
            self.given_up(option, best.decisions),
        )
        option = replace(option, kept=worth)
        return option, (other.decisions if option.taken else best.decisions)

    def half(self) -> float:
        """Half of the seconds that the option has left, so that other answers have some too."""
        return max(self.ends - time.monotonic(), 0.0) / 2

    def given_up(self, option: Choice, decisions: Decisions) -> tuple[str, ...]:
        """Names of what the plan takes and ``decisions`` leave out beside the option."""
        return tuple(
            one.name
            for one in self.options()
            if one.key != option.key and one.taken and not self.taken(one, decisions)
        )

    def planned(self, option: Choice) -> None:
        """Look for a verified plan that goes the other way with the team made anew, where the
        plan's own does not carry it."""
        starts = [self.without(option)] if option.taken else self.starts(option)
        if not starts or (self.stop is not None and self.stop.is_set()):
            return
        if self.desk is None:
            self.desk = Desk(self.plan.instance, 0.0, math.inf, seed=self.seed, stop=self.stop)
            self.desk.load()
        self.desk.deadline = time.monotonic() + self.half()
        found = self.desk.answer(
            Ask(
                integers=lambda desk: desk.placed(starts[0], team=False),
                matrix=lambda desk: desk.arrays.matrix,
                better=lambda one, two: one.value > two.value,
            )
        )
        if found is not None and self.taken(option, found.decisions) != option.taken:
            self.learn(found)

    def taken(self, option: Choice, decisions: Decisions) -> bool:
        """Whether decisions take the option."""
        return bool(getattr(decisions, option.kind)[self.row(option)].sum() > 0.5)

    def column(self, option: Choice) -> str:
        """Column that says whether the option is taken."""
        head = "campaign.package" if option.kind == "package" else "kol.signed"
        return f"{head}[{option.key.replace('.', ',')}]"

    def row(self, option: Choice) -> int:
        """Row of the option in the decisions' array ``option.kind``."""
        ids = self.contest.program.parameters.ids
        if option.kind == "deal":
            return ids.deals.index(option.key)
        campaign, package = option.key.split(".", 1)
        return ids.packages.index((campaign, package))

    def without(self, option: Choice) -> Decisions:
        """The plan's decisions without the option."""
        changed = self.decisions.copy()
        row = self.row(option)
        getattr(changed, option.kind)[row] = 0.0
        return changed

    def starts(self, option: Choice) -> list[Decisions]:
        """The plan's decisions with the option, the most promising date first; what excludes it is
        taken out.
        """
        row = self.row(option)
        p = self.contest.program.parameters
        dates: list[int | None] = [None]
        if option.kind == "deal":
            dates = list(p.sessions[option.key].dates)
        ranked = []
        for t in dates:
            changed = self.cleared(option, self.decisions.copy(), row, t)
            if changed is not None:
                states = replay(
                    self.plan.instance, changed, accept="greedy", known=self.contest.facts
                )
                sign = sign_of(self.plan.instance.objective.goal)
                ranked.append((sign * states.objective, changed))
        return [changed for _, changed in sorted(ranked, key=lambda pair: -pair[0])]

    def cleared(
        self, option: Choice, changed: Decisions, row: int, t: int | None
    ) -> Decisions | None:
        """``changed`` with the option in it, without those events that do not go with it."""
        p = self.contest.program.parameters
        if option.kind == "package":
            campaign = p.ids.packages[row][0]
            mine = [n for n, (e, _) in enumerate(p.ids.packages) if e == campaign]
            changed.package[mine] = 0.0
            changed.package[row] = 1.0
        else:
            changed.deal[row] = 0.0
            changed.deal[row, t] = 1.0
        if allowed(self.contest.facts, changed):
            return changed
        for array, n in self.others(option, changed, row):
            kept = getattr(changed, array)[n].copy()
            getattr(changed, array)[n] = 0.0
            if allowed(self.contest.facts, changed):
                return changed
            if array == "package" and p.entries[p.ids.packages[n]].joined:
                getattr(changed, array)[n] = kept
        return changed if allowed(self.contest.facts, changed) else None

    def others(self, option: Choice, changed: Decisions, row: int) -> list[tuple[str, int]]:
        """Other events that the decisions take."""
        taken = {"package": changed.package, "deal": changed.deal.sum(axis=1)}
        found = [(k, int(n)) for k, x in taken.items() for n in np.flatnonzero(x > 0.5)]
        return [(array, n) for array, n in found if not (array == option.kind and n == row)]

    def outcomes(self, with_it: Decisions | None, without: Decisions | None) -> Outcomes | None:
        """What a deal adds to the contribution at each outcome."""
        if with_it is None or without is None:
            return None
        names: tuple[OutcomeName, ...] = ("p10", "p50", "p90")
        known, gains = self.contest.facts, []
        for name in names:
            earned = [
                replay(self.plan.instance, d, accept="trim", outcome=name, known=known)
                for d in (with_it, without)
            ]
            amounts = [float(states.contribution.sum()) for states in earned]
            gains.append(amounts[0] - amounts[1])
        three = (gains[0], gains[1], gains[2])
        return Outcomes(*three, loss=chance_of_loss(three))
