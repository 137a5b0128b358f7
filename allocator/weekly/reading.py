"""Reading a weekly export: a CSV file with a heading row, in UTF-8 or GB 18030.

Every refusal names file, line, column, value and rule.
"""

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from allocator.faults import InputError, Problem, reason, shown
from allocator.weekly.columns import BY_NAME, KNOWN, folded, headings
from allocator.wording import suggest

LARGEST = 2_000_000
"""Most bytes of an export."""
MOST = 1e12
SCALES = {"万": 1e4, "w": 1e4, "亿": 1e8, "千": 1e3, "k": 1e3}
CURRENCY = "¥￥元"
WEEK = 7


@dataclass(frozen=True)
class Weeks:
    """Consecutive weeks with their figures.

    Attributes:
        file: name of the file as the user gave it.
        mondays: first day of every week, in order.
        figures: by column, a value a week; None where the cell is empty.
        of: figures of one account, role, line or tier: ``("hours", "flagship")``.
    """

    file: str
    mondays: tuple[date, ...]
    figures: dict[str, tuple[float | None, ...]]
    of: dict[tuple[str, str], tuple[float | None, ...]]

    def last(self, name: str, count: int = 1) -> list[float]:
        """The known values of the last ``count`` weeks."""
        return [v for v in self.figures.get(name, ())[-count:] if v is not None]


@dataclass
class _Reader:
    file: str
    problems: list[Problem]

    def refuse(self, line: int, column: str, value: str, rule: str, hint: str = "") -> None:
        self.problems.append(
            Problem(self.file, line, column, shown(value) if value else "", rule, hint)
        )

    def stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)


def read_weeks(
    path: str | Path, *, required: tuple[str, ...] = (), per_item: tuple[str, ...] = ()
) -> Weeks:
    """The weeks in an export.

    Args:
        path: the file.
        required: columns that must be there with a value in every row.
        per_item: columns that may also come as ``name:id``, such as ``hours:flagship``.

    Raises:
        InputError: with file, line, column, value and rule of all that is wrong.
    """
    told = _Reader(str(path), [])
    rows = _rows(told, _text(told, Path(path)))
    columns = _columns(told, rows[0][1], required, per_item)
    told.stop()
    dates: list[date] = []
    cells: dict[str | tuple[str, str], list[float | None]] = {
        name: [] for name in columns if name != "week"
    }
    for line, row in rows[1:]:
        if len(row) > len(rows[0][1]) and any(cell.strip() for cell in row[len(rows[0][1]) :]):
            told.refuse(line, "", "", f"has {len(row)} cells, the heading has {len(rows[0][1])}")
        for name, at in columns.items():
            cell = row[at] if at < len(row) else ""
            if name == "week":
                day = _monday(told, line, rows[0][1][at], cell)
                if day is not None:
                    _follows(told, line, rows[0][1][at], cell, dates, day)
                    dates.append(day)
            else:
                value = _number(told, line, rows[0][1][at], cell)
                if value is None and name in required and not cell.strip():
                    told.refuse(line, rows[0][1][at], "", "is empty", "every week needs a value")
                cells[name].append(value)
        told_row = {n: cells[n][-1] for n in cells if isinstance(n, str)}
        _plausible(told, line, told_row)
    told.stop()
    plain = {n: tuple(v) for n, v in cells.items() if isinstance(n, str)}
    items = {n: tuple(v) for n, v in cells.items() if not isinstance(n, str)}
    return Weeks(str(path), tuple(dates), plain, items)


def _text(told: _Reader, path: Path) -> str:
    try:
        if not path.is_file():
            missing = "it is a folder" if path.is_dir() else "it does not exist"
            raise InputError([Problem(str(path), 0, "", "", f"cannot be read: {missing}")])
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        problem = Problem(str(path), 0, "", "", f"cannot be read: {reason(error)}")
        raise InputError([problem]) from None
    if len(content) > LARGEST:
        told.refuse(0, "", "", f"is larger than {LARGEST / 1e6:g} MB, the most that is read")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        told.refuse(0, "", "", "is a workbook, not CSV", "save the sheet as CSV and give that")
    told.stop()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    told.refuse(0, "", "", "is neither UTF-8 nor GB 18030 text", "save it as CSV UTF-8")
    told.stop()
    return ""


def _rows(told: _Reader, text: str) -> list[tuple[int, list[str]]]:
    """Rows that hold something, with their lines; the heading first."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",\t;", key=head.count)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        told.refuse(reader.line_num, "", "", f"is not CSV: {error}")
    if not rows:
        told.refuse(0, "", "", "is empty")
    elif len(rows) == 1:
        told.refuse(rows[0][0], "", "", "has a heading and no weeks")
    told.stop()
    return rows


def _columns(
    told: _Reader, heading: list[str], required: tuple[str, ...], per_item: tuple[str, ...]
) -> dict[str | tuple[str, str], int]:
    """Position of every column that is known; others are left alone unless they look like one."""
    found: dict[str | tuple[str, str], int] = {}
    for at, text in enumerate(heading):
        stem, colon, item = text.replace("：", ":").partition(":")
        name: str | tuple[str, str] | None = KNOWN.get(folded(text))
        if name is None and colon and KNOWN.get(folded(stem)) in per_item:
            name = (KNOWN[folded(stem)], item.strip())
        if name is None:
            continue
        if name in found:
            told.refuse(1, text, "", f"means the same as {shown(heading[found[name]])}")
        found[name] = at
    for name in ("week", *required):
        if name not in found:
            column = BY_NAME[name]
            near = suggest(column.en, [text.strip() for text in heading])
            told.refuse(
                1,
                column.en,
                "",
                f"is missing: a column {column.en} or {column.zh} is needed",
                f"rename {shown(near)}" if near else "columns there: " + ", ".join(heading),
            )
    return found


def _monday(told: _Reader, line: int, column: str, cell: str) -> date | None:
    """The Monday of the week that a cell names by ISO week, by a day or by a span of days."""
    text = unicodedata.normalize("NFKC", cell).strip()
    week = re.match(r"(\d{4})[-年 ]*(?:W|第)(\d{1,2})", text, re.IGNORECASE)
    try:
        if week:
            return date.fromisocalendar(int(week[1]), int(week[2]), 1)
        day = re.match(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})", text)
        if day:
            found = date(int(day[1]), int(day[2]), int(day[3]))
            return found - timedelta(days=found.weekday())
    except ValueError:
        pass
    told.refuse(line, column, cell, "must be a week like 2026-W07 or a day of it like 2026-02-12")
    return None


def _follows(
    told: _Reader, line: int, column: str, cell: str, dates: list[date], day: date
) -> None:
    if not dates:
        return
    step = (day - dates[-1]).days
    if step == 0:
        told.refuse(
            line, column, cell, "is the week of the row before", "one row a week; sum days first"
        )
    elif step != WEEK:
        rule = "must be the week after the row before"
        told.refuse(line, column, cell, rule, "oldest week first, no week left out")


def _number(told: _Reader, line: int, column: str, cell: str) -> float | None:
    """A number as shops write it: ``1,234.5``, ``¥1,234``, ``12.3万``; None for an empty cell."""
    text = unicodedata.normalize("NFKC", cell).strip().strip(CURRENCY).strip()
    if text in ("", "-", "--", "—", "/"):
        return None
    scale = SCALES.get(text[-1:].casefold(), 1.0)
    digits = (text[:-1] if scale != 1.0 else text).strip()
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", digits, re.IGNORECASE):
        hint = "write an amount, not a share" if text.endswith("%") else "such as 12400 or 1.24万"
        told.refuse(line, column, cell, "must be a number", hint)
        return None
    value = float(digits) * scale
    if value < 0:
        told.refuse(line, column, cell, "must not be negative")
        return None
    if not value <= MOST:
        told.refuse(line, column, cell, f"must be at most {MOST:g}")
        return None
    return value


def _plausible(told: _Reader, line: int, row: dict[str, float | None]) -> None:
    """Figures of one week that cannot all be true."""
    for small, large in (("refunds", "gmv"), ("creator_gmv", "gmv")):
        part, whole = row.get(small), row.get(large)
        if part is not None and whole is not None and part > whole:
            rule = f"must be at most {headings((large,))}, which is {whole:g}"
            told.refuse(line, BY_NAME[small].en, f"{part:g}", rule)
    gmv, orders = row.get("gmv"), row.get("orders")
    if gmv and orders == 0:
        told.refuse(line, "orders", "0", f"must be positive where GMV is {gmv:g}")
