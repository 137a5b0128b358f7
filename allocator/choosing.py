"""The choices of a program: groups of its binary columns of which one at most is taken, found in
its rows.

A deal's dates, a campaign's packages, a tier's offers in a contract: who rounds the columns of
such a group one by one rounds a choice spread over many of them to none, or to two.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocator.matrix import Matrix, Vector

Columns = NDArray[np.intp]
Fixes = dict[int, tuple[float, float]]
"""Bounds by column."""

EXACT = 1e-9

ROUNDING = 1e-6
"""Amount by which a row of whole numbers may be missed."""


def whole_fixes(x: Vector, columns: Columns) -> Fixes:
    """The ``columns`` fixed to the whole numbers nearest to ``x`` (n,)."""
    return {int(n): (float(np.rint(x[n])),) * 2 for n in columns}


@dataclass(frozen=True, eq=False)
class Choice:
    """Columns of which one at most is 1.

    Attributes:
        columns: the options.
        switch: column that is 1 if one is taken, if there is one.
        forced: whether one has to be taken.
    """

    columns: Columns
    switch: int | None
    forced: bool

    def taking(self, option: int | None) -> Fixes:
        """Fixes that take this column, or none."""
        fixes: Fixes = {int(n): (0.0, 0.0) for n in self.columns}
        if option is not None:
            fixes[option] = (1.0, 1.0)
        if self.switch is not None:
            fixes[self.switch] = (float(option is not None),) * 2
        return fixes


class Logic:
    """The rows of a program that hold none but the given integer columns, and the choices among
    them.

    Args:
        matrix: the program.
        columns: integer columns.
    """

    def __init__(self, matrix: Matrix, columns: Columns) -> None:
        among = np.zeros(matrix.cost.size, dtype=bool)
        among[columns] = True
        rows = matrix.rows
        outside = sparse.csr_array(rows[:, np.flatnonzero(~among)])
        entries = np.diff(rows.indptr)
        pure = np.flatnonzero((np.diff(outside.indptr) == 0) & (entries > 0))
        self._rows = sparse.csr_array(rows[pure])
        self._up, self._down = self._rows.maximum(0), self._rows.minimum(0)
        self._low, self._high = matrix.row_lower[pure], matrix.row_upper[pure]
        self._lower, self._upper = matrix.lower, matrix.upper
        self.choices = [*self._found(columns)]

    def _found(self, columns: Columns) -> Iterator[Choice]:
        """Choices first from the equations, then from the rows that allow one at most, then single
        columns; every binary column is an option of one."""
        binary = (self._lower >= 0) & (self._upper <= 1)
        taken = np.zeros(binary.size, dtype=bool)
        equal = self._high - self._low <= EXACT
        for number in [*np.flatnonzero(equal), *np.flatnonzero(~equal)]:
            found = self._choice(int(number), binary)
            if found is None or taken[found.columns].any():
                continue
            taken[found.columns] = True
            if found.switch is not None:
                taken[found.switch] = True
            yield found
        for n in columns:
            if binary[n] and not taken[n]:
                yield Choice(np.array([n], np.intp), None, forced=False)

    def _choice(self, number: int, binary: NDArray[np.bool_]) -> Choice | None:
        """The choice that a row states; None if it states another rule."""
        start, end = self._rows.indptr[number : number + 2]
        columns, values = self._rows.indices[start:end].astype(np.intp), self._rows.data[start:end]
        low, high = float(self._low[number]), float(self._high[number])
        if columns.size < 2 or not binary[columns].all():
            return None
        if np.all(np.abs(values - values[0]) <= EXACT * abs(values[0])):
            one = abs(high - values[0]) <= EXACT * abs(values[0]) and values[0] > 0
            return Choice(columns, None, forced=low >= high) if one else None
        if high != 0 or np.ptp(np.abs(values)) > EXACT * abs(values[0]):
            return None
        for sign in (1.0, -1.0) if low == 0 else (1.0,):
            switch = np.flatnonzero(sign * values < 0)
            if switch.size == 1:
                follows = int(columns[switch[0]]) if low == 0 else None
                return Choice(np.delete(columns, switch[0]), follows, forced=False)
        return None

    def allows(self, fixes: Fixes) -> bool:
        """Whether the rows can still be kept under these fixes, taken one by one."""
        lower, upper = self._lower.copy(), self._upper.copy()
        for n, (low, high) in fixes.items():
            lower[n], upper[n] = low, high
        least = self._up @ lower + self._down @ upper
        most = self._up @ upper + self._down @ lower
        return bool(
            np.all(least <= self._high + ROUNDING) and np.all(most >= self._low - ROUNDING)
        )
