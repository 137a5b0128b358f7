"""Checks of what is under way at the start: openings, contracts, hires, goods, deals, credit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import Path, at_most, period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fact_models.spec.instance import Instance


def openings(instance: Instance) -> Iterator[Fault]:
    """Only an account that is not open yet can be about to open."""
    for a, account in instance.field.accounts.items() if instance.field else ():
        if account.open and account.opens is not None:
            path: Path = ("field", "accounts", a, "opens")
            yield Fault(path, "must not be given for an open account", account.opens, "")


def phases(instance: Instance) -> Iterator[Fault]:
    """What has passed of a contract block or of the time between hires is less than all of it."""
    if instance.alliance:
        spec = instance.alliance
        path: Path = ("alliance", "contract_elapsed")
        yield from at_most(path, spec.contract_elapsed, spec.contract_periods - 1, "the block - 1")
    if instance.staff:
        team = instance.staff
        path = ("staff", "hire_elapsed")
        yield from at_most(path, team.hire_elapsed, team.hire_every - 1, "hire_every - 1")


def pipelines(instance: Instance) -> Iterator[Fault]:
    """What was ordered, sent or hired before the horizon arrives within the lead time."""
    for g, line in instance.goods.lines.items():
        if line.stock:
            path: Path = ("goods", "lines", g, "stock", "arriving")
            yield from _within(path, line.stock.arriving, line.stock.lead, "lead")
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        path = ("alliance", "tiers", c, "arriving")
        yield from _within(path, tier.arriving or [], tier.lead, "lead")
    for j, role in instance.staff.roles.items() if instance.staff else ():
        path = ("staff", "roles", j, "joining")
        yield from _within(path, role.joining, role.hire_lead, "hire_lead")
        path = ("staff", "roles", j, "learning")
        yield from _within(path, role.learning, len(role.ramp), "the number of ramp's entries")


def _within(path: Path, values: Sequence[float], lead: int, name: str) -> Iterator[Fault]:
    if len(values) > lead:
        rule = f"must have at most {lead} entries, as {name} says"
        yield Fault(path, rule, len(values), "")


def agreed_deals(instance: Instance) -> Iterator[Fault]:
    """A session that is agreed lies before the end of the horizon."""
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        t = None if deal.agreed is None else period(instance.calendar, deal.agreed)
        if t is not None and t >= instance.calendar.periods:
            path = ("kol", "deals", k, "agreed")
            hint = f"the horizon has {instance.calendar.periods} periods"
            yield Fault(path, "must lie before the end of the horizon", deal.agreed, hint)


def credit(instance: Instance) -> Iterator[Fault]:
    """No more credit is drawn than there is."""
    cash = instance.money.cash
    if cash:
        yield from at_most(("money", "cash", "drawn"), cash.drawn, cash.credit, "credit")
