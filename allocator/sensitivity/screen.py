"""A tornado on a terminal: what matters in words, bars, and the plans made anew."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.comparisons.words import currency_words
from allocator.figures import DASH, percent, plain, signed_percent
from allocator.labels import Lang
from allocator.scales import short
from allocator.screen_levers import simple
from allocator.sensitivity.record import Effect, Sensitivity
from allocator.sensitivity.words import (
    COLUMNS,
    change_words,
    figure_name,
    say,
    sentences,
    switch_words,
)

HALF = 10
"""Characters of a bar to either side."""


def sensitivity_screen(found: Sensitivity, lang: Lang = "en") -> RenderableType:
    """Sentences, the tornado with its plans made anew, and what is assumed."""
    currency = currency_words(found.plan.instance.currency, lang)
    title = f"{plain(found.plan.name)}: {say('title', lang)} ({currency})"
    lines = [Text(plain(line)) for line in sentences(found, lang)]
    note = Text(say("note", lang, by=percent(found.by)), style="dim")
    # Side by side both would leave a terminal of 80 characters no room for the names.
    again = (Text(), _rows(found, lang, anew=True)) if _made_anew(found) else ()
    fixed = _rows(found, lang, bars=True, fixed=True)
    return Group(Text(title, style="bold cyan"), *lines, Text(), fixed, *again, Text(), note)


def numbers(found: Sensitivity, lang: Lang) -> Table:
    """The tornado's figures without its bars, for pages that draw them."""
    return _rows(found, lang, fixed=True, anew=_made_anew(found))


def _made_anew(found: Sensitivity) -> bool:
    return any(one.anew for one in found.effects)


def _rows(
    found: Sensitivity, lang: Lang, *, bars: bool = False, fixed: bool = False, anew: bool = False
) -> Table:
    """A row per figure and way, the figure that moves most first: with bars, with what the fixed
    plan brings, with what the plan made anew does."""
    keys = ["objective", "gmv", "contribution", "broken"]
    heads = [f">{getattr(COLUMNS[key], lang)}" for key in keys]
    more = [f">{getattr(COLUMNS['anew'], lang)}", getattr(COLUMNS["differ"], lang)]
    more += [f">{getattr(COLUMNS['switch'], lang)}"]
    first = [getattr(COLUMNS[key], lang) for key in ("figure", "change")]
    first += [getattr(COLUMNS["bar"], lang)] if bars else []
    shown = simple(*first, *(heads if fixed else []), *(more if anew else []))
    for column, width in zip(shown.columns, (10, 8), strict=False):
        column.min_width = width
    shown.columns[2].no_wrap = bars
    largest = max((abs(one.objective) for one in found.effects), default=0.0)
    for figure in found.figures:
        mine = [one for one in found.effects if one.figure == figure]
        for n, one in enumerate(mine):
            shown.add_row(
                "" if n else figure_name(one, lang),
                change_words(found, one, lang),
                *([bar(one.objective, largest)] if bars else []),
                *(_fixed(one, lang) if fixed else []),
                *(_anew(found, one, lang) if anew else []),
            )
    return shown


def bar(value: float, largest: float) -> str:
    """A bar from the middle, to the left for a loss."""
    size = round(HALF * abs(value) / largest) if largest > 0 else 0
    left, right = ("█" * size, "") if value < 0 else ("", "█" * size)
    return f"{left:>{HALF}}│{right:<{HALF}}"


def _fixed(one: Effect, lang: Lang) -> list[str]:
    moved = (one.objective, one.gmv, one.contribution)
    return [*(short(x, lang) for x in moved), str(one.broken or "")]


def _anew(found: Sensitivity, one: Effect, lang: Lang) -> list[str]:
    if one.anew is None:
        return ["", "", ""]
    if not one.anew.possible:
        return [DASH, say("nothing", lang), switch_words(found, one, lang)]
    own = abs(found.plan.objective or 1.0)
    sign = 1.0 if (found.plan.objective or 0.0) >= 0 else -1.0
    share = signed_percent(sign * (abs(one.anew.objective) - own) / own)
    count = len(one.anew.changes)
    differ = f"{count} ≠" if count else say("same", lang)
    return [share, differ, switch_words(found, one, lang)]
