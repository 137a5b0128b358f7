"""Random sequences of edits: a program that stands while its limits move gives what a fresh one
gives."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from allocator.certificate import Search
from allocator.handover import Handover
from allocator.highs import Status
from allocator.plan import Plan
from allocator.reoptimizing.limits import Limits
from allocator.reoptimizing.reoptimizer import Reoptimizer
from allocator.solve import plan_of
from fact_models.program import Program
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.reoptimizing.edits import edited, worlds
from tests.nets.tiers import seeds

GAP = 0.01
EDITS = 3


@dataclass
class Held(Search):
    """A fresh search in which deals must be signed or must not."""

    deals: dict[str, bool] = field(default_factory=dict)

    def handed_over(self, programs: list[Program]) -> Handover:
        """The program with the deals' columns fixed."""
        arrays = super().handed_over(programs)
        matrix = arrays.matrix
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        for n, name in enumerate(matrix.column_names):
            for deal, wanted in self.deals.items():
                if name == f"kol.signed[{deal}]":
                    lower[n], upper[n] = max(lower[n], wanted), min(upper[n], wanted)
        return replace(arrays, matrix=replace(matrix, lower=lower, upper=upper))

    def go_on_as_today(self) -> None:
        """Today's plan signs nothing."""
        if not any(self.deals.values()):
            super().go_on_as_today()


def fresh(instance: Instance, limits: Limits) -> Plan:
    """The plan of a program built for these limits alone."""
    search = Held(instance, GAP, math.inf, deals=dict(limits.deals))
    search.run()
    assert search.status is not Status.ERROR, search.message
    return plan_of(search, -1.0 if instance.objective.goal == "cost" else 1.0, 0.0, growth=False)


def obeys(plan: Plan, limits: Limits) -> None:
    """The plan passes every rule under its limits, and signs what it must."""
    assert plan.decisions is not None
    check = verify(plan.instance, plan.decisions, objective=plan.objective)
    assert check.ok, check.violations[:2]
    assert limits.kept_by(plan.instance, plan.decisions)
    assert plan.gap is not None
    assert plan.gap <= GAP


@pytest.mark.parametrize("n", seeds(10, 200))
def test_a_sequence_of_edits_ends_where_fresh_solves_do(n: int) -> None:
    """After every edit, plan and bound of the standing program and of a fresh one enclose a
    common value, both plans are verified and within the gap; or both say that there is none."""
    instance, rng = worlds(n), np.random.default_rng([n, 20261128])
    desk, sign = Reoptimizer(instance), -1.0 if instance.objective.goal == "cost" else 1.0
    desk.solve(gap=GAP, time_limit=None)
    for _ in range(EDITS):
        limits = edited(desk.limits, instance, rng)
        given = {name: value for name, value in vars(limits).items() if name != "deals"}
        if instance.money.cash is None:
            given = {name: x for name, x in given.items() if "cash" not in name}
        free = dict.fromkeys(desk.limits.deals)
        desk.edit(**given, deals={**free, **limits.deals})
        assert desk.limits == limits
        try:
            plan = desk.solve(gap=GAP, time_limit=None)
        finally:
            alone = fresh(desk.instance, limits)
        assert (plan.status == "infeasible") == (alone.status == "infeasible"), (
            plan.message,
            alone.message,
        )
        if plan.status == "infeasible":
            continue
        for one in (plan, alone):
            obeys(one, limits)
        ends = [plan.objective, plan.bound, alone.objective, alone.bound]
        low, high, other_low, other_high = (sign * float(x or 0.0) for x in ends)
        assert max(low, other_low) <= min(high, other_high) + 1e-6 * max(abs(high), 1.0)
