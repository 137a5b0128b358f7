"""The snowball's own figures of a plan: growth of traffic, yield of money, what came back.

Every figure comes from replays of the plan's own controls (hours, spend, staff, packages, deals);
no solver takes part. These replays accept what the states offer up to capacity, so two of them
differ in nothing but what was changed on purpose.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.plan import agrees
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import Facts, Replay, facts, funnel, replay
from fact_models.spec.instance import Instance

HORIZONS = (4, 13, 26)
"""Periods after which the yield of one more unit of money is told."""
SPEND_STEP = 0.01
"""Step of a finite difference relative to what the lever spends in the first period."""
GMV_STEP = 0.001
"""Least step of a finite difference relative to the mean GMV of a period."""
TRIED = 3
"""Most boosts, and most tiers, whose yield is replayed: those that promise most."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """One more amount of money put into a lever in the first period."""

    lever: str
    """Kind and id, such as ``boost feed``."""
    array: str
    """The array of ``Decisions`` that changes."""
    row: int
    amount: float
    """Change of the entry; negative where the lever is full."""
    money: float
    """What the change costs, of the same sign."""

    def applied(self, decisions: Decisions) -> Decisions:
        """The decisions with the change made."""
        changed = decisions.copy()
        getattr(changed, self.array)[self.row, 0] += self.amount
        return changed


def growth_figures(
    instance: Instance, states: Replay, *, known: Facts | None = None
) -> dict[str, Any]:
    """How the snowball works in a plan.

    Args:
        instance: the instance of the plan.
        states: the replay of the plan.
        known: ``facts(instance)``, where it is at hand.

    Returns:
        Plain values that JSON can hold, None where a figure has no meaning:

        - ``factor``: by segment, the growth of deseasonalised recommended traffic over each
          period, summed over the accounts that are open in that period and the next;
        - ``mean_factor``: by segment, the geometric mean of its factors;
        - ``yuan``: paid GMV within 4, 13 and 26 periods (as text, the keys) that one more unit of
          money brings when the boost of the best return gets it in the first period, or the
          samples of a tier where there is no boost or none brings anything; a shorter instance
          names its own length instead;
        - ``yuan_lever``: that lever, such as ``boost feed`` or ``samples tail``;
        - ``returned_share``: share of the GMV that would be missing if the same controls met the
          funnel; negative where they would sell more there.

        A comparison adds ``worth_vs_funnel`` (``allocator.models_compare``): what the plan brings
        at middle growth beyond the funnel's plan, as ``gmv``, its ``share`` of the funnel plan's
        GMV, and ``objective``; with ``funnel_gap``, the certified gap of the funnel's plan, and
        ``funnel_rules_broken``, the number of rules that it breaks there.
    """
    known = facts(instance) if known is None else known
    factor = growth_factors(instance, states)
    today = replay(instance, states.decisions, accept="greedy", known=known)
    lever, yields = money_yield(known, states.decisions, today)
    return {
        "factor": factor,
        "mean_factor": {s: geometric_mean(rates) for s, rates in factor.items()},
        "yuan": yields,
        "yuan_lever": lever,
        "returned_share": returned_share(instance, states.decisions, today),
    }


def misstated(stated: dict[str, Any], made: dict[str, Any]) -> list[str]:
    """Names of figures that ``stated`` gives otherwise than ``made``; one that is not stated is
    no claim.
    """
    return [name for name, due in made.items() if name in stated and not _alike(stated[name], due)]


def _alike(told: Any, due: Any) -> bool:
    if isinstance(due, dict) and isinstance(told, dict):
        return told.keys() == due.keys() and all(_alike(told[key], due[key]) for key in due)
    if isinstance(due, list) and isinstance(told, list):
        return len(told) == len(due) and all(map(_alike, told, due))
    if isinstance(due, float) and isinstance(told, float | int):
        return agrees(told, due)
    return bool(told == due)


def growth_factors(instance: Instance, states: Replay) -> dict[str, list[float | None]]:
    """Traffic at the end of each period over its start, by segment; None without traffic."""
    ids = ids_of(instance)
    if not ids.accounts:
        return {s: [None] * ids.periods for s in ids.segments}
    later = np.concatenate([states.open[:, 1:], states.open[:, -1:]], axis=1)
    both = ((states.open > 0.5) & (later > 0.5))[:, None, :]
    before = np.where(both, states.traffic[..., :-1], 0.0).sum(axis=0)
    after = np.where(both, states.traffic[..., 1:], 0.0).sum(axis=0)
    return {
        s: [_ratio(float(after[n, t]), float(before[n, t])) for t in range(ids.periods)]
        for n, s in enumerate(ids.segments)
    }


def geometric_mean(factors: list[float | None]) -> float | None:
    """Geometric mean of the factors that there are; None without any."""
    known = np.array([x for x in factors if x is not None])
    if not known.size:
        return None
    return 0.0 if (known <= 0).any() else float(np.exp(np.log(known).mean()))


def money_yield(
    known: Facts, decisions: Decisions, today: Replay
) -> tuple[str | None, dict[str, float | None]]:
    """The lever of the best return and what a unit of money brings there, by periods.

    Args:
        known: facts of the plan's instance.
        decisions: the plan.
        today: its replay that accepts up to capacity.
    """
    instance, base = known.instance, _gmv(today)
    ends = list(dict.fromkeys(min(h, instance.calendar.periods) for h in HORIZONS))
    best: tuple[str | None, list[float]] = (None, [])
    # Where rooms are full a boost only pushes other visits out: then samples are worth a try too.
    for kind in (_boost_steps, _sample_steps):
        if best[0] is not None and best[1][-1] > 0:
            break
        promising = sorted(kind(instance, today), key=lambda pair: -pair[0])[:TRIED]
        for _, step in promising:
            changed = replay(instance, step.applied(decisions), accept="greedy", known=known)
            gained = np.cumsum(_gmv(changed) - base)
            brought = [float(gained[end - 1]) / step.money for end in ends]
            if best[0] is None or brought[-1] > best[1][-1]:
                best = (step.lever, brought)
    if best[0] is None:
        return None, {str(end): None for end in ends}
    return best[0], {str(end): _finite(x) for end, x in zip(ends, best[1], strict=True)}


def returned_share(instance: Instance, decisions: Decisions, today: Replay) -> float | None:
    """Share of the GMV of ``today`` that the same controls do not bring in the funnel."""
    if float(_gmv(today).sum()) <= 0:
        return None
    return _finite(float(returned_by_period(instance, decisions, today).sum()))


def returned_by_period(instance: Instance, decisions: Decisions, today: Replay) -> Array:
    """What the same controls do not bring in the funnel, period by period, as shares of the GMV
    of ``today`` over the whole horizon; 0 where nothing is sold.

    Args:
        instance: the instance of the plan.
        decisions: the plan.
        today: its replay that accepts up to capacity.
    """
    without = replay(funnel(instance), decisions, accept="greedy")
    total = float(_gmv(today).sum())
    missing = _gmv(today) - _gmv(without)
    return missing / total if total > 0 else np.zeros_like(missing)


def _boost_steps(instance: Instance, today: Replay) -> Iterator[tuple[float, Step]]:
    """A step of every boost, and the orders that a unit of money promises there at once."""
    least = GMV_STEP * float(_gmv(today).mean())
    segments = instance.snowball.segments
    boosts = instance.field.boosts if instance.field else {}
    for n, (i, boost) in enumerate(boosts.items()):
        spend = float(today.decisions.boost_spend[n, 0])
        amount = _within(spend, boost.spend_max, max(SPEND_STEP * spend, least))
        carrier = float(today.content[0]) if boost.per_content else 1.0
        if not amount or carrier <= 0:
            continue
        ends = boost.curve.value(np.array([spend, spend + amount]) / carrier)
        rate = sum(share * segments[s].conversion for s, share in boost.mix.items())
        orders = carrier * float(ends[1] - ends[0]) / amount * boost.conversion_factor * rate
        yield orders, Step(f"boost {i}", "boost_spend", n, amount, amount)


def _sample_steps(instance: Instance, today: Replay) -> Iterator[tuple[float, Step]]:
    """A step in every tier's samples, and the creators that a unit of money promises there."""
    least = GMV_STEP * float(_gmv(today).mean())
    tiers = instance.alliance.tiers if instance.alliance else {}
    for n, (c, o) in enumerate(ids_of(instance).offers):
        tier, sent = tiers[c], float(today.decisions.samples[n, 0])
        if tier.sample_cost <= 0 or today.decisions.offer[n, 0] < 0.5:
            continue
        size = max(SPEND_STEP * sent, least / tier.sample_cost)
        amount = _within(sent, tier.samples_max, size)
        if amount:
            money = amount * tier.sample_cost
            creators = tier.offers[o].activation / tier.sample_cost
            yield creators, Step(f"samples {c}", "samples", n, amount, money)


def _within(now: float, most: float, size: float) -> float:
    """A step of about ``size`` within 0 and ``most``: upwards if there is room, else downwards."""
    if size <= 0:
        return 0.0
    up, down = most - now, now
    if up >= size:
        return size
    return up if up >= down else -min(size, down)


def _gmv(states: Replay) -> Array:
    """Paid GMV by period."""
    return np.asarray(np.sum(list(states.gmv.values()), axis=0))


def _ratio(above: float, below: float) -> float | None:
    return _finite(above / below) if below > 0 else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
