"""The plan: what a solve hands over, as plain values, and the file that keeps it.

A plan file holds the canonical instance, every decision and the figures that were reported.
Reading it replays and verifies the decisions, so no figure of a plan is ever taken on trust from
the file alone.
"""

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args

from allocator.version import installed_version
from fact_models.decisions import Decisions
from fact_models.replay import Replay, replay
from fact_models.spec.instance import Instance
from fact_models.spec.objective import Goal

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from allocator.labels import Lang

Status = Literal[
    "optimal",
    "feasible_limit",
    "interrupted_feasible",
    "feasible_near",
    "feasible_hedge",
    "no_plan_yet",
    "infeasible",
    "unbounded_model",
    "unverified",
    "error",
]
"""How a plan was found; the first five come with a verified plan."""
VERIFIED: tuple[Status, ...] = (
    "optimal",
    "feasible_limit",
    "interrupted_feasible",
    "feasible_near",
    "feasible_hedge",
)
STAGES = ("build", "hand_over", "lp", "tree", "milp", "polish", "replay", "total")
"""Keys of ``Plan.runtime``, in seconds."""
TOLERANCE = 1e-6
"""Largest relative difference between a reported figure and the replayed one."""

TracePoint = tuple[float, str, float | None, float | None]
"""Seconds since the start, phase, objective of the best verified plan, bound."""


def relative_gap(objective: float, bound: float) -> float:
    """Distance between plan and bound: ``|bound - objective| / max(|bound|, |objective|, 1)``."""
    return abs(bound - objective) / max(abs(bound), abs(objective), 1.0)


def bound_holds(goal: Goal, objective: float, bound: float) -> bool:
    """Whether ``bound`` is on the right side of ``objective``: below it for the goal ``cost``,
    else above.
    """
    slack = TOLERANCE * max(abs(bound), abs(objective), 1.0)
    return objective >= bound - slack if goal == "cost" else objective <= bound + slack


def agrees(reported: float | None, replayed: float) -> bool:
    """Whether a reported figure is the replayed one; nothing agrees with nan."""
    if reported is None:
        return False
    return abs(reported - replayed) <= TOLERANCE * max(abs(reported), abs(replayed), 1.0)


@dataclass(frozen=True)
class Broken:
    """A rule that the nearest plan breaks where no plan keeps all.

    Attributes:
        rule: its name with its place in the file.
        entity: what it is of, such as a role; empty where it has none.
        period: 0-based; None where it is one of the whole horizon.
        amount: by how much it is broken, in its own unit.
    """

    rule: str
    entity: str
    period: int | None
    amount: float

    def __str__(self) -> str:
        where = f" of {self.entity}" if self.entity else ""
        where += "" if self.period is None else f" in period {self.period + 1}"
        return f"{self.rule}{where}: short by {self.amount:,.6g}"


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan with its certificate, or the reason why there is none.

    Money is in the currency of the instance. Figures are None where there is no plan.

    Raises:
        ValueError: the status is unknown, a verified status comes without a plan, or ``gap`` is
        not the gap between
            ``objective`` and ``bound``.
    """

    instance: Instance
    status: Status
    objective: float | None = None
    """Value of the goal at the replayed decisions, terminal value included."""
    bound: float | None = None
    """No plan of the true nonlinear program is better than this; None when nothing is proved yet.
    """
    gap: float | None = None
    """``relative_gap(objective, bound)``."""
    asked_gap: float | None = None
    """Gap at which the search was to stop; None where none was asked for."""
    worlds: int | None = None
    """Worlds of the hedge that it is part of; None where it is of none."""
    gmv: float | None = None
    net_gmv: float | None = None
    contribution: float | None = None
    terminal_value: float | None = None
    decisions: Decisions | None = None
    replay: Replay | None = None
    runtime: dict[str, float] = field(default_factory=dict)
    """Seconds by stage; see ``STAGES``."""
    max_violation: float | None = None
    """Largest relative violation of any rule of the instance."""
    trace: Sequence[TracePoint] = ()
    message: str = ""
    """Why there is no plan."""
    broken: Sequence[Broken] = ()
    """What the nearest plan breaks where there is none, largest shares first; kept in no file."""
    growth: dict[str, Any] = field(default_factory=dict)
    """The snowball's own figures; see ``allocator.growth``."""
    conflict: dict[str, Any] = field(default_factory=dict)
    """Why there is none and what would make one possible; see ``allocator.conflicts``."""
    version: str = ""
    """Version of the program that made the plan."""

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise ValueError(f"unknown status {self.status!r}")
        figures = (self.objective, self.decisions, self.replay)
        if self.status in VERIFIED and any(x is None for x in figures):
            raise ValueError(f"a plan with status {self.status} needs objective and decisions")
        expected = None
        if self.objective is not None and self.bound is not None:
            expected = relative_gap(self.objective, self.bound)
        if (self.gap is None) != (expected is None) or (
            self.gap is not None and expected is not None and not agrees(self.gap, expected)
        ):
            raise ValueError(
                f"gap {self.gap} does not follow from objective and bound ({expected})"
            )
        if (self.status == "feasible_hedge") != (self.worlds is not None):
            raise ValueError("a plan has worlds if it is part of a hedge, and else none")
        if not self.version:
            object.__setattr__(self, "version", installed_version())

    @classmethod
    def of(
        cls, instance: Instance, status: Status, decisions: Decisions, bound: float, **rest: Any
    ) -> Self:
        """A plan whose figures all come from the replay of ``decisions``.

        Args:
            instance: the instance.
            status: how the solve ended.
            decisions: rounded decisions.
            bound: bound on the objective; may be infinite.
            rest: ``asked_gap``, ``worlds``, ``runtime``, ``max_violation``, ``trace``,
                ``message``, ``growth``, ``version``.
        """
        states = replay(instance, decisions)
        gap = relative_gap(states.objective, bound) if math.isfinite(bound) else None
        return cls(
            instance=instance,
            status=status,
            bound=bound if math.isfinite(bound) else None,
            gap=gap,
            decisions=decisions,
            replay=states,
            **{**figures_of(states), **rest},
        )

    @property
    def name(self) -> str:
        """Name of the instance."""
        return self.instance.name

    @property
    def verified(self) -> bool:
        """Whether there is a plan and it passed the verifier when it was made."""
        return self.status in VERIFIED

    def broken_claims(self) -> list[str]:
        """Reported figures that do not follow from the decisions, in words; empty for an honest
        plan.
        """
        if self.replay is None:
            return ["there is no plan"]
        found = []
        for name, replayed in figures_of(self.replay).items():
            reported = getattr(self, name)
            if not agrees(reported, replayed):
                found.append(f"{name} is reported as {reported}, the decisions give {replayed}")
        goal = self.instance.objective.goal
        bound, objective = self.bound, self.objective
        if bound is None and self.status == "optimal":
            found.append("its status is optimal, but there is no bound to show it")
        asked = math.inf if self.asked_gap is None else self.asked_gap
        if self.status == "optimal" and self.gap is not None and self.gap > asked + TOLERANCE:
            found.append(f"its status is optimal, but its gap {self.gap} is above {asked}")
        if bound is not None and objective is not None and not bound_holds(goal, objective, bound):
            found.append(f"the bound {self.bound} is on the wrong side of {self.objective}")
        return found

    def to_json(self) -> str:
        """Text of the plan file; see ``allocator.plan_file``."""
        from allocator.plan_file import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan in the text of a plan file, replayed and verified.

        Raises:
            InputError: the text is no plan file, it was changed since it was written, or the plan
                in it breaks a rule or does not give the figures it reports.
        """
        from allocator.plan_file import from_json

        return from_json(text)

    def tables(self) -> dict[str, "pd.DataFrame"]:
        """All tables by name; see ``allocator.tables``."""
        return cast("dict[str, pd.DataFrame]", of_outer_room("tables", "all_tables")(self))

    def figures(self, lang: "Lang" = "en") -> "dict[str, go.Figure]":
        """Plotly figures by name, those that the plan has something to show for; see
        ``allocator.plan_charts``.
        """
        charts = importlib.import_module("allocator.plan_charts")
        return cast("dict[str, go.Figure]", charts.figures(self, lang))

    def _repr_html_(self) -> str:
        return cast("str", of_outer_room("notebook", "plan_html")(self))

    @property
    def budget(self) -> "pd.DataFrame":
        """Spend by period and lever."""
        return _table("budget", self)

    @property
    def hours(self) -> "pd.DataFrame":
        """Live hours by period, account and slot."""
        return _table("hours", self)

    @property
    def accounts(self) -> "pd.DataFrame":
        """Live and skilled hours, reception, visits and orders by period and account."""
        return _table("accounts", self)

    @property
    def boosts(self) -> "pd.DataFrame":
        """Spend and visits by period and boost."""
        return _table("boosts", self)

    @property
    def content(self) -> "pd.DataFrame":
        """Stock, own and bought content by period."""
        return _table("content", self)

    @property
    def alliance(self) -> "pd.DataFrame":
        """Pool, offer, samples, visits and orders by period and tier."""
        return _table("alliance", self)

    @property
    def campaigns(self) -> "pd.DataFrame":
        """Every package with its window and whether it is taken."""
        return _table("campaigns", self)

    @property
    def deals(self) -> "pd.DataFrame":
        """Every KOL deal with its outcomes and when it is signed and held."""
        return _table("deals", self)

    @property
    def heads(self) -> "pd.DataFrame":
        """Head counts and hours by period and role."""
        return _table("heads", self)

    @property
    def goods(self) -> "pd.DataFrame":
        """Stock and purchases by period and product line."""
        return _table("goods", self)

    @property
    def cash(self) -> "pd.DataFrame":
        """Receipts, payments and balance by period."""
        return _table("cash", self)

    @property
    def gmv_by_lever(self) -> "pd.DataFrame":
        """Paid GMV by period and source."""
        return _table("gmv_by_lever", self)

    @property
    def gmv_by_segment(self) -> "pd.DataFrame":
        """Paid GMV by period and segment."""
        return _table("gmv_by_segment", self)

    @property
    def first_touch(self) -> "pd.DataFrame":
        """Paid GMV by period at first touch, and what the snowball returned."""
        return _table("first_touch", self)

    @property
    def result(self) -> "pd.DataFrame":
        """From GMV to contribution, step by step over the horizon."""
        return _table("result", self)

    @property
    def audience(self) -> "pd.DataFrame":
        """Followers, traffic, customers, interest and awareness by period and segment."""
        return _table("audience", self)

    @property
    def months(self) -> "pd.DataFrame":
        """GMV by lever, net GMV, spend, contribution, heads and live hours by month."""
        return _table("months", self)

    @property
    def limits(self) -> "pd.DataFrame":
        """Limits that hold the plan back, with the number of periods in which they do."""
        return _table("limits", self)


def figures_of(states: Replay) -> dict[str, float]:
    """The figures that a plan reports, from its replay."""
    return {
        "objective": float(states.objective),
        "gmv": float(sum(x.sum() for x in states.gmv.values())),
        "net_gmv": float(states.net_gmv.sum()),
        "contribution": float(states.contribution.sum()),
        "terminal_value": float(states.terminal_value),
    }


def of_outer_room(module: str, name: str) -> Any:
    """What an outer room of the package offers: tables, charts, pages.

    By name, since imports go down: a plan opens them only for those who ask.
    """
    return getattr(importlib.import_module(f"allocator.{module}"), name)


def _table(name: str, plan: Plan) -> "pd.DataFrame":
    return cast("pd.DataFrame", of_outer_room("tables", name)(plan))
