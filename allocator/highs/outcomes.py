"""What a solve is asked with and what it answers, in user units; nothing here knows the solver."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from allocator.matrix import Vector

Option = bool | int | float | str
Indices = npt.NDArray[np.intp] | npt.NDArray[np.int32]


class SolverError(RuntimeError):
    """The solver refused an instruction or is not to be trusted; the message says which."""


class Status(StrEnum):
    """How a solve ended. Only the first three come with a plan."""

    OPTIMAL = "optimal"
    FEASIBLE_LIMIT = "feasible_limit"
    INTERRUPTED_FEASIBLE = "interrupted_feasible"
    NO_PLAN_YET = "no_plan_yet"
    INFEASIBLE = "infeasible"
    UNBOUNDED_MODEL = "unbounded_model"
    ERROR = "error"


WITH_PLAN = (Status.OPTIMAL, Status.FEASIBLE_LIMIT, Status.INTERRUPTED_FEASIBLE)


@dataclass(frozen=True)
class Progress:
    """State of a running tree search in user units; -inf and +inf while nothing is known."""

    seconds: float
    incumbent: float
    bound: float
    nodes: int
    phase: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """Answer of a solve in user units.

    Attributes:
        status: how it ended.
        x: (n,) plan, None unless feasible; whole numbers hold to the solver's tolerance of 1e-6.
        objective: ``cost @ x``, -inf without a plan.
        bound: no plan is better than this; +inf when nothing is proved, the cutoff when nothing
            is above it.
        row_dual: (m,) growth of the objective per unit added to the sides of the row; LP only.
        col_dual: (n,) growth of the objective per unit added to the active bound of the column;
            LP only.
        seconds: wall time of this call.
        nodes: nodes of the tree search.
        message: what the solver said.
    """

    status: Status
    x: Vector | None
    objective: float
    bound: float
    row_dual: Vector | None
    col_dual: Vector | None
    seconds: float
    nodes: int
    message: str
