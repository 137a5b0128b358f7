"""Bad input at the command line: exit code 2 and one line that names file, line, field, value and
rule; never a traceback, never a plan.
"""

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocator.cli import app

SMALL = Path(__file__).with_name("small_merchant.yaml")
TEXT = SMALL.read_text(encoding="utf-8")


def run(*args: str | Path) -> Result:
    """Outcome of a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args])


def refused(path: Path, command: str = "check") -> str:
    """What is said about a file that must be refused."""
    result = run(command, path)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert "internal error" not in result.output
    assert result.stdout == ""
    assert str(path) in result.stderr
    return result.stderr


# Text of the merchant, what stands in its place, field, value as shown, a part of the rule.
EDITS = {
    "yaml nan": ("budget: 500000", "budget: .nan", "money.budget", ".nan", "number"),
    "yaml infinity": ("budget: 500000", "budget: .inf", "money.budget", ".inf", "number"),
    "beyond doubles": ("budget: 500000", "budget: 1e400", "money.budget", "1e400", ""),
    "quoted number": ("budget: 500000", 'budget: "500000"', "money.budget", "500000", "number"),
    "thousands": ("budget: 500000", "budget: 500,000", "money.budget", "500,000", "number"),
    "decimal comma": ("budget: 500000", "budget: 500.000,50", "money.budget", "500.000,50", ""),
    "per cent": ("unfollow: 0.02", "unfollow: 2%", "wide.unfollow", "2%", "number"),
    "octal": ("periods: 8", "periods: 010", "calendar.periods", "010", "number"),
    "clock": ("hours_max: 40", "hours_max: 12:30", "main.hours_max", "12:30", "number"),
    "underscore": ("pool: 100000", "pool: 100_000", "core.pool", "100_000", "number"),
    "full width": ("pool: 100000", "pool: １２", "core.pool", "", "number"),
    "truth": ("hours_max: 40", "hours_max: true", "main.hours_max", "true", "number"),
    "half a head": ("{heads: 3", "{joining: [0.5], heads: 3", "joining", "0.5", "whole number"),
    "long integer": ("budget: 500000", f"budget: {'9' * 5000}", "money.budget", "999", ""),
    "negative budget": ("budget: 500000", "budget: -1", "money.budget", "-1", "0"),
    "negative hours": ("hours_max: 40", "hours_max: -40", "main.hours_max", "-40", "0"),
    "too large": ("budget: 500000", "budget: 1e16", "money.budget", "1e+16", "1000000000000"),
    "too small": (
        "reception: {kind: linear, rate: 200}\n      crew: {host: 1}\n      current_hours: 30",
        "reception: {kind: power, scale: 1e-13, exponent: 0.5}",
        "main.reception",
        "1e-13",
        "1e-12",
    ),
    "rate above 1": ("conversion: 0.02", "conversion: 1.2", "core.conversion", "1.2", "1"),
    "shares of 0.999": (
        "mix: {core: 0.5, wide: 0.5}\n      current_spend",
        "mix: {core: 0.5, wide: 0.499}\n      current_spend",
        "feed.mix",
        "",
        "1",
    ),
    "least above most": (
        "hours_max: 40",
        "hours_max: 40\n      hours_min: 50",
        "main.hours_min",
        "50",
        "hours_max",
    ),
    "30 February": ("first: 2026-W05", "first: 2026-02-30", "spring.first", "2026-02-30", ""),
    "slashes": ("first: 2026-W05", "first: 01/02/2026", "spring.first", "01/02/2026", ""),
    "date with time": (
        "first: 2026-W05",
        "first: 2026-02-02T08:00:00Z",
        "spring.first",
        "2026-02-02T08:00:00Z",
        "",
    ),
    "serial date": ("first: 2026-W05", "first: 45658", "spring.first", "45658", ""),
    "week 54": ("start: 2026-W01", "start: 2026-W54", "calendar.start", "2026-W54", ""),
    "ends before": ("last: 2026-W06", "last: 2026-W04", "spring", "", "before"),
    "number as id": ("    wide:", "    1:", "snowball.segments", "", "text"),
    "cyrillic id": ("    wide:", "    wіde:", "segments", "", ""),
    "spaced id": ("    wide:", '    "wide ":', "segments", "", ""),
    "unknown field": ("budget: 500000", "budgt: 500000", "money.budgt", "", "budget"),
    "unknown segment": (
        "mix: {core: 1, wide: 0}",
        "mix: {core: 1, wild: 0}",
        "moon.mix",
        "",
        "wide",
    ),
    "unknown role": ("crew: {host: 1}, cur", "crew: {hots: 1}, cur", "content.crew", "", "host"),
    "duplicate key": ("  budget: 500000", "  budget: 1\n  budget: 500000", "budget", "", "twice"),
    "alias": ("budget: 500000", "budget: &b 500000\n  overhead: *b", "", "", ""),
    "tag": ("budget: 500000", "budget: !!python/name:os.system 1", "", "", ""),
    "no periods": ("periods: 8", "periods: 0", "calendar.periods", "0", "1"),
    "no lines": (
        "    shirt: {price: 100, unit_cost: 30, refund_pre: 0.1, refund_post: 0.1, shipping: 4}",
        "    {}",
        "goods.lines",
        "",
        "",
    ),
    "a billion periods": ("periods: 8", "periods: 1000000000", "calendar.periods", "", ""),
    "unknown kind": ("{kind: linear, rate: 2}", "{kind: cubic, rate: 2}", "feed.curve", "", ""),
    "name with a slash": ("name: small", "name: ../small", "name", "../small", ""),
    "empty name": ("name: small", 'name: ""', "name", "", ""),
}


@pytest.mark.parametrize("case", EDITS)
def test_a_bad_value_is_refused_at_its_place(case: str, tmp_path: Path) -> None:
    """File, line, field, value and rule stand in the message."""
    old, new, field, value, rule = EDITS[case]
    assert TEXT.count(old) >= 1
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    said = refused(path)
    assert re.search(rf"{re.escape(str(path))}:\d+", said)
    for part in (field, value, rule):
        assert part in said, said


# Name of the file, its bytes, a part of the message.
FILES = {
    "empty": ("case.yaml", b"", ""),
    "only a comment": ("case.yaml", b"# nothing\n", ""),
    "a list": ("case.yaml", b"- 1\n- 2\n", ""),
    "utf-16": ("case.yaml", TEXT.encode("utf-16"), "UTF"),
    "nul": ("case.yaml", b"name: a\x00b\n", ""),
    "self reference": ("case.yaml", b"name: &a [*a]\n", ""),
    "bomb": ("case.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ""),
    "deep": ("case.yaml", b"a: " + b"[" * 2000 + b"]" * 2000, ""),
    "deep json": ("case.json", b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ""),
    "cut json": ("case.json", b'{"name": "a", "calendar": {"periods": 3', ""),
    "json nan": ("case.json", b'{"name": "a", "calendar": {"periods": NaN}}', "NaN"),
    "json twice": ("case.json", b'{"name": "a", "name": "b"}', "twice"),
    "half a character": ("case.json", b'{"name": "\\ud800"}', ""),
    "a table": ("case.csv", b"id;budget\n1;2\n", ""),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused(case: str, tmp_path: Path) -> None:
    """A file that holds no instance is refused in words, at once."""
    name, content, words = FILES[case]
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refused(path)
    assert words in refused(path, "solve")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a missing file, links in a circle and a pipe are refused without waiting."""
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("", "missing.yaml", "loop.yaml", "pipe.yaml"):
        refused(tmp_path / name)
        refused(tmp_path / name, "solve")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to the superuser")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    """An output folder that cannot be written is found before anything is solved."""
    tmp_path.chmod(0o500)
    try:
        result = run("solve", SMALL, "--out", tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)
    assert result.exit_code == 2
    assert "permission denied" in result.stderr


@pytest.mark.parametrize("below", ["file", "file/deeper", "loop/out"])
def test_an_impossible_output_folder_is_refused(below: str, tmp_path: Path) -> None:
    """A file in the way, or links in a circle, end the call with 2 before anything is solved."""
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    result = run("solve", SMALL, "--out", tmp_path / below)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert str(tmp_path) in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["slove"], ["solve", "--gpa", "0.01"], ["solve", "--gap"], ["solve", "--threads", "two"]],
)
def test_an_unknown_word_is_refused(arguments: list[str]) -> None:
    """An unknown command, an unknown option and an option without its value end with 2."""
    assert run(*arguments).exit_code == 2


def test_two_instances_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their plans would overwrite each other."""
    twin = tmp_path / "twin.yaml"
    twin.write_text(TEXT, encoding="utf-8")
    result = run("solve", SMALL, twin)
    assert result.exit_code == 2
    assert "its own name" in result.stderr


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Three mistakes give three lines, in the order of the file."""
    path = tmp_path / "case.yaml"
    text = TEXT.replace("periods: 8", "periods: eight").replace("budget: 500000", "budget: -5")
    path.write_text(text.replace("heads: 3", "haeds: 3"), encoding="utf-8")
    said = refused(path)
    places = [said.index(word) for word in ("calendar.periods", "haeds", "money.budget")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"status": "optimal"}', "not json", '{"status": NaN}']
)
def test_what_is_no_plan_is_refused(content: str, tmp_path: Path) -> None:
    """verify and show say in words that a file is no plan."""
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")
    for command in ("verify", "show", "compare"):
        result = run(command, path)
        assert result.exit_code == 2, result.output
        assert "is not a plan file" in result.stderr


def test_a_plan_of_another_instance_is_refused(tmp_path: Path) -> None:
    """A plan file whose instance was changed by hand has another digest."""
    from allocator.load import load
    from allocator.plan import Plan
    from fact_models.replay import status_quo

    instance = load(SMALL)
    record = json.loads(Plan.of(instance, "optimal", status_quo(instance), 1e12).to_json())
    record["file"]["money"]["budget"] = 1e9
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    result = run("verify", path)
    assert result.exit_code == 2
    assert "was changed" in result.stderr
