"""The command line: tables and JSON on stdout, progress and log on stderr, the outcome in the exit
code.

Exit codes: 0 every instance has a verified plan, 1 some have none within the limits, 2 bad input,
3 infeasible, 130 and 143 interrupted with the best plan written. The first of 130/143, 2, 3, 1
that applies counts.
"""

import sys
import time
from typing import Annotated

import typer

from allocator.cli import answers, doubt, planning
from allocator.exits import INTERRUPTED, NO_PLAN, guarded, leave

COMMANDS = (
    planning.start,
    planning.solve,
    planning.replan,
    planning.resume,
    planning.check,
    planning.verify,
    planning.show,
    planning.page,
    answers.compare,
    answers.frontier,
    answers.explain,
    doubt.score,
    doubt.fit,
    answers.baselines,
    doubt.hedge,
    answers.alternatives,
    doubt.experiments,
    answers.sensitivity,
    answers.strategy,
    planning.template,
    planning.allocate,
    planning.schema,
)
"""In the order in which the help lists them."""

app = typer.Typer(
    name="allocator",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plans a Douyin merchant's own rooms, creators, campaigns and Top-KOL deals.",
)
for command in COMMANDS:
    app.command()(guarded(command))


def _version(shown: bool) -> None:
    if shown:
        from allocator.version import installed_version

        typer.echo(installed_version())
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Plans a Douyin merchant's own rooms, creators, campaigns and Top-KOL deals."""


def main() -> None:
    """Run the command line of this process, and end it."""
    began = time.monotonic()
    for stream in (sys.stdout, sys.stderr):
        # Where a terminal's encoding lacks a sign, a question mark must do.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app(obj=began)
    except SystemExit as end:
        # A search that was given up would keep the process from ending.
        patience = sys.modules.get("allocator.patience")
        interrupted = end.code in INTERRUPTED.values()
        if interrupted or (patience and patience.left_behind()):
            leave(end.code if isinstance(end.code, int) else NO_PLAN)
        raise
