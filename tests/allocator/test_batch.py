"""Batches: a process each, what fails stops nothing else, what is finished is never lost, never
half there and never done twice.
"""

import csv
import errno
import io
import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allocator import plan_file
from allocator.attempt import Options
from allocator.batch import POLL, Batch, Worker
from allocator.cli import app
from allocator.faults import InputError
from allocator.load import load
from allocator.plan import Plan
from allocator.run_folder import Job
from allocator.run_record import any_record, intact, write_record
from allocator.screen_batch import showing
from allocator.signals import StopEvent
from allocator.terminal import stderr
from fact_models.replay import status_quo
from tests.allocator.staged import BATCH_STAGES, STAGES

HERE = Path(__file__).parent
SMALL = HERE / "small_merchant.yaml"
TEXT = SMALL.read_text(encoding="utf-8")
NIGHTLY_TIMES = 5
RUN_LEVEL = tuple(s for s in BATCH_STAGES if s.startswith(("manifest", "results")))
"""Stages that a batch comes to once."""


def merchants(folder: Path, count: int) -> list[str]:
    """Files of the small merchant under names of their own."""
    folder.mkdir(exist_ok=True)
    files = []
    for number in range(1, count + 1):
        path = folder / f"job-{number:03}.yaml"
        text = TEXT.replace("name: small", f"name: job-{number:03}")
        path.write_text(text.replace("pool: 500000", f"pool: {500000 + number}"))
        files.append(str(path))
    return files


class Stage:
    """A folder in which batches with faults run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self.log = folder, folder / "out", folder / "log"

    def command(self, args: list[str], plan: dict[str, Any]) -> list[str]:
        path = self.folder / f"plan-{time.monotonic_ns()}.json"
        path.write_text(json.dumps({"log": str(self.log), "out": str(self.out), **plan}))
        return [sys.executable, "-P", str(HERE / "staged.py"), "batch", str(path), *args]

    def run(self, *args: str, **plan: Any) -> "subprocess.CompletedProcess[str]":
        """Outcome of a command line with the faults of ``plan``; the log starts anew."""
        self.log.write_text("")
        (self.folder / "log.count").unlink(missing_ok=True)
        return subprocess.run(
            self.command(list(args), plan),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    def solve(self, files: list[str], **plan: Any) -> "subprocess.CompletedProcess[str]":
        """Outcome of a batch of two processes. Reports carry the moment at which they are made,
        so they are left out where runs are compared byte by byte."""
        args = ("--out", str(self.out), "--jobs", "2", "--no-report")
        return self.run("solve", *files, *args, **plan)

    def begun(self) -> list[str]:
        """Instances whose solve was begun in the last run."""
        return self.log.read_text().split()

    def content(self) -> dict[str, bytes]:
        """All files of the run, without the lock."""
        files = (path for path in self.out.rglob("*") if path.is_file())
        return {str(f.relative_to(self.out)): f.read_bytes() for f in files if f.name != ".lock"}

    def finished(self) -> set[str]:
        """Instances with a record, in place or on the way to it."""
        return {path.parent.name for path in self.out.rglob("job.json")}

    def outcomes(self) -> dict[str, str]:
        """Outcome of every instance in the results."""
        rows = csv.DictReader(io.StringIO((self.out / "results.csv").read_text()))
        return {row["instance"]: row["outcome"] for row in rows}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An empty folder for a batch."""
    return Stage(tmp_path)


def undisturbed(tmp_path: Path, files: list[str]) -> dict[str, bytes]:
    """Content of a run that nothing went wrong in."""
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    quiet = Stage(folder)
    assert quiet.solve(files).returncode == 0
    return quiet.content()


def check_whole(content: dict[str, bytes]) -> None:
    """Fail if a file is half there, or a temporary file stayed where plans are."""
    for name, body in content.items():
        if name.endswith(".tmp"):
            assert name.startswith((".jobs", ".")), name
        elif name.endswith(".json"):
            json.loads(body)
        else:
            assert body.endswith(b"\n"), name


def killed_and_resumed(
    stage: Stage, files: list[str], died: str, at: int, again: bool
) -> dict[str, bytes]:
    """Content of a run that died at a stage and went on."""
    first = stage.solve(files, die=died, at=at)
    killed = died in BATCH_STAGES
    # The record comes last: a worker that dies after it has lost nothing.
    lost = 0 if died == "worker wrote the record" else 1
    assert first.returncode == (-signal.SIGKILL if killed else lost), first.stderr
    check_whole(stage.content())
    done = (
        stage.finished() if killed else {n for n, o in stage.outcomes().items() if o != "killed"}
    )
    if died == "manifest unwritten" or died == "manifest unrenamed" or again:
        second = stage.solve(files)
    else:
        second = stage.run("resume", str(stage.out))
    assert second.returncode == 0, second.stderr
    assert not done & set(stage.begun())
    assert len(stage.begun()) == len(set(stage.begun()))
    return stage.content()


def test_a_batch_writes_reports(stage: Stage, tmp_path: Path) -> None:
    """Workbook and page stand beside every plan, in the language asked for, also after resume."""
    files = merchants(tmp_path / "files", 1)
    args = ("--out", str(stage.out), "--jobs", "1", "--lang", "zh")
    stage.run("solve", *files, *args, die="worker solved", at=1)
    assert stage.run("resume", str(stage.out)).returncode == 0
    folder = stage.out / "job-001"
    assert zipfile.ZipFile(folder / "plan.xlsx").testzip() is None
    assert '<html lang="zh' in (folder / "plan.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("died", ["plan moved"])
def test_a_killed_batch_goes_on(stage: Stage, tmp_path: Path, died: str) -> None:
    """After kill -9 nothing is half there, what is finished is not begun again, and the end is
    that of an undisturbed run, byte by byte."""
    files = merchants(tmp_path / "files", 2)
    content = killed_and_resumed(stage, files, died, 1, again=False)
    assert content == undisturbed(tmp_path, files)


Undisturbed = tuple[list[str], dict[str, bytes]]


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Files of two merchants, and the content of an undisturbed run."""
    folder = tmp_path_factory.mktemp("wanted")
    files = merchants(folder / "files", 2)
    return files, undisturbed(folder, files)


@pytest.mark.nightly
@pytest.mark.parametrize("died", STAGES)
def test_every_stage_can_be_killed(died: str, wanted: Undisturbed, tmp_path: Path) -> None:
    """Five times each, by resume and by the same command: nothing lost, half, or twice."""
    files, undisturbed_content = wanted
    for turn in range(NIGHTLY_TIMES):
        folder = tmp_path / f"{died}-{turn}".replace(" ", "-")
        folder.mkdir()
        at = 1 if died in RUN_LEVEL else 1 + turn % 2
        content = killed_and_resumed(Stage(folder), files, died, at, again=turn > 2)
        assert content == undisturbed_content, turn


FAULTS = {
    "crash": ("crashed", "signal 6"),
    "deaf": ("hung", "did not end within"),
    "memory": ("out_of_memory", "memory"),
    "infeasible": ("infeasible", "no plan keeps every rule"),
}
"""Outcome and words by fault."""


def check_faults(stage: Stage, count: int, at: list[int]) -> None:
    """A batch in which the instances ``at`` fail in the four ways has all the other plans."""
    files = merchants(stage.folder / "files", count)
    names = [f"job-{number:03}" for number in at]
    faults = dict(zip(names, FAULTS, strict=True))
    args = ("solve", *files, "--out", str(stage.out), "--jobs", "2", "--time-limit", "5")
    result = stage.run(*args, faults=faults)
    assert result.returncode == 3, result.stderr
    outcomes = stage.outcomes()
    assert len(outcomes) == count
    assert {n: o for n, o in outcomes.items() if o != "optimal"} == {
        name: FAULTS[fault][0] for name, fault in faults.items()
    }
    plans = {path.parent.name for path in stage.out.glob("*/plan.json")}
    assert plans >= set(outcomes) - set(faults)
    assert "Traceback" not in result.stderr
    for name, fault in faults.items():
        line = next(x for x in result.stderr.splitlines() if f"] {name}: " in x)
        assert FAULTS[fault][1] in line
        assert name in result.stdout
    # What failed had told of a plan, and that is kept; where the memory is used up, the last file
    # may be written or not.
    kept = [stage.out / name / "incumbent.json" for name in names[:2]]
    folder = stage.out / names[2]
    for saved in (*kept, *folder.glob("plan.json"), *folder.glob("incumbent.json")):
        assert CliRunner().invoke(app, ["verify", str(saved)]).exit_code == 0
    assert any((folder / name).exists() for name in ("plan.json", "incumbent.json"))


def test_what_fails_stops_nothing_else(stage: Stage) -> None:
    """A crash, a hang, an out-of-memory and an infeasible one are named; the others have plans."""
    check_faults(stage, 5, [1, 2, 3, 4])


@pytest.mark.nightly
def test_a_batch_of_a_hundred(stage: Stage) -> None:
    """96 plans and 4 named failures."""
    check_faults(stage, 100, [7, 33, 58, 100])


def test_what_is_finished_is_kept_and_what_changed_is_not(stage: Stage, tmp_path: Path) -> None:
    """The same command does nothing again; another limit, a changed file and a changed plan do."""
    files = merchants(tmp_path / "files", 2)
    assert stage.solve(files).returncode == 0
    assert sorted(stage.begun()) == ["job-001", "job-002"]
    assert stage.solve(files).returncode == 0
    assert stage.begun() == []
    changed = Path(files[0])
    changed.write_text(changed.read_text().replace("budget: 500000", "budget: 400000"))
    plan = stage.out / "job-002" / "plan.json"
    plan.write_text(plan.read_text().replace("optimal", "optimaX", 1))
    result = stage.run("resume", str(stage.out))
    assert result.returncode == 0
    assert sorted(stage.begun()) == ["job-001", "job-002"]
    assert "the instance, a limit or the program is another one" in result.stderr
    assert "plan.json was changed or is gone" in result.stderr


def test_two_runs_in_one_folder(stage: Stage, tmp_path: Path) -> None:
    """A second batch and a plain solve are refused in words while the first runs; a killed one
    holds no lock.
    """
    files = merchants(tmp_path / "files", 1)
    command = ["solve", *files, "--out", str(stage.out), "--jobs", "1"]
    stage.log.write_text("")
    hang = stage.command(command, {"faults": {"job-001": "hang"}})
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(hang, env=env, stderr=subprocess.DEVNULL) as first:
        while not stage.begun():
            time.sleep(0.1)
        second = CliRunner().invoke(app, command)
        alone = CliRunner().invoke(app, command[:-2])
        first.kill()
    for refused in (second, alone):
        assert refused.exit_code == 2
        assert "another run is working in this folder" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert stage.solve(files).returncode == 0


def test_orphans_end(stage: Stage, tmp_path: Path) -> None:
    """The processes of a killed batch end by themselves."""
    files = merchants(tmp_path / "files", 1)
    plan = {"faults": {"job-001": "hang"}}
    command = stage.command(["solve", *files, "--out", str(stage.out), "--jobs", "1"], plan)
    stage.log.write_text("")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as batch:
        while not stage.begun():
            time.sleep(0.1)
        batch.kill()
    mark = command[4].encode()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        lines = [_command_line(path) for path in Path("/proc").glob("[0-9]*")]
        if not any(mark in line for line in lines):
            return
        time.sleep(0.1)
    raise AssertionError("a worker outlived its batch")


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("number", "code"),
    [pytest.param(signal.SIGINT, 130, marks=pytest.mark.nightly), (signal.SIGTERM, 143)],
)
def test_a_stopped_batch_goes_on(
    stage: Stage, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """A signal ends a batch within five seconds, and resume does the rest."""
    files = merchants(tmp_path / "files", 2)
    plan = {"faults": {"job-001": "hang"}}
    command = ["solve", *files, "--out", str(stage.out), "--jobs", "1"]
    stage.log.write_text("")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen(
        stage.command(command, plan), env=env, stderr=subprocess.PIPE, text=True
    ) as batch:
        while not any(stage.out.rglob("job-001/incumbent.json")):
            time.sleep(0.1)
            assert batch.poll() is None
        time.sleep(0.7)
        batch.send_signal(number)
        began = time.monotonic()
        batch.communicate()
    assert batch.returncode == code
    assert time.monotonic() - began < 6
    assert stage.outcomes() == {"job-001": "interrupted_feasible", "job-002": "interrupted"}
    assert stage.run("resume", str(stage.out)).returncode == 0
    assert set(stage.outcomes().values()) == {"optimal"}


def test_a_slow_signal_does_not_deafen(tmp_path: Path) -> None:
    """A batch that waits for events looks up in time, though a signal was handled for longer than
    it meant to wait."""
    with showing(stderr(), 1, 0, as_json=False) as shown:
        batch = Batch(tmp_path, Options(0.01, 60.0, 1, 0), 1, shown, StopEvent())
    event = (Worker.__new__(Worker), {"event": "other"})
    timers = [
        threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGUSR1)),
        threading.Timer(5.0, batch.events.put, (event,)),
    ]
    before = signal.signal(signal.SIGUSR1, lambda *_: time.sleep(2 * POLL))
    try:
        for timer in timers:
            timer.start()
        began = time.monotonic()
        for _ in range(3):
            batch.hear()
        assert time.monotonic() - began < 4
    finally:
        for timer in timers:
            timer.cancel()
        signal.signal(signal.SIGUSR1, before)


DISKS = [
    ("fsync", errno.ENOSPC, "the disk is full"),
    ("replace", errno.EIO, "input/output error"),
    ("open", errno.EROFS, "the file system is read-only"),
]


def check_disk(stage: Stage, files: list[str], fault: tuple[str, int, str], **plan: Any) -> None:
    """A failing disk is said in words, tears nothing, and the run goes on when it is mended."""
    name, number, words = fault
    result = stage.solve(files, fail=[name, number], **plan)
    assert result.returncode in (0, 2), result.stderr
    assert result.returncode == 0 or words in result.stderr, result.stderr
    assert "Traceback" not in result.stderr
    check_whole(stage.content())
    assert stage.solve(files).returncode == 0


@pytest.mark.parametrize("fault", DISKS[:1], ids=["full"])
def test_a_failing_disk_is_said_in_words(
    stage: Stage, tmp_path: Path, fault: tuple[str, int, str]
) -> None:
    """The batch ends with 2 and the reason, and goes on later."""
    check_disk(stage, merchants(tmp_path / "files", 1), fault, at=3)


@pytest.mark.nightly
@pytest.mark.parametrize("fault", DISKS[:2], ids=["full", "broken"])
@pytest.mark.parametrize(
    ("where", "at"),
    [*(("batch", n) for n in (1, 2, 4, 7, 10)), *(("worker", n) for n in (1, 5, 17, 18, 19))],
)
def test_a_disk_that_fails_at_any_write(
    where: str, at: int, fault: tuple[str, int, str], wanted: Undisturbed, stage: Stage
) -> None:
    """Full and broken from the n-th call on, in the batch or in its workers."""
    files, undisturbed_content = wanted
    check_disk(stage, files, fault, at=at, where=where)
    assert stage.content() == undisturbed_content


@pytest.mark.nightly
@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may mount")
@pytest.mark.parametrize("options", ["size=200k", "ro"])
def test_a_small_or_read_only_file_system(stage: Stage, tmp_path: Path, options: str) -> None:
    """A real file system without room, or read-only, ends the batch with 2 and the reason."""
    files = merchants(tmp_path / "files", 3)
    stage.out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(stage.out)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine does not allow mounts")
    try:
        result = stage.solve(files)
        content = stage.content()
    finally:
        subprocess.run(["umount", str(stage.out)], check=True)
    assert result.returncode == 2
    assert ("the disk is full" if "size" in options else "read-only") in result.stderr
    check_whole(content)


def run(*args: str | Path) -> Any:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_what_cannot_be_a_batch_is_refused(tmp_path: Path) -> None:
    """A batch without a folder, a folder without a run, a damaged manifest, a taken name."""
    result = run("solve", SMALL, "--jobs", "2")
    assert result.exit_code == 2
    assert "--jobs needs --out" in result.stderr
    result = run("resume", tmp_path)
    assert result.exit_code == 2
    assert "holds no run.json" in result.stderr
    for text in ("", "{}", "[1]", '{"format": 1}', '{"format": 9}', "[" * 100_000):
        (tmp_path / "run.json").write_text(text)
        result = run("resume", tmp_path)
        assert result.exit_code == 2
        assert f"{tmp_path / 'run.json'}:" in result.stderr
    taken = tmp_path / "taken.yaml"
    taken.write_text(TEXT.replace("name: small", "name: Run.json"))
    result = run("solve", taken, "--jobs", "1", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "is the name of a file of the run folder" in result.stderr


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a batch of one small merchant that has ended."""
    out = tmp_path_factory.mktemp("small-run")
    asked = ("--jobs", "1", "--no-report", "--time-limit", "20", "--gap", "0.5")
    assert run("solve", SMALL, "--out", out, *asked).exit_code == 0
    return out


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("files", "abc", '"abc"'),
        ("files[0]", 1, "1"),
        ("goal", "xx", '"xx"'),
        ("model", "zz", '"zz"'),
        ("reports", "fr", '"fr"'),
        ("at_once", 0, "0"),
        ("at_once", 10**9, "1000000000"),
        ("format", 9, "9"),
        ("options", [1], "a list of 1"),
        ("options.gap", "x", '"x"'),
        ("options.gap", -1, "-1"),
        ("options.time_limit", "x", '"x"'),
        ("options.time_limit", -1, "-1"),
        ("options.threads", 0, "0"),
        ("options.seed", 10**30, "1" + 30 * "0"),
    ],
)
def test_a_manifest_is_refused_field_by_field(
    field: str, value: object, shown: str, small_run: Path
) -> None:
    """A run.json with a value of a wrong type or out of range is refused with its place and the
    value, and nothing is solved.
    """
    line = refused(small_run, field.removesuffix("[0]"), [value] if "[" in field else value)
    assert f"{field} = {shown}: " in line


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    """A file that is a link to itself is refused in words."""
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    result = run("solve", loop, "--jobs", "1", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "its symbolic links run in a circle" in result.stderr


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_a_manifest_with_an_infinite_number_is_refused(value: float, small_run: Path) -> None:
    """What is no number of JSON is refused with its line."""
    line = refused(small_run, "at_once", value)
    assert line.endswith("is not JSON: numbers must be finite")


def refused(folder: Path, field: str, value: object) -> str:
    """The message with which a run.json with another value of a field is refused."""
    file = folder / "run.json"
    written = file.read_text(encoding="utf-8")
    stated = json.loads(written)
    outer, _, inner = field.rpartition(".")
    (stated[outer] if outer else stated)[inner] = value
    try:
        file.write_text(json.dumps(stated, indent=1), encoding="utf-8")
        result = run("resume", folder)
    finally:
        file.write_text(written, encoding="utf-8")
    assert result.exit_code == 2
    lines: list[str] = result.stderr.splitlines()
    return next(line for line in lines if line.startswith(f"{file}:"))


RECORDS: dict[str, dict[str, Any]] = {
    "no summary": {"summary": {}},
    "no instance": {"summary.instance": None},
    "objective in words": {"summary.objective": "x"},
    "gap in a list": {"summary.gap": [1]},
    "no seconds": {"summary.runtime": None},
    "a status that fits no plan": {"summary.status": "infeasible"},
    "an outcome that fits no plan": {"outcome": "infeasible"},
    "outcome in a list": {"outcome": [1]},
    "a digest that is none": {"plan": "x"},
    "a number that is none": {"summary.trace": [[math.nan, "lp", None, None]]},
}
"""Changes of a sound record that leave none."""


def with_record(folder: Path, changes: dict[str, Any]) -> Any:
    """Change ``job.json`` and resume."""
    file = folder / "small" / "job.json"
    stated = json.loads(file.read_text(encoding="utf-8"))
    for field, value in changes.items():
        *outer, last = field.split(".")
        place = stated
        for step in outer:
            place = place[step]
        place[last] = value
    file.write_text(json.dumps(stated), encoding="utf-8")
    return run("resume", folder)


@pytest.mark.parametrize("changes", RECORDS.values(), ids=RECORDS)
def test_an_unsound_record_counts_for_nothing(changes: dict[str, Any], small_run: Path) -> None:
    """The instance is solved again, which is said, and has its plan afterwards."""
    result = with_record(small_run, changes)
    assert result.exit_code == 0, result.output
    assert "solved again: its job.json is not the record of a solve" in result.stderr
    (row,) = csv.DictReader(io.StringIO((small_run / "results.csv").read_text()))
    assert (row["instance"], row["outcome"]) == ("small", "optimal")


def test_the_figures_are_those_of_the_plan_file(small_run: Path) -> None:
    """Figures that only the record states are not shown; the plan is kept."""
    others = {"objective": 1e12, "message": "lost", "instance.name": "other"}
    result = with_record(small_run, {f"summary.{key}": value for key, value in others.items()})
    assert result.exit_code == 0
    assert "solved again" not in result.stderr
    (row,) = csv.DictReader(io.StringIO((small_run / "results.csv").read_text()))
    plan = json.loads((small_run / "small" / "plan.json").read_text(encoding="utf-8"))
    assert (float(row["objective"]), row["message"]) == (plan["objective"], plan["message"])


def test_a_record_without_a_plan_is_of_its_folder(tmp_path: Path) -> None:
    """How another instance ended says nothing of the one whose folder it lies in."""
    summary = plan_file.summary(Plan(load(SMALL), "infeasible", message="no plan"))
    found = []
    for name in ("small", "other"):
        (tmp_path / name).mkdir()
        write_record(tmp_path / name, 64 * "0", "infeasible", summary, planned=False)
        found.append(any_record(tmp_path / name))
    assert found[0] is not None
    assert found[0]["summary"]["message"] == "no plan"
    assert found[1] is None


def test_a_pipe_is_no_record_and_no_plan(tmp_path: Path) -> None:
    """Neither keeps whoever looks at the folder waiting for somebody who writes into it."""
    instance = load(SMALL)
    plan = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    folder = plan_file.write(tmp_path, plan)
    write_record(folder, 64 * "0", "optimal", plan_file.summary(plan), planned=True)
    found = any_record(folder)
    assert found is not None
    assert intact(folder, found)
    (folder / "plan.json").unlink()
    os.mkfifo(folder / "plan.json")
    assert not intact(folder, found)
    with pytest.raises(InputError, match="it is a pipe or a device"):
        plan_file.read(folder)
    (folder / "job.json").unlink()
    os.mkfifo(folder / "job.json")
    assert any_record(folder) is None


def test_a_bad_file_is_found_before_anything_is_solved(stage: Stage, tmp_path: Path) -> None:
    """All bad files are named with 2, and no folder is made."""
    files = merchants(tmp_path / "files", 2)
    Path(files[1]).write_text("name: x\n")
    result = stage.solve(files)
    assert result.returncode == 2
    assert files[1] in result.stderr
    assert stage.begun() == []
    assert not stage.out.exists()


@pytest.mark.nightly
def test_random_kills(stage: Stage, tmp_path: Path) -> None:
    """A batch killed at random moments again and again ends like an undisturbed one."""
    files = merchants(tmp_path / "files", 4)
    wanted = undisturbed(tmp_path, files)
    dice = random.Random(5)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    command = ["solve", *files, "--out", str(stage.out), "--jobs", "2"]
    stage.log.write_text("")
    for _ in range(10):
        line = stage.command(command, {})
        with subprocess.Popen(line, env=env, stderr=subprocess.DEVNULL) as batch:
            time.sleep(dice.uniform(0.5, 6))
            batch.kill()
        check_whole(stage.content())
    assert stage.solve(files).returncode == 0
    assert stage.content() == wanted


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("ran out of memory", "out_of_memory"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "out_of_memory"),
        ("ImportError: libopenblas.so: Cannot allocate memory", "out_of_memory"),
        (
            "OpenBLAS error: Memory allocation still failed after 10 retries, giving up.",
            "out_of_memory",
        ),
        ("ZeroDivisionError: division by zero", "crashed"),
    ],
)
def test_last_words_of_a_worker_without_memory(tmp_path: Path, words: str, outcome: str) -> None:
    """A library that finds no memory ends the process in words of its own, which say so."""
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"], text=True)
    process.wait()
    job = Job(load(SMALL), str(SMALL))
    worker = Worker(job, "key", tmp_path, process, 0.0)
    worker.said.append(words)
    assert worker.failure()[0] == outcome
