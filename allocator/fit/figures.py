"""What the draws mean: growth, what one more visit brings in a year, what the next yuan brings.

All figures start from the states at the end of the history and follow the laws with the mean
controls of its last weeks in an ordinary season, for every draw.
"""

from dataclasses import dataclass, replace

import numpy as np

from allocator.fit.history import Array, History
from allocator.fit.inputs import controls_of
from allocator.fit.weeks import Weeks
from fact_models.ensemble import Controls, Course, Rates, Start, run

RECENT = 4
"""Last weeks whose mean stands for today."""
YEAR = 52
QUARTER = 13
STEP = 0.01
"""Relative size of a difference."""


@dataclass(frozen=True)
class Today:
    """Draws with the states that they leave behind.

    Attributes:
        weeks: the history.
        rates: parameters [n,...].
        start: states after the last week.
        controls: one ordinary week like the last ones.
    """

    weeks: Weeks
    rates: Rates
    start: Start
    controls: Controls

    def ahead(self, controls: Controls, start: Start | None = None) -> Course:
        """The course under ``controls`` from here on."""
        w = self.weeks
        return run(w.known, w.accounts, self.rates, controls, start or self.start)

    def weeks_ahead(self, count: int) -> Controls:
        """``count`` weeks like the last ones."""
        one = self.controls
        many = {k: np.repeat(v[:1], count, axis=0) for k, v in vars(one).items()}
        return Controls(**{**many, "open": np.repeat(one.open[:1], count + 1, axis=0)})


def today(weeks: Weeks, z: Array, shock: float) -> Today:
    """The states and parameters of the draws z at the end of the history."""
    course = weeks.course(z, shock)
    start = Start(course.traffic[-1], course.followers[-1], course.awareness[-1])
    return Today(weeks, weeks.rates(z), start, _ordinary(weeks))


def _ordinary(weeks: Weeks) -> Controls:
    """A week with the mean controls of the last ones and an ordinary season."""
    history = weeks.history
    last = slice(-RECENT, None)
    flat = {k: v[last].mean(axis=0, keepdims=True) for k, v in vars(weeks.controls).items()}
    one = np.ones_like(flat["market"])
    week = replace(
        Controls(**flat),
        market=one,
        conversion=one,
        boost_cost=np.ones(1),
        inflow=0 * one,
        gain=0 * one,
        contacts=0 * one,
        package=np.zeros(1),
        dip=np.ones(1),
    )
    reception = reception_of(weeks, history.hours[last].mean(axis=0))
    opened = np.ones((2, 1)) * history.open[-1]
    return replace(week, reception=reception, open=opened)


def reception_of(weeks: Weeks, hours: Array) -> Array:
    """Visits that a week's ``hours`` [a] receive by the file's curves [1,a]."""
    return controls_of(weeks.known, with_hours(weeks.history.part(1), hours)).reception


def with_hours(week: History, hours: Array) -> History:
    """A history of one week with other hours in rooms that are open."""
    return replace(week, hours=hours[None], open=np.ones_like(week.open))


def growth(now: Today) -> Array:
    """Growth factor of recommended traffic by segment, before it saturates [n,s]."""
    of = now.rates.of
    course = now.ahead(now.weeks_ahead(1))
    visits = course.recommended[0].sum(axis=1) + course.paid[0].sum(axis=1)
    visits = visits + course.returning[0].sum(axis=1)
    matched = -np.expm1(-now.start.followers / (of["calibration_scale"] * visits + 1e-9))
    conversion = of["conversion"] + of["calibration_gain"] * matched
    contacts = of["contact_per_visit"] + of["contact_per_order"] * conversion
    kept = of["persistence"] + of["persistence_served"]
    drawn = of["traffic_per_order"] * conversion + of["traffic_per_contact"] * contacts
    return np.asarray(kept + drawn)


def multiplier(now: Today) -> Array:
    """Recommended visits of a year that one more visit of today brings, itself included [n,s]."""
    ahead = now.weeks_ahead(YEAR)
    base = now.ahead(ahead).traffic[:-1].sum(axis=(0, 2))
    found = []
    for s in range(base.shape[1]):
        more = now.start.traffic.copy()
        more[..., s] *= 1 + STEP
        added = (more - now.start.traffic)[..., s].sum(axis=1)
        moved = now.ahead(ahead, replace(now.start, traffic=more)).traffic[:-1].sum(axis=(0, 2))
        found.append((moved - base)[:, s] / np.maximum(added, 1e-9))
    return np.stack(found, axis=1)


def price_of(weeks: Weeks) -> float:
    """Price of an order of the own rooms, its lines at the middle of their bounds."""
    goods = weeks.known.instance.goods.lines.values()
    share = weeks.known.goods.share[0]
    paid = [line.price * line.conversion_factor for line in goods]
    return float(share @ np.array(paid))


def gmv(weeks: Weeks, course: Course) -> Array:
    """GMV of own rooms and creators at list price [t,n]."""
    orders = course.orders.sum(axis=(2, 3)) + course.creator_orders.sum(axis=2)
    return np.asarray(orders * price_of(weeks))


def returns(now: Today) -> dict[str, Array]:
    """GMV of the next quarter that one more unit of a lever brings in the next week, by lever [n].

    A unit is a yuan of a boost, a live hour, a creator, or a week of the strongest package. Only
    what own rooms and creators sell at list price counts.
    """
    ahead = now.weeks_ahead(QUARTER)
    base = gmv(now.weeks, now.ahead(ahead)).sum(axis=0)
    found = {}
    for name, (changed, size) in steps(now, ahead).items():
        found[name] = (gmv(now.weeks, now.ahead(changed)).sum(axis=0) - base) / size
    return found


def steps(now: Today, ahead: Controls) -> dict[str, tuple[Controls, float]]:
    """Inputs with a small step in the first week, and the step's size, by lever."""
    weeks, found = now.weeks, {}
    known = weeks.known

    def put(name: str, lever: str, column: int, size: float) -> None:
        add = np.zeros_like(getattr(ahead, name))
        add[0, column] = size
        found[lever] = (ahead.with_change(name, add), size)

    for n, i in enumerate(known.ids.boosts):
        if ahead.spend[0, n] > 0:
            put("spend", f"boost {i}", n, STEP * ahead.spend[0, n])
    for n, c in enumerate(known.ids.tiers):
        if ahead.creators[0, n] > 0:
            put("creators", f"creators {c}", n, STEP * ahead.creators[0, n])
    hours = weeks.history.hours[-RECENT:].mean(axis=0)
    for n, a in enumerate(weeks.history.accounts):
        if hours[n] > 0:
            more = hours.copy()
            more[n] *= 1 + STEP
            gain = reception_of(weeks, more)[0, n] - reception_of(weeks, hours)[0, n]
            put("reception", f"hours {a}", n, gain)
            found[f"hours {a}"] = (found[f"hours {a}"][0], STEP * hours[n])
    best = _strongest(weeks)
    if best is not None and weeks.controls.package.any():
        add = np.zeros_like(ahead.package)
        add[0] = best[1]
        found[f"package {best[0]}"] = (ahead.with_change("package", add), 1.0)
    return found


def _strongest(weeks: Weeks) -> tuple[str, float] | None:
    """The package that adds most to orders, and what it adds by the file."""
    lever = weeks.known.instance.campaign
    every = [
        (f"{e}.{p}", package.uplift - 1)
        for e, campaign in (lever.campaigns if lever else {}).items()
        for p, package in campaign.packages.items()
    ]
    return max(every, key=lambda pair: pair[1], default=None)
