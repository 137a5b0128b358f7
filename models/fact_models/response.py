"""Response curves: what an effort x yields, y = f(x), with diminishing returns or an S-shape.

Every curve is nondecreasing on x >= 0; an x below 0 counts as 0, so that a solver's -1e-9 is
harmless. Units of x and y belong to the field that holds the curve; parameters below say
"unit of x" or "unit of y".

From ``inflection()`` on, a curve is concave, and a tangent there lies above it: the row
y <= intercept + slope * x loses no plan. Before the inflection only chords between
``chord_points`` are safe. ``power`` below exponent 1, and ``hill`` and ``adbudg`` below slope 1,
rise with infinite slope at 0; their first tangent stands at a small positive point and no chord
is ever used, since a chord would run below the curve.
"""

from abc import ABC, abstractmethod
from itertools import pairwise
from math import inf, isfinite
from typing import Annotated, Literal, Self, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from fact_models.quantity import LARGEST, Spec, Unit

FloatArray = NDArray[np.float64]

Nonnegative = Annotated[float, Field(ge=0, le=LARGEST), Unit("1")]
Positive = Annotated[float, Field(ge=1 / LARGEST, le=LARGEST), Unit("1")]
Points = Annotated[
    tuple[Annotated[float, Field(ge=0, le=LARGEST)], ...],
    Field(min_length=2, max_length=200, strict=False),
    Unit("1"),
]

HALVINGS = 60
"""Of the logarithm of an x, from 1e-30 to 1e30: as many as a double can tell apart."""
ROUNDING = 1e-10
"""Slopes of a table that differ by less than this share count as equal."""


class Response(Spec, ABC):
    """What all curves offer; a float gives a float, an array an array of its shape."""

    model_config = ConfigDict(serialize_by_alias=True)

    @overload
    def value(self, x: float) -> float: ...
    @overload
    def value(self, x: FloatArray) -> FloatArray: ...
    def value(self, x: float | FloatArray) -> float | FloatArray:
        """f(x), in the unit of y; exact at 0."""
        y = self._value(np.maximum(np.asarray(x, dtype=np.float64), 0.0))
        return y if isinstance(x, np.ndarray) else float(y)

    @overload
    def slope(self, x: float) -> float: ...
    @overload
    def slope(self, x: FloatArray) -> FloatArray: ...
    def slope(self, x: float | FloatArray) -> float | FloatArray:
        """Right derivative of f at x, in units of y per unit of x.

        It is ``inf`` at 0 for a power below 1 and for a Hill or ADBUDG slope below 1.
        """
        dy = self._slope(np.maximum(np.asarray(x, dtype=np.float64), 0.0))
        return dy if isinstance(x, np.ndarray) else float(dy)

    def both(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Value and slope at x, as ``value`` and ``slope`` give them."""
        return self._both(np.maximum(x, 0.0))

    def _both(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        return self._value(x), self._slope(x)

    @abstractmethod
    def _value(self, x: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _slope(self, x: FloatArray) -> FloatArray: ...

    @abstractmethod
    def reach(self, slope: FloatArray) -> FloatArray:
        """Largest x up to which a concave curve rises by at least the positive ``slope``; ``inf``
        if it always does. Of an S-shaped curve it means nothing.
        """

    def inflection(self) -> float:
        """Smallest x from which on the curve is concave; 0 for a concave curve."""
        return 0.0

    @property
    def is_concave(self) -> bool:
        """Whether the whole curve is concave."""
        return self.inflection() == 0.0

    @property
    def is_s_shaped(self) -> bool:
        """Whether the curve is convex up to a positive inflection and concave after it."""
        return not self.is_concave

    def breakpoints(self) -> FloatArray:
        """Kinks at x > 0, increasing; empty for a smooth curve."""
        return np.empty(0)

    def supremum(self, upper: float) -> float:
        """Largest value on [0, upper]."""
        return self.value(upper)

    def steepest(self, x_min: float = 0.0) -> float:
        """Largest slope at or beyond ``x_min``; ``inf`` where ``slope(x_min)`` is."""
        return self.slope(max(x_min, self.inflection()))


class Linear(Response):
    """y = rate x."""

    kind: Literal["linear"] = "linear"
    rate: Nonnegative
    """Units of y per unit of x."""

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.rate, x)

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.full_like(x, self.rate)

    def reach(self, slope: FloatArray) -> FloatArray:
        """Everything or nothing."""
        return np.where(slope <= self.rate, inf, 0.0)


class Power(Response):
    """y = scale x^exponent."""

    kind: Literal["power"] = "power"
    scale: Positive
    """Value at x = 1, in the unit of y."""
    exponent: Annotated[float, Field(ge=0.05, le=1), Unit("1")]
    """Elasticity: per cent more y for one per cent more x."""

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale, np.power(x, self.exponent))

    def _slope(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.multiply(self.scale * self.exponent, np.power(x, self.exponent - 1))

    def reach(self, slope: FloatArray) -> FloatArray:
        """x of that slope."""
        ratio = np.divide(self.scale * self.exponent, slope)
        if self.exponent == 1:
            return np.where(ratio >= 1, inf, 0.0)
        with np.errstate(over="ignore"):
            return np.power(ratio, 1 / (1 - self.exponent))


class Log(Response):
    """y = scale ln(1 + x / half)."""

    kind: Literal["log"] = "log"
    scale: Positive
    """Gain when 1 + x / half grows by the factor e, in the unit of y."""
    half: Positive
    """x at which the slope is half of the slope at 0."""

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale, np.log1p(x / self.half))

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.divide(self.scale, self.half + x)

    def reach(self, slope: FloatArray) -> FloatArray:
        """x of that slope, 0 if the curve is flatter everywhere."""
        return np.maximum(np.divide(self.scale, slope) - self.half, 0.0)


class Exponential(Response):
    """y = scale (1 - exp(-x / rate_scale))."""

    kind: Literal["exponential"] = "exponential"
    scale: Positive
    """Value that y approaches for large x."""
    rate_scale: Positive
    """x at which 63.2 % of ``scale`` is reached."""

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(-self.scale, np.expm1(-x / self.rate_scale))

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale / self.rate_scale, np.exp(-x / self.rate_scale))

    def reach(self, slope: FloatArray) -> FloatArray:
        """x of that slope, 0 if the curve is flatter everywhere."""
        steeper = np.log(self.scale / self.rate_scale) - np.log(slope)
        return np.asarray(np.multiply(self.rate_scale, np.maximum(steeper, 0.0)))


class Tanh(Response):
    """y = scale tanh(x / rate_scale): the logistic saturation of other tools."""

    kind: Literal["tanh"] = "tanh"
    scale: Positive
    """Value that y approaches for large x."""
    rate_scale: Positive
    """x at which 76.2 % of ``scale`` is reached."""

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale, np.tanh(x / self.rate_scale))

    def _slope(self, x: FloatArray) -> FloatArray:
        # 1 / cosh^2 in a form that neither overflows nor cancels far out.
        e = np.exp(-2 * x / self.rate_scale)
        return np.asarray(4 * self.scale / self.rate_scale * (e / np.square(1 + e)))

    def reach(self, slope: FloatArray) -> FloatArray:
        """x of that slope, 0 if the curve is flatter everywhere."""
        ratio = np.maximum(np.divide(self.scale / self.rate_scale, slope), 1.0)
        return np.asarray(np.multiply(self.rate_scale, np.arccosh(np.sqrt(ratio))))


class _Sigmoid(Response):
    """x^n / (half^n + x^n) and its slope: the common part of Hill and ADBUDG."""

    half: Positive
    """x at which half of the rise is reached."""
    steepness: Annotated[float, Field(ge=0.2, le=6), Unit("1")] = Field(alias="slope")
    """Exponent n, written ``slope`` in files; above 1 the curve is S-shaped."""

    def inflection(self) -> float:
        """half ((n - 1) / (n + 1))^(1/n) for n > 1, else 0."""
        n = self.steepness
        return self.half * ((n - 1) / (n + 1)) ** (1 / n) if n > 1 else 0.0

    def _share(self, x: FloatArray) -> FloatArray:
        # The smaller over the larger: its power may vanish, never overflow.
        p = np.power(np.minimum(x, self.half) / np.maximum(x, self.half), self.steepness)
        return np.where(x < self.half, p, 1.0) / (1.0 + p)

    def _share_slope(self, x: FloatArray) -> FloatArray:
        n, larger = self.steepness, np.maximum(x, self.half)
        ratio = np.minimum(x, self.half) / larger
        # With r = x/half: (n/half) r^(n-1) / (1+r^n)^2 before half, (n/x) r^-n / (1+r^-n)^2 after.
        with np.errstate(divide="ignore"):
            top = np.power(ratio, np.where(x < self.half, n - 1, n))
        return np.multiply(n / larger, top / np.square(1.0 + np.power(ratio, n)))

    @abstractmethod
    def _rise(self) -> float:
        """Height of the curve from 0 to far out."""

    def reach(self, slope: FloatArray) -> FloatArray:
        """x of that slope, 0 if the curve is flatter everywhere."""
        wanted = np.divide(slope, self._rise())
        if self.steepness == 1:
            return np.asarray(self.half * np.maximum(np.sqrt(1 / (wanted * self.half)) - 1, 0.0))
        low, high = np.full_like(wanted, 1e-30), np.full_like(wanted, 1e30)
        for _ in range(HALVINGS):
            middle = np.sqrt(low * high)
            steep = self._share_slope(self.half * middle) >= wanted
            low, high = np.where(steep, middle, low), np.where(steep, high, middle)
        return self.half * low


class Hill(_Sigmoid):
    """y = scale x^n / (half^n + x^n)."""

    kind: Literal["hill"] = "hill"
    scale: Positive
    """Value that y approaches for large x."""

    def _rise(self) -> float:
        return self.scale

    def _value(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale, self._share(x))

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.scale, self._share_slope(x))


class Adbudg(_Sigmoid):
    """y = low + (high - low) x^n / (half^n + x^n)."""

    kind: Literal["adbudg"] = "adbudg"
    low: Nonnegative
    """Value at x = 0."""
    high: Positive
    """Value that y approaches for large x; above ``low``."""

    @field_validator("high")
    @classmethod
    def _high_above_low(cls, high: float, info: ValidationInfo) -> float:
        if high <= info.data.get("low", -inf):
            raise ValueError("high must be above low")
        return high

    def _rise(self) -> float:
        return self.high - self.low

    def _value(self, x: FloatArray) -> FloatArray:
        return np.add(self.low, (self.high - self.low) * self._share(x))

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.multiply(self.high - self.low, self._share_slope(x))


class Piecewise(Response):
    """Straight lines between the points (x, y) of a table, flat after the last.

    A concave curve has falling slopes. Other nondecreasing tables are allowed; ``is_concave`` and
    ``is_s_shaped`` tell them apart.
    """

    kind: Literal["piecewise"] = "piecewise"
    x: Points
    """Efforts, increasing from 0."""
    y: Points
    """Values at ``x``, nondecreasing, as many as there are efforts."""

    @field_validator("x")
    @classmethod
    def _x_increases_from_0(cls, x: tuple[float, ...]) -> tuple[float, ...]:
        if x[0] != 0 or any(b <= a for a, b in pairwise(x)):
            raise ValueError("x must start at 0 and increase")
        return x

    @field_validator("y")
    @classmethod
    def _y_never_falls(cls, y: tuple[float, ...]) -> tuple[float, ...]:
        if any(b < a for a, b in pairwise(y)):
            raise ValueError("y must not fall")
        return y

    @model_validator(mode="after")
    def _as_many_y_as_x(self) -> Self:
        if len(self.x) != len(self.y):
            raise ValueError(f"y must have as many points as x: {len(self.y)} and {len(self.x)}")
        return self

    def _slopes(self) -> FloatArray:
        """Slopes of the pieces, the flat one after the last point included; one per point."""
        return np.append(np.diff(self.y) / np.diff(self.x), 0.0)

    def _piece(self, x: FloatArray) -> NDArray[np.intp]:
        return np.searchsorted(self.x, x, side="right") - 1

    def _value(self, x: FloatArray) -> FloatArray:
        return np.asarray(np.interp(x, self.x, self.y))

    def _slope(self, x: FloatArray) -> FloatArray:
        return np.asarray(self._slopes()[self._piece(x)])

    def reach(self, slope: FloatArray) -> FloatArray:
        """Start of the first piece that rises less."""
        steep = np.searchsorted(-self._slopes(), -slope, side="right")
        return np.asarray(self.x)[np.minimum(steep, len(self.x) - 1)]

    def _turns(self) -> FloatArray:
        """1 where the slope rises, -1 where it falls, 0 where it stays, at each point but 0."""
        slopes = self._slopes()
        # A slope is known no better than the two values that it comes from.
        noise = ROUNDING * slopes + 2e-15 * self.y[-1] / np.append(np.diff(self.x), np.inf)
        change = np.diff(slopes)
        return np.where(np.abs(change) <= noise[1:] + noise[:-1], 0.0, np.sign(change))

    def inflection(self) -> float:
        """Last point at which the slope rises, 0 if there is none."""
        rises = np.flatnonzero(self._turns() > 0)
        return self.x[rises[-1] + 1] if rises.size else 0.0

    @property
    def is_s_shaped(self) -> bool:
        """Whether slopes rise up to a positive inflection and fall after it."""
        before = self._turns()[self.breakpoints() <= self.inflection()]
        return before.size > 0 and bool(np.all(before >= 0))

    def breakpoints(self) -> FloatArray:
        """Points of the table at x > 0."""
        return np.asarray(self.x[1:])

    def steepest(self, x_min: float = 0.0) -> float:
        """Largest slope at or beyond ``x_min``."""
        return float(self._slopes()[int(self._piece(np.asarray(max(x_min, 0.0)))) :].max())


Curve = Annotated[
    Linear | Power | Log | Exponential | Tanh | Hill | Adbudg | Piecewise,
    Field(discriminator="kind"),
]
"""Any response curve; ``kind`` tells which."""


def scaled(curve: Curve, x_by: float, y_by: float) -> Curve:
    """The same curve in other units: g(x) = y_by f(x / x_by), of the same kind.

    Raises:
        ValueError: a factor is not positive, or a parameter leaves its bounds.
    """
    if not (0 < x_by < inf and 0 < y_by < inf):
        raise ValueError(f"x_by and y_by must be positive and finite: {x_by}, {y_by}")
    return type(curve).model_validate(rescaled(curve, x_by, y_by).model_dump(by_alias=True))


def rescaled(curve: Curve, x_by: float, y_by: float) -> Curve:
    """As ``scaled``, for factors that are derived: parameters may leave the bounds of a file."""
    match curve:
        case Linear(rate=rate):
            update: dict[str, object] = {"rate": rate * y_by / x_by}
        case Power(scale=scale, exponent=e):
            update = {"scale": scale * y_by * x_by**-e}
        case Log(scale=scale, half=half) | Hill(scale=scale, half=half):
            update = {"scale": scale * y_by, "half": half * x_by}
        case Exponential(scale=scale, rate_scale=b) | Tanh(scale=scale, rate_scale=b):
            update = {"scale": scale * y_by, "rate_scale": b * x_by}
        case Adbudg(low=low, high=high, half=half):
            update = {"low": low * y_by, "high": high * y_by, "half": half * x_by}
        case Piecewise(x=x, y=y):
            update = {"x": tuple(v * x_by for v in x), "y": tuple(v * y_by for v in y)}
    return curve.model_copy(update=update)


def tangent(curve: Response, at: float) -> tuple[float, float]:
    """Intercept and slope of the tangent at ``at``: f(x) <= intercept + slope * x.

    It holds for x >= inflection: every x of a concave curve. With an S-shaped curve it holds for
    every x if ``at`` is not before ``concave_envelope_start``. A switch multiplies the intercept.

    Raises:
        ValueError: ``at`` lies before the inflection, or the slope there is infinite.
    """
    inflection = curve.inflection()
    if not at >= inflection * (1 - 1e-9):
        raise ValueError(f"no tangent at {at}: the curve is concave only from {inflection} on")
    # A hair before a kink the slope is that of the convex side.
    at = max(at, inflection)
    slope = curve.slope(at)
    if not isfinite(slope):
        raise ValueError(f"no tangent at {at}: the slope there is infinite")
    return curve.value(at) - slope * at, slope


def chord_points(curve: Response, upper: float) -> FloatArray:
    """Points from 0 to the inflection between which chords never run below the curve.

    The two ends for a smooth S-curve, the kinks between them too for a table, the single point 0
    for a concave curve; none beyond ``upper``.
    """
    end = min(curve.inflection(), upper)
    kinks = curve.breakpoints()
    return np.unique(np.concatenate(([0.0], kinks[kinks < end], [end])))


def concave_envelope_start(curve: Curve, upper: float) -> float:
    """Where the chord from (0, f(0)) touches the curve: x* >= inflection, at most ``upper``.

    On [0, upper] the least concave majorant is that chord up to x* and the curve after it. A
    concave curve is its own majorant: x* = 0.

    Raises:
        ValueError: a table that is neither concave nor S-shaped.
    """
    if curve.is_concave:
        return 0.0
    match curve:
        case Hill(half=half, steepness=n) | Adbudg(half=half, steepness=n):
            # f(x) - f(0) = x f'(x) reads 1 = n half^n / (half^n + x^n).
            return min(half * float((n - 1) ** (1 / n)), upper)
        case _ if not curve.is_s_shaped:
            raise ValueError("the curve is neither concave nor S-shaped: use chord_points")
        case _:
            kinks = curve.breakpoints()
            late = (kinks >= curve.inflection()) & (kinks < upper)
            ends = np.append(kinks[late], upper)
            rises = (curve.value(ends) - curve.value(0.0)) / ends
            return float(ends[int(np.argmax(rises))])
