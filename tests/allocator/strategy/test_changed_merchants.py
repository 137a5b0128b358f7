"""Changed merchants: what is moved is moved, all else stays, and plans are carried by name."""

import numpy as np
import pytest

import allocator
from allocator.reasons.regret import forced, held
from allocator.strategy.carrying import carried
from allocator.strategy.matrices import (
    alone,
    candidates_of,
    rooms_of,
    unknown,
    with_candidate,
    with_rooms,
)
from allocator.strategy.pay import _bracket
from allocator.strategy.sizes import sized
from allocator.strategy.snowballs import FIRST, snowball_of
from allocator.strategy.teams import as_it_is, freely, with_newcomers
from fact_models.replay import facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.strategy.merchants import merchant


def test_the_team_as_it_is_hires_nobody() -> None:
    """No role can hire, and pay and heads stay."""
    before, after = merchant().staff, as_it_is(merchant()).staff
    assert before is not None
    assert after is not None
    assert after.roles["host"].hires_max == 0
    assert after.roles["host"].heads == before.roles["host"].heads


def test_what_speaks_of_names_goes_before_they_do() -> None:
    """Last year's shares stop no lever from being banned or left alone."""
    one = merchant(last_year={"field": 0.4, "campaign": 0.1, "kol": 0.5})
    assert alone(held(one), "alliance").last_year == {}
    assert as_it_is(one).kol is not None


def test_a_role_without_terms_hires_on_those_of_the_longest_lead() -> None:
    """A packer who cannot be hired takes lead and cost of the host, and keeps pay and hours."""
    packer = {"heads": 1, "wage": 500.0, "hours": 30.0}
    one = merchant(staff={"roles": {"packer": packer}})
    roles = freely(one).staff.roles  # type: ignore[union-attr]
    assert (roles["packer"].hire_lead, roles["packer"].hire_cost) == (1, 200.0)
    assert (roles["packer"].wage, roles["packer"].hours) == (500.0, 30.0)
    assert roles["packer"].hires_max == 2
    assert roles["host"].hires_total is None


def test_newcomers_cost_their_own_pay_and_do_the_work_of_the_role() -> None:
    """The people of today cost what they cost; an hour of a newcomer counts in full."""
    roles = with_newcomers(merchant(), 0.5).staff.roles  # type: ignore[union-attr]
    assert roles["host"].wage == 800.0
    assert roles["host"].hires_max == 0
    assert (roles["host_new"].wage, roles["host_new"].heads) == (400.0, 0.0)
    assert roles["host_new"].covers == {"host": 1.0}


def test_the_firm_is_scaled_and_the_market_stays() -> None:
    """Twice the money, people, audience and rooms; the same deals, boosts, prices and pool."""
    one, two = merchant(), sized(merchant(), 2.0)
    assert two.money.budget == 24000.0
    assert two.money.cash.opening == 8000.0  # type: ignore[union-attr]
    assert two.staff.roles["host"].heads == 2.0  # type: ignore[union-attr]
    young = two.snowball.segments["young"]
    assert (young.followers, young.pool) == (1000.0, 20000.0)
    assert two.kol == one.kol
    assert two.field is not None
    assert one.field is not None
    assert two.field.boosts["feed"].curve == one.field.boosts["feed"].curve
    room, before = two.field.accounts["main"], one.field.accounts["main"]
    assert room.traffic["young"] == 2000.0
    assert room.crew["host"] == 2.0
    assert room.reception.value(10.0) == pytest.approx(2 * before.reception.value(10.0))
    assert two.field.accounts["second"] == one.field.accounts["second"]


def test_a_smaller_merchant_has_the_same_rooms_with_less_traffic() -> None:
    """An hour on air needs its whole crew at half the size too."""
    half = sized(merchant(), 0.5).field
    assert half is not None
    room = half.accounts["main"]
    assert (room.traffic["young"], room.crew["host"], room.current_hours) == (500.0, 1.0, 10.0)
    assert room.ceiling["young"] == 2500.0


def test_alliance_alone_keeps_who_has_work() -> None:
    """Without rooms nobody needs a host; a buyer of samples stays."""
    buyer = {"heads": 1, "wage": 100.0, "hours": 40.0}
    one = merchant(
        staff={"roles": {"buyer": buyer}},
        alliance={"tiers": {"small": {"crew_sample": {"buyer": 0.1}}}},
    )
    only = alone(one, "alliance")
    assert (only.field, only.campaign, only.kol) == (None, None, None)
    assert set(only.staff.roles) == {"buyer"}  # type: ignore[union-attr]
    assert unknown(only).snowball.segments["young"].followers == 0.0


def test_rooms_are_taken_away_and_copied() -> None:
    """One room less gives its followers' share away; one more than the file is a copy."""
    one = merchant()
    assert (rooms_of(one), candidates_of(one)) == (["main"], ["second"])
    opened = merchant(
        field={
            "accounts": {
                "main": {"share": 0.6},
                "second": {"open": True, "traffic": {"young": 500.0}, "share": 0.3},
            }
        }
    )
    less = with_rooms(opened, 1).field
    assert less is not None
    assert set(less.accounts) == {"main"}
    assert less.accounts["main"].share == pytest.approx(0.9)
    more = with_rooms(one, 3, "second").field
    assert more is not None
    assert more.accounts["second_copy1"].opening_cost == 300.0
    assert (more.accounts_max, more.accounts["second_copy1"].share) == (3, 0.0)
    assert with_candidate(one, "second").field.accounts_max == 2  # type: ignore[union-attr]


def test_what_is_left_at_the_end_counts_alike() -> None:
    """The end worth of the merchant as it is is written into the file, and stays when followers
    are taken away.
    """
    one = held(merchant())
    assert facts(one).terminal.followers == pytest.approx(facts(merchant()).terminal.followers)
    assert facts(unknown(one)).terminal.followers == pytest.approx(facts(one).terminal.followers)


def test_a_plan_of_a_smaller_world_is_one_of_the_larger() -> None:
    """A plan without rooms to open and without KOL keeps its worth where both are possible."""
    large = held(merchant())
    small = held(merchant(kol=None))
    plan = allocator.solve(small, gap=0.05, time_limit=30, threads=1)
    assert plan.decisions is not None
    there = carried(plan.decisions, small, large)
    check = verify(large, there)
    assert check.ok, check.violations[:1]
    assert check.objective == pytest.approx(plan.objective)
    back = carried(there, large, small)
    assert np.array_equal(back.hours, plan.decisions.hours)


def test_a_lever_that_must_be_paid_is_forced() -> None:
    """A share of a lever, or a room's fixed cost, makes a ban more than a restriction."""
    assert not forced(merchant(), "kol")
    assert forced(merchant(money={"levers": {"kol": {"share_max": 0.5}}}), "kol")
    assert forced(merchant(field={"accounts": {"main": {"fixed_cost": 5.0}}}), "field")


def test_growth_is_that_of_the_replay() -> None:
    """The factor of a week is next week's recommended traffic over this week's."""
    one = merchant()
    states = replay(one, status_quo(one))
    ball = snowball_of(one, states)
    traffic = states.traffic[0, 0]
    assert ball.basis == "traffic"
    assert ball.factors[1] == pytest.approx(traffic[2] / traffic[1])
    rooms_gone = alone(one, "alliance")
    there = replay(rooms_gone, status_quo(rooms_gone))
    visits = there.decisions.creator_visits.sum(axis=0)
    assert snowball_of(rooms_gone, there).factors[0] == pytest.approx(visits[1] / visits[0])


def test_too_few_weeks_have_no_growth() -> None:
    """A plan that ends within the first weeks says nothing of growth after them."""
    one = merchant(calendar={"periods": FIRST})
    ball = snowball_of(one, replay(one, status_quo(one)))
    assert (ball.mean, ball.calm, ball.least, ball.below) == (None, None, None, None)
    assert len(ball.factors) == FIRST


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [(1.5, (1.0, 2.0)), (0.4, (0.25, 0.5)), (0.1, (0.0, 0.25)), (99.0, (8.0, None))],
)
def test_the_bracket_holds_the_pay(
    threshold: float, expected: tuple[float | None, float | None]
) -> None:
    """Hiring pays at the lower end and not at the upper one; above 8 times nothing is tried."""
    assert _bracket(lambda x: x <= threshold) == expected


def test_where_nobody_is_hired_for_nothing() -> None:
    """The bracket has no lower end."""
    assert _bracket(lambda _: False) == (None, 0.0)


def test_an_instance_without_a_team_has_no_question_of_hiring() -> None:
    """It is refused in words."""
    tree = merchant().model_dump(mode="python")
    tree["staff"] = None
    tree["field"]["accounts"]["main"]["crew"] = {}
    tree["field"]["accounts"]["second"]["crew"] = {}
    with pytest.raises(ValueError, match="no team"):
        as_it_is(Instance.model_validate(tree))
