"""What ``explain`` does: read a plan, explain it, show it."""

import json

from allocator import plan_file
from allocator.exits import NO_PLAN, OK
from allocator.faults import InputError, Problem
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.reasons.explanation import explain
from allocator.reasons.record import record
from allocator.reasons.screen import explanation_screen
from allocator.runs import is_plan
from allocator.terminal import log, stdout


def explain_one(path: str, *, as_json: bool, lang: Lang) -> int:
    """Explain the plan of a file; returns the exit code.

    Raises:
        InputError: the file cannot be read or holds no plan file.
    """
    plan = _plan_of(path)
    if plan.decisions is None:
        log(f"{path}: there is no plan in it ({plan.status}), so there is nothing to explain")
        return NO_PLAN
    found = explain(plan)
    if as_json:
        print(json.dumps(record(found), ensure_ascii=False, allow_nan=False))
    else:
        console = stdout()
        console.print(explanation_screen(found, console.width, lang))
    return OK


def _plan_of(path: str) -> Plan:
    """The plan of a file or a folder.

    Raises:
        InputError: it is an instance, or cannot be read.
    """
    if not is_plan(path) and plan_file.find(path).is_file():
        rule = "holds no plan: explain takes a plan.json, or the folder that holds one"
        hint = "make one first: allocator solve INSTANCE --out DIR"
        raise InputError([Problem(path, 0, "", "", rule, hint)])
    return plan_file.read(path)
