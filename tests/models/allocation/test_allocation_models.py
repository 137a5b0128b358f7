"""Curves alone: arrays, replay and bounds against each other and against brute force."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fact_models.allocation.bounds import Separable, tangent_bound
from fact_models.allocation.cells import Problem, build
from fact_models.allocation.replay import replay
from fact_models.allocation.spec import Request
from fact_models.allocation.stack import Stack, bend
from fact_models.response import (
    Adbudg,
    Curve,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    Tanh,
)

EVERY: list[Curve] = [
    Linear(rate=0.4),
    Power(scale=3.0, exponent=0.6),
    Log(scale=5.0, half=2.0),
    Exponential(scale=8.0, rate_scale=3.0),
    Tanh(scale=8.0, rate_scale=3.0),
    Hill(scale=9.0, half=4.0, slope=0.7),
    Hill(scale=9.0, half=4.0, slope=1.0),
    Hill(scale=9.0, half=4.0, slope=3.2),
    Adbudg(low=1.0, high=9.0, half=3.0, slope=2.0),
    Piecewise(x=(0.0, 2.0, 5.0), y=(0.0, 6.0, 9.0)),
    Piecewise(x=(0.0, 2.0, 4.0, 8.0), y=(0.0, 1.0, 8.0, 9.0)),
]
"""A curve of every kind and shape."""


def stack() -> Stack:
    return Stack(EVERY, np.arange(len(EVERY)))


def test_stacked_curves_are_the_curves() -> None:
    """Values and slopes of all kinds at once equal those one by one."""
    x = np.random.default_rng(0).uniform(0.01, 12, (4, len(EVERY)))
    for name in ("value", "slope"):
        alone = np.array(
            [[getattr(c, name)(float(v)) for c, v in zip(EVERY, r, strict=True)] for r in x]
        )
        assert getattr(stack(), name)(x) == pytest.approx(alone, rel=1e-14)


def test_bend_is_the_slope_of_the_logarithm() -> None:
    """f'' / f' by central differences, for every smooth kind."""
    for curve in EVERY[:-2]:
        x, h = np.array([0.7, 3.1, 9.0]), 1e-5
        difference = (np.log(curve.slope(x + h)) - np.log(curve.slope(x - h))) / (2 * h)
        assert bend(curve, x) == pytest.approx(difference, abs=1e-7)


@given(st.floats(1e-4, 20), st.floats(0, 5), st.floats(0.1, 20))
def test_descend_ends_where_the_slope_is_reached(slope: float, low: float, width: float) -> None:
    """On the concave part: steeper just before, flatter just after, or an end."""
    curves = stack()
    begin = np.maximum(curves.inflection, low)
    end = begin + width
    at = curves.descend(np.full(len(EVERY), slope), begin, end)
    assert (at >= begin).all()
    assert (at <= end).all()
    before, after = np.maximum(at * (1 - 1e-7), begin), np.minimum(at * (1 + 1e-7), end)
    steep, flat = curves.slope(before), curves.slope(after)
    assert (at == begin)[steep < slope * (1 - 1e-9)].all()
    assert (at == end)[flat > slope * (1 + 1e-9)].all()


def request(**changes: Any) -> Request:
    """Three channels over four periods with every rule, told in full."""
    record: dict[str, Any] = {
        "curves": {"a": EVERY[7], "b": EVERY[2], "c": EVERY[1]},
        "budget": 40.0,
        "bounds": {"a": {"max": 9.0, "total_max": 20.0}, "b": {"min": 0.5}},
        "groups": {"g": {"channels": ["a", "c"], "share_max": 0.7, "max": 11.0}},
        "fixed_cost": {"a": 0.5},
        "min_if_active": {"a": 2.0},
        "periods": {"count": 4, "max": 15.0, "weight": [1.0, 1.5, 0.5, 1.0], "tail": 2},
        "carryover": {
            "a": {"rate": 0.4, "lags": 2, "before": [3.0, 1.0]},
            "b": {"rate": 0.6, "normalised": True},
        },
    }
    return Request.model_validate({**record, **changes})


def shared() -> Request:
    """Two channels on three targets over two periods, with carry-over."""
    targets = {
        f"t{j}": {"curve": EVERY[3 + j], "effect": {"a": 0.5 + j, "b": 1.0}, "min": 1.0}
        for j in range(3)
    }
    return Request.model_validate({
        "targets": targets, "budget": 20.0, "periods": 2, "carryover": {"a": 0.3},
        "bounds": {"a": {"max": 6.0}},
    })  # fmt: skip


def spend_of(problem: Problem, x: np.ndarray) -> np.ndarray:
    """Cells as the array that the replay takes."""
    cells, asked = problem.cells, problem.request
    shape: tuple[int, ...] = (len(asked.channels), asked.periods.count)
    place: tuple[np.ndarray, ...] = (cells.channel, cells.period)
    if asked.targets:
        shape = (shape[0], len(asked.targets), shape[1])
        place = (cells.channel, cells.target, cells.period)
    spend = np.zeros(shape)
    spend[place] = x * problem.spend_unit
    return spend


@pytest.mark.parametrize("asked", [request(), shared()], ids=["periods", "targets"])
def test_arrays_and_replay_value_spends_alike(asked: Request) -> None:
    """Two hands, one value, at random spends."""
    problem = build(asked)
    rng = np.random.default_rng(1)
    for _ in range(5):
        x = rng.random(problem.cells.upper.size) * problem.cells.upper
        value = problem.terms.value(x) * problem.value_unit
        assert replay(asked, spend_of(problem, x)).value == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize("asked", [request(), shared()], ids=["periods", "targets"])
def test_arrays_and_replay_judge_spends_alike(asked: Request) -> None:
    """A random point breaks a row of the arrays if and only if the replay names a broken rule."""
    problem = build(asked)
    cells, rows = problem.cells, problem.rows
    rng = np.random.default_rng(2)
    seen = set()
    for _ in range(300):
        x = rng.random(cells.upper.size) ** 3 * cells.upper * rng.choice([0.3, 0.6, 1.0])
        x = np.where(cells.switched & (x < cells.least), 0.0, np.maximum(x, cells.lower))
        used = rows.used(x, np.where(x > 0, cells.fixed, 0.0))
        fits = bool(((used <= rows.upper) & (used >= rows.lower)).all())
        assert (replay(asked, spend_of(problem, x)).broken == []) == fits
        seen.add(fits)
    assert seen == {True, False}


@given(st.lists(st.sampled_from(EVERY), min_size=2, max_size=5), st.floats(0.05, 5))
@settings(deadline=None)
def test_prices_bound_every_allocation(curves: list[Curve], price: float) -> None:
    """(CU.12) lies above the value of random allocations within the budget, at any price."""
    named = {f"c{n}": curve for n, curve in enumerate(curves)}
    problem = build(Request.model_validate({"curves": named, "budget": 10.0}))
    cells = Separable.of(problem)
    bound, _ = cells.lagrangian(price, float(problem.rows.upper[0]))
    rng = np.random.default_rng(0)
    for split in rng.dirichlet(np.full(len(curves), 0.5), 50):
        x = split * problem.rows.upper[0]
        assert problem.terms.value(x) <= bound * (1 + 1e-12)


def test_tangents_bound_every_allocation() -> None:
    """(CU.13) from any point and any prices of the right sign."""
    asked = Request.model_validate({
        "curves": {"a": EVERY[1], "b": EVERY[2], "c": EVERY[5]},
        "budget": 12.0, "periods": {"count": 3, "max": 5.0}, "carryover": {"a": 0.5},
    })  # fmt: skip
    problem = build(asked)
    rng = np.random.default_rng(3)
    budget = problem.rows.upper[0]
    for _ in range(40):
        x = rng.random(9) * problem.cells.upper
        prices = rng.random(problem.rows.upper.size) * 2
        bound = tangent_bound(problem, x + 1e-6, prices)
        for split in rng.dirichlet(np.ones(9), 20) * budget:
            inside = split.reshape(3, 3).sum(axis=0).max() <= problem.rows.upper[1]
            assert not inside or problem.terms.value(split) <= bound * (1 + 1e-12)


def test_units_leave_the_arrays_alone() -> None:
    """CNY and ten thousand CNY give the same cells, rows and terms."""

    def told(by: float) -> Problem:
        curves = {"a": Hill(scale=90.0, half=4e5 / by, slope=2.0)}
        record = {"curves": curves, "budget": 7e5 / by, "fixed_cost": {"a": 3e4 / by}}
        return build(Request.model_validate(record))

    one, other = told(1.0), told(1e4)
    assert one.spend_unit == other.spend_unit * 1e4
    assert one.terms.curves == other.terms.curves
    assert (one.cells.upper == other.cells.upper).all()
    assert (one.cells.fixed == other.cells.fixed).all()
    assert (one.rows.upper == other.rows.upper).all()


@pytest.mark.parametrize(
    ("changes", "spend", "said"),
    [
        ({}, [[1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]], "a spends less than min_if_active"),
        ({}, [[9, 9, 9, 0], [1, 1, 1, 1], [0, 0, 0, 0]], "a, in total"),
        ({}, [[0, 0, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0]], "b, period 4"),
        ({}, [[8, 0, 0, 0], [9, 1, 1, 1], [0, 0, 0, 0]], "period 1: 17.5 is more than 15"),
        ({"integer": {"b": 1.0}}, [[0] * 4, [1.5, 1, 1, 1], [0] * 4], "no whole multiple"),
        ({}, [[-1, 0, 0, 0], [1, 1, 1, 1], [0] * 4], "an amount below 0"),
    ],
)
def test_replay_names_what_is_broken(
    changes: dict[str, Any], spend: list[list[float]], said: str
) -> None:
    """Each rule in words."""
    found = replay(request(**changes), np.array(spend, dtype=float))
    assert any(said in rule for rule in found.broken), found.broken


def test_replay_wants_the_right_shape() -> None:
    """Channels by periods."""
    with pytest.raises(ValueError, match="has shape"):
        replay(request(), np.zeros((2, 4)))


def test_tangents_bound_what_earlier_spend_adds_too() -> None:
    """(CU.13) with pressure left over from before: at its own point and without prices the bound
    of a term that no cell moves is its value.
    """
    asked = Request.model_validate({
        "curves": {"a": EVERY[1], "b": EVERY[2], "c": EVERY[5]},
        "budget": 12.0, "periods": {"count": 3}, "carryover": {"a": 0.5},
    })  # fmt: skip
    plain = build(asked)
    problem = replace(plain, terms=replace(plain.terms, base=plain.terms.base + 0.7))
    rng = np.random.default_rng(5)
    for _ in range(20):
        x = rng.random(9) * problem.cells.upper
        prices = rng.random(problem.rows.upper.size)
        bound = tangent_bound(problem, x + 1e-6, prices)
        for split in rng.dirichlet(np.ones(9), 10) * problem.rows.upper[0]:
            assert problem.terms.value(split) <= bound * (1 + 1e-12)
    still = replace(problem, cells=replace(problem.cells, upper=np.zeros(9)))
    bound = tangent_bound(still, np.zeros(9), np.zeros(problem.rows.upper.size))
    assert bound == pytest.approx(problem.terms.value(np.zeros(9)), rel=1e-12)
