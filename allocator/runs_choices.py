"""What ``explain --choices`` does: force and forbid every deal and package, and show it."""

from allocator.choices.making import choices
from allocator.choices.record import Choices, record
from allocator.choices.screen import choices_screen
from allocator.exits import unless_stopped
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options
from allocator.runs_compare import Output
from allocator.signals import stop_on_signals
from allocator.terminal import stderr

SHARE = 0.125
"""Share of the time limit that one question takes."""
UNLIMITED = 30.0
"""Seconds of a question without a time limit."""


def choices_of(plan: Plan, options: Options, output: Output) -> tuple[Choices, int]:
    """What the deals and packages of a plan are worth, shown; with the exit code."""
    each = UNLIMITED if options.time_limit is None else SHARE * options.time_limit
    with stop_on_signals() as stop:
        with reporting(stderr(), f"{plan.name}, choices", None) as report:
            found = choices(plan, each=each, seed=options.seed, progress=report, stop=stop)
        output.show(lambda: record(found), lambda _: choices_screen(found, output.lang))
        return found, unless_stopped(stop)
