"""Floors that a repair lowers, drawn up to what can be reached.

The elastic program lowers a floor to where its own point lies, and changes are widened by a share
of themselves until a plan is found: for a floor far off that is much too low. With the repair's
other changes put in, the most of what the floor asks for is planned; what that plan attains is the
new floor.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from pydantic import ValidationError

from allocator.conflicts.changes import applied
from allocator.conflicts.nearest import Search
from allocator.conflicts.record import Change
from allocator.plan import Plan
from allocator.solve import solve
from allocator.tree import Path
from fact_models.replay import Replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

DIGITS = 5
"""Significant digits of a floor, rounded to the side that gives way."""
GAP = 2e-3
"""Relative gap of the plan that has the most of what a floor asks for."""


def _gmv(instance: Instance, states: Replay) -> float:
    return sum(float(x.sum()) for x in states.gmv.values()) + instance.money.past.gmv


def _contribution(instance: Instance, states: Replay) -> float:
    return float(states.contribution.sum()) + instance.money.past.contribution


def _roi(instance: Instance, states: Replay) -> float:
    spend = sum(float(x.sum()) for x in states.spend.values()) + instance.money.past.spend()
    return _gmv(instance, states) / max(spend, 1e-9)


ATTAINED: dict[Path, tuple[Callable[[Instance, Replay], float], str]] = {
    ("objective", "target"): (_gmv, "gmv"),
    ("money", "profit_floor"): (_contribution, "profit"),
    ("money", "roi_floor"): (_roi, ""),
}
"""What a plan attains of a floor, and the goal that asks for the most of it, if there is one."""


def raised(
    instance: Instance, changes: list[Change], plan: Plan, search: Search, seconds: float
) -> tuple[list[Change], Plan]:
    """The changes with every floor among them as high as the best plan found attains it, and that
    plan, verified with them; as they are where nothing better is found.

    Args:
        instance: the one that ``changes`` are put into.
        changes: of a repair.
        plan: a verified plan with them.
        search: whose end holds.
        seconds: time for all floors.
    """
    end = time.monotonic() + seconds
    for n, change in enumerate(changes):
        if change.path not in ATTAINED:
            continue
        attained, goal = ATTAINED[change.path]
        plans = [plan]
        left = end - time.monotonic()
        if goal and left > 0 and not search.over():
            # A lower floor of the same kind would only stand in the way of the search.
            most = solve(
                _most(applied(instance, changes), change.path, goal),
                gap=GAP, time_limit=left, threads=1, stop=search.stop,
            )  # fmt: skip
            plans += [most] if most.verified else []
        for other in sorted(plans, key=lambda one: -_of(one, instance, attained)):
            tried = _with(instance, changes, n, _down(_of(other, instance, attained)), other)
            if tried is not None:
                changes, plan = tried
                break
    return changes, plan


def _of(plan: Plan, instance: Instance, attained: Callable[[Instance, Replay], float]) -> float:
    assert plan.replay is not None
    return attained(instance, plan.replay)


def _with(
    instance: Instance, changes: list[Change], n: int, floor: float, plan: Plan
) -> tuple[list[Change], Plan] | None:
    """The changes with another floor in place ``n``, if that is higher and the plan keeps it."""
    if not changes[n].new < floor < changes[n].old:
        return None
    higher = [*changes[:n], replace(changes[n], new=floor), *changes[n + 1 :]]
    try:
        mended = applied(instance, higher)
    except ValidationError:
        return None
    assert plan.decisions is not None
    if not verify(mended, plan.decisions).ok:
        return None
    return higher, Plan.of(mended, "feasible_limit", plan.decisions, math.inf)


def _most(instance: Instance, path: Path, goal: str) -> Instance:
    """The instance without the floor, asked for the most of what it is about."""
    tree = instance.model_dump(mode="json")
    if path[0] == "money":
        tree["money"][path[-1]] = None
    tree["objective"] = {"goal": goal, "terminal": False}
    return Instance.model_validate(tree)


def _down(value: float) -> float:
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - DIGITS + 1)
    return float(f"{math.floor(value / step) * step:.12g}")
