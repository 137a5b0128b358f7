"""Snowball: what converts and is deposited returns as recommended traffic, followers, customers
and interest.

Equations (SN.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/snowball.py.
"""

from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from fact_models.bounds import Bounds
from fact_models.parameters import Parameters
from fact_models.spec.field import Field
from fact_models.spec.snowball import Segment, Snowball
from fact_models.terms import SATURATION, Terms


@dataclass(frozen=True)
class Flows:
    """What the levers offer, by segment and period; a lever that is not used offers 0."""

    own_orders: Any
    creator_orders: Any
    creator_visits: Any
    creator_contacts: Any
    kol_orders: Any
    kol_visits: Any
    kol_contacts: Any
    inflow: Any
    gain: Any


def declare_states(b: Any, spec: Snowball, p: Parameters, top: Bounds) -> None:
    """Declare the states and the accepted shelf and repeat orders on ``b``."""
    ends, segments = range(p.ids.periods + 1), p.ids.segments
    rooms = [(a, s) for a in p.ids.accounts for s in segments]

    def at_most(values: dict[str, Any]) -> Any:
        return lambda _, s, t: (0, float(values[s][t]))

    b.traffic = pyo.Var(
        rooms,
        ends,
        bounds=lambda _, a, s, t: (0, float(top.traffic[a, s][t])),
        doc="R [visit]",
    )
    b.followers = pyo.Var(segments, ends, bounds=at_most(top.followers), doc="F [person]")
    b.customers = pyo.Var(segments, ends, bounds=at_most(top.customers), doc="B [person]")
    b.interest = pyo.Var(segments, ends, bounds=at_most(top.interest), doc="P [person]")
    b.awareness = pyo.Var(segments, ends, bounds=at_most(top.awareness), doc="A [point]")
    b.contacts = pyo.Var(segments, p.periods, bounds=at_most(top.contacts), doc="w [person]")
    b.new_followers = pyo.Var(
        segments,
        p.periods,
        bounds=lambda _, s, t: (0, min(spec.segments[s].pool, float(top.contacts[s][t]))),
        doc="N [person]",
    )
    b.shelf_orders = pyo.Var(segments, p.periods, bounds=at_most(top.shelf), doc="shelf [order]")
    b.repeat_orders = pyo.Var(segments, p.periods, bounds=at_most(top.repeat), doc="rep [order]")


def matching(spec: Snowball) -> dict[str, Segment]:
    """Rates of the segments; (SN.19) the funnel matches nobody."""
    if spec.model != "funnel":
        return spec.segments
    return {
        s: rates.model_copy(update={"calibration_gain": 0.0}) for s, rates in spec.segments.items()
    }


def build(
    b: Any,
    spec: Snowball,
    p: Parameters,
    top: Bounds,
    terms: Terms,
    *,
    field_spec: Field | None,
    field: Any,
    flows: Flows,
) -> None:
    """Write the laws on ``b``; ``field`` is the block of the own rooms (None without any)."""
    if field_spec:
        _own_rooms(b, spec, p, top, terms, field_spec, field, flows)
        if spec.model == "funnel":
            _today_traffic(b, p, field_spec, field)
        else:
            _recommendation(b, spec, p, top, terms, field_spec, field, flows)
    _followers(b, spec, p, terms, field_spec, field, flows)
    _customers(b, spec, p, top, flows)
    _interest(b, spec, p, field_spec, field, flows)


def _own_rooms(
    b: Any,
    spec: Snowball,
    p: Parameters,
    top: Bounds,
    terms: Terms,
    field_spec: Field,
    field: Any,
    flows: Flows,
) -> None:
    """What may be served in the own rooms: recommended, returning, matched, flowing in."""
    times, segments, accounts = list(p.periods), p.ids.segments, list(field_spec.accounts)
    rooms = [(a, s) for a in accounts for s in segments]

    @b.Constraint(rooms, times, doc="(SN.1) recommended visits")
    def recommended_limit(b, a, s, t):
        return field.recommended[a, s, t] <= float(p.traffic[s][t]) * b.traffic[a, s, t]

    @b.Constraint(rooms, range(1, len(times) + 1), doc="(SN.4) ceiling of an open account")
    def ceiling_when_open(b, a, s, t):
        if field_spec.accounts[a].open:
            return pyo.Constraint.Skip
        now = min(t, len(times) - 1)
        return b.traffic[a, s, t] <= float(top.traffic[a, s][t]) * field.open[a, now]

    @b.Constraint(segments, times, doc="(SN.5) returning followers")
    def returning_limit(b, s, t):
        rate = spec.segments[s].return_rate * float(p.traffic[s][t])
        return sum(field.returning[a, s, t] for a in accounts) <= rate * b.followers[s, t]

    learning = [s for s, rates in matching(spec).items() if rates.calibration_gain > 0]
    for s in learning:
        for t in times:
            rates = spec.segments[s]
            terms.add(
                "SN.6",
                (s, t),
                y=sum(field.matched[a, s, t] for a in accounts),
                x=b.followers[s, t] / rates.calibration_scale,
                s=sum(field.visits[a, s, t] for a in accounts),
                phi=SATURATION,
                last=8.0,
            )

    @b.Constraint([(a, s) for a, s in rooms if s in learning], times, doc="(SN.7) matched visits")
    def matched_limit(b, a, s, t):
        return field.matched[a, s, t] <= field.visits[a, s, t]

    @b.Constraint(segments, times, doc="(SN.18) inflow into own rooms")
    def inflow_limit(b, s, t):
        return sum(field.inflow[a, s, t] for a in accounts) <= flows.inflow(s, t)

    @b.Expression(rooms, times, doc="(SN.8) contacts in own rooms")
    def own_contacts(b, a, s, t):
        rates = spec.segments[s]
        return (
            rates.contact_per_visit * field.visits[a, s, t]
            + rates.contact_per_order * flows.own_orders[a, s, t]
        )


def _recommendation(
    b: Any,
    spec: Snowball,
    p: Parameters,
    top: Bounds,
    terms: Terms,
    field_spec: Field,
    field: Any,
    flows: Flows,
) -> None:
    """Recommended traffic answers to what was served, ordered, followed and known."""
    times, segments = list(p.periods), p.ids.segments
    rooms = [(a, s) for a in field_spec.accounts for s in segments]

    b.earned = pyo.Var(
        rooms, times, bounds=lambda _, a, s, t: (0, float(top.earned[a, s][t])), doc="E [visit]"
    )

    @b.Constraint(rooms, times, doc="(SN.2) traffic earned")
    def earned_limit(b, a, s, t):
        rates, account = spec.segments[s], field_spec.accounts[a]
        market = float(p.traffic[s][t])
        found = rates.persistence * b.traffic[a, s, t]
        found += account.cold_start.get(s, 0.0) * field.open[a, t]
        found += account.share * (
            rates.traffic_per_follower * b.followers[s, t]
            + rates.traffic_per_awareness * b.awareness[s, t]
        )
        if market > 0:
            found += rates.persistence_served / market * field.recommended[a, s, t]
            found += rates.traffic_per_order / market * flows.own_orders[a, s, t]
            found += rates.traffic_per_contact / market * b.own_contacts[a, s, t]
            spill = account.share * rates.traffic_per_order * spec.alliance_spill / market
            if spill > 0:
                found += spill * flows.creator_orders(s, t)
        for other, rate in rates.lookalike.items():
            if p.traffic[other][t] > 0:
                found += rate / float(p.traffic[other][t]) * flows.own_orders[a, other, t]
        return b.earned[a, s, t] <= found

    for a, s in rooms:
        scale = field_spec.accounts[a].saturation[s]
        for t in times:
            ends = t + 1 == p.ids.periods
            terms.add(
                "SN.3",
                (a, s, t),
                y=b.traffic[a, s, t + 1],
                x=b.earned[a, s, t],
                s=scale * (field.open[a, t] if ends else field.open[a, t + 1]),
                phi=SATURATION,
                last=2 * float(top.traffic[a, s][t + 1]) / scale + 1e-6,
            )


def _today_traffic(b: Any, p: Parameters, field_spec: Field, field: Any) -> None:
    """Funnel: natural traffic stays at today's level."""
    rooms = [(a, s) for a in field_spec.accounts for s in p.ids.segments]

    @b.Constraint(rooms, list(p.periods), doc="(SN.19) traffic of the funnel")
    def today_traffic(b, a, s, t):
        account = field_spec.accounts[a]
        today = account.traffic if account.open else account.cold_start
        return b.traffic[a, s, t] <= today.get(s, 0.0) * field.open[a, t]


def _followers(
    b: Any,
    spec: Snowball,
    p: Parameters,
    terms: Terms,
    field_spec: Field | None,
    field: Any,
    flows: Flows,
) -> None:
    """Contacts make followers out of a finite pool; awareness decays."""
    times, segments = list(p.periods), p.ids.segments

    @b.Constraint(segments, times, doc="(SN.9) contacts")
    def contact_sum(b, s, t):
        own = sum(b.own_contacts[a, s, t] for a in p.ids.accounts)
        return b.contacts[s, t] <= own + flows.creator_contacts(s, t) + flows.kol_contacts(s, t)

    @b.Constraint(segments, times, doc="(SN.10) contacts that the pool can take")
    def contact_limit(b, s, t):
        return b.contacts[s, t] <= 2 * (spec.segments[s].pool - b.followers[s, t])

    for s in segments:
        for t in times:
            terms.add(
                "SN.11",
                (s, t),
                y=b.new_followers[s, t],
                x=b.contacts[s, t],
                s=spec.segments[s].pool - b.followers[s, t],
                phi=SATURATION,
                last=2.0,
            )

    @b.Constraint(segments, times, doc="(SN.11) follower balance")
    def follower_balance(b, s, t):
        kept = (1 - spec.segments[s].unfollow) * b.followers[s, t]
        return b.followers[s, t + 1] <= kept + b.new_followers[s, t]

    @b.Constraint(segments, times, doc="(SN.16) awareness balance")
    def awareness_balance(b, s, t):
        kept = spec.awareness_retention * b.awareness[s, t]
        return b.awareness[s, t + 1] <= kept + flows.gain(s, t)


def _customers(b: Any, spec: Snowball, p: Parameters, top: Bounds, flows: Flows) -> None:
    """Orders make customers, customers order again; the shelf sells to those who know the
    merchant.
    """
    times, segments = list(p.periods), p.ids.segments

    b.content_orders = pyo.Var(
        segments,
        times,
        bounds=lambda _, s, t: (0, float(top.content_orders[s][t])),
        doc="orders before the shelf [order]",
    )

    @b.Constraint(segments, times, doc="(SN.20) orders from rooms, creators and deals")
    def content_order_sum(b, s, t):
        own = sum(flows.own_orders[a, s, t] for a in p.ids.accounts)
        sold = own + flows.creator_orders(s, t) + flows.kol_orders(s, t)
        return b.content_orders[s, t] == sold

    @b.Constraint(segments, times, doc="(SN.12) customer balance")
    def customer_balance(b, s, t):
        rates = spec.segments[s]
        kept = (1 - rates.customer_churn) * b.customers[s, t]
        new = rates.new_customer_share * (b.content_orders[s, t] + b.shelf_orders[s, t])
        return b.customers[s, t + 1] <= kept + new

    @b.Constraint(segments, times, doc="(SN.13) repeat orders")
    def repeat_limit(b, s, t):
        rate = spec.segments[s].repeat_rate * float(p.conversion[s][t])
        return b.repeat_orders[s, t] <= rate * b.customers[s, t]

    @b.Constraint(segments, times, doc="(SN.17) shelf orders")
    def shelf_limit(b, s, t):
        shelf = spec.shelf
        if shelf is None:
            return b.shelf_orders[s, t] <= 0
        market = float(p.conversion[s][t] * p.traffic[s][t])
        known = shelf.per_follower * b.followers[s, t] + shelf.per_awareness * b.awareness[s, t]
        caught = shelf.per_content_order * b.content_orders[s, t]
        return b.shelf_orders[s, t] <= market * known + caught


def _interest(
    b: Any, spec: Snowball, p: Parameters, field_spec: Field | None, field: Any, flows: Flows
) -> None:
    """Seeding fills the pool of interested people, harvesting drains it."""
    times, segments, pool = list(p.periods), p.ids.segments, spec.interest
    if pool is None:
        return
    accounts = list(field_spec.accounts) if field_spec else []
    boosts = list(field_spec.boosts) if field_spec else []

    @b.Constraint(segments if accounts else [], times, doc="(SN.14) harvest")
    def harvest_limit(b, s, t):
        return (
            sum(field.harvested[a, s, t] for a in accounts) <= pool.harvest_max * b.interest[s, t]
        )

    @b.Constraint(segments, times, doc="(SN.15) interest balance")
    def interest_balance(b, s, t):
        seeds = pool.per_creator_visit * flows.creator_visits(s, t)
        seeds += pool.per_kol_visit * flows.kol_visits(s, t)
        seeds += pool.per_awareness * b.awareness[s, t]
        if pool.per_boost_visit > 0:
            seeds += pool.per_boost_visit * sum(
                field.boosted[i, a, s, t] for i in boosts for a in accounts
            )
        drained = sum(field.harvested[a, s, t] for a in accounts)
        return b.interest[s, t + 1] <= (1 - pool.decay) * b.interest[s, t] + seeds - drained
