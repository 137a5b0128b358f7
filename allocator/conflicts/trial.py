"""A first verified plan of an instance that changes were put into, however poor.

The point of the elastic program names whole numbers that nearly keep the rules; with them fixed a
linear program or two show whether they do. Only where they do not is a plan searched for as
``solve`` does, which over half a year takes several times as long.
"""

import math
import threading
import time
from collections.abc import Mapping

import numpy as np

from allocator.certificate import Search
from allocator.finding import judged
from allocator.highs import SolverError
from allocator.matrix import ModelError
from allocator.plan import Plan
from allocator.polish import FRACTION
from allocator.solve import solve
from fact_models.decisions import Decisions
from fact_models.replay import facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify

GAP = 10.0
"""A plan that shows that changes suffice may be far from the best one."""
ANY = 1.0
"""Distance, as a share of its value, of a plan from what its whole numbers can bring."""


def at_point(instance: Instance, decisions: Decisions) -> Plan | None:
    """The plan of the elastic program's own point, trimmed to what the true states allow; None if
    it breaks a rule."""
    settled = replay(instance, decisions, accept="trim")
    found, check = judged(instance, facts(instance), settled.decisions)
    return Plan.of(instance, "feasible_limit", found.decisions, math.inf) if check.ok else None


def first_plan(
    instance: Instance,
    values: Mapping[str, float],
    seconds: float,
    stop: threading.Event | None,
) -> Plan | None:
    """A verified plan, the first that is found; None without one in the time.

    Args:
        instance: with the changes put in.
        values: columns of the elastic program by name.
        seconds: time for all of it.
        stop: ends it.
    """
    today = status_quo(instance)
    if verify(instance, today).ok:
        return Plan.of(instance, "feasible_limit", today, math.inf)
    began = time.monotonic()
    search = Search(instance, GAP, began + seconds, stop=stop)
    try:
        search.load()
        _near(search, values)
        if search.best is None and not search.halted():
            search.first_plan()
    except (ModelError, SolverError):
        return None
    if search.best is not None:
        found = search.best.decisions
        return Plan.of(instance, "feasible_limit", found, math.inf)
    left = began + seconds - time.monotonic()
    if left <= 0 or search.stopped:
        return None
    plan = solve(instance, gap=GAP, time_limit=left, threads=1, stop=stop)
    return plan if plan.verified else None


def _near(search: Search, values: Mapping[str, float]) -> None:
    """Try the whole numbers of a point, those that it has in fractions left open."""
    names = search.arrays.matrix.column_names
    x = np.array([values.get(name, np.nan) for name in names], dtype=np.float64)
    whole = x[search.whole]
    x[search.whole] = np.where(np.abs(whole - np.rint(whole)) <= FRACTION, whole, np.nan)
    x[np.setdiff1d(np.arange(x.size), search.whole)] = np.nan
    completed = search.complete(x)
    if completed is not None and not search.halted():
        search.polish(completed, ANY)
