"""How plans, comparisons and frontiers show themselves in a notebook: a heading and a table.

Plain HTML without script or style sheet, so that it survives where notebooks are stored; charts
come from ``figures()`` and ``figure()``. Every text is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape

from allocator.compare import Comparison
from allocator.comparisons.rows import heading as group_heading
from allocator.comparisons.rows import rows
from allocator.comparisons.words import currency_words, word
from allocator.figures import plain, whole
from allocator.frontiers.page import COLUMNS
from allocator.frontiers.page import rows as frontier_rows
from allocator.frontiers.points import Frontier
from allocator.frontiers.words import heading, limit_name, sentences, title
from allocator.labels import Lang, label
from allocator.panel import week_of
from allocator.plan import Plan
from allocator.scales import share, short

LANG: Lang = "en"
FIGURES = ("gmv", "net_gmv", "contribution", "objective", "bound")
FLOWS = ("gmv", "net_gmv", "spend", "contribution")


def plan_html(plan: Plan) -> str:
    """Name, certificate, main figures and the plan by month; the reason where there is no plan."""
    said = label("status", plan.status, LANG)
    if plan.replay is None:
        return _headed(plan.name, [said, *([plan.message] if plan.message else [])])
    calendar = plan.instance.calendar
    weeks = f"{week_of(calendar, 0)} to {week_of(calendar, calendar.periods - 1)}"
    gap = "" if plan.gap is None else f", {label('kpi', 'gap', LANG)} {share(plan.gap, LANG, 2)}"
    figures = " · ".join(
        f"{label('kpi', key, LANG)} {short(getattr(plan, key), LANG)}" for key in FIGURES
    )
    amounts = word("amounts", LANG, currency=currency_words(plan.instance.currency, LANG))
    lines = [said + gap, f"{calendar.periods} periods, {weeks}; {amounts}", figures]
    table = plan.months
    counts = [key for key, part in (("heads", plan.instance.staff),
                                    ("live_hours", plan.instance.field)) if part]  # fmt: skip
    head = [label("column", key, LANG) for key in ("month", *FLOWS, *counts)]
    body = [
        [
            str(row["month"]),
            *(short(float(row[key]), LANG) for key in FLOWS),
            *(whole(float(row[key])) for key in counts),
        ]
        for row in table.to_dict("records")
    ]
    return _headed(plan.name, lines) + _table(head, body)


def comparison_html(found: Comparison) -> str:
    """All figures with their differences, and what does not compare."""
    body: list[Sequence[str]] = []
    group = ""
    for row in rows(found, LANG):
        if row.group != group:
            group = row.group
            body.append([group_heading(group, LANG)])
        cells = [f"{c.value} ({c.difference})" if c.difference else c.value for c in row.cells]
        body.append([row.name, *cells])
    reference = f"{word('reference', LANG)}: {found.names[found.against]}"
    amounts = word("amounts", LANG, currency=currency_words(found.currency, LANG))
    lines = [f"{reference}; {amounts}", *found.notes(LANG)]
    return _headed(word("title", LANG), lines) + _table([word("figure", LANG), *found.names], body)


def frontier_html(found: Frontier) -> str:
    """What the frontier says, and a row per point."""
    head = [limit_name(found, LANG), *(label("kpi", key, LANG) for key in COLUMNS)]
    head += [heading(key, LANG) for key in ("rate", "between", "marks")]
    body = [[cell["text"] for cell in row["cells"]] for row in frontier_rows(found, LANG)]
    name = f"{found.instance.name}: {title(found, LANG)}"
    return _headed(name, sentences(found, LANG)) + _table(head, body)


def _headed(name: str, lines: Iterable[str]) -> str:
    paragraphs = "".join(f"<p>{_text(line)}</p>" for line in lines)
    return f"<h4>{_text(name)}</h4>{paragraphs}"


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table; a row of one cell is a heading over the rows below it."""
    names = "".join(f"<th>{_text(name)}</th>" for name in head)
    lines = []
    for first, *rest in body:
        wide = "" if rest else f' colspan="{len(head)}"'
        cells = "".join(f"<td>{_text(cell)}</td>" for cell in rest)
        name = f"<th{wide} style='text-align: left'>{_text(first)}</th>"
        lines.append(f"<tr>{name}{cells}</tr>")
    return f"<table><thead><tr>{names}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _text(text: str) -> str:
    return escape(plain(text))
