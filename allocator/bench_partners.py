"""What surrounds a made-up merchant: season, creators, promotions, KOL deals, staff, drawn at
random."""

from typing import Any

import numpy as np
from numpy.random import Generator

from allocator.bench_merchant import HOURS, SKILLED, Market, Tree, short

CREATOR_HOURS = (0.6, 0.3)
"""Staff hours per sample and per co-operating creator."""


def season(rng: Generator, weeks: int) -> list[Tree]:
    """A slack span and a busy span."""
    slack, busy = (int(rng.integers(2, weeks)) for _ in range(2))
    return [
        {"first": slack, "last": min(slack + 1, weeks), "traffic": 0.8, "conversion": 0.8},
        {"first": busy, "last": min(busy + 2, weeks), "conversion": 1.1, "boost_cost": 1.2},
    ]


def alliance(rng: Generator, market: Market, tiers: int, offers: int) -> Tree:
    """Tiers that together bring about as many orders as the own rooms."""
    found: Tree = {}
    parts = rng.dirichlet(np.full(tiers, 3.0)) * 0.8 * market.orders
    for n in range(tiers):
        size = float(2 ** rng.uniform(0, 5))
        pool = round(200 / size)
        mix = market.mix(rng)
        rate = 0.012 * rng.uniform(0.7, 1.3, len(market.ids))
        visits = parts[n] / float(np.dot(list(mix.values()), rate))
        limit = 2.5 * pool
        churn = float(rng.uniform(0.04, 0.08))
        activation = float(rng.uniform(0.08, 0.15))
        samples = churn * pool / activation
        found[f"c{n + 1}"] = {
            "pool": pool,
            "visits": {
                "kind": "hill",
                "scale": short(visits * (1 + limit / pool)),
                "half": limit,
                "slope": 1.0,
            },
            "mix": mix,
            "conversion": market.by_segment(rate),
            "offers": _offers(rng, offers, pool, churn, activation),
            "current_offer": "o1",
            "current_samples": short(samples),
            "samples_max": short(4 * samples),
            "sample_cost": short(rng.uniform(20, 60) * size**0.5),
            "lead": int(rng.integers(1, 4)),
            "crew_sample": {"creator_bd": CREATOR_HOURS[0]},
            "crew_upkeep": {"creator_bd": CREATOR_HOURS[1]},
            "attraction": 0.0005,
            "contact_per_visit": 0.001,
            "contact_per_order": 0.03,
        }
    return {"tiers": found, "contract_periods": 4}


def _offers(rng: Generator, count: int, pool: float, churn: float, activation: float) -> Tree:
    """From today's terms upwards: dearer, and more of everything else."""
    base = float(rng.uniform(0.12, 0.2))
    return {
        f"o{k + 1}": {
            "commission": short(base + 0.04 * k),
            "service_fee": 0.02,
            "churn": short(churn * 0.85**k),
            "supply": short(pool * (2.0 + 0.8 * k)),
            "activation": short(activation * (1 + 0.15 * k)),
            "effort": 1 + 0.05 * k,
        }
        for k in range(count)
    }


def campaign(rng: Generator, market: Market, count: int) -> Tree:
    """Promotions spread over the horizon, one or two weeks long, with two packages."""
    spacing = (market.weeks - 2) / count
    found: Tree = {}
    for n in range(count):
        first = 3 + int(n * spacing)
        last = min(first + int(rng.integers(0, 2)), market.weeks)
        demand = float(rng.uniform(1.1, 1.7))
        record: Tree = {"first": first, "last": last, "packages": {}}
        for kind, part in (("light", 0.5), ("full", 1.0)):
            uplift = 1 + part * (demand - 1)
            record["packages"][kind] = {
                "fee": short(part * market.orders * market.price * rng.uniform(0.01, 0.04)),
                "discount": 0.08 * part,
                "uplift": short(uplift),
                "visits": market.by_segment((uplift - 1) * 0.3 * market.natural),
                "crew": {"service": short(0.1 * part * market.orders * 0.02)},
            }
        if spacing >= 3:
            record["pre_dip"] = {"factor": 0.95, "periods": 1}
            record["post_dip"] = {"factor": short(rng.uniform(0.8, 0.95)), "periods": 1}
        found[f"e{n + 1}"] = record
    return {"campaigns": found}


def kol(rng: Generator, market: Market, count: int) -> Tree:
    """Deals from a hundredth of a week's sales to the whole of one, with a wide spread of
    outcomes."""
    weekly = market.orders * market.price
    deals: Tree = {}
    for n in range(count):
        lead = int(rng.integers(2, 6))
        # In the shortest horizon the longest lead leaves a single week.
        first = int(rng.integers(lead + 1, max(market.weeks - 2, lead + 2)))
        median = weekly * float(np.exp(rng.uniform(np.log(0.03), np.log(0.8))))
        discount = short(rng.choice([0.0, 0.1, 0.2]))
        mean = 0.3 * 0.3 * median + 0.4 * median + 0.3 * 2.5 * median
        deals[f"k{n + 1}"] = {
            "fee": short(median * rng.uniform(0.08, 0.35)),
            "deposit_share": short(rng.choice([0.5, 1.0])),
            "lead": lead,
            "first": first,
            "last": min(first + int(rng.integers(2, 6)), market.weeks),
            "commission": short(rng.uniform(0.1, 0.25)),
            "discount": discount,
            "refund_post_add": 0.05,
            "gmv": {"p10": short(0.3 * median), "p50": short(median), "p90": short(2.5 * median)},
            "mix": market.mix(rng),
            "visits_per_order": short(rng.uniform(30, 80)),
            "own_visits": market.by_segment(0.4 * mean / market.price * np.ones(len(market.ids))),
            "awareness": market.by_segment(mean / 4000 * rng.uniform(0.5, 1.5, len(market.ids))),
            "contact_per_visit": 0.002,
            "contact_per_order": 0.1,
            "crew": {"creator_bd": 8.0},
            "exclusive_with": [f"k{n}"] if n % 5 == 4 else [],
        }
    return {"deals": deals, "spacing": 1, "cash_outcome": "p10"}


def staff(market: Market, creators: Tree, *, idle: float, outside: bool) -> Tree:
    """Five roles whose hours exceed the first week's work by the share ``idle``."""
    live = HOURS * market.rooms
    skilled = SKILLED * live
    tiers = creators["tiers"].values()
    orders = 2.1 * market.orders
    work = {
        "host": (live + 0.3 * skilled, 24.0, 2600.0),
        "operator": (0.5 * live + 0.2 * skilled + 12, 40.0, 3000.0),
        "creator_bd": (
            sum(
                CREATOR_HOURS[0] * c["current_samples"] + CREATOR_HOURS[1] * c["pool"]
                for c in tiers
            ),
            40.0,
            2200.0,
        ),
        "service": (0.02 * orders, 40.0, 1300.0),
    }
    roles: dict[str, Any] = {}
    for name, (need, hours, wage) in work.items():
        heads = max(1, round(need / hours * (1 + idle)))
        role: Tree = {"heads": heads, "wage": wage, "hours": short(need * (1 + idle) / heads)}
        if name in ("host", "creator_bd"):
            ramp = [0.5, 0.75, 0.9]
            role |= {"hires_max": 2, "hire_lead": 2, "hire_cost": 2000.0, "ramp": ramp}
        if name == "host":
            role["covers"] = {"operator": 0.6}
        if outside:
            role |= {"overtime_share": 0.15, "outsource_max": short(0.5 * need)}
            role["outsource_price"] = short(2.2 * wage / hours)
        roles[name] = role
    return {"roles": roles, "hire_every": 4, "order_hours": {"service": 0.02}}
