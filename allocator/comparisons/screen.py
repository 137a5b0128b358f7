"""Plans side by side on a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.compare import Comparison
from allocator.comparisons.rows import Row, heading, rows
from allocator.comparisons.words import currency_words, word
from allocator.figures import plain
from allocator.labels import Lang
from allocator.screen_levers import bullets, simple

NAME_WIDTH = 34
COLUMN_WIDTH = 9
"""Columns of the terminal that names and figures take, at least."""


def comparison_screen(found: Comparison, width: int, lang: Lang = "en") -> RenderableType:
    """One row per figure, one column per plan, differences to the reference beside each where the
    terminal has room for them; many plans take several tables.
    """
    count = len(found.plans)
    roomy = NAME_WIDTH + COLUMN_WIDTH * (2 * count - 1) <= width
    most = count if roomy else max((width - NAME_WIDTH) // COLUMN_WIDTH, 1)
    shown = rows(found, lang)
    parts: list[RenderableType] = []
    for first in range(0, count, most):
        plans = range(first, min(first + most, count))
        parts += [_table(found, shown, plans, lang, differences=roomy), Text("")]
    tail = [word("amounts", lang, currency=currency_words(found.currency, lang))]
    if count > 1:
        name = plain(found.names[found.against])
        tail.append(f"± {word('reference', lang)}: {name}")
    parts[-1] = Text("; ".join(tail), style="dim")
    notes = found.notes(lang)
    if notes:
        parts.append(bullets(notes))
    return Group(*parts)


def _table(
    found: Comparison, rows_shown: list[Row], plans: range, lang: Lang, *, differences: bool
) -> Table:
    """The figures of some of the plans."""
    shown = simple(word("figure", lang))
    shown.columns[0].no_wrap = True
    for n in plans:
        style = "bold" if n == found.against and len(found.plans) > 1 else ""
        shown.add_column(Text(found.names[n], overflow="fold"), justify="right", style=style)
        if differences and n != found.against:
            shown.add_column("±", justify="right", no_wrap=True, style="dim")
    group = ""
    for row in rows_shown:
        if row.group != group:
            group = row.group
            shown.add_row(Text(heading(group, lang), style="cyan"))
        texts = []
        for n in plans:
            texts.append(row.cells[n].value)
            if differences and n != found.against:
                texts.append(row.cells[n].difference)
        shown.add_row(f"  {row.name}", *texts)
    return shown
