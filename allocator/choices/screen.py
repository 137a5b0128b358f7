"""Deals and packages on a terminal: what matters in words, then a row for each."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.choices.record import Choice, Choices, Kind
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

WORTHS = ("taken", "worth", "band", "kept", "verdict")
"""Columns of packages and deals."""
WEEKS = ("week", "second", "outcomes", "loss")
"""Columns of deals alone."""
TABLES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("package", WORTHS),
    ("deal", WORTHS),
    ("deal", WEEKS),
)
"""Kind and columns of every table: weeks and outcomes beside a deal's worth would leave no room
for its name."""
NUMBERS = ("worth", "band", "kept", *WEEKS)
"""Columns of numbers."""


def choices_screen(found: Choices, lang: Lang = "en") -> RenderableType:
    """Sentences and tables."""
    currency = currency_words(found.plan.instance.currency, lang)
    title = f"{plain(found.plan.name)}: {say('title', lang)} ({currency})"
    parts: list[RenderableType] = [Text(title, style="bold cyan")]
    parts += [Text(plain(line)) for line in sentences(found, lang)]
    for _, columns, mine in tables(found):
        parts += [Text(), choices_table(found, mine, lang, columns)]
    if found.found:
        parts += [Text(), Text(say("note", lang), style="dim")]
    return Group(*parts)


def tables(found: Choices) -> Iterator[tuple[Kind, Sequence[str], list[Choice]]]:
    """Kind, columns and rows of every table that has anything to tell; weeks and outcomes only of
    deals of which a plan is known that has them.
    """
    for kind, columns in TABLES:
        mine = [one for one in found.found if one.kind == kind]
        if columns is WEEKS:
            mine = [one for one in mine if one.week is not None or one.outcomes is not None]
        if mine:
            yield kind, columns, mine


def choices_table(found: Choices, mine: list[Choice], lang: Lang, keys: Sequence[str]) -> Table:
    """A row for each of the packages, or of the deals.

    Args:
        found: all answers.
        mine: the packages, or the deals.
        lang: of headings and words.
        keys: columns beside the name, those of deals for deals alone.
    """
    deals = mine[0].kind == "deal"
    heads = {key: getattr(COLUMNS[key], lang) for key in (mine[0].kind, *keys)}
    shown = simple(*(f"{'>' if key in NUMBERS else ''}{head}" for key, head in heads.items()))
    objective = found.plan.objective or 0.0
    for one in sorted(mine, key=lambda x: (not x.taken, -x.worth)):
        cells = {
            "taken": say("yes" if one.taken else "no", lang),
            "worth": worth_words(one, objective, lang),
            "band": band_words(one, lang),
            "kept": kept_words(one, lang),
            "verdict": verdict(one, objective, lang),
            **(_of_deal(found, one, lang) if deals else {}),
        }
        shown.add_row(plain(one.name), *(cells[key] for key in keys))
    return shown


def _of_deal(found: Choices, one: Choice, lang: Lang) -> dict[str, str]:
    """Weeks, outcomes and the chance of a loss."""

    def week(t: int | None) -> str:
        return DASH if t is None else short_week(week_of(found.plan.instance.calendar, t - 1))

    second = second_words(one, week(one.second), found.plan.objective or 0.0, lang)
    three = loss = DASH
    if one.outcomes is not None:
        amounts = (one.outcomes.p10, one.outcomes.p50, one.outcomes.p90)
        three = " / ".join(short(x, lang) for x in amounts)
        loss = percent(one.outcomes.loss)
    return {"week": week(one.week), "second": second, "outcomes": three, "loss": loss}
