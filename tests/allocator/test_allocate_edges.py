"""``allocator.allocate`` where features meet: bounds that hold, plans that keep every limit."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from allocator import separable
from allocator.allocate import allocate
from allocator.allocation import Allocation
from allocator.allocation_result import Found
from fact_models.allocation.cells import Problem
from fact_models.allocation.replay import replay


def hill(scale: float, half: float, slope: float) -> dict[str, Any]:
    return {"kind": "hill", "scale": scale, "half": half, "slope": slope}


def adbudg(low: float, high: float, half: float, slope: float) -> dict[str, Any]:
    return {"kind": "adbudg", "low": low, "high": high, "half": half, "slope": slope}


def best_on_grid(found: Allocation, step: float, most: float) -> float:
    """Largest value of the request's plans whose amounts are multiples of ``step``: all tried."""
    assert found.detail is not None
    shape, best = found.detail.shape, -1.0
    for units in product(range(round(most / step) + 1), repeat=found.detail.size):
        if sum(units) * step > most:
            continue
        tried = replay(found.request, step * np.array(units, float).reshape(shape))
        best = best if tried.broken else max(best, tried.value)
    return best


def test_a_curve_with_a_value_at_0_counts_where_it_may_not_spend() -> None:
    """A channel that may not spend keeps what it yields at 0: without it the bound lies below the
    best split of the others, and the search stops at a worse one.
    """
    found = allocate(
        {"a": adbudg(20, 200, 10, 1), "b": hill(50, 27, 4), "c": hill(53, 52, 3)},
        100,
        bounds={"a": (0, 0)},
        fixed_cost={"b": 9, "c": 17},
        integer={"b": 10, "c": 10},
    )
    assert found.status == "optimal"
    assert found.value == pytest.approx(best_on_grid(found, 10, 100), rel=1e-4)


def test_whole_units_that_meet_a_limit_exactly() -> None:
    """Two units are the least of the channel and the most of its target: there is one plan."""
    found = allocate(
        targets={"t": {"curve": adbudg(5, 15, 6.88337166699536, 1), "effect": {"a": 2}, "max": 2}},
        budget=20,
        bounds={"a": {"min": 2}},
        integer=1,
    )
    assert found.status == "optimal"
    assert found.spend == {"a": 2.0}


def test_whole_units_are_whole_to_the_last_digit() -> None:
    """30, not 30.000000000000004: a spend in units is a multiple of its unit as a number."""
    found = allocate(
        {"b": hill(49, 49, 3), "c": hill(37, 18, 2)},
        100,
        fixed_cost={"b": 26, "c": 5},
        integer={"b": 30, "c": 10},
    )
    assert found.spend == {"b": 30.0, "c": 30.0}


def test_no_fee_is_paid_for_no_unit() -> None:
    """The least total of b, 1, is not met by its fee of 2 alone: a unit of 3 is above its most."""
    found = allocate(
        {"a": hill(10, 3, 1), "b": hill(10, 3, 1)},
        10,
        bounds={"b": {"max": 1, "total_min": 1}},
        fixed_cost={"b": 2},
        integer=3,
    )
    assert found.status == "infeasible"


def test_a_fee_that_reaches_a_limit_is_paid_for_some_spend() -> None:
    """Half of the budget must go to a, whose curve is flat: its fee does it, next to b's spend."""
    found = allocate(
        {"a": {"kind": "piecewise", "x": [0, 1], "y": [2, 2]}, "b": hill(10, 3, 1)},
        10,
        bounds={"a": {"share_min": 0.5}},
        fixed_cost={"a": 5},
    )
    assert found.status == "optimal"
    assert found.value == pytest.approx(2 + 10 * 5 / 8, rel=1e-4)
    assert found.fees == 5


def test_a_steep_start_that_no_unit_reaches_is_closed() -> None:
    """One unit for a, none for b: b's curve starts with an infinite slope, and still the bound
    says that it yields nothing.
    """
    found = allocate(
        {"a": {"kind": "power", "scale": 1, "exponent": 0.99}, "b": adbudg(0, 10, 3, 0.2)},
        1,
        groups={"g": {"channels": ["a"], "share_min": 0.3}},
        integer=1,
    )
    assert found.status == "optimal"
    assert found.value == pytest.approx(1.0)


def test_an_allocation_that_can_be_worth_nothing_is_optimal() -> None:
    """A flat curve: 0 is the most, and that is proved."""
    found = allocate([{"kind": "linear", "rate": 0}], 5)
    assert (found.status, found.value, found.bound, found.gap) == ("optimal", 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "request_",
    [
        {
            "curves": {"a": hill(100, 60, 3), "b": hill(80, 40, 2)},
            "carryover": {
                name: {"rate": 0.6, "lags": 8, "normalised": True} for name in ("a", "b")
            },
        },
        {
            "targets": {
                "t": {"curve": hill(100, 60, 3), "effect": {"a": 0.4}},
                "u": {"curve": hill(80, 40, 2), "effect": {"b": 2}},
            },
        },
    ],
    ids=["normalised carry-over", "targets"],
)
def test_prices_see_what_spend_does_in_its_period(request_: dict[str, Any]) -> None:
    """A curve of a share or a multiple of the spend: the bound of the prices is that of the best
    whole split of 100.
    """
    found = allocate(**request_, budget=100)
    assert (found.method, found.status) == ("prices", "optimal")
    assert found.value == pytest.approx(best_on_grid(found, 10, 100), rel=1e-3)


def test_figures_that_leave_the_bounds_of_a_file_in_other_units() -> None:
    """1e-9 CNY, and curves whose heights are 1e20 apart: nothing but the sizes is unusual."""
    found = allocate([hill(100, 1e6, 1)], 1e-9)
    assert found.value == pytest.approx(100 * 1e-9 / 1e6)
    found = allocate([hill(1e-9, 5, 1), hill(1e11, 5, 1)], 10)
    assert found.status == "optimal"
    assert found.spend["2"] == pytest.approx(10)


def test_a_bound_below_the_value_is_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search whose bound the replayed value exceeds has proved nothing, and says so."""
    solve = separable.solve

    def low(problem: Problem, gap: float, deadline: float) -> Found:
        found = solve(problem, gap, deadline)
        return replace(found, bound=0.9 * found.bound)

    monkeypatch.setattr(separable, "solve", low)
    found = allocate([hill(100, 60, 1)], 60)
    assert found.status == "unverified"
    assert found.message == "value: 50, where 45 was proved the most"


def power(exponent: float) -> dict[str, Any]:
    return {"kind": "power", "scale": 1, "exponent": exponent}


def test_periods_after_the_last_without_carry_over_leave_the_bound_finite() -> None:
    """Nothing reaches them, and the slope there is infinite: 4 in both periods, by hand."""
    found = allocate([power(0.99)], 20, periods={"count": 2, "max": 4, "tail": 2})
    assert found.status == "optimal"
    assert found.bound == pytest.approx(2 * 4**0.99, rel=1e-4)


def test_a_kink_at_the_price_is_exact() -> None:
    """4 on the table, whose slope falls from 1 to 0 there, and 1 on the curve that is left."""
    table = {"kind": "piecewise", "x": [0, 4], "y": [1, 5]}
    found = allocate([{"kind": "log", "scale": 1, "half": 3}, table], 5)
    assert (found.method, found.status) == ("prices", "optimal")
    assert found.spend == pytest.approx({"1": 1.0, "2": 4.0})


def test_no_budget_is_no_negative_spend() -> None:
    """All bounds at 0 leave 0 and no rounding error below it."""
    found = allocate([{"kind": "linear", "rate": 0}], 0, periods={"count": 3, "tail": 2})
    assert found.status == "optimal"
    assert found.detail is not None
    assert (found.detail == 0).all()


def test_a_fee_as_large_as_its_limit_is_never_paid() -> None:
    """Half of the budget must go to b, and its fee alone takes all: nothing is left to spend."""
    found = allocate(
        [hill(10, 1, 1), hill(10, 1, 1)],
        1,
        periods={"count": 1, "tail": 1},
        bounds={"2": {"share_min": 0.5}},
        fixed_cost={"2": 1},
    )
    assert found.status == "infeasible"


def test_the_price_of_a_budget_that_ends_on_a_convex_part() -> None:
    """All goes to the S-curve, which is still getting steeper: its slope is the price."""
    found = allocate([hill(10, 3, 3), power(0.5)], 1, min_if_active={"2": 2})
    assert found.method == "prices"
    assert found.spend == {"1": pytest.approx(1.0), "2": 0.0}
    slope = 10 * 3 * 3**3 / (1 + 3**3) ** 2
    assert found.prices["budget"] == pytest.approx(slope, rel=1e-6)


def log(scale: float, half: float) -> dict[str, Any]:
    return {"kind": "log", "scale": scale, "half": half}


def test_a_row_that_one_cell_fills_keeps_all_of_its_worth() -> None:
    """All goes to the channel with the larger effect: one more unit brings 26 / (3 + 5)."""
    target = {"curve": log(26, 3), "effect": {"a": 1, "b": 0.5}}
    found = allocate(targets={"t": target}, budget=5)
    assert found.method == "interior point"
    assert found.prices == {"budget": pytest.approx(26 / 8, rel=1e-3)}


@pytest.mark.parametrize("slope", [2, 3])
def test_the_price_is_the_slope_of_the_curve_and_not_of_a_chord(slope: float) -> None:
    """Two channels on one S-curve: all goes to the stronger one, at half of the inflection or
    below, where the chord of the convex part has another slope.
    """
    target = {"curve": hill(26, 6, slope), "effect": {"a": 1, "b": 0.5}}
    found = allocate(targets={"t": target}, budget=1.5)
    assert found.method == "tangents"
    rise = 26 * slope * 1.5 ** (slope - 1) * 6**slope / (6**slope + 1.5**slope) ** 2
    assert found.prices == {"budget": pytest.approx(rise, rel=1e-4)}


def test_a_steep_start_behind_a_fee_is_closed_where_the_curve_begins_above_0() -> None:
    """A period's 4 go to b, its fee of 1 included; c rests, worth its 1 and no more."""
    found = allocate(
        {"b": {"kind": "tanh", "scale": 30, "rate_scale": 3}, "c": adbudg(1, 4.5, 1, 0.2)},
        10,
        periods={"count": 1, "max": 4},
        fixed_cost=1,
    )
    assert found.status == "optimal"
    assert found.value == pytest.approx(1 + 30 * np.tanh(1), rel=1e-4)


def test_the_price_where_least_spends_take_the_whole_budget() -> None:
    """Nothing is free at any price; one more unit goes to the table."""
    table = {"kind": "piecewise", "x": [0, 6, 8], "y": [1, 5, 8]}
    found = allocate(
        targets={
            "t": {"curve": hill(10, 3, 3), "effect": {"a": 1.6428202351188275}},
            "u": {"curve": table, "effect": {"b": 2.128787539442326}},
        },
        budget=7.180980818229687,
        min_if_active={"a": 3.522368393419014, "b": 1.3227129780163742},
        fixed_cost={"b": 1.3877432044146767},
    )
    assert found.status == "optimal"
    assert found.prices == {"budget": pytest.approx(2.128787539442326 * 4 / 6)}
