"""What the next tenth of the budget would buy, and what the last tenth buys."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from allocator.reasons.fixed import Fixed, Unsolved
from allocator.reasons.limits import COARSE, SIGNS, Limit
from fact_models.replay import Replay

TENTH = 0.1


@dataclass(frozen=True)
class Step:
    """More or less of the budget, everything but whole numbers planned anew and replayed.

    Attributes:
        budget: change of the budget; negative for less.
        objective, gmv: what it brings or costs, by replay; both of the sign of the change.
        spend: change of the spend by lever and team.
    """

    budget: float
    objective: float
    gmv: float
    spend: dict[str, float]

    @property
    def per_yuan(self) -> float:
        """Objective per yuan of the change."""
        return self.objective / self.budget


def steps(of: Fixed, budget: Limit, base: Replay) -> tuple[Step, ...]:
    """The last tenth of the budget, then the next; those that can be planned and keep all rules.

    Args:
        of: the linear program at its optimum.
        budget: the limit of the budget.
        base: the replayed optimum.
    """
    questions = [partial(_moved, budget, base, sign * TENTH * budget.size) for sign in SIGNS]
    return tuple(step for step in of.each(questions) if step is not None)


def _moved(budget: Limit, base: Replay, change: float, of: Fixed) -> Step | None:
    """The budget moved by ``change``; None where time is over or no plan keeps all rules."""
    if of.halted():
        return None
    try:
        with of.aside():
            outcome = of.shifted(budget.unit * change, COARSE, afresh=True)
    except Unsolved:
        return None
    if outcome is None:
        return None
    money = of.instance.money.model_copy(update={"budget": budget.size + change})
    states = of.replayed(outcome, of.instance.model_copy(update={"money": money}))
    if states is None:
        return None
    spend = {x: float((states.spend[x] - base.spend[x]).sum()) for x in base.spend}
    return Step(change, states.objective - base.objective, _gmv(states) - _gmv(base), spend)


def _gmv(states: Replay) -> float:
    return float(np.sum([x.sum() for x in states.gmv.values()]))
