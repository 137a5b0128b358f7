"""Staff: heads are hired ahead, learn, leave; their hours, overtime and outsourced hours carry
every lever.

Equations (ST.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/staff.py.
"""

from typing import Any

import pyomo.environ as pyo

from fact_models.parameters import Parameters
from fact_models.spec.staff import Role, Staff


def build(b: Any, spec: Staff, p: Parameters, *, need: Any) -> None:
    """Write the mechanism on ``b``. It offers heads and ``cash_out``; it takes the ``need[role,
    t]`` of hours.
    """
    _heads(b, spec, p)
    _hours(b, spec, p, need)
    _use(b, spec, p)


def most_heads(spec: Staff, j: str, t: int) -> float:
    """Most heads of role ``j`` in period ``t``."""
    role = spec.roles[j]
    hired = role.hires_max * ((t + spec.hire_elapsed) // spec.hire_every + 1)
    if role.hires_total is not None:
        hired = min(hired, role.hires_total)
    most = role.heads + sum(role.joining[: t + 1]) + hired
    return float(most if role.heads_max is None else min(most, role.heads_max))


def most_hours(spec: Staff, j: str, t: int) -> float:
    """Most hours of work on role ``j``'s needs in period ``t``, those of roles that cover it
    included.
    """

    def own(i: str) -> float:
        role = spec.roles[i]
        regular = role.hours * most_heads(spec, i, t)
        return regular * (1 + role.overtime_share) + role.outsource_max

    covered = any(j in role.covers for role in spec.roles.values())
    return sum(own(i) for i in spec.roles) if covered else own(j)


def deciding(spec: Staff, t: int) -> bool:
    """Whether hiring is decided in period ``t``."""
    return (t + spec.hire_elapsed) % spec.hire_every == 0


def begun_before(role: Role, t: int) -> int:
    """Heads hired before the horizon who begin in period ``t``, which may lie before it."""
    if t < 0:
        return role.learning[-t - 1] if -t <= len(role.learning) else 0
    return role.joining[t] if t < len(role.joining) else 0


def _most_hires(spec: Staff, p: Parameters, j: str) -> int:
    """Most hires of role ``j`` over the horizon."""
    role = spec.roles[j]
    times = sum(deciding(spec, t) for t in p.periods)
    most = role.hires_max * times
    return most if role.hires_total is None else min(most, role.hires_total)


def _heads(b: Any, spec: Staff, p: Parameters) -> None:
    """Hiring, leaving, attrition and the ramp of new heads."""
    times, roles = list(p.periods), spec.roles

    def hires(_: Any, j: str, t: int) -> tuple[int, int]:
        late = t + roles[j].hire_lead >= len(times)
        return (0, 0 if not deciding(spec, t) or late else roles[j].hires_max)

    b.hires = pyo.Var(
        list(roles), times, domain=pyo.NonNegativeIntegers, bounds=hires, doc="hire [head]"
    )
    b.leaves = pyo.Var(
        list(roles),
        times,
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, j, t: (0, roles[j].leaves_max),
        doc="leave [head]",
    )
    b.heads = pyo.Var(
        list(roles),
        times,
        bounds=lambda _, j, t: (roles[j].heads_min, most_heads(spec, j, t)),
        doc="(ST.5) H [head]",
    )

    @b.Constraint(list(roles), times, doc="(ST.1) head count")
    def head_balance(b, j, t):
        role = roles[j]
        arrived = b.hires[j, t - role.hire_lead] if t >= role.hire_lead else 0.0
        arrived += begun_before(role, t)
        if t == 0:
            return b.heads[j, t] == role.heads + arrived
        kept = (1 - role.attrition) * b.heads[j, t - 1]
        return b.heads[j, t] == kept + arrived - b.leaves[j, t - 1]

    @b.Expression(list(roles), times, doc="(ST.2) productive heads")
    def productive(b, j, t):
        role = roles[j]
        learning = sum(
            (1 - share) * (1 - role.attrition) ** n * b.hires[j, t - role.hire_lead - n]
            for n, share in enumerate(role.ramp)
            if t - role.hire_lead - n >= 0
        )
        learning += sum(
            (1 - share) * (1 - role.attrition) ** n * begun_before(role, t - n)
            for n, share in enumerate(role.ramp)
        )
        return b.heads[j, t] - learning

    hiring = [j for j, role in roles.items() if role.hires_max > 0]
    b.hired = pyo.Var(
        hiring,
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, j: (0, _most_hires(spec, p, j)),
        doc="sum of hire [head]",
    )

    @b.Constraint(hiring, doc="(ST.6) hires over the horizon")
    def hires_limit(b, j):
        return sum(b.hires[j, t] for t in times) == b.hired[j]


def _hours(b: Any, spec: Staff, p: Parameters, need: Any) -> None:
    """Hours needed fit into the hours at hand."""
    times, roles = list(p.periods), spec.roles
    pairs = [(j, other) for j, role in roles.items() for other in role.covers]

    def at_most(j: str, t: int, share: float) -> float:
        return share * roles[j].hours * most_heads(spec, j, t)

    b.overtime = pyo.Var(
        list(roles),
        times,
        bounds=lambda _, j, t: (0, at_most(j, t, roles[j].overtime_share)),
        doc="ot [hour]",
    )
    b.outsourced = pyo.Var(
        list(roles), times, bounds=lambda _, j, t: (0, roles[j].outsource_max), doc="outs [hour]"
    )
    b.cover = pyo.Var(
        pairs,
        times,
        bounds=lambda _, j, k, t: (0, most_hours(spec, j, t)),
        doc="cover [hour]",
    )

    @b.Constraint(list(roles), times, doc="(ST.3) staff hours")
    def staff_limit(b, j, t):
        used = need[j, t] + sum(b.cover[j, k, t] for i, k in pairs if i == j)
        covered = sum(roles[i].covers[j] * b.cover[i, j, t] for i, k in pairs if k == j)
        own = roles[j].hours * b.productive[j, t] + b.overtime[j, t] + b.outsourced[j, t]
        return used <= own + covered

    @b.Constraint(
        [j for j, role in roles.items() if role.overtime_share > 0], times, doc="(ST.4) overtime"
    )
    def overtime_limit(b, j, t):
        return b.overtime[j, t] <= roles[j].overtime_share * roles[j].hours * b.productive[j, t]


def _use(b: Any, spec: Staff, p: Parameters) -> None:
    """Money that the team takes."""

    @b.Expression(list(p.periods), doc="(ST.7) cash out")
    def cash_out(b, t):
        paid = 0.0
        for j, role in spec.roles.items():
            rate = role.wage / role.hours
            paid += role.wage * b.heads[j, t]
            paid += role.overtime_factor * rate * b.overtime[j, t]
            paid += role.outsource_price * b.outsourced[j, t]
            paid += role.hire_cost * b.hires[j, t] + role.severance * b.leaves[j, t]
        return paid
