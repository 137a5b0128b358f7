"""The same merchant at another size: the firm is scaled, the market stays.

Scaled are money, team and what there is of the audience and of today's activity. What the
platform and others set stays: terms, fees, deals, boosts, supply of creators, overlap, prices. A
larger merchant has today's rooms several times over: limits, reception and crew of a room grow
with it. A smaller one has the same rooms with less traffic, since an hour on air needs its whole
crew.
"""

from typing import Any

from allocator.changing import changed
from fact_models.response import scaled
from fact_models.spec.field import Account, Field
from fact_models.spec.instance import Instance

SIZES = (0.25, 0.5, 2.0, 4.0)
"""Sizes that are planned beside the merchant's own."""
ROOM = 0.9
"""Share of the addressable people that may follow on the first day."""
MONEY = ("budget", "budget_per_period", "overhead", "profit_floor")
CASH = ("opening", "floor", "credit", "drawn")
AUDIENCE = ("followers", "customers", "interest", "awareness")


def sized(instance: Instance, by: float) -> Instance:
    """The instance at ``by`` times its size.

    Heads may become fractions: people who work part of the week. Followers stop at ``ROOM``
    of the people there are, today's spend and creators at their limits.
    """
    tree = changed(instance)
    _money(tree["money"], by)
    tree["objective"]["target"] = _times(tree["objective"]["target"], by)
    for segment in tree["snowball"]["segments"].values():
        for key in AUDIENCE:
            segment[key] = _times(segment[key], by)
        segment["followers"] = min(segment["followers"], ROOM * segment["pool"])
    for line in tree["goods"]["lines"].values():
        stock = line["stock"]
        if stock:
            stock["opening"] = _times(stock["opening"], by)
            stock["arriving"] = [by * x for x in stock["arriving"]]
    if tree["field"]:
        assert instance.field is not None
        _field(tree["field"], instance.field, by)
    for tier in tree["alliance"]["tiers"].values() if tree["alliance"] else ():
        _tier(tier, by)
    for role in tree["staff"]["roles"].values() if tree["staff"] else ():
        for key in ("heads", "heads_min", "heads_max"):
            role[key] = _times(role[key], by)
    return Instance.model_validate(tree)


def _money(money: dict[str, Any], by: float) -> None:
    for key in MONEY:
        money[key] = _times(money[key], by)
    for limit in money["levers"].values():
        limit["min"], limit["max"] = by * limit["min"], _times(limit["max"], by)
    for cell in money["locked"]:
        cell["spend"] *= by
    for key in money["past"]:
        money["past"][key] *= by
    if money["cash"]:
        for key in CASH:
            money["cash"][key] *= by
        money["cash"]["receivables"] = [by * x for x in money["cash"]["receivables"]]


def _field(field: dict[str, Any], spec: Field, by: float) -> None:
    for a, account in field["accounts"].items():
        account["traffic"] = {s: by * x for s, x in account["traffic"].items()}
        if by < 1:
            account["current_hours"] *= by
        elif spec.accounts[a].open or spec.accounts[a].opens is not None:
            _grown(account, spec.accounts[a], by)
    for boost in field["boosts"].values():
        boost["current_spend"] = min(by * boost["current_spend"], boost["spend_max"])
    content = field["content"]
    if content:
        content["stock"] *= by
        content["current_made"] = min(by * content["current_made"], content["made_max"])


def _grown(account: dict[str, Any], spec: Account, by: float) -> None:
    """A room that stands for ``by`` rooms on air at the same time."""
    for key in ("saturation", "ceiling", "cold_start"):
        account[key] = {s: by * x for s, x in account[key].items()}
    account["fixed_cost"] *= by
    account["reception"] = scaled(spec.reception, 1.0, by).model_dump(mode="python")
    account["crew"] = {j: by * x for j, x in account["crew"].items()}
    quality = account["quality"]
    if quality:
        assert spec.quality is not None
        quality["curve"] = scaled(spec.quality.curve, 1.0, by).model_dump(mode="python")
        quality["crew"] = {j: by * x for j, x in quality["crew"].items()}


def _tier(tier: dict[str, Any], by: float) -> None:
    supply = max(offer["supply"] for offer in tier["offers"].values())
    current = tier["offers"].get(tier["current_offer"], {"supply": supply})["supply"]
    tier["pool"] = min(by * tier["pool"], max(tier["pool"], current))
    tier["current_samples"] = min(by * tier["current_samples"], tier["samples_max"])
    if tier["arriving"] is not None:
        tier["arriving"] = [by * x for x in tier["arriving"]]


def _times(value: float | None, by: float) -> float | None:
    return None if value is None else by * value
