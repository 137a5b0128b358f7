"""Checks of dates: they parse, lie in order, and reach the horizon where they must."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.calendar import as_date
from fact_models.spec.checks_phrases import Path, days, period, periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def dates_parse(instance: Instance) -> Iterator[Fault]:
    """Every text that stands for a time is a date or a week."""
    for path, when in _moments(instance):
        if isinstance(when, str):
            try:
                as_date(when)
            except ValueError as error:
                yield Fault(path, str(error), when)


def _moments(instance: Instance) -> Iterator[tuple[Path, int | str | None]]:
    yield ("merchant", "new_until"), instance.merchant.new_until
    for a, account in instance.field.accounts.items() if instance.field else ():
        yield ("field", "accounts", a, "opening_first"), account.opening_first
        yield ("field", "accounts", a, "opens"), account.opens
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        yield ("campaign", "campaigns", e, "signup_by"), campaign.signup_by
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield ("kol", "deals", k, "agreed"), deal.agreed
    for n, cell in enumerate(instance.money.locked):
        yield ("money", "locked", n, "period"), cell.period
    yield from _current(instance)
    for path, first, last in _spans(instance):
        yield (*path, "first"), first
        yield (*path, "last"), last


def _current(instance: Instance) -> Iterator[tuple[Path, int | str | None]]:
    if instance.current is None:
        return
    for n, entry in enumerate(instance.current.spend):
        yield ("current", "spend", n, "first"), entry.first
        yield ("current", "spend", n, "last"), entry.last
    for n, signed in enumerate(instance.current.signs):
        yield ("current", "signs", n, "period"), signed.period


def _spans(instance: Instance) -> Iterator[tuple[Path, int | str, int | str]]:
    for n, span in enumerate(instance.season):
        yield ("season", n), span.first, span.last
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        yield ("campaign", "campaigns", e), campaign.first, campaign.last
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield ("kol", "deals", k), deal.first, deal.last


def spans_in_order(instance: Instance) -> Iterator[Fault]:
    """No season, window or deal ends before it begins."""
    for path, first, last in _spans(instance):
        span = days(instance.calendar, first, last)
        if span and span[1] < span[0]:
            hint = f"first is {first}"
            yield Fault((*path, "last"), "must not lie before first", last, hint)


def signup_in_time(instance: Instance) -> Iterator[Fault]:
    """Sign-up ends no later than the window."""
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        if campaign.signup_by is None:
            continue
        signup = period(instance.calendar, campaign.signup_by)
        window = periods(instance.calendar, campaign.first, campaign.last)
        if signup is not None and window and signup > window[1] >= window[0]:
            path = ("campaign", "campaigns", e, "signup_by")
            hint = f"last is {campaign.last}"
            yield Fault(path, "must not lie after last", campaign.signup_by, hint)


def joined_in_horizon(instance: Instance) -> Iterator[Fault]:
    """A campaign already joined has a window that opens before the end of the horizon."""
    horizon = instance.calendar.periods
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        window = periods(instance.calendar, campaign.first, campaign.last)
        if campaign.joined is None or window is None or window[1] < window[0]:
            continue
        if window[0] >= horizon:
            path = ("campaign", "campaigns", e, "joined")
            rule = "must not be given for a window after the horizon"
            hint = f"the window is {campaign.first} to {campaign.last}; leave the campaign out"
            yield Fault(path, rule, campaign.joined, hint)


def joined_without_conflict(instance: Instance) -> Iterator[Fault]:
    """No two campaigns already joined are in conflict."""
    table = instance.campaign.campaigns if instance.campaign else {}
    for e, campaign in table.items():
        for other in campaign.conflicts:
            rival = table.get(other)
            if other != e and campaign.joined and rival and rival.joined:
                path = ("campaign", "campaigns", e, "joined")
                rule = "must not be given together with a campaign in conflict"
                yield Fault(path, rule, campaign.joined, f"{other} is joined too")


def deals_in_time(instance: Instance) -> Iterator[Fault]:
    """A deal whose window lies in the horizon leaves a period that can be signed in time."""
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        window = periods(instance.calendar, deal.first, deal.last)
        if window is None or window[1] < max(window[0], 0) or deal.agreed is not None:
            continue
        last = min(window[1], instance.calendar.periods - 1)
        if window[0] <= last < deal.lead:
            rule = "must leave time between the start of the horizon and the last session"
            hint = f"the last session is in period {last + 1}, so at most {last}"
            yield Fault(("kol", "deals", k, "lead"), rule, deal.lead, hint)


def locked_cells(instance: Instance) -> Iterator[Fault]:
    """Locked cells lie in the horizon, once each, and lock a lever that the file has."""
    horizon = instance.calendar.periods
    seen: dict[tuple[str, int], int] = {}
    for n, cell in enumerate(instance.money.locked):
        path: Path = ("money", "locked", n)
        t = period(instance.calendar, cell.period)
        if cell.spend > 0 and getattr(instance, cell.lever) is None:
            hint = f"the file has no record {cell.lever}"
            yield Fault((*path, "lever"), "must be a lever of this file", cell.lever, hint)
        if t is None:
            continue
        if not 0 <= t < horizon:
            hint = f"the horizon has the periods 1 to {horizon}"
            yield Fault((*path, "period"), "must lie in the horizon", cell.period, hint)
        elif (cell.lever, t) in seen:
            hint = f"entry {seen[cell.lever, t] + 1} of the list locks it too"
            rule = "must not lock a cell a second time"
            yield Fault((*path, "period"), rule, cell.period, hint)
        else:
            seen[cell.lever, t] = n
