"""What ``allocator check`` does: read files, and say of each whether any plan can keep its
rules."""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allocator.attempt import Options, attempt
from allocator.conflicts.arithmetic import checks
from allocator.conflicts.explanation import explain
from allocator.conflicts.places_in_file import located
from allocator.conflicts.sentences import SCREEN
from allocator.exits import BAD_INPUT, INFEASIBLE, NO_PLAN, OK, unless_stopped, worst
from allocator.faults import InputError
from allocator.labels import Lang
from allocator.reporting import reporting
from allocator.screen_conflict import conflict_screen
from allocator.screen_instance import one_line
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify

if TYPE_CHECKING:
    from allocator.plan import Plan

ANY_GAP = 10.0
"""Relative gap at which any plan is good enough."""


@dataclass(frozen=True)
class Finding:
    """What was found out about an instance.

    Attributes:
        possible: whether there is a plan; None if that was not found out in time.
        conflict: why there is none, as ``Plan.conflict``.
    """

    possible: bool | None
    conflict: dict[str, Any]


def check_all(
    paths: Sequence[str],
    *,
    time_limit: float | None,
    quick: bool,
    as_json: bool,
    lang: Lang = "en",
) -> int:
    """Check files one after the other; returns the exit code.

    Args:
        paths: instance files.
        time_limit: seconds for each; None for no limit.
        quick: read them and add up only, solve nothing.
        as_json: print objects instead of lines; they hold both languages.
        lang: language of the lines.
    """
    from allocator.load import load

    codes: list[int] = []
    with stop_on_signals() as stop:
        for path in paths:
            try:
                instance = load(path)
            except InputError as error:
                log(str(error))
                codes.append(BAD_INPUT)
                if as_json:
                    problems = [str(problem) for problem in error.problems]
                    _print({"file": path, "status": "bad_input", "problems": problems})
                continue
            found = examined(instance, time_limit, stop, quick=quick)
            if stop.is_set():
                codes.append(unless_stopped(stop, NO_PLAN))
            codes.append(INFEASIBLE if found.possible is False else OK)
            _tell(path, instance, found, as_json=as_json, lang=lang)
    return worst(codes)


def examined(
    instance: Instance, time_limit: float | None, stop: StopEvent, *, quick: bool
) -> Finding:
    """Whether any plan keeps the rules of ``instance``, and why not.

    Sums come first, then today's way, then a search for any plan at all.
    """
    if verify(instance, status_quo(instance)).ok:
        return Finding(True, {})
    shown = checks(instance)
    if quick:
        if not shown:
            return Finding(None, {})
        return Finding(False, explain(instance, seconds=0.0, stop=stop).plain())
    began = time.monotonic()
    with reporting(stderr(), instance.name, time_limit) as report:
        options = Options(ANY_GAP, time_limit, 1, 0)
        plan: Plan = attempt(instance, options, stop, began=began, report=report)
    if plan.status == "infeasible" or shown:
        conflict = plan.conflict or explain(instance, seconds=0.0, stop=stop).plain()
        return Finding(False, conflict)
    return Finding(True if plan.verified else None, {})


def _tell(path: str, instance: Instance, found: Finding, *, as_json: bool, lang: Lang) -> None:
    conflict = located(found.conflict, path)
    words = {True: "feasible", False: "infeasible", None: "unknown"}[found.possible]
    if as_json:
        told = {"file": path, "name": instance.name, "status": words, "conflict": conflict}
        _print(told)
        return
    console = stdout()
    console.print(f"{path}: {instance.name}: {one_line(instance, lang)}", soft_wrap=True)
    if found.possible is None:
        log(f"{path}: {SCREEN['unknown'].say(lang)}")
    if found.possible is False:
        none = SCREEN["none"].say(lang)
        console.print(f"{path}: {none}", style="bold red", soft_wrap=True)
        console.print(conflict_screen(conflict, lang), soft_wrap=True)


def _print(told: dict[str, Any]) -> None:
    print(json.dumps(_finite(told), ensure_ascii=False), flush=True)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
