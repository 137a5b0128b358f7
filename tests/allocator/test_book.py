"""Cells of workbooks: text stays text, numbers keep their digits, gaps stay empty."""

from datetime import date
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from allocator.book import Book, Column, with_total


def written(*columns: Column, total: str = "") -> list[list[Any]]:
    """Rows of a table as they read back."""
    book = Book("en", "title")
    sheet = book.sheet("s", "t")
    book.table(sheet, columns, total=total)
    found = CalamineWorkbook.from_filelike(BytesIO(book.finish()))
    return [list(row) for row in found.get_sheet_by_name("s").to_python()][3:]


def test_numbers_keep_every_digit() -> None:
    """What needs 17 digits reads back equal."""
    values = [0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789, -0.0]
    assert [row[0] for row in written(Column("x", values, "factor"))[2:]] == values


def test_what_is_no_number_leaves_its_cell_empty() -> None:
    """Not a number, infinite and nothing are shown as nothing."""
    values = [float("nan"), float("inf"), None, 1.0]
    rows = written(Column("x", values, "money"), Column("y", [1.0] * 4, "money"))
    assert [row[0] for row in rows[2:]] == ["", "", "", 1]


def test_text_is_never_a_formula() -> None:
    """Neither cells nor headings."""
    rows = written(Column("=1+1", ["=2+2", "@x", "http://a.b"]))
    assert [row[0] for row in rows] == ["=1+1", "", "=2+2", "@x", "http://a.b"]


def test_dates_are_dates() -> None:
    """A day reads back as that day."""
    assert written(Column("x", [date(2026, 2, 12)], "date"))[2][0] == date(2026, 2, 12)


def test_totals_are_sums_of_what_is_shown() -> None:
    """Gaps count as nothing."""
    column = with_total(Column("x", [1.5, None, float("nan"), 2.0], "money"))
    assert column.total == 3.5
    rows = written(Column("name", ["a", "b", "c", "d"]), column, total="all")
    assert rows[-1] == ["all", 3.5]
