"""Alternatives on a terminal: a row for each, and what it decides differently."""

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
from allocator.screen_levers import NARROW, bullets, simple


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
    """This plan, then its alternatives."""
    levers = list(spend_by_lever(found.plan)) if width >= NARROW else []
    heads = [f">{getattr(COLUMNS[k], lang)}" for k in ("gmv", "regret", "gmv_regret")]
    heads[1:] = [f"{heads[1]} %", f"{heads[2]} %"]
    shown = simple(
        getattr(COLUMNS["name"], lang),
        *heads,
        f">{getattr(COLUMNS['measure'], lang)}",
        f">{getattr(COLUMNS['limit'], lang)}",
        *(f">{label('lever', k, lang)}" for k in levers),
    )
    spend = spend_by_lever(found.plan)
    shown.add_row(
        getattr(COLUMNS["own"], lang),
        short(found.plan.gmv, lang),
        *[""] * 4,
        *(short(spend[k], lang) for k in levers),
        style="bold",
    )
    base = float(found.plan.gmv or 0.0)
    for one in found.found:
        spend = spend_by_lever(one.plan)
        gmv = float(one.plan.gmv or 0.0)
        shown.add_row(
            name_of(one.seek, lang),
            short(gmv, lang),
            signed_percent(-found.regret(one), 2),
            signed_percent(gmv / base - 1 if base else None, 2),
            sought_words(one, lang),
            amount_of(one.seek, one.limit, lang),
            *(short(spend[k], lang) for k in levers),
        )
    return shown
