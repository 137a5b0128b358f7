"""A second formulation, written from MODEL.md by another hand, agrees with the first."""

from collections.abc import Callable

import pytest

from allocator.solve import solve
from tests.allocator.rich import CONCAVE, random_rich
from tests.allocator.tiny import four_levers
from tests.models.worlds import full_world
from tests.nets.tiers import seeds
from tests.second.model import Second

GAP = 1e-5
TOLERANCE = 5e-6


def apart(first: tuple[float, float], second: tuple[float, float], size: float) -> float:
    """By what share of ``size`` two intervals [value, bound] miss each other."""
    return max(first[0] - second[1], second[0] - first[1]) / size


@pytest.mark.parametrize("seed", seeds(6, 100))
def test_intervals_overlap(seed: int, record_property: Callable[[str, object], None]) -> None:
    """Plan and bound of both formulations leave room for one optimum."""
    instance = random_rich(2000 + seed, terminal=False)
    second = Second(instance).solve(GAP)
    plan = solve(instance, gap=GAP, time_limit=None)
    if second.x is None:
        assert plan.status == "infeasible"
        return
    assert plan.objective is not None
    assert plan.bound is not None
    assert instance.money.budget is not None
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    mine = (sign * plan.objective, sign * plan.bound)
    other = (sign * second.value, sign * second.bound)
    worst = apart(mine, other, max(abs(mine[1]), instance.money.budget))
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize(
    "instance",
    [
        four_levers(objective={"terminal": False}),
        full_world(
            field={"accounts": {"main": {"reception": CONCAVE}}},
            objective={"terminal": False},
        ),
    ],
    ids=["four levers", "every mechanism"],
)
def test_larger_worlds_overlap(instance: object) -> None:
    """The same on the worlds of four and of six periods."""
    second = Second(instance).solve(5e-3)  # type: ignore[arg-type]
    plan = solve(instance, gap=5e-3, time_limit=60)  # type: ignore[arg-type]
    assert plan.objective is not None
    assert plan.bound is not None
    size = abs(plan.bound)
    assert apart((plan.objective, plan.bound), (second.value, second.bound), size) <= TOLERANCE
