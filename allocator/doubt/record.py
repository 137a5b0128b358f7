"""A score as JSON."""

from collections.abc import Sequence
from typing import Any

from allocator.doubt.firm import Firmness
from allocator.doubt.score import QUANTILES, Score
from allocator.doubt.screen import figures
from allocator.doubt.words import misses


def score_record(found: Score, firm: Sequence[Firmness], replans: int) -> dict[str, Any]:
    """Chances, quantiles, fans and decisions; money in the currency of the instance."""
    return {
        "plan": found.plan.name,
        "currency": found.plan.instance.currency,
        "worlds": len(found.worlds.members),
        "source": found.worlds.source,
        "assumed": found.worlds.assumed,
        "target": found.target,
        "target_named": found.named,
        "chance_of_missing": {key: chance for key, _, _, chance in misses(found)},
        "quantiles_at": list(QUANTILES),
        "quantiles": {key: found.quantiles(values) for key, values, *_ in figures(found)},
        "as_written": found.written,
        "as_planned": found.planned,
        "over_time": {name: found.fan(name).tolist() for name in found.over_time},
        "replans": replans,
        "first_weeks": [{**vars(told), "firm": told.firm, "state": told.state} for told in firm],
    }
