"""The summary of a posterior, a CSV file with a row a parameter, as a mapping with its lines."""

import csv
import re
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from allocator.faults import InputError, Problem, field_name, is_number, shown
from allocator.reading import read_text
from allocator.tree import Path, Place, Tree, plain_scalar
from allocator.wording import suggest

CHANNEL_ROWS = ("alpha_m", "ec_m", "slope_m", "beta_m", "spend_scale")
"""Parameters with a row for every channel, such as ``alpha_m[tv]``."""
OTHER_ROWS = ("outcome_scale", "max_lag")
VALUE = "mean"
"""Column that counts."""
LARGEST = 2_000_000
"""Most bytes of a summary."""


def read_summary(path: str) -> Tree:
    """Mean of every row by its name, each a number, with its line.

    Raises:
        InputError: the file cannot be read, a row is unknown or stands twice, or a mean is no
            plain number.
    """

    def refuse(line: int, rule: str, hint: str = "", row: str = "", value: str = "") -> InputError:
        name = field_name((row,)) if row else ""
        return InputError([Problem(path, line, name, value, rule, hint)])

    text = read_text(FilePath(path), LARGEST)
    table = csv.reader(StringIO(text, newline=""), strict=True)
    found: dict[str, Any] = {}
    lines: dict[str, int] = {}
    before, width, place = 0, 0, -1
    try:
        for row in table:
            line, before = before + 1, table.line_num
            if place < 0:
                if row.count(VALUE) != 1:
                    raise refuse(line, f"must have one column called {VALUE} in its first line")
                place, width = row.index(VALUE), len(row)
                continue
            if not any(cell.strip() for cell in row):
                continue
            name = row[0].strip()
            said = _fault(name, row, place, width)
            if name in lines:
                said = f"stands twice, in line {lines[name]} and line {line}", ""
            if said:
                raise refuse(line, *said, name)
            try:
                value = plain_scalar(row[place].strip())
            except ValueError as error:
                raise refuse(line, str(error), "", name, shown(row[place])) from None
            if not is_number(value):
                raise refuse(line, "must be a number", "", name, shown(row[place]))
            found[name], lines[name] = value, line
            last = len(row)
    except csv.Error as error:
        raise refuse(table.line_num, f"is not a CSV file: {error}") from None
    if found and last < width and not text.endswith(("\n", "\r")):
        raise refuse(before, "ends in the middle of a row", "end the last row with a line break")
    places: dict[Path, Place] = {(name,): Place(line, 1) for name, line in lines.items()}
    return Tree(path, found, places, {(): Place(1, 1), **places})


def _fault(name: str, row: list[str], place: int, width: int) -> tuple[str, str] | None:
    """Rule and hint if a row cannot be read."""
    kind, bracket, _ = name.partition("[")
    known = CHANNEL_ROWS if bracket else OTHER_ROWS
    if kind not in known or (bracket and not re.fullmatch(r"[^\[\]]+\[[^\[\]]+\]", name)):
        rows = [f"{one}[...]" for one in CHANNEL_ROWS] + list(OTHER_ROWS)
        near = suggest(kind + ("[...]" if bracket else ""), rows)
        return "is no row that is read", near or f"leave it out; known are {', '.join(rows)}"
    if len(row) > width:
        return f"has {len(row)} cells, more than the {width} of the first line", ""
    return None if place < len(row) else (f"has no {VALUE}", "")
