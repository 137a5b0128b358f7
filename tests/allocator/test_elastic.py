"""Instances without a plan: the status says so, and the message names the rule that stands in the
way.
"""

from typing import Any

import pytest

from allocator.elastic import RULES
from allocator.solve import solve
from fact_models.spec.instance import Instance
from tests.allocator.tiny import built, deal, four_levers, package
from tests.models.worlds import Tree

HOST: Tree = {"heads": 2, "wage": 400.0, "hours": 40.0}
STOCK: Tree = {"opening": 5.0, "lead": 1, "purchase_max": 0.0}


def signed(**changes: Any) -> Tree:
    """A campaign that the merchant has signed already."""
    full = package(0.0, 1.0, **changes)
    return {"first": 2, "last": 2, "packages": {"full": full}, "joined": "full"}


CASES: dict[str, tuple[str, Instance]] = {
    "budget": (
        "money.budget",
        built(staff={"roles": {"host": HOST}}, money={"budget": 1000.0}),
    ),
    "budget of a period": (
        "money.period_budget",
        built(staff={"roles": {"host": HOST}}, money={"budget_per_period": 700.0}),
    ),
    "smallest spend of a lever": (
        "money.lever_limits",
        built(
            kol={"deals": {"star": deal(100.0, 50.0)}}, money={"levers": {"kol": {"min": 60.0}}}
        ),
    ),
    "locked cell": (
        "money.locked_cell",
        built(money={"locked": [{"lever": "field", "period": 2, "spend": 5.0}]}),
    ),
    "profit floor": ("money.profit_floor", built(money={"profit_floor": 5001.0})),
    "ROI floor": (
        "money.roi_floor",
        built(staff={"roles": {"host": HOST}}, money={"roi_floor": 1.5}),
    ),
    "cash": (
        "money.cash_floor",
        built(money={"overhead": 2000.0, "cash": {"opening": 3000.0}}),
    ),
    "hours": (
        "staff.staff_limit",
        built(
            field={"accounts": {"main": {"crew": {}}}},
            staff={"roles": {"host": {**HOST, "heads": 0}}},
            campaign={"campaigns": {"spring": signed(crew={"host": 7.0})}},
        ),
    ),
    "stock": (
        "goods.stock_for_campaign",
        built(
            goods={"lines": {"basic": {"stock": STOCK}}},
            campaign={"campaigns": {"spring": signed(stock_floor={"basic": 8.0})}},
        ),
    ),
    "target": ("objective.target", built(objective={"goal": "cost", "target": 6000.0})),
    "heads": (
        "staff.head_balance",
        built(staff={"roles": {"host": {**HOST, "heads_min": 2.0, "attrition": 0.1}}}),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule_is_named(case: str) -> None:
    """One rule cannot be kept: the status is infeasible, the message names that rule first, and no
    figure is given.
    """
    rule, instance = CASES[case]
    plan = solve(instance, time_limit=30)
    assert plan.status == "infeasible"
    assert RULES[rule] in plan.message.split(";")[0], plan.message
    assert plan.objective is None
    assert plan.bound is None
    assert plan.gap is None
    assert plan.decisions is None


def test_the_amount_is_told() -> None:
    """Wages of 800 for five periods against a budget of 1000: short by 3000."""
    plan = solve(CASES["budget"][1], time_limit=30)
    assert "short by 3,000" in plan.message


def test_the_period_is_told() -> None:
    """Overhead beats sales by 1000 a period, so 3000 of cash last three periods: the fourth is
    named.
    """
    assert "in period 4" in solve(CASES["cash"][1], time_limit=30).message


def test_lifting_the_rule_is_enough() -> None:
    """The amount that is short makes a plan possible, a little less does not."""
    for budget, found in ((4000.0, True), (3999.0, False)):
        world = built(staff={"roles": {"host": HOST}}, money={"budget": budget})
        assert solve(world, time_limit=30).verified is found


def test_a_possible_instance_is_never_called_infeasible() -> None:
    """Doing nothing is impossible here, payroll eats the cash; a deal saves the merchant, and it
    is found.
    """
    world = four_levers(
        money={
            "cash": {"opening": 1000.0, "receivables": None},
            "overhead": 1500.0,
            "settlement": [1.0],
        }
    )
    plan = solve(world, gap=0.01, time_limit=30)
    assert plan.status == "optimal"
    assert plan.replay is not None
    assert plan.replay.cash is not None
    assert plan.replay.cash.min() >= -1e-3
