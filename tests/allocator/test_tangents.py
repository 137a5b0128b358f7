"""First tangents lie above their curve, nowhere by more than they may."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from allocator import tangents
from allocator.tangents import FIRST_ERROR, MOST_FIRST, NEAR, STEEP_START, Pool
from fact_models.reception import Pooled
from fact_models.response import Exponential, Hill, Log, Piecewise, Power, Response

CURVES: list[Response] = [
    Exponential(scale=3.0, rate_scale=0.02),
    Hill(scale=1e6, half=5.0, slope=1.0),
    Hill(scale=2.0, half=5.0, slope=2.5),
    Log(scale=10.0, half=0.5),
    Power(scale=2.0, exponent=0.5),
    Pooled(
        curves=(Hill(scale=9.0, half=2.0, slope=1.0), Exponential(scale=4.0, rate_scale=3.0)),
        limits=(6.0, 9.0),
    ),
]


def overestimate(curve: Response, points: Any, at: Any) -> Any:
    """By how much the lowest tangent at ``points`` lies above the curve at ``at``."""
    rows = curve.value(points)[:, None] + curve.slope(points)[:, None] * (at - points[:, None])
    return rows.min(axis=0) - curve.value(at)


@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: type(curve).__name__)
@pytest.mark.parametrize("last", [4.0, 15.0])
def test_the_first_tangents_cover_the_curve(curve: Response, last: float) -> None:
    """Between the first point and the last no tangent is missing, and there are not too many."""
    first = curve.inflection()
    points = tangents._first_points(curve, first, last)
    start = first if np.isfinite(curve.slope(first)) else STEEP_START * last
    assert points[0] == start
    assert points[-1] == last
    assert (np.diff(points) > 0).all()
    assert points.size <= MOST_FIRST + 2
    at = np.concatenate([np.linspace(start, last, 700), np.geomspace(STEEP_START, last, 700)])
    over = overestimate(curve, points, at[at >= start])
    height = curve.value(last) - curve.value(start)
    assert over.min() >= -1e-9 * height
    # Points stand on a grid, so a little more than allowed is possible between two of them.
    assert over.max() <= 1.2 * FIRST_ERROR * height


def test_a_table_has_all_its_pieces() -> None:
    """The tangents of a table at its kinks are exact."""
    curve = Piecewise(x=(0.0, 1.0, 2.0, 5.0), y=(0.0, 3.0, 5.0, 6.0))
    points = tangents._first_points(curve, 0.0, 5.0)
    assert overestimate(curve, points, np.linspace(0.0, 5.0, 101)).max() <= 1e-12


TERMS: Any = SimpleNamespace(keys=["a", "b", "c"])


def test_a_pool_takes_what_is_far_from_all_it_has() -> None:
    """What is new is what no remembered tangent of the term is near to, in any order of adding."""
    rng = np.random.default_rng(3)
    pool, held = Pool(), [list[float]() for _ in TERMS.keys]
    for _ in range(30):
        which = rng.integers(0, 3, 40)
        steps = 1.0 + NEAR * rng.choice([-2.0, -1.001, -0.9, 0.0, 0.9, 1.002, 2.0], 40)
        ratio = rng.choice([0.0, 1e-9, 0.3, 7.0, 2e6], 40) * steps
        expected = []
        for n, r in zip(which, ratio, strict=True):
            if all(abs(r - k) > NEAR * max(abs(r), abs(k)) for k in held[n]):
                held[n].append(float(r))
                expected.append((n, r))
        assert list(zip(*pool.fresh(TERMS, which, ratio), strict=True)) == expected
    which, ratio = pool.all(TERMS)
    for n, known in enumerate(held):
        assert ratio[which == n].tolist() == sorted(known)


def test_a_pool_forgets_and_its_twin_does_not() -> None:
    """What was taken out is new again; another pool of the same tangents has its own."""
    pool = Pool()
    which, ratio = pool.fresh(TERMS, np.array([0, 0, 2]), np.array([1.0, 2.0, 1.0]))
    twin = pool.twin()
    pool.forget(TERMS, which[:1], ratio[:1])
    assert [x.tolist() for x in pool.all(TERMS)] == [[0, 2], [2.0, 1.0]]
    assert [x.tolist() for x in twin.all(TERMS)] == [[0, 0, 2], [1.0, 2.0, 1.0]]
    assert pool.fresh(TERMS, which, ratio)[0].tolist() == [0]
    assert twin.fresh(TERMS, which, ratio)[0].size == 0
