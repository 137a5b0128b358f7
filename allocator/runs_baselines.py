"""What ``baselines`` does: read or solve a plan, make its baselines, show them."""

import json

from allocator import plan_file
from allocator.baselines.making import baselines
from allocator.baselines.record import Baselines, record
from allocator.baselines.screen import baselines_screen
from allocator.exits import INTERRUPTED, NO_PLAN, OK
from allocator.labels import Lang
from allocator.load import load
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options, code_of, is_plan, show_plans, solve_one
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout


def plan_of(path: str, options: Options, stop: StopEvent) -> Plan:
    """The plan in a file, or the plan of an instance, solved first."""
    return plan_file.read(path) if is_plan(path) else solve_one(load(path), options, stop)


def baselines_of(path: str, options: Options, *, as_json: bool, lang: Lang) -> int:
    """Weigh a plan against its baselines; returns the exit code.

    A plan below one of them is an error.
    """
    with stop_on_signals() as stop:
        plan = plan_of(path, options, stop)
        if plan.decisions is None:
            show_plans([plan], [""])
            return code_of(plan, stop)
        with reporting(stderr(), plan.name, None) as report:
            found = baselines(
                plan,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
        _show(found, as_json, lang)
        if stop.received is not None:
            return INTERRUPTED.get(stop.received, NO_PLAN)
    if found.above:
        names = ", ".join(one.key for one in found.above)
        log(f"{plan.name}: error: baseline {names} is better than the plan")
        return NO_PLAN
    return OK


def _show(found: Baselines, as_json: bool, lang: Lang) -> None:
    if as_json:
        print(json.dumps(record(found), ensure_ascii=False))
        return
    console = stdout()
    console.print(baselines_screen(found, console.width, lang))
