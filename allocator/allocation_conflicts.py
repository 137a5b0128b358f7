"""Which limits leave no allocation at all."""

import math

import numpy as np
from scipy import sparse

from allocator.highs import Engine
from allocator.matrix import Matrix
from fact_models.allocation.cells import Problem

SLACK = 1e-7
"""Amount, in internal units, from which a limit counts as missed."""
LISTED = 6


def conflicts(problem: Problem) -> str:
    """The limits that would have to give way, in words.

    Every row may be missed at a price of 1 a unit; what is missed at the least cost is named.
    """
    cells, rows = problem.cells, problem.rows
    count, width = len(rows.names), cells.upper.size
    low = np.where(cells.always, cells.least, cells.lower)
    fee = np.where(rows.fees, rows.matrix @ np.where(cells.always, cells.fixed, 0.0), 0.0)
    most = float(np.maximum(cells.upper, low).sum() + np.abs(low).sum()) + 1.0
    most += float(np.abs(rows.lower[np.isfinite(rows.lower)]).sum())
    unit = sparse.eye_array(count, format="csr")
    matrix = Matrix(
        cost=np.concatenate([np.zeros(width), -np.ones(2 * count)]),
        lower=np.concatenate([low, np.zeros(2 * count)]),
        upper=np.concatenate([np.maximum(cells.upper, low), np.full(2 * count, most)]),
        integer=np.zeros(width + 2 * count, dtype=bool),
        rows=sparse.csr_array(sparse.hstack([rows.matrix, unit, -unit], format="csr")),
        row_lower=rows.lower - fee,
        row_upper=rows.upper - fee,
        column_names=[f"c{n}" for n in range(width + 2 * count)],
        row_names=rows.names,
    )
    outcome = Engine(matrix, np.ones(width + 2 * count)).solve_lp(math.inf)
    said = []
    for n, name in enumerate(rows.names if outcome.x is not None else []):
        assert outcome.x is not None
        short, over = outcome.x[width + n], outcome.x[width + count + n]
        if max(short, over) > SLACK:
            amount = max(short, over) * problem.spend_unit
            said.append(f"{name} is missed by {amount:,.6g}")
    if not said:
        return "min_if_active, fixed_cost and integer leave no allocation within the other limits"
    listed = "; ".join(said[:LISTED]) + ("; ..." if len(said) > LISTED else "")
    return f"no allocation keeps every limit: {listed}"
