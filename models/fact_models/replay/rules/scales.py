"""Natural scales of the rules: what counts as an ordinary amount of each quantity.

A violation is measured against them so that a broken gram is not a broken ton, whatever the unit
of money or of visits in the file.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.known import Facts


@dataclass(frozen=True)
class Scales:
    """Ordinary amounts per period."""

    visits: Array  # [s]
    orders: Array  # [s]
    creators: Array  # [c]
    rooms: Array  # [co] visits in creators' rooms
    hours: Array  # [j] staff hours
    items: Array  # [g]
    money: float
    spend: float
    price: float
    content: float


def scales(known: Facts, gmv: Array, spend: Array) -> Scales:
    """Scales of an instance; money from the plan's mean GMV and spend [t] and the lowest price."""
    f, s, a = known.field, known.snowball, known.alliance
    visits = (f.traffic + f.cold_start).sum(axis=0) + s.return_rate[:, 0] * s.followers
    visits = np.where(visits > 0, visits, 1.0)
    rate = np.maximum(np.maximum(s.plain, s.well), s.harvested)[:, 0]
    pool = np.maximum(a.pool, 1.0)
    heads = [role.hours * max(role.heads, 1) for role in known.staff.roles]
    reach = [
        effort * curve.value(float(n))
        for effort, curve, n in zip(a.effort, a.curves, a.tier.T @ pool, strict=True)
    ]
    price = float(known.goods.price.min())
    content = f.content
    return Scales(
        visits=visits,
        orders=visits * np.maximum(rate, 1e-3),
        creators=pool,
        rooms=np.maximum(np.array(reach, dtype=np.float64), 1.0),
        hours=np.array(heads, dtype=np.float64),
        items=np.maximum(np.nan_to_num(known.goods.opening), 1.0),
        money=float(np.fmax(np.mean(gmv), price)),
        spend=float(np.fmax(np.mean(spend), price)),
        price=price,
        content=max(content.stock, content.made_max, 1.0) if content else 1.0,
    )
