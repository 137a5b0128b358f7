"""Is any plan that goes the other way worth more than the plan, and what is the best of them?

All other whole numbers are free. The first question leaves branches that are proved to hold
nothing better than the plan at once, so it is often settled far below the gap of the plan.
The second goes on from there with a lower floor: the best plan known that goes the other way.
"""

import math
import threading
import time
from dataclasses import dataclass, replace

from allocator.certificate import Search
from allocator.finding import Found
from allocator.gaps import bound_at
from allocator.highs import Status
from allocator.relaxation import Relaxation
from allocator.stopping import Stop

STEADY = 1e-4
"""Gap that says when rounds of tangents at the root end; branches end at the floor itself."""
EQUAL = 1e-9
"""Share of the floor by which a bound may lie above it and count as it."""


@dataclass
class Contest(Search):
    """A search that is loaded once and asked about one column after the other.

    Args:
        floor: value of the plan that another one has to beat.
        near: share of what is known at which a bound counts as reached.
    """

    floor: float = -math.inf
    near: float = EQUAL

    @property
    def lower(self) -> float:
        """What a branch has to beat."""
        return max(self.floor, self.best.value if self.best else -math.inf)

    @property
    def closed(self) -> bool:
        """Whether nothing better than what is known can be left."""
        return self.upper <= bound_at(self.lower, self.near)

    @property
    def over(self) -> bool:
        """Whether the question's time is over, or somebody asked for the end of all."""
        ended = self.outer is not None and self.outer.is_set()
        return ended or time.monotonic() >= self.deadline

    def bounded(self, bound: float) -> None:
        """Take note of a proved bound, and end where it settles the question."""
        super().bounded(bound)
        if self.closed and self.stop is not None:
            self.stop.set()

    def ready(self, outer: threading.Event | None) -> None:
        """Build the program and tighten its relaxation, with nothing forced or forbidden."""
        self.outer, self.stop = outer, Stop(outer)
        self.load()
        self.relax()
        self.free, self.near_root = self.arrays, list(self.points)
        self.columns = {name: n for n, name in enumerate(self.free.matrix.column_names)}

    def put(self, fixes: dict[str, float], seconds: float) -> None:
        """Put a question: the program with some columns fixed, for so many seconds."""
        matrix = self.free.matrix
        low, high = matrix.lower.copy(), matrix.upper.copy()
        for column, value in fixes.items():
            low[self.columns[column]] = high[self.columns[column]] = value
        self.arrays = replace(self.free, matrix=replace(matrix, lower=low, upper=high))
        self.main = Relaxation(self.arrays, self.pool, self.near_root, seed=self.seed)
        self.points = list(self.near_root)
        self.began = time.monotonic()
        self.deadline = self.began + seconds

    def ask(
        self, floor: float, ceiling: float, *, near: float = EQUAL
    ) -> tuple[float, Found | None]:
        """What is proved of the plans of the question that was put, and the best of them that is
        worth more than ``floor`` if one was found.

        Args:
            floor: value of the plan to beat; what is proved never lies below it.
            ceiling: what is proved of all of them.
            near: share of the best known value at which its distance to the bound is closed.
        """
        self.floor, self.near, self.upper, self.best = floor, near, ceiling, None
        self.status, self.stop = Status.NO_PLAN_YET, Stop(self.outer)
        self.gap = STEADY
        self.relax()
        if self.status is Status.INFEASIBLE:
            return -math.inf, None
        self.gap = near if near > EQUAL else 0.0
        self.branch()
        return self.upper, self.best
