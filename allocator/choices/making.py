"""Deals and packages are forced and forbidden, one after the other, at one desk."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocator.certificate import Found, Progress
from allocator.choices.record import Choice, Choices, Interval, Outcomes, chance_of_loss
from allocator.compare import sign_of
from allocator.matrix import Matrix, Vector
from allocator.panel import label_of
from allocator.plan import Plan
from allocator.variants.desk import Ask, Desk
from allocator.variants.picking import allowed
from fact_models.decisions import Decisions
from fact_models.replay import OutcomeName, replay

SEARCHING = 0.6
"""Share of the time of a question in which other whole numbers are looked for."""


def choices(
    plan: Plan,
    *,
    each: float = 15.0,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Choices:
    """What every deal and every package of a plan is worth.

    What the plan takes is forbidden, what it does not take is forced; the rest is planned anew
    from there. Each answer is a verified plan and a proved bound, so the truth lies between.

    Args:
        plan: a plan with decisions.
        each: seconds for every question.
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
    for option in maker.options():
        if stop is not None and stop.is_set():
            break
        if progress:
            seconds = time.monotonic() - began
            progress(Progress(seconds, option.name, math.nan, math.nan, math.inf))
        found.append(maker.make(option))
    return Choices(plan, tuple(found), bool(stop is not None and stop.is_set()))


class Maker:
    """Answers for one plan at one desk."""

    def __init__(self, plan: Plan, each: float, seed: int, stop: threading.Event | None) -> None:
        assert plan.decisions is not None
        assert plan.objective is not None
        self.plan, self.decisions, self.each, self.stop = plan, plan.decisions, each, stop
        sign = sign_of(plan.instance.objective.goal)
        bound = math.inf if plan.bound is None else sign * plan.bound
        self.own = Interval(sign * plan.objective, bound)
        self.desk = Desk(plan.instance, 0.0, math.inf, seed=seed, stop=stop)
        self.loaded = False

    def options(self) -> list[Choice]:
        """Packages that can be taken and deals that can be held, as the plan has them."""
        if not self.loaded:
            self.desk.load()
            self.loaded = True
        p, instance = self.desk.program.parameters, self.plan.instance
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
        with_it: Decisions | None = self.decisions
        without: Decisions | None = self.decisions
        if option.taken:
            found, interval = self.asked(option, self.without(option), False)
            without = found.decisions if found else None
            option = replace(option, forced=self.own, forbidden=interval)
        else:
            starts = self.starts(option)
            nothing = None, Interval(-math.inf, self.own.bound)
            found, interval = self.asked(option, starts[0], True) if starts else nothing
            with_it = found.decisions if found else None
            option = replace(option, forced=interval, forbidden=self.own)
        if option.kind == "deal":
            option = self.weeks(option, with_it)
            option = replace(option, outcomes=self.outcomes(with_it, without))
        return replace(option, seconds=time.monotonic() - clock)

    def asked(
        self, option: Choice, start: Decisions, taken: bool, avoid: int | None = None
    ) -> tuple[Found | None, Interval]:
        """The best plan that takes or leaves the option, with the bound that is proved; a deal
        not in the period ``avoid``."""
        desk = self.desk
        desk.deadline = time.monotonic() + self.each

        def better(one: Found, other: Found) -> bool:
            return one.value > other.value

        def narrowed(d: Desk) -> Matrix:
            return self.narrowed(d, option, taken, avoid)

        best = None
        for team in (True, False):
            best = desk.answer(Ask(_placed(start, team), narrowed, better))
            if best is not None or desk.halted() or not desk.team.size:
                break
        bound = self.own.bound
        if not desk.halted():
            if best is not None and best.x.size == desk.arrays.matrix.cost.size:
                desk.points = [best.x]
            first = desk.placed(start if best is None else best.decisions)
            chosen, proved = desk.choose(narrowed(desk), first, SEARCHING * self.each)
            bound = min(bound, proved)
            best = self.again(desk, best, first, chosen, narrowed)
        value = -math.inf if best is None else best.value
        return best, Interval(value, max(bound, value))

    def again(
        self,
        desk: Desk,
        best: Found | None,
        first: Vector,
        chosen: Vector,
        narrowed: Callable[[Desk], Matrix],
    ) -> Found | None:
        """The better of a plan and that of other whole numbers."""
        whole = np.flatnonzero(desk.arrays.matrix.integer)
        if np.all(np.abs(chosen[whole] - first[whole]) <= 0.5) or desk.halted():
            return best

        def kept(d: Desk) -> Vector:
            return chosen if chosen.size == d.arrays.matrix.cost.size else first

        other = desk.answer(Ask(kept, narrowed, lambda one, two: one.value > two.value))
        return other if other and (best is None or other.value > best.value) else best

    def narrowed(self, desk: Desk, option: Choice, taken: bool, avoid: int | None) -> Matrix:
        """The program in which the option is taken, or left."""
        matrix = desk.arrays.matrix
        name = option.key.replace(".", ",")
        head = "campaign.package" if option.kind == "package" else "kol.signed"
        column = desk.column[f"{head}[{name}]"]
        low, high = matrix.lower.copy(), matrix.upper.copy()
        low[column] = high[column] = float(taken)
        if avoid is not None:
            high[desk.column[f"kol.deal[{name},{avoid}]"]] = 0.0
        return replace(matrix, lower=low, upper=high)

    def row(self, option: Choice) -> int:
        """Row of the option in the decisions' array ``option.kind``."""
        ids = self.desk.program.parameters.ids
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
        p = self.desk.program.parameters
        dates: list[int | None] = [None]
        if option.kind == "deal":
            dates = list(p.sessions[option.key].dates)
        ranked = []
        for t in dates:
            changed = self.cleared(option, self.decisions.copy(), row, t)
            if changed is not None:
                states = replay(
                    self.plan.instance, changed, accept="greedy", known=self.desk.facts
                )
                sign = sign_of(self.plan.instance.objective.goal)
                ranked.append((sign * states.objective, changed))
        return [changed for _, changed in sorted(ranked, key=lambda pair: -pair[0])]

    def cleared(
        self, option: Choice, changed: Decisions, row: int, t: int | None
    ) -> Decisions | None:
        """``changed`` with the option in it, without those events that do not go with it."""
        p = self.desk.program.parameters
        if option.kind == "package":
            campaign = p.ids.packages[row][0]
            mine = [n for n, (e, _) in enumerate(p.ids.packages) if e == campaign]
            changed.package[mine] = 0.0
            changed.package[row] = 1.0
        else:
            changed.deal[row] = 0.0
            changed.deal[row, t] = 1.0
        if allowed(self.desk.facts, changed):
            return changed
        for array, n in self.others(option, changed, row):
            kept = getattr(changed, array)[n].copy()
            getattr(changed, array)[n] = 0.0
            if allowed(self.desk.facts, changed):
                return changed
            if array == "package" and p.entries[p.ids.packages[n]].joined:
                getattr(changed, array)[n] = kept
        return changed if allowed(self.desk.facts, changed) else None

    def others(self, option: Choice, changed: Decisions, row: int) -> list[tuple[str, int]]:
        """Other events that the decisions take."""
        taken = {"package": changed.package, "deal": changed.deal.sum(axis=1)}
        found = [(k, int(n)) for k, x in taken.items() for n in np.flatnonzero(x > 0.5)]
        return [(array, n) for array, n in found if not (array == option.kind and n == row)]

    def weeks(self, option: Choice, with_it: Decisions | None) -> Choice:
        """Best week of a deal, and what the second-best costs: both planned."""
        if with_it is None:
            return option
        row = self.row(option)
        week = int(with_it.deal[row].argmax())
        option = replace(option, week=week + 1)
        starts = [d for d in self.starts(option) if int(d.deal[row].argmax()) != week]
        if not starts or (self.stop is not None and self.stop.is_set()):
            return option
        found, other = self.asked(option, starts[0], True, avoid=week)
        if found is None:
            return option
        second = int(found.decisions.deal[row].argmax())
        cost = option.forced.value - other.value
        if cost < 0:
            # The other week is the better one; the plan's gap allows that.
            forced = replace(option.forced, value=other.value)
            return replace(
                option, forced=forced, week=second + 1, second=week + 1, second_cost=-cost
            )
        return replace(option, second=second + 1, second_cost=cost)

    def outcomes(self, with_it: Decisions | None, without: Decisions | None) -> Outcomes | None:
        """What a deal adds to the contribution at each outcome."""
        if with_it is None or without is None:
            return None
        names: tuple[OutcomeName, ...] = ("p10", "p50", "p90")
        gains = []
        for name in names:
            earned = [
                float(
                    replay(
                        self.plan.instance, d, accept="trim", outcome=name, known=self.desk.facts
                    ).contribution.sum()
                )
                for d in (with_it, without)
            ]
            gains.append(earned[0] - earned[1])
        three = (gains[0], gains[1], gains[2])
        return Outcomes(*three, loss=chance_of_loss(three))


def _placed(start: Decisions, team: bool) -> Callable[[Desk], Vector]:
    """Integer columns of a plan, with its own team or an open one."""
    return lambda desk: desk.placed(start, team=team)
