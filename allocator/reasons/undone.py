"""What is left of a plan if something of it is not done and nothing else changes."""

from fact_models.decisions import Decisions
from fact_models.replay import Facts, Replay, replay
from fact_models.verify import verify

Broken = frozenset[tuple[str, str, int | None]]


def what_is_left(known: Facts, decisions: Decisions) -> Replay:
    """The better of two ways to take visits: those of ``decisions`` as far as they still come, or
    as many as rooms can, where that breaks no rule that the first way keeps. No solver takes part.

    Args:
        known: facts of the instance.
        decisions: the plan without what is not done, its visits as planned.
    """
    kept = replay(known.instance, decisions, accept="trim", known=known)
    freely = replay(known.instance, decisions, accept="greedy", known=known)
    if _worth(known, freely) <= _worth(known, kept):
        return kept
    broken = _broken(known, freely)
    return freely if not broken or broken <= _broken(known, kept) else kept


def gmv_of(states: Replay) -> float:
    """Paid GMV of the horizon."""
    return float(sum(flow.sum() for flow in states.gmv.values()))


def _worth(known: Facts, states: Replay) -> float:
    """The objective; GMV where spend is to be least, which visits only add to."""
    least_cost = known.instance.objective.goal == "cost"
    return gmv_of(states) if least_cost else states.objective


def _broken(known: Facts, states: Replay) -> Broken:
    """Rules that a plan breaks, each with its place."""
    check = verify(known.instance, states.decisions, known=known)
    return frozenset((one.rule, one.entity, one.period) for one in check.violations)
