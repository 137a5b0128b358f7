"""Figures of an explanation: where the GMV came from, what one more is worth period by period."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from allocator.chart_style import BLUE, ORANGE, SERIES, dates, figure, money_axis, shown, ticks
from allocator.labels import Lang
from allocator.panel import label_of
from allocator.reasons.attribution import LEVERS
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading, resource_name
from allocator.reasons.prices import Price
from allocator.reasons.words import lever_name

BAR = 46
"""Height of a bar with its gap."""
PANEL = 150
"""Height of a panel."""
PERIODIC = ("cash", "hours", "visit", "follower")
"""Resources that are priced by period."""


def origin_chart(found: Explanation, lang: Lang) -> go.Figure:
    """GMV by lever as bars, at first touch and through the snowball."""
    names = ["organic", *reversed(LEVERS)]
    parts = [found.attribution.levers[name] for name in names]
    scale, unit = money_axis([p.total for p in parts], lang, found.plan.instance.currency)
    made = figure(BAR * len(names) + 70, barmode="relative", hovermode="closest")
    for key, colour in (("first_touch", BLUE), ("snowball", ORANGE)):
        made.add_bar(
            y=[lever_name(name, lang) for name in names],
            x=[getattr(part, key) / scale.size for part in parts],
            orientation="h",
            name=heading(key, lang),
            marker={"color": colour},
            hovertemplate=f"%{{x:,.3r}} {unit}<extra>%{{fullData.name}}</extra>",
            meta={"part": key, "scale": scale.size},
        )
    made.update_xaxes(**ticks(scale, lang))
    return made


KINK = 0.1
"""Share of the price from which on last and next unit are drawn where they differ."""


def sides(one: Price) -> tuple[float, float] | None:
    """Least and most of the last and the next unit's worth where they differ by more than
    ``KINK``; None elsewhere, and where one of them was not measured.
    """
    if one.left is None or one.right is None:
        return None
    low, high = sorted((one.left, one.right))
    return (low, high) if high - low > KINK * max(abs(low), abs(high)) else None


def _sides(series: list[Price]) -> dict[str, object] | None:
    """Bars from the price to the last and to the next unit's worth; None where all are equal."""
    spans = [sides(one) for one in series]
    if not any(spans):
        return None
    ends = [span or (one.price, one.price) for span, one in zip(spans, series, strict=True)]
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, high - one.price) for (_, high), one in zip(ends, series, strict=True)],
        "arrayminus": [
            max(0.0, one.price - low) for (low, _), one in zip(ends, series, strict=True)
        ],
        "thickness": 1,
        "width": 3,
    }


def price_chart(found: Explanation, lang: Lang) -> go.Figure | None:
    """Prices by period, a panel for each resource that has any; None without one."""
    instance = found.plan.instance
    panels = [
        kind for kind in PERIODIC if any(one.price for one in found.prices if one.resource == kind)
    ]
    if not panels:
        return None
    titles = [heading(f"panel_{kind}", lang) for kind in panels]
    made = make_subplots(
        rows=len(panels), cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.09
    )
    made.update_layout(figure(PANEL * len(panels) + 90).layout, hovermode="x unified")
    # The first panel's title stands where the legend of other figures does.
    made.update_layout(margin={"t": 28}, legend={"y": -0.12, "yanchor": "top"})
    start = [instance.calendar.first_day(t) for t in range(instance.calendar.periods)]
    for row, kind in enumerate(panels, start=1):
        mine = [one for one in found.prices if one.resource == kind and one.period is not None]
        roles = [r for r in dict.fromkeys(one.role for one in mine)
                 if any(one.price for one in mine if one.role == r)]  # fmt: skip
        for n, role in enumerate(roles):
            series = [one for one in mine if one.role == role]
            staff = instance.staff
            name = label_of(staff.roles[role], role) if staff and role else ""
            made.add_scatter(
                x=[start[one.period or 0] for one in series],
                y=[one.price for one in series],
                mode="lines+markers",
                name=shown(resource_name(kind, name, lang)),
                line={"color": SERIES[n % len(SERIES)], "width": 2, "shape": "hvh"},
                marker={"size": 4},
                hovertemplate="%{y:,.3r}",
                error_y=_sides(series),
                meta={"resource": kind, "role": role},
                showlegend=len(roles) > 1,
                row=row,
                col=1,
            )
    made.update_xaxes(**dates(lang))
    made.update_yaxes(rangemode="tozero")
    return made
