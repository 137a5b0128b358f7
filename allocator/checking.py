"""Whether a plan keeps every rule and gives the figures it reports, from its decisions alone.

Nothing is written, and no plan file is read, but by way of this check.
"""

from dataclasses import dataclass

from allocator.plan import Plan, agrees
from fact_models.verify import verify


@dataclass(frozen=True)
class Finding:
    """What a check of a plan found.

    Attributes:
        max_violation: the largest relative violation of a rule, tolerated ones included; None
            without decisions.
        faults: broken rules, worst first, then figures that do not follow from the decisions, in
            words; empty for an honest plan.
    """

    max_violation: float | None
    faults: tuple[str, ...]


def check(plan: Plan) -> Finding:
    """Verify the decisions of a plan and compare the figures it reports with their replay.

    A plan without decisions claims nothing that could be checked.
    """
    if plan.decisions is None:
        return Finding(None, ())
    found = verify(plan.instance, plan.decisions, objective=plan.objective)
    faults = [str(violation) for violation in found.violations]
    if not found.ok and not faults:
        faults.append("the verifier refuses it")
    faults += plan.broken_claims()
    told, worst = plan.max_violation, found.max_violation
    if told is not None and not agrees(told, worst):
        faults.append(f"max_violation is reported as {told}, the decisions give {worst}")
    return Finding(worst, tuple(faults))
