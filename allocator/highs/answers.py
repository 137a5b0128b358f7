"""What the solver says after a run, and while a tree search runs, in user units."""

import math
import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from allocator.highs.outcomes import WITH_PLAN, Outcome, Progress, Status
from allocator.highs.running import Watch, classify, settle_unbounded
from allocator.matrix import Matrix, Scaling, Vector, dot

AGREEMENT = 1e-6
"""Relative difference allowed between the objective the solver claims and that of its plan."""
FEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Held:
    """The program that the solver holds.

    Attributes:
        model: in internal units.
        scaling: leads back to user units.
        cost: (n,) objective in user units.
    """

    model: Matrix
    scaling: Scaling
    cost: Vector

    def progress(self, seen: Any) -> Progress:
        """A progress report of the solver in user units."""
        incumbent, bound = (
            self._user(float(v)) for v in (seen.mip_primal_bound, seen.mip_dual_bound)
        )
        nodes = int(seen.mip_node_count)
        phase = "presolve" if math.isinf(bound) else "tree" if nodes > 1 else "root"
        return Progress(float(seen.running_time), incumbent, bound, nodes, phase)

    def _user(self, minimised: float) -> float:
        """An internal objective value in user units."""
        return -minimised / self.scaling.cost

    def outcome(
        self,
        highs: highspy.Highs,
        watch: Watch,
        began: float,
        *,
        tree: bool,
        cutoff: float | None = None,
    ) -> Outcome:
        """The outcome of the run that has just ended."""
        info, solution, scale = highs.getInfo(), highs.getSolution(), self.scaling
        claims_plan = info.primal_solution_status == FEASIBLE and watch.failure is None
        internal = np.array(solution.col_value, float) if claims_plan else watch.x
        status, message = self._status(highs, watch, internal is not None, cutoff)
        x = internal * scale.column if internal is not None and status in WITH_PLAN else None
        objective = -math.inf if x is None else dot(self.cost, x)
        if x is not None and claims_plan:
            claimed = self._user(float(info.objective_function_value))
            allowed = AGREEMENT * abs(claimed) + AGREEMENT**1.5 * dot(np.abs(self.cost), np.abs(x))
            if not abs(objective - claimed) <= allowed:
                status, x, message = (
                    Status.ERROR,
                    None,
                    f"claimed {claimed}, the plan is worth {objective}",
                )
                objective = -math.inf
        row_dual = col_dual = None
        bound = math.inf
        if cutoff is not None and status is Status.INFEASIBLE:
            bound = cutoff
        elif tree:
            proved = watch.bound if watch.failure is not None else float(info.mip_dual_bound)
            bound = self._tree_bound(status, objective, proved, cutoff)
        elif solution.dual_valid:
            row_dual = -np.array(solution.row_dual, float)
            bound = self._relaxation_bound(status, objective, row_dual)
            row_dual = row_dual * scale.row / scale.cost
            col_dual = -np.array(solution.col_dual, float) / scale.column / scale.cost
        if status is not Status.OPTIMAL:
            row_dual = col_dual = None
        nodes = max(int(info.mip_node_count), 0) if tree else 0
        seconds = time.monotonic() - began
        return Outcome(status, x, objective, bound, row_dual, col_dual, seconds, nodes, message)

    def _status(
        self, highs: highspy.Highs, watch: Watch, has_plan: bool, cutoff: float | None
    ) -> tuple[Status, str]:
        """Status and message of the run that has just ended."""
        if watch.failure is not None:
            status = Status.FEASIBLE_LIMIT if has_plan else Status.NO_PLAN_YET
            return status, "the solver ran out of memory"
        kinds, said = highspy.HighsModelStatus, highs.modelStatusToString(highs.getModelStatus())
        if watch.returned == highspy.HighsStatus.kError:
            return Status.ERROR, f"the solver ended with an error: {said}"
        settled = settle_unbounded(highs, watch)
        if cutoff is not None and settled in (kinds.kInfeasible, kinds.kObjectiveBound):
            return Status.INFEASIBLE, f"no plan of at least {cutoff}"
        status = classify(settled, has_plan, watch.stopped())
        if status is Status.INFEASIBLE and has_plan:
            return Status.ERROR, "the solver found a plan and calls the program infeasible"
        return status, said

    def _relaxation_bound(self, status: Status, objective: float, row_dual: Vector) -> float:
        """Bound of a relaxation: its optimum, or what its internal multipliers (m,) prove."""
        if status is Status.OPTIMAL:
            return objective
        if status in (Status.FEASIBLE_LIMIT, Status.INTERRUPTED_FEASIBLE, Status.NO_PLAN_YET):
            return self.model.weak_dual_bound(row_dual) / self.scaling.cost
        return math.inf

    def _tree_bound(
        self, status: Status, objective: float, proved: float, cutoff: float | None
    ) -> float:
        """Bound of a tree search; what the cutoff hides may be as good as the cutoff."""
        floor = -math.inf if cutoff is None else cutoff
        if status in (*WITH_PLAN, Status.NO_PLAN_YET) and math.isfinite(proved):
            return max(self._user(proved), objective, floor)
        return math.inf
