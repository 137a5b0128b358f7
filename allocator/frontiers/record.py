"""A frontier as JSON knows it."""

import math
from dataclasses import asdict
from typing import Any

from allocator.frontiers.points import Frontier
from allocator.frontiers.words import sentences


def record(found: Frontier) -> dict[str, Any]:
    """Instance, limit, points, where the next unit stops paying, and the words for it; numbers
    that are not finite become None.
    """
    rows = found.table.to_dict("records")
    points = [{str(key): _plain(value) for key, value in row.items()} for row in rows]
    stop = found.stop
    return {
        "instance": found.instance.name,
        "currency": found.instance.currency,
        "over": found.over,
        "own": found.own,
        "points": points,
        "stop": None if stop is None else {k: _plain(v) for k, v in asdict(stop).items()},
        "words": sentences(found, "en"),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
