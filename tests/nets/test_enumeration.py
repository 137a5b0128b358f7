"""Every whole number tried in turn on instances in which every mechanism is present."""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from allocator.solve import solve
from fact_models.replay import funnel
from fact_models.spec.instance import Instance
from tests.allocator.enumeration import enumerated
from tests.allocator.rich import random_rich
from tests.allocator.rich_draws import KINDS
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


@pytest.mark.parametrize("seed", seeds(1, 20))
def test_no_disagreement_in_funnels(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    """The same of worlds without feedback."""
    judge(funnel(random_rich(9000 + seed)), record_property)


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
    # The solve's plan is verified, so the best is no less. Where cash just keeps its floor, the
    # plan that is decoded from the best whole numbers may miss it by a rounding error.
    worst = max(high - max(low, objective), low - bound, objective - high) / slack
    record_property("worst", worst)
    assert worst <= TOLERANCE
    assert objective >= bound - 1.01 * GAP * max(abs(objective), abs(bound))


OF_ALL = 100
"""Instances of the net that are looked at for what they hold; the others are drawn alike."""
LEAST = 4
"""Fewest of these that set a mechanism."""
PLACES: dict[str, Callable[[Any], Any]] = {
    "reception": lambda t: t["field"]["accounts"]["main"]["reception"],
    "boost": lambda t: t["field"]["boosts"]["feed"]["curve"],
    "tier": lambda t: t["alliance"]["tiers"]["small"]["visits"],
}
SET: dict[str, Callable[[Any], object]] = {
    "a cell already decided (MO.11)": lambda t: t["money"]["locked"],
    "campaigns in conflict (CA.2)": lambda t: any(
        c["conflicts"] for c in t["campaign"]["campaigns"].values()
    ),
    "days of the lowest price (CA.3)": lambda t: any(
        c["price_days"] != 30 for c in t["campaign"]["campaigns"].values()
    ),
    "pay of overtime": lambda t: t["staff"]["roles"]["host"]["overtime_factor"] != 1.5,
    "scale of the calibration": lambda t: (
        t["snowball"]["segments"]["young"]["calibration_scale"] != 1.0
    ),
    "lots": lambda t: t["goods"]["lines"]["deluxe"]["stock"]["lot"],
    "live or not": lambda t: t["field"]["accounts"]["main"]["hours_min"],
    "slots": lambda t: t["field"]["accounts"]["main"]["slots"],
    "discounts": lambda t: len(t["field"]["discounts"]) > 1,
    "an opening": lambda t: not t["field"]["accounts"]["second"]["open"],
    "hires": lambda t: t["staff"]["roles"]["host"]["hires_max"],
    "leaves": lambda t: t["staff"]["roles"]["host"]["leaves_max"],
    "offers": lambda t: len(t["alliance"]["tiers"]["small"]["offers"]) > 1,
    "packages": lambda t: len(t["campaign"]["campaigns"]["spring"]["packages"]) > 1,
    "two campaigns": lambda t: len(t["campaign"]["campaigns"]) > 1,
    "two deals": lambda t: len(t["kol"]["deals"]) > 1,
    "three periods": lambda t: t["calendar"]["periods"] == 3,
    "end value": lambda t: t["objective"]["terminal"],
}
"""Mechanisms that not every instance has, and how one that has it is told."""


@pytest.fixture(scope="module")
def drawn() -> list[Any]:
    """The trees of the first instances of the net."""
    return [random_rich(seed).model_dump() for seed in range(OF_ALL)]


@pytest.mark.parametrize("mechanism", SET)
def test_every_mechanism_is_drawn(mechanism: str, drawn: list[Any]) -> None:
    """What the net is said to hold is set in some of its instances."""
    assert sum(bool(SET[mechanism](tree)) for tree in drawn) >= LEAST


@pytest.mark.parametrize("place", PLACES)
def test_curves_of_every_kind_are_drawn(place: str, drawn: list[Any]) -> None:
    """Room, boost and tier have concave curves of all kinds."""
    counts = Counter(PLACES[place](tree)["kind"] for tree in drawn)
    assert min(counts[kind] for kind in KINDS) >= LEAST


def test_every_goal_is_drawn(drawn: list[Any]) -> None:
    """Each goal is asked for."""
    counts = Counter(tree["objective"]["goal"] for tree in drawn)
    assert min(counts[goal] for goal in ("gmv", "net_gmv", "profit", "cost")) >= LEAST


def test_no_rate_is_round(drawn: list[Any]) -> None:
    """Conversions, prices and shares have arbitrary digits: round ones hide what rounding does."""
    for tree in drawn:
        rates = [segment["conversion"] for segment in tree["snowball"]["segments"].values()]
        rates += [line["price"] for line in tree["goods"]["lines"].values()]
        rates += tree["alliance"]["tiers"]["small"]["mix"].values()
        assert all(rate != float(f"{rate:.6g}") for rate in rates)
