"""The command line: exit codes, streams, and words instead of tracebacks."""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import allocator
from allocator import exits
from allocator.cli import app
from allocator.faults import OutputError
from allocator.load import load
from allocator.plan import Plan
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

SMALL = Path(__file__).with_name("small_merchant.yaml")
Solver = Callable[..., Plan]


def run(*args: str | Path) -> Result:
    """Outcome of a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args])


def status_quo_plan(instance: Instance, **options: Any) -> Plan:
    """A solver that knows nothing better than today."""
    today = status_quo(instance)
    found = Plan.of(instance, "optimal", today, float("inf"))
    assert found.objective is not None
    return Plan.of(instance, "optimal", today, 1.005 * found.objective, runtime={"total": 0.1})


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> Callable[[Solver], None]:
    """Puts another solver in the place of the real one."""

    def use(found: Solver) -> None:
        monkeypatch.setattr(importlib.import_module("allocator.solve"), "solve", found)
        monkeypatch.setattr("allocator.models_compare.solve", found)

    use(status_quo_plan)
    return use


def without_plan(status: Any) -> Solver:
    """A solver that ends with ``status``."""
    return lambda instance, **options: Plan(instance, status, message="for a reason")


def named(folder: Path, name: str) -> Path:
    """The small merchant under another name."""
    path = folder / f"{name}.yaml"
    text = SMALL.read_text(encoding="utf-8").replace("name: small", f"name: {name}")
    path.write_text(text, encoding="utf-8")
    return path


def test_solve_writes_and_shows(solver: Any, tmp_path: Path) -> None:
    """A solved instance is shown on stdout, logged on stderr and kept below --out."""
    result = run("solve", SMALL, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert "certified within" in result.stdout
    assert "Plan by month" in result.stdout
    assert "written to" in result.stderr
    assert json.loads((tmp_path / "small" / "plan.json").read_text())["status"] == "optimal"
    assert run("verify", tmp_path / "small").exit_code == 0
    shown = run("show", tmp_path / "small")
    assert shown.exit_code == 0
    assert "Course of the search" in shown.stdout


def test_json_is_one_object_a_line(solver: Any, tmp_path: Path) -> None:
    """With --json nothing but objects stands on stdout."""
    result = run("solve", SMALL, named(tmp_path, "other"), "--json")
    assert result.exit_code == 0
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [r["instance"]["name"] for r in records] == ["small", "other"]
    assert "decisions" not in records[0]


def test_solve_without_a_file_takes_the_embedded_instance(solver: Any) -> None:
    """The first command of the manual needs no file."""
    result = run("solve", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["instance"]["name"]


def test_options_replace_goal_and_world(solver: Any) -> None:
    """--objective and --model reach the instance and are checked with it."""
    seen: list[Instance] = []

    def watch(instance: Instance, **options: Any) -> Plan:
        seen.append(instance)
        assert options["time_limit"] is None
        assert options["threads"] == 2
        return status_quo_plan(instance)

    solver(watch)
    line = ["solve", str(SMALL), "--objective", "net-gmv", "--model", "funnel", "--json"]
    result = run(*line, "--time-limit", "none", "--threads", "2")
    assert result.exit_code == 0, result.stderr
    assert seen[0].objective.goal == "net_gmv"
    assert seen[0].snowball.model == "funnel"


def test_cost_without_a_target_is_bad_input(solver: Any) -> None:
    """The least cost of nothing is refused before anything is solved."""
    result = run("solve", SMALL, "--objective", "cost")
    assert result.exit_code == 2
    assert "target" in result.stderr


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("no_plan_yet", 1),
        ("unverified", 1),
        ("error", 1),
        ("unbounded_model", 1),
        ("infeasible", 3),
    ],
)
def test_exit_code_without_a_plan(solver: Any, tmp_path: Path, status: str, code: int) -> None:
    """No plan within the limits is 1, infeasible is 3; nothing is written."""
    solver(without_plan(status))
    result = run("solve", SMALL, "--out", tmp_path)
    assert result.exit_code == code
    assert "for a reason" in result.stdout
    assert not list(tmp_path.rglob("plan.json"))


def test_exit_code_of_several(solver: Any, tmp_path: Path) -> None:
    """Infeasible weighs more than no plan, and both more than a plan."""
    answers = iter([status_quo_plan, without_plan("infeasible"), without_plan("no_plan_yet")])
    solver(lambda instance, **options: next(answers)(instance, **options))
    result = run("solve", SMALL, named(tmp_path, "b"), named(tmp_path, "c"))
    assert result.exit_code == 3
    assert [name in result.stdout for name in ("small", "infeasible", "no_plan_yet")] == [True] * 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupt_keeps_the_plan(
    solver: Any, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """A signal ends the call with the best plan written; the instances after it are not begun."""
    begun: list[str] = []

    def interrupted(instance: Instance, *, stop: threading.Event, **options: Any) -> Plan:
        begun.append(instance.name)
        os.kill(os.getpid(), number)
        assert stop.wait(2)
        return replace(status_quo_plan(instance), status="interrupted_feasible")

    solver(interrupted)
    result = run("solve", SMALL, named(tmp_path, "late"), "--out", tmp_path / "out")
    assert result.exit_code == code
    assert begun == ["small"]
    assert [f.parent.name for f in (tmp_path / "out").rglob("plan.json")] == ["small"]


def test_interrupt_before_a_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while files are read ends with 130 and a line."""

    def interrupt(path: str) -> Instance:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("allocator.load"), "load", interrupt)
    result = run("check", SMALL)
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_codes_have_a_precedence() -> None:
    """130 and 143 come first, then 2, then 3, then 1."""
    assert exits.worst([0, 1, 3, 2, 143]) == 143
    assert exits.worst([1, 3, 2, 0]) == 2
    assert exits.worst([1, 3, 0]) == 3
    assert exits.worst([0, 1]) == 1
    assert exits.worst([]) == 0


def test_bad_file_stops_all(solver: Any, tmp_path: Path) -> None:
    """All bad files are named, and nothing is solved beside them."""
    solver(without_plan("error"))
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: x\nperiods: 3\n")
    result = run("solve", SMALL, bad, tmp_path / "missing.yaml")
    assert result.exit_code == 2
    assert "bad.yaml" in result.stderr
    assert "missing.yaml" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", ["small", "Small"])
def test_namesakes_are_refused(solver: Any, tmp_path: Path, name: str) -> None:
    """Two instances that would share an output folder are refused."""
    result = run("solve", SMALL, named(tmp_path, name))
    assert result.exit_code == 2
    assert "its own name" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["solve", "--gap", "nan"],
        ["solve", "--gap", "-1"],
        ["solve", "--gap", "2"],
        ["solve", "--time-limit", "0"],
        ["solve", "--time-limit", "inf"],
        ["solve", "--time-limit", "soon"],
        ["solve", "--threads", "0"],
        ["solve", "--seed", "-1"],
        ["solve", "--objective", "fame"],
        ["solve", "--nothing"],
        ["verify"],
        ["check"],
        ["compare"],
        ["dance"],
    ],
)
def test_usage_errors_are_bad_input(solver: Any, arguments: list[str]) -> None:
    """A wrong option or a missing argument ends with 2."""
    assert run(*arguments).exit_code == 2


def test_out_that_is_a_file_is_bad_input(solver: Any, tmp_path: Path) -> None:
    """An output folder that cannot be made is found before anything is solved."""
    solver(without_plan("error"))
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    result = run("solve", SMALL, "--out", blocked)
    assert result.exit_code == 2
    assert "blocked" in result.stderr


def test_check_tells_sizes_or_problems(tmp_path: Path) -> None:
    """Each file gets a line; one that is wrong turns the code to 2."""
    good = run("check", SMALL)
    assert good.exit_code == 0
    assert "8 periods" in good.stdout
    assert good.stdout.count("\n") == 1
    mixed = run("check", SMALL, tmp_path / "missing.yaml")
    assert mixed.exit_code == 2
    assert "8 periods" in mixed.stdout
    assert "does not exist" in mixed.stderr


def test_verify_finds_false_plans(solver: Any, tmp_path: Path) -> None:
    """A plan with another GMV is refused with 1, one with another instance or no plan with 2."""
    run("solve", SMALL, "--out", tmp_path)
    file = tmp_path / "small" / "plan.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    false = tmp_path / "false.json"
    false.write_text(json.dumps({**record, "gmv": 2 * record["gmv"]}))
    result = run("verify", file, false)
    assert result.exit_code == 1
    assert "gmv is reported" in result.stdout
    record["decisions"]["hours"][0][0][0] = 1000.0
    false.write_text(json.dumps(record))
    assert run("verify", false).exit_code == 1
    record["file"]["note"] = "mine"
    false.write_text(json.dumps(record))
    both = run("verify", file, false)
    assert both.exit_code == 2
    assert "was changed" in both.stderr
    assert "verified" in both.stdout


def test_show_describes_an_instance() -> None:
    """An instance is shown with its levers and what is assumed."""
    result = run("show", SMALL)
    assert result.exit_code == 0
    assert "Own accounts" in result.stdout
    assert "every figure" in result.stdout
    assert json.loads(run("show", SMALL, "--json").stdout)["name"] == "small"


def test_schema_is_json() -> None:
    """The schema names the fields of an instance and says what they mean."""
    found = json.loads(run("schema").stdout)
    assert found["additionalProperties"] is False
    assert "snowball" in found["properties"]


def test_fault_of_ours_is_one_line(solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is a line that says how to get the trace."""

    def breaks(instance: Instance, **options: Any) -> Plan:
        raise RuntimeError("a\nb")

    solver(breaks)
    result = run("solve", SMALL)
    assert result.exit_code == 1
    line = result.stderr.splitlines()[-1]
    assert line.startswith("internal error: RuntimeError: a b")
    assert exits.DEBUG in line
    monkeypatch.setenv(exits.DEBUG, "1")
    assert isinstance(run("solve", SMALL).exception, RuntimeError)


def test_full_disk_is_bad_input(
    solver: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that cannot be written ends with 2 and the reason."""

    def full(path: Path, content: str) -> None:
        raise OutputError(str(path), "the disk is full")

    monkeypatch.setattr("allocator.plan_file.write_atomic", full)
    result = run("solve", SMALL, "--out", tmp_path)
    assert result.exit_code == 2
    assert "the disk is full" in result.stderr


def alone(code: str) -> tuple[int, str, str]:
    """Exit status, output and errors of code in a process of its own."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_library_is_quick_and_quiet() -> None:
    """Importing the package loads none of the heavy ones and prints nothing; help stays light."""
    code = (
        "import sys, allocator, allocator.cli\n"
        "heavy = {'pandas', 'numpy', 'pydantic', 'pyomo', 'highspy', 'scipy'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    assert alone(code) == (0, "", "")


@pytest.mark.parametrize("first", ["allocator.solve", "pyomo.environ", "pandas"])
def test_a_plan_needs_little_of_scipy(first: str) -> None:
    """Whatever is imported first, a plan is made without scipy's statistics, which pyomo would
    load; who asks for them has them.
    """
    code = (
        f"import sys, allocator, {first}\n"
        f"plan = allocator.solve(allocator.load({str(SMALL)!r}), gap=0.5, time_limit=30)\n"
        "assert plan.decisions is not None\n"
        "assert 'scipy.stats' not in sys.modules\n"
        "from scipy import stats\n"
        "assert abs(stats.norm.cdf(0) - 0.5) < 1e-12"
    )
    assert alone(code) == (0, "", "")


def test_functions_stay_functions() -> None:
    """Importing a submodule leaves the function of its name in the package."""
    for name in ("load", "solve", "compare"):
        importlib.import_module(f"allocator.{name}")
        assert not isinstance(getattr(allocator, name), type(sys))
        assert callable(getattr(allocator, name))
    assert allocator.load(SMALL) == load(SMALL)
    assert set(allocator.__all__) <= set(dir(allocator))
    assert all(getattr(allocator, name) for name in allocator.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = allocator.nothing


def test_models_are_compared(solver: Any) -> None:
    """--models tells what planning with the feedback is worth, in words and as JSON."""
    result = run("compare", "--models", SMALL)
    assert result.exit_code == 0, result.stderr
    assert "planning with the feedback is worth" in result.stdout
    assert "Broken rules" in result.stdout
    record = json.loads(run("compare", "--models", SMALL, "--json").stdout)
    assert record["instance"] == "small"
    assert {row["plan"] for row in record["table"]} == {"snowball", "funnel"}
    assert set(record["plans"]) == {"snowball", "funnel"}
    assert any("planning with the feedback is worth" in line for line in record["words"])


def test_models_are_replanned(solver: Any) -> None:
    """--replan adds a plan for low and for high growth, and means nothing without --models."""
    result = run("compare", "--models", "--replan", SMALL, "--json")
    assert result.exit_code == 0, result.stderr
    record = json.loads(result.stdout)
    assert {"replanned_low", "replanned_high"} < set(record["plans"])
    assert any("low growth beforehand" in line for line in record["words"])
    refused = run("compare", "--replan", SMALL)
    assert refused.exit_code == 2
    assert "--replan needs --models" in refused.stderr


def test_single_solve_is_weighed(solver: Any, tmp_path: Path) -> None:
    """With time left the plan is weighed against the funnel's, on the screen and in the file."""
    seen: list[tuple[str, float]] = []

    def watch(instance: Instance, **options: Any) -> Plan:
        seen.append((instance.snowball.model, options["time_limit"]))
        return status_quo_plan(instance)

    solver(watch)
    result = run("solve", SMALL, "--time-limit", "40", "--out", tmp_path)
    assert "Planning with the feedback is worth" in result.stdout
    assert [model for model, _ in seen] == ["snowball", "funnel"]
    assert seen[1][1] < 40
    written = json.loads((tmp_path / "small" / "plan.json").read_text())
    assert "worth_vs_funnel" in written["growth"]
    assert "is worth" in run("show", tmp_path / "small").stdout


def test_weighing_without_a_limit_does_not_ask_the_clock(solver: Any, tmp_path: Path) -> None:
    """Without a time limit the same file gives the same figures, those against the funnel too."""
    seen: list[float | None] = []

    def watch(instance: Instance, **options: Any) -> Plan:
        seen.append(options["time_limit"])
        return status_quo_plan(instance)

    solver(watch)
    result = run("solve", SMALL, "--time-limit", "none", "--out", tmp_path)
    assert "Planning with the feedback is worth" in result.stdout
    assert seen == [None, None]


def test_weighing_is_left_out(solver: Any, tmp_path: Path) -> None:
    """No second solve with --json, for several instances, or in the funnel."""
    seen: list[str] = []

    def watch(instance: Instance, **options: Any) -> Plan:
        seen.append(instance.snowball.model)
        return status_quo_plan(instance)

    solver(watch)
    run("solve", SMALL, "--json")
    run("solve", SMALL, named(tmp_path, "other"))
    funnel_only = run("solve", SMALL, "--model", "funnel")
    assert seen == ["snowball"] * 3 + ["funnel"]
    assert "compare --models." not in funnel_only.stdout


def test_weighing_keeps_the_deadline(solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too little time left the screen says how to get the worth."""
    monkeypatch.setattr("allocator.runs.WEIGHING_SHARE", 1.0)
    result = run("solve", SMALL, "--time-limit", "2")
    assert "against the funnel's plan: allocator compare --models" in result.stdout
