"""Parquet files as tables, within limits that hold before anything is unpacked."""

import io
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.faults import InputError, Problem, heading_name
from allocator.reading import read_bytes

PARQUET = (".parquet", ".pq")
ROOM = 2
"""Bytes that the cells of a file may take in memory, for each byte of the largest file: values
that repeat take next to nothing in the file."""
NUMBER = 8
"""Bytes of a number in memory."""
WORDS = "BYTE_ARRAY"
"""Kind of a column of texts, of which each is held once, however often it stands there."""
MISSING = "parquet needs pyarrow, which is not installed"


def read_parquet(path: str | Path, limit: int) -> pd.DataFrame:
    """The table of a parquet file of at most ``limit`` bytes.

    Raises:
        InputError: the file cannot be read, is no parquet file, has a column of lists or records,
            or its cells would take more than ``ROOM`` times ``limit`` bytes.
    """
    content = read_bytes(Path(path), limit)
    column = ""
    try:
        import pyarrow.parquet

        told = pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata
        column = next((name for name, plain in _columns(told).items() if not plain), "")
        if column:
            rule, hint = "holds lists or records", "one number or text in each cell"
        elif _room(told) > ROOM * limit:
            rule, hint = f"has cells for more than {ROOM * limit / 1e6:g} MB when unpacked", ""
        else:
            texts = [at.name for at in told.schema if at.physical_type == WORDS]
            file = pyarrow.parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts)
            table: pd.DataFrame = file.read().to_pandas()
            return table
    except ImportError:
        rule, hint = MISSING, "pip install 'fact-allocator[fit]', or save the table as CSV"
    except (OSError, ValueError, LookupError, TypeError, pyarrow.ArrowException):
        rule, hint = "is no parquet file", ""
    raise InputError([Problem(str(path), 0, heading_name(column), "", rule, hint)]) from None


def _columns(told: Any) -> dict[str, bool]:
    """Columns of a file by name, and whether each has one value in a cell."""
    schema = [told.schema.column(k) for k in range(told.num_columns)]
    return {at.path: at.path == at.name and at.max_repetition_level == 0 for at in schema}


def _room(told: Any) -> int:
    """Bytes that the cells of a file take in memory."""
    wide = [max(NUMBER, told.schema.column(k).length or 0) for k in range(told.num_columns)]
    room = 0
    for n in range(told.num_row_groups):
        group = told.row_group(n)
        for k, width in enumerate(wide):
            chunk = group.column(k)
            room += chunk.num_values * width
            room += chunk.total_uncompressed_size if chunk.physical_type == WORDS else 0
    return room
