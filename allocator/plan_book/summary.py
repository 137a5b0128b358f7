"""The first sheet, what holds the plan back, and what it assumes."""

from typing import Any, NamedTuple

from allocator.book import LINE, TOP, Column, Kind, Value
from allocator.compare import kpis
from allocator.labels import LIMITS
from allocator.panel import week_of
from allocator.plan_book.money import low_point
from allocator.plan_book.returns import together
from allocator.plan_book.writer import CHART_ROWS, Writer
from allocator.tables import LEVERS
from fact_models.replay.economics import economics

MONEY = (
    *("gmv", "net_gmv", "contribution", "spend", "budget", "spent_before"),
    *(f"spend_{lever}" for lever in LEVERS),
)
"""Amounts that come first."""


class Figure(NamedTuple):
    """A figure of the first sheet."""

    name: str
    value: Value
    kind: Kind = "money"
    unit: str = ""


def figures(of: Writer) -> list[Figure]:
    """The figures of the whole horizon in their order."""
    found: dict[str, Value] = {**kpis(of.plan), **_more(of)}
    low = low_point(of.plan)
    week = "" if low is None else f", {week_of(of.plan.instance.calendar, low[0])}"
    shown: dict[str, tuple[Kind, str]] = {
        **dict.fromkeys(MONEY, ("money", of.currency)),
        **dict.fromkeys(("roi", "net_roi", "break_even_roi"), ("factor", "")),
        "cash_low": ("money", of.currency + week),
        "followers_gained": ("count", of.label("unit", "person")),
        "heads_end": ("decimal", of.label("unit", "head")),
        **dict.fromkeys(("objective", "terminal_value", "bound"), ("money", of.currency)),
        "gap": ("gap", ""),
    }
    return [
        Figure(of.label("kpi", key), found[key], *look)
        for key, look in shown.items()
        if found[key] is not None
    ]


def _more(of: Writer) -> dict[str, Value]:
    """Budget with what earlier weeks spent, end value and returns."""
    assert of.plan.decisions is not None
    assert of.plan.replay is not None
    sold = together(*economics(of.plan.instance, of.plan.decisions).values())
    spend = sum(float(paid.sum()) for paid in of.plan.replay.spend.values())
    return {
        "budget": of.plan.instance.money.budget,
        "spent_before": of.plan.instance.money.past.spend() or None,
        "terminal_value": of.plan.terminal_value,
        "roi": sold.gmv / spend if spend > 0 else None,
        "net_roi": sold.net_gmv / spend if spend > 0 else None,
        "break_even_roi": sold.break_even or of.say("never"),
    }


def overview(of: Writer) -> None:
    """The figures of the whole horizon with their certificate; ``pictures`` go beside them."""
    instance, calendar = of.plan.instance, of.plan.instance.calendar
    note = of.say(
        "overview",
        periods=calendar.periods,
        first=week_of(calendar, 0),
        last=week_of(calendar, calendar.periods - 1),
        goal=of.label("goal", instance.objective.goal),
        currency=of.currency,
    )
    sheet = of.sheet("summary", note)
    proof = of.say("no_bound")
    if of.plan.gap is not None:
        proof = of.say("certified", gap=f"{100 * of.plan.gap:.2f} %")
    green = of.book.format(bold=True, font_color="#2E7D5B")
    status = of.label("status", of.plan.status)
    sheet.write_string(2, 0, f"{status[:1].upper()}{status[1:]}. {proof}", green)
    rows = figures(of)
    columns = [
        Column(of.label("column", "figure"), [row.name for row in rows], width=32),
        Column(of.label("column", "value"), [None] * len(rows), "money", width=15),
        Column(of.label("column", "unit"), [row.unit for row in rows], width=15),
    ]
    box = of.book.table(sheet, columns, row=TOP + 1)
    for n, row in enumerate(rows):
        look = {"bold": n < 3, "bottom": 4, "bottom_color": LINE, "align": "right"}
        of.book.write(sheet, box.first + n, 1, row.value, row.kind, **look)
    of.front = sheet


def pictures(of: Writer) -> None:
    """GMV by month, spend, cash and traffic by week, on the first sheet, drawn from the others."""
    shown = (
        ("months", "column", "gmv_month"),
        ("budget", "column", "spend_week"),
        ("cash", "line", "cash_week"),
        ("traffic_week", "area", "traffic_week"),
    )
    there = [picture for picture in shown if picture[0] in of.drawn]
    for n, (name, kind, title) in enumerate(there):
        box, series = of.drawn[name]
        place = (TOP + 1 + CHART_ROWS * (n // 2), 4 + 8 * (n % 2))
        look: dict[str, Any] = {"kind": kind, "stacked": kind != "line", "size": (500, 320)}
        of.chart(of.front, box, series, of.say(title), at=place, **look)


def limits(of: Writer) -> None:
    """Limits that the plan uses up."""
    table = of.plan.limits
    if not len(table):
        return
    known = {key: of.label("limit", key) for key in LIMITS}
    known |= {lever: of.label("lever", lever) for lever in LEVERS}
    columns = [
        of.column("limit", [of.label("limit", key) for key in table["limit"]], width=22),
        of.column("what", [known.get(str(what), str(what)) for what in table["what"]], width=28),
        of.column("periods", table["periods"], kind="count", width=24),
        of.column("week", table["week"], of.label("column", "first"), width=12),
        of.column("end", table["end"], of.label("column", "last"), width=12),
    ]
    sheet = of.sheet("limits", of.say("limits"))
    box = of.table(sheet, columns, freeze=1)
    of.book.bars(sheet, box, 2)


def notes(of: Writer) -> None:
    """Figures of the instance that are assumed."""
    lines = [line for line in (*of.plan.instance.assumed, of.plan.instance.note) if line]
    if not lines:
        return
    sheet = of.sheet("notes", of.say("notes"))
    sheet.set_column(0, 0, 110)
    wrap = of.book.format(text_wrap=True, valign="top")
    for n, line in enumerate(lines, start=TOP):
        sheet.write_string(n, 0, line, wrap)
