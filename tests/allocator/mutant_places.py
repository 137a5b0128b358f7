"""Places in a valid file, what may be put there, and what must then be said.

Shared by all formats of ``tests.allocator.mutants``.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel

from allocator.load import load
from allocator.reading import Path, read_tree
from fact_models.spec.instance import Instance

HERE = FilePath(__file__).parent
BASES = (
    HERE / "small_merchant.yaml",
    HERE.parents[1] / "instances" / "archetypes" / "growing-apparel-26.yaml",
    HERE.parents[1] / "instances" / "bench" / "many_deals-13-0.json",
)


@dataclass(frozen=True)
class Raw:
    """A scalar that is written as it stands, without quotes."""

    text: str


@dataclass(frozen=True)
class Mutant:
    """A file with a fault.

    Attributes:
        kind: name of the fault.
        content: bytes of the file.
        fields: paths of which one must be named, as ``faults.field_name`` writes them; empty where
            the file as a whole is at fault.
        place: line, or sheet and cell, that must be named; 0 where that is open.
        value: whether the message must show the value.
        refused: whether the file must be refused; else it need only not bring the reader down.
    """

    kind: str
    content: bytes
    fields: tuple[Path, ...] = ()
    place: int | str = 0
    value: bool = False
    refused: bool = True


@dataclass
class Base:
    """A valid file as a tree, and the record that it gives."""

    tree: dict[str, Any]
    record: Instance

    def owner(self, path: Path) -> Any:
        """Record, mapping or list that holds the value at ``path``."""
        found: Any = self.record
        for step in path[:-1]:
            if isinstance(found, BaseModel):
                assert isinstance(step, str)
                found = getattr(found, step)
            else:
                found = found[step]
        return found


@cache
def base(number: int) -> Base:
    """One of the files that mutants come from."""
    path = BASES[number]
    return Base(read_tree(path).value, load(path))


def nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All values of a tree with their paths."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from nodes(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from nodes(inner, (*path, number))


def at(tree: Any, path: Path) -> Any:
    """Value at a path."""
    for step in path:
        tree = tree[step]
    return tree


Fault = Callable[[random.Random, Base], Mutant | None]
"""Makes a mutant of a valid file; None where the file has no place for the fault."""
Place = Callable[[Base, Path, Any], bool]
Change = Callable[[random.Random, Any], Any]


def is_number(found: Base, path: Path, value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and not is_time(found, path)
    )


def is_time(found: Base, path: Path) -> bool:
    """Whether the field takes periods and dates alike."""
    owner = found.owner(path)
    if not isinstance(owner, BaseModel):
        return isinstance(path[-1], int)
    return "max_length=10" in str(type(owner).model_fields.get(str(path[-1])))


def is_text(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, str) and not is_time(found, path) and isinstance(path[-1], str)


def is_date(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, str) and is_time(found, path) and isinstance(path[-1], str)


def is_share(found: Base, path: Path, value: Any) -> bool:
    return is_number(found, path, value) and isinstance(found.owner(path), dict)


def is_field(found: Base, path: Path, value: Any) -> bool:
    owner = found.owner(path)
    return isinstance(owner, BaseModel) and path[-1] in type(owner).model_fields


def is_required(found: Base, path: Path, value: Any) -> bool:
    fields = type(found.owner(path)).model_fields if is_field(found, path, value) else {}
    return bool(fields) and fields[str(path[-1])].is_required()


def is_filled(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


VALUES: dict[str, tuple[Place, Change]] = {
    "quoted number": (is_number, lambda dice, value: str(value)),
    "thousands": (is_number, lambda dice, value: Raw("1,000") if dice.random() < 0 else "1,000"),
    "decimal comma": (is_number, lambda dice, value: "1.000,50"),
    "per cent": (is_number, lambda dice, value: "10%"),
    "full width": (is_number, lambda dice, value: "１２"),
    "arabic digits": (is_number, lambda dice, value: "١٢"),
    "truth for a number": (is_number, lambda dice, value: dice.random() < 0.5),
    "list for a number": (is_number, lambda dice, value: [value]),
    "mapping for a number": (is_number, lambda dice, value: {"value": value}),
    "empty text for a number": (is_number, lambda dice, value: ""),
    "word for a number": (is_number, lambda dice, value: dice.choice(["NaN", "inf", "n/a", "x"])),
    "formula for a number": (is_number, lambda dice, value: "=1+1"),
    "clock for a number": (is_number, lambda dice, value: "12:30"),
    "far too large": (is_number, lambda dice, value: dice.choice([1e15, 1e16, 1e300])),
    "far too small": (is_number, lambda dice, value: -dice.choice([1e15, 1e16, 1e300])),
    "number for a text": (is_text, lambda dice, value: 5),
    "truth for a text": (is_text, lambda dice, value: True),
    "list for a text": (is_text, lambda dice, value: ["a"]),
    "long text": (is_text, lambda dice, value: "x" * 5000),
    "30 February": (is_date, lambda dice, value: "2026-02-30"),
    "slashes": (is_date, lambda dice, value: "01/02/2026"),
    "week 54": (is_date, lambda dice, value: "2026-W54"),
    "date with time": (is_date, lambda dice, value: "2026-02-02T08:00:00Z"),
    "serial date": (is_date, lambda dice, value: 45658),
    "truth for a date": (is_date, lambda dice, value: True),
    "number for a record": (is_filled, lambda dice, value: 5),
    "text for a record": (is_filled, lambda dice, value: "x"),
    "list for a record": (is_filled, lambda dice, value: [value]),
}
"""Faults of one value: where they fit, and the value instead. The field must be named."""


def pick(dice: random.Random, found: Base, fits: Place) -> Path | None:
    """A random place that fits; None if there is none."""
    places = [path for path, value in nodes(found.tree) if fits(found, path, value)]
    return dice.choice(places) if places else None
