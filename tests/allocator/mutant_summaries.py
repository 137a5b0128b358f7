"""Faults of CSV files: summaries of a posterior with a row a parameter."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.allocator.mutant_places import Base, Fault, Mutant

SUMMARY = Path(__file__).parents[2] / "instances" / "curves" / "meridian.csv"
MEAN = 1
"""Column that counts, from 0."""

Rows = list[list[str]]
Change = Callable[[random.Random, Rows], "tuple[int, str] | None"]
"""Changes the rows; gives line and name of the row that must be named, or neither."""

WRONG = {
    "word for a number": ("NaN", "inf", "-inf", "n/a", "x", "None", "#REF!", "true"),
    "blank": ("", " "),
    "ambiguous": ("010", "0x1F", "1_000", "0b1"),
    "other digits": ("１２", "١٢", "1\u00a0000"),
    "thousands": ("1,000", "1.000,50", "0,5", "10%", "12:30"),
    "formula": ("=1+1", "+1+1", "@x"),
    "beyond doubles": ("1e400", "-1e999", "1e-400", "9" * 500),
    "inexact integer": ("9007199254740993",),
    "far too large": ("1e300", "-1e300", "-1"),
}
"""Means that are none: the row must be named, with its value."""


def _rows() -> Rows:
    return [line.split(",") for line in SUMMARY.read_text("utf-8").splitlines()]


def _content(rows: Rows) -> bytes:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if "," in cell or '"' in cell or "\n" in cell else cell

    return "".join(",".join(map(quoted, row)) + "\n" for row in rows).encode()


def _mean(kind: str, dice: random.Random, found: Base) -> Mutant:
    rows = _rows()
    row = dice.randrange(1, len(rows))
    if kind == "far too large":
        # An outcome of 1e300 is caught where the curve is: in no row but in its line.
        row = dice.choice([n for n in range(1, len(rows)) if rows[n][0].startswith("alpha_m")])
    rows[row][MEAN] = dice.choice(WRONG[kind])
    return Mutant(kind, _content(rows), ((rows[row][0],),), row + 1, bool(rows[row][MEAN]))


def _amount(dice: random.Random, found: Base) -> Mutant:
    """A scale beyond every limit, or none: told where the curve's field is."""
    rows = _rows()
    row = dice.choice([n for n in range(1, len(rows)) if rows[n][0].startswith(("ec_m", "beta"))])
    rows[row][MEAN] = dice.choice(["1e300", "-1", "0", "1e14"])
    channel = rows[row][0].partition("[")[2].rstrip("]")
    fields = [("curves", channel, key) for key in ("half", "scale")]
    return Mutant("amount", _content(rows), ((rows[row][0],), *fields), row + 1)


def _changed(kind: str, change: Change, dice: random.Random, found: Base) -> Mutant | None:
    rows = _rows()
    told = change(dice, rows)
    line, name = told or (0, "")
    return Mutant(kind, _content(rows), ((name,),) if name else (), line)


def _any(dice: random.Random, rows: Rows) -> int:
    return dice.randrange(1, len(rows))


def _twice(dice: random.Random, rows: Rows) -> tuple[int, str]:
    row, new = _any(dice, rows), _any(dice, rows) + 1
    rows.insert(max(new, row + 1), list(rows[row]))
    return max(new, row + 1) + 1, rows[row][0]


def _gone(dice: random.Random, rows: Rows) -> tuple[int, str] | None:
    required = [n for n in range(1, len(rows)) if not rows[n][0].startswith(("max", "slope"))]
    row = dice.choice(required)
    (name, *_) = rows.pop(row)
    return 0, name


def _unknown(dice: random.Random, rows: Rows) -> tuple[int, str]:
    row = _any(dice, rows)
    name = rows[row][0]
    rows[row][0] = dice.choice([name + "x", "x" + name, name.replace("_", ""), name.upper()])
    return row + 1, rows[row][0]


def _nameless(dice: random.Random, rows: Rows) -> tuple[int, str]:
    row = _any(dice, rows)
    rows[row][0] = dice.choice(["", "alpha_m[]", "alpha_m", "alpha_m[a", "outcome_scale[a]"])
    return row + 1, rows[row][0]


def _shifted(dice: random.Random, rows: Rows) -> tuple[int, str]:
    row = _any(dice, rows)
    rows[row].append("1.0")
    return row + 1, rows[row][0]


def _short(dice: random.Random, rows: Rows) -> tuple[int, str]:
    row = _any(dice, rows)
    del rows[row][MEAN:]
    return row + 1, rows[row][0]


def _heading(dice: random.Random, rows: Rows) -> None:
    rows[0][MEAN] = dice.choice(["Mean", "means", "", "mean ", "median"])


def _heading_twice(dice: random.Random, rows: Rows) -> None:
    rows[0][dice.randrange(2, len(rows[0]))] = "mean"


def _whole(kind: str, changed: Callable[[random.Random, bytes], bytes], refused: bool) -> Fault:
    def fault(dice: random.Random, found: Base) -> Mutant:
        return Mutant(kind, changed(dice, SUMMARY.read_bytes()), refused=refused)

    return fault


def _cut(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) - 1)]


def _bytes(dice: random.Random, content: bytes) -> bytes:
    new = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        new[dice.randrange(len(new))] = dice.randrange(256)
    return bytes(new)


def _encoded(dice: random.Random, content: bytes) -> bytes:
    return content.decode().encode(dice.choice(["utf-16", "utf-16-le", "utf-32"]))


def _separator(dice: random.Random, content: bytes) -> bytes:
    return content.replace(b",", dice.choice([b";", b"\t", b"|"]))


def _control(dice: random.Random, content: bytes) -> bytes:
    odd = dice.choice(["\x00", "\x07", "\u202e", "\u2028", "\ufeff"]).encode()
    place = content.index(b"[", dice.randrange(len(content) // 2)) + 1
    return content[:place] + odd + content[place:]


def _quote(dice: random.Random, content: bytes) -> bytes:
    place = content.index(b"\n", dice.randrange(len(content) // 2)) + 1
    return content[:place] + b'"' + content[place:]


def _other(dice: random.Random, content: bytes) -> bytes:
    return dice.choice([b"", b"\n", b"PK\x03\x04" + bytes(60), b"{}", b"a: 1\n", b",mean\n"])


SUMMARY_FAULTS: dict[str, Fault] = {
    **{kind: partial(_mean, kind) for kind in WRONG},
    "amount": _amount,
    "row twice": partial(_changed, "row twice", _twice),
    "row gone": partial(_changed, "row gone", _gone),
    "unknown row": partial(_changed, "unknown row", _unknown),
    "row without a name": partial(_changed, "row without a name", _nameless),
    "cell too many": partial(_changed, "cell too many", _shifted),
    "cells too few": partial(_changed, "cells too few", _short),
    "heading": partial(_changed, "heading", _heading),
    "heading twice": partial(_changed, "heading twice", _heading_twice),
    "cut off": _whole("cut off", _cut, refused=False),
    "random bytes": _whole("random bytes", _bytes, refused=False),
    "not UTF-8": _whole("not UTF-8", _encoded, refused=True),
    "separator": _whole("separator", _separator, refused=True),
    "control character": _whole("control character", _control, refused=True),
    "open quote": _whole("open quote", _quote, refused=True),
    "another file": _whole("another file", _other, refused=True),
}
