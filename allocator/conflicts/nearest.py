"""The point of the elastic program at which changes of figures cost least, in fractions of whole
numbers, among all of them, or around those of today.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from pydantic import ValidationError

from allocator.conflicts.changes import USED, Proposal, applied, as_changes
from allocator.conflicts.program import Elastic
from allocator.conflicts.record import Change
from allocator.conflicts.rules import Kind, Rule, wages
from allocator.conflicts.sentences import NOTES
from allocator.conflicts.trial import at_point
from allocator.highs import Status
from allocator.labels import Label
from allocator.matrix import Matrix, Vector
from allocator.plan import Plan
from allocator.tree import Path

Say = Callable[[str], None]
Among = Literal["today", "fractions", "whole"]
"""Whole numbers with which changes are looked for: today's, in fractions, any."""
Weights = dict[Kind, float]

GAP = 1e-2
"""Distance from the cheapest repair that is allowed for."""
ROUNDS = 4
"""Rounds of tangents at the points that repairs are taken from."""
EXACT_ROUNDS = 12
"""The same around today's whole numbers."""
CASH = 1e-3
"""What wages in cash all the time are worth against a whole change: of changes that cost the same
those with money left come first, whose plans do not hang on the last digit of a curve."""
TREE_SHARE = 0.4
"""Share of the time that is left for a search in whole numbers."""
TODAY_STEPS = (1.003, 1.01, 1.03, 1.1, 1.25)
"""Factors by which changes around today's whole numbers are widened until the point is a plan."""
AFRESH = 0.04
"""Share of new rows from which on the linear program is solved from nothing."""


@dataclass
class Search:
    """What a search for repairs shares.

    Attributes:
        deadline: value of ``time.monotonic()`` to end at.
        stop: set by anyone who wants the end.
        say: receives what is being done.
        relaxed: whether to look in fractions first; of no use where those clash nowhere.
        notes: what was given up, and why.
        tried: changes that a plan was looked for with.
    """

    deadline: float
    stop: threading.Event | None
    say: Say
    relaxed: bool = True
    notes: list[Label] = field(default_factory=list)
    tried: list[list[Change]] = field(default_factory=list)

    def over(self) -> bool:
        """Whether to end."""
        return time.monotonic() >= self.deadline or bool(self.stop and self.stop.is_set())


@dataclass(frozen=True)
class Variant:
    """The program of the instance, or of one without a campaign that was joined."""

    program: Elastic
    removed: tuple[Change, ...]
    price: float


@dataclass(frozen=True)
class Question:
    """How one repair is looked for.

    Attributes:
        weights: price of a change by kind.
        words: the weights in words.
        shut: fields that do not change.
        floors: price of a unit, by field, of floors that fall whatever else changes: how far, is
            weighed against changes of the others.
        cap: most change of all but those floors, in sizes of the figure; None for no other end
            than its own.
    """

    weights: Weights
    words: Label
    shut: frozenset[Path]
    floors: Mapping[Path, float] = field(default_factory=dict)
    cap: float | None = None

    def price(self, rule: Rule) -> float:
        """Price of a unit of a change."""
        return self.floors.get(rule.path, self.weights[rule.kind] / rule.size)

    def most(self, rule: Rule) -> float:
        """The largest change that is looked at."""
        if rule.path in self.shut:
            return 0.0
        if rule.path in self.floors or self.cap is None:
            return rule.most
        capped = self.cap * rule.size
        return min(rule.most, float(math.ceil(capped)) if rule.whole else capped)


def cheapest(
    variant: Variant, question: Question, search: Search, among: Among
) -> Proposal | None:
    """The cheapest changes of one program; None if there are none, or no time for them."""
    program = variant.program
    columns, rules = program.changes, program.rules
    price = np.array([question.price(rule) for rule in rules])
    cost, upper = np.zeros(program.matrix.cost.size), program.matrix.upper.copy()
    cost[columns] = -price
    upper[columns] = [question.most(rule) for rule in rules]
    if among == "today":
        held = [n for n, name in enumerate(program.matrix.column_names) if _is_cash(name)]
        cost[held] = CASH / (wages(program.instance) * max(len(held), 1))

    def proposed(x: Vector) -> Proposal:
        return _proposal(variant, price, x)

    x = _nearest(
        program, replace(program.matrix, cost=cost, upper=upper), search, among,
        lambda x: among == "today" and _planned_at(proposed(x), TODAY_STEPS[0]) is not None,
    )  # fmt: skip
    return None if x is None else proposed(x)


def _proposal(variant: Variant, price: Vector, x: Vector) -> Proposal:
    """The changes at the point ``x`` (n,), at the ``price`` of each figure."""
    program, rules = variant.program, variant.program.rules
    amounts = x[program.changes]
    used = {n: float(amount) for n, amount in enumerate(amounts) if amount > USED * rules[n].size}
    parts = {rules[n].path: float(price[n]) * amount for n, amount in used.items()}
    parts.update({change.path: variant.price for change in variant.removed})
    total = variant.price + float(price @ amounts)
    return Proposal(program, used, x, variant.removed, total, parts)


def _is_cash(name: str) -> bool:
    return name.startswith("money.cash[")


def _planned_at(proposal: Proposal, step: float) -> Plan | None:
    """The plan of the proposal's own point with its changes widened by ``step``."""
    changes = as_changes(proposal, step)
    try:
        mended = applied(proposal.program.instance, changes)
    except ValidationError:
        return None
    return at_point(mended, proposal.program.decoded(proposal.x))


def _nearest(
    program: Elastic,
    matrix: Matrix,
    search: Search,
    among: Among,
    enough: Callable[[Vector], bool],
) -> Vector | None:
    """The point of least price, cut by tangents where it sits above a curve until it is
    ``enough``."""
    known = program.today if among == "today" else np.full(matrix.cost.size, np.nan)
    fixed = ~np.isnan(known)
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[fixed] = upper[fixed] = np.clip(known[fixed], lower[fixed], upper[fixed])
    engine, x = program.engine(replace(matrix, lower=lower, upper=upper)), None
    left = search.deadline - time.monotonic()
    relaxed = among == "fractions" or not (matrix.integer & (lower < upper)).any()
    end = search.deadline if relaxed else time.monotonic() + TREE_SHARE * left
    # The point around today's whole numbers is to be a plan: it is cut until it is one.
    for _ in range(EXACT_ROUNDS if among == "today" else ROUNDS):
        if relaxed:
            outcome = engine.solve_lp(search.deadline, search.stop)
        else:
            outcome = engine.solve_mip(end, search.stop, gap=GAP)
        if outcome.status is Status.INFEASIBLE:
            return None
        if outcome.x is None:
            search.notes.append(NOTES["whole"])
            break
        x = outcome.x
        if enough(x):
            break
        cuts = program.cut(x)
        if cuts is None or (not relaxed and outcome.status is not Status.OPTIMAL):
            break
        engine.add_rows(cuts)
        if cuts.upper.size > AFRESH * engine.rows:
            engine.forget()
    return x
