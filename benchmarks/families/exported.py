"""The program as a file that any solver reads.

The rows are those that our own search holds after its root: the linear rows in the solver's
units, integer bounds narrowed by whole numbers, and every tangent of the concave terms that the
root's relaxation asked for. A plan of that file is a plan of the relaxation only; its bound is one
of the nonlinear program.
"""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np
from scipy import sparse

from allocator.certificate import Search
from allocator.handover import Handover
from allocator.matrix import Cuts, Matrix, Scaling, scaled_rows
from allocator.tangents import rows_at
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        factor: objective in the instance's units per unit of the file's, which is minimised.
        rows, columns, tangents: counts.
        seconds: that building, hand-over, the root and writing took.
    """

    factor: float
    rows: int
    columns: int
    tangents: int
    seconds: float


def export(instance: Instance, gap: float, seconds: float, file: Path) -> Exported:
    """Write the program of ``instance`` with the tangents of the root as MPS.

    Args:
        instance: what to plan.
        gap: that the search is asked for; it decides when the root is tight enough.
        seconds: most that the root may take.
        file: its name ends in ``.mps``.
    """
    began = time.monotonic()
    search = Search(instance, gap, deadline=began + seconds)
    search.load()
    search.relax()
    arrays = search.arrays
    tangents = rows_at(arrays.terms, *search.pool.all(arrays.terms))
    matrix, scaling = arrays.matrix.scaled(arrays.column_scale)
    whole = with_rows(matrix, tangents, scaling)
    write_mps(whole, file)
    rows, columns = whole.rows.shape
    found = -1.0 / scaling.cost
    return Exported(found, rows, columns, tangents.upper.size, time.monotonic() - began)


def with_rows(matrix: Matrix, cuts: Cuts, scaling: Scaling) -> Matrix:
    """``matrix``, which is scaled, and rows in the user's units below its own."""
    rows, lower, upper, _, _ = scaled_rows(cuts, scaling.column, matrix.lower, matrix.upper)
    names = [f"tangent {n}" for n in range(upper.size)]
    return Matrix(
        cost=matrix.cost,
        lower=matrix.lower,
        upper=matrix.upper,
        integer=matrix.integer,
        rows=sparse.csr_array(sparse.vstack([matrix.rows, rows])),
        row_lower=np.concatenate([matrix.row_lower, lower]),
        row_upper=np.concatenate([matrix.row_upper, upper]),
        column_names=matrix.column_names,
        row_names=[*matrix.row_names, *names],
    )


def write_mps(matrix: Matrix, file: Path) -> None:
    """Write ``matrix`` as it stands, to be minimised; columns are named c0, c1, ...

    Raises:
        RuntimeError: the writer refuses.
    """
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.rows.shape
    program.col_cost_ = -matrix.cost
    program.col_lower_, program.col_upper_ = matrix.lower, matrix.upper
    program.row_lower_ = np.where(np.isfinite(matrix.row_lower), matrix.row_lower, -math.inf)
    program.row_upper_ = np.where(np.isfinite(matrix.row_upper), matrix.row_upper, math.inf)
    rows = sparse.csr_array(matrix.rows)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = rows.indptr
    program.a_matrix_.index_ = rows.indices
    program.a_matrix_.value_ = rows.data
    kinds = highspy.HighsVarType
    program.integrality_ = [
        kinds.kInteger if whole else kinds.kContinuous for whole in matrix.integer
    ]
    program.col_names_ = [f"c{n}" for n in range(matrix.cost.size)]
    program.row_names_ = [f"r{n}" for n in range(matrix.row_upper.size)]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    passed, written = solver.passModel(program), solver.writeModel(str(file))
    if highspy.HighsStatus.kError in (passed, written):
        raise RuntimeError(f"the program was not written to {file}")


def linear_part(handover: Handover) -> tuple[Matrix, Scaling]:
    """The rows without any tangent in the solver's units, for those who take the terms as they
    are."""
    return handover.matrix.scaled(handover.column_scale)
