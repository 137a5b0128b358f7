"""The page of the three answers: both languages in one file, drawn without a script.

Bars and lines are plain elements, so a page is small enough to be kept beside the project's texts.
"""

import math
import re
from typing import Any

from allocator.chart_style import COLOURS
from allocator.frontiers.words import goal_words
from allocator.labels import LANGS, Lang, label
from allocator.labels_page import say as page_say
from allocator.page_shell import render
from allocator.strategy.cases import Answer
from allocator.strategy.labels import DRAWN
from allocator.strategy.names import factor, heading, say
from allocator.strategy.record import Strategy
from allocator.strategy.told import Row, Section, assumed, sections

NUMBER = re.compile(r"[-+–…×%.,\d\s]*[kM万亿]?")
"""A cell that holds no words."""
OWN = {"en": "English", "zh": "中文"}
LEVEL = 0.02
"""Least distance from 1 that the height of a line of growth factors stands for."""


def page(found: Strategy, lang: Lang = "en") -> str:
    """The page as HTML; ``lang`` is the language that it opens in."""
    return render(
        "allocator.strategy",
        "strategy.html.j2",
        lang,
        {},
        styles=("compare.css", "strategy.css"),
        name=found.instance.name,
        faces=[_face(found, one) for one in LANGS],
    )


def _face(found: Strategy, lang: Lang) -> dict[str, Any]:
    """What the page says in one language."""
    return {
        "lang": lang,
        "own": OWN[lang],
        "title": heading("title", lang),
        "stopped": say("stopped", lang) if found.stopped else "",
        "note": say("intervals", lang, goal=goal_words(found.instance, lang)),
        "weeks": heading("weeks", lang),
        "sections": [_section(one, lang) for one in sections(found, lang)],
        "assumed_title": heading("assumed", lang),
        "assumed": list(assumed(found, lang)),
        "footer": page_say("word", "checked", lang),
    }


def _section(section: Section, lang: Lang) -> dict[str, Any]:
    shares = section.key == "sizes"
    most = max((_most(row.answer) for row in section.rows), default=1.0) or 1.0
    told = []
    for row in section.rows:
        pieces = _stack(row.answer) if shares else _interval(row.answer, most)
        told.append(
            {
                "cells": row.cells,
                "kind": "marked" if row.marked else "",
                "pieces": pieces,
                "spoken": f"{section.title}: {row.cells[0]}, {row.cells[1]}",
                "spark": _spark(row) if section.key == "levers" else None,
            }
        )
    return {
        "key": section.key,
        "title": section.title,
        "sentences": section.sentences,
        "columns": section.columns,
        "note": section.note(lang),
        "legend": _legend(section, lang),
        "tables": _tables(section),
        "wordy": [
            any(_wordy(row.cells[n]) for row in section.rows) for n in range(len(section.columns))
        ],
        "rows": told,
    }


def _tables(section: Section) -> list[dict[str, Any]]:
    """What stands in every table: its columns, bars in the first one, and growth factors as lines
    in the last, which has room for them."""
    parts = section.parts()
    return [
        {
            "columns": part,
            "bars": n == 0,
            "sparks": section.key == "levers" and n == len(parts) - 1,
        }
        for n, part in enumerate(parts)
    ]


def _wordy(cell: str) -> bool:
    """Whether a cell holds words, which are read from the left."""
    return not NUMBER.fullmatch(cell)


def _legend(section: Section, lang: Lang) -> list[dict[str, str]]:
    if section.key == "sizes":
        levers = ("field", "alliance", "campaign", "kol")
        return [
            {"style": f"background: {COLOURS[x]}", "text": label("lever", x, lang)} for x in levers
        ]
    stripes = "repeating-linear-gradient(135deg, #0072B2 0 2px, #cfe3f0 2px 5px)"
    return [
        {"style": "background: #0072B2", "text": DRAWN["value"].say(lang)},
        {"style": f"background: {stripes}", "text": DRAWN["doubt"].say(lang)},
    ]


def _most(answer: Answer) -> float:
    """The largest of plan and bound, where known."""
    ends = (answer.plan.objective, answer.plan.bound)
    return max((abs(x) for x in ends if x is not None), default=0.0)


def _interval(answer: Answer, most: float) -> list[dict[str, Any]]:
    """From nothing to the plan, and from there to the bound; nothing where the plan loses."""
    plan = answer.plan
    if plan.objective is None:
        return []
    bound = plan.objective if plan.bound is None else plan.bound
    low, high = sorted((max(plan.objective, 0.0), max(bound, 0.0)))
    return [
        {"kind": "value", "width": _width(low / most), "colour": ""},
        {"kind": "doubt", "width": _width((high - low) / most), "colour": ""},
    ]


def _stack(answer: Answer) -> list[dict[str, Any]]:
    """Shares of the levers in their spend."""
    return [
        {"kind": "value", "width": _width(part), "colour": COLOURS[lever]}
        for lever, part in answer.shares.items()
    ]


def _width(part: float) -> str:
    return f"{100 * part:.2f}" if math.isfinite(part) else "0"


def _spark(row: Row) -> dict[str, Any] | None:
    """Growth factors as lines in a square of 100, with the height of 1."""
    ball = row.answer.snowball
    known = [x for x in ball.factors if x is not None] if ball else []
    if ball is None or len(known) < 2:
        return None
    low, high = min(*known, 1 - LEVEL), max(*known, 1 + LEVEL)
    step = 100 / (len(ball.factors) - 1)
    lines: list[list[str]] = [[]]
    for t, x in enumerate(ball.factors):
        if x is None:
            lines.append([])
        else:
            lines[-1].append(f"{t * step:.1f},{100 * (high - x) / (high - low):.1f}")
    return {
        "one": f"{100 * (high - 1) / (high - low):.1f}",
        "lines": [" ".join(points) for points in lines if len(points) > 1],
        "spoken": f"{factor(ball.mean)} ({factor(ball.least)})",
    }
