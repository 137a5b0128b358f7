"""An explanation on a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import plain
from allocator.labels import Lang
from allocator.reasons.attribution import Attribution
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading
from allocator.reasons.rows import (
    answer_columns,
    answer_rows,
    decision_rows,
    marginal_rows,
    origin_rows,
    price_rows,
    rule_rows,
)
from allocator.reasons.sentences import sentence
from allocator.reasons.words import (
    answer_words,
    basis_words,
    decision_words,
    marginal_words,
    origin_words,
    price_words,
    step_words,
)
from allocator.screen_levers import NARROW, bullets, simple

BESIDE = ("paid", "per_yuan")
"""Columns that a narrow terminal leaves out."""


def explanation_screen(found: Explanation, width: int, lang: Lang = "en") -> RenderableType:
    """Tables and sentences, section by section."""
    name = f"{plain(found.plan.name)}: {heading('title', lang)}"
    parts: list[RenderableType] = [Text(name, style="bold cyan")]
    for section in _sections(found, lang, narrow=width < NARROW):
        parts += _titled(section)
    return Group(*parts)


def answers_screen(found: Explanation, lang: Lang = "en") -> RenderableType:
    """What a lever is worth, with levers banned, under an explanation that is shown already."""
    return Group(*_titled(_answers(found, lang)))


def _titled(section: tuple[str, RenderableType]) -> list[RenderableType]:
    title, content = section
    return [Text(""), Text(title, style="bold"), content]


def _sections(
    found: Explanation, lang: Lang, *, narrow: bool
) -> Iterator[tuple[str, RenderableType]]:
    if found.decisions:
        columns = (">#", "decision", "week", ">paid", ">worth", ">of_gmv")
        table = _table(columns, decision_rows(found, lang), lang)
        yield (
            heading("decisions", lang),
            Group(table, bullets([decision_words(found.plan.instance, lang)])),
        )
    if found.optimum is None:
        yield heading("prices", lang), bullets(basis_words(found, lang))
    else:
        yield from _priced(found, lang, narrow=narrow)
    worth = found.attribution
    yield (
        heading("origin", lang),
        Group(origin_table(worth, lang, narrow=narrow), bullets(origin_words(worth, lang))),
    )
    yield _answers(found, lang)


def _answers(found: Explanation, lang: Lang) -> tuple[str, RenderableType]:
    """What a lever is worth by every measure."""
    content = Group(answer_table(found, lang), bullets(answer_words(found, lang)))
    return heading("answers", lang), content


def _priced(
    found: Explanation, lang: Lang, *, narrow: bool
) -> Iterator[tuple[str, RenderableType]]:
    """Rules, the budget's tenths, prices, marginal returns."""
    if found.rules:
        table = _table(("rule", ">binds", ">more", ">of_plan"), rule_rows(found, lang), lang)
        yield heading("rules", lang), Group(table, bullets([sentence("rules", lang)]))
    if step_words(found, lang):
        yield heading("budget_title", lang), bullets(step_words(found, lang))
    columns = ("one_more", ">price", ">weeks", "dearest", ">last", ">next", "holds")
    kept = len(columns) - 1 if narrow else len(columns)
    table = _table(columns[:kept], [row[:kept] for row in price_rows(found, lang)], lang)
    yield heading("prices", lang), Group(table, bullets(price_words(found, lang)))
    if found.marginals:
        heads = ("input", ">spent", ">average", ">marginal", ">ratio", "stops")
        table = _table(heads, [], lang)
        table.columns[-1].overflow = "fold"
        for lever, rows in marginal_rows(found, lang):
            table.add_row(Text(lever, style="bold"))
            for row in rows:
                table.add_row(Text(f"  {plain(row[0])}"), *row[1:])
        yield heading("marginals", lang), Group(table, bullets(marginal_words(found, lang)))


def _table(columns: Sequence[str], rows: list[list[str]], lang: Lang) -> Table:
    """A table of texts; columns that begin with ``>`` hold numbers, ``#`` is a number of order."""
    heads = []
    for column in columns:
        key = column.removeprefix(">")
        number = ">" if column.startswith(">") else ""
        heads.append(f"{number}{'' if key == '#' else heading(key, lang)}")
    shown = simple(*heads)
    for row in rows:
        shown.add_row(*(Text(plain(cell)) for cell in row))
    return shown


def origin_table(found: Attribution, lang: Lang, *, narrow: bool = False) -> Table:
    """GMV by lever and by source, at first touch and through the snowball; beside it what was
    paid for the source, where there is room.
    """
    numbers = ["first_touch", "snowball", "total", "share", *([] if narrow else BESIDE)]
    shown = simple(heading("source", lang), *(f">{heading(key, lang)}" for key in numbers))
    shown.columns[0].no_wrap = True
    for cells, strong in origin_rows(found, lang):
        name = plain(cells[0] if strong else f"  {cells[0]}")
        style = "bold" if strong else ""
        shown.add_row(Text(name), *cells[1 : len(numbers) + 1], style=style)
    return shown


def answer_table(found: Explanation, lang: Lang) -> Table:
    """One row a lever, one column a question."""
    shown = simple(
        heading("lever", lang), *(f">{heading(key, lang)}" for key in answer_columns(found))
    )
    for row in answer_rows(found, lang):
        shown.add_row(*row)
    return shown
