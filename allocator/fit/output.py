"""The posterior as a file: parquet, or CSV."""

import io
from pathlib import Path

import pandas as pd

from allocator.faults import OutputError
from allocator.named_files import check_outputs
from allocator.parquet_table import MISSING, PARQUET
from allocator.writing import csv_text, write_atomic


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
        hint = "pip install 'fact-allocator[fit]', or name a .csv file"
        raise OutputError(str(path), f"{MISSING}: {hint}")


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
