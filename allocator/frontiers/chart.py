"""A frontier as a figure of Plotly: the plans, and the band in which the best plan is proved to
lie.
"""

import plotly.graph_objects as go

from allocator.chart_style import BLUE, INK, ORANGE, figure, money_axis, ticks
from allocator.frontiers.points import Frontier, Point
from allocator.frontiers.words import at_words, heading, limit_name, rate_words
from allocator.labels import Lang
from allocator.scales import scale_of, short

HEIGHT = 430
BAND = "rgba(0, 114, 178, 0.16)"


def curve(found: Frontier, lang: Lang = "en") -> go.Figure:
    """Plans as points on a line, the proved band behind them, marks where the next unit stops
    paying and at the file's own limit.

    Between two points the band holds too: the plan of the tighter one can be kept, and the bound
    of the looser one cannot be passed.
    """
    points = found.planned
    currency = found.instance.currency
    ends = [x for p in points for x in (p.plan.objective, p.plan.bound) if x is not None]
    scale, unit = money_axis(ends, lang, currency)
    made = figure(HEIGHT, hovermode="closest")
    made.update_layout(meta={"scale": scale.size})
    if points:
        _band(made, found, points, scale.size, lang)
        _plans(made, found, points, scale.size, unit, lang)
        _marks(made, found, lang)
    made.update_yaxes(**ticks(scale, lang))
    made.update_xaxes(title={"text": limit_name(found, lang), "standoff": 8}, tickangle=0)
    if found.over == "staff":
        span = found.points[-1].at - found.points[0].at
        made.update_xaxes(tickformat="d", dtick=max(round(span / 10), 1))
    else:
        across = scale_of(max((abs(p.at) for p in found.points), default=1.0), lang)
        gap = " " if lang == "en" and across.word else ""
        values = _round_values([p.at for p in found.points])
        made.update_xaxes(
            tickvals=values, ticktext=[f"{x / across.size:,.4g}{gap}{across.word}" for x in values]
        )
    return made


def _band(
    made: go.Figure, found: Frontier, points: tuple[Point, ...], size: float, lang: Lang
) -> None:
    """The proved band as steps: the sure value below, the bound above."""
    x = [point.at for point in points]
    sure = [float(point.plan.objective or 0.0) / size for point in points]
    limit = [
        sure[n] if point.plan.bound is None else point.plan.bound / size
        for n, point in enumerate(points)
    ]
    # The tighter neighbour's plan can be kept up to a point, the looser one's bound holds from it.
    looser_right = found.over != "profit-floor"
    kept, held = ("hv", "vh") if looser_right else ("vh", "hv")
    made.add_scatter(
        x=x, y=limit, mode="lines", name=heading("bound", lang), hoverinfo="skip",
        line={"color": BLUE, "width": 1, "dash": "dot", "shape": held}, meta={"line": "bound"},
    )  # fmt: skip
    made.add_scatter(
        x=x, y=sure, mode="lines", name=heading("band", lang), hoverinfo="skip", fill="tonexty",
        fillcolor=BAND, line={"width": 0, "shape": kept}, meta={"line": "sure"},
    )  # fmt: skip


def _plans(
    made: go.Figure,
    found: Frontier,
    points: tuple[Point, ...],
    size: float,
    unit: str,
    lang: Lang,
) -> None:
    """The plans, each with what it spends, earns and what a unit brought."""
    rates = {float(row["at"]): row for row in found.table.to_dict("records")}
    told = []
    for name, point in zip(at_words(found, [p.at for p in points], lang), points, strict=True):
        row = rates[point.at]
        lines = [
            f"{limit_name(found, lang)}: {name}",
            f"{heading('spend', lang)}: {short(row['spend'], lang)}",
            f"{heading('contribution', lang)}: {short(point.plan.contribution, lang)}",
        ]
        if row["rate"] == row["rate"]:
            lines.append(f"{heading('rate', lang)}: {rate_words(found, float(row['rate']), lang)}")
        told.append("<br>".join(lines))
    made.add_scatter(
        x=[point.at for point in points],
        y=[float(point.plan.objective or 0.0) / size for point in points],
        mode="lines+markers",
        name=heading("plan", lang),
        line={"color": BLUE, "width": 3},
        marker={"size": 8, "color": BLUE},
        text=told,
        hovertemplate=f"%{{y:,.2f}} {unit}<br>%{{text}}<extra></extra>",
        meta={"line": "plan", "scale": size},
    )


def _marks(made: go.Figure, found: Frontier, lang: Lang) -> None:
    """Upright strokes at the values that matter, named at opposite ends."""
    stop = found.stop
    if stop is not None and not stop.open_end:
        made.add_vline(
            x=stop.at, line={"color": ORANGE, "width": 2}, annotation_text=heading("stop", lang),
            annotation_position="bottom right", annotation_font={"color": INK, "size": 12},
        )  # fmt: skip
    if found.own is not None and found.points[0].at <= found.own <= found.points[-1].at:
        made.add_vline(
            x=found.own, line={"color": INK, "width": 1, "dash": "dash"},
            annotation_text=heading("own", lang), annotation_position="top left",
            annotation_font={"color": INK, "size": 12},
        )  # fmt: skip


def _round_values(values: list[float]) -> list[float]:
    """About six values of the sweep, ends included, for the labels of the axis."""
    step = max(round((len(values) - 1) / 5), 1)
    return values[::step] if (len(values) - 1) % step == 0 else [*values[::step][:-1], values[-1]]
