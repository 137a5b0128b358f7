"""Season, promotions and KOL deals of an archetype."""

from datetime import date, timedelta

import numpy as np
from choices import HALO, PAID, POINT, Choice
from levers import by_segment
from mapping import Table, Week

MARKET_PART = 0.2
"""Exponent of a promotion's demand multiplier that every merchant gets; the rest asks for a
package."""


def season(
    table: Table, name: str, calendar: list[Table], choice: Choice, last: date
) -> list[Table]:
    """Spring-Festival stop, the market's part of the promotions, dearer boosts in them."""
    spans = []
    for c in calendar:
        if date.fromisoformat(c["first"]) > last:
            continue
        span: Table = {"first": c["first"], "last": c["last"]}
        demand = c["demand"][name]
        if c["key"] == "cny_shutdown":
            span |= {"traffic": demand**0.5, "conversion": demand**0.5}
        else:
            span |= {
                "conversion": demand**MARKET_PART,
                "boost_cost": choice["boost_premium"] + 0.1 * (c["key"] in {"p618", "d11_peak"}),
            }
        spans.append(span)
    return spans


BIG = {"p618", "p818", "d11_open", "d11_mid", "d11_peak"}
"""Promotions with the score rule and without new merchants."""
FOLLOWED = {"d11_open", "d11_mid"}
"""Promotions that the next one follows at once: no dip of their own between them."""


def campaign(
    table: Table, name: str, calendar: list[Table], choice: Choice, week: Week, last: date
) -> Table:
    """Promotions of the calendar that open within the horizon."""
    found: Table = {}
    for c in calendar:
        opening = date.fromisoformat(c["first"])
        if c["key"] == "cny_shutdown" or opening > last:
            continue
        demand = c["demand"][name] ** (1 - MARKET_PART)
        signup = opening - timedelta(days=c["signup_lead_days"])
        big = c["key"] in BIG
        record: Table = {
            "label": c["label"],
            "first": c["first"],
            "last": c["last"],
            "signup_by": signup.isoformat(),
            "packages": {
                "light": _package(
                    choice, week, "light", 1 + 0.6 * (demand - 1), c["discount"] - 0.05
                ),
                "full": _package(choice, week, "full", demand, c["discount"]),
            },
            "min_score": 70 if big else 60,
            "open_to_new": not big,
        }
        if c["key"] == "d11_mid":
            del record["packages"]["full"]
        if c["key"] not in {"d11_mid", "d11_peak"}:
            record["pre_dip"] = {"factor": 0.95, "periods": 1}
        if c["post_dip"] < 1 and c["key"] not in FOLLOWED:
            record["post_dip"] = {"factor": c["post_dip"], "periods": 2}
        found[c["key"]] = record
    return {"campaigns": found}


def _package(choice: Choice, week: Week, kind: str, demand: float, discount: float) -> Table:
    """Demand raises orders per visit; the fourth root of it brings visits on top."""
    visits = (demand**0.25 - 1) * float(week.visits.sum())
    return {
        "fee": choice["fees"][kind],
        "discount": discount,
        "uplift": demand,
        "visits": by_segment(visits * np.array(PAID)),
        "crew": choice["crew_campaign"][kind],
    }


WINDOWS = {
    "koc_pack": ("2026-W05", "2026-W14"),
    "mid_slot": ("2026-W08", "2026-W17"),
    "head_slot": ("2026-W12", "2026-W19"),
    "head_special": ("2026-W20", "2026-W25"),
    "pure_commission": ("2026-W10", "2026-W17"),
    "roi_guarantee": ("2026-W13", "2026-W20"),
}
AUTUMN = {
    "mid_slot": ("2026-W33", "2026-W42"),
    "head_slot": ("2026-W36", "2026-W43"),
    "head_special": ("2026-W41", "2026-W46"),
}
VISITS_PER_ORDER = {"koc_pack": 80.0, "mid_slot": 50.0, "head_special": 30.0}
DEPOSIT = {"koc_pack": 1.0, "roi_guarantee": 1.0}
REACH = (0.2, 0.4, 0.4)


def kol(
    table: Table, name: str, offers: list[Table], choice: Choice, week: Week, weeks: int
) -> Table:
    """The menu of deals; a second round in autumn where the horizon holds it."""
    deals: Table = {}
    price = table["unit"]["aov"]
    for o in offers:
        rounds = [("", WINDOWS[o["key"]])]
        if weeks > 26 and o["key"] in AUTUMN:
            rounds.append(("_autumn", AUTUMN[o["key"]]))
        for suffix, window in rounds:
            deals[o["key"] + suffix] = _deal(o, price, window, choice, week)
            if name == "snack-alliance" and o["key"] == "head_special":
                plain = {**o, "extra_discount": 0.0}
                plain |= {p: 0.6 * o[p] for p in ("gmv_p10", "gmv_p50", "gmv_p90")}
                deal = _deal(plain, price, window, choice, week)
                deals[f"head_full_price{suffix}"] = {
                    **deal,
                    "label": "head brand special without a cut",
                    "exclusive_with": [o["key"] + suffix],
                }
    deals["head_special"]["exclusive_with"] = ["pure_commission"]
    return {"deals": deals, "spacing": 2, "cash_outcome": "p10"}


def _deal(o: Table, price: float, window: tuple[str, str], choice: Choice, week: Week) -> Table:
    per_order = VISITS_PER_ORDER.get(o["key"], 40.0)
    mean = 0.3 * o["gmv_p10"] + 0.4 * o["gmv_p50"] + 0.3 * o["gmv_p90"]
    unit = price * (1 - o["extra_discount"])
    median = o["gmv_p50"] / unit
    fans = o["new_fans_p50"]
    return {
        "label": o["label"],
        "fee": o["fixed_fee"],
        "deposit_share": DEPOSIT.get(o["key"], 0.5),
        "lead": o["lead_weeks"],
        "first": window[0],
        "last": window[1],
        "commission": o["commission"],
        "discount": o["extra_discount"],
        "refund_pre_add": 0.4 * o["refund_add"],
        "refund_post_add": 0.6 * o["refund_add"],
        "gmv": {p: o[f"gmv_{p}"] for p in ("p10", "p50", "p90")},
        "acceptance": o.get("acceptance_prob", 1.0),
        "mix": by_segment(REACH),
        "visits_per_order": per_order,
        "own_visits": by_segment(0.02 * mean / unit * per_order * np.array(REACH)),
        "awareness": by_segment(o["halo_ratio"] / HALO * mean / POINT * np.array(REACH)),
        "contact_per_visit": 0.7 * fans / (median * per_order),
        "contact_per_order": min(1.0, 0.3 * fans / median),
        "crew": choice["crew_deal"],
    }
