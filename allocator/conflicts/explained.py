"""A plan that there is none of, with the reasons why."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from allocator.conflicts.explanation import EXPLAIN_SECONDS, explain
from allocator.finding import Progress
from allocator.plan import Plan


def explained(
    plan: Plan,
    seconds: float,
    stop: threading.Event | None,
    progress: Callable[[Progress], None] | None,
    *,
    began: float,
) -> Plan:
    """An infeasible plan with the reasons why it is.

    Args:
        plan: what a search has called infeasible.
        seconds: time that is left; no more than ``EXPLAIN_SECONDS`` are taken.
        stop: ends it with what it has.
        progress: receives what is being done.
        began: value of ``time.monotonic()`` from which its seconds count.
    """

    def say(phase: str) -> None:
        if progress is not None:
            now = time.monotonic() - began
            progress(Progress(now, phase, -math.inf, math.inf, math.inf))

    left = max(min(seconds, EXPLAIN_SECONDS), 0.0)
    return replace(plan, conflict=explain(plan.instance, seconds=left, stop=stop, say=say).plain())
