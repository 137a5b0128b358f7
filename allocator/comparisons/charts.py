"""The figures of a comparison as objects of Plotly: bars of the main figures, and small multiples.

    found = allocator.compare([plan, other])
    found.figures()["gmv"][0].show()

Small multiples have a panel per plan. Panels of one measure share their axis, unless one plan is
so much larger that the others would lie flat; the heading then says that each has its own.
"""

import math
from collections.abc import Iterable, Sequence

import pandas as pd
import plotly.graph_objects as go

from allocator.chart_style import (
    BLUE,
    COLOURS,
    GREY,
    INK,
    ORANGE,
    RED,
    SERIES,
    dates,
    figure,
    money_axis,
    on_axis,
    ticks,
)
from allocator.compare import FIGURES, WEEKLY, Comparison
from allocator.comparisons.rows import text_of
from allocator.labels import Lang, label
from allocator.plan import Plan
from allocator.scales import Scale, share, short
from allocator.tables import LEVERS, SOURCES

BARS = (
    "gmv", "net_gmv", "contribution", "spend", "roi", "contribution_share", "followers_gained",
    "cash_low", "gap",
)  # fmt: skip
"""Figures that are drawn as bars; flows are per week where horizons differ in length."""
MEASURES = ("gmv", "spend", "earned", "cash", "audience")
"""Small multiples in the order of the page."""
HEIGHT = 210
BAR = 30
"""Height of a bar in pixels."""
SPREAD = 8.0
"""One axis serves all panels while the largest plan is at most so many times the smallest."""
LEAST = 0.5
"""Amounts below this count as nothing."""
BASE = 100.0
"""Level of an index at the start."""


def bars(found: Comparison, lang: Lang) -> dict[str, go.Figure]:
    """A bar per plan for every figure that some plan has, the reference in blue."""
    weekly = not all(found.same_length(n) for n in range(len(found.plans)))
    table = found.table
    made = {}
    for key in BARS:
        shown = WEEKLY.get(key, key) if weekly else key
        values = [float(x) for x in table[shown]]
        if any(math.isfinite(x) for x in values):
            made[shown] = _bars(found, shown, values, lang)
    return made


def _bars(found: Comparison, key: str, values: Sequence[float], lang: Lang) -> go.Figure:
    made = figure(BAR * len(values) + 24, showlegend=False, bargap=0.35)
    known = [0.0, *(x for x in values if math.isfinite(x))]
    low, high = min(known), max(known)
    room = 0.34 * (high - low or 1.0)
    made.add_bar(
        orientation="h",
        y=list(range(len(values))),
        x=[x if math.isfinite(x) else None for x in values],
        text=[amount_words(key, x, lang) for x in values],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [BLUE if n == found.against else GREY for n in range(len(values))]},
        hoverinfo="skip",
        meta={"figure": key},
    )
    if key == "roi":
        _mark_break_even(made, found, lang)
    made.update_xaxes(
        visible=False, range=[low - (room if low < 0 else 0), high + room], fixedrange=True
    )
    made.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(values))),
        ticktext=[on_axis(name) for name in found.names],
        showgrid=False,
        fixedrange=True,
    )
    return made


def _mark_break_even(made: go.Figure, found: Comparison, lang: Lang) -> None:
    """A stroke on every bar where spend pays for itself."""
    values = [float(x) for x in found.table["break_even_roi"]]
    made.add_scatter(
        x=[x if math.isfinite(x) else None for x in values],
        y=list(range(len(values))),
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": ORANGE}},
        hovertemplate=f"{label('kpi', 'break_even_roi', lang)} %{{x:.2f}}<extra></extra>",
        meta={"figure": "break_even_roi"},
    )


def amount_words(key: str, value: float, lang: Lang) -> str:
    """A figure of the comparison as a reader of ``lang`` likes it."""
    if key in ("gap", "contribution_share"):
        return share(value, lang, 2 if key == "gap" else 1)
    if FIGURES[key].unit in ("money", "person"):
        return short(value, lang)
    return text_of(key, value)


def panels(found: Comparison, lang: Lang) -> dict[str, list[go.Figure]]:
    """Small multiples by measure: a panel per plan that has one, in the order of the plans."""
    plans = [plan for plan in found.plans if plan.replay is not None]
    makers = {
        "gmv": _gmv, "spend": _spend, "earned": _earned, "cash": _cash, "audience": _audience,
    }  # fmt: skip
    made = {}
    for measure in MEASURES:
        some = [plan for plan in plans if measure != "cash" or plan.instance.money.cash]
        drawn = [makers[measure](plan, lang) for plan in some]
        if drawn:
            _one_axis(drawn, found, measure)
            made[measure] = drawn
    return made


def one_scale(found: Comparison, measure: str) -> bool:
    """Whether the panels of a measure share their axis: an index does, amounts do while plans are
    of one currency and about one size.
    """
    if measure == "audience":
        return True
    plans = [plan for plan in found.plans if plan.replay is not None]
    if len({plan.instance.currency for plan in plans}) > 1:
        return False
    tops = [_top(plan, measure) for plan in plans]
    tops = [x for x in tops if x > LEAST]
    return not tops or max(tops) <= SPREAD * min(tops)


def _top(plan: Plan, measure: str) -> float:
    if measure == "gmv":
        return float(plan.gmv_by_lever.groupby("period")["gmv"].sum().max())
    if measure == "spend":
        return float(plan.budget.groupby("period")["spend"].sum().max())
    if measure == "earned":
        return float(_cumulated(plan)["contribution"].abs().max())
    return float(plan.cash["balance"].max()) if plan.instance.money.cash else 0.0


def _one_axis(drawn: Sequence[go.Figure], found: Comparison, measure: str) -> None:
    """The same range of y on all panels, if they share their axis."""
    if not one_scale(found, measure):
        return
    ends = [tuple(float(x) for x in made.layout.meta["range"]) for made in drawn]
    low, high = min(x for x, _ in ends), max(x for _, x in ends)
    room = 0.06 * (high - low or 1.0)
    span = [low - room if low < 0 else low, high + room]
    for made in drawn:
        size = float(made.layout.meta["scale"])
        made.update_yaxes(range=[x / size for x in span])


def _panel(plan: Plan, lang: Lang, values: Iterable[float]) -> tuple[go.Figure, Scale, str]:
    """An empty panel for amounts of money that reach over ``values``."""
    known = [0.0, *(x for x in values if math.isfinite(x))]
    scale, unit = money_axis(known, lang, plan.instance.currency)
    made = figure(HEIGHT, showlegend=False, hovermode="x unified", bargap=0.1)
    made.update_layout(meta={"scale": scale.size, "range": [min(known), max(known)]})
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_xaxes(nticks=5)
    made.update_yaxes(**ticks(scale, lang), nticks=5, zeroline=True, zerolinecolor=INK)
    return made, scale, unit


def _stacked(
    plan: Plan, lang: Lang, table: pd.DataFrame, by: str, keys: Sequence[str], value: str
) -> go.Figure:
    """Amounts by period, stacked; ``by`` is the column of the keys."""
    above = table[value].clip(lower=0).groupby(table["period"]).sum()
    below = table[value].clip(upper=0).groupby(table["period"]).sum()
    made, scale, unit = _panel(plan, lang, [*above, *below])
    made.update_layout(barmode="relative")
    for key in keys:
        part = table[table[by] == key]
        if float(part[value].abs().max()) < LEAST:
            continue
        made.add_bar(
            name=label("source" if by == "source" else "lever", key, lang),
            x=_days(part["start"]),
            y=(part[value] / scale.size).tolist(),
            marker={"color": COLOURS[key], "line": {"width": 0}},
            hovertemplate=f"%{{y:,.1f}} {unit}",
            meta={by: key, "scale": scale.size},
        )
    return made


def _gmv(plan: Plan, lang: Lang) -> go.Figure:
    return _stacked(plan, lang, plan.gmv_by_lever, "source", SOURCES, "gmv")


def _spend(plan: Plan, lang: Lang) -> go.Figure:
    return _stacked(plan, lang, plan.budget, "lever", LEVERS, "spend")


def _cumulated(plan: Plan) -> pd.DataFrame:
    """Contribution earned since the start, by period."""
    table = plan.cash[["start"]].copy()
    assert plan.replay is not None
    table["contribution"] = plan.replay.contribution.cumsum()
    return table


def _earned(plan: Plan, lang: Lang) -> go.Figure:
    table = _cumulated(plan)
    made, scale, unit = _panel(plan, lang, table["contribution"])
    _line(made, table, "contribution", scale, unit, lang, color=BLUE)
    made.data[-1].update(fill="tozeroy", fillcolor="rgba(0, 114, 178, 0.12)")
    return made


def _cash(plan: Plan, lang: Lang) -> go.Figure:
    table = plan.cash
    made, scale, unit = _panel(plan, lang, [*table["balance"], *table["floor"]])
    _line(made, table, "balance", scale, unit, lang, color=BLUE)
    _line(made, table, "floor", scale, unit, lang, color=RED, dash="dash")
    return made


def _line(
    made: go.Figure,
    table: pd.DataFrame,
    column: str,
    scale: Scale,
    unit: str,
    lang: Lang,
    **line: str,
) -> None:
    made.add_scatter(
        name=label("column", column, lang),
        x=_days(table["start"]),
        y=(table[column] / scale.size).tolist(),
        mode="lines",
        line={"width": 2.5, **line},
        hovertemplate=f"%{{y:,.1f}} {unit}",
        meta={"column": column, "scale": scale.size},
    )


def _audience(plan: Plan, lang: Lang) -> go.Figure:
    """Traffic and followers of all segments, as an index that begins at ``BASE``."""
    sums = plan.audience.groupby("start")[["traffic", "followers"]].sum()
    made = figure(HEIGHT, showlegend=False, hovermode="x unified")
    known = [BASE]
    for n, column in enumerate(("traffic", "followers")):
        first = float(sums[column].iloc[0])
        if first <= 0:
            continue
        values = (BASE * sums[column] / first).tolist()
        known += values
        made.add_scatter(
            name=label("column", column, lang),
            x=_days(sums.index),
            y=values,
            mode="lines",
            line={"width": 2.5, "color": SERIES[n]},
            hovertemplate="%{y:,.0f}",
            meta={"column": column, "base": first},
        )
    made.update_layout(meta={"scale": 1.0, "range": [min(known), max(known)]})
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_xaxes(nticks=5)
    made.update_yaxes(nticks=5)
    return made


def keys_of(drawn: Sequence[go.Figure]) -> list[tuple[str, str]]:
    """Name and colour of everything that the panels show, for one legend beside them; levers and
    sources in their order.
    """
    order = list(dict.fromkeys([*SOURCES, *LEVERS]))
    seen: dict[str, tuple[int, str]] = {}
    for made in drawn:
        for trace in made.data:
            colour = trace.marker.color if trace.type == "bar" else trace.line.color
            key = trace.meta.get("source") or trace.meta.get("lever")
            rank = order.index(key) if key else len(seen)
            seen.setdefault(str(trace.name), (rank, str(colour)))
    return [(name, colour) for name, (_, colour) in sorted(seen.items(), key=lambda x: x[1][0])]


def _days(days: Iterable[pd.Timestamp]) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in days]
