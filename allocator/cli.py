"""The command line: tables and JSON on stdout, progress and log on stderr, the outcome in the exit
code.

Exit codes: 0 every instance has a verified plan, 1 some have none within the limits, 2 bad input,
3 infeasible, 130 and 143 interrupted with the best plan written. The first of 130/143, 2, 3, 1
that applies counts.
"""

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from allocator.exits import INTERRUPTED, NO_PLAN, OK, guarded, leave

if TYPE_CHECKING:
    from allocator.attempt import Options

Goals = Literal["gmv", "net-gmv", "profit", "cost"]
Worlds = Literal["snowball", "funnel"]
Archetypes = Literal["apparel", "factory", "beauty", "snacks"]
Measures = Literal["expected", "cvar", "worst", "regret"]
Trees = Literal["file", "growth", "kol"]
Limits = Literal["budget", "cash", "profit-floor", "staff"]

app = typer.Typer(
    name="allocator",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plans a Douyin merchant's own rooms, creators, campaigns and Top-KOL deals.",
)


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        raise typer.BadParameter("must lie between 0 and 1, such as 0.01 for 1 %")
    return value


def _seconds(value: str) -> str:
    if value.strip().lower() != "none":
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not 0 < seconds < math.inf:
            raise typer.BadParameter("must be a positive number of seconds, or 'none'")
    return value


def _limit(value: str) -> float | None:
    return None if value.strip().lower() == "none" else float(value)


def _options(gap: float, time_limit: str, threads: int, seed: int) -> "Options":
    from allocator.attempt import Options

    return Options(gap=gap, time_limit=_limit(time_limit), threads=threads, seed=seed)


Files = Annotated[list[str] | None, typer.Argument(metavar="INSTANCE", show_default=False)]
Gap = Annotated[
    float, typer.Option("--gap", callback=_share, help="Gap to certify, 0.01 for 1 %.")
]
Seconds = Annotated[
    str,
    typer.Option(
        "--time-limit",
        callback=_seconds,
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


@app.command()
@guarded
def start(
    archetype: Annotated[
        Archetypes,
        typer.Option(
            "--archetype",
            help="The kind of shop: apparel with two rooms, a factory with one, a beauty brand, "
            "snacks sold by creators.",
        ),
    ],
    weeks: Annotated[
        str, typer.Option("--weeks", metavar="EXPORT.csv", help="Your last 4 to 8 weeks.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.yaml", help="The instance.")],
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE.yaml", help="What no export holds."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
    json: AsJson = False,
    lang: Language = "en",
) -> int:
    """Write a first instance from a weekly export: an archetype scaled to your figures.

    The export needs week, gmv, views, orders and hours, in English or Chinese; ad_spend,
    followers, refunds, team, cash, creator_gmv and creators help. What is yours and what is
    assumed, and within which range, stands behind every number.
    """
    from allocator.runs_start import start_one

    return start_one(archetype, weeks, answers, out, force=force, as_json=json, lang=lang)


@app.command()
@guarded
def solve(
    context: typer.Context,
    instances: Files = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Keep plans and tables below DIR.")
    ] = None,
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    objective: Goal = None,
    model: World = None,
    jobs: Jobs = None,
    json: AsJson = False,
    report: Annotated[
        bool,
        typer.Option(
            "--report/--no-report", help="With --out: plan.xlsx and plan.html beside plan.json."
        ),
    ] = True,
    lang: Language = "en",
) -> int:
    """Find the best plan of each instance and certify how near the optimum it is.

    Without a file it plans the embedded instance: a growing merchant over 26 weeks.
    """
    from allocator.runs import instances_of, run_all

    options = _options(gap, time_limit, threads, seed)
    files, goal = instances or [], _goal(objective)
    reports = lang if report else None
    if jobs is not None:
        from allocator.batch import solve_batch

        if out is None:
            raise typer.BadParameter("--jobs needs --out, the folder that keeps the run")
        return solve_batch(
            files,
            options,
            out,
            at_once=jobs,
            goal=goal,
            model=model,
            as_json=json,
            reports=reports,
        )
    chosen = instances_of(files, goal, model)
    return run_all(
        chosen, options, out, as_json=json, reports=reports, began=context.obj, files=files
    )


def _goal(objective: Goals | None) -> Literal["gmv", "net_gmv", "profit", "cost"] | None:
    if objective is None:
        return None
    return "net_gmv" if objective == "net-gmv" else objective


@app.command()
@guarded
def replan(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    actuals: Annotated[
        str,
        typer.Option("--actuals", metavar="WEEK.csv", help="The weeks since the plan was made."),
    ],
    stability: Annotated[
        float,
        typer.Option(
            "--stability",
            callback=_share,
            help="Share of the best plan's worth that fewer changes may cost; 0 takes the best.",
        ),
    ] = 0.02,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to; beside the old plan without it."),
    ] = None,
    gap: Gap = 0.01,
    time_limit: Seconds = "120",
    threads: Threads = 2,
    seed: Seed = 0,
    json: AsJson = False,
    lang: Language = "en",
) -> int:
    """Plan the rest anew after weeks that were seen, with few changes and a reason for each.

    The weeks are a CSV file as for start, from the plan's first week on; only gmv must be there,
    and hours, views, orders, ad_spend, followers, creator_gmv, creators, team, cash and stock say
    more, also as hours:ACCOUNT, ad_spend:BOOST, team:ROLE and stock:LINE. deal:DEAL is the GMV of
    a KOL session, 0 where it was called off. What is signed is kept.
    """
    from allocator.runs_replan import replan_one

    options = _options(gap, time_limit, threads, seed)
    return replan_one(plan, actuals, options, out, stability=stability, as_json=json, lang=lang)


@app.command()
@guarded
def resume(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, max=256, help="Processes at a time; as before.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Go on with an interrupted solve --jobs where it stopped, with its files and options.

    What is finished is kept; what failed or was interrupted is solved again. The same solve
    command, given again, does the same.
    """
    from allocator.batch import resume

    return resume(folder, at_once=jobs, as_json=json)


@app.command()
@guarded
def check(
    instances: Annotated[list[str], typer.Argument(metavar="INSTANCE")],
    time_limit: Seconds = "60",
    quick: Annotated[
        bool, typer.Option("--quick", help="Read and add up only; search for no plan.")
    ] = False,
    lang: Language = "en",
    json: AsJson = False,
) -> int:
    """Read instances and say what they hold, what is wrong with them, or why no plan can keep
    their rules and what would help.

    Where today's way breaks a rule, any plan at all is searched for.
    """
    from allocator.runs_check import check_all

    return check_all(
        instances, time_limit=_limit(time_limit), quick=quick, as_json=json, lang=lang
    )


@app.command()
@guarded
def verify(plans: Annotated[list[str], typer.Argument(metavar="PLAN")]) -> int:
    """Replay plans, check every rule of their instances and every figure they report."""
    from allocator.runs import verify_all

    return verify_all(plans)


@app.command()
@guarded
def show(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    json: AsJson = False,
) -> int:
    """Describe an instance, or show a plan as solve does with the course of its search."""
    from allocator.runs import show_one

    return show_one(path, as_json=json)


@app.command()
@guarded
def page(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Where to; plan.html beside the plan without."),
    ] = None,
    lang: Language = "en",
) -> int:
    """Write the page of a plan: one HTML file that opens without a network."""
    from allocator.runs import page_one

    return page_one(plan, to, lang)


@app.command()
@guarded
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

    options = _options(gap, time_limit, threads, seed)
    if models:
        if against or html or xlsx:
            raise typer.BadParameter("--against, --html and --xlsx do not go with --models")
        return compare_models_all(paths or [], options, replan=replan, as_json=json)
    if replan:
        raise typer.BadParameter("--replan needs --models")
    if not paths:
        raise typer.BadParameter("give plans or instances to compare, or --models")
    return compare_all(paths, options, Output(json, html, xlsx, lang), against=against)


@app.command()
@guarded
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
    options = _options(gap, time_limit, threads, seed)
    output = Output(json, html, lang=lang)
    return frontier_of(path, over, (low, high), points, options, output)


@app.command()
@guarded
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

    options = _options(gap, time_limit, threads, seed)
    output = Output(json, html, xlsx, lang)
    return explain_one(plan, options, output, ban=ban, choices=choices)


@app.command()
@guarded
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
        float | None, typer.Option("--target", min=0, help="GMV to reach; the plan's own without.")
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
    options = _options(gap, time_limit, threads, seed)
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


@app.command()
@guarded
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


@app.command()
@guarded
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

    options = _options(gap, time_limit, threads, seed)
    return baselines_of(path, options, Output(json, html, xlsx, lang))


@app.command()
@guarded
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
    options = _options(gap, time_limit, threads, seed)
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


@app.command()
@guarded
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

    options, output = _options(gap, time_limit, threads, seed), Output(json, html, xlsx, lang)
    return alternatives_of(path, options, within=within, seconds=each, out=out, output=output)


@app.command()
@guarded
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

    Fits HISTORY as fit does. Each pulse of a boost or of live hours is weighed by the regret that
    its lesson saves when the next quarter's levels are chosen, by the objective of the file.
    """
    from allocator.runs_experiments import experiments_one

    return experiments_one(history, instance, draws=draws, seed=seed, as_json=json, lang=lang)


@app.command()
@guarded
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

    options, output = _options(gap, time_limit, threads, seed), Output(json, html, xlsx, lang)
    return sensitivity_of(path, options, by=by, each=each, anew=not fixed, output=output)


@app.command()
@guarded
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

    options = _options(gap, time_limit, threads, seed)
    return strategy_of(path, options, Output(json, html, lang=lang), keep=keep)


@app.command()
@guarded
def template(
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="INSTANCE", help="Fill it with this instance."),
    ] = None,
    lang: Language = "en",
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> int:
    """Write a workbook to fill in; solve, check, show and compare read it like YAML.

    Without --from it holds the embedded instance as an example.
    """
    from allocator.runs import write_template

    return write_template(out, source, lang, force=force)


@app.command()
@guarded
def allocate(
    file: Annotated[str, typer.Argument(metavar="CURVES")],
    budget: Annotated[
        float | None, typer.Option("--budget", min=0, help="Replaces the budget of the file.")
    ] = None,
    periods: Annotated[
        int | None, typer.Option("--periods", min=1, help="Replaces the number of periods.")
    ] = None,
    gap: Annotated[
        float, typer.Option("--gap", min=1e-9, max=0.5, help="Gap to certify, 0.0001 for 0.01 %.")
    ] = 1e-4,
    time_limit: Seconds = "60",
    json: AsJson = False,
) -> int:
    """Spread a budget over response curves.

    CURVES is a YAML or JSON file as docs/allocate.md describes it, or an export of PyMC-Marketing,
    Meridian or Robyn.
    """
    from allocator.runs_allocation import allocate_one

    limit = _limit(time_limit)
    return allocate_one(
        file, budget=budget, periods=periods, gap=gap, time_limit=limit, as_json=json
    )


@app.command()
@guarded
def schema() -> int:
    """Print the JSON Schema of instance files, for editors that complete them."""
    import json

    from fact_models.spec.instance import Instance

    found = Instance.model_json_schema()
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return OK


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
