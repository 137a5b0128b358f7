"""What a merchant can tell beyond the export, and the week that both together describe."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

import numpy as np
from pydantic import Field

from allocator.faults import InputError, Problem
from allocator.weekly.columns import BY_NAME
from allocator.weekly.reading import Weeks
from fact_models.quantity import LARGEST, Id, Share, Spec, Unit
from fact_models.spec.objective import Goal

LEAST, MOST = 4, 8
"""Weeks that an export must have, and those that are looked at."""
LEVEL = 4
"""Weeks whose mean is today's week."""

Amount = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")]


class Answers(Spec):
    """Figures that no export holds; every one may be left out."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")] | None = None
    """Name of the instance; that of the output file without it."""
    periods: Annotated[int, Field(ge=4, le=52)] = 26
    """Weeks to plan."""
    budget: Amount | None = None
    """Money for levers and team over these weeks, wages and commission included."""
    cash: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")] | None = None
    """Money at hand."""
    cash_floor: Amount | None = None
    """Money to keep."""
    credit: Amount | None = None
    """Credit line."""
    team: dict[Id, Annotated[int, Field(ge=0, le=10000), Unit("head")]] = {}
    """Heads by role of the archetype; roles that are left out keep their share of the team."""
    rooms: Annotated[int, Field(ge=1, le=20)] | None = None
    """Own live rooms today."""
    hours: Annotated[float, Field(gt=0, le=1000), Unit("hour")] | None = None
    """Live hours a week, all rooms."""
    ad_spend: Amount | None = None
    """Spend on traffic a week."""
    followers: Annotated[float, Field(ge=0, le=LARGEST), Unit("person")] | None = None
    """Followers of all own accounts."""
    unit_cost: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/order")] | None = None
    """Cost of the goods of an average order."""
    refund_share: Share | None = None
    """Share of the GMV that is refunded, before and after shipment together."""
    refund_before_shipping: Share | None = None
    """Part of the refunds that comes before shipment."""
    creator_gmv: Amount | None = None
    """GMV of creators' rooms a week."""
    creators: Annotated[float, Field(ge=0, le=1e9), Unit("creator")] | None = None
    """Creators who sell."""
    score: Annotated[float, Field(ge=0, le=100), Unit("1")] | None = None
    """Experience score on the platform."""
    goal: Goal | None = None
    """What the plan is for."""


@dataclass(frozen=True)
class Today:
    """An ordinary week of the merchant, the season taken out; None where nobody knows.

    Attributes:
        start: Monday of the first week to plan.
        counted: by figure of the export that is a mean, number of weeks behind it.
        dated: by figure of the export that is a stock, Monday of the week that it is from.
        closed: Mondays of the weeks without GMV, which no mean and no trend counts.
        origin: by figure, where it comes from: ``export`` or ``answers``.
        trend: growth of the weekly GMV, season taken out, a week; None from a single week.
        trend_plain: the same of the GMV as it stands in the export.
        paid: paid GMV of the last weeks, oldest first, for what is not settled yet.
    """

    start: date
    counted: dict[str, int]
    dated: dict[str, date]
    closed: tuple[date, ...]
    gmv: float
    views: float
    orders: float
    hours: float
    ad_spend: float | None
    followers: float | None
    refund_share: float | None
    team: float | None
    cash: float | None
    creator_gmv: float | None
    creators: float | None
    origin: dict[str, str]
    trend: float | None
    trend_plain: float | None
    paid: tuple[float, ...]

    @property
    def price(self) -> float:
        """Paid GMV of an order."""
        return self.gmv / self.orders


Factors = dict[date, tuple[float, float]]
"""Season by Monday: factor of natural traffic, factor of conversion."""


def today(weeks: Weeks, answers: Answers, season: Factors) -> Today:
    """An ordinary week from the last weeks of the export and from the answers.

    Flows are means of the last ``LEVEL`` weeks, each divided by its season; weeks without GMV, in
    which the shop was closed, are no ordinary ones and left out. Stocks are those of the last week
    that has them.

    Raises:
        InputError: there are too few weeks, or a figure that the scaling needs is nowhere.
    """
    count = len(weeks.mondays)
    if count < LEAST:
        rule = f"has {count} weeks; at least {LEAST} are needed"
        raise InputError([Problem(weeks.file, 0, "", "", rule, f"{MOST} are better")])
    neutral = {day: season.get(day, (1.0, 1.0)) for day in weeks.mondays}
    market = {day: traffic * rate for day, (traffic, rate) in neutral.items()}
    views = {day: traffic for day, (traffic, _) in neutral.items()}
    paid = tuple(value or 0.0 for value in weeks.figures["gmv"][-MOST:])
    recent = weeks.mondays[-MOST:]
    closed = tuple(day for day, value in zip(recent, paid, strict=True) if not value)
    origin: dict[str, str] = {}
    counted: dict[str, int] = {}
    dated: dict[str, date] = {}
    told = answers.model_dump()

    def level(name: str, by: dict[date, float] | None = None) -> float | None:
        if told.get(name) is not None:
            origin[name] = "answers"
            return float(told[name])
        cells = weeks.figures.get(name, (None,) * count)[-LEVEL:]
        days = weeks.mondays[-LEVEL:]
        values = [
            value / (by[day] if by else 1.0)
            for day, value in zip(days, cells, strict=True)
            if value is not None and day not in closed
        ]
        if not values:
            return None
        origin[name], counted[name] = "export", len(values)
        return float(np.mean(values))

    def stock(name: str) -> float | None:
        if told.get(name) is not None and not isinstance(told[name], dict):
            origin[name] = "answers"
            return float(told[name])
        cells = weeks.figures.get(name, ())[-MOST:]
        known = [(day, x) for day, x in zip(recent, cells, strict=False) if x is not None]
        if not known:
            return None
        origin[name], (dated[name], value) = "export", known[-1]
        return value

    def needed(name: str, by: dict[date, float] | None = None) -> float:
        value = level(name, by)
        if not value:
            column = BY_NAME[name]
            rule = f"no week has more than 0 in {column.en} ({column.zh})"
            raise InputError([Problem(weeks.file, 0, column.en, "", rule)])
        return value

    share, both = answers.refund_share, _refunded(weeks)
    if share is not None:
        origin["refund_share"] = "answers"
    elif both:
        share = sum(back for back, _ in both) / sum(gmv for _, gmv in both)
        origin["refund_share"], counted["refund_share"] = "export", len(both)
    return Today(
        start=weeks.mondays[-1] + timedelta(days=7),
        counted=counted,
        dated=dated,
        closed=closed,
        gmv=needed("gmv", market),
        views=needed("views", views),
        orders=needed("orders", market),
        hours=needed("hours"),
        ad_spend=level("ad_spend"),
        followers=stock("followers"),
        refund_share=share,
        team=stock("team"),
        cash=stock("cash"),
        creator_gmv=level("creator_gmv", market),
        creators=level("creators"),
        origin=origin,
        trend=_trend([p / market[day] for p, day in zip(paid, recent, strict=True)]),
        trend_plain=_trend(list(paid)),
        paid=paid,
    )


def _refunded(weeks: Weeks) -> list[tuple[float, float]]:
    """Refunds and GMV of the last ``LEVEL`` weeks in which both are known and something sold."""
    refunds = weeks.figures.get("refunds", (None,) * len(weeks.mondays))
    rows = zip(refunds[-LEVEL:], weeks.figures["gmv"][-LEVEL:], strict=True)
    return [(back, gmv) for back, gmv in rows if back is not None and gmv]


def _trend(values: list[float]) -> float | None:
    """Growth a week of the line through the logarithms of the weeks above 0, a value a week; None
    from fewer than two."""
    at = np.flatnonzero(np.array(values) > 0)
    if at.size < 2:
        return None
    slope = np.polyfit(at, np.log(np.array(values)[at]), 1)[0]
    return float(np.expm1(slope))
