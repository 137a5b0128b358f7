"""What ``baselines`` does: read or solve a plan, make its baselines, show them."""

from allocator.answers.book import baselines_workbook
from allocator.answers.page import baselines_page
from allocator.baselines.making import baselines
from allocator.baselines.record import record
from allocator.baselines.screen import baselines_screen
from allocator.exits import NO_PLAN, OK, unless_stopped
from allocator.reporting import reporting
from allocator.runs import Options, code_of, plan_of, show_plans
from allocator.runs_compare import Output
from allocator.signals import stop_on_signals
from allocator.terminal import log, stderr


def baselines_of(path: str, options: Options, output: Output) -> int:
    """Weigh a plan against its baselines; returns the exit code.

    A plan below one of them is an error.
    """
    output.check(path)
    with stop_on_signals() as stop:
        plan = plan_of(path, options, stop)
        if plan.decisions is None:
            show_plans([plan], [""])
            return code_of(plan, stop)
        with reporting(stderr(), plan.name, None) as report:
            found = baselines(
                plan,
                time_limit=options.time_limit,
                threads=options.threads,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
        output.show(
            lambda: record(found),
            lambda console: baselines_screen(found, console.width, output.lang),
            lambda: baselines_page(found, output.lang),
        )
        output.write(output.xlsx, lambda: baselines_workbook(found, output.lang))
        if stop.received is not None:
            return unless_stopped(stop)
    if found.above:
        names = ", ".join(one.key for one in found.above)
        log(f"{plan.name}: error: baseline {names} is better than the plan")
        return NO_PLAN
    return OK
