"""What is left at the end: against differences of replays in worlds where the laws are linear."""

from math import exp

import numpy as np
import pytest

from fact_models.replay import funnel, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.terminal import steady_share, terminal_values
from tests.models.worlds import Tree, full_world, merged, tiny_world

LINEAR: Tree = {
    "calendar": {"periods": 7},
    "objective": {"terminal_periods": 7, "terminal": True},
    "snowball": {
        "segments": {
            "young": {
                "pool": 1e9,
                "followers": 10.0,
                "customers": 5.0,
                "interest": 8.0,
                "conversion": 0.1,
                "conversion_interested": 0.3,
                "follower_factor": 1.4,
                "persistence": 0.3,
                "persistence_served": 0.2,
                "traffic_per_order": 1.0,
                "traffic_per_contact": 0.5,
                "traffic_per_follower": 0.2,
                "contact_per_visit": 0.05,
                "contact_per_order": 0.1,
                "unfollow": 0.1,
                "return_rate": 0.3,
                "new_customer_share": 0.5,
                "customer_churn": 0.2,
                "repeat_rate": 0.1,
            }
        },
        "interest": {"decay": 0.3, "harvest_max": 0.4},
        "shelf": {"per_follower": 0.05, "per_content_order": 0.2},
    },
}
"""A world far from every limit, where 7 periods of a replay are 7 linear periods."""


def linear(**changes: Tree) -> Instance:
    """``LINEAR`` with changes."""
    return tiny_world(**merged(LINEAR, changes))


def gained(stock: str, step: float) -> float:
    """GMV over the horizon of one more unit of a stock at the start, by a difference quotient."""
    base = linear(objective={"terminal": False})
    young = {stock: getattr(base.snowball.segments["young"], stock) + step}
    more = linear(objective={"terminal": False}, snowball={"segments": {"young": young}})
    there, here = (replay(w, status_quo(w)).objective for w in (more, base))
    return (there - here) / step


@pytest.mark.parametrize("stock", ["followers", "customers", "interest"])
def test_stocks_against_differences(stock: str) -> None:
    """One more follower, customer or interested person sells over 7 periods what psi says."""
    psi = getattr(terminal_values(linear()), stock)[0]
    assert psi == pytest.approx(gained(stock, 1.0), rel=1e-5)


def test_traffic_against_differences() -> None:
    """One more recommended visit, likewise."""
    account = {"main": {"traffic": {"young": 101.0}}}
    worlds = [
        linear(objective={"terminal": False}, **changes)
        for changes in ({}, {"field": {"accounts": account}})
    ]
    here, there = (replay(w, status_quo(w)).objective for w in worlds)
    assert terminal_values(linear()).traffic[0, 0] == pytest.approx(there - here, rel=1e-5)


def test_creators_by_hand() -> None:
    """psi = (1 + 0.8 + 0.64) slope(10) * 0.05 * value, under the present offer with churn 0.2.

    visits 50 sqrt(n) rise by 25 / sqrt(10) at 10 creators; 3 samples arrive, so the pool stays
    below 10 / churn. For the goal profit an order of 100 kept whole pays 0.25 of commission.
    """
    tier = {
        "pool": 10.0,
        "visits": {"kind": "power", "scale": 50.0, "exponent": 0.5},
        "mix": {"young": 1.0},
        "conversion": {"young": 0.05},
        "offers": {
            "base": {
                "commission": 0.2,
                "service_fee": 0.05,
                "churn": 0.2,
                "supply": 12.0,
                "activation": 0.1,
            }
        },
        "current_offer": "base",
        "current_samples": 3.0,
        "samples_max": 3.0,
        "sample_cost": 1.0,
    }
    for goal, value in (("gmv", 100.0), ("net_gmv", 100.0), ("profit", 75.0)):
        world = tiny_world(
            alliance={"tiers": {"small": tier}},
            objective={"terminal": True, "goal": goal, "terminal_periods": 3},
        )
        hand = 2.44 * 25 / 10**0.5 * 0.05 * value
        assert terminal_values(world).pool[0] == pytest.approx(hand, rel=1e-12)


def test_saturation_damps() -> None:
    """At growth 1.5 the steady share x solves x = 1 - exp(-1.5 x), and a unit of R leaves 1 - x.

    Two periods, conversion 0.1, price 100: 10 now and (1 - x) * 1.5 * 10 in the next.
    """
    x = steady_share(1.5)
    assert x == pytest.approx(1 - exp(-1.5 * x), rel=1e-14)
    segment = {"persistence": 1.0, "traffic_per_order": 5.0}
    world = tiny_world(
        snowball={"segments": {"young": segment}},
        objective={"terminal": True, "terminal_periods": 2},
    )
    psi = terminal_values(world).traffic[0, 0]
    assert psi == pytest.approx(10 + 10 * 1.5 * (1 - x), rel=1e-12)


@pytest.mark.parametrize("growth", [0.3, 1.0])
def test_no_growth_no_saturation(growth: float) -> None:
    """A loop that does not grow rests at no traffic at all."""
    assert steady_share(growth) == 0


@pytest.mark.parametrize("growth", [1.0001, 1.1, 3.0, 50.0])
def test_steady_share_is_the_positive_root(growth: float) -> None:
    """x = 1 - exp(-g x) with x > 0."""
    x = steady_share(growth)
    assert 0 < x <= 1
    assert x == pytest.approx(-np.expm1(-growth * x), abs=1e-12)


def test_a_binding_ceiling_does_not_breed() -> None:
    """Traffic held by a low ceiling is worth at most one visit a period for ever."""
    segment = {"persistence": 1.0, "traffic_per_order": 5.0}
    world = tiny_world(
        snowball={"segments": {"young": segment}},
        field={"accounts": {"main": {"ceiling": {"young": 100.0}}}},
        objective={"terminal": True, "terminal_periods": 13},
    )
    assert terminal_values(world).traffic[0, 0] == pytest.approx(130)


@pytest.mark.parametrize("goal", ["gmv", "net_gmv", "profit"])
def test_never_negative_and_longer_is_worth_more(goal: str) -> None:
    """More periods to come never lower a worth."""
    before = 0.0
    for periods in (1, 4, 13):
        world = full_world(objective={"goal": goal, "terminal_periods": periods})
        worths = np.concatenate([np.ravel(part) for part in vars(terminal_values(world)).values()])
        assert worths.min() >= 0
        assert worths.sum() > before
        before = float(worths.sum())


@pytest.mark.parametrize("off", [{"goal": "cost", "target": 1.0}, {"terminal": False}])
def test_switched_off(off: Tree) -> None:
    """No terminal value for the goal ``cost`` or when it is switched off."""
    worths = terminal_values(full_world(objective=off))
    assert not any(np.any(part) for part in vars(worths).values())


def test_funnel_traffic_is_worth_nothing() -> None:
    """Standing traffic comes whatever is left; followers still return."""
    worths = terminal_values(funnel(full_world()))
    assert not worths.traffic.any()
    assert worths.followers.min() > 0


def test_loss_making_orders_are_worth_nothing() -> None:
    """For profit, an order that loses money gives no stock a negative worth."""
    world = linear(objective={"goal": "profit"}, goods={"lines": {"basic": {"unit_cost": 150.0}}})
    assert not any(np.any(part) for part in vars(terminal_values(world)).values())
