"""The command: screen, JSON, draws as files, warnings beside a plan."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from allocator import plan_file
from allocator.cli import app
from allocator.doubt.draws import drawn
from allocator.fit.seen import Range, outside, ranges
from allocator.plan import Plan
from allocator.reading import dump_json
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from tests.allocator.fit.planted import believed, laid, planted, written


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A history and an instance."""
    folder = tmp_path_factory.mktemp("fit")
    instance = believed()
    (folder / "mine.json").write_text(dump_json(instance), encoding="utf-8")
    return str(written(folder, planted(instance, 30, 0.05, 4))), str(folder / "mine.json")


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of ``allocator fit``."""
    found = CliRunner().invoke(app, ["fit", *words])
    return found.exit_code, found.stdout, found.stderr


def test_screen_and_csv(files: tuple[str, str], tmp_path: Path) -> None:
    """The screen tells growth and returns, and the draws are written."""
    out = tmp_path / "posterior.csv"
    code, said, log = run(files[0], "--instance", files[1], "--out", str(out), "--draws", "50")
    assert code == 0, log
    for words in ("Growth factor", "GMV per yuan of boost 千川", "Seen in a week"):
        assert words in said
    assert "The last 8 weeks, forecast from the ones before" in " ".join(said.split())
    worlds = drawn(believed(), out)
    assert worlds.values is not None
    assert len(worlds.values) == 50
    row = dict(zip(worlds.figures, worlds.values[0].tolist(), strict=True))
    assert laid(believed(), row) != believed()


def test_chinese(files: tuple[str, str]) -> None:
    """The same screen in Chinese, warnings beside a plan included; no English sentence is left."""
    words = ("--instance", files[1], "--draws", "50", "--no-hold-out", "--lang", "zh")
    code, said, log = run(files[0], *words)
    assert code == 0, log
    for heading in ("增长系数", "投流「千川」每一元的GMV", "一号开播时长", "文件上限"):
        assert heading in said
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", said)


def test_json_and_parquet(files: tuple[str, str], tmp_path: Path) -> None:
    """With --json one object; parquet, which may be called .pq, holds the same draws as CSV."""
    pytest.importorskip("pyarrow")
    outs = [tmp_path / "posterior.pq", tmp_path / "posterior.csv"]
    for out in outs:
        words = ("--instance", files[1], "--out", str(out), "--draws", "20", "--no-hold-out")
        code, said, _ = run(files[0], *words, "--json")
        assert code == 0
    record = json.loads(said)
    assert record["weeks"] == 30
    assert record["growth"]["young"]["low"] < record["growth"]["young"]["high"]
    assert record["hold_out"] is None
    packed, text = (drawn(believed(), out) for out in outs)
    assert packed.figures == text.figures
    assert packed.values is not None
    assert text.values is not None
    np.testing.assert_allclose(packed.values, text.values)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "draws.xlsx"), "its name must end in .parquet or .csv"),
        (("--out", "nowhere/draws.csv"), "its folder does not exist"),
    ],
)
def test_outputs_are_refused_first(
    files: tuple[str, str], words: tuple[str, str], message: str
) -> None:
    """What cannot be written ends with 2 before anything is fitted."""
    code, _, log = run(files[0], "--instance", files[1], *words)
    assert code == 2
    assert message in log


def test_no_history(files: tuple[str, str]) -> None:
    """A file that is not there is named."""
    code, _, log = run("missing.csv", "--instance", files[1])
    assert code == 2
    assert "missing.csv: cannot be read: it does not exist" in log


def test_where_a_plan_leaves_what_was_seen() -> None:
    """Above and below the range, and levers that were never used; 2 % more is no matter. What no
    week was without and the plan gives up is below its range too."""
    seen = [
        Range("boost feed", "money", 100.0, 500.0, 900.0),
        Range("hours main", "hour", 20, 40, 60),
        Range("boost live", "money", 300.0, 400.0, 900.0),
        Range("boost video", "money", 0.0, 400.0, 900.0),
    ]
    plan = {
        "boost feed": np.array([505.0, 800.0]),
        "hours main": np.array([20.0, 40.5]),
        "hours second": np.array([0.0, 12.0]),
        "creators tail": np.zeros(2),
        "boost live": np.zeros(2),
        "boost video": np.zeros(2),
    }
    found = [(lever, number) for lever, _, number, _ in outside(seen, plan)]
    assert found == [("boost feed", 800.0), ("hours second", 12.0), ("boost live", 0.0)]


@pytest.fixture(scope="module")
def promoted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A plan that takes a package, sends samples and gives a discount for a while."""
    tree = believed().model_dump()
    tree["field"]["discounts"] = {
        "none": {"depth": 0.0, "uplift": 1.0},
        "tenth": {"depth": 0.1, "uplift": 1.3},
    }
    instance = Instance.model_validate(tree)
    controls = status_quo(instance)
    controls.package[:] = 1
    controls.samples[:] = 20.0
    controls.discount[:, 2] = (0, 1)
    plan = Plan.of(instance, "feasible_limit", controls, float("inf"))
    return str(plan_file.write(tmp_path_factory.mktemp("plans"), plan))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_levers_of_a_plan_that_no_week_has_seen(
    lang: str, files: tuple[str, str], promoted: str
) -> None:
    """A package that was never in force is told, and so are samples and discounts, of which a
    history has no column; the level without a discount is none."""
    words = ("--instance", files[1], "--draws", "20", "--no-hold-out", "--lang", lang)
    code, said, log = run(files[0], *words, "--plan", promoted)
    assert code == 0, log
    text = " ".join(said.split())
    english = (
        "package june.full, which",
        "samples to 尾部, of which",
        "tenth, of which no history",
    )
    chinese = ("活动方案「june.full」，历史中没", "尾部寄样，历史中没", "折扣「tenth」，历史")
    for told in {"en": english, "zh": chinese}[lang]:
        assert told in text
    assert "discount none" not in text


def test_a_package_that_was_in_force_is_seen() -> None:
    """A package of the history has its range, from no day of a week to all of them."""
    instance = believed()
    seen = planted(instance, 40, 0.05, 4).history
    taken = tuple(("june", "full") if 4 <= t < 6 else None for t in range(seen.weeks))
    share = np.array([0.0 if one is None else 1.0 for one in taken])
    known = ranges(instance, replace(seen, promotion=taken, promotion_share=share))
    (told,) = [one for one in known if one.lever == "package june.full"]
    assert (told.low, told.high, told.limit) == (0.0, 1.0, None)
    assert outside(known, {"package june.full": np.ones(1)}) == []
