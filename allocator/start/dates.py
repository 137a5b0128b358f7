"""Dates of an archetype moved to a horizon of one's own: whole years of 52 weeks."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from allocator.start.answers import Factors
from fact_models.spec.calendar import Calendar, as_date, iso_week

Tree = dict[str, Any]
YEAR = 364
"""Days of 52 weeks: a date keeps its day of the week."""
FIELDS = ("first", "last", "signup_by")
YEARS = range(-3, 12)


def calendar_of(start: date, periods: int) -> Tree:
    """The horizon that starts with the ISO week of ``start``."""
    return {"start": iso_week(start), "periods": periods}


def _moved(value: str, years: int) -> str:
    day = as_date(value) + timedelta(days=YEAR * years)
    if "W" not in value:
        return day.isoformat()
    return iso_week(day)


def move(record: Tree, years: int) -> Tree:
    """A span, campaign or deal with its dates so many years of 52 weeks later."""
    found = deepcopy(record)
    for key in FIELDS:
        if key in found:
            found[key] = _moved(found[key], years)
    return found


def _inside(record: Tree, calendar: Calendar, need: str) -> bool:
    """Whether a span touches the horizon, and what must be decided for it lies in it."""
    touches = any(calendar.coverage(record["first"], record["last"]))
    when = record.get(need)
    decided = when is None or 0 <= calendar.period_of(when) < calendar.periods
    first = calendar.period_of(record["first"]) >= 1
    latest = min(calendar.period_of(record["last"]), calendar.periods - 1)
    signed = latest >= record.get("lead", 0)
    return touches and decided and signed and (need != "signup_by" or when is not None or first)


def place(tree: Tree) -> None:
    """Move season, campaigns and deals of ``tree`` into its horizon; what has no place there goes.

    Every entry keeps its place in the year; the first year that fits is taken.
    """
    calendar = Calendar.model_validate(tree["calendar"])
    spans = [
        moved
        for span in tree.get("season", [])
        for years in YEARS
        if _inside(moved := move(span, years), calendar, "")
    ]
    tree["season"] = sorted(spans, key=lambda span: as_date(span["first"]))
    for lever, entries, need in (("campaign", "campaigns", "signup_by"), ("kol", "deals", "")):
        if lever not in tree:
            continue
        kept: Tree = {}
        for name, record in tree[lever][entries].items():
            fitting = [move(record, years) for years in YEARS]
            fitting = [found for found in fitting if _inside(found, calendar, need)]
            if fitting:
                kept[name] = fitting[0]
        for record in kept.values():
            for key in ("conflicts", "exclusive_with"):
                others = [name for name in record.pop(key, []) if name in kept]
                if others:
                    record[key] = others
        if kept:
            tree[lever][entries] = kept
        else:
            del tree[lever]


def season_factors(tree: Tree, mondays: tuple[date, ...]) -> Factors:
    """Factors of traffic and conversion that the archetype's season gives to past weeks."""
    calendar = Calendar(start=mondays[0].isoformat(), periods=len(mondays))
    found = {day: (1.0, 1.0) for day in mondays}
    for span in tree.get("season", []):
        if span.get("segments"):
            continue
        for years in YEARS:
            moved = move(span, years)
            for day, share in zip(
                mondays, calendar.coverage(moved["first"], moved["last"]), strict=True
            ):
                traffic, rate = found[day]
                found[day] = (
                    traffic * (1 + (span.get("traffic", 1.0) - 1) * share),
                    rate * (1 + (span.get("conversion", 1.0) - 1) * share),
                )
    return found
