"""Figures of money: GMV by source, the budget, from GMV to contribution, cash."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from allocator.chart_style import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    INK,
    RED,
    SKY,
    dates,
    figure,
    money_axis,
    shown,
    ticks,
)
from allocator.labels import Lang, label
from allocator.labels_page import ITEMS, say
from allocator.plan import Plan
from allocator.scales import short
from allocator.tables import LEVERS, SOURCES

LEAST = 0.5
"""Amounts of money below this count as nothing."""
WATERFALL = 430
"""Height of a waterfall in pixels."""


def gmv(plan: Plan, lang: Lang) -> go.Figure | None:
    """Paid GMV by period, stacked by source; None where nothing is sold."""
    table = plan.gmv_by_lever
    if not len(table) or float(table["gmv"].abs().max()) < LEAST:
        return None
    totals = table.groupby("period")["gmv"].sum()
    scale, unit = money_axis(totals, lang, plan.instance.currency)
    made = figure(400, barmode="relative", bargap=0.12, hovermode="x unified")
    for source in SOURCES:
        part = table[table["source"] == source]
        if float(part["gmv"].abs().max()) < LEAST:
            continue
        made.add_bar(
            name=label("source", source, lang),
            x=_days(part["start"]),
            y=(part["gmv"] / scale.size).tolist(),
            marker={"color": COLOURS[source], "line": {"width": 0}},
            hovertemplate=f"%{{y:,.1f}} {unit}",
            meta={"source": source, "scale": scale.size},
        )
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_yaxes(**ticks(scale, lang), rangemode="tozero")
    return made


def budget(plan: Plan, lang: Lang) -> go.Figure | None:
    """From the budget down to what is left of it: what earlier weeks took, then lever by lever; up
    to the spend where no budget is set; None where nothing is spent.
    """
    spend = plan.budget.groupby("lever")["spend"].sum()
    total, limit = float(spend.sum()), plan.instance.money.budget
    before = plan.instance.money.past.spend()
    if total < LEAST:
        return None
    used = [lever for lever in LEVERS if abs(float(spend[lever])) >= LEAST]
    names = [label("lever", lever, lang) for lever in used]
    amounts = [float(spend[lever]) for lever in used]
    if limit:
        if abs(before) >= LEAST:
            names, amounts = [label("kpi", "spent_before", lang), *names], [before, *amounts]
        names = [label("kpi", "budget", lang), *names, say("word", "left_over", lang)]
        kinds = ["absolute", *["relative"] * len(amounts), "total"]
        amounts = [limit, *(-x for x in amounts), limit - before - total]
    else:
        names, amounts = [*names, label("kpi", "spend", lang)], [*amounts, total]
        kinds = [*["relative"] * len(used), "total"]
    return _waterfall(plan, lang, names, amounts, kinds)


def result(plan: Plan, lang: Lang) -> go.Figure | None:
    """From GMV over what it costs to contribution; None where nothing is sold."""
    table = plan.result
    amounts = [float(x) for x in table["amount"]]
    if amounts[0] < LEAST:
        return None
    names = [
        say("item", key, lang) if key in ITEMS else label("lever", key, lang)
        for key in table["item"]
    ]
    kinds = ["absolute", *["relative"] * (len(names) - 2), "total"]
    kept = [n for n, x in enumerate(amounts) if abs(x) >= LEAST or kinds[n] != "relative"]
    return _waterfall(
        plan, lang, [names[n] for n in kept], [amounts[n] for n in kept], [kinds[n] for n in kept]
    )


def _waterfall(
    plan: Plan, lang: Lang, names: Sequence[str], amounts: Sequence[float], kinds: Sequence[str]
) -> go.Figure:
    """Bars that hang from one another, from the top down, their amounts to the right of them."""
    scale, unit = money_axis(amounts, lang, plan.instance.currency)
    made = figure(WATERFALL, showlegend=False, waterfallgap=0.3)
    rows, ends = list(range(len(names))), _ends(amounts, kinds)
    made.add_waterfall(
        orientation="h",
        y=rows,
        x=[x / scale.size for x in amounts],
        measure=list(kinds),
        connector={"line": {"color": GREY, "width": 1}},
        totals={"marker": {"color": BLUE}},
        increasing={"marker": {"color": GREEN if kinds[0] != "relative" else SKY}},
        decreasing={"marker": {"color": SKY}},
        customdata=[[shown(n), short(x, lang)] for n, x in zip(names, amounts, strict=True)],
        hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}} {_currency(unit, scale.word)}"
        "<extra></extra>",
        meta={"scale": scale.size},
    )
    made.add_scatter(
        x=[high / scale.size for _, high in ends],
        y=rows,
        mode="text",
        # Plotly sets the text against the end of its bar: an en space keeps them apart.
        text=[f"\u2002{short(x, lang)}" for x in amounts],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
    )
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    room = 0.02 * (high - low)
    made.update_xaxes(
        **ticks(scale, lang),
        # The longest bar keeps room for its amount.
        range=[(low - room) / scale.size, (high + 15 * room) / scale.size],
        nticks=6,
        tickangle=0,
        zeroline=True,
        zerolinecolor=INK,
    )
    made.update_yaxes(
        range=[len(names) - 0.5, -0.5],
        tickvals=rows,
        ticktext=[shown(x) for x in names],
        showgrid=False,
    )
    return made


def _currency(unit: str, word: str) -> str:
    return unit.removeprefix(word).strip()


def _ends(amounts: Sequence[float], kinds: Sequence[str]) -> list[tuple[float, float]]:
    """Lower and higher end of every bar of a waterfall."""
    level, ends = 0.0, []
    for amount, kind in zip(amounts, kinds, strict=True):
        before, level = (level, level + amount) if kind == "relative" else (0.0, amount)
        ends.append((min(before, level), max(before, level)))
    return ends


def cash(plan: Plan, lang: Lang) -> go.Figure | None:
    """Cash at the end of every period with its floor, its low point and what credit adds; None
    where the instance has no cash rules.
    """
    table = plan.cash
    if plan.instance.money.cash is None or not len(table):
        return None
    held = table["balance"] + table["drawn"]
    scale, unit = money_axis(
        np.concatenate([table["balance"], held]), lang, plan.instance.currency
    )
    made = figure(360, hovermode="x unified")
    lines = {
        "held": (say("word", "with_credit", lang), held, SKY, 2, "dot"),
        "balance": (label("column", "balance", lang), table["balance"], BLUE, 3, "solid"),
        "floor": (label("column", "floor", lang), table["floor"], RED, 2, "dash"),
    }
    if float(table["drawn"].max()) < LEAST:
        del lines["held"]
    for column, (name, amounts, colour, width, dash) in lines.items():
        made.add_scatter(
            name=name,
            x=_days(table["start"]),
            y=(amounts / scale.size).tolist(),
            mode="lines",
            line={"color": colour, "width": width, "dash": dash},
            hovertemplate=f"%{{y:,.1f}} {unit}",
            meta={"column": column, "scale": scale.size},
        )
    _mark_low(made, plan, lang, scale.size)
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_yaxes(**ticks(scale, lang), rangemode="tozero", zeroline=True, zerolinecolor=INK)
    return made


def _mark_low(made: go.Figure, plan: Plan, lang: Lang, size: float) -> None:
    """The lowest balance with its amount, written on the side where there is room."""
    table = plan.cash
    at = int(table["balance"].argmin())
    low = float(table["balance"].iloc[at])
    side = "right" if at < len(table) / 2 else "left"
    made.add_scatter(
        name=say("word", "low_point", lang),
        x=_days(table["start"].iloc[at : at + 1]),
        y=[low / size],
        mode="markers+text",
        marker={"color": INK, "size": 10, "symbol": "diamond"},
        text=[short(low, lang)],
        textposition=f"bottom {side}",
        cliponaxis=False,
        hoverinfo="skip",
        meta={"column": "low", "scale": size},
    )


def _days(column: "object") -> list[str]:
    """First days of periods as text."""
    return [f"{day:%Y-%m-%d}" for day in column]  # type: ignore[attr-defined]
