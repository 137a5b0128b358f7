"""One program in the hands of the solver, changed in place and solved again."""

import copy
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from allocator.highs.answers import Held
from allocator.highs.outcomes import Indices, Option, Outcome, Progress, Status
from allocator.highs.running import Watch, check_counts, expect, new_watch, run, set_options
from allocator.matrix import (
    Cuts,
    Flags,
    Matrix,
    ModelError,
    Vector,
    dot,
    scaled_cost,
    scaled_rows,
    scaled_sides,
    significant,
)

Basis = highspy.HighsBasis

LOG_INTERVAL = 0.5
"""Seconds between two progress reports of the tree search."""
DEVEX = 1
"""The relaxation's edge weights. Steepest-edge weights would be computed anew after every change
from outside, which costs more than the iterations that they save."""
IIS_STRATEGY = 6
"""The solver's infeasible subset is taken from the linear program and made irreducible."""


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
    def _held(self) -> Held:
        """The program as it stands."""
        return Held(self._model, self._scaling, self._cost)

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
        expect(
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
        check_counts(self._lp, self._model)

    def delete_rows(self, which: Flags) -> None:
        """Take out the rows flagged in ``which`` (m,); those that stay keep their order."""
        if np.shape(which) != (self.rows,):
            raise ModelError(
                f"flags have shape {np.shape(which)}, the program has {self.rows} rows"
            )
        gone = np.flatnonzero(which).astype(np.int32)
        expect(self._lp.deleteRows(gone.size, gone), "rows taken out")
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
        check_counts(self._lp, self._model)

    def drop_basic_rows(self, which: Flags) -> Flags:
        """Take out those of the flagged rows (m,) that are basic, so not binding; the basis
        stays. Returns which (m,) were taken out."""
        basis = self._lp.getBasis()
        status = list(basis.row_status)
        basic = np.array([entry == highspy.HighsBasisStatus.kBasic for entry in status])
        gone: Flags = which & basic
        self.delete_rows(gone)
        basis.row_status = [status[n] for n in np.flatnonzero(~gone)]
        expect(self._lp.setBasis(basis), "basis")
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
        expect(self._lp.changeColsBounds(columns.size, columns, *new), "new bounds")
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
        expect(change(rows.size, rows, *sides), "new sides")
        self._model = model

    def set_cost(self, cost: Vector) -> None:
        """Replace the objective by ``cost`` (n,) in user units; it gets a scale of its own."""
        cost = np.array(cost, float)
        model = replace(self._model, cost=cost)
        model.check()
        reach = np.maximum(np.abs(model.lower), np.abs(model.upper))
        internal, scale = scaled_cost(cost, self._scaling.column, reach)
        everything = np.arange(cost.size, dtype=np.int32)
        expect(self._lp.changeColsCost(cost.size, everything, -internal), "new objective")
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
        expect(self._lp.setBasis(basis), "basis")

    def forget(self) -> None:
        """Start the next relaxation from nothing: after many new rows that is faster."""
        expect(self._lp.clearSolver(), "fresh start")

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
        set_options(self._lp, {"objective_bound": -floor * self._scaling.cost})
        # Now and then an optimum breaks a row once it is unscaled; from nothing it does not.
        for solver in ("simplex", "ipm") if warm else ("ipm",):
            if warm and solver == "ipm":
                self.forget()
            set_options(self._lp, {"solver": solver})
            run(self._lp, watch)
            outcome = self._held.outcome(self._lp, watch, began, tree=False, cutoff=cutoff)
            if outcome.status is not Status.ERROR:
                break
        return outcome

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
        settings |= options or {}
        # What the solver contradicts itself about with presolve it is asked again without.
        for more in ({}, {"presolve": "off"}):
            mip = self._load(whole)
            try:
                set_options(mip, {**settings, **more})
                self._give_start(mip, start)
                self._listen(mip, watch)
                self._listen_tree(mip, watch, on_progress, on_incumbent)
                run(mip, watch)
                outcome = self._held.outcome(mip, watch, began, tree=True, cutoff=cutoff)
            finally:
                mip.clear()
            if outcome.status is not Status.ERROR or time.monotonic() >= deadline:
                break
            watch = new_watch(deadline, stop)
        return outcome

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
        expect(highs.passModel(lp), "program")
        check_counts(highs, model)
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
            expect(mip.setSolution(known.size, known, np.rint(start[known])), "start")

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
                watch.events.put(partial(on_incumbent, plan, dot(self._cost, plan)))

        def progressed(event: Any) -> None:
            watch.bound = float(event.data_out.mip_dual_bound)
            if on_progress is not None:
                watch.events.put(partial(on_progress, self._held.progress(event.data_out)))

        mip.cbMipImprovingSolution.subscribe(improved)
        mip.cbMipLogging.subscribe(progressed)


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
