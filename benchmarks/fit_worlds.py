"""Planted merchants: histories made by the laws with known parameters, measured with error."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from allocator.fit.figures import Today, today
from allocator.fit.history import Array, History
from allocator.fit.weeks import Weeks, weeks_of
from fact_models.ensemble import Controls, Course, Start, run
from fact_models.replay.known import Facts
from fact_models.response import scaled
from fact_models.spec.instance import Instance

LAST = date(2026, 12, 28)
"""Monday after the last week that is fitted; the instance files have the calendar of 2026."""
SHOCK = 0.02
"""Weekly shocks to the traffic of a segment."""
COUNTED = 0.005
"""Error of the followers, a stock that the platform reads off."""
HELD_OUT = 8
MEMORY = 0.9
"""What a wandering law keeps of last week's deviation."""


@dataclass(frozen=True)
class World:
    """A planted merchant.

    Attributes:
        history: what she sees, the held-out weeks included.
        weeks: the model of the weeks that are fitted; its parameters are the true ones at ``z``.
        z: the truth as standard normal numbers [1,d]; shocks are none of it.
        course: what happened in all weeks.
    """

    history: History
    weeks: Weeks
    z: Array
    course: Course

    def truth(self) -> Today:
        """The true parameters and the true states at the end of the fitted weeks."""
        end = self.weeks.history.weeks
        start = Start(
            self.course.traffic[end], self.course.followers[end], self.course.awareness[end]
        )
        return replace(today(self.weeks, self.z, 0.0), start=start)


def world(
    known: Facts, weeks: int, noise: float, seed: int, last: date = LAST, drift: float = 0.0
) -> World:
    """A merchant whose parameters are drawn from what is believed beforehand.

    Args:
        known: the instance file as arrays.
        weeks: weeks that are fitted; eight more are held out.
        noise: standard deviation of the measurement error of visits and orders, as a share.
        seed: of everything random.
        last: Monday after the last week that is fitted.
        drift: standard deviation of the logarithms of conversion and of what a yuan buys, which
            wander around the parameters; the laws that are fitted know nothing of it.
    """
    rng = np.random.default_rng(seed)
    return _planted(known, weeks, noise, rng, last, spread=1.0, drift=drift)


def steered(known: Facts, weeks: int, noise: float, seed: int, last: date) -> World:
    """A merchant whose parameters are those of the file."""
    return _planted(known, weeks, noise, np.random.default_rng(seed), last, spread=0.0)


def _planted(
    known: Facts,
    weeks: int,
    noise: float,
    rng: np.random.Generator,
    last: date,
    spread: float,
    drift: float = 0.0,
) -> World:
    blank = _controls(known, weeks + HELD_OUT, last - timedelta(weeks=weeks), rng)
    model = weeks_of(known, _known_start(known, blank))
    z = np.zeros((1, model.dimension))
    p, s, _ = model.sizes
    z[0, : p + s] = spread * rng.standard_normal(p + s)
    z[0, p : p + s] *= 0.4
    shocks = SHOCK * rng.standard_normal((blank.weeks, 1, len(known.ids.segments)))
    start = model.start(z)
    controls = _drifting(model.controls, rng, drift) if drift else model.controls
    course = run(known, model.accounts, model.rates(z), controls, start, shocks)
    history = _measured(blank, course, noise, rng)
    fitted = weeks_of(known, history.part(weeks))
    true = np.zeros((1, fitted.dimension))
    planted = {u.name: n for n, u in enumerate(model.unknowns)}
    true[0, : len(fitted.unknowns)] = [z[0, planted[u.name]] for u in fitted.unknowns]
    return World(history, fitted, true, course)


def _known_start(known: Facts, blank: History) -> History:
    """The file's first traffic and followers as if measured."""
    rows = [known.ids.accounts.index(a) for a in blank.accounts]
    first = np.full_like(blank.rows["recommended_visits"], np.nan)
    first[0] = known.field.traffic[rows]
    people = np.full_like(blank.segments["followers"], np.nan)
    people[0] = known.snowball.followers
    return replace(
        blank,
        rows={**blank.rows, "recommended_visits": first},
        segments={**blank.segments, "followers": people},
    )


def _walk(rng: np.random.Generator, weeks: int, size: float, keep: float = 0.7) -> Array:
    """Factors around 1 that wander: what a merchant does differs from week to week."""
    found = [0.0]
    for _ in range(weeks - 1):
        found.append(keep * found[-1] + size * float(rng.standard_normal()))
    return np.asarray(np.exp(np.array(found)), dtype=np.float64)


def _drifting(controls: Controls, rng: np.random.Generator, drift: float) -> Controls:
    """Controls under which conversion and the price of boosted visits wander."""
    size = drift * np.sqrt(1 - MEMORY**2)
    segments = controls.conversion.shape[1]
    walks = [_walk(rng, controls.periods, size, MEMORY) for _ in range(segments + 1)]
    return replace(
        controls,
        conversion=controls.conversion * np.stack(walks[1:], axis=1),
        boost_cost=controls.boost_cost * walks[0],
    )


def _controls(known: Facts, weeks: int, first: date, rng: np.random.Generator) -> History:
    """A merchant's hours, spend, creators, videos and packages, and nothing measured."""
    instance = known.instance
    lever = instance.field
    accounts = {k: a for k, a in (lever.accounts if lever else {}).items() if a.open}
    segments = len(known.ids.segments)
    hours = np.stack(
        [
            np.minimum(a.current_hours * _walk(rng, weeks, 0.12), a.hours_max)
            for a in accounts.values()
        ],
        axis=1,
    )
    spend = np.stack(
        [
            np.minimum(b.current_spend * _walk(rng, weeks, 0.3), b.spend_max)
            for b in (lever.boosts if lever else {}).values()
        ],
        axis=1,
    )
    tiers = instance.alliance.tiers.values() if instance.alliance else ()
    creators = np.stack([c.pool * _walk(rng, weeks, 0.1, 0.9) for c in tiers], axis=1)
    content = lever.content if lever else None
    videos = (content.current_made if content else 0.0) * _walk(rng, weeks, 0.2)
    promotion, share = _packages(known, weeks, first, rng)
    empty = np.full((weeks, len(accounts), segments), np.nan)
    none = np.zeros((weeks, segments))
    return History(
        file="planted",
        first=first,
        weeks=weeks,
        accounts=tuple(accounts),
        open=np.ones((weeks, len(accounts))),
        rows={
            k: empty for k in ("recommended_visits", "paid_visits", "follower_visits", "orders")
        },
        segments={
            "followers": empty[:, 0],
            "creator_orders": empty[:, 0],
            "inflow_visits": none,
            "harvested_visits": none,
            "kol_contacts": none,
        },
        hours=hours,
        skilled=np.zeros_like(hours),
        spend=spend,
        creators=creators,
        videos=videos,
        promotion=promotion,
        promotion_share=share,
    )


def _packages(
    known: Facts, weeks: int, first: date, rng: np.random.Generator
) -> tuple[tuple[tuple[str, str] | None, ...], Array]:
    """One package, or none, of every campaign of the calendar, also a year before."""
    instance = known.instance
    promotion: list[tuple[str, str] | None] = [None] * weeks
    share = np.zeros(weeks)
    for e, campaign in (instance.campaign.campaigns if instance.campaign else {}).items():
        begin, end = instance.calendar.days_of(campaign.first, campaign.last)
        for back in (0, 52, 104):
            taken = rng.choice(["", *campaign.packages])
            for day in range((end - begin).days + 1):
                t = (begin + timedelta(days=day) - timedelta(weeks=back) - first).days // 7
                if taken and 0 <= t < weeks and promotion[t] in (None, (e, taken)):
                    promotion[t] = (e, str(taken))
                    share[t] += 1 / 7
    return tuple(promotion), share


def _measured(blank: History, course: Course, noise: float, rng: np.random.Generator) -> History:
    """Counts around what the laws expect, read with a relative error."""

    def read(flow: Array) -> Array:
        counted = rng.poisson(np.maximum(flow[:, 0], 0.0)).astype(np.float64)
        return np.asarray(counted * np.exp(noise * rng.standard_normal(counted.shape)))

    followers = course.followers[1:, 0]
    return replace(
        blank,
        rows={
            "recommended_visits": read(course.recommended),
            "paid_visits": read(course.paid),
            "follower_visits": read(course.returning),
            "orders": read(course.orders),
        },
        segments={
            **blank.segments,
            "followers": followers * np.exp(COUNTED * rng.standard_normal(followers.shape)),
            "creator_orders": read(course.creator_orders),
        },
    )


def one_room(instance: Instance) -> Instance:
    """The instance with its first room and segment alone, and what of the rest falls on them."""
    tree = instance.model_dump(by_alias=True)
    segment = next(iter(instance.snowball.segments))
    others = set(instance.snowball.segments) - {segment}
    rooms = tree["field"]["accounts"]
    room = next(a for a, account in rooms.items() if account["open"])
    part = rooms[room]["traffic"][segment] / sum(rooms[room]["traffic"].values())
    here = part / sum(account["open"] for account in rooms.values())
    tree["field"]["accounts"] = {room: {**rooms[room], "share": 1.0}}
    lever = instance.field
    for name, boost in (lever.boosts if lever else {}).items():
        smaller = scaled(boost.curve, 1.0, here).model_dump(by_alias=True)
        tree["field"]["boosts"][name]["curve"] = smaller
    for name, account in (lever.accounts if lever else {}).items():
        if name == room:
            smaller = scaled(account.reception, 1.0, part).model_dump(by_alias=True)
            tree["field"]["accounts"][room]["reception"] = smaller
    tree |= {"kol": None, "scenarios": {}}
    return Instance.model_validate(_without(tree, others))


def _without(value: Any, others: set[str]) -> Any:
    """Plain values without other segments; shares that must sum to 1 do so again."""
    if isinstance(value, list | tuple):
        return [_without(x, others) for x in value if not isinstance(x, str) or x not in others]
    if not isinstance(value, dict):
        return value
    kept = {k: _without(x, others) for k, x in value.items() if k not in others}
    if "mix" in kept:
        kept["mix"] = dict.fromkeys(kept["mix"], 1.0)
    return kept
