"""The program with a plan's whole numbers fixed: a linear program whose prices can be read.

Packages, deals, offers, openings, hires and the pieces of S-shaped curves stay as the plan has
them; all else is free. Tangents are added where the optimum sits until none is missing.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from allocator.decoding import decode
from allocator.handover import Handover, hand_over
from allocator.highs import Basis, Indices, Outcome, Status
from allocator.matrix import Vector
from allocator.polish import ROUNDS, TOLERANCE
from allocator.relaxation import Relaxation
from allocator.tangents import Pool, first_tangents
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
EDGE = 1e-9
"""Share of a curve's range within which an input is taken for 0 or for a breakpoint."""


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
        solves: linear programs solved.
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
    solves: int = 0
    basis: Basis = field(default_factory=Basis)

    @property
    def value(self) -> float:
        """Objective of the optimum; a least cost is its negative."""
        return self.base.objective

    @cached_property
    def by_column(self) -> sparse.csr_array:
        """Rows of the program by column."""
        return sparse.csr_array(self.arrays.matrix.rows.T)

    def solve(self, tolerance: float | None = TOLERANCE) -> Outcome:
        """The optimum of the program as it stands now; None as tolerance adds no tangents.

        Raises:
            Unsolved: there is none within the limits.
        """
        for _ in range(ROUNDS):
            outcome = self.relaxation.settle(self.deadline, self.stop)
            self.solves += 1
            if outcome.status is not Status.OPTIMAL or outcome.x is None:
                raise Unsolved(outcome.message or outcome.status.value)
            if tolerance is None or not self.relaxation.cut(outcome.x, tolerance):
                break
        return outcome

    def shifted(self, shift: "Shift", tolerance: float | None = None) -> Outcome | None:
        """The optimum with limits moved; None if there is none then. They are put back.

        Args:
            shift: which limits, and by how much.
            tolerance: of further tangents; None takes those at hand.

        Raises:
            Unsolved: it was stopped.
        """
        matrix, engine = self.arrays.matrix, self.relaxation.engine
        rows, columns = shift.rows, shift.columns
        sides = matrix.row_lower[rows], matrix.row_upper[rows]
        box = matrix.lower[columns], matrix.upper[columns]
        engine.restore(self.basis)
        try:
            engine.set_row_bounds(rows, *(side + shift.by for side in sides))
            if columns.size:
                engine.set_bounds(columns, box[0], np.maximum(box[1] + shift.most, box[0]))
            return self.solve(tolerance)
        except Unsolved:
            if self.halted():
                raise
            return None
        finally:
            engine.set_row_bounds(rows, *sides)
            if columns.size:
                engine.set_bounds(columns, *box)

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
) -> Fixed:
    """Build the program of a plan, fix its whole numbers and solve it exactly.

    Args:
        instance: what is planned.
        decisions: a plan that keeps the rules.
        deadline: value of ``time.monotonic()`` to end at.
        stop: set by anyone who wants the end.

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
    )
    found.base = found.solve()
    found.basis = relaxation.engine.basis()
    return found


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
        at = _input(known, response, decisions)
        if _within(response, at) and at < response.curve.inflection():
            splits[response.name] = [at]
    return build(instance, splits) if splits else program


def _within(response: Shaped, at: float) -> bool:
    """Whether ``at`` lies inside the curve's range and on none of its breakpoints."""
    cuts = np.array(response.cuts)
    return bool(np.abs(cuts - at).min() > EDGE * cuts[-1] and cuts[0] < at < cuts[-1])


def _input(known: Facts, response: Shaped, decisions: Decisions) -> float:
    """Where a plan sits on an S-shaped curve: live hours of a slot, or money of a boost at the
    period's price."""
    ids = known.ids
    number, _, rest = response.name.partition("[")
    key = rest.rstrip("]").split(",")
    if number == "FI.17":
        boost, t = ids.boosts.index(key[0]), int(key[1])
        return float(decisions.boost_spend[boost, t] / known.season.boost_cost[t])
    room, t = ids.accounts.index(key[0]), int(key[2])
    return float(decisions.hours[room, ids.slots[room].index(key[1]), t])


def whole_numbers(
    program: Program, arrays: Handover, known: Facts, decisions: Decisions
) -> tuple[Indices, Vector]:
    """Columns of the whole numbers and their values in the plan."""
    found: dict[int, float] = {}
    pairs: list[Callable[[], Iterator[tuple[Any, float]]]] = [
        lambda: _rooms(program, decisions),
        lambda: _partners(program, decisions),
        lambda: _team(program, decisions),
        lambda: _pieces(program, known, decisions),
    ]
    for pair in pairs:
        for variable, value in pair():
            column = arrays.column_of.get(id(variable))
            if column is not None:
                found[column] = float(np.rint(value))
    missing = set(np.flatnonzero(arrays.matrix.integer)) - found.keys()
    assert not missing, [arrays.matrix.column_names[n] for n in missing]
    columns = np.array(sorted(found), np.intp)
    return columns, np.array([found[int(n)] for n in columns])


def _rooms(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Openings, weeks on air, discount levels, lots."""
    m, ids = program.model, program.parameters.ids
    if program.instance.field:
        for (a, t), variable in m.field.start.items():
            yield variable, d.start[ids.accounts.index(a), t]
        for a, variable in m.field.opened.items():
            yield variable, d.start[ids.accounts.index(a)].sum()
        for (a, t), variable in m.field.on.items():
            yield variable, d.on[ids.accounts.index(a), t]
        for (level, t), variable in m.field.discount.items():
            yield variable, d.discount[ids.discounts.index(level), t]
    for (g, t), variable in getattr(m.goods, "lots", {}).items():
        stock = program.instance.goods.lines[g].stock
        assert stock is not None
        assert stock.lot is not None
        yield variable, d.purchase[ids.lines.index(g), t] / stock.lot


def _partners(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Offers, packages, deals."""
    m, ids, instance = program.model, program.parameters.ids, program.instance
    if instance.alliance:
        length = instance.alliance.contract_periods
        for (c, o, block), variable in m.alliance.choice.items():
            yield variable, d.offer[ids.offers.index((c, o)), block * length]
    if instance.campaign:
        for key, variable in m.campaign.package.items():
            yield variable, d.package[ids.packages.index(key)]
    if instance.kol:
        for (k, t), variable in m.kol.deal.items():
            yield variable, d.deal[ids.deals.index(k), t]
        for k, variable in m.kol.signed.items():
            yield variable, d.deal[ids.deals.index(k)].sum()


def _team(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Hires and leaves."""
    if not program.instance.staff:
        return
    m, roles = program.model.staff, program.parameters.ids.roles
    for name in ("hires", "leaves"):
        for (j, t), variable in getattr(m, name).items():
            yield variable, getattr(d, name)[roles.index(j), t]
    for j, variable in m.hired.items():
        yield variable, d.hires[roles.index(j)].sum()


def _pieces(program: Program, known: Facts, d: Decisions) -> Iterator[tuple[Any, float]]:
    """The piece of every S-shaped curve on which the plan sits; none where it puts nothing in."""
    for response in program.terms.shaped:
        at, cuts = _input(known, response, d), response.cuts
        slack = EDGE * cuts[-1]
        last = len(response.pieces) - 1
        here = -1 if at <= slack else min(int(np.searchsorted(cuts, at + slack)) - 1, last)
        for n, piece in enumerate(response.pieces):
            yield piece, float(n == here)
