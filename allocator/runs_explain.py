"""What ``explain`` does: read a plan, explain it, show it, ban levers if asked to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from allocator.choices.record import Choices
from allocator.exits import NO_PLAN, OK, unless_stopped
from allocator.faults import InputError, Problem
from allocator.labels import Lang
from allocator.named_files import is_plan, plan_at, read_plan
from allocator.plan import Plan
from allocator.plan_book import plan_workbook
from allocator.reasons.explanation import Explanation, Tell, explain
from allocator.reasons.record import record
from allocator.reasons.regret import regret, used
from allocator.reasons.screen import explanation_screen
from allocator.reporting import reporting
from allocator.runs import Options
from allocator.runs_choices import choices_of
from allocator.runs_compare import Output
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr


def explain_one(path: str, options: Options, output: Output, *, ban: bool, choices: bool) -> int:
    """Explain the plan of a file; returns the exit code.

    Args:
        path: a plan file or its folder.
        options: limits of the explanation, and of each solve without a lever.
        output: where it goes and in which language.
        ban: whether to plan anew without each lever in turn.
        choices: whether to force and forbid every deal and package.

    Raises:
        InputError: the file cannot be read or holds no plan file.
    """
    output.check(path)
    plan = _plan_of(path)
    if plan.decisions is None:
        log(f"{path}: there is no plan in it ({plan.status}), so there is nothing to explain")
        return NO_PLAN
    with stop_on_signals() as stop:
        with _telling(plan.name) as tell:
            found = explain(plan, time_limit=options.time_limit, progress=tell, stop=stop)
        if ban:
            found = _without_levers(found, options, stop)
        output.show(
            lambda: record(found),
            lambda console: explanation_screen(found, console.width, output.lang),
        )
        code = unless_stopped(stop)
    answered = None
    if choices and code == OK:
        answered, code = choices_of(plan, options, output)
    output.write(output.xlsx, lambda: plan_workbook(plan, output.lang, found))
    output.write(output.html, lambda: _page(found, answered, output.lang))
    return code


def _page(found: Explanation, answered: Choices | None, lang: Lang) -> str:
    """The page, with what deals and packages are worth if that was asked for."""
    from allocator.answers.page import choices_sections
    from allocator.reasons.page import page

    if answered is None:
        return page(found, lang)
    sections, drawn = choices_sections(answered, lang)
    return page(found, lang, sections, drawn)


def _without_levers(found: Explanation, options: Options, stop: StopEvent) -> Explanation:
    """The explanation with every lever banned in turn, as far as there is time."""
    regrets = []
    for lever in used(found.plan.instance):
        if stop.is_set():
            break
        name = f"{found.plan.name}, without {lever}"
        with reporting(stderr(), name, options.time_limit) as report:
            ask = partial(
                regret,
                found.plan,
                lever,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
            regrets.append(ask())
    return replace(found, regrets=tuple(regrets), complete=found.complete and not stop.is_set())


@contextmanager
def _telling(name: str) -> Iterator[Tell]:
    """What is under way, on one line of a terminal, or a line a stage elsewhere."""
    console = stderr()
    if console.is_terminal:
        with console.status(f"{name}: origins") as status:
            yield lambda stage: status.update(f"{name}: {stage}")
        return
    last = ""

    def tell(stage: str) -> None:
        nonlocal last
        if stage.split()[0] != last:
            last = stage.split()[0]
            log(f"{name}: {stage}")

    yield tell


def _plan_of(path: str) -> Plan:
    """The plan of a file or a folder.

    Raises:
        InputError: it is an instance, or cannot be read.
    """
    if not is_plan(path) and plan_at(path).is_file():
        rule = "holds no plan: explain takes a plan.json, or the folder that holds one"
        hint = "make one first: allocator solve INSTANCE --out DIR"
        raise InputError([Problem(path, 0, "", "", rule, hint)])
    return read_plan(path)
