"""Own rooms: the origins of their visits, orders and contacts in one period.

Axes: a accounts, s segments, n origins, both halves.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.course import Course
from fact_models.replay.provenance.mixing import input_share, parts_of_product, scaled, shares
from fact_models.replay.provenance.origins import Kind, Origins


@dataclass(frozen=True)
class Stocks:
    """Origins of the states at the start of a period, each summing to the state."""

    traffic: Array  # [a,s,n]
    followers: Array  # [s,n]
    customers: Array
    interest: Array
    awareness: Array
    pool: Array  # [c,n]


@dataclass(frozen=True)
class Rooms:
    """Origins of what happened in the own rooms."""

    recommended: Array  # [a,s,n] recommended visits served
    boosted: Array  # [s,n]
    harvested: Array  # [s,n]
    base: Array  # [a,s,n] orders before the mode's factor
    orders: Array  # [a,s,n]
    contacts: Array  # [a,s,n]


def boosted_visits(w: Course, origins: Origins, t: int) -> Array:
    """(AT.5) Boosted visits [i,a,s,n] come from the boost that was paid for."""
    ids = w.known.ids
    found = origins.empty(*w.d.boosted[..., t].shape)
    for i, key in enumerate(ids.boosts):
        found[i, :, :, origins.place("boost", key, t)] = w.d.boosted[i, :, :, t]
    return found


def landing(w: Course, origins: Origins, t: int) -> Array:
    """(AT.5) Shares [s,n] of packages and deals in the visits that land in the own rooms."""
    ids, k = w.known.ids, w.known
    found = origins.empty(len(ids.segments))
    for n, (e, p) in enumerate(ids.packages):
        brought = k.campaign.inflow[n, :, t] * w.d.package[n]
        found[:, origins.place("package", f"{e}.{p}", t)] += brought
    for n, key in enumerate(ids.deals):
        brought = k.kol.own_visits[n] * k.kol.ratio[w.outcome][n] * w.d.deal[n, t]
        found[:, origins.place("deal", key, t)] += brought
    return shares(found)


def factors(w: Course, t: int) -> tuple[list[tuple[Kind, str]], Array, Array]:
    """What changes orders and price of the own rooms in period ``t``: the sources, their factors
    on orders [p], and on orders times price [p].
    """
    ids, k = w.known.ids, w.known.campaign
    names: list[tuple[Kind, str]] = []
    orders, money = [], []
    for n, (e, p) in enumerate(ids.packages):
        if w.d.package[n] > 0.5:
            names.append(("package", f"{e}.{p}"))
            orders.append(float(k.order_factor[n, t]))
            money.append(float(k.order_factor[n, t] * k.price_factor[n, t]))
    if ids.discounts:
        names.append(("discount", ""))
        orders.append(float(w.level_order[t]))
        money.append(float(w.level_order[t] * w.level_price[t]))
    return names, np.array(orders), np.array(money)


def lifted(
    base: Array, names: list[tuple[Kind, str]], by: Array, origins: Origins, t: int
) -> Array:
    """(AT.4) ``base`` [...,n] with what the factors ``by`` [p] of the sources ``names`` add to it
    or take from it.
    """
    found = base.copy()
    amounts = base.sum(axis=-1)
    for (kind, key), part in zip(names, parts_of_product(by) if by.size else by, strict=True):
        found[..., origins.place(kind, key, t)] += part * amounts
    return found


def rooms(w: Course, stocks: Stocks, origins: Origins, t: int) -> Rooms:
    """(AT.6) Origins of visits, orders and contacts of the own rooms."""
    d, law = w.d, w.known.snowball
    recommended = scaled(stocks.traffic, d.distinct[..., t])
    returning = shares(stocks.followers)[None] * d.returning[..., t, None]
    harvested = shares(stocks.interest)[None] * d.harvested[..., t, None]
    inflow = landing(w, origins, t)[None] * d.inflow[..., t, None]
    boosted = boosted_visits(w, origins, t)
    visits = recommended + returning + harvested + inflow + boosted.sum(axis=0)
    base = converted(w, stocks, origins, t, (visits, returning, harvested, boosted))
    base = scaled(base, d.base_orders[..., t])
    names, by, _ = factors(w, t)
    orders = scaled(lifted(base, names, by, origins, t), w.own_orders[..., t])
    contacts = law.contact_per_visit * visits + law.contact_per_order * orders
    return Rooms(
        recommended=scaled(stocks.traffic, d.recommended[..., t]),
        boosted=boosted.sum(axis=(0, 1)),
        harvested=harvested.sum(axis=0),
        base=base,
        orders=orders,
        contacts=contacts,
    )


def converted(
    w: Course,
    stocks: Stocks,
    origins: Origins,
    t: int,
    flows: tuple[Array, Array, Array, Array],
) -> Array:
    """(AT.6) Orders [a,s,n] before the mode's factor and the season's: every term of (FI.16) with
    the origins of the visits, the skilled hours or the followers that it stands for.
    """
    visits, returning, harvested, boosted = flows
    d, law, field = w.d, w.known.snowball, w.known.field
    plain = law.plain
    extra = np.tensordot(field.boost_factor - 1, boosted, 1)
    found = plain * (visits + extra) + (law.harvested - plain) * harvested
    found += (law.follower_factor - 1) * plain * returning
    skilled = (law.well - plain)[:, 0] * d.well_received[..., t]
    for n, (a, quality) in enumerate(zip(w.known.ids.accounts, field.quality, strict=True)):
        if quality is not None:
            found[n, :, origins.place("skilled", a, t)] += skilled[n]
    found += law.gain * _matched(w, stocks, visits, t)
    return np.asarray(found)


def _matched(w: Course, stocks: Stocks, visits: Array, t: int) -> Array:
    """(AT.3) Precisely matched visits [a,s,n]: part the followers', part the visitors'."""
    law, served = w.known.snowball, w.visits[..., t].sum(axis=0)
    scale = law.scale[:, 0] * served
    ratio = np.divide(w.followers[:, t], scale, out=np.zeros_like(scale), where=scale > 0)
    known = input_share(ratio)[None, :, None]
    mixed = known * shares(stocks.followers)[None] + (1 - known) * shares(visits)
    return np.asarray(mixed * w.d.matched[..., t, None])
