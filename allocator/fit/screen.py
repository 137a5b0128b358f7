"""A fit on a terminal: growth, returns, what was seen, what to beware of."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, plain
from allocator.fit.learning import Fit
from allocator.fit.seen import Range
from allocator.fit.words import (
    about,
    between,
    beyond,
    learned,
    lever_name,
    money,
    say,
    unit_name,
)
from allocator.labels import Lang
from allocator.panel import label_of
from allocator.screen_levers import simple

LEARNED, BARELY = 0.5, 0.9
"""Width of an interval relative to the one beforehand: learned below, barely touched above."""


def fit_screen(
    found: Fit, outside: list[tuple[str, str, float | None, Range | None]], lang: Lang = "en"
) -> RenderableType:
    """Everything that a planner wants to know of a fit."""
    parts: list[RenderableType] = [
        Text(plain(found.instance.name), style="bold cyan"),
        Text(about(found, lang)),
        Text(""),
        _growth(found, lang),
        Text(""),
        _returns(found, lang),
        Text(""),
        _seen(found, lang),
        Text(""),
        *(Text(line) for line in learned(found, LEARNED, BARELY, lang)),
    ]
    warned = (say("beware", lang, line=line.say(lang)) for line in found.warnings)
    parts += [Text(line, style="yellow") for line in warned]
    parts += [Text(line, style="yellow") for line in beyond(found, outside, lang)]
    return Group(*parts)


def _growth(found: Fit, lang: Lang) -> Table:
    keys = ("growth", "interval", "year", "interval")
    shown = simple(say("segment", lang), *(f">{say(key, lang)}" for key in keys))
    for s, grown in found.growth.items():
        label = label_of(found.instance.snowball.segments[s], s)
        year = between(found.multiplier[s], 1, lang)
        shown.add_row(plain(label), *between(grown, 3, lang), *year)
    shown.caption = say("year_means", lang)
    return shown


def _returns(found: Fit, lang: Lang) -> Table:
    shown = simple(*(say("more", lang), f">{say('quarter', lang)}", f">{say('interval', lang)}"))
    for lever, brought in found.returns.items():
        ends = say("between", lang, low=money(brought.low, lang), high=money(brought.high, lang))
        shown.add_row(unit_name(found.instance, lever, lang), money(brought.middle, lang), ends)
    return shown


def _seen(found: Fit, lang: Lang) -> Table:
    keys = ("from", "to", "allowed")
    shown = simple(say("seen", lang), *(f">{say(key, lang)}" for key in keys))
    for r in found.seen:
        limit = DASH if r.limit is None else money(r.limit, lang)
        far = r.limit is not None and r.limit > r.high
        name = lever_name(found.instance, r.lever, lang)
        ends = (money(r.low, lang), money(r.high, lang))
        shown.add_row(name, *ends, Text(limit, "yellow" if far else ""))
    return shown
