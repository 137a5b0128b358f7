"""Cells of workbooks: text stays text, numbers keep their digits, gaps stay empty."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from allocator.answers.book import SHEETS
from allocator.book import NAME_LENGTH, Book, Column, with_total
from allocator.comparisons.book import SERIES
from allocator.comparisons.words import measure_words, word
from allocator.labels import CATALOGUE, LANGS, Lang, label
from allocator.reasons.labels import heading
from allocator.workbook.headings import sheet_name
from allocator.workbook.layout import tables


def written(*columns: Column, total: str = "") -> list[list[Any]]:
    """Rows of a table as they read back."""
    book = Book("en", "title")
    sheet = book.sheet("s", "t")
    book.table(sheet, columns, total=total)
    found = CalamineWorkbook.from_filelike(BytesIO(book.finish()))
    return [list(row) for row in found.get_sheet_by_name("s").to_python()][3:]


@pytest.mark.parametrize("lang", LANGS)
def test_no_name_of_a_sheet_is_cut(lang: Lang) -> None:
    """All names that workbooks have are within what Excel takes, and those of one workbook differ;
    a longer one is refused, not cut."""
    plan = [label("table", key, lang) for key in CATALOGUE["table"]]
    plan += [heading(key, lang) for key in ("prices", "marginals", "rules_sheet")]
    template = [sheet_name(table, lang) for table in tables()]
    others = [sheet.say(lang) for sheet in SHEETS.values()]
    others += [word("remarks", lang), measure_words("cash", lang)[0]]
    others += [label("kpi", key, lang) for key in SERIES if key != "balance"]
    for name in (*plan, *template, *others):
        assert 0 < len(name) <= NAME_LENGTH, name
        Book(lang, "title").sheet(name, name)
    for names in (plan, template):
        assert len({name.casefold() for name in names}) == len(names)
    with pytest.raises(ValueError, match="at most 31"):
        Book(lang, "title").sheet("What holds the plan back, by worth", "t")


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
