"""A desk at which one instance's program lies open: ask it for a plan with some decisions fixed,
some wanted, and another thing sought; every answer is replayed and verified.

The program is built once. An answer takes the integers that it is given (a team may be left open),
adds tangents where its plan sits until the plan is exact, and is worth what the replay says.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from allocator.certificate import TREE_OPTIONS, Search
from allocator.finding import Found
from allocator.highs import Outcome, Status
from allocator.matrix import Matrix, Vector, dot
from allocator.polish import Polisher
from allocator.relaxation import Relaxation
from allocator.stopping import StoppedError
from allocator.variants.placing import integer_columns
from fact_models.decisions import Decisions, mixed
from fact_models.program import Program
from fact_models.variants import CONTROLS, extend

EXACT = 2e-5
"""Share of a plan's value between what the tangents promise and the replay below which it is
taken as exact."""
HIRING_SHARE = 0.5
"""Share of the time left that making a team whole may take; it ends at a number of nodes too."""
CHOICE_GAP = 0.01
"""Relative gap at which a search for better whole numbers ends."""
SECANTS = 3
"""Plans that are tried on the way to one that falls short of the floor."""
SPLITS = 3
"""Rounds in which chords of S-shaped curves are split where a plan sits."""
MONEY = ("spend", "total")
"""Kinds of controls that are sums of money over a lever."""
PULL = 1.0
"""Cost of moving a control over its whole range in one period, or a lever's spend by its usual
amount, as a share of the objective's size: far more than that can bring."""


@dataclass(frozen=True)
class Ask:
    """A question to a desk.

    Attributes:
        integers: the integer columns (n,) to keep; not a number where they are open.
        matrix: the program with the bounds, sides and costs of the question.
        better: whether the first of two verified plans answers the question better.
        nearby: (n,) point of a plan with these integers but another team: the search for a team
            begins from it, and from tangents where it sits.
        anchor: a plan with these integers that is worth more than the floor. What the tangents
            promise beyond the floor is drawn towards it until the replay keeps the floor too.
        enough: whether such a plan is as good as what the linear program promises.
    """

    integers: Callable[["Desk"], Vector]
    matrix: Callable[["Desk"], Matrix]
    better: Callable[[Found, Found], bool]
    nearby: Vector | None = None
    anchor: Found | None = None
    enough: Callable[[Found, Outcome], bool] | None = None


@dataclass
class Desk(Search):
    """A search that answers one question after the other.

    Args:
        floor: value of the maximised objective that every answer must reach, but for a share of
            ``EXACT``; none without one.
        steady: whether the program knows the steps of the staff hours.
    """

    floor: float | None = None
    steady: bool = False

    def written(self) -> Program:
        """The program with the rows for wanted controls, floor and steps."""
        program = super().written()
        extend(program, floor=self.floor, steady=self.steady)
        return program

    def load(self) -> None:
        """Build the program, hand it over, and note where the rows of wanted controls are."""
        super().load()
        matrix = self.arrays.matrix
        self.goal: Vector = matrix.cost
        self.column = {name: n for n, name in enumerate(matrix.column_names)}
        self.row = {name: n for n, name in enumerate(matrix.row_names)}

    def opened(self) -> bool:
        """Load the program; False if somebody asked for the end meanwhile."""
        self.running = True
        try:
            self.load()
        except StoppedError:
            return False
        return True

    def polisher(self, points: list[Vector], deadline: float | None = None) -> Polisher:
        """A polisher that hears of a stop at once: other answers are there already."""
        return Polisher(
            self.arrays,
            self.pool,
            points,
            seed=self.seed,
            deadline=self.deadline if deadline is None else deadline,
            stop=self.stop,
        )

    def placed(self, decisions: Decisions, *, team: bool = True) -> Vector:
        """Integer columns of ``decisions``; the team's are left open without ``team``."""
        x = integer_columns(self.program, self.arrays, decisions)
        if not team:
            x[self.team] = np.nan
        return x

    def answer(self, ask: Ask) -> Found | None:
        """The best verified plan for a question; None if there is none, or time is over."""
        best: Found | None = None
        for _ in range(SPLITS):
            stated = self.arrays
            self.arrays = replace(stated, matrix=ask.matrix(self))
            try:
                x = self.complete(ask.integers(self))
                found, outcome = (None, None) if x is None else self._exact(x, ask)
            finally:
                self.arrays = stated
            if found is not None and (best is None or ask.better(found, best)):
                best = found
            if outcome is None or outcome.x is None or self.halted() or not self.split(outcome.x):
                return best
            try:
                self.load()
            except StoppedError:
                return best
        return best

    def _exact(self, x: Vector, ask: Ask) -> tuple[Found | None, Outcome | None]:
        """Fix the integers of ``x`` and add tangents where the plan sits until it is exact."""
        whole, team, matrix = self.whole, self.team, self.arrays.matrix
        known = np.where(np.isnan(x), matrix.lower, x)
        open_team = bool(team.size) and bool(
            np.isnan(x[team]).any() or np.abs(x[team] - np.rint(x[team])).max() > 1e-6
        )
        # After a split the program has other columns, and the point is of no use.
        nearby = ask.nearby if ask.nearby is not None and ask.nearby.size == x.size else None
        near = self.points[-1:] if nearby is None else [nearby]
        polisher = self.polisher(near if np.isnan(x).any() else [x])
        polisher.fix(np.setdiff1d(whole, team) if open_team else whole, known)
        if open_team:
            seconds = HIRING_SHARE * max(self.deadline - time.monotonic(), 0.0)
            heads = polisher.hire(team, 1e-3, seconds, nearby)
            if heads is None:
                return None, None
            known[team] = heads
        best: list[Found] = []
        # The rows reach the floor; the replay may fall short of it by what counts as exact.
        least = -math.inf if self.floor is None else self.floor - EXACT * abs(self.floor)

        def reached(outcome: Outcome) -> bool:
            assert outcome.x is not None
            exact = outcome.x.copy()
            exact[whole] = known[whole]
            found = self.replayed(exact, self.chosen(exact))
            short = found is not None and found.value < least
            if found is not None and short and ask.anchor is not None:
                found = self._drawn(found, ask.anchor, least)
            if found is None or found.value < least:
                return False
            if not best or ask.better(found, best[0]):
                best[:] = [found]
            if short:
                return ask.enough is not None and ask.enough(found, outcome)
            promised = dot(self.goal, outcome.x)
            return promised - found.value <= EXACT * abs(promised)

        outcome = polisher.sharpen(-math.inf, reached)
        settled = outcome.status is Status.OPTIMAL
        return (best[0] if best else None), (outcome if settled else None)

    def _drawn(self, far: Found, anchor: Found, least: float) -> Found | None:
        """The plan on the way from ``anchor`` to ``far`` that is worth about ``least``; None if
        they differ in whole numbers or it breaks a rule.

        With whole numbers alike the laws are concave: a plan in between is worth no less than
        the share of the way says.
        """
        best: Found | None = None
        for _ in range(SECANTS):
            near = best or anchor
            if near.value <= least + EXACT * abs(least) or far.value >= near.value:
                break
            share = (near.value - least) / (near.value - far.value)
            between = mixed(near.decisions, far.decisions, share)
            if between is None:
                break
            found = self.trimmed(between, far.integers, far.x)
            if found is None or found.value < least:
                break
            best = found
        return best

    def choose(self, matrix: Matrix, start: Vector, seconds: float) -> tuple[Vector, float]:
        """Look for better whole numbers by a tree search over the tangents at hand.

        Args:
            matrix: the program with the bounds, sides and costs of a question.
            start: (n,) integer columns to start from.
            seconds: time that it may take.

        Returns:
            The best point found, ``start`` itself without one, with the team perhaps in fractions;
            and the bound that is proved on the question's cost.
        """
        arrays = replace(self.arrays, matrix=matrix)
        engine = Relaxation(arrays, self.pool, self.points, seed=self.seed).engine
        end = min(self.deadline, time.monotonic() + seconds)
        outcome = engine.solve_mip(
            end, self.stop, gap=CHOICE_GAP, start=start, options=TREE_OPTIONS, relaxed=self.team
        )
        return (start if outcome.x is None else outcome.x), outcome.bound

    def near(
        self,
        wanted: dict[str, dict[Any, float]],
        price: Callable[[str, float], float],
        cost: Vector,
    ) -> Matrix:
        """The program in which moving away from wanted amounts costs something.

        Args:
            wanted: amounts by control, see ``CONTROLS`` and ``total``, and by its index.
            price: cost of a unit by the kind of control and its range.
            cost: (n,) what is sought besides.
        """
        matrix, cost = self.arrays.matrix, cost.copy()
        low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
        for name, row in self.row.items():
            kind, _, rest = name.removeprefix("variant.near_").partition("[")
            amount = wanted.get(kind, {}).get(rest.rstrip("]"))
            if not name.startswith("variant.near_") or amount is None:
                continue
            columns = [self.column[f"variant.{way}_{kind}[{rest}"] for way in ("above", "below")]
            reach = float(matrix.upper[columns[0]])
            low[row] = high[row] = min(amount, reach)
            cost[columns] = -price(kind, reach)
        return replace(matrix, cost=cost, row_lower=low, row_upper=high)


def pulled(desk: Desk, wanted: dict[str, dict[Any, float]], size: float) -> Matrix:
    """The program whose plan stays as near to ``wanted`` as the rules let it, and is the best of
    the nearest; ``size`` is the size of the objective.
    """
    typical = {kind: sum(x.values()) / len(x) for kind, x in wanted.items() if x}

    def price(kind: str, reach: float) -> float:
        # The largest spend of a lever is far beyond what any plan asks for.
        usual = typical.get(kind, 0.0) if kind in MONEY else 0.0
        return PULL * size / (usual or reach)

    return desk.near(wanted, price, desk.goal)


def fitted(
    desk: Desk,
    decisions: Decisions,
    wanted: dict[str, dict[Any, float]],
    size: float,
    *,
    first: bool = False,
) -> Found | None:
    """A sketch made to keep the rules: the better of two plans, with its own team and with one
    that may hire; None if there is neither, or time is over.

    Args:
        desk: loaded.
        decisions: the sketch's whole-number choices.
        wanted: its amounts as ``Desk.near`` takes them.
        size: size of the objective.
        first: take the plan with its own team if there is one.
    """
    best: Found | None = None
    for team in (True, False):
        found = desk.answer(
            Ask(
                integers=partial(Desk.placed, decisions=decisions, team=team),
                matrix=lambda desk: pulled(desk, wanted, size),
                better=lambda one, other: one.value > other.value,
            )
        )
        if found is not None and (best is None or found.value > best.value):
            best = found
        if desk.halted() or not desk.team.size or (first and best is not None):
            break
    return best


def handed_on(found: Found) -> Found:
    """A desk's plan for another search, whose program has columns of its own."""
    return replace(found, integers={}, x=np.zeros(0), near=math.inf)


def controls_of(desk: Desk, decisions: Decisions) -> dict[str, dict[Any, float]]:
    """What a plan's controls are, as ``Desk.near`` wants them; without levers' spend."""
    from fact_models.reception import parts_of, slots_of

    ids, spec = desk.program.parameters.ids, desk.instance.field
    found: dict[str, dict[Any, float]] = {name: {} for name in CONTROLS if name != "spend"}
    for t in range(ids.periods):
        for n, (a, account) in enumerate(spec.accounts.items() if spec else ()):
            slots = list(slots_of(account))
            for k, part in parts_of(account).items():
                places = [slots.index(slot) for slot in part.slots]
                found["hours"][f"{a},{k},{t}"] = float(decisions.hours[n, places, t].sum())
            found["skilled"][f"{a},{t}"] = float(decisions.skilled[n, t])
        for n, i in enumerate(ids.boosts):
            found["boosts"][f"{i},{t}"] = float(decisions.boost_spend[n, t])
        found["made"][f"{t}"] = float(decisions.content_made[t])
        found["bought"][f"{t}"] = float(decisions.content_bought[t])
        for n, (c, o) in enumerate(ids.offers):
            found["samples"][f"{c},{o},{t}"] = float(decisions.samples[n, t])
    return found
