"""Faults of tables: weekly exports, histories, draws, as CSV and as parquet."""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from allocator.csv_table import plain_number
from allocator.reading import Path
from allocator.weekly.columns import BY_NAME, KNOWN, folded
from tests.allocator.mutant_places import Base, Fault, Mutant
from tests.allocator.table_texts import DRAWS, HISTORY, WEEKLY, Rows, csv_of


@dataclass(frozen=True)
class Table:
    """A table without faults.

    Attributes:
        lines: its lines, the heading first.
        needed: columns in which every row holds a number.
        weekly: whether its first column is the week, and no week may be left out.
        mark: separators that it is not read with.
        large: whether a number that is too large is told with its column and value, not only
            with its line.
        misspelt: columns whose heading, misspelt, must be refused.
    """

    lines: tuple[str, ...]
    needed: tuple[str, ...]
    weekly: bool = True
    mark: str = ";|\t"
    large: bool = True
    misspelt: tuple[str, ...] = ()

    def rows(self) -> Rows:
        """Cells by row."""
        return [line.split(",") for line in self.lines]


EXPORT = tuple(WEEKLY.read_text("utf-8").splitlines())
FIGURES = tuple(DRAWS[0].split(",")[1:])
TABLES = {
    "weekly": Table(
        EXPORT,
        ("成交金额", "观看人次", "成交订单数", "直播时长"),
        mark="|",
        misspelt=tuple(name for name in EXPORT[0].split(",")[1:] if len(name) >= 4),
    ),
    "history": Table(
        HISTORY,
        ("hours", "spend.feed", "creators.tail"),
        misspelt=tuple(HISTORY[0].split(",")),
    ),
    "draws": Table(DRAWS, FIGURES, weekly=False, large=False, misspelt=FIGURES),
}
WRONG = {
    "word for a number": ("NaN", "inf", "-inf", "n/a", "x", "None", "#REF!", "true"),
    "ambiguous": ("0x1F", "1_000", "0b1", "1e5e5"),
    "other digits": ("١٢", "๑๒", "1\u00a0000", "1²", "½"),
    "comma": ("1,5", "1.000,50", "12,34,5", "0,123", "1,0000"),
    "share or clock": ("10%", "12:30", "1/2"),
    "formula": ("=1+1", "+1+1", "@x"),
    "beyond doubles": ("1e400", "-1e999", "1e-400", "9" * 500),
    "far too large": ("1e300", "-1e300", "-1"),
    "sign alone": ("+", ".", "e5", "¥", "元"),
}
"""Cells that are no number of a table: line, column and value must be told."""
NO_WEEK = ("2026-W175", "2026-W17abc", "2026-04-209", "2026-13", "x", "2026420", "2026-W54")


def _path(heading: str) -> Path:
    return tuple(heading.split("."))


def _cell(table: Table, kind: str, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row, name = dice.randrange(1, len(rows)), dice.choice(table.needed)
    rows[row][rows[0].index(name)] = dice.choice(WRONG[kind])
    if kind == "far too large" and not table.large:
        return Mutant(kind, csv_of(rows).encode(), (), row + 1)
    return Mutant(kind, csv_of(rows).encode(), (_path(name),), row + 1, value=True)


def _blank(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row, name = dice.randrange(1, len(rows)), dice.choice(table.needed)
    # A history may tell what belongs to the week in one row of it.
    same = [r for r in rows if r[0] == rows[row][0]] if table.weekly else [rows[row]]
    blank = dice.choice(("", " ", "-", "/", "--"))
    for one in same:
        one[rows[0].index(name)] = blank
    return Mutant("blank", csv_of(rows).encode(), (_path(name),), rows.index(same[0]) + 1)


def _week(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row = dice.randrange(1, len(rows))
    rows[row][0] = dice.choice(NO_WEEK)
    return Mutant("week", csv_of(rows).encode(), ((rows[0][0],),), row + 1, value=True)


def _again(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row = dice.randrange(1, len(rows))
    rows.insert(row, list(rows[row]))
    return Mutant("row twice", csv_of(rows).encode(), place=row + 2)


def _gone(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    week = dice.choice(sorted({row[0] for row in rows[2:]} - {rows[1][0], rows[-1][0]}))
    rows = [row for row in rows if row[0] != week]
    return Mutant("week gone", csv_of(rows).encode(), ((rows[0][0],),))


def _wide(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row = dice.randrange(1, len(rows))
    rows[row] += dice.choice((["1"], [""], ["1", "2"]))
    return Mutant("cell too many", csv_of(rows).encode(), place=row + 1)


def _narrow(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    row = dice.randrange(1, len(rows))
    del rows[row][dice.randrange(1, len(rows[row])) :]
    return Mutant("cells too few", csv_of(rows).encode(), place=row + 1)


def _last(table: Table, dice: random.Random, found: Base) -> Mutant:
    """The last row, cut off before its last cell."""
    text = "\n".join(table.lines)
    first, last = text.rindex("\n") + 2, text.rindex(",")
    return Mutant("last row", text[: dice.randrange(first, last)].encode(), place=len(table.lines))


def _slip(dice: random.Random, name: str) -> str:
    """The name with one sign left out, or two swapped."""
    at = dice.randrange(1, len(name) - 1)
    if dice.random() < 0.5:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _misspelt(table: Table, dice: random.Random, found: Base) -> Mutant | None:
    rows = table.rows()
    right = dice.choice(table.misspelt)
    wrong = _slip(dice, right)
    if wrong == right or folded(wrong) in KNOWN or ("." in right) != ("." in wrong):
        return None
    rows[0][rows[0].index(right)] = wrong
    english = KNOWN.get(folded(right))
    named = (_path(wrong), _path(right), *(((BY_NAME[english].en,),) if english else ()))
    return Mutant("heading misspelt", csv_of(rows).encode(), named, 1)


def _same(table: Table, dice: random.Random, found: Base) -> Mutant:
    rows = table.rows()
    one, other = dice.sample(table.misspelt, 2)
    rows[0][rows[0].index(other)] = one
    return Mutant("heading twice", csv_of(rows).encode(), (), 1)


def _whole(kind: str, table: Table, changed: Callable[..., bytes], refused: bool) -> Fault:
    def fault(dice: random.Random, found: Base) -> Mutant:
        content = ("\n".join(table.lines) + "\n").encode()
        return Mutant(kind, changed(dice, content, table), refused=refused)

    return fault


def _cut(dice: random.Random, content: bytes, table: Table) -> bytes:
    return content[: dice.randrange(len(content) - 1)]


def _bytes(dice: random.Random, content: bytes, table: Table) -> bytes:
    new = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        new[dice.randrange(len(new))] = dice.randrange(256)
    return bytes(new)


def _encoded(dice: random.Random, content: bytes, table: Table) -> bytes:
    return content.decode().encode(dice.choice(["utf-16-le", "utf-32"]))


def _separator(dice: random.Random, content: bytes, table: Table) -> bytes:
    return content.replace(b",", dice.choice(table.mark).encode())


def _control(dice: random.Random, content: bytes, table: Table) -> bytes:
    odd = dice.choice(["\x00", "\x07", "\x1b[31m", "\u202e", "\u2028"])
    text = content.decode()
    place = dice.randrange(1, len(text))
    return (text[:place] + odd + text[place:]).encode()


def _quote(dice: random.Random, content: bytes, table: Table) -> bytes:
    place = content.index(b"\n", dice.randrange(len(content) // 2)) + 1
    return content[:place] + b'"' + content[place:]


def _other(dice: random.Random, content: bytes, table: Table) -> bytes:
    return dice.choice([b"", b"\n", b"PK\x03\x04" + bytes(60), b"{}", b"a: 1\n", b"a,b\n1,2\n"])


ROWS = {"week": _week, "row twice": _again, "week gone": _gone}
"""Faults of tables with a week a row."""
CELLS = {
    "blank": _blank,
    "cell too many": _wide,
    "cells too few": _narrow,
    "last row cut off": _last,
    "heading misspelt": _misspelt,
    "heading twice": _same,
}
WHOLE = {
    "cut off": (_cut, False),
    "random bytes": (_bytes, False),
    "not UTF-8": (_encoded, True),
    "separator": (_separator, True),
    "control character": (_control, True),
    "open quote": (_quote, True),
    "another file": (_other, True),
}


def table_faults(name: str) -> dict[str, Fault]:
    """All faults of a table, by their names."""
    table = TABLES[name]
    return {
        **{kind: partial(_cell, table, kind) for kind in WRONG},
        **{kind: partial(make, table) for kind, make in CELLS.items()},
        **({kind: partial(make, table) for kind, make in ROWS.items()} if table.weekly else {}),
        **{kind: _whole(kind, table, *how) for kind, how in WHOLE.items()},
    }


OF_TEXT = ("cell too many", "cells too few", "last row cut off", *WHOLE)
"""Faults that only a text can have."""
OF_BYTES = {"cut off": _cut, "random bytes": _bytes, "another file": _other}
"""Those of a file of bytes; whatever is cut off or is another file must be refused."""


def parquet_of(content: bytes) -> bytes:
    """A CSV text as a parquet file: columns of numbers where all cells are, else of texts."""
    import pyarrow
    from pyarrow import parquet

    heading, *rows = csv.reader(io.StringIO(content.decode()))
    columns = [_column([row[k] for row in rows]) for k in range(len(heading))]
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(columns, names=heading), file)
    return file.getvalue()


def _column(cells: list[str]) -> object:
    import pyarrow

    try:
        return pyarrow.array([plain_number(cell) if cell else None for cell in cells])
    except ValueError:
        return pyarrow.array([cell or None for cell in cells])


def _packed(fault: Fault, dice: random.Random, found: Base) -> Mutant | None:
    """The same fault in a parquet file, whose rows count from 1 without the heading."""
    made = fault(dice, found)
    if made is None:
        return None
    place = made.place - 1 if isinstance(made.place, int) and made.place > 1 else 0
    return replace(made, content=parquet_of(made.content), place=place)


def _broken(kind: str, table: Table, dice: random.Random, found: Base) -> Mutant:
    content = parquet_of(("\n".join(table.lines) + "\n").encode())
    changed = OF_BYTES[kind](dice, content, table)
    return Mutant(kind, changed, refused=kind != "random bytes")


def parquet_faults(name: str) -> dict[str, Fault]:
    """All faults of a table in a parquet file, by their names."""
    faults = {k: fault for k, fault in table_faults(name).items() if k not in OF_TEXT}
    return {
        **{kind: partial(_packed, fault) for kind, fault in faults.items()},
        **{kind: partial(_broken, kind, TABLES[name]) for kind in OF_BYTES},
    }
