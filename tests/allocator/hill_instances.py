"""Random Hill instances and an exact dynamic program over a grid of spends."""

from typing import TYPE_CHECKING, Any

import numpy as np

from fact_models.response import Hill

if TYPE_CHECKING:
    from fact_models.allocation.replay import Vector

CHANNELS = 5
BUDGET = 100.0


def random_curves(seed: int) -> list[Hill]:
    """Five Hill curves: slopes 1 to 3.5, half points from 5 % to 120 % of the budget."""
    rng = np.random.default_rng(seed)
    return [
        Hill(
            scale=float(rng.uniform(20, 200)),
            half=float(BUDGET * rng.uniform(0.05, 1.2)),
            slope=float(rng.uniform(1, 3.5)),
        )
        for _ in range(CHANNELS)
    ]


def wide_bounds(seed: int) -> list[list[float]]:
    """A pair a channel: from nothing up to between half and twice the budget."""
    rng = np.random.default_rng(10_000 + seed)
    return [[0.0, float(BUDGET * rng.uniform(0.5, 2))] for _ in range(CHANNELS)]


def dynamic_program(curves: list[Any], uppers: list[float], budget: float, steps: int) -> float:
    """Best value over all spends that are multiples of ``budget / steps``.

    Every split of the budget between the channels so far and the next one is tried: exact on its
    grid, and no more than the true optimum.
    """
    grid = np.arange(steps + 1) * (budget / steps)
    best: Vector = np.zeros(steps + 1)
    for curve, upper in zip(curves, uppers, strict=True):
        worth = np.where(grid <= upper * (1 + 1e-12), curve.value(grid), -np.inf)
        padded = np.concatenate([np.full(steps, -np.inf), best])
        windows = np.lib.stride_tricks.sliding_window_view(padded, steps + 1)
        best = (windows[:, ::-1] + worth).max(axis=1)
    return float(best[-1])
