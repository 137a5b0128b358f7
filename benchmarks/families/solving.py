"""One instance through the program as a planner runs it: from the file to the verified plan.

What is timed is the whole process ``allocator solve FILE``, from its start to its end: the start
of Python, reading, building, searching, replay, the verifier, the tables and the plan file. The
plan file is then read again, replayed and verified here, outside the clock.
"""

import json
import re
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from allocator import plan_file
from allocator.faults import InputError
from allocator.plan import Plan, relative_gap
from allocator.reading import canonical_sha256
from benchmarks.families.cases import Case
from benchmarks.families.process import Ran, load_average, run_timed
from fact_models.verify import verify

StopAt = Literal["target", "limit"]
FAR_GAP = 1e-6
"""Gap at which a run to the time limit stops all the same."""
LIMIT_SHARE = 0.93
"""Share of the bar's time that the search is given: the start, the last polish and the writing
belong to the bar's time as well."""
PATIENCE = 1.5
"""A process is killed after this many times its limit and ``GRACE`` seconds."""
GRACE = 60.0
TOLD = re.compile(r"\s(\d+\.\d) s  \w")
"""Seconds of the search in a line of its progress."""
PLAN = re.compile(r"  plan +(?!–)\S+  bound ")
"""A plan in such a line."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """How an instance is solved.

    Attributes:
        stop_at: ``target`` ends at ``gap``, ``limit`` goes on to the time limit.
        gap: relative gap that the search is asked for.
        time_limit: seconds that the search is given.
        threads: of the search.
    """

    stop_at: StopAt
    gap: float
    time_limit: float
    threads: int

    @classmethod
    def at_bar(
        cls,
        case: Case,
        stop_at: StopAt,
        threads: int,
        *,
        gap: float | None = None,
        time_limit: float | None = None,
    ) -> "Settings":
        """The settings that measure against the bar of ``case``; ``gap`` and ``time_limit``
        replace what follows from it."""
        asked = case.bar.gap if stop_at == "target" else FAR_GAP
        limit = LIMIT_SHARE * case.bar.seconds
        return cls(
            stop_at,
            asked if gap is None else gap,
            limit if time_limit is None else time_limit,
            threads,
        )


def solve_case(case: Case, settings: Settings) -> Record:
    """Solve ``case`` in a process of its own; what was measured, as plain values."""
    with tempfile.TemporaryDirectory(prefix="allocator-bench-") as scratch:
        folder = Path(scratch)
        file, printed = case.write(folder), folder / "summary.json"
        load = load_average()
        command = [
            *(sys.executable, "-m", "allocator", "solve", str(file)),
            *("--gap", repr(settings.gap), "--time-limit", repr(settings.time_limit)),
            *("--threads", str(settings.threads)),
            *("--out", str(folder / "plans"), "--json"),
        ]
        most = PATIENCE * settings.time_limit + GRACE
        ran = run_timed(command, most=most, stdout=printed)
        plan, problem = _plan(folder / "plans" / case.label)
        told = printed_json(printed)
    found = told if plan is None else plan_file.summary(plan)
    return {
        **head("solve", case, settings),
        **_interval(plan),
        "status": found.get("status", "error"),
        "problem": problem or _fault(ran, told, plan is not None),
        **_times(ran, found, case, plan is not None),
        "load": load,
    }


def head(kind: str, case: Case, settings: Settings) -> Record:
    """What a record is about."""
    return {
        "kind": kind,
        "case": case.label,
        "family": case.family,
        "weeks": case.weeks,
        "seed": case.seed,
        "sha256": canonical_sha256(case.instance()),
        "settings": asdict(settings),
    }


def _interval(plan: Plan | None) -> Record:
    """Objective by the replay and bound; nothing of a plan that is none."""
    if plan is None or plan.replay is None:
        return {"objective": None, "bound": None, "gap": None}
    objective = float(plan.replay.objective)
    gap = None if plan.bound is None else relative_gap(objective, plan.bound)
    return {"objective": objective, "bound": plan.bound, "gap": gap}


def _plan(folder: Path) -> tuple[Plan | None, str]:
    """The plan of a folder, replayed and verified; or why there is none, empty where none was
    written."""
    if not plan_file.find(folder).is_file():
        return None, ""
    try:
        plan = plan_file.read(folder)
    except InputError as error:
        return None, f"the plan file cannot be read: {error}"
    if plan.decisions is None:
        return None, "the plan file holds no decisions"
    check = verify(plan.instance, plan.decisions, objective=plan.objective)
    faults = [*map(str, check.violations), *plan.broken_claims()]
    return (None, f"the plan does not verify: {faults[0]}") if faults else (plan, "")


def printed_json(printed: Path) -> Record:
    """What the process printed; empty if that is no JSON."""
    try:
        found: Record = json.loads(printed.read_text("utf-8"))
    except ValueError:
        return {}
    return found


def _fault(ran: Ran, told: Record, planned: bool) -> str:
    """Why there is no plan, in words; empty where there is one."""
    if ran.killed:
        return "killed, its time was up"
    if ran.code == 0:
        return "" if planned else "it ended well but wrote no plan"
    said = ran.lines[-1][1] if ran.lines else ""
    return f"exit {ran.code}: {told.get('message') or said}"


def _times(ran: Ran, found: Record, case: Case, planned: bool) -> Record:
    """Seconds of the process and its stages, and its memory."""
    runtime: dict[str, float] = found.get("runtime", {})
    trace = found.get("trace", []) if planned else []
    started = _started(ran)
    stages = {key: runtime[key] for key in ("build", "hand_over") if key in runtime}
    return {
        "wall": ran.seconds,
        "processor": ran.processor,
        "peak": ran.peak,
        "started": started,
        "first_plan": _first(trace, started, gap=None) or (_told_plan(ran) if planned else None),
        "bar_gap_at": _first(trace, started, gap=case.bar.gap),
        "handed_over": sum(stages.values()) if len(stages) == 2 else None,
        "stages": runtime,
    }


def _started(ran: Ran) -> float:
    """Seconds from the start of the process to the start of the search: when the first line of
    progress came, less the seconds that it tells."""
    for seconds, line in ran.lines:
        told = TOLD.search(line)
        if told:
            return max(0.0, seconds - float(told.group(1)))
    return 0.0


def _told_plan(ran: Ran) -> float | None:
    """Wall seconds at which a line of progress first told of a plan; for a search that was left
    to itself, which hands over no trace."""
    return next((seconds for seconds, line in ran.lines if PLAN.search(line)), None)


def _first(trace: list[list[Any]], started: float, gap: float | None) -> float | None:
    """Wall seconds at which the trace first holds a plan, within ``gap`` of the bound if given."""
    for seconds, _, objective, bound in trace:
        if objective is None:
            continue
        if gap is None or (bound is not None and relative_gap(objective, bound) <= gap):
            return started + float(seconds)
    return None
