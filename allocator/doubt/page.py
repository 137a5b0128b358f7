"""The page of a score: what it says, its fans, its quantiles, what is firm."""

from collections.abc import Sequence

from allocator.doubt.chart import HEIGHT, chart_title, fans
from allocator.doubt.firm import PERIODS, Firmness
from allocator.doubt.naming import with_labels
from allocator.doubt.score import Score
from allocator.doubt.screen import figures
from allocator.doubt.words import (
    FIGURES,
    HEADINGS,
    decision_words,
    replan_words,
    sentences,
    settled_words,
    span_words,
    state_words,
)
from allocator.figures import percent
from allocator.labels import Lang
from allocator.labels_page import say as words_of
from allocator.page_shell import render
from allocator.scales import short


def score_page(
    found: Score, firm: Sequence[Firmness], replans: int, lang: Lang = "en", asked: int = 0
) -> str:
    """The page as HTML; ``replans`` of the plans ``asked`` for are compared."""
    return render(
        "allocator.doubt",
        "score.html.j2",
        lang,
        fans(found, lang),
        styles=("compare.css",),
        name=found.plan.name,
        title=HEADINGS["title"].say(lang, count=len(found.worlds.members)),
        words=sentences(found, lang),
        no_script=words_of("word", "no_script", lang),
        height=HEIGHT,
        charts=[(name, chart_title(name, lang)) for name in found.over_time],
        columns=[
            HEADINGS[key].say(lang)
            for key in ("figure", "worst", "low", "middle", "high", "best", "written", "planned")
        ],
        rows=_rows(found, lang),
        firm_columns=[
            HEADINGS["decision"].say(lang, periods=PERIODS),
            *(HEADINGS[k].say(lang) for k in ("planned", "agree", "others", "state", "settles")),
        ],
        firm_rows=[_firm_row(told, lang) for told in with_labels(firm, found.plan.instance)],
        firm_note=replan_words(replans, asked, lang),
        footer=words_of("word", "checked", lang),
    )


def _rows(found: Score, lang: Lang) -> list[list[str]]:
    rows = []
    for key, values, *sure in figures(found):
        cells = [short(x, lang) for x in (*found.quantiles(values), *sure)]
        rows.append([FIGURES[key].say(lang), *cells])
    return rows


def _firm_row(told: Firmness, lang: Lang) -> list[str]:
    return [
        decision_words(told, lang),
        short(told.planned, lang),
        percent(told.share, 0),
        span_words(told.low, told.high, lang),
        state_words(told, lang),
        settled_words(told, lang),
    ]
