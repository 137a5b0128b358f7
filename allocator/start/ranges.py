"""The remark behind every number of a started file: hers, or assumed and within which range.

A range spans the four archetypes, each scaled to the same figures, and reaches a quarter to either
side at least. It says how unsure the number is, not what the merchant may choose.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from fact_models.spec.instance import Instance

Tree = dict[str, Any]
Path = tuple[str, ...]
QUARTER = 0.25
ASSUMED = "assumed"
TABLES = (
    "segments|lines|accounts|slots|boosts|discounts|overlap|tiers|offers|campaigns|packages|deals"
    "|roles"
)
ENTRY = re.compile(rf"\b({TABLES})\.[^.]+")
UNLIKE = re.compile(r"\b(lines|accounts)\.[^.]+")
"""Entries whose names differ from archetype to archetype; segments, roles and tiers are alike."""
PLAIN = ("calendar", "objective", "name", "assumed")
"""Sections that describe the file, not the world."""
DATES = ("first", "last", "signup_by")


def leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What stands on a line of its own in the file: numbers, short mappings of numbers, lists."""
    for key, value in tree.items():
        here = (*path, key)
        entry = bool(path) and path[-1] in TABLES.split("|")
        if isinstance(value, dict) and (entry or not flat(value)):
            yield from leaves(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            continue
        else:
            yield here, value


def flat(value: Tree) -> bool:
    """Whether a mapping is written on one line, as ``allocator.annotating`` does."""
    numbers = all(isinstance(inner, int | float) for inner in value.values())
    return "kind" in value or (numbers and len(value) <= 6)


def alike(path: Path) -> str:
    """Dotted path with ``*`` for ids."""
    return ENTRY.sub(r"\1.*", ".".join(path))


def _shared(path: Path) -> str:
    """Dotted path by which the archetypes are compared."""
    return UNLIKE.sub(r"\1.*", ".".join(path))


def remarks(tree: Tree, kin: list[Tree], known: dict[str, str]) -> dict[str, str]:
    """Remarks by dotted path.

    Args:
        tree: the started instance.
        kin: the other archetypes, scaled to the same figures.
        known: by path with ``*`` for ids, whence a figure comes that is not assumed.
    """
    values: dict[str, list[float]] = {}
    for one in (tree, *kin):
        for path, value in leaves(one):
            if _number(value):
                values.setdefault(_shared(path), []).append(float(value))
    found = {}
    for path, value in leaves(tree):
        if path[0] in PLAIN:
            continue
        place = ".".join(path)
        said = known.get(alike(path), known.get(place))
        if said is not None:
            found[place] = said
        elif _number(value):
            low, high = span(float(value), values[_shared(path)], _bounds(path))
            found[place] = f"{ASSUMED}, {_range(low, high, whole=isinstance(value, int))}"
        elif path[-1] == "settlement":
            found[place] = f"{ASSUMED}, a week earlier or later"
        elif isinstance(value, dict | list) and value:
            low, high = 1 - QUARTER, 1 + QUARTER
            found[place] = f"{ASSUMED}, {low:g} to {high:g} times"
        elif path[-1] in DATES:
            found[place] = f"{ASSUMED}, a week earlier or later"
    return found


def span(
    value: float, others: list[float], bounds: tuple[float | None, float | None]
) -> tuple[float, float]:
    """Least and most of a number: those of all archetypes, at least a quarter either way."""
    low = min([*others, (1 - QUARTER) * value])
    high = max([*others, (1 + QUARTER) * value])
    least, most = bounds
    return (
        low if least is None else max(low, least),
        high if most is None else min(high, most),
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bounds(path: Path) -> tuple[float | None, float | None]:
    """Bounds that the record of the field declares; None where there is none."""
    record: Any = Instance
    parts: list[Any] = []
    for key in path:
        if isinstance(record, type) and issubclass(record, BaseModel):
            known = record.model_fields.get(key)
            if known is None:
                parts, record = [], next(iter(_records(parts)), None)
                continue
            parts = list(_walk((known.annotation, *known.metadata)))
            record = next(iter(_records(parts)), record if not parts else None)
            if record is None:
                break
    least = [float(p.ge) for p in parts if getattr(p, "ge", None) is not None]
    most = [float(p.le) for p in parts if getattr(p, "le", None) is not None]
    return (max(least) if least else None, min(most) if most else None)


def _walk(annotation: Any) -> Iterator[Any]:
    parts = annotation if isinstance(annotation, tuple) else get_args(annotation)
    yield annotation
    metadata = getattr(annotation, "metadata", None)
    for part in (*parts, *(metadata or ())):
        yield from _walk(part)


def _records(parts: list[Any]) -> list[type[BaseModel]]:
    return [p for p in parts if isinstance(p, type) and issubclass(p, BaseModel)]


def _range(low: float, high: float, *, whole: bool) -> str:
    if whole:
        low, high = float(int(low)), float(-int(-high))
    return f"{_short(low)} to {_short(high)}"


def _short(value: float) -> str:
    """Three significant digits without an exponent."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.12f}".rstrip("0").rstrip(".")
