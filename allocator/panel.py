"""What every table of a plan is made of: periods with their dates, columns with their units."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan import Plan
from fact_models.decisions import Decisions, Ids, ids_of
from fact_models.replay import Replay
from fact_models.spec.calendar import Calendar, iso_week
from fact_models.spec.instance import Instance

Array = NDArray[np.float64]
TEXT = "text"
MONEY = "money"
UNITS = {
    "period": "1", "week": "ISO week", "start": "date", "month": "month", "end": "ISO week",
    "lever": TEXT, "source": TEXT, "segment": TEXT, "account": TEXT, "tier": TEXT, "offer": TEXT,
    "campaign": TEXT, "package": TEXT, "deal": TEXT, "role": TEXT, "line": TEXT, "boost": TEXT,
    "label": TEXT, "type": TEXT, "slot": TEXT, "limit": TEXT, "what": TEXT,
    "spend": MONEY, "labour": MONEY, "gmv": MONEY, "net_gmv": MONEY, "contribution": MONEY,
    **{f"gmv_{x}": MONEY for x in ("field", "campaign", "alliance", "kol", "shelf", "repeat")},
    "fee": MONEY, "gmv_p10": MONEY, "gmv_p50": MONEY, "gmv_p90": MONEY, "gmv_mean": MONEY,
    "promised_roi": "1", "fee_back": MONEY,
    "receipts": MONEY, "paid_spend": MONEY, "paid_goods": MONEY, "credit_cost": MONEY,
    "overhead": MONEY, "drawn": MONEY, "balance": MONEY, "floor": MONEY,
    "live_hours": "hour", "skilled_hours": "hour", "need": "hour", "available": "hour",
    "overtime": "hour", "outsourced": "hour", "covered_for_others": "hour",
    "capacity": "visit", "visits": "visit", "traffic": "visit", "orders": "order",
    "open": "yes/no", "taken": "yes/no", "signed": "yes/no", "joined": "yes/no",
    "agreed": "yes/no",
    "stock": "item", "purchase": "item", "samples": "item",
    "content_stock": "content", "made": "content", "bought": "content",
    "pool": "creator", "kept": "creator",
    "followers": "person", "new_followers": "person", "contacts": "person",
    "customers": "person", "interest": "person", "awareness": "point",
    "heads": "head", "productive": "head", "hires": "head", "leaves": "head",
    "discount": "1", "uplift": "1", "commission_rate": "1", "acceptance": "1",
    "first": "date", "last": "date", "sign_up": "ISO week", "sign": "ISO week",
    "session": "ISO week", "periods": "1",
    "first_touch": MONEY, "returned": MONEY, "item": TEXT, "amount": MONEY,
}  # fmt: skip
"""Unit of every column; ``money`` stands for the currency of the instance."""


class Source(NamedTuple):
    """What the tables of a plan are made from."""

    instance: Instance
    ids: Ids
    decisions: Decisions
    states: Replay


def source(plan: Plan) -> Source:
    """Decisions and replay of a plan.

    Raises:
        ValueError: there is no plan.
    """
    if plan.decisions is None or plan.replay is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status}), so it has no tables")
    return Source(plan.instance, ids_of(plan.instance), plan.decisions, plan.replay)


def week_of(calendar: Calendar, t: int) -> str:
    """ISO week of the first day of the 0-based period ``t``, such as ``2026-W07``."""
    return iso_week(calendar.first_day(t))


def month_of(calendar: Calendar, t: int) -> str:
    """Month of the middle day of the 0-based period ``t``: the ISO rule for weeks."""
    middle = calendar.first_day(t) + timedelta(days=(calendar.days - 1) // 2)
    return f"{middle:%Y-%m}"


def with_units(table: pd.DataFrame, currency: str) -> pd.DataFrame:
    """``table`` with the unit of every column in ``.attrs["units"]``."""
    units = {str(column): UNITS[str(column)] for column in table.columns}
    table.attrs["units"] = {c: currency if u == MONEY else u for c, u in units.items()}
    return table


def panel(
    instance: Instance,
    keys: Mapping[str, Sequence[str]],
    figures: Mapping[str, Array],
    texts: Mapping[str, Iterable[str]] | None = None,
) -> pd.DataFrame:
    """One row per period and combination of keys.

    Args:
        instance: gives calendar and currency.
        keys: values of every key column, in the order of the arrays' axes.
        figures: arrays (*keys, periods) by column.
        texts: further columns, one value per combination of keys.
    """
    periods = next(iter(figures.values())).shape[-1]
    combinations = list(product(*keys.values()))
    rows = len(combinations)
    calendar = instance.calendar
    columns: dict[str, Any] = {
        "period": np.repeat(np.arange(1, periods + 1), rows),
        "week": np.repeat([week_of(calendar, t) for t in range(periods)], rows),
        "start": pd.to_datetime(np.repeat([calendar.first_day(t) for t in range(periods)], rows)),
    }
    for n, key in enumerate(keys):
        columns[key] = [c[n] for c in combinations] * periods
    for name, values in (texts or {}).items():
        columns[name] = list(values) * periods
    for name, array in figures.items():
        columns[name] = np.moveaxis(array, -1, 0).reshape(-1)
    return with_units(pd.DataFrame(columns), instance.currency)


def label_of(spec: Any, fallback: str) -> str:
    """The label of a record, its id without one."""
    return str(spec.label or fallback)
