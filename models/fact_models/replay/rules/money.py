"""Rules of Money (MO) and of the objective (OB)."""

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.course import Course
from fact_models.replay.money import LEVERS, Ledger
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, book: Ledger, s: Scales, check: Check) -> None:
    """(MO.7) to (MO.17), (OB.4)."""
    money, periods = w.known.instance.money, w.known.ids.periods
    spend, past = book.total_spend(), money.past
    gmv_scale, spend_scale = s.money * periods, s.spend * periods
    if money.budget is not None:
        limit = np.array(money.budget)
        total = spend.sum() + past.spend()
        check.atmost("MO.7", "budget", "", total, limit, spend_scale)
    if money.budget_per_period is not None:
        limit = np.array(money.budget_per_period)
        check.atmost("MO.8", "budget of a period", "t", spend, limit, s.spend)
    _levers(w, book, s, check)
    _cash(w, book, s, check)
    gmv = book.total_gmv().sum() + past.gmv
    if money.profit_floor is not None:
        floor = np.array(money.profit_floor)
        earned = book.contribution.sum() + past.contribution
        check.atmost("MO.16", "contribution", "", floor, earned, gmv_scale)
    if money.roi_floor is not None:
        least = money.roi_floor * (spend.sum() + past.spend())
        check.atmost("MO.17", "GMV per spend", "", least, gmv, spend_scale)
    goal = w.known.instance.objective
    if goal.goal == "cost" and goal.target is not None:
        check.atmost("OB.4", "target", "", np.array(goal.target), gmv, gmv_scale)


def _levers(w: Course, book: Ledger, s: Scales, check: Check) -> None:
    money, calendar = w.known.instance.money, w.known.instance.calendar
    scale = s.spend * w.known.ids.periods
    total = np.array([book.spend[lever].sum() + getattr(money.past, lever) for lever in LEVERS])
    for lever, limit in money.levers.items():
        spent, every = total[LEVERS.index(lever)], total.sum()

        def note(number: str, rule: str, lhs: Array, rhs: Array, lever: str = lever) -> None:
            check.atmost(number, f"{rule} of {lever}", "", lhs, rhs, scale)

        note("MO.9", "least spend", np.array(limit.min), spent)
        if limit.max is not None:
            note("MO.9", "largest spend", spent, np.array(limit.max))
        note("MO.10", "least share", limit.share_min * every, spent)
        note("MO.10", "largest share", spent, limit.share_max * every)
    for name in LEVERS:
        cells = [cell for cell in money.locked if cell.lever == name]
        want = book.spend[name].copy()
        for cell in cells:
            t = calendar.period_of(cell.period)
            if 0 <= t < want.size:
                want[t] = cell.spend
        if cells:
            check.equal("MO.11", f"locked spend of {name}", "t", book.spend[name], want, s.spend)


def _cash(w: Course, book: Ledger, s: Scales, check: Check) -> None:
    cash = w.known.instance.money.cash
    credit = np.array(cash.credit if cash else 0.0)
    check.atmost("MO.14", "credit line", "t", w.d.drawn, credit, s.money)
    if cash is not None and book.cash is not None:
        floor = np.array(cash.floor)
        check.atmost("MO.14", "cash floor", "t", floor, book.cash + w.d.drawn, s.money)


def objective(w: Course, stated: float, true: float, price: float, check: Check) -> None:
    """(OB.3), (OB.4) The stated objective is the recomputed one."""
    number = "OB.4" if w.known.instance.objective.goal == "cost" else "OB.3"
    check.equal(number, "stated objective", "", np.array(stated), np.array(true), price)
