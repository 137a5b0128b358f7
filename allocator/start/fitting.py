"""The four factors that bring an archetype's ordinary week to the merchant's figures."""

from pydantic import ValidationError

from allocator.start.answers import Today
from allocator.start.ordinary import Ordinary, ordinary_week
from allocator.start.stretching import ScalingError, Tree, stretch, times, too_far

ROUNDS = 40
CLOSE = 1e-7
"""Relative distance from her figures at which the search for the four factors ends."""


def fit_week(tree: Tree, week: Today) -> None:
    """Traffic, conversion, creators' reach and price such that the ordinary week is hers."""
    for _ in range(ROUNDS):
        try:
            found = ordinary_week(tree)
        except ValidationError as error:
            raise too_far(tree, error) from None
        wanted = week.creator_gmv if week.creator_gmv is not None else found.creator_gmv
        by = {
            "views": week.views / found.views,
            "orders": week.orders / found.orders,
            "creators": wanted / found.creator_gmv if found.creator_gmv > 0 else 1.0,
            "price": week.price / (found.gmv / found.orders),
        }
        if max(abs(factor - 1) for factor in by.values()) < CLOSE:
            return
        _step(tree, by, week)
    off = {key: factor for key, factor in by.items() if abs(factor - 1) > 1e-4}
    if off:
        raise ScalingError(_misfit(off, week, found))


def _step(tree: Tree, by: dict[str, float], week: Today) -> None:
    segments = tree["snowball"]["segments"]
    rates = ("conversion", "conversion_well", "conversion_interested", "calibration_gain")
    for segment in segments.values():
        times(segment, by["orders"], *rates)
        top = max(segment.get(rate) or 0.0 for rate in rates)
        if top > 1:
            raise ScalingError(
                f"{week.orders:g} orders of {week.views:g} views are more than visitors can order:"
                " are the views those of all own rooms, and a week's?"
            )
    for account in tree["field"]["accounts"].values():
        times(account, by["views"], "traffic", "cold_start", "saturation", "ceiling")
        stretch(account["reception"], 1.0, max(by["views"], 1.0))
    for curve in tree["field"].get("overlap", {}).values():
        stretch(curve, by["views"], by["views"])
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        times(tier, by["orders"], "conversion")
        stretch(tier["visits"], 1.0, by["creators"] / by["orders"] / by["price"])
    for line in tree["goods"]["lines"].values():
        times(line, by["price"], "price")


def _misfit(off: dict[str, float], week: Today, found: Ordinary) -> str:
    key = max(off, key=lambda name: abs(off[name] - 1))
    told, got = {
        "views": (f"{week.views:g} views", f"{found.views:g}"),
        "orders": (f"{week.orders:g} orders", f"{found.orders:g}"),
        "creators": (f"creators' GMV of {week.creator_gmv or 0:g}", f"{found.creator_gmv:g}"),
        "price": (f"{week.price:g} an order", f"{found.gmv / found.orders:g}"),
    }[key]
    return f"{told} cannot be reached, only {got}: the archetype is another kind of shop"
