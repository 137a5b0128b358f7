"""What a plan has to do on which day: sign-ups, campaigns, deals, openings, hires."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from allocator.panel import Source, label_of, source
from allocator.plan import Plan

Kind = Literal["campaign", "kol", "field", "team"]
"""Lever that an entry belongs to."""


@dataclass(frozen=True)
class Entry:
    """A line of the calendar."""

    kind: Kind
    key: str
    """Id of the campaign, deal, account or role."""
    label: str
    acts: tuple[tuple[date, float], ...]
    """Days on which something has to be decided, and how much: heads for a role, else 1."""
    first: date | None = None
    """First day of what follows: campaign, session, live room."""
    last: date | None = None
    """Last day of it."""

    @property
    def begins(self) -> date:
        """The day on which the entry first concerns anybody."""
        days = [day for day, _ in self.acts] + ([self.first] if self.first else [])
        return min(days)


def agenda(plan: Plan) -> list[Entry]:
    """All entries, lever by lever, in the order of their days.

    Raises:
        ValueError: there is no plan.
    """
    of = source(plan)
    parts = (_campaigns(plan, of), _deals(plan, of), _openings(of), _hires(of))
    return [entry for part in parts for entry in sorted(part, key=lambda e: e.begins)]


def monday(week: str) -> date:
    """First day of an ISO week such as ``2026-W07``."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def _campaigns(plan: Plan, of: Source) -> Iterator[Entry]:
    table = plan.campaigns
    for row in table[table["taken"]].to_dict("records"):
        acts = () if row["joined"] else ((_day(of, str(row["sign_up"])), 1.0),)
        first, last = row["first"].date(), row["last"].date()
        yield Entry("campaign", str(row["campaign"]), str(row["label"]), acts, first, last)


def _deals(plan: Plan, of: Source) -> Iterator[Entry]:
    table = plan.deals
    for row in table[table["signed"]].to_dict("records"):
        first = _day(of, str(row["session"]))
        last = first + timedelta(days=of.instance.calendar.days - 1)
        acts = () if row["agreed"] else ((_day(of, str(row["sign"])), 1.0),)
        yield Entry("kol", str(row["deal"]), str(row["label"]), acts, first, last)


def _openings(of: Source) -> Iterator[Entry]:
    calendar = of.instance.calendar
    specs = of.instance.field.accounts if of.instance.field else {}
    end = calendar.first_day(calendar.periods) - timedelta(days=1)
    for n, (a, spec) in enumerate(specs.items()):
        begun = np.flatnonzero(of.decisions.start[n] > 0.5)
        if begun.size:
            live = np.flatnonzero(of.states.open[n] > 0.5)
            first = calendar.first_day(int(live[0])) if live.size else None
            acts = ((calendar.first_day(int(begun[0])), 1.0),)
            yield Entry("field", a, label_of(spec, a), acts, first, end if first else None)


def _hires(of: Source) -> Iterator[Entry]:
    specs = of.instance.staff.roles if of.instance.staff else {}
    for n, (j, spec) in enumerate(specs.items()):
        change = of.decisions.hires[n] - of.decisions.leaves[n]
        acts = tuple(
            (of.instance.calendar.first_day(int(t)), float(change[t]))
            for t in np.flatnonzero(np.abs(change) > 0.5)
        )
        if acts:
            yield Entry("team", j, label_of(spec, j), acts)


def _day(of: Source, week: str) -> date:
    """First day of the period that a table names by its week."""
    calendar = of.instance.calendar
    # The table names a period by the ISO week of its first day, which may be its Thursday.
    t = calendar.period_of(monday(week).isoformat())
    start = calendar.first_day(t)
    return start if start >= monday(week) else calendar.first_day(t + 1)
