"""The process of one instance of a batch: reads its task, solves, writes below its own folder.

    python -m allocator.worker

The first line of the input names a file with the task as JSON: instance, options, key and folder.
Further lines end the search (``stop``); the end of the input ends the process, because then the
batch is gone. Events go to stdout as JSON, one a line; what a fault says goes to stderr.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from allocator import plan_file, reports
from allocator.attempt import OUT_OF_MEMORY, Options, attempt
from allocator.composing import compose_json
from allocator.faults import OutputError, out_of_memory
from allocator.plan import Plan
from allocator.reading import validate
from allocator.run_record import write_record
from allocator.signals import StopEvent
from allocator.solve import Progress
from fact_models.spec.instance import Instance

BEGUN, MOVED, SOLVED = "begun", "moved", "solved"
"""Events: the limit counts from now; the state of the search; only writing is left."""
EVERY = 0.5
"""Least seconds between two states of the same phase."""
FAILED, UNWRITTEN, ORPHANED = 1, 2, 3
"""Exit codes: a fault, a file that cannot be written, a batch that is gone."""
MEMORY = "out_of_memory"
"""Outcome of a solve that ran out of memory."""

Say = Callable[[dict[str, Any]], None]


def _speaker(stream: TextIO) -> Say:
    """Prints events, one a line; a batch that is gone is found by the lifeline."""
    guard = threading.Lock()

    def say(event: dict[str, Any]) -> None:
        with guard:
            try:
                print(json.dumps(event), file=stream, flush=True)
            except OSError:
                os._exit(ORPHANED)

    return say


def _lifeline(stream: TextIO, stop: StopEvent) -> None:
    """Set ``stop`` at every further line; end the process with the input."""

    def listen() -> None:
        for _ in stream:
            stop.set()
        os._exit(ORPHANED)

    threading.Thread(target=listen, name="lifeline", daemon=True).start()


def _reporter(say: Say) -> Callable[[Progress], None]:
    last: dict[str, Any] = {"phase": "", "at": 0.0}

    def report(state: Progress) -> None:
        now = time.monotonic()
        if state.phase == last["phase"] and now - last["at"] < EVERY:
            return
        last.update(phase=state.phase, at=now)
        # Infinite while unknown, which the reader of the line takes as it is.
        say({"event": MOVED, **vars(state)})

    return report


def outcome_of(plan: Plan) -> str:
    """How a solve ended, in one word."""
    return MEMORY if plan.message == OUT_OF_MEMORY else plan.status


def work(task: dict[str, Any], say: Say, stop: StopEvent) -> None:
    """Solve the instance of a task and write plan and record below its folder.

    Raises:
        OutputError: a file cannot be written.
    """
    text = json.dumps(task["instance"])
    instance = validate(Instance, compose_json("task", text))
    out, options = Path(task["folder"]), Options(**task["options"])
    say({"event": BEGUN})
    began = time.monotonic()
    plan = attempt(instance, options, stop, began=began, report=_reporter(say), out=out)
    say({"event": SOLVED})
    outcome = outcome_of(plan)
    folder = plan_file.folder_of(out, plan)
    if plan.verified:
        plan_file.write(out, plan)
        if task["reports"] is not None:
            reports.write(out, plan, task["reports"])
    plan_file.prepare(folder)
    summary = plan_file.summary(plan)
    write_record(folder, task["key"], outcome, summary, planned=plan.verified)


def main() -> None:
    """Do the task that stdin names."""
    path, stop = sys.stdin.readline().rstrip("\n"), StopEvent()
    if not path:
        os._exit(ORPHANED)
    task = json.loads(Path(path).read_text(encoding="utf-8"))
    _lifeline(sys.stdin, stop)
    code = FAILED
    try:
        work(task, _speaker(sys.stdout), stop)
        code = 0
    except OutputError as error:
        code = UNWRITTEN
        print(error.reason, file=sys.stderr)
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        print(OUT_OF_MEMORY if out_of_memory(error) else words, file=sys.stderr)
    sys.stderr.flush()
    # A search that was given up, and the lifeline, would keep the process from ending.
    os._exit(code)


if __name__ == "__main__":
    main()
