"""Commands that say why a plan is as it is, and what else there is."""

import math
from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import (
    AnswerSheets,
    AsJson,
    Gap,
    Language,
    Limits,
    Page,
    Seconds,
    Seed,
    Sheets,
    Threads,
    options_of,
)


def compare(
    paths: Annotated[list[str] | None, typer.Argument(metavar="INSTANCE|PLAN")] = None,
    models: Annotated[
        bool,
        typer.Option(
            "--models", help="Weigh planning with the feedback against planning without."
        ),
    ] = False,
    replan: Annotated[
        bool,
        typer.Option("--replan", help="With --models: plan anew for low and for high growth too."),
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="INSTANCE|PLAN",
            help="What the others differ from; the first if not given.",
        ),
    ] = None,
    html: Page = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="Write a workbook.")
    ] = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Set plans side by side with their differences to one of them; instances are solved first.

    With --models each instance is planned in the funnel and in the snowball, both plans are
    replayed in the snowball under low, middle and high growth, and --time-limit holds for each
    solve.
    """
    from allocator.runs import compare_models_all
    from allocator.runs_compare import Output, compare_all

    options = options_of(gap, time_limit, threads, seed)
    if models:
        if against or html or xlsx:
            raise typer.BadParameter("--against, --html and --xlsx do not go with --models")
        return compare_models_all(paths or [], options, replan=replan, as_json=json)
    if replan:
        raise typer.BadParameter("--replan needs --models")
    if not paths:
        raise typer.BadParameter("give plans or instances to compare, or --models")
    return compare_all(paths, options, Output(json, html, xlsx, lang), against=against)


def frontier(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    over: Annotated[
        Limits,
        typer.Option(
            "--over",
            help="The limit that moves: budget, cash on hand, contribution at least, hires.",
        ),
    ] = "budget",
    points: Annotated[int, typer.Option("--points", min=2, max=100, help="Values of it.")] = 12,
    low: Annotated[
        float | None, typer.Option("--from", help="Least value; half the file's own without it.")
    ] = None,
    high: Annotated[
        float | None, typer.Option("--to", help="Largest value; 1.5 times the file's own.")
    ] = None,
    html: Page = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Draw what the best plan is worth as one limit moves, and say where the next yuan stops
    paying.

    Every point is a certified plan; --time-limit holds for each. Points that the plans and bounds
    of others certify are not solved.
    """
    from allocator.runs_compare import Output, frontier_of

    for name, value in (("--from", low), ("--to", high)):
        if value is not None and not math.isfinite(value):
            raise typer.BadParameter(f"{name} must be a number")
    options = options_of(gap, time_limit, threads, seed)
    output = Output(json, html, lang=lang)
    return frontier_of(path, over, (low, high), points, options, output)


def explain(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    ban: Annotated[
        bool, typer.Option("--ban", help="Plan anew without each lever too: a solve each.")
    ] = False,
    choices: Annotated[
        bool,
        typer.Option(
            "--choices", help="Force and forbid every deal and package too: some solves each."
        ),
    ] = False,
    html: Page = None,
    xlsx: Sheets = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Say why a plan is as it is: where its GMV came from, what its limits and the last yuan of
    each lever are worth, which decisions matter most.

    --time-limit holds for the prices, and for each solve of --ban, as --gap, --threads and --seed
    do. --choices takes an eighth of it for every question.
    """
    from allocator.runs_compare import Output
    from allocator.runs_explain import explain_one

    options = options_of(gap, time_limit, threads, seed)
    output = Output(json, html, xlsx, lang)
    return explain_one(plan, options, output, ban=ban, choices=choices)


def baselines(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    html: Page = None,
    xlsx: AnswerSheets = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Say what planning is worth against simpler ways to plan, all under the same rules.

    The ways: as today, even split, last year's shares, best ROI first, week by week, the funnel's
    best plan, and the plan at hand. --time-limit holds for each. A plan below one of them is an
    error and ends with 1.
    """
    from allocator.runs_baselines import baselines_of
    from allocator.runs_compare import Output

    options = options_of(gap, time_limit, threads, seed)
    return baselines_of(path, options, Output(json, html, xlsx, lang))


def alternatives(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    within: Annotated[
        float,
        typer.Option(
            "--within", min=1e-4, max=0.5, help="Share of the objective that one may cost."
        ),
    ] = 0.01,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep their plan files below DIR.")
    ] = None,
    each: Annotated[
        float, typer.Option("--each", min=1.0, help="Seconds for each alternative.")
    ] = 30.0,
    html: Page = None,
    xlsx: AnswerSheets = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Find plans that are worth nearly as much and differ as far as they can in one respect.

    Fewest changes from today or from the plan at hand, steadiest work, least KOL dependence, most
    and least of each lever. --gap and --time-limit are those of the solve of an instance.
    """
    from allocator.runs_alternatives import alternatives_of
    from allocator.runs_compare import Output

    options, output = options_of(gap, time_limit, threads, seed), Output(json, html, xlsx, lang)
    return alternatives_of(path, options, within=within, seconds=each, out=out, output=output)


def sensitivity(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    by: Annotated[
        float,
        typer.Option("--by", min=0.001, max=0.9, help="Growth, conversion, refunds move by this."),
    ] = 0.2,
    fixed: Annotated[
        bool, typer.Option("--fixed", help="Replay the plan as it is; make none anew.")
    ] = False,
    each: Annotated[
        float, typer.Option("--each", min=1.0, help="Seconds for each plan made anew.")
    ] = 30.0,
    html: Page = None,
    xlsx: AnswerSheets = None,
    lang: Language = "en",
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Say how far a plan hangs on growth, conversion, refunds, KOL outcomes and settlement.

    Each figure is moved down and up, once with the plan fixed and once with a plan made anew; the
    screen names the figure that would change a decision first.
    """
    from allocator.runs_compare import Output
    from allocator.runs_sensitivity import sensitivity_of

    options, output = options_of(gap, time_limit, threads, seed), Output(json, html, xlsx, lang)
    return sensitivity_of(path, options, by=by, each=each, anew=not fixed, output=output)


def strategy(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    html: Page = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="DIR", help="Keep every plan; what is there is not solved again."
        ),
    ] = None,
    lang: Language = "en",
    gap: Gap = 0.02,
    time_limit: Seconds = "120",
    threads: Threads = 1,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Answer three questions of growth: the team and the order of the levers, one lever less or
    Alliance alone, how many rooms and which next.

    About twenty changed merchants are planned; --gap and --time-limit hold for each. The page
    speaks both languages.
    """
    from allocator.runs_compare import Output
    from allocator.runs_strategy import strategy_of

    options = options_of(gap, time_limit, threads, seed)
    return strategy_of(path, options, Output(json, html, lang=lang), keep=keep)
