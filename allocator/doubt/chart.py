"""Fans of Plotly: what a plan brings over time in nine worlds of ten, in half of them, in the
middle one.
"""

import plotly.graph_objects as go

from allocator.chart_style import BLUE, figure, money_axis, ticks
from allocator.doubt.score import Fan, Score
from allocator.doubt.words import FAN_NAMES, HEADINGS
from allocator.labels import Lang
from allocator.scales import scale_of

HEIGHT = 330
WIDE, NARROW = "rgba(0, 114, 178, 0.14)", "rgba(0, 114, 178, 0.28)"
MONEY: tuple[Fan, ...] = ("gmv", "contribution", "cash")


def fans(found: Score, lang: Lang = "en") -> dict[str, go.Figure]:
    """A figure for everything that is followed over time, by its name."""
    return {name: fan(found, name, lang) for name in found.over_time}


def fan(found: Score, name: Fan, lang: Lang) -> go.Figure:
    """The bands and the median of one figure over the periods."""
    rows = found.fan(name)
    if name in MONEY:
        scale, unit = money_axis(rows.ravel(), lang, found.plan.instance.currency)
    else:
        scale, unit = scale_of(float(abs(rows).max(initial=0.0)), lang), ""
    x = list(range(1, rows.shape[1] + 1))
    made = figure(HEIGHT, hovermode="x unified")
    made.update_layout(meta={"scale": scale.size})
    for low, high, colour, key in ((0, 4, WIDE, "band"), (1, 3, NARROW, "half")):
        made.add_scatter(
            x=x, y=list(rows[high] / scale.size), mode="lines", line={"width": 0},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        made.add_scatter(
            x=x, y=list(rows[low] / scale.size), mode="lines", line={"width": 0}, fill="tonexty",
            fillcolor=colour, name=HEADINGS[key].say(lang), hoverinfo="skip",
            meta={"line": key},
        )  # fmt: skip
    made.add_scatter(
        x=x, y=list(rows[2] / scale.size), mode="lines", line={"color": BLUE, "width": 3},
        name=HEADINGS["middle"].say(lang), meta={"line": "median"},
        hovertemplate=f"%{{y:,.3~r}} {unit}<extra></extra>",
    )  # fmt: skip
    cash = found.plan.instance.money.cash
    if name == "cash" and cash is not None:
        made.add_hline(y=cash.floor / scale.size, line={"width": 1, "dash": "dash"})
    made.update_yaxes(**ticks(scale, lang))
    made.update_xaxes(tickformat="d")
    return made


def chart_title(name: Fan, lang: Lang) -> str:
    """What the figure shows."""
    return FAN_NAMES[name].say(lang)
