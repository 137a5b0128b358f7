"""A score on a terminal: chances, quantiles, the fan of the GMV, what is firm."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.doubt.firm import PERIODS, Firmness
from allocator.doubt.naming import with_labels
from allocator.doubt.score import Fan, Score
from allocator.doubt.words import (
    FAN_NAMES,
    FIGURES,
    HEADINGS,
    decision_words,
    replan_words,
    sentences,
    settled_words,
    span_words,
    state_words,
)
from allocator.figures import percent, plain
from allocator.labels import Lang
from allocator.matrix import Vector
from allocator.scales import short
from allocator.screen_levers import simple
from allocator.text_plot import LINE, Curve, plot

HEIGHT, WIDEST = 12, 90
EDGE = "·"
SHOWN: tuple[Fan, ...] = ("gmv", "cash")
"""Fans that the terminal has room for."""


def score_screen(
    found: Score,
    firm: Sequence[Firmness],
    replans: int,
    width: int,
    lang: Lang = "en",
    asked: int = 0,
) -> RenderableType:
    """Sentences, table of quantiles, fan, decisions; ``replans`` of the plans ``asked`` for are
    compared."""
    firm = with_labels(firm, found.plan.instance)
    title = HEADINGS["title"].say(lang, count=len(found.worlds.members))
    parts: list[RenderableType] = [
        Text(f"{plain(found.plan.name)}: {title}", style="bold cyan"),
        *(Text(line) for line in sentences(found, lang)),
        Text(""),
        quantile_table(found, lang),
    ]
    for name in SHOWN:
        if name in found.over_time:
            heading = Text(FAN_NAMES[name].say(lang), style="bold")
            parts += [Text(""), heading, fan(found, name, width)]
    marks = f"─ {HEADINGS['middle'].say(lang)}   {EDGE} {HEADINGS['band'].say(lang)}"
    parts.append(Text(f"      {marks}", style="dim"))
    parts += [Text(""), firm_table(firm, lang)] if firm else [Text("")]
    parts.append(Text(replan_words(replans, asked, lang), style="" if firm else "dim"))
    return Group(*parts)


def quantile_table(found: Score, lang: Lang) -> Table:
    """A row per figure: quantiles over the worlds, the figure as written and the plan's own.

    Headings have two lines, so that the table has room on 80 columns.
    """
    names = ("worst", "low", "middle", "high", "best", "written", "planned")
    headings = (HEADINGS[name].say(lang).rsplit(" ", 1) for name in names)
    shown = simple("", *(">" + "\n".join(parts) for parts in headings))
    for key, values, *sure in figures(found):
        cells = [short(x, lang) for x in (*found.quantiles(values), *sure)]
        shown.add_row(FIGURES[key].say(lang), *cells)
    return shown


def figures(found: Score) -> Iterator[tuple[str, Vector, float, float]]:
    """Key, values over the worlds, value as written and the plan's own of every figure."""
    values = {
        "gmv": found.gmv,
        "net_gmv": found.net_gmv,
        "contribution": found.contribution,
        "lowest": found.lowest,
        "objective": found.objective,
    }
    for name, there in values.items():
        if there is not None:
            key = "cash" if name == "lowest" else name
            yield key, there, found.written[name], found.planned[name]


def fan(found: Score, name: Fan, width: int) -> Text:
    """The median as a line, the edges of nine worlds in ten as dots."""
    low, _, middle, _, high = found.fan(name)
    x = [float(t + 1) for t in range(len(middle))]
    curves = [Curve(x, list(low), EDGE), Curve(x, list(high), EDGE), Curve(x, list(middle), LINE)]
    room = 0.05 * float(high.max() - low.min())
    return plot(
        curves,
        width=min(width, WIDEST),
        height=HEIGHT,
        low=float(low.min()) - room,
        high=float(high.max()) + room,
    )


def firm_table(firm: Sequence[Firmness], lang: Lang) -> Table:
    """A row per decision of the first weeks."""
    shown = simple(
        HEADINGS["decision"].say(lang, periods=PERIODS),
        f">{HEADINGS['planned'].say(lang)}",
        f">{HEADINGS['agree'].say(lang)}",
        f">{HEADINGS['others'].say(lang)}",
        HEADINGS["state"].say(lang),
        HEADINGS["settles"].say(lang),
    )
    for told in firm:
        shown.add_row(
            Text(plain(decision_words(told, lang))),
            short(told.planned, lang),
            percent(told.share, 0),
            span_words(told.low, told.high, lang),
            state_words(told, lang),
            plain(settled_words(told, lang)),
        )
    return shown
