"""The workbook of an instance, to be filled in: a sheet per kind of entity, headings that explain.

What is written here ``reading`` reads back to an equal instance.
"""

from typing import Any

from xlsxwriter.worksheet import Worksheet

from allocator.book import GREY, INK, LINE, NUMBERS, PALE, WHITE, Book, Exact
from allocator.labels import Lang
from allocator.workbook import headings
from allocator.workbook.cells import cell_of
from allocator.workbook.contents import Contents
from allocator.workbook.guard import cell_name
from allocator.workbook.layout import GUIDE, ITEM, KEY, Leaf, Steps, Table, table_of, tables
from allocator.workbook.reading import FIRST, KEYS, SETTING_FIRST
from fact_models.spec.instance import Instance

SPARE = 12
"""Empty rows that look ready to be filled in."""
ROOM = 500
"""Rows that drop-downs and checks cover."""
INPUT, NAMES = "#F2F7FD", "#E9EDF2"
ALLOWED = dict.fromkeys(
    (
        *("insert_rows", "insert_columns", "delete_rows", "delete_columns"),
        *("format_cells", "format_columns", "format_rows", "sort", "autofilter"),
    ),
    True,
)
"""What the protection of the headings leaves to the user."""
COLOURS = {
    "settings": INK,
    "season": "#8A949E",
    "snowball": "#7FB2D9",
    "goods": "#B5893C",
    "field": "#2F6DB5",
    "alliance": "#3FA37C",
    "campaign": "#E39A32",
    "kol": "#C2476B",
    "staff": "#8272BD",
    "money": "#5B6670",
}
"""Colours of the sheets' tabs by mechanism."""


def template(instance: Instance, lang: Lang) -> bytes:
    """The workbook that holds ``instance``."""
    return _Template(instance, lang).finish()


class _Template:
    """Writes the sheets of one instance."""

    def __init__(self, instance: Instance, lang: Lang) -> None:
        self._holds = Contents(instance)
        self._currency = instance.currency
        self._lang = lang
        self._book = Book(lang, instance.name)
        self._names = {table.marker: headings.sheet_name(table, lang) for table in tables()}

    def finish(self) -> bytes:
        """The file."""
        self._guide()
        for table in tables():
            if table.path:
                self._table(table)
            else:
                self._settings(table)
        return self._book.finish()

    def _sheet(self, name: str, marker: str, title: str, note: str) -> Worksheet:
        colour = COLOURS.get(marker.split(".")[0], INK)
        sheet = self._book.sheet(name, title, "", colour)
        quiet = self._book.format(font_color=GREY, font_size=8)
        sheet.write_string(1, 0, marker, quiet)
        sheet.write_string(1, 1, note, self._book.format(font_color=GREY, italic=True))
        sheet.protect("", ALLOWED)
        return sheet

    def _guide(self) -> None:
        title = headings.say("guide", self._lang)
        sheet = self._sheet(title, GUIDE, title, "")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        wrap = self._book.format(text_wrap=True, valign="top")
        row = 3
        for line in headings.say("how", self._lang).split("\n"):
            sheet.merge_range(row, 0, row, 1, "", wrap)
            sheet.write_string(row, 0, line, wrap)
            sheet.set_row(row, 15 * (1 + len(line) // (130 if self._lang == "en" else 70)))
            row += 1
        row = self._book.heading(sheet, row + 1, headings.say("sheets", self._lang))
        link = self._book.format(font_color="#2F6DB5", underline=1)
        for table in tables():
            name = self._names[table.marker]
            sheet.write_url(row, 0, f"internal:'{name}'!A1", link, name)
            sheet.write_string(row, 1, headings.about(table, self._lang), wrap)
            row += 1

    def _settings(self, table: Table) -> None:
        name, lang = self._names[table.marker], self._lang
        sheet = self._sheet(name, table.marker, name, headings.about(table, lang))
        heads = ("field", "key", "value", "unit", "range", "default", "meaning")
        for column, (head, width) in enumerate(
            zip(heads, (30, 34, 28, 16, 24, 12, 90), strict=True)
        ):
            sheet.set_column(column, column, width, self._book.format(locked=False))
            look = self._book.format(bold=True, bg_color=INK, font_color=WHITE, indent=1)
            sheet.write_string(SETTING_FIRST - 1, column, headings.say(head, lang), look)
        sheet.freeze_panes(SETTING_FIRST, 2)
        row, section = SETTING_FIRST, ""
        for leaf, steps, key in self._holds.columns(table):
            group = self._section(leaf)
            if group != section:
                section = group
                band = self._book.format(bold=True, bg_color=PALE, font_color=INK)
                for column in range(len(heads)):
                    sheet.write_string(row, column, section if not column else "", band)
                row += 1
            self._setting(sheet, row, leaf, steps, key)
            row += 1

    def _section(self, leaf: Leaf) -> str:
        """Name of the records that a setting belongs to."""
        steps = [step for step in leaf.path if step not in (KEY, ITEM)]
        groups = steps if leaf.kind == "switch" else steps[:-1]
        if not groups:
            return headings.say("general", self._lang)
        said = " · ".join(headings.group_name(step, self._lang) for step in groups)
        return said[:1].upper() + said[1:]

    def _setting(self, sheet: Worksheet, row: int, leaf: Leaf, steps: Steps, key: str) -> None:
        lang = self._lang
        name = headings.field_name(leaf, lang, key, grouped=False)
        plain = self._book.format(indent=1, bottom=4, bottom_color=LINE)
        quiet = self._book.format(
            font_color=GREY, font_size=9, bottom=4, bottom_color=LINE, text_wrap=True
        )
        sheet.write_string(row, 0, name, plain)
        sheet.write_string(row, 1, ".".join(steps), quiet)
        unit = headings.unit(leaf, lang, self._currency)
        said = (unit, headings.bounds(leaf, lang), headings.default(leaf, lang))
        for column, text in enumerate((*said, headings.meaning(leaf, lang)), start=3):
            sheet.write_string(row, column, text, quiet)
        at: tuple[Any, ...] = steps
        if leaf.path[-1] == ITEM:
            at = (*steps[:-1], int(steps[-1]) - 1)
            held = self._holds.at(steps[:-1]) or ()
            value = held[at[-1]] if at[-1] < len(held) else None
        else:
            value = self._holds.at(at)
        self._input(sheet, row, 2, leaf, value)
        self._validate(sheet, (row, 2, row, 2), leaf)

    def _table(self, table: Table) -> None:
        sheet = self._sheet(
            self._names[table.marker],
            table.marker,
            self._names[table.marker],
            headings.about(table, self._lang),
        )
        columns = self._holds.columns(table)
        entities = list(self._holds.entities(table))
        width, last = len(table.owners), FIRST + len(entities) + SPARE
        sheet.set_row(KEYS - 1, 45)
        sheet.set_row(FIRST - 1, 75)
        sheet.set_column(0, width + len(columns) + 40, 13, self._book.format(locked=False))
        for column, owner in enumerate(table.owners):
            self._head(sheet, column, owner, headings.owner_name(owner, self._lang), "", "", True)
            self._validate_owner(sheet, table, column)
        for column, (leaf, steps, key) in enumerate(columns, start=width):
            self._field_head(sheet, column, leaf, steps, key)
            self._validate(sheet, (FIRST, column, FIRST + ROOM, column), leaf)
        for row in range(FIRST, last):
            path = entities[row - FIRST] if row - FIRST < len(entities) else None
            self._row(sheet, row, table, path, columns)
        sheet.freeze_panes(FIRST, width)
        # A table of fifty columns on one page could not be read.
        sheet.set_print_scale(70)
        sheet.repeat_rows(KEYS - 1, FIRST - 1)
        if width:
            sheet.repeat_columns(0, width - 1)

    def _row(
        self,
        sheet: Worksheet,
        row: int,
        table: Table,
        path: tuple[Any, ...] | None,
        columns: list[tuple[Leaf, Steps, str]],
    ) -> None:
        """An entity's row, or an empty one."""
        names = [] if path is None else [
            step for step, kind in zip(path, table.path, strict=True) if kind == KEY
        ]  # fmt: skip
        look = self._book.format(
            bg_color="#E9EDF2",
            bold=True,
            locked=False,
            num_format="@",
            border=1,
            border_color=LINE,
        )
        for column in range(len(table.owners)):
            if names:
                sheet.write_string(row, column, names[column], look)
            else:
                sheet.write_blank(row, column, None, look)
        for column, (leaf, steps, _) in enumerate(columns, start=len(table.owners)):
            value = None if path is None else self._holds.at((*path, *steps))
            self._input(sheet, row, column, leaf, value)

    def _field_head(
        self, sheet: Worksheet, column: int, leaf: Leaf, steps: Steps, key: str
    ) -> None:
        lang = self._lang
        empty = headings.default(leaf, lang)
        if empty and not leaf.required and empty != headings.say("optional", lang):
            empty = headings.say("else", lang, value=empty)
        unit = headings.unit(leaf, lang, self._currency)
        parts = (unit, headings.bounds(leaf, lang), empty)
        admits = "\n".join(part for part in parts if part)
        name = headings.field_name(leaf, lang, key)
        said = headings.meaning(leaf, lang)
        self._head(sheet, column, ".".join(steps), name, admits, said, not leaf.is_map)
        if len(said) > 60 or len(name) > 24:
            sheet.set_column(column, column, 22, self._book.format(locked=False))

    def _head(
        self,
        sheet: Worksheet,
        column: int,
        key: str,
        name: str,
        admits: str,
        said: str,
        locked: bool,
    ) -> None:
        """Name, key, what is admitted, meaning; the key of a map's column can be changed."""
        wrap: dict[str, Any] = {
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": LINE,
        }
        top = self._book.format(bold=True, bg_color=INK, font_color=WHITE, **wrap)
        small = {"font_size": 8, "font_color": GREY, "bg_color": PALE, **wrap}
        sheet.write_string(KEYS - 1, column, name, top)
        sheet.write_string(KEYS, column, key, self._book.format(**small, locked=locked))
        sheet.write_string(KEYS + 1, column, admits, self._book.format(**small))
        sheet.write_string(KEYS + 2, column, said, self._book.format(**small))
        sheet.set_row(KEYS + 1, 36)

    def _input(self, sheet: Worksheet, row: int, column: int, leaf: Leaf, value: Any) -> None:
        """A cell that the user fills in, with the value that it has now."""
        textual = leaf.kind in ("text", "name", "choice", "time", "list")
        look = self._book.format(
            bg_color=INPUT,
            locked=False,
            border=1,
            border_color=LINE,
            num_format="@" if textual else NUMBERS["text"],
            align="left" if textual else "right",
        )
        if leaf.kind == "switch":
            value = value is not None
        written = cell_of(value, leaf)
        if isinstance(written, bool):
            sheet.write_string(row, column, headings.flag(written, self._lang), look)
        elif isinstance(written, str):
            sheet.write_string(row, column, written, look)
        elif written is None:
            sheet.write_blank(row, column, None, look)
        else:
            sheet.write_number(row, column, Exact(written), look)

    def _validate(self, sheet: Worksheet, area: tuple[int, int, int, int], leaf: Leaf) -> None:
        """The drop-down or the bounds of a field, and its meaning when a cell is chosen."""
        rule: dict[str, Any] = {"validate": "any"}
        if leaf.kind in ("flag", "switch"):
            rule = {
                "validate": "list",
                "source": [headings.flag(x, self._lang) for x in (True, False)],
            }
        elif leaf.kind == "choice":
            rule = {"validate": "list", "source": list(leaf.choices)}
        elif leaf.kind == "name" and leaf.names:
            rule = {"validate": "list", "source": self._names_in(leaf.names)}
        elif leaf.kind in ("number", "whole") and leaf.least is not None and leaf.most is not None:
            kind = "integer" if leaf.kind == "whole" else "decimal"
            limits = {"minimum": leaf.least, "maximum": leaf.most}
            rule = {"validate": kind, "criteria": "between", **limits}
        said = [headings.meaning(leaf, self._lang), headings.bounds(leaf, self._lang)]
        refused = f"{headings.say('refused', self._lang)} {headings.bounds(leaf, self._lang)}"
        sheet.data_validation(
            *area,
            {
                **rule,
                "input_title": headings.field_name(leaf, self._lang, grouped=False)[:32],
                "input_message": " ".join(said)[:255],
                "error_message": refused[:255],
            },
        )

    def _validate_owner(self, sheet: Worksheet, table: Table, column: int) -> None:
        """The drop-down of a name that another sheet gives."""
        area = (FIRST, column, FIRST + ROOM, column)
        if table.choices:
            sheet.data_validation(*area, {"validate": "list", "source": list(table.choices)})
            return
        owner = ".".join(table.path[: table.path.index(KEY)]) if KEY in table.path else ""
        source = owner if column < len(table.owners) - 1 else table.names
        if source:
            found = {"validate": "list", "source": self._names_in(source)}
            sheet.data_validation(*area, found)

    def _names_in(self, marker: str) -> str:
        """The cells that hold the names of a table."""
        table = table_of(marker)
        assert table is not None
        column = len(table.owners)
        first, last = cell_name(FIRST + 1, column), cell_name(FIRST + ROOM, column)
        letters = first.rstrip("0123456789")
        return (
            f"='{self._names[marker]}'!${letters}${first[len(letters) :]}"
            f":${letters}${last[len(letters) :]}"
        )
