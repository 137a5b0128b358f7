"""Funnel against snowball: what planning with the feedback is worth.

The same instance is planned in two worlds that sell the same in the first week. In the funnel,
natural traffic stays at today's level; in the snowball, conversion and deposit earn the traffic of
the next period. Both plans are then put to the test in the snowball world under low, middle and
high growth: hours, spend, staff, packages and deals are kept, visits and orders are derived anew
up to capacity, and every rule that breaks is named. See ``allocator.trials``.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from allocator.plan import Plan
from allocator.solve import Progress, solve
from allocator.trials import GROWTH, Kind, Trial, trials_of, with_growth
from fact_models.replay import funnel
from fact_models.spec.instance import Instance

WORTH = "worth_vs_funnel"
"""Key of ``Plan.growth`` with what the plan is worth; see ``allocator.growth``."""
FUNNEL_GAP = 0.02
"""Relative gap of a funnel plan that only gives a plan something to be weighed against."""


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """A snowball plan, a funnel plan, and both put to the test."""

    instance: Instance
    snowball: Plan
    """Plan of the snowball world with its certificate; its ``growth`` tells its worth."""
    funnel: Plan
    """Plan of the funnel world, with the certificate of that world."""
    trials: tuple[Trial, ...]
    """By world, then by plan; a plan that was not found has none."""
    replanned: dict[str, Plan]
    """Snowball plans made anew for the low and the high growth, if asked for."""

    def trial(self, world: str, plan: Kind) -> Trial | None:
        """The trial of a plan in a world; None if there was no such plan."""
        found = (x for x in self.trials if x.world == world and x.plan == plan)
        return next(found, None)

    def worth(self, world: str, figure: Literal["gmv", "objective"] = "gmv") -> float | None:
        """What planning with the feedback is worth in a world: snowball plan less funnel plan.

        Positive is better for the snowball plan; with the goal ``cost`` the objective is money
        saved. None if one of the two plans was not found.
        """
        with_feedback, without = self.trial(world, "snowball"), self.trial(world, "funnel")
        if with_feedback is None or without is None:
            return None
        return self.gain(with_feedback, without, figure)

    def gain(self, better: Trial, other: Trial, figure: Literal["gmv", "objective"]) -> float:
        """What one trial brings beyond another; with the goal ``cost`` objective is saved."""
        saved = figure == "objective" and self.instance.objective.goal == "cost"
        gain: float = getattr(better, figure) - getattr(other, figure)
        return -gain if saved else gain

    @property
    def table(self) -> pd.DataFrame:
        """One row per world and plan.

        ``worth`` and ``worth_objective`` are what the plan brings beyond the funnel plan in the
        same world (nan without a funnel plan), also as percentages of the funnel plan's figure.
        ``taken`` tells which volumes were replayed, ``broken`` counts the rules that break,
        ``worst`` names the one that breaks worst.
        ``.attrs["units"]`` gives the unit of every column.
        """
        table = pd.DataFrame([self._row(one) for one in self.trials], columns=list(_UNITS))
        table.attrs["units"] = {c: u or self.instance.currency for c, u in _UNITS.items()}
        return table

    def _row(self, one: Trial) -> dict[str, Any]:
        base = self.trial(one.world, "funnel")
        row: dict[str, Any] = {"world": one.world, "growth": GROWTH[one.world]}
        row |= {"plan": one.plan, "taken": one.taken}
        row |= {name: getattr(one, name) for name in _FIGURES}
        for key, figure in _WORTH.items():
            gain = np.nan if base is None else self.gain(one, base, figure)
            row[key] = gain
            row[f"{key}_percent"] = _percent_of(gain, getattr(base, figure, None))
        return row | {"feasible": one.feasible, "broken": one.rules_broken, "worst": one.worst}


_FIGURES = ("gmv", "net_gmv", "contribution", "spend", "objective")
_WORTH: dict[str, Literal["gmv", "objective"]] = {"worth": "gmv", "worth_objective": "objective"}
_UNITS = {
    **{"world": "text", "growth": "1", "plan": "text", "taken": "text"},
    **dict.fromkeys(_FIGURES, ""),
    **{"worth": "", "worth_percent": "%", "worth_objective": "", "worth_objective_percent": "%"},
    **{"feasible": "yes/no", "broken": "1", "worst": "text"},
}
"""Unit of every column; an empty one stands for the currency of the instance."""


def compare_models(
    instance: Instance,
    *,
    gap: float = 0.01,
    time_limit: float | None = 120.0,
    threads: int = 1,
    seed: int = 0,
    replan: bool = False,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> ModelComparison:
    """Plan ``instance`` with and without the feedback and put both plans to the test.

    Args:
        instance: what to plan, with the middle belief in growth.
        gap: relative gap of every solve.
        time_limit: seconds of every solve; there are two, and two more with ``replan``.
        threads: threads of the solver.
        seed: of the solver's random choices.
        replan: whether to make the snowball plan anew for the low and the high growth too.
        progress: called as in ``solve``; the phase tells which plan is being made.
        stop: an event that ends every solve with the best plan found.

    Raises:
        ValueError: an option is out of range, or ``instance`` is itself a funnel, or its rates
            leave no room for the high growth.
    """
    _refuse_funnel(instance)
    worlds = {name: with_growth(instance, factor) for name, factor in GROWTH.items()}

    limits: dict[str, Any] = {"gap": gap, "time_limit": time_limit, "threads": threads}
    limits |= {"seed": seed, "stop": stop}

    def planned(world: Instance, name: str) -> Plan:
        return solve(world, progress=_named(name, progress), **limits)

    plans = (planned(instance, "snowball"), planned(funnel(instance), "funnel"))
    replanned = {
        name: planned(world, f"{name} growth")
        for name, world in worlds.items()
        if replan and GROWTH[name] != 1
    }
    trials = tuple(trials_of(worlds, *plans, replanned))
    found = ModelComparison(instance, *plans, trials, replanned)
    _remember(found)
    return found


def _named(
    name: str, progress: Callable[[Progress], None] | None
) -> Callable[[Progress], None] | None:
    """``progress`` with the phase told as one of the plan ``name``."""
    if progress is None:
        return None
    return lambda state: progress(replace(state, phase=f"{name}: {state.phase}"))


def weigh(
    plan: Plan,
    *,
    gap: float = FUNNEL_GAP,
    time_limit: float | None = None,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> bool:
    """Plan the funnel beside a snowball plan; its ``growth`` then tells what the plan is worth.

    Returns:
        Whether it does; it does not where no funnel plan was found.

    Raises:
        ValueError: an option is out of range, or ``plan`` is itself one of the funnel.
    """
    _refuse_funnel(plan.instance)
    other = solve(
        funnel(plan.instance),
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        progress=progress,
        stop=stop,
    )
    trials = tuple(trials_of({"middle": plan.instance}, plan, other, {}))
    _remember(ModelComparison(plan.instance, plan, other, trials, {}))
    return WORTH in plan.growth


def _refuse_funnel(instance: Instance) -> None:
    if instance.snowball.model != "snowball":
        raise ValueError("snowball.model is funnel: the comparison starts from a snowball")


def _remember(found: ModelComparison) -> None:
    """Write into the snowball plan's ``growth`` what it is worth at middle growth."""
    base, gmv, gain = (
        found.trial("middle", "funnel"),
        found.worth("middle"),
        found.worth("middle", "objective"),
    )
    if base is None or gmv is None or gain is None:
        return
    found.snowball.growth[WORTH] = {
        "gmv": gmv,
        "share": gmv / base.gmv if base.gmv > 0 else None,
        "objective": gain,
        "funnel_gap": found.funnel.gap,
        "funnel_rules_broken": base.rules_broken,
    }


def _percent_of(gain: float, base: float | None) -> float:
    return 100 * gain / abs(base) if base else np.nan
