"""Plan for several worlds at once: first decisions that are good in all of them, and what follows
in each.

Every world is planned alone first: its bound is the most that knowing the world could bring, and
the measure of those bounds is a bound for every hedge. The first decisions of those plans, and of
the plan for the expected figures, are then tried in all worlds. The extensive form searches on
from the best of them, with a bound of its own, until the gap is closed or time is up.
"""

import math
import threading
from collections.abc import Callable

from allocator.doubt.desk import Desk
from allocator.doubt.hedging import Hedging
from allocator.doubt.measures import Measure
from allocator.doubt.outlooks import Hedge
from allocator.doubt.worlds import Worlds
from allocator.finding import Progress


def hedge(
    worlds: Worlds,
    measure: Measure | None = None,
    *,
    middle: bool = True,
    gap: float = 0.02,
    time_limit: float | None = 600.0,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Hedge:
    """Find first decisions for all worlds and prove how near the best ones they are.

    Args:
        worlds: with the names and the horizon of one instance.
        measure: what is maximised; the expected value if not given.
        middle: whether the plan for the expected figures is tried too.
        gap: relative gap at which to stop.
        time_limit: seconds for everything; None for no limit.
        threads: of each search.
        seed: of the solver's random choices.
        progress: called as in ``solve``; the phase tells what is planned.
        stop: an event that ends the search with what it has.

    Raises:
        ValueError: an option is out of range.
        RuntimeError: a verified hedge is better than what was proved to be possible.
    """
    if not 0 <= gap < math.inf:
        raise ValueError(f"gap must be at least 0, is {gap}")
    if time_limit is not None and not 0 < time_limit < math.inf:
        raise ValueError(f"time_limit must be positive or None, is {time_limit}")
    desk = Desk(gap, time_limit, threads, seed, progress, stop)
    return Hedging(worlds, measure or Measure(), desk, middle).run()
