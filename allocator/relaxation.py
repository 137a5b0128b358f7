"""A linear relaxation that stays hot: a solver's engine and the tangents that it holds.

The pool remembers every tangent found for an instance; a relaxation holds those that matter where
it is looked at. The others would only slow it down.
"""

import copy
import threading

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
        self._solved = 0

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
        """The relaxation as it stands, from the last basis."""
        self._solved = self.engine.rows
        return self.engine.solve_lp(deadline, stop, cutoff=cutoff)

    def cut(self, x: Vector, tolerance: float) -> bool:
        """Add the tangents that ``x`` (n,) violates by more than ``tolerance`` of the curve's
        height; whether there is a new one."""
        which, ratio, _ = separate(self.arrays.terms, x, tolerance)
        return self.add(which, ratio)

    def purge(self, x: Vector) -> None:
        """Take out the tangents that do not touch the optimum ``x`` (n,) of the relaxation; its
        basis stays."""
        terms, (which, ratio) = self.arrays.terms, self._rows
        rows = rows_at(terms, which, ratio)
        loose = rows.upper - rows.rows @ x > SLACK * terms.scale[which]
        flags = np.concatenate([np.zeros(self._fixed, dtype=bool), loose])
        kept = ~self.engine.drop_basic_rows(flags)[self._fixed :]
        self._rows = which[kept], ratio[kept]
        self.held = Pool()
        self.held.fresh(terms, *self._rows)
        self._solved = self.engine.rows

    def add(self, which: NDArray[np.intp], ratio: Vector) -> bool:
        """Add those of the tangents of the terms ``which`` at ``ratio`` that are not held yet;
        whether there is one."""
        terms = self.arrays.terms
        self.pool.fresh(terms, which, ratio)
        which, ratio = self.held.fresh(terms, which, ratio)
        if which.size:
            self.engine.add_rows(rows_at(terms, which, ratio))
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
            kept = rows - self._fixed
            self._rows = self._rows[0][:kept], self._rows[1][:kept]
            self.held = Pool()
            self.held.fresh(self.arrays.terms, *self._rows)
        self._solved = self.engine.rows

    def twin(self) -> "Relaxation":
        """Another engine with the same rows in the same order."""
        other = copy.copy(self)
        other.engine, other.held = self.engine.twin(), Pool()
        other.held.fresh(self.arrays.terms, *self._rows)
        return other
