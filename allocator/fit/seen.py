"""The range that the history has seen, and where a plan or the file's limits leave it."""

from dataclasses import dataclass

import numpy as np

from allocator.fit.history import Array, History
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import Replay
from fact_models.spec.instance import Instance

ROOM = 0.02
"""Excess, as a share of the range's end, that is not worth a word."""
UNTOLD = ("samples", "discount")
"""Kinds of levers that no history tells of."""


@dataclass(frozen=True)
class Range:
    """What a week of the history saw of a lever.

    Attributes:
        lever: such as ``boost live_ads``.
        unit: of the numbers.
        low: least that was seen.
        high: most that was seen.
        limit: most that the instance file allows; None where it sets no limit.
    """

    lever: str
    unit: str
    low: float
    high: float
    limit: float | None

    def beyond(self, planned: Array) -> float | None:
        """The planned number farthest above the range, or below it; None within it."""
        if planned.size and planned.max() > self.high * (1 + ROOM):
            return float(planned.max())
        if planned.size and planned.min() < self.low * (1 - ROOM):
            return float(planned.min())
        return None


def ranges(instance: Instance, history: History) -> list[Range]:
    """Ranges of live hours, spend, creators and packages, and the file's limits."""
    field, alliance = instance.field, instance.alliance
    found = []
    for n, a in enumerate(history.accounts):
        hours = history.hours[history.open[:, n] > 0, n]
        limit = field.accounts[a].hours_max if field else None
        found.append(_range(f"hours {a}", "hour", hours, limit))
    for n, (i, boost) in enumerate((field.boosts if field else {}).items()):
        found.append(_range(f"boost {i}", "money", history.spend[:, n], boost.spend_max))
    for n, (c, tier) in enumerate((alliance.tiers if alliance else {}).items()):
        supply = max(o.supply for o in tier.offers.values())
        found.append(_range(f"creators {c}", "creator", history.creators[:, n], supply))
    for taken in dict.fromkeys(one for one in history.promotion if one is not None):
        weeks = np.array([one == taken for one in history.promotion])
        share = np.where(weeks, history.promotion_share, 0.0)
        if share.any():
            found.append(_range(f"package {'.'.join(taken)}", "week", share, None))
    return found


def _range(lever: str, unit: str, seen: Array, limit: float | None) -> Range:
    return Range(lever, unit, float(seen.min()), float(seen.max()), limit)


def planned(instance: Instance, decisions: Decisions, states: Replay) -> dict[str, Array]:
    """What a plan does with each lever, week by week; 1 for a package that it takes."""
    field, alliance = instance.field, instance.alliance
    found: dict[str, Array] = {}
    for n, a in enumerate(field.accounts if field else {}):
        open_weeks = states.open[n] > 0
        found[f"hours {a}"] = decisions.hours[n].sum(axis=0)[open_weeks]
    for n, i in enumerate(field.boosts if field else {}):
        found[f"boost {i}"] = decisions.boost_spend[n]
    first = 0
    for c, tier in (alliance.tiers if alliance else {}).items():
        rows = slice(first, first + len(tier.offers))
        found[f"creators {c}"] = np.asarray(decisions.kept[rows].sum(axis=0))
        found[f"samples {c}"] = np.asarray(decisions.samples[rows].sum(axis=0))
        first += len(tier.offers)
    ids = ids_of(instance)
    for n, taken in enumerate(ids.packages):
        found[f"package {'.'.join(taken)}"] = np.round(decisions.package[n : n + 1])
    for n, (level, terms) in enumerate((field.discounts if field else {}).items()):
        if terms.depth > 0:
            found[f"discount {level}"] = np.round(decisions.discount[n])
    return found


def outside(
    seen: list[Range], plan: dict[str, Array]
) -> list[tuple[str, str, float | None, Range | None]]:
    """(lever, unit, planned number, range seen) where a plan leaves what was seen.

    A lever of the plan that the history does not know at all has no range. One that the plan never
    uses leaves its range like any other, if no week of the history was without it.
    """
    by_lever = {r.lever: r for r in seen}
    found: list[tuple[str, str, float | None, Range | None]] = []
    for lever, numbers in plan.items():
        known = by_lever.get(lever)
        if known is None:
            if numbers.any():
                found.append((lever, "", float(numbers.max()), None))
            continue
        far = known.beyond(numbers)
        if far is not None:
            found.append((lever, known.unit, far, known))
    return found
