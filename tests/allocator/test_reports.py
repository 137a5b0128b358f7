"""Reports stand beside the plan that they tell of, in the language asked for, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from allocator import plan_file
from allocator.faults import OutputError
from allocator.reports import REPORTS, write
from tests.allocator.plan_book.books import full_plan
from tests.allocator.test_cli import SMALL, run, solver
from tests.allocator.workbook.sheets import grids

__all__ = ["solver"]


def test_solve_writes_reports_in_the_language_asked_for(solver: Any, tmp_path: Path) -> None:
    """plan.xlsx stands beside plan.json."""
    for lang, sheet in (("en", "Summary"), ("zh", "总览")):
        result = run("solve", SMALL, "--out", tmp_path, "--lang", lang)
        assert result.exit_code == 0, result.output
        assert sheet in grids((tmp_path / "small" / "plan.xlsx").read_bytes())
    assert "plan.xlsx" in result.stderr


def test_no_report_leaves_them_out(solver: Any, tmp_path: Path) -> None:
    """The plan and its tables are written; reports of an earlier plan do not stay beside it."""
    run("solve", SMALL, "--out", tmp_path)
    result = run("solve", SMALL, "--out", tmp_path, "--no-report")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "small").iterdir()} == {"plan.json", "tables"}


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder in the place of the workbook is named."""
    (tmp_path / "full" / "plan.xlsx").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"plan\.xlsx: cannot be written"):
        write(tmp_path, full_plan(), "en")
    with pytest.raises(OutputError, match=r"plan\.xlsx"):
        plan_file.write(tmp_path, full_plan())


def test_reports_of_an_older_plan_are_known() -> None:
    """What goes when another plan is written is what reports are."""
    assert set(plan_file.REPORTS) == set(REPORTS)


def test_the_same_plan_gives_reports_again(tmp_path: Path) -> None:
    """Every report is written whole, and nothing else."""
    (tmp_path / "full").mkdir()
    write(tmp_path, full_plan(), "zh")
    assert {path.name for path in (tmp_path / "full").iterdir()} == set(REPORTS)
