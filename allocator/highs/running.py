"""One run of the solver in a thread of its own, and what its model status means.

HiGHS keeps its task scheduler per thread, so a fresh thread is what allows another number of
threads than the run before, and the calling thread stays free for Python's signal handlers.
"""

import math
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from allocator.highs.outcomes import Option, SolverError, Status
from allocator.matrix import Matrix, Vector

OLDEST = (1, 16, 0)
"""First release without the wrong optima of 1.14 and 1.15 (docs/decisions/0014)."""
POLL = 0.05
"""Seconds between two looks of the waiting thread; Python runs signal handlers in between."""
STDOUT = 1
"""File descriptor that the solver's own library writes to."""
OK = highspy.HighsStatus.kOk


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


def installed() -> str:
    """Release of the solver in use. The first object of a process prints a line about itself to
    stdout whatever its options say; there only tables and JSON belong.
    """
    try:
        kept = os.dup(STDOUT)
    except OSError:  # nobody listens
        return highspy.Highs().version()
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDOUT)
        return highspy.Highs().version()
    finally:
        os.dup2(kept, STDOUT)
        os.close(kept)
        os.close(nowhere)


VERSION = installed()
"""Release of the solver in use."""
require_version(
    (highspy.HIGHS_VERSION_MAJOR, highspy.HIGHS_VERSION_MINOR, highspy.HIGHS_VERSION_PATCH)
)


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
    expect(highs.changeColsCost(columns.size, columns, np.zeros(columns.size)), "zero objective")
    run(highs, watch)
    second = highs.getModelStatus()
    expect(highs.changeColsCost(columns.size, columns, cost), "objective put back")
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


def new_watch(deadline: float, stop: threading.Event | None) -> Watch:
    """The watch of a run that ends at ``deadline`` or when ``stop`` is set.

    Raises:
        SolverError: the deadline is not a number, which the solver would read as no limit.
    """
    if math.isnan(deadline):
        raise SolverError("the deadline is not a number")
    return Watch(deadline, stop or threading.Event(), threading.Event(), queue.SimpleQueue())


def expect(status: highspy.HighsStatus, what: str) -> None:
    """Raise ``SolverError`` unless the solver accepted ``what`` without a warning."""
    if status != OK:
        raise SolverError(f"{what} refused by the solver: {status.name}")


def check_counts(highs: highspy.Highs, model: Matrix) -> None:
    """Raise ``SolverError`` unless the solver holds as many numbers as ``model``."""
    held = highs.getNumCol(), highs.getNumRow(), highs.getNumNz()
    given = model.cost.size, model.rows.shape[0], model.rows.nnz
    if held != given:
        raise SolverError(
            f"the solver holds (columns, rows, non-zeros) {held}, it was given {given}"
        )
