"""What ``compare`` and ``frontier`` do: read, solve what is not solved, show, write."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from allocator.compare import Comparison, comparison, record_of
from allocator.comparisons.screen import comparison_screen
from allocator.exits import INFEASIBLE, NO_PLAN, OK, unless_stopped, worst
from allocator.faults import InputError, Problem
from allocator.frontier import frontier
from allocator.frontiers.points import Frontier
from allocator.frontiers.record import record
from allocator.frontiers.screen import frontier_screen
from allocator.frontiers.sweeps import Over, SweepError
from allocator.labels import Lang
from allocator.load import load
from allocator.named_files import check_outputs, is_plan, plan_at, read_plan, real
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options, code_of, instance_of, solve_one
from allocator.signals import StopEvent, stop_on_signals
from allocator.terminal import log, stderr, stdout
from allocator.writing import write_atomic
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Output:
    """Where the result goes and in which language."""

    as_json: bool = False
    html: Path | None = None
    xlsx: Path | None = None
    lang: Lang = "en"

    def check(self, *inputs: str | None) -> None:
        """Refuse files that cannot be written, before anything is solved.

        Args:
            inputs: what the command reads, and must not write over.

        Raises:
            InputError: an input cannot be looked at.
            OutputError: as ``check_outputs``.
        """
        check_outputs((self.html, self.xlsx), *inputs)

    def show(
        self,
        record: Callable[[], dict[str, Any]],
        screen: Callable[[Console], RenderableType],
        page: Callable[[], str] | None = None,
    ) -> None:
        """Print a result as an object or as a screen, and write its page if asked for."""
        if self.as_json:
            print(json.dumps(record(), ensure_ascii=False, allow_nan=False))
        else:
            console = stdout()
            console.print(screen(console))
        if page is not None:
            self.write(self.html, page)

    def write(self, path: Path | None, content: Callable[[], str | bytes]) -> None:
        """Write a file that was asked for."""
        if path is not None:
            write_atomic(path, content())
            log(f"written to {path}")


def compare_all(
    paths: Sequence[str], options: Options, output: Output, *, against: str | None = None
) -> int:
    """Set plans side by side, after solving what are instances; returns the exit code."""
    output.check(*paths, against)
    every, reference = _with_reference(paths, against)
    stated = _read_all(every)
    plans, codes = [], []
    with stop_on_signals() as stop:
        for item in stated:
            plan = item if isinstance(item, Plan) else solve_one(item, options, stop)
            plans.append(plan)
            codes.append(code_of(plan, stop) if isinstance(item, Instance) else OK)
    found = comparison(plans, against=reference)
    _show_comparison(found, output)
    return worst(codes)


def _show_comparison(found: Comparison, output: Output) -> None:
    if output.as_json:
        for n in range(len(found.plans)):
            print(json.dumps(record_of(found, n), ensure_ascii=False))
    else:
        console = stdout()
        console.print(comparison_screen(found, console.width, output.lang))
    output.write(output.html, lambda: found.to_html(output.lang))
    output.write(output.xlsx, lambda: found.to_xlsx(output.lang))


def _with_reference(paths: Sequence[str], against: str | None) -> tuple[list[str], int]:
    """All paths and the position of the reference, which is put first if it is not among them."""
    if against is None:
        return list(paths), 0
    wanted = real(against)
    for n, path in enumerate(paths):
        if wanted in (real(path), real(plan_at(path))):
            return list(paths), n
    return [against, *paths], 0


def _read_all(paths: Sequence[str]) -> list[Plan | Instance]:
    """Plans and instances in the order of the call.

    Raises:
        InputError: with the problems of all files.
    """
    found: list[Plan | Instance] = []
    problems: list[Problem] = []
    more = 0
    for path in paths:
        try:
            found.append(read_plan(path) if is_plan(path) else load(path))
        except InputError as error:
            problems += error.problems
            more += error.more
    if problems:
        raise InputError(problems, more)
    return found


def frontier_of(
    path: str,
    over: Over,
    ends: tuple[float | None, float | None],
    points: int,
    options: Options,
    output: Output,
) -> int:
    """Draw the frontier of an instance, or of the instance of a plan; returns the exit code.

    Raises:
        InputError: the file cannot be read, or the instance has no such limit.
    """
    output.check(path)
    instance = instance_of(path)
    with stop_on_signals() as stop:
        limit = options.time_limit and options.time_limit * points
        with reporting(stderr(), instance.name, limit) as report:
            try:
                found = frontier(
                    instance,
                    over,
                    points=points,
                    low=ends[0],
                    high=ends[1],
                    gap=options.gap,
                    time_limit=options.time_limit,
                    threads=options.threads,
                    seed=options.seed,
                    progress=report,
                    stop=stop,
                )
            except SweepError as error:
                raise InputError([Problem(path, 0, "--over", over, str(error), "")]) from None
        if output.as_json:
            print(json.dumps(record(found), ensure_ascii=False))
        else:
            console = stdout()
            console.print(frontier_screen(found, console.width, output.lang))
        output.write(output.html, lambda: found.to_html(output.lang))
        return _code(found, stop)


def _code(found: Frontier, stop: StopEvent) -> int:
    """0 if a point has a plan; points that are proved to have none are an answer too."""
    if stop.received is not None:
        return unless_stopped(stop)
    if found.planned:
        return OK
    without = {point.plan.status for point in found.points}
    return INFEASIBLE if without == {"infeasible"} else NO_PLAN
