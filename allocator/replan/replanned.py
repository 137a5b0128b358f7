"""Re-planning: the weeks that are over, the best rest, the plan near the old one, its changes."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from allocator.conflicts.explained import explained
from allocator.plan import Plan, Status, relative_gap
from allocator.reading import canonical_sha256
from allocator.replan.changes import Change, changes
from allocator.replan.stability import Kept, as_it_stands, nearest
from allocator.replan.weeks import Week, reality
from allocator.solve import Progress, solve
from allocator.weekly.reading import Weeks
from fact_models.decisions import Decisions
from fact_models.replay import replay
from fact_models.spec.calendar import iso_week
from fact_models.spec.instance import Instance
from fact_models.verify import verify

NEAR_SHARE = 0.35
"""Part of the time limit for the plan near the old one."""


@dataclass(frozen=True)
class Replanned:
    """A re-planned rest of a horizon.

    Attributes:
        old: the plan that was under way.
        weeks: the weeks that are over, planned and seen.
        kept: the rest of the old plan in the states that were seen.
        best: the plan of the rest that is worth most.
        plan: the plan to follow: near the old one and worth at least (1 - stability) of the best.
        changes: from the old plan to ``plan``; ``at_best`` how many the best one would make.
        stability: share of the best plan's worth that steadiness may cost.
    """

    old: Plan
    weeks: tuple[Week, ...]
    kept: Kept
    best: Plan
    plan: Plan
    changes: tuple[Change, ...]
    at_best: int
    stability: float


def replan(
    plan: Plan,
    weeks: Weeks,
    *,
    stability: float = 0.02,
    gap: float = 0.01,
    time_limit: float | None = 120.0,
    threads: int = 2,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Replanned:
    """Re-plan what is left of a plan after the weeks that were seen.

    Args:
        plan: the plan under way.
        weeks: what was seen since it was made.
        stability: share of the best plan's worth that fewer changes may cost; 0 takes the best.
        gap, time_limit, threads, seed, progress, stop: as for ``solve``.

    Raises:
        InputError: the weeks do not fit the plan.
        ValueError: there is no plan in ``plan``.
    """
    if plan.decisions is None:
        raise ValueError(f"{plan.name} has no plan")
    found = reality(plan.instance, plan.decisions, weeks)
    instance = _linked(found.instance, plan)
    kept = as_it_stands(instance, found.old)
    share = 1.0 if stability <= 0 else 1 - NEAR_SHARE
    best = solve(
        instance,
        gap=gap,
        time_limit=None if time_limit is None else share * time_limit,
        threads=threads,
        seed=seed,
        progress=progress,
        stop=stop,
    )
    best = _at_least(best, kept, gap)
    if best.decisions is None:
        if best.status == "infeasible":
            spent = best.runtime.get("total", 0.0)
            left = math.inf if time_limit is None else time_limit - spent
            best = explained(best, left, stop, progress, began=time.monotonic())
        return Replanned(plan, found.weeks, kept, best, best, (), 0, stability)
    chosen = best
    if stability > 0:
        seconds = math.inf if time_limit is None else NEAR_SHARE * time_limit
        chosen = _steady(best, kept, stability, gap=gap, seconds=seconds, seed=seed, stop=stop)
    assert chosen.decisions is not None
    made = changes(instance, kept.decisions, chosen.decisions)
    at_best = made
    if chosen is not best:
        at_best = changes(instance, kept.decisions, best.decisions)
        if made and len(made) >= len(at_best):
            # What changes no less need not be worth less.
            chosen, made = best, at_best
    return Replanned(plan, found.weeks, kept, best, chosen, made, len(at_best), stability)


def _linked(instance: Instance, old: Plan) -> Instance:
    """The instance with a note that names the plan it goes on from."""
    note = (
        f"Re-planned for {iso_week(instance.calendar.first_day(0))} from the plan of {old.name}"
        f" (instance sha256 {canonical_sha256(old.instance)[:16]}), states as seen."
    )
    return instance.model_copy(update={"note": note})


def _sign(instance: Instance) -> float:
    return -1.0 if instance.objective.goal == "cost" else 1.0


def _at_least(best: Plan, kept: Kept, gap: float) -> Plan:
    """The old plan itself where it is possible and the search found nothing better."""
    sign = _sign(best.instance)
    worse = best.objective is None or sign * best.objective < sign * kept.objective
    if not kept.possible or not worse or best.status == "error":
        return best
    return _plan(best, kept.decisions, gap, "old plan")


def _plan(
    best: Plan, decisions: Decisions, gap: float, phase: str, near: float | None = None
) -> Plan:
    """Another verified plan of the instance of ``best``, with its bound.

    Args:
        best: the plan whose search proved the bound; the trace goes on from its own.
        decisions: of the plan.
        gap: the gap that was asked for.
        phase: what the last point of the trace is called.
        near: seconds that were spent on it after that search.
    """
    bound = math.inf if best.bound is None else best.bound
    check = verify(best.instance, decisions)
    if not check.ok:
        raise ValueError(f"a plan that breaks a rule: {check.violations[0]}")
    objective = float(replay(best.instance, decisions).objective)
    known = math.isfinite(bound)
    closed = known and relative_gap(objective, bound) <= gap
    ended = max(best.trace[-1][0] if best.trace else 0.0, best.runtime.get("total", 0.0))
    last = (ended + (near or 0.0), phase, objective, best.bound)
    return Plan.of(
        best.instance,
        "optimal" if closed else _short_of(best),
        decisions,
        bound,
        asked_gap=gap,
        runtime=dict(best.runtime) if near is None else {**best.runtime, "near": near},
        max_violation=check.max_violation,
        trace=(*best.trace, last),
    )


def _short_of(best: Plan) -> Status:
    """Status of another plan that lies farther from the bound than was asked for: by its choice
    where the search of ``best`` came as near as was asked for, else as that search ended.
    """
    if best.status == "optimal":
        return "feasible_near"
    return best.status if best.verified else "feasible_limit"


def _steady(
    best: Plan,
    kept: Kept,
    stability: float,
    *,
    gap: float,
    seconds: float,
    seed: int,
    stop: threading.Event | None,
) -> Plan:
    """The plan near the old one; the old one itself where it is good enough."""
    assert best.objective is not None
    assert best.decisions is not None
    sign = _sign(best.instance)
    floor = sign * best.objective - stability * abs(best.objective)
    if kept.possible and sign * kept.objective >= floor:
        return _plan(best, kept.decisions, gap, "old plan")
    began = time.monotonic()
    near = nearest(
        best.instance, kept.decisions, best.decisions, floor, seconds=seconds, seed=seed, stop=stop
    )
    if near is None:
        return best
    return _plan(best, near, gap, "near the old plan", time.monotonic() - began)
