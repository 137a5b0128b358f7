"""A fit as plain values for JSON."""

from typing import Any

from allocator.fit.learning import Fit, Interval
from allocator.fit.seen import Range


def record(found: Fit, beyond: list[dict[str, Any]]) -> dict[str, Any]:
    """What was learned.

    Args:
        found: the fit.
        beyond: where a plan leaves what was seen, as ``beyond_record`` writes it.
    """
    history = found.history
    return {
        "instance": found.instance.name,
        "history": history.file,
        "first_week": history.first.isoformat(),
        "weeks": history.weeks,
        "draws": len(found.table),
        "growth": _plain(found.growth),
        "multiplier": _plain(found.multiplier),
        "returns": _plain(found.returns),
        "measurement_error": found.post.measured,
        "shock": found.post.shock,
        "learned": found.prior,
        "seen": [vars(r) for r in found.seen],
        "hold_out": vars(found.check) if found.check else None,
        "beyond": beyond,
        "warnings": [line.en for line in found.warnings],
    }


def beyond_record(
    found: list[tuple[str, str, float | None, Range | None]],
) -> list[dict[str, Any]]:
    """Places where a plan leaves what was seen."""
    return [
        {
            "lever": lever,
            "planned": planned,
            "seen_low": seen.low if seen else None,
            "seen_high": seen.high if seen else None,
        }
        for lever, _, planned, seen in found
    ]


def _plain(intervals: dict[str, Interval]) -> dict[str, dict[str, float]]:
    return {key: vars(found) for key, found in intervals.items()}
