"""Solve one instance: build, search, replay, verify, hand back a ``Plan``.

Prints nothing, raises only on bad arguments.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allocator.certificate import Found, Progress, Search, gap_between
from allocator.growth import growth_figures
from allocator.highs import SolverError
from allocator.highs import Status as Ending
from allocator.matrix import ModelError
from allocator.plan import Plan, Status, TracePoint, figures_of, relative_gap
from allocator.variants.at_hand import made_at_hand
from allocator.variants.desk import Desk
from allocator.variants.simple import Early, better
from fact_models.spec.instance import Instance

__all__ = ["Progress", "solve"]

LOOSE = 0.03
"""Certified gap above which a plan is held against simple ways to plan."""
RESERVE = 0.08
"""Share of the time limit that is kept for them while the gap is that loose."""
BUILDS = 3.0
"""Times that building the program took, which they need at least."""
ANY = 1.0
"""Asked gap from which on any plan at all will do."""


def solve(
    instance: Instance,
    *,
    gap: float = 0.01,
    time_limit: float | None = 120.0,
    threads: int = 2,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    on_plan: Callable[[Plan], None] | None = None,
    stop: threading.Event | None = None,
) -> Plan:
    """Find a plan and prove how near the optimum it is.

    A plan whose gap stays above ``LOOSE`` is held against simple ways to plan (best return first,
    week by week, even split, last year's shares), inside the time limit; the best is handed back.

    Args:
        instance: what to plan.
        gap: relative gap at which to stop, e.g. 0.01 for 1 %.
        time_limit: seconds of wall time for everything, model building included; None for no
            limit.
        threads: 1, or 2 and more to solve two branches of the tree at a time.
        seed: of the solver's random choices.
        progress: called with the state of the search, in this thread.
        on_plan: called with every better verified plan and the bound known by then, in this
            thread.
        stop: an event that ends the search with the best plan found.

    Returns:
        The plan with its certificate, or a plan without decisions whose ``status`` and ``message``
        say why.

    Raises:
        ValueError: ``gap``, ``time_limit`` or ``threads`` is out of range.
    """
    checked_limits(gap, time_limit, threads)
    began = time.monotonic()
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    shown: Found | None = None

    def told(state: Progress) -> None:
        nonlocal shown
        if on_plan and search.best is not None and search.best is not shown:
            shown = search.best
            seconds = {"total": state.seconds}
            on_plan(_verified(instance, "feasible_limit", shown, sign * state.bound, seconds))
        if progress:
            progress(replace(state, incumbent=sign * state.incumbent, bound=sign * state.bound))

    deadline = math.inf if time_limit is None else began + time_limit
    reserved = math.inf if time_limit is None else deadline - RESERVE * time_limit

    def gated() -> bool:
        """Whether the gap is loose and there is time for simple ways."""
        found = search.best is not None
        if not found or gap >= ANY or gap_between(search.lower, search.told) <= LOOSE:
            return False
        # The desk builds a program of its own, which hears of no deadline.
        needed = BUILDS * (search.seconds["build"] + search.seconds["hand_over"])
        return deadline - time.monotonic() >= needed

    early = Early(stop, lambda: time.monotonic() >= reserved and gated())
    search = Search(instance, gap, deadline, threads=threads, seed=seed, progress=told, stop=early)
    try:
        search.best = made_at_hand(instance, deadline=deadline, seed=seed, stop=stop)
        search.run()
        if gated() and not early.asked:
            _gate(search, stop)
        if search.status is Ending.INTERRUPTED_FEASIBLE and not early.asked:
            # Nobody but the reserve ended the search.
            search.status = Ending.FEASIBLE_LIMIT
    except (ModelError, SolverError) as error:
        # A program that was not handed over whole, or a solver that contradicts itself, proves
        # nothing, not even for a plan found before.
        search.best, search.status, search.message = None, Ending.ERROR, str(error)
    return plan_of(search, sign, began)


def _gate(search: Search, stop: threading.Event | None) -> None:
    """Let a better one of the simple ways take the place of the plan that was found."""
    assert search.best is not None
    desk = Desk(search.instance, 0.0, search.deadline, seed=search.seed, stop=stop)
    made = better(search.best, desk, lambda: search.report("simple ways"))
    if made is not None:
        search.best, search.upper = made, max(search.upper, made.value)
        search.report("simple ways")
    if search.closed:
        search.status = Ending.OPTIMAL


def checked_limits(gap: float, time_limit: float | None, threads: int) -> None:
    """Refuse limits of a solve that are out of range.

    Raises:
        ValueError: one is.
    """
    if not 0 <= gap < math.inf:
        raise ValueError(f"gap must be at least 0, is {gap}")
    if time_limit is not None and not 0 < time_limit < math.inf:
        raise ValueError(f"time_limit must be positive or None, is {time_limit}")
    if threads < 1:
        raise ValueError(f"threads must be at least 1, is {threads}")


def plan_of(search: Search, sign: float, began: float, *, growth: bool = True) -> Plan:
    """What a search that has ended hands over.

    Args:
        search: the search.
        sign: -1 for the goal ``cost``, else 1.
        began: value of ``time.monotonic()`` when the solve began.
        growth: whether to replay the snowball's own figures.
    """
    runtime = {**search.seconds, "total": time.monotonic() - began}
    trace: list[TracePoint] = [
        (seconds, phase, _finite(sign * lower), _finite(sign * upper))
        for seconds, phase, lower, upper in search.trace
    ]
    status: Status = search.status.value
    if search.best is None:
        if status in ("optimal", "feasible_limit", "interrupted_feasible"):
            status = "no_plan_yet"
        return Plan(
            instance=search.instance,
            status=status,
            runtime=runtime,
            trace=trace,
            message=search.message,
        )
    found = search.best
    plan = replace(
        _verified(search.instance, status, found, sign * search.upper, runtime),
        trace=trace,
        growth=growth_figures(search.instance, found.replay) if growth else {},
    )
    plan.runtime["total"] = time.monotonic() - began
    return plan


def _verified(
    instance: Instance, status: Status, found: Found, bound: float, runtime: dict[str, float]
) -> Plan:
    """A plan found on the way; its replay is at hand, so it costs next to nothing."""
    figures: dict[str, Any] = figures_of(found.replay)
    known = math.isfinite(bound)
    return Plan(
        instance,
        status,
        bound=bound if known else None,
        gap=relative_gap(figures["objective"], bound) if known else None,
        decisions=found.decisions,
        replay=found.replay,
        runtime=runtime,
        max_violation=found.check.max_violation,
        **figures,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
