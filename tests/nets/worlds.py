"""The forty instances of the relations: all families, cut to four periods, and random ones with
every mechanism."""

from typing import Any

from allocator.families import FAMILIES, generate
from fact_models.spec.instance import Instance
from tests.allocator.rich import random_rich
from tests.models.worlds import Tree, merged

COUNT = 40
PERIODS = 4
DEALS = 6
FAMILY = tuple(name for name in FAMILIES if name != "xl")
"""``xl`` is the other families at a size that takes minutes."""


def told(instance: Instance) -> Tree:
    """An instance as plain values."""
    tree: Tree = instance.model_dump(mode="json", by_alias=True, exclude_none=True)
    return tree


def short_family(family: str, seed: int) -> Instance:
    """An instance of a family with its first four periods and its first six deals."""
    whole = generate(
        family, 8, seed, segments=2, accounts=2, tiers=1, offers=2, campaigns=6, deals=3
    )
    tree = told(whole)
    tree["calendar"]["periods"] = PERIODS
    tree["money"]["budget"] *= PERIODS / 8
    deals: dict[str, Any] = {}
    for n, (k, deal) in enumerate(list(tree["kol"]["deals"].items())[:DEALS]):
        first = 2 + n % (PERIODS - 1)
        deals[k] = {
            **deal,
            "lead": min(deal["lead"], 1),
            "first": first,
            "last": min(first + n % 2, PERIODS),
            "exclusive_with": [other for other in deal["exclusive_with"] if other in deals],
        }
    tree["kol"]["deals"] = deals
    tree["objective"]["terminal"] = False
    return Instance.model_validate(tree)


def world(n: int) -> Instance:
    """Instance ``n`` of ``COUNT``: six of families, the others random; none is of least cost, has
    limits of single levers or an end value, whose weights move with the rates.
    """
    if 1 <= n <= len(FAMILY):
        return short_family(FAMILY[n - 1], n)
    tree = told(random_rich(1000 + n, terminal=False))
    changes: Tree = {"money": {"levers": None}, "objective": {"terminal": False}}
    if tree["objective"]["goal"] == "cost":
        changes["objective"] |= {"goal": "gmv", "target": None}
    return Instance.model_validate(merged(tree, changes))
