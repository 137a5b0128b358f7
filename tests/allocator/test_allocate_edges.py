"""``allocator.allocate`` where features meet: bounds that hold, plans that keep every limit."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from allocator.allocate import allocate
from allocator.allocation import Allocation
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
