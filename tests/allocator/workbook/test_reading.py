"""What is wrong in a workbook is said with sheet and cell, and nothing is skipped."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from xlsxwriter import Workbook

from allocator.faults import InputError
from allocator.load import load
from allocator.reading import dump_json
from allocator.workbook.template import template
from tests.allocator.workbook.sheets import (
    cells,
    column,
    english,
    grids,
    parts_changed,
    read,
    rewritten,
)
from tests.models.worlds import full_world

FULL = english(full_world())
HOURS = f"Accounts!{column(FULL, 'Accounts', 'hours_max')}7"
OPEN = f"Accounts!{column(FULL, 'Accounts', 'open')}7"
FIRST = f"Season!{column(FULL, 'Season', 'first')}7"
RAMP = f"Roles!{column(FULL, 'Roles', 'ramp')}7"


def setting(key: str, letter: str = "C") -> str:
    """The cell of a setting."""
    at = next(c for c, value in cells(FULL, "Settings").items() if value == key)
    return f"Settings!{letter}{at[1:]}"


def said(content: bytes, folder: Path) -> str:
    """All problems of a workbook."""
    with pytest.raises(InputError) as caught:
        read(content, folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (HOURS, -1, "must be more than 0 hour"),
        (HOURS, "10%", "must be a number, is the text"),
        (HOURS, "12", "type it anew as a number"),
        (HOURS, True, "must be a number, is true"),
        (HOURS, None, "is missing"),
        (HOURS, date(2026, 1, 5), "must be a number"),
        (OPEN, 1, "must be true or false"),
        (FIRST, "soon", "must be a period number, a date"),
        (RAMP, "0,5; 0,7", "must be a number"),
        (RAMP, "0.5; 010", "ambiguous number"),
        (setting("calendar.periods"), 12.5, "must be a whole number"),
        (setting("calendar.periods"), 1e9, "must be at most 260"),
        (setting("kol"), "maybe", "must be yes or no"),
        (setting("kol", "B"), "kool", "unknown field"),
        (setting("name"), "two words", "must match the pattern"),
        ("Boosts!A7", "Ａ１", "start with a Latin letter"),
        ("Accounts!A7", None, "must name what the row describes"),
        ("Accounts!A8", cells(FULL, "Accounts")["A7"], "stands twice, in row 7 and row 8"),
        ("Accounts!A4", "account", "must be (accounts)"),
        ("Accounts!A2", "field.acounts", "must name the table of this sheet"),
        (HOURS.replace("7", "4"), "hours_mx", "unknown field"),
        ("Offers!A7", "nobody", "must be a name in the table alliance.tiers"),
        ("Discounts!H7", 5, "stands in a column that names no field"),
        ("Settings!C200", 5, "stands in a row that names no field"),
    ],
)
def test_each_mistake_has_its_cell(place: str, value: Any, rule: str, tmp_path: Path) -> None:
    """File, sheet, cell and rule stand in the message."""
    found = said(rewritten(FULL, {place: value}), tmp_path)
    assert f"book.xlsx:{place}: " in found
    assert rule in found


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Neither of the two wins."""
    place = HOURS.replace("7", "4")
    other = f"Accounts!{column(FULL, 'Accounts', 'hours_min')}4"
    found = said(rewritten(FULL, {other: "hours_max"}), tmp_path)
    assert f"stands in {min(place, other)} already" in found


def test_a_formula_without_a_stored_result_is_refused(tmp_path: Path) -> None:
    """It would read as 0; with its result it counts as that number."""
    content = rewritten(FULL, {HOURS: "=40+2"})
    bare = parts_changed(content, lambda _, data: data.replace(b"</f><v>0</v>", b"</f>"))
    found = said(bare, tmp_path)
    assert f"book.xlsx:{HOURS}: " in found
    assert "formula whose result is not stored" in found
    kept = parts_changed(content, lambda _, data: data.replace(b"</f><v>0</v>", b"</f><v>42</v>"))
    account = next(iter(_accounts(read(kept, tmp_path)).values()))
    assert account.hours_max == 42


def _accounts(instance: Any) -> Any:
    return instance.field.accounts


def test_an_error_in_a_cell_is_refused(tmp_path: Path) -> None:
    """A cell that shows #REF! is no empty cell."""
    content = rewritten(FULL, {HOURS: "=1/0"})
    broken = parts_changed(
        content,
        lambda _, data: data.replace(b"><f>1/0</f><v>0</v>", b' t="e"><f>1/0</f><v>#REF!</v>'),
    )
    assert "shows the error #REF!" in said(broken, tmp_path)


def test_dates_words_and_times_read_like_text(tmp_path: Path) -> None:
    """A date cell is its day, yes and 是 are true, a period number may be text."""
    content = rewritten(FULL, {FIRST: date(2026, 1, 12), OPEN: "是"})
    instance = read(content, tmp_path)
    assert instance.season[0].first == "2026-01-12"
    assert next(iter(_accounts(instance).values())).open is True
    assert read(rewritten(FULL, {FIRST: "2"}), tmp_path).season[0].first == 2


def test_a_lever_is_switched_off_with_a_word(tmp_path: Path) -> None:
    """With no in the settings its sheets are left aside; the rest stays as it was."""
    instance = full_world(kol=None)
    content = rewritten(FULL, {setting("kol"): "no"})
    assert dump_json(read(content, tmp_path)) == dump_json(instance)


def test_notes_are_passed_over_and_other_sheets_are_not(tmp_path: Path) -> None:
    """A sheet whose name begins with # is the user's own."""

    def with_sheet(name: str) -> bytes:
        buffer = BytesIO()
        book = Workbook(buffer, {"in_memory": True})
        sheets: dict[str, Any] = {**grids(FULL), name: [["my", "notes"], ["here", 1]]}
        for sheet, grid in sheets.items():
            page = book.add_worksheet(sheet)
            for row, line in enumerate(grid):
                for at, value in enumerate(line):
                    if value != "":
                        page.write(row, at, value)
        book.close()
        return buffer.getvalue()

    assert read(with_sheet("#mine"), tmp_path) == full_world()
    assert "book.xlsx:mine!A2: " in said(with_sheet("mine"), tmp_path)


def test_no_sheet_is_read_that_was_not_looked_into(tmp_path: Path) -> None:
    """Kept where only some readers find it, a sheet is refused by its name."""
    sheet = "Accounts"
    at = list(grids(FULL)).index(sheet) + 1
    file, deep = f"worksheets/sheet{at}.xml", f"worksheets/deep/sheet{at}.xml"
    buffer = BytesIO()
    with ZipFile(BytesIO(FULL)) as old, ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry).replace(f'"{file}"'.encode(), f'"{deep}"'.encode())
            new.writestr(entry.filename.replace(file, deep), data)
    assert "book.xlsx:Accounts: is no worksheet, or not kept as" in said(
        buffer.getvalue(), tmp_path
    )


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    """Sheets without markers are told from a template."""
    buffer = BytesIO()
    Workbook(buffer, {"in_memory": True}).close()
    assert "holds no sheet of a template" in said(buffer.getvalue(), tmp_path)


def test_all_mistakes_of_the_record_are_told_at_once(tmp_path: Path) -> None:
    """The planner mends them in one go."""
    content = rewritten(FULL, {HOURS: -1, setting("calendar.periods"): 0})
    found = said(content, tmp_path)
    assert HOURS in found
    assert setting("calendar.periods") in found


def test_the_language_of_headings_does_not_matter(tmp_path: Path) -> None:
    """Keys and markers are read, names of sheets and columns are not."""
    assert read(template(full_world(), "zh"), tmp_path) == read(FULL, tmp_path)


def test_an_oversize_file_is_refused_unread(tmp_path: Path) -> None:
    """Five megabytes are more than any instance needs."""
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(6_000_000)
    with pytest.raises(InputError, match="larger than 5 MB"):
        load(path)
