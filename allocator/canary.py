"""Tiny programs with known optima that tell a solver with wrong answers before it plans anything.

Each has the shape of something a campaign plan is made of (a fixed charge behind a link, two
slots that exclude each other, whole heads beside continuous hours), at sizes where presolve does
all the work, because that is where released solvers have returned worse plans as optimal. The
optima follow by trying all whole numbers; the tests do so.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from allocator.highs import VERSION, Engine, SolverError, Status
from allocator.matrix import Matrix

TOLERANCE = 1e-6
"""Relative difference allowed between a known optimum and the solver's."""
PATIENCE = 10.0
"""Seconds given to one canary; a sound solver takes a thousandth of it."""

Row = tuple[Sequence[float], float, float]


@dataclass(frozen=True, eq=False)
class Canary:
    """A program and its optimum, None when no plan exists."""

    name: str
    matrix: Matrix
    optimum: float | None


def canary(
    name: str,
    optimum: float | None,
    cost: Sequence[float],
    bounds: Sequence[tuple[float, float]],
    integer: Sequence[int],
    rows: Sequence[Row],
) -> Canary:
    """A canary from plain lists: numbers of integer columns, rows (coefficients, lower, upper)."""
    columns = len(cost)
    lower, upper = np.array(bounds, float).T
    matrix = Matrix(
        cost=np.array(cost, float),
        lower=lower,
        upper=upper,
        integer=np.isin(np.arange(columns), integer),
        rows=sparse.csr_array(np.array([row[0] for row in rows], float)),
        row_lower=np.array([row[1] for row in rows], float),
        row_upper=np.array([row[2] for row in rows], float),
        column_names=[f"x{number}" for number in range(columns)],
        row_names=[f"row{number}" for number in range(len(rows))],
    )
    return Canary(name, matrix, optimum)


def canaries() -> list[Canary]:
    """All canaries, maximising."""
    return [
        # hours and heads cover a need; heads cost more, hours alone suffice
        canary("cover", -13.0, [-2, -5], [(0, 9), (0, 9)], [1], [((1, 1), 6.5, math.inf)]),
        # hours have a contracted minimum, a seventh head costs more than 0.2 hours
        canary("minimum", -12.6, [-3, -1], [(2, 9), (0, 9)], [1], [((1, 1), 8.2, math.inf)]),
        # whole lots earn, the store they need costs next to nothing
        canary("store", 359.92, [90, -0.02], [(1, 4), (1, 4)], [0], [((1, -1), -math.inf, 0)]),
        # a fee of 50000 opens a channel that saves 36
        canary(
            "fixed charge",
            -36.0,
            [0, -3, -50000],
            [(0, 12), (0, 12), (0, 1)],
            [2],
            [((1, 1, 0), 12, 12), ((1, 0, -80), -math.inf, 0)],
        ),
        # two slots exclude each other, the one left out loses 12 or 7 a piece
        canary(
            "exclusive slots",
            -3500.0,
            [0, 0, 0, 0, -12, -7],
            [(0, 1), (0, 1), (0, 500), (0, 500), (0, 500), (0, 500)],
            [0, 1],
            [
                ((-500, 0, 1, 0, 0, 0), -math.inf, 0),
                ((0, -500, 0, 1, 0, 0), -math.inf, 0),
                ((0, 0, 1, 0, 1, 0), 500, 500),
                ((0, 0, 0, 1, 0, 1), 500, 500),
                ((1, 1, 0, 0, 0, 0), -math.inf, 1),
            ],
        ),
        # a shortfall against a target of 4 costs 100, the size of the lot 0.01
        canary(
            "shortfall",
            -0.04,
            [-100, -0.01, 0],
            [(0, 10), (0, 10), (0, 10)],
            [2],
            [
                ((1, 0, 1), 4, 4),
                ((0, -1, 1), -math.inf, 0),
                ((0, -1, -1), -math.inf, 0),
                ((0, 0, 1), 0.35, 4),
            ],
        ),
        # packages of three campaigns under one budget, conflicts, a link to a deal
        canary(
            "packages",
            27.0,
            [9, 14, 7, 12, 10, -4],
            [(0, 1)] * 6,
            list(range(6)),
            [
                ((3, 6, 2, 5, 4, 2), -math.inf, 14),
                ((1, 1, 0, 0, 0, 0), -math.inf, 1),
                ((0, 0, 1, 1, 0, 0), -math.inf, 1),
                ((0, 1, 0, 1, 0, -2), -math.inf, 0),
            ],
        ),
        # pieces of a curve, one of them in force: the second allows no more than 10 where 90 are
        # needed; the tangent at its foot has an intercept of four millionths, over which
        # HiGHS 1.15.1 without presolve loses the first piece as well
        canary(
            "foot of a curve",
            5.0,
            [5, 9, 0, 0, 0, 0],
            [(0, 1), (0, 1), (0, 100), (0, 100), (0, 300), (0, 100)],
            [0, 1],
            [
                ((1, 1, 0, 0, 0, 0), 1, 1),
                ((-200, 0, 1, 0, 0, 0), -math.inf, 0),
                ((0, 0, -0.9, 1, 0, 0), -math.inf, 10),
                ((0, -300, 0, 0, 1, 0), -math.inf, 0),
                ((0, 0, 0, -1, 1, 0), -math.inf, -90),
                ((0, -4e-6, 0, 0, -370, 0.9), -math.inf, 0),
            ],
        ),
        # twice the difference of two binaries is never one
        canary("parity", None, [1, 1], [(0, 1), (0, 1)], [0, 1], [((2, -2), 1, 1)]),
    ]


def check_solver() -> None:
    """Solve all canaries with presolve on and off; about 50 ms, once per process is enough.

    Raises:
        SolverError: an answer is wrong; the message names the canary and the version of the
            solver.
    """
    for bird in canaries():
        for presolve in ("on", "off"):
            engine = Engine(bird.matrix, np.ones(bird.matrix.cost.size))
            deadline = time.monotonic() + PATIENCE
            answer = engine.solve_mip(deadline, gap=0.0, options={"presolve": presolve})
            if bird.optimum is None:
                right = answer.status is Status.INFEASIBLE
            else:
                near = abs(answer.objective - bird.optimum) <= TOLERANCE * abs(bird.optimum)
                right = answer.status is Status.OPTIMAL and near
            if not right:
                raise SolverError(
                    f"highspy {VERSION} answers the test program '{bird.name}' (presolve "
                    f"{presolve}) with {answer.status}, {answer.objective}, expected "
                    f"{bird.optimum}; install another release"
                )
