"""Is any plan that goes the other way worth more than the plan? A tree that only asks that.

All other whole numbers are free. Branches that are proved to hold nothing better than the plan are
left at once, so the question is often settled far below the gap at which the plan was found.
"""

import math
import threading
import time
from dataclasses import dataclass, replace

from allocator.certificate import Found, Search, Stop
from allocator.highs import Status
from allocator.relaxation import Relaxation

STEADY = 1e-4
"""Gap that says when rounds of tangents at the root end; branches end at the floor itself."""
EQUAL = 1e-9
"""Share of the floor by which a bound may lie above it and count as it."""


@dataclass
class Contest(Search):
    """A search that is loaded once and asked about one column after the other.

    Args:
        floor: value of the plan that another one has to beat.
    """

    floor: float = -math.inf

    @property
    def lower(self) -> float:
        """What a branch has to beat."""
        return max(self.floor, self.best.value if self.best else -math.inf)

    @property
    def closed(self) -> bool:
        """Whether nothing better than what is known can be left."""
        return self.upper <= self.lower + EQUAL * abs(self.lower)

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
        self.free, self.near = self.arrays, list(self.points)
        self.columns = {name: n for n, name in enumerate(self.free.matrix.column_names)}

    def ask(
        self, column: str, value: float, *, floor: float, ceiling: float, seconds: float
    ) -> tuple[float, Found | None]:
        """What is proved of the plans with one column fixed, and one of them that is worth more
        than ``floor`` if it was found.

        Args:
            column: its name.
            value: to fix it to.
            floor: value of the plan to beat.
            ceiling: what is proved of all plans.
            seconds: time that it may take.
        """
        matrix, n = self.free.matrix, self.columns[column]
        low, high = matrix.lower.copy(), matrix.upper.copy()
        low[n] = high[n] = value
        self.arrays = replace(self.free, matrix=replace(matrix, lower=low, upper=high))
        self.floor, self.upper, self.best = floor, ceiling, None
        self.status, self.stop = Status.NO_PLAN_YET, Stop(self.outer)
        self.began = time.monotonic()
        self.deadline = self.began + seconds
        self.main = Relaxation(self.arrays, self.pool, self.near, seed=self.seed)
        self.points, self.gap = list(self.near), STEADY
        self.relax()
        if self.status is Status.INFEASIBLE:
            return -math.inf, None
        self.gap = 0.0
        self.branch()
        return self.upper, self.best
