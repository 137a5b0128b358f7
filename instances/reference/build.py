"""Write the closed-form cases: ``python instances/reference/build.py`` from the root of the
project.

Each instance is built so that the program's optimum is a published or derived number; README.md
lists both.
"""

from math import exp, sqrt
from pathlib import Path
from typing import Any

from allocator.annotating import text
from fact_models.spec.instance import Instance

HERE = Path(__file__).parent
Tree = dict[str, Any]
STRAIGHT = 1e9
"""Saturation so far away that the traffic law is a straight line to seven digits."""
CONTACTS = 0.002
"""Traffic that a boosted visit brings through contacts; a natural visit brings as much, and
persistence less by it."""


def segment(**more: Any) -> Tree:
    """A segment that does nothing but persist and convert."""
    return {
        "pool": 1e9,
        "followers": 0.0,
        "conversion": 0.0,
        "persistence": 0.0,
        "contact_per_visit": 0.0,
        "unfollow": 0.0,
        **more,
    }


def instance(name: str, note: str, periods: int, segments: Tree, field: Tree, **more: Any) -> Tree:
    """One room that receives whatever comes; price 1, no cost, no refund, no terminal value."""
    room = {
        "type": "flagship",
        "traffic": field.pop("traffic", dict.fromkeys(segments, 0.0)),
        "saturation": dict.fromkeys(segments, STRAIGHT),
        "ceiling": dict.fromkeys(segments, 1e6),
        "hours_max": 1.0,
        "reception": {"kind": "linear", "rate": 1e7},
        "current_hours": 1.0,
    }
    return {
        "name": name,
        "note": note,
        "calendar": {"start": "2026-W01", "periods": periods},
        "snowball": {"segments": segments, **more.pop("snowball", {})},
        "goods": {"lines": {"all": {"price": 1.0, "unit_cost": 0.0}}},
        "field": {"accounts": {"room": room}, **field},
        "objective": {"goal": "gmv", "terminal": False},
        **more,
    }


def boost(curve: Tree, most: float, **more: Any) -> Tree:
    """A paid channel for the only segment."""
    return {"curve": curve, "spend_max": most, "mix": {"all": 1.0}, **more}


def reinvest(rate: float, periods: int) -> Tree:
    """A7: income x, of which i is put in; next income x + r i; what is not put in is kept."""
    scale = 10.0
    segments = {
        "all": segment(
            conversion=1 / scale,
            persistence=1 - CONTACTS,
            traffic_per_contact=CONTACTS,
            contact_per_visit=1.0,
        )
    }
    curve = {"kind": "linear", "rate": scale * rate / CONTACTS}
    best = max((1 + rate) ** k * (periods - k) for k in range(periods + 1))
    note = (
        f"Reinvest, then harvest (r = {rate:g}, {periods} periods). "
        f"Optimum (1 + r)^k (T - k) = {best:.10g}."
    )
    found = instance(
        f"a7-reinvest-{periods}",
        note,
        periods,
        segments,
        {
            "traffic": {"all": scale},
            "boosts": {"growth": boost(curve, 100.0, conversion_factor=0.0)},
        },
        money={"cash": {"opening": 0.0}},
    )
    return {**found, "objective": {"goal": "profit", "terminal": False}}


def snowball(g: float) -> Tree:
    """A9: x' = g x + b sqrt(u), value m x summed over t = 0..T, sum u <= B."""
    periods, b, m, budget, start = 8, 2.0, 3.0, 100.0, 10.0
    worth = [m * b * sum(g**j for j in range(periods - t)) for t in range(periods)]
    best = sqrt(budget * sum(v * v for v in worth)) + m * start * sum(
        g**j for j in range(periods + 1)
    )
    lift = 0.2 if g > 1 else 0.0
    segments = {
        "all": segment(
            conversion=1.0,
            persistence=round(g - CONTACTS - lift, 6),
            traffic_per_order=lift,
            traffic_per_contact=CONTACTS,
            contact_per_visit=1.0,
        )
    }
    curve = {"kind": "power", "scale": b / CONTACTS, "exponent": 0.5}
    note = (
        f"Linear snowball (g = {g:g}): the first period's value {m * start:g} is included. "
        f"Optimum {best:.10g}; spend in t is proportional to (sum of g^j, j < T - t)^2."
    )
    found = instance(
        f"a9-snowball-{round(100 * g):03d}",
        note,
        periods + 1,
        segments,
        {
            "traffic": {"all": start},
            "boosts": {"ads": boost(curve, budget, conversion_factor=0.0)},
        },
        money={"budget": budget},
    )
    return {**found, "goods": {"lines": {"all": {"price": m, "unit_cost": 0.0}}}}


def reach() -> Tree:
    """A12: followers in a finite pool under 20 contacts a period; each brings one shelf order."""
    pool, lost, contacts, periods = 100.0, 0.1, 20.0, 6
    f, best = 0.0, 0.0
    for _ in range(periods):
        best += f
        f = (1 - lost) * f + (pool - f) * (1 - exp(-contacts / (pool - f)))
    segments = {
        "all": segment(pool=pool, contact_per_visit=1.0, unfollow=lost, persistence=1.0),
    }
    note = (
        "Reach in a finite pool: 69.5139722805 followers after five periods, resting "
        "at 89.4804979478."
        f"The value of a period is its followers; optimum {best:.10g}."
    )
    return instance(
        "a12-finite-pool",
        note,
        periods,
        segments,
        {"traffic": {"all": contacts}},
        snowball={"model": "funnel", "shelf": {"per_follower": 1.0}},
    )


def replicator() -> Tree:
    """A14: two segments of 50 visits that grow at 1.05 and 0.95."""
    periods, rate = 27, 0.1
    segments = {
        "up": segment(conversion=rate, persistence=0.9, traffic_per_order=1.5),
        "down": segment(conversion=rate, persistence=0.8, traffic_per_order=1.5),
    }
    best = sum(rate * 50 * (1.05**t + 0.95**t) for t in range(periods))
    note = (
        "Shares of two segments: that of up is 0.525, 0.59876786, 0.7687029, 0.9310011 "
        "after 1, 4, 12, 26 periods."
        f"Optimum {best:.10g}."
    )
    return instance(
        "a14-replicator", note, periods, segments, {"traffic": {"up": 50.0, "down": 50.0}}
    )


def allocation(name: str, note: str, curves: list[Tree], budget: float) -> Tree:
    """One period, one boost a curve, every visit an order of 1."""
    boosts = {f"x{n + 1}": boost(curve, budget) for n, curve in enumerate(curves)}
    return instance(
        name,
        note,
        1,
        {"all": segment(conversion=1.0)},
        {"boosts": boosts},
        money={"budget": budget},
    )


def hill(scale: float, half: float, slope: float) -> Tree:
    """A Hill curve."""
    return {"kind": "hill", "scale": scale, "half": half, "slope": slope}


def allocations() -> list[Tree]:
    """Budget over response curves, concave and S-shaped."""
    power = [{"kind": "power", "scale": a, "exponent": 0.5} for a in (3.0, 4.0, 12.0)]
    log = [
        {"kind": "log", "scale": a, "half": b}
        for a, b in ((10.0, 5.0), (20.0, 10.0), (30.0, 40.0))
    ]
    exponential = [
        {"kind": "exponential", "scale": a, "rate_scale": b}
        for a, b in ((100.0, 20.0), (80.0, 10.0), (60.0, 40.0))
    ]
    mixed = [
        {"kind": "power", "scale": a, "exponent": e}
        for a, e in ((50.0, 0.2), (80.0, 0.35), (30.0, 0.5))
    ]
    worth = 50 * 6.48757939**0.2 + 80 * 48.68798655**0.35 + 30 * 44.82443406**0.5
    knapsack = [hill(a, k, 3.0) for a, k in ((100.0, 10.0), (80.0, 8.0), (60.0, 5.0), (50.0, 3.0))]
    twins = [hill(100.0, 60.0, 3.0)] * 2
    unequal = [hill(100.0, 70.0, 3.0), hill(60.0, 40.0, 3.0)]
    concave = [hill(100.0, 60.0, 1.0), hill(80.0, 40.0, 1.0), hill(50.0, 30.0, 1.0)]
    return [
        allocation("a2a-power", "Optimum 169 at 9, 16, 144.", power, 169.0),
        allocation("a2b-log", "Optimum 33.0623548993 at 9.167, 18.333, 2.5.", log, 30.0),
        allocation("a2c-exponential", "Optimum 160.166021999626.", exponential, 60.0),
        allocation(
            "a5-elasticities", f"Optimum {worth:.8g} at 6.488, 48.688, 44.824.", mixed, 100.0
        ),
        allocation("a8-s-curves-15", "Optimum 95.662441: two of four curves.", knapsack, 15.0),
        allocation("a8-s-curves-35", "Optimum 206.861038.", knapsack, 35.0),
        allocation("s1-twin-s-curves", "Optimum 82.236842 at 0, 100 or 100, 0.", twins, 100.0),
        allocation("s2-two-s-curves", "Optimum 74.460164 at 100, 0.", unequal, 100.0),
        allocation("s3-concave-hill", "Optimum 123.409495.", concave, 150.0),
    ]


def main() -> None:
    """Write all cases."""
    cases = [reinvest(0.25, 12), reinvest(0.1, 26), reinvest(0.3, 8)]
    cases += [snowball(0.5), snowball(0.9), snowball(1.1), reach(), replicator(), *allocations()]
    for tree in cases:
        path = HERE / f"{tree['name']}.yaml"
        path.write_text(text(tree, Instance, {}), encoding="utf-8")


if __name__ == "__main__":
    main()
