"""Plans side by side: the figures a planner weighs, and their differences to the first plan."""

from collections.abc import Sequence

import pandas as pd

from allocator.plan import Plan

Kpi = float | str | None
UNITS: dict[str, str] = {
    "status": "text",
    "gmv": "money",
    "net_gmv": "money",
    "contribution": "money",
    "spend": "money",
    "spend_field": "money",
    "spend_alliance": "money",
    "spend_campaign": "money",
    "spend_kol": "money",
    "spend_team": "money",
    "cash_low": "money",
    "heads_end": "head",
    "followers_gained": "person",
    "objective": "money",
    "bound": "money",
    "gap": "1",
}
"""Figures of a comparison in their order, with their units."""


def kpis(plan: Plan) -> dict[str, Kpi]:
    """The figures of a plan by the keys of ``UNITS``; None where there is none.

    ``cash_low`` is the lowest balance without drawn credit, ``heads_end`` the count of the last
    period, ``followers_gained`` the change of followers over the horizon.
    """
    found: dict[str, Kpi] = dict.fromkeys(UNITS)
    found["status"] = plan.status
    if plan.replay is None:
        return found
    states = plan.replay
    for key in ("gmv", "net_gmv", "contribution", "objective", "bound", "gap"):
        found[key] = getattr(plan, key)
    for lever, spend in states.spend.items():
        found[f"spend_{lever}"] = float(spend.sum())
    found["spend"] = float(sum(spend.sum() for spend in states.spend.values()))
    if plan.instance.money.cash and states.cash is not None:
        found["cash_low"] = float(states.cash.min())
    if plan.instance.staff:
        found["heads_end"] = float(states.heads[:, -1].sum())
    found["followers_gained"] = float((states.followers[:, -1] - states.followers[:, 0]).sum())
    return found


def labels(plans: Sequence[Plan]) -> list[str]:
    """A name for every plan: that of its instance, numbered where it comes again."""
    seen: dict[str, int] = {}
    found = []
    for plan in plans:
        seen[plan.name] = seen.get(plan.name, 0) + 1
        count = seen[plan.name]
        found.append(plan.name if count == 1 else f"{plan.name} ({count})")
    return found


def comparison(plans: Sequence[Plan]) -> pd.DataFrame:
    """One row per plan, one column per figure, then the figures' differences to the first plan as
    ``*_vs_first``.

    ``.attrs["units"]`` gives the units.

    Raises:
        ValueError: there is nothing to compare.
    """
    if not plans:
        raise ValueError("there is no plan to compare")
    table = pd.DataFrame(
        [kpis(plan) for plan in plans], index=pd.Index(labels(plans), name="plan")
    )
    numbers = [key for key, unit in UNITS.items() if unit != "text"]
    table[numbers] = table[numbers].apply(pd.to_numeric)
    changes = (table[numbers] - table[numbers].iloc[0]).add_suffix("_vs_first")
    table = table.join(changes)
    currency = plans[0].instance.currency
    units = {**UNITS, **{f"{key}_vs_first": UNITS[key] for key in numbers}}
    table.attrs["units"] = {c: currency if u == "money" else u for c, u in units.items()}
    return table
