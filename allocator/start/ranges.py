"""The remark behind every number of a started file: hers, or assumed and within which range.

A range spans the four archetypes, each scaled to the same figures, and reaches a quarter to either
side at least. It says how unsure the number is, not what the merchant may choose.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from allocator.faults import is_number
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
A_WEEK = "a week earlier or later"
NONE = f"{ASSUMED}; 0: no archetype has any at your figures"


def leaves(tree: Tree, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What stands on a line of its own in the file: numbers, short mappings of numbers, lists,
    entries of a list of records.
    """
    for key, value in tree.items():
        here = (*path, key)
        entry = bool(path) and path[-1] in TABLES.split("|")
        if isinstance(value, dict) and (entry or not flat(value)):
            yield from leaves(value, here)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from (((*here, str(n)), entry) for n, entry in enumerate(value))
        else:
            yield here, value


def numbers(path: Path, value: Any) -> Iterator[tuple[Path, float]]:
    """Numbers of a line that are told with a range of their own: a single one, with or without a
    name, and those of an entry of a list of records.
    """
    if is_number(value):
        yield path, value
    elif isinstance(value, dict) and "kind" not in value:
        inner = {key: x for key, x in value.items() if is_number(x)}
        if _entry(path) or len(value) == len(inner) == 1:
            yield from (((*path, key), x) for key, x in inner.items())


def _entry(path: Path) -> bool:
    """Whether a line is an entry of a list of records."""
    return path[-1].isdigit()


def flat(value: Tree) -> bool:
    """Whether a mapping is written on one line, as ``allocator.annotating`` does."""
    numbers = all(isinstance(inner, int | float) for inner in value.values())
    return "kind" in value or (numbers and len(value) <= 6)


def alike(path: Path) -> str:
    """Dotted path with ``*`` for ids."""
    return ENTRY.sub(r"\1.*", ".".join(path))


def _shared(path: Path, line: Any) -> str:
    """Dotted path by which the archetypes are compared; entries of a list are alike if they are of
    the same dates.
    """
    if isinstance(line, dict) and len(path) > 1 and _entry(path[:-1]):
        return ".".join((*path[:-2], *(str(line.get(key)) for key in DATES), path[-1]))
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
            for place, number in numbers(path, value):
                values.setdefault(_shared(place, value), []).append(float(number))
    found = {}
    for path, value in leaves(tree):
        if path[0] in PLAIN:
            continue
        said = _known(path, value, known) or _assumed(path, value, values)
        if said:
            found[".".join(path)] = said
    return found


def _known(path: Path, value: Any, known: dict[str, str]) -> str | None:
    """Whence a line comes that is not assumed: by its own path, before that of all its like."""
    paths = [path, *(place for place, _ in numbers(path, value))]
    places = [name for one in paths for name in (".".join(one), alike(one))]
    return next((known[name] for name in places if name in known), None)


def _assumed(path: Path, value: Any, values: dict[str, list[float]]) -> str:
    """The range of a line that is assumed; empty where there is nothing to say."""
    ranges = {
        place[-1]: _range(*_ends(place, value, x, values), whole=isinstance(x, int))
        for place, x in numbers(path, value)
    }
    if _entry(path):
        each = [f"{key} {ends}" for key, ends in ranges.items()]
        return f"{ASSUMED}, {', '.join([*each, A_WEEK])}"
    if ranges:
        (ends,) = ranges.values()
        return NONE if ends == "0 to 0" else f"{ASSUMED}, {ends}"
    if path[-1] == "settlement" or path[-1] in DATES:
        return f"{ASSUMED}, {A_WEEK}"
    if isinstance(value, dict | list) and value:
        inner = value.values() if isinstance(value, dict) else value
        if all(x == 0 for x in inner):
            return NONE
        return f"{ASSUMED}, {1 - QUARTER:g} to {1 + QUARTER:g} times"
    return ""


def _ends(
    place: Path, line: Any, value: float, values: dict[str, list[float]]
) -> tuple[float, float]:
    return span(float(value), values[_shared(place, line)], _bounds(place))


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
