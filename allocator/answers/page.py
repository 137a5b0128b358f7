"""One page for each question: the sentences, a figure, the table of the screen."""

from collections.abc import Iterable

import plotly.graph_objects as go
from rich.table import Table

from allocator.alternatives import words as alternative
from allocator.alternatives.record import Alternatives
from allocator.alternatives.screen import table_of as alternatives_table
from allocator.answers.charts import ladder, mixes, tornado, worths
from allocator.baselines import words as baseline
from allocator.baselines.record import Baselines
from allocator.baselines.screen import table_of as baselines_table
from allocator.choices import words as choice
from allocator.choices.record import Choices
from allocator.choices.screen import WORTHS, choices_table, tables
from allocator.comparisons.words import currency_words
from allocator.figures import percent, plain
from allocator.labels import Label, Lang
from allocator.labels_page import say
from allocator.page_shell import render
from allocator.plan import Plan
from allocator.reasons.page import Line, Section
from allocator.sensitivity import words as moved
from allocator.sensitivity.record import Sensitivity
from allocator.sensitivity.screen import numbers

WIDE = 400
"""Characters of a screen on which every column is shown."""
FOOTER = Label(
    "Every plan of this page was recomputed by a replay that knows no solver and keeps every rule "
    "it is shown under; bounds come from the search.",
    "本页的每个方案均由不依赖求解器的重放程序重新计算并满足所列规则；上界来自搜索。",
)
LADDER = Label("Bars: objective.", "条形：目标值。")
MIX = Label("Bars: spend by lever.", "条形：各杠杆的投入。")
TORNADO = Label(
    "Bars: what moves the objective of the fixed plan.", "条形：方案不变时目标值的变动。"
)
CHOICES_CHART = Label(
    "Bars: worth with all other whole numbers kept; blue is taken, grey is not.",
    "条形：其余整数决策不动时的价值；蓝色为已采用，灰色为未采用。",
)

CHOICES_TITLE = Label("Taken or not: {of}", "做与不做：{of}")
DEAL_WEEKS = Label("Deals by week and outcome", "大V合作的周期与结果")


def baselines_page(found: Baselines, lang: Lang = "en") -> str:
    """What planning is worth, as HTML."""
    chart = ladder(found, lang)
    means = [
        f"{baseline.name_of(one.key, lang)}: {getattr(baseline.MEANINGS[one.key], lang)}"
        for one in found.found
    ]
    section = table_section(
        "baselines",
        baseline.say("title", lang),
        [baseline.notes(found, lang), *means, getattr(LADDER, lang)],
        baselines_table(found, WIDE, lang),
        chart,
    )
    return _page(found.plan, section, baseline.sentences(found, lang), chart, lang)


def alternatives_page(found: Alternatives, lang: Lang = "en") -> str:
    """Plans nearly as good, as HTML."""
    chart = mixes(found, lang)
    differ = [
        f"{alternative.name_of(one.seek, lang)}: "
        f"{' · '.join(map(plain, one.changes)) or alternative.say('alike', lang)}"
        for one in found.found
    ]
    note = alternative.say("note", lang, more=alternative.say("more", lang))
    section = table_section(
        "alternatives",
        alternative.say("title", lang, within=percent(found.within, 1)),
        [note, *differ, getattr(MIX, lang)],
        alternatives_table(found, WIDE, lang),
        chart,
    )
    return _page(found.plan, section, alternative.sentences(found, lang), chart, lang)


def sensitivity_page(found: Sensitivity, lang: Lang = "en") -> str:
    """What the plan hangs on, as HTML: the tornado first."""
    chart = tornado(found, lang)
    section = table_section(
        "sensitivity",
        moved.say("title", lang),
        [moved.say("note", lang, by=percent(found.by)), getattr(TORNADO, lang)],
        numbers(found, lang),
        chart,
    )
    return _page(found.plan, section, moved.sentences(found, lang), chart, lang)


def choices_sections(found: Choices, lang: Lang) -> tuple[list[Section], dict[str, go.Figure]]:
    """Cards of an explanation's page on deals and packages, and their figure; weeks and outcomes
    of deals have a card of their own, since one table of both is wider than the page."""
    chart = worths(found, lang)
    cards: list[Section] = []
    for kind, columns, mine in tables(found):
        first = not cards
        notes = [*choice.sentences(found, lang), choice.say("note", lang)] if first else []
        if first and chart is not None:
            notes.append(getattr(CHOICES_CHART, lang))
        title = getattr(choice.COLUMNS[kind] if columns is WORTHS else DEAL_WEEKS, lang)
        cards.append(
            table_section(
                "choices" if first else kind if columns is WORTHS else f"{kind}_weeks",
                getattr(CHOICES_TITLE, lang).format(of=title),
                notes,
                choices_table(found, mine, lang, columns),
                chart if first else None,
                text_last=columns is WORTHS,
            )
        )
    return cards, {} if chart is None else {"choices": chart}


def table_section(
    key: str,
    title: str,
    notes: list[str],
    table: Table,
    chart: go.Figure | None,
    *,
    text_last: bool = False,
) -> Section:
    """A card with a screen's table; the figure of its key above it."""
    columns = [list(column.cells) for column in table.columns]
    rows = [
        Line([str(cell) for cell in cells], bool(row.style))
        for row, cells in zip(table.rows, zip(*columns, strict=True), strict=True)
    ]
    return Section(
        key,
        title,
        notes,
        [str(column.header) for column in table.columns],
        rows,
        wide=True,
        chart="" if chart is None else key,
        height=0 if chart is None else int(chart.layout.height),
        text_last=text_last,
    )


def _page(plan: Plan, section: Section, lead: Iterable[str], chart: go.Figure, lang: Lang) -> str:
    currency = currency_words(plan.instance.currency, lang)
    return render(
        "allocator.reasons",
        "reasons.html.j2",
        lang,
        {section.key: chart},
        styles=("compare.css",),
        name=plan.name,
        title=f"{section.title} ({currency})",
        lead=list(lead),
        no_script=say("word", "no_script", lang),
        contents=say("word", "contents", lang),
        sections=[section],
        footer=getattr(FOOTER, lang),
    )
