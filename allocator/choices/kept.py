"""A deal or a package switched alone: all other whole numbers stay as in the plan.

What is left is a concave program, solved until tangents are missing nowhere, so the answer is
exact: a verified plan and a bound that lie within a millionth of each other.
"""

import math
import threading
import time
from dataclasses import dataclass

import numpy as np

from allocator.compare import sign_of
from allocator.highs import Outcome
from allocator.plan import Plan
from allocator.polish import TOLERANCE
from allocator.reasons.fixed import Unsolved, fixed
from allocator.reasons.whole import whole_numbers
from fact_models.decisions import Decisions


@dataclass(frozen=True, eq=False)
class Exact:
    """The best plan under given whole numbers.

    Attributes:
        value: of the verified plan, maximised.
        bound: no plan with these whole numbers is worth more.
        decisions: the plan.
    """

    value: float
    bound: float
    decisions: Decisions


class Switching:
    """One plan's program with its whole numbers fixed; some of them are changed for a question.

    Args:
        plan: a plan with decisions.
        stop: set by anyone who wants the end.

    Raises:
        Unsolved: the plan's own program has no optimum within the limits.
    """

    def __init__(self, plan: Plan, stop: threading.Event | None) -> None:
        assert plan.decisions is not None
        self.sign = sign_of(plan.instance.objective.goal)
        self.of = fixed(plan.instance, plan.decisions, stop=stop)
        _, self.values = self._whole(plan.decisions)
        self.own = self._judged(self.of.base)

    def best(self, starts: list[Decisions], count: int, seconds: float) -> list[Exact]:
        """The best ``count`` of some plans, each at its optimum, the best first; fewer where
        others keep no rule or time is over.

        The relaxation at hand is a bound of each, so those below the best found need no more.
        """
        self.of.deadline = time.monotonic() + seconds
        found: list[Exact] = []
        try:
            ranked = []
            for n, decisions in enumerate(starts):
                outcome = self._solved(decisions, None)
                if outcome is not None:
                    ranked.append((-outcome.objective, n))
            for negative, n in sorted(ranked):
                if len(found) >= count and -negative <= found[count - 1].value:
                    break
                with self.of.aside():
                    outcome = self._solved(starts[n], TOLERANCE)
                exact = None if outcome is None else self._judged(outcome)
                if exact is not None:
                    found = sorted([*found, exact], key=lambda one: -one.value)
        except Unsolved:
            pass
        finally:
            self.of.deadline = math.inf
        return found[:count]

    def _judged(self, outcome: Outcome) -> Exact | None:
        states = self.of.replayed(outcome)
        if states is None:
            return None
        value = self.sign * states.objective
        return Exact(value, max(outcome.objective, value), states.decisions)

    def _solved(self, decisions: Decisions, tolerance: float | None) -> Outcome | None:
        """The optimum under the whole numbers of ``decisions``; None if there is none.

        Raises:
            Unsolved: time is over, or it was stopped.
        """
        if self.of.halted():
            raise Unsolved("time is over")
        columns, values = self._whole(decisions)
        moved = np.flatnonzero(values != self.values)
        engine, places = self.of.relaxation.engine, columns[moved]
        engine.restore(self.of.basis)
        try:
            engine.set_bounds(places, values[moved], values[moved])
            return self.of.solve(tolerance)
        except Unsolved:
            if self.of.halted():
                raise
            return None
        finally:
            engine.set_bounds(places, self.values[moved], self.values[moved])

    def _whole(self, decisions: Decisions) -> tuple[np.ndarray, np.ndarray]:
        return whole_numbers(self.of.program, self.of.arrays, self.of.known, decisions)
