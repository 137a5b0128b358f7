"""Sums that show without a solver that no plan exists: what is asked for against the most that
can be there by then.

Every check is one-sided: it takes the least that must be and the most that can be, so what it
says is proved, and what it does not see may still be impossible.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from allocator.conflicts.arithmetic_levers import levers
from allocator.conflicts.places import when
from allocator.conflicts.record import Clash, figure
from allocator.conflicts.sentences import NOTHING, SUMS, joined, told
from allocator.labels import Label
from fact_models.parameters import Parameters, parameters
from fact_models.spec.instance import Instance
from fact_models.spec.staff import Role

Array = NDArray[np.float64]
ROUNDING = 1e-6
"""Excess, as a share of the figure, below which sums count as equal."""


def checks(instance: Instance) -> list[Clash]:
    """All sums that show that ``instance`` has no plan; none proves nothing."""
    p = parameters(instance)
    found = [*_heads(instance, p), *_hours(instance, p), *_payroll(instance), *_cash(instance)]
    return [*found, *levers(instance, p)]


def above(much: float, limit: float) -> bool:
    """Whether ``much`` exceeds ``limit`` by more than rounding."""
    return much > limit + ROUNDING * max(abs(much), abs(limit), 1e-9)


def most_heads(instance: Instance, role: Role) -> Array:
    """Most heads (T,) of a role: everybody hired as early and as often as it may be."""
    periods = instance.calendar.periods
    assert instance.staff is not None
    every, left = instance.staff.hire_every, math.inf
    if role.hires_total is not None:
        left = role.hires_total
    arriving = np.zeros(periods)
    for t in range(0, periods, every):
        hired = min(role.hires_max, left)
        left -= hired
        if t + role.hire_lead < periods:
            arriving[t + role.hire_lead] += hired
    found, heads = np.zeros(periods), float(role.heads)
    for t in range(periods):
        heads = (heads if t == 0 else (1 - role.attrition) * heads) + arriving[t]
        found[t] = heads
    return found if role.heads_max is None else np.minimum(found, role.heads_max)


def least_heads(instance: Instance, role: Role) -> Array:
    """Fewest heads (T,) of a role: nobody hired, everybody dismissed who may be."""
    found, heads = np.zeros(instance.calendar.periods), float(role.heads)
    for t in range(found.size):
        if t:
            heads = max((1 - role.attrition) * heads - role.leaves_max, 0.0)
        found[t] = max(heads, role.heads_min)
    return found


def _heads(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """The fewest heads asked for can be there."""
    for j, role in instance.staff.roles.items() if instance.staff else ():
        most = most_heads(instance, role)
        short = [t for t in p.periods if above(role.heads_min, most[t])]
        if short:
            t = short[0]
            at = when(instance.calendar, [t])
            words = told(
                SUMS["heads"], least=figure(role.heads_min), role=j, most=f"{most[t]:.4g}",
                when=at, joining=_joining(role),
            )  # fmt: skip
            path = ("staff", "roles", j, "heads_min")
            yield Clash(path, figure(role.heads_min), words, tuple(n + 1 for n in short))


def _joining(role: Role) -> Label:
    """What a role has today and may hire."""
    parts = [told(SUMS["today"], heads=role.heads)]
    if role.attrition:
        parts.append(told(SUMS["attrition"], share=f"{role.attrition:.4g}"))
    if not role.hires_max:
        return joined([*parts, SUMS["no_hires"]])
    total = NOTHING if role.hires_total is None else told(SUMS["in_all"], most=role.hires_total)
    hires = told(SUMS["hires"], most=role.hires_max, total=total, lead=role.hire_lead)
    return joined([*parts, hires])


def _hours(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """Campaigns that are signed already find the hours that they need."""
    roles = instance.staff.roles if instance.staff else {}
    entries = [entry for entry in p.entries.values() if entry.joined]
    room = {
        j: most_heads(instance, role) * role.hours * (1 + role.overtime_share) + role.outsource_max
        for j, role in roles.items()
    }
    for j, role in roles.items():
        need = sum(
            (e.coverage * e.spec.crew.get(j, 0.0) for e in entries), np.zeros(len(p.periods))
        )
        helped = sum((i.covers[j] * room[k] for k, i in roles.items() if j in i.covers), room[j])
        short = [t for t in p.periods if above(need[t], helped[t])]
        if not short:
            continue
        t = short[0]
        most, at = most_heads(instance, role)[t], when(instance.calendar, [t])
        names = ", ".join(e.campaign for e in entries if e.spec.crew.get(j) and e.coverage[t])
        extra = helped[t] - most * role.hours
        besides = told(SUMS["besides"], hours=f"{extra:,.4g}") if extra > 0 else NOTHING
        words = told(
            SUMS["hours"], names=names, need=f"{need[t]:,.6g}", role=j, when=at, besides=besides,
            heads=f"{need[t] / role.hours:.3g}", most=f"{most:.3g}", joining=_joining(role),
        )  # fmt: skip
        for entry in entries:
            if entry.spec.crew.get(j) and entry.coverage[t]:
                path = ("campaign", "campaigns", entry.campaign, "packages", entry.package, "crew")
                yield Clash((*path, j), figure(entry.spec.crew[j]), words,
                            tuple(n + 1 for n in short))  # fmt: skip
                break


def least_spend(instance: Instance) -> Array:
    """Least budgeted spend (T,): wages of the smallest team and the fixed cost of open rooms."""
    found = np.zeros(instance.calendar.periods)
    for role in instance.staff.roles.values() if instance.staff else ():
        found += role.wage * least_heads(instance, role)
    for account in instance.field.accounts.values() if instance.field else ():
        found += account.fixed_cost if account.open else 0.0
    return found


def _payroll(instance: Instance) -> Iterator[Clash]:
    """Budgets pay for the smallest team and the rooms that are open."""
    money, least = instance.money, least_spend(instance)
    left = None if money.budget is None else money.budget - money.past.spend()
    if left is not None and above(float(least.sum()), left):
        short_of = least.sum() - left
        key = "payroll_left" if money.past.spend() > 0 else "payroll"
        words = told(SUMS[key], least=f"{least.sum():,.8g}", short=f"{short_of:,.8g}")
        yield Clash(("money", "budget"), figure(money.budget or 0.0), words)
    if money.budget_per_period is not None:
        short = [t for t, x in enumerate(least) if above(x, money.budget_per_period)]
        if short:
            at = when(instance.calendar, short)
            dearest = f"{least[short].max():,.8g}"
            words = told(SUMS["payroll_period"], least=dearest, when=at)
            path = ("money", "budget_per_period")
            shown = tuple(t + 1 for t in short)
            yield Clash(path, figure(money.budget_per_period), words, shown)


def _cash(instance: Instance) -> Iterator[Clash]:
    """Until the first sales are settled, wages and overhead are paid from what is there."""
    money, cash = instance.money, instance.money.cash
    if cash is None:
        return
    wait = next((n for n, share in enumerate(money.settlement) if share > 0), 0)
    due = np.cumsum(least_spend(instance) + money.overhead)
    for t in range(min(wait, due.size)):
        held = cash.opening + sum(cash.receivables[: t + 1]) + cash.credit
        if above(due[t] + cash.floor, held):
            words = told(
                SUMS["cash"], due=f"{due[t]:,.8g}", period=t + 1, wait=wait, held=f"{held:,.8g}",
                floor=f"{cash.floor:,.8g}",
            )  # fmt: skip
            path = ("money", "cash", "opening")
            yield Clash(path, figure(cash.opening), words, (t + 1,))
            return
