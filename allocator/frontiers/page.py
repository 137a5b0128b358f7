"""The page of a frontier: what it says, the curve, a row per point, in one file that opens
offline.
"""

import math
from typing import Any

from allocator.frontiers.chart import HEIGHT, curve
from allocator.frontiers.points import Frontier
from allocator.frontiers.words import (
    at_words,
    band_words,
    heading,
    limit_name,
    rate_words,
    sentences,
    title,
)
from allocator.labels import Lang, label
from allocator.labels_page import say
from allocator.page_shell import render
from allocator.scales import share, short

COLUMNS = ("objective", "bound", "gap", "gmv", "spend", "contribution")


def page(found: Frontier, lang: Lang = "en") -> str:
    """The page as HTML."""
    return render(
        "allocator.frontiers",
        "frontier.html.j2",
        lang,
        {"frontier": curve(found, lang)} if found.planned else {},
        styles=("compare.css",),
        name=found.instance.name,
        title=title(found, lang),
        words=sentences(found, lang),
        note=heading("band_note", lang),
        no_script=say("word", "no_script", lang),
        height=HEIGHT,
        columns=[
            limit_name(found, lang),
            *(label("kpi", key, lang) for key in COLUMNS),
            heading("rate", lang),
            heading("between", lang),
            heading("marks", lang),
        ],
        rows=rows(found, lang),
        footer=say("word", "checked", lang),
    )


def rows(found: Frontier, lang: Lang) -> list[dict[str, Any]]:
    """A row per point, with the exact numbers beside their texts."""
    stop = found.stop
    shown = []
    names = at_words(found, [point.at for point in found.points], lang)
    for name, row in zip(names, found.table.to_dict("records"), strict=True):
        marks = []
        if stop is not None and row["at"] == stop.at and not stop.open_end:
            marks.append(heading("stop", lang))
        if row["at"] == found.own:
            marks.append(heading("own", lang))
        if row["status"] in ("infeasible", "no_plan_yet"):
            marks.append(heading("infeasible", lang))
        elif not row["solved"]:
            marks.append(heading("carried", lang))
        cells = [_cell("at", row["at"], name)]
        cells += [_cell(key, row[key], _text(key, row[key], lang)) for key in COLUMNS]
        cells += [_cell("rate", row["rate"], rate_words(found, row["rate"], lang))]
        band = band_words(found, row["rate_low"], row["rate_high"], lang)
        cells += [_cell("band", None, band)]
        cells += [_cell("marks", None, " · ".join(marks))]
        kind = "marked" if stop is not None and row["at"] == stop.at else ""
        shown.append({"cells": cells, "kind": "none" if row["objective"] is None else kind})
    return shown


def _cell(key: str, number: float | None, text: str) -> dict[str, Any]:
    known = number is not None and math.isfinite(number)
    return {"key": key, "number": number if known else None, "text": text}


def _text(key: str, value: float, lang: Lang) -> str:
    return share(value, lang, 2) if key == "gap" else short(value, lang)
