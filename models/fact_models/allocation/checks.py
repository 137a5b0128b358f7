"""Rules across the fields of an allocation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fact_models.allocation.spec import Limits, Periods, Request

ROUNDING = 1e-9
"""Share by which two amounts may miss each other and still count as equal."""


def faults(request: Request) -> Iterator[Fault]:
    """Every broken rule."""
    yield from _curves_or_targets(request)
    yield from _known_channels(request)
    yield from _series(request.periods)
    yield from _limits_in_order(request)
    yield from _limits_of_other_fields(request)
    yield from _periods_in_order(request.periods)
    yield from _least_within_bounds(request)
    yield from _shares_need_a_budget(request)
    yield from _finite(request)
    yield from _minima_within_the_budget(request)


def _curves_or_targets(request: Request) -> Iterator[Fault]:
    if request.curves and request.targets:
        rule = "must be left out beside targets, whose curves say what spend brings"
        yield Fault(("curves",), rule)
    for name, carry in request.carryover.items():
        if carry.before and request.targets:
            yield Fault(("carryover", name, "before"), "must be left out beside targets")
    if not request.curves and not request.targets:
        yield Fault(("curves",), "must name at least one channel")


def _known_channels(request: Request) -> Iterator[Fault]:
    known = set(request.channels)
    tables: dict[str, Mapping[str, object]] = {
        "bounds": request.bounds,
        "min_if_active": request.min_if_active,
        "fixed_cost": request.fixed_cost,
        "carryover": request.carryover,
        "integer": request.integer,
    }
    for field, table in tables.items():
        for name in table:
            if name not in known:
                yield Fault((field, name), "is no channel", hint=_listed(request))
    for g, group in request.groups.items():
        for n, name in enumerate(group.channels):
            if name not in known:
                yield Fault(("groups", g, "channels", n), "is no channel", name, _listed(request))


def _listed(request: Request) -> str:
    names = request.channels
    return f"channels: {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}"


def _series(periods: Periods) -> Iterator[Fault]:
    for field in ("min", "max", "weight"):
        series = getattr(periods, field)
        if isinstance(series, list) and series and len(series) != periods.count:
            rule = f"must have one entry a period, {periods.count}"
            yield Fault(("periods", field), rule, len(series))


def _limits_in_order(request: Request) -> Iterator[Fault]:
    tables: dict[str, Mapping[str, Limits]] = {"bounds": request.bounds, "groups": request.groups}
    for field, table in tables.items():
        for name, limits in table.items():
            for low, high in (("min", "max"), ("total_min", "total_max")):
                least, most = getattr(limits, low), getattr(limits, high)
                if most is not None and least > most:
                    yield Fault((field, name, low), f"must not exceed {high}, {most:g}", least)
            if limits.share_min > limits.share_max:
                rule = f"must not exceed share_max, {limits.share_max:g}"
                yield Fault((field, name, "share_min"), rule, limits.share_min)
    for name, bounds in request.bounds.items():
        if bounds.current is None and (bounds.current_min or bounds.current_max is not None):
            yield Fault(("bounds", name, "current"), "is needed by its multiples")


def _limits_of_other_fields(request: Request) -> Iterator[Fault]:
    """Least and most amounts of one thing that stand in fields of different kinds."""
    for path, low, floor, high, ceiling in _pairs(request):
        if ceiling is not None and floor > ceiling * (1 + ROUNDING):
            rule = f"asks for {floor:g}, which must not exceed what {high} allows, {ceiling:g}"
            yield Fault((*path, low), rule)


def _pairs(
    request: Request,
) -> Iterator[tuple[tuple[str, str], str, float, str, float | None]]:
    """Path of a record, a field with a least amount, a field with a most amount."""
    budget = request.budget
    tables: dict[str, Mapping[str, Limits]] = {"bounds": request.bounds, "groups": request.groups}
    for field, table in tables.items():
        for name, limits in table.items():
            if budget is None:
                continue
            path, share_max = (field, name), limits.share_max
            ceiling = share_max * budget if share_max < 1 else None
            yield path, "total_min", limits.total_min, "share_max", ceiling
            yield path, "share_min", limits.share_min * budget, "total_max", limits.total_max
    for name, bounds in request.bounds.items():
        path, today, times = ("bounds", name), bounds.current or 0.0, bounds.current_max
        floor, ceiling = bounds.current_min * today, None if times is None else times * today
        yield path, "min", bounds.min, "current_max", ceiling
        yield path, "current_min", floor, "max", bounds.max
        yield path, "current_min", floor, "current_max", ceiling
    for name, target in request.targets.items():
        yield ("targets", name), "min", target.min, "max", target.max


def _least_within_bounds(request: Request) -> Iterator[Fault]:
    """A channel that always spends needs room for its least spend."""
    for name, bounds in request.bounds.items():
        least, today = request.min_if_active.get(name, 0.0), bounds.current or 0.0
        ends = [bounds.max]
        ends += [None if bounds.current_max is None else bounds.current_max * today]
        most = min((end for end in ends if end is not None), default=None)
        must = max(bounds.min, bounds.current_min * today) > 0 and not request.targets
        if must and most is not None and least > most * (1 + ROUNDING):
            rule = f"must not exceed the most of a channel that has to spend, {most:g}"
            yield Fault(("min_if_active", name), rule, least)


def _periods_in_order(periods: Periods) -> Iterator[Fault]:
    for t in range(periods.count):
        least, most = _of_period(periods.min, t), _of_period(periods.max, t)
        if least is not None and most is not None and least > most:
            path = ("periods", "min", t) if isinstance(periods.min, list) else ("periods", "min")
            yield Fault(path, f"must not exceed max of period {t + 1}, {most:g}", least)
            return


def _of_period(series: list[float] | float | None, t: int) -> float | None:
    """The entry of period ``t``; None where a list is too short."""
    if isinstance(series, list):
        return series[t] if t < len(series) else None
    return series


def _shares_need_a_budget(request: Request) -> Iterator[Fault]:
    if request.budget is not None:
        return
    tables: dict[str, Mapping[str, Limits]] = {"bounds": request.bounds, "groups": request.groups}
    for field, table in tables.items():
        for name, limits in table.items():
            if limits.share_min > 0 or limits.share_max < 1:
                yield Fault((field, name), "has a share of the budget, and there is no budget")


def _finite(request: Request) -> Iterator[Fault]:
    if request.budget is not None or request.periods.max is not None:
        return
    for name in request.channels:
        limits = request.bounds.get(name)
        ends = () if limits is None else (limits.max, limits.total_max, limits.current_max)
        if all(end is None for end in ends):
            rule = f"is needed: without it the spend of {name} has no end"
            yield Fault(("budget",), rule, hint=f"give budget, or bounds.{name}.max")
            return


def _minima_within_the_budget(request: Request) -> Iterator[Fault]:
    if request.budget is None:
        return
    count = request.periods.count
    least = 0.0
    for limits in request.bounds.values():
        floor = max(limits.min, limits.current_min * (limits.current or 0.0))
        least += max(floor * count, limits.total_min, limits.share_min * request.budget)
    if least > request.budget * (1 + ROUNDING):
        rule = f"must cover what the channels' limits demand at least, {least:g}"
        yield Fault(("budget",), rule, request.budget)
