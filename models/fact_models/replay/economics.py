"""What every source of GMV leaves of a paid yuan: the money of a replay, split by source.

The split is of (MO.1) and (MO.2), so the sources add up to the replay's totals. The own rooms are
parted as in ``money.by_channel``: campaign is what the packages add to, or take from, the GMV, and
the orders that come with it carry their own goods and logistics.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay import goods, kol
from fact_models.replay.course import Course
from fact_models.replay.forward import run
from fact_models.replay.known import facts
from fact_models.replay.money import by_channel, commissions, item_costs, sales
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Economics:
    """Money of one source of GMV over the horizon, in the file's currency.

    Attributes:
        gmv: paid GMV.
        net_gmv: what is kept of it after refunds.
        fees: platform fee, taxes and other shares of what is kept.
        goods: cost of the goods kept or lost; ``logistics`` of parcels, insurance and returns.
        commission: of creators and KOLs; a part of the levers' spend.
    """

    gmv: float
    net_gmv: float
    fees: float
    goods: float
    logistics: float
    commission: float

    @property
    def margin(self) -> float:
        """What is left before any spend."""
        return self.net_gmv - self.fees - self.goods - self.logistics

    @property
    def break_even(self) -> float | None:
        """GMV per yuan spent at which the spend is just earned back: 1 / margin per paid yuan.

        Refunds are in the margin, so the figure holds for paid GMV however much is returned.
        None where a paid yuan leaves nothing, or nothing is sold.
        """
        return self.gmv / self.margin if self.margin > 0 and self.gmv > 0 else None


SOURCES = ("field", "campaign", "alliance", "kol", "shelf", "repeat")
"""Where paid GMV comes from."""


def economics(instance: Instance, decisions: Decisions) -> dict[str, Economics]:
    """The money of every source in ``SOURCES``, at the deals' mean outcome.

    Raises:
        ValueError: an array does not have the instance's shape.
    """
    w = run(facts(instance), decisions)
    sold = sales(w, w.outcome)
    paid = by_channel(w, sold)
    own = _share(paid["field"], sold.paid[0])
    kept = _split(sold.kept, sold.kol_kept, own)
    # The packages' orders bring their goods along; their lower price does not.
    orders = _share(np.ones(own.size), w.package_order)
    goods_of, freight_of = (_split(*pair, orders) for pair in _costs(w))
    creators, stars = (float(due.sum()) for due in commissions(w, sold))
    commission = {"alliance": creators, "kol": stars}
    share = instance.money.platform_fee + instance.money.tax_other
    return {
        name: Economics(
            gmv=float(paid[name].sum()),
            net_gmv=kept[name],
            fees=share * kept[name],
            goods=goods_of[name],
            logistics=freight_of[name],
            commission=commission.get(name, 0.0),
        )
        for name in SOURCES
    }


def _share(part: Array, whole: Array) -> Array:
    """part / whole, and 1 where there is no whole."""
    return np.divide(part, whole, out=np.ones(part.size), where=whole > 0)


def _split(channels: Array, deals: Array, own: Array) -> dict[str, float]:
    """Totals by source of money by channel [ch,t] and by deal [k,t]; ``own`` [t] is the share of
    the own rooms' that comes without packages.
    """
    arrays = (
        channels[0] * own,
        channels[0] * (1 - own),
        channels[1:-2],
        deals,
        channels[-2],
        channels[-1],
    )
    return {name: float(array.sum()) for name, array in zip(SOURCES, arrays, strict=True)}


def _costs(w: Course) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Goods, then logistics: by channel [ch,t] and by deal [k,t]."""
    g, k = w.known.goods, w.known.kol
    items = g.conversion[:, None] * w.d.line_orders
    channels = [item_costs(w, one[None], g.pre[None], g.post[None]) for one in items]
    sold = goods.kol_items(k, kol.orders(k, w.d.deal, w.outcome))
    pre, post = g.pre + k.pre_add[:, None], g.post + k.post_add[:, None]
    deals = [
        item_costs(w, sold[n : n + 1], pre[n : n + 1], post[n : n + 1]) for n in range(len(sold))
    ]
    empty = np.zeros((0, w.known.ids.periods))
    goods_by, freight_by = (
        (
            np.array([pair[side].sum(axis=0) for pair in channels]),
            np.array([pair[side].sum(axis=0) for pair in deals]) if deals else empty,
        )
        for side in (0, 1)
    )
    return goods_by, freight_by
