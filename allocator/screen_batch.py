"""A batch as its users see it: how it goes on stderr, how it ended on stdout and as CSV."""

import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, percent, plain, whole
from allocator.reporting import EVERY, wording
from allocator.screen_levers import simple
from allocator.solve import Progress as State
from allocator.writing import csv_text

COLUMNS = ("objective", "bound", "gap", "gmv", "net_gmv", "contribution")
"""Figures of a summary that stand in the results."""

Record = dict[str, Any]


class Shown(Protocol):
    """Shows how a batch goes."""

    def started(self, name: str) -> None:
        """The process of an instance was started."""

    def moved(self, name: str, state: State) -> None:
        """The search of an instance moved on."""

    def ended(self, name: str, record: Record) -> None:
        """An instance is settled."""


class _Shown:
    """Lines on a console, objects on stdout."""

    def __init__(self, console: Console, total: int, done: int, *, as_json: bool) -> None:
        self.console, self.total, self.done, self.as_json = console, total, done, as_json
        self.failed = 0
        self.last: dict[str, float] = {}
        if done:
            self.say(f"{done} of {total} were solved before")

    def say(self, text: str) -> None:
        self.console.print(Text(plain(text)), soft_wrap=True)

    def started(self, name: str) -> None:
        self.say(f"{name}: started")

    def moved(self, name: str, state: State) -> None:
        now = time.monotonic()
        if now - self.last.get(name, -math.inf) >= EVERY:
            self.last[name] = now
            self.say(f"{name}  {state.seconds:6.1f} s  {wording(state)}")

    def ended(self, name: str, record: Record) -> None:
        self.done += 1
        summary = record["summary"]
        self.failed += summary["objective"] is None
        seconds = summary["runtime"].get("total")
        words = f" after {seconds:.1f} s" if seconds is not None else ""
        gap = f", gap {percent(summary['gap'], 2)}" if summary["gap"] is not None else ""
        why = f": {summary['message'].splitlines()[0]}" if summary["message"] else ""
        failed = f", {self.failed} without a plan" if self.failed else ""
        self.say(
            f"[{self.done}/{self.total}{failed}] {name}: {record['outcome']}{gap}{words}{why}"
        )
        if self.as_json:
            stated = {"outcome": record["outcome"], **summary}
            print(json.dumps(stated, ensure_ascii=False), flush=True)


class _Bars(_Shown):
    """The same with a bar for every running instance and one for all."""

    def __init__(
        self, console: Console, total: int, done: int, *, as_json: bool, bars: Progress
    ) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}
        super().__init__(console, total, done, as_json=as_json)
        self.all = bars.add_task("", total=total, completed=done, title="all instances")

    def started(self, name: str) -> None:
        self.tasks[name] = self.bars.add_task("starting", total=None, title=name)

    def moved(self, name: str, state: State) -> None:
        words = f"{state.seconds:.0f} s  {wording(state)}"
        self.bars.update(self.tasks[name], description=words)

    def ended(self, name: str, record: Record) -> None:
        self.bars.remove_task(self.tasks.pop(name))
        super().ended(name, record)
        words = f"{self.done}/{self.total}"
        self.bars.update(self.all, completed=self.done, description=words)


@contextmanager
def showing(console: Console, total: int, done: int, *, as_json: bool) -> Iterator[Shown]:
    """While the block runs, what it hands out shows a batch: bars on a terminal, else lines.

    Args:
        console: where to.
        total: instances of the batch.
        done: those solved before.
        as_json: print the outcome of every instance as an object on stdout.
    """
    if not console.is_terminal:
        yield _Shown(console, total, done, as_json=as_json)
        return
    columns = [
        TextColumn("{task.fields[title]}", style="bold", markup=False),
        BarColumn(bar_width=18),
        TextColumn("{task.description}", markup=False),
    ]
    with Progress(*columns, console=console, transient=True) as bars:
        yield _Bars(console, total, done, as_json=as_json, bars=bars)


def results_table(records: Sequence[Record]) -> Table:
    """One row an instance: name, outcome, objective, bound, gap, seconds; why there is no plan."""
    table = simple("Instance", "Outcome", ">Objective", ">Bound", ">Gap", ">Seconds", "Why")
    for record in records:
        summary = record["summary"]
        seconds = summary["runtime"].get("total")
        good = summary["objective"] is not None
        table.add_row(
            Text(plain(summary["instance"]["name"])),
            Text(record["outcome"], style="green" if good else "red"),
            whole(summary["objective"]),
            whole(summary["bound"]),
            percent(summary["gap"], 2),
            DASH if seconds is None else f"{seconds:.1f}",
            Text(plain(summary["message"])),
        )
    return table


def results_csv(records: Sequence[Record]) -> str:
    """The same as CSV, with the figures of the plans."""
    rows = [
        {
            "instance": record["summary"]["instance"]["name"],
            "outcome": record["outcome"],
            **{name: record["summary"][name] for name in COLUMNS},
            "seconds": record["summary"]["runtime"].get("total"),
            "message": record["summary"]["message"],
        }
        for record in records
    ]
    return csv_text(pd.DataFrame(rows))
