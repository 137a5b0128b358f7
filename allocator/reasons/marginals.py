"""Marginal returns: what the last yuan of every lever and period brought, and what stops it there.

The return of an input is read off the linear program with the plan's whole numbers fixed: the
worth of what the input does, less the worth of the staff hours that it takes, per yuan of its own.
Where an input is at no limit of its own that is what a yuan is worth elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.matrix import Vector
from allocator.panel import label_of
from allocator.reasons.attribution import Attribution
from allocator.reasons.fixed import Fixed
from fact_models.decisions import Array
from fact_models.replay import Replay

Kind = Literal["boost", "content", "tier", "live", "skilled"]
Stop = Literal[
    "", "least", "enough", "cap", "cash", "period_budget", "lever_limits", "hours", "other"
]
"""Rules that stop an input: none, too little to gain, hours that receive nobody more, its own
largest value, cash, the budget of a period, limits of the lever, staff hours, another rule."""
EVEN = 0.01
"""Distance of a ratio from 1 within which it counts as 1."""
AT = 1e-6
"""Share of a limit within which an input counts as being at it."""


@dataclass(frozen=True)
class Marginal:
    """An input of a lever in one period.

    Attributes:
        lever, kind, key, label: which input; ``key`` of samples is tier and offer.
        period: 0-based.
        paid: yuan spent on it; wages of its hours for live and skilled hours.
        average: GMV of the horizon that its origin brought per yuan; for live hours GMV sold in
            the room in that period. None where nothing is spent.
        marginal: worth of the last yuan in units of the objective.
        ratio: marginal over what a yuan of budget is worth; None where that is nothing.
        stop: the rule that stops it where the ratio is not 1; ``role`` whose hours.
    """

    lever: str
    kind: Kind
    key: str
    label: str
    period: int
    paid: float
    average: float | None
    marginal: float
    ratio: float | None
    stop: Stop
    role: str = ""


@dataclass(frozen=True, eq=False)
class Input:
    """A column of the program with what a unit of it costs."""

    lever: str
    kind: Kind
    key: str
    label: str
    period: int
    column: str
    cost: float
    brought: float
    """GMV that counts as its own."""
    caps: tuple[str, ...] = ()
    """Rows that are limits of this input alone."""


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
    contribution counts in the objective and its floor."""
    of, periods = at.of, at.of.known.ids.periods
    rows, margin = of.rows, of.arrays.matrix
    found: Vector = np.zeros(periods)
    if "money.budget" in rows:
        found += at.rows[rows["money.budget"]]
    for t in range(periods):
        n = rows[f"money.contribution[{t}]"]
        column = of.columns[f"money.margin[{t}]"]
        found[t] += at.rows[n] * float(np.sign(margin.rows[[n], [column]][0]))
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
    return tuple(_marginal(at, one, yuan[one.period]) for one in _inputs(of, states, origins))


def _marginal(at: Duals, one: Input, yuan: float) -> Marginal:
    of, x = at.of, at.of.base.x
    assert x is not None
    k = of.columns[one.column]
    amount, reduced = float(x[k]), float(at.columns[k])
    money = at.through("money.", one.column)
    hours = at.prices("staff.staff_limit", one.column)
    caps = sum(at.price(row, one.column) for row in one.caps)
    taken = sum(price for _, price in hours) if one.kind in ("live", "skilled") else 0.0
    worth = (reduced + money + caps + taken) / one.cost
    paid = amount * one.cost
    ratio = worth / yuan if yuan > 0 else None
    stop, role = _stop(at, one, ratio, (reduced, caps, money / one.cost - yuan), hours)
    return Marginal(
        one.lever,
        one.kind,
        one.key,
        one.label,
        one.period,
        paid,
        one.brought / paid if paid > AT else None,
        worth,
        ratio,
        stop,
        role,
    )


def _stop(
    at: Duals,
    one: Input,
    ratio: float | None,
    excess: tuple[float, float, float],
    hours: list[tuple[str, float]],
) -> tuple[Stop, str]:
    """The rule behind a ratio that is not 1: that of the largest price."""
    if ratio is not None and abs(ratio - 1) <= EVEN:
        return "", ""
    reduced, caps, money = excess
    x, k = at.of.base.x, at.of.columns[one.column]
    assert x is not None
    if reduced <= 0 and x[k] <= AT * max(at.of.arrays.matrix.upper[k], 1.0):
        return "least", ""
    own_hours = one.kind in ("live", "skilled")
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


def _inputs(of: Fixed, states: Replay, origins: Attribution) -> Iterator[Input]:
    yield from _field(of, states, origins)
    yield from _alliance(of, origins)


def _traced(origins: Attribution, kind: str, key: str) -> Array:
    """(T,) GMV by the period of the act."""
    return np.asarray(origins.acts[origins.trace.origins.number[kind, key]])


def _field(of: Fixed, states: Replay, origins: Attribution) -> Iterator[Input]:
    spec, periods = of.instance.field, range(of.known.ids.periods)
    if not spec:
        return
    for i, boost in spec.boosts.items():
        brought = _traced(origins, "boost", i)
        for t in periods:
            column = f"field.boost_spend[{i},{t}]"
            if column in of.columns and boost.spend_max > 0:
                name = label_of(boost, i)
                yield Input("field", "boost", i, name, t, column, 1.0, float(brought[t]))
    if spec.content and spec.content.price > 0:
        for t in periods:
            column = f"field.content_bought[{t}]"
            if column in of.columns:
                yield Input("field", "content", "", "", t, column, spec.content.price, 0.0)
    rate = dict(zip(of.known.ids.roles, of.known.staff.rate, strict=True))
    sold = _room_gmv(states)
    for n, (a, account) in enumerate(spec.accounts.items()):
        wage = sum(rate[j] * share for j, share in account.crew.items())
        name = label_of(account, a)
        for t in periods:
            column = f"field.hours[{a},all,{t}]"
            if wage > 0 and column in of.columns:
                caps = (f"field.longest_hours[{a},{t}]", f"field.slot_hours[{a},all,{t}]")
                gmv = float(sold[n, t])
                yield Input("field", "live", a, name, t, column, wage, gmv, caps)


def _room_gmv(states: Replay) -> Array:
    """GMV of each own room [a,t]: its share of the rooms' orders."""
    orders = states.own_orders.sum(axis=1)
    total = orders.sum(axis=0)
    share = np.divide(orders, total, out=np.zeros_like(orders), where=total > 0)
    return np.asarray(share * (states.gmv["field"] + states.gmv["campaign"]))


def _alliance(of: Fixed, origins: Attribution) -> Iterator[Input]:
    spec, periods = of.instance.alliance, range(of.known.ids.periods)
    if not spec:
        return
    for n, (c, o) in enumerate(of.known.ids.offers):
        tier = spec.tiers[c]
        if tier.sample_cost <= 0:
            continue
        brought = _traced(origins, "tier", c)
        for t in periods:
            column = f"alliance.samples[{c},{o},{t}]"
            in_force = of.decisions.offer[n, t] > 0.5
            if column in of.columns and in_force:
                caps = (f"alliance.sample_limit[{c},{o},{t}]",)
                name = label_of(tier, c)
                gmv = float(brought[t])
                yield Input(
                    "alliance", "tier", f"{c}.{o}", name, t, column, tier.sample_cost, gmv, caps
                )
