"""One limit of an instance, moved: budget, opening cash, profit floor, hires."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from allocator.changing import plain
from fact_models.overriding import OverrideError, validated
from fact_models.spec.instance import Instance

Over = Literal["budget", "cash", "profit-floor", "staff"]
"""Limits that a frontier can be drawn over."""
OVERS: tuple[Over, ...] = get_args(Over)
REACH = (0.5, 1.5)
"""Ends of a sweep over budget or cash, relative to the file's own limit."""
HIRES_REACH = 1.5
"""Most hires of a sweep, relative to the file's own limit."""


@dataclass(frozen=True)
class Sweep:
    """The values of one limit, with the instance that each makes.

    The first value leaves the fewest plans and the last the most: every plan under one of them is
    a plan under those that follow, and a bound under one holds under those before.
    """

    over: Over
    values: tuple[float, ...]
    """From the tightest to the loosest; money, or hires over the horizon."""
    instances: tuple[Instance, ...]
    own: float | None
    """The limit of the file itself; None if it has none."""


class SweepError(ValueError):
    """A sweep that the instance does not allow, in words."""


def sweep_of(
    instance: Instance, over: Over, points: int, low: float | None, high: float | None
) -> Sweep:
    """The values of a sweep between ``low`` and ``high``.

    Without ends: half to one and a half times the file's budget or opening cash; no hire to one
    and a half times the hires that the file allows. A profit floor has no ends of its own.

    Raises:
        SweepError: the instance has no such limit, the ends are no range of it, or a value breaks
            a rule of the file.
    """
    own = own_limit(instance, over)
    if over == "staff":
        return _hires(instance, points, low, high, own or 0.0)
    if own is not None and own > 0 and over != "profit-floor":
        low = REACH[0] * own if low is None else low
        high = REACH[1] * own if high is None else high
    if low is None or high is None:
        raise SweepError(f"the file has no {_WHERE[over]} to sweep about: give --from and --to")
    if not low < high or (low < 0 and over == "budget"):
        raise SweepError(f"a sweep over {over} cannot go from {low:g} to {high:g}")
    values = [_tidy(x, high - low, over) for x in np.linspace(low, high, points)]
    if over == "profit-floor":
        values.reverse()
    change = _CHANGES[over]
    return Sweep(over, tuple(values), tuple(change(instance, x) for x in values), own)


def own_limit(instance: Instance, over: Over) -> float | None:
    """The limit of the instance itself: money, or hires over the horizon; None without one.

    Raises:
        SweepError: the instance holds nothing that the limit could bind.
    """
    money = instance.money
    if over == "budget":
        return money.budget
    if over == "profit-floor":
        return money.profit_floor
    if over == "cash":
        if money.cash is None:
            raise SweepError("the file has no money.cash, so cash binds nothing")
        return money.cash.opening
    if instance.staff is None:
        raise SweepError("the file has no staff, so hires bind nothing")
    allowed = float(sum(hires_allowed(instance).values()))
    if allowed == 0:
        raise SweepError("no role of the file may hire (staff.roles: hires_max, hires_total)")
    return allowed


def hires_allowed(instance: Instance) -> dict[str, int]:
    """Hires over the horizon that every role may decide."""
    if instance.staff is None:
        return {}
    found = {}
    for name, role in instance.staff.roles.items():
        most = role.hires_max * _decisions(instance)
        found[name] = most if role.hires_total is None else min(most, role.hires_total)
    return found


def _decisions(instance: Instance) -> int:
    """Periods in which hiring is decided."""
    assert instance.staff is not None
    return math.ceil(instance.calendar.periods / instance.staff.hire_every)


def _hires(
    instance: Instance, points: int, low: float | None, high: float | None, own: float
) -> Sweep:
    """A sweep over hires: every role's own limit times a common factor, in whole heads."""
    allowed = hires_allowed(instance)
    ends = (0.0 if low is None else low, HIRES_REACH * own if high is None else high)
    if not 0 <= ends[0] < ends[1]:
        raise SweepError(f"a sweep over staff cannot go from {ends[0]:g} to {ends[1]:g} hires")
    assert instance.staff is not None
    most = {n: r.hires_max * _decisions(instance) for n, r in instance.staff.roles.items()}
    seen: dict[float, Instance] = {}
    for share in np.linspace(ends[0] / own, ends[1] / own, points):
        limits = {name: min(round(share * n), most[name]) for name, n in allowed.items()}
        seen.setdefault(float(sum(limits.values())), _with_hires(instance, limits))
    if len(seen) < 2:
        raise SweepError(f"no two of {points} points between {ends[0]:g} and {ends[1]:g} differ")
    return Sweep("staff", tuple(seen), tuple(seen.values()), own)


def _with_hires(instance: Instance, limits: dict[str, int]) -> Instance:
    tree = plain(instance).model_dump()
    for name, limit in limits.items():
        tree["staff"]["roles"][name]["hires_total"] = limit
    return Instance.model_validate(tree)


def _with_money(*path: str) -> Callable[[Instance, float], Instance]:
    def changed(instance: Instance, value: float) -> Instance:
        tree: dict[str, Any] = plain(instance).model_dump()
        record = tree["money"]
        for key in path[:-1]:
            record = record[key]
        record[path[-1]] = value
        try:
            return validated(tree)
        except OverrideError as error:
            at = ".".join(("money", *path))
            raise SweepError(f"the file cannot hold {at} = {value:g}: {error}") from None

    return changed


_CHANGES: dict[Over, Callable[[Instance, float], Instance]] = {
    "budget": _with_money("budget"),
    "cash": _with_money("cash", "opening"),
    "profit-floor": _with_money("profit_floor"),
}
_WHERE: dict[Over, str] = {
    "budget": "money.budget",
    "cash": "money.cash.opening above 0",
    "profit-floor": "profit floor",
}


def _tidy(value: float, span: float, over: Over) -> float:
    """``value`` to a thousandth of the span, so that it reads well.

    Towards more plans: an end is often what a plan spends or earns, which is to fit there.
    """
    unit = 10.0 ** (math.floor(math.log10(span)) - 3)
    steps = value / unit
    whole = math.floor(steps + 1e-6) if over == "profit-floor" else math.ceil(steps - 1e-6)
    return float(round(whole * unit, 9))
