"""What was taken and when: rooms, campaigns, deals, creators, team."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import (
    DASH,
    amount,
    decimal,
    percent,
    plain,
    ranges,
    short_week,
    spark,
    whole,
)
from allocator.panel import label_of, week_of
from allocator.plan import Plan

NARROW = 100
"""Columns below which tables leave something out."""


def taken(plan: Plan, width: int) -> Iterator[tuple[str, RenderableType]]:
    """Title and content of every lever that the instance uses."""
    if plan.instance.field and plan.instance.field.accounts:
        yield "Own rooms", rooms(plan, width)
    if plan.instance.field and plan.instance.field.boosts:
        yield "Boosts", boosts(plan)
    if plan.instance.campaign:
        yield "Campaigns", campaigns(plan, width)
    if plan.instance.kol:
        yield "Top-KOL deals", deals(plan, width)
    if plan.instance.alliance:
        yield "Creators", creators(plan)
    if plan.instance.staff:
        yield "Team", team(plan)


def simple(*columns: str) -> Table:
    """A table without frame; columns that begin with ``>`` hold numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for n, heading in enumerate(columns):
        number = heading.startswith(">")
        table.add_column(
            heading.removeprefix(">"),
            justify="right" if number else "left",
            no_wrap=number,
            overflow="ellipsis" if n else "fold",
        )
    return table


def bullets(lines: Iterable[str]) -> Table:
    """A list with hanging indents."""
    grid = Table.grid(padding=(0, 1))
    for line in lines:
        grid.add_row("  ·", Text(plain(line), style="dim", overflow="fold"))
    return grid


def _records(table: Any) -> list[dict[str, Any]]:
    return list(table.to_dict("records"))


def rooms(plan: Plan, width: int) -> Table:
    """Every account: when it opens, its live hours a period, its visits and orders."""
    assert plan.instance.field is not None
    columns = ["Account", "Type", "Open", ">Live h a period", ">Visits", ">Orders"]
    if width >= NARROW:
        columns.append("Live hours over time")
    shown = simple(*columns)
    by_account = {a: part for a, part in plan.accounts.groupby("account", sort=False)}
    for a, spec in plan.instance.field.accounts.items():
        part = by_account[a]
        live, when = part["live_hours"][part["open"]], "from the start"
        if not spec.open:
            opened = part["week"][part["open"]]
            when = f"from {short_week(str(opened.iloc[0]))}" if len(opened) else "not opened"
        low, high = (float(live.min()), float(live.max())) if len(live) else (0.0, 0.0)
        span = whole(high) if round(low) == round(high) else f"{whole(low)} to {whole(high)}"
        cells: list[str | Text] = [
            Text(plain(label_of(spec, a))),
            spec.type,
            when,
            span if len(live) else DASH,
            amount(float(part["visits"].sum())),
            amount(float(part["orders"].sum())),
        ]
        if width >= NARROW:
            cells.append(spark_of(part["live_hours"]))
        shown.add_row(*cells)
    return shown


def spark_of(series: Any) -> str:
    """A line of blocks of a column."""
    return spark([float(x) for x in series], 20)


def boosts(plan: Plan) -> Table:
    """Spend and visits of every boost."""
    assert plan.instance.field is not None
    shown = simple("Boost", ">Spend", ">Visits", ">Cost a visit", "Spend over time")
    for i, part in plan.boosts.groupby("boost", sort=False):
        spend, visits = float(part["spend"].sum()), float(part["visits"].sum())
        shown.add_row(
            Text(plain(label_of(plan.instance.field.boosts[str(i)], str(i)))),
            amount(spend),
            amount(visits),
            decimal(spend / visits, 2) if visits > 0.5 else DASH,
            spark_of(part["spend"]),
        )
    return shown


def campaigns(plan: Plan, width: int) -> RenderableType:
    """The packages taken, and the promotions left aside."""
    table = plan.campaigns
    chosen = _records(table[table["taken"]].sort_values("first", kind="stable"))
    assert plan.instance.campaign is not None
    names = {row["campaign"] for row in chosen}
    left = [
        plain(label_of(c, e))
        for e, c in plan.instance.campaign.campaigns.items()
        if e not in names
    ]
    shown = simple("Campaign", "Package", "Sign up", "Window", ">Fee", ">Discount", ">Uplift")
    for row in chosen:
        window = f"{row['first']:%d %b} – {row['last']:%d %b}"
        shown.add_row(
            Text(plain(str(row["label"]))),
            str(row["package"]),
            "joined before" if row["joined"] else short_week(str(row["sign_up"])),
            f"{short_week(str(row['week']))}, {window}" if width >= NARROW else window,
            amount(row["fee"]),
            percent(row["discount"]),
            f"× {row['uplift']:.2f}",
        )
    return _with_rest(shown, len(chosen), left)


def deals(plan: Plan, width: int) -> RenderableType:
    """The deals signed with what they may bring, and those left aside."""
    table = plan.deals
    chosen = _records(table[table["signed"]].sort_values("session", kind="stable"))
    rest = table[~table["signed"] & ~table["agreed"]]
    left = [plain(str(row["label"])) for row in _records(rest)]
    wide = [">Commission", ">Discount"] if width >= NARROW else []
    shown = simple("Deal", "Sign", "Session", ">Fee", *wide, ">GMV p10", ">p50", ">p90")
    for row in chosen:
        terms = [percent(row["commission_rate"]), percent(row["discount"])] if wide else []
        shown.add_row(
            Text(plain(str(row["label"]))),
            "signed before" if row["agreed"] else short_week(str(row["sign"])),
            short_week(str(row["session"])),
            amount(row["fee"]),
            *terms,
            *(amount(row[f"gmv_{x}"]) for x in ("p10", "p50", "p90")),
        )
    return _with_rest(shown, len(chosen), left)


def _with_rest(shown: Table, chosen: int, left: list[str]) -> RenderableType:
    """The table, and below it what was left aside."""
    rest = Text(f"not taken: {' · '.join(left)}" if left else "", style="dim")
    if not chosen:
        return rest
    return Group(shown, rest) if left else shown


def creators(plan: Plan) -> Table:
    """Every tier: its pool at the start and at the end, its offers, its samples and orders."""
    assert plan.instance.alliance is not None
    assert plan.replay is not None
    shown = simple("Tier", ">Pool now", ">at the end", ">Samples", ">Visits", ">Orders", "Offer")
    by_tier = {c: part for c, part in plan.alliance.groupby("tier", sort=False)}
    for n, (c, tier) in enumerate(plan.instance.alliance.tiers.items()):
        part = by_tier[c]
        offers = [str(offer) for offer in part["offer"]]
        runs = ranges(offers)
        weeks = [short_week(str(week)) for week in part["week"]]
        words = [
            f"{o} {percent(tier.offers[o].commission)} from {weeks[i]}" for o, i, _ in runs if o
        ]
        if len(runs) == 1 and words:
            words = [f"{offers[0]} {percent(tier.offers[offers[0]].commission)}"]
        shown.add_row(
            Text(plain(label_of(tier, c))),
            decimal(float(plan.replay.pool[n, 0])),
            decimal(float(plan.replay.pool[n, -1])),
            whole(float(part["samples"].sum())),
            amount(float(part["visits"].sum())),
            amount(float(part["orders"].sum())),
            ", ".join(words),
        )
    return shown


def team(plan: Plan) -> Table:
    """Every role: heads at the start and at the end, hires and dismissals with their weeks, how
    busy it is.
    """
    assert plan.instance.staff is not None
    assert plan.replay is not None
    calendar = plan.instance.calendar
    shown = simple("Role", ">Heads now", ">at the end", ">Busy", "Hires and leaves, decided in")
    by_role = {j: part for j, part in plan.heads.groupby("role", sort=False)}
    for n, (j, role) in enumerate(plan.instance.staff.roles.items()):
        part = by_role[j]
        moves = [
            f"{count:+.0f} {short_week(week_of(calendar, t))}"
            for t, pair in enumerate(zip(part["hires"], part["leaves"], strict=True))
            for count in (pair[0], -pair[1])
            if abs(count) > 0.5
        ]
        available = float(part["available"].sum())
        shown.add_row(
            Text(plain(label_of(role, j))),
            f"{role.heads:g}",
            decimal(float(plan.replay.heads[n, -1])),
            percent(float(part["need"].sum()) / available if available > 0 else None),
            ", ".join(moves) or DASH,
        )
    return shown
