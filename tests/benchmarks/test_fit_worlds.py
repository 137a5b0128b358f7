"""Planted merchants whose laws drift."""

import numpy as np

from benchmarks.fit_worlds import MEMORY, _walk, world
from fact_models.replay import facts
from tests.allocator.fit.planted import believed


def test_a_drift_moves_the_weeks_and_not_the_parameters() -> None:
    """The same merchant with and without a drift has the same parameters and first traffic, and
    other orders from the first weeks on.
    """
    known = facts(believed())
    still, moved = (world(known, 20, 0.0, 3, drift=drift) for drift in (0.0, 0.1))
    np.testing.assert_array_equal(moved.z, still.z)
    np.testing.assert_array_equal(moved.course.traffic[0], still.course.traffic[0])
    ratio = moved.course.orders[:20, 0, 0, 0] / still.course.orders[:20, 0, 0, 0]
    assert np.log(ratio).std() > 0.02


def test_a_walk_is_as_wide_as_its_drift() -> None:
    """Steps of the drift times sqrt(1 - memory^2) make a walk of the drift's deviation."""
    size = 0.05 * np.sqrt(1 - MEMORY**2)
    found = np.log(_walk(np.random.default_rng(0), 20_000, float(size), MEMORY))
    assert abs(found.std() / 0.05 - 1) < 0.1
