"""Random instances of a few periods in which every mechanism is present and whole numbers are
few enough to try them all.

Each is ``full_world`` on a shorter horizon: every figure is moved by up to a quarter, curves are
of all kinds (see ``rich_draws``), budget and cash are drawn around what today's plan needs, and a
few of the choices are kept: packages, deals, an opening, live or not, discount levels, offers,
hires, leaves, lots. On request a plan is under way: states, pipelines and signed things are drawn,
and what is left at the end has a stated worth.
"""

from typing import Any

import numpy as np
from pydantic import ValidationError

from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance
from tests.allocator.rich_draws import curves, locked, rules, shares
from tests.models.worlds import FULL, Tree, merged

MOST = 32
"""Most combinations of whole numbers of an instance."""
STILL = (
    "calendar days first last signup_by spacing lead hires_max hires_total hire_lead leaves_max "
    "heads share_min share_max min_score score new_until slope heads_min heads_max opening_first "
    "locked levers money share objective hours_min lot stock_floor merchant"
)
"""Fields that are not moved: counts, dates, limits of shares, and what is set below."""
CONCAVE = {"kind": "log", "scale": 15000.0, "half": 10.0, "slope": None}


def moved(value: Any, rng: np.random.Generator, key: str = "") -> Any:
    """``value`` with every number but those of ``STILL`` moved by up to a quarter."""
    if key in STILL.split():
        return value
    if isinstance(value, dict):
        return {k: moved(v, rng, k) for k, v in value.items()}
    if isinstance(value, list):
        return [moved(v, rng, key) for v in value]
    if isinstance(value, float) and value not in (0.0, 1.0):
        return float(value * rng.uniform(0.75, 1.25))
    return value


def choices(rng: np.random.Generator, periods: int) -> Tree:
    """Changes of ``FULL`` that leave at most ``MOST`` combinations of whole numbers."""
    last = periods
    changes: Tree = {
        "calendar": {"periods": periods},
        "season": [
            {"first": 2, "last": 2, "traffic": 1.2, "conversion": 1.1, "boost_cost": 1.5},
            {"first": last, "last": last, "segments": ["mature"], "traffic": 0.8},
        ],
        "field": {
            "accounts": {
                "main": {"reception": CONCAVE, "hours_min": 0.0},
                "second": {"open": True, "opening_first": None, "traffic": {"young": 400.0}},
            },
            "discounts": {"ten": None},
        },
        "alliance": {"tiers": {c: {"offers": {"high": None}} for c in ("small", "middle")}},
        "campaign": {"campaigns": {"summer": None, "spring": {"packages": {"lite": None}}}},
        "kol": {"deals": {"rising": None, "star": {"first": last, "last": last}}},
        "staff": {
            "roles": {
                "host": {
                    "hires_max": 0,
                    "hires_total": 0,
                    "leaves_max": 0,
                    "covers": {"control": 0.8},
                },
                "video": {"hires_max": 0},
            },
            "hire_every": periods,
        },
        "goods": {"lines": {"deluxe": {"stock": {"lot": None}}}},
        "money": {"locked": None},
    }
    full = FULL["campaign"]["campaigns"]["spring"]["packages"]
    extras: list[tuple[int, Tree]] = [
        (2, {"campaign": {"campaigns": {"spring": {"packages": {"lite": full["lite"]}}}}}),
        (2, {"campaign": {"campaigns": {"summer": _late_campaign(last)}, "separation": 0}}),
        (2, {"kol": {"deals": {"rising": {**FULL["kol"]["deals"]["rising"], "first": 2,
                                          "last": 2}}}}),
        (2, {"kol": {"deals": {"star": {"first": max(last - 1, 2)}}}}),
        (2, {"field": {"accounts": {"second": {"open": False, "traffic": None,
                                               "opening_first": 1}}}}),
        (2**periods, {"field": {"accounts": {"main": {"hours_min": 4.0}}}}),
        (2**periods, {"field": {"discounts": {"ten": {"depth": 0.1, "uplift": 1.15}}}}),
        (2, {"alliance": {"tiers": {"small": {"offers": {
            "high": FULL["alliance"]["tiers"]["small"]["offers"]["high"]}}},
            "contract_periods": periods}}),
        (2, {"staff": {"roles": {"host": {"hires_max": 1, "hires_total": 1}}}}),
        (2**periods, {"staff": {"roles": {"host": {"leaves_max": 1}}}}),
        (2**periods, {"goods": {"lines": {"deluxe": {"stock": {"lot": 800.0}}}}}),
    ]  # fmt: skip
    if rng.random() < 0.6:
        changes["field"]["accounts"]["main"]["slots"] = None
    order = rng.permutation(len(extras)).tolist()
    if rng.random() < 0.6:
        # What takes many combinations would mostly find them taken.
        order = sorted(order, key=lambda n: -extras[n][0])
    combinations = 4
    for n in order:
        times, change = extras[n]
        if combinations * times <= MOST:
            combinations *= times
            changes = merged_keeping(changes, change)
    return changes


def merged_keeping(base: Tree, changes: Tree) -> Tree:
    """``base`` with ``changes`` laid over it; unlike in ``merged``, None stays."""
    found = dict(base)
    for key, value in changes.items():
        old = found.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            value = merged_keeping(old, value)
        found[key] = value
    return found


def _late_campaign(last: int) -> Tree:
    package = {"fee": 800.0, "discount": 0.1, "uplift": 1.3}
    return {"first": last, "last": last, "packages": {"lite": package}}


def under_way(tree: Tree, rng: np.random.Generator) -> Tree:
    """Changes that leave a plan under way: an account about to open, creators, goods and hires on
    their way, a contract block, a joined package, a signed deal or one held, money under way.
    """
    periods = tree["calendar"]["periods"]

    def now_and_then(*changes: Tree) -> Tree:
        return changes[int(rng.integers(len(changes)))] if rng.random() < 0.7 else {}

    block = tree["alliance"]["contract_periods"]
    tiers = {
        c: {"arriving": [float(n) for n in rng.uniform(0, 20, tier["lead"])]}
        for c, tier in tree["alliance"]["tiers"].items()
        if rng.random() < 0.7
    }
    ended = {"first": "2025-12-20", "last": "2026-01-02"}
    open_now = {"first": "2025-12-30", "last": "2026-01-08"}
    joined: Tree = {"joined": "full", "signup_by": None, "post_dip": {"factor": 0.8, "periods": 2}}
    held: Tree = {"agreed": int(rng.integers(-1, 1))}
    signed: Tree = {"agreed": int(rng.integers(1, periods + 1))}
    host: Tree = {
        "hire_lead": 2,
        "joining": [int(n) for n in rng.integers(0, 2, 2)],
        "ramp": [0.4, 0.6, 0.8],
        "learning": [int(n) for n in rng.integers(0, 2, 3)],
    }
    underway = {"arriving": [float(rng.integers(0, 300))]}
    past = {x: float(rng.integers(0, 5000)) for x in ("field", "alliance", "campaign", "kol")}
    past |= {"team": float(rng.integers(0, 9000)), "gmv": float(rng.integers(0, 90000))}
    past |= {"contribution": float(rng.integers(-9000, 9000))}
    changes: Tree = {
        "field": {"accounts": {"second": now_and_then(
            {"open": False, "opening_first": None, "traffic": {},
             "opens": int(rng.integers(2, periods + 1))})}},
        "alliance": {"tiers": tiers, "contract_elapsed": int(rng.integers(0, block))},
        "campaign": {"campaigns": {"spring": now_and_then(joined | ended, joined | open_now)}},
        "kol": {"deals": {"star": now_and_then(held, signed)}},
        "goods": {"lines": {"deluxe": {"stock": now_and_then(underway)}}},
        "staff": {"roles": {"host": now_and_then(host)},
                  "hire_elapsed": int(rng.integers(0, periods))},
        "money": {"cash": {"drawn": float(rng.integers(0, 50000))}, "past": past},
    }  # fmt: skip
    deals = tree["kol"]["deals"]
    if deals.get("rising") and rng.random() < 0.5:
        changes["kol"]["deals"]["rising"] = {"exclusive_with": []}
    return merged_keeping(changes, worths(tree, rng))


def worths(tree: Tree, rng: np.random.Generator) -> Tree:
    """Stated worths of all that is left at the end."""

    def up_to(most: float) -> float:
        return float(rng.uniform(0, most))

    segments = tree["snowball"]["segments"]
    return {
        "snowball": {"segments": {
            s: {f"end_worth_{x}": up_to(9.0) for x in ("follower", "customer", "interest")}
            for s in segments
        }},
        "field": {"accounts": {
            a: {"end_worth": {s: up_to(2.0) for s in segments}} for a in tree["field"]["accounts"]
        }},
        "alliance": {"tiers": {c: {"end_worth": up_to(90.0)} for c in tree["alliance"]["tiers"]}},
    }  # fmt: skip


def random_rich(seed: int, terminal: bool | None = None, later: bool = False) -> Instance:
    """An instance of two or three periods; the same seed gives the same.

    Args:
        seed: which instance.
        terminal: whether what is left at the end counts; drawn if not given.
        later: whether a plan is under way.
    """
    rng = np.random.default_rng([seed, 20260105])
    while True:
        periods = int(rng.choice([2, 2, 3]))
        tree = moved(merged(FULL, choices(rng, periods)), rng)
        tree["name"] = f"rich-{seed}"
        for change in (curves(rng), shares(tree, rng), rules(tree, rng)):
            tree = merged(tree, change)
        if later:
            tree = merged(tree, under_way(tree, rng))
        try:
            return _with_means(tree, rng, terminal)
        except ValidationError:
            continue


def _with_means(tree: Tree, rng: np.random.Generator, terminal: bool | None) -> Instance:
    """Budget, cash, limits and goal drawn around what today's plan spends and sells."""
    ample = 1e9
    loose = merged(tree, {"money": {"budget": None, "budget_per_period": None, "levers": None,
                                    "cash": {"opening": ample}}})  # fmt: skip
    world = Instance.model_validate(loose)
    today = replay(world, status_quo(world), accept="greedy")
    spend = np.sum(list(today.spend.values()), axis=0)
    gmv = float(sum(flow.sum() for flow in today.gmv.values()))
    assert today.cash is not None
    needed = ample - float(today.cash.min())
    past = world.money.past
    levers: Tree = {"field": {"max": float(1.5 * today.spend["field"].sum() + 1.0 + past.field)}}
    if rng.random() < 0.5:
        levers["field"] |= {"share_min": 0.05, "share_max": 0.9}
    money: Tree = {
        "budget": float(spend.sum() * rng.uniform(0.98, 1.6) + past.spend()),
        "budget_per_period": float(spend.max() * rng.uniform(1.05, 2.0)),
        "levers": levers,
        "cash": {
            "opening": float(needed + 10000.0 + spend.mean() * rng.uniform(-0.3, 1.0)),
            "floor": 10000.0,
        },
        "locked": locked(world, today, rng),
        "profit_floor": -float(10 * spend.sum()),
        "roi_floor": 0.05,
    }
    goal = str(rng.choice(["gmv", "net_gmv", "profit", "cost"], p=[0.4, 0.2, 0.25, 0.15]))
    drawn = bool(rng.integers(0, 2)) if terminal is None else terminal
    objective: Tree = {"goal": goal, "discount_rate": 0.01, "terminal": drawn}
    if goal == "cost":
        target = gmv * float(rng.uniform(0.9, 1.1)) + past.gmv
        objective = {"goal": goal, "target": target, "terminal": False}
    kol: Tree = {"cash_outcome": str(rng.choice(["p10", "p50", "p90", "mean"]))}
    kol["deals"] = {"star": {"guarantee": {"pro_rata": bool(rng.integers(0, 2))}}}
    tree = merged(tree, {"money": money, "kol": kol})
    return Instance.model_validate({**tree, "objective": objective})
