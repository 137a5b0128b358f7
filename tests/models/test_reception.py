"""Pooled slots: the best spread of live hours over the parts of the day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fact_models.reception import Pooled
from fact_models.response import (
    Adbudg,
    Curve,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    scaled,
)

CURVES: list[Curve] = [
    Hill(scale=1000.0, half=150.0, slope=1.0),
    Hill(scale=1000.0, half=150.0, slope=0.7),
    Power(scale=10.0, exponent=0.6),
    Power(scale=10.0, exponent=1.0),
    Log(scale=100.0, half=20.0),
    Exponential(scale=1000.0, rate_scale=5.0),
    Linear(rate=3.0),
    Piecewise(x=(0.0, 10.0, 40.0), y=(0.0, 30.0, 50.0)),
    Adbudg(low=10.0, high=100.0, half=30.0, slope=1.0),
]
HOURS = (63.0, 35.0, 28.0)
FACTORS = (0.9, 1.28, 0.75)
EVERYTHING = sum(HOURS)


def pool(curve: Curve) -> Pooled:
    shares = [hours / EVERYTHING for hours in HOURS]
    curves = tuple(scaled(curve, w, w * f) for w, f in zip(shares, FACTORS, strict=True))
    return Pooled(curves=curves, limits=HOURS)


def received(pooled: Pooled, hours: np.ndarray) -> float:
    return sum(float(c.value(float(h))) for c, h in zip(pooled.curves, hours, strict=True))


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: f"{c.kind}")
@settings(max_examples=25)
@given(
    part=st.floats(0, 1),
    draw=st.tuples(st.floats(0.001, 1), st.floats(0.001, 1), st.floats(0.001, 1)),
)
def test_no_spread_receives_more(
    curve: Curve, part: float, draw: tuple[float, float, float]
) -> None:
    """Any spread of the same hours is worth at most as much as the pooled curve."""
    pooled, hours = pool(curve), part * EVERYTHING
    other = np.array(draw) / sum(draw) * hours
    other = np.minimum(other, HOURS)
    assert received(pooled, other) <= pooled.value(hours) * (1 + 1e-12) + np.finfo(float).tiny


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: f"{c.kind}")
@settings(max_examples=25)
@given(part=st.just(0.0) | st.floats(1e-9, 1))
def test_the_spread_is_a_plan_and_earns_the_value(curve: Curve, part: float) -> None:
    pooled, hours = pool(curve), part * EVERYTHING
    spread, _ = pooled.spread(np.array(hours))
    assert spread.sum() == pytest.approx(hours, rel=1e-12, abs=0)
    assert np.all(spread >= 0)
    assert np.all(spread <= np.array(HOURS) * (1 + 1e-12))
    assert received(pooled, spread) == pytest.approx(pooled.value(hours), rel=1e-12)


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: f"{c.kind}")
@settings(max_examples=25)
@given(at=st.floats(1e-6, 1), to=st.floats(0, 1))
def test_tangents_lie_above(curve: Curve, at: float, to: float) -> None:
    pooled = pool(curve)
    x, z = at * EVERYTHING, to * EVERYTHING
    above = pooled.value(x) + pooled.slope(x) * (z - x)
    assert pooled.value(z) <= above + 1e-10 * pooled.value(EVERYTHING)


def test_best_slot_first() -> None:
    """With straight slots the hours fill the best one, then the next."""
    spread, marginal = pool(Linear(rate=2.0)).spread(np.array([20.0, 50.0, 110.0]))
    np.testing.assert_allclose(spread.T, [[0, 20, 0], [15, 35, 0], [63, 35, 12]], atol=1e-9)
    np.testing.assert_allclose(marginal, [2 * 1.28, 2 * 0.9, 2 * 0.75])


@pytest.mark.parametrize("curve", CURVES, ids=lambda c: f"{c.kind}")
@settings(max_examples=25)
@given(part=st.floats(1e-3, 1))
def test_reach_undoes_the_slope(curve: Curve, part: float) -> None:
    """A curve rises by at least its slope at x up to x, and by less beyond its reach."""
    x = part * 60.0
    slope = curve.slope(x)
    if slope == 0:
        return
    reach = float(curve.reach(np.array(slope)))
    assert reach >= x * (1 - 1e-9)
    if np.isfinite(reach):
        assert curve.slope(reach * (1 + 1e-6)) < slope * (1 + 1e-12)
