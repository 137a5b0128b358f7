"""What it costs to do without a lever: the plan made anew with the lever banned."""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass

from allocator.changing import changed
from allocator.plan import Plan
from allocator.reasons.attribution import LEVERS
from allocator.replan.advance import hold_end_worth
from allocator.solve import Progress, solve
from fact_models.replay import facts
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Regret:
    """A lever banned.

    Attributes:
        lever: which.
        status: how the solve without it ended.
        objective, gmv: of the best plan without it; None where there is none.
        regret: objective of the plan less that; None where there is no plan without.
        low, high: the certified interval of what the lever is worth; None where not proved.

    A plan without a lever is a plan of the merchant too, unless the file makes the lever cost
    something (``forced``): so none of the three is below 0.
    """

    lever: str
    status: str
    objective: float | None
    gmv: float | None
    regret: float | None
    low: float | None
    high: float | None


def used(instance: Instance) -> tuple[str, ...]:
    """Levers that the instance has."""
    return tuple(lever for lever in LEVERS if getattr(instance, lever) is not None)


def held(instance: Instance) -> Instance:
    """The instance in which what is left at the end is worth what it is worth today, so that
    changed merchants count it alike."""
    tree = changed(instance)
    if instance.objective.terminal and instance.objective.goal != "cost":
        hold_end_worth(tree, facts(instance))
    return Instance.model_validate(tree)


def forced(instance: Instance, lever: str) -> bool:
    """Whether the file makes a lever cost something, or limits levers by each other: then its ban
    is no restriction alone."""
    money = instance.money
    if money.levers or any(cell.lever == lever for cell in money.locked):
        return True
    if lever == "field":
        assert instance.field is not None
        rooms = instance.field.accounts.values()
        return any(a.fixed_cost > 0 and (a.open or a.opens is not None) for a in rooms)
    if lever == "campaign":
        assert instance.campaign is not None
        return any(c.joined is not None for c in instance.campaign.campaigns.values())
    if lever == "kol":
        assert instance.kol is not None
        return any(deal.agreed is not None for deal in instance.kol.deals.values())
    return False


def banned(instance: Instance, lever: str) -> Instance:
    """The instance without a lever and without the rules on its money."""
    tree = changed(instance)
    tree[lever] = None
    money = tree["money"]
    money["levers"] = {k: v for k, v in money["levers"].items() if k != lever}
    money["locked"] = [cell for cell in money["locked"] if cell["lever"] != lever]
    return Instance.model_validate(tree)


def regret(
    plan: Plan,
    lever: str,
    *,
    gap: float = 0.01,
    time_limit: float | None = 120.0,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Regret:
    """Plan without a lever, what is left at the end counted as in the plan; the options are those
    of ``solve``."""
    other = solve(
        banned(held(plan.instance), lever),
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        progress=progress,
        stop=stop,
    )
    sign = -1.0 if plan.instance.objective.goal == "cost" else 1.0
    least = -math.inf if forced(plan.instance, lever) else 0.0

    def less(one: float | None, two: float | None) -> float | None:
        return None if one is None or two is None else max(sign * (one - two), least)

    return Regret(
        lever,
        other.status,
        other.objective,
        other.gmv,
        less(plan.objective, other.objective),
        less(plan.objective, other.bound),
        less(plan.bound, other.objective),
    )
