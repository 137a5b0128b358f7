"""All whole numbers of a small instance tried in turn: the oracle of the solver."""

import math
from collections.abc import Iterator
from itertools import product

import numpy as np

from allocator.certificate import Search
from allocator.decoding import decode
from allocator.doubt.extensive import is_first
from allocator.doubt.measures import Measure
from allocator.doubt.worlds import Worlds
from allocator.highs import Status
from allocator.matrix import Matrix, Vector
from allocator.polish import Polisher
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
    "campaign.joined": "campaign.one_package",
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
    search = loaded(instance)
    polisher, low, high = search.polisher([]), -math.inf, -math.inf
    for fixed in assignments(search):
        value, most = settled(search, polisher, fixed, low)
        low, high = max(low, value), max(high, most)
    return low, high


def loaded(instance: Instance) -> Search:
    """The program of an instance, ready for plans with given whole numbers."""
    search = Search(instance, 1e-6, math.inf)
    search.load()
    return search


def settled(
    search: Search, polisher: Polisher, fixed: Vector, above: float
) -> tuple[float, float]:
    """Replayed objective and value with tangents of the best plan with given whole numbers, minus
    infinity where there is none or it is not worth more than ``above``.
    """
    instance = search.instance
    polisher.engine.set_bounds(search.whole, fixed, fixed)
    outcome = polisher.sharpen(above)
    if outcome.status is not Status.OPTIMAL or outcome.bound <= above:
        return -math.inf, -math.inf
    assert outcome.x is not None
    plan = decode(search.program, search.arrays, outcome.x)
    states = replay(instance, plan, accept="trim")
    if not verify(instance, states.decisions).ok:
        return -math.inf, outcome.bound
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    return sign * states.objective, outcome.bound


def enumerated_hedge(worlds: Worlds, measure: Measure, best: Vector) -> tuple[float, float]:
    """The same for the measure of several worlds whose first decisions are equal.

    Args:
        worlds: with the same whole numbers.
        measure: of the values.
        best: what is proved to be the most in each world, for a regret.
    """
    found: dict[tuple[float, ...], list[tuple[float, float]]] = {}
    for n, world in enumerate(worlds.members):
        search = loaded(world.instance)
        polisher = search.polisher([])
        names = search.arrays.matrix.column_names
        first = np.array([is_first(names[k]) for k in search.whole], bool)
        for fixed in assignments(search):
            nothing = [(-math.inf, -math.inf)] * len(worlds.members)
            mine = found.setdefault(tuple(fixed[first]), nothing)
            value, most = settled(search, polisher, fixed, -math.inf)
            mine[n] = max(mine[n][0], value), max(mine[n][1], most)
    both = [np.transpose(ends) for ends in found.values()]
    low, high = (
        max(measure.value(ends[k], worlds.probability, best) for ends in both) for k in (0, 1)
    )
    return low, high
