"""The program with a plan's whole numbers fixed: a linear program whose prices can be read.

Packages, deals, offers, openings, hires and the pieces of S-shaped curves stay as the plan has
them; all else is free. Tangents are added where the optimum sits until none is missing.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import cycle
from typing import TypeVar

import numpy as np
from scipy import sparse

from allocator.decoding import decode
from allocator.handover import Handover, hand_over
from allocator.highs import Basis, Indices, Outcome, Status
from allocator.matrix import Vector
from allocator.polish import ROUNDS, TOLERANCE
from allocator.reasons.point import stated_columns
from allocator.reasons.whole import EDGE, input_of, whole_numbers
from allocator.relaxation import Relaxation
from allocator.tangents import Pool, first_tangents, separate
from fact_models.decisions import Decisions
from fact_models.program import Program, build
from fact_models.replay import Facts, Replay, facts, replay
from fact_models.spec.instance import Instance
from fact_models.terms import Shaped
from fact_models.verify import verify

IMPLIED = (
    "field.boost_visits",
    "field.boosted",
    "field.recommended",
    "field.distinct",
    "field.returning",
    "field.inflow",
    "field.harvested",
    "field.well_received",
    "field.matched",
    "field.capacity",
    "field.visits",
    "field.base_orders",
    "modes.ordered",
    "modes.mode_orders",
    "alliance.visits",
    "goods.line_orders",
    "money.gmv",
    "money.net_gmv",
    "money.spend",
    "snowball.earned",
    "snowball.content_orders",
    "snowball.shelf_orders",
    "snowball.repeat_orders",
)
"""Columns whose largest value only follows from the rules: where it is reached with a limit, the
solver could name it in the limit's place."""
ROOM = 2.0
"""Factor by which it is widened."""

FAR = 0.01
"""Share of a curve's height from which on a tangent is out of the reach of a small step."""
WITHIN = 1e-7
"""Share of a plan's own figures within which it is looked for as a point of the program."""
BESIDE = (0.8, 1.0, 1.25)
"""Where tangents are placed beside the plan, as shares of its own inputs."""
SETTLED = 1e-3
"""Share of what a shift brings by which a round of tangents lowers it that is the last one."""


Answer = TypeVar("Answer")


class Unsolved(RuntimeError):
    """The linear program has no optimum within the limits; the message says why."""


@dataclass(frozen=True, eq=False)
class Shift:
    """Limits that move: rows (k,) whose sides move by ``by`` (k,), columns (n,) whose largest
    value moves by ``most`` (n,)."""

    rows: Indices
    by: Vector
    columns: Indices = field(default_factory=lambda: np.zeros(0, np.intp))
    most: Vector = field(default_factory=lambda: np.zeros(0))

    @property
    def size(self) -> int:
        """How many limits move."""
        return self.rows.size + self.columns.size

    def __mul__(self, factor: float) -> "Shift":
        return Shift(self.rows, self.by * factor, self.columns, self.most * factor)


@dataclass
class Fixed:
    """The linear program of a plan, kept hot.

    Attributes:
        instance: what is planned.
        decisions: the plan.
        program, arrays: the program and its matrix.
        relaxation: the solver's engine with the tangents found so far.
        base: optimum as the plan's limits stand.
        rows, columns: number of a row and of a column by its name.
        threads: 2 or more to answer two questions at a time.
        solves: linear programs solved on this engine.
        basis: that of the optimum, from which every shift starts.
    """

    instance: Instance
    known: Facts
    decisions: Decisions
    program: Program
    arrays: Handover
    relaxation: Relaxation
    deadline: float
    stop: threading.Event | None
    base: Outcome
    rows: dict[str, int]
    columns: dict[str, int]
    threads: int = 1
    solves: int = 0
    basis: Basis = field(default_factory=Basis)
    _twin: "Fixed | None" = None

    @property
    def value(self) -> float:
        """Objective of the optimum; a least cost is its negative."""
        return self.base.objective

    @cached_property
    def by_column(self) -> sparse.csr_array:
        """Rows of the program by column."""
        return sparse.csr_array(self.arrays.matrix.rows.T)

    def solve(
        self,
        tolerance: float | None = TOLERANCE,
        enough: Callable[[float], bool] | None = None,
    ) -> Outcome:
        """The optimum of the program as it stands now; None as tolerance adds no tangents.

        Args:
            tolerance: of tangents that are missing.
            enough: whether the objective, which further tangents only lower, says enough.

        Raises:
            Unsolved: there is none within the limits.
        """
        for _ in range(ROUNDS):
            outcome = self.relaxation.settle(self.deadline, self.stop)
            self.solves += 1
            if outcome.status is not Status.OPTIMAL or outcome.x is None:
                raise Unsolved(outcome.message or outcome.status.value)
            if enough is not None and enough(outcome.objective):
                break
            if tolerance is None or not self.relaxation.tighten(outcome, tolerance):
                break
        return outcome

    def shifted(
        self,
        shift: "Shift",
        tolerance: float | None = None,
        *,
        afresh: bool = False,
        enough: Callable[[float], bool] | None = None,
    ) -> Outcome | None:
        """The optimum with limits moved; None if there is none then. They are put back.

        Args:
            shift: which limits, and by how much.
            tolerance: of further tangents; None takes those at hand.
            afresh: solve from nothing, which is quicker where limits move far.
            enough: whether the objective before all tangents are there says enough.

        Raises:
            Unsolved: it was stopped.
        """
        matrix, engine = self.arrays.matrix, self.relaxation.engine
        rows, columns = shift.rows, shift.columns
        sides = matrix.row_lower[rows], matrix.row_upper[rows]
        box = matrix.lower[columns], matrix.upper[columns]
        if afresh:
            engine.forget()
        else:
            engine.restore(self.basis)
        try:
            engine.set_row_bounds(rows, *(side + shift.by for side in sides))
            if columns.size:
                engine.set_bounds(columns, box[0], np.maximum(box[1] + shift.most, box[0]))
            return self.solve(tolerance, enough)
        except Unsolved:
            if self.halted():
                raise
            return None
        finally:
            engine.set_row_bounds(rows, *sides)
            if columns.size:
                engine.set_bounds(columns, *box)

    def each(self, questions: Sequence[Callable[["Fixed"], Answer]]) -> Iterator[Answer]:
        """Answers to questions that move limits and put them back, in their order; with two
        threads every other one is answered on an engine of its own. Which engine answers which
        depends on their order alone, so that the last digits do too."""
        if self.threads < 2 or len(questions) < 2:
            yield from (question(self) for question in questions)
            return
        if self._twin is None:
            self._twin = self.twin()
        with ThreadPoolExecutor(1) as mine, ThreadPoolExecutor(1) as other:
            desks = cycle([(mine, self), (other, self._twin)])
            jobs = [
                thread.submit(question, of)
                for question, (thread, of) in zip(questions, desks, strict=False)
            ]
            try:
                yield from (job.result() for job in jobs)
            finally:
                for job in jobs:
                    job.cancel()

    def twin(self) -> "Fixed":
        """The same linear program at the same optimum on another engine."""
        relaxation = self.relaxation.twin()
        relaxation.pool = self.relaxation.pool.twin()
        relaxation.engine.restore(self.basis)
        basis = relaxation.engine.basis()
        return replace(self, relaxation=relaxation, basis=basis, threads=1, solves=0, _twin=None)

    @property
    def all_solves(self) -> int:
        """Linear programs solved on both engines."""
        return self.solves + (self._twin.solves if self._twin else 0)

    def settling(self) -> Callable[[float], bool]:
        """Says enough once a round of tangents lowers what a shift brings by less than
        ``SETTLED`` of it."""
        last = math.inf

        def enough(objective: float) -> bool:
            nonlocal last
            fell, last = last - objective, objective
            return fell <= SETTLED * abs(objective - self.value)

        return enough

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Tangents added within are taken out at its end: they were for limits far from here."""
        rows = self.relaxation.engine.rows
        try:
            yield
        finally:
            self.relaxation.keep_only(rows)
            # Coming back to the basis gave it the new rows.
            self.basis.row_status = list(self.basis.row_status)[:rows]

    def lighten(self) -> None:
        """Take out the tangents that no small step reaches: what follows is solved faster."""
        assert self.base.x is not None
        self.relaxation.engine.restore(self.basis)
        self.relaxation.purge(self.base.x, FAR)
        self.basis = self.relaxation.engine.basis()

    def halted(self) -> bool:
        """Whether time is over or somebody asked for the end."""
        return time.monotonic() >= self.deadline or bool(self.stop and self.stop.is_set())

    def replayed(self, outcome: Outcome, instance: Instance | None = None) -> Replay | None:
        """What the optimum brings by the true laws; None if it breaks a rule of ``instance``."""
        assert outcome.x is not None
        instance = self.instance if instance is None else instance
        known = self.known if instance is self.instance else facts(instance)
        planned = decode(self.program, self.arrays, outcome.x)
        states = replay(instance, planned, accept="trim", known=known)
        states = replay(instance, states.decisions, known=known)
        check = verify(instance, states.decisions, objective=states.objective)
        return states if check.ok else None


def fixed(
    instance: Instance,
    decisions: Decisions,
    *,
    deadline: float = math.inf,
    stop: threading.Event | None = None,
    threads: int = 1,
) -> Fixed:
    """Build the program of a plan, fix its whole numbers and solve it exactly.

    Args:
        instance: what is planned.
        decisions: a plan that keeps the rules.
        deadline: value of ``time.monotonic()`` to end at.
        stop: set by anyone who wants the end.
        threads: 2 or more to answer two questions at a time later on.

    Raises:
        Unsolved: there is no optimum within the limits.
    """
    known = facts(instance)
    program = _built(instance, known, decisions)
    arrays = _open(hand_over(program))
    pool = Pool()
    pool.fresh(arrays.terms, *first_tangents(arrays.terms))
    relaxation = Relaxation(arrays, pool, [], seed=0)
    columns, values = whole_numbers(program, arrays, known, decisions)
    relaxation.engine.set_bounds(columns, values, values)
    _touch(relaxation, program, decisions, deadline, stop)
    rows = {name: n for n, name in enumerate(arrays.matrix.row_names)}
    names = {name: n for n, name in enumerate(arrays.matrix.column_names)}
    nothing = Outcome(Status.NO_PLAN_YET, None, -math.inf, math.inf, None, None, 0.0, 0, "")
    found = Fixed(
        instance,
        known,
        decisions,
        program,
        arrays,
        relaxation,
        deadline,
        stop,
        nothing,
        rows,
        names,
        threads,
    )
    found.base = found.solve()
    found.basis = relaxation.engine.basis()
    return found


def _touch(
    relaxation: Relaxation,
    program: Program,
    decisions: Decisions,
    deadline: float,
    stop: threading.Event | None,
) -> None:
    """Add tangents where the plan sits and beside it: the optimum with its whole numbers is near.

    A plan that is no point of the program within rounding leaves it as it is.
    """
    arrays, engine = relaxation.arrays, relaxation.engine
    columns, values = stated_columns(program, arrays, decisions)
    lower, upper = arrays.matrix.lower[columns], arrays.matrix.upper[columns]
    far = WITHIN * np.abs(values)
    engine.set_bounds(columns, np.maximum(values - far, lower), np.minimum(values + far, upper))
    outcome = relaxation.solve(deadline, stop)
    engine.set_bounds(columns, lower, upper)
    engine.forget()
    if outcome.x is not None:
        terms = arrays.terms
        which, ratio, _ = separate(terms, outcome.x, -math.inf)
        for share in BESIDE:
            relaxation.add(which, np.clip(share * ratio, terms.first[which], terms.last[which]))


def _open(arrays: Handover) -> Handover:
    """The program without the bounds of ``IMPLIED``, which would hide the limits behind them."""
    matrix = arrays.matrix
    implied = np.array([name.partition("[")[0] in IMPLIED for name in matrix.column_names])
    upper = np.where(implied, ROOM * matrix.upper, matrix.upper)
    return replace(arrays, matrix=replace(matrix, upper=upper))


def _built(instance: Instance, known: Facts, decisions: Decisions) -> Program:
    """The program with a breakpoint of every S-shaped curve where the plan sits on its convex
    part, so that the chord is exact there."""
    program = build(instance)
    splits = {}
    for response in program.terms.shaped:
        at = input_of(known, response, decisions)
        if _within(response, at) and at < response.curve.inflection():
            splits[response.name] = [at]
    return build(instance, splits) if splits else program


def _within(response: Shaped, at: float) -> bool:
    """Whether ``at`` lies inside the curve's range and on none of its breakpoints."""
    cuts = np.array(response.cuts)
    return bool(np.abs(cuts - at).min() > EDGE * cuts[-1] and cuts[0] < at < cuts[-1])
