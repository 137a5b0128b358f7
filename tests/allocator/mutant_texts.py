"""Faults of texts: YAML and JSON, one value a line."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allocator.reading import Path
from tests.allocator.mutant_places import (
    VALUES,
    Base,
    Fault,
    Mutant,
    Place,
    Raw,
    at,
    is_field,
    is_number,
    is_required,
    is_share,
    is_text,
    pick,
)


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


RAW: dict[str, tuple[Place, tuple[str, ...], tuple[str, ...]]] = {
    "not finite": (is_number, (".nan", ".inf", "-.Inf"), ("NaN", "Infinity", "-Infinity")),
    "beyond doubles": (is_number, ("1e400", "-1e999"), ("1e400", "-1e999")),
    "below doubles": (is_number, ("1e-400",), ("1e-400",)),
    "ambiguous": (
        is_number,
        ("010", "0x1F", "0o17", "1_000", "0b11"),
        ("010", "0x1F", "+1", ".5"),
    ),
    "long integer": (is_number, ("9" * 5000,), ("9" * 5000,)),
    "inexact integer": (is_number, (str(2**53 + 1),), (str(2**53 + 1),)),
    "anchor": (is_number, ("&a 1",), ("&a 1",)),
    "alias": (is_number, ("*a",), ("*a",)),
    "tag": (is_number, ("!!python/name:os.system 1", "!x 1", "!!float 1"), ("!x 1",)),
    "control character": (
        is_text,
        ('"a\\0b"', '"\\ud800"', '"a\\x07b"'),
        ('"\\u0000"', '"\\ud800"'),
    ),
    "open quote": (is_text, ('"abc',), ('"abc',)),
    "open bracket": (is_text, ("[a, b",), ("[1, 2",)),
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


def _value_fault(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    fits, change = VALUES[kind]
    path = pick(dice, found, fits)
    if path is None:
        return None
    new = change(dice, at(found.tree, path))
    text = write(_set(found.tree, path, new))
    shown = not isinstance(new, dict | list)
    return Mutant(kind, text.content, (path,), text.place[path], shown)


def _raw_fault(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    fits, in_yaml, in_json = RAW[kind]
    path = pick(dice, found, fits)
    if path is None:
        return None
    raw = Raw(dice.choice(in_json if write is written_json else in_yaml))
    text = write(_set(found.tree, path, raw))
    return Mutant(kind, text.content, (), 0)


def _unknown_field(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = pick(dice, found, is_field)
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
    path = pick(dice, found, is_required)
    assert path is not None
    changed = copy.deepcopy(found.tree)
    del at(changed, path[:-1])[path[-1]]
    # A mapping that is empty now, or a variant without its kind, is named itself.
    return Mutant(kind, write(changed).content, (path, path[:-1]))


def _unknown_reference(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = pick(dice, found, is_share)
    if path is None:
        return None
    text = write(_renamed(found.tree, path, "ghost"))
    new = (*path[:-1], "ghost")
    return Mutant(kind, text.content, (new, path[:-1], path))


def _odd_key(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = pick(dice, found, lambda base, path, value: isinstance(path[-1], str))
    assert path is not None
    raw = dice.choice(["1", "true", "~", "[a]", "<<", "1.5"])
    text = write(_renamed(found.tree, path, Raw(raw)))
    return Mutant(kind, text.content)


def _twice(dice: random.Random, found: Base, write: Any, kind: str) -> Mutant | None:
    path = pick(dice, found, lambda base, path, value: not isinstance(value, dict | list))
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

    path = pick(dice, found, entity)
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
    path = pick(dice, found, is_text)
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


def text_faults(write: Callable[[Any], Written]) -> dict[str, Fault]:
    """All faults of a kind of text, by their names."""

    def value(kind: str) -> Fault:
        return lambda dice, found: _value_fault(dice, found, write, kind)

    def raw(kind: str) -> Fault:
        return lambda dice, found: _raw_fault(dice, found, write, kind)

    def structure(kind: str) -> Fault:
        return lambda dice, found: STRUCTURE[kind](dice, found, write, kind)

    return {
        **{kind: value(kind) for kind in VALUES},
        **{kind: raw(kind) for kind in RAW},
        **{kind: structure(kind) for kind in STRUCTURE},
    }
