"""A mixed-integer linear program as plain arrays, and its one scaling for the solver.

A solver works with absolute tolerances, so the unit money is counted in decides whether its
answer is right. Here every column is divided by a scale the caller derives from the instance,
every row is multiplied by the power of ten that brings its largest coefficient into [1, 10), and
all numbers are cut to ``DIGITS`` significant decimals. One instance told in CNY or in thousand
CNY therefore reaches the solver as the same bits and gets the same plan. (Numbers with a full
mantissa can fall on an edge of that rounding, one or two in ten thousand; they then differ in the
thirteenth decimal.)

User units are those of the program's author, internal units those of the solver:
``x_user = column_scale * x_internal``, ``row_internal = row_scale * row_user``.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

Vector = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DIGITS = 13
"""Significant decimals kept of every number; the noise of a change of unit lies below them."""
LARGEST = 1e15
"""Numbers from here on are refused: the solver drops whole batches of rows that hold one."""
SMALLEST = 1e-9
"""Internal coefficients up to this size the solver would drop; the sides absorb them first."""
NOISE = 1e-13
"""Internal sides and slacks up to this size are rounding errors of the sums they come from: the
coefficients beside them are cut at the same decimal. They count as 0."""
OBJECTIVE_SIZE = 4
"""The largest term of the internal objective is about ten to this power."""
PROPAGATIONS = 5
"""Rounds in which rows narrow the bounds of integer columns."""
LOOSE = 1e-9
"""Share of a column's largest bound by which a narrowed bound is widened."""
WHOLE = 1e-6
"""A bound of an integer column this near to a whole number is taken for it."""
ROUNDING = 2e-14
"""Slack of a decimal logarithm, between the error of ``log10`` and the step of 13 digits."""


class ModelError(ValueError):
    """The program handed over is malformed; the message names the column or the row."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Factors between user and internal units.

    Attributes:
        column: (n,) ``x_user = column * x_internal``.
        row: (m,) powers of ten, ``row_internal = row * row_user``.
        cost: power of ten, ``objective_internal = cost * objective_user``.
        slack: (m, 2) internal amounts by which the lower and the upper sides were widened when
            coefficients too small for the solver were taken out of the row.
    """

    column: Vector
    row: Vector
    cost: float
    slack: Vector


@dataclass(frozen=True, eq=False)
class Cuts:
    """Rows to append later in user units: rows (k, n), sides (k,), infinite where open."""

    rows: sparse.csr_array
    lower: Vector
    upper: Vector

    def check(self, columns: int) -> None:
        """Raise ``ModelError`` unless the rows are sound and ``columns`` wide."""
        names = [f"cut {number}" for number in range(self.rows.shape[0])]
        _check_rows(
            self.rows, self.lower, self.upper, names, [f"column {j}" for j in range(columns)]
        )


@dataclass(frozen=True, eq=False)
class Matrix:
    """A mixed-integer linear program in user units: maximise ``cost @ x``, no constant.

    Attributes:
        cost: (n,) objective coefficients.
        lower, upper: (n,) finite bounds of the columns.
        integer: (n,) which columns take whole numbers.
        rows: (m, n) coefficients.
        row_lower, row_upper: (m,) sides of the rows, -inf and +inf where a side is open.
        column_names, row_names: what messages call them.
    """

    cost: Vector
    lower: Vector
    upper: Vector
    integer: Flags
    rows: sparse.csr_array
    row_lower: Vector
    row_upper: Vector
    column_names: list[str]
    row_names: list[str]

    def check(self) -> None:
        """Raise ``ModelError`` naming the column or row of the first number a solver would
        misread.

        Refused are shapes that differ, a NaN anywhere, a cost, bound or coefficient that is
        infinite or at least ``LARGEST`` in size (sides of rows may be infinite), crossed bounds,
        and a program without columns.
        """
        columns = len(self.column_names)
        if columns == 0:
            raise ModelError("the program has no columns")
        for what in ("cost", "lower", "upper", "integer"):
            if np.shape(getattr(self, what)) != (columns,):
                shape = np.shape(getattr(self, what))
                raise ModelError(f"{what} has shape {shape}, the program has {columns} columns")
        for what in ("cost", "lower", "upper"):
            values = getattr(self, what)
            bad = ~(np.abs(values) < LARGEST)
            _refuse(
                bad, self.column_names, f"column {{}}: {what} {{}} is not a usable number", values
            )
        crossed = self.lower > self.upper
        _refuse(
            crossed,
            self.column_names,
            "column {}: lower bound {} exceeds the upper bound",
            self.lower,
        )
        _check_rows(self.rows, self.row_lower, self.row_upper, self.row_names, self.column_names)

    def scaled(self, column_scale: Vector) -> "tuple[Matrix, Scaling]":
        """This program in internal units, and the factors that lead back.

        Args:
            column_scale: (n,) positive user units per internal unit; 1 for integer columns.

        Raises:
            ModelError: a scale is not a positive finite number, or not 1 at an integer column, or
                a number is too large once it is scaled.
        """
        if np.shape(column_scale) != self.cost.shape:
            raise ModelError(
                f"column_scale has shape {np.shape(column_scale)}, expected {self.cost.shape}"
            )
        bad = ~((column_scale > 0) & np.isfinite(column_scale)) | (
            self.integer & (column_scale != 1)
        )
        _refuse(bad, self.column_names, "column {}: scale {} is not allowed", column_scale)
        lower, upper = (
            significant(self.lower / column_scale),
            significant(self.upper / column_scale),
        )
        rows, row_lower, row_upper, row_scale, slack = scaled_rows(
            Cuts(self.rows, self.row_lower, self.row_upper), column_scale, lower, upper
        )
        cost, cost_scale = scaled_cost(
            self.cost, column_scale, np.maximum(np.abs(lower), np.abs(upper))
        )
        internal = replace(
            self,
            cost=cost,
            lower=lower,
            upper=upper,
            rows=rows,
            row_lower=row_lower,
            row_upper=row_upper,
        )
        internal.check()
        return internal, Scaling(np.array(column_scale, float), row_scale, cost_scale, slack)

    def weak_dual_bound(self, row_dual: Vector) -> float:
        """An upper bound of ``cost @ x`` over the relaxation, valid for any multipliers of the
        rows.

        Every row is replaced by its multiplier times its side, every column takes its better
        bound. With the optimal multipliers of the relaxation this is its optimum; with any others
        it is weaker, never wrong.

        Args:
            row_dual: (m,) positive for an upper side, negative for a lower side, in the units of
                this record.
        """
        side = np.where(row_dual > 0, self.row_upper, self.row_lower)
        multiplier = np.where(np.isfinite(side), row_dual, 0.0)
        reduced = self.cost - self.rows.T @ multiplier
        boxes = np.maximum(reduced * self.lower, reduced * self.upper)
        return dot(multiplier, np.where(multiplier != 0, side, 0.0)) + float(boxes.sum())


def dot(one: Vector, other: Vector) -> float:
    """Inner product of two vectors (n,), in the calling thread: beyond 10,000 entries a BLAS wakes
    a thread for it, which then spins for as long as a linear program takes, on the core that
    another search needs.
    """
    return float((one * other).sum())


def significant(values: Vector) -> Vector:
    """``values`` rounded to ``DIGITS`` significant decimals; zeros and infinities stay."""
    values = np.asarray(values, float)
    result = values.copy()
    usable = np.isfinite(values) & (values != 0)
    places = DIGITS - 1 - decimal_exponent(values[usable])
    up, down = 10.0 ** np.clip(places, 0, 300), 10.0 ** np.clip(-places, 0, 300)
    result[usable] = np.rint(values[usable] * up / down) / up * down
    return result


def decimal_exponent(values: Vector) -> npt.NDArray[np.int64]:
    """The e with ``10**e <= |value| < 10**(e+1)`` for numbers of ``DIGITS`` decimals; values are
    not zero.
    """
    return np.floor(np.log10(np.abs(values)) + ROUNDING).astype(np.int64)


def scaled_rows(
    cuts: Cuts, column_scale: Vector, lower: Vector, upper: Vector
) -> tuple[sparse.csr_array, Vector, Vector, Vector, Vector]:
    """Rows in internal units: coefficients, lower sides, upper sides, row scales (k,) and slacks
    (k, 2).

    A coefficient that is too small for the solver is taken out, and the sides give way by the
    most it can contribute within the internal bounds ``lower, upper`` of its column: the row
    becomes weaker, never stronger, so a bound proved with it stays a bound.
    """
    rows = sparse.csr_array(cuts.rows.astype(np.float64), copy=True)
    rows.sum_duplicates()
    of_row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    values = significant(rows.data * column_scale[rows.indices])
    largest = np.zeros(rows.shape[0])
    np.maximum.at(largest, of_row, np.abs(values))
    scale = np.ones(rows.shape[0])
    filled = largest > 0
    scale[filled] = 10.0 ** -decimal_exponent(largest[filled]).astype(float)
    values = significant(values * scale[of_row])
    tiny = np.abs(values) <= SMALLEST
    column, row = rows.indices[tiny], of_row[tiny]
    ends = np.array([values[tiny] * lower[column], values[tiny] * upper[column]])
    slack = np.zeros((rows.shape[0], 2))
    np.add.at(slack[:, 0], row, np.maximum(ends.max(axis=0, initial=0.0), 0.0))
    np.add.at(slack[:, 1], row, np.maximum(-ends.min(axis=0, initial=0.0), 0.0))
    slack = without_noise(slack)
    values[tiny] = 0.0
    rows.data = values
    rows.eliminate_zeros()
    sides = scaled_sides(cuts.lower, cuts.upper, scale, slack)
    return rows, *sides, scale, slack


def scaled_sides(
    lower: Vector, upper: Vector, scale: Vector, slack: Vector
) -> tuple[Vector, Vector]:
    """Sides (k,) of rows in internal units, widened by the slack of the rows."""
    low, high = (without_noise(significant(side * scale)) for side in (lower, upper))
    return low - slack[:, 0], high + slack[:, 1]


def without_noise(values: Vector) -> Vector:
    """``values`` with 0 in the place of what is no more than a rounding error."""
    return np.where(np.abs(values) <= NOISE, 0.0, values)


def scaled_cost(cost: Vector, column_scale: Vector, reach: Vector) -> tuple[Vector, float]:
    """Internal objective (n,) and its power of ten; ``reach`` is the largest size of each
    internal column.
    """
    internal = significant(cost * column_scale)
    weight = significant(np.array([np.max(np.abs(internal) * np.maximum(reach, 1.0))]))
    if weight[0] == 0:
        return internal, 1.0
    nearest = int(np.floor(np.log10(weight[0]) + 0.5))
    scale = float(10.0 ** (OBJECTIVE_SIZE - nearest))
    return significant(internal * scale), scale


def _check_rows(
    rows: sparse.csr_array, lower: Vector, upper: Vector, names: list[str], columns: list[str]
) -> None:
    """Raise ``ModelError`` naming the first unusable coefficient or side."""
    if rows.shape != (len(names), len(columns)):
        raise ModelError(f"rows have shape {rows.shape}, expected {(len(names), len(columns))}")
    for what, values in (("lower side", lower), ("upper side", upper)):
        if np.shape(values) != (len(names),):
            raise ModelError(
                f"{what} has shape {np.shape(values)}, the program has {len(names)} rows"
            )
        wrong_end = np.inf if what == "lower side" else -np.inf
        bad = (
            np.isnan(values)
            | (values == wrong_end)
            | (np.isfinite(values) & (np.abs(values) >= LARGEST))
        )
        _refuse(bad, names, f"row {{}}: {what} {{}} is not a usable number", values)
    _refuse(lower > upper, names, "row {}: lower side {} exceeds the upper side", lower)
    bad = ~(np.abs(rows.data) < LARGEST)
    if bad.any():
        place = int(np.argmax(bad))
        row = int(np.searchsorted(rows.indptr, place, side="right")) - 1
        where = f"row {names[row]}, column {columns[rows.indices[place]]}"
        raise ModelError(f"{where}: coefficient {rows.data[place]} is not a usable number")


def _refuse(bad: Flags, names: list[str], message: str, values: Vector) -> None:
    """Raise ``ModelError`` for the first flagged entry; ``message`` takes its name and its
    value.
    """
    if bad.any():
        place = int(np.argmax(bad))
        raise ModelError(message.format(names[place], values[place]))


def whole_bounds(matrix: Matrix) -> tuple[Vector, Vector]:
    """Bounds (n,) of the columns, those of the integer ones narrowed to what the rows leave
    them.

    A deal whose fee no budget or no cash could ever pay is fixed to 0 here, which a relaxation
    alone does not see: it spreads the deal over dates. Each round bounds every entry of a row by
    the smallest and largest sums of the others. Where that leaves a column nothing, the given
    bounds are returned: to prove a program infeasible is the solver's.
    """
    entries = matrix.rows.tocoo()
    row, column, factor = entries.row, entries.col, entries.data
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    for _ in range(PROPAGATIONS):
        ends = factor * lower[column], factor * upper[column]
        least, most = np.minimum(*ends), np.maximum(*ends)
        count = matrix.row_lower.size
        below = np.bincount(row, least, count)[row] - least
        above = np.bincount(row, most, count)[row] - most
        at_most = (matrix.row_upper[row] - below) / factor
        at_least = (matrix.row_lower[row] - above) / factor
        rising = factor > 0
        high, low = upper.copy(), lower.copy()
        np.minimum.at(high, column, np.where(rising, at_most, at_least))
        np.maximum.at(low, column, np.where(rising, at_least, at_most))
        # Rounding errors of a sum are far below this share of the widest bound.
        slack = LOOSE * np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))
        high, low = np.minimum(high + slack, upper), np.maximum(low - slack, lower)
        high = np.where(matrix.integer, np.floor(high + WHOLE), high)
        low = np.where(matrix.integer, np.ceil(low - WHOLE), low)
        if np.any(low > high):
            return matrix.lower, matrix.upper
        lower, upper = low, high
    narrowed = matrix.integer
    return np.where(narrowed, lower, matrix.lower), np.where(narrowed, upper, matrix.upper)
