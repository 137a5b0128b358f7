"""Polishing: the integers of a plan fixed, the tangents made exact where the plan sits.

Each polish has an engine of its own that holds only the tangents that touch the point it starts
from: a fraction of all, and the interior point settles the rest faster from nothing than the
simplex does from the basis of another plan.
"""

import threading
import time
from collections.abc import Callable

import numpy as np

from allocator.handover import Handover
from allocator.highs import Indices, Outcome, Status
from allocator.matrix import Vector
from allocator.relaxation import Relaxation
from allocator.tangents import Pool

TOLERANCE = 2e-8
"""Relative violation of a term below which a plan counts as exact."""
ROUNDS = 40
TEAM_NODES = 100
"""Nodes after which the search over the team alone ends."""
FRACTION = 1e-6
"""Distance from a whole number that makes a team one in fractions."""


class Polisher:
    """One plan on its way to being exact.

    Args:
        arrays: the program.
        pool: all tangents found so far; new ones are added.
        points: points near which the plan sits; none to start from every tangent.
        seed: of the solver's random choices.
        deadline: value of ``time.monotonic()`` to end at.
        stop: set by anyone who wants the end.
    """

    def __init__(
        self,
        arrays: Handover,
        pool: Pool,
        points: list[Vector],
        *,
        seed: int,
        deadline: float,
        stop: threading.Event | None,
    ) -> None:
        self.deadline, self.stop = deadline, stop
        self.relaxation = Relaxation(arrays, pool, points, seed=seed)
        self.engine = self.relaxation.engine

    def fix(self, columns: Indices, x: Vector) -> None:
        """Fix ``columns`` (k,) to their values in ``x`` (n,)."""
        self.engine.set_bounds(columns, x[columns], x[columns])

    def hire(
        self, team: Indices, gap: float, seconds: float, start: Vector | None = None
    ) -> Vector | None:
        """Make the columns ``team`` whole by a short tree search over them alone, and fix them.

        Heads are many and cheap against packages, deals and offers, so the first plans of the
        search are nearly as good as its last. None if there is no plan.

        Args:
            team: (k,) columns of hires and leaves; the other integers are fixed.
            gap: relative gap to stop at.
            seconds: time that it may take.
            start: (n,) plan with whole numbers to begin from; none if there is none.
        """
        end = min(self.deadline, time.monotonic() + seconds)
        outcome = self.engine.solve_mip(
            end, self.stop, gap=gap, node_limit=TEAM_NODES, start=start
        )
        if outcome.x is None:
            return None
        heads = np.rint(outcome.x[team])
        self.engine.set_bounds(team, heads, heads)
        return heads

    def sharpen(self, floor: float, reached: Callable[[Outcome], bool] | None = None) -> Outcome:
        """Add tangents where the plan sits until none is missing, it is worth less than ``floor``
        or ``reached`` says that it is exact enough."""
        for _ in range(ROUNDS):
            outcome = self.relaxation.settle(self.deadline, self.stop)
            if outcome.status is not Status.OPTIMAL or outcome.x is None:
                break
            if outcome.bound <= floor or (reached is not None and reached(outcome)):
                break
            if not self.relaxation.cut(outcome.x, TOLERANCE):
                break
        return outcome
