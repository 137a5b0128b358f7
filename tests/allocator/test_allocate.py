"""``allocator.allocate``: closed forms, published optima, every rule, every yuan."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import allocator
from allocator.allocate import allocate, solve_request
from allocator.allocation import Allocation
from allocator.faults import InputError
from fact_models.allocation.replay import replay
from fact_models.allocation.spec import Request

WEAPONS = [200, 100, 300, 150, 250]
WORTH = [60, 50, 50, 75, 40, 60, 35, 30, 25, 150, 30, 45, 125, 200, 200, 130, 100, 100, 100, 150]
LEAST = {1: 30, 6: 100, 10: 40, 14: 50, 15: 70, 16: 35, 20: 10}
SURVIVAL = [
    [1, 0.84, 0.96, 1, 0.92], [0.95, 0.83, 0.95, 1, 0.94], [1, 0.85, 0.95, 1, 0.92],
    [1, 0.84, 0.96, 1, 0.95], [1, 0.85, 0.96, 1, 0.95], [0.85, 0.81, 0.9, 1, 0.98],
    [0.9, 0.81, 0.92, 1, 0.98], [0.85, 0.82, 0.91, 1, 1], [0.8, 0.8, 0.92, 1, 1],
    [1, 0.86, 0.95, 0.96, 0.9], [1, 1, 0.99, 0.91, 0.95], [1, 0.98, 0.98, 0.92, 0.96],
    [1, 1, 0.99, 0.91, 0.91], [1, 0.88, 0.98, 0.92, 0.98], [1, 0.87, 0.97, 0.98, 0.99],
    [1, 0.88, 0.98, 0.93, 0.99], [1, 0.85, 0.95, 1, 1], [0.95, 0.84, 0.92, 1, 1],
    [1, 0.85, 0.93, 1, 1], [1, 0.85, 0.92, 1, 1],
]  # fmt: skip


def hill(scale: float, half: float, slope: float) -> dict[str, Any]:
    return {"kind": "hill", "scale": scale, "half": half, "slope": slope}


def power(scale: float, exponent: float) -> dict[str, Any]:
    return {"kind": "power", "scale": scale, "exponent": exponent}


def weapons() -> dict[str, Any]:
    """A10: five resources onto twenty targets, each with joint saturation."""
    targets = {
        f"t{j}": {
            "curve": {"kind": "exponential", "scale": worth, "rate_scale": 1},
            "effect": {
                f"r{i}": -float(np.log(left)) for i, left in enumerate(SURVIVAL[j - 1]) if left < 1
            },
            "min": LEAST.get(j, 0),
        }
        for j, worth in enumerate(WORTH, start=1)
    }
    return {"targets": targets, "bounds": {f"r{i}": (0, c) for i, c in enumerate(WEAPONS)}}


def certified(found: Allocation, optimum: float, share: float = 1e-4) -> None:
    """The interval is narrow, holds the optimum, and the value is that of a fresh replay."""
    assert found.status == "optimal"
    assert found.value is not None
    assert found.bound is not None
    assert found.bound - found.value <= share * found.bound
    # Published figures are rounded to their last digit.
    assert found.value <= optimum * (1 + 1e-7)
    assert found.bound >= optimum * (1 - 1e-7)
    assert found.detail is not None
    again = replay(found.request, found.detail)
    assert again.value == found.value
    assert again.broken == []


ANCHORS: dict[str, tuple[dict[str, Any], float]] = {
    "A2a power": (
        {"curves": [power(a, 0.5) for a in (3, 4, 12)], "budget": 169}, 169.0,
    ),
    "A2b log": (
        {
            "curves": [
                {"kind": "log", "scale": a, "half": b} for a, b in ((10, 5), (20, 10), (30, 40))
            ],
            "budget": 30,
        },
        33.0623548993,
    ),
    "A2c exponential": (
        {
            "curves": [
                {"kind": "exponential", "scale": a, "rate_scale": b}
                for a, b in ((100, 20), (80, 10), (60, 40))
            ],
            "budget": 60,
        },
        160.166021999626,
    ),
    "A2d power": ({"curves": [power(a, 0.4) for a in (2, 3, 5)], "budget": 100}, 42.5116555521),
    "A5 elasticities": (
        {"curves": [power(50, 0.2), power(80, 0.35), power(30, 0.5)], "budget": 100},
        72.67525118 + 311.66470472 + 200.85315694,
    ),
    "A8 S-curves 15": (
        {
            "curves": [hill(a, k, 3) for a, k in ((100, 10), (80, 8), (60, 5), (50, 3))],
            "budget": 15,
        },
        95.662441,
    ),
    "A8 S-curves 35": (
        {
            "curves": [hill(a, k, 3) for a, k in ((100, 10), (80, 8), (60, 5), (50, 3))],
            "budget": 35,
        },
        206.861038,
    ),
    "S1 twins": (
        {"curves": [hill(100, 60, 3)] * 2, "budget": 100, "bounds": (0, 200)}, 82.236842,
    ),
    "S2 two S-curves": (
        {"curves": [hill(100, 70, 3), hill(60, 40, 3)], "budget": 100}, 74.460164,
    ),
    "S3 concave": (
        {"curves": [hill(100, 60, 1), hill(80, 40, 1), hill(50, 30, 1)], "budget": 150},
        123.409495,
    ),
    "A10 shared targets": (weapons(), 1735.56958),
}  # fmt: skip
"""Requests and their optima: closed forms and published values."""


@pytest.mark.parametrize("name", ANCHORS)
def test_anchors_are_certified(name: str) -> None:
    """The optimum lies in a proven interval of 1e-4."""
    request, optimum = ANCHORS[name]
    certified(allocate(**request), optimum)


def test_spends_and_price_of_a_closed_form() -> None:
    """A2a: spends 9, 16, 144 and a price of one half."""
    found = allocate(**ANCHORS["A2a power"][0])
    assert list(found.spend.values()) == pytest.approx([9, 16, 144], rel=1e-6)
    assert found.prices["budget"] == pytest.approx(0.5, rel=1e-6)
    assert found.marginal["1"] == pytest.approx(0.5, rel=1e-6)


def test_whole_units_on_shared_targets() -> None:
    """A10 in whole units: the optimum is known to lie between 1735.5589316 and 1735.5606137."""
    found = allocate(**weapons(), integer=True, gap=1e-5)
    assert found.status == "optimal"
    assert found.detail is not None
    assert found.detail == pytest.approx(np.rint(found.detail), abs=1e-9)
    assert found.value is not None
    assert found.bound is not None
    assert found.value <= 1735.5606137 * (1 + 1e-9)
    assert found.bound >= 1735.5589316
    assert found.value >= 1735.5589316 * (1 - 1e-5)


@pytest.mark.parametrize("unit", [1e3, 1e4])
def test_same_plan_in_other_units_of_money(unit: float) -> None:
    """Yuan, thousand and ten thousand: spends shrink by the unit, values stay."""

    def plan(by: float) -> Allocation:
        curves = [hill(100, 6e5 / by, 3), hill(90, 3e5 / by, 2.5), hill(50, 1e5 / by, 1)]
        return allocate(curves, 1e6 / by)

    yuan, other = plan(1), plan(unit)
    assert yuan.spend == pytest.approx({n: x * unit for n, x in other.spend.items()}, rel=1e-9)
    assert yuan.value == pytest.approx(other.value, rel=1e-12)
    assert yuan.prices["budget"] * unit == pytest.approx(other.prices["budget"], rel=1e-9)


def test_the_three_methods_agree() -> None:
    """A limit that never binds sends a request to another method; the optimum stays."""
    curves = [hill(100, 60, 1), hill(80, 40, 0.8), hill(50, 30, 1)]
    idle = {"all": {"channels": ["1", "2"], "max": 1000}}
    by_prices = allocate(curves, 150)
    by_interior = allocate(curves, 150, groups=idle)
    by_tangents = allocate(curves, 150, groups=idle, min_if_active=1e-3)
    assert [f.method for f in (by_prices, by_interior, by_tangents)] == [
        "prices", "interior point", "tangents",
    ]  # fmt: skip
    for found in (by_interior, by_tangents):
        assert found.value == pytest.approx(by_prices.value, rel=1e-4)
        assert found.bound is not None
        assert found.bound >= by_prices.value * (1 - 1e-9)  # type: ignore[operator]


@pytest.mark.parametrize("seed", range(6))
def test_prices_and_tangents_agree_on_s_curves_with_switches(seed: int) -> None:
    """S-curves with least spends and fixed costs: two methods, overlapping certificates."""
    rng = np.random.default_rng(seed)
    curves = [hill(*rng.uniform((20, 5, 1), (200, 60, 3.5)).tolist()) for _ in range(6)]
    rules = {"min_if_active": 8, "fixed_cost": 3}
    one = allocate(curves, 100, **rules)  # type: ignore[arg-type]
    other = allocate(curves, 100, groups={"g": {"channels": ["1"], "max": 1e3}}, **rules)  # type: ignore[arg-type]
    assert (one.method, other.method) == ("prices", "tangents")
    assert one.value is not None and one.bound is not None  # noqa: PT018
    assert other.value is not None and other.bound is not None  # noqa: PT018
    assert max(one.value, other.value) <= min(one.bound, other.bound) * (1 + 1e-9)
    assert one.value == pytest.approx(other.value, rel=2e-4)


def test_a_greedy_start_is_left_behind() -> None:
    """S1: the even split is worth 73.31 and stationary; all on one channel is worth 82.24."""
    found = allocate([hill(100, 60, 3)] * 2, 100)
    assert sorted(found.spend.values()) == pytest.approx([0, 100], abs=1e-6)


def test_carry_over_rewards_early_spend() -> None:
    """With half of the effect left a period later, the first of two periods gets more.

    Maximise ln(1 + x) + ln(1 + y + x / 2), x + y = 4: 1 / (1 + x) = (1/2) / (5 - x / 2) gives
    x = 4.5, beyond the budget, so x = 4, y = 0: ln 5 + ln 3.
    """
    curve = {"a": {"kind": "log", "scale": 1, "half": 1}}
    found = allocate(curve, 4, periods=2, carryover=0.5)
    certified(found, float(np.log(5) + np.log(3)))
    assert found.detail is not None
    assert found.detail[0] == pytest.approx([4, 0], abs=1e-3)


def test_earlier_spend_and_the_tail_count() -> None:
    """One period, 8 spent before, one period of tail: ln(1 + 4 + x) + ln(1 + 2 + x / 2)."""
    carry = {"rate": 0.5, "before": [8.0]}
    found = allocate(
        {"a": {"kind": "log", "scale": 1, "half": 1}},
        2,
        periods={"count": 1, "tail": 1},
        carryover=carry,
    )
    certified(found, float(np.log(7) + np.log(4)))


def test_group_and_period_limits_hold_and_have_prices() -> None:
    """Limits in the way are reached and worth something."""
    curves = {"a": hill(100, 60, 1), "b": hill(80, 40, 1), "c": hill(50, 30, 1)}
    found = allocate(
        curves,
        300,
        periods={"count": 3, "max": 110},
        groups={"g": {"channels": ["a", "b"], "share_max": 0.4}},
    )
    assert found.status == "optimal"
    assert found.spend["a"] + found.spend["b"] == pytest.approx(120, rel=1e-6)
    assert found.prices["group g"] > 0.01


def test_seasons_move_spend() -> None:
    """A period that counts double gets more."""
    found = allocate([hill(100, 60, 1)], 100, periods={"count": 2, "weight": [1.0, 2.0]})
    assert found.detail is not None
    assert found.detail[0, 1] > found.detail[0, 0] + 10


def test_relative_bounds() -> None:
    """Between 0.8 and 1.2 times today's spend."""
    bounds = {"1": {"current": 50.0, "current_min": 0.8, "current_max": 1.2}}
    found = allocate([hill(1, 60, 1), hill(100, 60, 1)], 100, bounds=bounds)
    assert found.spend["1"] == pytest.approx(40, rel=1e-9)


def test_switched_spend_is_off_or_large() -> None:
    """Nothing between 0 and ``min_if_active``; the fee is paid from the budget."""
    found = allocate([hill(100, 60, 3)] * 3, 100, min_if_active=30, fixed_cost=7)
    spends = np.array(list(found.spend.values()))
    assert ((spends == 0) | (spends >= 30)).all()
    assert found.fees == 7 * (spends > 0).sum()
    assert found.paid == pytest.approx(spends.sum() + found.fees)


def test_whole_units_against_enumeration() -> None:
    """Three channels in units of 10: all 66 splits of 100 tried."""
    curves = [hill(100, 60, 3), hill(70, 30, 2), hill(40, 10, 1)]
    found = allocate(curves, 100, integer=10)
    records = found.request.curves
    best = max(
        sum(c.value(float(x)) for c, x in zip(records.values(), split, strict=True))
        for split in (
            (a, b, 100 - a - b) for a in range(0, 101, 10) for b in range(0, 101 - a, 10)
        )
    )
    certified(found, best)


def test_tables_of_any_shape() -> None:
    """A table that is neither concave nor S-shaped, by hand: 10 on the first step of both."""
    table = {"kind": "piecewise", "x": [0, 10, 20, 30], "y": [0, 5, 5, 20]}
    found = allocate({"a": table, "b": table}, 40, gap=1e-6)
    certified(found, 25.0)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"curves": [hill(100, 60, 1)] * 2, "budget": 100}, "the budget is used up"),
        (
            {"curves": [hill(100, 60, 1)] * 2, "budget": 100, "bounds": (0, 40)},
            "channels are at their upper limits",
        ),
        (
            {"curves": [{"kind": "piecewise", "x": [0, 10], "y": [0, 5]}], "budget": 100},
            "curves are flat",
        ),
        (
            {"curves": [hill(100, 60, 1)], "budget": 95, "integer": 10},
            "less than one unit is left",
        ),
        (
            {"curves": [hill(100, 60, 1)], "budget": 100, "min_if_active": 200},
            "less than what a resting channel needs",
        ),
        (
            {"curves": [hill(100, 60, 1)], "budget": 100, "periods": {"count": 2, "max": 30}},
            "limits are reached (period 1, period 2)",
        ),
        (
            {
                "curves": [hill(100, 60, 1)],
                "budget": 10,
                "periods": {"count": 3, "max": 3, "tail": 1},
                "integer": 2,
            },
            "because limits leave less than a unit or what a resting channel needs"
            " (period 1, period 2, period 3)",
        ),
        (
            {"curves": [hill(100, 60, 1)], "budget": 10, "bounds": (0, 1), "min_if_active": 3},
            "because upper limits of channels leave less than a unit or a least spend",
        ),
        (
            {
                "curves": [hill(100, 60, 1)],
                "budget": 95,
                "integer": 10,
                "periods": {"count": 1, "min": 20},
            },
            "because less than one unit is left",
        ),
        (
            {
                "targets": {"t": {"curve": power(10, 0.3), "effect": {"a": 2}}},
                "budget": 1,
                "periods": {"count": 1, "weight": [0]},
                "integer": 1,
            },
            "because curves are flat where they are",
        ),
    ],
)
def test_every_yuan_is_accounted_for(request_: dict[str, Any], reason: str) -> None:
    """Spend, fees and what is left add up to the budget, and the reason is named."""
    found = allocate(**request_)
    assert found.unspent is not None
    assert found.paid + found.unspent.amount == pytest.approx(request_["budget"], rel=1e-9)
    assert reason in str(found.unspent)


def test_more_budget_never_hurts() -> None:
    """The certified value grows with the budget, up to the gap."""
    curves = [hill(100, 60, 3), hill(60, 40, 2), hill(50, 10, 1.5)]
    values = [allocate(curves, b).value for b in (20, 50, 80, 110, 200)]
    assert all(b >= a * (1 - 1e-4) for a, b in pairwise(values))  # type: ignore[operator]


def test_order_and_names_do_not_matter() -> None:
    """Renamed and reversed channels get the same spends."""
    curves = {"a": hill(100, 60, 3), "b": hill(60, 40, 2), "c": hill(50, 10, 1.5)}
    found = allocate(curves, 100)
    other = allocate({f"z{n}": curves[n] for n in "cba"}, 100)
    assert found.spend == pytest.approx({n: other.spend[f"z{n}"] for n in curves}, abs=1e-5)


def test_infeasible_names_the_limits() -> None:
    """No exception; the message says which limits contradict each other and by how much."""
    found = allocate(
        [hill(100, 60, 1)] * 2,
        100,
        periods=2,
        groups={"g": {"channels": ["1", "2"], "total_min": 10, "max": 1}},
    )
    assert found.status == "infeasible"
    assert found.detail is None
    assert "group g" in found.message


def test_time_is_kept() -> None:
    """A search that is stopped returns its best allocation and a bound that holds."""
    rng = np.random.default_rng(0)
    curves = [hill(*rng.uniform((20, 5, 1.5), (200, 60, 3.5)).tolist()) for _ in range(12)]
    found = allocate(
        curves, 300, periods={"count": 4, "max": 90}, carryover=0.4, gap=1e-8, time_limit=3
    )
    assert found.status in ("feasible_limit", "optimal")
    assert found.value is not None
    assert found.bound is not None
    assert found.value <= found.bound


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"curves": [hill(-1, 2, 3)], "budget": 1}, "curves.1.scale = -1: must be at least"),
        (
            {"curves": {"a": {"kind": "hil"}}, "budget": 1},
            'curves.a.kind = "hil": must be one of',
        ),
        ({"curves": [hill(1, 2, 3)], "budget": 1, "bounds": {"x": (0, 1)}}, "is no channel"),
        ({"curves": [hill(1, 2, 3)]}, "budget: is needed"),
        ({"curves": [hill(1, 2, 3)], "budget": 5, "bounds": (3, 2)}, "must not exceed max, 2"),
        ({"curves": [hill(1, 2, 3)], "budget": 5, "bounds": (9, 12)}, "must cover"),
        (
            {
                "curves": [hill(1, 2, 3)],
                "budget": 10,
                "bounds": {"1": {"min": 4, "current": 2, "current_max": 1}},
            },
            "bounds.1.min = 4: asks for 4, which must not exceed what current_max allows, 2",
        ),
        (
            {
                "curves": [hill(1, 2, 3)],
                "budget": 10,
                "bounds": {"1": {"max": 4, "current": 2, "current_min": 3}},
            },
            "bounds.1.current_min = 3: asks for 6, which must not exceed what max allows, 4",
        ),
        (
            {
                "curves": [hill(1, 2, 3)],
                "budget": 10,
                "bounds": {"1": {"total_min": 6, "share_max": 0.5}},
            },
            "bounds.1.total_min = 6: asks for 6, which must not exceed what share_max allows, 5",
        ),
        (
            {
                "curves": [hill(1, 2, 3)],
                "budget": 10,
                "groups": {"g": {"channels": ["1"], "total_max": 4, "share_min": 0.5}},
            },
            "groups.g.share_min = 0.5: asks for 5, which must not exceed what total_max allows, 4",
        ),
        (
            {
                "targets": {"t": {"curve": hill(1, 2, 3), "effect": {"a": 1}, "min": 5, "max": 3}},
                "budget": 10,
            },
            "targets.t.min = 5: asks for 5, which must not exceed what max allows, 3",
        ),
        (
            {
                "curves": [hill(1, 2, 3)],
                "budget": 10,
                "periods": {"count": 2, "min": [1, 4], "max": 3},
            },
            "periods.min[1] = 4.0: must not exceed max of period 2, 3",
        ),
        (
            {"curves": [hill(1, 2, 3)], "budget": 10, "bounds": (1, 2), "min_if_active": 3},
            "min_if_active.1 = 3.0: must not exceed the most of a channel that has to spend, 2",
        ),
        ({"curves": [], "budget": 5}, "must name at least one channel"),
        (
            {"curves": [hill(1, 2, 3)], "budget": 5, "periods": 0},
            "periods = 0: must be at least 1",
        ),
        (
            {"curves": [hill(1, 2, 3)], "budget": 5, "periods": {"count": 3, "max": [1, 2]}},
            "one entry a period",
        ),
        ({"curves": [hill(1, 2, 3)], "budget": float("nan")}, "budget"),
    ],
)
def test_bad_arguments_name_the_field(arguments: dict[str, Any], said: str) -> None:
    """Field, value and rule."""
    with pytest.raises(InputError) as error:
        allocate(**arguments)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"gap": 0.0}, "0.0"),
        ({"gap": 1.0}, "1.0"),
        ({"gap": -1.0}, "-1.0"),
        ({"gap": "x"}, '"x"'),
        ({"gap": True}, "true"),
        ({"gap": float("nan")}, "nan"),
        ({"time_limit": 0.0}, "0.0"),
        ({"time_limit": "none"}, '"none"'),
    ],
)
def test_limits_out_of_range(arguments: dict[str, Any], value: str) -> None:
    """A gap that cannot be reached or means nothing is refused by field, value and rule; so is a
    time limit.
    """
    with pytest.raises(InputError) as error:
        allocate([hill(1, 2, 3)], 1, **arguments)
    (problem,) = error.value.problems
    assert (problem.field, problem.value) == (next(iter(arguments)), value)
    assert problem.rule.startswith("must be")


def test_a_request_is_solved_like_a_call() -> None:
    """The record and the call give the same allocation."""
    request = Request.model_validate({"curves": {"a": hill(100, 60, 3)}, "budget": 10.0})
    assert solve_request(request).value == allocate({"a": hill(100, 60, 3)}, 10).value


def test_the_package_offers_it() -> None:
    """``allocator.allocate`` is the function."""
    assert allocator.allocate is allocate
