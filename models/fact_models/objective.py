"""Objective: what the plan is for, with the value of what it leaves behind.

Equations (OB.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/objective.py.
"""

from typing import Any

import pyomo.environ as pyo

from fact_models.parameters import Parameters
from fact_models.spec.objective import Objective
from fact_models.terminal import Terminal


def build(
    b: Any,
    spec: Objective,
    p: Parameters,
    *,
    money: Any,
    snowball: Any,
    pool: Any,
    worth: Terminal,
) -> None:
    """Write the objective on ``b``, to be maximised; a least cost is written as its negative."""
    times = list(p.periods)
    weight = {t: (1 + spec.discount_rate) ** -t for t in range(len(times) + 1)}

    if spec.goal == "cost":
        _least_cost(b, spec, times, weight, money)
        return

    counted = {"gmv": money.gmv, "net_gmv": money.net_gmv, "profit": money.margin}[spec.goal]

    @b.Expression(doc="(OB.1) value")
    def value(b):
        return sum(weight[t] * counted[t] for t in times)

    @b.Expression(doc="(OB.2) terminal value")
    def terminal(b):
        end = len(times)
        found = 0.0
        for i, s in enumerate(p.ids.segments):
            found += float(worth.followers[i]) * snowball.followers[s, end]
            found += float(worth.customers[i]) * snowball.customers[s, end]
            found += float(worth.interest[i]) * snowball.interest[s, end]
            for n, a in enumerate(p.ids.accounts):
                found += float(worth.traffic[n, i]) * snowball.traffic[a, s, end]
        found += sum(float(worth.pool[n]) * pool[c, end] for n, c in enumerate(p.ids.tiers))
        return weight[end] * found

    @b.Objective(sense=pyo.maximize, doc="(OB.3) objective")
    def goal(b):
        return b.value + b.terminal


def _least_cost(
    b: Any, spec: Objective, times: list[int], weight: dict[int, float], money: Any
) -> None:
    """The least spend that reaches the target."""

    @b.Constraint(doc="(OB.4) target")
    def target(b):
        return sum(money.gmv[t] for t in times) + money.sold_before >= spec.target

    @b.Objective(sense=pyo.maximize, doc="(OB.4) least cost")
    def goal(b):
        return -sum(weight[t] * money.total_spend[t] for t in times)
