"""Faults of workbooks: of a cell, of a table's form, and of the file below the cells."""

import random
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import date, time
from functools import cache, partial
from io import BytesIO
from typing import Any

from allocator.tree import Path
from allocator.workbook.guard import cell_name
from tests.allocator.mutant_places import (
    VALUES,
    Base,
    Fault,
    Mutant,
    Place,
    at,
    is_number,
    is_required,
    is_text,
    pick,
)
from tests.allocator.workbook.written import (
    FIRST,
    KEYS,
    MARKER,
    SETTING_FIRST,
    STAND_IN,
    Sheets,
    home,
    leaf_at,
    written_workbook,
)

NOT_OF_CELLS = (
    "list for a number",
    "mapping for a number",
    "empty text for a number",
    "list for a text",
    "number for a record",
    "text for a record",
    "list for a record",
)
"""Faults of a value that no cell can have."""
SETTINGS = "s0"
"""Name of the sheet of settings."""


@cache
def _written(number: int) -> Sheets:
    from tests.allocator.mutant_places import base

    return written_workbook(base(number).tree)


def book(found: Base) -> Sheets:
    """The workbook of a valid file, to be changed."""
    from tests.allocator.mutant_places import BASES, base

    number = next(n for n in range(len(BASES)) if base(n) is found)
    return deepcopy(_written(number))


def alone(found: Base, path: Path, value: Any) -> bool:
    """Whether a value has a cell of its own."""
    return not isinstance(value, dict | list) and isinstance(path[-1], str)


def _pick(dice: random.Random, found: Base, fits: Place) -> Path | None:
    return pick(dice, found, lambda b, p, v: alone(b, p, v) and fits(b, p, v))


def _value(kind: str, dice: random.Random, found: Base) -> Mutant | None:
    fits, change = VALUES[kind]
    path = _pick(dice, found, fits)
    if path is None:
        return None
    sheets, new = book(found), change(dice, at(found.tree, path))
    return Mutant(kind, sheets.put(path, new).content, (path,), sheets.place[path], True)


def _other_cell(kind: str, value: Any, dice: random.Random, found: Base) -> Mutant | None:
    """A cell of another type than any field has."""
    path = _pick(dice, found, is_number)
    if path is None:
        return None
    sheets = book(found)
    return Mutant(kind, sheets.put(path, value).content, (path,), sheets.place[path], True)


def _blank(dice: random.Random, found: Base) -> Mutant | None:
    path = _pick(dice, found, is_required)
    if path is None:
        return None
    sheets = book(found)
    # A record that is empty now is missing itself, without a cell.
    return Mutant("blank", sheets.put(path, None).content, (path, path[:-1]))


def _list(dice: random.Random, found: Base) -> Mutant | None:
    """A list of numbers in one cell, one of them none."""

    def numbers(base: Base, path: Path, value: Any) -> bool:
        held = isinstance(value, list) and bool(value)
        return held and all(type(v) in (int, float) for v in value)

    path = pick(dice, found, numbers)
    if path is None:
        return None
    sheets = book(found)
    bad = dice.choice(["010", "x", "50%", "0,5", "1_0", ".nan", "1e400", "９"])
    text = "; ".join([*map(str, at(found.tree, path)), bad])
    items = [(*path, n) for n in range(len(at(found.tree, path)) + 1)]
    return Mutant("list", sheets.put(path, text).content, (path, *items), sheets.place[path])


def _below(dice: random.Random, found: Base, new: bytes, kind: str) -> Mutant | None:
    """A number whose XML is replaced."""
    path = _pick(dice, found, is_number)
    if path is None:
        return None
    sheets = book(found).put(path, STAND_IN)
    old = f"><v>{STAND_IN}</v>".encode()
    sheets.below = lambda name, data: data.replace(old, new)
    # A number that cannot be parsed makes the whole sheet unreadable for some.
    named = kind not in ("odd number", "shared text")
    place = sheets.place[path] if named else 0
    return Mutant(kind, sheets.content, (path,) if named else (), place)


def _odd_number(dice: random.Random, found: Base) -> Mutant | None:
    odd = ("NaN", "inf", "1e400", "-1e999", "1e-400", "abc", "1,5", "0x1F", "1_000", "９", "1 2")
    return _below(dice, found, f"><v>{dice.choice(odd)}</v>".encode(), "odd number")


def _error(dice: random.Random, found: Base) -> Mutant | None:
    said = dice.choice(["#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"])
    return _below(dice, found, f' t="e"><v>{said}</v>'.encode(), "error")


def _unsaved(dice: random.Random, found: Base) -> Mutant | None:
    formula = dice.choice([b"><f>1+1</f>", b"><f>1+1</f><v></v>", b"><f>A1</f><v/>"])
    return _below(dice, found, formula, "unsaved formula")


def _shared_text(dice: random.Random, found: Base) -> Mutant | None:
    index = dice.choice([b"999999", b"-1", b"x"])
    return _below(dice, found, b' t="s"><v>' + index + b"</v>", "shared text")


def _control(dice: random.Random, found: Base) -> Mutant | None:
    path = _pick(dice, found, is_text)
    if path is None:
        return None
    sheets = book(found)
    odd = dice.choice(["a\u202eb", "a\u2028b", "a\ufeffb", "a\x85b", "a\x07b", "\x00"])
    return Mutant("control character", sheets.put(path, odd).content, (path,), sheets.place[path])


def _tables(sheets: Sheets) -> list[str]:
    """Sheets with a row for every named entity."""
    return [
        name
        for name, cells in sheets.cells.items()
        if name != SETTINGS and str(cells.get((KEYS, 1), "")).startswith("(")
    ]


def _owners(sheets: Sheets, name: str) -> int:
    heads = [sheets.cells[name].get((KEYS, c), "") for c in (1, 2)]
    return sum(str(head).startswith("(") for head in heads)


def _widest(sheets: Sheets, name: str) -> int:
    return max(column for _, column in sheets.cells[name])


def _last(sheets: Sheets, name: str) -> int:
    return max(row for row, _ in sheets.cells[name])


def _unknown_key(dice: random.Random, found: Base) -> Mutant | None:
    """A heading or a setting with a letter too many or too few."""
    path = _pick(dice, found, lambda base, path, value: value is not None)
    assert path is not None
    sheets, table = book(found), home(path)
    steps = path[len(table.path) :]
    leaf = leaf_at(table, steps)
    if leaf is None or leaf.is_map:
        return None
    last = str(steps[-1])
    wrong = (*steps[:-1], dice.choice([last + "_", "x" + last, last.upper(), last[:-1]]))
    if leaf_at(table, wrong) is not None or not all(wrong):
        return None
    name, row, column = sheets.where(path)
    row, column = (row, 2) if name == SETTINGS else (KEYS, column)
    made = sheets.at(name, row, column, ".".join(map(str, wrong)))
    place = f"{name}!{cell_name(row, column)}"
    return Mutant("unknown key", made.content, (wrong,), place)


def _key_twice(dice: random.Random, found: Base) -> Mutant | None:
    path = _pick(dice, found, lambda base, path, value: value is not None)
    assert path is not None
    sheets, table = book(found), home(path)
    name, row, column = sheets.where(path)
    steps = path[len(table.path) :]
    if name == SETTINGS:
        new = _last(sheets, name) + 1
        made = sheets.at(name, new, 2, ".".join(map(str, steps)))
        made.cells[name][new, 3] = at(found.tree, path)
        place = f"{name}!{cell_name(new, 2)}"
    else:
        new = _widest(sheets, name) + 1
        made = sheets.at(name, KEYS, new, sheets.cells[name][KEYS, column])
        made.cells[name][row, new] = at(found.tree, path)
        place = f"{name}!{cell_name(KEYS, new)}"
    return Mutant("key twice", made.content, (steps,), place)


def _without_key(dice: random.Random, found: Base) -> Mutant | None:
    """A value where no column and no row says what it is."""
    sheets = book(found)
    name = dice.choice(list(sheets.cells))
    if name == SETTINGS:
        row, column = _last(sheets, name) + 2, 3
    else:
        row, column = dice.randrange(FIRST, _last(sheets, name) + 1), _widest(sheets, name) + 1
        if not any(at_row == row for at_row, _ in sheets.cells[name]):
            return None
    made = sheets.at(name, row, column, dice.choice([5, "x", True]))
    return Mutant("without key", made.content, (), f"{name}!{cell_name(row, column)}")


def _row(dice: random.Random, found: Base) -> tuple[Sheets, str, int] | None:
    """A random row of a table with names."""
    sheets = book(found)
    names = _tables(sheets)
    if not names:
        return None
    name = dice.choice(names)
    return sheets, name, dice.randrange(FIRST, _last(sheets, name) + 1)


def _nameless(dice: random.Random, found: Base) -> Mutant | None:
    picked = _row(dice, found)
    if picked is None:
        return None
    sheets, name, row = picked
    column = dice.randrange(_owners(sheets, name)) + 1
    made = sheets.at(name, row, column, None)
    if not any(r == row for r, _ in made.cells[name]):
        return None
    return Mutant("nameless", made.content, (), f"{name}!{cell_name(row, column)}")


def _renamed(kind: str, dice: random.Random, found: Base) -> Mutant | None:
    """A row once more, under the same or under another name."""
    picked = _row(dice, found)
    if picked is None:
        return None
    sheets, name, row = picked
    new, column = _last(sheets, name) + 1, _owners(sheets, name)
    old = str(sheets.cells[name][row, column])
    twin = {
        "name twice": old,
        "look-alike": dice.choice([f"\u00a0{old}", old.upper() + "\u200b", old + " "]),
        "no name": dice.choice(["5", "two words", "=1+1", "x" * 50, "名字", "../a"]),
    }[kind]
    for (at_row, at_column), value in list(sheets.cells[name].items()):
        if at_row == row:
            sheets.cells[name][new, at_column] = value
    sheets.cells[name][new, column] = twin
    return Mutant(kind, sheets.content, (), f"{name}!{cell_name(new, column)}")


def _ghost(dice: random.Random, found: Base) -> Mutant | None:
    """A row of a table below another whose owner is not there."""
    picked = _row(dice, found)
    if picked is None or _owners(picked[0], picked[1]) < 2:
        return None
    sheets, name, row = picked
    place = f"{name}!{cell_name(row, 1)}"
    return Mutant("ghost", sheets.at(name, row, 1, "ghost").content, (), place)


def _marker(dice: random.Random, found: Base) -> Mutant | None:
    sheets = book(found)
    name = dice.choice(list(sheets.cells))
    old = str(sheets.cells[name][MARKER, 1])
    new = dice.choice([old + "s", old.upper(), "5", "", "notes"])
    made = sheets.at(name, MARKER, 1, new or None)
    return Mutant("marker", made.content, (), f"{name}!A2")


def _sheet_twice(dice: random.Random, found: Base) -> Mutant | None:
    sheets = book(found)
    name = dice.choice(list(sheets.cells))
    sheets.cells["again"] = dict(sheets.cells[name])
    return Mutant("sheet twice", sheets.content, (), "again!A2")


def _owner_heading(dice: random.Random, found: Base) -> Mutant | None:
    picked = _row(dice, found)
    if picked is None:
        return None
    sheets, name, _ = picked
    made = sheets.at(name, KEYS, 1, dice.choice(["name", "(x)", 5, None]))
    return Mutant("owner heading", made.content, (), f"{name}!A4")


def _merged(dice: random.Random, found: Base) -> Mutant | None:
    sheets = book(found)
    name = dice.choice(list(sheets.cells))
    row = dice.randrange(SETTING_FIRST if name == SETTINGS else KEYS, _last(sheets, name) + 1)
    column = dice.randrange(1, _widest(sheets, name) + 1)
    sheets.merged.append((name, row, column))
    return Mutant("merged", sheets.content, (), f"{name}!{cell_name(row, column)}")


def _far(dice: random.Random, found: Base) -> Mutant | None:
    sheets = book(found)
    name = dice.choice(list(sheets.cells))
    row, column = dice.choice([(1048576, 16384), (30_000, 1), (1, 2_500), (19_000, 1_900)])
    return Mutant("far cell", sheets.at(name, row, column, 1).content)


def _whole(dice: random.Random, found: Base) -> bytes:
    return book(found).content


def _cut(dice: random.Random, found: Base) -> Mutant | None:
    content = _whole(dice, found)
    return Mutant("cut off", content[: dice.randrange(len(content) - 1)])


def _bytes(dice: random.Random, found: Base) -> Mutant | None:
    content = bytearray(_whole(dice, found))
    for _ in range(dice.randint(1, 4)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return Mutant("random bytes", bytes(content), refused=False)


def _part(dice: random.Random, found: Base, change: Callable[[bytes], bytes | None]) -> bytes:
    """The workbook with one of its files changed, or gone."""
    content, buffer = _whole(dice, found), BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        chosen = dice.choice([e.filename for e in old.infolist() if "docProps" not in e.filename])
        for entry in old.infolist():
            data = old.read(entry)
            kept = change(data) if entry.filename == chosen else data
            if kept is not None:
                new.writestr(entry.filename, kept)
    return buffer.getvalue()


def _part_bytes(dice: random.Random, found: Base) -> Mutant | None:
    def change(data: bytes) -> bytes:
        new = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            new[dice.randrange(len(new))] = dice.randrange(256)
        return bytes(new)

    return Mutant("bytes of a part", _part(dice, found, change), refused=False)


def _part_cut(dice: random.Random, found: Base) -> Mutant | None:
    def change(data: bytes) -> bytes:
        return data[: dice.randrange(len(data) - 2)]

    # A workbook may do without its styles.
    return Mutant("part cut off", _part(dice, found, change), refused=False)


def _part_gone(dice: random.Random, found: Base) -> Mutant | None:
    return Mutant("part gone", _part(dice, found, lambda data: None), refused=False)


def _entities(dice: random.Random, found: Base) -> Mutant | None:
    bomb = b'?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    made = _part(dice, found, lambda data: data.replace(b"?>", bomb, 1))
    return Mutant("entities", made)


def _other_file(dice: random.Random, found: Base) -> Mutant | None:
    other = dice.choice(
        [b"", b"PK", b"a: 1\n", b"{}", b"\xd0\xcf\x11\xe0" + bytes(600), b"a,b\n1,2\n", bytes(900)]
    )
    return Mutant("another file", other)


def _locked(dice: random.Random, found: Base) -> Mutant | None:
    content = bytearray(_whole(dice, found))
    start = content.index(b"PK\x01\x02")
    content[start + 8] |= 1
    return Mutant("password", bytes(content))


def _namesake(dice: random.Random, found: Base) -> Mutant | None:
    """Two files of one name in the zip: two readers may take different ones."""
    content, buffer = _whole(dice, found), BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        name = dice.choice(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
        data = old.read(name)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            new.writestr(name, data.replace(b"<v>1", b"<v>2"))
    return Mutant("part twice", buffer.getvalue())


BOOK_FAULTS: dict[str, Fault] = {
    **{kind: partial(_value, kind) for kind in VALUES if kind not in NOT_OF_CELLS},
    "day for a number": partial(_other_cell, "day for a number", date(2026, 2, 3)),
    "hour for a number": partial(_other_cell, "hour for a number", time(8, 30)),
    "blank": _blank,
    "list": _list,
    "odd number": _odd_number,
    "error": _error,
    "unsaved formula": _unsaved,
    "shared text": _shared_text,
    "control character": _control,
    "unknown key": _unknown_key,
    "key twice": _key_twice,
    "without key": _without_key,
    "nameless": _nameless,
    "name twice": partial(_renamed, "name twice"),
    "look-alike": partial(_renamed, "look-alike"),
    "no name": partial(_renamed, "no name"),
    "ghost": _ghost,
    "marker": _marker,
    "sheet twice": _sheet_twice,
    "owner heading": _owner_heading,
    "merged": _merged,
    "far cell": _far,
    "cut off": _cut,
    "random bytes": _bytes,
    "bytes of a part": _part_bytes,
    "part cut off": _part_cut,
    "part gone": _part_gone,
    "entities": _entities,
    "another file": _other_file,
    "password": _locked,
    "part twice": _namesake,
}
