"""An archetype scaled to a merchant's week: her figures exactly, everything else in proportion.

Volumes (traffic, pools, creators, money of the house) move with the figure that they belong to.
Rates, shares and curves' shapes stay the archetype's. Four factors are left: traffic, conversion,
creators' reach and price. They are found so that today's controls, replayed in an ordinary week,
bring her visits, orders, creators' GMV and GMV.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.start.answers import Answers, Today
from allocator.start.dates import calendar_of, place
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance

Tree = dict[str, Any]
ROUNDS = 40
CLOSE = 1e-7
"""Relative distance from her figures at which the search for the four factors ends."""
KEPT = 0.5
"""Most of today's cash that a floor nobody stated keeps."""
BUSY = 0.95
"""Share of the team's hours that today's work takes, at most."""
RECEIVED = 0.9
"""Share of a room's longest week that today's hours take, at most."""
LONGEST = 150.0
"""Live hours of a room in a week that goes day and night."""


class ScalingError(ValueError):
    """Her figures do not fit the archetype; the text says which and what would help."""


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


def scaled(source: Tree, week: Today, answers: Answers) -> Tree:
    """Plain values of the merchant's instance.

    Args:
        source: plain values of the archetype.
        week: the merchant's ordinary week.
        answers: what else is known.

    Raises:
        ScalingError: the figures do not fit the archetype.
    """
    tree = deepcopy(source)
    tree.pop("note", None)
    if answers.rooms is not None:
        _rooms(tree, answers.rooms)
    before = ordinary_week(tree)
    tree["calendar"] = calendar_of(week.start, answers.periods)
    place(tree)
    tree["merchant"] = {"score": answers.score or source["merchant"]["score"]}
    was_budget = source["money"]["budget"] / source["calendar"]["periods"]
    ratios = _Ratios.of(source, tree, before, week)
    _hours(tree, week)
    _volumes(tree, ratios, week)
    _unit_economics(tree, week, answers)
    _team(tree, week, answers)
    _fit(tree, week)
    _workload(tree)
    _money(tree, ratios, week, answers, headroom=was_budget / before.spend)
    if answers.goal is not None:
        tree["objective"] = {**tree.get("objective", {}), "goal": answers.goal}
    return tree


@dataclass(frozen=True)
class _Ratios:
    """Her figures over the archetype's."""

    gmv: float
    views: float
    orders: float
    ads: float
    followers: float
    creators: float

    @classmethod
    def of(cls, source: Tree, tree: Tree, before: Ordinary, week: Today) -> "_Ratios":
        gmv = week.gmv / before.gmv
        ads = sum(boost.get("current_spend", 0.0) for boost in tree["field"]["boosts"].values())
        fans = sum(s["followers"] for s in source["snowball"]["segments"].values())
        tiers = source.get("alliance", {}).get("tiers", {}).values()
        creators = sum(tier["pool"] for tier in tiers)
        views = week.views / before.views
        sold = gmv if week.creator_gmv is None else week.creator_gmv / max(before.creator_gmv, 1.0)
        known = week.creators is not None and creators > 0
        return cls(
            gmv=gmv,
            views=views,
            orders=week.orders / before.orders,
            ads=views if week.ad_spend is None or ads == 0 else week.ad_spend / ads,
            followers=views if week.followers is None else week.followers / fans,
            creators=week.creators / creators if known and week.creators else sold,
        )


def _by(record: Tree, factor: float, *keys: str) -> None:
    """Multiply numbers, or all numbers of a mapping or a list, by ``factor``."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, dict):
            record[key] = {k: v * factor for k, v in value.items()}
        elif isinstance(value, list):
            record[key] = [v * factor for v in value]
        elif value is not None:
            record[key] = value * factor


def _curve(curve: Tree, across: float, up: float) -> None:
    """Stretch a curve: what took x now takes ``across`` x, what gave y gives ``up`` y.

    Raises:
        ScalingError: the kind of curve is none of the archetypes'.
    """
    if curve["kind"] == "piecewise":
        _by(curve, across, "x")
        _by(curve, up, "y")
    elif curve["kind"] in ("hill", "exponential"):
        _by(curve, up, "scale")
        _by(curve, across, "half", "rate_scale")
    else:
        raise ScalingError(f"curves of kind {curve['kind']} cannot be scaled")


def _open(tree: Tree) -> dict[str, Tree]:
    return {a: s for a, s in tree["field"]["accounts"].items() if s.get("open", True)}


def _rooms(tree: Tree, rooms: int) -> None:
    """Keep so many of the archetype's rooms of today; the others' traffic and hours go to them,
    and they receive as many visits in those hours.
    """
    today = _open(tree)
    if rooms > len(today):
        rule = f"the archetype has {len(today)} rooms today, the answers say {rooms}"
        raise ScalingError(f"{rule}: add the others to the file by hand, or take beauty")
    kept = list(today)[:rooms]
    share = sum(s.get("share", 1.0) for s in today.values())
    for name in list(today)[rooms:]:
        del tree["field"]["accounts"][name]
    for name in kept:
        account = tree["field"]["accounts"][name]
        by = share / sum(today[k].get("share", 1.0) for k in kept)
        account["share"] = account.get("share", 1.0) * by
        more = len(today) / rooms
        _by(account, more, "traffic", "current_hours")
        _curve(account["reception"], more, more)
    limit = tree["field"].get("accounts_max")
    if limit is not None:
        tree["field"]["accounts_max"] = limit - len(today) + rooms


def _hours(tree: Tree, week: Today) -> None:
    """Today's hours over the open rooms, and receptions whose hours stretch alike."""
    rooms = _open(tree)
    before = sum(s.get("current_hours", 0.0) for s in rooms.values())
    by = week.hours / before
    if week.hours > LONGEST * len(rooms):
        rule = f"{week.hours:g} live hours a week are more than {len(rooms)} rooms"
        raise ScalingError(f"{rule} hold ({LONGEST * len(rooms):g}): take beauty, it has four")
    longest = max(s.get("current_hours", 0.0) * by / s["hours_max"] for s in rooms.values())
    for account in tree["field"]["accounts"].values():
        if longest > RECEIVED:
            _by(account, longest / RECEIVED, "hours_max")
            for slot in account.get("slots", {}).values():
                _by(slot, longest / RECEIVED, "hours_max")
        _by(account, by, "current_hours")
        _curve(account["reception"], by, 1.0)
        if account.get("quality"):
            quality = account["quality"]
            quality["hours_max"] = min(quality["hours_max"] * by, account["hours_max"])
            _curve(quality["curve"], by, 1.0)


def _volumes(tree: Tree, r: _Ratios, week: Today) -> None:
    """Everything that is an amount of people, visits or money moves with its figure."""
    law = tree["snowball"]
    for segment in law["segments"].values():
        _by(segment, max(r.followers, r.views), "pool")
        _by(segment, r.followers, "followers")
        _by(segment, r.orders, "customers")
        _by(segment, r.views, "interest")
        # Followers per visit as they are today match as many visits as the archetype's do.
        _by(segment, r.followers / r.views, "calibration_scale")
        _by(segment, r.views / max(r.followers, 1e-9), "traffic_per_follower", "return_rate")
        _by(segment, r.views / r.orders, "traffic_per_order", "lookalike")
        segment["return_rate"] = min(segment.get("return_rate", 0.0), 7.0)
        segment["calibration_scale"] = max(segment.get("calibration_scale", 1.0), 1e-9)
    if law.get("shelf"):
        _by(law["shelf"], r.orders / max(r.followers, 1e-9), "per_follower")
        law["shelf"]["per_follower"] = min(law["shelf"].get("per_follower", 0.0), 1.0)
    _field(tree["field"], r, week)
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        _by(tier, r.creators, "pool", "current_samples")
        room = r.creators or r.gmv
        _by(tier, room, "samples_max")
        for offer in tier["offers"].values():
            _by(offer, room, "supply")
        _curve(tier["visits"], room, room)
        _by(tier, room / r.orders, "attraction")
        tier["attraction"] = min(tier.get("attraction", 0.0), 1.0)
    for campaign in tree.get("campaign", {}).get("campaigns", {}).values():
        for package in campaign["packages"].values():
            _by(package, r.views, "visits")


def _field(field: Tree, r: _Ratios, week: Today) -> None:
    for account in field["accounts"].values():
        _by(account, r.views, "traffic", "cold_start", "saturation", "ceiling")
        _by(account, r.gmv, "opening_cost", "fixed_cost")
        _curve(account["reception"], 1.0, r.views)
        if account.get("quality"):
            _curve(account["quality"]["curve"], 1.0, r.views)
    room = max(r.ads, 1e-9) if week.ad_spend else r.views
    # What a yuan brings today is the archetype's; with more spend than visits, it brings less.
    seen = min(room, r.views)
    for boost in field["boosts"].values():
        _by(boost, r.ads, "current_spend")
        _by(boost, room, "spend_max")
        _curve(boost["curve"], room, seen)
        _by(boost, seen / room, "crew")
        boost["crew"] = {j: min(h, 1.0) for j, h in boost.get("crew", {}).items()}
    for curve in field.get("overlap", {}).values():
        _curve(curve, r.views, r.views)


def _unit_economics(tree: Tree, week: Today, answers: Answers) -> None:
    """Price and goods of an order, refunds; parcels cost what they cost."""
    lines = tree["goods"]["lines"]
    mean = float(np.mean([line["price"] for line in lines.values()]))
    for line in lines.values():
        _by(line, week.price / mean, "price", "unit_cost")
        if answers.unit_cost is not None:
            line["unit_cost"] = answers.unit_cost
        before, after = line.get("refund_pre", 0.0), line.get("refund_post", 0.0)
        share = before + after if week.refund_share is None else week.refund_share
        early = before / (before + after) if before + after > 0 else 0.5
        if answers.refund_before_shipping is not None:
            early = answers.refund_before_shipping
        line["refund_pre"], line["refund_post"] = early * share, (1 - early) * share


def _team(tree: Tree, week: Today, answers: Answers) -> None:
    """Heads by role: as answered; else the team over the roles as in the archetype."""
    roles = tree["staff"]["roles"]
    unknown = sorted(set(answers.team) - set(roles))
    if unknown:
        raise ScalingError(f"team names {unknown[0]}; roles are {', '.join(roles)}")
    rest = [j for j in roles if j not in answers.team]
    for j, heads in answers.team.items():
        roles[j]["heads"] = heads
    if week.team is None or not rest:
        return
    left = max(round(week.team) - sum(answers.team.values()), 0)
    weights = np.array([roles[j]["heads"] for j in rest], dtype=float)
    for j, count in zip(rest, _apportioned(left, weights), strict=True):
        roles[j]["heads"] = count
    for role in roles.values():
        limit = role.get("heads_max")
        if limit is not None:
            role["heads_max"] = max(limit, role["heads"])
        if "heads_min" in role:
            role["heads_min"] = min(role["heads_min"], role["heads"])


def _apportioned(total: int, weights: np.ndarray) -> list[int]:
    """Whole numbers that sum to ``total`` in proportion to ``weights``, one each if it goes."""
    filled = weights > 0
    heads = filled.astype(int) if total >= filled.sum() else np.zeros(weights.size, dtype=int)
    for _ in range(total - int(heads.sum())):
        short = np.where(filled, weights / np.maximum(heads, 0.5), -1.0)
        heads[int(np.argmax(short))] += 1
    return [int(count) for count in heads]


def _workload(tree: Tree) -> None:
    """Work that today's team does today takes at most ``BUSY`` of its hours; a role with nobody in
    it has no work.
    """
    need = ordinary_week(tree).need
    field = tree["field"]
    crews = [account.get("crew", {}) for account in field["accounts"].values()]
    crews += [s["quality"]["crew"] for s in field["accounts"].values() if s.get("quality")]
    crews += [boost.get("crew", {}) for boost in field["boosts"].values()]
    crews += [field["content"]["crew"]] if field.get("content") else []
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        crews += [tier.get("crew_sample", {}), tier.get("crew_upkeep", {})]
    crews.append(tree["staff"].get("order_hours", {}))
    for j, role in tree["staff"]["roles"].items():
        at_hand = BUSY * role["heads"] * role["hours"]
        if need[j] > at_hand:
            for crew in crews:
                _by(crew, at_hand / need[j], j)


def _fit(tree: Tree, week: Today) -> None:
    """Traffic, conversion, creators' reach and price such that the ordinary week is hers."""
    for _ in range(ROUNDS):
        try:
            found = ordinary_week(tree)
        except ValueError as error:
            raise ScalingError(f"the archetype cannot be scaled that far: {error}") from None
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
        _by(segment, by["orders"], *rates)
        top = max(segment.get(rate) or 0.0 for rate in rates)
        if top > 1:
            raise ScalingError(
                f"{week.orders:g} orders of {week.views:g} views are more than visitors can order:"
                " are the views those of all own rooms, and a week's?"
            )
    for account in tree["field"]["accounts"].values():
        _by(account, by["views"], "traffic", "cold_start", "saturation", "ceiling")
        _curve(account["reception"], 1.0, max(by["views"], 1.0))
    for curve in tree["field"].get("overlap", {}).values():
        _curve(curve, by["views"], by["views"])
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        _by(tier, by["orders"], "conversion")
        _curve(tier["visits"], 1.0, by["creators"] / by["orders"] / by["price"])
    for line in tree["goods"]["lines"].values():
        _by(line, by["price"], "price")


def _misfit(off: dict[str, float], week: Today, found: Ordinary) -> str:
    key = max(off, key=lambda name: abs(off[name] - 1))
    told, got = {
        "views": (f"{week.views:g} views", f"{found.views:g}"),
        "orders": (f"{week.orders:g} orders", f"{found.orders:g}"),
        "creators": (f"creators' GMV of {week.creator_gmv or 0:g}", f"{found.creator_gmv:g}"),
        "price": (f"{week.price:g} an order", f"{found.gmv / found.orders:g}"),
    }[key]
    return f"{told} cannot be reached, only {got}: the archetype is another kind of shop"


def _money(tree: Tree, r: _Ratios, week: Today, answers: Answers, *, headroom: float) -> None:
    """Cash as she has it, limits in proportion, receipts of the last weeks that are to come."""
    book = tree["money"]
    _by(book, r.gmv, "overhead")
    cash = book["cash"]
    _by(cash, r.gmv, "opening", "floor", "credit")
    if week.cash is not None:
        cash["opening"] = week.cash
        cash["floor"] = min(cash["floor"], max(week.cash, 0.0) * KEPT)
    if answers.cash_floor is not None:
        cash["floor"] = answers.cash_floor
    if answers.credit is not None:
        cash["credit"] = answers.credit
    cash["receivables"] = _receivables(tree, week)
    spend = ordinary_week(tree).spend
    book["budget"] = answers.budget
    if answers.budget is None:
        book["budget"] = float(f"{headroom * spend * answers.periods:.3g}")


def _receivables(tree: Tree, week: Today) -> list[float]:
    """Receipts of the export's last weeks that are still under way, by week of arrival."""
    book, settlement = tree["money"], tree["money"]["settlement"]
    line = next(iter(tree["goods"]["lines"].values()))
    kept = 1 - line["refund_pre"] - line["refund_post"]
    share = kept * (1 - book.get("platform_fee", 0.0) - book.get("tax_other", 0.0))
    tiers = tree.get("alliance", {}).get("tiers", {}).values()
    offers = [tier["offers"][tier["current_offer"]] for tier in tiers]
    fees = [offer["commission"] + offer.get("service_fee", 0.0) for offer in offers]
    sold = (week.creator_gmv or 0.0) / week.gmv
    share -= kept * sold * (float(np.mean(fees)) if fees else 0.0)
    paid = week.paid[::-1]
    return [
        share * sum(settlement[n] * paid[n - t - 1] for n in range(t + 1, len(settlement)))
        for t in range(len(settlement) - 1)
        if len(paid) >= len(settlement) - 1
    ]
