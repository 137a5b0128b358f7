"""What ``sensitivity`` does: read or solve a plan, move the figures, show the tornado."""

from allocator.answers.book import sensitivity_workbook
from allocator.answers.page import sensitivity_page
from allocator.exits import unless_stopped
from allocator.reporting import reporting
from allocator.runs import Options, code_of, plan_of, show_plans
from allocator.runs_compare import Output
from allocator.sensitivity.making import sensitivity
from allocator.sensitivity.record import record
from allocator.sensitivity.screen import sensitivity_screen
from allocator.signals import stop_on_signals
from allocator.terminal import stderr


def sensitivity_of(
    path: str,
    options: Options,
    *,
    by: float,
    each: float,
    anew: bool,
    output: Output,
) -> int:
    """How far a plan hangs on its figures; returns the exit code."""
    output.check(path)
    with stop_on_signals() as stop:
        plan = plan_of(path, options, stop)
        if plan.decisions is None:
            show_plans([plan], [""])
            return code_of(plan, stop)
        with reporting(stderr(), plan.name, None) as report:
            found = sensitivity(
                plan,
                by=by,
                anew=anew,
                each=each,
                gap=options.gap,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
        output.show(
            lambda: record(found),
            lambda _: sensitivity_screen(found, output.lang),
            lambda: sensitivity_page(found, output.lang),
        )
        output.write(output.xlsx, lambda: sensitivity_workbook(found, output.lang))
        return unless_stopped(stop)
