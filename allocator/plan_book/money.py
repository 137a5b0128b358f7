"""Sheets on money: by month and lever, by week, and cash."""

import numpy as np

from allocator.book import COLOURS, CYCLE, Column
from allocator.figures import whole
from allocator.panel import month_of
from allocator.plan import Plan
from allocator.plan_book.writer import Writer, wide
from allocator.tables import LEVERS, SOURCES


def months(of: Writer) -> None:
    """By month: GMV by source and net GMV; below, spend by lever, contribution, heads, hours."""
    table, calendar = of.plan.months, of.plan.instance.calendar
    month = [month_of(calendar, t) for t in range(calendar.periods)]
    names = of.column("month", table["month"], width=12)
    keys = (*(f"gmv_{source}" for source in SOURCES), "gmv", "net_gmv")
    earned = [names, *(of.column(key, table[key], total=True, width=15) for key in keys)]
    sheet = of.sheet("months", of.say("months"))
    first = of.table(sheet, earned, total=True, freeze=1)
    spend = wide(of.plan.budget, "lever", "spend").groupby(month, sort=False).sum()
    paid = [names]
    paid += [of.money(of.label("kpi", f"spend_{lever}"), spend[lever]) for lever in LEVERS]
    paid.append(of.money(of.label("kpi", "spend"), table["spend"]))
    paid.append(of.column("contribution", table["contribution"], total=True))
    paid.append(of.column("live_hours", table["live_hours"], kind="count", total=True))
    paid.append(of.column("heads", table["heads"], width=12))
    second = of.table(sheet, paid, total=True, row=first.last + 4)
    sources = {n: (of.label("source", s), COLOURS[s]) for n, s in enumerate(SOURCES, start=1)}
    levers = {n: (of.label("lever", x), COLOURS[x]) for n, x in enumerate(LEVERS, start=1)}
    of.drawn["months"] = first, sources
    shown = ((first, sources, "gmv_month", 0), (second, levers, "spend_month", 5))
    for box, series, title, column in shown:
        place, size = (second.last + 3, column), (455, 320)
        of.chart(sheet, box, series, of.say(title), stacked=True, at=place, size=size)


def weeks(of: Writer) -> None:
    """Spend by week and lever, what is spent so far, earlier weeks too, and by boost."""
    table = wide(of.plan.budget, "lever", "spend")
    columns = of.times(table)
    columns += [of.money(of.label("lever", lever), table[lever]) for lever in LEVERS]
    total = table.sum(axis=1)
    columns.append(of.money(of.label("column", "total"), total))
    labour = wide(of.plan.budget, "lever", "labour").sum(axis=1)
    columns.append(of.column("labour", labour, total=True))
    spent = of.plan.instance.money.past.spend() + total.cumsum()
    columns.append(of.money(of.say("cumulative"), spent, total=False))
    budget = of.plan.instance.money.budget
    if budget is not None:
        columns.append(of.money(of.say("remaining"), budget - spent, total=False))
    if len(of.plan.boosts):
        names = dict(zip(of.plan.boosts["boost"], of.plan.boosts["label"], strict=True))
        for boost, spend in wide(of.plan.boosts, "boost", "spend").items():
            columns.append(of.money(f"{of.label('column', 'boost')}: {names[boost]}", spend))
    sheet = of.sheet("budget", of.say("weeks"))
    box = of.table(sheet, columns, total=True, freeze=2)
    drawn = {n: (of.label("lever", x), COLOURS[x]) for n, x in enumerate(LEVERS, start=2)}
    of.drawn["budget"] = box, drawn
    of.chart(sheet, box, drawn, of.say("spend_week"), stacked=True, size=(960, 340))


def low_point(plan: Plan) -> tuple[int, float] | None:
    """0-based period and balance of the lowest cash; None without liquidity rows."""
    balance = plan.cash["balance"]
    if plan.instance.money.cash is None or balance.isna().all():
        return None
    at = int(balance.argmin())
    return at, float(balance.iloc[at])


def cash(of: Writer) -> None:
    """Receipts, payments and the balance of every week, its low point marked."""
    table, rule = of.plan.cash, of.plan.instance.money.cash
    columns = of.times(table.set_index(["week", "start"]))
    low = low_point(of.plan)
    flows = ["receipts", "paid_spend", "overhead", "paid_goods"]
    if rule is None or low is None:
        columns += [of.column(key, table[key], total=True) for key in flows]
        of.table(of.sheet("cash", of.say("no_cash")), columns, total=True, freeze=2)
        return
    before = [rule.opening, *table["balance"].iloc[:-1]]
    columns.append(of.money(of.say("opening"), before, total=False))
    columns += [of.column(key, table[key], total=True) for key in (*flows, "credit_cost")]
    first = len(columns)
    columns += [of.column(key, table[key]) for key in ("balance", "floor", "drawn")]
    mark = np.where(np.arange(len(table)) == low[0], of.say("low_point"), "")
    columns.append(Column("", [str(x) for x in mark], width=11))
    note = of.say(
        "cash",
        low=whole(low[1]),
        week=table["week"].iloc[low[0]],
        floor=whole(rule.floor),
        credit=whole(rule.credit),
        currency=of.currency,
    )
    sheet = of.sheet("cash", note)
    box = of.table(sheet, columns, total=True, freeze=2)
    of.book.mark_rows(sheet, box, [t == low[0] for t in range(len(table))], "#FCE8D5")
    drawn = {
        first + n: (of.label("column", key), CYCLE[colour])
        for n, (key, colour) in enumerate((("balance", 0), ("floor", 3), ("drawn", 1)))
    }
    of.drawn["cash"] = box, drawn
    of.chart(sheet, box, drawn, of.say("cash_week"), kind="line", size=(960, 320))
