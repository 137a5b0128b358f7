"""An allocation as arrays: cells of spend, the rows they keep, the terms they feed.

A *cell* is a channel in a period, at a target where there are targets. Everything here is in
internal units: spend over ``spend_unit``, values over ``value_unit``, both powers of ten, so the
same request told in CNY or in thousand CNY gives the same numbers.

Equations (CU.n) are those of models/MODEL.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fact_models.allocation.rows import Rows, build_rows, period_limits
from fact_models.allocation.spec import MOST_LAGS, Carryover, Request
from fact_models.allocation.stack import Positions, Stack, Vector
from fact_models.response import Curve, Piecewise, rescaled

DIGITS = 13
"""Significant decimals of internal numbers; the noise of a change of unit lies below them."""
WHOLE = 1e-9
"""Share by which a number of units may lie above a whole one and still count as it."""
HAIR = 1e-6
"""Share by which a cell's upper bound stays above what the rows leave it."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Spend ``x`` of every cell (n,): 0 where a switch may be off, else within its bounds.

    Attributes:
        channel, target, period: (n,) positions; ``target`` is -1 without targets.
        lower, upper: (n,) bounds; ``lower`` > 0 means that the cell always spends.
        least: (n,) least spend of a cell that spends at all.
        fixed: (n,) paid on top of the spend of a cell that spends at all.
        unit: (n,) spend is a multiple of it; 0 where any amount will do.
    """

    channel: Positions
    target: Positions
    period: Positions
    lower: Vector
    upper: Vector
    least: Vector
    fixed: Vector
    unit: Vector

    @property
    def switched(self) -> NDArray[np.bool_]:
        """(n,) cells that are off or on, with something in between that is not allowed."""
        return np.asarray((self.lower == 0) & ((self.least > 0) | (self.fixed > 0)))

    @property
    def always(self) -> NDArray[np.bool_]:
        """(n,) cells that must spend."""
        return self.lower > 0

    def fees(self, x: Vector) -> Vector:
        """(n,) fixed costs at spends ``x`` (n,): of cells that spend or have to."""
        return np.where((x > 0) | self.always, self.fixed, 0.0)

    @property
    def step(self) -> Vector:
        """(n,) least spend above 0, in whole units where spend comes in them; 0 where any will
        do.
        """
        unit = np.where(self.unit > 0, self.unit, 1.0)
        units = np.ceil(np.maximum(self.least, self.unit) / unit * (1 - WHOLE))
        return np.where(self.unit > 0, units * self.unit, self.least)


@dataclass(frozen=True, eq=False)
class Terms:
    """Value ``weight f(press @ x + base)`` of every term (K,).

    Attributes:
        curves: the different curves.
        which: (K,) curve of every term.
        weight: (K,) what its value counts.
        press: (K, n) stock or joint pressure per spend of the cells.
        base: (K,) what earlier spend still adds.
        stack: the curves of the terms.
    """

    curves: list[Curve]
    which: Positions
    weight: Vector
    press: sparse.csr_array
    base: Vector
    stack: Stack

    @property
    def separable(self) -> bool:
        """Whether term k is a function of cell k alone, at any share of its spend."""
        count, width = self.press.shape
        diagonal = count == width and self.press.nnz == count and not self.base.any()
        return bool(diagonal and (self.press.indices == np.arange(count)).all())

    @property
    def unreached(self) -> NDArray[np.bool_]:
        """(k,) terms that no spend reaches."""
        return np.asarray(np.diff(self.press.indptr) == 0)

    def value(self, x: Vector) -> float:
        """(CU.1) value = sum_k weight_k f_k(a_k), with a = press x + base."""
        return float(self.weight @ self.stack.value(self.press @ x + self.base))

    def gain(self, x: Vector) -> Vector:
        """(n,) worth of one more unit of every cell; 0 where its value counts nothing."""
        slope = self.stack.slope(self.press @ x + self.base)
        weighed = self.weight * np.where(self.weight > 0, slope, 0.0)
        with np.errstate(invalid="ignore"):
            return np.asarray(self.press.T @ weighed)


@dataclass(frozen=True, eq=False)
class Problem:
    """A request as arrays."""

    request: Request
    spend_unit: float
    value_unit: float
    cells: Cells
    terms: Terms
    rows: Rows


def build(request: Request) -> Problem:
    """Arrays of a request in internal units."""
    unit = _power_of_ten(_largest_spend(request))
    cells = _cells(request, unit)
    rows = build_rows(request, cells.channel, cells.target, cells.period, unit)
    # No cell can spend more than any row that holds it allows. The hair beyond keeps the worth of
    # such a limit with the row, where it is reported.
    caps = (1 + HAIR) * rows.caps(cells.fixed)
    upper = np.minimum(cells.upper, np.maximum(caps, cells.lower))
    cells = Cells(**{**vars(cells), "upper": upper})
    press, base = _press(request, cells, unit)
    reach = press @ cells.upper + base
    curves = list(request.curves.values()) or [t.curve for t in request.targets.values()]
    count = press.shape[0] // len(curves)
    which = np.repeat(np.arange(len(curves)), count)
    inside = [_internal(curve, unit, 1.0) for curve in curves]
    weight = np.tile(_weights(request, count), len(curves))
    top = float(weight @ Stack(inside, which).value(reach))
    value_unit = _power_of_ten(top) if top > 0 else 1.0
    inside = [_internal(curve, unit, value_unit) for curve in curves]
    terms = Terms(inside, which, weight, press, base, Stack(inside, which))
    return Problem(request, unit, value_unit, cells, terms, rows)


def _largest_spend(request: Request) -> float:
    """An amount of the order of the whole budget."""
    if request.budget:
        return request.budget
    ends = [b.max or b.total_max or b.current or 0.0 for b in request.bounds.values()]
    most = request.periods.max
    return max([*ends, max(most) if isinstance(most, list) else most or 0.0]) or 1.0


def _power_of_ten(amount: float) -> float:
    return float(10.0 ** np.floor(np.log10(amount) + 1e-12))


def significant(number: float) -> float:
    """``number`` rounded to ``DIGITS`` significant decimals."""
    return float(f"{number:.{DIGITS - 1}e}")


def _internal(curve: Curve, spend_unit: float, value_unit: float) -> Curve:
    """The curve in internal units, its parameters rounded."""
    found = rescaled(curve, 1 / spend_unit, 1 / value_unit)
    update: dict[str, object] = {}
    for name in type(found).model_fields:
        value = getattr(found, name)
        if isinstance(value, float):
            update[name] = significant(value)
        elif isinstance(found, Piecewise) and isinstance(value, tuple):
            update[name] = tuple(significant(v) for v in value)
    return found.model_copy(update=update)


def _cells(request: Request, spend_unit: float) -> Cells:
    """Cells with the limits that hold for each alone.

    (CU.2) x = 0 or least <= x <= upper where a switch may be off, lower <= x <= upper elsewhere;
    (CU.3) x = unit k, k whole, where spend comes in units.
    """
    channels, targets = request.channels, list(request.targets)
    count = request.periods.count
    pairs = [(c, -1) for c in range(len(channels))]
    if targets:
        place = {name: n for n, name in enumerate(channels)}
        pairs = [
            (place[c], j) for j, name in enumerate(targets) for c in request.targets[name].effect
        ]
    channel = np.repeat([c for c, _ in pairs], count).astype(np.intp)
    target = np.repeat([j for _, j in pairs], count).astype(np.intp)
    lower, upper = np.zeros(len(channels)), np.full(len(channels), np.inf)
    for c, name in enumerate(channels):
        if name in request.bounds and not targets:
            lower[c], upper[c] = period_limits(request, name)

    def of(table: dict[str, float]) -> Vector:
        figures = [significant(table.get(name, 0.0) / spend_unit) for name in channels]
        return np.array(figures)[channel]

    lower = np.array([significant(v / spend_unit) for v in lower])
    upper = np.array([significant(v / spend_unit) if v < np.inf else v for v in upper])
    least = np.maximum(of(request.min_if_active), lower[channel])
    return Cells(
        channel=channel,
        target=target,
        period=np.tile(np.arange(count), len(pairs)),
        lower=np.where(lower[channel] > 0, least, 0.0),
        upper=upper[channel],
        least=least,
        fixed=of(request.fixed_cost),
        unit=of(request.integer),
    )


def lag_weights(carryover: Carryover | None, periods: int) -> Vector:
    """(CU.4) w_l = rate^l for l = 0 .. lags, over their sum where they are normalised.

    Shape (at most ``periods``,): longer lags reach no period of the horizon.
    """
    if carryover is None or carryover.rate == 0:
        return np.ones(1)
    every = periods if carryover.lags is None else min(carryover.lags + 1, periods)
    weights = carryover.rate ** np.arange(every)
    if not carryover.normalised:
        return np.asarray(weights, dtype=np.float64)
    rate, lags = carryover.rate, carryover.lags
    total = 1 / (1 - rate) if lags is None else (1 - rate ** (lags + 1)) / (1 - rate)
    return np.asarray(weights / total, dtype=np.float64)


def _weights(request: Request, count: int) -> Vector:
    """(count,) what a term of each period counts; the last weight holds in the tail."""
    given = request.periods.weight or [1.0]
    return np.array([given[min(t, len(given) - 1)] for t in range(count)])


def _press(request: Request, cells: Cells, spend_unit: float) -> tuple[sparse.csr_array, Vector]:
    """Rows of the terms over the cells, and what earlier spend adds.

    (CU.5) a[j, t] = sum_i effect[i, j] sum_l w_l x[i, j, t - l]; without targets the channel is
    its own target and its effect is 1. Periods before the first come from ``before``.
    """
    span = request.periods.count + request.periods.tail
    weights = [lag_weights(request.carryover.get(c), span + MOST_LAGS) for c in request.channels]
    table = np.zeros((len(weights), max(span, 1)))
    for c, lags in enumerate(weights):
        table[c, : min(lags.size, span)] = lags[:span]
    block, effect = cells.channel, np.ones(cells.channel.size)
    if request.targets:
        names, specs = request.channels, list(request.targets.values())
        block = cells.target
        pairs = zip(cells.target, cells.channel, strict=True)
        effect = np.array([specs[j].effect[names[c]] for j, c in pairs])
    row, column, data = [], [], []
    for lag in np.flatnonzero(table.any(axis=0)):
        share = table[cells.channel, lag]
        mine = np.flatnonzero((cells.period + lag < span) & (share * effect > 0))
        row.append(block[mine] * span + cells.period[mine] + lag)
        column.append(mine)
        data.append((share * effect)[mine])
    blocks = len(request.targets) or len(request.curves)
    entries = np.concatenate(data), (np.concatenate(row), np.concatenate(column))
    press = sparse.csr_array(entries, shape=(blocks * span, cells.channel.size))
    press.sort_indices()
    return press, _earlier(request, weights, span) / spend_unit


def _earlier(request: Request, weights: list[Vector], span: int) -> Vector:
    """What spend before the first period adds to every term, in the request's units."""
    blocks = len(request.targets) or len(request.curves)
    base = np.zeros(blocks * span)
    for c, name in enumerate(request.channels):
        before = request.carryover[name].before if name in request.carryover else []
        for t in range(span if before else 0):
            worked = weights[c][t + 1 : t + 1 + len(before)]
            base[c * span + t] = worked @ before[::-1][: worked.size]
    return base
