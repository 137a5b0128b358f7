"""Prices: what one more of a limit is worth, measured from below and from above.

A price is the multiplier of the linear program with the plan's whole numbers fixed. It is checked
by solving again with a little less and a little more.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from allocator.reasons.fixed import Fixed, Shift, Unsolved
from allocator.reasons.limits import COARSE, RESOURCES, Limit, Resource, limits
from allocator.reasons.steps import Step
from fact_models.replay import Replay

STEP = 0.005
"""Step of a check, as a share of the limit."""
WIDER = 0.02
"""Step of the budget that is tried where its tenth is farther than the price holds."""
NEAR = 0.1
"""Distance from the price, as a share of it, within which a step's mean worth agrees with it."""
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


def multiplier(of: Fixed, unit: Shift) -> float:
    """Growth of the objective per unit of a shift, by the optimum's multipliers."""
    rows, columns = of.base.row_dual, of.base.col_dual
    assert rows is not None
    assert columns is not None
    return float(rows[unit.rows] @ unit.by + columns[unit.columns] @ unit.most)


def prices(
    of: Fixed,
    states: Replay,
    tenths: tuple[Step, ...] = (),
    progress: Callable[[str], None] | None = None,
) -> tuple[Price, ...]:
    """Prices of all limits, each checked on both sides while there is time.

    Args:
        of: the linear program at its optimum.
        states: the plan's replay.
        tenths: what the last and the next tenth of the budget bring.
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
            found[n] = _checked(of, limit, price, tenths)
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


def _checked(of: Fixed, limit: Limit, price: float, tenths: tuple[Step, ...]) -> Price:
    """Measure both sides.

    Raises:
        Unsolved: the time is over.
    """
    if of.halted():
        raise Unsolved("time is over")
    sides = []
    for sign in (-1.0, 1.0):
        if limit.resource == "budget":
            tenth = next((one for one in tenths if one.budget * sign > 0), None)
            sides.append(_budget_side(of, limit, price, sign, tenth))
        else:
            sides.append(_side(of, limit, price, sign))
    (left, down), (right, up) = sides
    return Price(limit.resource, limit.role, limit.period, price, left, right, down, up, True)


def _side(of: Fixed, limit: Limit, price: float, sign: float) -> tuple[float | None, float]:
    """Worth of a unit over a step to one side, and how far it is known to stay near the price.

    The objective is concave in the limit, so what holds on average over a step holds over every
    shorter one.
    """
    worth = _mean(of, limit, sign * STEP, None)
    near = worth is not None and _near(worth, price)
    return worth, STEP * limit.size if near else 0.0


def _budget_side(
    of: Fixed, limit: Limit, price: float, sign: float, tenth: Step | None
) -> tuple[float | None, float]:
    """The same for the budget, whose range is looked for as far as its tenth."""
    with of.aside():
        worth = _mean(of, limit, sign * STEP, COARSE)
        if worth is None or not _near(worth, price):
            return worth, 0.0
        if tenth is not None and _near(tenth.per_yuan, price):
            return worth, abs(tenth.budget)
        wider = _mean(of, limit, sign * WIDER, COARSE)
    near = wider is not None and _near(wider, price)
    return worth, (WIDER if near else STEP) * limit.size


def _mean(of: Fixed, limit: Limit, share: float, tolerance: float | None) -> float | None:
    """Worth of a unit on average over a step of a share of the limit; None if there is no plan
    then.

    Raises:
        Unsolved: it was stopped.
    """
    outcome = of.shifted(limit.unit * (share * limit.size), tolerance)
    return None if outcome is None else (outcome.objective - of.value) / (share * limit.size)


def _near(worth: float, price: float) -> bool:
    return abs(worth - price) <= NEAR * abs(price)


def price_of(found: tuple[Price, ...], resource: Resource) -> Price | None:
    """The price of a limit over the horizon."""
    return next((one for one in found if one.resource == resource), None)
