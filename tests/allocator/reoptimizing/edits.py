"""Instances and random edits of their limits."""

from dataclasses import replace
from typing import Any

import numpy as np

from allocator.reoptimizing.limits import Limits
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance
from tests.allocator.rich import random_rich
from tests.allocator.tiny import four_levers
from tests.nets.worlds import FAMILY, short_family

KINDS = ("budget", "profit_floor", "opening_cash", "cash_floor", "hires", "deals")


def worlds(n: int) -> Instance:
    """Instance ``n``: small ones with every mechanism, of all families, and with four levers."""
    if n % 8 == 0:
        return four_levers()
    if n % 8 == 1:
        return short_family(FAMILY[n // 8 % len(FAMILY)], n)
    return random_rich(n)


def edited(
    limits: Limits, instance: Instance, rng: np.random.Generator, *, deals: bool = True
) -> Limits:
    """The limits with one or two of them moved, around what today's plan takes and brings."""
    today = replay(instance, status_quo(instance))
    spend = float(sum(x.sum() for x in today.spend.values())) if today.spend else 1.0
    kinds = [kind for kind in KINDS if _there(kind, instance) and (deals or kind != "deals")]
    for kind in rng.choice(kinds, size=min(2, len(kinds)), replace=False):
        limits = replace(limits, **{kind: _moved(kind, limits, instance, rng, today, spend)})
    return limits


def _there(kind: str, instance: Instance) -> bool:
    if kind in ("opening_cash", "cash_floor"):
        return instance.money.cash is not None
    if kind == "hires":
        return instance.staff is not None
    return kind != "deals" or bool(instance.kol and instance.kol.deals)


def _moved(
    kind: str,
    limits: Limits,
    instance: Instance,
    rng: np.random.Generator,
    today: Any,
    spend: float,
) -> Any:
    """A new value of a limit; now and then one that leaves no plan."""
    if kind == "budget":
        return None if rng.random() < 0.1 else round(spend * rng.uniform(0.6, 2.0), 2)
    if kind == "profit_floor":
        earned = float(today.contribution.sum())
        wide = max(abs(earned), 1.0)
        return None if rng.random() < 0.3 else round(earned + wide * rng.uniform(-1.0, 0.2), 2)
    if kind == "opening_cash":
        assert instance.money.cash is not None
        return round(instance.money.cash.opening * rng.uniform(0.5, 3.0), 2)
    if kind == "cash_floor":
        assert instance.money.cash is not None
        return round(max(instance.money.cash.floor, 100.0) * rng.uniform(0.0, 1.5), 2)
    if kind == "hires":
        assert instance.staff is not None
        role = str(rng.choice(list(instance.staff.roles)))
        return {**limits.hires, role: [0, 1, 2, None][int(rng.integers(4))]}
    assert instance.kol is not None
    agreed = {name for name, deal in instance.kol.deals.items() if deal.agreed is not None}
    name = str(rng.choice(list(instance.kol.deals)))
    found = dict(limits.deals)
    found.pop(name, None)
    wanted = [True, False, None][int(rng.integers(3))]
    if wanted is not None and not (name in agreed and not wanted):
        found[name] = wanted
    return found
