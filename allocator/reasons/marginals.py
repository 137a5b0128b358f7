"""Marginal returns: what the last yuan of every lever and period brought, and what stops it there.

The return of an input is read off the linear program with the plan's whole numbers fixed: the
worth of what the input does, less the worth of the staff hours that it takes, per yuan of its own.
Where an input is at no limit of its own that is what a yuan is worth elsewhere. Packages and deals
are whole choices: they have an average and no last yuan.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.matrix import Vector
from allocator.reasons.attribution import Attribution, source_label
from allocator.reasons.fixed import Fixed
from allocator.reasons.inputs import OWN_HOURS, Input, Kind, inputs_of, traced
from allocator.reasons.limits import SEEN
from fact_models.replay import Replay
from fact_models.replay.provenance import Source

Stop = Literal[
    "",
    "least",
    "enough",
    "cap",
    "closed",
    "off",
    "cash",
    "period_budget",
    "lever_limits",
    "hours",
    "whole",
    "other",
]
"""Rules that stop an input: none, too little to gain, hours that receive nobody more, its own
largest value, a room that is not open or off air, cash, the budget of a period, limits of the
lever, staff hours, a choice that is taken whole, another rule."""
EVEN = 0.01
"""Distance of a ratio from 1 within which it counts as 1."""
AT = 1e-6
"""Share of a limit within which an input counts as being at it, and of what all inputs take below
which nothing is spent on one."""


@dataclass(frozen=True)
class Marginal:
    """An input of a lever in one period.

    Attributes:
        lever, kind, key, label: which input; ``key`` of samples is tier and offer.
        period: 0-based.
        paid: yuan spent on it; wages of its hours for live and skilled hours and own videos.
        average: GMV of the horizon that its origin brought per yuan; for live hours GMV sold in
            the room in that period. None where nothing is spent, and for videos, which boosts use.
        marginal: worth of the last yuan in units of the objective; None for a whole choice.
        ratio: marginal over what a yuan of budget is worth; None where that is nothing.
        stop: the rule that stops it where the ratio is not 1; ``role`` whose hours.
        yuan: what a yuan of budget is worth in that period, with what a yuan that is spent counts
            in the goal and in floors; None for a whole choice.
    """

    lever: str
    kind: Kind
    key: str
    label: str
    period: int
    paid: float
    average: float | None
    marginal: float | None
    ratio: float | None
    stop: Stop
    role: str = ""
    yuan: float | None = None


@dataclass(frozen=True, eq=False)
class Duals:
    """The optimum's multipliers by row name, 0 for rows that are not there."""

    of: Fixed
    rows: Vector
    columns: Vector

    def price(self, row: str, column: str) -> float:
        """What a unit of a column costs through a row, in units of the objective."""
        n, k = self.of.rows.get(row), self.of.columns.get(column)
        if n is None or k is None:
            return 0.0
        return float(self.rows[n] * self.of.arrays.matrix.rows[[n], [k]][0])

    def through(self, prefix: str, column: str) -> float:
        """The same through all rows whose names begin with ``prefix``."""
        return sum(price for _, price in self.prices(prefix, column))

    def prices(self, prefix: str, column: str) -> list[tuple[str, float]]:
        """Rows whose names begin with ``prefix`` and what a unit costs through each."""
        matrix, k = self.of.arrays.matrix, self.of.columns[column]
        entries = self.of.by_column[[k]]
        return [
            (matrix.row_names[n], float(self.rows[n] * a))
            for n, a in zip(entries.indices, entries.data, strict=True)
            if n < len(matrix.row_names) and matrix.row_names[n].startswith(prefix)
        ]


def duals(of: Fixed) -> Duals:
    """The multipliers at the optimum."""
    assert of.base.row_dual is not None
    assert of.base.col_dual is not None
    return Duals(of, of.base.row_dual, of.base.col_dual)


def worth_of_yuan(at: Duals) -> Vector:
    """(T,) What a yuan of budget is worth in every period: the budget's price, with what
    contribution counts in the objective and its floor, and what spend costs where it is to be
    least."""
    of, periods = at.of, at.of.known.ids.periods
    goal = of.instance.objective
    rows, margin = of.rows, of.arrays.matrix
    found: Vector = np.zeros(periods)
    if "money.budget" in rows:
        found += at.rows[rows["money.budget"]]
    for t in range(periods):
        n = rows[f"money.contribution[{t}]"]
        column = of.columns[f"money.margin[{t}]"]
        found[t] += at.rows[n] * float(np.sign(margin.rows[[n], [column]][0]))
    if goal.goal == "cost":
        found += (1 + goal.discount_rate) ** -np.arange(float(periods))
    if "money.roi_floor" in rows and of.instance.money.roi_floor:
        found += abs(at.rows[rows["money.roi_floor"]]) * of.instance.money.roi_floor
    return found


def marginals(of: Fixed, states: Replay, origins: Attribution) -> tuple[Marginal, ...]:
    """Every input of the plan in every period, in the order of the levers.

    Args:
        of: the linear program at its optimum.
        states: the plan's replay.
        origins: the plan's attribution.
    """
    at, yuan = duals(of), worth_of_yuan(duals(of))
    taken = list(inputs_of(of, states, origins))
    least = AT * sum(one.amount * one.cost for one in taken)
    inputs = [_marginal(at, one, yuan[one.period], least) for one in taken]
    return (*inputs, *_taken(of, origins))


def _marginal(at: Duals, one: Input, yuan: float, least: float) -> Marginal:
    """The return of an input; spend up to ``least`` is rounding and has no average."""
    reduced = float(at.columns[at.of.columns[one.column]])
    money = at.through("money.", one.column)
    hours = at.prices("staff.staff_limit", one.column)
    caps = sum(at.price(row, one.column) for row in one.caps)
    taken = sum(price for _, price in hours) if one.kind in OWN_HOURS else 0.0
    worth = (reduced + money + caps + taken) / one.cost
    paid = one.amount * one.cost
    ratio = worth / yuan if yuan >= SEEN else None
    excess = (reduced, caps, money / one.cost - yuan)
    stop, role = _stop(at, one, worth - yuan, ratio, excess, hours)
    return Marginal(
        one.lever,
        one.kind,
        one.key,
        one.label,
        one.period,
        paid,
        one.brought / paid if one.brought is not None and paid > least else None,
        worth,
        ratio,
        stop,
        role,
        yuan,
    )


def _stop(
    at: Duals,
    one: Input,
    above: float,
    ratio: float | None,
    excess: tuple[float, float, float],
    hours: list[tuple[str, float]],
) -> tuple[Stop, str]:
    """The rule behind a ratio that is not 1: that of the largest price.

    Args:
        at: the multipliers.
        one: the input.
        above: worth of its last yuan beyond that of a yuan elsewhere.
        ratio: of the two.
        excess: what its largest value and rows of its own add per unit, and money per yuan.
        hours: what it pays through each role.
    """
    closed = _closed(at.of, one)
    if closed:
        return closed, ""
    if ratio is not None and abs(ratio - 1) <= EVEN:
        return "", ""
    reduced, caps, money = excess
    x, k = at.of.base.x, at.of.columns[one.column]
    assert x is not None
    # What would bring more than elsewhere is not too little: a rule holds it at nothing.
    at_nothing = x[k] <= AT * at.of.arrays.matrix.upper[k]
    if at_nothing and reduced <= 0 and above <= AT:
        return "least", ""
    own_hours = one.kind in OWN_HOURS
    dearest = max(hours, key=lambda pair: pair[1], default=("", 0.0))
    taken = dearest[1] if own_hours else 0.0
    found: list[tuple[float, Stop]] = [
        (reduced / one.cost, "cap"),
        (caps / one.cost, "cap"),
        (taken / one.cost, "hours"),
    ]
    # The wages of live hours are paid whether they are live or not.
    if not own_hours:
        found.append((money, _money_rule(at, one)))
    best, rule = max(found, key=lambda pair: abs(pair[0]))
    if abs(best) <= AT * max(abs(money), 1.0):
        # Money is no scarce thing here: what it takes of the team is what stops it.
        if not own_hours and dearest[1] > 0:
            return "hours", _entity(dearest[0])
        return "enough" if own_hours else "", ""
    return rule, _entity(dearest[0]) if rule == "hours" else ""


def _closed(of: Fixed, one: Input) -> Literal["", "closed", "off"]:
    """Whether the room of an input is not open in its period, or open and off air by choice."""
    x = of.base.x
    assert x is not None
    switches: tuple[tuple[str, Literal["closed", "off"]], ...] = (
        (f"field.standing[{one.room},{one.period}]", "closed"),
        (f"field.on[{one.room},{one.period}]", "off"),
    )
    for name, stop in switches:
        k = of.columns.get(name)
        if k is not None and x[k] < 0.5:
            return stop
    return ""


def _entity(row: str) -> str:
    """The first index of a row's name: the role of a row of staff hours."""
    return row.partition("[")[2].partition(",")[0]


def _money_rule(at: Duals, one: Input) -> Stop:
    """The rule of money that makes a yuan of this lever and period dearer or cheaper."""
    of, t, lever = at.of, one.period, one.lever

    def dual(row: str) -> float:
        n = of.rows.get(row)
        return 0.0 if n is None else abs(float(at.rows[n]))

    rules: list[tuple[float, Stop]] = [
        (dual(f"money.cash_balance[{t}]"), "cash"),
        (dual(f"money.period_budget[{t}]"), "period_budget"),
    ]
    for name in ("lever_limits", "lever_share_floor", "lever_share_top"):
        rules.append((dual(f"money.{name}[{lever}]"), "lever_limits"))
    rules.append((dual(f"money.locked_cell[{lever},{t}]"), "lever_limits"))
    best, rule = max(rules)
    return rule if best > 0 else "other"


def _taken(of: Fixed, origins: Attribution) -> Iterator[Marginal]:
    """Packages and deals of the plan in the period in which they begin."""
    ids, d = of.known.ids, of.decisions
    paid = {(one.source.kind, one.source.key): one.spend for one in origins.details}

    def whole(lever: str, kind: Literal["package", "deal"], key: str, t: int) -> Marginal:
        fee = paid.get((kind, key)) or 0.0
        average = float(traced(origins, kind, key).sum()) / fee if fee > 0 else None
        label = source_label(of.instance, Source(lever, kind, key))
        return Marginal(lever, kind, key, label, t, fee, average, None, None, "whole")

    for n, (e, p) in enumerate(ids.packages):
        if d.package[n] > 0.5:
            opens = of.known.campaign.windows[of.known.campaign.of[n]].first
            yield whole("campaign", "package", f"{e}.{p}", max(opens, 0))
    for n, k in enumerate(ids.deals):
        if d.deal[n].any():
            yield whole("kol", "deal", k, int(np.argmax(d.deal[n])))
