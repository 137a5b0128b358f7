"""Parquet files as tables, within limits that hold before anything is unpacked."""

import io
from pathlib import Path

import pandas as pd

from allocator.faults import InputError, Problem
from allocator.reading import read_bytes

PARQUET = (".parquet", ".pq")
UNPACKED = 20
"""Most times that a file may grow when it is unpacked."""
MISSING = "parquet needs pyarrow, which is not installed"


def read_parquet(path: str | Path, limit: int) -> pd.DataFrame:
    """The table of a parquet file of at most ``limit`` bytes.

    Raises:
        InputError: the file cannot be read, or is no parquet file.
    """
    content = read_bytes(Path(path), limit)
    try:
        import pyarrow.parquet

        told = pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata
        size = sum(told.row_group(n).total_byte_size for n in range(told.num_row_groups))
        if size <= UNPACKED * limit:
            return pd.read_parquet(io.BytesIO(content), engine="pyarrow")
        rule, hint = f"is larger than {UNPACKED * limit / 1e6:g} MB when unpacked", ""
    except ImportError:
        rule, hint = MISSING, "pip install 'fact-allocator[fit]', or save the table as CSV"
    except (OSError, ValueError, LookupError, TypeError, pyarrow.ArrowException):
        rule, hint = "is no parquet file", ""
    raise InputError([Problem(str(path), 0, "", "", rule, hint)]) from None
