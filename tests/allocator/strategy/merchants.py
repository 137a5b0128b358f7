"""A small merchant with a room that can be opened."""

from typing import Any

from fact_models.spec.instance import Instance
from tests.allocator.rich import merged_keeping
from tests.allocator.tiny import four_levers
from tests.models.worlds import Tree

SECOND: Tree = {
    "type": "persona",
    "open": False,
    "opening_cost": 300.0,
    "opening_lead": 1,
    "cold_start": {"young": 250.0},
    "saturation": {"young": 2000.0},
    "ceiling": {"young": 1500.0},
    "share": 0.0,
    "hours_max": 20.0,
    "reception": {"kind": "log", "scale": 400.0, "half": 5.0},
    "crew": {"host": 1.0},
}


def merchant(**changes: Any) -> Instance:
    """The merchant of four levers with a second account not open yet, one deal and one offer."""
    tree: Tree = {
        "assumed": ["every figure"],
        "field": {"accounts": {"second": SECOND}},
        "alliance": {"tiers": {"small": {"offers": {"high": None}}}},
        "kol": {"deals": {"rising": None}},
    }
    return four_levers(**merged_keeping(tree, changes))
