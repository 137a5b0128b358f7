"""A linear relaxation that stays hot: a solver's engine and the tangents that it holds.

The pool remembers every tangent found for an instance; a relaxation holds those that matter where
it is looked at. The others would only slow it down.
"""

import copy
import math
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocator.choosing import Fixes
from allocator.handover import Handover
from allocator.highs import Engine, Outcome
from allocator.matrix import Cuts, Vector
from allocator.tangents import Pool, rows_at, separate

SLACK = 1e-5
"""A tangent is left out if it is farther than this share of the curve's height from every point
given."""
AFRESH = 0.04
"""Share of new rows from which on the interior point from nothing beats the simplex from the last
basis."""

LITTLE = 1e-7
"""Share of the objective that missing tangents could lower it by up to which all are added."""
MATTER = 0.99
"""Share of what the missing tangents could lower the bound by that those added stand for."""


@dataclass(frozen=True, eq=False)
class Missing:
    """Tangents of the terms ``which`` (k,) at ``ratio`` (k,), and by how much each would lower the
    bound if nothing else moved, ``gain`` (k,); infinite if that is not known."""

    which: NDArray[np.intp]
    ratio: Vector
    gain: Vector


class Relaxation:
    """An engine, and the tangents among its rows.

    Args:
        arrays: the program.
        pool: all tangents found so far; new ones are added.
        points: points near which the tangents have to be tight; none for all tangents.
        extra: further rows to hold.
        seed: of the solver's random choices.
    """

    def __init__(
        self,
        arrays: Handover,
        pool: Pool,
        points: list[Vector],
        *,
        extra: Cuts | None = None,
        seed: int,
    ) -> None:
        self.arrays, self.pool, self.held = arrays, pool, Pool()
        terms = arrays.terms
        which, ratio = pool.all(terms)
        rows = rows_at(terms, which, ratio)
        near = np.full(which.size, not points)
        for x in points:
            near |= rows.upper - rows.rows @ x <= SLACK * terms.scale[which]
        self.engine = Engine(arrays.matrix, arrays.column_scale, seed=seed)
        if extra is not None:
            self.engine.add_rows(extra)
        self._fixed = self.engine.rows
        kept = np.flatnonzero(near)
        if kept.size:
            self.held.fresh(terms, which[kept], ratio[kept])
            self.engine.add_rows(
                Cuts(sparse.csr_array(rows.rows[kept]), rows.lower[kept], rows.upper[kept])
            )
        self._rows = which[kept], ratio[kept]
        self._places = self._fixed + np.arange(kept.size)
        self._solved = 0
        self._fixes: Fixes = {}

    def settle(self, deadline: float, stop: threading.Event | None = None) -> Outcome:
        """The relaxation as it stands, from the last basis or from nothing, whichever is
        quicker."""
        rows = self.engine.rows
        if rows - self._solved > AFRESH * rows:
            self.engine.forget()
        return self.solve(deadline, stop)

    def solve(
        self, deadline: float, stop: threading.Event | None = None, cutoff: float | None = None
    ) -> Outcome:
        """The relaxation as it stands, from the last basis; without a plan better than a
        ``cutoff`` it is infeasible."""
        self._solved = self.engine.rows
        if cutoff is not None and not math.isfinite(cutoff):
            cutoff = None
        return self.engine.solve_lp(deadline, stop, cutoff=cutoff)

    def fix(self, fixes: Fixes) -> None:
        """Bounds of the program, but those of ``fixes``."""
        matrix = self.arrays.matrix
        columns = np.array(sorted(set(self._fixes) | set(fixes)), np.intp)
        lower, upper = matrix.lower[columns].copy(), matrix.upper[columns].copy()
        for place, n in enumerate(columns):
            if int(n) in fixes:
                lower[place], upper[place] = fixes[int(n)]
        if columns.size:
            self.engine.set_bounds(columns, lower, upper)
        self._fixes = dict(fixes)

    def cut(self, x: Vector, tolerance: float) -> bool:
        """Add the tangents that ``x`` (n,) violates by more than ``tolerance`` of the curve's
        height; whether there is a new one."""
        which, ratio, _ = separate(self.arrays.terms, x, tolerance)
        return self.add(which, ratio)

    def tighten(self, outcome: Outcome, tolerance: float) -> bool:
        """Add the tangents that an optimum of this relaxation violates by more than ``tolerance``
        of the curve's height: those that matter while they do, then all; whether there is a new
        one."""
        assert outcome.x is not None
        found = self.missing(outcome, tolerance)
        if found.gain.sum() > LITTLE * abs(outcome.objective):
            return self.add(found.which, found.ratio) or self.cut(outcome.x, tolerance)
        return self.cut(outcome.x, tolerance)

    def missing(self, outcome: Outcome, tolerance: float) -> Missing:
        """The tangents that an optimum of this relaxation violates by more than ``tolerance`` of
        the curve's height, but for those that would hardly lower the bound."""
        assert outcome.x is not None
        terms = self.arrays.terms
        which, ratio, over = separate(terms, outcome.x, tolerance)
        if outcome.row_dual is None:
            return Missing(which, ratio, np.full(which.size, np.inf))
        # What a unit of a term is worth is the sum of the multipliers that hold it.
        worth = np.zeros(terms.scale.size)
        # Rows may have been added since.
        there = self._places < outcome.row_dual.size
        np.add.at(worth, self._rows[0][there], np.abs(outcome.row_dual[self._places[there]]))
        if outcome.col_dual is not None:
            # Where no tangent holds it, its columns stand at bounds of their own.
            worth += sparse.csr_array(abs(terms.y.rows)) @ np.abs(outcome.col_dual)
        gain = worth[which] * over
        order = np.argsort(-gain, kind="stable")
        matter = order[: int(np.searchsorted(np.cumsum(gain[order]), MATTER * gain.sum())) + 1]
        matter.sort()
        return Missing(which[matter], ratio[matter], gain[matter])

    def purge(self, x: Vector, slack: float = SLACK) -> None:
        """Take out the tangents that are farther than ``slack`` of the curve's height from the
        optimum ``x`` (n,) of the relaxation; its basis stays."""
        terms, (which, ratio) = self.arrays.terms, self._rows
        rows = rows_at(terms, which, ratio)
        loose = rows.upper - rows.rows @ x > slack * terms.scale[which]
        flags = np.zeros(self.engine.rows, dtype=bool)
        flags[self._places] = loose
        gone = self.engine.drop_basic_rows(flags)
        kept = ~gone[self._places]
        self.held.forget(terms, which[~kept], ratio[~kept])
        self._rows = which[kept], ratio[kept]
        self._places = (np.cumsum(~gone) - 1)[self._places[kept]]
        self._solved = self.engine.rows

    def add(self, which: NDArray[np.intp], ratio: Vector) -> bool:
        """Add those of the tangents of the terms ``which`` at ``ratio`` that are not held yet;
        whether there is one."""
        terms = self.arrays.terms
        self.pool.fresh(terms, which, ratio)
        which, ratio = self.held.fresh(terms, which, ratio)
        if which.size:
            first = self.engine.rows
            self.engine.add_rows(rows_at(terms, which, ratio))
            self._places = np.concatenate([self._places, first + np.arange(which.size)])
            self._rows = (
                np.concatenate([self._rows[0], which]),
                np.concatenate([self._rows[1], ratio]),
            )
        return bool(which.size)

    def keep_only(self, rows: int) -> None:
        """Take out the rows added since there were ``rows`` of them."""
        flags = np.arange(self.engine.rows) >= rows
        if flags.any():
            self.engine.delete_rows(flags)
            kept = int(np.searchsorted(self._places, rows))
            which, ratio = self._rows
            self.held.forget(self.arrays.terms, which[kept:], ratio[kept:])
            self._rows = which[:kept], ratio[:kept]
            self._places = self._places[:kept]
        self._solved = self.engine.rows

    def twin(self) -> "Relaxation":
        """Another engine with the same rows in the same order."""
        other = copy.copy(self)
        other.engine, other.held = self.engine.twin(), self.held.twin()
        return other
