"""Origins of the states from period to period: what an event leaves behind is the snowball's."""

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.course import Course
from fact_models.replay.provenance.mixing import left_behind, scaled, shares
from fact_models.replay.provenance.origins import Origins
from fact_models.replay.provenance.partners import Partners
from fact_models.replay.provenance.rooms import Rooms, Stocks


def beginning(w: Course, origins: Origins) -> Stocks:
    """(AT.8) What is there on day one is organic."""
    return Stocks(
        traffic=origins.organic(w.traffic[..., 0]),
        followers=origins.organic(w.followers[:, 0]),
        customers=origins.organic(w.customers[:, 0]),
        interest=origins.organic(w.interest[:, 0]),
        awareness=origins.organic(w.awareness[:, 0]),
        pool=origins.organic(w.pool[:, 0]),
    )


def later(
    w: Course,
    stocks: Stocks,
    own: Rooms,
    others: Partners,
    shelf: Array,
    origins: Origins,
    t: int,
) -> Stocks:
    """(AT.9) Origins of the states of t + 1; ``shelf`` [s,n] are those of the shelf's orders."""
    law = w.known.snowball
    first = own.orders.sum(axis=0) + others.creator_orders + others.kol_orders
    contacts = left_behind(own.contacts.sum(axis=0) + others.contacts)
    followers = (1 - law.unfollow) * stocks.followers
    followers = followers + scaled(contacts, w.new_followers[:, t])
    bought = law.new_customer_share * left_behind(first + shelf)
    customers = (1 - law.customer_churn) * stocks.customers + bought
    return Stocks(
        traffic=scaled(_traffic(w, stocks, own, others, origins, t), w.traffic[..., t + 1]),
        followers=scaled(followers, w.followers[:, t + 1]),
        customers=scaled(customers, w.customers[:, t + 1]),
        interest=scaled(_interest(w, stocks, own, others), w.interest[:, t + 1]),
        awareness=scaled(_awareness(w, stocks, origins, t), w.awareness[:, t + 1]),
        pool=scaled(_pool(w, stocks, others, origins, t), w.pool[:, t + 1]),
    )


def _cold_start(w: Course, origins: Origins, t: int) -> Array:
    """(AT.10) Shares [a,n] of the traffic that an open room gets by itself: organic, or the
    plan's that opened the room.
    """
    found = origins.organic(w.known.field.opened)
    for n, (a, opened) in enumerate(zip(w.known.ids.accounts, w.known.field.opened, strict=True)):
        if not opened:
            found[n, origins.place("room", a, t)] = 1.0
    return found


def _traffic(
    w: Course, stocks: Stocks, own: Rooms, others: Partners, origins: Origins, t: int
) -> Array:
    """(AT.9) Drive of next period's traffic [a,s,n] by (SN.2), before it saturates."""
    law, field = w.known.snowball, w.known.field
    by_room = _cold_start(w, origins, t)[:, None, :]
    if law.funnel:
        return np.asarray(by_room * np.ones((1, stocks.traffic.shape[1], 1)))
    per = w.known.season.per_traffic[:, t, None]
    alpha = law.per_order
    earned = (alpha * own.orders + law.per_contact * own.contacts) * per
    alike = np.einsum("sz,azn->asn", law.lookalike, own.orders * per)
    shared = law.per_follower * stocks.followers + law.per_awareness * stocks.awareness
    shared = shared + alpha * law.spill * others.creator_orders * per
    kept = law.persistence * stocks.traffic + law.persistence_served * own.recommended * per
    start = (field.cold_start * w.open[:, t, None])[..., None]
    grown = earned + alike + field.share[:, None, None] * shared
    return np.asarray(kept + left_behind(grown) + start * by_room)


def _interest(w: Course, stocks: Stocks, own: Rooms, others: Partners) -> Array:
    """(AT.9) Origins of the interested [s,n] by (SN.15)."""
    law = w.known.snowball.interest
    if law is None:
        return stocks.interest
    seeds = (
        law.per_boost_visit * own.boosted
        + law.per_creator_visit * others.creator_visits
        + law.per_kol_visit * others.kol_visits
        + law.per_awareness * stocks.awareness
    )
    return np.asarray((1 - law.decay) * stocks.interest - own.harvested + left_behind(seeds))


def _awareness(w: Course, stocks: Stocks, origins: Origins, t: int) -> Array:
    """(AT.9) Origins of awareness points [s,n] by (SN.16): packages' and deals'."""
    known = w.known
    gained = origins.empty(len(known.ids.segments))
    for n, (e, p) in enumerate(known.ids.packages):
        place = origins.place("package", f"{e}.{p}", t)
        gained[:, place] += known.campaign.gain[n, :, t] * w.d.package[n]
    for n, key in enumerate(known.ids.deals):
        amount = known.kol.awareness[n] * known.kol.ratio[w.outcome][n] * w.d.deal[n, t]
        gained[:, origins.place("deal", key, t)] += amount
    return np.asarray(known.snowball.retention * stocks.awareness + left_behind(gained))


def _pool(w: Course, stocks: Stocks, others: Partners, origins: Origins, t: int) -> Array:
    """(AT.9) Origins of creators [c,n] by (AL.5): samples are the tier's own act."""
    a, d = w.known.alliance, w.d
    stay = (a.tier @ ((1 - a.churn) * d.kept[:, t]))[:, None] * shares(stocks.pool)
    ordered = w.creator_orders[..., t].sum(axis=1)
    joined = a.attraction[:, None] * (a.tier @ (ordered[:, None] * others.offer))
    pulled = a.awareness_pull[:, None] * stocks.awareness.sum(axis=0)
    found = np.asarray(stay + left_behind(joined + pulled))
    for n, (c, lead) in enumerate(zip(w.known.ids.tiers, a.lead, strict=True)):
        if t < lead:
            found[n, 0] += a.arriving[n, t]
        else:
            won = a.tier[n] @ (a.activation * d.samples[:, t - lead])
            found[n, origins.place("tier", c, t - lead)] += won
    return found
