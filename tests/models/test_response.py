"""Response curves: values against 50-digit arithmetic, shapes, tangents, units, refusals."""

from decimal import Decimal, localcontext
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fact_models.quantity import Unit
from fact_models.response import (
    Adbudg,
    Curve,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    Tanh,
    chord_points,
    concave_envelope_start,
    scaled,
    tangent,
)

CURVE: TypeAdapter[Curve] = TypeAdapter(Curve)
KINDS = (Linear, Power, Log, Exponential, Tanh, Hill, Adbudg, Piecewise)


def between(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_subnormal=False)


size = between(1e-3, 1e4)
n_of_sigmoid = st.one_of(between(0.2, 6), st.just(1.0), st.just(2.0))


@st.composite
def tables(draw: st.DrawFn, order: str = "any") -> Piecewise:
    """A table whose slopes fall, rise and then fall, or come as they like."""
    count = draw(st.integers(1, 6))
    steps = draw(st.lists(between(0.1, 10), min_size=count, max_size=count))
    slopes = draw(st.lists(between(0, 10), min_size=count, max_size=count))
    if order != "any":
        slopes.sort(reverse=True)
    if order == "s":
        cut = draw(st.integers(0, count))
        slopes = sorted(slopes[:cut]) + slopes[cut:]
    y0 = draw(between(0, 5))
    x = np.append(0.0, np.cumsum(steps))
    y = y0 + np.append(0.0, np.cumsum(np.multiply(steps, slopes)))
    return Piecewise(x=tuple(x.tolist()), y=tuple(y.tolist()))


sigmoids: st.SearchStrategy[Curve] = st.one_of(
    st.builds(Hill, scale=size, half=size, slope=n_of_sigmoid),
    st.builds(
        lambda low, rise, half, n: Adbudg(low=low, high=low + rise, half=half, slope=n),
        between(0, 100),
        between(0.1, 1e4),
        size,
        n_of_sigmoid,
    ),
)
smooth: st.SearchStrategy[Curve] = st.one_of(
    st.builds(Linear, rate=between(0, 1e4)),
    st.builds(Power, scale=size, exponent=between(0.05, 1)),
    st.builds(Log, scale=size, half=size),
    st.builds(Exponential, scale=size, rate_scale=size),
    st.builds(Tanh, scale=size, rate_scale=size),
    sigmoids,
)
curves: st.SearchStrategy[Curve] = st.one_of(smooth, tables(), tables("falling"), tables("s"))


def reach(curve: Curve) -> float:
    """An x at which the curve has done most of its bending."""
    match curve:
        case (
            Log(half=h)
            | Hill(half=h)
            | Adbudg(half=h)
            | Exponential(rate_scale=h)
            | Tanh(rate_scale=h)
        ):
            return 4 * h
        case Piecewise(x=x):
            return 1.2 * x[-1]
        case _:
            return 100.0


def exact(curve: Curve, x: float) -> tuple[Decimal, Decimal]:
    """Value and slope at x > 0 of a smooth curve, in 60 digits."""
    with localcontext(prec=60):
        v = Decimal(x)
        match curve:
            case Linear(rate=r):
                return Decimal(r) * v, Decimal(r)
            case Power(scale=a, exponent=e):
                y = Decimal(a) * v ** Decimal(e)
                return y, y * Decimal(e) / v
            case Log(scale=a, half=h):
                b = Decimal(h)
                return Decimal(a) * (1 + v / b).ln(), Decimal(a) / (b + v)
            case Exponential(scale=a, rate_scale=h):
                left = (-v / Decimal(h)).exp()
                return Decimal(a) * (1 - left), Decimal(a) / Decimal(h) * left
            case Tanh(scale=a, rate_scale=h):
                left = (-2 * v / Decimal(h)).exp()
                slope = 4 * Decimal(a) / Decimal(h) * left / (1 + left) ** 2
                return Decimal(a) * (1 - left) / (1 + left), slope
            case Hill() | Adbudg():
                low = Decimal(curve.low if isinstance(curve, Adbudg) else 0.0)
                top = Decimal(curve.high if isinstance(curve, Adbudg) else curve.scale)
                p = (v / Decimal(curve.half)) ** Decimal(curve.steepness)
                rise = (top - low) * p / (1 + p)
                return low + rise, rise * Decimal(curve.steepness) / v / (1 + p)
    raise AssertionError(curve)


@given(smooth, between(1e-9, 50.0))
def test_value_and_slope_are_exact_to_1e12(curve: Curve, part: float) -> None:
    """Both agree with 60-digit arithmetic to 1e-12, relative, from near 0 to deep saturation."""
    x = part * reach(curve)
    y, dy = exact(curve, x)
    assert curve.value(x) == pytest.approx(float(y), rel=1e-12, abs=1e-300)
    assert curve.slope(x) == pytest.approx(float(dy), rel=1e-12, abs=1e-300)


@given(curves)
def test_zero_is_exact_and_huge_x_is_finite(curve: Curve) -> None:
    """f(0) is exactly 0, ``low`` or the first y, as for x < 0; x = 1e200 does not overflow."""
    at_0 = {Adbudg: "low", Piecewise: "y"}.get(type(curve))
    expected: Any = getattr(curve, at_0) if at_0 else 0.0
    assert curve.value(0.0) == (expected[0] if isinstance(expected, tuple) else expected)
    assert curve.value(-1e-9) == curve.value(0.0)
    far = np.array([1e12, 1e200])
    assert np.isfinite(curve.value(far)).all()
    assert np.isfinite(curve.slope(far)).all()
    if isinstance(curve, Hill | Exponential):
        assert curve.value(1e200) == pytest.approx(curve.scale)


@given(curves)
def test_arrays_and_floats_agree(curve: Curve) -> None:
    """An array gives an array of its shape, a float a float, with the same numbers."""
    x = np.linspace(0, reach(curve), 6).reshape(2, 3)
    for f in (curve.value, curve.slope):
        assert f(x).shape == (2, 3)
        assert f(x).ravel().tolist() == [f(float(v)) for v in x.ravel()]
        assert type(f(1.0)) is float


@given(curves)
def test_monotone(curve: Curve) -> None:
    """Values never fall by more than rounding, slopes are never negative."""
    x = np.linspace(0, 2 * reach(curve), 400)
    y = curve.value(x)
    assert (np.diff(y) >= -1e-15 * y[1:]).all()
    assert (curve.slope(x) >= 0).all()
    assert curve.supremum(x[-1]) == y.max()


@given(curves, between(0.01, 2))
def test_slope_is_the_limit_of_differences(curve: Curve, part: float) -> None:
    """The slope is a central difference, away from kinks."""
    x, h = part * reach(curve), 1e-5 * part * reach(curve)
    kinks = curve.breakpoints()
    assume(not np.any(np.abs(kinks - x) <= 2 * h))
    difference = (curve.value(x + h) - curve.value(x - h)) / (2 * h)
    assert curve.slope(x) == pytest.approx(difference, rel=1e-6, abs=1e-9 * curve.value(x) / h)


def test_slope_at_zero() -> None:
    """Infinite for a power below 1 and a sigmoid below 1; the linear limit at 1; 0 above."""
    assert Power(scale=2.0, exponent=0.5).slope(0.0) == inf
    assert Power(scale=2.0, exponent=1.0).slope(0.0) == 2.0
    assert Hill(scale=2.0, half=4.0, slope=0.5).slope(0.0) == inf
    assert Hill(scale=2.0, half=4.0, slope=1.0).slope(0.0) == 0.5
    assert Adbudg(low=1.0, high=2.0, half=4.0, slope=2.0).slope(0.0) == 0.0
    assert Power(scale=2.0, exponent=0.5).steepest(4.0) == 0.5


@given(curves, between(0, 1), between(0, 1), between(0, 1))
def test_concave_from_the_inflection_on(curve: Curve, a: float, b: float, part: float) -> None:
    """Chords with both ends beyond the inflection never rise above the curve."""
    begin = curve.inflection()
    assert curve.is_concave == (begin == 0)
    left, right = (begin + v * reach(curve) for v in sorted((a, b)))
    x = left + part * (right - left)
    chord = (1 - part) * curve.value(left) + part * curve.value(right)
    assert curve.value(x) >= chord - 1e-9 * curve.value(right)


@given(st.one_of(sigmoids, tables("s")))
def test_inflection_is_where_the_second_difference_turns(curve: Curve) -> None:
    """Second differences are positive just before the inflection and negative just after it."""
    x = curve.inflection()
    assume(x > 0)
    assert curve.is_s_shaped
    if isinstance(curve, Piecewise):
        slopes = np.append(np.diff(curve.y) / np.diff(curve.x), 0.0)
        turn = curve.x.index(x)
        assert (np.diff(slopes[: turn + 1]) >= -1e-9 * slopes[turn]).all()
        assert slopes[turn] > slopes[turn - 1]
        assert (np.diff(slopes[turn:]) <= 1e-9 * slopes[turn]).all()
        return
    for side in (-1, 1):
        near = curve.slope(x * (1 + side * np.array([1e-3, 1e-2])))
        assert near[1] < near[0] <= curve.slope(x)
    assert curve.steepest() == curve.slope(x)


@given(tables(), between(0, 1.2))
def test_steepest_of_a_table(curve: Piecewise, part: float) -> None:
    """No slope beyond x_min is larger, and one beyond it is as large."""
    x_min = part * curve.x[-1]
    later = curve.slope(
        np.concatenate(([x_min], curve.breakpoints()[curve.breakpoints() > x_min]))
    )
    assert curve.steepest(x_min) == later.max()


@settings(deadline=None)
@given(st.one_of(sigmoids, tables("s")), between(0.1, 3))
def test_envelope_of_an_s_curve(curve: Curve, part: float) -> None:
    """Chord up to x*, then tangents: above the curve, and the chord cannot be lowered."""
    upper = part * reach(curve)
    touch = concave_envelope_start(curve, upper)
    if curve.is_concave:
        assert touch == 0
        return
    assert min(curve.inflection(), upper) <= touch <= upper
    rise = (curve.value(touch) - curve.value(0.0)) / touch
    x = np.linspace(0, upper, 300)
    slack = 1e-9 * curve.value(upper)
    assert (curve.value(0.0) + rise * x >= curve.value(x) - slack).all()
    if touch < upper:
        assert curve.slope(touch) <= rise * (1 + 1e-9)
        for at in (touch, (touch + upper) / 2):
            intercept, slope = tangent(curve, at)
            assert (intercept + slope * x >= curve.value(x) - slack).all()


def test_envelope_of_hill_by_hand() -> None:
    """Hill with n = 2 is touched at ``half``: the chord has slope 1/(2 half)."""
    curve = Hill(scale=1.0, half=5.0, slope=2.0)
    assert concave_envelope_start(curve, 20.0) == 5.0
    assert curve.slope(5.0) == pytest.approx(0.1)
    assert concave_envelope_start(curve, 4.0) == 4.0


@given(curves, between(0.05, 2))
def test_chords_never_cut_the_curve_off(curve: Curve, part: float) -> None:
    """Between chord points the chord is above the curve, also for tables of any shape."""
    upper = part * reach(curve)
    points = chord_points(curve, upper)
    assert points[0] == 0
    assert points[-1] == min(curve.inflection(), upper)
    x = np.linspace(0, points[-1], 100)
    chord = np.interp(x, points, curve.value(points))
    assert (chord >= curve.value(x) * (1 - 1e-12)).all()


@given(curves, between(1e-4, 1e4), between(1e-4, 1e4), between(0, 2))
def test_scaled_is_its_definition(curve: Curve, x_by: float, y_by: float, part: float) -> None:
    """g(x) = y_by f(x / x_by), of the same kind, with the same shape."""
    other = scaled(curve, x_by, y_by)
    x = part * reach(curve)
    assert type(other) is type(curve)
    assert other.value(x * x_by) == pytest.approx(y_by * curve.value(x), rel=1e-11)
    assert other.inflection() == pytest.approx(x_by * curve.inflection())


def test_tangent_a_hair_before_a_kink() -> None:
    """The tangent at an inflection missed by rounding is that of the concave side."""
    curve = Piecewise(x=(0.0, 1.0, 2.0, 3.0), y=(0.0, 1.0, 4.0, 6.0))
    assert tangent(curve, 1.0 - 1e-12) == tangent(curve, 1.0) == (-2.0, 3.0)


@given(curves)
def test_files_round_trip(curve: Curve) -> None:
    """What is written is read back equal, from Python and from JSON; curves can be dict keys."""
    assert CURVE.validate_python(curve.model_dump(mode="json")) == curve
    assert CURVE.validate_json(curve.model_dump_json()) == curve
    assert hash(curve) == hash(curve.model_copy())


def test_schema_tells_kinds_apart() -> None:
    """The JSON schema has the discriminator with all eight kinds; files say ``slope``."""
    schema = CURVE.json_schema()
    assert schema["discriminator"]["propertyName"] == "kind"
    assert set(schema["discriminator"]["mapping"]) == {
        "linear",
        "power",
        "log",
        "exponential",
        "tanh",
        "hill",
        "adbudg",
        "piecewise",
    }
    assert schema["$defs"]["Hill"]["properties"]["slope"]["maximum"] == 6


@pytest.mark.parametrize("record", KINDS)
def test_every_number_has_a_unit_and_a_meaning(record: type[Curve]) -> None:
    """Each parameter carries a unit and a description."""
    for name, field in record.model_fields.items():
        if name != "kind":
            assert any(isinstance(m, Unit) for m in field.metadata), name
            assert field.description, name


HILL = {"kind": "hill", "scale": 1.0, "half": 1.0, "slope": 2.0}
TABLE: dict[str, Any] = {"kind": "piecewise", "x": [0, 1, 2], "y": [0, 1, 1]}


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"kind": "linear", "rate": -1.0}, "rate"),
        ({"kind": "power", "scale": 1.0, "exponent": 1.1}, "exponent"),
        ({"kind": "power", "scale": 1.0, "exponent": 0.0}, "exponent"),
        ({"kind": "log", "scale": 1.0, "half": 0.0}, "half"),
        ({"kind": "exponential", "scale": 1.0, "rate_scale": inf}, "rate_scale"),
        (HILL | {"slope": 0.1}, "slope"),
        (HILL | {"slope": "2"}, "slope"),
        (HILL | {"half": -1.0}, "half"),
        (HILL | {"steepness": 2.0}, "steepness"),
        ({"kind": "adbudg", "low": 2.0, "high": 2.0, "half": 1.0, "slope": 1.0}, "high"),
        (TABLE | {"x": [1, 2, 3]}, "x"),
        (TABLE | {"x": [0, 2, 2]}, "x"),
        (TABLE | {"y": [0, 2, 1]}, "y"),
        (TABLE | {"y": [0, -1, 1]}, "y"),
        (TABLE | {"y": [0, 1]}, "y must have as many"),
        ({"kind": "cubic"}, "kind"),
        ({"scale": 1.0}, "kind"),
    ],
)
def test_refusals_name_the_field(record: dict[str, Any], named: str) -> None:
    """A parameter out of bounds, of the wrong type, unknown or missing is refused by name."""
    with pytest.raises(ValidationError) as refused:
        CURVE.validate_python(record)
    error = refused.value.errors()[0]
    assert named in ".".join(map(str, error["loc"])).split(".") or named in error["msg"]


def test_refusals_of_calls() -> None:
    """Tangents where there is none and senseless shapes are refused."""
    s_curve = Hill(scale=1.0, half=5.0, slope=3.0)
    root = Power(scale=1.0, exponent=0.5)
    steps = Piecewise(x=(0.0, 1.0, 2.0, 3.0), y=(0.0, 1.0, 1.0, 2.0))
    with pytest.raises(ValueError, match="concave only from"):
        tangent(s_curve, 1.0)
    with pytest.raises(ValueError, match="infinite"):
        tangent(root, 0.0)
    with pytest.raises(ValueError, match="neither concave nor S-shaped"):
        concave_envelope_start(steps, 3.0)
    with pytest.raises(ValueError, match="x_by"):
        scaled(root, 0.0, 1.0)
