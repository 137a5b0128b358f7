"""Prices: what one more of a limit is worth, measured from below and from above.

A price is the multiplier of the linear program with the plan's whole numbers fixed. It is checked
by solving again with a little less and a little more.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from allocator.reasons.fixed import Fixed, Shift, Unsolved
from allocator.reasons.limits import (
    COARSE,
    MONEY,
    RESOURCES,
    SIGNS,
    SPECK,
    Limit,
    Resource,
    limits,
)
from allocator.reasons.steps import Step
from fact_models.replay import Replay

STEP = 0.0005
"""Step of a check, as a share of the limit."""
DOUBLINGS = 9
"""How often the step is doubled at most in search of the range."""
FEW_DOUBLINGS = 6
"""The same in a large instance, where a long step takes as long as a dozen short ones."""
LARGE = 4000
"""Rows from which on an instance is large."""
WORK = 1e5
"""Rows of all linear programs solved for ranges beyond those of the dearest limit of each kind:
enough for every limit of a small instance."""
AT_ONCE = 2
"""Limits whose ranges are looked for before the work done is counted again, whatever the number
of threads: what is told does not depend on it."""
WIDER = 0.02
"""Step of the budget that is tried in a large instance where its tenth is farther than the price
holds."""
BELOW_TENTH = 7
"""How often the step of the budget is doubled at most in another one: 6.4 % of it."""
NEAR = 0.1
"""Distance from the price, as a share of it, within which a step's mean worth agrees with it."""
NOTHING = 1e-7
"""Share of the largest price of its kind below which a price is 0."""
NOISE = 1e-8
"""Share of the objective below which a difference is rounding."""


_Side = tuple[float | None, float]
"""Mean worth of a unit on one side, and how far it is known to be worth the price."""
UNKNOWN: _Side = (None, 0.0)
"""A side that was not measured."""


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
        down, up: amounts of the limit less and more within which a unit is known to be worth the
            price on average within 10 %; infinite where the limit is slack on that side.
        checked: whether it was solved again on both sides, or is a limit with slack, which needs
            no proof.
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

    def reach(self, sign: float) -> float:
        """``down`` for a negative sign, ``up`` for a positive one."""
        return self.down if sign < 0 else self.up


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
    tight, questions = [], []
    for n in order:
        price, limit = raw[n], stated[n]
        if limit.slack > STEP * limit.size:
            found[n] = _free(limit)
            continue
        speck = SPECK if limit.resource in MONEY else 0.0
        if abs(price) <= max(NOTHING * largest[limit.resource], speck):
            price = 0.0
        tight.append((n, price))
        questions += [partial(_side, limit, price, tenths, sign) for sign in SIGNS]
    sides = of.each(questions)
    for (n, price), below, above in zip(tight, sides, sides, strict=True):
        found[n] = _price(stated[n], price, below, above)
        if progress is not None:
            progress(f"prices {len(found)}/{len(stated)}")
    if progress is not None:
        progress("ranges")
    _widen(of, stated, [n for n in order if stated[n].resource != "budget"], found)
    return tuple(found[n] for n in range(len(stated)))


def _free(limit: Limit) -> Price:
    """A limit that is not reached: one more brings nothing, down to its slack one less neither."""
    return Price(
        limit.resource, limit.role, limit.period, 0.0, 0.0, 0.0, limit.slack, math.inf, True
    )


def _price(limit: Limit, price: float, below: _Side | None, above: _Side | None) -> Price:
    """A price with its two sides, unchecked where one was not measured."""
    (left, down), (right, up) = below or UNKNOWN, above or UNKNOWN
    checked = below is not None and above is not None
    return Price(limit.resource, limit.role, limit.period, price, left, right, down, up, checked)


def _side(
    limit: Limit, price: float, tenths: tuple[Step, ...], sign: float, of: Fixed
) -> _Side | None:
    """Measure one side; None if the time is over or no row holds the limit."""
    if of.halted() or not limit.unit.size:
        return None
    try:
        worth = _mean(of, limit, sign * STEP, None)
        reach = STEP * limit.size if _near(of, limit, worth, price, STEP) else 0.0
        if reach and limit.resource == "budget":
            reach = _budget_reach(of, limit, price, sign, tenths)
    except Unsolved:
        return None
    return worth, reach


def _budget_reach(
    of: Fixed, limit: Limit, price: float, sign: float, tenths: tuple[Step, ...]
) -> float:
    """How far the budget's price is known to hold to one side: at most as far as its tenth.

    The objective is concave in every limit, so what holds on average over a step holds over every
    shorter one.
    """
    for tenth in tenths:
        if tenth.budget * sign > 0 and abs(tenth.per_yuan - price) <= NEAR * abs(price):
            return abs(tenth.budget)
    if of.relaxation.engine.rows <= LARGE:
        return _reach(of, limit, price, sign, BELOW_TENTH)
    with of.aside():
        worth = _mean(of, limit, sign * WIDER, COARSE, price)
    return (WIDER if _near(of, limit, worth, price, WIDER) else STEP) * limit.size


def _widen(of: Fixed, stated: list[Limit], order: list[int], found: dict[int, Price]) -> None:
    """Look for the range of prices that hold over the step of their check: of the dearest of
    every kind, then of every role, then of all, while work and time are left.

    Args:
        of: the linear program at its optimum.
        stated: the limits.
        order: numbers of those to look at, the dearest first.
        found: their prices by number; takes the ranges.
    """
    kinds = dict(reversed([(stated[n].resource, n) for n in order]))
    roles = dict(reversed([((stated[n].resource, stated[n].role), n) for n in order]))
    tight = {n for n in order if stated[n].slack <= STEP * stated[n].size and found[n].checked}
    dearest = [n for n in kinds.values() if n in tight]
    ranked = dict.fromkeys((*roles.values(), *order))
    others = [n for n in ranked if n in tight and n not in dearest]
    left = WORK

    def widen(chosen: list[int]) -> int:
        """Their ranges; returns the rows of all programs solved."""
        work = 0
        asked = [(n, sign) for n in chosen for sign in SIGNS if found[n].reach(sign)]
        questions = [partial(_range, stated[n], found[n].price, sign) for n, sign in asked]
        for (n, sign), (reach, rows) in zip(asked, of.each(questions), strict=True):
            work += rows
            if reach is not None:
                one = found[n]
                found[n] = replace(one, down=reach) if sign < 0 else replace(one, up=reach)
        return work

    widen(dearest)
    for start in range(0, len(others), AT_ONCE):
        if left <= 0 or of.halted():
            break
        left -= widen(others[start : start + AT_ONCE])


def _range(limit: Limit, price: float, sign: float, of: Fixed) -> tuple[float | None, int]:
    """How far a price holds to one side, None if time is over, and the rows of all programs
    solved for it."""
    solves, reach = of.solves, None
    with suppress(Unsolved):
        most = FEW_DOUBLINGS if of.relaxation.engine.rows > LARGE else DOUBLINGS
        reach = _reach(of, limit, price, sign, most)
    return reach, (of.solves - solves) * of.relaxation.engine.rows


def _reach(of: Fixed, limit: Limit, price: float, sign: float, most: int) -> float:
    """The longest of the steps, doubled ``most`` times at most, over which a unit is on average
    worth the price.

    What holds over a step holds over every shorter one, so the longest is tried first and the
    numbers of doublings are halved from there.

    Raises:
        Unsolved: it was stopped.
    """
    kept, lost, tried = 0, most + 1, most
    while lost - kept > 1:
        if of.halted():
            raise Unsolved("time is over")
        share = STEP * 2.0**tried
        with of.aside():
            worth = _mean(of, limit, sign * share, COARSE, price)
        near = _near(of, limit, worth, price, share)
        kept, lost = (tried, lost) if near else (kept, tried)
        tried = (kept + lost) // 2
    return STEP * 2.0**kept * limit.size


def _mean(
    of: Fixed, limit: Limit, share: float, tolerance: float | None, price: float | None = None
) -> float | None:
    """Worth of a unit on average over a step of a share of the limit; None if there is no plan
    then. With a ``price`` it is only as exact as it takes to see that it is not near.

    Raises:
        Unsolved: it was stopped.
    """
    step, settled = share * limit.size, of.settling()

    def enough(objective: float) -> bool:
        # Further tangents lower the objective: the next units fall, the last ones rise.
        worth = (objective - of.value) / step
        assert price is not None
        beyond = worth < price if share > 0 else worth > price
        lost = beyond and not _near(of, limit, worth, price, abs(share))
        return settled(objective) or lost

    outcome = of.shifted(limit.unit * step, tolerance, enough=None if price is None else enough)
    return None if outcome is None else (outcome.objective - of.value) / step


def _near(of: Fixed, limit: Limit, worth: float | None, price: float, share: float) -> bool:
    """Whether a unit's mean worth over a share of the limit agrees with its price."""
    if worth is None:
        return False
    rounding = NOISE * max(abs(of.value), 1.0) / (share * limit.size)
    return abs(worth - price) <= NEAR * abs(price) + rounding


def price_of(found: tuple[Price, ...], resource: Resource) -> Price | None:
    """The price of a limit over the horizon."""
    return next((one for one in found if one.resource == resource), None)
