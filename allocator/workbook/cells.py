"""From a cell of a workbook to the plain value that a YAML file would hold, and back."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from allocator.tree import plain_scalar
from allocator.workbook.layout import Kind, Leaf

Cell = str | float | bool | date | datetime | time | timedelta | None
"""What the reader of workbooks gives; an empty text for an empty cell."""

YES = frozenset(("yes", "true", "是", "y"))
NO = frozenset(("no", "false", "否", "n"))
SEPARATOR = "; "
"""Parts the items of a list in one cell."""


def is_empty(cell: Cell) -> bool:
    """Whether a cell holds nothing; blanks alone are nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def value_of(cell: Cell, leaf: Leaf) -> Any:
    """The plain value of a cell that is not empty.

    What does not fit the field is given as it is, so that the check of the whole instance says
    what would fit.

    Raises:
        ValueError: an item of a list is an ambiguous number.
    """
    if leaf.kind == "list":
        return _list(cell, leaf.of)
    return scalar(cell, leaf.kind)


def scalar(cell: Cell, kind: Kind) -> Any:
    """The plain value of a cell for a field of this kind."""
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if not isinstance(cell, str):
        return str(cell)
    if kind == "text":
        return cell
    said = cell.strip()
    if kind in ("flag", "switch") and said.casefold() in YES | NO:
        return said.casefold() in YES
    if kind == "time" and re.fullmatch(r"-?\d{1,3}", said, re.ASCII):
        return int(said)
    return said


def _list(cell: Cell, of: Kind) -> list[Any]:
    if not isinstance(cell, str):
        return [scalar(cell, of)]
    parts = [part.strip() for part in re.split(r"[;；\n]", cell) if part.strip()]
    return [plain_scalar(part) if of in ("number", "whole") else part for part in parts]


def cell_of(value: Any, leaf: Leaf) -> str | float | bool | None:
    """What is written for a plain value; None where nothing is."""
    if value is None or value == []:
        return None
    if isinstance(value, list):
        if len(value) == 1 and leaf.of in ("number", "whole"):
            return float(value[0])
        return SEPARATOR.join(repr(x) if isinstance(x, float) else str(x) for x in value)
    return value  # type: ignore[no-any-return]
