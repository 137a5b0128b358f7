"""The replay's laws against numbers worked out by hand and against closed forms."""

from math import exp, log

import numpy as np
import pytest

from fact_models.decisions import Decisions, ids_of
from fact_models.replay import Replay, replay, status_quo
from fact_models.spec.instance import Instance
from tests.models.worlds import Tree, full_world, rich_controls, tiny_world


def young(**rates: object) -> Tree:
    """Changes of the only segment's rates."""
    return {"segments": {"young": rates}}


def played(world: Instance) -> Replay:
    """The status quo of a world."""
    return replay(world, status_quo(world))


def test_finite_pool_reach_is_the_closed_form() -> None:
    """Anchor A12: x' = 0.9 x + (K - x)(1 - exp(-20 / (K - x))), K = 100, from 0.

    20 visits a period that are all contacts; a follower loses interest with 0.1. After 5 periods
    69.5139722805402 follow; the steady state is 89.48049794776622.
    """
    rates = {"pool": 100.0, "unfollow": 0.1, "contact_per_visit": 1.0}
    account = {"traffic": {"young": 20.0}}
    world = tiny_world(
        snowball={"model": "funnel", **young(**rates)},
        field={"accounts": {"main": account}},
        calendar={"periods": 260},
    )
    followers = played(world).followers[0]
    assert followers[5] == pytest.approx(69.5139722805402, rel=1e-13)
    assert followers[260] == pytest.approx(89.48049794776622, rel=1e-13)


def test_unequal_growth_shifts_the_mix_like_a_replicator() -> None:
    """Anchor A14: two segments that grow by 1.05 and 0.95 from equal halves.

    Traffic returns at 0.45 by itself and at 6 or 5 visits an order; a tenth orders; saturation is
    far away. The
    first segment's share after n periods is 1.05^n / (1.05^n + 0.95^n).
    """
    calm = {"pool": 1e6, "followers": 0.0, "conversion": 0.1, "contact_per_visit": 0.0}
    calm |= {"unfollow": 0.0, "persistence": 0.45}
    segments = {
        "young": {"persistence": 0.45, "traffic_per_order": 6.0},
        "mature": {**calm, "traffic_per_order": 5.0},
    }
    account = {key: {"young": 1e12, "mature": 1e12} for key in ("saturation", "ceiling")}
    account["traffic"] = {"young": 1000.0, "mature": 1000.0}
    world = tiny_world(
        calendar={"periods": 26},
        snowball={"segments": segments},
        field={"accounts": {"main": account}},
    )
    traffic = played(world).traffic[0]
    shares = traffic[0] / traffic.sum(axis=0)
    for n, known in ((1, 0.525), (4, 0.59876786)):
        assert shares[n] == pytest.approx(known, abs=1e-7)
    assert shares[26] == pytest.approx(1 / (1 + (0.95 / 1.05) ** 26), rel=1e-6)


def test_traffic_saturates() -> None:
    """(SN.3) R' = 200 (1 - exp(-(0.5 R + 3 orders) / 200)), orders = 0.1 R: growth 0.8."""
    rates = young(persistence=0.5, traffic_per_order=3.0)
    account = {"saturation": {"young": 200.0}}
    world = tiny_world(snowball=rates, field={"accounts": {"main": account}})
    traffic = played(world).traffic[0, 0]
    assert traffic[1] == pytest.approx(200 * (1 - exp(-80 / 200)), rel=1e-14)
    assert traffic[2] == pytest.approx(200 * (1 - exp(-0.8 * traffic[1] / 200)), rel=1e-14)


def test_ceiling_holds() -> None:
    """(SN.4) Growth by half a period stops at 120 visits."""
    rates = young(persistence=0.5, traffic_per_order=10.0)
    world = tiny_world(snowball=rates, field={"accounts": {"main": {"ceiling": {"young": 120.0}}}})
    assert played(world).traffic[0, 0].tolist() == pytest.approx([100, 120, 120, 120, 120, 120])


def test_season_moves_traffic_and_not_its_memory() -> None:
    """(SN.1), (SN.2) Half the visits in period 2, and the old level after it."""
    season = [{"first": 2, "last": 2, "traffic": 0.5, "conversion": 2.0}]
    rates = young(persistence=0.0, persistence_served=1.0)
    got = played(tiny_world(season=season, snowball=rates))
    assert got.visits[0, 0].tolist() == pytest.approx([100, 50, 100, 100, 100], rel=1e-9)
    assert got.own_orders[0, 0].tolist() == pytest.approx([10, 10, 10, 10, 10], rel=1e-9)


def test_half_a_week_counts_half() -> None:
    """Section 3: a span over Monday to Wednesday covers 3 / 7 of the days."""
    season = [{"first": "2026-01-12", "last": "2026-01-14", "traffic": 1.7}]
    got = played(tiny_world(season=season))
    assert got.visits[0, 0, 1] == pytest.approx(100 * (1 + 0.7 * 3 / 7))


def test_followers_return_and_match() -> None:
    """(SN.5), (SN.6), (FI.16) 50 followers return 0.2 times: 10 visits beside 100.

    Matched are 110 (1 - exp(-50 / (2 * 110))); orders are 0.1 * 110 + 0.5 * 0.1 * 10 + 0.04
    matched.
    """
    rates = young(
        followers=50.0,
        return_rate=0.2,
        follower_factor=1.5,
        calibration_gain=0.04,
        calibration_scale=2.0,
    )
    got = played(tiny_world(snowball=rates))
    matched = 110 * (1 - exp(-50 / 220))
    assert got.decisions.matched[0, 0, 0] == pytest.approx(matched, rel=1e-14)
    assert got.own_orders[0, 0, 0] == pytest.approx(11.5 + 0.04 * matched, rel=1e-14)


def test_customers_come_back() -> None:
    """(SN.12), (SN.13) 20 customers, 10 orders a period of which half are new ones.

    Customers 20, 0.9 * 20 + 5 = 23; repeat orders 0.25 of them: 5 and 5.75.
    """
    rates = young(customers=20.0, new_customer_share=0.5, customer_churn=0.1, repeat_rate=0.25)
    got = played(tiny_world(snowball=rates))
    assert got.customers[0, :2].tolist() == pytest.approx([20, 23])
    assert got.decisions.repeat_orders[0, :2].tolist() == pytest.approx([5, 5.75])
    assert got.gmv["repeat"][:2].tolist() == pytest.approx([500, 575])


def test_interest_is_drained_by_harvest() -> None:
    """(SN.14), (SN.15) Of 40 interested half are harvested, a quarter forgets: 10 remain.

    Harvested visits convert at 0.3 instead of 0.1: 12 + 4 orders of 120 visits.
    """
    snowball = young(interest=40.0, conversion_interested=0.3)
    snowball["interest"] = {"decay": 0.25, "harvest_max": 0.5}
    got = played(tiny_world(snowball=snowball))
    assert got.interest[0, :3].tolist() == pytest.approx([40, 10, 2.5])
    assert got.own_orders[0, 0, 0] == pytest.approx(16)


def test_reception_in_slots_is_a_perspective() -> None:
    """(FI.8) Two equal slots halve the curve; the second takes half as much again an hour.

    phi(h) = 60 ln(1 + h / 5); 4 and 2 hours: 0.5 phi(8) + 1.5 * 0.5 phi(4).
    """
    slots = {"day": {"hours_max": 5.0}, "night": {"hours_max": 5.0, "factor": 1.5}}
    curve = {"kind": "log", "scale": 60.0, "half": 5.0, "rate": None}
    world = tiny_world(field={"accounts": {"main": {"slots": slots, "reception": curve}}})
    d = status_quo(world)
    d.hours[0, :, 0] = [4.0, 2.0]
    got = replay(world, d, accept="greedy")
    hand = 0.5 * 60 * log(1 + 8 / 5) + 1.5 * 0.5 * 60 * log(1 + 4 / 5)
    assert got.capacity[0, 0] == pytest.approx(hand, rel=1e-14)
    assert got.visits[0, 0, 0] == pytest.approx(min(hand, 100), rel=1e-14)


def test_content_carries_a_boost() -> None:
    """(FI.17), (FI.19) Q = 8, then 0.5 * 8 + 2 = 6; Q phi(x / (kappa Q)), phi = 10 ln(1 + r).

    Boosted visits come in the mix, times the season's traffic.
    """
    boost = {
        "curve": {"kind": "log", "scale": 10.0, "half": 1.0},
        "per_content": True,
        "spend_max": 100.0,
        "mix": {"young": 1.0},
        "current_spend": 24.0,
    }
    content = {"stock": 8.0, "decay": 0.5, "made_max": 2.0, "crew": {}, "current_made": 2.0}
    season = [{"first": 2, "last": 2, "traffic": 1.1, "boost_cost": 2.0}]
    got = played(tiny_world(field={"boosts": {"feed": boost}, "content": content}, season=season))
    assert got.content[:3].tolist() == pytest.approx([8, 6, 5])
    bought = got.decisions.boosted[0, 0, 0]
    assert bought[0] == pytest.approx(8 * 10 * log(1 + 24 / 8), rel=1e-14)
    assert bought[1] == pytest.approx(1.1 * 6 * 10 * log(1 + 24 / (2 * 6)), rel=1e-14)


def test_an_account_opens_after_its_lead() -> None:
    """(FI.1), (SN.2) Decided in period 2 with lead 1: open from period 3, cold start from 4 on."""
    got = replay(full_world(), rich_controls(full_world()), accept="greedy")
    assert got.open[1].tolist() == [0, 0, 1, 1, 1, 1]
    assert not got.traffic[1, :, :2].any()
    # The followers' traffic waits for the account that is about to open.
    assert 0 < got.traffic[1, 0, 2] < 150
    assert got.traffic[1, 0, 3] > 500


TIER: Tree = {
    "pool": 10.0,
    "visits": {"kind": "power", "scale": 50.0, "exponent": 0.5},
    "mix": {"young": 1.0},
    "conversion": {"young": 0.05},
    "offers": {
        "base": {"commission": 0.2, "churn": 0.2, "supply": 12.0, "activation": 0.5},
        "high": {"commission": 0.3, "churn": 0.1, "supply": 30.0, "activation": 1.0},
    },
    "current_offer": "base",
    "current_samples": 6.0,
    "samples_max": 10.0,
    "sample_cost": 3.0,
    "lead": 1,
    "attraction": 0.1,
}


def test_creators_join_and_leave() -> None:
    """(AL.5), (AL.6), (AL.7) Pool 10; 50 sqrt(10) visits; 5 per cent of them order.

    Next: 0.8 * 10 + 3 (samples under way) + 0.1 orders, then at most the supply of 12 is kept and
    4 samples of period 1 bring 2.
    """
    world = tiny_world(alliance={"tiers": {"small": TIER}, "contract_periods": 1})
    d = status_quo(world)
    d.samples[0] = [4, 0, 0, 0, 0]
    got = replay(world, d, accept="greedy")
    first = 50 * 10**0.5 * 0.05
    second = 8 + 3 + 0.1 * first
    assert got.creator_orders[0, 0, 0] == pytest.approx(first, rel=1e-14)
    assert got.pool[0, 1] == pytest.approx(second, rel=1e-14)
    kept = min(second, 12)
    third = 0.8 * kept + 2 + 0.1 * 50 * kept**0.5 * 0.05
    assert got.pool[0, 2] == pytest.approx(third, rel=1e-14)
    assert got.commission[0] == pytest.approx(0.2 * first * 100, rel=1e-14)


def test_mode_of_packages_and_discounts() -> None:
    """Section 3: uplift and discount by days covered, times the level's; dips beside the window.

    The window of Monday to Wednesday of week 3 covers 3 / 7: orders 1 + 0.7 * 3 / 7 = 1.3, price
    1 - 0.35 * 3 / 7 = 0.85. Of a dip to 0.6, half is explained by the pool: 0.8.
    """
    campaign = {
        "first": "2026-01-19",
        "last": "2026-01-21",
        "packages": {"full": {"discount": 0.35, "uplift": 1.7}},
        "pre_dip": {"factor": 0.6, "periods": 1},
        "post_dip": {"factor": 0.6, "periods": 1},
    }
    snowball = {"interest": {"decay": 0.1, "harvest_max": 0.5, "dip_share": 0.5}}
    levels = {"list": {"depth": 0.1, "uplift": 1.2}}
    world = tiny_world(
        campaign={"campaigns": {"spring": campaign}},
        snowball=snowball,
        field={"discounts": levels},
    )
    d = status_quo(world)
    d.package[0] = 1
    got = replay(world, d, accept="greedy")
    orders = [1.2, 1.2 * 0.8, 1.2 * 1.3, 1.2 * 0.8, 1.2]
    assert got.order_factor.tolist() == pytest.approx(orders)
    assert got.price_factor.tolist() == pytest.approx([0.9, 0.9, 0.9 * 0.85, 0.9, 0.9])
    plain = 10 * 1.2 * 0.9 * 100
    assert got.gmv["field"].tolist() == pytest.approx([plain] * 5)
    added = [0, -0.2 * plain, (1.3 * 0.85 - 1) * plain, -0.2 * plain, 0]
    assert got.gmv["campaign"].tolist() == pytest.approx(added, rel=1e-8, abs=1e-9)


def test_awareness_fades() -> None:
    """(CA.10), (KO.6), (SN.16) A package's points spread over its window by days, then fade."""
    got = replay(full_world(), rich_controls(full_world()), accept="greedy")
    points = got.awareness[0]
    gain = [0, 0, 20 * 5 / 9, 20 * 4 / 9, 0.8 * 50, 0]
    level = 10.0
    for t, more in enumerate(gain):
        level = 0.7 * level + more
        assert points[t + 1] == pytest.approx(level)


def test_heads_ramp_up() -> None:
    """(ST.1), (ST.2) One host hired in period 1 starts in 2 at half, then 0.8, while 5 % leave."""
    d = rich_controls(full_world())
    got = replay(full_world(), d, accept="greedy")
    heads = [4, 0.95 * 4 + 1]
    heads.append(0.95 * heads[1])
    assert got.heads[0, :3].tolist() == pytest.approx(heads)
    trained = [4, heads[1] - 0.5, heads[2] - 0.2 * 0.95]
    assert got.productive[0, :3].tolist() == pytest.approx(trained)


def test_stock_moves() -> None:
    """(GO.3), (GO.4) Opening less what is shipped plus what was ordered a period ago."""
    got = replay(full_world(), rich_controls(full_world()), accept="greedy")
    lines = got.decisions.line_orders[:, 1].sum(axis=0)
    shipped = 0.95 * 0.6 * lines
    # The star's items of the line: 40 % of its orders, 5 % more of them refunded at once.
    shipped[4] += (1 - 0.05 - 0.05) * 0.4 * 60000 / (0.8 * (0.6 * 100 + 0.4 * 250))
    stock = 900.0
    for t in range(6):
        stock += got.decisions.purchase[1, t] - shipped[t]
        assert got.stock[1, t + 1] == pytest.approx(stock)
    assert np.isnan(got.stock[0]).all()


def test_a_plan_of_nothing_brings_nothing() -> None:
    """No decision, no visit, no money."""
    got = replay(tiny_world(), Decisions.zeros(ids_of(tiny_world())))
    assert got.objective == 0
    assert not got.visits.any()
    assert sum(value.sum() for value in got.gmv.values()) == 0
