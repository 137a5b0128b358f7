"""The page of an explanation: one HTML file that opens offline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import plotly.graph_objects as go

from allocator.labels import Lang
from allocator.labels_page import say
from allocator.page_shell import render
from allocator.reasons.attribution import LEVERS
from allocator.reasons.charts import origin_chart, price_chart
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


@dataclass(frozen=True)
class Line:
    """A row of a table."""

    cells: list[str]
    strong: bool = False


@dataclass(frozen=True)
class Section:
    """A card of the page."""

    key: str
    title: str
    notes: list[str]
    columns: list[str] = field(default_factory=list)
    rows: list[Line] = field(default_factory=list)
    wide: bool = False
    chart: str = ""
    height: int = 0
    text_last: bool = False


def page(
    found: Explanation,
    lang: Lang = "en",
    more: Sequence[Section] = (),
    charts: Mapping[str, go.Figure] | None = None,
) -> str:
    """The page as HTML; ``more`` cards follow with the figures in ``charts``."""
    drawn = {"origin": origin_chart(found, lang), **(charts or {})}
    prices = price_chart(found, lang)
    if prices is not None:
        drawn["prices"] = prices
    return render(
        "allocator.reasons",
        "reasons.html.j2",
        lang,
        drawn,
        styles=("compare.css",),
        name=found.plan.name,
        title=heading("title", lang),
        lead=_lead(found, lang),
        no_script=say("word", "no_script", lang),
        contents=say("word", "contents", lang),
        sections=[*_sections(found, drawn, lang), *more],
        footer=sentence("footer", lang),
    )


def _lead(found: Explanation, lang: Lang) -> list[str]:
    """What the tenths of the budget bring, or why there are none, and where prices are read,
    which says that whole numbers stay."""
    said = [words for words in step_words(found, lang) if words != sentence("whole", lang)]
    return [*said, *basis_words(found, lang)]


def _sections(found: Explanation, drawn: dict[str, go.Figure], lang: Lang) -> Iterator[Section]:
    if found.decisions:
        yield Section(
            "decisions",
            heading("decisions", lang),
            [decision_words(found.plan.instance, lang)],
            _heads(("decision", "week", "paid", "worth", "of_gmv"), lang),
            [Line(row[1:]) for row in decision_rows(found, lang)],
        )
    if found.rules:
        yield Section(
            "rules",
            heading("rules", lang),
            [sentence("rules", lang)],
            _heads(("rule", "binds", "more", "of_plan"), lang),
            [Line(row) for row in rule_rows(found, lang)],
        )
    yield _origins(found, drawn["origin"], lang)
    if found.optimum is not None:
        yield from _priced(found, drawn.get("prices"), lang)
    yield Section(
        "answers",
        heading("answers", lang),
        answer_words(found, lang),
        _heads(("lever", *answer_columns(found)), lang),
        [Line(row, n == len(LEVERS) + 3) for n, row in enumerate(answer_rows(found, lang))],
        wide=True,
    )


def _priced(found: Explanation, chart: go.Figure | None, lang: Lang) -> Iterator[Section]:
    kinks = chart is not None and any(line.error_y.array is not None for line in chart.data)
    yield Section(
        "prices",
        heading("prices", lang),
        [*price_words(found, lang), *([sentence("kinks", lang)] if kinks else [])],
        _heads(("one_more", "price", "weeks", "dearest", "last", "next", "holds"), lang),
        [Line(row) for row in price_rows(found, lang)],
        wide=True,
        chart="" if chart is None else "prices",
        height=0 if chart is None else int(chart.layout.height),
    )
    if found.marginals:
        rows = []
        for lever, inputs in marginal_rows(found, lang):
            rows.append(Line([lever, *[""] * 5], strong=True))
            rows += [Line(row) for row in inputs]
        yield Section(
            "marginals",
            heading("marginals", lang),
            marginal_words(found, lang),
            _heads(("input", "spent", "average", "marginal", "ratio", "stops"), lang),
            rows,
            wide=True,
            text_last=True,
        )


def _origins(found: Explanation, chart: go.Figure, lang: Lang) -> Section:
    worth = found.attribution
    rows = [Line(cells, strong) for cells, strong in origin_rows(worth, lang)]
    keys = ("source", "first_touch", "snowball", "total", "share", "paid", "per_yuan")
    return Section(
        "origin",
        heading("origin", lang),
        [*origin_words(worth, lang), sentence("traced", lang)],
        _heads(keys, lang),
        rows,
        wide=True,
        chart="origin",
        height=int(chart.layout.height),
    )


def _heads(keys: tuple[str, ...], lang: Lang) -> list[str]:
    return [heading(key, lang) for key in keys]
