"""Levers that can be pulsed from one week to the next: boosts and live hours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocator.fit.figures import RECENT, Today, price_of, reception_of
from allocator.fit.history import Array
from fact_models.ensemble import Controls, Course
from fact_models.replay import status_quo
from fact_models.replay.economics import economics

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Levels of a lever, relative to today's, among which the next quarter's is chosen."""


@dataclass(frozen=True)
class Lever:
    """A boost or a room's live hours.

    Attributes:
        name: such as ``boost live_ads``.
        kind: ``boost`` or ``hours``.
        column: position of the boost or of the room in the history.
        level: money or hours of a week today.
        limit: most in a week.
        price: what one more unit costs, staff included.
    """

    name: str
    kind: str
    column: int
    level: float
    limit: float
    price: float

    def factors(self) -> list[float]:
        """Levels that the file allows, relative to today's."""
        return [x for x in LEVELS if x * self.level <= self.limit * (1 + 1e-9)]

    def set(self, now: Today, ahead: Controls, factors: Array) -> tuple[Controls, float]:
        """Inputs with this lever at ``factors`` [t] of today's, and what more that costs."""
        cost = float((factors - 1).sum()) * self.level * self.price
        if self.kind == "boost":
            add = np.zeros_like(ahead.spend)
            add[:, self.column] = (factors - 1) * self.level
            return ahead.with_change("spend", add), cost
        hours = now.weeks.history.hours[-RECENT:].mean(axis=0)
        add = np.zeros_like(ahead.reception)
        base = reception_of(now.weeks, hours)[0, self.column]
        for t, factor in enumerate(factors):
            if factor != 1:
                more = hours.copy()
                more[self.column] *= factor
                add[t, self.column] = reception_of(now.weeks, more)[0, self.column] - base
        return ahead.with_change("reception", add), cost


def levers_of(now: Today) -> list[Lever]:
    """The levers that are in use today."""
    return [lever for lever in (*_boosts(now), *_hours(now)) if lever.level > 0]


def _boosts(now: Today) -> Iterator[Lever]:
    known, field = now.weeks.known, now.weeks.known.instance.field
    for n, (i, boost) in enumerate((field.boosts if field else {}).items()):
        level = float(now.controls.spend[0, n])
        labour = float(known.field.crew_boost[n] @ _wages(now))
        yield Lever(f"boost {i}", "boost", n, level, boost.spend_max, 1 + labour)


def _hours(now: Today) -> Iterator[Lever]:
    known, history = now.weeks.known, now.weeks.history
    today = history.hours[-RECENT:].mean(axis=0)
    for n, a in enumerate(history.accounts):
        row = now.weeks.accounts[n]
        price = float(known.field.crew_live[row] @ _wages(now))
        limit = float(known.field.hours_max[row])
        yield Lever(f"hours {a}", "hours", n, float(today[n]), limit, price)


def _wages(now: Today) -> Array:
    """Wage of a staff hour by role."""
    staff = now.weeks.known.instance.staff
    return np.array([role.wage / role.hours for role in (staff.roles if staff else {}).values()])


@dataclass(frozen=True)
class Margins:
    """What an order leaves before spend and labour: of own rooms, and of creators."""

    own: float
    creators: float

    def of(self, course: Course) -> Array:
        """Margin of all orders of a course [t,n]."""
        own = course.orders.sum(axis=(2, 3)) * self.own
        return np.asarray(own + course.creator_orders.sum(axis=2) * self.creators)


def margins(now: Today) -> Margins:
    """Margins at the file's prices and refunds, from a replay of the status quo."""
    instance = now.weeks.known.instance
    money = economics(instance, status_quo(instance))
    price = price_of(now.weeks)
    own, creators = money["field"], money["alliance"]
    return Margins(
        own=price * own.margin / own.gmv if own.gmv > 0 else 0.0,
        creators=price * (creators.margin - creators.commission) / creators.gmv
        if creators.gmv > 0
        else 0.0,
    )
