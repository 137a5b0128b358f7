"""An explanation on a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, decimal, plain
from allocator.labels import Lang
from allocator.reasons.attribution import LEVERS, Attribution, Part
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading
from allocator.reasons.words import answer_words, lever_name, origin_words, source_name
from allocator.scales import share, short
from allocator.screen_levers import bullets, simple


def explanation_screen(found: Explanation, width: int, lang: Lang = "en") -> RenderableType:
    """Tables and sentences, section by section."""
    name = f"{plain(found.plan.name)}: {heading('title', lang)}"
    parts: list[RenderableType] = [Text(name, style="bold cyan")]
    for title, content in _sections(found, lang):
        parts += [Text(""), Text(title, style="bold"), content]
    return Group(*parts)


def _sections(found: Explanation, lang: Lang) -> Iterator[tuple[str, RenderableType]]:
    worth = found.attribution
    yield (
        heading("origin", lang),
        Group(origin_table(worth, lang), bullets(origin_words(worth, lang))),
    )
    yield (
        heading("answers", lang),
        Group(answer_table(worth, lang), bullets(answer_words(worth, lang))),
    )


def origin_table(found: Attribution, lang: Lang) -> Table:
    """GMV by lever and by source, at first touch and through the snowball."""
    numbers = ("first_touch", "snowball", "total", "share", "paid", "per_yuan")
    shown = simple(heading("source", lang), *(f">{heading(key, lang)}" for key in numbers))
    shown.columns[0].no_wrap = True

    def row(name: str, part: Part, paid: float | None, style: str = "") -> None:
        yielded = part.total / paid if paid else None
        shown.add_row(
            Text(plain(name), style=style),
            short(part.first_touch, lang),
            short(part.snowball, lang),
            short(part.total, lang),
            share(part.total / found.gmv if found.gmv else None, lang, 1),
            short(paid, lang) if paid else "",
            decimal(yielded, 2) if yielded is not None else "",
            style=style,
        )

    for lever in LEVERS:
        row(lever_name(lever, lang), found.levers[lever], None, "bold")
        for one in found.details:
            if one.source.lever == lever:
                row(f"  {source_name(one, lang)}", one.part, one.spend)
    row(lever_name("organic", lang), found.levers["organic"], None, "bold")
    parts = found.levers.values()
    whole = Part(sum(p.first_touch for p in parts), sum(p.snowball for p in parts))
    row(heading("sum", lang), whole, None, "bold")
    return shown


def answer_table(found: Attribution, lang: Lang) -> Table:
    """One row a lever, one column a question."""
    worth = found.shapley
    columns = ("traced", "shapley", "removed")
    shown = simple(heading("lever", lang), *(f">{heading(key, lang)}" for key in columns))
    for lever in LEVERS:
        shown.add_row(
            lever_name(lever, lang),
            short(found.levers[lever].total, lang),
            short(worth.values[lever], lang),
            short(worth.removed[lever], lang),
        )
    organic = short(found.levers["organic"].total, lang)
    shown.add_row(heading("organic", lang), organic, DASH, DASH)
    shown.add_row(heading("base", lang), DASH, short(worth.base, lang), DASH)
    shown.add_row(heading("rest", lang), DASH, short(worth.rest, lang), DASH)
    total = short(found.gmv, lang)
    shown.add_row(heading("sum", lang), total, total, DASH, style="bold")
    return shown
