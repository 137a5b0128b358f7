"""Prices: what one more of a limit is worth, measured from below and from above.

A price is the multiplier of the linear program with the plan's whole numbers fixed. It is checked
by solving again with a little less and a little more.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.polish import TOLERANCE
from allocator.reasons.fixed import Fixed, Shift, Unsolved
from fact_models.replay import Replay

Resource = Literal["budget", "cash", "hours", "visit", "follower"]
RESOURCES: tuple[Resource, ...] = ("budget", "cash", "hours", "visit", "follower")
STEP = 0.005
"""First step of a check, as a share of the limit."""
WIDER = 8.0
"""Factor between the steps that are tried."""
WIDEST = 3
"""Steps tried to either side."""
NEAR = 0.1
"""Distance from the price, as a share of it, within which a step's mean worth agrees with it."""
COARSE = 1e-6
"""Tolerance of tangents in the checks of what is counted by period."""
NOTHING = 1e-7
"""Share of the largest price of its kind below which a price is 0."""


@dataclass(frozen=True)
class Price:
    """What one more unit of a limit is worth, in units of the objective.

    Attributes:
        resource: what there is one more of.
        role: whose hour; empty for the others.
        period: 0-based period; None for the budget of the horizon.
        price: the multiplier of the linear program.
        left: worth of the last unit, None where less leaves no plan or nothing was measured.
        right: worth of the next unit, None where nothing was measured.
        down, up: amounts of the limit less and more within which a unit is on average worth the
            price within 10 %; infinite where the limit is slack on that side.
        checked: whether it was solved again on both sides.
    """

    resource: Resource
    role: str
    period: int | None
    price: float
    left: float | None
    right: float | None
    down: float
    up: float
    checked: bool


@dataclass(frozen=True, eq=False)
class Limit:
    """A limit that can be moved: the shift of one unit, its size and its slack in the optimum."""

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
    mean = max(spend / ids.periods, 1.0)
    if instance.money.budget is not None:
        unit = _unit(of, [("money.budget", _spend_column(of), 1.0)])
        yield Limit("budget", "", None, unit, instance.money.budget, _slack(of, unit))
    if instance.money.cash is not None:
        for t in periods:
            unit = _unit(of, [(f"money.cash_balance[{t}]", f"money.cash[{t}]", 1.0)])
            yield Limit("cash", "", t, unit, mean, 0.0)
    for n, j in enumerate(ids.roles):
        for t in periods:
            unit = _unit(of, [(f"staff.staff_limit[{j},{t}]", f"staff.overtime[{j},{t}]", -1.0)])
            size = max(float(states.need[n, t]), 1.0)
            yield Limit("hours", j, t, unit, size, _slack(of, unit))
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


def multiplier(of: Fixed, unit: Shift) -> float:
    """Growth of the objective per unit of a shift, by the optimum's multipliers."""
    rows, columns = of.base.row_dual, of.base.col_dual
    assert rows is not None
    assert columns is not None
    return float(rows[unit.rows] @ unit.by + columns[unit.columns] @ unit.most)


def prices(
    of: Fixed, states: Replay, progress: Callable[[str], None] | None = None
) -> tuple[Price, ...]:
    """Prices of all limits, each checked on both sides while there is time.

    Args:
        of: the linear program at its optimum.
        states: the plan's replay.
        progress: is told what is being checked.
    """
    stated = list(limits(of, states))
    raw = [multiplier(of, limit.unit) for limit in stated]
    largest = {
        kind: max((abs(p) for p, one in zip(raw, stated, strict=True) if one.resource == kind),
                  default=0.0)
        for kind in RESOURCES
    }  # fmt: skip
    found: dict[int, Price] = {}
    # The budget first, then what weighs most: the time may not be enough for all.
    weight = [abs(p) * one.size for p, one in zip(raw, stated, strict=True)]
    order = sorted(range(len(stated)), key=lambda k: (stated[k].period is not None, -weight[k]))
    for n in order:
        price, limit = raw[n], stated[n]
        if abs(price) <= NOTHING * largest[limit.resource] or not limit.unit.size:
            found[n] = _free(limit)
            continue
        if progress is not None:
            progress(f"prices {len(found) + 1}/{len(stated)}")
        try:
            found[n] = _checked(of, limit, price)
        except Unsolved:
            found[n] = _unchecked(limit, price)
    return tuple(found[n] for n in range(len(stated)))


def _free(limit: Limit) -> Price:
    """A limit that is not reached: one more brings nothing, down to its slack one less neither."""
    return Price(
        limit.resource, limit.role, limit.period, 0.0, 0.0, 0.0, limit.slack, math.inf, True
    )


def _unchecked(limit: Limit, price: float) -> Price:
    return Price(limit.resource, limit.role, limit.period, price, None, None, 0.0, 0.0, False)


def _checked(of: Fixed, limit: Limit, price: float) -> Price:
    """Measure both sides.

    Raises:
        Unsolved: the time is over.
    """
    if of.halted():
        raise Unsolved("time is over")
    left, down = _side(of, limit, price, -1.0)
    right, up = _side(of, limit, price, 1.0)
    return Price(limit.resource, limit.role, limit.period, price, left, right, down, up, True)


def _side(of: Fixed, limit: Limit, price: float, sign: float) -> tuple[float | None, float]:
    """Worth of a unit over the first step to one side, and how far it stays near the price.

    The objective is concave in the limit, so what holds on average over a step holds over every
    shorter one.
    """
    step, first, reach = STEP * limit.size, None, 0.0
    tolerance = TOLERANCE if limit.resource == "budget" else None
    for _ in range(WIDEST):
        outcome = of.shifted(limit.unit * (sign * step), tolerance)
        if outcome is None:
            break
        worth = (outcome.objective - of.value) / (sign * step)
        first = worth if first is None else first
        if abs(worth - price) > NEAR * abs(price):
            break
        reach = step
        if limit.resource != "budget":
            break
        step *= WIDER
    return first, reach


def price_of(found: tuple[Price, ...], resource: Resource) -> Price | None:
    """The price of a limit over the horizon."""
    return next((one for one in found if one.resource == resource), None)
