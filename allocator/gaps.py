"""Plans and bounds against each other: the relative gap, and the bound at which it is reached."""

import math

from allocator.plan import relative_gap


def bound_at(objective: float, gap: float) -> float:
    """The bound at which a plan of this objective has this relative gap."""
    return objective / (1 - gap) if objective > 0 else objective * (1 - gap)


def gap_between(objective: float, bound: float) -> float:
    """Relative gap of a plan and a bound; infinite while either is unknown."""
    if not (math.isfinite(objective) and math.isfinite(bound)):
        return math.inf
    return relative_gap(objective, bound)
