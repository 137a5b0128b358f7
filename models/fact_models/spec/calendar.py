"""Time: periods of equal length, and dates that map to the period that holds them."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import Field, field_validator

from fact_models.quantity import Factor, SegmentId, Spec

When = Annotated[int, Field(ge=-520, le=520)] | Annotated[str, Field(max_length=10)]
"""A period number (1 is the first), an ISO week ``2026-W07`` or a date ``2026-02-12``."""

DATES = 4096
"""Texts of dates that are remembered: a thousand draws of an instance ask for the same few."""


@lru_cache(DATES)
def as_date(text: str) -> date:
    """The day that ``text`` names; an ISO week names its Monday.

    Raises:
        ValueError: the text is neither a date nor an ISO week, or far from any merchant's time.
    """
    try:
        if re.fullmatch(r"\d{4}-W\d{2}", text, re.ASCII):
            day = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = date.fromisoformat(text)
        else:
            day = date.min
        # Spans count on from here, by at most 520 periods of 31 days.
        if 1900 <= day.year < 2300:
            return day
    except ValueError:
        pass
    raise ValueError("must be a period number, a date like 2026-02-12 or a week like 2026-W07")


def iso_week(day: date) -> str:
    """The ISO week of a day, as ``as_date`` reads it: ``2026-W07``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


class Calendar(Spec):
    """The horizon."""

    start: Annotated[str, Field(max_length=10)]
    """First day (2026-01-05) or first ISO week (2026-W01) of the horizon."""
    periods: Annotated[int, Field(ge=1, le=260)]
    """Number of periods."""
    days: Annotated[int, Field(ge=1, le=31)] = 7
    """Days in a period."""

    @field_validator("start")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        if not 1970 <= as_date(value).year < 2200:
            raise ValueError("must lie between 1970 and 2199")
        return value

    def first_day(self, t: int) -> date:
        """First day of period ``t`` (0-based)."""
        return as_date(self.start) + timedelta(days=t * self.days)

    def period_of(self, when: int | str) -> int:
        """0-based period that holds ``when``; negative before the horizon, >= periods after."""
        if isinstance(when, int):
            return when - 1
        return (as_date(when) - as_date(self.start)).days // self.days

    def days_of(self, first: int | str, last: int | str) -> tuple[date, date]:
        """First and last day that the span ``first..last`` covers, both included."""
        begin = self.first_day(first - 1) if isinstance(first, int) else as_date(first)
        if isinstance(last, int):
            end = self.first_day(last) - timedelta(days=1)
        else:
            end = as_date(last)
            if "W" in last:
                end += timedelta(days=6)
        return begin, end

    def coverage(self, first: int | str, last: int | str) -> list[float]:
        """Share of the days of every period that the span ``first..last`` covers."""
        begin, end = self.days_of(first, last)
        shares = []
        for t in range(self.periods):
            start = self.first_day(t)
            stop = start + timedelta(days=self.days - 1)
            overlap = (min(end, stop) - max(begin, start)).days + 1
            shares.append(max(overlap, 0) / self.days)
        return shares


class Season(Spec):
    """A span of the calendar in which the market is not ordinary; spans multiply where they
    overlap."""

    first: When
    """First day, week or period of the span."""
    last: When
    """Last day, week or period of the span."""
    segments: list[SegmentId] = []
    """Segments it concerns; all when empty."""
    traffic: Factor = 1.0
    """Multiplies natural traffic, its ceiling and the visits that boosts and creators bring."""
    conversion: Factor = 1.0
    """Multiplies conversion."""
    boost_cost: Annotated[Factor, Field(ge=0.1)] = 1.0
    """Multiplies the price of a boosted visit."""
