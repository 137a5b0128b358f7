"""Field in plain numpy: own rooms, boosts, content, discount levels (FI).

Axes: a accounts, b slots, s segments, i boosts, l discount levels, j roles, n the periods of the
arrays given.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions, Ids
from fact_models.replay.arrays import delayed, perspective, table, vector
from fact_models.replay.season import SeasonFacts
from fact_models.response import Curve
from fact_models.spec.field import Account, Boost, Content, Quality, Slot
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class FieldFacts:
    """The lever's figures as arrays; zero-length axes without the lever."""

    opened: Array  # [a] 1 if open at the start
    opens: Array  # [a,t] 1 where an opening decided before the horizon is done
    startable: Array  # [a,t] 1 where opening can be decided
    lead: tuple[int, ...]
    opening_cost: Array  # [a]
    fixed_cost: Array  # [a]
    accounts_max: float
    traffic: Array  # [a,s] of the first period
    cold_start: Array  # [a,s]
    saturation: Array  # [a,s]
    ceiling: Array  # [a,s]
    share: Array  # [a]
    factor: Array  # [a] conversion
    hours_min: Array  # [a]
    hours_max: Array  # [a]
    slot_weight: Array  # [a,b]
    slot_factor: Array  # [a,b]
    slot_hours: Array  # [a,b]
    reception: tuple[Curve, ...]
    quality: tuple[Quality | None, ...]
    skilled_max: Array  # [a]
    crew_live: Array  # [a,j]
    crew_skilled: Array  # [a,j]
    boosts: tuple[Boost, ...]
    spend_max: Array  # [i]
    mix: Array  # [i,s]
    boost_factor: Array  # [i] conversion
    crew_boost: Array  # [i,j]
    content: Content | None
    crew_made: Array  # [j]
    uplift: Array  # [l]
    depth: Array  # [l]
    overlap: tuple[Curve | None, ...]  # [s]


def _slots(account: Account) -> list[Slot]:
    return list(account.slots.values()) or [Slot(hours_max=account.hours_max)]


def field_facts(instance: Instance, ids: Ids) -> FieldFacts:
    """The arrays of ``instance.field``."""
    lever = instance.field
    accounts = list(lever.accounts.values()) if lever else []
    boosts = list(lever.boosts.values()) if lever else []
    levels = list(lever.discounts.values()) if lever else []
    content = lever.content if lever else None
    roles, shape = ids.roles, ids.shape("hours")[:2]
    weight, factor, hours = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    startable, opens = np.zeros(ids.shape("start")), np.zeros(ids.shape("start"))
    for n, account in enumerate(accounts):
        slots = _slots(account)
        hours[n, : len(slots)] = [slot.hours_max for slot in slots]
        factor[n, : len(slots)] = [slot.factor for slot in slots]
        weight[n] = hours[n] / hours[n].sum()
        first = account.opening_first
        begin = 0 if first is None else max(instance.calendar.period_of(first), 0)
        startable[n, begin:] = not account.open and account.opens is None
        if account.opens is not None:
            opens[n, max(instance.calendar.period_of(account.opens), 0) :] = 1
    opened = vector(a.open for a in accounts)
    ceiling = table([a.ceiling for a in accounts], ids.segments)
    saturation = table([a.saturation for a in accounts], ids.segments)
    traffic = table([a.traffic for a in accounts], ids.segments)
    limit = lever.accounts_max if lever else None
    return FieldFacts(
        opened=opened,
        opens=opens,
        startable=startable,
        lead=tuple(a.opening_lead for a in accounts),
        opening_cost=vector(a.opening_cost for a in accounts),
        fixed_cost=vector(a.fixed_cost for a in accounts),
        accounts_max=np.inf if limit is None else limit,
        traffic=opened[:, None] * np.minimum(traffic, ceiling),
        cold_start=table([a.cold_start for a in accounts], ids.segments),
        saturation=np.where(saturation > 0, saturation, 1.0),
        ceiling=np.where(saturation > 0, ceiling, 0.0),
        share=vector(a.share for a in accounts),
        factor=vector(a.conversion_factor for a in accounts),
        hours_min=vector(a.hours_min for a in accounts),
        hours_max=vector(a.hours_max for a in accounts),
        slot_weight=weight,
        slot_factor=factor,
        slot_hours=hours,
        reception=tuple(a.reception for a in accounts),
        quality=tuple(a.quality for a in accounts),
        skilled_max=vector(a.quality.hours_max if a.quality else 0.0 for a in accounts),
        crew_live=table([a.crew for a in accounts], roles),
        crew_skilled=table([a.quality.crew if a.quality else {} for a in accounts], roles),
        boosts=tuple(boosts),
        spend_max=vector(i.spend_max for i in boosts),
        mix=table([i.mix for i in boosts], ids.segments),
        boost_factor=vector(i.conversion_factor for i in boosts),
        crew_boost=table([i.crew for i in boosts], roles),
        content=content,
        crew_made=table([content.crew if content else {}], roles)[0],
        uplift=vector(l.uplift for l in levels),
        depth=vector(l.depth for l in levels),
        overlap=tuple(lever.overlap.get(s) if lever else None for s in ids.segments),
    )


def open_accounts(facts: FieldFacts, start: Array) -> Array:
    """(FI.1) Accounts open [a,t], t = 0..T; none opens at the end of the horizon, as in (SN.3)."""
    length = start.shape[-1]
    opened = np.repeat(facts.opened[:, None], length + 1, axis=1)
    for n, lead in enumerate(facts.lead):
        opened[n, :-1] += np.cumsum(delayed(start[n], lead, length))
    opened[:, :-1] += facts.opens
    opened[:, -1] = opened[:, -2]
    return opened


def capacity(facts: FieldFacts, hours: Array, opened: Array) -> Array:
    """(FI.8) Visits that can be received [a,n] from live hours [a,b,n]."""
    received = np.zeros(opened.shape)
    for n, curve in enumerate(facts.reception):
        scale = facts.slot_weight[n][:, None] * opened[n]
        received[n] = facts.slot_factor[n] @ perspective(curve, hours[n], scale)
    return received


def quality_limit(facts: FieldFacts, skilled: Array, opened: Array) -> Array:
    """(FI.14) Well-received visits of an account at most [a,n]."""
    limit = np.zeros(opened.shape)
    for n, quality in enumerate(facts.quality):
        if quality is not None:
            limit[n] = perspective(quality.curve, skilled[n], opened[n])
    return limit


def content_stock(facts: FieldFacts, made: Array, bought: Array) -> Array:
    """(FI.19) Content units that work [t], t = 0..T."""
    stock = np.zeros(made.size + 1)
    if facts.content is not None:
        stock[0] = facts.content.stock
        for t in range(made.size):
            stock[t + 1] = (1 - facts.content.decay) * stock[t] + made[t] + bought[t]
    return stock


def boost_limit(facts: FieldFacts, season: SeasonFacts, spend: Array, content: Array) -> Array:
    """(FI.17), (FI.18) Boosted visits of all rooms at most [i,s,t]; ``content`` of t = 0..T-1."""
    visits = np.zeros(spend.shape)
    for n, boost in enumerate(facts.boosts):
        effective = spend[n] / season.boost_cost
        if boost.per_content:
            visits[n] = perspective(boost.curve, effective, content)
        else:
            visits[n] = boost.curve.value(effective)
    limit: Array = facts.mix[:, :, None] * season.traffic * visits[:, None, :]
    return limit


def overlap_limit(facts: FieldFacts, traffic: Array, recommended: Array) -> Array:
    """(FI.11) Distinct visits of all rooms at most [s,n], given m [s,n] and rec [a,s,n]."""
    total: Array = recommended.sum(axis=0)
    for n, curve in enumerate(facts.overlap):
        if curve is not None:
            total[n] = perspective(curve, total[n], traffic[n])
    return total


def served(d: Decisions, now: slice) -> Array:
    """(FI.12) Served visits v [a,s,n]."""
    total: Array = (
        d.distinct[..., now]
        + d.returning[..., now]
        + d.inflow[..., now]
        + d.harvested[..., now]
        + d.boosted[..., now].sum(axis=0)
    )
    return total


def received(d: Decisions, now: slice) -> Array:
    """Left side of (FI.9): visits that take up reception [a,n]."""
    flows = d.recommended[..., now] + d.returning[..., now] + d.inflow[..., now]
    total: Array = flows + d.harvested[..., now] + d.boosted[..., now].sum(axis=0)
    return np.asarray(total.sum(axis=1))


def cash_out(facts: FieldFacts, d: Decisions, opened: Array) -> Array:
    """(FI.21) Payments [t]."""
    price = facts.content.price if facts.content else 0.0
    return np.asarray(
        facts.opening_cost @ d.start
        + facts.fixed_cost @ opened
        + d.boost_spend.sum(axis=0)
        + price * d.content_bought
    )


def staff_hours(facts: FieldFacts, d: Decisions) -> Array:
    """(FI.22) Staff hours [j,t]."""
    return np.asarray(
        facts.crew_live.T @ d.hours.sum(axis=1)
        + facts.crew_skilled.T @ d.skilled
        + facts.crew_boost.T @ d.boost_spend
        + facts.crew_made[:, None] * d.content_made
    )
