"""What every sheet of the plan's workbook needs: plan, language, columns by their names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from allocator.book import Book, Box, Column, Kind, Value, with_total
from allocator.labels import Group, Lang, label, unit_words
from allocator.panel import MONEY, UNITS
from allocator.plan import Plan
from allocator.plan_book.words import say

KINDS: dict[str, Kind] = {
    MONEY: "money",
    "visit": "count",
    "order": "count",
    "person": "count",
    "item": "count",
    "point": "count",
    "hour": "decimal",
    "head": "decimal",
    "creator": "decimal",
    "content": "decimal",
    "date": "date",
    "1": "share",
}
"""How the columns of a unit are shown; as text where the unit is not listed."""
Series = Mapping[int, tuple[str, str]]
"""Name and colour of the series of a chart by their columns."""
WIDE = 105
"""Characters from which a table is printed across the page."""
ONE_PAGE = 30
"""Rows of a table that is printed on one page with its chart."""
CHART_ROWS = 17
"""Rows that a chart covers."""


@dataclass
class Writer:
    """Writes the sheets of one plan.

    Attributes:
        book: the workbook.
        plan: the plan, which has a replay.
        lang: language of the reader.
        front: the first sheet, once it is there.
        drawn: tables and series that the first sheet draws too, by name.
    """

    book: Book
    plan: Plan
    lang: Lang
    front: Worksheet | None = None
    drawn: dict[str, tuple[Box, Series]] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        """The currency as the reader sees it."""
        return unit_words("CNY", self.lang, self.plan.instance.currency)

    def say(self, key: str, **values: Any) -> str:
        """A sentence; see ``words``."""
        return say(key, self.lang, **values)

    def label(self, group: Group, key: str) -> str:
        """A label; see ``allocator.labels``."""
        return label(group, key, self.lang)

    def unit(self, key: str) -> str:
        """Unit of a column in words; empty for text, dates and pure numbers."""
        unit = UNITS[key]
        if unit == MONEY:
            return self.currency
        return unit_words(unit, self.lang) if KINDS.get(unit) not in (None, "date") else ""

    def column(
        self,
        key: str,
        values: Iterable[Any],
        heading: str = "",
        *,
        kind: Kind | None = None,
        total: bool = False,
        width: int | None = None,
    ) -> Column:
        """A column of a name that all tables know, with its label, unit and look.

        Args:
            key: the name, such as ``live_hours``.
            values: its cells as the table holds them.
            heading: stands in place of the label.
            kind: stands in place of the look that goes with the unit.
            total: whether its sum is shown.
            width: in characters.
        """
        kind = kind or KINDS.get(UNITS[key], "text")
        cells: list[Value] = [_cell(value, kind) for value in values]
        name = heading or self.label("column", key)
        found = Column(name, cells, kind, self.unit(key), None, width)
        return with_total(found) if total else found

    def money(self, heading: str, values: Iterable[Any], *, total: bool = True) -> Column:
        """A column of amounts."""
        return self.column("spend", values, heading, total=total)

    def times(self, table: pd.DataFrame) -> list[Column]:
        """Week and first day of a wide table; see ``wide``."""
        return [
            self.column("week", table.index.get_level_values("week"), width=11),
            self.column("start", table.index.get_level_values("start")),
        ]

    def sheet(self, key: str, note: str) -> Worksheet:
        """A new sheet by the name of its table."""
        name = self.label("table", key)
        return self.book.sheet(name, f"{self.plan.name} · {name}", note)

    def table(
        self,
        sheet: Worksheet,
        columns: list[Column],
        *,
        total: bool = False,
        freeze: int | None = None,
        **place: int,
    ) -> Box:
        """A table with its totals; printed upright when it is narrow."""
        if self.book.width(columns) < WIDE:
            sheet.set_portrait()
        word = self.label("column", "total") if total else ""
        return self.book.table(sheet, columns, total=word, freeze=freeze, **place)

    def chart(
        self,
        sheet: Worksheet | None,
        box: Box,
        series: Series,
        title: str,
        *,
        kind: Any = "column",
        stacked: bool = False,
        axis: str = "#,##0",
        size: tuple[int, int] = (760, 330),
        at: tuple[int, int] | None = None,
    ) -> Chart:
        """A chart of a table, below it unless ``at`` says the cell."""
        chart = self.book.chart(kind, box, 0, series, title, stacked=stacked, axis=axis)
        assert sheet is not None
        chart.set_size({"width": size[0], "height": size[1]})
        if box.last - box.first < ONE_PAGE:
            sheet.fit_to_pages(1, 1)
        sheet.insert_chart(*(at or (box.last + 3, 0)), chart)
        return chart


def _cell(value: Any, kind: Kind) -> Value:
    if kind == "text":
        return str(value)
    if kind == "date":
        return value.date() if isinstance(value, pd.Timestamp) else value
    return None if value is None else float(value)


def wide(table: pd.DataFrame, key: str, value: str) -> pd.DataFrame:
    """One row per period, indexed by week and first day, and one column per value of ``key``, all
    in the table's order.
    """
    keys = list(dict.fromkeys(table[key]))
    shaped = table.pivot(index=["period", "week", "start"], columns=key, values=value)[keys]
    return shaped.droplevel("period")
