"""Checks of the plan at hand and of last year's shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import Path, known_name, nearest, period, sums_to_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def current_levers(instance: Instance) -> Iterator[Fault]:
    """The plan at hand and last year spend on levers of the file; shares sum to 1."""
    named: list[tuple[Path, str, float]] = [
        (("current", "spend", n, "lever"), entry.lever, entry.spend)
        for n, entry in enumerate(instance.current.spend if instance.current else ())
    ]
    named += [(("last_year", k), k, share) for k, share in instance.last_year.items()]
    for path, lever, spend in named:
        if spend > 0 and getattr(instance, lever) is None:
            hint = f"the file has no record {lever}"
            yield Fault(path, "must be a lever of this file", lever, hint)
    if instance.last_year:
        yield from sums_to_one(("last_year",), instance.last_year.values())


def current_spans(instance: Instance) -> Iterator[Fault]:
    """Spans of the plan at hand lie in the horizon and do not end before they begin."""
    calendar = instance.calendar
    for n, entry in enumerate(instance.current.spend if instance.current else ()):
        last = calendar.periods if entry.last is None else entry.last
        ends = {"first": (entry.first, entry.first), "last": (entry.last, last)}
        found = {name: period(calendar, when) for name, (_, when) in ends.items()}
        for name, (given, _) in ends.items():
            t = found[name]
            if t is not None and not 0 <= t < calendar.periods:
                hint = f"the horizon has the periods 1 to {calendar.periods}"
                path = ("current", "spend", n, name)
                yield Fault(path, "must lie in the horizon", given, hint)
        if None not in found.values() and found["last"] < found["first"]:  # type: ignore[operator]
            hint = f"first is {entry.first}"
            yield Fault(
                ("current", "spend", n, "last"), "must not lie before first", entry.last, hint
            )


def current_packages(instance: Instance) -> Iterator[Fault]:
    """Packages of the plan at hand exist, one a campaign."""
    table = instance.campaign.campaigns if instance.campaign else {}
    seen: set[str] = set()
    for n, entry in enumerate(instance.current.joins if instance.current else ()):
        path: Path = ("current", "joins", n)
        here = (*path, "campaign")
        yield from known_name(here, entry.campaign, table, "campaign", shown=entry.campaign)
        if entry.campaign in seen:
            yield Fault(here, "must not join a campaign a second time", entry.campaign)
        seen.add(entry.campaign)
        campaign = table.get(entry.campaign)
        if campaign and entry.package not in campaign.packages:
            hint = nearest(entry.package, campaign.packages, "package")
            rule = "must name a package of this campaign"
            yield Fault((*path, "package"), rule, entry.package, hint)


def current_deals(instance: Instance) -> Iterator[Fault]:
    """Deals of the plan at hand exist, once each, in a period of the horizon."""
    table = instance.kol.deals if instance.kol else {}
    seen: set[str] = set()
    for n, entry in enumerate(instance.current.signs if instance.current else ()):
        path: Path = ("current", "signs", n)
        yield from known_name((*path, "deal"), entry.deal, table, "deal", shown=entry.deal)
        if entry.deal in seen:
            yield Fault((*path, "deal"), "must not sign a deal a second time", entry.deal)
        seen.add(entry.deal)
        t = period(instance.calendar, entry.period)
        if t is not None and not 0 <= t < instance.calendar.periods:
            hint = f"the horizon has the periods 1 to {instance.calendar.periods}"
            yield Fault((*path, "period"), "must lie in the horizon", entry.period, hint)
