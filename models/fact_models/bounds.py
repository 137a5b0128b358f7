"""Upper bounds of every state and flow, from the data alone: each big-M of the program comes from
here.

One pass forward in time with every lever at its largest. The numbers are valid for every plan, so
that a variable can carry them as bounds and a disaggregated row can use them as its constant.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fact_models.parameters import Entry, Parameters, Session
from fact_models.reception import parts_of
from fact_models.spec.alliance import Alliance, Tier
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
    creator_visits: dict[tuple[str, str], Array]
    creator_orders: dict[str, Array]
    creator_contacts: dict[str, Array]
    creator_reach: dict[str, Array]
    kol_orders: dict[str, Array]
    kol_visits: dict[str, Array]
    kol_contacts: dict[str, Array]
    contacts: dict[str, Array]
    content_orders: dict[str, Array]
    shelf: dict[str, Array]
    repeat: dict[str, Array]

    def received(self, account: str, segments: Iterable[str], t: int) -> float:
        """Visits of the segments that an account receives."""
        visits = sum(float(self.visits[account, s][t]) for s in segments)
        return min(float(self.reach[account][t]), visits)

    def kept(self, spec: Alliance, c: str, o: str, t: int) -> float:
        """Creators of tier ``c`` who work under offer ``o``."""
        return min(spec.tiers[c].offers[o].supply, float(self.pool[c][t]))


def bounds(instance: Instance, p: Parameters) -> Bounds:
    """Upper bounds for ``instance``."""
    n = p.ids.periods
    accounts = instance.field.accounts if instance.field else {}
    capacity = _capacity(accounts, n)
    sent = _by_campaign(p, lambda x, s: x.coverage * x.spec.visits.get(s, 0.0))
    awareness, kol_inflow = _awareness(instance, p), _by_session(instance, p, _inflow)
    content = _content(instance, n)
    partners = _creators(instance, p, awareness)
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
        inflow={
            s: kol_inflow[s] + sum(x for (_, z), x in sent.items() if z == s) for s in segments
        },
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
        pool=partners.pool,
        creator_visits=partners.visits,
        creator_orders=partners.orders,
        creator_contacts=partners.contacts,
        creator_reach=partners.reach,
        kol_orders=_by_session(instance, p, _orders),
        kol_visits=_by_session(instance, p, _visits),
        kol_contacts=_by_session(instance, p, _contacts),
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
    touch = top.creator_contacts[s][t] + top.kol_contacts[s][t]
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
        seeds += interest.per_kol_visit * top.kol_visits[s][t]
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


def _by_session(
    instance: Instance, p: Parameters, amount: Callable[[Session, str], float]
) -> dict[str, Array]:
    """Largest amount (T,) that sessions bring to a segment; where they are spaced, (KO.2) allows
    one a period.
    """
    spaced = instance.kol is not None and instance.kol.spacing > 0
    join = np.maximum if spaced else np.add
    found = {s: np.zeros(p.ids.periods) for s in p.ids.segments}
    for session in p.sessions.values():
        dates = list(session.dates)
        for s, most in found.items():
            most[dates] = join(most[dates], amount(session, s))
    return found


def _inflow(session: Session, s: str) -> float:
    return session.spec.acceptance * session.spec.own_visits.get(s, 0.0)


def _orders(session: Session, s: str) -> float:
    return session.orders.get(s, 0.0)


def _visits(session: Session, s: str) -> float:
    return session.spec.visits_per_order * _orders(session, s)


def _contacts(session: Session, s: str) -> float:
    deal = session.spec
    return deal.contact_per_visit * _visits(session, s) + deal.contact_per_order * _orders(
        session, s
    )


def _gain(session: Session, s: str) -> float:
    return session.spec.acceptance * session.spec.awareness.get(s, 0.0)


def _awareness(instance: Instance, p: Parameters) -> dict[str, Array]:
    """(SN.17) Awareness (T + 1,) by segment."""
    known = _by_campaign(p, lambda x, s: x.coverage / x.window_days * x.spec.awareness.get(s, 0.0))
    won, retained = _by_session(instance, p, _gain), instance.snowball.awareness_retention
    found = {}
    for s, spec in instance.snowball.segments.items():
        gain = sum((x for (_, z), x in known.items() if z == s), np.zeros(p.ids.periods))
        # A session a period, and every deal once, at its best date so far.
        deals = np.minimum(_held(retained, won[s]), _once(p, retained, s))
        found[s] = _held(retained, gain, spec.awareness) + deals
    return found


def _held(retained: float, gain: Array, first: float = 0.0) -> Array:
    """What is there (T + 1,) of a ``first`` stock and what is gained (T,)."""
    found = np.full(gain.size + 1, first)
    for t, amount in enumerate(gain):
        found[t + 1] = retained * found[t] + amount
    return found


def _once(p: Parameters, retained: float, s: str) -> Array:
    """What is there (T + 1,) of the awareness of all deals, each at its best date so far."""
    found = np.zeros(p.ids.periods + 1)
    for session in p.sessions.values():
        mine = np.zeros_like(found)
        for t in p.periods:
            mine[t + 1] = _gain(session, s) if t in session.dates else retained * mine[t]
        found += mine
    return found


def _content(instance: Instance, n: int) -> Array:
    content = instance.field.content if instance.field else None
    if content is None:
        return np.zeros(n + 1)
    most = np.full(n, content.made_max + content.bought_max)
    return _held(1 - content.decay, most, content.stock)


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


@dataclass(frozen=True)
class _Partners:
    """Largest pools by tier, visits by tier and offer, and what they bring by segment."""

    pool: dict[str, Array]
    visits: dict[tuple[str, str], Array]
    orders: dict[str, Array]
    contacts: dict[str, Array]
    reach: dict[str, Array]


def _creators(instance: Instance, p: Parameters, awareness: dict[str, Array]) -> _Partners:
    """(AL.5), (AL.6) with every sample sent under the offer that is best for each."""
    n, segments = p.ids.periods, p.ids.segments
    flows = [{s: np.zeros(n) for s in segments} for _ in range(3)]
    found = _Partners({}, {}, *flows)
    for c, tier in (instance.alliance.tiers if instance.alliance else {}).items():
        pool = found.pool[c] = np.zeros(n + 1)
        pool[0] = tier.pool
        for o in tier.offers:
            found.visits[c, o] = np.zeros(n)
        pulled = tier.awareness_pull * sum((awareness[s] for s in segments), np.zeros(n + 1))
        for t in range(n):
            peak = 0.0
            for o, offer in tier.offers.items():
                most = tier.visits.value(min(float(pool[t]), offer.supply))
                found.visits[c, o][t] = offer.effort * float(most)
                peak = max(peak, float(found.visits[c, o][t]))
            sales = 0.0
            for s in segments:
                seen = tier.mix.get(s, 0.0) * float(p.traffic[s][t]) * peak
                sold = tier.conversion.get(s, 0.0) * float(p.conversion[s][t]) * seen
                sales += sold
                found.reach[s][t] += seen
                found.orders[s][t] += sold
                found.contacts[s][t] += (
                    tier.contact_per_visit * seen + tier.contact_per_order * sold
                )
            pool[t + 1] = _next_pool(tier, t, float(pool[t]), sales) + pulled[t]
            pool[t + 1] = min(pool[t + 1], max(offer.supply for offer in tier.offers.values()))
    return found


def _next_pool(tier: Tier, t: int, pool: float, sales: float) -> float:
    """Largest pool after period ``t``, without those whom awareness brings."""
    offers = tier.offers.values()
    stay = max((1 - offer.churn) * min(pool, offer.supply) for offer in offers)
    sampled = max(offer.activation for offer in offers) * tier.samples_max
    won = tier.won_before(t) if t < tier.lead else sampled
    return stay + won + tier.attraction * sales
