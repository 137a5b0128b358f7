"""What ``strategy`` does: read, plan the changed merchants, show the three answers."""

from pathlib import Path

from allocator.exits import INFEASIBLE, NO_PLAN, OK, unless_stopped
from allocator.reporting import reporting
from allocator.runs import Options, instance_of
from allocator.runs_compare import Output
from allocator.signals import stop_on_signals
from allocator.strategy.as_json import record
from allocator.strategy.making import strategy
from allocator.strategy.page import page
from allocator.strategy.screen import strategy_screen
from allocator.terminal import log, stderr


def strategy_of(path: str, options: Options, output: Output, *, keep: Path | None = None) -> int:
    """Answer the three closing questions for an instance, or for that of a plan; returns the exit
    code.

    Raises:
        InputError: the file cannot be read.
    """
    output.check(path)
    instance = instance_of(path)
    with stop_on_signals() as stop:
        with reporting(stderr(), instance.name, None) as report:
            found = strategy(
                instance,
                gap=options.gap,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                keep=keep,
                progress=report,
                stop=stop,
            )
        base = found.answers.get("base")
        if base is None or not base.planned:
            why = "stopped before there was a plan" if base is None else base.plan.message
            log(f"{instance.name}: no plan of the merchant as it is: {why}")
            bare = base is not None and base.plan.status == "infeasible"
            return unless_stopped(stop, INFEASIBLE if bare else NO_PLAN)
        output.show(
            lambda: record(found),
            lambda console: strategy_screen(found, console.width, output.lang),
            lambda: page(found, output.lang),
        )
        return unless_stopped(stop, OK)
