"""Reading a weekly export: a CSV file with a heading row, in UTF-8 or GB 18030.

Every refusal names file, line, column, value and rule.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from allocator.csv_table import Row, grouped_number, narrowed, read_csv_text, rows_of
from allocator.faults import InputError, Problem, heading_name, shown
from allocator.labels import Label, Lang
from allocator.weekly.columns import (
    BY_NAME,
    KNOWN,
    folded,
    headings,
    in_ten_thousands,
    misspelt,
)
from allocator.wording import suggest

LARGEST = 2_000_000
"""Most bytes of an export."""
MOST = 1e12
SCALES = {"万": 1e4, "w": 1e4, "亿": 1e8, "千": 1e3, "k": 1e3}
UNUSED = Label("{file}: columns that are not used: {columns}", "{file}：未使用的列：{columns}")
NONE = ("", "-", "--", "—", "/")
"""What exports write where there is no figure."""
WEEK = 7
_WEEK = re.compile(r"(\d{4})[- 年]*[W第](\d{1,2})周?", re.ASCII | re.IGNORECASE)
_DAY = r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))"
_DAY_OR_SPAN = re.compile(
    rf"{_DAY}(?:[ T][0-2]?\d:[0-5]\d(?::[0-5]\d)?| *(?:~|-|–|—|至|到) *{_DAY})?", re.ASCII
)


@dataclass(frozen=True)
class Weeks:
    """Consecutive weeks with their figures.

    Attributes:
        file: name of the file as the user gave it.
        mondays: first day of every week, in order.
        figures: by column, a value a week; None where the cell is empty.
        of: figures of one account, role, line or tier: ``("hours", "flagship")``.
        unused: headings of columns that hold none of the used figures, as shown.
        head: line of the heading, from 1; 0 where the weeks come from no file.
        lines: line of every week; empty where they come from no file.
    """

    file: str
    mondays: tuple[date, ...]
    figures: dict[str, tuple[float | None, ...]]
    of: dict[tuple[str, str], tuple[float | None, ...]]
    unused: tuple[str, ...] = ()
    head: int = 0
    lines: tuple[int, ...] = ()

    def note(self, lang: Lang) -> str:
        """Which columns were left alone; empty if all were used."""
        listed = ", ".join(self.unused)
        return UNUSED.say(lang, file=self.file, columns=listed) if listed else ""

    def last(self, name: str, count: int = 1) -> list[float]:
        """The known values of the last ``count`` weeks."""
        return [v for v in self.figures.get(name, ())[-count:] if v is not None]


@dataclass
class _Reader:
    file: str
    problems: list[Problem]

    def refuse(self, line: int, column: str, value: str, rule: str, hint: str = "") -> None:
        said = shown(value) if value else ""
        self.problems.append(Problem(self.file, line, heading_name(column), said, rule, hint))

    def stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)


def read_weeks(
    path: str | Path,
    *,
    required: tuple[str, ...] = (),
    per_item: tuple[str, ...] = (),
    used: tuple[str, ...] = tuple(BY_NAME),
) -> Weeks:
    """The weeks in an export.

    Args:
        path: the file.
        required: columns that must be there with a value in every row.
        per_item: columns that may also come as ``name:id``, such as ``hours:flagship``.
        used: columns that the caller looks at beside the week; cells of others are not read.

    Raises:
        InputError: with file, line, column, value and rule of all that is wrong.
    """
    told = _Reader(str(path), [])
    rows = _rows(told, read_csv_text(path, LARGEST))
    heading = rows[0][1]
    columns, unused = _columns(told, rows[0], required, per_item, ("week", *used))
    told.stop()
    dates: list[date] = []
    cells: dict[str | tuple[str, str], list[float | None]] = {
        name: [] for name in columns if name != "week"
    }
    for line, row in rows[1:]:
        for name, at in columns.items():
            if name == "week":
                day = _monday(told, line, heading[at], row[at])
                if day is not None:
                    _follows(told, line, heading[at], row[at], dates, day)
                    dates.append(day)
            else:
                value = _figure(told, line, heading[at], row[at], needed=name in required)
                cells[name].append(value)
        told_row = {n: cells[n][-1] for n in cells if isinstance(n, str)}
        _plausible(told, line, told_row)
    told.stop()
    plain = {n: tuple(v) for n, v in cells.items() if isinstance(n, str)}
    items = {n: tuple(v) for n, v in cells.items() if not isinstance(n, str)}
    lines = tuple(line for line, _ in rows[1:])
    return Weeks(str(path), tuple(dates), plain, items, unused, rows[0][0], lines)


def _rows(told: _Reader, text: str) -> list[Row]:
    """Rows that hold something, with their lines; the heading first."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    rows = list(rows_of(told.file, text, mark=max(",\t;", key=head.count)))
    if len(rows) == 1:
        told.refuse(rows[0][0], "", "", "has a heading and no weeks")
        told.stop()
    return rows


def _columns(
    told: _Reader,
    head: Row,
    required: tuple[str, ...],
    per_item: tuple[str, ...],
    used: tuple[str, ...],
) -> tuple[dict[str | tuple[str, str], int], tuple[str, ...]]:
    """Position of every column that is used, and the headings of the others.

    Platforms export more columns than are used, so others are left alone, unless their heading is
    unknown and a slip away from that of a used figure that the file does not have.
    """
    line, heading = head
    found: dict[str | tuple[str, str], int] = {}
    others, unknown = [], []
    for at, text in enumerate(heading):
        stem, colon, item = text.replace("：", ":").partition(":")
        name: str | tuple[str, str] | None = KNOWN.get(folded(text))
        if name is None and colon and KNOWN.get(folded(stem)) in per_item:
            name = (KNOWN[folded(stem)], item.strip())
        if name is None:
            unknown.append(text)
        if name is None or (name if isinstance(name, str) else name[0]) not in used:
            others.append(text)
            continue
        if name in found:
            told.refuse(line, text, "", f"means the same as {shown(heading[found[name]])}")
        found[name] = at
    for text in unknown:
        told_in = in_ten_thousands(text)
        if told_in in used and told_in not in found:
            right = BY_NAME[told_in]
            hint = f"head it `{right.en}` (`{right.zh}`) and write 1.2万 or 12000 below"
            told.refuse(line, text, "", "tells its figures in ten thousands", hint)
            continue
        stem = text.replace("：", ":").partition(":")[0]
        near = next((name for name in misspelt(stem, used) if name not in found), None)
        if near is not None:
            right = BY_NAME[near]
            hint = f"did you mean `{right.en}` (`{right.zh}`)? else rename or delete the column"
            told.refuse(line, text, "", "is nearly the heading of a figure, but not quite", hint)
    for name in ("week", *required):
        if name not in found:
            column = BY_NAME[name]
            close = suggest(column.en, [text.strip() for text in heading])
            listed = ", ".join(heading_name(text) for text in heading)
            rule = f"is missing: a column {column.en} or {column.zh} is needed"
            told.refuse(line, column.en, "", rule, close or f"columns there: {listed}")
    return found, tuple(heading_name(text) for text in others)


def _monday(told: _Reader, line: int, column: str, cell: str) -> date | None:
    """The Monday of the week that a cell names by ISO week, by a day or by its first and last day.

    Of a week that does not begin on a Monday, the ISO week that most of its days lie in.
    """
    text = narrowed(cell)
    try:
        week = _WEEK.fullmatch(text)
        day = _DAY_OR_SPAN.fullmatch(text)
        found = None
        if week:
            found = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        elif day:
            found, last = _day(*day.groups()[:5]), _day(*day.groups()[5:])
            if found and last and (last - found).days != WEEK - 1:
                told.refuse(line, column, cell, "must be the first and the last day of one week")
                return None
            if found and last:
                found += timedelta(days=WEEK // 2)
        if found and 1900 <= found.year < 2300:
            return found - timedelta(days=found.weekday())
    except ValueError:
        pass
    told.refuse(line, column, cell, "must be a week like 2026-W07 or a day of it like 2026-02-12")
    return None


def _day(year: str | None, *parts: str | None) -> date | None:
    """The day of what ``_DAY`` found; None if it found none."""
    if year is None:
        return None
    month, day = (int(part) for part in parts if part is not None)
    return date(int(year), month, day)


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


def _figure(told: _Reader, line: int, column: str, cell: str, *, needed: bool) -> float | None:
    """The figure of a cell; None if it holds none or is refused."""
    if narrowed(cell) in NONE:
        if needed:
            told.refuse(line, column, cell.strip(), "is empty", "every week needs a value")
        return None
    try:
        value = _number(cell)
    except ValueError as error:
        share = narrowed(cell).endswith("%")
        hint = "write an amount, not a share" if share else "such as 12400 or 1.24万"
        told.refuse(line, column, cell, str(error), hint)
        return None
    if value < 0:
        told.refuse(line, column, cell, "must not be negative")
        return None
    if not value <= MOST:
        told.refuse(line, column, cell, f"must be at most {MOST:g}")
        return None
    return value


def _number(cell: str) -> float:
    """A number as shops write it: ``1,234.5``, ``¥1,234``, ``12.3万``.

    Raises:
        ValueError: it is none; the text is the rule.
    """
    text = narrowed(cell)
    text = text.removeprefix("¥").removesuffix("元").strip()
    scale = SCALES.get(text[-1:].casefold(), 1.0)
    return grouped_number(text[:-1] if scale != 1.0 else text) * scale


def _plausible(told: _Reader, line: int, row: dict[str, float | None]) -> None:
    """Figures of one week that cannot all be true."""
    for small, large in (("refunds", "gmv"), ("creator_gmv", "gmv")):
        part, whole = row.get(small), row.get(large)
        # A closed week pays earlier orders back; it is left out of everything sales are read from.
        back = small == "refunds" and whole == 0
        if part is not None and whole is not None and part > whole and not back:
            rule = f"must be at most {headings((large,))}, which is {whole:g}"
            told.refuse(line, BY_NAME[small].en, f"{part:g}", rule)
    gmv, orders = row.get("gmv"), row.get("orders")
    if gmv and orders == 0:
        told.refuse(line, "orders", "0", f"must be positive where GMV is {gmv:g}")
