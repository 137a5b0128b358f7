"""Checks of staff, money and objective."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, get_args

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import (
    ROUNDING,
    Path,
    at_least,
    at_most,
    figure,
    sum_at_most_one,
    sums_to_one,
)
from fact_models.spec.money import Lever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def heads(instance: Instance) -> Iterator[Fault]:
    """The team of today is within its limits."""
    for j, role in instance.staff.roles.items() if instance.staff else ():
        path = ("staff", "roles", j, "heads")
        yield from at_least(path, role.heads, role.heads_min, "heads_min")
        if role.heads_max is not None:
            yield from at_most(path, role.heads, role.heads_max, "heads_max")


def ramps(instance: Instance) -> Iterator[Fault]:
    """A hire does not get slower with practice."""
    for j, role in instance.staff.roles.items() if instance.staff else ():
        for n, (before, after) in enumerate(pairwise(role.ramp), start=1):
            if after < before:
                path = ("staff", "roles", j, "ramp", n)
                hint = f"the period before has {figure(before)}"
                yield Fault(path, "productivity must not fall", after, hint)


def settlement(instance: Instance) -> Iterator[Fault]:
    """Receipts arrive in full."""
    yield from sums_to_one(("money", "settlement"), instance.money.settlement)


def fees(instance: Instance) -> Iterator[Fault]:
    """Platform and taxes take at most what is sold."""
    spec = instance.money
    path = ("money", "tax_other")
    yield from sum_at_most_one(path, spec.tax_other, spec.platform_fee, "platform_fee")


def lever_limits(instance: Instance) -> Iterator[Fault]:
    """Limits of a lever are in order, and only a lever of the file must spend."""
    for lever, limits in instance.money.levers.items():
        path: Path = ("money", "levers", lever)
        if limits.max is not None:
            yield from at_most((*path, "min"), limits.min, limits.max, "max")
        yield from at_most((*path, "share_min"), limits.share_min, limits.share_max, "share_max")
        if limits.min > 0 and getattr(instance, lever) is None:
            rule = "must be 0 for a lever that the file does not have"
            yield Fault((*path, "min"), rule, limits.min, f"the file has no record {lever}")


def lever_shares(instance: Instance) -> Iterator[Fault]:
    """Shares of the levers can make up the whole."""
    levers = instance.money.levers
    floors = {lever: limits.share_min for lever, limits in levers.items()}
    if sum(floors.values()) > 1 + ROUNDING:
        largest = max(floors, key=lambda lever: floors[lever])
        path = ("money", "levers", largest, "share_min")
        rule = "smallest shares of all levers must sum to at most 1"
        hint = f"their sum is {figure(sum(floors.values()))}"
        yield Fault(path, rule, floors[largest], hint)
    used = [lever for lever in get_args(Lever) if getattr(instance, lever) is not None]
    if used and all(lever in levers for lever in used):
        total = sum(levers[lever].share_max for lever in used)
        if total < 1 - ROUNDING:
            path = ("money", "levers", used[0], "share_max")
            rule = "largest shares of the levers of the file must sum to at least 1"
            value = levers[used[0]].share_max
            yield Fault(path, rule, value, f"their sum is {figure(total)}")


def lever_floors(instance: Instance) -> Iterator[Fault]:
    """What the levers must spend is within the budget."""
    spec = instance.money
    floor = sum(limits.min for limits in spec.levers.values())
    if spec.budget is not None and floor > 0:
        name = "the sum of the levers' min"
        yield from at_least(("money", "budget"), spec.budget, floor, name)


def cash_floor(instance: Instance) -> Iterator[Fault]:
    """The floor can be kept in the first period."""
    cash = instance.money.cash
    # Sales of the first period may lift the cash, unless they are paid later.
    if cash is None or instance.money.settlement[0] > 0:
        return
    held = cash.opening + cash.credit + sum(cash.receivables[:1])
    if cash.floor > held:
        rule = "must be at most opening, credit and the first receivable together"
        path = ("money", "cash", "floor")
        yield Fault(path, rule, cash.floor, f"together they are {figure(held)}")


def target(instance: Instance) -> Iterator[Fault]:
    """The target is given for the goal that needs it, and only for that."""
    spec = instance.objective
    path = ("objective", "target")
    if spec.goal == "cost" and spec.target is None:
        yield Fault(path, "must be given with the goal cost", hint="the paid GMV to be reached")
    if spec.goal != "cost" and spec.target is not None:
        rule = f"must be left out with the goal {spec.goal}"
        yield Fault(path, rule, spec.target, "only the goal cost has a target")
