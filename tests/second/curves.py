"""Response curves as `docs/instance-format.md` writes them, for the second formulation alone."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[[float], float]


@dataclass(frozen=True)
class Curve:
    """A nondecreasing function and its slope; convex up to ``bend``, concave from there on."""

    value: Function
    slope: Function
    bend: float = 0.0


def saturation() -> Curve:
    """1 - exp(-r), the law of every finite pool."""
    return Curve(lambda r: -math.expm1(-r), lambda r: math.exp(-r))


def curve_of(record: Any) -> Curve:
    """The curve of a record of the instance.

    Raises:
        ValueError: its kind is unknown here.
    """
    kind = record.kind
    if kind == "linear":
        return Curve(lambda x: record.rate * x, lambda _: record.rate)
    if kind == "power":
        a, b = record.scale, record.exponent
        return Curve(lambda x: a * x**b, lambda x: a * b * x ** (b - 1))
    if kind == "log":
        return Curve(
            lambda x: record.scale * math.log1p(x / record.half),
            lambda x: record.scale / (record.half + x),
        )
    if kind == "exponential":
        a, b = record.scale, record.rate_scale
        return Curve(lambda x: -a * math.expm1(-x / b), lambda x: a / b * math.exp(-x / b))
    if kind == "tanh":
        a, b = record.scale, record.rate_scale
        return Curve(lambda x: a * math.tanh(x / b), lambda x: a / b * (1 - math.tanh(x / b) ** 2))
    if kind in ("hill", "adbudg"):
        low, high = (record.low, record.high) if kind == "adbudg" else (0.0, record.scale)
        a, h, n = high - low, record.half, record.steepness
        return Curve(
            lambda x: low + a * x**n / (h**n + x**n),
            lambda x: a * n * h**n * x ** (n - 1) / (h**n + x**n) ** 2,
            # The second derivative is 0 where (n - 1) h^n = (n + 1) x^n.
            h * ((n - 1) / (n + 1)) ** (1 / n) if n > 1 else 0.0,
        )
    if kind == "piecewise":
        return Curve(
            lambda x: _between(record.x, record.y, x)[0],
            lambda x: _between(record.x, record.y, x)[1],
        )
    raise ValueError(f"no curve here: {kind}")


def _between(xs: list[float], ys: list[float], x: float) -> tuple[float, float]:
    """Value and slope at ``x``; flat after the last point."""
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if x < x1:
            slope = (y1 - y0) / (x1 - x0)
            return y0 + slope * (x - x0), slope
    return ys[-1], 0.0
