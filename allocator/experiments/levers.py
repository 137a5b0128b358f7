"""Levers that can be pulsed from one week to the next: boosts, live hours, samples to creators.

Samples make creators some weeks later, and those stay for a while: a pulse of samples is one of
the number of creators. Packages are no lever of a trial: their dates are the platform's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocator.fit.figures import RECENT, Today, reception_of
from allocator.fit.history import Array
from allocator.panel import label_of
from fact_models.decisions import Decisions
from fact_models.ensemble import Controls
from fact_models.replay import Facts

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Levels of a lever, relative to today's, among which the next quarter's is chosen."""


@dataclass(frozen=True)
class Lever:
    """A boost, a room's live hours, or the samples that a tier of creators gets.

    Attributes:
        name: such as ``boost live_ads``.
        kind: ``boost``, ``hours`` or ``samples``.
        column: position of the boost, the room or the tier in the history.
        level: money, hours or samples of a week today.
        limit: most in a week.
        labour: wages of the staff hours that one more unit takes.
        row: position of the boost, the room or the pair of tier and offer in the instance.
        label: what planners call it.
    """

    name: str
    kind: str
    column: int
    level: float
    limit: float
    labour: float
    row: int
    label: str = ""

    def factors(self) -> list[float]:
        """Levels that the file allows, relative to today's."""
        return [x for x in LEVELS if x * self.level <= self.limit * (1 + 1e-9)]

    def put(self, plan: Decisions, known: Facts, factors: Array) -> Decisions:
        """A plan with this lever at ``factors`` [t] of its level in the first periods."""
        found, f = plan.copy(), known.field
        if self.kind == "boost":
            row = found.boost_spend[self.row, : factors.size]
            row[:] = np.minimum(row * factors, self.limit)
            return found
        if self.kind == "samples":
            row = found.samples[self.row, : factors.size]
            row[:] = np.minimum(row * factors, self.limit)
            return found
        hours = found.hours[self.row, :, : factors.size]
        hours[:] = np.minimum(hours * factors, f.slot_hours[self.row][:, None])
        skilled = found.skilled[self.row, : factors.size]
        skilled[:] = np.minimum(skilled * factors, f.skilled_max[self.row])
        open_at_all = hours.sum(axis=0) > 0
        found.on[self.row, : factors.size] *= open_at_all
        return found

    def set(self, now: Today, ahead: Controls, factors: Array) -> Controls:
        """Inputs of the laws with this lever at ``factors`` [t] of today's."""
        if self.kind == "boost":
            add = np.zeros_like(ahead.spend)
            add[:, self.column] = (factors - 1) * self.level
            return ahead.with_change("spend", add)
        if self.kind == "samples":
            return ahead.with_change("creators", self._more_creators(now, ahead, factors))
        hours = hours_today(now)
        add = np.zeros_like(ahead.reception)
        base = reception_of(now.weeks, hours)[0, self.column]
        for t, factor in enumerate(factors):
            if factor != 1:
                more = hours.copy()
                more[self.column] *= factor
                add[t, self.column] = reception_of(now.weeks, more)[0, self.column] - base
        return ahead.with_change("reception", add)

    def _more_creators(self, now: Today, ahead: Controls, factors: Array) -> Array:
        """(AL.5) Creators [t,c] beyond today's that more samples bring: they come after the tier's
        lead and leave with its churn; no more than the offer finds, and none below 0."""
        law, add = now.weeks.known.alliance, np.zeros_like(ahead.creators)
        lead, more = law.lead[self.column], 0.0
        today = ahead.creators[:, self.column]
        for t in range(len(add)):
            most = max(float(law.supply[self.row]) - today[t], 0.0)
            more = float(np.clip(more, -today[t], most))
            add[t, self.column] = more
            sent = self.level * (factors[t - lead] - 1) if t >= lead else 0.0
            more = (1 - law.churn[self.row]) * more + law.activation[self.row] * sent
        return add


def hours_today(now: Today) -> Array:
    """Mean live hours of the last weeks by room of the history [a]."""
    return np.asarray(now.weeks.history.hours[-RECENT:].mean(axis=0))


def levers_of(now: Today) -> list[Lever]:
    """The levers that are in use today."""
    return [lever for lever in (*_boosts(now), *_hours(now), *_samples(now)) if lever.level > 0]


def _boosts(now: Today) -> Iterator[Lever]:
    known, field = now.weeks.known, now.weeks.known.instance.field
    for n, (i, boost) in enumerate((field.boosts if field else {}).items()):
        level = float(now.controls.spend[0, n])
        labour = float(known.field.crew_boost[n] @ _wages(now))
        yield Lever(
            f"boost {i}", "boost", n, level, boost.spend_max, labour, n, label_of(boost, i)
        )


def _hours(now: Today) -> Iterator[Lever]:
    known, history = now.weeks.known, now.weeks.history
    rooms = known.instance.field.accounts if known.instance.field else {}
    today = hours_today(now)
    for n, a in enumerate(history.accounts):
        row = now.weeks.accounts[n]
        wage = float(known.field.crew_live[row] @ _wages(now))
        limit = float(known.field.hours_max[row])
        yield Lever(
            f"hours {a}", "hours", n, float(today[n]), limit, wage, int(row), label_of(rooms[a], a)
        )


def _samples(now: Today) -> Iterator[Lever]:
    """Samples are those of the file: a history has no column for them. A tier whose creators were
    not there in the last weeks teaches nothing."""
    known, history = now.weeks.known, now.weeks.history
    law, lever, wages = known.alliance, known.instance.alliance, _wages(now)
    for n, (c, tier) in enumerate((lever.tiers if lever else {}).items()):
        row = known.ids.offers.index((c, tier.current_offer))
        there = history.creators[-RECENT:, n].mean() > 0
        level = min(tier.current_samples, tier.samples_max) if there else 0.0
        stay = 1 / max(float(law.churn[row]), 1 / known.ids.periods)
        upkeep = float(law.activation[row]) * stay * (law.crew_upkeep[row] @ wages)
        labour = float(law.crew_sample[row] @ wages + upkeep)
        name = label_of(tier, c)
        yield Lever(f"samples {c}", "samples", n, level, tier.samples_max, labour, row, name)


def _wages(now: Today) -> Array:
    """Wage of a staff hour by role."""
    staff = now.weeks.known.instance.staff
    return np.array([role.wage / role.hours for role in (staff.roles if staff else {}).values()])
