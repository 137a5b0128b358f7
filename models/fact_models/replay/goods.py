"""Goods in plain numpy: channels, lines, stock (GO).

Axes: ch channels (field, each (tier, offer) pair, shelf, repeat), g lines, k deals, n or t
periods.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Ids
from fact_models.replay.arrays import delayed, vector
from fact_models.replay.kol import KolFacts
from fact_models.spec.goods import Channel, Line
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class GoodsFacts:
    """The lines' figures as arrays [g]."""

    lines: tuple[Line, ...]
    price: Array
    unit_cost: Array
    pre: Array
    post: Array
    writeoff: Array
    forward_cost: Array  # shipping and insurance of a shipped order
    handling: Array
    conversion: Array
    share_min: Array  # [ch,g]
    share_max: Array  # [ch,g]
    share: Array  # [ch,g] even within the bounds
    stocked: tuple[int, ...]  # lines with a stock record
    opening: Array
    lead: tuple[int, ...]
    underway: Array  # [g,t], t = 0..T: items ordered before the horizon
    purchase_max: Array
    lot: Array  # 0: any quantity


def even_shares(least: Array, most: Array) -> Array:
    """Shares [ch,g] that sum to 1, as equal as the bounds [ch,g] let them: one level a channel,
    cut to the bounds.
    """
    low, high = np.zeros((len(least), 1)), np.ones((len(least), 1))
    for _ in range(60):
        level = (low + high) / 2
        over = np.clip(level, least, most).sum(axis=1, keepdims=True) > 1
        low, high = np.where(over, low, level), np.where(over, level, high)
    shares = np.clip(high, least, most)
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=shares.copy(), where=total > 0))


def _kinds(ids: Ids) -> list[Channel]:
    tiers: list[Channel] = ["alliance"] * len(ids.offers)
    return ["field", *tiers, "shelf", "repeat"]


def goods_facts(instance: Instance, ids: Ids) -> GoodsFacts:
    """The arrays of ``instance.goods``."""
    lines = tuple(instance.goods.lines.values())
    kinds = _kinds(ids)
    least = np.array([[g.share_min.get(kind, 0.0) for g in lines] for kind in kinds])
    most = np.array([[g.share_max.get(kind, 1.0) for g in lines] for kind in kinds])
    stocks = [g.stock for g in lines]
    return GoodsFacts(
        lines=lines,
        price=vector(g.price for g in lines),
        unit_cost=vector(g.unit_cost for g in lines),
        pre=vector(g.refund_pre for g in lines),
        post=vector(g.refund_post for g in lines),
        writeoff=vector(g.writeoff for g in lines),
        forward_cost=vector(g.shipping + g.insurance for g in lines),
        handling=vector(g.handling for g in lines),
        conversion=vector(g.conversion_factor for g in lines),
        share_min=least,
        share_max=most,
        share=even_shares(least, most),
        stocked=tuple(n for n, stock in enumerate(stocks) if stock is not None),
        opening=vector(np.nan if stock is None else stock.opening for stock in stocks),
        lead=tuple(0 if stock is None else stock.lead for stock in stocks),
        underway=_underway(lines, ids.periods),
        purchase_max=vector(0.0 if stock is None else stock.purchase_max for stock in stocks),
        lot=vector(0.0 if stock is None else stock.lot or 0.0 for stock in stocks),
    )


def _underway(lines: tuple[Line, ...], periods: int) -> Array:
    found = np.zeros((len(lines), periods + 1))
    for n, line in enumerate(lines):
        stated = line.stock.arriving[: periods + 1] if line.stock else []
        found[n, : len(stated)] = stated
    return found


def channel_orders(own: Array, creators: Array, shelf: Array, repeat: Array) -> Array:
    """(GO.1) Orders [ch,n] of own [a,s,n], creators' [co,s,n], shelf and repeat orders [s,n]."""
    rooms = creators.sum(axis=1)
    field = own.sum(axis=(0, 1))[None]
    return np.concatenate((field, rooms, shelf.sum(axis=0)[None], repeat.sum(axis=0)[None]))


def kol_items(facts: KolFacts, orders: Array) -> Array:
    """Items [k,g,t] of orders [k,t]."""
    return np.asarray(facts.lines[:, :, None] * orders[:, None, :])


def kol_out(facts: GoodsFacts, kol: KolFacts, orders: Array) -> Array:
    """(GO.4) Items that leave the stock for the deals [g,t]."""
    shipped = 1 - facts.pre - kol.pre_add[:, None]
    return np.asarray((shipped[:, :, None] * kol_items(kol, orders)).sum(axis=0))


def items_out(facts: GoodsFacts, line_orders: Array, deals: Array) -> Array:
    """(GO.4) Items that leave the stock [g,n]: of line orders [ch,g,n] and of deals [g,n]."""
    items = facts.conversion[:, None] * line_orders.sum(axis=0)
    return np.asarray((1 - facts.pre)[:, None] * items + deals)


def arrivals(facts: GoodsFacts, purchase: Array) -> Array:
    """(GO.3) Items that arrive [g,t], t = 0..T, of those ordered in the horizon and before it."""
    arrived = np.zeros((purchase.shape[0], purchase.shape[1] + 1))
    for g in facts.stocked:
        arrived[g] = delayed(purchase[g], facts.lead[g], arrived.shape[1]) + facts.underway[g]
    return arrived


def short(facts: GoodsFacts, line_orders: Array, deals: Array, stock: Array) -> Array:
    """(GO.4) Factor [ch,n], at most 1, that fits a channel's orders to the stock of its lines."""
    factor = np.ones((line_orders.shape[0], line_orders.shape[2]))
    out = items_out(facts, line_orders, np.zeros_like(deals))
    for g in facts.stocked:
        left = np.maximum(stock[g] - deals[g], 0.0)
        short_of = out[g] > left
        cut = np.divide(left, out[g], out=np.ones_like(left), where=short_of)
        sells = line_orders[:, g] > 0
        factor = np.where(sells, np.minimum(factor, cut), factor)
    return factor
