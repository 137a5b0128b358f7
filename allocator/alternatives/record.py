"""Alternatives to a plan: verified plans near the optimum, what they seek, what they cost."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from allocator.compare import sign_of, spend_of
from allocator.plan import Plan
from fact_models.money import LEVERS

Aim = Literal["changes", "steady", "kol", "most", "least"]
"""What an alternative seeks: fewest changes from today, steadiest work, least GMV in KOL sessions,
most or least spend on a lever."""


@dataclass(frozen=True)
class Seek:
    """An aim, with the lever for ``most`` and ``least``."""

    aim: Aim
    lever: str = ""

    @property
    def key(self) -> str:
        """``most field``, ``steady``."""
        return f"{self.aim} {self.lever}".strip()

    @property
    def sign(self) -> float:
        """1 where more of the measure is sought, else -1."""
        return 1.0 if self.aim == "most" else -1.0


@dataclass(frozen=True, eq=False)
class Alternative:
    """One alternative.

    Attributes:
        seek: what it seeks.
        plan: its verified plan.
        measure: what it seeks, of its own plan; see ``SEEKS`` of ``allocator.alternatives.words``.
        before: the same of the plan that it is an alternative to.
        limit: the most (or least) that is proved possible within the regret; infinite if nothing
            is proved.
        changes: whole-number choices that differ, in words.
        seconds: what making it took.
    """

    seek: Seek
    plan: Plan
    measure: float
    before: float
    limit: float
    changes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class Alternatives:
    """A plan and its alternatives.

    Attributes:
        plan: the plan.
        within: largest share of the objective that an alternative may cost.
        found: alternatives in the order of their making.
        same: aims for which nothing better was found.
        missed: aims whose time was over before an alternative was exact.
        stopped: whether somebody ended it before all were tried.
    """

    plan: Plan
    within: float
    found: tuple[Alternative, ...]
    same: tuple[Seek, ...] = ()
    missed: tuple[Seek, ...] = ()
    stopped: bool = False

    def regret(self, one: Alternative) -> float:
        """Share of the plan's objective that the alternative costs; negative if it is better."""
        sign = sign_of(self.plan.instance.objective.goal)
        best, own = float(self.plan.objective or 0.0), float(one.plan.objective or 0.0)
        return sign * (best - own) / max(abs(best), 1.0)


def record(found: Alternatives) -> dict[str, Any]:
    """The alternatives as JSON knows them."""
    plan = found.plan
    rows = [
        {
            "seek": one.seek.key,
            "regret": found.regret(one),
            "gmv_regret": float(plan.gmv or 0.0) - float(one.plan.gmv or 0.0),
            "measure": one.measure,
            "measure_of_plan": one.before,
            "limit": one.limit if math.isfinite(one.limit) else None,
            "changes": list(one.changes),
            **_figures(one.plan),
            "seconds": one.seconds,
        }
        for one in found.found
    ]
    return {
        "instance": plan.name,
        "currency": plan.instance.currency,
        "within": found.within,
        "plan": _figures(plan),
        "alternatives": rows,
        "same": [seek.key for seek in found.same],
        "missed": [seek.key for seek in found.missed],
        "stopped": found.stopped,
    }


def _figures(plan: Plan) -> dict[str, Any]:
    names = ("gmv", "net_gmv", "contribution", "objective", "max_violation")
    spend = spend_by_lever(plan)
    return {name: getattr(plan, name) for name in names} | {
        "spend": spend_of(plan),
        "spend_by_lever": spend,
    }


def spend_by_lever(plan: Plan) -> dict[str, float]:
    """Spend over the horizon by lever of the file."""
    if plan.replay is None:
        return {}
    used = [k for k in LEVERS if getattr(plan.instance, k) is not None]
    return {k: float(plan.replay.spend[k].sum()) for k in used}
