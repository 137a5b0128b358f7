"""Solve one instance: build, search, replay, verify, hand back a ``Plan``.

Prints nothing, raises only on bad arguments.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from allocator.certificate import Search
from allocator.finding import Found, Progress
from allocator.gaps import gap_between
from allocator.growth import growth_figures
from allocator.highs import SolverError
from allocator.highs import Status as Ending
from allocator.matrix import ModelError
from allocator.plan import Plan, Status, TracePoint, figures_of, relative_gap
from allocator.variants.at_hand import made_at_hand
from allocator.variants.desk import Desk
from allocator.variants.simple import better
from fact_models.spec.instance import Instance

__all__ = ["Progress", "solve"]

LOOSE = 0.03
"""Certified gap above which a plan is held against simple ways to plan."""
BUILDS = 3.0
"""Times that building the program took, which they need at least."""
SPARED = 0.05
"""Share of the time limit that the search leaves them at most; beside it they have what polishing
and tidying leave of the search's own reserve."""
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
            bound = sign * state.bound
            on_plan(_verified(instance, "feasible_limit", shown, bound, gap, seconds))
        if progress:
            progress(replace(state, incumbent=sign * state.incumbent, bound=sign * state.bound))

    def wanted() -> float:
        """Seconds that simple ways need while the gap is loose; else none."""
        if search.best is None or gap >= ANY or gap_between(search.lower, search.told) <= LOOSE:
            return 0.0
        # The desk builds a program of its own, which hears of no deadline.
        return BUILDS * (search.seconds["build"] + search.seconds["hand_over"])

    def spare() -> float:
        """What the search leaves them of its time: nothing where that would not be enough."""
        seconds = wanted()
        return seconds if seconds <= SPARED * (time_limit or math.inf) else 0.0

    deadline = math.inf if time_limit is None else began + time_limit
    search = Search(
        instance, gap, deadline, threads=threads, seed=seed, progress=told, stop=stop, spare=spare
    )
    try:
        search.best = made_at_hand(instance, deadline=deadline, seed=seed, stop=stop)
        search.run()
    except (ModelError, SolverError) as error:
        # A program that was not handed over whole, or a solver that contradicts itself, proves
        # nothing, not even for a plan found before.
        search.best, search.status, search.message = None, Ending.ERROR, str(error)
    message = ""
    if not search.stopped and 0 < wanted() <= deadline - time.monotonic():
        message = _gate(search, stop)
    return plan_of(search, sign, began, message=message)


def _gate(search: Search, stop: threading.Event | None) -> str:
    """Let a better one of the simple ways take the place of the plan that was found; returns why
    they were not all made, if something failed."""
    assert search.best is not None
    desk = Desk(search.instance, 0.0, search.deadline, seed=search.seed, stop=stop)
    try:
        made = better(search.best, desk, lambda: search.report("simple ways"))
    except (ModelError, SolverError) as error:
        # Another program failed than the one that the plan and its bound come from.
        return f"the plan was not held against simple ways to plan: {error}"
    if made is not None:
        search.best, search.upper = made, max(search.upper, made.value)
        search.report("simple ways")
    if search.closed:
        search.status = Ending.OPTIMAL
    elif search.stopped:
        search.status = Ending.INTERRUPTED_FEASIBLE
    return ""


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


def plan_of(
    search: Search, sign: float, began: float, *, growth: bool = True, message: str = ""
) -> Plan:
    """What a search that has ended hands over.

    Args:
        search: the search.
        sign: -1 for the goal ``cost``, else 1.
        began: value of ``time.monotonic()`` when the solve began.
        growth: whether to replay the snowball's own figures.
        message: what to say beside a plan that was found.
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
            asked_gap=search.gap,
            runtime=runtime,
            trace=trace,
            message=search.message,
            broken=search.broken,
        )
    found = search.best
    plan = replace(
        _verified(search.instance, status, found, sign * search.upper, search.gap, runtime),
        trace=trace,
        message=message,
        growth=growth_figures(search.instance, found.replay) if growth else {},
    )
    plan.runtime["total"] = time.monotonic() - began
    return plan


def _verified(
    instance: Instance,
    status: Status,
    found: Found,
    bound: float,
    asked: float,
    runtime: dict[str, float],
) -> Plan:
    """A plan found on the way; its replay is at hand, so it costs next to nothing."""
    figures: dict[str, Any] = figures_of(found.replay)
    known = math.isfinite(bound)
    return Plan(
        instance,
        status,
        bound=bound if known else None,
        gap=relative_gap(figures["objective"], bound) if known else None,
        asked_gap=asked,
        decisions=found.decisions,
        replay=found.replay,
        runtime=runtime,
        max_violation=found.check.max_violation,
        **figures,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
