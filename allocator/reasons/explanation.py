"""The explanation of a plan: a record that screen, page and JSON show."""

from dataclasses import dataclass

from allocator.plan import Plan
from allocator.reasons.attribution import Attribution, attribution


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a plan is as it is."""

    plan: Plan
    attribution: Attribution


def explain(plan: Plan) -> Explanation:
    """Explain a plan.

    Raises:
        ValueError: there is no plan.
    """
    return Explanation(plan, attribution(plan))
