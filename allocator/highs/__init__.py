"""HiGHS behind a contract: the one room that talks to the solver.

The solver is asked through an ``Engine`` and answers with an ``Outcome`` in user units. Every
status it returns is checked, the status of an outcome comes from a closed list, and a plan is
handed out only if the solver calls it feasible. Inside, the program is minimised (the negated
objective), scaled by ``Matrix.scaled``.
"""

from allocator.highs.engine import Basis, Engine, infeasible_subset
from allocator.highs.outcomes import (
    WITH_PLAN,
    Indices,
    Option,
    Outcome,
    Progress,
    SolverError,
    Status,
)
from allocator.highs.running import VERSION

__all__ = [
    "VERSION",
    "WITH_PLAN",
    "Basis",
    "Engine",
    "Indices",
    "Option",
    "Outcome",
    "Progress",
    "SolverError",
    "Status",
    "infeasible_subset",
]
