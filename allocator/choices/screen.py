"""Deals and packages on a terminal: what matters in words, then a row for each."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.choices.record import Choice, Choices
from allocator.choices.words import (
    COLUMNS,
    band_words,
    kept_words,
    say,
    second_words,
    sentences,
    verdict,
    worth_words,
)
from allocator.comparisons.words import currency_words
from allocator.figures import DASH, percent, plain, short_week
from allocator.labels import Lang
from allocator.panel import week_of
from allocator.scales import short
from allocator.screen_levers import simple


def choices_screen(found: Choices, lang: Lang = "en") -> RenderableType:
    """Sentences and tables."""
    currency = currency_words(found.plan.instance.currency, lang)
    title = f"{plain(found.plan.name)}: {say('title', lang)} ({currency})"
    parts: list[RenderableType] = [Text(title, style="bold cyan")]
    parts += [Text(plain(line)) for line in sentences(found, lang)]
    for kind in ("package", "deal"):
        mine = [one for one in found.found if one.kind == kind]
        if mine:
            parts += [Text(), choices_table(found, mine, lang)]
    if found.found:
        parts += [Text(), Text(say("note", lang), style="dim")]
    return Group(*parts)


def choices_table(found: Choices, mine: list[Choice], lang: Lang) -> Table:
    """A row for each of the packages, or of the deals."""
    deals = mine[0].kind == "deal"
    keys = ["worth", "band", "kept"] + (["week", "second", "outcomes", "loss"] if deals else [])
    heads = [f">{getattr(COLUMNS[key], lang)}" for key in keys]
    first = [getattr(COLUMNS[key], lang) for key in (mine[0].kind, "taken")]
    shown = simple(*first, *heads, getattr(COLUMNS["verdict"], lang))
    for one in sorted(mine, key=lambda x: (not x.taken, -x.worth)):
        shown.add_row(
            plain(one.name),
            say("yes" if one.taken else "no", lang),
            worth_words(one, found.plan.objective or 0.0, lang),
            band_words(one, lang),
            kept_words(one, lang),
            *(_of_deal(found, one, lang) if deals else []),
            verdict(one, found.plan.objective or 0.0, lang),
        )
    return shown


def _of_deal(found: Choices, one: Choice, lang: Lang) -> list[str]:
    """Weeks, outcomes and the chance of a loss."""

    def week(t: int | None) -> str:
        return DASH if t is None else short_week(week_of(found.plan.instance.calendar, t - 1))

    second = second_words(one, week(one.second), found.plan.objective or 0.0, lang)
    three = loss = DASH
    if one.outcomes is not None:
        amounts = (one.outcomes.p10, one.outcomes.p50, one.outcomes.p90)
        three = " / ".join(short(x, lang) for x in amounts)
        loss = percent(one.outcomes.loss)
    return [week(one.week), second, three, loss]
