"""From an export to a plan that is scored in what its merchant's history taught."""

import json
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from allocator.cli import app
from allocator.doubt.draws import drawn
from allocator.load import load
from allocator.writing import csv_text
from benchmarks.fit_export import table_of
from benchmarks.fit_worlds import world
from fact_models.overriding import changed
from fact_models.replay import facts
from fact_models.spec.calendar import as_date
from fact_models.spec.scenario import Change

EXPORT = Path(__file__).resolve().parents[3] / "instances" / "start" / "export.csv"


def run(*words: str) -> str:
    """What a command prints; it ends with 0."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_start_solve_fit_score(tmp_path: Path) -> None:
    """The four commands pass on what they write. The draws hold the instance's own fields, each
    world of the score is a draw, and the middle one is an instance with what was taught.
    """
    suffix = "parquet" if find_spec("pyarrow") else "csv"
    mine, answers = str(tmp_path / "mine.yaml"), tmp_path / "answers.yaml"
    answers.write_text("periods: 4\n", encoding="utf-8")
    start = ["start", "--archetype", "factory", "--weeks", str(EXPORT)]
    run(*start, "--answers", str(answers), "--out", mine)
    limits = ["--gap", "0.3", "--time-limit", "60", "--threads", "1"]
    run("solve", mine, *limits, "--out", str(tmp_path / "plans"))
    instance = load(mine)
    known, first = facts(instance), as_date(instance.calendar.start)
    planted = world(known, 20, 0.05, 1, first)
    history = tmp_path / "history.csv"
    history.write_text(csv_text(table_of(planted.history.part(20), known)), encoding="utf-8")
    out = str(tmp_path / f"posterior.{suffix}")
    told = json.loads(
        run("fit", str(history), "--instance", mine, "--out", out, "--draws", "60", "--json")
    )
    assert told["weeks"] == 20
    draws = drawn(instance, out)
    assert draws.values is not None
    plan = str(tmp_path / "plans" / "mine")
    scored = json.loads(run("score", plan, "--draws", out, "--json"))
    assert scored["worlds"] == 60
    assert np.all(np.isfinite(scored["quantiles"]["objective"]))
    medians = np.median(draws.values, axis=0).tolist()
    middle = dict(zip(draws.figures, medians, strict=True))
    taught = changed(instance, [Change(at=path, value=x) for path, x in middle.items()])
    assert taught.calendar.first_day(0) == planted.history.first + timedelta(weeks=20)
    assert taught != instance
