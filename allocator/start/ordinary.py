"""One ordinary week of a tree of plain values, played as today."""

from dataclasses import dataclass

from allocator.start.stretching import Tree
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Ordinary:
    """One ordinary week of the status quo: no season, no promotion, no deal, ample stock."""

    gmv: float
    views: float
    orders: float
    creator_gmv: float
    spend: float
    need: dict[str, float]
    """Staff hours by role."""


def ordinary_week(tree: Tree) -> Ordinary:
    """The first week of today's controls without what makes a week special.

    Raises:
        ValueError: the tree is no instance.
    """
    quiet = {key: value for key, value in tree.items() if key not in ("season", "campaign", "kol")}
    quiet["calendar"] = {**tree["calendar"], "periods": 1}
    quiet["money"] = {**tree["money"], "locked": []}
    lines = tree["goods"]["lines"]
    ample = {g: {k: v for k, v in line.items() if k != "stock"} for g, line in lines.items()}
    quiet["goods"] = {"lines": ample}
    instance = Instance.model_validate(quiet)
    found = replay(instance, status_quo(instance), accept="greedy")
    orders = found.own_orders.sum() + found.creator_orders.sum()
    orders += found.decisions.shelf_orders.sum() + found.decisions.repeat_orders.sum()
    return Ordinary(
        gmv=float(sum(flow[0] for flow in found.gmv.values())),
        views=float(found.visits.sum()),
        orders=float(orders),
        creator_gmv=float(found.gmv["alliance"][0]),
        spend=float(sum(flow[0] for flow in found.spend.values())),
        need={j: float(found.need[n, 0]) for n, j in enumerate(tree["staff"]["roles"])},
    )
