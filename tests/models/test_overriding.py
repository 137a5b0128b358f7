"""Figures replaced by their place, and the scenarios of a file."""

from typing import Any

import pytest
from pydantic import ValidationError

from fact_models.overriding import OverrideError, changed, places, under, validated
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change
from tests.models.worlds import full_tree, full_world, tiny_tree


def test_a_star_is_every_name() -> None:
    """One change halves the conversion of both segments and nothing else."""
    world = full_world()
    half = changed(world, [Change(at="snowball.segments.*.conversion", times=0.5)])
    for name, segment in world.snowball.segments.items():
        assert half.snowball.segments[name].conversion == segment.conversion / 2
    assert half.goods == world.goods


def test_changes_follow_each_other() -> None:
    """A value, then a factor on it."""
    at = "goods.lines.basic.price"
    made = changed(full_world(), [Change(at=at, value=50.0), Change(at=at, times=1.2)])
    assert made.goods.lines["basic"].price == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("snowball.segments.nobody.conversion", "no figure stands there"),
        ("calendar.periods", "is chosen"),
        ("alliance.contract_periods", "whole numbers"),
        ("snowball.segments.*.persistence", "persistence"),
    ],
)
def test_changes_that_cannot_be_made_say_why(at: str, rule: str) -> None:
    """Nowhere, a figure that is chosen, a whole number, a value out of bounds."""
    with pytest.raises(OverrideError, match=rule):
        changed(full_world(), [Change(at=at, value=1.7)])


def test_curves_and_lists_have_places() -> None:
    """A curve's scale and an entry of a list are figures like others."""
    tree = full_world().model_dump()
    assert places(tree, "field.boosts.*.curve.scale")
    assert places(tree, "money.settlement.0") == [("money", "settlement", 0)]


def scenarios(**of_slow: Any) -> dict[str, Any]:
    """Two scenarios of which the second is as written."""
    slow = {
        "probability": 0.25,
        "changes": [{"at": "snowball.segments.*.conversion", "times": 0.8}],
    }
    return {"slow": slow | of_slow, "same": {"probability": 0.75}}


def test_a_scenario_is_an_instance_of_its_own() -> None:
    """What it does not name is as written, and it has no scenarios itself."""
    world = validated(full_tree(scenarios=scenarios()))
    slow = under(world, world.scenarios["slow"])
    assert slow.scenarios == {}
    assert under(world, world.scenarios["same"]) == full_world()
    for name, segment in slow.snowball.segments.items():
        assert segment.conversion == 0.8 * world.snowball.segments[name].conversion


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"probability": 0.5}, "must sum to 1"),
        ({"changes": [{"at": "money.budget"}]}, "either value or times"),
        ({"changes": [{"at": "money.nothing", "value": 1.0}]}, "no figure stands there"),
        (
            {"changes": [{"at": "snowball.segments.*.conversion", "value": 7.0}]},
            "conversion = 7.0",
        ),
    ],
)
def test_scenarios_that_cannot_be_are_refused(change: dict[str, Any], rule: str) -> None:
    """Chances that are none, changes that say nothing, lead nowhere or break a bound."""
    with pytest.raises(ValidationError, match=rule):
        Instance.model_validate(tiny_tree(scenarios=scenarios(**change)))
