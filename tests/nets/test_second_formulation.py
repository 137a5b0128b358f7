"""A second formulation, written from MODEL.md by another hand, agrees with the first."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from allocator.solve import solve
from fact_models.replay import funnel
from fact_models.spec.instance import Instance
from tests.allocator.rich import CONCAVE, random_rich
from tests.allocator.rich_draws import CURVE_KEYS
from tests.allocator.tiny import four_levers
from tests.models.worlds import Tree, full_world, merged
from tests.nets.tiers import seeds
from tests.nets.worlds import told
from tests.second.model import Second

GAP = 1e-5
TOLERANCE = 5e-6


def apart(first: tuple[float, float], second: tuple[float, float], size: float) -> float:
    """By what share of ``size`` two intervals [value, bound] miss each other."""
    return max(first[0] - second[1], second[0] - first[1]) / size


def missed(instance: Instance, gap: float = GAP) -> float:
    """By what share both formulations' intervals miss each other; both may find no plan.

    The interval of the solve is closed to the gap: that of a program that promises more than a
    replay gives would be wide enough to meet any other.
    """
    second = Second(instance).solve(gap)
    plan = solve(instance, gap=gap, time_limit=None)
    if second.x is None:
        assert plan.status == "infeasible"
        return 0.0
    assert plan.objective is not None
    assert plan.bound is not None
    assert instance.money.budget is not None
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    mine = (sign * plan.objective, sign * plan.bound)
    assert mine[0] >= mine[1] - 1.01 * gap * max(abs(mine[0]), abs(mine[1]), 1.0)
    other = (sign * second.value, sign * second.bound)
    return apart(mine, other, max(abs(mine[1]), instance.money.budget))


@pytest.mark.parametrize("seed", seeds(6, 100))
def test_intervals_overlap(seed: int, record_property: Callable[[str, object], None]) -> None:
    """Plan and bound of both formulations leave room for one optimum."""
    worst = missed(random_rich(2000 + seed, terminal=False))
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize("seed", seeds(4, 100))
def test_plans_under_way_overlap(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    """The same of plans under way, some of which count what is left at the end."""
    worst = missed(random_rich(5000 + seed, later=True))
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize("seed", seeds(2, 40))
def test_s_curves_overlap(seed: int, record_property: Callable[[str, object], None]) -> None:
    """The same with a reception or a boost that is S-shaped, by Hill or ADBUDG. The second
    formulation's chords are not split, so its own interval may be some per mille wide.
    """
    rng = np.random.default_rng([seed, 12])

    def s_curve(top: float, half: float, slope: float) -> Tree:
        own = {"kind": "hill", "scale": top}
        if seed % 4 > 1:
            own = {"kind": "adbudg", "low": 0.0, "high": top}
        return {**dict.fromkeys(CURVE_KEYS), **own, "half": half, "slope": slope}

    reception = s_curve(float(rng.uniform(15000, 40000)), 20.0, float(rng.uniform(1.2, 1.8)))
    field: Tree = {"accounts": {"main": {"reception": reception, "slots": None}}}
    if seed % 2:
        top, half = float(rng.uniform(1000, 5000)), float(rng.uniform(1000, 4000))
        curve = s_curve(top, half, float(rng.uniform(2.5, 3.5)))
        field = {"boosts": {"feed": {"per_content": False, "curve": curve}}}
    tree = told(random_rich(8000 + seed, terminal=False))
    instance = Instance.model_validate(merged(tree, {"field": field}))
    worst = missed(instance, gap=1e-3)
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize("seed", seeds(1, 20))
def test_funnels_overlap(seed: int, record_property: Callable[[str, object], None]) -> None:
    """The same of worlds without feedback."""
    worst = missed(funnel(random_rich(6000 + seed, terminal=False, later=seed % 2 == 1)))
    record_property("worst", worst)
    assert worst <= TOLERANCE


def test_everything_is_under_way_somewhere() -> None:
    """Each thing that a plan under way hands over is drawn in some of the instances."""
    trees = [random_rich(5000 + n, later=True).model_dump() for n in range(30)]

    def some(found: Callable[[Any], object]) -> bool:
        return sum(bool(found(tree)) for tree in trees) >= 2

    assert some(lambda t: t["field"]["accounts"]["second"]["opens"])
    assert some(lambda t: t["alliance"]["contract_elapsed"])
    assert some(lambda t: t["alliance"]["tiers"]["middle"]["arriving"])
    for last in ("2026-01-02", "2026-01-08"):
        ends = [t["campaign"]["campaigns"]["spring"]["last"] for t in trees]
        assert ends.count(last) >= 2
    star = [t["kol"]["deals"]["star"]["agreed"] for t in trees]
    assert min(a for a in star if a is not None) <= 0 < max(a for a in star if a is not None)
    assert some(lambda t: sum(t["goods"]["lines"]["deluxe"]["stock"]["arriving"]))
    assert some(lambda t: sum(t["staff"]["roles"]["host"]["joining"]))
    assert some(lambda t: sum(t["staff"]["roles"]["host"]["learning"]))
    assert some(lambda t: t["staff"]["hire_elapsed"])
    assert all(t["money"]["cash"]["drawn"] and t["money"]["past"]["gmv"] for t in trees)
    assert some(lambda t: t["objective"]["terminal"])


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
