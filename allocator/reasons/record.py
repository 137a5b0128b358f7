"""An explanation as plain values for JSON."""

import math
from dataclasses import asdict
from typing import Any

from allocator.labels import Lang
from allocator.reasons.attribution import Attribution, Part
from allocator.reasons.explanation import Explanation
from allocator.reasons.words import answer_words, basis_words, goal_words, step_words


def record(found: Explanation) -> dict[str, Any]:
    """All of an explanation as mappings, lists, texts and numbers; ``words`` and ``note`` are
    English, those that end in ``_zh`` Chinese."""
    plan = found.plan
    return {
        "name": plan.name,
        "status": plan.status,
        "objective": plan.objective,
        "goal": plan.instance.objective.goal,
        "currency": plan.instance.currency,
        "attribution": attribution_record(found.attribution),
        "shapley": shapley_record(found.attribution),
        "decisions": [asdict(one) for one in found.decisions],
        "optimum": None if found.optimum is None else asdict(found.optimum),
        "prices_in": goal_words(plan.instance, "en"),
        "prices": [_finite(asdict(one)) for one in found.prices],
        "marginals": [_finite(asdict(one)) for one in found.marginals],
        "rules": [asdict(one) for one in found.rules],
        "budget_steps": [{**asdict(one), "per_yuan": one.per_yuan} for one in found.steps],
        "regrets": [asdict(one) for one in found.regrets],
        "words": _words(found, "en"),
        "words_zh": _words(found, "zh"),
        "complete": found.complete,
        "note": found.note.en if found.note else "",
        "note_zh": found.note.zh if found.note else "",
    }


def _words(found: Explanation, lang: Lang) -> list[str]:
    """What prices rest on, the budget's tenths, and what each measure answers."""
    return [*basis_words(found, lang), *step_words(found, lang), *answer_words(found, lang)]


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    """Infinite amounts become None, and periods count from 1."""
    found = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in values.items()
    }
    if found["period"] is not None:
        found["period"] += 1
    return found


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
