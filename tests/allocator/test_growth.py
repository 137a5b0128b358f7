"""The snowball's own figures, against worlds that are small enough to work out by hand."""

import json
import time
from typing import Any

import numpy as np
import pytest

from allocator.growth import geometric_mean, growth_figures
from fact_models.replay import Replay, replay, status_quo
from fact_models.spec.instance import Instance

PRICE, RATE, TRAFFIC = 100.0, 0.02, 1000.0
GROWTH = 1.1
"""Persistence 0.9 and 10 visits per order at 0.02 orders per visit."""
ROOM: dict[str, Any] = {
    "type": "flagship",
    "traffic": {"all": TRAFFIC},
    "saturation": {"all": 1e12},
    "ceiling": {"all": 1e9},
    "hours_max": 10.0,
    "reception": {"kind": "linear", "rate": 1e9},
    "current_hours": 10.0,
}
FEED: dict[str, Any] = {
    "curve": {"kind": "linear", "rate": 2.0},
    "spend_max": 500.0,
    "mix": {"all": 1.0},
}
TIER: dict[str, Any] = {
    "pool": 5.0,
    "visits": {"kind": "linear", "rate": 100.0},
    "mix": {"all": 1.0},
    "conversion": {"all": 0.01},
    "offers": {"now": {"commission": 0.2, "churn": 0.0, "supply": 1e6, "activation": 0.1}},
    "current_offer": "now",
    "samples_max": 1e6,
    "sample_cost": 50.0,
    "lead": 0,
}


def merchant(
    periods: int = 4,
    *,
    rooms: dict[str, Any] | None = None,
    boosts: dict[str, Any] | None = None,
    tiers: dict[str, Any] | None = None,
    **rates: Any,
) -> Instance:
    """One segment whose traffic grows by ``GROWTH`` a period, and the levers asked for."""
    segment = {
        "pool": 1e9,
        "followers": 0.0,
        "conversion": RATE,
        "persistence": 0.9,
        "traffic_per_order": 10.0,
        "contact_per_visit": 0.0,
        "unfollow": 0.0,
    }
    tree: dict[str, Any] = {
        "name": "by_hand",
        "calendar": {"start": "2026-W01", "periods": periods},
        "snowball": {"segments": {"all": segment | rates}},
        "goods": {"lines": {"main": {"price": PRICE, "unit_cost": 30.0}}},
        "field": {"accounts": {"room": ROOM} if rooms is None else rooms, "boosts": boosts or {}},
    }
    if tiers:
        tree["alliance"] = {"tiers": tiers}
    return Instance.model_validate(tree)


def today(instance: Instance, **controls: float) -> Replay:
    """Replay of what the merchant does today, some arrays filled with a number."""
    plan = status_quo(instance)
    for name, value in controls.items():
        getattr(plan, name)[:] = value
    return replay(instance, plan, accept="greedy")


def test_factor_is_growth_of_traffic() -> None:
    """Traffic of 0.9 R + 10 orders, 0.02 orders a visit, grows by 1.1 in every period."""
    world = merchant()
    figures = growth_figures(world, today(world))
    assert figures["factor"] == {"all": pytest.approx([GROWTH] * 4)}
    assert figures["mean_factor"] == {"all": pytest.approx(GROWTH)}


def test_account_counts_once_it_is_open_in_both_periods() -> None:
    """A room that opens in the third period adds no growth to the period in which it opens."""
    late = ROOM | {"open": False, "traffic": {}, "cold_start": {"all": 500.0}, "share": 0.0}
    world = merchant(rooms={"room": ROOM, "late": late})
    plan = status_quo(world)
    plan.start[1, 0] = 1.0
    states = replay(world, plan, accept="greedy")
    assert states.open[1].tolist() == [0, 0, 1, 1]
    factors = growth_figures(world, states)["factor"]["all"]
    assert factors[:2] == pytest.approx([GROWTH, GROWTH])
    total = states.traffic[:, 0].sum(axis=0)
    assert factors[2] == pytest.approx(total[3] / total[2])


def test_no_traffic_has_no_factor() -> None:
    """Without recommended traffic there is nothing that grows."""
    world = merchant(rooms={"room": ROOM | {"traffic": {"all": 0.0}}})
    figures = growth_figures(world, today(world))
    assert figures["factor"] == {"all": [None] * 4}
    assert figures["mean_factor"] == {"all": None}
    assert figures["returned_share"] is None


def test_geometric_mean_skips_what_is_unknown() -> None:
    """The mean of 2, nothing and 8 is 4; a zero makes it zero."""
    assert geometric_mean([2.0, None, 8.0]) == pytest.approx(4.0)
    assert geometric_mean([2.0, 0.0]) == 0.0
    assert geometric_mean([None]) is None


@pytest.mark.parametrize("spent", [0.0, 100.0, 500.0])
def test_one_more_unit_of_boost(spent: float) -> None:
    """One unit brings 4 + 0.8 (1 + 1.1 + 1.21) = 6.648 of GMV, also where the boost is full.

    Its 2 visits bring 4 of GMV at once; their orders earn 0.4 visits and with them 0.8 of GMV in
    the next period, which grow by 1.1.
    """
    world = merchant(boosts={"feed": FEED})
    figures = growth_figures(world, today(world, boost_spend=spent))
    assert figures["yuan"] == {"4": pytest.approx(6.648)}
    assert figures["yuan_lever"] == "boost feed"


def test_best_boost_is_named() -> None:
    """Of two boosts the one that brings more is told."""
    better = FEED | {"curve": {"kind": "linear", "rate": 3.0}}
    world = merchant(boosts={"feed": FEED, "search": better})
    figures = growth_figures(world, today(world))
    assert figures["yuan_lever"] == "boost search"
    assert figures["yuan"]["4"] == pytest.approx(1.5 * 6.648)


def test_full_reception_makes_a_boost_worthless() -> None:
    """Where the room cannot receive more visits, boosted ones only push others out."""
    full = ROOM | {"reception": {"kind": "linear", "rate": 50.0}}
    world = merchant(rooms={"room": full}, boosts={"feed": FEED})
    assert growth_figures(world, today(world))["yuan"]["4"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("boosts", [{}, {"feed": FEED}])
def test_samples_stand_in_for_boosts(boosts: dict[str, Any]) -> None:
    """Without a boost, or with one whose visits no room receives, money goes into samples.

    One unit buys 1/50 sample and 1/500 creator, who brings 100 of GMV in each of the three periods
    that are left.
    """
    full = ROOM | {"reception": {"kind": "linear", "rate": 0.0}}
    world = merchant(rooms={"room": full}, boosts=boosts, tiers={"tail": TIER})
    figures = growth_figures(world, today(world))
    assert figures["yuan_lever"] == "samples tail"
    assert figures["yuan"] == {"4": pytest.approx(0.6)}


def test_no_lever_no_yield() -> None:
    """A merchant who can put no money anywhere is told nothing about it."""
    world = merchant()
    figures = growth_figures(world, today(world))
    assert figures["yuan"] == {"4": None}
    assert figures["yuan_lever"] is None


@pytest.mark.parametrize(
    ("periods", "ends"),
    [(3, ["3"]), (10, ["4", "10"]), (13, ["4", "13"]), (30, ["4", "13", "26"])],
)
def test_yield_is_labelled_with_true_periods(periods: int, ends: list[str]) -> None:
    """An instance shorter than 26 periods names its own length."""
    world = merchant(periods, boosts={"feed": FEED}, traffic_per_order=1.0)
    yields = growth_figures(world, today(world))["yuan"]
    assert list(yields) == ends
    assert sorted(yields.values()) == list(yields.values())


def test_returned_share() -> None:
    """Traffic 1, 1.1, 1.21, 1.331 instead of 1 in all four periods: 0.641 of 4.641 came back."""
    world = merchant()
    assert growth_figures(world, today(world))["returned_share"] == pytest.approx(0.641 / 4.641)


def test_funnel_returns_nothing() -> None:
    """In the funnel nothing comes back."""
    world = merchant()
    closed = world.model_copy(
        update={"snowball": world.snowball.model_copy(update={"model": "funnel"})}
    )
    figures = growth_figures(closed, today(closed))
    assert figures["returned_share"] == 0.0
    assert figures["factor"] == {"all": pytest.approx([1.0] * 4)}


def test_plan_is_left_as_it_was() -> None:
    """The figures change neither the replay nor its decisions."""
    world = merchant(boosts={"feed": FEED}, tiers={"tail": TIER})
    states = today(world, boost_spend=100.0)
    before = states.decisions.copy()
    growth_figures(world, states)
    for name, array in vars(before).items():
        assert np.array_equal(array, getattr(states.decisions, name)), name


def test_figures_fit_into_json() -> None:
    """Every figure is a plain number, text or null, and 26 periods take well under a second."""
    world = merchant(26, boosts={"feed": FEED}, tiers={"tail": TIER}, traffic_per_order=5.0)
    states = today(world)
    began = time.process_time()
    figures = growth_figures(world, states)
    assert time.process_time() - began < 1.0
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
