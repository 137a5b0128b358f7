"""Tenths of the budget, and what is left of a plan without one of its decisions."""

from typing import Any

import numpy as np
import pytest

from allocator.labels import LANGS
from allocator.load import load
from allocator.plan import Plan
from allocator.reasons.attribution import attribution
from allocator.reasons.decisions import decisions
from allocator.reasons.explanation import Explanation, explain
from allocator.reasons.prices import price_of
from allocator.reasons.rows import price_rows
from allocator.reasons.sentences import sentence
from allocator.reasons.undone import what_is_left
from allocator.reasons.words import step_words
from allocator.solve import solve
from fact_models.replay import facts, replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.table_texts import SMALL
from tests.allocator.tiny import boost, built

FAST: dict[str, Any] = {"gap": 1e-6, "time_limit": 30.0, "threads": 1}


def advertiser(budget: float) -> Instance:
    """Two periods, one boost of at most 800 that brings 300 ln(1 + spend / 100) visits, of which
    5 % buy for 100; no end value."""
    return built(
        calendar={"periods": 2},
        field={
            "accounts": {"main": {"traffic": {"young": 0.0}, "saturation": {"young": 1e6}}},
            "boosts": {"feed": boost(300.0, 100.0, spend_max=800.0)},
        },
        snowball={"segments": {"young": {"conversion": 0.05}}},
        goods={"lines": {"basic": {"price": 100.0, "unit_cost": 40.0}}},
        money={"budget": budget},
        objective={"goal": "gmv", "terminal": False},
    )


def explained(budget: float) -> Explanation:
    """The advertiser with this budget."""
    return explain(solve(advertiser(budget), **FAST), time_limit=None)


def test_a_budget_that_is_just_enough_is_used_up() -> None:
    """All of 1600 is spent: one more brings nothing, the last yuan 1500 / (100 + 800), and the
    last tenth what the logarithms say. Row and sentences tell it."""
    found = explained(1600.0)
    price = price_of(found.prices, "budget")
    assert price is not None
    assert price.left == pytest.approx(1500 / 900, rel=1e-2)
    assert price.right == pytest.approx(0.0, abs=1e-3)
    for lang in LANGS:
        said = step_words(found, lang)
        assert not any("not used up" in line or "未用尽" in line for line in said)
        row = next(iter(price_rows(found, lang)))
        assert row[4] == "1.67"
        assert row[5] == "0.00"
    said = step_words(found, "en")
    # Which of all prices between the two sides the program names is open.
    if price.price == 0:
        assert "just enough" in said[0]
    last = next(line for line in said if line.startswith("The last tenth"))
    assert "Field 160" in last
    assert "not used" not in last


def test_the_last_tenth_of_a_budget_with_slack_is_told() -> None:
    """Of 1700 a hundred is left: one more is worth nothing, and of the last tenth 70 are cut."""
    found = explained(1700.0)
    said = step_words(found, "en")
    assert "not used up (100 are left)" in said[0]
    last = next(line for line in said if line.startswith("The last tenth"))
    assert "Field 70" in last
    assert "100 of it is not used" in last
    step = next(one for one in found.steps if one.budget < 0)
    assert step.unspent == pytest.approx(-100.0, abs=0.5)
    assert step.objective == pytest.approx(-3000 * np.log(900 / 865), rel=1e-2)


def test_a_tenth_that_was_not_solved_is_told() -> None:
    """Where time was over, and where no plan is left without it."""
    whole = explained(1600.0)
    none = Explanation(
        whole.plan,
        whole.attribution,
        whole.decisions,
        whole.optimum,
        prices=whole.prices,
        complete=False,
    )
    for lang in LANGS:
        said = step_words(none, lang)
        assert sentence("last_late", lang) in said
        assert sentence("next_late", lang) in said


@pytest.fixture(scope="module")
def team() -> Plan:
    """The small merchant with little money, and limits that hold live hours back."""
    base = load(SMALL)
    money = base.money.model_dump(exclude_none=True)
    levers = {"alliance": {"min": 6500.0}, "field": {"max": 26000.0}}
    money |= {"budget": 60000.0, "levers": levers}
    tree = base.model_dump(mode="json", exclude_none=True) | {"money": money}
    return solve(Instance.model_validate(tree), gap=1e-3, time_limit=60.0, threads=1)


def test_wages_that_move_between_levers_are_no_spend(team: Plan) -> None:
    """With the same team and no overtime the payroll does not move; each tenth is told whole, and
    what is told of boosts is what they get."""
    found = explain(team, time_limit=None)
    assert found.steps
    for step in found.steps:
        assert step.spend["team"] == pytest.approx(0.0, abs=1.0)
        assert sum(step.spend.values()) + step.unspent == pytest.approx(step.budget, abs=1.0)


def test_what_breaks_a_rule_is_no_measure() -> None:
    """Two tenths of an hour of service an order hold sales back. Rooms that take whoever comes
    sell more than the plan and overrun the team; the plan's losses are held against itself."""
    tree = load(SMALL).model_dump(mode="json", exclude_none=True)
    tree["staff"]["roles"]["service"] = {"heads": 1, "wage": 800, "hours": 40}
    tree["staff"]["order_hours"] = {"service": 0.2}
    plan = solve(Instance.model_validate(tree), gap=5e-3, time_limit=30.0, threads=1)
    assert plan.decisions is not None
    known = facts(plan.instance)
    freely = replay(plan.instance, plan.decisions, accept="greedy", known=known)
    assert freely.objective > (plan.objective or 0.0)
    assert not verify(plan.instance, freely.decisions, known=known).ok
    whole = what_is_left(known, plan.decisions)
    assert whole.objective == pytest.approx(plan.objective, rel=1e-9)
    assert attribution(plan).shapley.is_whole
    (feed,) = (one for one in decisions(plan, 20) if one.kind == "boost")
    undone = plan.decisions.copy()
    undone.boost_spend[:] = 0.0
    kept = what_is_left(known, undone)
    assert verify(plan.instance, kept.decisions, known=known).ok
    assert feed.worth == pytest.approx((plan.objective or 0.0) - kept.objective, rel=1e-6)
