"""Binding rules by worth: what a little more of each limit would bring."""

from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from allocator.matrix import Vector
from allocator.panel import label_of
from allocator.reasons.fixed import Fixed, Shift, Unsolved
from allocator.reasons.limits import COARSE
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterable

MORE = 0.01
"""Share of a limit by which it is moved."""
SHOWN = 8
"""Rules that are solved again and shown."""
LEAST = 1e-6
"""Share of the objective below which a rule's worth is left out."""
ROWS = {
    "money.budget": "budget",
    "money.period_budget": "period_budget",
    "money.lever_limits": "lever",
    "money.lever_share_floor": "lever",
    "money.lever_share_top": "lever",
    "money.locked_cell": "locked",
    "money.cash_floor": "cash",
    "money.profit_floor": "profit_floor",
    "money.roi_floor": "roi_floor",
    "staff.staff_limit": "hours",
    "staff.overtime_limit": "overtime",
    "field.longest_hours": "live_hours",
    "field.slot_hours": "live_hours",
    "field.skilled_hours": "skilled",
    "alliance.supply_limit": "creators",
    "alliance.sample_limit": "samples",
    "goods.stock_limit": "stock",
    "objective.target": "target",
}
"""Rows that a user sets, by the component that writes them."""
COLUMNS = {
    "field.boost_spend": "boost",
    "field.hours": "live_hours",
    "field.skilled": "skilled",
    "field.content_made": "content_made",
    "field.content_bought": "content_bought",
    "staff.overtime": "overtime",
    "staff.outsourced": "outsourced",
    "alliance.kept": "creators",
    "alliance.pool": "creators",
    "alliance.samples": "samples",
    "goods.purchase": "purchase",
    "money.drawn": "credit",
}
"""Columns whose largest value a user sets."""
WHOLE = ("budget", "profit_floor", "roi_floor", "target")
"""Rules over the horizon."""


@dataclass(frozen=True)
class Rule:
    """A rule that binds.

    Attributes:
        rule: a value of ``ROWS`` or ``COLUMNS``.
        key, label: the entity that it limits; empty for a rule of the whole merchant.
        periods: periods in which it binds; 1 for a rule over the horizon.
        expected: what 1 % more of it in all its periods is worth by the prices.
        measured: the same, found by solving again; None if it was not.
    """

    rule: str
    key: str
    label: str
    periods: int
    expected: float
    measured: float | None


@dataclass
class _Group:
    """Rows and columns of one rule, with the amounts by which 1 % more moves them."""

    rows: list[int]
    by: list[float]
    columns: list[int]
    most: list[float]
    worth: float
    periods: set[str]


def rules(of: Fixed) -> tuple[Rule, ...]:
    """The binding rules, the dearest first; the first ones are solved again, while there is
    time."""
    groups = _groups(of)
    least = LEAST * abs(of.value)
    order = sorted(groups.items(), key=lambda item: -item[1].worth)
    shown = list(takewhile(lambda item: item[1].worth > least, order[:SHOWN]))
    answers = of.each([partial(_measured, group) for _, group in shown])
    found = []
    for ((rule, key), group), measured in zip(shown, answers, strict=True):
        periods = 1 if rule in WHOLE else min(len(group.periods), of.known.ids.periods)
        label = entity_label(of.instance, rule, key)
        found.append(Rule(rule, key, label, periods, group.worth, measured))
    found.sort(key=lambda one: -(one.expected if one.measured is None else one.measured))
    return tuple(found)


def _measured(group: _Group, of: Fixed) -> float | None:
    shift = Shift(
        np.array(group.rows, np.intp),
        np.array(group.by),
        np.array(group.columns, np.intp),
        np.array(group.most),
    )
    if of.halted():
        return None
    try:
        with of.aside():
            outcome = of.shifted(shift, COARSE, enough=of.settling())
    except Unsolved:
        return None
    return None if outcome is None else outcome.objective - of.value


def _groups(of: Fixed) -> dict[tuple[str, str], _Group]:
    """Rows and columns with a price, by rule and entity; with them all that say the same of the
    same entity and period, since a limit moves only if all of them do."""
    rows, columns, x = of.base.row_dual, of.base.col_dual, of.base.x
    assert rows is not None
    assert columns is not None
    assert x is not None
    matrix = of.arrays.matrix
    found: dict[tuple[str, str], _Group] = {}
    stated = [(n, name, ROWS) for n, name in enumerate(matrix.row_names)]
    boxes = [(n, name, COLUMNS) for n, name in enumerate(matrix.column_names)]
    binding: set[tuple[str, str, str]] = set()
    for n, name, table in (*stated, *boxes):
        price = float(rows[n]) if table is ROWS else max(float(columns[n]), 0.0)
        limit = _limit(name, table)
        if limit is None or not price:
            continue
        binding.add(limit)
        group = found.setdefault(limit[:2], _Group([], [], [], [], 0.0, set()))
        group.periods.add(limit[2])
        size = _size(of, n, x) if table is ROWS else float(matrix.upper[n])
        group.worth += abs(price) * MORE * size
    for n, name, table in (*stated, *boxes):
        limit = _limit(name, table)
        if limit is None or limit not in binding:
            continue
        group = found[limit[:2]]
        if table is COLUMNS:
            group.columns.append(n)
            group.most.append(MORE * float(matrix.upper[n]))
        else:
            group.rows.append(n)
            looser = float(np.sign(rows[n])) or (1.0 if np.isfinite(matrix.row_upper[n]) else -1.0)
            group.by.append(looser * MORE * _size(of, n, x))
    return found


def _limit(name: str, table: dict[str, str]) -> tuple[str, str, str] | None:
    """Rule, entity and period of a row or a column; None if no user sets it."""
    component, _, rest = name.partition("[")
    rule = table.get(component)
    if rule is None:
        return None
    index = rest.rstrip("]").split(",")
    return rule, index[0] if len(index) > 1 or rule == "lever" else "", index[-1]


def _size(of: Fixed, n: int, x: Vector) -> float:
    """Size of a row's limit: its side, or what is used of it where its side is 0. For cash, a
    period's mean spend."""
    matrix = of.arrays.matrix
    if matrix.row_names[n].startswith("money.cash_floor"):
        return abs(of.instance.money.cash.opening) if of.instance.money.cash else 0.0
    sides = [abs(s) for s in (matrix.row_lower[n], matrix.row_upper[n]) if np.isfinite(s)]
    start, end = matrix.rows.indptr[n], matrix.rows.indptr[n + 1]
    values = matrix.rows.data[start:end] * x[matrix.rows.indices[start:end]]
    return float(max(*sides, values[values > 0].sum()))


def entity_label(instance: Instance, rule: str, key: str) -> str:
    """What planners call the entity of a rule."""
    field, alliance, staff = instance.field, instance.alliance, instance.staff
    tables: Iterable[dict[str, Any]] = (
        dict(field.accounts) if field and rule in ("live_hours", "skilled") else {},
        dict(field.boosts) if field and rule == "boost" else {},
        dict(alliance.tiers) if alliance and rule in ("creators", "samples") else {},
        dict(staff.roles) if staff and rule in ("hours", "overtime", "outsourced") else {},
        dict(instance.goods.lines) if rule in ("stock", "purchase") else {},
    )
    for table in tables:
        if key in table:
            return label_of(table[key], key)
    return key
