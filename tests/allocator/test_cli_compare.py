"""``compare`` and ``frontier`` on the command line: reference, files, languages, refusals."""

import importlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from allocator.plan import Plan
from tests.allocator.test_cli import SMALL, named, run, solver, status_quo_plan, without_plan

__all__ = ["solver"]

# The package shows functions of these names in the modules' place.
DRAWING = importlib.import_module("allocator.frontier")
SOLVING = importlib.import_module("allocator.solve")


@pytest.fixture
def quick(solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's routine in the place of a solve, for frontiers too."""
    monkeypatch.setattr(DRAWING, "solve", status_quo_plan)
    monkeypatch.setattr(
        DRAWING,
        "solved_hot",
        lambda search, one, limits, **options: (status_quo_plan(one), True),
    )


def test_plans_and_instances_stand_side_by_side(quick: None, tmp_path: Path) -> None:
    """Plans are read, instances are solved, differences are to the first."""
    run("solve", SMALL, "--out", tmp_path, "--no-report")
    result = run("compare", tmp_path / "small", SMALL)
    assert result.exit_code == 0, result.stderr
    assert "± reference: small" in result.stdout
    lines = run("compare", tmp_path / "small", SMALL, "--json").stdout.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["plan"] for record in records] == ["small", "small (2)"]
    assert records[1]["difference"]["gmv"] == 0


def test_against_names_the_reference(quick: None, tmp_path: Path) -> None:
    """A file of the call keeps its place; another one comes first."""
    other = named(tmp_path, "other")
    inside = run("compare", SMALL, other, "--against", other, "--json").stdout.splitlines()
    assert [json.loads(x)["plan"] for x in inside] == ["small", "other"]
    assert {json.loads(x)["against"] for x in inside} == {"other"}
    beside = run("compare", SMALL, "--against", other, "--json").stdout.splitlines()
    assert [json.loads(x)["plan"] for x in beside] == ["other", "small"]
    missing = run("compare", SMALL, "--against", tmp_path / "nothing.yaml")
    assert missing.exit_code == 2
    assert "nothing.yaml" in missing.stderr


def test_page_and_workbook_are_written(quick: None, tmp_path: Path) -> None:
    """--html and --xlsx write whole files in the language asked for."""
    page, book = tmp_path / "a.html", tmp_path / "a.xlsx"
    result = run("compare", SMALL, SMALL, "--html", page, "--xlsx", book, "--lang", "zh")
    assert result.exit_code == 0, result.stderr
    assert "全周期合计" in result.stdout
    assert "支付GMV" in page.read_text(encoding="utf-8")
    with zipfile.ZipFile(book) as inside:
        assert "支付GMV" in inside.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize(
    "line",
    [
        ["compare", SMALL, "--html", "missing/a.html"],
        ["compare", SMALL, "--xlsx", "."],
        ["compare", "--models", SMALL, "--against", SMALL],
        ["compare", SMALL, "--lang", "fr"],
        ["frontier", SMALL, "--html", "missing/a.html"],
        ["frontier", SMALL, "--over", "fame"],
        ["frontier", SMALL, "--points", "1"],
        ["frontier", SMALL, "--from", "nan"],
        ["frontier", SMALL, "--from", "5", "--to", "1"],
        ["frontier", "nothing.yaml"],
        ["frontier"],
    ],
)
def test_bad_input_is_told_before_anything_is_solved(
    line: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Exit code 2 and words, no traceback, and no solve."""

    def refuse(*given: Any, **options: Any) -> Plan:
        raise AssertionError("solved all the same")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(DRAWING, "solve", refuse)
    monkeypatch.setattr(DRAWING, "solved_hot", refuse)
    monkeypatch.setattr(SOLVING, "Search", refuse)
    result = run(*line)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


def test_a_frontier_is_shown_and_written(quick: None, tmp_path: Path) -> None:
    """Words and table on stdout, progress on stderr, the page in its file."""
    page = tmp_path / "f.html"
    result = run("frontier", SMALL, "--points", "3", "--html", page)
    assert result.exit_code == 0, result.stderr
    assert "Budget against GMV with end value" in result.stdout
    assert "250 k" in result.stdout
    assert "GMV with end value" in page.read_text(encoding="utf-8")
    told = json.loads(run("frontier", SMALL, "--points", "3", "--json").stdout)
    assert [point["at"] for point in told["points"]] == [250000.0, 500000.0, 750000.0]
    assert told["own"] == 500000.0
    chinese = run("frontier", SMALL, "--points", "3", "--lang", "zh", "--over", "cash")
    assert "期初现金" in chinese.stdout


def test_a_frontier_of_a_plan_is_that_of_its_instance(quick: None, tmp_path: Path) -> None:
    """A plan file gives its instance."""
    run("solve", SMALL, "--out", tmp_path, "--no-report")
    told = json.loads(run("frontier", tmp_path / "small", "--points", "2", "--json").stdout)
    assert told["instance"] == "small"


@pytest.mark.parametrize(("status", "code"), [("infeasible", 3), ("no_plan_yet", 1)])
def test_a_frontier_without_a_plan_ends_with_its_code(
    monkeypatch: pytest.MonkeyPatch, status: Any, code: int
) -> None:
    """3 where every point is proved to have no plan, 1 where none was found."""
    answer = without_plan(status)
    monkeypatch.setattr(
        DRAWING, "solved_hot", lambda search, one, limits, **options: (answer(one), True)
    )
    assert run("frontier", SMALL, "--points", "2").exit_code == code
