"""Workbooks of questions: the figures of the records with all their digits, in both languages."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from allocator.alternatives.words import name_of as sought
from allocator.answers.book import (
    SHEETS,
    alternatives_workbook,
    baselines_workbook,
    sensitivity_workbook,
)
from allocator.baselines.words import name_of
from allocator.labels import LANGS, Lang
from tests.allocator.test_answer_pages import BUDGET, NONE, moved, near, planned, weighed
from tests.allocator.test_cli import run
from tests.allocator.workbook.sheets import grids

LANGUAGE = pytest.mark.parametrize("lang", LANGS)
FIRST = 5
"""0-based row of the first figures: names and units stand above them."""


def rows(content: bytes, key: str, lang: Lang) -> list[list[Any]]:
    """Rows of the sheet of figures; an empty cell is an empty text."""
    return grids(content)[SHEETS[key].say(lang)][FIRST:]


@LANGUAGE
def test_baselines_stand_below_the_plan(lang: Lang) -> None:
    """The plan, the baseline with its figures, the one without with its reason."""
    plan = planned()
    own, even, roi = rows(baselines_workbook(weighed(), lang), "baselines", lang)[:3]
    assert own[1:3] == pytest.approx([plan.gmv, plan.objective], rel=1e-12)
    assert (even[0], even[1]) == (name_of("even", lang), pytest.approx(plan.gmv, rel=1e-12))
    assert (even[5], even[8]) == (0, 0.25)
    assert (roi[0], roi[1], roi[9]) == (name_of("roi", lang), "", NONE.say(lang))


@LANGUAGE
def test_alternatives_tell_what_they_seek_and_give_up(lang: Lang) -> None:
    """Measure of the plan, of the alternative, proved limit, spend by lever, other choices."""
    plan = planned()
    own, most = rows(alternatives_workbook(near(), lang), "alternatives", lang)[:2]
    assert most[0] == sought(near().found[0].seek, lang)
    assert (most[5], most[6]) == (0, 0)
    assert most[8:11] == [1, 2, 3]
    assert own[8] == ""
    assert plan.replay is not None
    assert most[11] == pytest.approx(float(plan.replay.spend["field"].sum()), rel=1e-12)
    assert most[-1] == "- <b>star</b>"


@LANGUAGE
def test_sensitivity_is_sorted_by_what_moves_most(lang: Lang) -> None:
    """Growth before refunds; moves, broken rules and the one broken worst."""
    found = rows(sensitivity_workbook(moved(), lang), "sensitivity", lang)[:4]
    assert [row[1] for row in found] == [-500, 400, 10, -10]
    assert (found[0][4], found[0][5]) == (1, BUDGET.say(lang))


@LANGUAGE
def test_every_workbook_has_words_and_a_chart(lang: Lang) -> None:
    """The sentences stand on the second sheet; Chinese ones are Chinese."""
    made = (
        baselines_workbook(weighed(), lang),
        alternatives_workbook(near(), lang),
        sensitivity_workbook(moved(), lang),
    )
    for content in made:
        assert "xl/charts/chart1.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
        _, words = grids(content).values()
        said = "".join(str(row[0]) for row in words[FIRST:] if row)
        assert said
        chinese = any("\u4e00" <= letter <= "\u9fff" for letter in said)
        assert chinese is (lang == "zh")


def test_commands_write_workbooks(tmp_path: Path) -> None:
    """``--xlsx`` of the three commands writes the sheet of its question."""
    (tmp_path / "plan.json").write_text(planned().to_json(), encoding="utf-8")
    quick = {
        "sensitivity": ["--fixed"],
        "alternatives": ["--each", "5"],
        "baselines": ["--time-limit", "20"],
    }
    for command, more in quick.items():
        file = tmp_path / f"{command}.xlsx"
        result = run(command, tmp_path / "plan.json", *more, "--xlsx", file, "--lang", "zh")
        assert result.exit_code == 0, result.stderr
        assert SHEETS[command].zh in grids(file.read_bytes())
