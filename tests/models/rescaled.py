"""An instance told in other units: every number multiplied as its ``Unit`` says."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel

from fact_models.quantity import Unit
from fact_models.response import Response, scaled
from fact_models.spec.instance import Instance

CURVES = {
    "reception": ("hour", "visit"),
    "quality.curve": ("hour", "visit"),
    "boosts.curve": ("CNY", "visit"),
    "tiers.visits": ("creator", "visit"),
    "overlap": ("visit", "visit"),
}
"""Dimensions of the input and the output of a curve, by the end of its place."""


def rescaled(instance: Instance, factors: dict[str, float]) -> Instance:
    """``instance`` with one unit of dimension d replaced by ``1 / factors[d]`` of it."""
    return Instance.model_validate(_record(instance, (), factors))


def _record(record: BaseModel, place: tuple[str, ...], factors: dict[str, float]) -> Any:
    found = {}
    for name, info in type(record).model_fields.items():
        value = getattr(record, name)
        if value is None:
            continue
        unit = next((m for m in info.metadata if isinstance(m, Unit)), None)
        annotation = info.annotation if unit is None else None
        found[info.alias or name] = _value(value, unit, annotation, (*place, name), factors)
    return found


def _value(
    value: Any, unit: Unit | None, annotation: Any, place: tuple[str, ...], factors: dict[str, float]
) -> Any:
    if isinstance(value, Response):
        return _curve(value, place, factors)
    if isinstance(value, BaseModel):
        return _record(value, place, factors)
    if isinstance(value, dict):
        inner = unit or _unit_inside(annotation)
        return {k: _value(v, inner, annotation, place, factors) for k, v in value.items()}
    if isinstance(value, list | tuple):
        inner = unit or _unit_inside(annotation)
        return [_value(v, inner, annotation, place, factors) for v in value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    inner = unit or _unit_inside(annotation)
    if inner is None or isinstance(value, int):
        return value
    by = 1.0
    for dimension, power in inner.exponents().items():
        by *= factors.get(dimension, 1.0) ** power
    return value * by


def _unit_inside(annotation: Any) -> Unit | None:
    """The unit inside ``dict[Id, Annotated[float, Unit]]``, ``list[...]`` and optional types."""
    if annotation is None:
        return None
    for meta in getattr(annotation, "__metadata__", ()):
        if isinstance(meta, Unit):
            return meta
    if get_origin(annotation) is not None:
        for part in get_args(annotation):
            found = _unit_inside(part)
            if found:
                return found
    return None


def _curve(curve: Any, place: tuple[str, ...], factors: dict[str, float]) -> Any:
    key = next(k for k in CURVES if set(k.split(".")) <= set(place))
    x, y = (factors.get(d, 1.0) for d in CURVES[key])
    per_content = "boosts" in place and PER_CONTENT in factors
    c = factors.get("content", 1.0)
    made = scaled(curve, x / c, y / c) if per_content else scaled(curve, x, y)
    return made.model_dump(mode="json", by_alias=True)


PER_CONTENT = "boost carried by content"
"""Key in ``factors`` that says that the boosts of the instance are carried by content."""
