"""What is decided before the world is known, and when: of a deal its session, of a package the
last week to sign up, of openings, hires and leaves the week in which they are decided.
"""

from collections.abc import Iterator

from allocator.doubt.firm import Key
from allocator.figures import short_week
from allocator.labels import Lang
from allocator.panel import week_of
from fact_models.decisions import Decisions
from fact_models.parameters import parameters
from fact_models.spec.calendar import Calendar
from fact_models.spec.instance import Instance

Dates = dict[int, float]
"""Amounts by 0-based period; empty where nothing is decided."""
WEEK, LEAST_WEEKS = 7, 52
"""Days of a week; weeks of the shortest year."""
DIGITS = 6
"""Digits behind the point of a whole number that a solver gives."""


def decided(instance: Instance, d: Decisions) -> dict[Key, Dates]:
    """First decisions over the whole horizon with their dates, those that are not taken too."""
    return {
        key: {t: amount for t, x in dates.items() if (amount := round(float(x), DIGITS)) > 0}
        for key, dates in _dated(instance, d)
    }


def _dated(instance: Instance, d: Decisions) -> Iterator[tuple[Key, Dates]]:
    p = parameters(instance)
    for n, a in enumerate(p.ids.accounts):
        if instance.field and not instance.field.accounts[a].open:
            yield ("open", a), dict(enumerate(d.start[n]))
    for n, key in enumerate(p.ids.packages):
        entry = p.entries.get(key)
        if entry is not None and entry.signup is not None:
            yield ("package", ".".join(key)), {entry.signup: d.package[n]}
    for n, k in enumerate(p.ids.deals):
        if dates := p.sessions[k].dates:
            yield ("deal", k), {t: d.deal[n, t] for t in dates}
    for n, j in enumerate(p.ids.roles):
        yield ("hires", j), dict(enumerate(d.hires[n]))
        yield ("leaves", j), dict(enumerate(d.leaves[n]))


def dates_words(dates: Dates, calendar: Calendar, lang: Lang) -> str:
    """How many and when: ``0``, ``1 (W07)``, ``3 (2 × W02, W05)``."""
    if not dates:
        return "0"
    comma, left, right = ("、", "（", "）") if lang == "zh" else (", ", " (", ")")
    parts = []
    for t, amount in dates.items():
        times = f"{amount:g} × " if amount != 1 and len(dates) > 1 else ""
        parts.append(times + day_words(calendar, t))
    return f"{sum(dates.values()):g}{left}{comma.join(parts)}{right}"


def day_words(calendar: Calendar, t: int) -> str:
    """A period by its ISO week, without the year where the horizon has no week of this number
    twice; by its first day where periods are no weeks.
    """
    if calendar.days != WEEK:
        return calendar.first_day(t).isoformat()
    week = week_of(calendar, t)
    return short_week(week) if calendar.periods <= LEAST_WEEKS else week
