"""Workbooks as tests need them: read as plain grids, changed as a user would change them."""

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from allocator.book import Exact
from allocator.load import load
from allocator.workbook.guard import cell_name
from allocator.workbook.template import template
from fact_models.spec.instance import Instance

Grid = list[list[Any]]


def grids(content: bytes) -> dict[str, Grid]:
    """All cells of every sheet, rows and columns from 0."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def cells(content: bytes, sheet: str) -> dict[str, Any]:
    """Cells of a sheet that hold something, by name."""
    return {
        cell_name(row + 1, column + 1): value
        for row, line in enumerate(grids(content)[sheet])
        for column, value in enumerate(line)
        if value != ""
    }


def column(content: bytes, sheet: str, key: str) -> str:
    """Letters of the column of a table that has ``key`` in row 4."""
    found = next(name for name, value in cells(content, sheet).items() if value == key)
    return re.sub(r"\d", "", found)


def rewritten(content: bytes, edits: Mapping[str, Any]) -> bytes:
    """The plain cells of a workbook with some of them changed: ``{"Accounts!C7": 5}``.

    A text that begins with ``=`` becomes a formula, which stores the result 0.
    """
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    for name, grid in grids(content).items():
        sheet = book.add_worksheet(name)
        written = {
            cell_name(row + 1, at + 1): value
            for row, line in enumerate(grid)
            for at, value in enumerate(line)
        }
        written |= {
            place.rpartition("!")[2]: value
            for place, value in edits.items()
            if place.rpartition("!")[0] == name
        }
        for cell, value in written.items():
            if value in ("", None):
                continue
            if isinstance(value, bool):
                sheet.write_boolean(cell, value)
            elif isinstance(value, date):
                sheet.write_datetime(cell, value, book.add_format({"num_format": "yyyy-mm-dd"}))
            elif isinstance(value, str) and value.startswith("="):
                sheet.write_formula(cell, value)
            elif isinstance(value, str):
                sheet.write_string(cell, value)
            else:
                sheet.write_number(cell, Exact(value))
    book.close()
    return buffer.getvalue()


def parts_changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The zip of a workbook with ``change(name, data)`` in the place of every file in it."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return buffer.getvalue()


def read(content: bytes, folder: Path) -> Instance:
    """The instance in a workbook."""
    path = folder / "book.xlsx"
    path.write_bytes(content)
    return load(path)


def english(instance: Instance) -> bytes:
    """The English workbook of an instance."""
    return template(instance, "en")
