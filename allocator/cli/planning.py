"""Commands that make plans, read them and write them."""

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli.options import (
    Archetypes,
    AsJson,
    Files,
    Gap,
    Goal,
    Jobs,
    Language,
    Seconds,
    Seed,
    Threads,
    World,
    a_share,
    goal_of,
    options_of,
    seconds_of,
)
from allocator.exits import OK


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

    options = options_of(gap, time_limit, threads, seed)
    files, goal = instances or [], goal_of(objective)
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
            callback=a_share,
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

    options = options_of(gap, time_limit, threads, seed)
    return replan_one(plan, actuals, options, out, stability=stability, as_json=json, lang=lang)


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
        instances, time_limit=seconds_of(time_limit), quick=quick, as_json=json, lang=lang
    )


def verify(plans: Annotated[list[str], typer.Argument(metavar="PLAN")]) -> int:
    """Replay plans, check every rule of their instances and every figure they report."""
    from allocator.runs import verify_all

    return verify_all(plans)


def show(
    path: Annotated[str, typer.Argument(metavar="INSTANCE|PLAN")],
    json: AsJson = False,
) -> int:
    """Describe an instance, or show a plan as solve does with the course of its search."""
    from allocator.runs import show_one

    return show_one(path, as_json=json)


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

    limit = seconds_of(time_limit)
    return allocate_one(
        file, budget=budget, periods=periods, gap=gap, time_limit=limit, as_json=json
    )


def schema() -> int:
    """Print the JSON Schema of instance files, for editors that complete them."""
    import json

    from fact_models.spec.instance import Instance

    found = Instance.model_json_schema()
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return OK
