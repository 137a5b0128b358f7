"""Plans put to the test in worlds of low, middle and high growth.

Hours, spend, staff, packages and deals are kept, visits and orders are derived anew up to
capacity, and every rule that breaks is named.

Taking all that comes can be worse than what a plan chose: it refuses visits and orders at their
price, and picks lines. So at middle growth, the world that the snowball plan was made for, each
plan stands with the better of two replays: its own accepted volumes, cut where the states offer
less, and all that capacity allows. For the snowball plan the first is its certified value. Which
one was taken, and whether it was cut, stands with every trial.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.plan import Plan
from fact_models.decisions import Decisions
from fact_models.replay import Cut, replay
from fact_models.spec.instance import Instance
from fact_models.verify import Violation, verify

GROWTH = {"low": 0.7, "middle": 1.0, "high": 1.3}
"""Strength of the traffic feedback by the name of the world, relative to the instance."""
Kind = Literal["snowball", "funnel", "replanned"]
"""World that a plan was made for; ``replanned``: the very world that it is then tested in."""
Taken = Literal["as planned", "cut", "up to capacity"]
"""Volumes of a trial: the plan's own, those cut to what the states offer, or all that comes."""
FEEDBACK = (
    "traffic_per_order",
    "traffic_per_contact",
    "traffic_per_follower",
    "traffic_per_awareness",
)
"""Rates of a segment by which what is sold and deposited returns as recommended traffic."""


@dataclass(frozen=True)
class Trial:
    """What a plan brings in one of the snowball worlds."""

    world: str
    """Key of ``GROWTH``."""
    plan: Kind
    taken: Taken
    gmv: float
    net_gmv: float
    contribution: float
    spend: float
    objective: float
    """Value of the instance's goal, terminal value included."""
    broken: tuple[Violation, ...]
    """Every place where a rule breaks, the worst first."""

    @property
    def feasible(self) -> bool:
        """Whether the plan keeps every rule in this world."""
        return not self.broken

    @property
    def rules_broken(self) -> int:
        """How many rules break, each counted once."""
        return len({(x.number, x.rule) for x in self.broken})

    @property
    def worst(self) -> str:
        """The rule that breaks worst, in words; empty for a feasible plan."""
        return str(self.broken[0]) if self.broken else ""


def with_growth(instance: Instance, factor: float) -> Instance:
    """The instance with its traffic feedback multiplied by ``factor``.

    The feedback is ``FEEDBACK`` and the look-alikes. What returns by itself (persistence, cold
    start) and all else stays.

    Raises:
        ValueError: ``factor`` is negative, or a rate leaves the range of the instance file.
    """
    if factor < 0:
        raise ValueError(f"factor must be at least 0, is {factor}")
    if factor == 1:
        return instance
    tree = instance.model_dump()
    for segment in tree["snowball"]["segments"].values():
        for name in FEEDBACK:
            segment[name] *= factor
        segment["lookalike"] = {s: factor * rate for s, rate in segment["lookalike"].items()}
    return Instance.model_validate(tree)


def trials_of(
    worlds: dict[str, Instance], snowball: Plan, funnel_plan: Plan, replanned: dict[str, Plan]
) -> Iterator[Trial]:
    """Every plan that was found in every world; a plan made anew only in its own."""
    for name, world in worlds.items():
        plans: dict[Kind, Plan | None] = {
            "snowball": snowball,
            "funnel": funnel_plan,
            "replanned": replanned.get(name),
        }
        for kind, plan in plans.items():
            if plan is not None and plan.decisions is not None:
                yield _tried(world, name, kind, plan.decisions)


def _tried(world: Instance, name: str, kind: Kind, decisions: Decisions) -> Trial:
    """The controls are kept; at middle growth the better of two ways to take what comes."""
    freely = _replayed(world, name, kind, decisions, greedy=True)
    if name != "middle":
        return freely
    own = _replayed(world, name, kind, decisions, greedy=False)
    return min(own, freely, key=lambda trial: _rank(world, trial))


def _rank(world: Instance, trial: Trial) -> tuple[bool, float]:
    """The better trial is the smaller; least spend counts only where the target is reached."""
    if world.objective.goal == "cost":
        return not trial.feasible, trial.objective
    return False, -trial.objective


def _replayed(
    world: Instance, name: str, kind: Kind, decisions: Decisions, *, greedy: bool
) -> Trial:
    """A plan in a world: its figures and the rules that break."""
    cuts: list[Cut] = []
    accept: Literal["greedy", "trim"] = "greedy" if greedy else "trim"
    states = replay(world, decisions, accept=accept, record=cuts)
    check = verify(world, states.decisions, objective=states.objective)
    return Trial(
        world=name,
        plan=kind,
        taken="up to capacity" if greedy else "cut" if cuts else "as planned",
        gmv=float(np.sum(list(states.gmv.values()))),
        net_gmv=float(states.net_gmv.sum()),
        contribution=float(states.contribution.sum()),
        spend=float(np.sum(list(states.spend.values()))),
        objective=float(states.objective),
        broken=check.violations,
    )
