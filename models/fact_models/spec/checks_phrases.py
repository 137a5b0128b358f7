"""What checks across fields share: names that must exist, sums, limits, and their words."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from fact_models.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from fact_models.spec.calendar import Calendar

Path = tuple[str | int, ...]

ROUNDING = 1e-9
"""Sums of shares may miss their limit by this much, other figures by this part of it."""
_LISTED = 8
"""Names that a hint lists in full."""
_COMPARED = 2000
"""Names among which a near one is looked for."""


def known_keys(
    path: Path, given: Mapping[str, object], known: Collection[str], what: str
) -> Iterator[Fault]:
    """Keys of the mapping at ``path`` that are not among the ``known`` names of a ``what``."""
    for key in given:
        yield from known_name((*path, key), key, known, what, shown=None)


def known_list(
    path: Path, given: Iterable[str], known: Collection[str], what: str
) -> Iterator[Fault]:
    """Entries of the list at ``path`` that are not among the ``known`` names of a ``what``."""
    for n, name in enumerate(given):
        yield from known_name((*path, n), name, known, what, shown=name)


def known_name(
    path: Path, name: str, known: Collection[str], what: str, shown: str | None
) -> Iterator[Fault]:
    """A fault if ``name`` is not among the ``known`` names of a ``what``."""
    if name not in known:
        yield Fault(path, f"must name a {what} of this file", shown, nearest(name, known, what))


def nearest(name: str, known: Collection[str], what: str) -> str:
    """The near name, or all names if they are few."""
    if not known:
        return f"the file has no {what}"
    near = difflib.get_close_matches(name, list(known)[:_COMPARED], n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"the file has {', '.join(known)}" if len(known) <= _LISTED else ""


def complete(
    path: Path, given: Collection[str], wanted: Iterable[str], what: str
) -> Iterator[Fault]:
    """A fault if the mapping at ``path`` leaves out a ``wanted`` name of a ``what``."""
    missing = [name for name in wanted if name not in given]
    if missing:
        more = f" and {len(missing) - _LISTED} more" if len(missing) > _LISTED else ""
        hint = f"missing: {', '.join(missing[:_LISTED])}{more}"
        yield Fault(path, f"must give every {what}", hint=hint)


def sums_to_one(path: Path, shares: Iterable[float]) -> Iterator[Fault]:
    """A fault if the shares at ``path`` do not sum to 1."""
    total = sum(shares)
    if abs(total - 1) > ROUNDING:
        yield Fault(path, "shares must sum to 1", hint=f"their sum is {figure(total)}")


def at_most(path: Path, value: float, limit: float, name: str) -> Iterator[Fault]:
    """A fault if the value at ``path`` is above ``limit``, which the file calls ``name``."""
    if value > limit + ROUNDING * abs(limit):
        yield Fault(path, f"must be at most {name}", value, f"{name} is {figure(limit)}")


def at_least(path: Path, value: float, limit: float, name: str) -> Iterator[Fault]:
    """A fault if the value at ``path`` is below ``limit``, which the file calls ``name``."""
    if value < limit - ROUNDING * abs(limit):
        yield Fault(path, f"must be at least {name}", value, f"{name} is {figure(limit)}")


def sum_at_most_one(path: Path, value: float, other: float, name: str) -> Iterator[Fault]:
    """A fault if the value at ``path`` and ``other``, which the file calls ``name``, exceed 1."""
    if value + other > 1 + ROUNDING:
        hint = f"{name} is {figure(other)}, the sum {figure(value + other)}"
        yield Fault(path, f"must sum to at most 1 with {name}", value, hint)


def figure(number: float) -> str:
    """A number as a message shows it: exact where rounding would hide what is wrong."""
    short = f"{number:.6g}"
    return short if abs(float(short) - number) <= 1e-12 * abs(number) else repr(number)


def days(calendar: Calendar, first: int | str, last: int | str) -> tuple[date, date] | None:
    """First and last day of a span; None where an end is no date."""
    try:
        return calendar.days_of(first, last)
    except ValueError:
        return None


def period(calendar: Calendar, when: int | str) -> int | None:
    """0-based period that holds ``when``; None where it is no date."""
    try:
        return calendar.period_of(when)
    except ValueError:
        return None


def periods(calendar: Calendar, first: int | str, last: int | str) -> tuple[int, int] | None:
    """0-based first and last period that a span touches; None where an end is no date."""
    span = days(calendar, first, last)
    if span is None:
        return None
    return calendar.period_of(span[0].isoformat()), calendar.period_of(span[1].isoformat())
