"""A made-up merchant: its market, segments, goods and own rooms, drawn at random."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Tree = dict[str, Any]
Array = NDArray[np.float64]

RESERVE = 1.5
"""Visits that today's live hours could receive, relative to today's."""

SKILLED = 0.4
"""Skilled hours relative to live hours, at most and today."""
HOURS = 48.0
"""Live hours of a room today."""


def short(value: Any) -> float:
    """``value`` to four significant digits, so that files stay readable."""
    return float(f"{float(value):.4g}")


def row(values: Any) -> list[float]:
    """A list of short numbers."""
    return [short(v) for v in values]


@dataclass(frozen=True)
class Market:
    """First-week magnitudes from which every record is drawn; arrays over segments."""

    weeks: int
    ids: tuple[str, ...]
    price: float
    natural: Array
    followers: Array
    conversion: Array
    rooms: int
    """Rooms that are open."""
    paid: float
    """Boosted visits."""

    @property
    def visits(self) -> float:
        """Own-room visits."""
        return float(self.natural.sum() + self.paid + 0.05 * self.followers.sum())

    @property
    def orders(self) -> float:
        """Own-room orders, about."""
        return self.visits * float(np.average(self.conversion, weights=self.natural))

    def by_segment(self, values: Any) -> Tree:
        """Numbers keyed by segment."""
        return {s: short(v) for s, v in zip(self.ids, values, strict=True)}

    def mix(self, rng: Generator) -> Tree:
        """Shares over the segments that sum to 1."""
        parts = [round(float(x), 3) for x in rng.dirichlet(np.full(len(self.ids), 4.0))]
        parts[-1] = round(1 - sum(parts[:-1]), 3)
        if parts[-1] < 0:
            return self.mix(rng)
        return dict(zip(self.ids, parts, strict=True))


def draw_market(rng: Generator, weeks: int, segments: int, accounts: int) -> Market:
    """First-week magnitudes; two thirds of the rooms are open."""
    views = float(rng.uniform(80e3, 200e3))
    share = rng.dirichlet(np.full(segments, 6.0))
    natural = share * views
    return Market(
        weeks=weeks,
        ids=tuple(f"s{n + 1}" for n in range(segments)),
        price=round(float(rng.uniform(60, 180))),
        natural=natural,
        followers=natural * rng.uniform(0.2, 0.6, segments),
        conversion=0.011 * rng.uniform(0.7, 1.4, segments),
        rooms=max(1, round(2 * accounts / 3)),
        paid=0.4 * views,
    )


def snowball(rng: Generator, market: Market) -> Tree:
    """Segments that grow by -0.5 % to 1.5 % a week in the first week."""
    alpha, beta, kappa = 8.0, 1.2, 0.03
    segments: Tree = {}
    for n, s in enumerate(market.ids):
        rate, views = float(market.conversion[n]), float(market.natural[n])
        all_visits = market.visits * views / float(market.natural.sum())
        answer = (alpha * rate + beta * 0.013) * all_visits / views + kappa + 0.05
        growth = float(rng.uniform(-0.005, 0.015))
        segments[s] = {
            "pool": short(market.followers[n] * rng.uniform(15, 60)),
            "followers": short(market.followers[n]),
            "customers": short(0.25 * market.followers[n]),
            "interest": short(0.02 * views),
            "conversion": short(rate),
            "conversion_well": short(1.2 * rate),
            "conversion_interested": short(3.5 * rate),
            "follower_factor": 2.0,
            "calibration_gain": short(0.25 * rate),
            "calibration_scale": 1.0,
            "persistence": short(1 + growth - answer),
            "persistence_served": 0.05,
            "traffic_per_order": alpha,
            "traffic_per_contact": beta,
            "traffic_per_follower": short(kappa * views / market.followers[n]),
            "traffic_per_awareness": 1.0,
            "contact_per_visit": 0.012,
            "contact_per_order": 0.1,
            "unfollow": 0.02,
            "return_rate": 0.05,
            "new_customer_share": 0.8,
            "customer_churn": 0.012,
            "repeat_rate": 0.006,
        }
    return {
        "segments": segments,
        "awareness_retention": 0.79,
        "alliance_spill": 0.02,
        "interest": {
            "decay": 0.15,
            "per_boost_visit": 0.03,
            "per_creator_visit": 0.02,
            "per_kol_visit": 0.03,
            "per_awareness": 1.0,
            "harvest_max": 0.25,
        },
        "shelf": {"per_follower": 0.001, "per_awareness": 0.1, "per_content_order": 0.17},
    }


def goods(rng: Generator, market: Market) -> Tree:
    """One product line with a contribution of about 0.35 of the price."""
    cost = float(rng.uniform(0.28, 0.4))
    line = {
        "price": market.price,
        "unit_cost": short(cost * market.price),
        "refund_pre": 0.1,
        "refund_post": 0.12,
        "writeoff": 0.2,
        "shipping": 4.0,
        "insurance": 0.8,
        "handling": 3.0,
    }
    return {"lines": {"all": line}}


def field(rng: Generator, market: Market, accounts: int, *, s_curves: bool) -> Tree:
    """Own rooms, open or not yet, two boosts, the overlap of the rooms."""
    rooms: Tree = {}
    hours = HOURS
    visits = market.visits / market.rooms
    slots = {"day": {"hours_max": 63, "factor": 0.9}, "prime": {"hours_max": 35, "factor": 1.25}}
    for n in range(accounts):
        today = n < market.rooms
        size = 1.0 if today else float(rng.uniform(0.4, 0.9))
        views = size * market.natural / market.rooms
        slope = 1.8 if s_curves else 1.0
        half = 0.7 * hours if s_curves else 1.5 * hours
        share = 1 / (1 + (half / hours) ** slope)
        room: Tree = {
            "type": ("flagship", "category", "persona")[n % 3],
            "saturation": market.by_segment(views * rng.uniform(30, 120, len(views))),
            "ceiling": market.by_segment(6 * views),
            "share": short(0.799 / market.rooms if today else 0.199 / (accounts - market.rooms)),
            "hours_max": 98,
            "reception": {
                "kind": "hill",
                "scale": short(RESERVE * size * visits / share),
                "half": short(half),
                "slope": slope,
            },
            "slots": {} if s_curves else slots,
            "crew": {"host": 1.0, "operator": 0.5},
            "quality": {
                "curve": {
                    "kind": "exponential",
                    "scale": short(0.8 * size * visits),
                    "rate_scale": 0.8 * hours,
                },
                "hours_max": SKILLED * 98,
                "crew": {"host": 0.3, "operator": 0.2},
            },
        }
        if today:
            room |= {"traffic": market.by_segment(views), "current_hours": hours}
        else:
            cost = short(rng.uniform(2e4, 8e4))
            room |= {"open": False, "opening_cost": cost, "fixed_cost": 1500}
            room["cold_start"] = market.by_segment(0.2 * views)
            room["hours_min"] = 12
        rooms[f"a{n + 1}"] = room
    boosts = {
        name: _boost(rng, market, part, s_curves=s_curves)
        for name, part in (("live", 0.6), ("video", 0.4))
    }
    return {"accounts": rooms, "boosts": boosts, **_overlap(market)}


def _boost(rng: Generator, market: Market, part: float, *, s_curves: bool) -> Tree:
    visits = part * market.paid
    spend = visits * float(rng.uniform(0.4, 0.7))
    slope = 2.2 if s_curves else 1.0
    half = spend if s_curves else 3 * spend
    return {
        "curve": {
            "kind": "hill",
            "scale": short(visits * (1 + (half / spend) ** slope)),
            "half": short(half),
            "slope": slope,
        },
        "spend_max": short(3 * spend),
        "mix": market.mix(rng),
        "conversion_factor": short(rng.uniform(0.8, 1.1)),
        "crew": {"operator": short(6 / spend)},
        "current_spend": short(spend),
    }


def _overlap(market: Market) -> Tree:
    """Distinct visits: rooms overlap from 1.25 times today's sum on."""
    found: Tree = {}
    for n, s in enumerate(market.ids):
        unit = 1.25 * float(market.natural[n]) / market.rooms
        x = np.array([0, market.rooms, market.rooms + 1, market.rooms + 2, 60.0]) * unit
        y = np.concatenate(([0.0], np.cumsum(np.diff(x) * np.array([1.0, 0.7, 0.55, 0.4]))))
        found[s] = {"kind": "piecewise", "x": row(x), "y": row(y)}
    return {"overlap": found}
