"""The money of every source adds up to the replay's totals, and break-even is what it says."""

import numpy as np
import pytest

from fact_models.replay import replay, status_quo
from fact_models.replay.economics import SOURCES, Economics, economics
from tests.models.test_replay_money import LINE, MONEY
from tests.models.worlds import full_world, rich_controls, tiny_world


def test_sources_add_up_to_the_replay() -> None:
    """GMV of each source is the replay's; net GMV, goods, logistics and commission sum to it."""
    world = full_world()
    played = replay(world, rich_controls(world), accept="greedy")
    found = economics(world, played.decisions)
    assert tuple(found) == SOURCES == tuple(played.gmv)
    for name, source in found.items():
        assert source.gmv == pytest.approx(played.gmv[name].sum())
    totals = {
        "net_gmv": played.net_gmv,
        "goods": played.goods,
        "logistics": played.logistics,
        "commission": played.commission,
    }
    for name, expected in totals.items():
        assert sum(getattr(x, name) for x in found.values()) == pytest.approx(expected.sum())
    assert all(abs(x.gmv) > 0 for x in found.values())


def test_margins_less_spend_and_overhead_are_the_contribution() -> None:
    """Nothing between a source's margin and the plan's contribution is left out."""
    world = full_world()
    played = replay(world, rich_controls(world), accept="greedy")
    margin = sum(x.margin for x in economics(world, played.decisions).values())
    spend = sum(x.sum() for x in played.spend.values())
    overhead = world.money.overhead * world.calendar.periods
    earned = margin + played.fee_back.sum()
    assert earned - spend - overhead == pytest.approx(played.contribution.sum())


def test_margin_of_a_paid_yuan_by_hand() -> None:
    """Price 100, refunds 0.1 before and 0.2 after shipment, fees of 10 % of what is kept.

    Of 100 paid 70 are kept and 7 go in fees. Goods: 30 (0.7 + 0.2 x 0.5) = 24. Logistics: 0.9 x 5
    + 0.2 x 2 = 4.9. Margin 34.1; a yuan of spend is earned back by 100 / 34.1 of paid GMV.
    """
    world = tiny_world(goods={"lines": {"basic": {**LINE, "price": 100.0}}}, money=MONEY)
    field = economics(world, status_quo(world))["field"]
    assert field.net_gmv == pytest.approx(0.7 * field.gmv)
    assert field.margin == pytest.approx(0.341 * field.gmv)
    assert field.break_even == pytest.approx(100 / 34.1)


def test_nothing_breaks_even_that_leaves_nothing() -> None:
    """Refunds so high that goods and freight eat what is kept have no break-even ROI."""
    money = Economics(100.0, 20.0, 1.0, 15.0, 6.0, 0.0)
    assert money.margin < 0
    assert money.break_even is None
    assert Economics(*np.zeros(6)).break_even is None
