"""Families of curves on which allocators are compared; every figure follows from a seed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fact_models.allocation.replay import Vector
from fact_models.response import Hill


@dataclass(frozen=True)
class Instance:
    """Hill curves, an upper bound each, and one budget to be spread over them."""

    name: str
    curves: tuple[Hill, ...]
    uppers: tuple[float, ...]
    budget: float

    def value(self, spend: Vector) -> float:
        """What ``spend`` (channels,) yields, by the curves themselves."""
        return sum(c.value(float(x)) for c, x in zip(self.curves, spend, strict=True))

    def feasible(self, spend: Vector) -> Vector:
        """``spend`` clipped to its bounds and, where it exceeds the budget, scaled down."""
        inside = np.clip(np.nan_to_num(spend), 0.0, self.uppers)
        total = float(inside.sum())
        return inside if total <= self.budget else inside * (self.budget / total)


def _drawn(
    name: str, seed: int, count: int, slopes: tuple[float, float], budget: float, unit: float = 1.0
) -> Instance:
    """Curves with half points of 5 to 120 % of the budget a channel's even share would be of five.

    ``unit`` tells the same instance in another unit of money.
    """
    rng = np.random.default_rng(seed)
    curves, uppers = [], []
    for _ in range(count):
        scale, half = rng.uniform(20, 200), budget * 5 / count * rng.uniform(0.05, 1.2)
        slope, upper = rng.uniform(*slopes), budget * rng.uniform(0.5, 1.0)
        curves.append(Hill(scale=float(scale), half=float(half * unit), slope=float(slope)))
        uppers.append(float(upper * unit))
    return Instance(f"{name}-{seed}", tuple(curves), tuple(uppers), budget * unit)


def _fixed(name: str, curves: list[tuple[float, float, float]], budget: float) -> Instance:
    """A published case."""
    made = tuple(Hill(scale=a, half=k, slope=n) for a, k, n in curves)
    return Instance(name, made, (budget,) * len(made), budget)


A8 = [(100.0, 10.0, 3.0), (80.0, 8.0, 3.0), (60.0, 5.0, 3.0), (50.0, 3.0, 3.0)]


def published(count: int) -> list[Instance]:
    """Twin S-curves, two unlike S-curves, and the S-curve knapsack at two budgets."""
    del count
    return [
        _fixed("twins", [(100.0, 60.0, 3.0)] * 2, 100.0),
        _fixed("unlike", [(100.0, 70.0, 3.0), (60.0, 40.0, 3.0)], 100.0),
        _fixed("knapsack-15", A8, 15.0),
        _fixed("knapsack-35", A8, 35.0),
    ]


FAMILIES: dict[str, Callable[[int], list[Instance]]] = {
    "concave, 10 channels": lambda count: [
        _drawn("concave", s, 10, (0.6, 1.0), 100.0) for s in range(count)
    ],
    "concave, 10 channels, told in yuan": lambda count: [
        _drawn("yuan", s, 10, (0.6, 1.0), 100.0, 10_000.0) for s in range(count)
    ],
    "published S-curves": published,
    "S-curves, 5 channels": lambda count: [
        _drawn("five", s, 5, (1.0, 3.5), 100.0) for s in range(count)
    ],
    "S-curves, 20 channels": lambda count: [
        _drawn("twenty", s, 20, (1.0, 3.5), 100.0) for s in range(count)
    ],
    "S-curves, 50 channels": lambda count: [
        _drawn("fifty", s, 50, (1.2, 3.5), 100.0) for s in range(count)
    ],
}
"""Instances of every family by the number of seeds."""
