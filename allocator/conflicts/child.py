"""The process in which the solver looks for an infeasible subset: it may be wrong, hang or crash.

    python -m allocator.conflicts.child PROGRAM.npz SECONDS

Prints rows and columns of the subset as JSON.
"""

import json
import sys

import numpy as np
from scipy import sparse

from allocator.highs import infeasible_subset
from allocator.matrix import Matrix


def main() -> None:
    """Read the program, ask, answer."""
    with np.load(sys.argv[1], allow_pickle=False) as held:
        width, height = held["lower"].size, held["row_lower"].size
        shape = (height, width)
        rows = sparse.csr_array((held["data"], held["indices"], held["indptr"]), shape=shape)
        matrix = Matrix(
            cost=np.zeros(width),
            lower=held["lower"],
            upper=held["upper"],
            integer=np.zeros(width, dtype=bool),
            rows=rows,
            row_lower=held["row_lower"],
            row_upper=held["row_upper"],
            column_names=[f"column {n}" for n in range(width)],
            row_names=[f"row {n}" for n in range(height)],
        )
        found = infeasible_subset(matrix, held["scale"], float(sys.argv[2]))
    print(json.dumps({"rows": found[0], "columns": found[1]}))


if __name__ == "__main__":
    main()
