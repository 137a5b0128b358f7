"""``allocator allocate``: exit codes, JSON and the screen."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from allocator.allocate import load_request
from allocator.cli import app

CURVES = Path(__file__).parents[2] / "instances" / "curves"
SMALL = """
name: two
curves:
  a: {kind: hill, scale: 100, half: 60, slope: 3}
  b: {kind: log, scale: 20, half: 10}
budget: 100
bounds: {a: [0, 70]}
"""


def run(*args: str | Path) -> Result:
    """Outcome of the command."""
    return CliRunner().invoke(app, ["allocate", *map(str, args)])


def small(folder: Path, text: str = SMALL) -> Path:
    path = folder / "two.yaml"
    path.write_text(text)
    return path


def test_screen(tmp_path: Path) -> None:
    """Certificate, channels, what the budget is worth, what is left."""
    result = run(small(tmp_path))
    assert result.exit_code == 0, result.output
    for part in ("certified within", "a ", "b ", "budget", "unspent: 0, because"):
        assert part in result.output


def test_json_and_options(tmp_path: Path) -> None:
    """One object, with the budget and the periods of the call."""
    result = run(small(tmp_path), "--json", "--budget", "50", "--periods", "2")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["status"] == "optimal"
    assert len(found["detail"][0]) == 2
    assert abs(found["paid"] - 50) < 1e-6


def test_bad_input(tmp_path: Path) -> None:
    """File, line, field and rule, exit code 2."""
    result = run(small(tmp_path, SMALL.replace("slope: 3", "slope: 30")))
    assert result.exit_code == 2
    assert "two.yaml:4: curves.a.slope = 30: must be at most 6" in result.output


def test_infeasible(tmp_path: Path) -> None:
    """Exit code 3, and the limits in the way."""
    groups = "groups: {g: {channels: [a], total_min: 90}}\n"
    result = run(small(tmp_path, SMALL + groups))
    assert result.exit_code == 3
    assert "group g is missed by 20" in result.output


def test_an_export_needs_a_budget() -> None:
    """The message says what to give."""
    result = run(CURVES / "robyn.json")
    assert result.exit_code == 2
    assert "budget: is needed" in result.output


def test_the_stored_request_reads() -> None:
    """Every field of the example is understood."""
    request = load_request(CURVES / "channels.yaml")
    assert request.carryover["live_ads"].before == [30000, 30000]
    assert request.periods.count == 13
