"""What ``allocator allocate`` does: read, solve, show."""

import json

from allocator.allocate import load_request, solve_request
from allocator.exits import INFEASIBLE, NO_PLAN, OK
from allocator.screen_allocation import allocation_screen
from allocator.terminal import stdout


def allocate_one(
    path: str,
    *,
    budget: float | None,
    periods: int | None,
    gap: float,
    time_limit: float | None,
    as_json: bool,
) -> int:
    """Allocate the budget of one file; returns the exit code."""
    request = load_request(path, budget=budget, periods=periods)
    found = solve_request(request, gap=gap, time_limit=time_limit)
    if as_json:
        print(json.dumps(found.summary(), ensure_ascii=False))
    else:
        stdout().print(allocation_screen(found))
    if found.status == "infeasible":
        return INFEASIBLE
    return OK if found.status in ("optimal", "feasible_limit") else NO_PLAN
