"""What was measured, beside what the laws say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.fit.history import Array, History
from fact_models.ensemble import Course

KINDS = ("visits", "orders", "followers", "creators")
"""Kinds of figures; each has a measurement error of its own, unknown beforehand."""
_ROWS = {
    "recommended_visits": ("recommended", "visits"),
    "paid_visits": ("paid", "visits"),
    "follower_visits": ("returning", "visits"),
    "orders": ("orders", "orders"),
}
_SEGMENTS = {
    "creator_orders": ("creator_orders", "creators"),
    "followers": ("followers", "followers"),
}


@dataclass(frozen=True)
class Observed:
    """Measured figures in one row.

    Attributes:
        logs: logarithm of 1 + the figure [m].
        kind: position in ``KINDS`` [m].
        there: by column, where there is a figure.
    """

    logs: Array
    kind: NDArray[np.intp]
    there: dict[str, NDArray[np.bool_]]

    def expected(self, course: Course) -> Array:
        """The same figures by the laws, on the same scale [n,m]."""
        found = []
        for column, where in self.there.items():
            flow, _ = _ROWS.get(column) or _SEGMENTS[column]
            values = getattr(course, flow)
            if column == "followers":
                values = values[1:]
            found.append(np.moveaxis(values, 1, 0)[:, where])
        mean = np.maximum(np.concatenate(found, axis=1), 0.0)
        # Mean of the logarithm of a count, to second order; followers are read off, not counted.
        less = np.where(self.kind == KINDS.index("followers"), 0.0, mean / (2 * (1 + mean) ** 2))
        return np.asarray(np.log1p(mean) - less)


def observed(history: History) -> Observed:
    """The measured figures of a history; followers are counted at the end of a week."""
    logs, kinds, there = [], [], {}
    for column, (_, kind) in (_ROWS | _SEGMENTS).items():
        values = history.rows[column] if column in _ROWS else history.segments[column]
        where = np.isfinite(values)
        if column in _ROWS:
            where &= history.open[:, :, None] > 0
        if not where.any():
            continue
        there[column] = where
        logs.append(np.log1p(values[where]))
        kinds.append(np.full(int(where.sum()), KINDS.index(kind)))
    return Observed(np.concatenate(logs), np.concatenate(kinds), there)
