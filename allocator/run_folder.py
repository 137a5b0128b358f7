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

from filelock import FileLock, Timeout

from allocator.attempt import Options
from allocator.faults import OutputError, reason
from allocator.plan_file import FILE_NAME, INCUMBENT, prepare, recover
from allocator.reading import canonical_sha256
from allocator.run_record import FORMAT, RECORD, any_record
from allocator.terminal import log
from allocator.version import installed_version
from allocator.writing import move_whole, safe_name
from fact_models.spec.instance import Instance

RESULTS, STAGING, LOCK = "results.csv", ".jobs", ".lock"
UNFINISHED = f".{'[0-9a-f]' * 16}.tmp"
"""Files that were being written when a batch was killed."""


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
            if found is not None and found["key"] == keys.get(folder):
                commit(out, staging, folder)
        shutil.rmtree(staging, ignore_errors=True)
    for place in (out, *(out / name for name in keys)):
        for rest in place.glob(UNFINISHED):
            rest.unlink(missing_ok=True)
    with suppress(OSError):
        (out / STAGING).rmdir()
