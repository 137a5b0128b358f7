"""Alliance: creators work under an offer, leave, join, and bring visits to rooms of their own.

Equations (AL.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/alliance.py.
"""

from typing import Any

import pyomo.environ as pyo

from fact_models.bounds import Bounds
from fact_models.parameters import Parameters
from fact_models.spec.alliance import Alliance
from fact_models.terms import Terms


def build(
    b: Any, spec: Alliance, p: Parameters, top: Bounds, terms: Terms, *, awareness: Any
) -> None:
    """Write the mechanism on ``b``. It offers creators' orders, visits, contacts, ``cash_out`` and
    ``staff_hours``; it takes the ``awareness`` by segment and period.
    """
    _offers(b, spec, p)
    _pool(b, spec, p, top)
    _visits(b, spec, p, top, terms)
    _balance(b, spec, p, awareness)
    _use(b, spec, p)


def _offers(b: Any, spec: Alliance, p: Parameters) -> None:
    """One offer a tier, kept for a contract block."""
    past = spec.contract_elapsed
    blocks = range((p.ids.periods - 1 + past) // spec.contract_periods + 1)
    choices = {c: tier for c, tier in spec.tiers.items() if len(tier.offers) > 1}
    pairs = [(c, o) for c, o in p.ids.offers if c in choices]
    b.choice = pyo.Var(pairs, blocks, domain=pyo.Binary, doc="offer [1]")
    for c in choices if past else ():
        b.choice[c, spec.tiers[c].current_offer, 0].setlb(1)

    @b.Constraint(list(choices), blocks, doc="(AL.1) one offer")
    def one_offer(b, c, k):
        return sum(b.choice[c, o, k] for o in choices[c].offers) == 1

    @b.Expression(p.ids.offers, list(p.periods))
    def offer(b, c, o, t):
        return b.choice[c, o, (t + past) // spec.contract_periods] if c in choices else 1.0


def _pool(b: Any, spec: Alliance, p: Parameters, top: Bounds) -> None:
    """Creators kept under the offer, samples sent under it."""
    times = list(p.periods)
    b.pool = pyo.Var(
        list(spec.tiers),
        range(len(times) + 1),
        bounds=lambda _, c, t: (0, float(top.pool[c][t])),
        doc="N [creator]",
    )
    for c, tier in spec.tiers.items():
        b.pool[c, 0].setub(tier.pool)
    b.kept = pyo.Var(
        p.ids.offers,
        times,
        bounds=lambda _, c, o, t: (0, top.kept(spec, c, o, t)),
        doc="keep [creator]",
    )
    b.samples = pyo.Var(
        p.ids.offers,
        times,
        bounds=lambda _, c, o, t: (0, spec.tiers[c].samples_max),
        doc="sam [item]",
    )

    @b.Constraint(list(spec.tiers), times, doc="(AL.2) kept creators")
    def kept_limit(b, c, t):
        return sum(b.kept[c, o, t] for o in spec.tiers[c].offers) <= b.pool[c, t]

    @b.Constraint(p.ids.offers, times, doc="(AL.3) supply under the offer")
    def supply_limit(b, c, o, t):
        return b.kept[c, o, t] <= top.kept(spec, c, o, t) * b.offer[c, o, t]

    @b.Constraint(p.ids.offers, times, doc="(AL.4) samples under the offer")
    def sample_limit(b, c, o, t):
        return b.samples[c, o, t] <= spec.tiers[c].samples_max * b.offer[c, o, t]


def _visits(b: Any, spec: Alliance, p: Parameters, top: Bounds, terms: Terms) -> None:
    """Accepted visits in creators' rooms and the orders that follow from them."""
    times = list(p.periods)
    b.visits = pyo.Var(
        p.ids.offers,
        times,
        bounds=lambda _, c, o, t: (0, float(top.creator_visits[c, o][t])),
        doc="vis [visit]",
    )
    for c, o in p.ids.offers:
        tier, offer = spec.tiers[c], spec.tiers[c].offers[o]
        if offer.effort == 0:
            continue
        for t in times:
            terms.add(
                "AL.6",
                (c, o, t),
                y=b.visits[c, o, t] / offer.effort,
                x=b.kept[c, o, t],
                s=b.offer[c, o, t],
                phi=tier.visits,
                last=top.kept(spec, c, o, t),
            )

    @b.Expression(p.ids.offers, p.ids.segments, times)
    def segment_visits(b, c, o, s, t):
        return spec.tiers[c].mix.get(s, 0.0) * float(p.traffic[s][t]) * b.visits[c, o, t]

    @b.Expression(p.ids.offers, p.ids.segments, times, doc="(AL.7) creators' orders")
    def orders(b, c, o, s, t):
        rate = spec.tiers[c].conversion.get(s, 0.0) * float(p.conversion[s][t])
        return rate * spec.tiers[c].mix.get(s, 0.0) * float(p.traffic[s][t]) * b.visits[c, o, t]

    b.all_orders = pyo.Var(
        p.ids.segments,
        times,
        bounds=lambda _, s, t: (0, float(top.creator_orders[s][t])),
        doc="orders in creators' rooms [order]",
    )

    @b.Constraint(p.ids.segments, times, doc="(AL.11) orders of all creators")
    def all_orders_sum(b, s, t):
        return b.all_orders[s, t] == sum(b.orders[c, o, s, t] for c, o in p.ids.offers)

    @b.Expression(p.ids.segments, times, doc="visits in all creators' rooms")
    def all_visits(b, s, t):
        return sum(b.segment_visits[c, o, s, t] for c, o in p.ids.offers)

    @b.Expression(p.ids.segments, times, doc="(AL.8) contacts")
    def contacts(b, s, t):
        return sum(
            spec.tiers[c].contact_per_visit * b.segment_visits[c, o, s, t]
            + spec.tiers[c].contact_per_order * b.orders[c, o, s, t]
            for c, o in p.ids.offers
        )


def _balance(b: Any, spec: Alliance, p: Parameters, awareness: Any) -> None:
    """Creators leave, are won by samples, and come by themselves to a product that sells."""

    @b.Constraint(list(spec.tiers), list(p.periods), doc="(AL.5) pool balance")
    def pool_balance(b, c, t):
        tier = spec.tiers[c]
        stay = sum((1 - offer.churn) * b.kept[c, o, t] for o, offer in tier.offers.items())
        if t < tier.lead:
            won = tier.won_before(t)
        else:
            won = sum(
                offer.activation * b.samples[c, o, t - tier.lead]
                for o, offer in tier.offers.items()
            )
        come = 0.0
        if tier.attraction > 0:
            come += tier.attraction * sum(
                b.orders[c, o, s, t] for o in tier.offers for s in p.ids.segments
            )
        if tier.awareness_pull > 0:
            come += tier.awareness_pull * sum(awareness[s, t] for s in p.ids.segments)
        return b.pool[c, t + 1] <= stay + won + come


def _use(b: Any, spec: Alliance, p: Parameters) -> None:
    """Money and hours that the lever takes."""
    times = list(p.periods)

    @b.Expression(times, doc="(AL.9) cash out")
    def cash_out(b, t):
        return sum(spec.tiers[c].sample_cost * b.samples[c, o, t] for c, o in p.ids.offers)

    @b.Expression(p.ids.roles, times, doc="(AL.10) staff hours")
    def staff_hours(b, j, t):
        return sum(
            spec.tiers[c].crew_sample.get(j, 0.0) * b.samples[c, o, t]
            + spec.tiers[c].crew_upkeep.get(j, 0.0) * b.kept[c, o, t]
            for c, o in p.ids.offers
        )
