"""Closed forms and published optima, to their digits, through the program or the replay."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from allocator.load import load
from allocator.plan import Plan
from allocator.solve import solve
from fact_models.replay import facts, replay, status_quo
from fact_models.replay.snowball import reach
from fact_models.spec.instance import Instance
from tests.allocator.tiny import built, interval

REFERENCE = Path(__file__).parents[2] / "instances" / "reference"
REINVEST = {
    "a7-reinvest-12": 23.84185791015625,
    "a7-reinvest-26": 45.94972986357216,
    "a7-reinvest-8": 11.4244,
}
"""A7: reinvest for k of T periods, then harvest: the largest (1 + r)^k (T - k)."""
SNOWBALL = {
    "a9-snowball-050": 332.062273677977 + 30,
    "a9-snowball-090": 816.928833380589 + 30,
    "a9-snowball-110": 1508.656924154057 + 30,
}
"""A9: linear snowball under a budget; the value of the first period, 30, is added to the published
figure.
"""


@cache
def certified(name: str) -> Plan:
    """The plan of a reference instance at a gap of 1e-5."""
    return solve(load(REFERENCE / f"{name}.yaml"), gap=1e-5, time_limit=60)


@pytest.mark.parametrize(("name", "optimum"), [*REINVEST.items(), *SNOWBALL.items()])
def test_optimum(name: str, optimum: float) -> None:
    """The interval of the solve is narrow and holds the closed form (saturation bends it by 1e-6
    at most).
    """
    plan = certified(name)
    assert plan.status == "optimal"
    objective, bound = interval(plan)
    assert objective <= optimum * (1 + 1e-6)
    assert bound >= optimum * (1 - 2e-6)
    assert objective == pytest.approx(optimum, rel=2e-5)


def test_spend_follows_the_worth_of_a_period() -> None:
    """A9 at g = 0.9: u_t is proportional to V_t^2; the argument is flat, so a few per cent of the
    budget.
    """
    plan = certified("a9-snowball-090")
    assert plan.decisions is not None
    expected = [26.5528, 22.2802, 17.9722, 13.7278, 9.6814, 6.0119, 2.9552, 0.8186]
    assert plan.decisions.boost_spend[0, :8] == pytest.approx(expected, abs=1.0)


def finite_pool() -> Instance:
    """A12: a pool of 100, a tenth unfollows a period, 20 contacts a period."""
    segment = {
        "pool": 100.0,
        "followers": 0.0,
        "unfollow": 0.1,
        "conversion": 0.0,
        "contact_per_visit": 1.0,
    }
    return built(
        calendar={"periods": 52},
        snowball={"model": "funnel", "segments": {"young": segment}},
        field={"accounts": {"main": {"traffic": {"young": 20.0}}}},
    )


def test_finite_pool_through_the_replay() -> None:
    """A12: 69.5139722805402 followers after five periods, while the rows of the pool leave
    contacts alone.
    """
    world = finite_pool()
    followers = replay(world, status_quo(world)).followers[0]
    assert followers[5] == pytest.approx(69.5139722805402, rel=1e-13)


def test_finite_pool_through_the_mechanism() -> None:
    """A12: the law of reach alone leads to the steady state 89.48049794776622.

    There 20 contacts are 1.9 times the rest of the pool, still within the row (SN.10).
    """
    law, x = facts(finite_pool()).snowball, np.array([0.0])
    for _ in range(400):
        counted, new = reach(law, x, np.array([20.0]))
        assert counted[0] == 20.0
        x = 0.9 * x + new
    assert x[0] == pytest.approx(89.48049794776622, rel=1e-13)


def test_replicator_through_the_replay() -> None:
    """A14: of two segments that grow at 1.05 and 0.95, the first one's share of the traffic."""
    world = load(REFERENCE / "a14-replicator.yaml")
    traffic = replay(world, status_quo(world), accept="greedy").traffic[0]
    share = (traffic[0] / traffic.sum(axis=0))[[1, 4, 12, 26]]
    assert share == pytest.approx([0.525, 0.59876786, 0.7687029, 0.9310011], abs=1e-6)


def test_replicator_through_the_program() -> None:
    """A14: nothing is to be decided: the certified optimum is the sum of all orders."""
    plan = certified("a14-replicator")
    assert interval(plan)[0] == pytest.approx(348.3112233, rel=1e-5)
