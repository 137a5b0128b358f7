"""HiGHS behind a contract: the one module that talks to the solver.

The solver is asked through an ``Engine`` and answers with an ``Outcome`` in user units. Every
status it returns is checked, the status of an outcome comes from a closed list, and a plan is
handed out only if the solver calls it feasible. Inside, the program is minimised (the negated
objective), scaled by ``Matrix.scaled``.

Each run gets a thread of its own: HiGHS keeps its task scheduler per thread, so a fresh thread is
what allows another
number of threads than the run before, and the calling thread stays free for Python's signal
handlers.
"""

import copy
import math
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from allocator.matrix import (
    Cuts,
    Flags,
    Matrix,
    ModelError,
    Vector,
    scaled_cost,
    scaled_rows,
    scaled_sides,
    significant,
)

Option = bool | int | float | str
Basis = highspy.HighsBasis
Indices = npt.NDArray[np.intp] | npt.NDArray[np.int32]

OLDEST = (1, 15, 1)
"""First release without the wrong optima of 1.14."""
POLL = 0.05
"""Seconds between two looks of the waiting thread; Python runs signal handlers in between."""
LOG_INTERVAL = 0.5
"""Seconds between two progress reports of the tree search."""
AGREEMENT = 1e-6
"""Relative difference allowed between the objective the solver claims and that of its plan."""
DEVEX = 1
"""The relaxation's edge weights. Steepest-edge weights would be computed anew after every change
from outside, which costs more than the iterations that they save."""
IIS_STRATEGY = 6
"""The solver's infeasible subset is taken from the linear program and made irreducible."""
OK = highspy.HighsStatus.kOk
FEASIBLE = 2


def require_version(version: tuple[int, int, int]) -> None:
    """Refuse releases of the solver with known wrong answers.

    Raises:
        ImportError: ``version`` is older than ``OLDEST``.
    """
    if version < OLDEST:
        found, wanted = (".".join(map(str, v)) for v in (version, OLDEST))
        raise ImportError(
            f"highspy {found} returns wrong optima; install highspy {wanted} or later"
        )


VERSION = highspy.Highs().version()
"""Release of the solver in use."""
require_version(
    (highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR, highspy.HIGHS_VERSION_PATCH)
)


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


@dataclass
class Watch:
    """What the callbacks of one run share with the thread that waits for it.

    ``halt`` is the waiting thread's own stop; ``x`` and ``bound`` are the latest plan and bound,
    in internal units.
    """

    deadline: float
    stop: threading.Event
    halt: threading.Event
    events: "queue.SimpleQueue[Callable[[], None] | None]"
    x: Vector | None = None
    bound: float = -math.inf
    failure: BaseException | None = None
    returned: highspy.HighsStatus = highspy.HighsStatus.kError

    def stopped(self) -> bool:
        """Whether somebody asked for the end; a passed deadline does not count."""
        return self.stop.is_set() or self.halt.is_set()

    def answer(self, event: Any) -> None:
        """Tell the solver on every call whether to end: its flag sticks until written again."""
        event.data_in.user_interrupt = self.stopped() or time.monotonic() > self.deadline


def run(highs: highspy.Highs, watch: Watch) -> None:
    """Run the solver in a thread and deliver its events here until it has ended.

    Raises:
        BaseException: what a receiver of an event or a signal handler raised; the run is stopped
            and has ended before it is raised again.
        SolverError: the solver raised anything but running out of memory.
    """

    def work() -> None:
        try:
            watch.returned = highs.run()
        except BaseException as error:
            watch.failure = error
        finally:
            highspy.Highs.resetGlobalScheduler(False)
            watch.events.put(None)

    remaining = max(watch.deadline - time.monotonic(), 0.0)
    # The solver's clock runs on over all solves of one object, and its limit counts on that clock.
    set_options(highs, {"time_limit": highs.getRunTime() + remaining})
    worker = threading.Thread(target=work, name="highs", daemon=True)
    raised: BaseException | None = None
    while True:
        try:
            if worker.ident is None:
                worker.start()
            event = watch.events.get(timeout=POLL)
            if event is None:
                break
            if raised is None:
                event()
        except queue.Empty:
            continue
        except BaseException as error:
            if worker.ident is None:
                raise
            raised = raised or error
            watch.halt.set()
            watch.stop.set()
    worker.join()
    if raised is not None:
        raise raised
    if watch.failure is not None and not isinstance(watch.failure, MemoryError):
        raise SolverError(f"the solver failed: {watch.failure}") from watch.failure


def classify(model_status: highspy.HighsModelStatus, has_plan: bool, stopped: bool) -> Status:
    """Status of an outcome from the solver's model status; anything not listed is an error."""
    kinds = highspy.HighsModelStatus
    if model_status == kinds.kOptimal:
        return Status.OPTIMAL if has_plan else Status.ERROR
    if model_status == kinds.kInfeasible:
        return Status.INFEASIBLE
    if model_status == kinds.kUnbounded:
        return Status.UNBOUNDED_MODEL
    limits = (kinds.kTimeLimit, kinds.kIterationLimit, kinds.kSolutionLimit, kinds.kMemoryLimit)
    # The stubs of highspy lack the name of the interrupt it raises by itself.
    interrupts = (kinds.kInterrupt, kinds.__members__["kHighsInterrupt"])
    if model_status in limits + interrupts:
        if not has_plan:
            return Status.NO_PLAN_YET
        interrupted = model_status in interrupts and stopped
        return Status.INTERRUPTED_FEASIBLE if interrupted else Status.FEASIBLE_LIMIT
    return Status.ERROR


def settle_unbounded(highs: highspy.Highs, watch: Watch) -> highspy.HighsModelStatus:
    """Model status after a run; a run without objective settles 'unbounded or infeasible'.

    The objective is put back; the solution of the second run is not a plan of the model.
    """
    kinds = highspy.HighsModelStatus
    if highs.getModelStatus() != kinds.kUnboundedOrInfeasible:
        return highs.getModelStatus()
    columns = np.arange(highs.getNumCol(), dtype=np.int32)
    cost = np.array(highs.getLp().col_cost_)
    _expect(highs.changeColsCost(columns.size, columns, np.zeros(columns.size)), "zero objective")
    run(highs, watch)
    second = highs.getModelStatus()
    _expect(highs.changeColsCost(columns.size, columns, cost), "objective put back")
    settled = {kinds.kOptimal: kinds.kUnbounded, kinds.kUnboundedOrInfeasible: kinds.kInfeasible}
    return settled.get(second, second)


def set_options(highs: highspy.Highs, options: Mapping[str, Option]) -> None:
    """Set options of the solver.

    Raises:
        SolverError: the solver does not know an option or refuses its value.
    """
    for name, value in options.items():
        not_a_number = isinstance(value, float) and math.isnan(value)
        try:
            status = None if not_a_number else highs.setOptionValue(name, value)
        except TypeError:
            status = None
        if status != OK:
            raise SolverError(f"option {name} = {value!r} was refused by the solver")


class Engine:
    """One program held by the solver, changed in place, solved relaxed or in whole numbers.

    The relaxation is kept hot: its basis survives added rows and changed bounds. A tree search
        starts from a fresh
    solver object filled with the same internal program, so nothing of an earlier run sticks to it.

    An engine serves one thread at a time; several engines may run in several threads.
    """

    def __init__(
        self,
        matrix: Matrix,
        column_scale: Vector,
        *,
        threads: int = 1,
        seed: int = 0,
        log: Callable[[str], None] | None = None,
    ) -> None:
        """Scale the program and hand it to the solver.

        Args:
            matrix: the program in user units.
            column_scale: (n,) user units per internal unit, 1 for integer columns.
            threads: of every run of this engine.
            seed: of the solver's random choices.
            log: receives the solver's log line by line, in the calling thread.

        Raises:
            ModelError: the program or the scale is malformed.
            SolverError: the solver refuses the program.
        """
        matrix.check()
        self._model, self._scaling = matrix.scaled(np.asarray(column_scale, float))
        self._root = self._model
        self._cost = np.array(matrix.cost, float)
        self._options: dict[str, Option] = {"threads": threads, "random_seed": seed}
        self._log = log
        self.begin()

    def twin(self) -> "Engine":
        """Another engine that holds the same program, for another thread."""
        other = copy.copy(self)
        other.begin()
        return other

    def begin(self) -> None:
        """Hand the program as it stands to a solver object of this engine's own."""
        self._watch: Watch | None = None
        self._lp = self._load()
        set_options(self._lp, {"simplex_dual_edge_weight_strategy": DEVEX})
        self._listen(self._lp, None)

    @property
    def rows(self) -> int:
        """Number of rows now in the program; the next rows added are counted from here."""
        return int(self._model.rows.shape[0])

    def add_rows(self, cuts: Cuts) -> None:
        """Append rows in user units.

        Raises:
            ModelError: a number is unusable.
            SolverError: the solver refuses the rows.
        """
        cuts.check(self._cost.size)
        scale, root = self._scaling, self._root
        rows, lower, upper, row_scale, slack = scaled_rows(
            cuts, scale.column, root.lower, root.upper
        )
        count = int(rows.shape[0])
        start, index = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
        _expect(
            self._lp.addRows(count, lower, upper, rows.nnz, start, index, rows.data), "new rows"
        )
        self._model = replace(
            self._model,
            rows=sparse.csr_array(sparse.vstack([self._model.rows, rows], format="csr")),
            row_lower=np.concatenate([self._model.row_lower, lower]),
            row_upper=np.concatenate([self._model.row_upper, upper]),
            row_names=[*self._model.row_names, *(f"cut {self.rows + k}" for k in range(count))],
        )
        self._scaling = replace(
            scale, row=np.append(scale.row, row_scale), slack=np.vstack([scale.slack, slack])
        )
        _count(self._lp, self._model)

    def delete_rows(self, which: Flags) -> None:
        """Take out the rows flagged in ``which`` (m,); those that stay keep their order."""
        if np.shape(which) != (self.rows,):
            raise ModelError(
                f"flags have shape {np.shape(which)}, the program has {self.rows} rows"
            )
        gone = np.flatnonzero(which).astype(np.int32)
        _expect(self._lp.deleteRows(gone.size, gone), "rows taken out")
        keep = np.flatnonzero(~which)
        model, scale = self._model, self._scaling
        self._model = replace(
            model,
            rows=sparse.csr_array(model.rows[keep]),
            row_lower=model.row_lower[keep],
            row_upper=model.row_upper[keep],
            row_names=[model.row_names[k] for k in keep],
        )
        self._scaling = replace(scale, row=scale.row[keep], slack=scale.slack[keep])
        _count(self._lp, self._model)

    def drop_basic_rows(self, which: Flags) -> Flags:
        """Take out those of the flagged rows (m,) that are basic, so not binding; the basis
        stays. Returns which (m,) were taken out."""
        basis = self._lp.getBasis()
        status = list(basis.row_status)
        basic = np.array([entry == highspy.HighsBasisStatus.kBasic for entry in status])
        gone: Flags = which & basic
        self.delete_rows(gone)
        basis.row_status = [status[n] for n in np.flatnonzero(~gone)]
        _expect(self._lp.setBasis(basis), "basis")
        return gone

    def set_bounds(self, columns: Indices, lower: Vector, upper: Vector) -> None:
        """Give the columns with these indices new bounds (k,) in user units."""
        columns = columns.astype(np.int32)
        scale = self._scaling.column[columns]
        model = replace(
            self._model, lower=self._model.lower.copy(), upper=self._model.upper.copy()
        )
        model.lower[columns], model.upper[columns] = (
            significant(lower / scale),
            significant(upper / scale),
        )
        model.check()
        new = model.lower[columns], model.upper[columns]
        _expect(self._lp.changeColsBounds(columns.size, columns, *new), "new bounds")
        self._model = model

    def set_row_bounds(self, rows: Indices, lower: Vector, upper: Vector) -> None:
        """Give the rows with these indices new sides (k,) in user units, +-inf allowed."""
        rows = rows.astype(np.int32)
        scale = self._scaling
        sides = scaled_sides(
            np.asarray(lower, float), np.asarray(upper, float), scale.row[rows], scale.slack[rows]
        )
        row_lower, row_upper = self._model.row_lower.copy(), self._model.row_upper.copy()
        row_lower[rows], row_upper[rows] = sides
        model = replace(self._model, row_lower=row_lower, row_upper=row_upper)
        model.check()
        change = getattr(self._lp, "changeRowsBounds")  # noqa: B009 - missing in the stubs
        _expect(change(rows.size, rows, *sides), "new sides")
        self._model = model

    def set_cost(self, cost: Vector) -> None:
        """Replace the objective by ``cost`` (n,) in user units; it gets a scale of its own."""
        cost = np.array(cost, float)
        model = replace(self._model, cost=cost)
        model.check()
        reach = np.maximum(np.abs(model.lower), np.abs(model.upper))
        internal, scale = scaled_cost(cost, self._scaling.column, reach)
        everything = np.arange(cost.size, dtype=np.int32)
        _expect(self._lp.changeColsCost(cost.size, everything, -internal), "new objective")
        self._cost, self._model = cost, replace(model, cost=internal)
        self._scaling = replace(self._scaling, cost=scale)

    def subset(self, seconds: float) -> tuple[list[int], list[int]]:
        """Rows and columns that the solver names as an irreducible subset without a point."""
        # Of an object of its own: the callbacks of a run would be called outside of one.
        fresh = self._load()
        set_options(fresh, {"iis_strategy": IIS_STRATEGY, "iis_time_limit": seconds})
        _, found = fresh.getIis()
        if not found.valid_:
            return [], []
        return [int(n) for n in found.row_index_], [int(n) for n in found.col_index_]

    def basis(self) -> Basis:
        """The basis of the last relaxation, to come back to."""
        return self._lp.getBasis()

    def restore(self, basis: Basis) -> None:
        """Start the next relaxation from ``basis``, taken when the program had the same rows or
        the first of them."""
        missing = self.rows - len(basis.row_status)
        if missing:
            basis.row_status = [*basis.row_status, *[highspy.HighsBasisStatus.kBasic] * missing]
        _expect(self._lp.setBasis(basis), "basis")

    def forget(self) -> None:
        """Start the next relaxation from nothing: after many new rows that is faster."""
        _expect(self._lp.clearSolver(), "fresh start")

    def solve_lp(
        self,
        deadline: float,
        stop: threading.Event | None = None,
        *,
        cutoff: float | None = None,
    ) -> Outcome:
        """Solve the relaxation, starting from the basis of the last one.

        Args:
            deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
            stop: set by anyone who wants the end.
            cutoff: only points better than this are looked for; if there is none, the status is
                INFEASIBLE and the bound is the cutoff.

        Raises:
            SolverError: the solver contradicts itself.
        """
        began = time.monotonic()
        watch = self._watch = new_watch(deadline, stop)
        # From nothing, the interior point is several times faster on these staircase programs
        # than the simplex.
        warm = self._lp.getBasis().valid
        floor = -math.inf if cutoff is None else cutoff
        settings: dict[str, Option] = {
            "solver": "simplex" if warm else "ipm",
            "objective_bound": -floor * self._scaling.cost,
        }
        set_options(self._lp, settings)
        run(self._lp, watch)
        return self._outcome(self._lp, watch, began, tree=False, cutoff=cutoff)

    def solve_mip(
        self,
        deadline: float,
        stop: threading.Event | None = None,
        *,
        gap: float,
        start: Vector | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_incumbent: Callable[[Vector, float], None] | None = None,
        cutoff: float | None = None,
        node_limit: int | None = None,
        options: Mapping[str, Option] | None = None,
        relaxed: Indices | None = None,
    ) -> Outcome:
        """Solve the program with its whole numbers.

        Args:
            deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
            stop: set by anyone who wants the end; the plan found by then is returned.
            gap: relative difference of bound and objective to stop at.
            start: (n,) plan to start from. Only its integer columns are used, the solver
                completes them; a start that cannot be completed, or holds a NaN among them, is
                passed over.
            on_progress: receives the state about every half second, in the calling thread.
            on_incumbent: receives each better plan and its objective, in the calling thread.
            cutoff: only plans at least this good are looked for; if there is none, the status is
                INFEASIBLE and the bound is the cutoff.
            node_limit: nodes to stop after.
            options: further options of the solver.
            relaxed: integer columns that may take fractions in this search; its bound holds for
                the whole program too.

        Raises:
            SolverError: an option is refused, or the solver contradicts itself.
        """
        whole = self._model.integer.copy()
        if relaxed is not None:
            whole[relaxed] = False
        if not whole.any():
            return self.solve_lp(deadline, stop)
        began, watch = time.monotonic(), new_watch(deadline, stop)
        settings: dict[str, Option] = {
            "mip_rel_gap": float(gap),
            "mip_abs_gap": 0.0,
            "output_flag": True,
            "mip_lp_solver": "ipm",
        }
        settings["mip_min_logging_interval"] = LOG_INTERVAL
        if cutoff is not None:
            settings["objective_bound"] = -float(cutoff) * self._scaling.cost
        if node_limit is not None:
            settings["mip_max_nodes"] = node_limit
        mip = self._load(whole)
        try:
            set_options(mip, {**settings, **(options or {})})
            self._give_start(mip, start)
            self._listen(mip, watch)
            self._listen_tree(mip, watch, on_progress, on_incumbent)
            run(mip, watch)
            return self._outcome(mip, watch, began, tree=True, cutoff=cutoff)
        finally:
            mip.clear()

    def _load(self, whole: Flags | None = None) -> highspy.Highs:
        """A solver object that holds the internal program, compared with the data it was given."""
        model = self._model
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = model.cost.size, self.rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = -model.cost, model.lower, model.upper
        lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = model.rows.indptr.astype(np.int32)
        lp.a_matrix_.index_ = model.rows.indices.astype(np.int32)
        lp.a_matrix_.value_ = model.rows.data
        if whole is not None:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(flag)] for flag in whole]
        highs = highspy.Highs()
        quiet = {"log_to_console": False, "output_flag": self._log is not None}
        set_options(highs, {**quiet, **self._options})
        _expect(highs.passModel(lp), "program")
        _count(highs, model)
        return highs

    def _give_start(self, mip: highspy.Highs, start: Vector | None) -> None:
        """Hand over the known integer values of ``start`` (n,), rounded."""
        if start is None:
            return
        if np.shape(start) != self._cost.shape:
            raise ModelError(f"start has shape {np.shape(start)}, expected {self._cost.shape}")
        known = np.flatnonzero(self._model.integer).astype(np.int32)
        # For a partial start the solver runs a search of its own, and what that reports looks
        # like bounds of the program.
        if not np.isnan(start[known]).any():
            _expect(mip.setSolution(known.size, known, np.rint(start[known])), "start")

    def _listen(self, highs: highspy.Highs, watch: Watch | None) -> None:
        """Subscribe to interrupts and log; without a watch, for that of the current relaxation."""

        def current() -> Watch:
            found = watch or self._watch
            assert found is not None
            return found

        for interrupt in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
            interrupt.subscribe(lambda event: current().answer(event))
        log = self._log
        if log is not None:
            highs.cbLogging.subscribe(
                lambda event: current().events.put(partial(log, str(event.message).rstrip("\n")))
            )

    def _listen_tree(
        self,
        mip: highspy.Highs,
        watch: Watch,
        on_progress: Callable[[Progress], None] | None,
        on_incumbent: Callable[[Vector, float], None] | None,
    ) -> None:
        """Subscribe to the plans and the progress of a tree search."""

        def improved(event: Any) -> None:
            watch.x = np.array(event.data_out.mip_solution, float)
            if on_incumbent is not None:
                plan = watch.x * self._scaling.column
                watch.events.put(partial(on_incumbent, plan, float(self._cost @ plan)))

        def progressed(event: Any) -> None:
            watch.bound = float(event.data_out.mip_dual_bound)
            if on_progress is not None:
                watch.events.put(partial(on_progress, self._progress(event.data_out)))

        mip.cbMipImprovingSolution.subscribe(improved)
        mip.cbMipLogging.subscribe(progressed)

    def _progress(self, seen: Any) -> Progress:
        """A progress report of the solver in user units."""
        incumbent, bound = (
            self._user(float(v)) for v in (seen.mip_primal_bound, seen.mip_dual_bound)
        )
        nodes = int(seen.mip_node_count)
        phase = "presolve" if math.isinf(bound) else "tree" if nodes > 1 else "root"
        return Progress(float(seen.running_time), incumbent, bound, nodes, phase)

    def _user(self, minimised: float) -> float:
        """An internal objective value in user units."""
        return -minimised / self._scaling.cost

    def _outcome(
        self,
        highs: highspy.Highs,
        watch: Watch,
        began: float,
        *,
        tree: bool,
        cutoff: float | None = None,
    ) -> Outcome:
        """The outcome of the run that has just ended."""
        info, solution, scale = highs.getInfo(), highs.getSolution(), self._scaling
        claims_plan = info.primal_solution_status == FEASIBLE and watch.failure is None
        internal = np.array(solution.col_value, float) if claims_plan else watch.x
        status, message = self._status(highs, watch, internal is not None, cutoff)
        x = internal * scale.column if internal is not None and status in WITH_PLAN else None
        objective = -math.inf if x is None else float(self._cost @ x)
        if x is not None and claims_plan:
            claimed = self._user(float(info.objective_function_value))
            allowed = AGREEMENT * abs(claimed) + AGREEMENT**1.5 * float(
                np.abs(self._cost) @ np.abs(x)
            )
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
            return self._model.weak_dual_bound(row_dual) / self._scaling.cost
        return math.inf

    def _tree_bound(
        self, status: Status, objective: float, proved: float, cutoff: float | None
    ) -> float:
        """Bound of a tree search; what the cutoff hides may be as good as the cutoff."""
        floor = -math.inf if cutoff is None else cutoff
        if status in (*WITH_PLAN, Status.NO_PLAN_YET) and math.isfinite(proved):
            return max(self._user(proved), objective, floor)
        return math.inf


def infeasible_subset(
    matrix: Matrix, column_scale: Vector, seconds: float
) -> tuple[list[int], list[int]]:
    """Rows and columns of an irreducible subset of the linear relaxation that has no point, as
    the solver sees it; empty if it names none.

    The answer is a proposal: releases of the solver have named wrong sets and have crashed here,
    so ask in a process that may die, and solve the subset again.
    """
    engine = Engine(matrix, column_scale)
    return engine.subset(seconds)


def new_watch(deadline: float, stop: threading.Event | None) -> Watch:
    """The watch of a run that ends at ``deadline`` or when ``stop`` is set.

    Raises:
        SolverError: the deadline is not a number, which the solver would read as no limit.
    """
    if math.isnan(deadline):
        raise SolverError("the deadline is not a number")
    return Watch(deadline, stop or threading.Event(), threading.Event(), queue.SimpleQueue())


def _expect(status: highspy.HighsStatus, what: str) -> None:
    """Raise ``SolverError`` unless the solver accepted ``what`` without a warning."""
    if status != OK:
        raise SolverError(f"{what} refused by the solver: {status.name}")


def _count(highs: highspy.Highs, model: Matrix) -> None:
    """Raise ``SolverError`` unless the solver holds as many numbers as ``model``."""
    held = highs.getNumCol(), highs.getNumRow(), highs.getNumNz()
    given = model.cost.size, model.rows.shape[0], model.rows.nnz
    if held != given:
        raise SolverError(
            f"the solver holds (columns, rows, non-zeros) {held}, it was given {given}"
        )
