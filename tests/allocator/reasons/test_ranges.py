"""Prices of nothing and the ranges in which prices hold, against exact solves of their own."""

import threading

import pytest

from allocator.reasons.fixed import Fixed, fixed
from allocator.reasons.limits import Limit, limits
from allocator.reasons.prices import NEAR, STEP, Price, prices
from allocator.solve import solve
from fact_models.replay import Replay
from tests.allocator.tiny import four_levers


@pytest.fixture(scope="module")
def four() -> tuple[Fixed, Replay]:
    """The four levers of four periods: their linear program and the plan's replay."""
    plan = solve(four_levers(), gap=1e-3, time_limit=30.0, threads=1)
    assert plan.decisions is not None
    assert plan.replay is not None
    return fixed(plan.instance, plan.decisions), plan.replay


def measured(of: Fixed, limit: Limit, amount: float) -> float | None:
    """Worth of a unit on average over an amount of a limit, by an exact solve of its own."""
    with of.aside():
        outcome = of.shifted(limit.unit * amount, 1e-7)
    return None if outcome is None else (outcome.objective - of.value) / amount


def test_a_price_of_nothing_is_measured_or_proved_by_slack(four: tuple[Fixed, Replay]) -> None:
    """The last unit of a limit whose price is 0 may be worth much: what is told is what an exact
    solve finds, just before the limit and where its slack ends. Idle cash has its slack.
    """
    of, states = four
    seen = 0
    for limit, one in zip(limits(of, states), prices(of, states), strict=True):
        if one.price or not limit.unit.size:
            continue
        seen += 1
        assert one.checked
        worth = measured(of, limit, -STEP * limit.size)
        assert worth == pytest.approx(one.left, rel=1e-2, abs=1e-3), one
        if one.down:
            assert measured(of, limit, -0.99 * one.down) == pytest.approx(0.0, abs=1e-3), one
        if one.resource == "cash":
            assert one.down > STEP * limit.size
    assert seen > 4


def test_a_range_is_as_wide_as_the_price_holds(four: tuple[Fixed, Replay]) -> None:
    """Over what is told a unit is on average worth the price within 10 %, over twice as much it
    is not, unless that is beyond what is tried; the dearest of each kind reach beyond the check.
    """
    of, states = four
    told = [x for x in zip(limits(of, states), prices(of, states), strict=True) if x[1].price]
    for kind in ("hours", "visit", "follower"):
        mine = [(limit, one) for limit, one in told if one.resource == kind]
        limit, one = max(mine, key=lambda pair: abs(pair[1].price) * pair[0].size)
        assert one.down + one.up > 4 * STEP * limit.size
        for amount in (-one.down, one.up):
            worth = measured(of, limit, amount)
            assert worth == pytest.approx(one.price, rel=1.01 * NEAR), one
            further = measured(of, limit, 2 * amount)
            if abs(amount) < 0.25 * limit.size and further is not None:
                assert abs(further - one.price) > 0.99 * NEAR * one.price, one


def test_a_stop_leaves_only_what_slack_proves(four: tuple[Fixed, Replay]) -> None:
    """What was to be measured says that it was not."""
    of, states = four
    stop = threading.Event()
    stop.set()
    of.stop = stop
    found: tuple[Price, ...] = prices(of, states)
    of.stop = None
    for limit, one in zip(limits(of, states), found, strict=True):
        assert one.checked == (limit.slack > STEP * limit.size)
