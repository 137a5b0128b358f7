"""Figures of the snowball and of the search: traffic, followers, what came back, the gap."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from allocator.chart_style import (
    BLUE,
    DASHES,
    FAINT,
    INK,
    ORANGE,
    SERIES,
    dates,
    figure,
    money_axis,
    on_axis,
    ticks,
)
from allocator.labels import Lang
from allocator.labels_page import say
from allocator.panel import label_of
from allocator.phrases import per
from allocator.plan import Plan
from allocator.scales import scale_of

STOCKS = ("traffic", "followers")
"""What the snowball's picture shows of every segment, from the top."""


def traffic(plan: Plan, lang: Lang) -> go.Figure | None:
    """Recommended traffic and followers by segment; None where there is neither."""
    table = plan.audience
    if float(table[list(STOCKS)].max().max()) < 0.5:
        return None
    made = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.14)
    made.update_layout(figure(480, hovermode="x unified").layout)
    segments = plan.instance.snowball.segments
    for row, stock in enumerate(STOCKS, 1):
        scale = scale_of(float(table[stock].max()), lang)
        for n, (s, spec) in enumerate(segments.items()):
            part = table[table["segment"] == s]
            made.add_scatter(
                row=row,
                col=1,
                name=on_axis(label_of(spec, s), 20),
                legendgroup=s,
                showlegend=row == 1,
                x=[f"{day:%Y-%m-%d}" for day in part["start"]],
                y=(part[stock] / scale.size).tolist(),
                mode="lines",
                line={
                    "color": SERIES[n % len(SERIES)],
                    "dash": DASHES[n // len(SERIES) % len(DASHES)],
                    "width": 3,
                },
                hovertemplate=f"%{{y:,.2f}} {scale.word}",
                meta={"segment": s, "stock": stock, "scale": scale.size},
            )
        made.update_yaxes(
            row=row, col=1, **ticks(scale, lang), rangemode="tozero", automargin=True, nticks=5
        )
        _heading(
            made,
            say("word", f"{stock}_title", lang, per=per(plan, lang)),
            f"y{'' if row == 1 else row} domain",
        )
    made.update_xaxes(**dates(lang), showgrid=False, automargin=True, zeroline=False)
    made.update_yaxes(gridcolor=FAINT, zeroline=False)
    made.update_layout(legend={"y": 1.1})
    return made


def _heading(made: go.Figure, text: str, axis: str) -> None:
    """A small heading above one of two pictures."""
    made.add_annotation(
        text=text,
        x=0,
        xref="paper",
        y=1,
        yref=axis,
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        yshift=6,
        font={"size": 13, "color": INK},
    )


def first_touch(plan: Plan, lang: Lang) -> go.Figure | None:
    """GMV at first touch and what the snowball returned, by period; None in the funnel world and
    where nothing is sold.
    """
    table = plan.first_touch
    if plan.instance.snowball.model != "snowball" or float(table["gmv"].abs().max()) < 0.5:
        return None
    scale, unit = money_axis(table["gmv"], lang, plan.instance.currency)
    made = figure(480, barmode="relative", bargap=0.12, hovermode="x unified")
    days = [f"{day:%Y-%m-%d}" for day in table["start"]]
    for column, colour in (("first_touch", BLUE), ("returned", ORANGE)):
        made.add_bar(
            name=say("word", column, lang),
            x=days,
            y=(table[column] / scale.size).tolist(),
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"%{{y:,.1f}} {unit}",
            meta={"column": column, "scale": scale.size},
        )
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_yaxes(**ticks(scale, lang))
    return made


def gap(plan: Plan, lang: Lang) -> go.Figure | None:
    """Best verified plan and bound over the seconds of the search; None where no plan was traced.

    What is far from where the search ended lies outside the picture, which else would be flat.
    """
    found = [(p[0], p[2]) for p in plan.trace if p[2] is not None]
    proved = [(p[0], p[3]) for p in plan.trace if p[3] is not None]
    if not found:
        return None
    low, high = _window([x for _, x in found], [x for _, x in proved])
    scale, unit = money_axis([low, high], lang, plan.instance.currency)
    made = figure(360, hovermode="x unified")
    least = plan.instance.objective.goal == "cost"
    dashed, solid = {"color": ORANGE, "width": 2.5, "dash": "dash"}, {"color": BLUE, "width": 3}
    for key, word, points, line in (
        ("bound", "lower_bound" if least else "bound", proved, dashed),
        ("plan", "best_plan", found, solid),
    ):
        made.add_scatter(
            name=say("word", word, lang),
            x=[seconds for seconds, _ in points],
            y=[value / scale.size for _, value in points],
            mode="lines+markers",
            marker={"size": 6},
            line={**line, "shape": "hv"},
            hovertemplate=f"%{{y:,.3f}} {unit}",
            meta={"line": key, "scale": scale.size},
        )
    made.update_xaxes(
        hoverformat=".1f",
        ticksuffix=" s",
        tickangle=0,
        nticks=7,
        showgrid=False,
        rangemode="tozero",
    )
    made.update_yaxes(**ticks(scale, lang), range=[low / scale.size, high / scale.size], nticks=6)
    return made


def _window(plans: Sequence[float], bounds: Sequence[float]) -> tuple[float, float]:
    """The span of values worth showing: all of them, or those near the end."""
    ends = [series[-1] for series in (plans, bounds) if series]
    middle = sum(ends) / len(ends)
    reach = max(0.25 * abs(middle), 4 * (max(ends) - min(ends)), 1e-9)
    low = max(min([*plans, *bounds]), middle - reach)
    high = min(max([*plans, *bounds]), middle + reach)
    room = 0.06 * max(high - low, 1e-3 * abs(middle), 1e-9)
    return low - room, high + room
