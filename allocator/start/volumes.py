"""Amounts of an archetype moved to a merchant's figures: rooms, hours, people, visits, money."""

from dataclasses import dataclass

from allocator.start.answers import Today
from allocator.start.ordinary import Ordinary
from allocator.start.stretching import AnswerError, ScalingError, Tree, stretch, times

RECEIVED = 0.9
"""Share of a room's longest week that today's hours take, at most."""
LONGEST = 150.0
"""Live hours of a room in a week that goes day and night."""


@dataclass(frozen=True)
class Ratios:
    """Her figures over the archetype's."""

    gmv: float
    views: float
    orders: float
    ads: float
    followers: float
    creators: float

    @classmethod
    def of(cls, source: Tree, tree: Tree, before: Ordinary, week: Today) -> "Ratios":
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


def _open(tree: Tree) -> dict[str, Tree]:
    return {a: s for a, s in tree["field"]["accounts"].items() if s.get("open", True)}


def keep_rooms(tree: Tree, rooms: int) -> None:
    """Keep so many of the archetype's rooms of today; the others' traffic and hours go to them,
    and they receive as many visits in those hours.
    """
    today = _open(tree)
    if rooms > len(today):
        rule = f"must be at most {len(today)}, the rooms that the archetype has today"
        hint = "add the others to the file by hand, or take beauty, which has four"
        raise AnswerError(("rooms",), rule, hint)
    kept = list(today)[:rooms]
    share = sum(s.get("share", 1.0) for s in today.values())
    for name in list(today)[rooms:]:
        del tree["field"]["accounts"][name]
    for name in kept:
        account = tree["field"]["accounts"][name]
        by = share / sum(today[k].get("share", 1.0) for k in kept)
        account["share"] = account.get("share", 1.0) * by
        more = len(today) / rooms
        times(account, more, "traffic", "current_hours")
        stretch(account["reception"], more, more)
    limit = tree["field"].get("accounts_max")
    if limit is not None:
        tree["field"]["accounts_max"] = limit - len(today) + rooms


def fill_hours(tree: Tree, week: Today) -> None:
    """Today's hours over the open rooms, and receptions whose hours stretch alike."""
    rooms = _open(tree)
    before = sum(s.get("current_hours", 0.0) for s in rooms.values())
    by = week.hours / before
    if week.hours > LONGEST * len(rooms):
        rule = f"{week.hours:g} live hours a week are more than {len(rooms)} rooms"
        rule += f" hold ({LONGEST * len(rooms):g})"
        if week.origin["hours"] == "answers":
            raise AnswerError(("hours",), rule, "take beauty, it has four rooms")
        raise ScalingError(f"{rule}: take beauty, it has four")
    longest = max(s.get("current_hours", 0.0) * by / s["hours_max"] for s in rooms.values())
    for account in tree["field"]["accounts"].values():
        if longest > RECEIVED:
            times(account, longest / RECEIVED, "hours_max")
            for slot in account.get("slots", {}).values():
                times(slot, longest / RECEIVED, "hours_max")
        times(account, by, "current_hours")
        stretch(account["reception"], by, 1.0)
        if account.get("quality"):
            quality = account["quality"]
            quality["hours_max"] = min(quality["hours_max"] * by, account["hours_max"])
            stretch(quality["curve"], by, 1.0)


def move_volumes(tree: Tree, r: Ratios, week: Today) -> None:
    """Everything that is an amount of people, visits or money moves with its figure."""
    law = tree["snowball"]
    # A shop without followers tells nothing of what one brings: that is the archetype's.
    people = r.followers or r.views
    for segment in law["segments"].values():
        times(segment, max(r.followers, r.views), "pool")
        times(segment, r.followers, "followers")
        times(segment, r.orders, "customers")
        times(segment, r.views, "interest")
        # Followers per visit as they are today match as many visits as the archetype's do.
        times(segment, people / r.views, "calibration_scale")
        times(segment, r.views / people, "traffic_per_follower", "return_rate")
        times(segment, r.views / r.orders, "traffic_per_order", "lookalike")
        segment["return_rate"] = min(segment.get("return_rate", 0.0), 7.0)
        segment["calibration_scale"] = max(segment.get("calibration_scale", 1.0), 1e-9)
    if law.get("shelf"):
        times(law["shelf"], r.orders / people, "per_follower")
        law["shelf"]["per_follower"] = min(law["shelf"].get("per_follower", 0.0), 1.0)
    _field(tree["field"], r, week)
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        times(tier, r.creators, "pool", "current_samples")
        room = r.creators or r.gmv
        times(tier, room, "samples_max")
        for offer in tier["offers"].values():
            times(offer, room, "supply")
        stretch(tier["visits"], room, room)
        times(tier, room / r.orders, "attraction")
        tier["attraction"] = min(tier.get("attraction", 0.0), 1.0)
    for campaign in tree.get("campaign", {}).get("campaigns", {}).values():
        for package in campaign["packages"].values():
            times(package, r.views, "visits")


def _field(field: Tree, r: Ratios, week: Today) -> None:
    for account in field["accounts"].values():
        times(account, r.views, "traffic", "cold_start", "saturation", "ceiling")
        times(account, r.gmv, "opening_cost", "fixed_cost")
        stretch(account["reception"], 1.0, r.views)
        if account.get("quality"):
            stretch(account["quality"]["curve"], 1.0, r.views)
    room = max(r.ads, 1e-9) if week.ad_spend else r.views
    # What a yuan brings today is the archetype's; with more spend than visits, it brings less.
    seen = min(room, r.views)
    for boost in field["boosts"].values():
        times(boost, r.ads, "current_spend")
        times(boost, room, "spend_max")
        stretch(boost["curve"], room, seen)
        times(boost, seen / room, "crew")
        boost["crew"] = {j: min(h, 1.0) for j, h in boost.get("crew", {}).items()}
    for curve in field.get("overlap", {}).values():
        stretch(curve, r.views, r.views)
