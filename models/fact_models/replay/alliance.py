"""Alliance in plain numpy: creator pools, offers, creators' rooms (AL).

Axes: c tiers, co (tier, offer) pairs, s segments, j roles, n the periods of the arrays given.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fact_models.decisions import Array, Decisions, Ids
from fact_models.replay.arrays import perspective, table, vector
from fact_models.response import Curve
from fact_models.spec.alliance import Tier
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class AllianceFacts:
    """The lever's figures as arrays; those by tier are [c], the rest [co]."""

    tier: Array  # [c,co] 1 where the pair belongs to the tier
    rows: tuple[NDArray[np.intp], ...]  # [c] places of the tier's pairs, which share a curve
    pool: Array  # [c]
    arriving: Array  # [c,t] creators from samples under way at the start, for t < lead
    lead: tuple[int, ...]  # [c]
    attraction: Array  # [c]
    awareness_pull: Array  # [c]
    curves: tuple[Curve, ...]  # [co]
    effort: Array
    supply: Array
    most: Array  # [c] largest supply of the tier's offers
    churn: Array
    activation: Array
    samples_max: Array
    sample_cost: Array
    commission: Array  # creators' and agents' shares
    price_factor: Array
    mix: Array  # [co,s]
    conversion: Array  # [co,s]
    contact_per_visit: Array
    contact_per_order: Array
    crew_sample: Array  # [co,j]
    crew_upkeep: Array  # [co,j]
    block: int
    elapsed: int  # periods of the block under way that have passed
    current: Array  # [co] 1 for the offers of today


def alliance_facts(instance: Instance, ids: Ids) -> AllianceFacts:
    """The arrays of ``instance.alliance``."""
    lever = instance.alliance
    tiers = lever.tiers if lever else {}
    pairs = [(tiers[c], tiers[c].offers[o]) for c, o in ids.offers]
    member = [[float(c == name) for c, _ in ids.offers] for name in ids.tiers]
    return AllianceFacts(
        tier=np.array(member).reshape(len(ids.tiers), len(pairs)),
        rows=tuple(np.flatnonzero(row) for row in member),
        pool=vector(c.pool for c in tiers.values()),
        arriving=_arriving(list(tiers.values()), ids.periods),
        lead=tuple(c.lead for c in tiers.values()),
        attraction=vector(c.attraction for c in tiers.values()),
        awareness_pull=vector(c.awareness_pull for c in tiers.values()),
        curves=tuple(c.visits for c, _ in pairs),
        effort=vector(o.effort for _, o in pairs),
        supply=vector(o.supply for _, o in pairs),
        most=vector(max(o.supply for o in c.offers.values()) for c in tiers.values()),
        churn=vector(o.churn for _, o in pairs),
        activation=vector(o.activation for _, o in pairs),
        samples_max=vector(c.samples_max for c, _ in pairs),
        sample_cost=vector(c.sample_cost for c, _ in pairs),
        commission=vector(o.commission + o.service_fee for _, o in pairs),
        price_factor=vector(1 - c.discount for c, _ in pairs),
        mix=table([c.mix for c, _ in pairs], ids.segments),
        conversion=table([c.conversion for c, _ in pairs], ids.segments),
        contact_per_visit=vector(c.contact_per_visit for c, _ in pairs),
        contact_per_order=vector(c.contact_per_order for c, _ in pairs),
        crew_sample=table([c.crew_sample for c, _ in pairs], ids.roles),
        crew_upkeep=table([c.crew_upkeep for c, _ in pairs], ids.roles),
        block=lever.contract_periods if lever else 1,
        elapsed=lever.contract_elapsed if lever else 0,
        current=vector(o == tiers[c].current_offer for c, o in ids.offers),
    )


def _arriving(tiers: list[Tier], periods: int) -> Array:
    """(AL.5) Creators [c,t] who were won before the horizon."""
    found = np.zeros((len(tiers), periods))
    for n, tier in enumerate(tiers):
        if tier.arriving is None:
            weekly = tier.offers[tier.current_offer].activation * tier.current_samples
            found[n, : tier.lead] = weekly
        else:
            stated = tier.arriving[: min(tier.lead, periods)]
            found[n, : len(stated)] = stated
    return found


def visit_limit(facts: AllianceFacts, kept: Array, offer: Array) -> Array:
    """(AL.6) Visits in creators' rooms at most [co,n]."""
    limit = np.zeros(kept.shape)
    for rows in facts.rows:
        curve, effort = facts.curves[int(rows[0])], facts.effort[rows]
        limit[rows] = effort[:, None] * perspective(curve, kept[rows], offer[rows])
    return limit


def visits(facts: AllianceFacts, traffic: Array, accepted: Array) -> Array:
    """Visits by segment [co,s,n] of accepted visits [co,n], with m [s,n]."""
    return np.asarray(facts.mix[:, :, None] * traffic * accepted[:, None, :])


def orders(facts: AllianceFacts, conversion: Array, visited: Array) -> Array:
    """(AL.7) Orders [co,s,n] of visits [co,s,n], with ζ [s,n]."""
    return np.asarray(facts.conversion[:, :, None] * conversion * visited)


def contacts(facts: AllianceFacts, visited: Array, ordered: Array) -> Array:
    """(AL.8) Follow contacts [s,n]."""
    return np.asarray(
        np.tensordot(facts.contact_per_visit, visited, 1)
        + np.tensordot(facts.contact_per_order, ordered, 1)
    )


def next_pool(
    facts: AllianceFacts, d: Decisions, t: int, ordered: Array, awareness: Array
) -> Array:
    """(AL.5) Creators [c] at t + 1, from the period's orders [co,s] and awareness [s]."""
    stay = facts.tier @ ((1 - facts.churn) * d.kept[:, t])
    joined = facts.attraction * (facts.tier @ ordered.sum(axis=1))
    pulled = facts.awareness_pull * awareness.sum()
    sampled = np.empty(len(facts.lead))
    for n, lead in enumerate(facts.lead):
        if t < lead:
            sampled[n] = facts.arriving[n, t]
        else:
            sampled[n] = facts.tier[n] @ (facts.activation * d.samples[:, t - lead])
    return np.asarray(np.minimum(stay + sampled + joined + pulled, facts.most))


def cash_out(facts: AllianceFacts, d: Decisions) -> Array:
    """(AL.9) Payments for samples [t]."""
    return np.asarray(facts.sample_cost @ d.samples)


def staff_hours(facts: AllianceFacts, d: Decisions) -> Array:
    """(AL.10) Staff hours [j,t]."""
    return np.asarray(facts.crew_sample.T @ d.samples + facts.crew_upkeep.T @ d.kept)
