"""Limits that hold a plan back: which, where, and in how many periods."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.panel import Source, label_of, source, week_of, with_units
from allocator.plan import Plan
from fact_models.spec.calendar import Calendar

FULL = 0.995
"""Share of a limit from which it counts as used up."""


class Limit(NamedTuple):
    """A limit that is reached."""

    limit: str
    what: str
    reached: NDArray[np.bool_]
    """Periods (T,) in which it is reached."""
    whole_horizon: bool = False
    """Whether it holds over the horizon and not in each period."""


def limits(plan: Plan) -> pd.DataFrame:
    """Limits that are reached, those over the horizon first, then those of the most periods.

    ``periods`` counts the periods in which at least 99.5 % of the limit is used, ``week`` and
    ``end`` are the first and the last of them. A limit over the whole horizon counts once, and
    with it what earlier weeks took.
    """
    of = source(plan)
    calendar = of.instance.calendar
    reached = [limit for limit in _limits(of) if limit.reached.any()]
    reached.sort(key=lambda limit: (not limit.whole_horizon, -int(limit.reached.sum())))
    found = [_row(calendar, limit) for limit in reached]
    table = pd.DataFrame(found, columns=["limit", "what", "periods", "week", "end"])
    return with_units(table, of.instance.currency)


def _row(calendar: Calendar, limit: Limit) -> dict[str, object]:
    at = np.flatnonzero(limit.reached)
    return {
        "limit": limit.limit,
        "what": limit.what,
        "periods": len(at),
        "week": week_of(calendar, int(at[0])),
        "end": week_of(calendar, int(at[-1])),
    }


def _limits(of: Source) -> Iterator[Limit]:
    yield from _money(of)
    yield from _field(of)
    yield from _alliance(of)
    yield from _staff(of)


def _once(of: Source, reached: bool) -> NDArray[np.bool_]:
    """A limit over the whole horizon, shown at its last period."""
    at = np.zeros(of.ids.periods, dtype=bool)
    at[-1] = reached
    return at


def _money(of: Source) -> Iterator[Limit]:
    money, states = of.instance.money, of.states
    spend = np.sum(list(states.spend.values()), axis=0)
    if money.budget is not None:
        full = bool(spend.sum() + money.past.spend() >= FULL * money.budget)
        yield Limit("budget", "over the horizon", _once(of, full), True)
    if money.budget_per_period is not None:
        yield Limit("budget", "per period", spend >= FULL * money.budget_per_period)
    for lever, rule in money.levers.items():
        if rule.max is not None:
            total = states.spend[lever].sum() + getattr(money.past, lever)
            full = bool(total >= FULL * rule.max)
            yield Limit("budget", lever, _once(of, full), True)
    if money.cash and states.cash is not None:
        near = (1 - FULL) * max(float(np.abs(states.cash).max()), 1.0)
        yield Limit("cash floor", "", states.cash + of.decisions.drawn <= money.cash.floor + near)
        if money.cash.credit > 0:
            yield Limit("credit line", "", of.decisions.drawn >= FULL * money.cash.credit)


def _field(of: Source) -> Iterator[Limit]:
    field = of.instance.field
    if not field:
        return
    states, decisions = of.states, of.decisions
    for n, (a, account) in enumerate(field.accounts.items()):
        label = label_of(account, a)
        served, room = states.visits[n].sum(axis=0), states.capacity[n]
        live = decisions.hours[n].sum(axis=0)
        yield Limit("live hours", label, live >= FULL * account.hours_max)
        yield Limit("reception", label, (room > 0) & (served >= FULL * room))
    if field.accounts_max is not None:
        yield Limit("open accounts", "", states.open.sum(axis=0) >= field.accounts_max)
    for n, (i, boost) in enumerate(field.boosts.items()):
        top = decisions.boost_spend[n] >= FULL * boost.spend_max
        yield Limit("boost spend", label_of(boost, i), top & (boost.spend_max > 0))
    if field.content and field.content.made_max > 0:
        made = decisions.content_made >= FULL * field.content.made_max
        yield Limit("content made", "", made)


def _alliance(of: Source) -> Iterator[Limit]:
    if not of.instance.alliance:
        return
    for c, tier in of.instance.alliance.tiers.items():
        rows = [n for n, (tier_id, _) in enumerate(of.ids.offers) if tier_id == c]
        sent = of.decisions.samples[rows].sum(axis=0)
        if tier.samples_max > 0:
            yield Limit("samples", label_of(tier, c), sent >= FULL * tier.samples_max)
        supply = np.array([tier.offers[of.ids.offers[n][1]].supply for n in rows])
        kept = of.decisions.kept[rows]
        full = (kept > 0) & (kept >= FULL * supply[:, None])
        yield Limit("creators willing", label_of(tier, c), np.asarray(full.any(axis=0)))


def _staff(of: Source) -> Iterator[Limit]:
    staff = of.instance.staff
    if not staff:
        return
    states, decisions = of.states, of.decisions
    for n, (j, role) in enumerate(staff.roles.items()):
        label = label_of(role, j)
        rate = np.array([other.covers.get(j, 0.0) for other in staff.roles.values()])
        covered = rate @ decisions.cover[:, n]
        given = decisions.cover[n].sum(axis=0)
        regular = role.hours * states.productive[n]
        room = regular + decisions.overtime[n] + decisions.outsourced[n] + covered - given
        yield Limit("hours of", label, (states.need[n] > 0) & (states.need[n] >= FULL * room))
        if role.hires_total is not None:
            hired = bool(decisions.hires[n].sum() >= role.hires_total > 0)
            yield Limit("hires of", label, _once(of, hired), True)
        if role.heads_max is not None:
            yield Limit("heads of", label, states.heads[n] >= FULL * role.heads_max)
