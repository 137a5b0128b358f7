"""Who may join a campaign, why not, and until when."""

from datetime import date
from typing import Any

import pytest

from allocator.plan_book.signups import deadline, eligibility
from fact_models.replay import facts
from fact_models.spec.campaign import Campaign
from fact_models.spec.instance import Instance
from tests.models.worlds import full_world


def campaign(**changes: Any) -> Campaign:
    """A campaign in the fourth period of the full world, from 26 January 2026."""
    first = {"first": "2026-01-26", "last": "2026-02-01", "packages": {"all": {}}}
    return Campaign.model_validate({**first, **changes})


@pytest.mark.parametrize(
    ("changes", "able", "why"),
    [
        ({}, True, "can be joined"),
        ({"joined": "all"}, True, "joined before"),
        ({"joined": "all", "packages": {"other": {}, "all": {}}}, False, "another package"),
        ({"first": "2027-01-04", "last": "2027-01-10"}, False, "outside the plan"),
        ({"signup_by": "2025-12-30"}, False, "over at the start"),
        ({"min_score": 95.0}, False, "score 90 below 95"),
        ({"open_to_new": False}, True, "can be joined"),
        ({"open_to_new": False, "first": 1, "last": 1, "signup_by": 1}, False, "new merchants"),
    ],
)
def test_the_reason_is_given(changes: dict[str, Any], able: bool, why: str) -> None:
    """Score, new merchants, dates and packages signed before."""
    package = next(iter(campaign(**changes).packages))
    found = eligibility(full_world(), campaign(**changes), package, "en")
    assert found[0] is able
    assert why in found[1]


def test_eligibility_is_the_models() -> None:
    """Words and model agree on every package of the full world, whatever the score."""
    for score in (0.0, 50.0, 90.0):
        tree = full_world().model_dump(mode="json")
        tree["merchant"]["score"] = score
        for one in tree["campaign"]["campaigns"].values():
            one["min_score"] = 60.0
        world = Instance.model_validate(tree)
        known = facts(world).campaign
        assert world.campaign is not None
        said = [
            eligibility(world, spec, package, "zh")[0]
            for spec in world.campaign.campaigns.values()
            for package in spec.packages
        ]
        assert said == [bool(x) for x in known.eligible]


@pytest.mark.parametrize(
    ("until", "day"),
    [
        (None, date(2026, 1, 25)),
        ("2026-01-20", date(2026, 1, 20)),
        ("2026-W03", date(2026, 1, 18)),
        (2, date(2026, 1, 18)),
    ],
)
def test_the_deadline_is_the_last_day(until: Any, day: date) -> None:
    """A date is itself, a week or period ends with its last day, nothing is the day before the
    window's period.
    """
    assert deadline(full_world(), campaign(signup_by=until)) == day
