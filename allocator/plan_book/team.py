"""Sheets on the roster: live hours of every account, heads and hires of every role."""

from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from allocator.book import CYCLE, TOP, Box, Column
from allocator.panel import label_of, week_of
from allocator.plan_book.writer import Writer, wide


def live(of: Writer) -> None:
    """Live hours by week, one column per account, and per slot where an account has several."""
    hours, field = of.plan.hours, of.plan.instance.field
    if not len(hours) or field is None:
        return
    by_slot = hours.pivot(
        index=["period", "week", "start"], columns=["account", "slot"], values="live_hours"
    ).droplevel("period")
    columns = of.times(by_slot)
    accounts: list[int] = []
    for account, spec in field.accounts.items():
        name, slots = label_of(spec, account), pd.DataFrame(by_slot[account])
        if slots.shape[1] > 1:
            for slot, values in slots.items():
                columns.append(of.column("live_hours", values, f"{name}: {slot}", total=True))
        accounts.append(len(columns))
        columns.append(of.column("live_hours", slots.sum(axis=1), name, total=True, width=14))
    word = of.label("column", "total")
    columns.append(of.column("live_hours", by_slot.sum(axis=1), word, total=True))
    sheet = of.sheet("hours", of.say("live"))
    box = of.table(sheet, columns, total=True, freeze=2)
    for at in accounts:
        of.book.bars(sheet, box, at)
    drawn = {at: (columns[at].heading, CYCLE[n % len(CYCLE)]) for n, at in enumerate(accounts)}
    of.chart(sheet, box, drawn, of.say("live_chart"), stacked=True, axis="0")


def roles(of: Writer) -> None:
    """Every role over the horizon, its hires with their weeks, its heads and load by week."""
    if of.plan.instance.staff is None:
        return
    sheet = of.sheet("heads", of.say("roles"))
    box = _overview(of, sheet)
    row = of.book.heading(sheet, box.last + 4, f"{of.say('hire_list')}. {of.say('hiring')}")
    row = of.book.heading(sheet, _moves(of, sheet, row).last + 3, of.say("heads_week"))
    table = of.plan.heads
    box = _weekly(of, sheet, row, table, "heads", "decimal")
    row = of.book.heading(sheet, box.last + 3, of.say("load_week"))
    load = (table["need"] / table["available"]).where(table["available"] > 0)
    box = _weekly(of, sheet, row, table.assign(load=load), "load", "share")
    of.book.heat(sheet, box._replace(left=box.left + 2))


def _overview(of: Writer, sheet: Worksheet) -> Box:
    assert of.plan.instance.staff is not None
    specs, table = of.plan.instance.staff.roles, of.plan.heads
    parts = [table[table["role"] == j] for j in specs]
    sums = {
        key: [float(part[key].sum()) for part in parts]
        for key in ("hires", "leaves", "need", "available", "overtime", "outsourced")
    }
    pairs = zip(sums["need"], sums["available"], strict=True)
    load = [need / room if room > 0 else None for need, room in pairs]
    end = [part["heads"].iloc[-1] for part in parts]
    now = [role.heads for role in specs.values()]
    columns = [
        of.column("role", [label_of(role, j) for j, role in specs.items()], width=16),
        of.column("heads", now, of.say("heads_now"), kind="count", total=True),
        of.column("hires", sums["hires"], kind="count", total=True),
        of.column("leaves", sums["leaves"], kind="count", total=True),
        of.column("heads", end, of.label("kpi", "heads_end"), total=True),
        of.column("need", sums["need"], kind="count", total=True),
        of.column("available", sums["available"], kind="count", total=True),
        Column(of.label("column", "load"), load, "share"),
        of.column("overtime", sums["overtime"], kind="count", total=True),
        of.column("outsourced", sums["outsourced"], kind="count", total=True),
    ]
    return of.table(sheet, columns, row=TOP, total=True)


def _moves(of: Writer, sheet: Worksheet, row: int) -> Box:
    """Hires and dismissals in the order of their weeks."""
    assert of.plan.instance.staff is not None
    calendar, table = of.plan.instance.calendar, of.plan.heads
    found: list[tuple[int, int, str, str, float]] = []
    for j, role in of.plan.instance.staff.roles.items():
        part = table[table["role"] == j]
        for key, lead in (("hires", role.hire_lead), ("leaves", 1)):
            for t, count in enumerate(part[key]):
                if count > 0.5:
                    what = of.label("column", key)
                    found.append((t, t + lead, label_of(role, j), what, float(count)))
    found.sort()
    if not found:
        return of.table(sheet, [Column(of.label("word", "none"), [])], row=row)
    columns = [
        of.column("role", [move[2] for move in found]),
        of.column("week", [week_of(calendar, move[0]) for move in found], of.say("decide")),
        of.column("week", [week_of(calendar, move[1]) for move in found], of.say("works_from")),
        of.column("what", [move[3] for move in found], of.say("what")),
        of.column("heads", [move[4] for move in found], of.say("count"), kind="count"),
    ]
    return of.table(sheet, columns, row=row)


def _weekly(of: Writer, sheet: Worksheet, row: int, heads: Any, key: str, kind: Any) -> Box:
    """One column per role."""
    assert of.plan.instance.staff is not None
    table = wide(heads, "role", key)
    columns = of.times(table)
    for j, role in of.plan.instance.staff.roles.items():
        values = [float(x) for x in table[j]]
        unit = of.unit(key) if key == "heads" else ""
        columns.append(Column(label_of(role, j), values, kind, unit, width=13))
    return of.table(sheet, columns, row=row)
