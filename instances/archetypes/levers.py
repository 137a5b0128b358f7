"""Field and Alliance records of an archetype."""

from typing import Any

import numpy as np
from choices import (
    CREATOR_LABEL,
    CREATOR_LEAD,
    CREATOR_MIX,
    OVERLAP,
    PAID,
    RESERVE,
    ROOM,
    SAMPLE_HOURS,
    SEGMENTS,
    SHARE_OPEN,
    SKILLED,
    UPKEEP_HOURS,
    WELL_HOURS,
    WELL_MOST,
    Choice,
)
from mapping import Law, Table, Week, new_room_saturation, paid_visits

COLD_START = 0.20
"""Visits that the platform gives a new room per week, relative to the room's size."""


def by_segment(values: Any) -> Table:
    """Numbers keyed by segment."""
    return {s: float(v) for s, v in zip(SEGMENTS, values, strict=True)}


def field(table: Table, choice: Choice, week: Week, law: Law) -> Table:
    """Own rooms, boosts and content."""
    f = table["field"]
    rooms: Table = {}
    for n in range(f["accounts0"]):
        label = choice["room_label"] + (f" {n + 1}" if f["accounts0"] > 1 else "")
        rooms["flagship" if n == 0 else f"room_{n + 1}"] = {
            "label": label,
            "type": "flagship" if n == 0 else "category",
            "traffic": by_segment(week.natural / f["accounts0"]),
            "saturation": by_segment(law.saturation),
            "ceiling": by_segment(law.ceiling),
            "share": SHARE_OPEN / f["accounts0"],
            **_room(table, choice, week, 1.0),
            "current_hours": f["hours_week"] / f["accounts0"],
        }
    start = week.natural / f["accounts0"]
    for name, kind, size, cost, fixed in choice["rooms"]:
        rooms[name] = {
            "type": kind,
            "open": False,
            "opening_cost": cost,
            "opening_lead": 2,
            "fixed_cost": fixed,
            "cold_start": by_segment(COLD_START * size * start),
            "saturation": by_segment(new_room_saturation(law, start, size, COLD_START)),
            "ceiling": by_segment(law.ceiling),
            "share": (1 - SHARE_OPEN) / len(choice["rooms"]),
            **_room(table, choice, week, size),
        }
    found: Table = {
        "accounts": rooms,
        "accounts_max": table["standing"]["accounts_max"],
        "boosts": _boosts(table, choice, week),
    }
    if choice["content"]:
        made = choice["content"]["made"]
        heads = table["staff"]["roles"]["video"][0]
        found["content"] = {
            "stock": made / 0.25,
            "decay": 0.25,
            "made_max": 1.6 * made,
            "crew": {"video": 0.8 * 40 * heads / made},
            "bought_max": 0.5 * made,
            "price": choice["content"]["price"],
            "current_made": made,
        }
    found["overlap"] = {s: _overlap(table, start[n]) for n, s in enumerate(SEGMENTS)}
    return found


def _room(table: Table, choice: Choice, week: Week, size: float) -> Table:
    """Hours, reception, crew and quality of a room; ``size`` relative to a room of today."""
    f = table["field"]
    slots = choice["slots"]
    hours = sum(h for h, _ in slots.values())
    mean = sum(h * w for h, w in slots.values()) / hours
    visits = size * float(week.visits.sum()) / f["accounts0"]
    theta = f["hours_exponent"]
    half = f["h_ref"] * theta / (1 - theta)
    today = f["hours_week"] / f["accounts0"]
    return {
        "hours_max": hours,
        "reception": {
            "kind": "hill",
            "scale": RESERVE * visits * (half + today) / today / mean,
            "half": half,
            "slope": 1.0,
        },
        "slots": {b: {"hours_max": h, "factor": w} for b, (h, w) in slots.items()},
        "crew": choice["crew_live"],
        "quality": {
            "curve": {
                "kind": "exponential",
                "scale": WELL_MOST * visits,
                "rate_scale": WELL_HOURS * today,
            },
            "hours_max": SKILLED * hours,
            "crew": choice["crew_skilled"],
        },
    }


def _boosts(table: Table, choice: Choice, week: Week) -> Table:
    f = table["field"]
    beta, total = f["ads_exponent"], paid_visits(f)
    parts = {"live_ads": choice["live_share"], "short_video": 1 - choice["live_share"]}
    found: Table = {}
    for name, part in parts.items():
        if part <= 0:
            continue
        units = choice["content"]["made"] / 0.25 if name == "short_video" else 1.0
        spend = part * f["ads_week"] / units
        half = part * f["ads_ref"] * beta / (1 - beta) / units
        found[name] = {
            "label": "直播投流" if name == "live_ads" else "短视频投流",
            "curve": {
                "kind": "hill",
                "scale": part * total / units * (half + spend) / spend,
                "half": half,
                "slope": 1.0,
            },
            "per_content": name == "short_video",
            "spend_max": 2.5 * part * f["ads_ref"],
            "mix": by_segment(PAID),
            "conversion_factor": week.boost_factor,
            "crew": choice["crew_ads"],
            "current_spend": part * f["ads_week"],
        }
    return found


def _overlap(table: Table, room: float) -> Table:
    """Distinct visits from summed ones: every room beyond today's adds less."""
    n, most = table["field"]["accounts0"], 10
    unit = ROOM * room
    x, y = [0.0, n * unit], [0.0, n * unit]
    for k in range(most):
        gain = OVERLAP[min(n + k, len(OVERLAP) - 1)]
        x.append(x[-1] + unit)
        y.append(y[-1] + gain * unit)
        if n + k >= len(OVERLAP) - 1:
            x[-1] = x[-2] + 40 * unit
            y[-1] = y[-2] + gain * 40 * unit
            break
    return {"kind": "piecewise", "x": x, "y": y}


def alliance(table: Table, choice: Choice, week: Week) -> Table:
    """Creator tiers with today's terms, a higher commission and long-term partners."""
    tiers: Table = {}
    aov = table["unit"]["aov"]
    for c, t in table["alliance"]["tiers"].items():
        pool, limit = t["active0"], choice["saturation"][c]
        rate = float(np.dot(CREATOR_MIX[c], week.creator_rate[c]))
        each = t["gmv_per_active"] * (1 + pool / limit) / (aov * rate)
        role = choice["crew_creator"]
        tiers[c] = {
            "label": CREATOR_LABEL[c],
            "pool": pool,
            "visits": {"kind": "hill", "scale": each * limit, "half": limit, "slope": 1.0},
            "mix": by_segment(CREATOR_MIX[c]),
            "conversion": by_segment(week.creator_rate[c]),
            "offers": _offers(t, 3.0 * max(pool, limit / 2.5)),
            "current_offer": "open_plan",
            "current_samples": t["outreach_samples_week"],
            "samples_max": 4 * t["outreach_samples_week"],
            "sample_cost": t["sample_cost"],
            "lead": CREATOR_LEAD[c],
            "crew_sample": {role: SAMPLE_HOURS[c]},
            "crew_upkeep": {role: UPKEEP_HOURS[c]},
            "attraction": 0.0005 if c == "tail" else 0.0,
            "awareness_pull": 0.002 if c == "tail" else 0.0,
            "contact_per_visit": 0.001,
            "contact_per_order": 0.03,
        }
    return {"tiers": tiers, "contract_periods": 8}


def _offers(t: Table, supply: float) -> Table:
    base = {"service_fee": t["service_fee"]}
    return {
        "open_plan": {
            "commission": t["commission"],
            **base,
            "churn": t["churn"],
            "supply": supply,
            "activation": t["activation"],
        },
        "raised": {
            "commission": t["commission"] + 0.05,
            **base,
            "churn": 0.8 * t["churn"],
            "supply": 1.4 * supply,
            "activation": min(1.0, 1.25 * t["activation"]),
            "effort": 1.10,
        },
        "long_term": {
            "commission": t["commission"] - 0.04,
            **base,
            "churn": 0.5 * t["churn"],
            "supply": 0.5 * supply,
            "activation": 0.6 * t["activation"],
            "effort": 0.97,
        },
    }
