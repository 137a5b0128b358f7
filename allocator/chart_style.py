"""How every figure looks: colours, fonts, axes, and text that a label cannot break out of.

Colours are those of Okabe and Ito (Color Universal Design, 2008), which readers with any common
colour blindness tell apart.
"""

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from allocator.figures import plain
from allocator.labels import Lang, unit_words
from allocator.scales import Scale, scale_of

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, RED, YELLOW, GREY = "#56B4E9", "#D55E00", "#F0E442", "#8A8F98"
INK, SOFT, FAINT, PAPER = "#1F2933", "#52606D", "#E4E7EB", "#FFFFFF"
COLOURS = {
    "field": BLUE,
    "alliance": ORANGE,
    "campaign": GREEN,
    "kol": PINK,
    "team": GREY,
    "shelf": SKY,
    "repeat": YELLOW,
}
"""Colour of every lever and source."""
SERIES = (BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY)
DASHES = ("solid", "dash", "dot", "dashdot")
FONT = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "'Noto Sans SC', sans-serif"
)
LONGEST = 11
"""Widest name on an axis, in letters of which Chinese ones count twice, divided by two."""
_DATES: dict[Lang, tuple[str, str, str]] = {
    "en": ("%-d %b\n%Y", "%b\n%Y", "%-d %b %Y"),
    "zh": ("%-m/%-d\n%Y年", "%-m月\n%Y年", "%Y年%-m月%-d日"),
}


def shown(text: str) -> str:
    """Text of the instance as a figure shows it: as it is written, never as markup.

    Plotly reads tags and entities in every text, so their signs are written as entities.
    """
    clean = plain(text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def on_axis(text: str, most: int = LONGEST) -> str:
    """``text`` cut to what fits beside an axis; a Chinese letter is as wide as two others."""
    clean, width = plain(text), 0.0
    for n, letter in enumerate(clean):
        width += 1 if ord(letter) > 0x2E80 else 0.5
        if width > most:
            return f"{shown(clean[: n - 1])}…"
    return shown(clean)


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure in the house's style.

    Args:
        height: of the figure in pixels; its width is that of the page.
        layout: what differs from the style.
    """
    made = go.Figure()
    made.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        font={"family": FONT, "size": 13, "color": INK},
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        hoverlabel={"font": {"family": FONT, "size": 13}, "namelength": -1},
        legend={
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
            "font": {"size": 12},
        },
        colorway=list(SERIES),
    )
    made.update_layout(**layout)
    made.update_xaxes(automargin=True, gridcolor=FAINT, zeroline=False, ticks="")
    made.update_yaxes(automargin=True, gridcolor=FAINT, zeroline=False, ticks="")
    return made


def dates(lang: Lang) -> dict[str, Any]:
    """An axis of days whose ticks are days or months, whichever fit."""
    day, month, hover = _DATES[lang]
    return {
        "type": "date",
        "hoverformat": hover,
        "tickformatstops": [
            {"dtickrange": ["M1", None], "value": month},
            {"dtickrange": [None, "M1"], "value": day},
        ],
        "nticks": 8,
        "tickangle": 0,
        # Room between the first day and the 0 of the other axis.
        "ticks": "outside",
        "ticklen": 7,
        "tickcolor": PAPER,
    }


def money_axis(values: Iterable[float], lang: Lang, currency: str) -> tuple[Scale, str]:
    """Scale of an axis of money, and the unit that hovering tells: ``k CNY``, ``万元``."""
    scale = scale_of(max((abs(x) for x in values), default=0.0), lang)
    unit = unit_words("CNY", lang, currency)
    gap = "" if lang == "zh" and currency == "CNY" else " "
    return scale, f"{scale.word}{gap}{shown(unit)}".strip()


def ticks(scale: Scale, lang: Lang) -> dict[str, Any]:
    """Ticks that carry the word of their scale: no axis needs a title beside them."""
    gap = " " if lang == "en" and scale.word else ""
    return {"ticksuffix": f"{gap}{scale.word}", "tickformat": ",~r", "separatethousands": True}
