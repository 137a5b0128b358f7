"""Instance files with one fault each, at a random place, and what must be said about them.

``mutant(number, format)`` is the same for the same arguments. A new format is one more entry in
``FORMATS``: how a tree is written, with the line or cell of every value.
"""

import copy
import json
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
        line: line that must be named, 0 where that is open.
        value: whether the message must show the value.
        refused: whether the file must be refused; else it need only not bring the reader down.
    """

    kind: str
    content: bytes
    fields: tuple[Path, ...] = ()
    line: int = 0
    value: bool = False
    refused: bool = True


@dataclass
class Written:
    """Text of a tree, with the line of every value."""

    lines: list[str]
    place: dict[Path, int]

    @property
    def content(self) -> bytes:
        """Bytes of the file."""
        return ("\n".join(self.lines) + "\n").encode("utf-8", "surrogatepass")


def _scalar(value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    return json.dumps(value, ensure_ascii=False)


def written_yaml(tree: Any) -> Written:
    """A tree as YAML, one value a line."""
    found = Written([], {})

    def write(value: Any, path: Path, head: str, indent: int) -> None:
        found.lines.append("")
        at = len(found.lines) - 1
        found.place[path] = at + 1
        if isinstance(value, dict) and value:
            found.lines[at] = head.rstrip()
            for key, inner in value.items():
                write(inner, (*path, key), " " * indent + f"{_scalar(key)}: ", indent + 2)
        elif isinstance(value, list) and value:
            found.lines[at] = head.rstrip()
            for number, inner in enumerate(value):
                write(inner, (*path, number), " " * indent + "- ", indent + 2)
        else:
            found.lines[at] = head + (
                "{}" if value == {} else "[]" if value == [] else _scalar(value)
            )

    for key, value in tree.items():
        write(value, (key,), f"{_scalar(key)}: ", 2)
    return found


def written_json(tree: Any) -> Written:
    """A tree as JSON, one value a line."""
    found = Written([], {})

    def write(value: Any, path: Path, head: str, tail: str, indent: int) -> None:
        found.place[path] = len(found.lines) + 1
        pad = " " * indent
        if isinstance(value, dict | list) and value:
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            opened, closed = "{}" if isinstance(value, dict) else "[]"
            found.lines.append(head + opened)
            for number, (key, inner) in enumerate(pairs):
                comma = "," if number < len(value) - 1 else ""
                name = f"{_scalar(key)}: " if isinstance(value, dict) else ""
                write(inner, (*path, key), f"{pad} {name}", comma, indent + 1)
            found.lines.append(pad + closed + tail)
        else:
            found.lines.append(head + _scalar(value) + tail)

    write(tree, (), "", "", 0)
    return found


FORMATS: dict[str, tuple[str, Callable[[Any], Written]]] = {
    "yaml": (".yaml", written_yaml),
    "json": (".json", written_json),
}
"""By name: suffix of the file, and how a tree is written."""


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


Place = Callable[[Base, Path, Any], bool]
Change = Callable[[random.Random, Any], Any]


def _number(found: Base, path: Path, value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and not _when(found, path)
    )


def _when(found: Base, path: Path) -> bool:
    """Whether the field takes periods and dates alike."""
    owner = found.owner(path)
    if not isinstance(owner, BaseModel):
        return isinstance(path[-1], int)
    return "max_length=10" in str(type(owner).model_fields.get(str(path[-1])))


def _text(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, str) and not _when(found, path) and isinstance(path[-1], str)


def _date(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, str) and _when(found, path) and isinstance(path[-1], str)


def _share(found: Base, path: Path, value: Any) -> bool:
    return _number(found, path, value) and isinstance(found.owner(path), dict)


def _field(found: Base, path: Path, value: Any) -> bool:
    owner = found.owner(path)
    return isinstance(owner, BaseModel) and path[-1] in type(owner).model_fields


def _required(found: Base, path: Path, value: Any) -> bool:
    fields = type(found.owner(path)).model_fields if _field(found, path, value) else {}
    return bool(fields) and fields[str(path[-1])].is_required()


def _filled(found: Base, path: Path, value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


VALUES: dict[str, tuple[Place, Change]] = {
    "quoted number": (_number, lambda dice, value: str(value)),
    "thousands": (_number, lambda dice, value: Raw("1,000") if dice.random() < 0 else "1,000"),
    "decimal comma": (_number, lambda dice, value: "1.000,50"),
    "per cent": (_number, lambda dice, value: "10%"),
    "full width": (_number, lambda dice, value: "１２"),
    "arabic digits": (_number, lambda dice, value: "١٢"),
    "truth for a number": (_number, lambda dice, value: dice.random() < 0.5),
    "list for a number": (_number, lambda dice, value: [value]),
    "mapping for a number": (_number, lambda dice, value: {"value": value}),
    "empty text for a number": (_number, lambda dice, value: ""),
    "word for a number": (_number, lambda dice, value: dice.choice(["NaN", "inf", "n/a", "x"])),
    "formula for a number": (_number, lambda dice, value: "=1+1"),
    "clock for a number": (_number, lambda dice, value: "12:30"),
    "far too large": (_number, lambda dice, value: dice.choice([1e15, 1e16, 1e300])),
    "far too small": (_number, lambda dice, value: -dice.choice([1e15, 1e16, 1e300])),
    "number for a text": (_text, lambda dice, value: 5),
    "truth for a text": (_text, lambda dice, value: True),
    "list for a text": (_text, lambda dice, value: ["a"]),
    "long text": (_text, lambda dice, value: "x" * 5000),
    "30 February": (_date, lambda dice, value: "2026-02-30"),
    "slashes": (_date, lambda dice, value: "01/02/2026"),
    "week 54": (_date, lambda dice, value: "2026-W54"),
    "date with time": (_date, lambda dice, value: "2026-02-02T08:00:00Z"),
    "serial date": (_date, lambda dice, value: 45658),
    "truth for a date": (_date, lambda dice, value: True),
    "number for a record": (_filled, lambda dice, value: 5),
    "text for a record": (_filled, lambda dice, value: "x"),
    "list for a record": (_filled, lambda dice, value: [value]),
}
"""Faults of one value: where they fit, and the value instead. The field must be named."""

RAW: dict[str, tuple[Place, tuple[str, ...], tuple[str, ...]]] = {
    "not finite": (_number, (".nan", ".inf", "-.Inf"), ("NaN", "Infinity", "-Infinity")),
    "beyond doubles": (_number, ("1e400", "-1e999"), ("1e400", "-1e999")),
    "below doubles": (_number, ("1e-400",), ("1e-400",)),
    "ambiguous": (_number, ("010", "0x1F", "0o17", "1_000", "0b11"), ("010", "0x1F", "+1", ".5")),
    "long integer": (_number, ("9" * 5000,), ("9" * 5000,)),
    "inexact integer": (_number, (str(2**53 + 1),), (str(2**53 + 1),)),
    "anchor": (_number, ("&a 1",), ("&a 1",)),
    "alias": (_number, ("*a",), ("*a",)),
    "tag": (_number, ("!!python/name:os.system 1", "!x 1", "!!float 1"), ("!x 1",)),
    "control character": (
        _text,
        ('"a\\0b"', '"\\ud800"', '"a\\x07b"'),
        ('"\\u0000"', '"\\ud800"'),
    ),
    "open quote": (_text, ('"abc',), ('"abc',)),
    "open bracket": (_text, ("[a, b",), ("[1, 2",)),
}
"""Faults below the values: where they fit, how they stand in YAML and in JSON."""


def _set(tree: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(tree)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def _renamed(tree: Any, path: Path, name: Any) -> Any:
    """The tree with another key in the place of the last one of ``path``."""
    changed = copy.deepcopy(tree)
    record = at(changed, path[:-1])
    items = [(name if key == path[-1] else key, value) for key, value in record.items()]
    record.clear()
    record.update(items)
    return changed


def _pick(dice: random.Random, found: Base, fits: Place) -> Path | None:
    places = [path for path, value in nodes(found.tree) if fits(found, path, value)]
    return dice.choice(places) if places else None


def _value_fault(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    fits, change = VALUES[kind]
    path = _pick(dice, found, fits)
    if path is None:
        return None
    new = change(dice, at(found.tree, path))
    text = write(_set(found.tree, path, new))
    shown = not isinstance(new, dict | list)
    return Mutant(kind, text.content, (path,), text.place[path], shown)


def _raw_fault(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    fits, in_yaml, in_json = RAW[kind]
    path = _pick(dice, found, fits)
    if path is None:
        return None
    raw = Raw(dice.choice(in_json if write is written_json else in_yaml))
    text = write(_set(found.tree, path, raw))
    return Mutant(kind, text.content, (), 0)


def _unknown_field(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, _field)
    assert path is not None
    name = str(path[-1])
    letter = dice.randrange(len(name))
    wrong = dice.choice([name[:letter] + name[letter + 1 :], name + "_", f"x{name}", name.upper()])
    if wrong in type(found.owner(path)).model_fields:
        return None
    text = write(_renamed(found.tree, path, wrong))
    new = (*path[:-1], wrong)
    return Mutant(kind, text.content, (new,), text.place[new])


def _missing_field(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, _required)
    assert path is not None
    changed = copy.deepcopy(found.tree)
    del at(changed, path[:-1])[path[-1]]
    # A mapping that is empty now, or a variant without its kind, is named itself.
    return Mutant(kind, write(changed).content, (path, path[:-1]))


def _unknown_reference(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, _share)
    if path is None:
        return None
    text = write(_renamed(found.tree, path, "ghost"))
    new = (*path[:-1], "ghost")
    return Mutant(kind, text.content, (new, path[:-1], path))


def _odd_key(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, lambda base, path, value: isinstance(path[-1], str))
    assert path is not None
    raw = dice.choice(["1", "true", "~", "[a]", "<<", "1.5"])
    text = write(_renamed(found.tree, path, Raw(raw)))
    return Mutant(kind, text.content)


def _twice(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, lambda base, path, value: not isinstance(value, dict | list))
    assert path is not None
    if isinstance(path[-1], int):
        return None
    text = write(found.tree)
    line = text.place[path] - 1
    again = text.lines[line] if text.lines[line].endswith(",") else text.lines[line] + ","
    if write is written_json:
        text.lines.insert(line, again)
    else:
        text.lines.insert(line, text.lines[line])
    return Mutant(kind, text.content, (path,), line + 2)


def _look_alike(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    def entity(base: Base, path: Path, value: Any) -> bool:
        return isinstance(value, dict) and isinstance(base.owner(path), dict)

    path = _pick(dice, found, entity)
    if path is None:
        return None
    name = str(path[-1])
    twin = dice.choice([name + " ", name.upper() + "\u200b", name.title() + " ", f"\u00a0{name}"])
    if twin == name:
        return None
    changed = copy.deepcopy(found.tree)
    at(changed, path[:-1])[twin] = copy.deepcopy(at(changed, path))
    return Mutant(kind, write(changed).content, ((*path[:-1], twin),))


def _cut(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    content = write(found.tree).content
    cut = content[: dice.randrange(len(content) - 2)]
    # YAML that ends early may be whole.
    return Mutant(kind, cut, refused=write is written_json)


def _bytes(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    content = bytearray(write(found.tree).content)
    for _ in range(dice.randint(1, 4)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return Mutant(kind, bytes(content), refused=False)


def _encoding(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    text = write(found.tree).content.decode()
    code = dice.choice(["utf-16", "utf-16-le", "utf-32"])
    return Mutant(kind, text.encode(code))


def _documents(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    content = write(found.tree).content
    extra = dice.choice([b"---\na: 1\n", b"{}", b"]", b"%YAML 1.1\n---\n", b"\x00"])
    return Mutant(kind, content + extra)


def _deep(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = _pick(dice, found, _text)
    assert path is not None
    depth = dice.choice([25, 2000])
    return Mutant(kind, write(_set(found.tree, path, Raw("[" * depth + "]" * depth))).content)


STRUCTURE: dict[str, Callable[[random.Random, Base, Any, str], Mutant | None]] = {
    "unknown field": _unknown_field,
    "missing field": _missing_field,
    "unknown reference": _unknown_reference,
    "key that is no text": _odd_key,
    "key twice": _twice,
    "look-alike": _look_alike,
    "cut off": _cut,
    "random bytes": _bytes,
    "not UTF-8": _encoding,
    "several documents": _documents,
    "too deep": _deep,
}
KINDS = (*VALUES, *RAW, *STRUCTURE)


def mutant(number: int, form: str) -> Mutant:
    """The file with this number in this format."""
    dice = random.Random(f"{form}-{number}")
    kind = KINDS[number % len(KINDS)]
    write = FORMATS[form][1]
    while True:
        found = base(dice.randrange(len(BASES)))
        if kind in VALUES:
            made = _value_fault(dice, found, write, kind)
        elif kind in RAW:
            made = _raw_fault(dice, found, write, kind)
        else:
            made = STRUCTURE[kind](dice, found, write, kind)
        if made is not None:
            return made
