"""From a relaxed plan to one in whole numbers: a dive.

Choice after choice is made as the relaxation leans, kind by kind: promotions before deals, deals
before offers, offers before the team, since the later kinds can still adapt to the earlier ones.
What turns out impossible, or worse than the best plan, is taken back by halves.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse

from allocator.choosing import Choice, Columns, Fixes, Logic, whole_fixes
from allocator.highs import Basis, Outcome, Status
from allocator.matrix import Matrix, Vector, dot
from allocator.relaxation import Relaxation

WHOLE = 1e-6
"""Distance from a whole number below which a column counts as whole."""
TOLERANCE = 1e-4
"""Relative violation of a term that a relaxation is cut at."""
KINDS = ("campaign.package", "field.start", "kol.deal", "field.on", "piece", "field.discount")
"""Components in the order in which their choices are made; the others follow together."""
WEIGHTY = ("campaign.package", "field.start", "piece")
"""Components whose choices are made one by one unless they are sure, each as is best: the others
cannot make up for a wrong one."""
SURE = 0.95
"""Share of an option from which on such a choice is sure."""
SLIGHT = 0.05
"""Share of an option up to which it is not tried in such a choice."""
DEAR = 5e-4
"""Share of the value that making choices of another kind at once may cost before they are weighed
too."""
WEIGHED_SHARE = 0.5
"""Share of the time for weighing that this may take, as far as can be foreseen."""
CLEAR = 0.6
"""Share of an option from which on a choice of another kind is made with others at once."""
PROMISE = 1e-3
"""Share of its value that a step may promise too much before it is solved once more."""
WEIGHING_SHARE = 0.65
"""Share of the time left in which a dive weighs choices; the rest it makes as they lean."""
LEAST_GAIN = 1e-4
"""Share of a plan's value that one role's team must have brought for the next to be tried."""
THRESHOLDS = (0.5, 0.8, 0.2)
"""Fractions of a head from which on the rounded team has it."""


@dataclass(frozen=True)
class Role:
    """Columns of a role's hires and leaves over time, and of their sum over time if there is
    one."""

    hires: Columns
    leaves: Columns
    hired: int | None

    @property
    def columns(self) -> Columns:
        """Its hires and leaves."""
        return np.concatenate([self.hires, self.leaves])


@dataclass
class Diver:
    """Dives in a hot relaxation.

    Args:
        matrix: the program.
        strategic: integer columns that are rounded first.
        team: the other integer columns.
        roles: the team's columns by role.
        lower: value of the best plan at hand.
        cutoff: bound for which the best plan at hand is good enough.
        deadline: value of ``time.monotonic()`` to end at; ``math.inf`` for none.
        stop: set by anyone who wants the end.
        halted: whether the search has to end, for these or other reasons.
        found: takes a point whole in every integer column, and the relaxation fixed to it.
    """

    matrix: Matrix
    strategic: Columns
    team: Columns
    roles: Sequence[Role]
    lower: Callable[[], float]
    cutoff: Callable[[], float]
    deadline: float
    stop: threading.Event | None
    halted: Callable[[], bool]
    found: Callable[[Relaxation, Vector], object]
    _seen: set[bytes] = field(default_factory=set)
    _activity: tuple[Vector, Vector] | None = None

    @cached_property
    def _logic(self) -> Logic:
        """Read from the rows when the first choice is made: not every diver makes one."""
        return Logic(self.matrix, self.strategic)

    @cached_property
    def _options(self) -> set[int]:
        return {int(n) for choice in self._logic.choices for n in choice.columns}

    @cached_property
    def _kinds(self) -> list[list[Choice]]:
        """The choices by kind, in the order in which they are made."""
        kinds: dict[str, list[Choice]] = {}
        for choice in self._logic.choices:
            name = self._kind(choice)
            kinds.setdefault(name if name in KINDS else "", []).append(choice)
        return [kinds[name] for name in (*KINDS, "") if name in kinds]

    def dive(
        self,
        relaxation: Relaxation,
        fixes: Fixes,
        x: Vector,
        *,
        weighing: bool = True,
        improve: bool = True,
    ) -> None:
        """Make the choices that are open at ``x`` (n,), the optimum under ``fixes``, then the team
        whole, and ``improve`` that team; the relaxation's rows stay as they were. Without
        ``weighing`` all choices of a kind are made at once, which is quick."""
        rows, clock = relaxation.engine.rows, time.monotonic()
        weighing_ends = clock + WEIGHING_SHARE * (self.deadline - clock) if weighing else clock
        final = self.rounded_plan(relaxation, fixes, x, weighing_ends)
        if final is not None:
            self.deliver(relaxation, final)
            if improve:
                self.improve(relaxation, final)
        relaxation.keep_only(rows)

    def improve(self, relaxation: Relaxation, fixes: Fixes) -> None:
        """Take one role after the other out of the plan with these ``fixes`` and round it anew,
        until one brings no better plan."""
        for role in self.roles:
            columns = [int(n) for n in role.columns]
            columns += [role.hired] if role.hired is not None else []
            others = {n: side for n, side in fixes.items() if n not in columns}
            free = self.at(relaxation, others)
            if free is None or free.x is None:
                continue
            found = self.round_role(relaxation, others, role, free.x, every=True)
            if found is None or all(fixes[n] == side for n, side in found[0].items()):
                continue
            before = self.lower()
            self.deliver(relaxation, {**others, **found[0]})
            if self.lower() <= before + LEAST_GAIN * abs(before):
                break
            fixes = {**others, **found[0]}

    def deliver(self, relaxation: Relaxation, fixes: Fixes) -> None:
        """Hand over the optimum under the ``fixes`` of all integer columns, if it is better than
        the best plan."""
        outcome = self.at(relaxation, fixes)
        if outcome is not None:
            assert outcome.x is not None
            self.found(relaxation, outcome.x)

    def rounded_plan(
        self, relaxation: Relaxation, fixes: Fixes, x: Vector, weighing_ends: float = math.inf
    ) -> Fixes | None:
        """Fixes of every integer column near ``x`` (n,); None if that leaves no better plan."""
        fixes = dict(fixes)
        while fractional(x, self.strategic).size:
            made = self.step(relaxation, fixes, x, weighing_ends - time.monotonic())
            if made is None:
                return None
            fixes, x = made
        fixes.update(whole_fixes(x, self.strategic))
        name = np.rint(x[self.strategic]).tobytes()
        if name in self._seen:
            return None
        self._seen.add(name)
        return self.whole_team(relaxation, fixes, x)

    def step(
        self, relaxation: Relaxation, fixes: Fixes, x: Vector, left: float
    ) -> tuple[Fixes, Vector] | None:
        """Make some of the choices of the first kind that is open at ``x`` (n,): the clear ones.
        With seconds ``left`` for weighing, of those that weigh much the sure ones, then the least
        clear as is best, and of others too where making them at once is dear; with none all of the
        kind."""
        weighing = left > 0
        for choices in self._kinds:
            wanted = [(*self.leaning(c, x), c) for c in choices if fractional(x, c.columns).size]
            if not wanted:
                continue
            wanted.sort(key=lambda one: -one[0])
            weighty = self._kind(choices[0]) in WEIGHTY
            if weighing and weighty:
                sure = [one for one in wanted if one[0] >= SURE]
                if not sure:
                    return self.contest(relaxation, fixes, wanted[-1][2], x)
                wanted = sure
            moves = self.together(
                fixes, [(share, move) for share, move, _ in wanted], every=not weighing
            )
            if weighing and not weighty:
                return self.settle_or_weigh(
                    relaxation, fixes, moves, [c for *_, c in wanted], x, left
                )
            return self.settle(relaxation, fixes, moves, again=weighing)
        return self.settle(relaxation, fixes, self.nearest(x), again=weighing)

    def settle_or_weigh(
        self,
        relaxation: Relaxation,
        fixes: Fixes,
        moves: list[Fixes],
        wanted: list[Choice],
        x: Vector,
        left: float,
    ) -> tuple[Fixes, Vector] | None:
        """Settle the moves; where that is dear and weighing the ``wanted`` choices fits into the
        seconds ``left`` for it, make the last of these as is best instead."""
        clock, start = time.monotonic(), relaxation.engine.basis()
        made = self.settle(relaxation, fixes, moves, again=True)
        took = time.monotonic() - clock
        if made is None or 2 * took * len(wanted) >= WEIGHED_SHARE * left:
            return made
        before, after = (dot(self.matrix.cost, point) for point in (x, made[1]))
        if before - after <= DEAR * abs(before):
            return made
        relaxation.engine.restore(start)
        return self.contest(relaxation, fixes, wanted[-1], x) or made

    def contest(
        self, relaxation: Relaxation, fixes: Fixes, choice: Choice, x: Vector
    ) -> tuple[Fixes, Vector] | None:
        """Make a choice as is best for the relaxation; None if no option leaves a better plan."""
        # The likeliest first: the others then end as soon as they are worse.
        shares: list[tuple[float, int | None]] = [(float(x[n]), int(n)) for n in choice.columns]
        if not choice.forced:
            shares.append((1.0 - float(x[choice.columns].sum()), None))
        likely = sorted(shares, key=lambda one: -one[0])
        options = [option for share, option in likely if share > SLIGHT]
        # Every option starts from here: the basis of one that was worse is far from all others.
        start = relaxation.engine.basis()
        best: tuple[Fixes, Outcome, Basis] | None = None
        outcome: Outcome | None = None
        for place, option in enumerate(options):
            if place:
                relaxation.engine.restore(start)
            trial = {**fixes, **choice.taking(option)}
            outcome = self.at(relaxation, trial, best[1].bound if best else None)
            if outcome is not None:
                outcome = self.settled(relaxation, trial, outcome, again=True)
                if best is None or outcome.bound > best[1].bound:
                    best = trial, outcome, relaxation.engine.basis()
        if best is None:
            return None
        if outcome is not best[1]:
            relaxation.engine.restore(best[2])
        assert best[1].x is not None
        return best[0], best[1].x

    def settled(
        self, relaxation: Relaxation, fixes: Fixes, outcome: Outcome, *, again: bool
    ) -> Outcome:
        """The outcome under ``fixes``, solved ``again`` if the tangents that are missing there say
        that it promises too much. They are held in any case: the next step is only as good as the
        tangents are where this one leads."""
        assert outcome.x is not None
        promised = float(relaxation.missing(outcome, TOLERANCE).gain.sum()) if again else 0.0
        new = relaxation.cut(outcome.x, TOLERANCE)
        if new and promised > PROMISE * abs(outcome.bound):
            return self.at(relaxation, fixes) or outcome
        return outcome

    def _kind(self, choice: Choice) -> str:
        """Component of a choice's options; those of all S-shaped curves are one."""
        name = self.matrix.column_names[choice.columns[0]].split("[")[0]
        return "piece" if name.endswith(".piece") else name

    def nearest(self, x: Vector) -> list[Fixes]:
        """Fixes of the columns that are no choice, the nearest to a whole number first."""
        columns = fractional(x, self.strategic)
        near = columns[np.argsort(np.abs(x[columns] - np.rint(x[columns])), kind="stable")]
        return [whole_fixes(x, np.array([n])) for n in near]

    def leaning(self, choice: Choice, x: Vector) -> tuple[float, Fixes]:
        """What a choice leans to at ``x`` (n,): its share, and its fixes."""
        shares = x[choice.columns]
        taken = float(shares.sum())
        if choice.columns.size == 1 and not choice.forced and self.fits(choice.columns[0], x):
            # A switch is on by the share of what it allows: that nothing else has to give way says
            # more.
            return 1.0, choice.taking(int(choice.columns[0]))
        if not choice.forced and taken < 0.5:
            return 1 - taken, choice.taking(None)
        place = int(np.argmax(shares))
        # Spread over several dates it is taken all the same, at the likeliest of them.
        return float(shares[place]), choice.taking(int(choice.columns[place]))

    def fits(self, column: int, x: Vector) -> bool:
        """Whether ``x`` (n,) with 1 in the column keeps the rows that the column enters."""
        matrix, (by_column, activity) = self.matrix, self._rows_at(x)
        places = slice(by_column.indptr[column], by_column.indptr[column + 1])
        rows, step = by_column.indices[places], by_column.data[places] * (1.0 - x[column])
        size = WHOLE * (1.0 + np.abs(activity[rows]) + np.abs(step))
        value = activity[rows] + step
        return bool(
            np.all(value <= matrix.row_upper[rows] + size)
            and np.all(value >= matrix.row_lower[rows] - size)
        )

    def _rows_at(self, x: Vector) -> tuple[sparse.csc_array, Vector]:
        """The rows by column, and their values at ``x`` (n,)."""
        # Two dives may run at a time: what another one has put there since must not be taken.
        known = self._activity
        if known is None or known[0] is not x:
            known = self._activity = x, self.matrix.rows @ x
        return self._by_column, known[1]

    @cached_property
    def _by_column(self) -> sparse.csc_array:
        return sparse.csc_array(self.matrix.rows)

    def together(
        self, fixes: Fixes, wanted: list[tuple[float, Fixes]], *, every: bool
    ) -> list[Fixes]:
        """Of the wanted choices those that can be made at once: the clear ones, half of all at
        least, or ``every`` one."""
        made = dict(fixes)
        kept: list[Fixes] = []
        for place, (share, move) in enumerate(wanted):
            if not every and share < CLEAR and kept and 2 * place >= len(wanted):
                break
            if self._logic.allows({**made, **move}):
                made.update(move)
                kept.append(move)
        return kept or [move for _, move in wanted[:1]]

    def settle(
        self, relaxation: Relaxation, fixes: Fixes, moves: list[Fixes], *, again: bool
    ) -> tuple[Fixes, Vector] | None:
        """Make as many of the moves as leave a better plan, the first ones at least; None if not
        even the first does. Solved ``again`` if that promises too much."""
        while moves:
            trial = {**fixes, **{n: side for move in moves for n, side in move.items()}}
            outcome = self.at(relaxation, trial)
            if outcome is not None:
                outcome = self.settled(relaxation, trial, outcome, again=again)
                assert outcome.x is not None
                return trial, outcome.x
            if len(moves) == 1:
                return self.otherwise(relaxation, fixes, moves[0])
            moves = moves[: len(moves) // 2]
        return None

    def otherwise(
        self, relaxation: Relaxation, fixes: Fixes, move: Fixes
    ) -> tuple[Fixes, Vector] | None:
        """Rule out the option that a move takes; None if it takes none, or that is not possible
        either."""
        options = [n for n, side in move.items() if side[0] > 0 and n in self._options]
        for n in options:
            trial = {**fixes, n: (0.0, 0.0)}
            outcome = self.at(relaxation, trial)
            if outcome is not None:
                assert outcome.x is not None
                return trial, outcome.x
        return None

    def at(
        self, relaxation: Relaxation, fixes: Fixes, floor: float | None = None
    ) -> Outcome | None:
        """Optimum under ``fixes`` if it is better than the best plan and than ``floor``."""
        if self.halted():
            return None
        relaxation.fix(fixes)
        limit = max(self.lower(), -math.inf if floor is None else floor)
        outcome = relaxation.solve(self.deadline, self.stop, limit)
        good = outcome.status is Status.OPTIMAL and outcome.x is not None
        return outcome if good and outcome.bound > limit else None

    def whole_team(self, relaxation: Relaxation, fixes: Fixes, x: Vector) -> Fixes | None:
        """Fixes of every integer column, the team in whole heads: one role after another keeps
        the running sums of its hires and leaves, rounded at the first threshold that leaves a
        better plan. None if none does."""
        fixes = dict(fixes)
        while True:
            still = [role for role in self.roles if fractional(x, role.columns).size]
            if not still:
                break
            role = max(still, key=lambda r: self.amount(r, x))
            found = self.round_role(relaxation, fixes, role, x)
            if found is None:
                return None
            fixes.update(found[0])
            assert found[1].x is not None
            x = found[1].x
            # A team in whole heads works elsewhere on its curves than one in fractions.
            relaxation.cut(x, TOLERANCE)
        return {**fixes, **whole_fixes(x, self.team)}

    def round_role(
        self,
        relaxation: Relaxation,
        fixes: Fixes,
        role: Role,
        x: Vector,
        *,
        every: bool = False,
    ) -> tuple[Fixes, Outcome] | None:
        """Whole hires and leaves of the role near ``x`` (n,), and the optimum with them: the
        first threshold that leaves a better plan, or the best of ``every`` one; None if none
        does."""
        best: tuple[Fixes, Outcome] | None = None
        tried: list[Fixes] = []
        for threshold in THRESHOLDS:
            heads = self.rounded(role, x, threshold)
            if heads in tried:
                continue
            tried.append(heads)
            outcome = self.at(relaxation, {**fixes, **heads}, best[1].bound if best else None)
            if outcome is not None:
                best = heads, outcome
                if not every:
                    break
        return best

    def amount(self, role: Role, x: Vector) -> float:
        """How far the role's columns are from whole numbers in all."""
        columns = role.columns
        return float(np.abs(x[columns] - np.rint(x[columns])).sum())

    def rounded(self, role: Role, x: Vector, threshold: float) -> Fixes:
        """Whole hires and leaves whose running sums follow those of ``x`` (n,)."""
        found: Fixes = {}
        for columns, part in ((role.hires, 1 - threshold), (role.leaves, threshold)):
            sums = np.floor(np.cumsum(x[columns]) + part + WHOLE)
            done = 0.0
            for n, wanted in zip(columns, sums, strict=True):
                most, least = float(self.matrix.upper[n]), float(self.matrix.lower[n])
                amount = min(max(wanted - done, least), most)
                found[int(n)] = (amount, amount)
                done += amount
            if columns is role.hires and role.hired is not None:
                found[role.hired] = (done, done)
        return found


def fractional(x: Vector, columns: Columns) -> Columns:
    """Those of the ``columns`` that are not whole in ``x`` (n,)."""
    found: Columns = columns[np.abs(x[columns] - np.rint(x[columns])) > WHOLE]
    return found
