"""What every deal and package is worth: forced, forbidden, in its best weeks, at its outcomes."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from allocator.compare import sign_of
from allocator.plan import Plan

Kind = Literal["package", "deal"]
CHANCES = (0.1, 0.5, 0.9)
"""Chances that an outcome is not exceeded: p10, p50, p90."""
CLOSED = 1e-4
"""Share of the objective between the best plan found and what is proved, at which a question about
the best plan is closed."""


@dataclass(frozen=True)
class Interval:
    """Where the best plan under a condition lies, of the maximised objective.

    Attributes:
        value: a verified plan is worth this much; minus infinity without one.
        bound: no plan is worth more, and that is proved.
    """

    value: float
    bound: float


@dataclass(frozen=True)
class Outcomes:
    """What a deal adds to the contribution if all deals turn out at p10, p50 or p90.

    Attributes:
        p10, p50, p90: contribution of the plan with the deal less that of the plan without it.
        loss: chance that it is below 0, straight lines between the three points.
    """

    p10: float
    p50: float
    p90: float
    loss: float


@dataclass(frozen=True)
class Kept:
    """What taking it is worth if all other whole numbers stay as in the plan: exact.

    Attributes:
        worth: verified plan with it less verified plan without it.
        low, high: the truth lies between, and that is proved.
        gives_up: names of what the plan takes and that does not go with it.
    """

    worth: float
    low: float
    high: float
    gives_up: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A deal or a package.

    Attributes:
        kind: which of the two.
        key: its id; ``campaign.package`` for a package.
        name: its label.
        taken: whether the plan takes it.
        forced: the best plan that takes it; ``forbidden`` the best that does not.
        kept: the same with all other whole numbers kept; None where that keeps no rule.
        week: period (1-based) of its session in the best plan found with it; None for a package
            and where it has one date only.
        elsewhere: no plan with it in any other period is worth more, and that is proved.
        second: period of its session in the best plan found that has it in another; None without.
        second_cost: what that plan is worth less; ``second_least`` what any such is, at least.
        outcomes: of a deal; None where a plan with or without it is not known.
        seconds: what finding out took.
    """

    kind: Kind
    key: str
    name: str
    taken: bool
    forced: Interval
    forbidden: Interval
    kept: Kept | None = None
    week: int | None = None
    second: int | None = None
    second_cost: float | None = None
    second_least: float | None = None
    elsewhere: float = math.inf
    outcomes: Outcomes | None = None
    seconds: float = 0.0

    @property
    def worth(self) -> float:
        """Verified plan that takes it less verified plan that does not; nan where one is
        missing."""
        known = math.isfinite(self.forced.value) and math.isfinite(self.forbidden.value)
        return self.forced.value - self.forbidden.value if known else math.nan

    @property
    def band(self) -> tuple[float, float]:
        """Least and most that taking it can be worth; that is proved."""
        low = self.forced.value - self.forbidden.bound
        return low, self.forced.bound - self.forbidden.value

    @property
    def against(self) -> tuple[float, float]:
        """Where the worth lies by the best plan found that decides as the plan does: against the
        bound and against the best plan found of those that go the other way."""
        worth = self.worth
        if self.taken:
            return self.forced.value - self.forbidden.bound, worth
        return worth, self.forced.bound - self.forbidden.value

    @property
    def only(self) -> bool:
        """Whether it is proved that no plan goes the other way."""
        return (self.forbidden if self.taken else self.forced).bound == -math.inf

    def closed(self, objective: float) -> bool:
        """Whether the best plan that goes the other way is known, but for little."""
        low, high = self.against
        return self.only or high - low <= 2 * CLOSED * abs(objective)

    @property
    def settled(self) -> bool:
        """Whether it is proved that taking it is right, or that leaving it is."""
        low, high = self.band
        return low >= 0 or high <= 0


@dataclass(frozen=True, eq=False)
class Choices:
    """Deals and packages of a plan."""

    plan: Plan
    found: tuple[Choice, ...]
    stopped: bool = False


def chance_of_loss(amounts: tuple[float, float, float]) -> float:
    """Chance that an amount is below 0, from its p10, p50 and p90 with straight lines between and
    beyond them.
    """
    values = np.array(amounts, dtype=np.float64)
    if values[0] >= values[2]:
        return float(values[1] < 0)
    order = np.argsort(values)
    points, chances = values[order], np.array(CHANCES)[np.arange(3)]
    first, last = points[1] - points[0], points[2] - points[1]
    ends = points[0] - first / 4, points[2] + last / 4
    every = np.concatenate([[ends[0]], points, [ends[1]]])
    return float(np.interp(0.0, every, np.concatenate([[0.0], chances, [1.0]])))


def record(found: Choices) -> dict[str, Any]:
    """The choices as JSON knows them."""
    sign = sign_of(found.plan.instance.objective.goal)
    rows = []
    for one in found.found:
        low, high = one.band
        rows.append(
            {
                "kind": one.kind,
                "key": one.key,
                "name": one.name,
                "taken": one.taken,
                "forced": _interval(one.forced, sign),
                "forbidden": _interval(one.forbidden, sign),
                "worth": _finite(one.worth),
                "worth_low": _finite(low),
                "worth_high": _finite(high),
                "settled": one.settled,
                "closed": one.closed(found.plan.objective or 0.0),
                "kept": None if one.kept is None else asdict(one.kept),
                "week": one.week,
                "second_week": one.second,
                "second_cost": one.second_cost,
                "second_cost_least": one.second_least,
                "outcomes": None if one.outcomes is None else asdict(one.outcomes),
                "seconds": one.seconds,
            }
        )
    return {
        "instance": found.plan.name,
        "currency": found.plan.instance.currency,
        "choices": rows,
        "stopped": found.stopped,
    }


def _interval(interval: Interval, sign: float) -> dict[str, float | None]:
    return {"value": _finite(sign * interval.value), "bound": _finite(sign * interval.bound)}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
