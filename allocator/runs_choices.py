"""What ``explain --choices`` does: force and forbid every deal and package."""

from allocator.choices.making import choices
from allocator.choices.record import Choices
from allocator.plan import Plan
from allocator.reporting import reporting
from allocator.runs import Options
from allocator.signals import StopEvent
from allocator.terminal import stderr

SHARE = 0.125
"""Share of the time limit that one question takes."""
UNLIMITED = 30.0
"""Seconds of a question without a time limit."""


def choices_of(plan: Plan, options: Options, stop: StopEvent) -> Choices:
    """What the deals and packages of a plan are worth, as far as there is time."""
    each = UNLIMITED if options.time_limit is None else SHARE * options.time_limit
    with reporting(stderr(), f"{plan.name}, choices", None) as report:
        return choices(plan, each=each, seed=options.seed, progress=report, stop=stop)
