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

NARROW = 140
"""Columns below which a table of many is two."""


def strategy_screen(found: Strategy, width: int, lang: Lang = "en") -> RenderableType:
    """Question by question: sentences, then the table; what is assumed at the end."""
    title = f"{plain(found.instance.name)}: {heading('title', lang)}"
    parts: list[RenderableType] = [Text(title, style="bold cyan")]
    if found.stopped:
        parts.append(Text(say("stopped", lang)))
    for section in sections(found, lang):
        parts += [Text(), Text(section.title, style="bold")]
        parts += [Text(plain(line)) for line in section.sentences]
        if section.rows:
            parts += [Text(), Text(section.note(lang), style="dim")]
            for n, table in enumerate(tables_of(section, width)):
                parts += [Text(), table] if n else [table]
    goal = goal_words(found.instance, lang)
    parts += [Text(), Text(say("intervals", lang, goal=goal), style="dim")]
    parts += [Text(), Text(heading("assumed", lang), style="bold")]
    parts += [Text(f"· {plain(line)}", style="dim") for line in assumed(found, lang)]
    return Group(*parts)


def tables_of(section: Section, width: int) -> list[Table]:
    """A row per case; in two tables where one would be too wide for its headings."""
    parts = section.parts() if width < NARROW else [[*range(len(section.columns))]]
    return [_table(section, columns) for columns in parts]


def _table(section: Section, columns: list[int]) -> Table:
    """The columns of that number."""
    first, *rest = (section.columns[n] for n in columns)
    shown = simple(first, *(f">{name}" for name in rest))
    for column in shown.columns:
        column.no_wrap = False
    for row in section.rows:
        cells = (plain(row.cells[n]) for n in columns)
        shown.add_row(*cells, style="bold" if row.marked else "")
    return shown
