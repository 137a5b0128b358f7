"""Many curves evaluated at once: those of one kind as one curve with arrays for parameters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fact_models.response import (
    Adbudg,
    Curve,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    Response,
    Tanh,
)

Vector = NDArray[np.float64]
Positions = NDArray[np.intp]

NEWTON = 60
"""Most steps of the search for a slope; from its start it needs about six."""
SETTLED = 1e-13
"""Logarithm of the share by which that search may miss."""


class Stack:
    """Curves of many terms; all methods take and give arrays ``(..., terms)``."""

    def __init__(self, curves: list[Curve], which: Positions) -> None:
        """Group the terms by the kind of their curve.

        Args:
            curves: the curves.
            which: (terms,) curve of every term.
        """
        self._curves, self._which = curves, which
        self.inflection = np.array([curve.inflection() for curve in curves])[which]
        self.kinked = np.array([isinstance(curve, Piecewise) for curve in curves])[which]
        self.smooth = not any(isinstance(curve, Piecewise) for curve in curves)
        self._groups: list[tuple[Any, Positions]] = []
        kinds = np.array([_kind(curve, n) for n, curve in enumerate(curves)])[which]
        for kind in dict.fromkeys(kinds.tolist()):
            where = np.flatnonzero(kinds == kind)
            self._groups.append((_stacked([curves[n] for n in which[where]]), where))

    def alone(self, term: int) -> "Stack":
        """The curve of one term."""
        return Stack([self._curves[self._which[term]]], np.zeros(1, dtype=np.intp))

    def value(self, x: Vector) -> Vector:
        """Values of the curves at ``x``."""
        return self._each("value", x)

    def slope(self, x: Vector) -> Vector:
        """Slopes of the curves at ``x``."""
        return self._each("slope", x)

    def curvature(self, x: Vector) -> Vector:
        """Second derivatives at ``x`` > 0; 0 on the straight pieces of a table."""
        found = np.zeros_like(x)
        for curve, where in self._groups:
            at = x[..., where]
            with np.errstate(divide="ignore", invalid="ignore"):
                found[..., where] = curve.slope(at) * bend(curve, at)
        return found

    def _each(self, name: str, x: Vector) -> Vector:
        found = np.empty_like(x)
        for curve, where in self._groups:
            found[..., where] = getattr(curve, name)(x[..., where])
        return found

    def descend(self, slope: Vector, low: Vector, high: Vector) -> Vector:
        """Largest point of ``[low, high]`` up to which the curve rises by ``slope`` at least.

        Args:
            slope: positive slopes.
            low: where the search begins, not before the inflection.
            high: where it ends, not before ``low``.
        """
        shape = np.broadcast_shapes(slope.shape, low.shape, high.shape)
        slope, low, high = (np.broadcast_to(v, shape) for v in (slope, low, high))
        found = np.empty(shape)
        for curve, where in self._groups:
            at = _reach(curve, slope[..., where])
            found[..., where] = np.clip(at, low[..., where], high[..., where])
        return found


def _kind(curve: Curve, n: int) -> str:
    """What curves that can be stacked share; every table stands alone."""
    return f"{curve.kind} {n}" if isinstance(curve, Piecewise) else curve.kind


def _stacked(curves: list[Curve]) -> Any:
    """One curve whose parameters are arrays; the formulas of ``response`` work on them as well."""
    first: Any = curves[0]
    if isinstance(first, Piecewise):
        return first
    names = [name for name in type(first).model_fields if name != "kind"]
    arrays = {name: np.array([getattr(curve, name) for curve in curves]) for name in names}
    return type(first).model_construct(None, kind=first.kind, **_aliased(type(first), arrays))


def _aliased(kind: type[Response], arrays: dict[str, Vector]) -> dict[str, Any]:
    """Fields by the names that files use."""
    return {kind.model_fields[name].alias or name: array for name, array in arrays.items()}


def bend(curve: Any, x: Vector) -> Vector:
    """Derivative of the logarithm of the slope at x > 0: f'' / f'."""
    match curve:
        case Power():
            return np.asarray((curve.exponent - 1) / x)
        case Log():
            return np.asarray(-1 / (curve.half + x))
        case Exponential():
            return np.zeros_like(x) - 1 / curve.rate_scale
        case Tanh():
            return np.asarray(-2 / curve.rate_scale * np.tanh(x / curve.rate_scale))
        case Hill() | Adbudg():
            n = curve.steepness
            return np.asarray((n - 1 - 2 * n * _share(curve, x)) / x)
        case Linear() | Piecewise():
            return np.zeros_like(x)
    raise TypeError(f"no bend of {type(curve).__name__}")


def _rise(curve: Hill | Adbudg) -> Any:
    """Height of a sigmoid from 0 to far out."""
    return curve.scale if isinstance(curve, Hill) else curve.high - curve.low


def _share(curve: Hill | Adbudg, x: Vector) -> Vector:
    """Share of its rise that a sigmoid has reached at x > 0."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + (curve.half / x) ** curve.steepness))


def _reach(curve: Any, slope: Vector) -> Vector:
    """Where the concave part of the curve has come down to ``slope``; beyond any interval if it
    never does.
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        match curve:
            case Power():
                ratio = curve.scale * curve.exponent / slope
                straight = np.where(ratio >= 1, np.inf, 0.0)
                return np.where(curve.exponent == 1, straight, ratio ** (1 / (1 - curve.exponent)))
            case Hill() | Adbudg():
                return _sigmoid_reach(curve, slope)
            case Piecewise():
                return _table_reach(curve, slope)
            case _:
                return np.asarray(curve.reach(slope))


def _table_reach(curve: Piecewise, slope: Vector) -> Vector:
    """Start of the first piece from the inflection on that rises by less than ``slope``."""
    points = np.asarray(curve.x)
    first = int(np.searchsorted(points, curve.inflection()))
    falling = np.diff(curve.y)[first:] / np.diff(points)[first:]
    steep = np.searchsorted(-falling, -slope, side="right")
    return np.asarray(points[first + steep])


def _sigmoid_reach(curve: Any, slope: Vector) -> Vector:
    """x of that slope after the inflection, the inflection if the curve is flatter everywhere.

    With u = ln(x / half) and q = n u the logarithm of the slope is ln(rise n / half) - u + q - 2
    ln(1 + e^q), which is concave in u. Its asymptote for large u lies above it, so a start there
    is on the right of the root, and Newton's steps come down to it without a miss.
    """
    n = curve.steepness
    wanted = np.log(slope) - np.log(_rise(curve) * n / curve.half)
    least = np.log(np.maximum(n - 1, 1e-300) / (n + 1)) / n
    u = np.maximum(-wanted / (n + 1), least)
    for _ in range(NEWTON):
        left = np.exp(np.minimum(n * u, 700.0))
        rest = u * (n - 1) - 2 * np.log1p(left) - wanted
        # Where no slope is as steep, the steps end at the inflection, where the divisor is 0.
        fall = np.maximum(2 * n * left / (1 + left) - (n - 1), 1e-12)
        fresh = np.clip(u + rest / fall, least, u)
        moved = np.abs(fresh - u).max(initial=0.0)
        u = fresh
        if moved <= SETTLED:
            break
    at_zero = (u <= least) & (n <= 1)
    return np.where(at_zero, 0.0, curve.half * np.exp(np.minimum(u, 700.0)))
