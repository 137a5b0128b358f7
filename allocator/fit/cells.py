"""Cells of a history: a CSV or parquet file as text by column and line."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from allocator.csv_table import Row, read_csv_text, rows_of
from allocator.faults import InputError, Problem, heading_name
from allocator.fit.headings import meaning
from allocator.parquet_table import PARQUET, read_parquet

LARGEST = 50_000_000
"""Most bytes of a history."""
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Cells:
    """Text of the cells, trimmed.

    Attributes:
        file: the file's name.
        head: line of the heading; 0 in parquet, which has none.
        lines: line of every row; in parquet the number of the row.
        columns: cells by meaning: a name and, in a family, an id.
    """

    file: str
    head: int
    lines: list[int]
    columns: dict[tuple[str, str], list[str]]

    def of(self, name: str, key: str = "") -> list[tuple[int, str]]:
        """(line, text) of a column."""
        return list(zip(self.lines, self.columns[name, key], strict=True))


def read_cells(path: str | Path) -> Cells:
    """The cells of a CSV (UTF-8 or GB 18030) or parquet file.

    Raises:
        InputError: the file cannot be read, or a heading is unknown or there twice.
    """
    in_parquet = Path(path).suffix.lower() in PARQUET
    (head, names), rows = _parquet(path) if in_parquet else _csv(path)
    if len(rows) > MOST_ROWS:
        raise _refusal(path, f"has more than {MOST_ROWS} rows")
    columns: dict[tuple[str, str], list[str]] = {}
    problems = []
    for n, heading in enumerate(names):
        found, told = meaning(heading), heading_name(heading)
        if found is None:
            hint = "docs/fit.md lists the headings"
            problems.append(Problem(str(path), head, told, "", "is no heading of a history", hint))
        elif found in columns:
            problems.append(Problem(str(path), head, told, "", "is there twice"))
        else:
            columns[found] = [row[n].strip() for _, row in rows]
    if problems:
        raise InputError(problems)
    return Cells(str(path), head, [line for line, _ in rows], columns)


def _refusal(path: str | Path, rule: str, hint: str = "") -> InputError:
    return InputError([Problem(str(path), 0, "", "", rule, hint)])


def _csv(path: str | Path) -> tuple[Row, list[Row]]:
    """Headings with their line, and rows."""
    rows = rows_of(path, read_csv_text(path, LARGEST))
    head = next(rows)
    return head, list(islice(rows, MOST_ROWS + 1))


def _parquet(path: str | Path) -> tuple[Row, list[Row]]:
    """Headings and rows that hold something."""
    table = read_parquet(path, LARGEST).head(MOST_ROWS + 1)
    # As objects, so that a text that stands in many cells is held once.
    cells = table.astype(object).where(table.notna(), "")
    rows = [(n, [str(x) for x in row]) for n, row in enumerate(cells.itertuples(index=False), 1)]
    return (0, [str(name) for name in table.columns]), [row for row in rows if any(row[1])]
