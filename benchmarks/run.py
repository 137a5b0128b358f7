"""Measure the program on the hard families, each instance as a whole process.

    python -m benchmarks.run --family tight_cash --weeks 13 26 --seeds 0-9 --keep runs.jsonl
    python -m benchmarks.run --family tight_cash --weeks 26 --peers --stop-at limit
    python -m benchmarks.run --keep runs.jsonl --write benchmarks/RESULTS.md

The first line runs what the runs file does not hold yet, the second also runs other solvers on
each instance, the third makes the tables of the file and runs nothing. ``benchmarks/README.md``
is the protocol.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from allocator.exits import BAD_INPUT, INTERRUPTED, NO_PLAN, OK
from allocator.families import FAMILIES
from allocator.faults import InputError, OutputError
from allocator.signals import Terminated, raise_on_signals
from benchmarks.best_known import STORE, contradictions, keep, known
from benchmarks.families import runs_file
from benchmarks.families.cases import WEEKS, Case, cases
from benchmarks.families.peer_tables import peer_tables
from benchmarks.families.peers import Exports, available, solve_peer
from benchmarks.families.solving import Record, Settings, solve_case
from benchmarks.families.tables import machines, solve_tables
from benchmarks.sections import machine, source, write_section

SECTION = "hard families"

VERSIONS = ("numpy", "scipy", "pyomo", "highspy", "pyscipopt")
FAIR = (
    "Same instance, time limit, gap to stop at and machine, one after the other. HiGHS and SCIP "
    "on the relaxation read the same file: the program with the tangents of the root. Their plan "
    "is one of the relaxation only: once it is replayed it may be worth less or break a rule. "
    "Their gap is that of the relaxation; their bound is one of the nonlinear program. SCIP on "
    "the nonlinear program has the terms as they are, without tangents; its plan keeps the laws "
    "within its own tolerance and was not replayed. Their limit counts from when the program is "
    "read, ours from the start of the process. *Bound above our plan*: the distance of the proved "
    "bound from the allocator's verified plan, which makes bounds of different programs "
    "comparable. Ratios are medians over pairs; *no plan* counts as a gap without end."
)


@dataclass(frozen=True)
class Job:
    """One measurement that is asked for."""

    kind: str
    case: Case
    settings: Settings
    work: Callable[[], Record]

    @property
    def key(self) -> str:
        """What tells it from others in the runs file."""
        return runs_file.key_of(self.kind, self.case, self.settings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, write; the exit code."""
    options = _options(arguments)
    try:
        with raise_on_signals():
            return _work(options)
    except (InputError, OutputError) as error:
        _say(str(error))
        return BAD_INPUT
    except (KeyboardInterrupt, Terminated) as error:
        _say("stopped; the same command goes on from here")
        return INTERRUPTED[2 if isinstance(error, KeyboardInterrupt) else 15]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--family", nargs="+", default=[], choices=[*FAMILIES, "all"], help="none: run nothing")
    add("--weeks", nargs="+", type=int, default=list(WEEKS), choices=WEEKS)
    add("--seeds", type=seeds_of, default=list(range(10)), help="such as 0-9 or 0,3,5-7")
    add("--threads", type=int, default=2)
    add("--stop-at", choices=("target", "limit"), default="target")
    add("--gap", type=float, help="replaces the gap that is asked for")
    add("--time-limit", type=float, help="replaces the seconds that the search is given")
    add("--peers", action="store_true", help="also run HiGHS and SCIP on the same programs")
    add("--again", action="store_true", help="run also what the runs file holds")
    add("--keep", type=Path, default=Path("runs.jsonl"), help="runs file, only added to")
    add("--store", type=Path, default=STORE, help="best known plans and bounds")
    add("--write", type=Path, help="file whose section is replaced by the tables")
    return parser.parse_args(arguments)


def seeds_of(text: str) -> list[int]:
    """Seeds of a text such as ``0-9`` or ``0,3,5-7``.

    Raises:
        ValueError: it names none.
    """
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        found += range(int(first), int(last if dash else first) + 1)
    if not found:
        raise ValueError(f"no seeds in {text!r}")
    return found


def _work(options: argparse.Namespace) -> int:
    families = list(FAMILIES) if "all" in options.family else options.family
    wanted = cases(families, options.weeks, options.seeds)
    if options.peers and "scip" not in available():
        _say("SCIP is not installed: pip install '.[scip]'; only HiGHS is run beside")
    with TemporaryDirectory(prefix="allocator-exports-") as folder:
        exports = Exports(Path(folder))
        code = run([job for case in wanted for job in _jobs(case, options, exports)], options)
    records = runs_file.read(options.keep)
    if not records:
        _say(f"{options.keep} holds no runs: give --family")
        return BAD_INPUT
    text = report(records)
    print(text)
    if options.write:
        write_section(options.write, SECTION, text)
    for record in records:
        for found in _contradicted(record, options.store):
            _say(f"CONTRADICTION: {record['case']} ({record['kind']}): {found}")
            code = NO_PLAN
    return code


def _jobs(case: Case, options: argparse.Namespace, exports: Exports) -> Iterable[Job]:
    """The measurements of a case; those of one case follow each other, so that they are paired."""
    settings = Settings.at_bar(
        case,
        options.stop_at,
        options.threads,
        gap=options.gap,
        time_limit=options.time_limit,
    )
    yield Job("solve", case, settings, partial(solve_case, case, settings))
    for kind in available() if options.peers else ():
        yield Job(kind, case, settings, partial(solve_peer, kind, case, settings, exports))


def run(jobs: Sequence[Job], options: argparse.Namespace) -> int:
    """Do the jobs that the runs file does not hold; 1 if one contradicts the store."""
    done = set() if options.again else set(map(runs_file.key, runs_file.read(options.keep)))
    todo = [job for job in jobs if job.key not in done]
    if len(todo) < len(jobs):
        _say(f"{len(jobs) - len(todo)} of {len(jobs)} runs are in {options.keep} already")
    code = OK
    for n, job in enumerate(todo, 1):
        _say(f"{n}/{len(todo)} {job.case.label} {job.kind}: {vars(job.settings)}")
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        record = {**job.work(), "at": at, "machine": machine(VERSIONS), "source": source()}
        found = _contradicted(record, options.store)
        record["contradictions"] = found
        runs_file.append(options.keep, record)
        _say(f"{n}/{len(todo)} {job.case.label} {job.kind}: {_told(record)}")
        for words in found:
            _say(f"CONTRADICTION: {job.case.label} ({job.kind}): {words}")
            code = NO_PLAN
        if not found and job.kind == "solve":
            _keep(record, options.store)
    return code


def _contradicted(record: Record, store: Path) -> list[str]:
    """What a record and the store cannot both be right about; families maximise."""
    entry = known(store).get(record["sha256"])
    if entry is None:
        return []
    # What another solver calls a plan was not replayed: only its bound can contradict.
    objective = record["objective"] if record["kind"] == "solve" else None
    return contradictions(objective, record["bound"], entry)


def _keep(record: Record, store: Path) -> None:
    digest, label = record["sha256"], record["case"]
    if keep(store, digest, label, record["objective"], record["bound"], drawn=True):
        _say(f"{label}: entered into {store.name}")


def report(records: Sequence[Record]) -> str:
    """The section of ``RESULTS.md``."""
    sources = ", ".join(dict.fromkeys(r["source"] for r in records))
    return "\n\n".join([
        "## The hard families",
        "`python -m benchmarks.run`, protocol in [README.md](README.md). Each instance is a whole "
        "process from file to verified plan; seconds are wall time unless called processor "
        "seconds; median / worst over the seeds. The gap lies between a replayed, verified plan "
        "and a proved bound of the nonlinear program.",
        *machines(records),
        f"Program: {sources}.",
        *solve_tables(records),
        *_peers(records),
    ])  # fmt: skip


def _peers(records: Sequence[Record]) -> list[str]:
    """The tables of the other solvers under their heading; empty if none was run."""
    found = peer_tables(records)
    return ["### Beside other solvers", FAIR, *found] if found else []


def _told(record: Record) -> str:
    gap = "no plan" if record["gap"] is None else f"gap {100 * record['gap']:.3f} %"
    problem = f", {record['problem']}" if record["problem"] else ""
    return f"{record['status']}, {gap} after {record['wall']:.1f} s{problem}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
