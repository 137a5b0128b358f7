"""Rules of single decisions: finite, not negative, whole, within their largest value."""

import numpy as np

from fact_models.decisions import AXES, INTEGER, Array, Decisions
from fact_models.replay.known import Facts
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales

BINARY = ("start", "on", "discount", "offer", "package", "deal")
"""Whole numbers that are 0 or 1."""

MECHANISM = {
    "FI": (
        "start on hours skilled boost_spend content_made content_bought discount recommended "
        "distinct returning inflow harvested boosted well_received base_orders"
    ),
    "AL": "offer kept samples creator_visits",
    "CA": "package",
    "KO": "deal",
    "SN": "matched shelf_orders repeat_orders",
    "GO": "line_orders purchase",
    "ST": "hires leaves overtime outsourced cover",
    "MO": "drawn",
}
"""Arrays of ``Decisions`` by mechanism."""

OF = {name: mechanism for mechanism, names in MECHANISM.items() for name in names.split()}
"""Mechanism of every array."""


def amounts(known: Facts, s: Scales) -> dict[str, Array]:
    """Ordinary amount of every array, shaped to stand beside it; 1 for those left out."""
    f = known.field
    visits, orders = s.visits[:, None], s.orders[:, None]
    channels = np.array([s.orders.sum(), *(s.rooms * 1e-2), s.orders.sum(), s.orders.sum()])
    flows = ("recommended", "distinct", "returning", "inflow", "harvested", "boosted")
    return {
        **dict.fromkeys((*flows, "well_received", "matched"), visits),
        **dict.fromkeys(("base_orders", "shelf_orders", "repeat_orders"), orders),
        **dict.fromkeys(("overtime", "outsourced", "cover"), s.hours[:, None]),
        "hours": f.hours_max[:, None, None],
        "skilled": np.maximum(f.skilled_max, 1.0)[:, None],
        "boost_spend": np.maximum(f.spend_max, 1e-9 * s.money)[:, None],
        "content_made": np.array(s.content),
        "content_bought": np.array(s.content),
        "kept": (known.alliance.tier.T @ s.creators)[:, None],
        "samples": np.maximum(known.alliance.samples_max, 1.0)[:, None],
        "creator_visits": s.rooms[:, None],
        "line_orders": channels[:, None, None],
        "purchase": s.items[:, None],
        "drawn": np.array(s.money),
    }


def rules(known: Facts, d: Decisions, s: Scales, check: Check) -> None:
    """Every entry of every array finite, not negative and, where asked, whole or binary."""
    amount = amounts(known, s)
    one, zero = np.array(1.0), np.array(0.0)
    for name, axes in AXES.items():
        array, number = getattr(d, name), OF[name]
        strange = np.asarray(~np.isfinite(array), dtype=np.float64)
        check.atmost(number, f"{name} finite", axes, strange, zero, 1.0)
        check.atmost(number, f"{name} not negative", axes, -array, zero, amount.get(name, one))
        if name in INTEGER:
            check.equal(number, f"{name} whole", axes, array - np.round(array), zero, 1.0)
        if name in BINARY:
            check.atmost(number, f"{name} at most 1", axes, array, one, 1.0)
    _largest(known, d, s, check)


def _largest(known: Facts, d: Decisions, s: Scales, check: Check) -> None:
    f, staff, content = known.field, known.staff, known.field.content
    spend = f.spend_max[:, None]
    money = 1e-9 * s.money
    check.atmost("FI", "boost spend within its largest", "i t", d.boost_spend, spend, money)
    made = np.array(content.made_max if content else 0.0)
    bought = np.array(content.bought_max if content else 0.0)
    check.atmost("FI", "content made within its largest", "t", d.content_made, made, s.content)
    check.atmost(
        "FI", "content bought within its largest", "t", d.content_bought, bought, s.content
    )
    roles = staff.roles
    hires = np.array([r.hires_max for r in roles], dtype=np.float64)[:, None]
    leaves = np.array([r.leaves_max for r in roles], dtype=np.float64)[:, None]
    hours = np.array([r.outsource_max for r in roles], dtype=np.float64)[:, None]
    check.atmost("ST", "hires within their largest", "j t", d.hires, hires, 1.0)
    check.atmost("ST", "leaves within their largest", "j t", d.leaves, leaves, 1.0)
    limit = s.hours[:, None]
    check.atmost("ST", "outsourced hours within their largest", "j t", d.outsourced, hours, limit)
