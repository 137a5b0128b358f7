"""Goods: the orders of every channel fall on product lines; lines have a price, costs, refunds and
perhaps a stock.

Equations (GO.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/goods.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from fact_models.parameters import Parameters
from fact_models.spec.goods import Channel, Goods, Line


@dataclass(frozen=True)
class Sale:
    """Orders of one channel in one period, all at one price and one commission."""

    channel: str
    kind: Channel
    t: int
    orders: Any
    most: float
    """Largest number of orders."""
    price_factor: float
    commission: float = 0.0


@dataclass(frozen=True)
class Worth:
    """Money of one item."""

    gmv: float
    kept: float
    goods: float
    logistics: float
    shipped: float


def worth(
    line: Line, price_factor: float, *, pre_add: float = 0.0, post_add: float = 0.0
) -> Worth:
    """Money of an item of ``line`` at ``price_factor``, with refunds raised by the additions."""
    pre, post = line.refund_pre + pre_add, line.refund_post + post_add
    gmv = line.price * price_factor
    return Worth(
        gmv=gmv,
        kept=gmv * (1 - pre - post),
        goods=line.unit_cost * (1 - pre - post + post * line.writeoff),
        logistics=(1 - pre) * (line.shipping + line.insurance) + post * line.handling,
        shipped=1 - pre,
    )


def build(
    b: Any, spec: Goods, p: Parameters, sales: Sequence[Sale], *, deal: Any, package: Any
) -> None:
    """Write the mechanism on ``b``. It offers ``line_orders[channel, line, t]`` and ``purchase``;
    it takes the ``sales`` of the channels and the ``deal`` and ``package`` binaries.
    """
    _lines(b, spec, sales)
    stocked = {g: line.stock for g, line in spec.lines.items() if line.stock}
    if stocked:
        _stock(b, spec, p, sales, deal, package)


def _lines(b: Any, spec: Goods, sales: Sequence[Sale]) -> None:
    """Every channel's orders fall on the lines, within the bounds of the mix."""
    at = {(sale.channel, sale.t): sale for sale in sales}
    b.line_orders = pyo.Var(
        [(ch, g, t) for ch, t in at for g in spec.lines],
        bounds=lambda _, ch, g, t: (0, at[ch, t].most),
        doc="line [order]",
    )

    @b.Constraint(list(at), doc="(GO.1) orders by line")
    def orders_by_line(b, ch, t):
        return sum(b.line_orders[ch, g, t] for g in spec.lines) == at[ch, t].orders

    floors, tops = [], []
    for g, line in spec.lines.items():
        for ch, t in at:
            kind = at[ch, t].kind
            if line.share_min.get(kind, 0.0) > 0:
                floors.append((ch, g, t))
            if line.share_max.get(kind, 1.0) < 1:
                tops.append((ch, g, t))

    def total(b: Any, ch: str, t: int) -> Any:
        return sum(b.line_orders[ch, g, t] for g in spec.lines)

    @b.Constraint(floors, doc="(GO.2) smallest share of a line")
    def share_floor(b, ch, g, t):
        share = spec.lines[g].share_min[at[ch, t].kind]
        return b.line_orders[ch, g, t] >= share * total(b, ch, t)

    @b.Constraint(tops, doc="(GO.2) largest share of a line")
    def share_top(b, ch, g, t):
        share = spec.lines[g].share_max[at[ch, t].kind]
        return b.line_orders[ch, g, t] <= share * total(b, ch, t)


def _stock(
    b: Any, spec: Goods, p: Parameters, sales: Sequence[Sale], deal: Any, package: Any
) -> None:
    """Stock is ordered ahead and limits what can be sold."""
    times = list(p.periods)
    stocked = {g: line.stock for g, line in spec.lines.items() if line.stock}
    largest = {
        g: s.opening + sum(s.arriving) + s.purchase_max * len(times) for g, s in stocked.items()
    }
    lots = {g: s.lot for g, s in stocked.items() if s.lot}
    b.purchase = pyo.Var(
        list(stocked), times, bounds=lambda _, g, t: (0, stocked[g].purchase_max), doc="buy [item]"
    )
    b.stock = pyo.Var(
        list(stocked),
        range(len(times) + 1),
        bounds=lambda _, g, t: (0, largest[g]),
        doc="S [item]",
    )
    b.lots = pyo.Var(
        list(lots),
        times,
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, g, t: (0, stocked[g].purchase_max // lots[g]),
        doc="lots [1]",
    )
    by_time: dict[int, list[Sale]] = {t: [] for t in times}
    for sale in sales:
        by_time[sale.t].append(sale)

    @b.Constraint(list(lots), times, doc="(GO.6) whole lots")
    def whole_lots(b, g, t):
        return b.purchase[g, t] == lots[g] * b.lots[g, t]

    @b.Expression(list(stocked), times, doc="(GO.4) items shipped")
    def shipped(b, g, t):
        line = spec.lines[g]
        out = (
            (1 - line.refund_pre)
            * line.conversion_factor
            * sum(b.line_orders[sale.channel, g, t] for sale in by_time[t])
        )
        for k, session in p.sessions.items():
            if t in session.dates and session.lines.get(g, 0.0) > 0:
                rate = worth(line, 1.0, pre_add=session.spec.refund_pre_add).shipped
                out += rate * session.lines[g] * sum(session.orders.values()) * deal[k, t]
        return out

    @b.Constraint(list(stocked), range(len(times) + 1), doc="(GO.3) stock balance")
    def stock_balance(b, g, t):
        record = stocked[g]
        arrived = b.purchase[g, t - record.lead] if 0 <= t - record.lead < len(times) else 0.0
        arrived += record.arriving[t] if t < len(record.arriving) else 0.0
        if t == 0:
            return b.stock[g, t] == record.opening + arrived
        return b.stock[g, t] == b.stock[g, t - 1] - b.shipped[g, t - 1] + arrived

    @b.Constraint(list(stocked), times, doc="(GO.4) stock limits what is shipped")
    def stock_limit(b, g, t):
        return b.shipped[g, t] <= b.stock[g, t]

    floors = [
        (g, *key)
        for key, entry in p.entries.items()
        for g in entry.spec.stock_floor
        if g in stocked and entry.first >= 0
    ]

    @b.Constraint(floors, doc="(GO.5) stock when a window opens")
    def stock_for_campaign(b, g, e, n):
        entry = p.entries[e, n]
        return b.stock[g, entry.first] >= entry.spec.stock_floor[g] * package[e, n]

    needs = [
        (g, k, t)
        for k, session in p.sessions.items()
        for g in session.spec.stock_floor
        if g in stocked
        for t in session.dates
    ]

    @b.Constraint(needs, doc="(GO.5) stock for a session")
    def stock_for_deal(b, g, k, t):
        return b.stock[g, t] >= p.sessions[k].spec.stock_floor[g] * deal[k, t]
