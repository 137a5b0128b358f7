"""The page of a comparison: bars, one table, small multiples, in one file that opens offline."""

import math
from itertools import groupby
from typing import Any

from allocator.compare import FIGURES, Comparison
from allocator.comparisons.charts import HEIGHT, amount_words, bars, keys_of, one_scale, panels
from allocator.comparisons.rows import EQUAL, rows
from allocator.comparisons.words import currency_words, measure_words, word
from allocator.labels import Lang, label
from allocator.labels_page import say
from allocator.page_shell import render


def page(found: Comparison, lang: Lang = "en") -> str:
    """The page as HTML."""
    drawn = bars(found, lang)
    multiples = panels(found, lang)
    figures = {f"bar-{key}": made for key, made in drawn.items()}
    for measure, made in multiples.items():
        figures |= {f"{measure}-{n}": one for n, one in enumerate(made)}
    names = found.names
    reference = names[found.against]
    return render(
        "allocator.comparisons",
        "compare.html.j2",
        lang,
        figures,
        styles=("compare.css",),
        title=word("title", lang),
        span=word("span", lang, count=str(len(names)), reference=reference)
        + " · "
        + word("amounts", lang, currency=currency_words(found.currency, lang)),
        notes=found.notes(lang),
        no_script=say("word", "no_script", lang),
        bars=[_bar(key, made, lang) for key, made in drawn.items()],
        figure_word=word("figure", lang),
        names=names,
        against=found.against,
        groups=_groups(found, lang),
        measures=[_measure(found, key, made, lang) for key, made in multiples.items()],
        height=HEIGHT,
        footer=say("word", "checked", lang),
    )


def _bar(key: str, made: Any, lang: Lang) -> dict[str, Any]:
    note = word("break_even_mark", lang) if key == "roi" else ""
    title = label("kpi", key, lang)
    return {"name": f"bar-{key}", "title": title, "note": note, "height": made.layout.height}


def _groups(found: Comparison, lang: Lang) -> list[dict[str, Any]]:
    """Rows of the table under their headings."""
    table, differences = found.table, found.differences
    groups = []
    for group, members in groupby(rows(found, lang, weekly=True), key=lambda row: row.group):
        shown = []
        for row in members:
            cells = []
            for n, cell in enumerate(row.cells):
                number = float(table[row.key].iloc[n])
                change = float(differences[row.key].iloc[n])
                cells.append(
                    {
                        "number": number if math.isfinite(number) else None,
                        "value": amount_words(row.key, number, lang),
                        "difference": _difference(row.key, cell.difference, change, lang),
                        "change": cell.change,
                    }
                )
            shown.append({"key": row.key, "name": row.name, "cells": cells})
        groups.append({"title": word(group, lang), "rows": shown})
    return groups


def _difference(key: str, text: str, value: float, lang: Lang) -> str:
    """A difference in the numbers of the language; percentage points stay as they are."""
    if text in ("", EQUAL) or FIGURES[key].unit not in ("money", "person"):
        return text
    return f"{'+' if value > 0 else '-'}{amount_words(key, abs(value), lang)}"


def _measure(found: Comparison, name: str, made: list[Any], lang: Lang) -> dict[str, Any]:
    """Heading, legend and panels of a measure."""
    title, note = measure_words(name, lang)
    shared = "one_axis" if one_scale(found, name) else "own_axis"
    shown = [n for n, plan in enumerate(found.plans) if plan.replay is not None]
    if name == "cash":
        shown = [n for n in shown if found.plans[n].instance.money.cash]
    return {
        "name": name,
        "title": title,
        "note": f"{note} {word(shared, lang)}".strip(),
        "legend": [{"name": key, "colour": colour} for key, colour in keys_of(made)],
        "panels": [
            {
                "name": f"{name}-{n}",
                "title": found.names[position],
                "reference": position == found.against,
            }
            for n, position in enumerate(shown)
        ],
    }
