"""An instance told in other units: every number multiplied as its ``Unit`` says."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel

from fact_models.quantity import Unit
from fact_models.response import Response, scaled
from fact_models.spec.field import Boost
from fact_models.spec.instance import Instance

CURVES = {
    "reception": ("hour", "visit"),
    "quality.curve": ("hour", "visit"),
    "boosts.curve": ("CNY", "visit"),
    "tiers.visits": ("creator", "visit"),
    "overlap": ("visit", "visit"),
}
"""Units of the input and the output of a curve, by the end of its place."""
PER_CONTENT = ("CNY/content", "visit/content")
"""The same for a boost that content carries."""


def grown(unit: str, factors: dict[str, float]) -> float:
    """By how much a number in ``unit`` grows when dimension d is counted in ``1 / factors[d]`` of
    it.
    """
    by = 1.0
    for dimension, power in Unit(unit).exponents().items():
        by *= factors.get(dimension, 1.0) ** power
    return by


def rescaled(instance: Instance, factors: dict[str, float]) -> Instance:
    """``instance`` with dimension d counted in ``1 / factors[d]`` of its unit."""
    return Instance.model_validate(_record(instance, (), factors))


def _record(record: BaseModel, place: tuple[str, ...], factors: dict[str, float]) -> Any:
    found = {}
    for name, info in type(record).model_fields.items():
        value = getattr(record, name)
        if value is None:
            continue
        unit = next((m for m in info.metadata if isinstance(m, Unit)), None)
        inside = unit or _unit_inside(info.annotation)
        if isinstance(record, Boost) and name == "curve" and record.per_content:
            found[name] = _curve(value, PER_CONTENT, factors)
        else:
            found[info.alias or name] = _value(value, inside, (*place, name), factors)
    return found


def _value(
    value: Any, unit: Unit | None, place: tuple[str, ...], factors: dict[str, float]
) -> Any:
    if isinstance(value, Response):
        key = next(k for k in CURVES if set(k.split(".")) <= set(place))
        return _curve(value, CURVES[key], factors)
    if isinstance(value, BaseModel):
        return _record(value, place, factors)
    if isinstance(value, dict):
        return {k: _value(v, unit, place, factors) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_value(v, unit, place, factors) for v in value]
    if unit is None or not isinstance(value, float):
        return value
    return value * grown(unit.of, factors)


def _unit_inside(annotation: Any) -> Unit | None:
    """The unit inside ``dict[Id, Annotated[float, Unit]]``, ``list[...]`` and optional types."""
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Unit):
            return meta
    if get_origin(annotation) is None:
        return None
    return next((unit for part in get_args(annotation) if (unit := _unit_inside(part))), None)


def _curve(curve: Any, units: tuple[str, str], factors: dict[str, float]) -> Any:
    made = scaled(curve, *(grown(unit, factors) for unit in units))
    return made.model_dump(mode="json", by_alias=True)
