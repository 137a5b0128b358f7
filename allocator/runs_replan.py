"""What ``replan`` does: read plan and weeks, plan the rest near the old plan, write, show."""

import json
from pathlib import Path

from allocator import plan_file
from allocator.attempt import Options
from allocator.exits import OK
from allocator.faults import InputError, Problem
from allocator.labels import Lang
from allocator.named_files import plan_at, read_plan, real
from allocator.replan.figures import FIGURES
from allocator.replan.replanned import Replanned, replan
from allocator.replan.screen import record, replan_screen
from allocator.reporting import reporting
from allocator.runs import code_of, held
from allocator.signals import stop_on_signals
from allocator.terminal import log, stderr, stdout
from allocator.weekly.reading import read_weeks
from allocator.writing import write_atomic

REQUIRED = ("gmv",)
PER_ITEM = ("hours", "ad_spend", "team", "stock", "deal")
USED = (*FIGURES, "deal")
LINK = "replan.json"
"""Beside the new plan: the plan it goes on from, the weeks, the changes."""


def replan_one(
    path: str,
    actuals: str,
    options: Options,
    out: Path | None,
    *,
    stability: float,
    as_json: bool,
    lang: Lang,
) -> int:
    """Re-plan the rest of a plan; returns the exit code.

    Raises:
        InputError: the plan or the weeks cannot be used.
        OutputError: the new plan cannot be written, or another run works in its folder.
    """
    old = read_plan(path)
    if old.decisions is None:
        rule = f"there is no plan in it ({old.status}), so there is nothing to re-plan"
        raise InputError([Problem(path, 0, "", "", rule)])
    weeks = read_weeks(actuals, required=REQUIRED, per_item=PER_ITEM, used=USED)
    if weeks.unused:
        log(weeks.note(lang))
    target = real(plan_at(path)).parent.parent if out is None else out
    with held(target), stop_on_signals() as stop:
        with reporting(stderr(), old.name, options.time_limit) as report:
            found = replan(
                old,
                weeks,
                stability=stability,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
        folder = _written(found, path, target)
        if as_json:
            told = {**record(found, folder), "unused_columns": weeks.unused}
            print(json.dumps(told, ensure_ascii=False))
        else:
            stdout().print(replan_screen(found, lang))
        return OK if found.plan.verified and not stop.is_set() else code_of(found.plan, stop)


def _written(found: Replanned, path: str, target: Path) -> str:
    """Write the new plan and its link to the old one; its folder, empty without a plan."""
    if not found.plan.verified:
        log(f"{found.plan.name}: nothing is written: {found.plan.status}")
        return ""
    folder = plan_file.write(target, found.plan)
    link = {"from_plan": str(plan_at(path)), **record(found, str(folder))}
    write_atomic(folder / LINK, json.dumps(link, ensure_ascii=False, indent=2) + "\n")
    log(f"{found.plan.name}: written to {folder}")
    return str(folder)
