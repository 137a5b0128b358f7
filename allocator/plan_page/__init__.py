"""The page of a plan: one HTML file that opens offline, ``plan.html`` beside ``plan.json``."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from allocator.chart_style import COLOURS, GREY
from allocator.figures import whole
from allocator.labels import Lang, label, unit_words
from allocator.labels_page import say
from allocator.page_shell import render
from allocator.panel import week_of
from allocator.phrases import day_words, limit_words, month_words, per
from allocator.plan import Plan
from allocator.plan_charts import CHARTS, figures
from allocator.plan_page.captions import caption
from allocator.plan_page.highlights import decisions, tiles
from allocator.reasons.attribution import attribution
from allocator.reasons.labels import heading
from allocator.reasons.rows import origin_rows
from allocator.reasons.sentences import sentence
from allocator.reasons.words import origin_words
from allocator.scales import share, short
from allocator.tables import SOURCES
from allocator.writing import write_atomic

FILE_NAME = "plan.html"
WIDE = ("calendar", "gmv", "staff")
"""Figures that take the whole width of a large screen."""
LIMITS_SHOWN = 10


@dataclass(frozen=True)
class Cell:
    """A cell of the table of months."""

    key: str
    value: float | None
    text: str


def plan_page(plan: Plan, lang: Lang = "en") -> str:
    """The page as HTML.

    Raises:
        ValueError: there is no plan.
    """
    drawn = figures(plan, lang)
    return render(
        __name__,
        "page.html.j2",
        lang,
        drawn,
        name=plan.name,
        status=plan.status,
        verdict=verdict(plan, lang),
        span=_span(plan, lang),
        tiles=tiles(plan, lang),
        decisions=decisions(plan, lang),
        loses=plan.contribution is not None and plan.contribution < 0,
        charts=[_chart(plan, name, drawn.get(name), lang) for name in CHARTS],
        origin=_origin(plan, lang),
        months=_months(plan, lang),
        limits=_limits(plan, lang),
        assumed=plan.instance.assumed,
        assumed_title=label("word", "assumed", lang),
        version=plan.version,
        colours={**COLOURS, "money": GREY},
        say=partial(_said, lang),
        short=partial(short, lang=lang),
        day_words=partial(day_words, lang=lang),
    )


def write_page(plan: Plan, path: str | Path, lang: Lang = "en") -> None:
    """Write the page of a plan to ``path``, whole or not at all.

    Raises:
        OutputError: the file cannot be written.
        ValueError: there is no plan.
    """
    write_atomic(path, plan_page(plan, lang))


def _said(lang: Lang, part: str, key: str, **given: Any) -> str:
    return say(part, key, lang, **given)


def verdict(plan: Plan, lang: Lang) -> str:
    """How good the plan is for certain, in a sentence."""
    if plan.worlds is not None:
        hedge = "hedge" if plan.gap is not None else "hedge_unproved"
        return say("word", hedge, lang, worlds=plan.worlds, gap=share(plan.gap, lang, 2))
    if plan.gap is None:
        return say("word", "unproved", lang)
    key = {
        "feasible_limit": "limit",
        "interrupted_feasible": "interrupted",
        "feasible_near": "near",
    }
    return say("word", key.get(plan.status, "certified"), lang, gap=share(plan.gap, lang, 2))


def _span(plan: Plan, lang: Lang) -> str:
    """Horizon, goal and currency."""
    instance, calendar = plan.instance, plan.instance.calendar
    ends = (week_of(calendar, t) for t in (0, calendar.periods - 1))
    first, last = ends if calendar.days == 7 else (
        calendar.first_day(0).isoformat(), calendar.first_day(calendar.periods).isoformat()
    )  # fmt: skip
    told = say(
        "word", "span" if calendar.days == 7 else "span_days", lang,
        count=calendar.periods, days=calendar.days, first=first, last=last,
        goal=label("goal", instance.objective.goal, lang),
        unit=unit_words("CNY", lang, instance.currency),
    )  # fmt: skip
    world = instance.snowball.model == "funnel"
    return f"{told} · {say('word', 'funnel_world', lang)}" if world else told


def _chart(plan: Plan, name: str, made: Any, lang: Lang) -> dict[str, Any]:
    """What the template needs of a figure, or of the lack of one."""
    return {
        "name": name,
        "title": say("chart", name, lang),
        "drawn": made is not None,
        "wide": name in WIDE,
        "caption": caption(plan, name, lang) if made is not None else say("empty", name, lang),
        "height": made.layout.height if made is not None else 0,
    }


def _origin(plan: Plan, lang: Lang) -> dict[str, Any]:
    """Where the GMV came from, by lever and source."""
    found = attribution(plan)
    columns = ("source", "first_touch", "snowball", "total", "share")
    return {
        "title": heading("origin", lang),
        "notes": [*origin_words(found, lang), sentence("traced", lang)],
        "columns": [heading(key, lang) for key in columns],
        "rows": [(cells[: len(columns)], strong) for cells, strong in origin_rows(found, lang)],
    }


def _months(plan: Plan, lang: Lang) -> dict[str, Any]:
    """The table of months: sources that bring something, money, heads and hours; their totals."""
    table = plan.months
    sources = [f"gmv_{x}" for x in SOURCES if float(table[f"gmv_{x}"].abs().max()) >= 0.5]
    keys = [*sources, "gmv", "net_gmv", "spend", "contribution"]
    parts = (("heads", plan.instance.staff), ("live_hours", plan.instance.field))
    counts = [k for k, part in parts if part]
    titles = [label("source", k.removeprefix("gmv_"), lang) for k in sources]
    titles += [label("column", k, lang) for k in (*keys[len(sources) :], *counts)]
    rows = [
        [
            Cell("month", None, month_words(str(row["month"]), lang)),
            *(Cell(k, float(row[k]), short(float(row[k]), lang)) for k in keys),
            *(Cell(k, float(row[k]), whole(float(row[k]))) for k in counts),
        ]
        for row in table.to_dict("records")
    ]
    sums = {k: float(table[k].sum()) for k in (*keys, *counts)}
    total = [
        Cell("month", None, label("column", "total", lang)),
        *(Cell(k, sums[k], short(sums[k], lang)) for k in keys),
        # Heads of several months make no sum.
        *(Cell(k, sums[k], whole(sums[k])) if k != "heads" else Cell(k, None, "") for k in counts),
    ]
    columns = [{"title": label("column", "month", lang)}, *({"title": x} for x in titles)]
    return {"columns": columns, "rows": rows, "total": total}


def _limits(plan: Plan, lang: Lang) -> list[dict[str, str]]:
    """The limits that are reached, in words."""
    found = []
    for row in plan.limits.head(LIMITS_SHOWN).to_dict("records"):
        first, last = str(row["week"])[5:], str(row["end"])[5:]
        if row["limit"] == "hires of" or row["what"] == "over the horizon":
            when = say("word", "used_up", lang)
        elif row["periods"] == 1:
            when = say("word", "in_one", lang, week=first)
        else:
            when = say("word", "in_many", lang, count=row["periods"], first=first, last=last,
                       per=per(plan, lang))  # fmt: skip
        name = limit_words(str(row["limit"]), str(row["what"]), lang)
        found.append({"name": name, "when": when})
    return found
