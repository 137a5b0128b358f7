"""Baselines on a terminal: what planning is worth in words, then a row per way to plan."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.baselines.record import Baseline, Baselines
from allocator.baselines.words import (
    COLUMNS,
    MEANINGS,
    moved_words,
    name_of,
    notes,
    say,
    sentences,
)
from allocator.compare import sign_of, spend_of
from allocator.comparisons.words import currency_words
from allocator.figures import plain, signed_percent
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.scales import short
from allocator.screen_levers import NARROW, bullets, simple

GAINS = ("worth", "percent", "objective_percent", "moved")
"""Columns of what planning is worth against a baseline."""


def baselines_screen(found: Baselines, width: int, lang: Lang = "en") -> RenderableType:
    """Sentences, table, and what each baseline does."""
    currency = currency_words(found.plan.instance.currency, lang)
    title = f"{plain(found.plan.name)}: {say('title', lang)} ({currency})"
    lines = [
        Text(line, style="bold red" if n == 0 and found.above else "")
        for n, line in enumerate(sentences(found, lang))
    ]
    means = [
        f"{name_of(one.key, lang)}: {getattr(MEANINGS[one.key], lang)}" for one in found.found
    ]
    return Group(
        Text(title, style="bold cyan"),
        *lines,
        Text(),
        table_of(found, width, lang),
        Text(),
        Text(notes(found, lang), style="dim"),
        bullets(means),
    )


def table_of(found: Baselines, width: int, lang: Lang) -> Table:
    """The plan, then its baselines from the best to the least."""
    wide = width >= NARROW
    keys = ["gmv", "objective", *(["contribution", "spend"] if wide else [])]
    heads = [f">{getattr(COLUMNS[k], lang)}" for k in (*keys, *GAINS)]
    shown = simple(getattr(COLUMNS["name"], lang), *heads)
    own = [*_figures(found.plan, keys, lang), *[""] * len(GAINS)]
    shown.add_row(getattr(COLUMNS["own"], lang), *own, style="bold")
    sign = sign_of(found.plan.instance.objective.goal)

    def rank(one: Baseline) -> float:
        return -sign * (one.plan.objective or 0.0) if one.plan else 0.0

    for one in sorted((x for x in found.found if x.plan is not None), key=rank):
        worth = found.worth(one)
        assert one.plan is not None
        assert worth is not None
        shown.add_row(
            name_of(one.key, lang),
            *_figures(one.plan, keys, lang),
            short(worth.gmv, lang),
            signed_percent(worth.gmv_share),
            signed_percent(worth.objective_share),
            moved_words(one, lang),
        )
    return shown


def _figures(plan: Plan, keys: list[str], lang: Lang) -> list[str]:
    figures = {name: getattr(plan, name) for name in ("gmv", "objective", "contribution")}
    figures["spend"] = spend_of(plan)
    return [short(figures[key], lang) for key in keys]
