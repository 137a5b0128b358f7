"""What the next tenth of the budget would buy, and what the last tenth buys."""

from dataclasses import dataclass
from functools import partial

from allocator.reasons.fixed import Fixed, Unsolved
from allocator.reasons.limits import COARSE, SIGNS, Limit
from allocator.reasons.undone import gmv_of
from fact_models.replay import Replay

TENTH = 0.1


@dataclass(frozen=True)
class Step:
    """More or less of the budget, everything but whole numbers planned anew and replayed.

    Attributes:
        budget: change of the budget; negative for less.
        objective, gmv: what it brings or costs, by replay; both of the sign of the change.
        spend: change of what is paid for each lever without wages, and of the payroll as
            ``team``: wages that only move between levers and idle hours are no change.
    """

    budget: float
    objective: float
    gmv: float
    spend: dict[str, float]

    @property
    def unspent(self) -> float:
        """Change of the budget that changes no spend, of the sign of the change or 0."""
        left = self.budget - sum(self.spend.values())
        return left if left * self.budget > 0 else 0.0

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
    before, after = _paid(base), _paid(states)
    spend = {x: after[x] - before[x] for x in before}
    gmv = gmv_of(states) - gmv_of(base)
    return Step(change, states.objective - base.objective, gmv, spend)


def _paid(states: Replay) -> dict[str, float]:
    """What is paid over the horizon for each lever without wages, and all wages as ``team``."""
    wages = {lever: float(hours.sum()) for lever, hours in states.labour.items()}
    spend = {x: float(paid.sum()) for x, paid in states.spend.items()}
    return {x: paid - wages.get(x, -sum(wages.values())) for x, paid in spend.items()}
