"""Baselines beside a plan: their verified plans, and what the plan is worth against each."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from allocator.compare import sign_of, spend_of
from allocator.labels import Label
from allocator.plan import TOLERANCE, Plan

Key = Literal["today", "even", "last_year", "roi", "myopic", "funnel", "current"]
KEYS: tuple[Key, ...] = get_args(Key)
"""Baselines in the order in which they are made and shown."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """One simpler way to plan.

    Attributes:
        key: which one.
        plan: its verified plan; None if there is none.
        moved: share of its controls that had to move so that the rules are kept.
        seconds: what making it took.
        reason: why there is no plan, in words; None where there is one.
    """

    key: Key
    plan: Plan | None
    moved: float = 0.0
    seconds: float = 0.0
    reason: Label | None = None


@dataclass(frozen=True)
class Worth:
    """What a plan brings beyond a baseline; a cost's objective counts as money saved."""

    gmv: float
    gmv_share: float | None
    objective: float
    objective_share: float | None
    contribution: float


@dataclass(frozen=True, eq=False)
class Baselines:
    """A plan and its baselines.

    Attributes:
        plan: the plan; one with decisions.
        found: the baselines that were tried, in the order of ``KEYS``.
        stopped: whether somebody ended it before all were tried.
    """

    plan: Plan
    found: tuple[Baseline, ...]
    stopped: bool = False

    def worth(self, other: Baseline) -> Worth | None:
        """What planning is worth against a baseline; None where that has no plan."""
        if other.plan is None:
            return None
        sign = sign_of(self.plan.instance.objective.goal)
        gain = {
            name: float(getattr(self.plan, name) or 0.0) - float(getattr(other.plan, name) or 0.0)
            for name in ("gmv", "objective", "contribution")
        }
        return Worth(
            gmv=gain["gmv"],
            gmv_share=_share(gain["gmv"], other.plan.gmv),
            objective=sign * gain["objective"],
            objective_share=_share(sign * gain["objective"], other.plan.objective),
            contribution=gain["contribution"],
        )

    @property
    def strongest(self) -> Baseline | None:
        """The baseline with the best objective; None if no one has a plan."""
        sign = sign_of(self.plan.instance.objective.goal)
        planned = [x for x in self.found if x.plan is not None]
        return max(planned, key=lambda x: sign * _objective(x.plan), default=None)

    @property
    def above(self) -> tuple[Baseline, ...]:
        """Baselines that are better than the plan: then the plan is no result."""
        sign = sign_of(self.plan.instance.objective.goal)
        own = sign * _objective(self.plan)
        slack = TOLERANCE * max(abs(own), 1.0)
        return tuple(
            x for x in self.found if x.plan is not None and sign * _objective(x.plan) > own + slack
        )


def record(found: Baselines) -> dict[str, Any]:
    """The comparison as JSON knows it."""
    plan = found.plan
    rows = []
    for one in found.found:
        worth = found.worth(one)
        rows.append(
            {
                "baseline": one.key,
                **_figures(one.plan),
                "moved": one.moved if one.plan else None,
                "worth": None if worth is None else asdict(worth),
                "seconds": one.seconds,
                "reason": one.reason.en if one.reason else "",
                "reason_zh": one.reason.zh if one.reason else "",
            }
        )
    return {
        "instance": plan.name,
        "currency": plan.instance.currency,
        "goal": plan.instance.objective.goal,
        "plan": _figures(plan) | {"bound": plan.bound, "gap": plan.gap},
        "baselines": rows,
        "above": [one.key for one in found.above],
        "stopped": found.stopped,
    }


def _figures(plan: Plan | None) -> dict[str, float | None]:
    names = ("gmv", "net_gmv", "contribution", "objective")
    figures = {name: None if plan is None else getattr(plan, name) for name in names}
    return figures | {"spend": None if plan is None else spend_of(plan)}


def _objective(plan: Plan | None) -> float:
    return -math.inf if plan is None or plan.objective is None else plan.objective


def _share(gain: float, base: float | None) -> float | None:
    return gain / abs(base) if base else None
