"""Every whole number tried in turn on instances in which every mechanism is present."""

import math
from collections.abc import Callable

import pytest

from allocator.solve import solve
from fact_models.spec.instance import Instance
from tests.allocator.enumeration import enumerated
from tests.allocator.rich import random_rich
from tests.nets.tiers import seeds

GAP = 1e-4
TOLERANCE = 5e-6


@pytest.mark.parametrize("seed", seeds(6, 500))
def test_no_disagreement(seed: int, record_property: Callable[[str, object], None]) -> None:
    """The solve's interval holds the best of all whole numbers, or both say there is no plan."""
    judge(random_rich(seed), record_property)


@pytest.mark.parametrize("seed", seeds(2, 100))
def test_no_disagreement_under_way(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    """The same of plans under way."""
    judge(random_rich(7000 + seed, later=True), record_property)


def judge(instance: Instance, record_property: Callable[[str, object], None]) -> None:
    """Compare; differences are relative to the value or to the budget, whichever is larger, since
    a profit may be a small difference of large flows.
    """
    low, high = enumerated(instance)
    plan = solve(instance, gap=GAP, time_limit=None)
    if low == -math.inf:
        assert plan.status == "infeasible"
        return
    assert plan.objective is not None
    assert plan.bound is not None
    assert instance.money.budget is not None
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    objective, bound = sign * plan.objective, sign * plan.bound
    slack = max(abs(high), instance.money.budget)
    worst = max(high - low, low - bound, objective - high) / slack
    record_property("worst", worst)
    assert worst <= TOLERANCE
    assert objective >= bound - 1.01 * GAP * max(abs(objective), abs(bound))
