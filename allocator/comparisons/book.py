"""The workbook of a comparison: figures and differences, remarks, and the plans week by week."""

import numpy as np
import pandas as pd

from allocator.book import CYCLE, LINE, Book, Column, Kind
from allocator.compare import FIGURES, Comparison
from allocator.comparisons.rows import GROUPS
from allocator.comparisons.words import currency_words, measure_words, word
from allocator.labels import Lang, label, unit_words
from allocator.plan import Plan

SERIES = ("gmv", "net_gmv", "spend", "contribution", "balance")
"""What the sheets by week hold, a column per plan."""
NAME_WIDTH = 34
SHARES = ("gap", "contribution_share")


def comparison_workbook(found: Comparison, lang: Lang) -> bytes:
    """The workbook as the content of its file."""
    book = Book(lang, word("title", lang))
    _figures(book, found, lang)
    _notes(book, found, lang)
    for key in SERIES:
        _by_week(book, found, key, lang)
    return book.finish()


def _figures(book: Book, found: Comparison, lang: Lang) -> None:
    """Every figure of every plan, and its difference to the reference beside it."""
    keys = [key for members in GROUPS.values() for key in members]
    table, differences = found.table, found.differences
    headings = [label("kpi", key, lang) for key in keys]
    units = [_unit(found, key, lang) for key in keys]
    columns = [
        Column(word("figure", lang), headings, width=NAME_WIDTH),
        Column(label("column", "unit", lang), units),
    ]
    for n, name in enumerate(found.names):
        values = [float(table[key].iloc[n]) for key in keys]
        columns.append(Column(name, values, "decimal", unit=_own_money(found, n, lang), width=17))
        if n != found.against:
            changes = [float(differences[key].iloc[n]) for key in keys]
            reference = found.names[found.against]
            columns.append(Column(f"± {reference}", changes, "decimal", unit=name, width=17))
    note = word("amounts", lang, currency=currency_words(found.currency, lang))
    sheet = book.sheet(label("table", "comparison", lang), word("title", lang), note)
    box = book.table(sheet, columns, freeze=2)
    # A row holds one kind of figure, a column all of them: each row gets its own look.
    for row, key in enumerate(keys, start=box.first):
        for at, column in enumerate(columns[2:], start=2):
            value = column.values[row - box.first]
            book.write(sheet, row, at, value, _kind(key), bottom=4, bottom_color=LINE)


def _own_money(found: Comparison, n: int, lang: Lang) -> str:
    """The currency of a plan whose amounts could not be converted; empty else."""
    currency = found.table.attrs["currencies"][n]
    return "" if currency == found.currency else currency_words(currency, lang)


def _unit(found: Comparison, key: str, lang: Lang) -> str:
    unit = FIGURES[key].unit
    return currency_words(found.currency, lang) if unit == "money" else unit_words(unit, lang)


def _kind(key: str) -> Kind:
    unit, kind = FIGURES[key]
    if key in SHARES:
        return "share"
    if unit == "money":
        return "money"
    if unit in ("person", "week"):
        return "count"
    return "decimal" if kind == "stock" else "factor"


def _notes(book: Book, found: Comparison, lang: Lang) -> None:
    """What does not compare, and what is proved; no sheet where there is nothing to say."""
    notes = found.notes(lang)
    if notes:
        name = word("remarks", lang)
        book.table(book.sheet(name, name), [Column(name, notes, width=120)])


def _by_week(book: Book, found: Comparison, key: str, lang: Lang) -> None:
    """A figure by first day of the period, a column per plan, with a chart."""
    series = {n: _series(plan, key) for n, plan in enumerate(found.plans)}
    known = {n: one for n, one in series.items() if one is not None}
    if not known:
        return
    table = pd.concat(known, axis=1).sort_index()
    days = [day.date() for day in pd.DatetimeIndex(table.index)]
    columns = [Column(label("column", "start", lang), days, "date")]
    for n in known:
        values = [float(x) for x in table[n]]
        unit = currency_words(found.plans[n].instance.currency, lang)
        columns.append(Column(found.names[n], values, "money", unit=unit, width=17))
    name = measure_words("cash", lang)[0] if key == "balance" else label("kpi", key, lang)
    sheet = book.sheet(name, f"{name}: {label('column', 'week', lang)}")
    box = book.table(sheet, columns, freeze=1)
    drawn = {
        at: (str(column.heading), CYCLE[(at - 1) % len(CYCLE)])
        for at, column in enumerate(columns)
        if at
    }
    chart = book.chart("line", box, 0, drawn, name)
    chart.set_x_axis({"date_axis": True, "num_format": "mm-dd", "label_position": "low"})
    chart.set_size({"width": 760, "height": 360})
    sheet.insert_chart(box.first, box.right + 2, chart)


def _series(plan: Plan, key: str) -> "pd.Series[float] | None":
    """A figure of a plan by the first day of its periods; None where it has none."""
    if plan.replay is None or (key == "balance" and plan.instance.money.cash is None):
        return None
    states = plan.replay
    values = {
        "gmv": np.sum(list(states.gmv.values()), axis=0),
        "net_gmv": states.net_gmv,
        "spend": np.sum(list(states.spend.values()), axis=0),
        "contribution": states.contribution,
        "balance": states.cash,
    }[key]
    calendar = plan.instance.calendar
    days = pd.to_datetime([calendar.first_day(t) for t in range(calendar.periods)])
    return pd.Series(values, index=days)
