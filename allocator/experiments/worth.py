"""What a lever's level is worth: the objective of the file's horizon, played in every draw.

Today's controls go on but for the lever, and everything follows: recommended traffic, followers,
shelf and repeat orders, and what is left at the end. Money has its price. Where the goal is
contribution, spend is in it. Where the goal is GMV, a yuan could be spent otherwise: it counts as
much as the last yuan of today's boosts brings on average, so that a level is good if its money
brings more than that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.experiments.levers import Lever, hours_today
from allocator.fit.figures import RECENT, Today
from allocator.fit.history import Array
from fact_models.decisions import Decisions
from fact_models.replay import Facts, facts, status_quo
from fact_models.replay.many import replay_many
from fact_models.spec.instance import Instance

BATCH = 250
"""Draws that are played at a time."""
STEP = 0.25
"""Share by which today's boosts move to find the price of a yuan."""


@dataclass(frozen=True)
class Judge:
    """Draws to play levels in.

    Attributes:
        known: facts of every draw.
        base: today's controls.
        price: what a yuan of spend counts beside the objective; 0 where the objective holds it.
        wage: what a yuan of wages counts that the replay does not see, for staff is paid anyway.
        contribution: whether the objective is contribution, else GMV.
    """

    known: Sequence[Facts]
    base: Decisions
    price: float
    wage: float
    contribution: bool

    def of(self, lever: Lever, factors: Array, count: int | None = None) -> Array:
        """Worth of a lever at ``factors`` [t] of today's level from the first period on [n].

        Args:
            lever: the lever.
            factors: a period each; today's level holds after them.
            count: draws that are played, from the first on; all of them if not given.
        """
        labour = self.wage * float((factors - 1).sum()) * lever.level * lever.labour
        changed = lever.put(self.base, self.known[0], factors)
        gained, spent = _played(self.known[:count], changed)
        return np.asarray(gained - self.price * spent - labour)

    def today(self) -> Array:
        """Worth of going on as today [n]."""
        gained, spent = _played(self.known, self.base)
        return np.asarray(gained - self.price * spent)


def judge(now: Today, draws: Sequence[Instance], levers: Sequence[Lever]) -> Judge:
    """The judge of levels in the instances of the draws, which share their names."""
    goal = draws[0].objective.goal
    boosts = [lever for lever in levers if lever.kind == "boost"]
    contribution = goal in ("profit", "cost") or not boosts
    asked = [_for_contribution(one) if contribution else one for one in draws]
    first = facts(asked[0])
    known = [first, *(facts(one, first) for one in asked[1:])]
    base = _today(now, asked[0], known[0])
    if contribution:
        return Judge(known, base, 0.0, 1.0, True)
    price = _price(known, base, boosts)
    return Judge(known, base, price, price, False)


def _for_contribution(instance: Instance) -> Instance:
    aim = instance.objective.model_copy(update={"goal": "profit", "target": None})
    return instance.model_copy(update={"objective": aim})


def _today(now: Today, instance: Instance, known: Facts) -> Decisions:
    """The status quo with the hours and the spend of the last weeks."""
    base, history = status_quo(instance), now.weeks.history
    base.boost_spend[:] = history.spend[-RECENT:].mean(axis=0)[:, None]
    rows = list(now.weeks.accounts)
    base.hours[rows] = hours_today(now)[:, None, None] * known.field.slot_weight[rows][..., None]
    base.hours[:] = np.minimum(base.hours, known.field.slot_hours[..., None])
    return base


def _price(known: Sequence[Facts], base: Decisions, boosts: Sequence[Lever]) -> float:
    """Objective per yuan around today's boosts, on average over the draws."""
    ends = []
    for by in (1 - STEP, 1 + STEP):
        moved = base
        for lever in boosts:
            moved = lever.put(moved, known[0], np.full(base.boost_spend.shape[1], by))
        gained, spent = _played(known, moved)
        ends.append((float(gained.mean()), float(spent.mean())))
    (low, cheap), (high, dear) = ends
    return max((high - low) / (dear - cheap), 0.0) if dear > cheap else 0.0


def _played(known: Sequence[Facts], decisions: Decisions) -> tuple[Array, Array]:
    """Objective and spend, discounted, in every draw [n]."""
    rows = list(_rows(known, decisions))
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


def _rows(known: Sequence[Facts], decisions: Decisions) -> Iterator[tuple[float, float]]:
    rate = 1 + known[0].instance.objective.discount_rate
    for first in range(0, len(known), BATCH):
        for states in replay_many(known[first : first + BATCH], decisions, "greedy"):
            spend = np.sum(list(states.spend.values()), axis=0)
            yield float(states.objective), float(spend @ rate ** -np.arange(float(spend.size)))
