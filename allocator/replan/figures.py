"""Figures of one period of a replay, as a weekly export has them, and where GMV comes from."""

import numpy as np

from fact_models.decisions import Array
from fact_models.replay import Facts, Replay
from fact_models.replay.goods import arrivals

FIGURES = (
    "gmv",
    "views",
    "orders",
    "hours",
    "ad_spend",
    "followers",
    "creator_gmv",
    "creators",
    "team",
    "stock",
    "cash",
)
"""Figures that a plan has and a week can be seen to have."""
PARTS = ("rooms", "alliance", "told", "untold")
"""Where GMV and orders come from: own rooms with shelf and repeat, creators, KOL sessions whose
GMV was seen and those whose was not."""


def figures(states: Replay, t: int) -> dict[str, float]:
    """Figures of period ``t``; stocks at its end."""
    trade = states.decisions.shelf_orders[:, t].sum() + states.decisions.repeat_orders[:, t].sum()
    rooms = states.own_orders[..., t].sum() + states.creator_orders[..., t].sum()
    found = {
        "gmv": sum(flow[t] for flow in states.gmv.values()),
        "views": states.visits[..., t].sum(),
        "orders": rooms + trade + states.kol_orders[:, t].sum(),
        "hours": states.decisions.hours[..., t].sum(),
        "ad_spend": states.decisions.boost_spend[:, t].sum(),
        "followers": states.followers[:, t + 1].sum(),
        "creator_gmv": states.gmv["alliance"][t],
        "creators": states.pool[:, t + 1].sum(),
        "team": states.heads[:, t].sum(),
    }
    if states.cash is not None:
        found["cash"] = states.cash[t] + states.decisions.drawn[t]
    return {name: float(value) for name, value in found.items()}


def entities(known: Facts) -> dict[str, tuple[str, ...]]:
    """Ids that a column may name behind a colon, by column."""
    ids = known.ids
    return {
        "hours": ids.accounts,
        "ad_spend": ids.boosts,
        "team": ids.roles,
        "stock": tuple(ids.lines[n] for n in known.goods.stocked),
        "deal": ids.deals,
    }


def items(states: Replay, known: Facts, t: int) -> dict[tuple[str, str], float]:
    """Figures of period ``t`` by account, boost, role, line and deal."""
    d = states.decisions
    table = {
        "hours": d.hours[..., t].sum(axis=1),
        "ad_spend": d.boost_spend[:, t],
        "team": states.heads[:, t],
        "stock": stock(states, known, t),
        "deal": known.kol.gmv["mean"] * d.deal[:, t],
    }
    return {
        (name, i): float(x)
        for name, named in entities(known).items()
        for i, x in zip(named, table[name], strict=True)
    }


def stock(states: Replay, known: Facts, t: int) -> Array:
    """Items on hand at the end of period ``t``, of lines with a stock."""
    come = arrivals(known.goods, states.decisions.purchase)
    return np.asarray((states.stock - come)[list(known.goods.stocked), t + 1])


def sources(states: Replay, known: Facts, told: Array, t: int) -> dict[str, float]:
    """GMV and orders of period ``t`` by ``PARTS``; ``told`` is 1 for a deal whose GMV was seen."""
    d, kol = states.decisions, known.kol
    held = d.deal[:, t]
    own = states.own_orders[..., t].sum() + d.shelf_orders[:, t].sum()
    found = {
        "rooms": sum(x[t] for n, x in states.gmv.items() if n not in ("alliance", "kol")),
        "alliance": states.gmv["alliance"][t],
        "told": kol.gmv["mean"] @ (held * told),
        "untold": kol.gmv["mean"] @ (held * (1 - told)),
        "rooms_orders": own + d.repeat_orders[:, t].sum(),
        "alliance_orders": states.creator_orders[..., t].sum(),
        "told_orders": kol.orders["mean"] @ (held * told),
        "untold_orders": kol.orders["mean"] @ (held * (1 - told)),
    }
    return {name: float(value) for name, value in found.items()}


def moved(
    base: dict[str, float], now: dict[str, float], then: dict[str, float]
) -> dict[str, float]:
    """``base`` moved by what one replay has over another, its totals those of the parts."""
    found = {
        name: value * (now[name] / then[name] if then[name] > 0 else 1.0)
        for name, value in base.items()
    }
    found["gmv"] = float(np.sum([found[part] for part in PARTS]))
    found["orders"] = float(np.sum([found[f"{part}_orders"] for part in PARTS]))
    return found
