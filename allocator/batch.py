"""Many instances: a process each, a few at a time; what fails stops nothing else, and what is
finished is not done again.

The batch starts ``allocator.worker`` once per instance, in a new interpreter. It names the task
on the worker's input, hears its events on the worker's output, ends it when it does not end by
itself, and is the only one that writes outside ``.jobs`` (see ``allocator.run_folder``).
"""

import json
import queue
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from allocator import plan_file, run_folder, run_record
from allocator.attempt import OUT_OF_MEMORY, Options
from allocator.exits import INFEASIBLE, NO_PLAN, OK, unless_stopped, worst
from allocator.faults import InputError, OutputError, Problem
from allocator.labels import Lang
from allocator.load import World
from allocator.named_files import real
from allocator.plan import VERIFIED, Plan
from allocator.run_folder import Job
from allocator.run_record import MANIFEST, RECORD, Manifest, any_record
from allocator.runs import instances_of
from allocator.screen_batch import Shown, results_csv, results_table, showing
from allocator.signals import StopEvent, stop_on_signals
from allocator.solve import Progress
from allocator.terminal import log, stderr, stdout
from allocator.worker import BEGUN, MEMORY, MOVED, SOLVED, UNWRITTEN
from allocator.writing import safe_name, write_atomic
from fact_models.spec.objective import Goal

WORKER = (sys.executable, "-P", "-m", "allocator.worker")
"""Command of a worker; ``-P`` keeps the current folder out of what it imports."""
OVERTIME_SHARE, OVERTIME = 1.1, 1.0
"""A solve is ended after this share of its limit plus these seconds."""
STARTING, WRITING = 120.0, 120.0
"""Seconds that a worker may take to begin and to write."""
STOPPING = 4.5
"""Seconds that a worker may take to answer a stop."""
POLL = 0.05
"""Seconds between two looks at the processes."""
TASK = "task.json"
HUNG, CRASHED, KILLED, INTERRUPT = "hung", "crashed", "killed", "interrupted"
"""Outcomes without a record of the worker's own."""
NO_MEMORY = (
    OUT_OF_MEMORY,
    "bad_alloc",
    "cannot allocate memory",
    "memory allocation still failed",
)
"""Last words of a process that found no memory, in its own code or in a library."""
SAID = 20
"""Lines of a worker's stderr that are remembered."""

Record = dict[str, Any]


@dataclass
class Worker:
    """A running process.

    Attributes:
        job: what it solves.
        key: of the job.
        staging: its folder.
        process: the process.
        started, begun, solved, asked: when it was started, said that its limit counts, said that
            only writing is left, was asked to stop; values of ``time.monotonic()``.
        ended: why it was killed, as outcome and words.
        said: end of its stderr.
        readers: threads that read its output.
    """

    job: Job
    key: str
    staging: Path
    process: "subprocess.Popen[str]"
    started: float
    begun: float | None = None
    solved: float | None = None
    asked: float | None = None
    ended: tuple[str, str] | None = None
    said: deque[str] = field(default_factory=lambda: deque(maxlen=SAID))
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Name of the folder of the instance."""
        return safe_name(self.job.name)

    def overdue(self, limit: float | None, now: float) -> tuple[str, str] | None:
        """Outcome and words if the process has to be ended."""
        if self.asked is not None and now - self.asked > STOPPING:
            return INTERRUPT, "it did not answer the interrupt and was ended"
        if self.begun is None:
            late = now - self.started > STARTING
            return (HUNG, f"it did not begin within {STARTING:.0f} s") if late else None
        if self.solved is not None:
            late = now - self.solved > WRITING
            return (HUNG, f"it did not write within {WRITING:.0f} s") if late else None
        if limit is not None and now - self.begun > OVERTIME_SHARE * limit + OVERTIME:
            most = OVERTIME_SHARE * limit + OVERTIME
            return HUNG, f"it did not end within {most:.0f} s (limit {limit:g} s) and was ended"
        return None

    def failure(self) -> tuple[str, str]:
        """Outcome and words of a process that ended without a record."""
        if self.ended:
            return self.ended
        code, last = self.process.returncode, " ".join(list(self.said)[-1:])
        if code == -9:
            return KILLED, "it was killed from outside, as happens when memory runs out"
        if any(word in last.lower() for word in NO_MEMORY):
            return MEMORY, f"it {OUT_OF_MEMORY}"
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return CRASHED, f"it crashed ({how}){': ' if last else ''}{last}"


class Batch:
    """The jobs of a batch on their way.

    Args:
        out: folder of the batch, locked by the caller.
        options: limits of every solve.
        at_once: most processes at a time.
        shown: shows how it goes.
        stop: ends the batch.
        reports: language of the reports beside every plan file; None leaves them out.
    """

    def __init__(
        self,
        out: Path,
        options: Options,
        at_once: int,
        shown: Shown,
        stop: StopEvent,
        reports: Lang | None = None,
    ) -> None:
        self.out, self.options, self.at_once, self.reports = out, options, at_once, reports
        self.shown, self.stop = shown, stop
        # A SimpleQueue waits for good where a signal is handled for longer than its timeout.
        self.events: queue.Queue[tuple[Worker, Record]] = queue.Queue()
        self.running: list[Worker] = []

    def run(self, waiting: Sequence[tuple[Job, str]]) -> None:
        """Do all jobs, or those that are running when the stop is set.

        Args:
            waiting: jobs with their keys.

        Raises:
            OutputError: the folder cannot be written.
        """
        rest = deque(waiting)
        try:
            while self.running or (rest and not self.stop.is_set()):
                while rest and len(self.running) < self.at_once and not self.stop.is_set():
                    self.start(*rest.popleft())
                self.hear()
                self.watch()
        finally:
            for worker in self.running:
                worker.process.kill()
                worker.process.wait()

    def start(self, job: Job, key: str) -> None:
        """Start the process of a job."""
        staging = run_folder.staging_of(self.out, job, secrets.token_hex(4)).resolve()
        task = {
            "instance": job.instance.model_dump(mode="json"),
            "options": asdict(self.options),
            "key": key,
            "folder": str(staging),
            "reports": self.reports,
        }
        # A pipe would hold this call up until the process reads.
        write_atomic(staging / TASK, json.dumps(task))
        process = subprocess.Popen(
            WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C on a terminal reaches a whole group; the batch alone decides what stops.
            start_new_session=True,
        )
        worker = Worker(job, key, staging, process, time.monotonic())
        self.running.append(worker)
        for reader in (self._listen, self._remember):
            thread = threading.Thread(target=reader, args=(worker,), daemon=True)
            worker.readers.append(thread)
            thread.start()
        _tell(worker, str(staging / TASK))
        self.shown.started(job.name)

    def _listen(self, worker: Worker) -> None:
        assert worker.process.stdout is not None
        for line in worker.process.stdout:
            # What a library prints is no event.
            with suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict) and "event" in event:
                    self.events.put((worker, event))

    def _remember(self, worker: Worker) -> None:
        assert worker.process.stderr is not None
        worker.said.extend(line.strip()[:300] for line in worker.process.stderr if line.strip())

    def hear(self) -> None:
        """Take in the events of ``POLL`` seconds."""
        with suppress(queue.Empty):
            worker, event = self.events.get(timeout=POLL)
            while True:
                if event["event"] == BEGUN:
                    worker.begun = time.monotonic()
                elif event["event"] == SOLVED:
                    worker.solved = time.monotonic()
                elif event["event"] == MOVED:
                    event.pop("event")
                    self.shown.moved(worker.job.name, Progress(**event))
                worker, event = self.events.get_nowait()

    def watch(self) -> None:
        """End what is overdue, settle what has ended."""
        now = time.monotonic()
        for worker in list(self.running):
            if self.stop.is_set() and worker.asked is None:
                worker.asked = now
                _tell(worker, "stop")
            if worker.process.poll() is not None:
                self.settle(worker)
            elif worker.ended is None:
                worker.ended = worker.overdue(self.options.time_limit, now)
                if worker.ended:
                    worker.process.kill()

    def settle(self, worker: Worker) -> None:
        """Put what an ended process left in its place, and say how it ended.

        Raises:
            OutputError: it cannot be put there, or the process could not write.
        """
        for reader in worker.readers:
            reader.join()
        _close(worker)
        self.running.remove(worker)
        folder = worker.folder
        if worker.process.returncode == UNWRITTEN:
            raise OutputError(str(worker.staging), " ".join(list(worker.said)[-1:]))
        found = any_record(worker.staging / folder)
        if found is not None and found["key"] == worker.key:
            run_folder.commit(self.out, worker.staging, folder)
        else:
            outcome, words = worker.failure()
            if run_folder.rescue(self.out, worker.staging, folder):
                words += f"; its best plan so far is {folder}/{plan_file.INCUMBENT}"
            summary = plan_file.summary(Plan(worker.job.instance, "error", message=words))
            place = self.out / folder
            run_record.write_record(place, worker.key, outcome, summary, planned=False)
        ended = any_record(self.out / folder)
        assert ended is not None
        self.shown.ended(worker.job.name, ended)


def _close(worker: Worker) -> None:
    """Close the pipes of a process that has ended."""
    for pipe in (worker.process.stdin, worker.process.stdout, worker.process.stderr):
        assert pipe is not None
        with suppress(OSError):
            pipe.close()


def _tell(worker: Worker, line: str) -> None:
    """Write a line to the input of a process, unless it has ended."""
    assert worker.process.stdin is not None
    with suppress(OSError):
        worker.process.stdin.write(f"{line}\n")
        worker.process.stdin.flush()


def solve_batch(
    paths: Sequence[str],
    options: Options,
    out: Path,
    *,
    at_once: int,
    goal: Goal | None,
    model: World | None,
    as_json: bool,
    reports: Lang | None = None,
) -> int:
    """Solve the instances of a call in processes of their own; returns the exit code.

    What an earlier call finished in ``out`` with the same instance, limits and version of the
    program is kept.

    Raises:
        InputError: with the problems of all files; nothing is solved then.
        OutputError: the folder cannot be written, or another run works in it.
    """
    files = tuple(str(real(path)) for path in paths)
    instances = instances_of(paths, goal, model)
    jobs = [Job(instance, file) for instance, file in zip(instances, files or ("",), strict=True)]
    _refuse_taken(jobs)
    with stop_on_signals() as stop, run_folder.locked(out):
        run_record.write_manifest(out, Manifest(files, options, goal, model, at_once, reports))
        keys = {safe_name(job.name): job.key(options) for job in jobs}
        run_folder.adopt(out, keys)
        all_jobs = zip(jobs, keys.values(), strict=True)
        waiting = [(job, key) for job, key in all_jobs if not _kept(out, job, key)]
        with showing(stderr(), len(jobs), len(jobs) - len(waiting), as_json=as_json) as shown:
            Batch(out, options, at_once, shown, stop, reports).run(waiting)
        run_folder.adopt(out, {})
        records = [_final(out, job, keys[safe_name(job.name)]) for job in jobs]
        write_atomic(out / run_folder.RESULTS, results_csv(records))
        if not as_json:
            stdout().print(results_table(records))
        return worst(_code(record, stop) for record in records)


def resume(out: Path, *, at_once: int | None, as_json: bool) -> int:
    """Go on with the batch in ``out``; returns the exit code.

    Args:
        out: folder of the batch.
        at_once: most processes at a time; as before if None.
        as_json: print objects instead of a table.

    Raises:
        InputError: there is none, or the problems of its instance files.
        OutputError: the folder cannot be written, or another run works in it.
    """
    asked = run_record.read_manifest(out)
    return solve_batch(
        asked.files,
        asked.options,
        out,
        at_once=at_once or asked.at_once,
        goal=asked.goal,
        model=asked.model,
        as_json=as_json,
        reports=asked.reports,
    )


def _refuse_taken(jobs: Sequence[Job]) -> None:
    """Refuse names that are those of the batch's own files."""
    taken = {MANIFEST, run_folder.RESULTS}
    rule = "is the name of a file of the run folder"
    found = [
        Problem(job.file, 0, "name", job.name, rule, "give it another name")
        for job in jobs
        if job.name.casefold() in taken
    ]
    if found:
        raise InputError(found)


def _kept(out: Path, job: Job, key: str) -> bool:
    """Whether an earlier batch finished this job; a reason to do it again is told."""
    folder = out / safe_name(job.name)
    found = any_record(folder)
    if found is None:
        if (folder / RECORD).exists():
            log(f"{job.name}: solved again: its {RECORD} is not the record of a solve")
        return False
    why = run_record.why_again(folder, found, key)
    if why:
        log(f"{job.name}: solved again: {why}")
    return not why


def _final(out: Path, job: Job, key: str) -> Record:
    """How a job ended; one that an interrupt kept from its turn says so."""
    folder = out / safe_name(job.name)
    found = any_record(folder)
    if found is not None and found["key"] == key and run_record.intact(folder, found):
        return found
    words = "interrupted before this instance was solved"
    plan = Plan(job.instance, "no_plan_yet", message=words)
    return {"outcome": INTERRUPT, "summary": plan_file.summary(plan)}


def _code(record: Record, stop: StopEvent) -> int:
    """Exit code of one outcome."""
    outcome = record["outcome"]
    if outcome in (INTERRUPT, "interrupted_feasible") or (
        outcome == "no_plan_yet" and stop.received is not None
    ):
        return unless_stopped(stop, NO_PLAN)
    if outcome == "infeasible":
        return INFEASIBLE
    return OK if outcome in VERIFIED else NO_PLAN
