"""A tree as a workbook, cell by cell, with the cell of every value; and faults that only
workbooks have.

The sheets are written here from the layout, not by ``template``, so the two do not share a
mistake. ``tests.allocator.mutants`` takes both over into its table of formats.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from allocator.book import Exact
from allocator.tree import Path
from allocator.workbook.guard import cell_name
from allocator.workbook.layout import ITEM, KEY, SETTINGS, Leaf, Table, tables
from tests.allocator.workbook.sheets import parts_changed

MARKER, KEYS, FIRST, SETTING_FIRST = 2, 4, 7, 4
"""Rows, from 1, as docs/workbook.md describes them."""
STAND_IN = 987654321.125
"""A number that is replaced below the cells."""

Cells = dict[tuple[int, int], Any]


@dataclass
class Sheets:
    """A workbook as cells.

    Attributes:
        cells: by sheet, the value of every (row, column), both from 1.
        place: cell of every value of the tree.
        merged: ranges that are merged, by sheet.
        below: replaces bytes of every file of the zip.
    """

    cells: dict[str, Cells] = field(default_factory=dict)
    place: dict[Path, str] = field(default_factory=dict)
    merged: list[tuple[str, int, int]] = field(default_factory=list)
    below: Callable[[str, bytes], bytes] | None = None

    @property
    def content(self) -> bytes:
        """Bytes of the file."""
        buffer = BytesIO()
        book = Workbook(buffer, {"in_memory": True, "constant_memory": False})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "hh:mm"})
        for name, cells in self.cells.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                at = row - 1, column - 1
                if isinstance(value, bool):
                    sheet.write_boolean(*at, value)
                elif isinstance(value, date | time):
                    sheet.write_datetime(*at, value, day if isinstance(value, date) else clock)
                elif isinstance(value, str):
                    sheet.write_string(*at, value)
                else:
                    sheet.write_number(*at, Exact(value))
            for other, row, column in self.merged:
                if other == name:
                    sheet.merge_range(row - 1, column - 1, row, column, "")
        book.close()
        made = buffer.getvalue()
        return parts_changed(made, self.below) if self.below else made

    def where(self, path: Path) -> tuple[str, int, int]:
        """Sheet, row and column of a value."""
        sheet, _, cell = self.place[path].partition("!")
        letters = cell.rstrip("0123456789")
        column = next(n for n in range(1, 2000) if cell_name(0, n)[:-1] == letters)
        return sheet, int(cell[len(letters) :]), column

    def put(self, path: Path, value: Any) -> "Sheets":
        """This book with another value in a cell; None for an empty one."""
        sheet, row, column = self.where(path)
        return self.at(sheet, row, column, value)

    def at(self, sheet: str, row: int, column: int, value: Any) -> "Sheets":
        """This book with another value at a place."""
        other = Sheets(deepcopy(self.cells), self.place, self.merged, self.below)
        other.cells[sheet][row, column] = value
        if value is None:
            del other.cells[sheet][row, column]
        return other


def home(path: Path) -> Table:
    """The table in which a value stands: the one with the longest path that leads there."""

    def leads(table: Table) -> bool:
        steps = zip(table.path, path, strict=False)
        return len(path) >= len(table.path) and all(a in (KEY, ITEM, b) for a, b in steps)

    return max(filter(leads, tables()), key=lambda table: len(table.path))


def leaf_at(table: Table, steps: Path) -> Leaf | None:
    """The field that steps within a row name."""
    for leaf in table.leaves:
        pairs = zip(leaf.path, steps, strict=False)
        if len(leaf.path) == len(steps) and all(a in (KEY, ITEM, b) for a, b in pairs):
            return leaf
    return None


class _Writer:
    """Writes one tree."""

    def __init__(self) -> None:
        self.found = Sheets()
        self._names: dict[str, str] = {}
        self._rows: dict[Path, int] = {}
        self._columns: dict[tuple[str, Path], int] = {}
        self._sheet(tables()[0])

    def _sheet(self, table: Table) -> str:
        name = self._names.get(table.marker)
        if name is None:
            name = self._names[table.marker] = f"s{len(self._names)}"
            cells = self.found.cells[name] = {(MARKER, 1): table.marker}
            for column, owner in enumerate(table.owners, start=1):
                cells[KEYS, column] = owner
        return name

    def _row(self, table: Table, entity: Path) -> int:
        """The row of an entity, begun when it is new."""
        if entity not in self._rows:
            sheet = self._sheet(table)
            begun = [e for e in self._rows if home(e) is table]
            row = self._rows[entity] = FIRST + len(begun)
            names = [s for s, kind in zip(entity, table.path, strict=True) if kind == KEY]
            for column, name in enumerate(names, start=1):
                self.found.cells[sheet][row, column] = name
            if names:
                self.found.place[entity] = f"{sheet}!{cell_name(row, len(names))}"
        return self._rows[entity]

    def _cell(self, path: Path, value: Any) -> None:
        table = home(path)
        sheet, entity = self._sheet(table), path[: len(table.path)]
        steps = path[len(entity) :]
        cells = self.found.cells[sheet]
        if table.marker == SETTINGS:
            row, column = max(SETTING_FIRST, *(r + 1 for r, _ in cells)), 3
            cells[row, 2] = ".".join(map(str, steps))
        else:
            row = self._row(table, entity)
            held = len([c for s, c in self._columns if s == sheet])
            key = sheet, steps
            if key not in self._columns:
                self._columns[key] = len(table.owners) + 1 + held
            column = self._columns[key]
            cells[KEYS, column] = ".".join(map(str, steps))
        cells[row, column] = value
        self.found.place[path] = f"{sheet}!{cell_name(row, column)}"

    def write(self, value: Any, path: Path) -> None:
        """A value and all that it holds."""
        table = home(path) if path else tables()[0]
        leaf = leaf_at(table, path[len(table.path) :])
        if isinstance(value, dict):
            if path and len(path) == len(table.path):
                self._row(table, path)
            elif leaf is not None and leaf.kind == "switch":
                self._cell(path, "yes")
            for key, inner in value.items():
                self.write(inner, (*path, key))
        elif isinstance(value, list) and leaf is not None:
            self._cell(path, "; ".join(str(x) for x in value))
            for n in range(len(value)):
                self.found.place[*path, n] = self.found.place[path]
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                texts = not isinstance(inner, dict)
                self.write(inner, (*path, str(number + 1) if texts else number))
                if texts:
                    self.found.place[*path, number] = self.found.place.pop(
                        (*path, str(number + 1))
                    )
        elif value is not None:
            self._cell(path, value)


def written_workbook(tree: Any) -> Sheets:
    """A tree as a workbook: what stands once in the settings, a row for every entity."""
    writer = _Writer()
    writer.write(tree, ())
    return writer.found
