"""What random instances draw besides their choices: curves of every kind, shares that still sum
to 1, cells already decided. No number is round: a rate whose digits are arbitrary meets arithmetic
that a round one hides, such as c (1 / c) < 1.
"""

from typing import Any

import numpy as np

from fact_models.replay import Replay
from fact_models.spec.instance import Instance
from tests.models.worlds import Tree

KINDS = ("log", "hill", "tanh", "adbudg", "piecewise", "power", "exponential")
"""Kinds of curves; without a slope above 1 all of them are concave."""
CURVE_KEYS = ("scale", "half", "slope", "exponent", "rate_scale", "low", "high", "x", "y", "rate")


def concave(rng: np.random.Generator, top: float, effort: float) -> Tree:
    """Changes that put a concave curve of a random kind in the place of any other.

    Args:
        rng: draws.
        top: about what the curve yields for twice the effort, in the unit of y.
        effort: at which the curve has bent, in the unit of x.
    """
    kind = str(rng.choice(KINDS))
    scale, half = top * rng.uniform(0.8, 1.4), effort * rng.uniform(0.8, 1.4)
    steepness = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.7, 1.0))
    steps = np.cumsum(rng.uniform(0.3, 1.0, 4)) * effort
    falls = np.sort(rng.uniform(0.05, 1.0, 4))[::-1] * top / effort
    gains = falls * np.diff(steps, prepend=0.0)
    own: dict[str, Tree] = {
        "log": {"scale": scale, "half": half},
        "hill": {"scale": 1.5 * scale, "half": half, "slope": steepness},
        "tanh": {"scale": scale, "rate_scale": half},
        "adbudg": {"low": 0.0, "high": 1.5 * scale, "half": half, "slope": steepness},
        "piecewise": {"x": [0.0, *steps.tolist()], "y": [0.0, *np.cumsum(gains).tolist()]},
        "power": {"scale": scale / (2 * half) ** 0.7, "exponent": float(rng.uniform(0.6, 0.8))},
        "exponential": {"scale": scale, "rate_scale": half},
    }
    return {**dict.fromkeys(CURVE_KEYS), "kind": kind, **own[kind]}


def curves(rng: np.random.Generator) -> Tree:
    """Changes of a main room, a boost and a tier, each of which keeps its curve now and then."""

    def now_and_then(key: str, top: float, effort: float) -> Tree:
        return {key: concave(rng, top, effort)} if rng.random() < 0.7 else {}

    return {
        "field": {
            "accounts": {"main": now_and_then("reception", 18000.0, 15.0)},
            "boosts": {"feed": now_and_then("curve", 45.0, 30.0)},
        },
        "alliance": {"tiers": {"small": now_and_then("visits", 4000.0, 30.0)}},
    }


def split(rng: np.random.Generator, keys: Any) -> dict[str, float]:
    """Shares of the keys that sum to 1."""
    parts = rng.uniform(0.2, 1.0, len(keys))
    return {str(k): float(x) for k, x in zip(keys, parts / parts.sum(), strict=True)}


def shares(tree: Tree, rng: np.random.Generator) -> Tree:
    """Changes of the shares of a whole: of visits over segments, orders over lines, receipts over
    periods, traffic over accounts.
    """

    def mixed(records: Tree) -> Tree:
        return {k: {"mix": split(rng, record["mix"])} for k, record in records.items()}

    deals = mixed(tree["kol"]["deals"])
    for k, record in tree["kol"]["deals"].items():
        deals[k]["lines"] = split(rng, record["lines"])
    accounts = split(rng, tree["field"]["accounts"])
    return {
        "field": {
            "accounts": {a: {"share": share} for a, share in accounts.items()},
            "boosts": mixed(tree["field"]["boosts"]),
        },
        "alliance": {"tiers": mixed(tree["alliance"]["tiers"])},
        "kol": {"deals": deals},
        "money": {"settlement": list(split(rng, range(3)).values())},
    }


def rules(tree: Tree, rng: np.random.Generator) -> Tree:
    """Changes of figures that ``FULL`` leaves at their defaults, and campaigns in conflict."""
    campaigns: Tree = {
        e: {"price_days": int(rng.choice([0, 7, 14, 30, 60]))}
        for e in tree["campaign"]["campaigns"]
    }
    if "summer" in campaigns and rng.random() < 0.5:
        campaigns["spring"]["conflicts"] = ["summer"]
    return {
        "snowball": {
            "segments": {
                s: {"calibration_scale": float(rng.uniform(0.3, 2.0))}
                for s in tree["snowball"]["segments"]
            }
        },
        "campaign": {"campaigns": campaigns},
        "staff": {
            "roles": {
                j: {"overtime_factor": float(rng.uniform(1.0, 2.5))} for j in ("host", "control")
            }
        },
    }


def locked(instance: Instance, today: Replay, rng: np.random.Generator) -> list[Tree]:
    """Now and then what today's plan spends on a lever in a period, as already decided."""
    if rng.random() < 0.6:
        return []
    lever = str(rng.choice(["field", "alliance", "campaign", "kol"]))
    t = int(rng.integers(instance.calendar.periods))
    return [{"lever": lever, "period": t + 1, "spend": float(today.spend[lever][t])}]
