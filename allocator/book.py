"""Excel workbooks in the making: sheets, tables and charts that look alike.

Text is always written as text, so nothing that a merchant named becomes a formula or a link.
Numbers keep every digit. What is not a finite number leaves its cell empty.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any, Literal, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from allocator.labels import Lang

Kind = Literal["text", "money", "count", "decimal", "share", "gap", "factor", "date"]
"""How a column is shown."""
Value = str | float | date | None

NUMBERS: dict[Kind, str] = {
    "text": "General",
    "money": '#,##0;[Red]-#,##0;"–"',
    "count": '#,##0;[Red]-#,##0;"–"',
    "decimal": '#,##0.0;[Red]-#,##0.0;"–"',
    "share": '0.0%;[Red]-0.0%;"–"',
    "gap": "0.00%",
    "factor": "0.00",
    "date": "yyyy-mm-dd",
}
FONTS: dict[Lang, str] = {"en": "Calibri", "zh": "Microsoft YaHei"}
INK, PALE, GREY, LINE = "#1F3A5F", "#EAF0F7", "#6B7785", "#B8C4D2"
WHITE, AMBER, RED = "#FFFFFF", "#FBE3B5", "#E98B78"
COLOURS = {
    "field": "#2F6DB5",
    "campaign": "#E39A32",
    "alliance": "#3FA37C",
    "kol": "#C2476B",
    "shelf": "#8272BD",
    "repeat": "#7FB2D9",
    "team": "#8A949E",
}
"""Colours of levers and sources."""
CYCLE = ("#2F6DB5", "#E39A32", "#3FA37C", "#C2476B", "#8272BD", "#7FB2D9", "#8A949E", "#B5893C")
TOP = 3
"""0-based row of the first table; title and note stand above it."""
A4 = 9
NAME_LENGTH = 31
"""Most characters of a sheet's name."""
TEXT_LENGTH = 32_767
"""Most characters of a cell."""
_WIDTHS: dict[Kind, int] = {
    **{"text": 16, "money": 13, "count": 11, "decimal": 10},
    **{"share": 10, "gap": 10, "factor": 9, "date": 12},
}


class Exact(float):
    """A number that is written with all its digits; Excel's own writers keep 17 as well."""

    def __format__(self, spec: str) -> str:
        """The shortest text that reads back equal, whatever the precision asked for."""
        return repr(float(self))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        heading: its name.
        values: its cells.
        kind: how they are shown.
        unit: its unit, shown below the name.
        total: what the last row holds; nothing when None.
        width: in characters; by kind when None.
    """

    heading: str
    values: Sequence[Value]
    kind: Kind = "text"
    unit: str = ""
    total: float | None = None
    width: int | None = None


class Box(NamedTuple):
    """Where the cells of a table stand; all 0-based and included, header and totals not."""

    sheet: str
    first: int
    last: int
    left: int
    right: int


class Book:
    """A workbook in memory."""

    def __init__(self, lang: Lang, title: str) -> None:
        """Begin an empty workbook.

        Args:
            lang: language of the reader; chooses the font.
            title: title of the document.
        """
        self._buffer = BytesIO()
        self._book = Workbook(self._buffer, {"in_memory": True})
        self._font = FONTS[lang]
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._book.set_properties({"title": title})
        self._book.set_size(2400, 1400)

    def format(self, **properties: Any) -> Format:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": self._font, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self._book.add_format({**base, **properties})
        return self._formats[key]

    def sheet(self, name: str, title: str, note: str = "", colour: str = INK) -> Worksheet:
        """A new sheet with title and note, ready to be printed on A4 across.

        Raises:
            ValueError: the name is too long: cut, it could pass for another sheet's.
        """
        if len(name) > NAME_LENGTH:
            raise ValueError(f"a sheet's name has at most {NAME_LENGTH} characters: {name!r}")
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(colour)
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, title, self.format(bold=True, font_size=16, font_color=INK))
        sheet.write_string(1, 0, note, self.format(font_color=GREY, italic=True))
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L{title.replace('&', '&&')}&R&P / &N")
        return sheet

    def table(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        *,
        row: int = TOP,
        left: int = 0,
        total: str = "",
        freeze: int | None = None,
    ) -> Box:
        """Write a table: names, units, rows, and a row of totals when ``total`` names it.

        Args:
            sheet: the sheet.
            columns: its columns.
            row: 0-based row of the names.
            left: 0-based column of the first column.
            total: first cell of the row of totals.
            freeze: columns that stay in sight with the names; nothing is frozen when None.
        """
        height = max((len(column.values) for column in columns), default=0)
        first = row + 2
        sheet.set_row(row, 30)
        for n, column in enumerate(columns, start=left):
            self._column(sheet, column, row, n, height)
            if total:
                self._total(sheet, total if n == left else column, first + height, n)
        if freeze is not None:
            sheet.freeze_panes(first, left + freeze)
            sheet.repeat_rows(row, row + 1)
        return Box(sheet.get_name(), first, first + height - 1, left, left + len(columns) - 1)

    def _column(self, sheet: Worksheet, column: Column, row: int, at: int, height: int) -> None:
        left = {"align": "left", "indent": 1}
        side: dict[str, Any] = left if column.kind == "text" else {"align": "right"}
        head: dict[str, Any] = {"bg_color": INK, "font_color": WHITE, "text_wrap": True, **side}
        below: dict[str, Any] = {"bg_color": PALE, "font_color": GREY, "font_size": 8, **side}
        below |= {"bottom": 1, "bottom_color": LINE}
        sheet.write_string(row, at, column.heading, self.format(bold=True, **head))
        sheet.write_string(row + 1, at, column.unit, self.format(**below))
        sheet.set_column(at, at, column.width or _WIDTHS[column.kind])
        for n, value in enumerate(column.values, start=row + 2):
            look = {"bottom": 1 if n == row + 1 + height else 4, "bottom_color": LINE, **side}
            self.write(sheet, n, at, value, column.kind, **look)

    def _total(self, sheet: Worksheet, of: Column | str, row: int, at: int) -> None:
        look = {"bold": True, "bg_color": PALE, "top": 1, "top_color": INK}
        if isinstance(of, str):
            self.write(sheet, row, at, of, "text", **look)
        else:
            self.write(sheet, row, at, of.total, of.kind, **look)

    def write(
        self, sheet: Worksheet, row: int, at: int, value: Value, kind: Kind = "text", **look: Any
    ) -> None:
        """Write one cell: text as text, numbers exactly, nothing where there is no figure."""
        if kind == "text":
            look.setdefault("indent", 1)
        shown = self.format(num_format=NUMBERS[kind], **look)
        if isinstance(value, str):
            sheet.write_string(row, at, value[:TEXT_LENGTH], shown)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, shown)
        elif value is None or not math.isfinite(value):
            sheet.write_blank(row, at, None, shown)
        else:
            sheet.write_number(row, at, Exact(value + 0.0), shown)

    def heading(self, sheet: Worksheet, row: int, text: str) -> int:
        """A heading within a sheet; returns the row below it."""
        sheet.write_string(row, 0, text, self.format(bold=True, font_size=12, font_color=INK))
        return row + 1

    def width(self, columns: Sequence[Column]) -> int:
        """Characters that the columns take."""
        return sum(column.width or _WIDTHS[column.kind] for column in columns)

    def bars(self, sheet: Worksheet, box: Box, at: int) -> None:
        """Bars behind the figures of a column, from 0."""
        look = {"bar_color": "#9DC3EA", "bar_solid": True, "min_type": "num", "min_value": 0}
        sheet.conditional_format(box.first, at, box.last, at, {"type": "data_bar", **look})

    def heat(self, sheet: Worksheet, box: Box) -> None:
        """Colours behind shares, from white at 0 to red at 1."""
        look: dict[str, object] = {"type": "3_color_scale"}
        for point, share, colour in (("min", 0, WHITE), ("mid", 0.8, AMBER), ("max", 1, RED)):
            look |= {f"{point}_type": "num", f"{point}_value": share, f"{point}_color": colour}
        sheet.conditional_format(box.first, box.left, box.last, box.right, look)

    def mark_rows(
        self, sheet: Worksheet, box: Box, marked: Sequence[bool], colour: str = "#E2F1EA"
    ) -> None:
        """Give the rows that are marked a colour."""
        shown = self.format(bg_color=colour, bold=True)
        for n, mark in enumerate(marked, start=box.first):
            if mark:
                every = {"type": "formula", "criteria": "=TRUE", "format": shown}
                sheet.conditional_format(n, box.left, n, box.right, every)

    def countdown(self, sheet: Worksheet, row: int, at: int, day_at: int, days: int) -> None:
        """Days from today to the date in column ``day_at``, empty once it is past.

        Until a spreadsheet counts anew, the cell shows ``days``.
        """
        day = f"${xl_col_to_name(day_at)}${row + 1}"
        shown = self.format(num_format="0", bottom=4, bottom_color=LINE)
        text = f'=IF({day}>=TODAY(),{day}-TODAY(),"")'
        sheet.write_formula(row, at, text, shown, days)

    def chart(
        self,
        kind: Literal["column", "line", "area", "bar"],
        box: Box,
        categories: int,
        series: Mapping[int, tuple[str, str]],
        title: str,
        *,
        stacked: bool = False,
        axis: str = "#,##0",
    ) -> Chart:
        """A chart of columns of a table.

        Args:
            kind: its type.
            box: where the table stands.
            categories: column, counted in the table, of the names along the axis.
            series: name and colour by column, counted in the table.
            title: its title.
            stacked: whether the series are stacked.
            axis: number format of the axis of values.
        """
        options = {"type": kind, **({"subtype": "stacked"} if stacked else {})}
        chart = self._book.add_chart(options)
        assert isinstance(chart, Chart)
        of = [box.sheet, box.first, box.left + categories, box.last, box.left + categories]
        for n, (name, colour) in series.items():
            at = box.left + n
            drawn = {"line": {"color": colour, "width": 2}}
            chart.add_series(
                {
                    # A text with "!" may be taken for a reference to a cell.
                    "name": name.replace("!", "！"),
                    "categories": of,
                    "values": [box.sheet, box.first, at, box.last, at],
                    "gap": 60,
                    **(drawn if kind == "line" else {"fill": {"color": colour}}),
                }
            )
        font = {"name": self._font, "size": 9, "color": GREY}
        heading = {"name": self._font, "size": 11, "color": INK, "bold": True}
        chart.set_title({"name": title, "name_font": heading, "overlay": False})
        chart.set_legend({"position": "bottom", "font": font})
        chart.set_x_axis({"num_font": font, "line": {"color": LINE}, "label_position": "low"})
        grid = {"visible": True, "line": {"color": "#E3E8EE"}}
        chart.set_y_axis(
            {"num_font": font, "num_format": axis, "major_gridlines": grid, "line": {"none": True}}
        )
        chart.set_chartarea({"border": {"color": LINE}})
        return chart

    def finish(self) -> bytes:
        """The file."""
        self._book.close()
        return self._buffer.getvalue()


def with_total(column: Column) -> Column:
    """``column`` with the sum of its figures as its total."""
    figures = [float(value) for value in column.values if isinstance(value, int | float)]
    return replace(column, total=math.fsum(figure for figure in figures if math.isfinite(figure)))
