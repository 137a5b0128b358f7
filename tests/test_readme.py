"""What README.md shows is what a reader gets."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allocator.cli import app

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(
    r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
)
Record = dict[str, Any]
PLAN: Record = {
    "status": "optimal",
    "objective": 27_736_182.8,
    "bound": 27_875_699.0,
    "gap": 0.005,
    "gmv": 18_431_530.6,
    "contribution": 999_600.0,
    "runtime": {"total": 63.5},
    "instance": {"name": "default"},
    "ids": {"periods": 26},
    "growth": {
        "mean_factor": {"core": 1.025, "wider": None},
        "yuan": {"4": 2.95, "13": None},
        "returned_share": 0.092,
    },
}


def example(first_line: str) -> str:
    """The block that begins with ``first_line``."""
    return next(text for _, text in BLOCKS if text.startswith(first_line))


def test_the_example_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The instance solves within its gap, and the library example runs on it as it stands."""
    monkeypatch.chdir(tmp_path)
    Path("tea-house.yaml").write_text(example("name: tea-house"), encoding="utf-8")
    exec(compile(example("import allocator"), "README.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.startswith("optimal ")


def test_every_command_is_one() -> None:
    """Commands and options that the page names are those of the program."""
    shell = "\n".join(text for kind, text in BLOCKS if kind == "bash")
    named = set(re.findall(r"allocator (\w+)", shell))
    assert named == {
        command.callback.__name__ for command in app.registered_commands if command.callback
    }
    for command in named:
        told = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).stdout
        for line in shell.splitlines():
            said, _, _ = line.partition("#")
            if f"allocator {command}" in said and "pip" not in said and "python" not in said:
                for option in re.findall(r"--[a-z-]+", said):
                    assert option in told


def test_links_lead_somewhere() -> None:
    """Files that the page links to are there."""
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / target).exists(), target


def test_tables_are_made_from_runs(tmp_path: Path) -> None:
    """Figures of plan files and comparisons are written between the marks of a page."""
    script = runpy.run_path(str(ROOT / "docs" / "make_tables.py"))
    (tmp_path / "default").mkdir()
    (tmp_path / "default" / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    plans = script["archetypes"](script["plans"](tmp_path))
    row = (
        "| default | 26 | 18.4M | 1.00M | 27.7M | 27.9M | 0.50 % | 64 "
        "| +2.5 % | 2.95 / – / – | 9.2 % |"
    )
    assert plans.splitlines()[-1] == row
    trial: Record = {
        "world": "low",
        "gmv": 110.0,
        "worth": 10.0,
        "worth_percent": 10.0,
        "broken": 0,
    }
    trial["worth_objective_percent"] = -2.0
    funnel = {**trial, "gmv": 100.0, "worth": 0.0, "worth_percent": 0.0, "broken": 2}
    table = [{**trial, "plan": "snowball"}, {**funnel, "plan": "funnel"}]
    models = script["comparisons"]([json.dumps({"instance": "a", "table": table})])
    assert models.splitlines()[2] == "| a | low | 110 | 100 | 10 | +10.0 % | -2.0 % | 0 / 2 |"
    assert models.splitlines()[3] == "| a | middle | – | – | – | – | – | – / – |"
    page = tmp_path / "page.md"
    page.write_text(
        "before\n<!-- models -->\nold\n<!-- end of models -->\nafter\n", encoding="utf-8"
    )
    script["put"](page, {"models": models})
    text = page.read_text(encoding="utf-8")
    assert models in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    with pytest.raises(ValueError, match="archetypes"):
        script["put"](page, {"archetypes": plans})
