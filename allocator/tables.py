"""Tables of a plan: pandas frames in tidy form, one row per period and entity.

Every table of periods carries ``period`` (from 1), ``week`` (ISO week of its first day) and
``start`` (its first day). ``.attrs["units"]`` gives the unit of every column. All figures come
from the replay and the decisions.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from allocator.growth import returned_by_period
from allocator.limits import limits
from allocator.panel import month_of, panel, source, week_of, with_units
from allocator.plan import Plan
from allocator.tables_levers import (
    accounts,
    alliance,
    boosts,
    campaigns,
    content,
    deals,
    goods,
    heads,
    hours,
)
from fact_models.replay import replay

__all__ = [
    "accounts",
    "all_tables",
    "alliance",
    "audience",
    "boosts",
    "budget",
    "campaigns",
    "cash",
    "content",
    "deals",
    "first_touch",
    "gmv_by_lever",
    "gmv_by_segment",
    "goods",
    "heads",
    "hours",
    "limits",
    "months",
    "result",
]

LEVERS = ("field", "alliance", "campaign", "kol", "team")
"""Levers that spend; ``team`` is hiring, idle time and service."""
SOURCES = ("field", "campaign", "alliance", "kol", "shelf", "repeat")
"""Where paid GMV comes from; ``campaign`` is what the packages add in the own rooms."""


def budget(plan: Plan) -> pd.DataFrame:
    """Spend by period and lever; ``labour`` is the part of it that is wages."""
    instance, ids, _, states = source(plan)
    zero = np.zeros(ids.periods)
    figures = {
        "spend": np.stack([states.spend[lever] for lever in LEVERS]),
        "labour": np.stack([states.labour.get(lever, zero) for lever in LEVERS]),
    }
    return panel(instance, {"lever": LEVERS}, figures)


def gmv_by_lever(plan: Plan) -> pd.DataFrame:
    """Paid GMV by period and source, at the mean outcome of the deals."""
    instance, _, _, states = source(plan)
    return panel(
        instance, {"source": SOURCES}, {"gmv": np.stack([states.gmv[x] for x in SOURCES])}
    )


def gmv_by_segment(plan: Plan) -> pd.DataFrame:
    """Paid GMV by period and audience segment."""
    instance, ids, _, states = source(plan)
    return panel(instance, {"segment": ids.segments}, {"gmv": states.gmv_segment})


def first_touch(plan: Plan) -> pd.DataFrame:
    """Paid GMV by period, split into what comes at first touch and what the snowball returned.

    ``returned`` is ``growth.returned_by_period`` applied to the plan's GMV, ``first_touch`` the
    rest of ``gmv``; negative where the same controls would sell more in the funnel.
    """
    instance, _, decisions, states = source(plan)
    today = replay(instance, decisions, accept="greedy")
    gmv = np.sum(list(states.gmv.values()), axis=0)
    returned = gmv.sum() * returned_by_period(instance, decisions, today)
    figures = {"first_touch": gmv - returned, "returned": returned, "gmv": gmv}
    return panel(instance, {}, {name: array[None] for name, array in figures.items()})


def result(plan: Plan) -> pd.DataFrame:
    """From GMV to contribution over the horizon: one row per step, amounts that add up.

    ``item`` is ``gmv``, then what is taken from it as negative amounts: ``refunds``, ``platform``
    (fee and taxes on sales), ``goods``, ``logistics``, a lever each, ``overhead``; ``fee_back``,
    what guarantees of KOLs are expected to return, is added; and last ``contribution``, the sum
    of all before.
    """
    instance, ids, _, states = source(plan)
    book, net = instance.money, float(states.net_gmv.sum())
    gmv = float(sum(x.sum() for x in states.gmv.values()))
    steps = {
        "gmv": gmv,
        "refunds": net - gmv,
        "platform": -net * (book.platform_fee + book.tax_other),
        "goods": -float(states.goods.sum()),
        "logistics": -float(states.logistics.sum()),
        **{lever: -float(states.spend[lever].sum()) for lever in LEVERS},
        "overhead": -book.overhead * ids.periods,
        "fee_back": float(states.fee_back.sum()),
        "contribution": float(states.contribution.sum()),
    }
    table = pd.DataFrame({"item": list(steps), "amount": list(steps.values())})
    return with_units(table, instance.currency)


def cash(plan: Plan) -> pd.DataFrame:
    """What is received and paid in every period, and the balance at its end without drawn credit.

    ``balance`` is the one before plus ``receipts`` minus all that is paid: ``paid_spend`` (without
    commission, which the receipts have lost already), ``overhead``, ``paid_goods`` (logistics too;
    purchases where a line keeps stock) and ``credit_cost``. The deals count at the outcome that
    cash counts on. Without liquidity rows in the instance ``paid_goods`` is at the mean outcome,
    and ``credit_cost``, ``balance``, ``drawn`` and ``floor`` are nan.
    """
    instance, ids, decisions, states = source(plan)
    rule = instance.money.cash
    spend = np.sum([states.spend[lever] for lever in LEVERS], axis=0) - states.commission
    overhead = np.full(ids.periods, instance.money.overhead)
    paid_goods = states.goods + states.logistics
    nothing = np.full(ids.periods, np.nan)
    credit_cost = drawn = balance = floor = nothing
    if rule is not None and states.cash is not None:
        drawn, balance = decisions.drawn, states.cash
        floor = np.full(ids.periods, rule.floor)
        credit_cost = rule.interest * np.concatenate([[0.0], drawn[:-1]])
        # The deals' goods at the cash outcome are known by what they took from the balance.
        change = np.diff(balance, prepend=rule.opening)
        paid_goods = states.receipts - spend - overhead - credit_cost - change
    figures = {
        "receipts": states.receipts,
        "paid_spend": spend,
        "overhead": overhead,
        "paid_goods": paid_goods,
        "credit_cost": credit_cost,
        "balance": balance,
        "drawn": drawn,
        "floor": floor,
    }
    return panel(instance, {}, {name: array[None] for name, array in figures.items()})


def audience(plan: Plan) -> pd.DataFrame:
    """Stocks of every segment at the start of every period, and of the period after the horizon.

    ``traffic`` is recommended traffic of an ordinary season over all accounts. The flows
    ``contacts`` and ``new_followers`` are nan in the last row, which lies after the horizon.
    """
    instance, ids, _, states = source(plan)
    after = np.full((len(ids.segments), 1), np.nan)
    figures = {
        "followers": states.followers,
        "customers": states.customers,
        "interest": states.interest,
        "awareness": states.awareness,
        "traffic": states.traffic.sum(axis=0),
        "contacts": np.hstack([states.contacts, after]),
        "new_followers": np.hstack([states.new_followers, after]),
    }
    return panel(instance, {"segment": ids.segments}, figures)


def months(plan: Plan) -> pd.DataFrame:
    """One row per month: paid GMV by source and in all, net GMV, spend, contribution, heads, live
    hours.

    A period belongs to the month of its middle day. ``heads`` is the count at the month's last
    period.
    """
    instance, ids, decisions, states = source(plan)
    month = [month_of(instance.calendar, t) for t in range(ids.periods)]
    flows = {f"gmv_{x}": states.gmv[x] for x in SOURCES}
    flows["gmv"] = np.sum(list(states.gmv.values()), axis=0)
    flows["net_gmv"] = states.net_gmv
    flows["spend"] = np.sum([states.spend[lever] for lever in LEVERS], axis=0)
    flows["contribution"] = states.contribution
    flows["live_hours"] = decisions.hours.sum(axis=(0, 1))
    table = pd.DataFrame(flows).groupby(month).sum()
    table["heads"] = pd.Series(states.heads.sum(axis=0)).groupby(month).last()
    counts = pd.Series(month).groupby(month).size()
    weeks = pd.Series([week_of(instance.calendar, t) for t in range(ids.periods)])
    table.insert(0, "end", weeks.groupby(month).last())
    table.insert(0, "week", weeks.groupby(month).first())
    table.insert(2, "periods", counts)
    return with_units(table.rename_axis("month").reset_index(), instance.currency)


TABLES: dict[str, Callable[[Plan], pd.DataFrame]] = {
    "budget": budget,
    "hours": hours,
    "accounts": accounts,
    "boosts": boosts,
    "content": content,
    "alliance": alliance,
    "campaigns": campaigns,
    "deals": deals,
    "heads": heads,
    "goods": goods,
    "cash": cash,
    "gmv_by_lever": gmv_by_lever,
    "gmv_by_segment": gmv_by_segment,
    "first_touch": first_touch,
    "result": result,
    "audience": audience,
    "months": months,
    "limits": limits,
}
"""Every table by the name of its file."""


def all_tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """All tables of a plan by name.

    Raises:
        ValueError: there is no plan.
    """
    return {name: table(plan) for name, table in TABLES.items()}
