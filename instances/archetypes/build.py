"""Write the archetype files: ``python instances/archetypes/build.py`` from the root of the
project.

The rules stand in docs/decisions/0001-archetype-mapping.md, the table's numbers in table.json,
what the table leaves open in choices.py.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from choices import (
    AWARENESS_RETENTION,
    CHOICES,
    HALO,
    HARVEST_MAX,
    HIRE_COST,
    INTEREST_DECAY,
    INTERESTED,
    NATURAL,
    POINT,
    RAMP,
    Choice,
)
from events import campaign, kol, season
from levers import alliance, field
from mapping import Law, Table, Week, first_week, segments, traffic_law
from notes import ASSUMED, NOTE, NOTES

from allocator.annotating import rounded, text
from fact_models.spec.instance import Instance

HERE = Path(__file__).parent
START = date(2025, 12, 29)
LASTING = 10.0
"""Weeks for which a recommended visit goes on returning, in the split of the halo."""


def goods(table: Table) -> Table:
    """One line with the table's unit economics."""
    u = table["unit"]
    return {
        "lines": {
            "all": {
                "price": u["aov"],
                "unit_cost": u["cogs_rate"] * u["aov"],
                "refund_pre": u["refund_pre_ship"],
                "refund_post": u["refund_post_ship"],
                "writeoff": u["return_writeoff"],
                "shipping": u["ship_cost"],
                "insurance": u["freight_insurance"],
                "handling": u["return_handling"],
            }
        }
    }


def snowball(table: Table, choice: Choice, week: Week, law: Law) -> Table:
    """Segments, interest pool, shelf; a halo point's GMV is split over shelf, traffic and
    interest."""
    aov = table["unit"]["aov"]
    weekly = HALO * POINT * (1 - AWARENESS_RETENTION)
    rate = float(np.dot(NATURAL, week.plain))
    traffic = 0.3 * weekly / (aov * rate * LASTING)
    interest = (
        0.2 * weekly / (aov * INTERESTED * rate * HARVEST_MAX / (HARVEST_MAX + INTEREST_DECAY))
    )
    found = segments(table, choice, week, law)
    for record in found.values():
        record["traffic_per_awareness"] = traffic
    shelf = table["shelf"]["spill"] * week.gmv_orders
    return {
        "segments": found,
        "awareness_retention": AWARENESS_RETENTION,
        "alliance_spill": law.spill,
        "interest": {
            "decay": INTEREST_DECAY,
            "per_boost_visit": week.seeds[0],
            "per_creator_visit": week.seeds[1],
            "per_kol_visit": min(1.0, 1.5 * week.seeds[1]),
            "per_awareness": interest,
            "harvest_max": HARVEST_MAX,
            "dip_share": 0.3,
        },
        "shelf": {
            "per_follower": 0.15 * shelf / float(week.followers.sum()),
            "per_awareness": 0.5 * weekly / aov,
            "per_content_order": 0.85 * shelf / week.gmv_orders,
        },
    }


def staff(table: Table, choice: Choice) -> Table:
    """The table's heads and pay; hours, hiring and cover from the choices."""
    roles: Table = {}
    for name, (key, label, hours, more) in choice["roles"].items():
        heads, wage = table["staff"]["roles"][key]
        record: Table = {"label": label, "heads": heads, "wage": wage, "hours": hours}
        if "hires_max" in more:
            record |= {"hire_lead": 3 if name == "host" else 2, "hire_cost": HIRE_COST}
            record["ramp"] = RAMP.get(name, [0.5, 0.75])
        roles[name] = {**record, "overtime_share": 0.1, **more}
    return {
        "roles": roles,
        "hire_every": 4,
        "order_hours": {choice["service"]: choice["service_hours"]},
    }


def weekly_spend(table: Table) -> float:
    """Budgeted spend of the first week: payroll, boosts, samples, commission on what is kept."""
    u, f = table["unit"], table["field"]
    kept = 1 - u["refund_pre_ship"] - u["refund_post_ship"]
    spend = sum(heads * wage for heads, wage in table["staff"]["roles"].values()) + f["ads_week"]
    for t in table["alliance"]["tiers"].values():
        gmv = t["active0"] * t["gmv_per_active"]
        spend += t["outreach_samples_week"] * t["sample_cost"]
        spend += (t["commission"] + t["service_fee"]) * kept * gmv
    return float(spend)


def money(table: Table, choice: Choice, weeks: int) -> Table:
    """Budget at today's spend with some headroom and the KOL budget, cash, settlement."""
    m, own = table["money"], table["standing"]
    budget = choice["headroom"] * weekly_spend(table) * weeks + own["kol_budget_year"] * weeks / 52
    lag = m["settle_weeks"]
    return {
        "budget": float(f"{budget:.3g}"),
        "platform_fee": table["unit"]["platform_fee"],
        "tax_other": table["unit"]["tax_other_rate"],
        "overhead": m["overhead_week"],
        "settlement": [0.0] * lag + [1.0],
        "cash": {
            "opening": m["cash0"],
            "floor": own["cash_floor"],
            "credit": own["credit"],
            "interest": 0.0015,
            "receivables": [m["steady_inflow0"]] * lag,
        },
    }


def tree(source: Table, name: str, weeks: int) -> Table:
    """The instance of a merchant as plain values."""
    table, choice = source["merchants"][name], CHOICES[name]
    week = first_week(table, choice)
    law = traffic_law(table, choice, week)
    last = START + timedelta(days=7 * weeks - 1)
    standing: Table = {"score": table["standing"]["score"]}
    if table["standing"]["new_until"]:
        standing["new_until"] = table["standing"]["new_until"]
    calendar = source["calendar_2026"]
    found: dict[str, Any] = {
        "name": f"{name}-{weeks}",
        "note": NOTE[name],
        "assumed": ASSUMED,
        "calendar": {"start": "2026-W01", "periods": weeks},
        "merchant": standing,
        "season": season(table, name, calendar, choice, last),
        "snowball": snowball(table, choice, week, law),
        "goods": goods(table),
        "field": field(table, choice, week, law),
        "alliance": alliance(table, choice, week),
        "campaign": campaign(table, name, calendar, choice, week, last),
        "kol": kol(table, name, source["kol_offers"], choice, week, weeks),
        "staff": staff(table, choice),
        "money": money(table, choice, weeks),
        "objective": {"goal": "gmv", "terminal": True},
    }
    return dict(rounded(found))


def main() -> None:
    """Write all files."""
    source = json.loads((HERE / "table.json").read_text(encoding="utf-8"))
    for name in source["merchants"]:
        for weeks in (26, 52):
            plain = tree(source, name, weeks)
            path = HERE / f"{name}-{weeks}.yaml"
            path.write_text(text(plain, Instance, NOTES), encoding="utf-8")


if __name__ == "__main__":
    main()
