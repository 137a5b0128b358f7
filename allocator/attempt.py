"""One solve under watch: its best plan is kept on the way and outlives whatever ends the solve."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from allocator import plan_file
from allocator.faults import OutputError, out_of_memory
from allocator.patience import NoAnswer, latest_end, wait_for
from allocator.plan import Plan, Status, relative_gap
from allocator.signals import StopEvent
from allocator.terminal import log
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from allocator.solve import Progress

SAVE_EVERY = 5.0
"""Least seconds between two savings of a running solve's best plan."""
WRITING, WRITING_SHARE = 2.0, 0.2
"""Seconds kept for writing plan and reports, at most this share of the limit."""
EXPLAIN_RESERVE = 0.3
"""Seconds kept from an explanation for its last step."""
OUT_OF_MEMORY = "ran out of memory"


@dataclass(frozen=True)
class Options:
    """Limits of a solve; see ``allocator.solve``."""

    gap: float
    time_limit: float | None
    threads: int
    seed: int


@dataclass
class Watched:
    """What a running solve has told so far.

    Attributes:
        instance: what is solved.
        report: shows the state of the search.
        out: folder below which the best plan is saved meanwhile, or None.
    """

    instance: Instance
    report: Callable[["Progress"], None]
    out: Path | None
    best: Plan | None = None
    bound: float | None = None
    over: bool = False
    saved: Plan | None = None
    saved_at: float = field(default=-math.inf)

    def on_progress(self, state: "Progress") -> None:
        """Take note of the bound and pass the state on, unless nobody waits any more."""
        if self.over:
            return
        if math.isfinite(state.bound):
            self.bound = state.bound
        self.report(state)

    def on_plan(self, plan: Plan) -> None:
        """Take note of a better plan."""
        if not self.over:
            self.best = plan

    def save(self) -> None:
        """Save the best plan if it is new and the last saving was some time ago."""
        best, now = self.best, time.monotonic()
        if self.out is None or best is self.saved or now - self.saved_at < SAVE_EVERY:
            return
        self.saved, self.saved_at = best, now
        if best is not None:
            try:
                plan_file.write_incumbent(self.out, best)
            except OutputError as error:
                log(f"{best.name}: its best plan so far is not saved: {error}")
                self.out = None

    def so_far(self, status: Status, message: str) -> Plan:
        """The best plan with the best bound; without one, a plan that says so."""
        self.over = True
        best, bound = self.best, self.bound
        if best is None or best.objective is None:
            return Plan(self.instance, "no_plan_yet", message=message)
        if bound is None:
            bound = best.bound
        gap = None if bound is None else relative_gap(best.objective, bound)
        return replace(best, status=status, bound=bound, gap=gap, message=message)


def attempt(
    instance: Instance,
    options: Options,
    stop: StopEvent,
    *,
    began: float,
    report: Callable[["Progress"], None],
    out: Path | None = None,
) -> Plan:
    """The plan of one instance; the best one so far where the search does not answer in time.

    Args:
        instance: what to plan.
        options: limits of the solve.
        stop: ends the search.
        began: value of ``time.monotonic()`` from which the time limit counts.
        report: receives the state of the search, in another thread.
        out: folder below which the best plan is saved while the search runs.
    """
    from allocator.conflicts.explained import explained
    from allocator.solve import solve

    watched = Watched(instance, report, out)
    limit = options.time_limit
    seconds = None
    if limit is not None:
        # Start-up and writing count, but where they take most of it some search must be left.
        rest = limit - (time.monotonic() - began) - min(WRITING, WRITING_SHARE * limit)
        seconds = max(rest, limit / 2)

    until = latest_end(time.monotonic(), seconds)
    impossible: list[Plan] = []

    def search() -> Plan:
        plan = solve(
            instance,
            gap=options.gap,
            time_limit=seconds,
            threads=options.threads,
            seed=options.seed,
            progress=watched.on_progress,
            on_plan=watched.on_plan,
            stop=stop,
        )
        if plan.status != "infeasible":
            return plan
        impossible.append(plan)
        left = until - time.monotonic() - EXPLAIN_RESERVE
        return explained(plan, left, stop, watched.on_progress, began=began)

    try:
        return wait_for(search, until=until, stop=stop, look=watched.save)
    except NoAnswer:
        if impossible:
            # Only its explanation took too long.
            return impossible[0]
        status: Status = "interrupted_feasible" if stop.is_set() else "feasible_limit"
        plan = watched.so_far(status, "the search did not answer in time and was left to itself")
    except Exception as error:
        if not out_of_memory(error):
            raise
        plan = watched.so_far("feasible_limit", OUT_OF_MEMORY)
    plan.runtime["total"] = time.monotonic() - began
    return plan
