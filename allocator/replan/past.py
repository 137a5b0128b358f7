"""The money of periods that are over, as decided or as it came: limits, cash, receipts to come.

Sales are linear in the orders of every channel and in the sessions held, so what sold beside the
plan is the plan's sales with each of them scaled. Fees, samples, wages and stock that is ordered
do not move with sales; commission, unit costs of what is bought on order, logistics and receipts
do.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.course import Course
from fact_models.replay.kol import fee_back_in_cash
from fact_models.replay.money import Ledger, Sales, commissions, receivable, sales
from fact_models.spec.calendar import Calendar

Tree = dict[str, Any]
OWN = (0, -2, -1)
"""Channels of the merchant's own: rooms, shelf, repeat; creators' lie between."""


@dataclass(frozen=True)
class Came:
    """What came of the periods that are over, beside what their decisions say.

    Attributes:
        rooms: GMV of own rooms, shelf and repeat over that of the decisions [k].
        creators: the same of creators' rooms [k]; ``sessions`` of deals [deal,k].
        beyond: spend on traffic beyond that of the decisions [k], CNY.
        gmv: GMV seen [k], CNY; where None, that of the parts.
        cash: money at hand at the end, drawn credit included, CNY; where None, what follows from
            the rest.
    """

    rooms: Array
    creators: Array
    sessions: Array
    beyond: Array
    gmv: Array | None = None
    cash: float | None = None


def hand_over(tree: Tree, w: Course, book: Ledger, k: int, came: Came | None) -> None:
    """Money of ``tree`` after the first ``k`` periods of ``w``, in place."""
    money, sold = tree["money"], w if came is None else _as_sold(w, k, came)
    _count(money["past"], w, sold, book, k, came)
    calendar = Calendar.model_validate(tree["calendar"])
    money["locked"] = [c for c in money["locked"] if calendar.period_of(c["period"]) >= 0]
    if money["cash"] is not None and book.cash is not None:
        _cash(money, w, sold, book.cash, k, came)


def _as_sold(w: Course, k: int, came: Came) -> Course:
    """The course with the sales that came; good for sales only, not for fees and states."""
    lines, deals = w.d.line_orders.copy(), w.d.deal.copy()
    lines[list(OWN), :, :k] *= came.rooms
    lines[1:-2, :, :k] *= came.creators
    deals[:, :k] *= came.sessions
    return replace(w, d=replace(w.d, line_orders=lines, deal=deals))


def _count(past: Tree, w: Course, sold: Course, book: Ledger, k: int, came: Came | None) -> None:
    """What budget, limits of the levers, floors and target have counted."""
    for lever, spent in book.spend.items():
        past[lever] = _added(past[lever], spent, k)
    if came is None:
        past["gmv"] = _added(past["gmv"], book.total_gmv(), k)
        past["contribution"] = _added(past["contribution"], book.contribution, k)
        return
    before, after = sales(w, w.outcome), sales(sold, w.outcome)
    pairs = zip(commissions(w, before), commissions(sold, after), strict=True)
    creators, stars = (new - old for old, new in pairs)
    paid = after.paid.sum(axis=0) + after.kol_paid.sum(axis=0)
    past["alliance"] = _added(past["alliance"], creators, k)
    past["kol"] = _added(past["kol"], stars, k)
    past["field"] += float(came.beyond.sum())
    past["gmv"] = _added(past["gmv"], paid if came.gmv is None else came.gmv, k)
    earned = book.contribution + _margin(sold, after) - _margin(w, before)
    past["contribution"] = _added(past["contribution"], earned, k) - float(came.beyond.sum())


def _cash(money: Tree, w: Course, sold: Course, balance: Array, k: int, came: Came | None) -> None:
    """Cash at hand, credit drawn, and what is still to be settled."""
    cash, shares, periods = money["cash"], money["settlement"], w.known.ids.periods
    outcome = w.known.kol.cash_outcome
    counted = sales(sold, outcome)
    due = receivable(sold, counted)
    stated = cash["receivables"]
    # Sessions that were held: their fees come back as cash counts on them, whatever else sold.
    held = np.where(np.arange(periods) < k, w.d.deal, 0.0)
    fees = fee_back_in_cash(w.known.kol, held)[k:]
    late = int(np.flatnonzero(fees)[-1]) + 1 if fees.any() else 0
    cash["opening"] = float(balance[k - 1])
    if came is not None:
        planned = sales(w, outcome)
        more = due - receivable(w, planned)
        settled = sum(sum(shares[: k - t]) * float(more[t]) for t in range(k))
        costs = _costs_in_cash(w, counted) - _costs_in_cash(w, planned)
        cash["opening"] += float(settled - (costs[:k] + came.beyond).sum())
    cash["drawn"] = float(w.d.drawn[k - 1])
    if came is not None and came.cash is not None:
        cash["opening"] = came.cash - cash["drawn"]
    cash["receivables"] = [
        (stated[k + t] if k + t < len(stated) else 0.0)
        + float(sum(shares[n] * due[k + t - n] for n in range(t + 1, len(shares)) if k + t >= n))
        + float(fees[t])
        for t in range(min(max(len(shares) - 1, len(stated) - k, late), periods - k))
    ]


def _margin(w: Course, sold: Sales) -> Array:
    """What sales leave [t] after fees, taxes, commission, goods and logistics."""
    return np.asarray(receivable(w, sold) - (sold.goods + sold.logistics).sum(axis=0))


def _costs_in_cash(w: Course, sold: Sales) -> Array:
    """Goods that are bought on order, and logistics [t]; stock is paid when it is ordered."""
    on_order = np.delete(sold.goods, w.known.goods.stocked, axis=0)
    return np.asarray(on_order.sum(axis=0) + sold.logistics.sum(axis=0))


def _added(before: float, flow: Array, k: int) -> float:
    return before + float(flow[:k].sum())
