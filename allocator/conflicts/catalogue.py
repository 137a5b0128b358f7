"""All figures of a file that limit plans: money, team and goods here, the levers beside it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from allocator.conflicts.record import Change
from allocator.conflicts.rules import AMPLE, Row, Rule, Values, limit, means, wages
from allocator.conflicts.rules_levers import levers
from allocator.conflicts.sentences import FIGURES, lever_words, told
from fact_models.money import LEVERS
from fact_models.spec.instance import Instance
from fact_models.spec.money import Lever

if TYPE_CHECKING:
    from allocator.tree import Path


def catalogue(instance: Instance) -> list[Rule]:
    """All figures of ``instance`` that can give way."""
    return [*_money(instance), *_team(instance), *_goods(instance), *levers(instance)]


def _money(instance: Instance) -> Iterator[Rule]:
    spec, unit, times = instance.money, wages(instance), range(instance.calendar.periods)
    path: Path
    if spec.budget is not None:
        yield limit(
            ("money", "budget"), FIGURES["budget"], spec.budget, 1, unit,
            Row("money.budget"),
        )  # fmt: skip
    if spec.budget_per_period is not None:
        rows = (Row(f"money.period_budget[{t}]") for t in times)
        path = ("money", "budget_per_period")
        yield limit(path, FIGURES["budget_per_period"], spec.budget_per_period, 1, unit, *rows)
    for lever in spec.levers:
        yield from _lever(instance, lever, unit)
    for n, cell in enumerate(spec.locked):
        t = instance.calendar.period_of(cell.period)
        column = f"money.spend[{cell.lever},{t}]"
        for sign in (1, -1):
            row = Row(f"money.locked_cell[{cell.lever},{t}]", column, -float(sign))
            path = ("money", "locked", n, "spend")
            words = told(FIGURES["locked"], lever=lever_words(cell.lever))
            yield limit(path, words, cell.spend, sign, unit, row)
    if spec.profit_floor is not None:
        path = ("money", "profit_floor")
        rule = limit(
            path, FIGURES["profit_floor"], spec.profit_floor, -1, unit, Row("money.profit_floor")
        )
        yield rule
    if spec.roi_floor is not None and spec.roi_floor > 0:
        yield _roi(instance, spec.roi_floor, unit)
    if spec.cash is not None:
        cash = spec.cash
        floors = (Row(f"money.cash_floor[{t}]") for t in times)
        yield limit(
            ("money", "cash", "floor"), FIGURES["cash_floor"], cash.floor, -1, unit, *floors
        )
        path = ("money", "cash", "opening")
        row = Row("money.cash_balance[0]", "money.cash[0]", -1.0)
        rule = limit(path, FIGURES["cash_opening"], cash.opening, 1, unit, row)
        yield replace(rule, kind="means")
        drawn = tuple(f"money.drawn[{t}]" for t in times)
        size = max(unit, abs(cash.opening), cash.floor)
        yield means(("money", "cash", "credit"), FIGURES["credit"], cash.credit, size, drawn)
    goal = instance.objective
    if goal.goal == "cost" and goal.target:
        path = ("objective", "target")
        yield limit(
            path, FIGURES["target"], goal.target, -1, unit,
            Row("objective.target"),
        )  # fmt: skip


def _lever(instance: Instance, lever: Lever, unit: float) -> Iterator[Rule]:
    """Least and largest spend and share of a lever."""
    spec, times = instance.money.levers[lever], range(instance.calendar.periods)
    path, row = ("money", "levers", lever), f"money.lever_limits[{lever}]"
    if spec.min > 0:
        words = told(FIGURES["lever_min"], lever=lever_words(lever))
        yield limit((*path, "min"), words, spec.min, -1, unit, Row(row, side=-1))
    if spec.max is not None:
        words = told(FIGURES["lever_max"], lever=lever_words(lever))
        yield limit((*path, "max"), words, spec.max, 1, unit, Row(row, side=1))

    def share(values: Values) -> float:
        spent = {k: sum(values.get(f"money.spend[{k},{t}]", 0.0) for t in times) for k in LEVERS}
        return spent[lever] / max(sum(spent.values()), 1e-9)

    for name, sign, at in (("share_min", -1, "floor"), ("share_max", 1, "top")):
        value = getattr(spec, name)
        if value == (0.0 if sign < 0 else 1.0):
            continue

        def edit(
            _: float, values: Values, name: str = name, sign: int = sign, value: float = value
        ) -> list[Change]:
            new = _outward(share(values), sign)
            return [Change((*path, name), value, min(max(new, 0.0), 1.0))]

        words = told(FIGURES[name], lever=lever_words(lever))
        rows = (Row(f"money.lever_share_{at}[{lever}]"),)
        most = AMPLE * unit * len(times)
        yield Rule(
            (*path, name), words, value, sign, unit * len(times), most, "limit", rows, edit=edit
        )


def _roi(instance: Instance, floor: float, unit: float) -> Rule:
    """GMV per spend: what is short of it is money, and the file's figure follows."""
    times = range(instance.calendar.periods)

    def edit(_: float, values: Values) -> list[Change]:
        gmv = sum(values.get(f"money.gmv[{t}]", 0.0) for t in times)
        spend = sum(values.get(f"money.spend[{k},{t}]", 0.0) for k in LEVERS for t in times)
        spend += sum(values.get(f"money.team[{t}]", 0.0) for t in times)
        new = _outward(gmv / max(spend, 1e-9), -1)
        return [Change(("money", "roi_floor"), floor, max(min(new, floor), 0.0))]

    size = unit * len(times) * floor
    path, words = ("money", "roi_floor"), FIGURES["roi_floor"]
    rows = (Row("money.roi_floor"),)
    return Rule(path, words, floor, -1, size, AMPLE * size, "limit", rows, edit=edit)


def _outward(value: float, sign: int) -> float:
    """A share or ratio to four decimals, rounded to the side that gives way."""
    step = 1e-4
    return float(round((value // step + (1 if sign > 0 else -1)) * step, 4))


def _team(instance: Instance) -> Iterator[Rule]:
    roles = instance.staff.roles if instance.staff else {}
    times = range(instance.calendar.periods)
    for j, role in roles.items():
        path, people = ("staff", "roles", j), float(max(role.heads, 1))
        at = {
            name: tuple(f"staff.{name}[{j},{t}]" for t in times)
            for name in ("hires", "leaves", "heads", "outsourced")
        }
        words = told(FIGURES["hires_max"], role=j)
        yield means((*path, "hires_max"), words, role.hires_max, people, at["hires"], whole=True)
        if role.hires_total is not None:
            words = told(FIGURES["hires_total"], role=j)
            path_total, hired = (*path, "hires_total"), (f"staff.hired[{j}]",)
            yield means(path_total, words, role.hires_total, people, hired, whole=True)
        words = told(FIGURES["leaves_max"], role=j)
        # One more a period may be many over the horizon: every one counts as a whole change.
        dismissed = means(
            (*path, "leaves_max"), words, role.leaves_max, 1.0, at["leaves"], whole=True
        )
        yield replace(dismissed, kind="partner", most=people + 1.0)
        if role.heads_max is not None:
            words = told(FIGURES["heads_max"], role=j)
            yield means((*path, "heads_max"), words, role.heads_max, people, at["heads"])
        if role.heads_min > 0:
            words = told(FIGURES["heads_min"], role=j)
            yield Rule(
                (*path, "heads_min"), words, role.heads_min, -1, role.heads_min, role.heads_min,
                "limit", columns=at["heads"],
            )  # fmt: skip
        words = told(FIGURES["outsource_max"], role=j)
        size = people * role.hours
        yield means((*path, "outsource_max"), words, role.outsource_max, size, at["outsourced"])


def _goods(instance: Instance) -> Iterator[Rule]:
    times = range(instance.calendar.periods)
    for g, line in instance.goods.lines.items():
        if not line.stock:
            continue
        path, size = ("goods", "lines", g, "stock"), max(line.stock.opening, 1.0)
        words = told(FIGURES["purchase_max"], line=g)
        columns = tuple(f"goods.purchase[{g},{t}]" for t in times)
        most = line.stock.purchase_max
        yield means(
            (*path, "purchase_max"), words, most, max(size, line.stock.lot or 0.0), columns
        )
        words = told(FIGURES["stock_opening"], line=g)
        row = Row(f"goods.stock_balance[{g},0]", f"goods.stock[{g},0]", -1.0)
        yield Rule(
            (*path, "opening"), words, line.stock.opening, 1, size, AMPLE * size, "partner", (row,)
        )
