"""Plans side by side: the figures a planner weighs, and their differences to a reference plan.

Plans of different merchants, horizons and currencies stand in one table, but a difference is only
taken where it means something: of totals over horizons of one length, of money in one currency, of
the objective under one goal. What is left out is said in words (``allocator.comparisons.words``);
figures per week and per yuan compare in any case.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from allocator.currency import factor_between
from allocator.labels import Lang
from allocator.plan import TOLERANCE, Plan, of_outer_room
from fact_models.spec.objective import Goal

if TYPE_CHECKING:
    import plotly.graph_objects as go

Kpi = float | str | None
Kind = Literal["text", "flow", "stock", "rate", "goal"]
WEEK = 7
"""Days of a week."""


class Figure(NamedTuple):
    """What a figure of the comparison is.

    ``flow`` adds up over the horizon, ``stock`` is a level at one time, ``rate`` is per week, per
    yuan or a share, ``goal`` belongs to the objective, end value included.
    """

    unit: str
    kind: Kind


FIGURES: dict[str, Figure] = {
    "status": Figure("text", "text"),
    "gap": Figure("1", "rate"),
    "weeks": Figure("week", "stock"),
    "gmv": Figure("money", "flow"),
    "net_gmv": Figure("money", "flow"),
    "contribution": Figure("money", "flow"),
    "spend": Figure("money", "flow"),
    "spend_field": Figure("money", "flow"),
    "spend_alliance": Figure("money", "flow"),
    "spend_campaign": Figure("money", "flow"),
    "spend_kol": Figure("money", "flow"),
    "spend_team": Figure("money", "flow"),
    "followers_gained": Figure("person", "flow"),
    "heads_end": Figure("head", "stock"),
    "cash_low": Figure("money", "stock"),
    "gmv_week": Figure("money", "rate"),
    "net_gmv_week": Figure("money", "rate"),
    "contribution_week": Figure("money", "rate"),
    "spend_week": Figure("money", "rate"),
    "followers_week": Figure("person", "rate"),
    "roi": Figure("1", "rate"),
    "net_roi": Figure("1", "rate"),
    "break_even_roi": Figure("1", "rate"),
    "contribution_share": Figure("1", "rate"),
    "objective": Figure("money", "goal"),
    "bound": Figure("money", "goal"),
}
"""Figures of a comparison in their order."""
UNITS = {key: figure.unit for key, figure in FIGURES.items()}
"""Unit of every figure; ``money`` stands for the currency of the reference."""
NUMBERS = tuple(key for key, figure in FIGURES.items() if figure.kind != "text")
WEEKLY = {
    "gmv": "gmv_week",
    "net_gmv": "net_gmv_week",
    "contribution": "contribution_week",
    "spend": "spend_week",
    "followers_gained": "followers_week",
}
"""Flows with their figure per week."""


def kpis(plan: Plan) -> dict[str, Kpi]:
    """The figures of a plan by the keys of ``FIGURES``; None where there is none.

    ``cash_low`` is the lowest balance without drawn credit, ``heads_end`` the count of the last
    period, ``followers_gained`` the change of followers over the horizon. ``break_even_roi`` is 1
    / margin before spend and overhead per paid yuan: the ROI at which another yuan of spend pays
    for itself.
    """
    found: dict[str, Kpi] = dict.fromkeys(FIGURES)
    calendar = plan.instance.calendar
    weeks = calendar.periods * calendar.days / WEEK
    found |= {"status": plan.status, "weeks": weeks}
    if plan.replay is None:
        return found
    states = plan.replay
    for key in ("gmv", "net_gmv", "contribution", "objective", "bound", "gap"):
        found[key] = getattr(plan, key)
    for lever, paid in states.spend.items():
        found[f"spend_{lever}"] = float(paid.sum())
    spend = spend_of(plan)
    gained = float((states.followers[:, -1] - states.followers[:, 0]).sum())
    found |= {"spend": spend, "followers_gained": gained}
    if plan.instance.money.cash and states.cash is not None:
        found["cash_low"] = float(states.cash.min())
    if plan.instance.staff:
        found["heads_end"] = float(states.heads[:, -1].sum())
    for flow, weekly in WEEKLY.items():
        value = found[flow]
        found[weekly] = value / weeks if isinstance(value, float) else None
    return found | _rates(plan, spend)


def _rates(plan: Plan, spend: float) -> dict[str, Kpi]:
    gmv, net, earned = plan.gmv or 0.0, plan.net_gmv or 0.0, plan.contribution or 0.0
    margin = margin_of(plan)
    return {
        "roi": gmv / spend if spend > 0 else None,
        "net_roi": net / spend if spend > 0 else None,
        "break_even_roi": gmv / margin if margin > 0 and gmv > 0 else None,
        "contribution_share": earned / gmv if gmv > 0 else None,
    }


def spend_of(plan: Plan) -> float:
    """Spend over the horizon; 0 without a plan."""
    return 0.0 if plan.replay is None else float(sum(x.sum() for x in plan.replay.spend.values()))


def margin_of(plan: Plan) -> float:
    """What sales leave before any spend and overhead; 0 without a plan."""
    fixed = plan.instance.money.overhead * plan.instance.calendar.periods
    return 0.0 if plan.replay is None else (plan.contribution or 0.0) + spend_of(plan) + fixed


def names_of(plans: Sequence[Plan]) -> tuple[str, ...]:
    """A name for every plan: that of its instance, numbered where it comes again."""
    seen: dict[str, int] = {}
    found = []
    for plan in plans:
        seen[plan.name] = seen.get(plan.name, 0) + 1
        count = seen[plan.name]
        found.append(plan.name if count == 1 else f"{plan.name} ({count})")
    return tuple(found)


def sign_of(goal: Goal) -> float:
    """1 where more of the objective is better, -1 for the goal ``cost``."""
    return -1.0 if goal == "cost" else 1.0


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans side by side.

    Args:
        plans: the plans; one without decisions takes part with its status.
        against: position of the plan that the others differ from.

    Raises:
        ValueError: there is no plan, or none at the position ``against``.
    """

    plans: tuple[Plan, ...]
    against: int = 0

    def __post_init__(self) -> None:
        if not self.plans:
            raise ValueError("there is no plan to compare")
        if not 0 <= self.against < len(self.plans):
            raise ValueError(
                f"against must be a position from 0 to {len(self.plans) - 1}, is {self.against}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every plan; see ``names_of``."""
        return names_of(self.plans)

    @property
    def reference(self) -> Plan:
        """The plan that the others differ from."""
        return self.plans[self.against]

    @property
    def currency(self) -> str:
        """Unit of money in the table: that of the reference."""
        return self.reference.instance.currency

    @property
    def table(self) -> pd.DataFrame:
        """One row per plan, one column per figure; money in the currency of the reference, or in
        the plan's own where no rate is known.

        ``.attrs["units"]`` gives the units, ``.attrs["currencies"]`` the currency of every row.
        """
        rows = [self._converted(n, kpis(plan)) for n, plan in enumerate(self.plans)]
        table = pd.DataFrame(rows, index=pd.Index(self.names, name="plan"))
        table[list(NUMBERS)] = table[list(NUMBERS)].apply(pd.to_numeric)
        table.attrs["units"] = self._units()
        table.attrs["currencies"] = [
            self.currency if self.factor(n) is not None else plan.instance.currency
            for n, plan in enumerate(self.plans)
        ]
        return table

    @property
    def differences(self) -> pd.DataFrame:
        """The numbers of ``table`` less those of the reference; nan where the two do not compare,
        see ``comparable``.
        """
        table = self.table[list(NUMBERS)].astype(float)
        found = table - table.iloc[self.against]
        for n in range(len(self.plans)):
            left_out = [key for key in NUMBERS if not self.comparable(n, key)]
            found.iloc[n, [found.columns.get_loc(key) for key in left_out]] = np.nan  # type: ignore[index]
        found.attrs["units"] = {key: self._units()[key] for key in NUMBERS}
        return found

    def factor(self, n: int) -> float | None:
        """By what amounts of plan ``n`` are multiplied to count in the reference's currency; None
        if no rate is known.
        """
        return factor_between(self.plans[n].instance.currency, self.currency)

    def same_length(self, n: int) -> bool:
        """Whether plan ``n`` covers as many days as the reference."""
        return _days(self.plans[n]) == _days(self.reference)

    def same_goal(self, n: int) -> bool:
        """Whether the objective of plan ``n`` counts the same things as the reference's."""
        one, other = self.plans[n].instance, self.reference.instance
        targets = [one.objective.target or 0.0, other.objective.target or 0.0]
        targets[0] *= self.factor(n) or 1.0
        records = [x.objective.model_copy(update={"target": None}) for x in (one, other)]
        same = records[0] == records[1] and math.isclose(*targets)
        return same and one.calendar.days == other.calendar.days

    def same_merchant(self, n: int) -> bool:
        """Whether plan ``n`` starts from the audience that the reference starts from."""
        one, other = (_audience(plan) for plan in (self.plans[n], self.reference))
        return one == other

    def comparable(self, n: int, key: str) -> bool:
        """Whether the figure ``key`` of plan ``n`` less that of the reference means something."""
        unit, kind = FIGURES[key]
        if kind == "text" or (unit == "money" and self.factor(n) is None):
            return False
        if kind == "flow":
            return self.same_length(n)
        return kind != "goal" or (self.same_length(n) and self.same_goal(n))

    def verdict(self, n: int) -> Literal["better", "worse", "open"] | None:
        """Whether plan ``n`` is proved better than any plan of the reference's instance, or the
        reference's plan better than any of its own; ``open`` if the gaps do not tell.

        None where the objectives do not compare or are equal, and between different merchants.
        """
        plan, other = self.plans[n], self.reference
        factor = self.factor(n)
        values = (plan.objective, plan.bound, other.objective, other.bound)
        if factor is None or n == self.against or not self.comparable(n, "objective"):
            return None
        if not self.same_merchant(n) or any(value is None for value in values):
            return None
        sign = sign_of(other.instance.objective.goal)
        value, bound, reference, limit = (sign * float(x or 0.0) for x in values)
        if math.isclose(factor * value, reference, rel_tol=TOLERANCE):
            return None
        if factor * value > limit:
            return "better"
        return "worse" if factor * bound < reference else "open"

    def notes(self, lang: Lang = "en") -> list[str]:
        """What does not compare and why, and what is proved, in words."""
        found: list[str] = of_outer_room("comparisons.words", "notes")(self, lang)
        return found

    def figures(self, lang: Lang = "en") -> "dict[str, list[go.Figure]]":
        """Charts by measure, a panel per plan; see ``allocator.comparisons.charts``."""
        found: dict[str, list[go.Figure]] = of_outer_room("comparisons.charts", "panels")(
            self, lang
        )
        return found

    def to_html(self, lang: Lang = "en") -> str:
        """The page: table and small multiples in one file; see ``allocator.comparisons.page``."""
        found: str = of_outer_room("comparisons.page", "page")(self, lang)
        return found

    def to_xlsx(self, lang: Lang = "en") -> bytes:
        """The workbook: figures, differences, notes and weekly series."""
        found: bytes = of_outer_room("comparisons.book", "comparison_workbook")(self, lang)
        return found

    def _repr_html_(self) -> str:
        found: str = of_outer_room("notebook", "comparison_html")(self)
        return found

    def _converted(self, n: int, figures: dict[str, Kpi]) -> dict[str, Kpi]:
        factor = self.factor(n)
        if factor is None or factor == 1:
            return figures
        return {
            key: value * factor
            if isinstance(value, float) and FIGURES[key].unit == "money"
            else value
            for key, value in figures.items()
        }

    def _units(self) -> dict[str, str]:
        return {k: self.currency if u == "money" else u for k, u in UNITS.items()}


def _days(plan: Plan) -> int:
    calendar = plan.instance.calendar
    return calendar.periods * calendar.days


def _audience(plan: Plan) -> dict[str, tuple[float, float, float]]:
    segments = plan.instance.snowball.segments
    return {name: (s.pool, s.followers, s.customers) for name, s in segments.items()}


def comparison(plans: Sequence[Plan], *, against: int = 0) -> Comparison:
    """Plans side by side, with their differences to the plan at position ``against``.

    Raises:
        ValueError: there is nothing to compare, or no plan at that position.
    """
    return Comparison(tuple(plans), against)


def record_of(found: Comparison, n: int) -> dict[str, Any]:
    """Plan ``n`` with its figures and differences, as JSON knows it."""

    def plain(row: "pd.Series[Any]") -> dict[str, Any]:
        return {str(k): v if isinstance(v, str) else _finite(float(v)) for k, v in row.items()}

    return {
        "plan": found.names[n],
        "against": found.names[found.against],
        "currency": found.table.attrs["currencies"][n],
        **plain(found.table.iloc[n]),
        "difference": plain(found.differences.iloc[n]),
        "verdict": found.verdict(n),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
