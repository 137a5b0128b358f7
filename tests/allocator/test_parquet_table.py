"""Parquet files: what they unpack to is known before it is there."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from allocator.doubt.draws import drawn
from allocator.faults import InputError
from allocator.fit.cells import read_cells
from allocator.parquet_table import read_parquet
from tests.allocator.table_texts import small

pyarrow = pytest.importorskip("pyarrow", reason="parquet needs pyarrow")
parquet = pytest.importorskip("pyarrow.parquet", reason="parquet needs pyarrow")

LIMIT = 1_000_000


def written(folder: Path, columns: dict[str, Any]) -> Path:
    """A file of these columns."""
    path = folder / "case.parquet"
    parquet.write_table(pyarrow.table(columns), path, compression="zstd")
    return path


def refusal(path: Path) -> str:
    """What is said of a file that must be refused."""
    with pytest.raises(InputError) as caught:
        read_parquet(path, LIMIT)
    return str(caught.value)


def test_numbers_and_texts_read_back(tmp_path: Path) -> None:
    """Texts that repeat are texts, blank cells are blank, and an index of pandas stays one."""
    table = pd.DataFrame({"a.b": [0.5, np.nan, 2.0], "word": ["x", None, "x"], "n": [1, 2, 3]})
    table.index = pd.Index([7, 8, 9], name="draw")
    table.to_parquet(tmp_path / "case.parquet")
    found = read_parquet(tmp_path / "case.parquet", LIMIT)
    assert found.index.tolist() == [7, 8, 9]
    pd.testing.assert_frame_equal(
        found.astype(object).where(found.notna(), None),
        table.astype(object).where(table.notna(), None),
        check_column_type=False,
    )


@pytest.mark.parametrize(
    "column",
    [
        np.zeros(LIMIT),
        pyarrow.array(["x" * 1000] * LIMIT),
        pyarrow.array([bytes(1000)] * 5000, pyarrow.binary(1000)),
    ],
    ids=["numbers", "texts", "bytes"],
)
def test_a_bomb_is_refused(column: Any, tmp_path: Path) -> None:
    """Values that repeat take a few hundred bytes in a file and gigabytes in memory."""
    path = written(tmp_path, {"a.b": column})
    assert path.stat().st_size < LIMIT / 5
    assert f"{path}: has cells for more than 2 MB when unpacked" in refusal(path)


@pytest.mark.parametrize("cell", [[1.0, 2.0], {"x": 1.0}], ids=["list", "record"])
def test_what_is_no_single_value_is_refused(cell: object, tmp_path: Path) -> None:
    """A list in one cell may be as long as a file of its own."""
    assert "holds lists or records" in refusal(written(tmp_path, {"a.b": [cell]}))


@pytest.mark.parametrize("keep", [0, 4, 100, -9, -1])
def test_what_was_cut_off_is_refused(keep: int, tmp_path: Path) -> None:
    """A file cut at any place is no parquet file."""
    path = written(tmp_path, {"a.b": np.arange(50.0)})
    path.write_bytes(path.read_bytes()[:keep])
    assert f"{path}: is no parquet file" in refusal(path)


FIGURE = "snowball.segments.core.conversion"


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([0.02, np.inf], f":2: {FIGURE} = inf: must hold a finite number in every draw"),
        (pd.array([1, None], "Int64"), f":2: {FIGURE} = nan: must hold a finite number"),
        ([0.02, 0.5, -1.0], f":3: {FIGURE} = -1.0: draw 3: "),
        ([True, False], f":1: {FIGURE} = true: must hold a finite number in every draw, in "),
        (["0.02", "x"], f':2: {FIGURE} = "x": must hold a finite number in every draw, in '),
        (
            ["0.02", None],
            f":2: {FIGURE} = null: must hold a finite number in every draw, in a col",
        ),
        (["0.02", "0.03"], f':1: {FIGURE} = "0.02": must hold a finite number in every draw, in '),
    ],
    ids=["inf", "blank", "negative", "truth", "text", "blank text", "numbers as text"],
)
def test_a_draw_that_is_no_number_is_named(column: Any, said: str, tmp_path: Path) -> None:
    """With row, figure and value."""
    path = tmp_path / "draws.parquet"
    pd.DataFrame({FIGURE: column}).to_parquet(path)
    with pytest.raises(InputError) as caught:
        drawn(small(), path)
    assert f"{path}{said}" in str(caught.value)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Of two columns of one name none counts."""
    path, column = tmp_path / "draws.parquet", pyarrow.array([0.02])
    parquet.write_table(pyarrow.Table.from_arrays([column] * 2, names=[FIGURE] * 2), path)
    with pytest.raises(InputError) as caught:
        drawn(small(), path)
    assert f"{path}: {FIGURE}: stands twice" in str(caught.value)


def test_cells_of_a_history_are_texts(tmp_path: Path) -> None:
    """Blank cells are blank, a row without anything is left out, whole numbers have no point."""
    path = tmp_path / "history.parquet"
    cells = {"week": ["2026-W01", None, "2026-W02"], "orders": [3, None, None]}
    pd.DataFrame(cells, dtype=object).to_parquet(path)
    found = read_cells(path)
    assert found.of("week") == [(1, "2026-W01"), (3, "2026-W02")]
    assert [float(x or 0) for _, x in found.of("orders")] == [3.0, 0.0]
