"""Arguments and options that several commands share, and what is made of them."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from allocator.attempt import Options

Goals = Literal["gmv", "net-gmv", "profit", "cost"]
Worlds = Literal["snowball", "funnel"]
Archetypes = Literal["apparel", "factory", "beauty", "snacks"]
Measures = Literal["expected", "cvar", "worst", "regret"]
Trees = Literal["file", "growth", "kol"]
Limits = Literal["budget", "cash", "profit-floor", "staff"]


def a_share(value: float) -> float:
    """A share as it was given, if it is one."""
    if not 0 <= value <= 1:
        raise typer.BadParameter("must lie between 0 and 1, such as 0.01 for 1 %")
    return value


def some_seconds(value: str) -> str:
    """Seconds or 'none' as they were given, if they are."""
    if value.strip().lower() != "none":
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            raise typer.BadParameter("must be a positive number of seconds, or 'none'")
    return value


def seconds_of(value: str) -> float | None:
    """A time limit in seconds; None for none."""
    return None if value.strip().lower() == "none" else float(value)


def options_of(gap: float, time_limit: str, threads: int, seed: int) -> "Options":
    """What a search is asked for."""
    from allocator.attempt import Options

    return Options(gap=gap, time_limit=seconds_of(time_limit), threads=threads, seed=seed)


def goal_of(objective: Goals | None) -> Literal["gmv", "net_gmv", "profit", "cost"] | None:
    """A goal as instance files spell it."""
    if objective is None:
        return None
    return "net_gmv" if objective == "net-gmv" else objective


Files = Annotated[list[str] | None, typer.Argument(metavar="INSTANCE", show_default=False)]
Gap = Annotated[
    float, typer.Option("--gap", callback=a_share, help="Gap to certify, 0.01 for 1 %.")
]
Seconds = Annotated[
    str,
    typer.Option(
        "--time-limit",
        callback=some_seconds,
        metavar="SECONDS|none",
        help="Time for an instance or a point, model building included.",
    ),
]
Threads = Annotated[
    int,
    typer.Option("--threads", min=1, max=1024, help="1, or 2 to solve two branches at a time."),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of the solver's choices.")
]
Goal = Annotated[
    Goals | None, typer.Option("--objective", help="Replaces the goal of the instance.")
]
World = Annotated[
    Worlds | None, typer.Option("--model", help="Replaces the world of the instance.")
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        max=256,
        help="Solve each instance in a process of its own, this many at a time; needs --out. "
        "What is finished there is not solved again.",
    ),
]
Language = Annotated[Literal["en", "zh"], typer.Option("--lang", help="Language of reports.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of tables.")]
Draws = Annotated[
    str | None,
    typer.Option("--draws", metavar="FILE", help="Draws of figures, .parquet or .csv, from fit."),
]
Scenarios = Annotated[
    Trees | None,
    typer.Option(
        "--scenarios",
        help="The file's own, assumed growth of 0.8, 1 and 1.2, or the deals' p10, p50, p90.",
    ),
]
Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page that opens offline.")
]
AnswerSheets = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write its figures as a workbook."),
]
Sheets = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write the plan's workbook with the reasons."),
]
