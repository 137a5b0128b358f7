"""Commands that learn from a history and plan under doubt."""

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import (
    AsJson,
    Draws,
    Gap,
    Language,
    Measures,
    Page,
    Scenarios,
    Seconds,
    Seed,
    Threads,
    options_of,
)


def score(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    draws: Draws = None,
    scenarios: Scenarios = None,
    by: Annotated[
        float | None,
        typer.Option(
            "--spread",
            min=0.001,
            max=1.0,
            help="Assumed worlds: growth, conversion, creators and boosts each vary by this.",
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=2, max=100_000, help="Draws at most.")
    ] = 1000,
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            min=0,
            help="GMV to reach in the plan's weeks; without, what its replay as written brings.",
        ),
    ] = None,
    replan: Annotated[
        int,
        typer.Option(
            "--replan",
            min=0,
            max=1000,
            help="Plan anew for this many of the worlds, to tell firm decisions from open ones.",
        ),
    ] = 0,
    html: Page = None,
    lang: Language = "en",
    gap: Gap = 0.03,
    time_limit: Seconds = "30",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Play a plan in many worlds: how much it may bring, what it may miss, what is firm in it.

    The worlds are the draws of a file, the scenarios of the plan's instance, or an assumed spread
    around it. --gap and --time-limit are those of each plan made anew.
    """
    from allocator.runs_compare import Output
    from allocator.runs_doubt import score_one, worlds_for

    if sum(x is not None for x in (draws, scenarios, by)) > 1:
        raise typer.BadParameter("give one of --draws, --scenarios and --spread")
    options = options_of(gap, time_limit, threads, seed)
    return score_one(
        plan,
        lambda instance: worlds_for(
            instance, plan, tree=scenarios, draws=draws, by=by, most=count, seed=seed
        ),
        options,
        Output(json, html, lang=lang),
        draws=draws,
        target=target,
        replan=replan,
    )


def fit(
    history: Annotated[str, typer.Argument(metavar="HISTORY")],
    instance: Annotated[
        str,
        typer.Option("--instance", metavar="INSTANCE", help="What is believed beforehand."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Joint draws, as .parquet or .csv."),
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="PLAN", help="Say where this plan leaves what was seen."),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=10, max=100_000, help="Rows.")] = 1000,
    hold_out: Annotated[
        bool,
        typer.Option(
            "--hold-out/--no-hold-out", help="Forecast the last 8 weeks from those before."
        ),
    ] = True,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Of the draws.")] = 0,
    json: AsJson = False,
    lang: Language = "en",
) -> int:
    """Learn growth, deposit and what each lever brings from weekly figures by segment and account.

    HISTORY is a CSV or parquet file; docs/fit.md lists its headings in English and Chinese.
    """
    from allocator.runs_fit import fit_one

    return fit_one(
        history,
        instance,
        out,
        draws=draws,
        seed=seed,
        hold_out=hold_out,
        plan=plan,
        as_json=json,
        lang=lang,
    )


def hedge(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    measure: Annotated[
        Measures,
        typer.Option("--measure", help="What is best over the worlds: see docs/doubt.md."),
    ] = "expected",
    tail: Annotated[
        float,
        typer.Option("--tail", min=0.01, max=1.0, help="For cvar: share of the chance."),
    ] = 0.2,
    draws: Draws = None,
    scenarios: Scenarios = None,
    most: Annotated[
        int,
        typer.Option("--worlds", min=1, max=50, help="Draws that stand for all of them."),
    ] = 5,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep the plan of every world.")
    ] = None,
    html: Page = None,
    lang: Language = "en",
    gap: Gap = 0.02,
    time_limit: Seconds = "600",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
) -> int:
    """Decide now for several worlds: deals, packages, openings and the team are shared, all else
    follows in each.

    The worlds are the scenarios of the file, an assumed growth tree without any, the deals'
    outcomes, or draws. --time-limit holds for everything.
    """
    from allocator.doubt.measures import Measure
    from allocator.runs_compare import Output
    from allocator.runs_doubt import hedge_one, worlds_for

    if draws is not None and scenarios is not None:
        raise typer.BadParameter("give one of --draws and --scenarios")
    options = options_of(gap, time_limit, threads, seed)
    return hedge_one(
        path,
        lambda instance: worlds_for(instance, path, tree=scenarios, draws=draws, seed=seed),
        Measure(measure, tail),
        options,
        Output(json, html, lang=lang),
        draws=draws,
        out=out,
        most=most,
    )


def experiments(
    history: Annotated[str, typer.Argument(metavar="HISTORY")],
    instance: Annotated[
        str,
        typer.Option("--instance", metavar="INSTANCE", help="What is believed beforehand."),
    ],
    draws: Annotated[
        int, typer.Option("--draws", min=100, max=10_000, help="Joint draws to weigh with.")
    ] = 400,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Of the draws.")] = 0,
    json: AsJson = False,
    lang: Language = "en",
) -> int:
    """Say which lever to pulse next month, how far and how long, to learn most for its cost.

    Fits HISTORY as fit does. Each pulse of a boost, of live hours or of samples is weighed by the
    regret that its lesson saves when the next quarter's levels are chosen, by the objective of the
    file.
    """
    from allocator.runs_experiments import experiments_one

    return experiments_one(history, instance, draws=draws, seed=seed, as_json=json, lang=lang)
