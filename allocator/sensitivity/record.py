"""What a plan is worth in the worlds of its sensitivity."""

import math
from dataclasses import dataclass
from typing import Any

from allocator.compare import sign_of
from allocator.labels import Label
from allocator.plan import Plan
from allocator.sensitivity.worlds import Figure, Way


@dataclass(frozen=True)
class Anew:
    """The plan made anew in a world.

    Attributes:
        objective: of its verified plan; ``bound`` that is proved there; nan both where it is
            proved that no plan keeps the rules.
        kept: objective with the whole-number choices of the plan at hand; nan if none was found.
        changes: choices that differ, in words; none where the plan's own are as good.
        switch: share of the way to this world at which the other choices become the better ones,
            by a straight line, or by which the plan's own are lost; infinite where neither is.
        lost: whether the plan's choices keep the rules no longer: the search for a plan with them
            ended without one, and not for want of time.
    """

    objective: float
    bound: float
    kept: float
    changes: tuple[str, ...]
    switch: float
    lost: bool = False

    @property
    def possible(self) -> bool:
        """Whether there is a plan in the world."""
        return math.isfinite(self.objective)


@dataclass(frozen=True)
class Effect:
    """A figure moved one way.

    Attributes:
        gmv: GMV of the fixed plan less that in the world of the file; ``objective`` and
            ``contribution`` likewise.
        broken: rules that the fixed plan breaks there; ``worst`` names the one broken worst, None
            if none is.
        anew: the plan made anew; None where it was not made.
    """

    figure: Figure
    way: Way
    gmv: float
    objective: float
    contribution: float
    broken: int
    worst: Label | None
    anew: Anew | None = None


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """A plan and what moves it.

    Attributes:
        by: share by which growth, conversion and refunds are moved; assumed.
        base: objective of the fixed plan in the world of the file, volumes taken as in the others.
    """

    plan: Plan
    by: float
    base: float
    effects: tuple[Effect, ...]
    stopped: bool = False

    @property
    def figures(self) -> list[Figure]:
        """Figures, the one that moves the objective most first."""
        swing: dict[Figure, float] = {}
        for one in self.effects:
            swing[one.figure] = max(swing.get(one.figure, 0.0), abs(one.objective))
        return sorted(swing, key=lambda figure: -swing[figure])

    @property
    def first(self) -> Effect | None:
        """The figure that changes a decision first: after the smallest part of its way."""
        turning = [x for x in self.effects if x.anew and math.isfinite(x.anew.switch)]
        return min(turning, key=lambda x: x.anew.switch if x.anew else math.inf, default=None)


def switch_at(kept: tuple[float, float], other: tuple[float, float]) -> float:
    """Share of the way at which ``other`` (here, there) becomes better than ``kept``; infinite if
    it is not better at the end.
    """
    ahead, behind = kept[0] - other[0], other[1] - kept[1]
    if not all(map(math.isfinite, (ahead, behind))) or behind <= 0:
        return math.inf
    return max(ahead, 0.0) / (max(ahead, 0.0) + behind)


def record(found: Sensitivity) -> dict[str, Any]:
    """The sensitivity as JSON knows it."""
    sign = sign_of(found.plan.instance.objective.goal)
    rows = []
    for one in found.effects:
        anew = one.anew
        rows.append(
            {
                "figure": one.figure,
                "way": one.way,
                "gmv": one.gmv,
                "objective": one.objective,
                "contribution": one.contribution,
                "rules_broken": one.broken,
                "worst": one.worst.en if one.worst else "",
                "worst_zh": one.worst.zh if one.worst else "",
                "anew": None
                if anew is None
                else {
                    "objective": _finite(sign * anew.objective),
                    "bound": _finite(sign * anew.bound),
                    "kept": _finite(sign * anew.kept),
                    "changes": list(anew.changes),
                    "switch": _finite(anew.switch),
                    "kept_breaks_rules": anew.lost,
                    "infeasible": not anew.possible,
                },
            }
        )
    first = found.first
    return {
        "instance": found.plan.name,
        "currency": found.plan.instance.currency,
        "by": found.by,
        "base": found.base,
        "effects": rows,
        "first": None if first is None else {"figure": first.figure, "way": first.way},
        "stopped": found.stopped,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
