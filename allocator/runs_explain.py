"""What ``explain`` does: read a plan, explain it, show it, ban levers if asked to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from rich.console import RenderableType

from allocator.choices.record import Choices
from allocator.choices.record import record as choices_record
from allocator.choices.screen import choices_screen
from allocator.exits import NO_PLAN, unless_stopped
from allocator.faults import InputError, Problem
from allocator.labels import Lang
from allocator.named_files import is_plan, plan_at, read_plan
from allocator.plan import Plan
from allocator.reasons.explanation import Explanation, Tell, explain
from allocator.reasons.record import record
from allocator.reasons.regret import regret, used
from allocator.reasons.screen import answers_screen, explanation_screen
from allocator.reporting import reporting
from allocator.runs import Options
from allocator.runs_choices import choices_of
from allocator.runs_compare import Output
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout


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
            found = explain(
                plan,
                time_limit=options.time_limit,
                threads=options.threads,
                progress=tell,
                stop=stop,
            )
        told = _Told(found, options, output)
        try:
            told.all(stop, ban=ban, choices=choices)
        finally:
            told.hand_out()
        return unless_stopped(stop)


class _Told:
    """An explanation and the questions that are planned for besides.

    A screen has it before they are planned, and object and files hold what there is even if one
    of them fails.
    """

    def __init__(self, found: Explanation, options: Options, output: Output) -> None:
        self.found, self.options, self.output = found, options, output
        self.answered: Choices | None = None

    def all(self, stop: StopEvent, *, ban: bool, choices: bool) -> None:
        """Show the explanation, then plan and show what was asked for besides."""
        lang = self.output.lang
        self.show(lambda width: explanation_screen(self.found, width, lang))
        if ban and not stop.is_set():
            self.found = _without_levers(self.found, self.options, stop)
            self.show(lambda _: answers_screen(self.found, lang))
        if choices and not stop.is_set():
            answered = choices_of(self.found.plan, self.options, stop)
            self.answered = answered
            self.show(lambda _: choices_screen(answered, lang))

    def show(self, screen: Callable[[int], RenderableType]) -> None:
        """Print a part, unless one object holds them all at the end."""
        if not self.output.as_json:
            console = stdout()
            console.print(screen(console.width))

    def hand_out(self) -> None:
        """The object and the files that were asked for."""
        found, answered, output = self.found, self.answered, self.output
        if output.as_json:
            print(json.dumps(_object(found, answered), ensure_ascii=False, allow_nan=False))
        output.write(output.xlsx, lambda: _workbook(found, output.lang))
        output.write(output.html, lambda: _page(found, answered, output.lang))


def _object(found: Explanation, answered: Choices | None) -> dict[str, Any]:
    """One object, with what deals and packages are worth if that was asked for."""
    told = record(found)
    if answered is not None:
        told["choices"] = choices_record(answered)["choices"]
        told["complete"] = found.complete and not answered.stopped
    return told


def _workbook(found: Explanation, lang: Lang) -> bytes:
    """The workbook of the plan with its reasons."""
    from allocator.plan_book import plan_workbook

    return plan_workbook(found.plan, lang, found)


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
