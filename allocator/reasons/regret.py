"""What it costs to do without a lever: the plan made anew with the lever banned."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from allocator.changing import changed
from allocator.plan import Plan
from allocator.reasons.attribution import LEVERS
from allocator.solve import Progress, solve
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
    """Plan without a lever; the options are those of ``solve``."""
    other = solve(
        banned(plan.instance, lever),
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        progress=progress,
        stop=stop,
    )
    sign = -1.0 if plan.instance.objective.goal == "cost" else 1.0

    def less(one: float | None, two: float | None) -> float | None:
        return None if one is None or two is None else sign * (one - two)

    return Regret(
        lever,
        other.status,
        other.objective,
        other.gmv,
        less(plan.objective, other.objective),
        less(plan.objective, other.bound),
        less(plan.bound, other.objective),
    )
