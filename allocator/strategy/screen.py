"""The three answers on a terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import plain
from allocator.frontiers.words import goal_words
from allocator.labels import Lang
from allocator.screen_levers import simple
from allocator.strategy.names import heading, say
from allocator.strategy.record import Strategy
from allocator.strategy.told import Section, assumed, sections


def strategy_screen(found: Strategy, lang: Lang = "en") -> RenderableType:
    """Question by question: sentences, then the table; what is assumed at the end."""
    title = f"{plain(found.instance.name)}: {heading('title', lang)}"
    parts: list[RenderableType] = [Text(title, style="bold cyan")]
    if found.stopped:
        parts.append(Text(say("stopped", lang)))
    for section in sections(found, lang):
        parts += [Text(), Text(section.title, style="bold")]
        parts += [Text(plain(line)) for line in section.sentences]
        if section.rows:
            parts += [Text(), Text(section.note(lang), style="dim"), table_of(section)]
    goal = goal_words(found.instance, lang)
    parts += [Text(), Text(say("intervals", lang, goal=goal), style="dim")]
    parts += [Text(), Text(heading("assumed", lang), style="bold")]
    parts += [Text(f"· {plain(line)}", style="dim") for line in assumed(found, lang)]
    return Group(*parts)


def table_of(section: Section) -> Table:
    """A row per case."""
    first, *rest = section.columns
    shown = simple(first, *(f">{name}" for name in rest))
    for column in shown.columns:
        column.no_wrap = False
    for row in section.rows:
        shown.add_row(*(plain(cell) for cell in row.cells), style="bold" if row.marked else "")
    return shown
