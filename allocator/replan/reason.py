"""Why the rest of a horizon has no plan: what the nearest one breaks, week by week, and the cash
that was seen before it."""

from allocator.figures import whole
from allocator.labels import STATUSES, Label, Lang
from allocator.panel import week_of
from allocator.plan import Broken
from allocator.replan.replanned import Replanned
from allocator.replan.words import say
from fact_models.spec.calendar import as_date, iso_week

SHOWN = 6
"""Broken rules that are listed; the rest is counted."""
CASH = "cash floor (money.cash)"
"""Rule that floor and credit set."""
RULES = {
    "budget over the horizon (money.budget)": "全周期预算（money.budget）",
    "budget of a period (money.budget_per_period)": "单周期预算（money.budget_per_period）",
    "limits of a lever (money.levers)": "阵地投入的上下限（money.levers）",
    "smallest share of a lever (money.levers)": "阵地最低占比（money.levers）",
    "largest share of a lever (money.levers)": "阵地最高占比（money.levers）",
    "locked cell (money.locked)": "锁定投入（money.locked）",
    "profit floor (money.profit_floor)": "贡献毛利下限（money.profit_floor）",
    "ROI floor (money.roi_floor)": "投产比下限（money.roi_floor）",
    CASH: "现金底线（money.cash）",
    "hours of a role (staff.roles)": "岗位工时（staff.roles）",
    "hires over the horizon (staff.roles)": "全周期招聘上限（staff.roles）",
    "head count (staff.roles)": "岗位人数（staff.roles）",
    "stock (goods.lines)": "库存（goods.lines）",
    "stock when a campaign opens (stock_floor)": "活动开始时的库存（stock_floor）",
    "stock for a session (stock_floor)": "大V专场的库存（stock_floor）",
    "fewest live hours (field.accounts)": "最少开播时长（field.accounts）",
    "campaigns that exclude each other": "互斥的活动",
    "target (objective.target)": "目标（objective.target）",
}
"""Rules of the nearest plan in Chinese."""


def why_none(found: Replanned, lang: Lang) -> list[str]:
    """Lines that say why there is no plan."""
    plan = found.plan
    lines = [say("failed", lang, status=STATUSES[plan.status].say(lang))]
    broken = in_order(found)
    if broken:
        lines.append(say("nearest", lang))
        lines += [f"  {_short(found, one).say(lang)}" for one in broken[:SHOWN]]
    elif plan.message and plan.status != "infeasible":
        lines.append(plan.message)
    if len(broken) > SHOWN:
        lines.append(say("broken_more", lang, count=str(len(broken) - SHOWN)))
    return lines + _cash(found, lang)


def in_order(found: Replanned) -> list[Broken]:
    """What the nearest plan breaks, by week; what no week has comes first."""
    return sorted(found.plan.broken, key=lambda one: -1 if one.period is None else one.period)


def _week(found: Replanned, broken: Broken) -> str:
    """Week of a broken rule; empty where it is one of the whole horizon."""
    calendar = found.plan.instance.calendar
    return "" if broken.period is None else week_of(calendar, broken.period)


def _short(found: Replanned, broken: Broken) -> Label:
    week = _week(found, broken)
    amount = whole(broken.amount) if broken.amount >= 10 else f"{broken.amount:.3g}"
    where = (f" of {broken.entity}" if broken.entity else "") + (f" in {week}" if week else "")
    places = "，".join(part for part in (broken.entity, week) if part)
    return Label(
        f"{broken.rule}{where}: short by {amount}",
        RULES[broken.rule] + (f"［{places}］" if places else "") + f"：差 {amount}",
    )


def _cash(found: Replanned, lang: Lang) -> list[str]:
    """What the cash column said, where its floor is broken, and what has to change."""
    cash, last = found.plan.instance.money.cash, found.weeks[-1]
    if cash is None or not any(one.rule == CASH for one in found.plan.broken):
        return []
    seen = last.actual.get("cash")
    values = {
        "cash": f"{cash.opening + cash.drawn if seen is None else seen:,.10g}",
        "week": iso_week(as_date(last.monday)),
        "floor": f"{cash.floor:,.10g}",
        "credit": f"{cash.credit:,.10g}",
    }
    return [say("cash_unseen" if seen is None else "cash_seen", lang, **values)]


def why_none_record(found: Replanned) -> dict[str, object] | None:
    """The same as plain values; None where there is a plan."""
    if found.plan.decisions is not None:
        return None
    return {
        "en": why_none(found, "en"),
        "zh": why_none(found, "zh"),
        "broken": [
            {
                "rule": one.rule,
                "of": one.entity,
                "week": _week(found, one),
                "short_by": one.amount,
            }
            for one in in_order(found)
        ],
    }
