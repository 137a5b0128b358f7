"""A changed merchant and its plan, and what may be said of the difference of two."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from allocator.choices.record import Interval
from allocator.compare import sign_of, spend_of
from allocator.plan import Plan
from allocator.strategy.snowballs import Snowball, snowball_of
from fact_models.spec.instance import Instance

Group = Literal["base", "team", "price", "size", "lever", "room", "next"]
LEAST = 1e-3
"""Share of the objective that counts as nothing."""
CARRIES = 0.01
"""Share of the four levers' spend from which a lever carries spend."""


@dataclass(frozen=True)
class Case:
    """A changed merchant.

    Attributes:
        key: names it: ``base``, ``team.free``, ``size.2``, ``without.kol``, ``rooms.3``, ...
        group: the question it belongs to.
        instance: the merchant.
        within: keys of cases that allow every plan that this one allows, at the same worth. Their
            bounds hold here, and plans of this one are plans there.
        beyond: keys of cases whose every plan this one allows: the same said from the other side.
        at: the number that is moved, where one is.
        name: the lever, account or role that is moved, where one is.
    """

    key: str
    group: Group
    instance: Instance
    within: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    at: float = math.nan
    name: str = ""


@dataclass(frozen=True, eq=False)
class Answer:
    """A case with the best plan that is known for it.

    ``solved`` is False where the plans and bounds of other cases were enough; ``cut`` is True
    where a stop ended the search before its gap or time was reached.
    """

    case: Case
    plan: Plan
    solved: bool = True
    cut: bool = False

    @property
    def interval(self) -> Interval:
        """Where the best plan lies, of the maximised objective."""
        sign, plan = sign_of(self.plan.instance.objective.goal), self.plan
        value = -math.inf if plan.objective is None else sign * plan.objective
        if plan.status == "infeasible":
            return Interval(-math.inf, -math.inf)
        return Interval(value, math.inf if plan.bound is None else sign * plan.bound)

    @property
    def planned(self) -> bool:
        """Whether there is a plan."""
        return self.plan.replay is not None

    @cached_property
    def snowball(self) -> Snowball | None:
        """Its growth factor."""
        states = self.plan.replay
        return None if states is None else snowball_of(self.case.instance, states)

    @property
    def hires(self) -> dict[str, int]:
        """Heads that the plan hires over the horizon, by role."""
        plan, staff = self.plan.decisions, self.case.instance.staff
        if plan is None or staff is None:
            return {}
        counts = zip(staff.roles, plan.hires.sum(axis=1), strict=True)
        return {j: round(float(n)) for j, n in counts if n > 0.5}

    @property
    def opened(self) -> list[str]:
        """Accounts that the plan opens."""
        plan, field = self.plan.decisions, self.case.instance.field
        if plan is None or field is None:
            return []
        return [a for a, n in zip(field.accounts, plan.start.sum(axis=1), strict=True) if n > 0.5]

    @property
    def rooms(self) -> int:
        """Rooms open in the last period."""
        states = self.plan.replay
        return 0 if states is None else int((states.open[:, -1] > 0.5).sum())

    @property
    def spend(self) -> dict[str, float]:
        """Spend by lever, the four levers alone."""
        states = self.plan.replay
        if states is None:
            return {}
        levers = ("field", "alliance", "campaign", "kol")
        return {x: float(states.spend[x].sum()) for x in levers if x in states.spend}

    @property
    def shares(self) -> dict[str, float]:
        """Shares of the four levers in their spend."""
        total = sum(self.spend.values())
        return {x: paid / total for x, paid in self.spend.items()} if total > 0 else {}

    @property
    def packages(self) -> int:
        """Packages that the plan takes."""
        plan = self.plan.decisions
        return 0 if plan is None else int((plan.package > 0.5).sum())

    @property
    def deals(self) -> list[str]:
        """Deals that the plan holds."""
        plan, kol = self.plan.decisions, self.case.instance.kol
        if plan is None or kol is None:
            return []
        return [k for k, n in zip(kol.deals, plan.deal.sum(axis=1), strict=True) if n > 0.5]

    @property
    def total_spend(self) -> float:
        """All spend over the horizon."""
        return spend_of(self.plan)

    def uses(self, lever: str) -> bool:
        """Whether a lever carries spend, or a package or a deal of it is taken."""
        if lever == "campaign" and self.packages:
            return True
        if lever == "kol" and self.deals:
            return True
        return self.shares.get(lever, 0.0) >= CARRIES


Verdict = Literal["gains", "loses", "nothing", "open", "unknown"]


@dataclass(frozen=True)
class Worth:
    """What one case is worth beyond another, as shares of the other's plan.

    Attributes:
        low, high: proved limits; infinite where something is not known.
        plans: by the two verified plans.
        gmv, contribution: of the two plans, in money.
    """

    low: float
    high: float
    plans: float
    gmv: float
    contribution: float

    @property
    def verdict(self) -> Verdict:
        """What may be said."""
        if math.isnan(self.plans) or not (math.isfinite(self.low) and math.isfinite(self.high)):
            return "unknown"
        if self.high <= LEAST and self.low >= -LEAST:
            return "nothing"
        if self.low > 0:
            return "gains"
        return "loses" if self.high < 0 else "open"


def worth(one: Answer, other: Answer, *, looser: bool = False, tighter: bool = False) -> Worth:
    """What ``one`` is worth beyond ``other``.

    Args:
        one: the case that is weighed.
        other: what it is held against.
        looser: ``one`` allows every plan of ``other``, so it is worth no less.
        tighter: ``other`` allows every plan of ``one``, so it is worth no more.
    """
    mine, its = one.interval, other.interval
    size = abs(its.value) if math.isfinite(its.value) else math.nan
    low, high = mine.value - its.bound, mine.bound - its.value
    if looser:
        low, high = max(low, 0.0), max(high, 0.0)
    if tighter:
        low, high = min(low, 0.0), min(high, 0.0)
    gmv, earned = (
        _less(getattr(one.plan, k), getattr(other.plan, k)) for k in ("gmv", "contribution")
    )
    plans = mine.value - its.value
    plans = plans if math.isfinite(plans) else math.nan
    return Worth(low / size, high / size, plans / size, gmv, earned)


def _less(one: float | None, two: float | None) -> float:
    return math.nan if one is None or two is None else one - two


def looser_than(key: str, cases: dict[str, Case]) -> set[str]:
    """Keys of all cases that allow every plan of the case ``key``, step by step."""
    found: set[str] = set()
    waiting = [key]
    while waiting:
        one = waiting.pop()
        for other, case in cases.items():
            if other not in found and (other in cases[one].within or one in case.beyond):
                found.add(other)
                waiting.append(other)
    return found - {key}
