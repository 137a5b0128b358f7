"""A hedge on a terminal, as JSON and as a page."""

import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.chart_style import SERIES, figure, money_axis, shown, ticks
from allocator.doubt.decided import Dates, dates_words, decided
from allocator.doubt.firm import Key
from allocator.doubt.hedge_words import (
    HEADINGS,
    bars_words,
    decided_words,
    measure_words,
    measured,
    measured_words,
    names_words,
    sentences,
    sign_of_goal,
    value_words,
)
from allocator.doubt.naming import called
from allocator.doubt.outlooks import EXPECTED, Hedge, Outlook
from allocator.figures import percent, plain
from allocator.labels import Lang
from allocator.labels_page import say as words_of
from allocator.page_shell import render
from allocator.panel import week_of
from allocator.screen_levers import simple

HEIGHT = 380
LABEL = 24
"""Characters that the longest cell of a column keeps at least."""
WIDE = 6
"""Columns beyond which a table is hardly read on a terminal."""


def hedge_screen(found: Hedge, lang: Lang = "en") -> RenderableType:
    """Sentences, what first decisions bring in every world, and which they are."""
    title = HEADINGS["title"].say(lang, count=len(found.worlds.members))
    parts: list[RenderableType] = [
        Text(f"{plain(found.worlds.written.name)}: {title}", style="bold cyan"),
        *(Text(line) for line in sentences(found, lang)),
    ]
    for columns, rows in (outlook_rows(found, lang), decision_rows(found, lang)):
        if rows:
            parts += [Text(""), _table(columns, rows)]
    return Group(*parts)


def _table(columns: list[str], rows: list[list[str]]) -> Table:
    """Rows and columns change places where that makes a table of many columns narrow; headings
    are folded, cells are not.
    """
    if len(columns) > WIDE > len(rows):
        columns, *rows = (list(cells) for cells in zip(columns, *rows, strict=True))
    made = simple(columns[0], *(f">{name}" for name in columns[1:]))
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    for n, column in enumerate(made.columns):
        column.header = Text(plain(columns[n]))
        column.no_wrap, column.overflow = False, "fold"
        column.min_width = min(max(len(row[n]) for row in rows), LABEL)
    return made


def outlook_rows(found: Hedge, lang: Lang) -> tuple[list[str], list[list[str]]]:
    """Head and rows: what first decisions bring in every world, and the measure."""
    worlds, labels = found.worlds, called(found.worlds)
    head = [f"{labels[w.name]} ({percent(w.probability, 0)})" for w in worlds.members]
    columns = [HEADINGS["plan"].say(lang), *head, measure_words(found, lang)]
    rows = []
    for names, outlook in _unlike(found):
        cells = [value_words(found, float(x), lang) for x in outlook.values]
        total = measured_words(found, found.measured(outlook.values), lang)
        rows.append([names_words(names, worlds, lang), *cells, total])
    return columns, rows


def decision_rows(found: Hedge, lang: Lang) -> tuple[list[str], list[list[str]]]:
    """Head and rows: first decisions that any outlook takes, how many each takes, and when."""
    worlds, instance = found.worlds, found.worlds.written
    told = [(names, dated(found, outlook)) for names, outlook in _unlike(found)]
    tables = [(names, table) for names, table in told if table is not None]
    keys = dict.fromkeys(k for _, table in tables for k in table)
    heads = (names_words(names, worlds, lang) for names, _ in tables)
    columns = [HEADINGS["decision"].say(lang), *heads]
    rows = [
        [
            decided_words(key, instance, lang),
            *(dates_words(table.get(key, {}), instance.calendar, lang) for _, table in tables),
        ]
        for key in keys
        if any(table.get(key) for _, table in tables)
    ]
    return columns, rows


def _unlike(found: Hedge) -> list[tuple[list[str], Outlook]]:
    """Outlooks that differ, each with the names of all that take and bring the same."""
    groups: list[tuple[list[str], Outlook]] = []
    for outlook in found.outlooks:
        for names, one in groups:
            same = np.array_equal(one.values, outlook.values)
            if same and dated(found, one) == dated(found, outlook):
                names.append(outlook.name)
                break
        else:
            groups.append(([outlook.name], outlook))
    return groups


def dated(found: Hedge, outlook: Outlook) -> dict[Key, Dates] | None:
    """First decisions with their dates; None without a plan."""
    for world, made in zip(found.worlds.members, outlook.decisions, strict=True):
        if made is not None:
            return decided(world.instance, made)
    return None


def hedge_record(found: Hedge) -> dict[str, Any]:
    """Value, bound, what hedging and knowing are worth, every outlook; in the units of the
    objective. Where regret is what counts, value, bound and measures are largest regrets: less is
    better, and ``bound`` is what no first decisions can go below."""
    sign, gained = sign_of_goal(found), found.vss()
    calendar = found.worlds.written.calendar

    def number(value: float) -> float | None:
        return sign * value if math.isfinite(value) else None

    return {
        "instance": found.worlds.written.name,
        "measure": found.measure.kind,
        "tail": found.measure.tail if found.measure.kind == "cvar" else None,
        "source": found.worlds.source,
        "assumed": found.worlds.assumed,
        "worlds": [{"name": w.name, "probability": w.probability} for w in found.worlds.members],
        "value": measured(found, found.value),
        "bound": measured(found, found.bound),
        "gap": found.gap if math.isfinite(found.gap) else None,
        "best_alone": [number(float(x)) for x in found.alone],
        "bound_alone": [number(float(x)) for x in found.best],
        "evpi": list(found.evpi) if found.hedge else None,
        "vss": None if gained is None else [x if math.isfinite(x) else None for x in gained],
        "outlooks": [
            {
                "name": outlook.name,
                "values": [number(float(x)) for x in outlook.values],
                "bounds": [number(float(x)) for x in outlook.bounds],
                "measure": measured(found, found.measured(outlook.values)),
                "first_decisions": [
                    {
                        "kind": kind,
                        "name": name,
                        "amount": float(sum(dates.values())),
                        "weeks": [week_of(calendar, t) for t in dates],
                        "amounts": list(dates.values()),
                    }
                    for (kind, name), dates in (dated(found, outlook) or {}).items()
                ],
            }
            for outlook in found.outlooks
        ],
        "seconds": found.seconds,
        "message": found.message,
    }


def bars(found: Hedge, lang: Lang) -> go.Figure:
    """What the first decisions of every outlook bring in every world."""
    values = [float(x) for o in found.outlooks for x in o.values if math.isfinite(x)]
    scale, unit = money_axis(values, lang, found.worlds.written.currency)
    made = figure(HEIGHT, barmode="group")
    sign = sign_of_goal(found)
    worlds = [shown(label) for label in called(found.worlds).values()]
    outlooks = [o for o in found.outlooks if o.name != EXPECTED or len(found.outlooks) > 2]
    for n, outlook in enumerate(outlooks):
        heights = [
            sign * float(x) / scale.size if math.isfinite(x) else None for x in outlook.values
        ]
        made.add_bar(
            x=worlds, y=heights, name=shown(names_words([outlook.name], found.worlds, lang)),
            marker={"color": SERIES[n % len(SERIES)]},
            hovertemplate=f"%{{y:,.4~r}} {unit}<extra></extra>",
        )  # fmt: skip
    made.update_layout(meta={"scale": scale.size})
    made.update_yaxes(**ticks(scale, lang))
    return made


def hedge_page(found: Hedge, lang: Lang = "en") -> str:
    """The page as HTML."""
    columns, rows = outlook_rows(found, lang)
    decided_columns, decided_rows = decision_rows(found, lang)
    return render(
        "allocator.doubt",
        "hedge.html.j2",
        lang,
        {"bars": bars(found, lang)} if found.outlooks else {},
        styles=("compare.css",),
        name=found.worlds.written.name,
        title=HEADINGS["title"].say(lang, count=len(found.worlds.members)),
        words=sentences(found, lang),
        no_script=words_of("word", "no_script", lang),
        height=HEIGHT,
        heading=bars_words(found, lang),
        tables=[(columns, rows), (decided_columns, decided_rows)],
        footer=words_of("word", "checked", lang),
    )
