"""Figures of time: the calendar of what to do when, and how busy every role is."""

from datetime import timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go

from allocator.agenda import Entry, Kind, agenda
from allocator.chart_style import (
    BLUE,
    COLOURS,
    FAINT,
    INK,
    PAPER,
    SOFT,
    dates,
    figure,
    on_axis,
    shown,
)
from allocator.labels import Lang, label
from allocator.labels_page import say
from allocator.panel import label_of
from allocator.plan import Plan
from allocator.scales import share, short

ROW = 30
"""Height of a row in pixels."""
EDGE = 0.03
"""Share of the horizon that is left free before its first day."""
WORDS: dict[Kind, tuple[str, str]] = {
    "campaign": ("sign_up", "window"),
    "kol": ("sign", "session"),
    "field": ("decide", "room_open"),
    "team": ("hire", "hire"),
}
"""What the mark and the bar of a kind mean."""


def calendar(plan: Plan, lang: Lang) -> go.Figure | None:
    """Campaigns, deals, openings and hires in time; None where there is nothing to do."""
    entries = agenda(plan)
    if not entries:
        return None
    made = figure(ROW * len(entries) + 110, barmode="overlay", bargap=0.35, hovermode="closest")
    rows = {id(entry): n for n, entry in enumerate(entries)}
    for kind in ("campaign", "kol", "field", "team"):
        group = [entry for entry in entries if entry.kind == kind]
        if group:
            barred = _spans(made, group, rows, lang)
            _marks(made, group, rows, lang, named=not barred)
    calendar = plan.instance.calendar
    begin = min(calendar.first_day(0), *(entry.begins for entry in entries))
    ends = calendar.first_day(calendar.periods)
    # A mark on the first day keeps clear of the names.
    room = timedelta(days=max(2, round(EDGE * (ends - begin).days)))
    made.update_xaxes(**dates(lang), range=[str(begin - room), str(ends)])
    made.update_yaxes(
        tickvals=list(rows.values()),
        ticktext=[on_axis(entry.label) for entry in entries],
        range=[len(entries) - 0.5, -0.5],
        ticklabelstandoff=10,
        showgrid=False,
    )
    return made


def _spans(made: go.Figure, group: list[Entry], rows: dict[int, int], lang: Lang) -> bool:
    """Bars from first to last day; whether there are any."""
    kind = group[0].kind
    spans = [(e, e.first, e.last) for e in group if e.first is not None and e.last is not None]
    if not spans:
        return False
    day = timedelta(days=1)
    made.add_bar(
        name=label("lever", kind, lang),
        legendgroup=kind,
        orientation="h",
        y=[rows[id(e)] for e, _, _ in spans],
        base=[str(first) for _, first, _ in spans],
        x=[(last + day - first) / timedelta(milliseconds=1) for _, first, last in spans],
        marker={"color": COLOURS[kind], "opacity": 0.85},
        customdata=[[shown(e.label), str(first), str(last)] for e, first, last in spans],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{say('word', WORDS[kind][1], lang)}: "
        "%{customdata[1]} – %{customdata[2]}<extra></extra>",
        meta={"kind": kind},
    )
    return True


def _marks(
    made: go.Figure, group: list[Entry], rows: dict[int, int], lang: Lang, *, named: bool
) -> None:
    """Diamonds on the days on which something has to be decided; signed numbers for heads."""
    kind = group[0].kind
    acts = [(e, day, count) for e in group for day, count in e.acts]
    if not acts:
        return
    style: dict[str, Any] = {
        "mode": "markers",
        "marker": {"symbol": "diamond", "size": 12, "color": COLOURS[kind],
                   "line": {"color": INK, "width": 1}},
    }  # fmt: skip
    if kind == "team":
        style = {
            "mode": "markers+text",
            "text": [f"{count:+.0f}" for _, _, count in acts],
            "textposition": "middle center",
            "textfont": {"size": 11, "color": PAPER},
            "marker": {"symbol": "circle", "size": 20, "color": SOFT},
        }
    made.add_scatter(
        name=label("lever", kind, lang),
        legendgroup=kind,
        showlegend=named,
        x=[str(day) for _, day, _ in acts],
        y=[rows[id(e)] for e, _, _ in acts],
        cliponaxis=False,
        customdata=[[shown(e.label), str(day), count] for e, day, count in acts],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{say('word', WORDS[kind][0], lang)}: "
        f"%{{customdata[1]}}{' (%{customdata[2]:+.0f})' if kind == 'team' else ''}<extra></extra>",
        meta={"kind": kind},
        **style,
    )


def staff(plan: Plan, lang: Lang) -> go.Figure | None:
    """Hours needed over hours available by role and period; None without a team."""
    if not plan.instance.staff or not plan.instance.staff.roles:
        return None
    table, roles = plan.heads, plan.instance.staff.roles
    parts = [table[table["role"] == role] for role in roles]
    need = np.array([part["need"].to_numpy(dtype=float) for part in parts])
    there = np.array([part["available"].to_numpy(dtype=float) for part in parts])
    load = np.divide(need, there, out=np.zeros_like(need), where=there > 0)
    names = [label_of(spec, role) for role, spec in roles.items()]
    made = figure(ROW * len(names) + 90, hovermode="closest")
    told = [
        [
            f"{share(load[n, t], lang)} · {short(need[n, t], lang)} / {short(there[n, t], lang)} h"
            for t in range(load.shape[1])
        ]
        for n in range(len(names))
    ]
    made.add_heatmap(
        x=[f"{day:%Y-%m-%d}" for day in parts[0]["start"]],
        y=list(range(len(names))),
        z=load.tolist(),
        zmin=0,
        zmax=1,
        # One hue from pale to dark: the order stays when printed in grey.
        colorscale=[[0, "#F1F5F9"], [0.5, "#9CC9E6"], [0.8, BLUE], [1, "#08263F"]],
        xgap=1,
        ygap=3,
        customdata=[
            [[shown(names[n]), told[n][t]] for t in range(load.shape[1])]
            for n in range(len(names))
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{x}<br>%{customdata[1]}<extra></extra>",
        colorbar={
            "orientation": "h",
            "x": 1,
            "xanchor": "right",
            "y": 1.02,
            "yanchor": "bottom",
            "len": 0.6,
            "thickness": 10,
            "tickformat": ".0%",
            "tickvals": [0, 0.5, 1],
            "outlinewidth": 0,
        },
        meta={"what": "load"},
    )
    made.update_xaxes(**dates(lang), showgrid=False)
    made.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(names))),
        ticktext=[on_axis(name) for name in names],
        showgrid=False,
        gridcolor=FAINT,
    )
    return made
