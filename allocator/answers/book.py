"""A workbook for each question: the figures of its table with all their digits, a chart of them,
and the sentences of the screen on a sheet of their own.
"""

from collections.abc import Iterable, Sequence

from xlsxwriter.worksheet import Worksheet

from allocator.alternatives import words as alternative
from allocator.alternatives.record import Alternatives, spend_by_lever
from allocator.baselines import words as baseline
from allocator.baselines.record import Baselines
from allocator.book import COLOURS, CYCLE, Book, Box, Column, Kind, Value
from allocator.compare import sign_of, spend_of
from allocator.comparisons.words import currency_words, word
from allocator.figures import percent
from allocator.labels import Label, Lang, label
from allocator.plan import Plan
from allocator.sensitivity import words as moved
from allocator.sensitivity.record import Effect, Sensitivity

SHEETS = {
    "baselines": Label("Baselines", "基线对比"),
    "alternatives": Label("Alternatives", "备选方案"),
    "sensitivity": Label("Sensitivity", "敏感性"),
}
HEADINGS = {
    "why": Label("Without a plan", "无方案的原因"),
    "unit": Label("Sought in", "所求单位"),
    "before": Label("Sought: this plan", "所求：本方案"),
    "measure": Label("Sought: alternative", "所求：备选"),
    "regret": Label("Objective given up", "目标值损失"),
    "gmv_regret": Label("GMV given up", "GMV损失"),
    "changes": Label("Other choices", "不同的选择"),
    "figure": Label("Figure, moved", "数字与变动"),
    "worst": Label("Broken worst", "违反最甚"),
    "anew": Label("Objective made anew", "重新规划的目标值"),
    "kept": Label("This plan's choices there", "沿用本方案选择的目标值"),
    "bound": Label("Bound there", "该情形的上界"),
    "turns": Label("Turns at", "转折点"),
}
"""Headings that the screens do not have."""
CHART = (760, 420)
"""Width and height of a chart in pixels."""


def baselines_workbook(found: Baselines, lang: Lang = "en") -> bytes:
    """What planning is worth: a row for the plan, then one a baseline, the best first."""
    sign = sign_of(found.plan.instance.objective.goal)
    order = sorted(
        found.found, key=lambda x: -sign * (x.plan.objective or 0.0) if x.plan else float("inf")
    )
    worth = [found.worth(one) for one in order]
    plans = [found.plan, *(one.plan for one in order)]
    names = [baseline.COLUMNS["own"].say(lang)]
    names += [baseline.name_of(one.key, lang) for one in order]

    def head(key: str) -> str:
        return baseline.COLUMNS[key].say(lang)

    unit = currency_words(found.plan.instance.currency, lang)
    columns = [
        Column(head("name"), names, width=30),
        *_money(plans, lang, unit),
        Column(head("worth"), [None, *(w.gmv if w else None for w in worth)], "money", unit),
        _share(head("percent"), [None, *(w.gmv_share if w else None for w in worth)]),
        _share(
            head("objective_percent"), [None, *(w.objective_share if w else None for w in worth)]
        ),
        _share(head("moved"), [None, *(one.moved if one.plan else None for one in order)]),
        Column(
            HEADINGS["why"].say(lang),
            ["", *(one.reason.say(lang) if one.reason else "" for one in order)],
            width=40,
        ),
    ]
    means = [
        f"{baseline.name_of(one.key, lang)}: {baseline.MEANINGS[one.key].say(lang)}"
        for one in order
    ]
    said = [*baseline.sentences(found, lang), baseline.notes(found, lang), *means]
    return _book(
        found.plan, "baselines", baseline.say("title", lang), said, columns, {2: ""}, lang
    )


def alternatives_workbook(found: Alternatives, lang: Lang = "en") -> bytes:
    """Plans nearly as good: what each seeks, reaches and gives up, and its spend by lever."""
    rows, own = found.found, found.plan
    unit = currency_words(own.instance.currency, lang)
    names = [alternative.COLUMNS["own"].say(lang)]
    names += [alternative.name_of(one.seek, lang) for one in rows]
    gmv = float(own.gmv or 0.0)
    sought = ["%" if one.seek.aim == "changes" else unit for one in rows]
    spends = [spend_by_lever(own), *(spend_by_lever(one.plan) for one in rows)]

    def given_up(of: Sequence[float]) -> list[Value]:
        return [None, *of]

    def amount(key: str, of: Iterable[tuple[str, float]]) -> Column:
        # A share of changes and money stand in one column: each says its unit beside it.
        values: list[Value] = [100 * x if what == "%" else x for what, x in of]
        return Column(HEADINGS[key].say(lang), [None, *values], "decimal", width=16)

    levers = list(spends[0])
    columns = [
        Column(alternative.COLUMNS["name"].say(lang), names, width=30),
        *_money([own, *(one.plan for one in rows)], lang, unit),
        _share(HEADINGS["regret"].say(lang), given_up([found.regret(x) for x in rows]), "gap"),
        Column(
            HEADINGS["gmv_regret"].say(lang),
            given_up([gmv - float(x.plan.gmv or 0.0) for x in rows]), "money", unit,
        ),
        Column(HEADINGS["unit"].say(lang), ["", *sought], width=10),
        amount("before", zip(sought, (x.before for x in rows), strict=True)),
        amount("measure", zip(sought, (x.measure for x in rows), strict=True)),
        Column(
            alternative.COLUMNS["limit"].say(lang),
            amount("measure", zip(sought, (x.limit for x in rows), strict=True)).values,
            "decimal", width=16,
        ),
        *(Column(label("lever", k, lang), [s[k] for s in spends], "money", unit) for k in levers),
        Column(
            HEADINGS["changes"].say(lang), ["", *(" · ".join(x.changes) for x in rows)], width=60
        ),
    ]  # fmt: skip
    first = len(columns) - 1 - len(levers)
    drawn = {first + n: COLOURS.get(k, CYCLE[n]) for n, k in enumerate(levers)}
    title = alternative.say("title", lang, within=percent(found.within, 1))
    note = alternative.say("note", lang, more=alternative.say("more", lang))
    said = [*alternative.sentences(found, lang), note]
    said += [alternative.meaning_of(key, found, lang) for key in alternative.SEEKS]
    return _book(own, "alternatives", title, said, columns, drawn, lang, stacked=True)


def sensitivity_workbook(found: Sensitivity, lang: Lang = "en") -> bytes:
    """What the plan hangs on: the plan fixed and, where it was, made anew."""
    order = [one for name in found.figures for one in found.effects if one.figure == name]
    unit = currency_words(found.plan.instance.currency, lang)

    def named(one: Effect) -> str:
        return f"{moved.figure_name(one, lang)}: {moved.change_words(found, one, lang)}"

    def head(key: str) -> str:
        return moved.COLUMNS[key].say(lang)

    columns = [
        Column(HEADINGS["figure"].say(lang), [named(one) for one in order], width=34),
        *(
            Column(head(key), [getattr(one, key) for one in order], "money", unit)
            for key in ("objective", "gmv", "contribution")
        ),
        Column(head("broken"), [float(one.broken) for one in order], "count"),
        Column(
            HEADINGS["worst"].say(lang),
            [one.worst.say(lang) if one.worst else "" for one in order],
            width=34,
        ),
    ]
    if any(one.anew for one in order):
        columns += [
            Column(
                HEADINGS[key].say(lang),
                [getattr(one.anew, name) if one.anew else None for one in order], "money", unit,
            )
            for key, name in (("anew", "objective"), ("kept", "kept"), ("bound", "bound"))
        ]  # fmt: skip
        words = [moved.switch_words(found, one, lang) if one.anew else "" for one in order]
        changes = [" · ".join(one.anew.changes) if one.anew else "" for one in order]
        columns += [
            Column(HEADINGS["turns"].say(lang), words, width=14),
            Column(HEADINGS["changes"].say(lang), changes, width=60),
        ]
    said = [*moved.sentences(found, lang), moved.say("note", lang, by=percent(found.by))]
    title = moved.say("title", lang)
    return _book(found.plan, "sensitivity", title, said, columns, {1: ""}, lang)


def _money(plans: Sequence[Plan | None], lang: Lang, unit: str) -> list[Column]:
    """GMV, objective, contribution and spend of plans."""

    def column(key: str, values: list[Value]) -> Column:
        return Column(baseline.COLUMNS[key].say(lang), values, "money", unit)

    keys = ("gmv", "objective", "contribution")
    found = [column(k, [getattr(p, k) if p else None for p in plans]) for k in keys]
    return [*found, column("spend", [spend_of(p) if p else None for p in plans])]


def _share(heading: str, values: Sequence[Value], kind: Kind = "share") -> Column:
    return Column(heading, values, kind, width=12)


def _book(
    plan: Plan,
    key: str,
    title: str,
    said: Iterable[str],
    columns: list[Column],
    drawn: dict[int, str],
    lang: Lang,
    *,
    stacked: bool = False,
) -> bytes:
    """The table with a chart of its columns ``drawn`` (position and colour), and the words."""
    lines = list(said)
    book = Book(lang, f"{plan.name}: {title}")
    sheet = book.sheet(SHEETS[key].say(lang), f"{plan.name} · {title}", lines[0] if lines else "")
    box = book.table(sheet, columns, freeze=1)
    _draw(book, sheet, box, columns, drawn, title, stacked=stacked)
    name = word("remarks", lang)
    book.table(book.sheet(name, f"{plan.name} · {name}"), [Column(name, lines, width=120)])
    return book.finish()


def _draw(
    book: Book,
    sheet: Worksheet,
    box: Box,
    columns: list[Column],
    drawn: dict[int, str],
    title: str,
    *,
    stacked: bool,
) -> None:
    series = {at: (columns[at].heading, colour or CYCLE[0]) for at, colour in drawn.items()}
    chart = book.chart("bar", box, 0, series, title, stacked=stacked)
    # Bars are listed from below: turned round, they stand as the rows do.
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": CHART[0], "height": CHART[1]})
    sheet.insert_chart(box.last + 3, 0, chart)
