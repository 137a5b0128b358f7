"""Plans on a terminal: the headline, the plan by month, what was taken, the snowball, what holds
it back.
"""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, amount, percent, plain, short_week, whole
from allocator.panel import week_of
from allocator.plan import Plan
from allocator.screen_conflict import conflict_screen
from allocator.screen_levers import NARROW, bullets, simple, taken
from allocator.screen_snowball import snowball
from fact_models.spec.objective import Goal

GOALS: dict[Goal, str] = {
    "gmv": "GMV",
    "net_gmv": "net GMV",
    "profit": "contribution",
    "cost": "spend",
}
STYLES = {
    "optimal": "green",
    "feasible_limit": "yellow",
    "interrupted_feasible": "yellow",
    "feasible_near": "yellow",
    "feasible_hedge": "yellow",
}
WIDE = 110
"""Columns from which the plan by month shows net GMV too."""
ASSUMED_SHOWN = 4
_MONTH = (
    ("gmv_field", "Field"),
    ("gmv_campaign", "Camp."),
    ("gmv_alliance", "Alliance"),
    ("gmv_kol", "KOL"),
    ("gmv_shelf", "Shelf"),
    ("gmv_repeat", "Repeat"),
)


def status_words(plan: Plan) -> str:
    """The status as a sentence's beginning: ``certified within 0.62 % of the best plan``."""
    if plan.worlds is not None:
        return _hedge_words(plan.worlds, plan.gap)
    near = f"within {percent(plan.gap, 2)} of the best plan"
    if plan.verified and plan.gap is None:
        near = "but nothing is known about the best plan yet"
    return {
        "optimal": f"certified {near}",
        "feasible_limit": f"stopped at the time limit; certified {near}",
        "interrupted_feasible": f"interrupted; certified {near}",
        "feasible_near": f"chosen among plans nearly as good as the best; certified {near}",
        "no_plan_yet": "no plan was found within the limits",
        "infeasible": "no plan can keep every rule",
        "unbounded_model": "the model has no bound: an internal fault",
        "unverified": "the plan failed its verification and is not used",
        "error": "the solve failed",
    }[plan.status]


def _hedge_words(worlds: int, gap: float | None) -> str:
    """What the plan of one world is within a hedge, whose first decisions are for all worlds."""
    hedge = f"part of a hedge over {worlds} world{'s' if worlds > 1 else ''}"
    if gap is None:
        return f"{hedge}; nothing is known about the best plan of this world alone"
    return f"{hedge}; certified within {percent(gap, 2)} of the best plan of this world alone"


def rows(plans: Sequence[Plan]) -> Table:
    """One row per instance: name, status, objective, bound, gap, seconds."""
    table = simple("Instance", "Status", ">Objective", ">Bound", ">Gap", ">Seconds")
    for plan in plans:
        seconds = plan.runtime.get("total")
        table.add_row(
            Text(plan.name),
            Text(plan.status, style=STYLES.get(plan.status, "red")),
            whole(plan.objective),
            whole(plan.bound),
            percent(plan.gap, 2),
            DASH if seconds is None else f"{seconds:.1f}",
        )
    return table


def failure(plan: Plan) -> RenderableType:
    """Why there is no plan."""
    text = Text(status_words(plan), style="bold red")
    if plan.message:
        text.append(f"\n{plain_lines(plan.message)}", style="default")
    if plan.conflict:
        text.append("\n\n")
        text.append_text(conflict_screen(plan.conflict))
    return Panel(text, title=Text(plan.name), title_align="left", border_style="red")


def plan_screen(plan: Plan, width: int, written: str = "") -> RenderableType:
    """Everything a planner reads first.

    Args:
        plan: a plan, or the reason for none.
        width: columns of the terminal.
        written: folder that the plan was written to; empty when it was not.
    """
    if plan.replay is None:
        return failure(plan)
    parts: list[RenderableType] = [headline(plan, width)]
    parts += [section("Plan by month"), month_table(plan, width)]
    for title, content in taken(plan, width):
        parts += [section(title), content]
    parts += [section("The snowball"), snowball(plan, width)]
    held = held_back(plan)
    if held:
        parts += [section("What holds the plan back"), held]
    parts += footnotes(plan, written)
    return Group(*parts)


def section(title: str) -> Text:
    """A heading."""
    return Text(f"\n{title}", style="bold cyan")


def plain_lines(text: str) -> str:
    """Text of several lines without control characters."""
    return "\n".join(plain(line) for line in text.splitlines())


def headline(plan: Plan, width: int) -> Panel:
    """Name, certificate and the figures of the whole horizon."""
    instance, calendar = plan.instance, plan.instance.calendar
    weeks = f"{week_of(calendar, 0)} to {week_of(calendar, calendar.periods - 1)}"
    currency = plain(instance.currency)
    text = Text(status_words(plan), style=f"bold {STYLES.get(plan.status, 'red')}")
    text.append(f"\n{calendar.periods} periods, {weeks}; amounts in {currency}\n", style="dim")
    grid = Table.grid(padding=(0, 3 if width >= NARROW else 1))
    for _ in range(2):
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(no_wrap=True)
    spend = float(plan.budget["spend"].sum())
    grid.add_row(
        "GMV", Text(amount(plan.gmv, " "), style="bold"), "spend", _of_budget(plan, spend)
    )
    grid.add_row("net GMV", amount(plan.net_gmv, " "), "lowest cash", _cash_low(plan, width))
    end = f", {amount(plan.terminal_value, ' ')} of it end value" if plan.terminal_value else ""
    grid.add_row(
        "contribution", _contribution(plan), "objective", amount(plan.objective, " ") + end
    )
    grid.add_row("", "", "bound", amount(plan.bound, " "))
    goal = GOALS[instance.objective.goal]
    best = "least" if instance.objective.goal == "cost" else "most"
    world = "" if instance.snowball.model == "snowball" else " · funnel world"
    return Panel(
        Group(text, grid),
        title=Text(f" {plan.name} · {best} {goal}{world} ", style="bold"),
        title_align="left",
        box=box.ROUNDED,
        padding=(0, 2),
    )


def _contribution(plan: Plan) -> Text:
    losing = plan.contribution is not None and plan.contribution < 0
    return Text(amount(plan.contribution, " "), style="red" if losing else "")


def _of_budget(plan: Plan, spend: float) -> str:
    """Spend with the budget and the share of it that is gone, earlier weeks counted."""
    budget, before = plan.instance.money.budget, plan.instance.money.past.spend()
    if not budget:
        return amount(spend, " ")
    earlier = f", {amount(before, ' ')} before" if before else ""
    part = percent((spend + before) / budget)
    return f"{amount(spend, ' ')} of {amount(budget, ' ')} ({part}{earlier})"


def _cash_low(plan: Plan, width: int) -> str:
    table, rule = plan.cash, plan.instance.money.cash
    if rule is None or not len(table):
        return "not in the instance"
    low = table.iloc[int(table["balance"].argmin())]
    found = f"{amount(float(low['balance']), ' ')} in {low['week']}"
    if width < NARROW:
        return found
    credit = f", credit {amount(rule.credit, ' ')}" if rule.credit else ""
    return f"{found} (floor {amount(rule.floor, ' ')}{credit})"


def month_table(plan: Plan, width: int) -> Table:
    """GMV by source, spend, contribution, heads and live hours of every month; sources of nothing
    are left out.
    """
    table = plan.months
    used = [(key, name) for key, name in _MONTH if float(table[key].abs().max()) > 0.5]
    columns = [*used, ("gmv", "GMV"), ("net_gmv", "Net GMV"), ("spend", "Spend")]
    columns.append(("contribution", "Contrib."))
    if width < WIDE:
        columns.remove(("net_gmv", "Net GMV"))
    if width < NARROW:
        columns = [c for c in columns if c[0] not in ("gmv_shelf", "gmv_repeat")]
    shown = simple("Month")
    shown.show_footer = True
    shown.columns[0].footer = "all"
    shown.columns[0].no_wrap = True
    for key, name in columns:
        shown.add_column(
            name, footer=amount(float(table[key].sum())), justify="right", no_wrap=True,
            style="bold" if key == "gmv" else "",
        )  # fmt: skip
    if plan.instance.staff:
        shown.add_column("Heads", justify="right", no_wrap=True)
    if plan.instance.field:
        total = whole(float(table["live_hours"].sum()))
        shown.add_column("Live h", footer=total, justify="right", no_wrap=True)
    for row in table.to_dict("records"):
        cells = [str(row["month"]), *(amount(row[key]) for key, _ in columns)]
        if plan.instance.staff:
            cells.append(whole(row["heads"]))
        if plan.instance.field:
            cells.append(whole(row["live_hours"]))
        shown.add_row(*cells)
    return shown


def held_back(plan: Plan) -> Text | None:
    """The limits that are reached, the most frequent first."""
    text = Text()
    for row in plan.limits.head(8).to_dict("records"):
        name = plain(f"{row['limit']} {row['what']}".strip())
        first, last = short_week(str(row["week"])), short_week(str(row["end"]))
        if row["limit"] == "hires of" or row["what"] == "over the horizon":
            when = "used up"
        elif row["periods"] == 1:
            when = f"in {first}"
        else:
            when = f"in {row['periods']} periods, {first} to {last}"
        text.append(f"  {name}", style="bold")
        text.append(f"  {when}\n")
    text.rstrip()
    return text if text.plain else None


def footnotes(plan: Plan, written: str) -> Iterable[RenderableType]:
    """What is assumed, how long it took, what to look at next."""
    assumed = [plain(line) for line in plan.instance.assumed]
    if assumed:
        more = len(assumed) - ASSUMED_SHOWN
        rest = [f"and {more} more: allocator show lists them"] if more > 0 else []
        yield Text("\nAssumed, not measured", style="dim")
        yield bullets([*assumed[:ASSUMED_SHOWN], *rest])
    if plan.contribution is not None and plan.contribution < 0:
        yield Text(
            "\nThe plan loses money: more GMV costs more than it brings. Try --objective profit.",
            style="yellow",
        )
    if written:
        yield Text(
            f"\nNext: its tables are in {written}/tables\n      allocator show {written}",
            style="dim",
        )
    else:
        yield Text(
            "\nNext: --out DIR keeps the plan with its tables (CSV)"
            "\n      allocator compare --models weighs it against the funnel's plan",
            style="dim",
        )
