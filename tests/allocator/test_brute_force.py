"""Solves against enumeration, against optima by hand and against an optimum that was planted."""

import math

import numpy as np
import pytest

from allocator.solve import solve
from tests.allocator.enumeration import enumerated
from tests.allocator.tiny import boost, built, deal, interval, package, random_tiny

ENUMERATED = 32


@pytest.mark.parametrize("seed", range(ENUMERATED))
def test_enumeration_agrees(seed: int) -> None:
    """All deals, packages, openings and hires tried in turn: the solve's interval holds their
    best.
    """
    instance = random_tiny(seed)
    low, high = enumerated(instance)
    assert low == pytest.approx(high, rel=1e-6)
    plan = solve(instance, gap=1e-6, time_limit=60)
    objective, bound = interval(plan)
    assert objective >= bound * (1 - 3e-6)
    assert objective <= high * (1 + 1e-6)
    assert bound >= low * (1 - 1e-6)
    assert objective == pytest.approx(low, rel=3e-6)


def test_equal_marginal_visits_by_hand() -> None:
    """Two boosts a_i ln(1 + x_i / h_i), budget 300 a period of 1: slopes a_i / (h_i + x_i) meet.

    With a = 30, 60 and h = 100, 100: x_2 + 100 = 2 (x_1 + 100) and x_1 + x_2 = 300 give x = 66.67,
    233.33;
    visits 30 ln(5/3) + 60 ln(10/3) = 87.563; with 100 natural visits and 0.1 orders of 100 a
    visit: GMV 1875.63.
    """
    world = built(
        calendar={"periods": 1},
        field={"boosts": {"one": boost(30.0, 100.0), "two": boost(60.0, 100.0)}},
        money={"budget": 300.0},
    )
    plan = solve(world, gap=1e-7)
    expected = 10 * (100 + 30 * math.log(5 / 3) + 60 * math.log(10 / 3))
    assert interval(plan) == pytest.approx((expected, expected), rel=3e-6)
    assert plan.decisions is not None
    assert plan.decisions.boost_spend[:, 0] == pytest.approx([200 / 3, 700 / 3], rel=1e-2)


def test_fewest_live_hours_by_hand() -> None:
    """A room that takes all its visits within minutes, 8 hours at least where it is live, each for
    200 of outsourced work: 1600 for the 1000 that a period sells, so nobody goes live. At 100 an
    hour a period is worth 200.
    """
    for price, expected in ((200.0, 0.0), (100.0, 600.0)):
        host = {"heads": 0, "wage": 0.0, "hours": 40.0}
        world = built(
            calendar={"periods": 3},
            field={"accounts": {"main": {"hours_min": 8.0, "crew": {"host": 1.0}}}},
            staff={"roles": {"host": {**host, "outsource_max": 10.0, "outsource_price": price}}},
            objective={"goal": "profit"},
        )
        plan = solve(world, gap=1e-7)
        assert interval(plan) == pytest.approx((expected, expected), rel=3e-6, abs=1e-3)


def test_awareness_in_a_campaign_by_hand() -> None:
    """An awareness of 50 that lasts adds 50 visits to the 100 in every period after the first; a
    package doubles the orders of the second and third: 1000, 2 x 1500 and 2 x 2000.
    """
    young = {"awareness": 50.0, "traffic_per_awareness": 1.0}
    spring = {"first": 2, "last": 3, "packages": {"full": package(0.0, 2.0)}}
    world = built(
        calendar={"periods": 3},
        snowball={"segments": {"young": young}, "awareness_retention": 1.0},
        campaign={"campaigns": {"spring": spring}},
    )
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((8000.0, 8000.0), rel=3e-6)


def test_covered_hours_by_hand() -> None:
    """A host of 8 hours does the work of a controller at half the pace: 4 live hours, in which 10
    visits an hour are received, worth 10 each.
    """
    host = {"heads": 1, "wage": 0.0, "hours": 8.0, "covers": {"control": 0.5}}
    room = {"reception": {"rate": 10.0}, "crew": {"control": 1.0}, "current_hours": 0.0}
    world = built(
        calendar={"periods": 1},
        field={"accounts": {"main": room}},
        staff={"roles": {"host": host, "control": {"heads": 0, "wage": 0.0, "hours": 8.0}}},
    )
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((400.0, 400.0), rel=3e-6)


def test_interest_on_credit_by_hand() -> None:
    """A fee of 100 in the first of two periods is paid by credit, at 10 % a period, since nothing
    sold arrives in time: a line of 111 pays the interest of 10 as well, one of 105 does not.
    """
    star = deal(500.0, 100.0, first=1, last=1)
    for line, expected in ((105.0, 2000.0), (111.0, 2500.0)):
        cash = {"opening": 0.0, "credit": line, "interest": 0.1}
        world = built(
            calendar={"periods": 2},
            kol={"deals": {"star": star}},
            money={"settlement": [0.0, 0.0, 1.0], "cash": cash},
        )
        plan = solve(world, gap=1e-7)
        assert interval(plan) == pytest.approx((expected, expected), rel=3e-6)


def test_visits_of_a_deal_by_hand() -> None:
    """Of two deals that come about half the time, and then cost 10, a budget of 5 pays one: half
    of its 1000 and of its 100 visits to the own room, worth 10 each.
    """
    one = deal(1000.0, 10.0, last=1, acceptance=0.5, own_visits={"young": 100.0})
    world = built(
        calendar={"periods": 1},
        kol={"deals": {"star": one, "rising": one}},
        money={"budget": 5.0},
    )
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((2000.0, 2000.0), rel=3e-6)


def test_most_live_hours_by_hand() -> None:
    """Two slots of 8 hours, 10 live hours at most, of which the first four of a slot take 5 visits
    each and the rest 10: 8 hours in one take 60, 2 in the other 10, worth 10 each.
    """
    reception = {"kind": "piecewise", "x": [0.0, 8.0, 20.0], "y": [0.0, 40.0, 160.0]}
    slots = {"day": {"hours_max": 8.0}, "night": {"hours_max": 8.0}}
    room = {"reception": {**reception, "rate": None}, "slots": slots}
    world = built(calendar={"periods": 1}, field={"accounts": {"main": room}})
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((700.0, 700.0), rel=3e-6)


def test_most_accounts_by_hand() -> None:
    """A second room that opens at once brings 50 visits once, worth 10 each, for nothing; where
    one room is the most there may be, it stays closed.
    """
    second = {
        "type": "persona",
        "open": False,
        "opening_lead": 0,
        "opening_first": 1,
        "share": 0.0,
        "cold_start": {"young": 50.0},
        "saturation": {"young": 1e12},
        "ceiling": {"young": 1e12},
        "hours_max": 10.0,
        "reception": {"kind": "linear", "rate": 1e6},
    }
    for most, expected in ((1, 2000.0), (2, 2500.0)):
        world = built(
            calendar={"periods": 2},
            field={"accounts": {"second": second}, "accounts_max": most},
        )
        plan = solve(world, gap=1e-7)
        assert interval(plan) == pytest.approx((expected, expected), rel=3e-6)


def test_knapsack_of_deals_by_hand() -> None:
    """Budget 10 for deals of (fee, GMV) = (6, 600), (5, 480), (5, 470): the two small ones, 950,
    beat the big one.

    The fractional bound would take the big one and 4/5 of the next. Natural GMV of two periods is
    2000.
    """
    deals = {"big": deal(600.0, 6.0), "mid": deal(480.0, 5.0), "low": deal(470.0, 5.0)}
    world = built(calendar={"periods": 2}, kol={"deals": deals}, money={"budget": 10.0})
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((2950.0, 2950.0), rel=3e-6)
    assert plan.decisions is not None
    assert plan.decisions.deal.sum(axis=1).tolist() == [0, 1, 1]


def test_package_by_hand() -> None:
    """A package with uplift u and discount d in one of three periods of GMV 1000 is worth 1000 (u
    (1 - d) - 1).

    "full": 1.5 x 0.8 = 1.2, worth 200; "lite": 1.25 x 1 = 1.25, worth 250; the budget 90 pays
    either fee.
    After it a dip of 0.9 costs 100 of it, so 3150 in all; without the dip 3250.
    """
    packages = {"full": package(50.0, 1.5, discount=0.2), "lite": package(80.0, 1.25)}
    for dip, expected in ((None, 3250.0), ({"factor": 0.9, "periods": 1}, 3150.0)):
        spring = {"first": 2, "last": 2, "packages": packages, "post_dip": dip}
        world = built(
            calendar={"periods": 3},
            campaign={"campaigns": {"spring": {k: v for k, v in spring.items() if v}}},
            money={"budget": 90.0},
        )
        plan = solve(world, gap=1e-7)
        assert interval(plan) == pytest.approx((expected, expected), rel=3e-6)
        assert plan.decisions is not None
        assert plan.decisions.package.tolist() == [0, 1]


def test_hire_by_hand() -> None:
    """Ten live hours need ten hours of a host; the one at hand has 4. A second, hired in period 1
    at lead 1, works from 2.

    Reception is 10 visits an hour, 100 visits come, each visit is worth 10: 400 in period 1, 800
    in 2 to 5. Each head costs 300 a
    period and hiring 200; goal profit. The hire brings 4 (400 - 300) - 200 = 200, so it is made:
    400 + 4 x 800 - 300 - 4 x 600 - 200 = 700.
    """
    host = {"heads": 1, "wage": 300.0, "hours": 4.0, "hires_max": 1, "hires_total": 1}
    world = built(
        field={
            "accounts": {
                "main": {"reception": {"rate": 10.0}, "crew": {"host": 1.0}, "current_hours": 4.0}
            }
        },
        staff={"roles": {"host": {**host, "hire_lead": 1, "hire_cost": 200.0}}},
        objective={"goal": "profit"},
    )
    plan = solve(world, gap=1e-7)
    assert interval(plan) == pytest.approx((700.0, 700.0), rel=3e-6)
    assert plan.decisions is not None
    assert plan.decisions.hires[0].tolist() == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(("separation", "expected"), [(0, 4900.0), (1, 4500.0), (2, 4500.0)])
def test_separated_campaigns_by_hand(separation: int, expected: float) -> None:
    """Campaigns in periods 2 and 3 lift the 1000 of their period by 500 and by 400, for no fee.

    Windows in neighbouring periods are one period apart, so a separation of one leaves room for
    the better one alone: 4500 instead of 4900.
    """
    campaigns = {
        name: {"first": t, "last": t, "packages": {"only": package(0.0, uplift)}}
        for name, t, uplift in (("early", 2, 1.5), ("late", 3, 1.4))
    }
    world = built(
        calendar={"periods": 4}, campaign={"campaigns": campaigns, "separation": separation}
    )
    assert interval(solve(world, gap=1e-7)) == pytest.approx((expected, expected), rel=3e-6)


def test_opening_by_hand() -> None:
    """A second room decided in period 1 at lead 2 is open from period 3 and finds 50 cold visits
    in 4 and 5.

    They are worth 2 x 50 x 10 = 1000, so at 600 it is opened, at once; at 1600 not. Goal profit:
    5400, and 5000.
    """
    second = {
        "type": "persona",
        "open": False,
        "opening_lead": 2,
        "cold_start": {"young": 50.0},
        "saturation": {"young": 1e9},
        "ceiling": {"young": 50.0},
        "hours_max": 10.0,
        "share": 0.0,
        "reception": {"kind": "linear", "rate": 1e6},
    }
    for cost, expected in ((600.0, 5400.0), (1600.0, 5000.0)):
        world = built(
            field={"accounts": {"second": {**second, "opening_cost": cost}}},
            objective={"goal": "profit"},
        )
        plan = solve(world, gap=1e-7)
        assert interval(plan) == pytest.approx((expected, expected), rel=1e-5)
        assert plan.decisions is not None
        assert plan.decisions.start[1].tolist() == [float(cost == 600.0), 0, 0, 0, 0]


def test_least_cost_by_hand() -> None:
    """A target of 6000 over five periods of 1000: 100 visits more from 5 boosts of 50 ln(1 + x /
    200) visits.

    Equal spend is best by symmetry: 20 visits a period cost 200 (exp(0.4) - 1) each, 491.82 in
    all.
    """
    world = built(
        field={"boosts": {"feed": boost()}}, objective={"goal": "cost", "target": 6000.0}
    )
    plan = solve(world, gap=1e-6)
    expected = 1000 * (math.exp(0.4) - 1)
    assert plan.objective == pytest.approx(expected, rel=1e-4)
    assert plan.bound is not None
    assert plan.bound <= expected * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_planted_optimum(seed: int) -> None:
    """Eight deals whose GMV is 100 fees, those planted 1 % more, and a budget of just the planted
    fees.

    No choice can earn more than 101 a yuan, and the planted one earns that on every yuan of the
    budget: it is the optimum.
    """
    rng = np.random.default_rng(seed)
    fees = rng.integers(10, 99, 8).astype(float)
    planted = rng.random(8) < 0.5
    planted[0] = True
    deals = {
        f"deal{n}": deal(fee * (101.0 if chosen else 100.0), fee)
        for n, (fee, chosen) in enumerate(zip(fees, planted, strict=True))
    }
    budget = float(fees[planted].sum())
    world = built(calendar={"periods": 2}, kol={"deals": deals}, money={"budget": budget})
    plan = solve(world, gap=1e-7)
    expected = 2000 + 101 * budget
    assert interval(plan) == pytest.approx((expected, expected), rel=3e-6)
    assert plan.decisions is not None
    assert plan.decisions.deal.sum(axis=1).tolist() == planted.astype(float).tolist()
