"""Staff in plain numpy: heads, trained hours, pay (ST).

Axes: j roles, t periods.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions, Ids
from fact_models.replay.arrays import delayed, table, vector
from fact_models.spec.instance import Instance
from fact_models.spec.staff import Role


@dataclass(frozen=True)
class StaffFacts:
    """The roles' figures as arrays [j]."""

    roles: tuple[Role, ...]
    heads: Array
    attrition: Array
    wage: Array
    hours: Array
    rate: Array
    overtime_share: Array
    overtime_factor: Array
    outsource_price: Array
    hire_cost: Array
    severance: Array
    covers: Array  # [j,j'] efficiency of role j on the work of role j'
    order_hours: Array
    hire_every: int
    hire_elapsed: int
    joining: Array  # [j,t] heads hired before the horizon who begin in t
    learning: Array  # [j,n] heads who began n + 1 periods before the first


def staff_facts(instance: Instance, ids: Ids) -> StaffFacts:
    """The arrays of ``instance.staff``."""
    team = instance.staff
    roles = tuple(team.roles.values()) if team else ()
    wage, hours = vector(r.wage for r in roles), vector(r.hours for r in roles)
    return StaffFacts(
        roles=roles,
        heads=vector(r.heads for r in roles),
        attrition=vector(r.attrition for r in roles),
        wage=wage,
        hours=hours,
        rate=wage / hours,
        overtime_share=vector(r.overtime_share for r in roles),
        overtime_factor=vector(r.overtime_factor for r in roles),
        outsource_price=vector(r.outsource_price for r in roles),
        hire_cost=vector(r.hire_cost for r in roles),
        severance=vector(r.severance for r in roles),
        covers=table([r.covers for r in roles], ids.roles),
        order_hours=table([team.order_hours if team else {}], ids.roles)[0],
        hire_every=team.hire_every if team else 1,
        hire_elapsed=team.hire_elapsed if team else 0,
        joining=_padded([r.joining for r in roles], ids.periods),
        learning=_padded([r.learning for r in roles], max(len(r.ramp) for r in roles))
        if roles
        else np.zeros((0, 0)),
    )


def _padded(rows: list[list[int]], width: int) -> Array:
    """One row a list, as wide as asked, 0 behind what it holds."""
    found = np.zeros((len(rows), width))
    for n, row in enumerate(rows):
        found[n, : min(len(row), width)] = row[:width]
    return found


def heads(facts: StaffFacts, hires: Array, leaves: Array) -> Array:
    """(ST.1) Heads [j,t]."""
    count = np.zeros(hires.shape)
    stay = 1 - facts.attrition
    begun = np.zeros(hires.shape)
    for n, role in enumerate(facts.roles):
        begun[n] = delayed(hires[n], role.hire_lead, hires.shape[1]) + facts.joining[n]
    for t in range(hires.shape[1]):
        before = stay * count[:, t - 1] - leaves[:, t - 1] if t else facts.heads
        count[:, t] = before + begun[:, t]
    return count


def productive(facts: StaffFacts, headcount: Array, hires: Array) -> Array:
    """(ST.2) Heads in terms of trained ones [j,t]."""
    trained = headcount.copy()
    for n, role in enumerate(facts.roles):
        for age, skill in enumerate(role.ramp):
            recruits = delayed(hires[n], role.hire_lead + age, headcount.shape[1])
            recruits += delayed(facts.joining[n], age, headcount.shape[1])
            # Those who began before the horizon: n + 1 periods ago they are of age n + 1 now.
            before = facts.learning[n, :age][::-1]
            recruits[: before.size] += before[: recruits.size]
            trained[n] -= (1 - skill) * (1 - role.attrition) ** age * recruits
    return trained


def cash_out(facts: StaffFacts, headcount: Array, d: Decisions) -> Array:
    """(ST.7) Payments [t]."""
    return np.asarray(
        facts.wage @ headcount
        + (facts.overtime_factor * facts.rate) @ d.overtime
        + facts.outsource_price @ d.outsourced
        + facts.hire_cost @ d.hires
        + facts.severance @ d.leaves
    )
