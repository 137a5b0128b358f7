"""The state of a running solve on stderr: a bar on a terminal, a line now and then elsewhere."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from allocator.figures import DASH, amount, percent

if TYPE_CHECKING:
    from allocator.solve import Progress as State

EVERY = 5.0
"""Seconds between two lines of the same phase where stderr is no terminal."""

Report = Callable[["State"], None]


def wording(state: "State") -> str:
    """Phase, best plan, bound and gap on a line."""
    gap = percent(state.gap, 2) if math.isfinite(state.gap) else DASH
    return (
        f"{state.phase:<8} plan {amount(state.incumbent):>7}  "
        f"bound {amount(state.bound):>7}  gap {gap:>8}"
    )


@contextmanager
def reporting(console: Console, name: str, time_limit: float | None) -> Iterator[Report]:
    """While the block runs, what it hands out shows the state of the solve of ``name``."""
    if console.is_terminal:
        with _bar(console, name, time_limit) as report:
            yield report
    else:
        yield _lines(console, name)


def _lines(console: Console, name: str) -> Report:
    last: dict[str, Any] = {"phase": "", "at": -math.inf}

    def report(state: "State") -> None:
        now = time.monotonic()
        if state.phase == last["phase"] and now - last["at"] < EVERY:
            return
        last.update(phase=state.phase, at=now)
        console.print(Text(f"{name}  {state.seconds:6.1f} s  {wording(state)}"), soft_wrap=True)

    return report


@contextmanager
def _bar(console: Console, name: str, time_limit: float | None) -> Iterator[Report]:
    columns = [
        TextColumn("{task.fields[title]}", style="bold", markup=False),
        BarColumn(bar_width=18),
        TextColumn("{task.fields[clock]}", markup=False),
        TextColumn("{task.description}", markup=False),
    ]
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(
            "starting", total=time_limit, title=name, clock=clock(0.0, time_limit)
        )

        def report(state: "State") -> None:
            progress.update(
                task,
                completed=state.seconds if time_limit is None else min(state.seconds, time_limit),
                clock=clock(state.seconds, time_limit),
                description=wording(state),
            )

        yield report


def clock(seconds: float, time_limit: float | None) -> str:
    """Time used, of the time allowed."""
    return f"{seconds:.0f} s" if time_limit is None else f"{seconds:.0f}/{time_limit:.0f} s"
