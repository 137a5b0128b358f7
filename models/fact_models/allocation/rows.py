"""Rows of an allocation: limits that several cells keep together.

Equations (CU.n) are those of models/MODEL.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fact_models.allocation.spec import Limits, Request
from fact_models.allocation.stack import Positions, Vector


@dataclass(frozen=True, eq=False)
class Rows:
    """``lower <= cells @ (x + fixed on) <= upper``; without ``fixed`` in rows of targets.

    Attributes:
        matrix: (m, n) zeros and ones.
        lower, upper: (m,) sides, -inf and inf where a side is open.
        fees: (m,) whether fixed costs count.
        names: what a report calls them.
    """

    matrix: sparse.csr_array
    lower: Vector
    upper: Vector
    fees: NDArray[np.bool_]
    names: list[str]

    def used(self, x: Vector, fee: Vector) -> Vector:
        """(m,) what spend ``x`` and the fees paid amount to."""
        return np.asarray(self.matrix @ x + np.where(self.fees, self.matrix @ fee, 0.0))

    def caps(self, fixed: Vector) -> Vector:
        """(n,) the most that a cell may spend if all others spend nothing."""
        entries = self.matrix.tocoo()
        room = self.upper[entries.row] - np.where(self.fees[entries.row], fixed[entries.col], 0.0)
        found = np.full(self.matrix.shape[1], np.inf)
        np.minimum.at(found, entries.col, room)
        return np.asarray(np.maximum(found, 0.0))


@dataclass(frozen=True, eq=False)
class _Row:
    name: str
    cells: Positions
    lower: float
    upper: float
    fees: bool = True


def build_rows(
    request: Request, channel: Positions, target: Positions, period: Positions, unit: float
) -> Rows:
    """Rows of a request over cells with these positions, sides in units of ``unit``."""
    made = [
        row
        for row in _rows(request, channel, target, period)
        if row.cells.size and (row.upper < np.inf or row.lower > 0)
    ]
    indptr = np.concatenate([[0], np.cumsum([row.cells.size for row in made])]).astype(np.int64)
    indices = np.concatenate([np.zeros(0, np.intp), *(row.cells for row in made)])
    matrix = sparse.csr_array(
        (np.ones(indices.size), indices, indptr), shape=(len(made), channel.size)
    )
    lower = np.array([row.lower if row.lower > 0 else -np.inf for row in made])
    upper = np.array([row.upper for row in made])
    # Two sides that the rules take for equal may differ in their last digits.
    lower = np.minimum(lower, upper)
    return Rows(
        matrix=matrix,
        lower=_rounded(lower / unit),
        upper=_rounded(upper / unit),
        fees=np.array([row.fees for row in made], dtype=bool),
        names=[row.name for row in made],
    )


def _rounded(sides: Vector) -> Vector:
    """Sides to 13 significant decimals, as everything inside."""
    return np.array([float(f"{side:.12e}") for side in sides])


def _rows(
    request: Request, channel: Positions, target: Positions, period: Positions
) -> Iterator[_Row]:
    everything = np.arange(channel.size, dtype=np.intp)
    if request.budget is not None:
        # (CU.6) sum of spend and fees <= budget
        yield _Row("budget", everything, 0.0, request.budget)
    yield from _period_rows(request, period)
    place = {name: n for n, name in enumerate(request.channels)}
    for name, bounds in request.bounds.items():
        cells = everything[channel == place[name]]
        yield from _limit_rows(request, f"channel {name}", bounds, cells, period, total=True)
        if request.targets:
            yield from _channel_period_rows(request, name, cells, period)
    for name, group in request.groups.items():
        members = [place[c] for c in group.channels]
        cells = everything[np.isin(channel, members)]
        yield from _limit_rows(request, f"group {name}", group, cells, period, total=False)
    for j, (name, spec) in enumerate(request.targets.items()):
        # (CU.10) target's least and most spend, fees apart
        most = np.inf if spec.max is None else spec.max
        yield _Row(f"target {name}", everything[target == j], spec.min, most, fees=False)


def _period_rows(request: Request, period: Positions) -> Iterator[_Row]:
    """(CU.7) least and most of a period, all channels together."""
    periods = request.periods
    for t in range(periods.count):
        least = periods.min[t] if isinstance(periods.min, list) else periods.min
        most = periods.max[t] if isinstance(periods.max, list) else periods.max
        cells = np.flatnonzero(period == t)
        yield _Row(f"period {t + 1}", cells, least, np.inf if most is None else most)


def _limit_rows(
    request: Request,
    name: str,
    limits: Limits,
    cells: Positions,
    period: Positions,
    *,
    total: bool,
) -> Iterator[_Row]:
    """(CU.8) least and most of a channel or group over the horizon; of a group in each period
    too.
    """
    lower, upper = limits.total_min, np.inf if limits.total_max is None else limits.total_max
    if request.budget is not None:
        lower = max(lower, limits.share_min * request.budget)
        if limits.share_max < 1:
            upper = min(upper, limits.share_max * request.budget)
    yield _Row(name, cells, lower, upper)
    if total:
        return
    for t in range(request.periods.count):
        most = np.inf if limits.max is None else limits.max
        yield _Row(f"{name}, period {t + 1}", cells[period[cells] == t], limits.min, most)


def _channel_period_rows(
    request: Request, name: str, cells: Positions, period: Positions
) -> Iterator[_Row]:
    """(CU.9) least and most of a channel in a period, all targets together, fees apart."""
    lower, upper = period_limits(request, name)
    for t in range(request.periods.count):
        mine = cells[period[cells] == t]
        yield _Row(f"channel {name}, period {t + 1}", mine, lower, upper, fees=False)


def period_limits(request: Request, name: str) -> tuple[float, float]:
    """Least and most spend of a channel in a period, in the request's units."""
    bounds = request.bounds[name]
    today = bounds.current or 0.0
    lower = max(bounds.min, bounds.current_min * today)
    upper = np.inf if bounds.max is None else bounds.max
    if bounds.current_max is not None:
        upper = min(upper, bounds.current_max * today)
    return lower, upper
