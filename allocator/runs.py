"""What the commands do: solve in turn, write, show, and say how it went."""

import importlib
import json
import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator import plan_file
from allocator.attempt import OUT_OF_MEMORY, Options, attempt
from allocator.conflicts.places_in_file import located
from allocator.exits import BAD_INPUT, INFEASIBLE, NO_PLAN, OK, unless_stopped, worst
from allocator.faults import InputError, OutputError
from allocator.labels import Lang
from allocator.load import World, load, load_all, load_default
from allocator.named_files import (
    check_free,
    check_outputs,
    is_plan,
    plan_at,
    read_plan,
    reading,
)
from allocator.patience import NoAnswer, latest_end, wait_for
from allocator.plan import Plan
from allocator.reading import WORKBOOK
from allocator.reporting import reporting
from allocator.screen import failure, plan_screen, rows, section, status_words
from allocator.screen_instance import instance_screen
from allocator.screen_trace import trace_screen
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout
from allocator.writing import write_atomic
from fact_models.spec.instance import Instance
from fact_models.spec.objective import Goal

if TYPE_CHECKING:
    from allocator.models_compare import ModelComparison

__all__ = [
    "Options",
    "code_of",
    "compare_models_all",
    "instances_of",
    "is_plan",
    "page_one",
    "run_all",
    "show_one",
    "solve_one",
    "verify_all",
]

WEIGHING_SHARE = 0.2
"""Share of the time limit from which what is left is used to weigh a plan against the funnel's."""
WEIGHING_LEAST = 15.0
"""Seconds that are enough for it, whatever the time limit."""
WEIGHING_MOST = 60.0
"""Seconds that it takes at most, unless there is no time limit at all."""
CLOSING = 0.1
"""Share of what is left that is kept for the replays and the screen."""


def instances_of(paths: Sequence[str], goal: Goal | None, model: World | None) -> list[Instance]:
    """The instances of a call; the embedded one without a path.

    Raises:
        InputError: with the problems of all files.
    """
    if not paths:
        return [load_default(goal=goal, model=model)]
    return load_all(paths, goal=goal, model=model)


def plan_of(path: str, options: Options, stop: StopEvent) -> Plan:
    """The plan in a file, or the plan of an instance, solved first."""
    return read_plan(path) if is_plan(path) else solve_one(load(path), options, stop)


def instance_of(path: str) -> Instance:
    """The instance in a file, or that of a plan."""
    return read_plan(path).instance if is_plan(path) else load(path)


def code_of(plan: Plan, stop: StopEvent) -> int:
    """Exit code of one plan."""
    if stop.received is not None and plan.status != "optimal":
        return unless_stopped(stop)
    if plan.status == "infeasible":
        return INFEASIBLE
    if plan.message == OUT_OF_MEMORY:
        return NO_PLAN
    return OK if plan.verified else NO_PLAN


def run_all(
    instances: Sequence[Instance],
    options: Options,
    out: Path | None,
    *,
    as_json: bool,
    reports: Lang | None = None,
    began: float | None = None,
    files: Sequence[str] = (),
) -> int:
    """Solve the instances one after the other and write and show their plans; returns the exit
    code.

    Args:
        instances: what to plan.
        options: limits of every solve.
        out: folder for the plans, or None.
        as_json: print objects instead of tables.
        reports: language of the reports beside every plan file; None leaves them out.
        began: value of ``time.monotonic()`` from which the first time limit counts.
        files: where the instances were read from, in their order; empty for the embedded one.

    Raises:
        OutputError: the folder cannot be written, or another run works in it.
    """
    with held(out):
        _import_solver()
        with stop_on_signals() as stop:
            plans, codes, folders = [], [], []
            for n, instance in enumerate(instances):
                began = time.monotonic() if began is None else began
                plan = solve_one(instance, options, stop, began=began, out=out)
                if plan.conflict and n < len(files):
                    plan = replace(plan, conflict=located(plan.conflict, files[n]))
                codes.append(code_of(plan, stop))
                folders.append(_kept(plan, out))
                if len(instances) == 1 and not as_json:
                    weighed = _weighed(plan, options, began, stop)
                    if weighed is not plan and folders[0]:
                        plan_file.write(Path(folders[0]).parent, weighed)
                    plan = weighed
                plans.append(plan)
                began = None
                if as_json:
                    print(json.dumps(plan_file.summary(plan), ensure_ascii=False), flush=True)
                if out is not None and folders[-1] and reports is not None:
                    _report(plan, out, reports)
            if not as_json:
                show_plans(plans, folders)
    return worst(codes)


def held(out: Path | None) -> AbstractContextManager[None]:
    """Keeps other runs out of the folder while plans are written there.

    Raises:
        OutputError: another run works in it, or it cannot be written.
    """
    if out is None:
        return nullcontext()
    from allocator.run_folder import locked

    return locked(out)


def _import_solver() -> None:
    """Import what takes long before signals only set a flag: until then they end the import."""
    importlib.import_module("allocator.solve")


def solve_one(
    instance: Instance,
    options: Options,
    stop: StopEvent,
    *,
    began: float | None = None,
    out: Path | None = None,
) -> Plan:
    """The plan of one instance, with its progress on stderr; ``out`` as for ``attempt``."""
    if stop.is_set():
        return Plan(instance, "no_plan_yet", message="interrupted before this instance was solved")
    began = time.monotonic() if began is None else began
    with reporting(stderr(), instance.name, options.time_limit) as report:
        plan = attempt(instance, options, stop, began=began, report=report, out=out)
    seconds = plan.runtime.get("total", 0.0)
    log(f"{plan.name}: {status_words(plan)} after {seconds:.1f} s")
    if plan.verified and plan.message:
        log(f"{plan.name}: {plan.message}; the best plan so far is kept")
    return plan


def _weighed(plan: Plan, options: Options, began: float, stop: StopEvent) -> Plan:
    """The plan, weighed against the funnel's if the time that is left is enough for it."""
    from allocator.models_compare import weigh

    limit = math.inf if options.time_limit is None else options.time_limit
    left = limit - (time.monotonic() - began)
    if left < min(WEIGHING_SHARE * limit, WEIGHING_LEAST) or stop.is_set():
        return plan
    if not plan.verified or plan.instance.snowball.model == "funnel":
        return plan
    # Without a deadline the same file gives the same figures, so the clock must not decide.
    seconds = None if math.isinf(left) else min((1 - CLOSING) * left, WEIGHING_MOST)
    most = "" if seconds is None else f", at most {seconds:.0f} s"
    log(f"{plan.name}: weighing it against the funnel's plan{most}")
    # Given up, the weighing may still write into the figures that it was given.
    weighed = replace(plan, growth=dict(plan.growth))
    with reporting(stderr(), f"{plan.name}, funnel", seconds) as report:

        def work() -> bool:
            return weigh(
                weighed,
                time_limit=seconds,
                threads=options.threads,
                seed=options.seed,
                progress=report,
                stop=stop,
            )

        try:
            done = wait_for(work, until=latest_end(time.monotonic(), seconds), stop=stop)
        except NoAnswer:
            return plan
    return weighed if done else plan


def _kept(plan: Plan, out: Path | None) -> str:
    """The folder that the plan was written to; empty when it was not."""
    if out is None:
        return ""
    if not plan.verified:
        log(f"{plan.name}: nothing is written; a plan of an earlier run in {out} stays as it is")
        return ""
    folder = str(plan_file.write(out, plan))
    log(f"{plan.name}: written to {folder}")
    return folder


def _report(plan: Plan, out: Path, lang: Lang) -> None:
    """Write the reports of a plan beside its file."""
    from allocator.reports import REPORTS, write

    write(out, plan, lang)
    log(f"{plan.name}: {' and '.join(REPORTS)} written beside plan.json")


def show_plans(plans: Sequence[Plan], folders: Sequence[str]) -> None:
    """One plan in full or several as rows, with the reasons of those that have none."""
    console = stdout()
    if len(plans) == 1:
        console.print(plan_screen(plans[0], console.width, folders[0]))
        if plans[0].replay is None:
            return
    else:
        for plan in plans:
            if plan.replay is None:
                console.print(failure(plan))
    console.print(rows(plans))


def write_template(out: Path, source: str | None, lang: Lang, *, force: bool) -> int:
    """Write the workbook of an instance, the embedded one without ``source``.

    Raises:
        InputError: the instance cannot be used.
        OutputError: the file cannot be written, or is there already.
    """
    from allocator.workbook.template import template

    if out.suffix.lower() != WORKBOOK:
        raise OutputError(str(out), f"a workbook's name must end in {WORKBOOK}")
    check_outputs((out,), source)
    check_free(out, force=force)
    instance = load_default() if source is None else load(source)
    write_atomic(out, template(instance, lang))
    log(f"{out}: workbook of {instance.name}; check it with: allocator check {out}")
    return OK


def verify_all(paths: Sequence[str]) -> int:
    """Check plan files; returns the exit code."""
    from allocator.screen_verify import Checked, verdicts

    checked, codes = [], []
    for path in paths:
        try:
            with reading(path):
                stated = plan_file.read_stated(path)
                strange = plan_file.strange_tables(plan_file.find(path), stated.tables)
        except InputError as error:
            log(str(error))
            codes.append(BAD_INPUT)
            continue
        found = Checked.of(path, stated, strange)
        checked.append(found)
        codes.append(OK if found.ok else NO_PLAN)
    if checked:
        stdout().print(verdicts(checked))
    return worst(codes)


def show_one(path: str, *, as_json: bool) -> int:
    """Describe an instance or show a plan."""
    console = stdout()
    if not is_plan(path):
        instance = load(path)
        if as_json:
            print(json.dumps(instance.model_dump(mode="json"), ensure_ascii=False))
        else:
            console.print(instance_screen(instance))
        return OK
    plan = read_plan(path)
    if as_json:
        print(json.dumps(plan_file.summary(plan), ensure_ascii=False))
        return OK
    folder = str(plan_at(path).parent)
    console.print(plan_screen(plan, console.width, folder))
    console.print(section("Course of the search"))
    console.print(trace_screen(plan, console.width))
    if plan.replay is not None:
        console.print(rows([plan]))
    return OK


def page_one(path: str, to: Path | None, lang: Lang) -> int:
    """Write the page of a plan file, beside it unless ``to`` says where; returns the exit code.

    Raises:
        InputError: the plan cannot be read.
        OutputError: the page cannot be written, or would take the place of the plan.
    """
    from allocator.plan_page import FILE_NAME, write_page

    plan = read_plan(path)
    if plan.replay is None:
        log(f"{path}: there is no plan in it ({plan.status}), so it has no page")
        return NO_PLAN
    target = plan_at(path).parent / FILE_NAME if to is None else to
    check_outputs((target,), path)
    write_page(plan, target, lang)
    log(f"{plan.name}: page written to {target}")
    return OK


def compare_models_all(
    paths: Sequence[str], options: Options, *, replan: bool, as_json: bool
) -> int:
    """Weigh planning in the snowball against planning in the funnel, for every instance."""
    from allocator.models_compare import compare_models

    codes = []
    with stop_on_signals() as stop:
        for instance in instances_of(paths, None, None):
            with reporting(stderr(), instance.name, options.time_limit) as report:
                work = partial(
                    compare_models,
                    instance,
                    gap=options.gap,
                    time_limit=options.time_limit,
                    threads=options.threads,
                    seed=options.seed,
                    replan=replan,
                    progress=report,
                    stop=stop,
                )
                try:
                    found = wait_for(work, until=math.inf, stop=stop)
                except NoAnswer:
                    log(f"{instance.name}: interrupted before there was a comparison")
                    codes.append(unless_stopped(stop, NO_PLAN))
                    break
            _print_models(found, as_json=as_json)
            plans = (found.snowball, found.funnel, *found.replanned.values())
            codes += [code_of(plan, stop) for plan in plans]
            if stop.is_set():
                break
    return worst(codes)


def _print_models(found: "ModelComparison", *, as_json: bool) -> None:
    from allocator.screen_models import in_words, models_screen

    if not as_json:
        stdout().print(models_screen(found), soft_wrap=True)
        return
    plans = {"snowball": found.snowball, "funnel": found.funnel}
    plans |= {f"replanned_{world}": plan for world, plan in found.replanned.items()}
    told: dict[str, Any] = {
        "instance": found.instance.name,
        "plans": {
            name: {key: getattr(plan, key) for key in ("status", "objective", "bound", "gap")}
            for name, plan in plans.items()
        },
        "table": json.loads(found.table.to_json(orient="records", force_ascii=False)),
        "words": in_words(found),
    }
    print(json.dumps(told, ensure_ascii=False), flush=True)
