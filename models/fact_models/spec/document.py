"""The page on the instance format, written from the records themselves.

``python -m fact_models.spec.document > docs/instance-format.md`` writes it; a test compares them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from fact_models.quantity import LARGEST, Id, Spec, Unit
from fact_models.response import Response
from fact_models.spec.checks import RULES
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERVIEW = """# The instance format

An instance file holds everything that a plan depends on. It is YAML or JSON with one mapping at
the top; both forms say the same. This page is written from the records that read the file (`python
-m fact_models.spec.document`).

## Writing a file

- **Left out** means the default of the table. A record that is left out switches its mechanism
  off: no `staff`, no hours; no `kol`, no deals. Unknown fields are refused, not skipped.
- **Names** of segments, accounts, tiers and so on are the keys of their tables: a Latin letter,
  then letters, digits and underscores, at most 40 characters. Names that look alike are refused.
  `label` carries any text for the reports.
- **Numbers** are plain: no quotes, no thousands separators, no per cent signs. Shares lie between
  0 and 1. No number may be larger than {largest}.
- **Units** are those of the tables. Money is in one currency, `CNY` in the tables whatever
  `currency` says. Rates are per period, and a period is a week unless `calendar.days` says
  otherwise.
- **Times** are a period number (1 is the first), a date (`"2026-02-12"`) or an ISO week
  (`"2026-W07"`). A date counts for the period that holds it.
- **Today**: fields that begin with `current_` say what an ordinary week looks like now. They make
  the plan that every other plan is compared with, and say what is under way at the start.

The smallest file sells one line in one room:

```yaml
{example}```

Every problem is reported with file, line, field, value and rule, all of them at once.
"""

EXAMPLE = """name: corner-shop
calendar: {start: "2026-W01", periods: 13}
snowball:
  segments:
    everyone:
      pool: 50000
      followers: 800
      conversion: 0.02
      persistence: 0.9
      traffic_per_order: 2
      contact_per_visit: 0.01
      unfollow: 0.02
goods:
  lines:
    tea: {price: 79, unit_cost: 25}
field:
  accounts:
    main:
      type: flagship
      traffic: {everyone: 4000}
      saturation: {everyone: 60000}
      ceiling: {everyone: 20000}
      hours_max: 60
      reception: {kind: exponential, scale: 12000, rate_scale: 40}
      current_hours: 30
"""

TAG = "kind"
"""Field that tells one kind of record from the others; it stands first, its value says it all."""
_PLAIN = {float: "number", int: "whole number", str: "text", bool: "true or false"}
_ID = get_args(Id)[1].metadata[0]


@dataclass(frozen=True)
class Shape:
    """What a type admits: its words, the unit and the bounds of its numbers, the records in it."""

    words: str
    unit: str = ""
    bounds: str = ""
    records: tuple[tuple[str, type[Spec]], ...] = ()
    """Records with the steps that lead to them."""


def shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    """The shape of a field's type.

    Raises:
        TypeError: a type that no record uses.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = [m for part in arguments[1:] for m in (getattr(part, "metadata", None) or [part])]
        return shape(arguments[0], (*inner, *metadata))
    unit = next((m.of for m in reversed(metadata) if isinstance(m, Unit)), "")
    if _ID in metadata:
        return Shape("name")
    if annotation in _PLAIN:
        return Shape(_PLAIN[annotation], unit, _bounds(metadata))
    if origin is Literal:
        return Shape(", ".join(f"`{word}`" for word in arguments))
    if origin in (Union, UnionType):
        return _of_union([part for part in arguments if part is not type(None)], metadata)
    if origin in (dict, list, tuple):
        return _of_container(arguments, origin, metadata)
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return Shape(_link(annotation), records=(("", annotation),))
    raise TypeError(f"no words for {annotation!r}")


def _of_union(parts: list[Any], metadata: tuple[Any, ...]) -> Shape:
    if len(parts) == 1:
        return shape(parts[0], metadata)
    shapes = [shape(part) for part in parts]
    records = tuple(pair for each in shapes for pair in each.records)
    if records:
        return Shape("[response curve](#response-curves)", records=records)
    return Shape("time")


def _of_container(arguments: tuple[Any, ...], origin: type, metadata: tuple[Any, ...]) -> Shape:
    of = shape(arguments[-1] if origin is dict else arguments[0])
    unit = next((m.of for m in reversed(metadata) if isinstance(m, Unit)), of.unit)
    step = ".<name>" if origin is dict else "[]"
    bounds = "; ".join(part for part in (of.bounds, _bounds(metadata, "entries")) if part)
    words = f"{'table' if origin is dict else 'list'} of {_plural(of.words)}"
    records = tuple((step + more, record) for more, record in of.records)
    return Shape(words, unit, bounds, records)


def _plural(words: str) -> str:
    return words + "s" if words in ("name", "number", "whole number", "time") else words


def _link(record: type[Spec]) -> str:
    return f"[{record.__name__}](#{record.__name__.lower()})"


def _bounds(metadata: tuple[Any, ...], counted: str = "characters") -> str:
    """Bounds in words; the tightest of several, none that every number has."""

    def all_of(name: str) -> list[Any]:
        return [getattr(m, name) for m in metadata if getattr(m, name, None) is not None]

    found = []
    if all_of("gt"):
        found.append(f"> {_figure(max(all_of('gt')))}")
    if any(value > -LARGEST for value in all_of("ge")):
        found.append(f"≥ {_figure(max(all_of('ge')))}")
    if any(value < LARGEST for value in all_of("le")):
        found.append(f"≤ {_figure(min(all_of('le')))}")
    if all_of("min_length"):
        least = max(all_of("min_length"))
        found.append("not empty" if least == 1 else f"at least {least} {counted}")
    if all_of("max_length"):
        found.append(f"at most {min(all_of('max_length'))} {counted}")
    if all_of("pattern"):
        found.append(f"`{all_of('pattern')[-1]}`".replace("|", "\\|"))
    return ", ".join(found)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) <= 1e9 else f"{value:g}"


def records(root: type[Spec] = Instance) -> dict[type[Spec], list[str]]:
    """All records that can stand in a file, in its order, with the places where they can stand."""
    places: dict[type[Spec], list[str]] = {}

    def walk(record: type[Spec], path: str) -> None:
        places.setdefault(record, [])
        if path not in places[record]:
            places[record].append(path)
        for name, field in record.model_fields.items():
            for steps, below in shape(field.annotation, tuple(field.metadata)).records:
                walk(below, f"{path}.{name}{steps}".lstrip("."))

    walk(root, "")
    return places


def _default(value: Any) -> str:
    if value is None:
        return "left out"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Spec):
        return "its defaults"
    if value in ({}, [], ""):
        return "empty"
    return _figure(value) if isinstance(value, int | float) else str(value)


def table(record: type[Spec]) -> Iterator[str]:
    """Rows of the Markdown table of a record's fields."""
    yield "| field | value | unit | bounds | default | meaning |"
    yield "|---|---|---|---|---|---|"
    fields = record.model_fields
    for name in sorted(fields, key=lambda name: name != TAG):
        field = fields[name]
        of = shape(field.annotation, tuple(field.metadata))
        required = field.is_required() or name == TAG
        default = "**required**" if required else _default(field.default)
        meaning = " ".join((field.description or "").split()).replace("``", "`")
        meaning = meaning or "Tells the kind of curve."
        unit = "" if of.unit == "1" else of.unit
        cells = (f"`{field.alias or name}`", of.words, unit, of.bounds, default, meaning)
        yield f"| {' | '.join(cells)} |"


def _section(record: type[Spec], places: list[str]) -> Iterator[str]:
    yield f"### {record.__name__}"
    yield ""
    said = " ".join((record.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")
    at = ", ".join(f"`{place}`" for place in places if place)
    yield said + (f" At {at}." if at and not issubclass(record, Response) else "")
    yield ""
    yield from table(record)
    yield ""


def document() -> str:
    """The whole page."""
    places = records()
    lines = [OVERVIEW.format(example=EXAMPLE, largest=f"{LARGEST:g}"), "## Records", ""]
    for record in places:
        if not issubclass(record, Response):
            lines += _section(record, places[record])
    lines += ["## Response curves", "", *_curve_words(), ""]
    for record in places:
        if issubclass(record, Response):
            lines += _section(record, places[record])
    lines += ["## Rules across fields", "", "By what they look at:", ""]
    for name, rules in RULES.items():
        said = " ".join(
            (rule.__doc__ or "").split(": else")[0].rstrip(".") + "." for rule in rules
        )
        lines.append(f"- **{name}**: {said}")
    return "\n".join(lines) + "\n"


def _curve_words() -> list[str]:
    return [
        "What an effort x yields. `kind` tells which curve; its parameters are in the units of",
        "the field that holds it. Every curve starts at 0. Reception and boosts without content",
        "may be S-shaped, all other curves are concave.",
    ]


if __name__ == "__main__":
    sys.stdout.write(document())
