"""Cells of a history: a CSV or parquet file as text by column and line."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.faults import InputError, Problem, reason
from allocator.fit.headings import meaning

LARGEST = 50_000_000
"""Most bytes of a history."""
MOST_ROWS = 200_000
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Cells:
    """Text of the cells, trimmed.

    Attributes:
        file: the file's name.
        lines: line of every row; in parquet the number of the row.
        columns: cells by meaning: a name and, in a family, an id.
    """

    file: str
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
    file = Path(path)
    table = _parquet(file) if file.suffix.lower() in PARQUET else _csv(file)
    if len(table) > MOST_ROWS:
        raise _refusal(path, f"has {len(table)} rows, more than {MOST_ROWS}")
    filled = [any(str(x).strip() for x in row) for row in table.itertuples(index=False)]
    lines = [n + 2 for n, full in enumerate(filled) if full]
    table = table.loc[np.array(filled, dtype=bool)]
    columns: dict[tuple[str, str], list[str]] = {}
    problems = []
    for n, heading in enumerate(map(str, table.columns)):
        found = meaning(heading)
        if found is None:
            hint = "docs/fit.md lists the headings"
            problems.append(Problem(str(path), 1, heading, "", "is no heading of a history", hint))
        elif found in columns:
            problems.append(Problem(str(path), 1, heading, "", "is there twice"))
        else:
            columns[found] = [str(x).strip() for x in table.iloc[:, n]]
    if problems:
        raise InputError(problems)
    return Cells(str(path), lines, columns)


def _refusal(path: str | Path, rule: str, hint: str = "") -> InputError:
    return InputError([Problem(str(path), 0, "", "", rule, hint)])


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _refusal(path, "cannot be read: it is a folder")
        if path.stat().st_size > LARGEST:
            raise _refusal(path, f"is larger than {LARGEST / 1e6:g} MB, the most that is read")
        return path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read: {reason(error)}") from None
    except ValueError:
        raise _refusal(path, "cannot be read: its name holds a NUL") from None


def _csv(path: Path) -> pd.DataFrame:
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise _refusal(path, "is neither UTF-8 nor GB 18030 text") from None
    try:
        # Without a header pandas keeps headings that are there twice as they are.
        rows = pd.read_csv(
            io.StringIO(text),
            dtype=str,
            keep_default_na=False,
            header=None,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        words = " ".join(str(error).split())
        raise _refusal(path, f"is no table of comma-separated values: {words}") from None
    table = rows.iloc[1:]
    table.columns = pd.Index([str(x) for x in rows.iloc[0]])
    return table


def _parquet(path: Path) -> pd.DataFrame:
    content = _content(path)
    try:
        table = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except ImportError:
        hint = "pip install 'fact-allocator[fit]', or save the history as CSV"
        raise _refusal(path, "parquet needs pyarrow, which is not installed", hint) from None
    except (OSError, ValueError):
        raise _refusal(path, "is no parquet file") from None
    return table.astype(object).where(table.notna(), "")
