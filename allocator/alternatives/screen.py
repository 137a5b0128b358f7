"""Alternatives on a terminal: a row for each, and what it decides differently."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.alternatives.record import Alternatives, spend_by_lever
from allocator.alternatives.words import (
    COLUMNS,
    SEEKS,
    amount_of,
    meaning_of,
    name_of,
    say,
    sentences,
    sought_words,
)
from allocator.comparisons.words import currency_words
from allocator.figures import percent, plain, signed_percent
from allocator.labels import Lang, label
from allocator.scales import short
from allocator.screen_levers import bullets, simple

NAME = 20
"""Widest name of an alternative that is never broken."""
BETWEEN = 2
"""Blanks between columns."""


def alternatives_screen(found: Alternatives, width: int, lang: Lang = "en") -> RenderableType:
    """Sentences, table, differing choices, what is measured."""
    currency = currency_words(found.plan.instance.currency, lang)
    title = say("title", lang, within=percent(found.within, 1))
    parts: list[RenderableType] = [
        Text(f"{plain(found.plan.name)}: {title} ({currency})", style="bold cyan"),
        *(Text(line) for line in sentences(found, lang)),
        Text(),
        table_of(found, width, lang),
        Text(),
    ]
    for one in found.found:
        words = " · ".join(plain(word) for word in one.changes) or say("alike", lang)
        parts.append(Text(f"{name_of(one.seek, lang)}: {words}"))
    aims = {one.seek.aim for one in found.found}
    keys = [k for k in SEEKS if k in aims or (k == "spend" and aims & {"most", "least"})]
    note = say("note", lang, more=say("more", lang))
    parts += [Text(), Text(note, style="dim"), bullets(meaning_of(k, found, lang) for k in keys)]
    return Group(*parts)


def table_of(found: Alternatives, width: int, lang: Lang) -> Table:
    """This plan, then its alternatives; the spend by lever where all of it fits beside them."""
    levers = list(spend_by_lever(found.plan))
    heads = [getattr(COLUMNS[k], lang) for k in ("name", "gmv", "regret", "gmv_regret")]
    heads[2:] = [f"{head} %" for head in heads[2:]]
    heads += [getattr(COLUMNS[k], lang) for k in ("measure", "limit")]
    kept = len(heads)
    heads += [label("lever", k, lang) for k in levers]
    rows = [_own(found, levers, lang), *_rows(found, levers, lang)]
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    if sum(widths) + BETWEEN * (len(widths) - 1) + 1 <= width:
        kept = len(heads)
    first, *others = heads[:kept]
    shown = simple(first, *(f">{head}" for head in others))
    # Numbers that cannot be read without a name give way to it.
    shown.columns[0].min_width = min(widths[0], NAME)
    for n, row in enumerate(rows):
        shown.add_row(*row[:kept], style="" if n else "bold")
    return shown


def _own(found: Alternatives, levers: list[str], lang: Lang) -> list[str]:
    """The plan that all others are held against."""
    spend = spend_by_lever(found.plan)
    name, gmv = getattr(COLUMNS["own"], lang), short(found.plan.gmv, lang)
    return [name, gmv, *[""] * 4, *(short(spend[k], lang) for k in levers)]


def _rows(found: Alternatives, levers: list[str], lang: Lang) -> Iterator[list[str]]:
    """A row for each alternative."""
    base = float(found.plan.gmv or 0.0)
    for one in found.found:
        spend = spend_by_lever(one.plan)
        gmv = float(one.plan.gmv or 0.0)
        yield [
            name_of(one.seek, lang),
            short(gmv, lang),
            signed_percent(-found.regret(one), 2),
            signed_percent(gmv / base - 1 if base else None, 2),
            sought_words(one, lang),
            amount_of(one.seek, one.limit, lang),
            *(short(spend[k], lang) for k in levers),
        ]
