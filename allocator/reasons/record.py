"""An explanation as plain values for JSON."""

from typing import Any

from allocator.reasons.attribution import Attribution, Part
from allocator.reasons.explanation import Explanation


def record(found: Explanation) -> dict[str, Any]:
    """All of an explanation as mappings, lists, texts and numbers."""
    plan = found.plan
    return {
        "name": plan.name,
        "status": plan.status,
        "objective": plan.objective,
        "goal": plan.instance.objective.goal,
        "currency": plan.instance.currency,
        "attribution": attribution_record(found.attribution),
        "shapley": shapley_record(found.attribution),
    }


def attribution_record(found: Attribution) -> dict[str, Any]:
    """GMV by lever and by source, at first touch and through the snowball."""
    return {
        "gmv": found.gmv,
        "levers": {name: _part(part) for name, part in found.levers.items()},
        "deals": [
            {
                "lever": one.source.lever,
                "kind": one.source.kind,
                "id": one.source.key,
                "label": one.label,
                **_part(one.part),
                "paid": one.spend,
            }
            for one in found.details
        ],
    }


def shapley_record(found: Attribution) -> dict[str, Any]:
    """Shapley values of the levers, and what would be missing without each."""
    worth = found.shapley
    return {
        "levers": worth.values,
        "without_levers": worth.base,
        "choice_of_visits": worth.rest,
        "missing_without": worth.removed,
    }


def _part(part: Part) -> dict[str, float]:
    return {"first_touch": part.first_touch, "snowball": part.snowball}
