"""What ``alternatives`` does: read or solve a plan, make alternatives, show and keep them."""

from pathlib import Path

from allocator import plan_file
from allocator.alternatives.making import alternatives
from allocator.alternatives.record import record
from allocator.alternatives.screen import alternatives_screen
from allocator.answers.book import alternatives_workbook
from allocator.answers.page import alternatives_page
from allocator.exits import unless_stopped
from allocator.reporting import reporting
from allocator.runs import Options, code_of, held, plan_of, show_plans
from allocator.runs_compare import Output
from allocator.signals import stop_on_signals
from allocator.terminal import log, stderr


def alternatives_of(
    path: str,
    options: Options,
    *,
    within: float,
    seconds: float | None,
    out: Path | None,
    output: Output,
) -> int:
    """Find plans nearly as good as one; returns the exit code.

    Args:
        path: a plan or an instance, which is solved first.
        options: limits of that solve.
        within: largest share of the objective that an alternative may cost.
        seconds: time for each alternative.
        out: folder for their plan files, or None.
        output: where the result goes and in which language.

    Raises:
        InputError: the file cannot be read.
        OutputError: a file cannot be written, or another run works in the folder.
    """
    output.check(path)
    with held(out), stop_on_signals() as stop:
        plan = plan_of(path, options, stop)
        if plan.decisions is None:
            show_plans([plan], [""])
            return code_of(plan, stop)
        with reporting(stderr(), plan.name, None) as report:
            found = alternatives(
                plan,
                within=within,
                time_limit=seconds,
                seed=options.seed,
                progress=report,
                stop=stop,
            )
        for one in found.found if out is not None else ():
            assert out is not None
            log(f"{one.seek.key}: written to {plan_file.write(out, one.plan)}")
        output.show(
            lambda: record(found),
            lambda console: alternatives_screen(found, console.width, output.lang),
            lambda: alternatives_page(found, output.lang),
        )
        output.write(output.xlsx, lambda: alternatives_workbook(found, output.lang))
        return unless_stopped(stop)
