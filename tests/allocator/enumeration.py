"""All whole numbers of a small instance tried in turn: the oracle of the solver."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from allocator.certificate import Search
from allocator.decoding import decode
from allocator.highs import Status
from allocator.matrix import Matrix, Vector
from fact_models.replay import replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

MOST = 14
"""Most whole numbers of an enumerated instance."""


def assignments(search: Search) -> Iterator[Vector]:
    """All whole numbers that keep the rows in which only whole numbers stand."""
    matrix, whole = search.arrays.matrix, search.whole
    sums = {n: matrix.row_names.index(row) for n in whole if (row := total_of(matrix, n))}
    free = [n for n in whole if matrix.lower[n] < matrix.upper[n] and n not in sums]
    assert len(free) <= MOST, len(free)
    held = abs(matrix.rows)
    alone = np.flatnonzero(held @ np.where(matrix.integer, 0.0, 1.0) == 0)
    x = np.where(matrix.integer, matrix.lower, 0.0)
    for values in product(*(np.arange(matrix.lower[n], matrix.upper[n] + 1) for n in free)):
        x[list(sums)] = 0.0
        x[free] = values
        x[list(sums)] = matrix.rows[list(sums.values())] @ x
        sides = matrix.rows[alone] @ x
        kept = np.all(sides <= matrix.row_upper[alone] + 1e-9)
        kept &= np.all(sides >= matrix.row_lower[alone] - 1e-9)
        if kept and np.all(x[whole] <= matrix.upper[whole]):
            yield x[whole].copy()


TOTALS = {
    "field.opened": "field.opened_once",
    "kol.signed": "kol.signed_once",
    "staff.hired": "staff.hires_limit",
}
"""Whole numbers that are sums of others, and the rows that say so."""


def total_of(matrix: Matrix, column: int) -> str:
    """Name of the row that makes a column the sum of others; empty if there is none."""
    component, _, index = matrix.column_names[column].partition("[")
    return f"{TOTALS[component]}[{index}" if component in TOTALS else ""


def enumerated(instance: Instance) -> tuple[float, float]:
    """Best replayed objective and best value with tangents over all whole numbers: the optimum
    lies between. A least cost is counted negative.
    """
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    search = Search(instance, 1e-6, math.inf)
    search.load()
    polisher, low, high = search.polisher([]), -math.inf, -math.inf
    for fixed in assignments(search):
        polisher.engine.set_bounds(search.whole, fixed, fixed)
        outcome = polisher.sharpen(low)
        if outcome.status is Status.OPTIMAL and outcome.bound > low:
            assert outcome.x is not None
            high = max(high, outcome.bound)
            plan = decode(search.program, search.arrays, outcome.x)
            settled = replay(instance, plan, accept="trim")
            if verify(instance, settled.decisions).ok:
                low = max(low, sign * settled.objective)
    return low, high
