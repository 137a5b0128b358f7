"""Snowball in plain numpy: traffic, calibration, deposit, shelf (SN), own orders (FI.16).

Axes: a accounts, s segments, n the periods of the arrays given.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions, Ids
from fact_models.replay.arrays import table, vector
from fact_models.replay.field import FieldFacts
from fact_models.spec.instance import Instance
from fact_models.spec.snowball import Interest, Segment, Shelf


def _column(values: list[float]) -> Array:
    return vector(values)[:, None]


@dataclass(frozen=True)
class SnowballFacts:
    """Rates of the segments as columns [s,1], so that they stand beside [s,n] and [a,s,n]."""

    funnel: bool
    pool: Array
    followers: Array  # [s]
    customers: Array  # [s]
    awareness: Array  # [s]
    interested: Array  # [s]; 0 without an interest pool
    plain: Array
    well: Array
    harvested: Array
    follower_factor: Array
    gain: Array
    scale: Array
    persistence: Array
    persistence_served: Array
    per_order: Array
    per_contact: Array
    per_follower: Array
    per_awareness: Array
    contact_per_visit: Array
    contact_per_order: Array
    unfollow: Array
    return_rate: Array
    new_customer_share: Array
    customer_churn: Array
    repeat_rate: Array
    lookalike: Array  # [s,s'] visits of s per order of s'
    retention: float
    spill: float
    interest: Interest | None
    shelf: Shelf | None


def snowball_facts(instance: Instance, ids: Ids) -> SnowballFacts:
    """The arrays of ``instance.snowball``."""
    law = instance.snowball
    segments: list[Segment] = list(law.segments.values())

    def plain_unless(rates: list[float | None]) -> Array:
        pairs = zip(rates, segments, strict=True)
        return _column([s.conversion if rate is None else rate for rate, s in pairs])

    return SnowballFacts(
        funnel=law.model == "funnel",
        pool=_column([s.pool for s in segments]),
        followers=vector(s.followers for s in segments),
        customers=vector(s.customers for s in segments),
        awareness=vector(s.awareness for s in segments),
        interested=vector(s.interest if law.interest else 0.0 for s in segments),
        plain=_column([s.conversion for s in segments]),
        well=plain_unless([s.conversion_well for s in segments]),
        harvested=plain_unless([s.conversion_interested for s in segments]),
        follower_factor=_column([s.follower_factor for s in segments]),
        gain=_column([s.calibration_gain for s in segments]),
        scale=_column([s.calibration_scale for s in segments]),
        persistence=_column([s.persistence for s in segments]),
        persistence_served=_column([s.persistence_served for s in segments]),
        per_order=_column([s.traffic_per_order for s in segments]),
        per_contact=_column([s.traffic_per_contact for s in segments]),
        per_follower=_column([s.traffic_per_follower for s in segments]),
        per_awareness=_column([s.traffic_per_awareness for s in segments]),
        contact_per_visit=_column([s.contact_per_visit for s in segments]),
        contact_per_order=_column([s.contact_per_order for s in segments]),
        unfollow=_column([s.unfollow for s in segments]),
        return_rate=_column([s.return_rate for s in segments]),
        new_customer_share=_column([s.new_customer_share for s in segments]),
        customer_churn=_column([s.customer_churn for s in segments]),
        repeat_rate=_column([s.repeat_rate for s in segments]),
        lookalike=table([s.lookalike for s in segments], ids.segments),
        retention=law.awareness_retention,
        spill=law.alliance_spill,
        interest=law.interest,
        shelf=law.shelf,
    )


def base_limit(
    facts: SnowballFacts,
    field: FieldFacts,
    conversion: Array,
    d: Decisions,
    visits: Array,
    now: slice,
) -> Array:
    """(FI.16) Accepted own orders before the mode's factor at most [a,s,n], with ζ [s,n]."""
    boosted = np.tensordot(field.boost_factor - 1, d.boosted[..., now], 1)
    orders = (
        facts.plain * (visits + boosted)
        + (facts.well - facts.plain) * d.well_received[..., now]
        + (facts.harvested - facts.plain) * d.harvested[..., now]
        + (facts.follower_factor - 1) * facts.plain * d.returning[..., now]
        + facts.gain * d.matched[..., now]
    )
    return np.asarray(conversion * field.factor[:, None, None] * orders)


def returning_limit(facts: SnowballFacts, traffic: Array, followers: Array) -> Array:
    """(SN.5) Returning followers of all rooms at most [s,n]."""
    return np.asarray(facts.return_rate * traffic * followers)


def matched_limit(facts: SnowballFacts, visits: Array, followers: Array) -> Array:
    """(SN.6) Precisely matched visits of all rooms at most [s,n], from V [s,n] and F [s,n]."""
    if facts.funnel:
        return np.zeros(visits.shape)
    scale = facts.scale * visits
    ratio = np.divide(followers, scale, out=np.zeros(visits.shape), where=scale > 0)
    return np.asarray(-visits * np.expm1(-ratio))


def repeat_limit(facts: SnowballFacts, conversion: Array, customers: Array) -> Array:
    """(SN.13) Repeat orders at most [s,n]."""
    return np.asarray(facts.repeat_rate * conversion * customers)


def harvest_limit(facts: SnowballFacts, interest: Array) -> Array:
    """(SN.14) Harvested visits of all rooms at most [s,n]."""
    share = facts.interest.harvest_max if facts.interest else 0.0
    return np.asarray(share * interest)


def shelf_limit(
    facts: SnowballFacts, market: Array, followers: Array, awareness: Array, content_orders: Array
) -> Array:
    """(SN.17) Shelf orders at most [s,n]; ``market`` is ζ m, orders those of content."""
    shelf = facts.shelf
    if shelf is None:
        return np.zeros(content_orders.shape)
    standing = shelf.per_follower * followers + shelf.per_awareness * awareness
    return np.asarray(market * standing + shelf.per_content_order * content_orders)


def own_contacts(facts: SnowballFacts, visits: Array, orders: Array) -> Array:
    """(SN.8) Follow contacts of the own rooms [a,s,n]."""
    return np.asarray(facts.contact_per_visit * visits + facts.contact_per_order * orders)


@dataclass(frozen=True)
class Flows:
    """What happened in one period, [a,s] or [s]."""

    recommended: Array
    own_orders: Array
    own_contacts: Array
    creator_orders: Array
    creator_visits: Array
    kol_orders: Array
    kol_visits: Array
    shelf_orders: Array
    harvested: Array
    boosted: Array


def standing_traffic(field: FieldFacts, opened: Array) -> Array:
    """(SN.19), (SN.4) Recommended visits [a,s] of the funnel, given the open accounts [a]."""
    level = np.where(field.opened[:, None] > 0, field.traffic, field.cold_start)
    return np.asarray(np.minimum(level, field.ceiling) * opened[:, None])


def next_traffic(
    facts: SnowballFacts,
    field: FieldFacts,
    per_traffic: Array,
    states: tuple[Array, Array, Array],
    flows: Flows,
    opened: tuple[Array, Array],
) -> Array:
    """(SN.2), (SN.3), (SN.4) Recommended visits [a,s] of the next period.

    Args:
        facts: rates.
        field: accounts.
        per_traffic: 1 / m [s].
        states: traffic [a,s], followers [s], awareness [s].
        flows: the period's flows.
        opened: accounts open now and next, [a].
    """
    if facts.funnel:
        return standing_traffic(field, opened[1])
    now, after = opened[0][:, None], opened[1][:, None]
    traffic, followers, awareness = states
    alpha, beta = facts.per_order[:, 0], facts.per_contact[:, 0]
    earned = alpha * flows.own_orders + beta * flows.own_contacts
    alike = (flows.own_orders * per_traffic) @ facts.lookalike.T
    shared = facts.per_follower[:, 0] * followers + facts.per_awareness[:, 0] * awareness
    shared = shared + alpha * facts.spill * flows.creator_orders * per_traffic
    drive = (
        facts.persistence[:, 0] * traffic
        + facts.persistence_served[:, 0] * flows.recommended * per_traffic
        + earned * per_traffic
        + alike
        + field.share[:, None] * shared
        + field.cold_start * now
    )
    level = field.saturation * after
    ratio = np.divide(drive, level, out=np.zeros_like(drive), where=level > 0)
    return np.asarray(np.minimum(-level * np.expm1(-ratio), field.ceiling * after))


def reach(facts: SnowballFacts, followers: Array, contacts: Array) -> tuple[Array, Array]:
    """(SN.9), (SN.10), (SN.11) Contacts that count and people who begin to follow, both [s]."""
    free = np.maximum(facts.pool[:, 0] - followers, 0.0)
    counted = np.minimum(contacts, 2 * free)
    ratio = np.divide(counted, free, out=np.zeros_like(free), where=free > 0)
    return counted, -free * np.expm1(-ratio)


def next_customers(facts: SnowballFacts, customers: Array, flows: Flows) -> Array:
    """(SN.12) Customers [s] of the next period."""
    first = flows.own_orders.sum(axis=0) + flows.creator_orders + flows.kol_orders
    new = facts.new_customer_share[:, 0] * (first + flows.shelf_orders)
    return np.asarray((1 - facts.customer_churn[:, 0]) * customers + new)


def next_interest(facts: SnowballFacts, interest: Array, awareness: Array, flows: Flows) -> Array:
    """(SN.15) Interested people [s] of the next period."""
    law = facts.interest
    if law is None:
        return np.zeros_like(interest)
    seeds = (
        law.per_boost_visit * flows.boosted
        + law.per_creator_visit * flows.creator_visits
        + law.per_kol_visit * flows.kol_visits
        + law.per_awareness * awareness
    )
    return np.asarray((1 - law.decay) * interest - flows.harvested + seeds)
