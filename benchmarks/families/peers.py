"""Other solvers on the instances of the families, paired with the program's own runs.

Each is a process of its own with the same time limit as the program's search, killed if it does
not end. The limit counts from when the solver has read its program: exporting, reading and
building, which belong to the program's own time, are told apart and not counted against it.
"""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from allocator.plan import relative_gap
from benchmarks.families.cases import Case
from benchmarks.families.process import Ran, load_average, run_timed
from benchmarks.families.solving import (
    GRACE,
    PATIENCE,
    Record,
    Settings,
    head,
    printed_json,
)

PEERS = ("highs", "scip", "scip-nonlinear")
"""Plain HiGHS and SCIP on the exported relaxation, SCIP on the nonlinear program."""


def available() -> list[str]:
    """The peers that are installed; SCIP is the extra ``scip``."""
    return list(PEERS) if find_spec("pyscipopt") else ["highs"]


class Exports:
    """Exported programs, each written once, gone with the folder.

    Args:
        folder: where they are written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[tuple[Case, float], Record] = {}

    def of(self, case: Case, settings: Settings) -> Record:
        """The export of ``case``: ``file`` and what the exporting process told, or
        ``problem``."""
        key = (case, settings.gap)
        if key not in self.known:
            self.known[key] = self._export(case, settings)
        return self.known[key]

    def _export(self, case: Case, settings: Settings) -> Record:
        # One program is enough at a time, and those of a year are large.
        for old in self.folder.glob("*.mps"):
            old.unlink()
        self.known.clear()
        file = self.folder / f"{case.label}.mps"
        source = case.write(self.folder)
        ran, told = _child("export", source, settings, self.folder, to=file)
        problem = _problem(ran, told)
        return {"problem": problem} if problem else {**told, "file": str(file)}


def solve_peer(kind: str, case: Case, settings: Settings, exports: Exports) -> Record:
    """Solve ``case`` with another solver; what was measured, as plain values."""
    exported: Record = {}
    with tempfile.TemporaryDirectory(prefix="allocator-bench-") as scratch:
        folder = Path(scratch)
        if kind == "scip-nonlinear":
            source = case.write(folder)
        else:
            exported = exports.of(case, settings)
            source = Path(exported.get("file", ""))
        load, ran = load_average(), Ran()
        told: dict[str, Any] = {}
        problem = exported.get("problem", "")
        if not problem:
            ran, told = _child(kind, source, settings, folder)
            problem = _problem(ran, told)
    factor = exported.get("factor", 1.0)
    found = {key: told.get(key) for key in ("objective", "bound")}
    values = {key: None if value is None else factor * value for key, value in found.items()}
    return {
        **head(kind, case, settings),
        **values,
        "gap": _gap(values),
        "status": told.get("status", "error"),
        "problem": problem,
        "wall": ran.seconds,
        "seconds": told.get("seconds"),
        "processor": ran.processor,
        "peak": ran.peak,
        "exported": {key: value for key, value in exported.items() if key != "file"},
        "load": load,
    }


def _child(
    kind: str, source: Path, settings: Settings, folder: Path, to: Path | None = None
) -> tuple[Ran, dict[str, Any]]:
    """Run ``benchmarks.families.peer``; the process and what it printed."""
    command = [
        *(sys.executable, "-m", "benchmarks.families.peer", kind, str(source)),
        *("--time-limit", repr(settings.time_limit), "--gap", repr(settings.gap)),
        *("--threads", str(settings.threads)),
        *(() if to is None else ("--to", str(to))),
    ]
    printed = folder / f"{kind}.out"
    ran = run_timed(command, most=PATIENCE * settings.time_limit + GRACE, stdout=printed)
    return ran, printed_json(printed)


def _gap(values: dict[str, float | None]) -> float | None:
    objective, bound = values["objective"], values["bound"]
    return None if objective is None or bound is None else relative_gap(objective, bound)


def _problem(ran: Ran, told: Record) -> str:
    """What went wrong, in words; empty if nothing did."""
    if ran.killed:
        return "killed, its time was up"
    if ran.code or not told:
        said = ran.lines[-1][1] if ran.lines else "it said nothing"
        return f"exit {ran.code}: {said}"
    return ""
