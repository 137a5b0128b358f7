"""Money in plain numpy: GMV by channel, spend by lever, receipts, cash (MO).

Axes: ch channels, g lines, k deals, j roles, s segments, t periods.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.replay import alliance, campaign, field, goods, kol, staff
from fact_models.replay.arrays import delayed, reciprocal
from fact_models.replay.course import Course
from fact_models.spec.money import Cash

LEVERS = ("field", "alliance", "campaign", "kol")


@dataclass(frozen=True)
class Sales:
    """Money of the channels and of the deals, [ch,t] and [k,t]; costs over all of them [g,t]."""

    paid: Array
    kept: Array
    kol_paid: Array
    kol_kept: Array
    goods: Array
    logistics: Array


@dataclass(frozen=True)
class Ledger:
    """The money of a replay; see ``Replay``."""

    gmv: dict[str, Array]
    gmv_segment: Array
    net_gmv: Array
    commission: Array
    spend: dict[str, Array]
    labour: dict[str, Array]
    receipts: Array
    goods: Array
    logistics: Array
    fee_back: Array
    contribution: Array
    cash: Array | None
    need: Array

    def total_gmv(self) -> Array:
        """(MO.1) Paid GMV of all channels [t]."""
        return np.asarray(sum(self.gmv.values()))

    def total_spend(self) -> Array:
        """(MO.7) Spend of the levers and the team [t]."""
        return np.asarray(sum(self.spend.values()))


def item_costs(w: Course, items: Array, pre: Array, post: Array) -> tuple[Array, Array]:
    """Goods and logistics [g,t] of items [.,g,t] at refund rates [.,g]."""
    g = w.known.goods
    lost = (1 - pre - post) + post * g.writeoff
    shipped = (1 - pre) * g.forward_cost + post * g.handling
    cost = (items * (g.unit_cost * lost)[:, :, None]).sum(axis=0)
    return cost, (items * shipped[:, :, None]).sum(axis=0)


def price_factors(w: Course) -> Array:
    """Price relative to the list price [ch,t]."""
    periods = w.known.ids.periods
    tiers = np.repeat(w.known.alliance.price_factor[:, None], periods, axis=1)
    return np.concatenate((w.price_factor[None], tiers, np.ones((2, periods))))


def sales(w: Course, outcome: str) -> Sales:
    """(MO.1), (MO.2) Paid and kept money of every channel, goods and logistics."""
    g, k = w.known.goods, w.known.kol
    items = g.conversion[:, None] * w.d.line_orders
    paid = g.price[:, None] * price_factors(w)[:, None, :] * items
    kept = paid * (1 - g.pre - g.post)[:, None]
    cost, freight = item_costs(w, items, g.pre[None], g.post[None])
    deal_items = goods.kol_items(k, kol.orders(k, w.d.deal, outcome))
    pre, post = g.pre + k.pre_add[:, None], g.post + k.post_add[:, None]
    deal_paid = g.price[:, None] * k.price_factor[:, None, None] * deal_items
    deal_kept = deal_paid * (1 - pre - post)[:, :, None]
    deal_cost, deal_freight = item_costs(w, deal_items, pre, post)
    return Sales(
        paid=paid.sum(axis=1),
        kept=kept.sum(axis=1),
        kol_paid=deal_paid.sum(axis=1),
        kol_kept=deal_kept.sum(axis=1),
        goods=cost + deal_cost,
        logistics=freight + deal_freight,
    )


def by_channel(w: Course, sold: Sales) -> dict[str, Array]:
    """Paid GMV [t] of field, campaign, alliance, kol, shelf, repeat.

    Campaign is what the packages' factors add to, or take from, the own rooms' GMV.
    """
    g = w.known.goods
    own = sold.paid[0]
    lines = w.d.line_orders[0]
    total = lines.sum(axis=0)
    even = np.repeat(g.share[0][:, None], total.size, axis=1)
    split = np.divide(lines, total, out=even, where=total > 0)
    value = (g.price * g.conversion) @ split
    base = w.d.base_orders.sum(axis=(0, 1))
    ordinary = base * w.level_order * w.level_price * value
    # Without packages the two agree to the last digit, whatever the lines' rounding.
    alone = (w.package_order == 1) & (w.package_price == 1)
    field_gmv = np.where(alone, own, ordinary)
    return {
        "field": field_gmv,
        "campaign": own - field_gmv,
        "alliance": sold.paid[1:-2].sum(axis=0),
        "kol": sold.kol_paid.sum(axis=0),
        "shelf": sold.paid[-2],
        "repeat": sold.paid[-1],
    }


def by_segment(w: Course, sold: Sales) -> Array:
    """Paid GMV [s,t] of all channels; a channel's lines sell alike to all segments."""
    own = w.own_orders.sum(axis=0)[None]
    trade = np.stack((w.d.shelf_orders, w.d.repeat_orders))
    orders = np.concatenate((own, w.creator_orders, trade))
    shares = orders * reciprocal(orders.sum(axis=1))[:, None, :]
    total: Array = (shares * sold.paid[:, None, :]).sum(axis=0)
    return np.asarray(total + w.known.kol.mix.T @ sold.kol_paid)


def commissions(w: Course, sold: Sales) -> tuple[Array, Array]:
    """(MO.3) Commission [t] of creators and of KOLs."""
    creators = w.known.alliance.commission @ sold.kept[1:-2]
    return creators, w.known.kol.commission @ sold.kol_kept


def ledger(w: Course) -> Ledger:
    """(MO.1) to (MO.15), (ST.7), (ST.8) All money of a course."""
    f, d = w.known, w.d
    sold = sales(w, w.outcome)
    creators, stars = commissions(w, sold)
    hours = {
        "field": field.staff_hours(f.field, d),
        "alliance": alliance.staff_hours(f.alliance, d),
        "campaign": campaign.staff_hours(f.campaign, d.package),
        "kol": kol.staff_hours(f.kol, d.deal),
    }
    labour = {lever: f.staff.rate @ hours[lever] for lever in LEVERS}
    paid_out = {
        "field": field.cash_out(f.field, d, w.open[:, :-1]),
        "alliance": alliance.cash_out(f.alliance, d) + creators,
        "campaign": campaign.cash_out(f.campaign, d.package),
        "kol": kol.cash_out(f.kol, d.deal) + stars,
    }
    spend = {lever: paid_out[lever] + labour[lever] for lever in LEVERS}
    spend["team"] = staff.cash_out(f.staff, w.heads, d) - np.sum(list(labour.values()), axis=0)
    net = sold.kept.sum(axis=0) + sold.kol_kept.sum(axis=0)
    total = np.sum(list(spend.values()), axis=0)
    cost, freight = sold.goods.sum(axis=0), sold.logistics.sum(axis=0)
    book = f.instance.money
    earned = net * (1 - book.platform_fee - book.tax_other)
    counted = sales(w, f.kol.cash_outcome)
    receipts = receive(w, counted)
    back = kol.fee_back(f.kol, d.deal, w.outcome)
    orders = goods.channel_orders(
        w.own_orders, w.creator_orders, d.shelf_orders, d.repeat_orders
    ).sum(axis=0) + w.kol_orders.sum(axis=0)
    need = np.sum(list(hours.values()), axis=0) + f.staff.order_hours[:, None] * orders
    cash = None
    if book.cash is not None:
        cash = balance(w, book.cash, counted, receipts, total - creators - stars)
    return Ledger(
        gmv=by_channel(w, sold),
        gmv_segment=by_segment(w, sold),
        net_gmv=net,
        commission=creators + stars,
        spend=spend,
        labour=labour,
        receipts=receipts,
        goods=cost,
        logistics=freight,
        fee_back=back,
        contribution=earned + back - cost - freight - total - book.overhead,
        cash=cash,
        need=need,
    )


def receivable(w: Course, counted: Sales) -> Array:
    """What the sales of every period [t] will bring, fees and commission taken off."""
    book = w.known.instance.money
    kept = counted.kept.sum(axis=0) + counted.kol_kept.sum(axis=0)
    return np.asarray(
        kept * (1 - book.platform_fee - book.tax_other) - sum(commissions(w, counted))
    )


def receive(w: Course, counted: Sales) -> Array:
    """(MO.12) Receipts [t] at the outcome that cash counts on."""
    book, due = w.known.instance.money, receivable(w, counted)
    receipts = kol.fee_back_in_cash(w.known.kol, w.d.deal)
    for n, share in enumerate(book.settlement):
        receipts += share * delayed(due, n, due.size)
    if book.cash is not None:
        early = book.cash.receivables[: due.size]
        receipts[: len(early)] += early
    return receipts


def balance(w: Course, cash: Cash, counted: Sales, receipts: Array, paid: Array) -> Array:
    """(MO.13) Cash at the end of every period [t] without drawn credit.

    ``paid`` is spend without commission, which receipts have lost already.

    With ``w.draws``, the credit drawn is set on the way to what the floor needs.
    """
    g, d = w.known.goods, w.d
    cost = counted.goods.copy()
    for n in g.stocked:
        cost[n] = g.unit_cost[n] * d.purchase[n]
    overhead = w.known.instance.money.overhead
    change = receipts - paid - overhead - cost.sum(axis=0) - counted.logistics.sum(axis=0)
    level, drawn = cash.opening, cash.drawn
    cash_at = np.empty(change.size)
    for t in range(change.size):
        level += change[t] - cash.interest * drawn
        cash_at[t] = level
        if w.draws:
            d.drawn[t] = min(max(cash.floor - level, 0.0), cash.credit)
        drawn = d.drawn[t]
    return cash_at
