"""Allocations against an exact dynamic program on random Hill instances."""

import pytest

from allocator.allocate import allocate
from tests.allocator.hill_instances import BUDGET, dynamic_program, random_curves, wide_bounds

STEPS = 1000


def agrees(seed: int) -> None:
    """The certified interval holds the program's value, and misses it by the grid at most."""
    curves, bounds = random_curves(seed), wide_bounds(seed)
    found = allocate(curves, BUDGET, bounds=bounds)
    assert found.status == "optimal"
    assert found.value is not None
    assert found.bound is not None
    assert found.bound - found.value <= 1e-4 * found.bound
    exact = dynamic_program(curves, [high for _, high in bounds], BUDGET, STEPS)
    assert exact <= found.bound * (1 + 1e-9)
    assert exact <= found.value * (1 + 1e-4)
    # Spends rounded down to the grid lose at most one step a curve at its steepest.
    lost = sum(curve.steepest() for curve in curves) * BUDGET / STEPS
    assert found.value <= exact + lost


@pytest.mark.parametrize("seed", range(200, 212))
def test_a_few_instances_agree_with_the_dynamic_program(seed: int) -> None:
    """Five channels, slopes 1 to 3.5, wide bounds."""
    agrees(seed)


@pytest.mark.slow
def test_two_hundred_instances_agree_with_the_dynamic_program() -> None:
    """The same on 200 instances."""
    for seed in range(200):
        agrees(seed)
