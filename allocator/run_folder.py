"""The folder of a batch: what was asked for, what is finished, what was being written.

::

    DIR/run.json            the manifest: instances and options, written before anything is solved
    DIR/results.csv         one row an instance, written when all of them ended
    DIR/NAME/plan.json      as of a single solve, with its tables
    DIR/NAME/job.json       how the solve of NAME ended; it comes last and makes the rest count
    DIR/.jobs/NAME-.../     what a worker is writing; complete once it holds a job.json
    DIR/.lock               held by the batch or the plain solve that works in the folder

Workers write below ``.jobs`` only. The holder of the lock moves what is complete to its place,
``job.json`` last, so a kill at any moment leaves work that is finished or to be done, never half.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from allocator.attempt import Options
from allocator.faults import InputError, OutputError, Problem, reason
from allocator.labels import Lang
from allocator.load import World
from allocator.plan_file import FILE_NAME, INCUMBENT, prepare, recover
from allocator.reading import canonical_sha256
from allocator.terminal import log
from allocator.version import installed_version
from allocator.writing import move_whole, safe_name, write_atomic
from fact_models.spec.instance import Instance
from fact_models.spec.objective import Goal

MANIFEST, RECORD, RESULTS, STAGING, LOCK = (
    "run.json",
    "job.json",
    "results.csv",
    ".jobs",
    ".lock",
)
FORMAT = 1
"""Of manifest and records; another one is refused."""
FINAL = ("optimal", "feasible_limit", "no_plan_yet", "infeasible", "unbounded_model")
"""Outcomes that a solve with the same limits would have again: they are not tried again."""
UNFINISHED = f".{'[0-9a-f]' * 16}.tmp"
"""Files that were being written when a batch was killed."""
LARGEST = 20_000_000
"""Most bytes of a manifest or record."""


@dataclass(frozen=True)
class Job:
    """One instance of a batch.

    Attributes:
        instance: what to plan.
        file: the file that it came from; empty for the embedded one.
    """

    instance: Instance
    file: str

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self.instance.name

    def key(self, options: Options) -> str:
        """Digest of everything the plan depends on: instance, limits, version of the program."""
        parts = [canonical_sha256(self.instance), asdict(options), installed_version(), FORMAT]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What a batch was asked for.

    Attributes:
        files: instance files, as absolute paths.
        options: limits of every solve.
        goal: replaces the goal of the files.
        model: replaces the world of the files.
        at_once: most processes at a time.
        reports: language of the reports beside every plan file; None leaves them out.
    """

    files: tuple[str, ...]
    options: Options
    goal: Goal | None
    model: World | None
    at_once: int
    reports: Lang | None = None


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """While the block runs, no other batch and no plain solve works in ``out``.

    The operating system holds the lock, so it ends with the process, however that ends. A plan
    whose writing was cut off with an earlier process is put in its place first.

    Raises:
        OutputError: another run holds it, or the folder cannot be written.
    """
    prepare(out)
    lock = FileLock(out / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise OutputError(str(out), "another run is working in this folder") from None
    except OSError as error:
        raise OutputError(str(out), reason(error)) from None
    try:
        for name in recover(out):
            log(f"{name}: a plan whose writing had been cut off was put in its place")
        yield
    finally:
        lock.release()


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Keep what the batch was asked for, for ``allocator resume``.

    Raises:
        OutputError: it cannot be written.
    """
    stated = {"format": FORMAT, "version": installed_version(), **asdict(manifest)}
    write_atomic(out / MANIFEST, json.dumps(stated, indent=1, ensure_ascii=False) + "\n")


def read_manifest(out: Path) -> Manifest:
    """What the batch in ``out`` was asked for.

    Raises:
        InputError: there is no manifest, or it is not one.
    """
    path = out / MANIFEST
    try:
        stated = _mapping(path)
        if stated.get("format") != FORMAT:
            raise ValueError(f"its format is {stated.get('format')!r}, not {FORMAT}")
        files = tuple(str(file) for file in stated["files"])
        options = Options(**stated["options"])
        at_once = max(int(stated["at_once"]), 1)
        return Manifest(
            files, options, stated["goal"], stated["model"], at_once, stated["reports"]
        )
    except FileNotFoundError:
        rule, hint = "holds no run.json", "give the folder of solve --out DIR --jobs N"
        raise InputError([Problem(str(out), 0, "", "", rule, hint)]) from None
    except OSError as error:
        rule = f"cannot be read: {reason(error)}"
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        rule = f"is not the manifest of a run: {error}"
    raise InputError([Problem(str(path), 0, "", "", rule)])


def record_of(folder: Path, key: str) -> dict[str, Any] | None:
    """The record in ``folder`` if it belongs to this key, is final and its plan is intact."""
    found = any_record(folder)
    return found if found is not None and not why_again(folder, found, key) else None


def why_again(folder: Path, found: dict[str, Any], key: str) -> str:
    """Why the solve that ``found`` tells of has to be done again; empty if it has not."""
    if found.get("key") != key:
        return "the instance, a limit or the program is another one"
    if found.get("outcome") not in FINAL:
        return f"it ended as {found.get('outcome')}"
    if found["plan"] and found["plan"] != _digest(folder / FILE_NAME):
        return f"its {FILE_NAME} was changed or is gone"
    return ""


def any_record(folder: Path) -> dict[str, Any] | None:
    """The record in ``folder``, whatever it says; None if there is none that can be read."""
    try:
        found = _mapping(folder / RECORD)
    except (OSError, ValueError, RecursionError):
        return None
    sound = isinstance(found.get("plan"), str) and isinstance(found.get("summary"), dict)
    return found if sound else None


def _mapping(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    found = json.loads(content) if len(content) <= LARGEST else None
    if not isinstance(found, dict):
        raise ValueError("it is not a mapping")
    return found


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty if there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def write_record(
    folder: Path, key: str, outcome: str, summary: dict[str, Any], *, planned: bool
) -> None:
    """Say how a solve ended; everything else in the folder is written before.

    Args:
        folder: of the instance.
        key: of the job.
        outcome: a status of a plan, or the name of a failure.
        summary: as ``plan_file.summary``.
        planned: whether the plan beside it belongs to this outcome.

    Raises:
        OutputError: it cannot be written.
    """
    plan = _digest(folder / FILE_NAME) if planned else ""
    stated = {"key": key, "outcome": outcome, "plan": plan, "summary": summary}
    write_atomic(folder / RECORD, json.dumps(stated, indent=1, ensure_ascii=False) + "\n")


def staging_of(out: Path, job: Job, token: str) -> Path:
    """A new folder for the worker of a job.

    Raises:
        OutputError: it cannot be made.
    """
    folder = out / STAGING / f"{safe_name(job.name)}-{token}"
    prepare(folder)
    return folder


def commit(out: Path, staging: Path, folder: str) -> None:
    """Move what a worker completed to its place, the record last.

    It goes on where an earlier call was cut off.

    Args:
        out: folder of the batch.
        staging: folder of the worker.
        folder: name of the instance's folder in both.

    Raises:
        OutputError: a file cannot be moved.
    """
    target = out / folder
    moved = move_whole(staging / folder, target, last=(FILE_NAME, RECORD))
    try:
        if moved and moved[-1] == RECORD:
            (target / INCUMBENT).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(str(target), reason(error)) from None
    shutil.rmtree(staging, ignore_errors=True)


def rescue(out: Path, staging: Path, folder: str) -> bool:
    """Move the best plan that a failed worker saved to its place; whether there is one.

    Raises:
        OutputError: it cannot be moved.
    """
    source, target = staging / folder / INCUMBENT, out / folder
    found = source.is_file()
    prepare(target)
    try:
        if found:
            os.replace(source, target / INCUMBENT)
    except OSError as error:
        raise OutputError(str(target), reason(error)) from None
    shutil.rmtree(staging, ignore_errors=True)
    return found


def adopt(out: Path, keys: dict[str, str]) -> None:
    """Put in order what an earlier batch left: complete work moves to its place, the rest goes.

    Args:
        out: folder of the batch.
        keys: key of every job by the name of its folder.

    Raises:
        OutputError: a file cannot be moved.
    """
    for staging in sorted((out / STAGING).glob("*")):
        for record in list(staging.glob(f"*/{RECORD}")):
            found, folder = any_record(record.parent), record.parent.name
            if found is not None and found.get("key") == keys.get(folder):
                commit(out, staging, folder)
        shutil.rmtree(staging, ignore_errors=True)
    for place in (out, *(out / name for name in keys)):
        for rest in place.glob(UNFINISHED):
            rest.unlink(missing_ok=True)
    with suppress(OSError):
        (out / STAGING).rmdir()
