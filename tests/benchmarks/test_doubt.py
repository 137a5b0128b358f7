"""Rows of the archetypes' hedges: only where the worlds' own plans are near their bounds."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.doubt import COLUMNS, own_gaps, table

ROW: dict[str, Any] = {
    "instance": "shop",
    "message": "",
    "value": 95.0,
    "bound": 100.0,
    "gap": 0.05,
    "best_alone": [98.0, 90.0],
    "bound_alone": [100.0, 93.0],
    "evpi": [1.0, 5.0],
    "outlooks": [
        {"name": "believed", "values": [98.0, 88.0]},
        {"name": "hedge", "values": [97.0, 90.0]},
    ],
    "wall": 10.0,
    "processor": 9.0,
}


def cells(folder: Path, row: dict[str, Any]) -> list[str]:
    """The cells of the only row of a table."""
    path = folder / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return [cell.strip() for cell in table(path).splitlines()[2].strip("|").split("|")]


def test_a_row_tells_the_gaps_of_the_worlds_own_plans(tmp_path: Path) -> None:
    """98 of 100 and 90 of 93."""
    found = cells(tmp_path, ROW)
    assert len(found) == COLUMNS
    assert "2.00 % / 3.23 %" in found


@pytest.mark.parametrize("alone", [[98.0, 80.0], [98.0, None]])
def test_a_merchant_far_from_its_own_bounds_has_no_row(
    alone: list[float | None], tmp_path: Path
) -> None:
    """With 80 of 93, or no plan at all, the differences of the row would say nothing."""
    row = {**ROW, "best_alone": alone}
    assert max(own_gaps(row)) > 0.05
    found = cells(tmp_path, row)
    assert len(found) == COLUMNS
    assert found[1].startswith("no row: own plans' gaps")
    assert not any(found[2:])
