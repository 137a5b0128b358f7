"""What one solve of a relaxation proves about it under other limits.

The value of a linear program is concave in its sides and bounds, and the multipliers of an optimum
are a slope of it: a line that lies above the value everywhere. A leaf of a tree keeps the lines of
its solves, so that under other limits its bound is known before anything is solved. Where the
solver gave up a leaf below a plan's value it gives no multipliers; what it proved holds under all
limits that leave no more plans.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from allocator.branching import Node
from allocator.choosing import Fixes
from allocator.highs import Indices, Outcome
from allocator.matrix import Matrix, Vector

MOST_LINES = 4
"""Lines kept of a leaf: the latest."""
MOST_CAPS = 3


@dataclass(frozen=True, eq=False)
class Sides:
    """Sides (k,) of the rows and bounds (c,) of the columns that limits can move."""

    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector

    @classmethod
    def of(cls, matrix: Matrix, rows: Indices, columns: Indices) -> "Sides":
        """Those of a program."""
        return cls(
            matrix.row_lower[rows],
            matrix.row_upper[rows],
            matrix.lower[columns],
            matrix.upper[columns],
        )

    def within(self, other: "Sides") -> bool:
        """Whether every plan under these is one under the ``other``."""
        return bool(
            np.all(self.row_lower >= other.row_lower)
            and np.all(self.row_upper <= other.row_upper)
            and np.all(self.lower >= other.lower)
            and np.all(self.upper <= other.upper)
        )

    def fixed(self, place: dict[int, int], fixes: Fixes) -> "Sides":
        """With the columns of ``fixes`` kept within them; ``place`` tells where a column is.

        An end may be infinite: there the bounds hold.
        """
        if not fixes:
            return self
        lower, upper = self.lower.copy(), self.upper.copy()
        for n, (low, high) in fixes.items():
            at = place[n]
            lower[at], upper[at] = max(lower[at], low), min(upper[at], high)
        return replace(self, lower=lower, upper=upper)


@dataclass(frozen=True, eq=False)
class Line:
    """A bound that is linear in sides and bounds, and holds under all of them.

    Attributes:
        value: the bound at ``sides``.
        sides: where it was found.
        rows: (k,) multipliers of the rows.
        columns: (c,) multipliers of the columns' bounds.
    """

    value: float
    sides: Sides
    rows: Vector
    columns: Vector

    @classmethod
    def of(cls, outcome: Outcome, sides: Sides, rows: Indices, columns: Indices) -> "Line | None":
        """That of an optimum; None if it came without multipliers."""
        if outcome.row_dual is None or outcome.col_dual is None:
            return None
        return cls(outcome.bound, sides, outcome.row_dual[rows], outcome.col_dual[columns])

    def at(self, sides: Sides) -> float:
        """The bound under ``sides``."""
        old, moved = self.sides, 0.0
        for price, low, high, old_low, old_high in (
            (self.rows, sides.row_lower, sides.row_upper, old.row_lower, old.row_upper),
            (self.columns, sides.lower, sides.upper, old.lower, old.upper),
        ):
            for mine, new, before in ((price > 0, high, old_high), (price < 0, low, old_low)):
                # A side that was open had no part in the optimum.
                used = mine & np.isfinite(before)
                moved += float(price[used] @ (new[used] - before[used]))
        return self.value + moved


@dataclass(frozen=True, eq=False)
class Cap:
    """A bound that holds under ``sides`` and wherever there are no more plans."""

    value: float
    sides: Sides


@dataclass(frozen=True, eq=False)
class Leaf:
    """A part of the whole numbers' range with what is proved about it.

    Attributes:
        fixes: bounds of columns; infinite ends are those of the program, whatever its limits.
        node: the last node solved there.
        lines, caps: bounds.
    """

    fixes: Fixes
    node: Node
    lines: tuple[Line, ...]
    caps: tuple[Cap, ...] = ()

    @classmethod
    def of(
        cls, node: Node, fixes: Fixes, matrix: Matrix, wide: Matrix, cap: Cap | None = None
    ) -> "Leaf":
        """That of a ``node``, or of its child with these ``fixes``.

        Args:
            node: of the tree.
            fixes: its bounds.
            matrix: the program that the tree was grown in.
            wide: the program without limits.
            cap: what else is proved.
        """
        free = {}
        for n, (low, high) in fixes.items():
            # A switch is branched on where it can be both; an amount has the program's own bound
            # at the other end.
            switch = wide.lower[n] >= 0 and wide.upper[n] <= 1
            ends = wide if switch else matrix
            free[n] = (
                -math.inf if low <= ends.lower[n] else low,
                math.inf if high >= ends.upper[n] else high,
            )
        kept = node.prices or Prices()
        caps = kept.caps if cap is None else (cap, *kept.caps[: MOST_CAPS - 1])
        return cls(free, node, kept.lines, caps)

    def at(self, sides: Sides, place: dict[int, int]) -> float:
        """Its bound under the ``sides`` of the program; -inf if nothing of it is left there."""
        mine = sides.fixed(place, self.fixes)
        if np.any(mine.lower > mine.upper):
            return -math.inf
        found = [line.at(mine) for line in self.lines]
        found += [cap.value for cap in self.caps if sides.within(cap.sides)]
        return min(found, default=math.inf)

    def placed(self, matrix: Matrix) -> Fixes:
        """Its fixes within the bounds of ``matrix``."""
        return {
            n: (max(low, float(matrix.lower[n])), min(high, float(matrix.upper[n])))
            for n, (low, high) in self.fixes.items()
        }


@dataclass(frozen=True, eq=False)
class Prices:
    """What a node keeps of its solves: its own lines, and those of the nodes that it is a part of.

    Attributes:
        lines: the latest first.
        caps: what is proved without multipliers.
    """

    lines: tuple[Line, ...] = ()
    caps: tuple[Cap, ...] = ()

    def with_line(self, line: Line | None) -> "Prices":
        """With a new line in front."""
        if line is None:
            return self
        return replace(self, lines=(line, *self.lines[: MOST_LINES - 1]))
