"""An allocation played through in plain numpy: its value, its money, and every rule it breaks.

Written from models/MODEL.md, section 14, and not from the arrays that the search works on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fact_models.allocation.spec import Limits, Request

Vector = NDArray[np.float64]

TOLERANCE = 1e-6
"""Share of a limit by which it may be missed."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an allocation brings, in the request's units.

    Attributes:
        value: what is maximised.
        by_channel: value by channel, by target where there are targets.
        fees: (channels, periods) fixed costs paid.
        paid: spend and fees together.
        broken: rules that do not hold, in words.
    """

    value: float
    by_channel: dict[str, float]
    fees: Vector
    paid: float
    broken: list[str]


def replay(request: Request, spend: Vector) -> Outcome:
    """Play ``spend`` through and check it.

    Args:
        request: the request.
        spend: (channels, periods), or (channels, targets, periods) where there are targets.

    Raises:
        ValueError: the shape is another one.
    """
    shape: tuple[int, ...] = (len(request.channels), request.periods.count)
    if request.targets:
        shape = (shape[0], len(request.targets), shape[1])
    if spend.shape != shape:
        raise ValueError(f"spend has shape {spend.shape}, the request has {shape}")
    by_channel = dict(_values(request, spend))
    price = np.array([request.fixed_cost.get(c, 0.0) for c in request.channels])
    active = (spend > 0).reshape(shape[0], -1, shape[-1]).sum(axis=1)
    fees = price[:, None] * active
    money = spend.reshape(shape[0], -1, shape[-1]).sum(axis=1) + fees
    broken = [*_broken_by_cells(request, spend), *_broken_by_sums(request, spend, money)]
    return Outcome(sum(by_channel.values()), by_channel, fees, float(money.sum()), broken)


def stock(request: Request, channel: str, spend: Vector) -> Vector:
    """What works in every period of the horizon and its tail, of one series of ``spend`` (T,)."""
    carry = request.carryover.get(channel)
    tail = request.periods.tail
    if carry is None:
        return np.concatenate([spend, np.zeros(tail)])
    series = np.concatenate([carry.before, spend, np.zeros(tail)])
    lags = np.arange(series.size if carry.lags is None else carry.lags + 1)
    left = np.convolve(series, carry.rate**lags)[: series.size]
    if carry.normalised:
        longest = np.inf if carry.lags is None else carry.lags + 1
        left *= (1 - carry.rate) / (1 - carry.rate**longest)
    return left[len(carry.before) :]


def _values(request: Request, spend: Vector) -> Iterator[tuple[str, float]]:
    """Value by channel, or by target."""
    span = request.periods.count + request.periods.tail
    given = request.periods.weight or [1.0]
    weight = np.array([given[t] if t < len(given) else given[-1] for t in range(span)])
    if not request.targets:
        for c, (name, curve) in enumerate(request.curves.items()):
            yield name, float(weight @ curve.value(stock(request, name, spend[c])))
        return
    for j, (name, target) in enumerate(request.targets.items()):
        pressure = np.zeros(span)
        for c, channel in enumerate(request.channels):
            if channel in target.effect:
                pressure += target.effect[channel] * stock(request, channel, spend[c, j])
        yield name, float(weight @ target.curve.value(pressure))


def _broken_by_cells(request: Request, spend: Vector) -> Iterator[str]:
    """Rules of single amounts."""
    for c, name in enumerate(request.channels):
        mine = spend[c]
        if (mine < 0).any() or not np.isfinite(mine).all():
            yield f"{name} has an amount below 0 or none at all"
        least = request.min_if_active.get(name, 0.0)
        if ((mine > 0) & (mine < least * (1 - TOLERANCE))).any():
            yield f"{name} spends less than min_if_active, {least:g}"
        if name in request.integer:
            unit = request.integer[name]
            if (np.abs(mine / unit - np.rint(mine / unit)) > TOLERANCE).any():
                yield f"{name} spends no whole multiple of {unit:g}"
        if request.targets:
            idle = [j for j, t in enumerate(request.targets.values()) if name not in t.effect]
            if mine[idle].any():
                yield f"{name} spends on a target on which it has no effect"


def _within(what: str, amount: float, low: float, high: float | None) -> Iterator[str]:
    if amount < low - TOLERANCE * max(abs(low), 1e-9):
        yield f"{what}: {amount:g} is less than {low:g}"
    if high is not None and amount > high + TOLERANCE * max(abs(high), 1e-9):
        yield f"{what}: {amount:g} is more than {high:g}"


def _broken_by_sums(request: Request, spend: Vector, money: Vector) -> Iterator[str]:
    """Rules of sums; ``money`` (channels, periods) holds spend and fees."""
    if request.budget is not None:
        yield from _within("budget", float(money.sum()), 0.0, request.budget)
    periods = request.periods
    for t in range(periods.count):
        low = periods.min[t] if isinstance(periods.min, list) else periods.min
        high = periods.max[t] if isinstance(periods.max, list) else periods.max
        yield from _within(f"period {t + 1}", float(money[:, t].sum()), low, high)
    place = {name: n for n, name in enumerate(request.channels)}
    for name, bounds in request.bounds.items():
        c = place[name]
        series = spend[c].sum(axis=0) if request.targets else spend[c]
        for t, amount in enumerate(series):
            yield from _within(f"{name}, period {t + 1}", amount, bounds.min, bounds.max)
            if bounds.current is not None:
                most = bounds.current_max
                high = None if most is None else most * bounds.current
                low = bounds.current_min * bounds.current
                yield from _within(f"{name}, period {t + 1}, of today", amount, low, high)
        yield from _broken_totals(request, name, bounds, float(money[c].sum()))
    for name, group in request.groups.items():
        part = money[[place[c] for c in dict.fromkeys(group.channels)]]
        for t in range(periods.count):
            amount = float(part[:, t].sum())
            yield from _within(f"group {name}, period {t + 1}", amount, group.min, group.max)
        yield from _broken_totals(request, f"group {name}", group, float(part.sum()))
    for j, (name, target) in enumerate(request.targets.items()):
        yield from _within(f"target {name}", float(spend[:, j].sum()), target.min, target.max)


def _broken_totals(request: Request, name: str, limits: Limits, amount: float) -> Iterator[str]:
    yield from _within(f"{name}, in total", amount, limits.total_min, limits.total_max)
    if request.budget is not None:
        low, high = limits.share_min * request.budget, limits.share_max * request.budget
        yield from _within(f"{name}, share of the budget", amount, low, high)
