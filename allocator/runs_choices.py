"""What ``explain --choices`` does: force and forbid every deal and package, and show it."""

import json

from allocator.choices.making import choices
from allocator.choices.record import record
from allocator.choices.screen import choices_screen
from allocator.exits import unless_stopped
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options
from allocator.signals import stop_on_signals
from allocator.terminal import stderr, stdout

SHARE = 0.125
"""Share of the time limit that one question takes."""
UNLIMITED = 30.0
"""Seconds of a question without a time limit."""


def choices_of(plan: Plan, options: Options, *, as_json: bool, lang: Lang) -> int:
    """What the deals and packages of a plan are worth; returns the exit code."""
    each = UNLIMITED if options.time_limit is None else SHARE * options.time_limit
    with stop_on_signals() as stop:
        with reporting(stderr(), f"{plan.name}, choices", None) as report:
            found = choices(plan, each=each, seed=options.seed, progress=report, stop=stop)
        if as_json:
            print(json.dumps(record(found), ensure_ascii=False, allow_nan=False))
        else:
            console = stdout()
            console.print(choices_screen(found, lang))
        return unless_stopped(stop)
