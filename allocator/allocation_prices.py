"""What one more unit on a limit is worth, at an allocation whose switches and units stay.

The duals of a MILP come from its tangents and chords, and a chord can be far from the slope of its
curve. Here every curve is replaced by its slopes at the allocation, up and down, and every cell
may move a little: the duals of that linear program are the worth of the rows.
"""

import math

import numpy as np
from scipy import sparse

from allocator.allocation import TIGHT
from allocator.highs import Engine
from allocator.matrix import Matrix
from fact_models.allocation.cells import Problem
from fact_models.allocation.stack import Vector

MOVE = 1e-5
"""Amount, in internal units, by which a cell may move up or down."""
BESIDE = 1e-8
"""Share of its reach at which the slopes of a term are taken, on both sides of a kink."""
STEEPEST = 1e9
"""Slope, in internal units, that stands for any steeper one."""


def prices_at(problem: Problem, x: Vector) -> Vector:
    """(m,) worth of one more unit on the side of every row, at spends ``x`` (n,)."""
    cells, rows = problem.cells, problem.rows
    count = x.size
    up, down = _slopes(problem, x)
    moves = (cells.unit == 0) & ((x > 0) | ~cells.switched)
    if not rows.names or not moves.any():
        return np.zeros(len(rows.names))
    least = np.where(cells.always | cells.switched, cells.least, cells.lower)
    # Where the upper bound only repeats a row, the worth belongs to the row.
    upper = np.where(cells.upper >= rows.caps(cells.fixed), np.inf, cells.upper)
    room = np.concatenate([upper - x, x - least]) / MOVE
    used = rows.used(x, cells.fees(x))
    matrix = Matrix(
        cost=np.concatenate([up, -down]),
        lower=np.zeros(2 * count),
        upper=np.where(np.tile(moves, 2), np.clip(room, 0.0, 1.0), 0.0),
        integer=np.zeros(2 * count, dtype=bool),
        rows=sparse.csr_array(sparse.hstack([rows.matrix, -rows.matrix], format="csr")),
        row_lower=-_left(used - rows.lower, rows.lower),
        row_upper=_left(rows.upper - used, rows.upper),
        column_names=[f"c{n}" for n in range(2 * count)],
        row_names=rows.names,
    )
    outcome = Engine(matrix, np.ones(2 * count)).solve_lp(math.inf)
    return np.zeros(len(rows.names)) if outcome.row_dual is None else outcome.row_dual


def _slopes(problem: Problem, x: Vector) -> tuple[Vector, Vector]:
    """(n,) gain of a little more in every cell and loss of a little less, per unit."""
    terms = problem.terms
    a = terms.press @ x + terms.base
    beside = BESIDE * (terms.press @ problem.cells.upper + terms.base)
    idle = terms.unreached
    found = []
    for at in (a + beside, np.maximum(a - beside, 0.0)):
        slope = np.where(idle, 0.0, terms.stack.slope(np.where(idle, 1.0, at)))
        found.append(terms.press.T @ (terms.weight * np.minimum(slope, STEEPEST)))
    # On a convex part nothing is gained by moving both ways.
    return found[0], np.maximum(*found)


def _left(slack: Vector, side: Vector) -> Vector:
    """(m,) what is left up to the sides of rows, in moves; 0 where a row is full."""
    with np.errstate(invalid="ignore"):
        full = slack <= TIGHT * np.maximum(np.abs(side), TIGHT)
    return np.where(np.isfinite(side), np.where(full, 0.0, slack / MOVE), np.inf)
