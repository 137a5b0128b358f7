"""From a workbook to plain values with the cell of each: what a YAML file would hold.

A sheet says in ``A2`` which table it holds. Row ``KEYS`` names the columns, rows from ``FIRST`` on
hold the entities; the sheet of settings has a row per field. Nothing in such a sheet is skipped:
a value without a column, a row without a name and a formula without a stored result are refused.
"""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path as FilePath
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from allocator.faults import InputError, Problem, field_name, shown
from allocator.tree import FORBIDDEN, Path, Place, Tree, bad_character
from allocator.wording import suggest
from allocator.workbook.cells import Cell, is_empty, scalar, value_of
from allocator.workbook.guard import ANEW, Cells, UnfitError, cell_name, looked_into
from allocator.workbook.layout import GUIDE, ITEM, KEY, SETTINGS, Leaf, Table, table_of, tables

MARKER = (1, 0)
"""0-based row and column of the cell that says which table a sheet holds."""
KEYS = 3
"""0-based row that names the columns of a table."""
FIRST = 6
"""0-based row of the first entity."""
SETTING_KEY, SETTING_VALUE, SETTING_FIRST = 1, 2, 3
"""0-based columns of a setting's name and value, and the first row of settings."""
NOTES = "#"
"""First character of the name of a sheet that is not read."""
ASIDE = f"a sheet of notes has a name that begins with {NOTES}"

SCALARS = (str, int, float, bool)
Grid = Sequence[Sequence[Cell]]


def read_workbook(path: FilePath, content: bytes) -> Tree:
    """Plain values of a workbook, with the cell of each.

    Raises:
        InputError: naming file, sheet, cell and rule.
    """
    try:
        unusual = looked_into(content)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        read = [name for name in book.sheet_names if not name.startswith(NOTES)]
        for name in read:
            if name not in unusual:
                rule = "is no worksheet, or not kept as spreadsheets keep one"
                raise UnfitError(rule, f"{ANEW}, or {ASIDE}", name)
        grids = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read
        }
        merged = {name: book.get_sheet_by_name(name).merged_cell_ranges or [] for name in grids}
    except UnfitError as error:
        place = f"{error.sheet}!{error.cell}".strip("!")
        problem = Problem(str(path), 0, "", "", error.rule, error.hint, place)
        raise InputError([problem]) from None
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        rule = f"is not an Excel workbook, or is damaged: {error}"
        raise InputError([Problem(str(path), 0, "", "", rule[:200])]) from None
    reader = _Reader(str(path))
    for name, grid in grids.items():
        reader.admit(_Sheet(name, grid, unusual[name], merged[name]))
    return reader.tree()


class _Reader:
    """Collects the values of all sheets, or what is wrong with them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._value: dict[str, Any] = {}
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {(): Place(0, 0)}
        self._cells: dict[Path, str] = {}
        self._problems: list[Problem] = []
        self._sheets: dict[str, _Sheet] = {}
        self._off: set[Path] = set()
        self._line = 0

    def tree(self) -> Tree:
        """What all sheets hold, owners before what they own.

        Raises:
            InputError: something was refused.
        """
        if not self._sheets and not self._problems:
            self._refuse("", "holds no sheet of a template", hint="see: allocator template")
        for table in tables():
            if table.marker == SETTINGS and SETTINGS in self._sheets:
                self._settings(table, self._sheets[SETTINGS])
            elif table.marker in self._sheets:
                self._table(table, self._sheets[table.marker])
        if self._problems:
            raise InputError(self._problems)
        for path in self._off:
            self._drop(path)
        return Tree(self._file, self._value, self._keys, self._values, self._cells)

    def _refuse(
        self, place: str, rule: str, *, field: str = "", value: Cell = "", hint: str = ""
    ) -> None:
        said = (
            "" if is_empty(value) else shown(value if isinstance(value, SCALARS) else str(value))
        )
        self._problems.append(Problem(self._file, 0, field, said, rule, hint, place))

    def admit(self, sheet: "_Sheet") -> None:
        """Take in a sheet of the template; others are refused, empty ones passed over."""
        marker = str(sheet.at(*MARKER)).strip()
        if marker == GUIDE or sheet.is_empty:
            return
        place = sheet.name_of(*MARKER)
        if table_of(marker) is None:
            near = suggest(marker, [table.marker for table in tables()])
            hint = near or ASIDE
            self._refuse(place, "must name the table of this sheet", value=marker, hint=hint)
        elif marker in self._sheets:
            rule = f"names the table that the sheet {self._sheets[marker].name} holds already"
            self._refuse(place, rule, value=marker)
        else:
            self._sheets[marker] = sheet
            for (top, left), (bottom, _) in sheet.merged:
                if bottom >= (SETTING_FIRST if marker == SETTINGS else KEYS):
                    self._refuse(sheet.name_of(top, left), "must not be merged with other cells")

    def _settings(self, table: Table, sheet: "_Sheet") -> None:
        """A row per field: its path, its value."""
        seen: dict[str, int] = {}
        for row in range(SETTING_FIRST, sheet.height):
            key = str(sheet.at(row, SETTING_KEY)).strip()
            cell = sheet.at(row, SETTING_VALUE)
            if not key:
                if not is_empty(cell):
                    place = sheet.name_of(row, SETTING_VALUE)
                    self._refuse(place, "stands in a row that names no field", value=cell)
                continue
            leaf = self._known_leaf(table, key, sheet.name_of(row, SETTING_KEY))
            if key in seen:
                rule = f"stands twice, in row {seen[key] + 1} and row {row + 1}"
                self._refuse(sheet.name_of(row, SETTING_KEY), rule, field=key)
            elif leaf is not None:
                seen[key] = row
                steps = tuple(key.split("."))
                self._take(steps, leaf, cell, sheet.name_of(row, SETTING_VALUE), sheet)
        self._complete((), table)

    def _known_leaf(self, table: Table, key: str, place: str) -> Leaf | None:
        """The field that a column or row names; None, with a problem, when there is none."""
        leaf = _leaf_of(table, tuple(key.split(".")))
        if leaf is None:
            hint = suggest(key, [".".join(leaf.path) for leaf in table.leaves])
            self._refuse(place, "unknown field", field=key, hint=hint)
        return leaf

    def _table(self, table: Table, sheet: "_Sheet") -> None:
        """A row per entity."""
        heads = self._heads(table, sheet)
        width = len(table.owners)
        names: dict[Path, int] = {}
        for row in range(FIRST, sheet.height):
            if sheet.is_blank(row):
                continue
            base = self._entity(table, sheet, row, names)
            if base is None:
                continue
            self._open(base, sheet.name_of(row, max(width - 1, 0)))
            for column in range(width, sheet.width):
                cell, place = sheet.at(row, column), sheet.name_of(row, column)
                if column in heads:
                    steps, leaf = heads[column]
                    self._take((*base, *steps), leaf, cell, place, sheet)
                elif not is_empty(cell) and is_empty(sheet.at(KEYS, column)):
                    self._refuse(place, "stands in a column that names no field", value=cell)
            self._complete(base, table)

    def _heads(self, table: Table, sheet: "_Sheet") -> dict[int, tuple[Path, Leaf]]:
        """Steps and field of every column."""
        heads: dict[int, tuple[Path, Leaf]] = {}
        seen: dict[str, str] = {}
        for column in range(sheet.width):
            key, place = str(sheet.at(KEYS, column)).strip(), sheet.name_of(KEYS, column)
            if column < len(table.owners):
                if key != table.owners[column]:
                    self._refuse(place, f"must be {table.owners[column]}", value=key)
                continue
            leaf = self._known_leaf(table, key, place) if key else None
            if leaf is not None and key in seen:
                self._refuse(place, f"stands in {seen[key]} already", field=key)
            elif leaf is not None:
                seen[key] = place
                heads[column] = tuple(key.split(".")), leaf
        return heads

    def _entity(
        self, table: Table, sheet: "_Sheet", row: int, names: dict[Path, int]
    ) -> Path | None:
        """Path of the entity in a row; None, with a problem, when it has no name of its own."""
        if table.is_list:
            return (*table.path[:-1], len(self._list(table.path[:-1])))
        cells = [sheet.at(row, column) for column in range(len(table.owners))]
        for column, cell in enumerate(cells):
            place = sheet.name_of(row, column)
            if place in sheet.odd or is_empty(cell):
                self._refuse(place, sheet.odd.get(place, "must name what the row describes"))
                return None
        given = iter([str(scalar(cell, "name")) for cell in cells])
        path: Path = tuple(next(given) if step == KEY else step for step in table.path)
        place = sheet.name_of(row, len(cells) - 1)
        if path in names:
            rule = f"stands twice, in row {names[path] + 1} and row {row + 1}"
            self._refuse(place, rule, field=field_name(path))
            return None
        names[path] = row
        owner = path[: table.path.index(KEY) + 1]
        if owner != path and owner not in self._keys:
            known = [str(key[-1]) for key in self._keys if key[:-1] == owner[:-1]]
            rule = f"must be a name in the table {'.'.join(table.path[: len(owner) - 1])}"
            near = suggest(str(owner[-1]), known)
            self._refuse(sheet.name_of(row, 0), rule, value=str(owner[-1]), hint=near)
            return None
        return path

    def _take(self, path: Path, leaf: Leaf, cell: Cell, place: str, sheet: "_Sheet") -> None:
        """Put one cell where its column says."""
        name = field_name(path)
        self._cells.setdefault(path, place)
        if place in sheet.odd:
            return self._refuse(place, sheet.odd[place], field=name)
        if is_empty(cell):
            return None
        bad = FORBIDDEN.search(cell) if isinstance(cell, str) else None
        if bad:
            return self._refuse(place, bad_character(bad.group()), field=name)
        try:
            value = value_of(cell, leaf)
        except ValueError as error:
            return self._refuse(place, str(error), field=name, value=cell)
        if leaf.kind == "switch":
            return self._switch(path, value, place)
        if leaf.path[-1] == ITEM:
            path = (*path[:-1], len(self._list(path[:-1])))
        self._put(path, value, place)
        for n in range(len(value) if isinstance(value, list) else 0):
            self._values[(*path, n)] = self._next()
            self._cells[(*path, n)] = place
        return None

    def _switch(self, path: Path, value: Any, place: str) -> None:
        """Whether a record is in use: there with all its defaults, or left out with all it has."""
        if value is True:
            self._open(path, place)
        elif value is False:
            self._off.add(path)
        else:
            self._refuse(place, "must be yes or no", field=field_name(path), value=value)

    def _next(self) -> Place:
        self._line += 1
        return Place(self._line, 1)

    def _container(self, path: Path) -> Any:
        """The mapping or list at ``path``, made on the way."""
        found: Any = self._value
        for n, step in enumerate(path):
            here = path[: n + 1]
            below: Any = [] if n + 1 < len(path) and isinstance(path[n + 1], int) else {}
            if isinstance(found, list):
                while len(found) <= int(step):
                    found.append(below)
            elif not isinstance(found.get(step), dict | list):
                found[step] = below
            found = found[step]
            self._values.setdefault(here, Place(0, 0))
        return found

    def _list(self, path: Path) -> list[Any]:
        """The list at ``path``, made when it is not there."""
        parent = self._container(path[:-1])
        self._values.setdefault(path, Place(0, 0))
        return parent.setdefault(path[-1], [])  # type: ignore[no-any-return]

    def _open(self, path: Path, place: str) -> None:
        """Begin the record of an entity."""
        self._container(path)
        self._keys[path] = self._values[path] = self._next()
        self._cells[path] = place

    def _put(self, path: Path, value: Any, place: str) -> None:
        parent = self._container(path[:-1])
        if isinstance(parent, list):
            parent.append(value)
        else:
            parent[path[-1]] = value
        self._values[path] = self._next()
        self._keys.setdefault(path, self._values[path])
        self._cells[path] = place

    def _complete(self, base: Path, table: Table) -> None:
        """Give a record that is there its required maps: no entry is an empty map."""
        for leaf in table.leaves:
            record, name = (*base, *leaf.path[:-2]), leaf.path[-2:-1]
            if leaf.is_map and leaf.required and record in self._values:
                self._container((*record, *name))

    def _drop(self, path: Path) -> None:
        """Take out a record that is not in use."""
        parent = self._container(path[:-1])
        parent.pop(path[-1], None)
        gone = [one for one in self._values if one[: len(path)] == path]
        for one in gone:
            self._values.pop(one)
            self._keys.pop(one, None)


class _Sheet:
    """A sheet's cells with their names, and those that cannot be read."""

    def __init__(self, name: str, grid: Grid, unusual: Cells, merged: Sequence[Any]) -> None:
        self.name = name
        self.merged = merged
        self._grid = grid
        self.height = len(grid)
        self.width = max((len(row) for row in grid), default=0)
        said = "holds a formula whose result is not stored; save the file once in a spreadsheet"
        self.odd = {f"{name}!{cell}": said for cell in unusual.unsaved}
        for cell, text in unusual.errors.items():
            self.odd[f"{name}!{cell}"] = f"shows the error {text}"
        tiny = "must be a number that double precision can hold; this one is too small"
        self.odd |= {f"{name}!{cell}": tiny for cell in unusual.tiny}
        self._odd_rows = {int("".join(filter(str.isdigit, cell))) for cell in self._odd_cells()}

    def _odd_cells(self) -> list[str]:
        return [place.rpartition("!")[2] for place in self.odd]

    @property
    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(self.is_blank(row) for row in range(self.height))

    def is_blank(self, row: int) -> bool:
        """Whether no cell of a 0-based row holds anything, not even a formula."""
        return row + 1 not in self._odd_rows and all(is_empty(cell) for cell in self._grid[row])

    def at(self, row: int, column: int) -> Cell:
        """A cell by its 0-based place."""
        inside = row < len(self._grid) and column < len(self._grid[row])
        return self._grid[row][column] if inside else ""

    def name_of(self, row: int, column: int) -> str:
        """``accounts!C7`` for a 0-based place."""
        return f"{self.name}!{cell_name(row + 1, column + 1)}"


def _leaf_of(table: Table, steps: Path) -> Leaf | None:
    """The leaf that a column names; of a map, any key."""
    for leaf in table.leaves:
        pairs = zip(leaf.path, steps, strict=False)
        if len(leaf.path) == len(steps) and all(a in (KEY, ITEM, b) for a, b in pairs):
            return leaf
    return None
