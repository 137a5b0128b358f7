"""Time and signals, end to end: the command ends when it said, and hands over what it has."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from typer.testing import CliRunner

from allocator import patience
from allocator.attempt import Options, attempt
from allocator.cli import app
from allocator.load import load
from allocator.patience import NoAnswer, wait_for
from allocator.plan import Plan
from allocator.signals import StopEvent
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

HERE = Path(__file__).parent
SMALL = HERE / "small_merchant.yaml"
INSTANCES = HERE.parents[1] / "instances"
OF_ALL_SIZES = (
    SMALL,
    INSTANCES / "reference" / "a7-reinvest-26.yaml",
    INSTANCES / "bench" / "tight_cash-13-0.json",
    INSTANCES / "bench" / "many_deals-13-0.json",
    INSTANCES / "archetypes" / "micro-factory-26.yaml",
    INSTANCES / "archetypes" / "growing-apparel-26.yaml",
    INSTANCES / "archetypes" / "snack-alliance-26.yaml",
    INSTANCES / "archetypes" / "beauty-brand-26.yaml",
    INSTANCES / "archetypes" / "micro-factory-52.yaml",
    INSTANCES / "archetypes" / "beauty-brand-52.yaml",
)
LIMITS = (10, 20, 40)
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
ENV |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def command(instance: Path, out: Path, *options: str) -> list[str]:
    """A solve that will not close its gap."""
    line = [sys.executable, "-m", "allocator", "solve", str(instance), "--out", str(out)]
    return [*line, "--gap", "0.00001", *options]


def verdict(out: Path, name: str) -> str:
    """What a run left: a plan that verifies, or nothing.

    Raises:
        AssertionError: what it left does not verify.
    """
    folder = out / name
    if not (folder / "plan.json").exists():
        return "no plan"
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 0, result.output
    gap = json.loads((folder / "plan.json").read_text())["gap"]
    return f"plan, gap {gap:.2%}" if gap is not None else "plan"


def today(instance: Instance, gap: float = 1.0) -> Plan:
    """Today's plan with some bound."""
    plan = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    assert plan.objective is not None
    return Plan.of(instance, "feasible_limit", status_quo(instance), (1 + gap) * plan.objective)


@pytest.mark.nightly
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("path", OF_ALL_SIZES, ids=lambda path: path.stem)
def test_a_limit_holds_for_the_whole_command(
    path: Path, limit: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Wall time of the process <= 1.1 x limit + 1 s, over 10 sizes x 3 limits."""
    began = time.monotonic()
    done = subprocess.run(
        command(path, tmp_path, "--time-limit", str(limit)),
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.monotonic() - began
    record_property(f"{path.stem} {limit}", round(wall, 1))
    assert done.returncode in (0, 1), done.stderr
    found = verdict(tmp_path, path.stem if path != SMALL else "small")
    print(
        f"| {path.stem} | {limit} | {wall:.1f} | {found} | {os.getloadavg()[0]:.1f} |", flush=True
    )
    assert wall <= 1.1 * limit + 1


def stopped(line: list[str], moment: float, number: signal.Signals) -> tuple[float, int, str, str]:
    """Seconds from a signal to the end of the process, its exit code, stderr and phase."""
    with subprocess.Popen(
        line, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        time.sleep(moment)
        process.send_signal(number)
        began = time.monotonic()
        _, said = process.communicate()
        seconds = time.monotonic() - began
    phases = [text.split()[3] for text in said.splitlines() if " s  " in text and ": " not in text]
    return seconds, process.returncode, said, phases[-1] if phases else "start"


@pytest.mark.nightly
@pytest.mark.parametrize("turn", range(20))
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_any_moment(
    number: signal.Signals,
    code: int,
    turn: int,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """At 20 random moments: within 5 s the best verified plan, or words that there is none."""
    dice = random.Random(f"{number.name}-{turn}")
    path = dice.choice(OF_ALL_SIZES[2:])
    # Before that the interpreter starts, and a signal ends it as it ends any process.
    moment = dice.uniform(2.0, 25.0)
    line = command(path, tmp_path, "--time-limit", "60")
    seconds, returned, said, phase = stopped(line, moment, number)
    record_property(f"{number.name} {phase}", round(seconds, 1))
    found = verdict(tmp_path, path.stem)
    print(
        f"| {number.name} | {path.stem} | {moment:.1f} | {phase} | {seconds:.1f} | {returned} "
        f"| {found} | {os.getloadavg()[0]:.1f} |",
        flush=True,
    )
    assert "Traceback" not in said
    assert returned == code, said
    assert found != "no plan" or "no plan" in said or "before there was a plan" in said
    assert seconds <= 5


def command_with_signal(number: signal.Signals, swallowed: bool) -> list[str]:
    """A solve that gets a signal while its instance is read, by code that may swallow it."""
    caught = "except BaseException: pass" if swallowed else "finally: pass"
    script = (
        "import importlib, os, sys\n"
        "from allocator.cli import main\n"
        "load = importlib.import_module('allocator.load')\n"
        "inner = load.load\n"
        "def reading(path, **rest):\n"
        f"    try: os.kill(os.getpid(), {int(number)}); sum(range(1000))\n"
        f"    {caught}\n"
        "    return inner(path, **rest)\n"
        "load.load = reading\n"
        f"sys.argv = ['allocator', 'solve', {str(SMALL)!r}]\n"
        "main()\n"
    )
    return [sys.executable, "-c", script]


@pytest.mark.parametrize("swallowed", [False, True])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_files_are_read(number: signal.Signals, code: int, swallowed: bool) -> None:
    """Before there is anything to hand over, a signal ends the command in words, also if a
    library swallowed it."""
    done = subprocess.run(
        command_with_signal(number, swallowed),
        env=ENV,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    words = done.stdout if swallowed else done.stderr
    assert "interrupted before this" in words or "before there was a plan" in words
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("swallowed", [False, True])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_imports(number: signal.Signals, code: int, swallowed: bool) -> None:
    """From the first import on a signal ends the command, also if an import swallows it."""
    caught = "except BaseException: pass" if swallowed else "finally: pass"
    script = (
        "import builtins, os, sys\n"
        "from allocator.__main__ import main\n"
        "inner = builtins.__import__\n"
        "def importing(name, *rest):\n"
        "    if name == 'typer':\n"
        "        builtins.__import__ = inner\n"
        f"        try: os.kill(os.getpid(), {int(number)}); sum(range(1000))\n"
        f"        {caught}\n"
        "    return inner(name, *rest)\n"
        "builtins.__import__ = importing\n"
        "sys.argv = ['allocator', 'check', 'missing.yaml']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=ENV, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_work_that_answers_is_waited_for() -> None:
    """Its answer and its error come through, and the caller looks meanwhile."""
    looks: list[int] = []

    def slow() -> str:
        time.sleep(0.2)
        return "done"

    def wrong() -> NoReturn:
        raise KeyError("x")

    stop = StopEvent()
    wait = time.monotonic() + 60
    assert wait_for(slow, until=wait, stop=stop, look=lambda: looks.append(1)) == "done"
    assert looks
    with pytest.raises(KeyError):
        wait_for(wrong, until=wait, stop=stop)


@pytest.mark.parametrize("ended_by", ["clock", "stop"])
def test_work_that_does_not_answer_is_left(ended_by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, or some seconds after a stop, nobody waits any more."""
    monkeypatch.setattr(patience, "AFTER_STOP", 0.2)
    release, stop = threading.Event(), StopEvent()
    until = time.monotonic() + (0.2 if ended_by == "clock" else 60)
    if ended_by == "stop":
        stop.set()
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        wait_for(release.wait, until=until, stop=stop)
    assert time.monotonic() - began < 5
    assert patience.left_behind()
    release.set()


def test_work_in_python_ends_after_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given up after a stop leaves the processor to those who write the plan."""
    monkeypatch.setattr(patience, "AFTER_STOP", 0.1)
    stop = StopEvent()
    stop.set()

    def busy() -> None:
        while True:
            time.sleep(0.01)

    with pytest.raises(NoAnswer):
        wait_for(busy, until=time.monotonic() + 60, stop=stop)
    until = time.monotonic() + 10
    while patience.left_behind() and time.monotonic() < until:
        time.sleep(0.01)
    assert not patience.left_behind()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A solver that tells of a plan and its bound and then hears nothing, until the test ends."""
    release = threading.Event()

    def solve(instance: Instance, *, on_plan: Any, progress: Any, **_: Any) -> Plan:
        from allocator.finding import Progress

        plan = today(instance)
        on_plan(plan)
        assert plan.objective is not None
        progress(Progress(0.1, "MILP", plan.objective, 1.5 * plan.objective, 1 / 3))
        release.wait(60)
        return plan

    import importlib

    monkeypatch.setattr(importlib.import_module("allocator.solve"), "solve", solve)
    yield
    release.set()


def test_a_solver_that_hangs_is_left_with_its_best_plan(hanging: Any, tmp_path: Path) -> None:
    """At 1.1 x the limit the best verified plan counts, with the best bound, and is written."""
    began = time.monotonic()
    result = CliRunner().invoke(
        app, ["solve", str(SMALL), "--time-limit", "1", "--out", str(tmp_path)]
    )
    assert time.monotonic() - began < 10
    assert result.exit_code == 0, result.output
    assert "did not answer in time" in result.stderr
    record = json.loads((tmp_path / "small" / "plan.json").read_text())
    assert record["status"] == "feasible_limit"
    assert record["gap"] == pytest.approx(1 / 3)
    assert not (tmp_path / "small" / "incumbent.json").exists()


@pytest.mark.nightly
@pytest.mark.parametrize("limit", LIMITS[:2])
def test_a_solver_that_hangs_ends_at_its_limit(
    hanging: Any, limit: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Wall time <= 1.1 x limit + 1 s, with a plan that verifies, though the solver never ends."""
    began = time.monotonic()
    line = ["solve", str(SMALL), "--time-limit", str(limit), "--out", str(tmp_path)]
    result = CliRunner().invoke(app, line)
    wall = time.monotonic() - began
    record_property(f"hang {limit}", round(wall, 1))
    assert "did not answer in time" in result.stderr
    assert verdict(tmp_path, "small") != "no plan"
    assert wall <= 1.1 * limit + 1


def test_the_best_plan_is_saved_on_the_way(
    hanging: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the process, the best plan so far is a file that verifies."""
    instance, stop = load(SMALL), StopEvent()
    options = Options(gap=0.01, time_limit=1.0, threads=1, seed=0)
    attempt(
        instance,
        options,
        stop,
        began=time.monotonic(),
        report=lambda state: None,
        out=tmp_path,
    )
    saved = tmp_path / "small" / "incumbent.json"
    assert CliRunner().invoke(app, ["verify", str(saved)]).exit_code == 0


def test_out_of_memory_keeps_the_best_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is written, the reason is said, and the exit code is not 0."""
    import importlib

    def solve(instance: Instance, *, on_plan: Any, **_: Any) -> Plan:
        on_plan(today(instance))
        raise MemoryError

    monkeypatch.setattr(importlib.import_module("allocator.solve"), "solve", solve)
    result = CliRunner().invoke(app, ["solve", str(SMALL), "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "ran out of memory" in result.stderr
    assert (tmp_path / "small" / "plan.json").exists()


CAPS = (400, 450, 500, 600, 900)
"""Megabytes of address space; the interpreter with its libraries takes more than 300."""


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_a_memory_cap(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Under five caps on the address space a batch ends in words: the instance has a plan, or it
    is named as one that ran out of memory."""
    path = INSTANCES / "archetypes" / "growing-apparel-26.yaml"
    for megabytes in CAPS:
        out = tmp_path / str(megabytes)
        line = [*command(path, out, "--time-limit", "20"), "--jobs", "1"]
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", f'ulimit -v {megabytes * 1000}; exec "$@"', "bash", *line],
            env=ENV,
            capture_output=True,
            text=True,
            check=False,
        )
        record_property(f"cap {megabytes}", round(time.monotonic() - began, 1))
        last = done.stderr.strip().splitlines()[-1]
        found = verdict(out, path.stem)
        print(f"| {megabytes} | {done.returncode} | {found} | {last[:160]} |", flush=True)
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr
        assert found != "no plan" or "out_of_memory" in last or "no_plan_yet" in last
