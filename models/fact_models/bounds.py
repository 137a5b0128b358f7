"""Upper bounds of every state and flow, from the data alone: each big-M of the program comes from here.

One pass forward in time with every lever at its largest. The numbers are valid for every plan, so that a variable can carry
them as bounds and a disaggregated row can use them as its constant.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fact_models.parameters import Parameters
from fact_models.spec.field import Account
from fact_models.spec.instance import Instance

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bounds:
    """Largest values; keys by id, arrays over periods (states: one entry more)."""

    capacity: dict[tuple[str, str], Array]
    """Reception by account and slot."""
    ratio_recommended: dict[tuple[str, str], Array]
    recommended: dict[tuple[str, str], Array]
    boosted: dict[tuple[str, str], Array]
    inflow: dict[str, Array]
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
    kol_orders: dict[str, Array]
    contacts: dict[str, Array]
    shelf: dict[str, Array]
    repeat: dict[str, Array]


def slots_of(account: Account) -> dict[str, tuple[float, float, float]]:
    """Slots of an account: (largest hours, share of the hours, factor)."""
    if not account.slots:
        return {"all": (account.hours_max, 1.0, 1.0)}
    total = sum(slot.hours_max for slot in account.slots.values())
    return {
        b: (min(slot.hours_max, account.hours_max), slot.hours_max / total, slot.factor)
        for b, slot in account.slots.items()
    }


def bounds(instance: Instance, p: Parameters) -> Bounds:
    """Upper bounds for ``instance``."""
    n, segments = p.ids.periods, instance.snowball.segments
    accounts = instance.field.accounts if instance.field else {}
    capacity = _capacity(accounts, n)
    reach = {a: sum(capacity[a, b] for b in slots_of(spec)) for a, spec in accounts.items()}
    recommended = {
        (a, s): np.minimum(p.traffic[s] * spec.ceiling[s], reach[a])
        for a, spec in accounts.items()
        for s in segments
    }
    ratio = {
        (a, s): np.full(n, spec.ceiling[s] / spec.saturation[s])
        for a, spec in accounts.items()
        for s in segments
    }
    awareness, inflow, kol_orders = _gains(instance, p)
    content = _content(instance, n)
    boosted = _boosted(instance, p, content)
    pool = _pool(instance, p)
    creator_visits, creator_orders, creator_contacts, creator_reach = _creators(instance, p)
    followers, customers, interest = {}, {}, {}
    visits: dict[tuple[str, str], Array] = {}
    base: dict[tuple[str, str], Array] = {}
    own: dict[tuple[str, str], Array] = {}
    contacts: dict[str, Array] = {}
    shelf: dict[str, Array] = {}
    repeat: dict[str, Array] = {}
    top = np.array([max(mode.order_factor for mode in modes) for modes in p.modes])
    for s, spec in segments.items():
        f, b, i = (np.zeros(n + 1) for _ in range(3))
        f[0], b[0] = spec.followers, spec.customers
        i[0] = spec.interest if instance.snowball.interest else 0.0
        w, sh, rp = np.zeros(n), np.zeros(n), np.zeros(n)
        for a in accounts:
            visits[a, s], base[a, s], own[a, s] = np.zeros(n), np.zeros(n), np.zeros(n)
        harvest = instance.snowball.interest
        for t in range(n):
            shared = spec.return_rate * p.traffic[s][t] * f[t] + inflow[s][t]
            shared += harvest.harvest_max * i[t] if harvest else 0.0
            boost = sum(float(boosted[k, s][t]) for k, z in boosted if z == s)
            shared += boost
            orders = kol_orders[s][t] + creator_orders[s][t]
            touch = creator_contacts[s][t] + _kol_contacts(instance, p, s, t)
            for a, account in accounts.items():
                v = min(recommended[a, s][t] + shared, reach[a][t])
                rate = max(spec.conversion_well or 0.0, spec.conversion) + spec.calibration_gain
                best = max(
                    rate + max(0.0, (spec.conversion_interested or 0.0) - spec.conversion),
                    rate + (spec.follower_factor - 1) * spec.conversion,
                    *(
                        rate + (k.conversion_factor - 1) * spec.conversion
                        for k in (instance.field.boosts.values() if instance.field else ())
                    ),
                    rate,
                )
                visits[a, s][t] = v
                base[a, s][t] = p.conversion[s][t] * account.conversion_factor * best * v
                own[a, s][t] = base[a, s][t] * top[t]
                orders += own[a, s][t]
                touch += spec.contact_per_visit * v + spec.contact_per_order * own[a, s][t]
            side = instance.snowball.shelf
            if side:
                sh[t] = side.per_content_order * orders + p.conversion[s][t] * p.traffic[s][t] * (
                    side.per_follower * f[t] + side.per_awareness * awareness[s][t]
                )
            rp[t] = spec.repeat_rate * p.conversion[s][t] * b[t]
            w[t] = min(touch, 2 * spec.pool)
            room = spec.pool - f[t]
            f[t + 1] = (1 - spec.unfollow) * f[t] + room * -np.expm1(-touch / room)
            b[t + 1] = (1 - spec.customer_churn) * b[t] + spec.new_customer_share * (orders + sh[t])
            if harvest:
                seeds = harvest.per_boost_visit * boost
                seeds += harvest.per_creator_visit * creator_reach[s][t]
                seeds += harvest.per_awareness * awareness[s][t]
                seeds += harvest.per_kol_visit * _kol_visits(p, s, t)
                i[t + 1] = (1 - harvest.decay) * i[t] + seeds
        followers[s], customers[s], interest[s] = f, b, i
        contacts[s], shelf[s], repeat[s] = w, sh, rp
    return Bounds(
        capacity=capacity,
        ratio_recommended=ratio,
        recommended=recommended,
        boosted=boosted,
        inflow=inflow,
        awareness=awareness,
        followers=followers,
        customers=customers,
        interest=interest,
        visits=visits,
        base=base,
        own=own,
        content=content,
        pool=pool,
        creator_visits=creator_visits,
        creator_orders=creator_orders,
        kol_orders=kol_orders,
        contacts=contacts,
        shelf=shelf,
        repeat=repeat,
    )


def _capacity(accounts: dict[str, Account], n: int) -> dict[tuple[str, str], Array]:
    return {
        (a, b): np.full(n, factor * share * float(spec.reception.value(hours / share)))
        for a, spec in accounts.items()
        for b, (hours, share, factor) in slots_of(spec).items()
    }


def _gains(
    instance: Instance, p: Parameters
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Array]]:
    n, segments = p.ids.periods, instance.snowball.segments
    awareness = {s: np.zeros(n + 1) for s in segments}
    inflow = {s: np.zeros(n) for s in segments}
    orders = {s: np.zeros(n) for s in segments}
    gain = {s: np.zeros(n) for s in segments}
    for campaign in {entry.campaign for entry in p.entries.values()}:
        mine = [entry for entry in p.entries.values() if entry.campaign == campaign]
        for s in segments:
            inflow[s] += np.max([e.coverage * e.spec.visits.get(s, 0.0) for e in mine], axis=0)
            gain[s] += np.max(
                [e.coverage / e.window_days * e.spec.awareness.get(s, 0.0) for e in mine], axis=0
            )
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
            awareness[s][t + 1] = instance.snowball.awareness_retention * awareness[s][t] + gain[s][t]
    return awareness, inflow, orders


def _kol_visits(p: Parameters, s: str, t: int) -> float:
    return sum(
        k.spec.visits_per_order * k.orders.get(s, 0.0) for k in p.sessions.values() if t in k.dates
    )


def _kol_contacts(instance: Instance, p: Parameters, s: str, t: int) -> float:
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


def _boosted(
    instance: Instance, p: Parameters, content: Array
) -> dict[tuple[str, str], Array]:
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
