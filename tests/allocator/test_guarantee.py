"""A deal whose fee comes back if it sells too little, by hand.

The tiny world earns 5,000 whatever is done. The deal costs 600 and sells 100, 500 or 1,000, 530 on
average. It promises a GMV of its fee: at p10 and p50 the fee comes back.
"""

from typing import Any

import numpy as np
import pytest

from allocator.doubt.score import score
from allocator.doubt.worlds import worlds_of
from allocator.plan import Plan
from allocator.solve import solve
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.tiny import built, deal

NOTHING = 5000.0
FEE, MEAN = 600.0, 530.0
PROMISE: dict[str, Any] = {"roi": 1.0, "after": 1}


def world(promise: dict[str, Any] | None = None, **changes: Any) -> Instance:
    """The tiny world with the deal."""
    offer = deal(1000.0, FEE) | {"gmv": {"p10": 100.0, "p50": 500.0, "p90": 1000.0}}
    offer["guarantee"] = promise
    return built(kol={"deals": {"star": offer}}, objective={"goal": "profit"}, **changes)


def signing(instance: Instance) -> Plan:
    """Going on as today with the deal in the first period."""
    decisions = status_quo(instance)
    decisions.deal[0, 0] = 1
    return Plan.of(instance, "feasible_limit", decisions, float("inf"))


@pytest.mark.parametrize(
    ("promise", "value"),
    [
        (None, NOTHING),
        (PROMISE, NOTHING + MEAN - FEE + 0.7 * FEE),
        (PROMISE | {"returned": 0.5}, NOTHING + MEAN - FEE + 0.35 * FEE),
        (PROMISE | {"pro_rata": True}, NOTHING + MEAN - FEE + 0.3 * 500 + 0.4 * 100),
        (PROMISE | {"pro_rata": True, "returned": 0.2}, NOTHING),
    ],
    ids=["no promise", "whole fee", "half the fee", "pro rata", "pro rata of a fifth"],
)
def test_the_optimum_by_hand(promise: dict[str, Any] | None, value: float) -> None:
    """The deal loses 70 by itself; it is signed where more than that is expected back. Pro rata
    500 of 600 are missing at p10 and 100 at p50, a fifth of 190 is less than 70.
    """
    found = solve(world(promise), gap=1e-6, time_limit=60, threads=1)
    assert found.objective == pytest.approx(value, rel=1e-5)
    assert found.decisions is not None
    assert bool(found.decisions.deal.any()) == (value > NOTHING)


def test_the_fee_counts_in_budgets_whatever_is_promised() -> None:
    """A fee beyond the budget is not paid on the hope that it comes back."""
    found = solve(world(PROMISE, money={"budget": FEE - 1}), gap=1e-6, time_limit=60, threads=1)
    assert found.objective == pytest.approx(NOTHING, rel=1e-5)


@pytest.mark.parametrize(("after", "possible"), [(0, True), (1, False)])
def test_cash_waits_for_the_return(after: int, possible: bool) -> None:
    """At p10 the fee comes back; with 100 at hand and 1,100 taken in, 600 are not there at once
    if 1,000 of overhead are due before they return.
    """
    money = {"overhead": 1000.0, "cash": {"opening": 100.0}}
    instance = world(PROMISE | {"after": after}, money=money)
    plan = signing(instance)
    assert plan.decisions is not None
    assert verify(instance, plan.decisions).ok == possible


def test_a_score_sees_the_fee_come_back() -> None:
    """In the worlds p10 and p50 the promise is worth the fee, at p90 nothing."""
    bare, promised = world(), world(PROMISE)
    found = [score(signing(x), worlds_of(x, "kol")) for x in (bare, promised)]
    gain = found[1].contribution - found[0].contribution
    np.testing.assert_allclose(gain, [FEE, FEE, 0.0], atol=1e-9)
