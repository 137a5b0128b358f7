"""Limits that a price can be told for: the rows and columns that one more unit of each moves."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.reasons.fixed import Fixed, Shift
from fact_models.replay import Replay

Resource = Literal["budget", "cash", "hours", "visit", "follower"]
RESOURCES: tuple[Resource, ...] = ("budget", "cash", "hours", "visit", "follower")
SIGNS = (-1.0, 1.0)
"""Less of a limit, and more."""
MONEY = ("budget", "cash")
"""Limits in yuan."""
SPECK = 1e-5
"""Worth of a yuan below which it is 0: slopes of neighbouring tangents differ by as much."""
SEEN = 0.005
"""Price of a yuan that shows in two decimals."""
COARSE = 1e-5
"""Tolerance of tangents where a limit of the horizon is moved."""


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit that can be moved: the shift of one unit, its size, and the slack in the optimum by
    which it can shrink without changing it; 0 where that is not known."""

    resource: Resource
    role: str
    period: int | None
    unit: Shift
    size: float
    slack: float


def limits(of: Fixed, states: Replay) -> Iterator[Limit]:
    """The limits that are priced, in the order of ``RESOURCES``.

    Args:
        of: the linear program at its optimum.
        states: the plan's replay, which says where visits and followers are.
    """
    instance, ids = of.instance, of.known.ids
    periods = range(ids.periods)
    spend = float(sum(x.sum() for x in states.spend.values()))
    # Where nothing is spent, any size in the file's own unit of money is as good.
    mean = (spend or instance.money.budget or abs(states.objective) or 1.0) / ids.periods
    if instance.money.budget is not None:
        unit = _unit(of, [("money.budget", _spend_column(of), 1.0)])
        yield Limit("budget", "", None, unit, instance.money.budget, _slack(of, unit))
    if instance.money.cash is not None:
        for t in periods:
            unit = _unit(of, [(f"money.cash_balance[{t}]", f"money.cash[{t}]", 1.0)])
            yield Limit("cash", "", t, unit, mean, _cash_slack(of, t))
    for n, j in enumerate(ids.roles):
        for t in periods:
            unit = _unit(of, [(f"staff.staff_limit[{j},{t}]", f"staff.overtime[{j},{t}]", -1.0)])
            size = max(float(states.need[n, t]), 1.0)
            # Hours that nothing needs have no row.
            slack = _slack(of, unit) if unit.size else math.inf
            yield Limit("hours", j, t, unit, size, slack)
    yield from _visits(of, states)
    yield from _followers(of, states)


def _visits(of: Fixed, states: Replay) -> Iterator[Limit]:
    """One more recommended visit, spread as the plan's are."""
    ids = of.known.ids
    for t in range(ids.periods):
        amount = states.decisions.recommended[..., t]
        rows = [
            (
                f"snowball.recommended_limit[{a},{s},{t}]",
                f"field.recommended[{a},{s},{t}]",
                float(amount[n, k] / amount.sum()),
            )
            for n, a in enumerate(ids.accounts)
            for k, s in enumerate(ids.segments)
            if amount.sum() > 0
        ]
        if rows:
            yield Limit("visit", "", t, _unit(of, rows), float(amount.sum()), 0.0)


def _followers(of: Fixed, states: Replay) -> Iterator[Limit]:
    """One more follower at the start of a period, spread as the plan's are; in the first period
    more than there are today."""
    ids = of.known.ids
    for t in range(ids.periods):
        amount = states.followers[:, t]
        if amount.sum() <= 0:
            continue
        share = amount / amount.sum()
        if t == 0:
            names = [f"snowball.followers[{s},0]" for s in ids.segments]
            at = [n for n, name in enumerate(names) if name in of.columns]
            columns = np.array([of.columns[names[n]] for n in at], np.intp)
            unit = Shift(np.zeros(0, np.intp), np.zeros(0), columns, share[at])
        else:
            unit = _unit(
                of,
                [
                    (
                        f"snowball.follower_balance[{s},{t - 1}]",
                        f"snowball.followers[{s},{t}]",
                        float(share[k]),
                    )
                    for k, s in enumerate(ids.segments)
                ],
            )
        yield Limit("follower", "", t, unit, float(amount.sum()), 0.0)


def _spend_column(of: Fixed) -> str:
    """A column that counts in the budget."""
    return next(name for name in of.columns if name.startswith("money.spend["))


def _unit(of: Fixed, rows: list[tuple[str, str, float]]) -> Shift:
    """One more unit: rows by name, a column whose sign says which way a row grows, and the share
    of the unit that the row gets."""
    matrix = of.arrays.matrix
    places, by = [], []
    for row, column, share in rows:
        n = of.rows.get(row)
        if n is None:
            continue
        sign = np.sign(matrix.rows[[n], [of.columns[column]]][0])
        # A column with a negative share stands on the side of what there is, not of what is used.
        places.append(n)
        by.append(abs(share) * float(sign) * (1.0 if share > 0 else -1.0))
    return Shift(np.array(places, np.intp), np.array(by))


def _slack(of: Fixed, unit: Shift) -> float:
    """What is left of a limit of one row in the optimum."""
    assert of.base.x is not None
    if unit.rows.size != 1:
        return 0.0
    matrix, n = of.arrays.matrix, int(unit.rows[0])
    used = float((matrix.rows[[n]] @ of.base.x)[0])
    side = matrix.row_upper[n] if unit.by[0] > 0 else matrix.row_lower[n]
    return float(abs(side - used)) if math.isfinite(side) else math.inf


def _cash_slack(of: Fixed, t: int) -> float:
    """Yuan that can be missing from a period on: the least room above the floor from there, with
    the credit that is left where it costs nothing."""
    cash, x = of.instance.money.cash, of.base.x
    assert cash is not None
    assert x is not None
    least = math.inf
    for later in range(t, of.known.ids.periods):
        held = float(x[of.columns[f"money.cash[{later}]"]])
        drawn = of.columns.get(f"money.drawn[{later}]")
        used = 0.0 if drawn is None else float(x[drawn])
        least = min(least, held + (used if cash.interest else cash.credit) - cash.floor)
    return max(least, 0.0)
