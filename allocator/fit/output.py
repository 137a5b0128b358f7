"""The posterior as a file: parquet, or CSV."""

import io
from pathlib import Path

import pandas as pd

from allocator.faults import InputError, OutputError, Problem
from allocator.fit.draws import DRAW
from allocator.named_files import check_outputs
from allocator.parquet_table import MISSING, PARQUET
from allocator.writing import csv_text, write_atomic

NO_PYARROW = f"{MISSING}: pip install 'fact-allocator[fit]'"


def check_output(path: Path, *inputs: str | None) -> None:
    """Refuse a file that cannot be written, before anything is fitted.

    Args:
        path: the file.
        inputs: what is read, and must not be written over.

    Raises:
        InputError: an input cannot be looked at.
        OutputError: a suffix that means nothing, parquet without pyarrow, or as
            ``check_outputs``.
    """
    suffix = path.suffix.lower()
    if suffix not in (*PARQUET, ".csv"):
        raise OutputError(str(path), "its name must end in .parquet or .csv")
    check_outputs((path,), *inputs)
    if suffix in PARQUET and not _has_pyarrow():
        raise OutputError(str(path), f"{NO_PYARROW}, or name a .csv file")


def _has_pyarrow() -> bool:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True


def write_draws(path: Path, table: pd.DataFrame) -> None:
    """Write the draws.

    Raises:
        OutputError: naming the path and why.
    """
    if path.suffix.lower() in PARQUET:
        content = io.BytesIO()
        table.to_parquet(content, engine="pyarrow", index=False)
        write_atomic(path, content.getvalue())
    else:
        write_atomic(path, csv_text(table))


def read_draws(path: Path) -> pd.DataFrame:
    """Draws as ``write_draws`` left them; the column ``draw`` becomes the index.

    Raises:
        InputError: the file cannot be read or is no table of draws.
    """
    parquet = path.suffix.lower() in PARQUET
    if parquet and not _has_pyarrow():
        raise InputError([Problem(str(path), 0, "", "", NO_PYARROW)])
    try:
        table = pd.read_parquet(path, engine="pyarrow") if parquet else pd.read_csv(path)
    except (OSError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        raise InputError([Problem(str(path), 0, "", "", f"holds no draws: {words}")]) from None
    if DRAW not in table.columns or not len(table):
        raise InputError([Problem(str(path), 0, DRAW, "", "has no such column or no rows")])
    numeric = table.select_dtypes("number")
    odd = [str(c) for c in table.columns if c not in numeric.columns]
    odd += [str(c) for c in numeric.columns if numeric[c].isna().any()]
    if odd:
        raise InputError([Problem(str(path), 0, odd[0], "", "must be a number in every row")])
    return table.set_index(DRAW)
