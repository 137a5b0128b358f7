"""Upper bounds of every state and flow, from the data alone: each big-M of the program comes from
here.

One pass forward in time with every lever at its largest. The numbers are valid for every plan, so
that a variable can carry them as bounds and a disaggregated row can use them as its constant.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fact_models.parameters import Entry, Parameters
from fact_models.reception import parts_of
from fact_models.spec.field import Account
from fact_models.spec.instance import Instance
from fact_models.spec.snowball import Segment

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """Largest values; keys by id, arrays over periods (states: one entry more)."""

    capacity: dict[tuple[str, str], Array]
    """Reception by account and part of its hours."""
    reach: dict[str, Array]
    """Reception by account."""
    traffic: dict[tuple[str, str], Array]
    earned: dict[tuple[str, str], Array]
    recommended: dict[tuple[str, str], Array]
    boosted: dict[tuple[str, str], Array]
    inflow: dict[str, Array]
    sent: dict[tuple[str, str], Array]
    """Visits that a campaign sends, by campaign and segment."""
    others: dict[str, Array]
    """Visits that are not recommended."""
    awareness: dict[str, Array]
    followers: dict[str, Array]
    customers: dict[str, Array]
    interest: dict[str, Array]
    visits: dict[tuple[str, str], Array]
    base: dict[tuple[str, str], Array]
    own: dict[tuple[str, str], Array]
    content: Array
    pool: dict[str, Array]
    creator_visits: dict[tuple[str, str], float]
    creator_orders: dict[str, Array]
    creator_contacts: dict[str, Array]
    creator_reach: dict[str, Array]
    kol_orders: dict[str, Array]
    contacts: dict[str, Array]
    content_orders: dict[str, Array]
    shelf: dict[str, Array]
    repeat: dict[str, Array]

    def received(self, account: str, segments: Iterable[str], t: int) -> float:
        """Visits of the segments that an account receives."""
        visits = sum(float(self.visits[account, s][t]) for s in segments)
        return min(float(self.reach[account][t]), visits)


def bounds(instance: Instance, p: Parameters) -> Bounds:
    """Upper bounds for ``instance``."""
    n = p.ids.periods
    accounts = instance.field.accounts if instance.field else {}
    capacity = _capacity(accounts, n)
    sent = _by_campaign(p, lambda x, s: x.coverage * x.spec.visits.get(s, 0.0))
    awareness, inflow, kol_orders = _gains(instance, p, sent)
    content = _content(instance, n)
    creator_visits, creator_orders, creator_contacts, creator_reach = _creators(instance, p)
    rooms = [(a, s) for a in accounts for s in p.ids.segments]
    segments = p.ids.segments
    largest = Bounds(
        capacity=capacity,
        reach={
            a: np.sum([x for (b, _), x in capacity.items() if b == a], axis=0) for a in accounts
        },
        traffic={key: np.zeros(n + 1) for key in rooms},
        earned={key: np.zeros(n) for key in rooms},
        recommended={key: np.zeros(n) for key in rooms},
        boosted=_boosted(instance, p, content),
        inflow=inflow,
        sent=sent,
        others={s: np.zeros(n) for s in segments},
        awareness=awareness,
        followers={s: np.zeros(n + 1) for s in segments},
        customers={s: np.zeros(n + 1) for s in segments},
        interest={s: np.zeros(n + 1) for s in segments},
        visits={key: np.zeros(n) for key in rooms},
        base={key: np.zeros(n) for key in rooms},
        own={key: np.zeros(n) for key in rooms},
        content=content,
        pool=_pool(instance, p),
        creator_visits=creator_visits,
        creator_orders=creator_orders,
        creator_contacts=creator_contacts,
        creator_reach=creator_reach,
        kol_orders=kol_orders,
        contacts={s: np.zeros(n) for s in segments},
        content_orders={s: np.zeros(n) for s in segments},
        shelf={s: np.zeros(n) for s in segments},
        repeat={s: np.zeros(n) for s in segments},
    )
    _begin(instance, largest)
    for t in p.periods:
        for s in segments:
            _rooms(instance, p, largest, s, t)
            _deposit(instance, p, largest, s, t)
        for a, s in rooms:
            largest.traffic[a, s][t + 1] = _earned(instance, p, largest, a, s, t)
    return largest


def _begin(instance: Instance, top: Bounds) -> None:
    """States at the start of the horizon."""
    interest = instance.snowball.interest
    for s, spec in instance.snowball.segments.items():
        top.followers[s][0], top.customers[s][0] = spec.followers, spec.customers
        top.interest[s][0] = spec.interest if interest else 0.0
    for a, s in top.traffic:
        assert instance.field is not None
        account = instance.field.accounts[a]
        if instance.snowball.model == "funnel":
            top.traffic[a, s][0] = _standing(account, s)
        elif account.open:
            top.traffic[a, s][0] = min(account.traffic.get(s, 0.0), account.ceiling[s])


def _standing(account: Account, s: str) -> float:
    """(SN.19) Traffic of the funnel once the account is open."""
    today = account.traffic if account.open else account.cold_start
    return min(today.get(s, 0.0), account.ceiling[s])


def _rooms(instance: Instance, p: Parameters, top: Bounds, s: str, t: int) -> None:
    """Visits and orders of the own rooms."""
    spec, interest = instance.snowball.segments[s], instance.snowball.interest
    others = spec.return_rate * p.traffic[s][t] * top.followers[s][t] + top.inflow[s][t]
    others += interest.harvest_max * top.interest[s][t] if interest else 0.0
    others += sum(float(x[t]) for (_, z), x in top.boosted.items() if z == s)
    top.others[s][t] = others
    best = _best_rate(instance, spec)
    uplift = max(mode.order_factor for mode in p.modes[t])
    for a, account in (instance.field.accounts if instance.field else {}).items():
        reach = float(top.reach[a][t])
        recommended = min(p.traffic[s][t] * top.traffic[a, s][t], reach)
        visits = min(recommended + others, reach)
        top.recommended[a, s][t], top.visits[a, s][t] = recommended, visits
        top.base[a, s][t] = p.conversion[s][t] * account.conversion_factor * best * visits
        top.own[a, s][t] = uplift * top.base[a, s][t]


def _best_rate(instance: Instance, spec: Segment) -> float:
    """Largest number of orders per visit."""
    plain = spec.conversion
    most = max(spec.conversion_well or 0.0, plain) + spec.calibration_gain
    boosts = instance.field.boosts.values() if instance.field else ()
    extra = [
        0.0,
        (spec.conversion_interested or 0.0) - plain,
        (spec.follower_factor - 1) * plain,
        *((boost.conversion_factor - 1) * plain for boost in boosts),
    ]
    return most + max(extra)


def _deposit(instance: Instance, p: Parameters, top: Bounds, s: str, t: int) -> None:
    """Followers, customers and interest of the next period; shelf and repeat orders."""
    spec, interest, side = (
        instance.snowball.segments[s],
        instance.snowball.interest,
        instance.snowball.shelf,
    )
    known, own = top.followers[s][t], sum(float(x[t]) for (_, z), x in top.own.items() if z == s)
    visits = sum(float(x[t]) for (_, z), x in top.visits.items() if z == s)
    orders = top.kol_orders[s][t] + top.creator_orders[s][t] + own
    top.content_orders[s][t] = orders
    touch = top.creator_contacts[s][t] + _kol_contacts(p, s, t)
    touch += spec.contact_per_visit * visits + spec.contact_per_order * own
    if side:
        market = p.conversion[s][t] * p.traffic[s][t]
        standing = side.per_follower * known + side.per_awareness * top.awareness[s][t]
        top.shelf[s][t] = side.per_content_order * orders + market * standing
    top.repeat[s][t] = spec.repeat_rate * p.conversion[s][t] * top.customers[s][t]
    top.contacts[s][t] = min(touch, 2 * spec.pool)
    room = spec.pool - known
    top.followers[s][t + 1] = (1 - spec.unfollow) * known + room * -np.expm1(-touch / room)
    top.customers[s][t + 1] = (1 - spec.customer_churn) * top.customers[s][t]
    top.customers[s][t + 1] += spec.new_customer_share * (orders + top.shelf[s][t])
    if interest:
        boost = sum(float(x[t]) for (_, z), x in top.boosted.items() if z == s)
        seeds = interest.per_boost_visit * boost
        seeds += interest.per_creator_visit * top.creator_reach[s][t]
        seeds += interest.per_awareness * top.awareness[s][t]
        seeds += interest.per_kol_visit * _kol_visits(p, s, t)
        top.interest[s][t + 1] = (1 - interest.decay) * top.interest[s][t] + seeds


def _earned(instance: Instance, p: Parameters, top: Bounds, a: str, s: str, t: int) -> float:
    """(SN.2), (SN.3) Largest recommended traffic of the next period."""
    assert instance.field is not None
    account, spec = instance.field.accounts[a], instance.snowball.segments[s]
    if instance.snowball.model == "funnel":
        return _standing(account, s)
    market = float(p.traffic[s][t])
    found = spec.persistence * top.traffic[a, s][t] + account.cold_start.get(s, 0.0)
    shared = spec.traffic_per_follower * top.followers[s][t]
    shared += spec.traffic_per_awareness * top.awareness[s][t]
    if market > 0:
        own = top.own[a, s][t]
        contacts = spec.contact_per_visit * top.visits[a, s][t] + spec.contact_per_order * own
        found += spec.persistence_served * top.recommended[a, s][t] / market
        found += (spec.traffic_per_order * own + spec.traffic_per_contact * contacts) / market
        spill = spec.traffic_per_order * instance.snowball.alliance_spill
        shared += spill * top.creator_orders[s][t] / market
    for other, rate in spec.lookalike.items():
        if p.traffic[other][t] > 0:
            found += rate * top.own[a, other][t] / float(p.traffic[other][t])
    scale = account.saturation[s]
    top.earned[a, s][t] = found + account.share * shared
    earned = -scale * np.expm1(-top.earned[a, s][t] / scale)
    return float(min(earned, account.ceiling[s]))


def _capacity(accounts: dict[str, Account], n: int) -> dict[tuple[str, str], Array]:
    return {
        (a, k): np.full(n, part.curve.value(part.hours_max) if part.curve else 0.0)
        for a, spec in accounts.items()
        for k, part in parts_of(spec).items()
    }


def _by_campaign(
    p: Parameters, amount: Callable[[Entry, str], Array]
) -> dict[tuple[str, str], Array]:
    """Largest amount (T,) that a package brings to a segment, by campaign and segment."""
    return {
        (e, s): np.max([amount(x, s) for x in p.entries.values() if x.campaign == e], axis=0)
        for e in sorted({entry.campaign for entry in p.entries.values()})
        for s in p.ids.segments
    }


def _gains(
    instance: Instance, p: Parameters, sent: dict[tuple[str, str], Array]
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    n, segments = p.ids.periods, instance.snowball.segments
    awareness = {s: np.zeros(n + 1) for s in segments}
    inflow = {s: np.zeros(n) for s in segments}
    orders = {s: np.zeros(n) for s in segments}
    gain = {s: np.zeros(n) for s in segments}
    for (_, s), visits in sent.items():
        inflow[s] += visits
    known = _by_campaign(p, lambda x, s: x.coverage / x.window_days * x.spec.awareness.get(s, 0.0))
    for (_, s), points in known.items():
        gain[s] += points
    for session in p.sessions.values():
        deal = session.spec
        for t in session.dates:
            for s in segments:
                inflow[s][t] += deal.acceptance * deal.own_visits.get(s, 0.0)
                gain[s][t] += deal.acceptance * deal.awareness.get(s, 0.0)
                orders[s][t] += session.orders.get(s, 0.0)
    for s, spec in segments.items():
        awareness[s][0] = spec.awareness
        for t in range(n):
            awareness[s][t + 1] = (
                instance.snowball.awareness_retention * awareness[s][t] + gain[s][t]
            )
    return awareness, inflow, orders


def _kol_visits(p: Parameters, s: str, t: int) -> float:
    return sum(
        k.spec.visits_per_order * k.orders.get(s, 0.0) for k in p.sessions.values() if t in k.dates
    )


def _kol_contacts(p: Parameters, s: str, t: int) -> float:
    return sum(
        (k.spec.contact_per_visit * k.spec.visits_per_order + k.spec.contact_per_order)
        * k.orders.get(s, 0.0)
        for k in p.sessions.values()
        if t in k.dates
    )


def _content(instance: Instance, n: int) -> Array:
    stock = np.zeros(n + 1)
    if instance.field and instance.field.content:
        c = instance.field.content
        stock[0] = c.stock
        for t in range(n):
            stock[t + 1] = (1 - c.decay) * stock[t] + c.made_max + c.bought_max
    return stock


def _boosted(instance: Instance, p: Parameters, content: Array) -> dict[tuple[str, str], Array]:
    found = {}
    for i, boost in (instance.field.boosts if instance.field else {}).items():
        spend = boost.spend_max / p.boost_cost
        if boost.per_content:
            stock = np.maximum(content[:-1], 1e-12)
            most = stock * np.asarray(boost.curve.value(spend / stock))
        else:
            most = np.asarray(boost.curve.value(spend))
        for s in p.ids.segments:
            found[i, s] = boost.mix.get(s, 0.0) * p.traffic[s] * most
    return found


def _pool(instance: Instance, p: Parameters) -> dict[str, Array]:
    return {
        c: np.full(
            p.ids.periods + 1, max(tier.pool, *(offer.supply for offer in tier.offers.values()))
        )
        for c, tier in (instance.alliance.tiers if instance.alliance else {}).items()
    }


def _creators(
    instance: Instance, p: Parameters
) -> tuple[dict[tuple[str, str], float], dict[str, Array], dict[str, Array], dict[str, Array]]:
    n, segments = p.ids.periods, p.ids.segments
    most: dict[tuple[str, str], float] = {}
    orders, contacts, reach = ({s: np.zeros(n) for s in segments} for _ in range(3))
    for c, tier in (instance.alliance.tiers if instance.alliance else {}).items():
        for o, offer in tier.offers.items():
            most[c, o] = offer.effort * float(tier.visits.value(offer.supply))
        peak = max(most[c, o] for o in tier.offers)
        for s in segments:
            seen = tier.mix.get(s, 0.0) * p.traffic[s] * peak
            sold = tier.conversion.get(s, 0.0) * p.conversion[s] * seen
            reach[s] += seen
            orders[s] += sold
            contacts[s] += tier.contact_per_visit * seen + tier.contact_per_order * sold
    return most, orders, contacts, reach
