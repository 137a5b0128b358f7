"""CSV files as rows of cells with their lines, and the numbers that cells write.

The one place where exports, histories and draws are read. A row is as wide as the heading, so a
file that was cut off or a cell that holds an unquoted comma is refused instead of being shifted.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from allocator.composing import check_characters
from allocator.faults import InputError, Problem
from allocator.reading import read_bytes
from allocator.tree import number

Row = tuple[int, list[str]]
"""Line where the row begins, from 1, and its cells."""

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: "¥", 0x3000: " "}
"""Full-width signs by the plain ones; digits of other scripts stay and are refused."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)


def read_csv_text(path: str | Path, limit: int) -> str:
    """Text of a CSV file of at most ``limit`` bytes: UTF-8, GB 18030, or UTF-16 with its mark.

    Raises:
        InputError: naming file and rule, and the line of a character that is not allowed.
    """
    file = str(path)
    content = read_bytes(Path(path), limit)
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        hint = "save the sheet as CSV and give that"
        raise InputError([Problem(file, 0, "", "", "is a workbook, not CSV", hint)])
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        check_characters(file, text)
        return text
    rule = "is neither UTF-8 nor GB 18030 text"
    raise InputError([Problem(file, 0, "", "", rule, "save it as CSV UTF-8")])


def rows_of(path: str | Path, text: str, mark: str = ",") -> Iterator[Row]:
    """Rows of a text that hold something, the heading first.

    Args:
        path: names the file in messages.
        text: its content.
        mark: what stands between cells.

    Raises:
        InputError: it is not CSV, is empty, or a row is not as wide as the heading.
    """
    table = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    before, width = 0, 0
    try:
        for row in table:
            line, before = before + 1, table.line_num
            if not any(cell.strip() for cell in row):
                continue
            width = width or len(row)
            if len(row) != width:
                rule = f"has {len(row)} cells, the heading has {width}"
                hint = "" if len(row) > width else "leave cells empty, but keep their commas"
                raise InputError([Problem(str(path), line, "", "", rule, hint)])
            yield line, row
    except csv.Error as error:
        rule = f"is no table of comma-separated values: {error}"
        raise InputError([Problem(str(path), before + 1, "", "", rule)]) from None
    if not width:
        raise InputError([Problem(str(path), 0, "", "", "is empty")])


def narrowed(text: str) -> str:
    """Text without outer blanks, full-width signs as plain ones."""
    return text.translate(_WIDE).strip()


def plain_number(text: str) -> float:
    """The number of a cell: decimal digits with a point, a sign and an exponent at most.

    Raises:
        ValueError: it is none, or one that double precision cannot hold; the text is the rule.
    """
    told = narrowed(text)
    if not _NUMBER.fullmatch(told):
        raise ValueError("must be a number")
    return float(number(told))


def grouped_number(text: str) -> float:
    """The number of a cell that may hold thousands commas, ``1,234`` or ``12,345.6``.

    Raises:
        ValueError: as ``plain_number``.
    """
    told = narrowed(text)
    return plain_number(told.replace(",", "") if _GROUPED.fullmatch(told) else told)
