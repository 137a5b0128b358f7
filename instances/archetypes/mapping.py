"""From the table's first week to audience segments: visits, conversions, interest, the traffic
law's parameters."""

from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np
from choices import (
    CALIBRATION_GAIN,
    CEILING,
    CONTACT_FEEDBACK,
    CONVERSION,
    CREATOR_MIX,
    FOLLOWERS,
    GROWTH,
    HARVEST_MAX,
    HARVEST_SHARE,
    INTEREST_DECAY,
    INTERESTED,
    LOOKALIKE,
    MATCHED,
    NATURAL,
    PAID,
    PERSISTENCE_SERVED,
    QUALITY_GAIN,
    SEGMENTS,
    SHARE_OPEN,
    SKILLED,
    WELL_HOURS,
    WELL_MOST,
    Choice,
)
from numpy.typing import NDArray
from scipy.optimize import brentq

Array = NDArray[np.float64]
Table = dict[str, Any]

MOST_SATURATION = 100.0
"""Largest saturation relative to the ceiling: beyond it the law is straight to six digits."""


@dataclass(frozen=True)
class Week:
    """The first week; arrays over segments."""

    natural: Array
    """Recommended visits over all open rooms."""
    followers: Array
    customers: Array
    returning: Array
    boosted: Array
    harvested: Array
    plain: Array
    """Orders per visit, plain (cr)."""
    gain: Array
    """Extra orders per matched visit (delta)."""
    effective: Array
    """Orders per natural visit, first week's matched and well-received ones included."""
    returning_factor: Array
    boost_factor: float
    own_orders: Array
    contacts: Array
    """Follow contacts of the own rooms."""
    creator_visits: dict[str, float]
    creator_rate: dict[str, Array]
    creator_orders: Array
    seeds: tuple[float, float]
    """Interested people per boosted visit and per visit in a creator's room."""

    @property
    def visits(self) -> Array:
        """All visits served in the own rooms."""
        return self.natural + self.returning + self.boosted + self.harvested

    @property
    def gmv_orders(self) -> float:
        """Orders of own rooms and creators."""
        return float(self.own_orders.sum() + self.creator_orders.sum())


def paid_visits(field: Table) -> float:
    """Boosted visits of today's spend by the table's power law."""
    ratio = field["ads_week"] / field["ads_ref"]
    return float(field["ads_ref"] / field["cost_per_paid_view"] * ratio ** field["ads_exponent"])


def first_week(table: Table, choice: Choice) -> Week:
    """Split the table's first week over the segments; its totals by channel are kept."""
    field, kept = table["field"], table["retention"]
    natural = np.array(NATURAL) * field["nat_views_week0"] * field["accounts0"]
    relative = np.array(CONVERSION) / np.dot(NATURAL, CONVERSION)
    effective = field["cvr_nat"] * relative
    matched = np.array(MATCHED)
    well = QUALITY_GAIN * WELL_MOST * (1 - exp(-SKILLED / WELL_HOURS))
    plain = effective / (1 + CALIBRATION_GAIN * matched + well)
    gain = CALIBRATION_GAIN * plain
    bonus = effective - plain
    followers = np.array(FOLLOWERS) * kept["fans0"]
    returning = kept["fan_reach_week"] * followers
    factor = (kept["fan_cvr_mult"] * effective - bonus) / plain
    total = paid_visits(field)
    boosted = np.array(PAID) * total
    paid_orders = total * field["cvr_paid"]
    creators = {
        c: t["active0"] * t["gmv_per_active"] for c, t in table["alliance"]["tiers"].items()
    }
    rates = {c: creator_rates(c, choice) for c in creators}
    aov = table["unit"]["aov"]
    visits = {c: g / aov / float(np.dot(CREATOR_MIX[c], rates[c])) for c, g in creators.items()}
    seen = sum((np.array(CREATOR_MIX[c]) * v for c, v in visits.items()), np.zeros(3))
    mix = 0.5 * np.array(PAID) + 0.5 * seen / seen.sum()
    interested = INTERESTED * plain + bonus
    harvested = mix * HARVEST_SHARE * paid_orders / float(np.dot(mix, interested))
    seeded = harvested.sum() * (HARVEST_MAX + INTEREST_DECAY) / HARVEST_MAX
    direct = (1 - HARVEST_SHARE) * paid_orders - float(np.dot(boosted, bonus))
    orders = natural * effective + kept["fan_cvr_mult"] * returning * effective
    boost_factor = direct / float(np.dot(boosted, plain))
    orders = orders + boosted * (boost_factor * plain + bonus) + harvested * interested
    everyone = natural + returning + boosted + harvested
    return Week(
        natural=natural,
        followers=followers,
        customers=np.array(FOLLOWERS) * kept["customers0"],
        returning=returning,
        boosted=boosted,
        harvested=harvested,
        plain=plain,
        gain=gain,
        effective=effective,
        returning_factor=factor,
        boost_factor=boost_factor,
        own_orders=orders,
        contacts=contact_rates(table)[0] * everyone + contact_rates(table)[1] * orders,
        creator_visits=visits,
        creator_rate=rates,
        creator_orders=sum(
            (np.array(CREATOR_MIX[c]) * v * rates[c] for c, v in visits.items()), np.zeros(3)
        ),
        seeds=(0.5 * seeded / total, 0.5 * seeded / float(seen.sum())),
    )


def creator_rates(tier: str, choice: Choice) -> Array:
    """Orders per visit in a tier's rooms; the average over its visits is the choice's figure."""
    relative = np.array(CONVERSION) / np.dot(CREATOR_MIX[tier], CONVERSION)
    return np.asarray(choice["creator_conversion"] * relative)


def contact_rates(table: Table) -> tuple[float, float]:
    """Follow contacts per visit and per order: the table's rate per view, a fifth of it from
    orders."""
    follow = table["field"]["follow_rate"]
    return 0.8 * follow, 0.2 * follow / table["field"]["cvr_nat"]


def growth(table: Table) -> Array:
    """Weekly growth of the recommended visits in the first week, by segment."""
    field = table["field"]
    room = 1 - field["nat_views_week0"] / field["nat_views_cap"]
    whole = field["eta"] * room * (field["score"] - 1)
    rest = -(NATURAL[0] * GROWTH[0] + NATURAL[1] * GROWTH[1]) / NATURAL[2]
    return np.asarray(whole + np.array([*GROWTH, rest]))


@dataclass(frozen=True)
class Law:
    """Parameters of the traffic law, by segment."""

    persistence: Array
    per_order: float
    per_contact: float
    per_follower: Array
    lookalike: float
    saturation: Array
    """Of a room that is open today."""
    ceiling: Array
    spill: float
    inner: Array
    """Growth factor of a room by its own natural visits alone."""


def traffic_law(table: Table, choice: Choice, week: Week) -> Law:
    """Persistence and saturation such that the first week grows as in the table and the cap is a
    rest point.

    With y the answer to a visit, a room of R visits grows by about y - 1 - y^2 R / (2 Rbar). At
    the cap the boosts' part of y has shrunk by R / cap, while followers have come up to what that
    traffic sustains.
    """
    field = table["field"]
    rooms = field["accounts0"]
    per_order = choice["order_feedback"] / field["cvr_nat"]
    cpv, cpo = contact_rates(table)
    per_contact = CONTACT_FEEDBACK / field["follow_rate"]
    per_follower = choice["follower_feedback"] * week.natural / (SHARE_OPEN * week.followers)
    natural_orders = week.natural * week.effective
    paid = per_order * (week.own_orders - natural_orders)
    paid = paid + per_contact * (week.contacts - cpv * week.natural - cpo * natural_orders)
    spill = 0.01 if week.creator_orders.sum() > week.own_orders.sum() else 0.03
    steady = paid + SHARE_OPEN * per_order * spill * week.creator_orders
    lookalike = LOOKALIKE * per_order
    kin = lookalike * np.array([0.0, week.own_orders[0], week.own_orders[1]])
    start = week.natural / rooms
    ceiling = np.array(CEILING) * field["nat_views_cap"]
    x = start / ceiling
    full = np.array([_followers(table, choice, week, s, 1 / x[s]) for s in range(3)])
    share = full * x / week.followers
    pace = growth(table)
    fed = choice["follower_feedback"]
    bend = (pace - steady / week.natural * (1 - x) + fed * (share - 1)) * x / (1 - x)
    bend = np.maximum(bend, x / (2 * MOST_SATURATION))
    saturation = start / (2 * bend)
    needed = -saturation * np.log(1 - start * (1 + pace) / saturation) * rooms
    own = natural_orders * per_order + per_contact * (cpv * week.natural + cpo * natural_orders)
    persistence = needed - PERSISTENCE_SERVED * week.natural - own - steady - kin
    persistence = persistence / week.natural - fed
    return Law(
        persistence=persistence,
        per_order=per_order,
        per_contact=per_contact,
        per_follower=per_follower,
        lookalike=lookalike,
        saturation=saturation,
        ceiling=ceiling,
        spill=spill,
        inner=persistence + PERSISTENCE_SERVED + own / week.natural,
    )


def _followers(table: Table, choice: Choice, week: Week, s: int, times: float) -> float:
    """Followers that rest when a segment's natural visits and orders are ``times`` today's."""
    pool = choice["pools"][s] * week.followers[s]
    contacts = week.contacts[s] * times
    lost = table["retention"]["fan_decay"]

    def change(f: float) -> float:
        return float((pool - f) * (1 - exp(-contacts / (pool - f))) - lost * f)

    return float(brentq(change, 0.0, pool * (1 - 1e-9)))


def new_room_saturation(law: Law, start: Array, size: float, cold: float) -> Array:
    """Saturation with which a room of ``size`` times today's settles there; today's where it
    settles by itself."""
    aim = size * start
    answer = law.inner * aim + cold * aim
    found = law.saturation.copy()
    for s in range(3):
        if answer[s] > aim[s] * (1 + 1e-6):
            low, high = aim[s] * (1 + 1e-9), law.saturation[s]

            def short(r: float, s: int = s) -> float:
                return float(r * (1 - exp(-answer[s] / r)) - aim[s])

            found[s] = brentq(short, low, high) if short(low) < 0 < short(high) else high
    return found


def segments(table: Table, choice: Choice, week: Week, law: Law) -> Table:
    """Segment records."""
    kept = table["retention"]
    cpv, cpo = contact_rates(table)
    labels = ("核心人群", "相似人群", "破圈人群")
    kin: tuple[Table, ...] = ({}, {"core": law.lookalike}, {"adjacent": law.lookalike})
    matched = [week.followers[s] / week.visits[s] / -log(1 - MATCHED[s]) for s in range(3)]
    seen = sum((np.array(CREATOR_MIX[c]) * v for c, v in week.creator_visits.items()), np.zeros(3))
    seeded = week.seeds[0] * week.boosted + week.seeds[1] * seen
    return {
        name: {
            "label": labels[s],
            "pool": choice["pools"][s] * week.followers[s],
            "followers": week.followers[s],
            "customers": week.customers[s],
            "interest": seeded[s] / (HARVEST_MAX + INTEREST_DECAY),
            "conversion": week.plain[s],
            "conversion_well": (1 + QUALITY_GAIN) * week.plain[s],
            "conversion_interested": INTERESTED * week.plain[s],
            "follower_factor": week.returning_factor[s],
            "calibration_gain": week.gain[s],
            "calibration_scale": matched[s],
            "persistence": law.persistence[s],
            "persistence_served": PERSISTENCE_SERVED,
            "traffic_per_order": law.per_order,
            "traffic_per_contact": law.per_contact,
            "traffic_per_follower": law.per_follower[s],
            "contact_per_visit": cpv,
            "contact_per_order": cpo,
            "unfollow": kept["fan_decay"],
            "return_rate": kept["fan_reach_week"],
            "new_customer_share": kept["new_share"],
            "customer_churn": kept["customer_decay"],
            "repeat_rate": kept["repurchase_week"],
            "lookalike": kin[s],
        }
        for s, name in enumerate(SEGMENTS)
    }
