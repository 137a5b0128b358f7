"""Money of the replay by hand: refunds, settlement, cash, KOL outcomes, levers."""

import numpy as np
import pytest

from fact_models.replay import Replay, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.models.worlds import Tree, full_world, rich_controls, tiny_world

LINE: Tree = {
    "unit_cost": 30.0,
    "refund_pre": 0.1,
    "refund_post": 0.2,
    "writeoff": 0.5,
    "shipping": 4.0,
    "insurance": 1.0,
    "handling": 2.0,
}
MONEY: Tree = {
    "platform_fee": 0.04,
    "tax_other": 0.06,
    "overhead": 50.0,
    "settlement": [0.25, 0.75],
    "cash": {
        "opening": 100.0,
        "floor": 0.0,
        "credit": 500.0,
        "interest": 0.1,
        "receivables": [10.0],
    },
}
DEAL: Tree = {
    "fee": 1000.0,
    "deposit_share": 0.3,
    "lead": 2,
    "first": 1,
    "last": 5,
    "commission": 0.1,
    "discount": 0.5,
    "refund_pre_add": 0.1,
    "refund_post_add": 0.1,
    "gmv": {"p10": 1000.0, "p50": 2000.0, "p90": 5000.0},
    "acceptance": 0.5,
    "mix": {"young": 1.0},
    "visits_per_order": 10.0,
    "own_visits": {"young": 40.0},
    "awareness": {"young": 8.0},
}


def priced(**changes: Tree) -> Instance:
    """The tiny world with refunds, costs, settlement and cash: 1000 of GMV a period."""
    return tiny_world(goods={"lines": {"basic": LINE}}, money=MONEY, **changes)


def played(world: Instance) -> Replay:
    """The status quo of a world."""
    return replay(world, status_quo(world))


def test_unit_economics() -> None:
    """(MO.2), (MO.15) Of 10 items 7 are kept: 700.

    Goods 30 * 10 * (0.7 + 0.2 * 0.5) = 240; logistics 10 * (0.9 * 5 + 0.2 * 2) = 49; contribution
    700 * 0.9 - 240 - 49 - 50 = 291.
    """
    got = played(priced())
    assert got.net_gmv[0] == pytest.approx(700)
    assert got.goods[0] == pytest.approx(240)
    assert got.logistics[0] == pytest.approx(49)
    assert got.contribution[0] == pytest.approx(291)


def test_receipts_lag_and_cash() -> None:
    """(MO.12), (MO.13) A quarter of 630 arrives at once, the rest a period later.

    Receipts 157.5 + 10, then 630. Cash 100 + 167.5 - 339 = -71.5, so 71.5 is drawn and costs 7.15;
    then -71.5 + 630 - 339 - 7.15 = 212.35.
    """
    got = played(priced())
    assert got.receipts[:2].tolist() == pytest.approx([167.5, 630])
    assert got.cash is not None
    assert got.cash[:2].tolist() == pytest.approx([-71.5, 212.35])
    assert got.decisions.drawn[:2].tolist() == pytest.approx([71.5, 0])


def test_cash_pays_for_stock_when_it_is_ordered() -> None:
    """(MO.13) A stocked line costs cash at purchase; contribution still counts goods when sold."""
    stock = {"opening": 100.0, "lead": 1, "purchase_max": 50.0}
    line = {"lines": {"basic": {**LINE, "stock": stock}}}
    world = tiny_world(goods=line, money=MONEY)
    d = status_quo(world)
    assert not d.purchase.any()
    d.purchase[0, 0] = 5.0
    got = replay(world, d, accept="greedy")
    assert got.cash is not None
    assert got.cash[0] == pytest.approx(100 + 167.5 - 5 * 30 - 49 - 50)
    assert got.goods[0] == pytest.approx(240)


def test_a_deal_by_outcome() -> None:
    """(KO.4), (KO.5), (MO.3), (MO.13) Mean outcome 0.5 * (300 + 800 + 1500) = 1300 of GMV.

    Orders 1300 / 50 = 26. Kept 1 - 0.2 - 0.3 = half: 650, commission 65. Fee 500 in all, 150 of it
    two periods before. Cash counts on p10: 500 of GMV, 250 kept, 25 commission.
    """
    world = priced(kol={"deals": {"star": DEAL}})
    d = status_quo(world)
    plain = replay(world, d)
    d.deal[0, 3] = 1
    got = replay(world, d, accept="greedy")
    assert got.gmv["kol"][3] == pytest.approx(1300)
    assert got.kol_orders[0, 3] == pytest.approx(26)
    assert got.spend["kol"].tolist() == pytest.approx([0, 150, 0, 350 + 65, 0])
    assert got.decisions.inflow[0, 0, 3] == pytest.approx(20)
    assert got.awareness[0, 4] == pytest.approx(4)
    extra = got.receipts[3] - plain.receipts[3]
    inflow = 0.25 * 2 * 100 * 0.7 * 0.9
    assert extra == pytest.approx(0.25 * (250 * 0.9 - 25) + inflow)


@pytest.mark.parametrize(("outcome", "share"), [("p10", 1000), ("p50", 2000), ("p90", 5000)])
def test_outcomes_scale_effects_and_not_cash(outcome: str, share: float) -> None:
    """Outcome replays scale GMV, awareness and inflow; the fee and the cash stay."""
    world = priced(kol={"deals": {"star": DEAL}})
    d = status_quo(world)
    d.deal[0, 3] = 1
    mean = replay(world, d)
    got = replay(world, d, outcome=outcome)  # type: ignore[arg-type]
    assert got.gmv["kol"][3] == pytest.approx(0.5 * share)
    assert got.awareness[0, 4] == pytest.approx(4 * share / 2600)
    assert got.cash == pytest.approx(mean.cash)


PROMISED: Tree = {
    "deals": {"star": DEAL | {"guarantee": {"roi": 3.0, "returned": 0.8, "after": 1}}}
}


def _with_session(world: Instance, outcome: str = "mean") -> Replay:
    """The status quo with the only deal in period 4."""
    d = status_quo(world)
    d.deal[0, 3] = 1
    return replay(world, d, outcome=outcome)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pro_rata", "expected", "in_cash"), [(False, 280.0, 400.0), (True, 400 / 3, 800 / 3)]
)
def test_a_promise_by_hand(pro_rata: bool, expected: float, in_cash: float) -> None:
    """(KO.10), (KO.11), (MO.12), (MO.15) 3000 of GMV are promised, p10 is 1000 and p50 is 2000.

    Of the fee, 0.5 * 1000, 80 % come back: 400 with the weights 0.3 and 0.4 of these two points;
    pro rata of what is missing 400 (0.3 * 2 / 3 + 0.4 / 3). Cash counts on p10, a period later.
    """
    deal = PROMISED["deals"]["star"]
    terms = deal["guarantee"] | {"pro_rata": pro_rata}
    world = priced(kol={"deals": {"star": deal | {"guarantee": terms}}})
    got, bare = _with_session(world), _with_session(priced(kol={"deals": {"star": DEAL}}))
    assert got.fee_back.tolist() == pytest.approx([0, 0, 0, expected, 0])
    assert (got.contribution - bare.contribution).tolist() == pytest.approx(got.fee_back.tolist())
    extra = (got.receipts - bare.receipts).tolist()
    assert extra == pytest.approx([0, 0, 0, 0, in_cash])
    assert got.spend["kol"].tolist() == pytest.approx(bare.spend["kol"].tolist())


@pytest.mark.parametrize(
    ("outcome", "back"), [("p10", 400.0), ("p50", 400.0), ("p90", 0.0), ("mean", 280.0)]
)
def test_a_promise_by_outcome(outcome: str, back: float) -> None:
    """(KO.10) Who brings 5000 has kept the promise of 3000 and keeps the fee."""
    got = _with_session(priced(kol=PROMISED), outcome)
    assert got.fee_back.sum() == pytest.approx(back)


def test_a_promise_just_kept_returns_nothing() -> None:
    """(KO.10) GMV of exactly the promise is no shortfall."""
    terms = {"roi": 1.0, "returned": 0.8, "after": 1}
    got = _with_session(priced(kol={"deals": {"star": DEAL | {"guarantee": terms}}}), "p10")
    assert not got.fee_back.any()


def test_wages_reach_the_levers() -> None:
    """(MO.4) to (MO.7) Two hosts at 20 an hour for 10 live hours: 200 of 1600 reach Field."""
    staff = {"roles": {"host": {"heads": 2, "wage": 800.0, "hours": 40.0}}}
    world = priced(staff=staff, field={"accounts": {"main": {"crew": {"host": 1.0}}}})
    got = played(world)
    assert got.labour["field"][0] == pytest.approx(200)
    assert got.spend["field"][0] == pytest.approx(200)
    assert got.spend["team"][0] == pytest.approx(1400)
    assert got.need[0, 0] == pytest.approx(10)


def test_totals_agree() -> None:
    """GMV by channel, by segment, and of every item add up to the same figure."""
    world = full_world()
    got = replay(world, rich_controls(world), accept="greedy")
    assert sum(got.gmv.values()) == pytest.approx(got.gmv_segment.sum(axis=0))
    assert got.value == pytest.approx(sum(got.gmv.values()) @ 1.002 ** -np.arange(6.0))
    assert got.objective == got.value + got.terminal_value


@pytest.mark.parametrize("goal", ["gmv", "net_gmv", "profit"])
def test_goals(goal: str) -> None:
    """(OB.1) The value is the goal's own flow."""
    world = full_world(objective={"goal": goal, "discount_rate": 0.0})
    got = replay(world, rich_controls(world), accept="greedy")
    flow = {"gmv": sum(got.gmv.values()), "net_gmv": got.net_gmv, "profit": got.contribution}
    assert got.value == pytest.approx(np.sum(flow[goal]))


def test_least_cost() -> None:
    """(OB.4) The goal ``cost`` counts spend and leaves nothing for the end."""
    world = full_world(objective={"goal": "cost", "target": 1000.0})
    got = replay(world, rich_controls(world), accept="greedy")
    assert got.terminal_value == 0
    assert got.objective == pytest.approx(sum(got.spend.values()) @ 1.002 ** -np.arange(6.0))


def test_drawn_credit_keeps_the_floor() -> None:
    """Greedy draws what the floor needs up to the credit; the verifier agrees with both."""
    tight = full_world(money={"cash": {"opening": 30000.0}})
    got = replay(tight, rich_controls(tight), accept="greedy")
    assert got.cash is not None
    assert got.decisions.drawn.max() > 0
    assert np.all(got.cash + got.decisions.drawn >= 10000 - 1e-6)
    assert verify(tight, got.decisions).ok
    poor = full_world(money={"cash": {"opening": 30000.0, "credit": 100.0}})
    got = replay(poor, rich_controls(poor), accept="greedy")
    broken = {v.number for v in verify(poor, got.decisions).violations}
    assert broken == {"MO.14"}


def test_every_order_takes_staff_hours() -> None:
    """(ST.8) Ten orders a period at half an hour each, beside ten live hours of one host: 15
    hours; a deal's orders of the mean outcome count as well, and 14.9 hours are too few.
    """
    role = {"heads": 1, "wage": 100.0, "hours": 15.0}
    room = {"accounts": {"main": {"crew": {"host": 1.0}}}}
    staff: Tree = {"roles": {"host": role}, "order_hours": {"host": 0.5}}
    world = tiny_world(staff=staff, field=room, kol={"deals": {"star": DEAL}})
    assert played(world).need[0] == pytest.approx(np.full(5, 15.0))
    signed = status_quo(world)
    signed.deal[0, 3] = 1
    # Mean outcome 2600 at acceptance 0.5 and half of the price of 100: 26 orders.
    assert replay(world, signed).need[0, 3] == pytest.approx(15.0 + 0.5 * 26.0)
    assert verify(world, status_quo(world)).ok
    small = tiny_world(staff={**staff, "roles": {"host": {**role, "hours": 14.9}}}, field=room)
    found = {(v.number, v.rule) for v in verify(small, status_quo(small)).violations}
    assert ("ST.3", "staff hours") in found
