"""The decisions that matter most: what the plan would lose if one of them were undone.

Each is undone alone and all else stays as planned; rooms take the visits that are left within the
rules that the plan keeps. No solver takes part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from allocator.panel import week_of
from allocator.plan import Plan
from allocator.reasons.attribution import source_label
from allocator.reasons.undone import gmv_of, what_is_left
from fact_models.decisions import Decisions
from fact_models.replay import Facts, facts, status_quo
from fact_models.replay.provenance import Source

if TYPE_CHECKING:
    from fact_models.replay.provenance.origins import Kind

MOST = 5


@dataclass(frozen=True)
class Decision:
    """Something that the plan does.

    Attributes:
        kind: ``boost``, ``room``, ``skilled``, ``discount``, ``tier``, ``offer``, ``package``,
            ``deal``.
        key, label: what it is about.
        week: ISO week in which it takes place; empty for what lasts.
        worth: objective that would be missing without it, less than nothing where spend is to be
            least and it is paid for; ``gmv`` paid GMV of the horizon.
    """

    kind: str
    key: str
    label: str
    week: str
    worth: float
    gmv: float


def decisions(plan: Plan, most: int = MOST) -> tuple[Decision, ...]:
    """The decisions of a plan that are worth most; where spend is to be least, those that bring
    most GMV towards the target, since undoing one of them alone only saves its spend.

    Raises:
        ValueError: there is no plan.
    """
    if plan.decisions is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status})")
    known, d = facts(plan.instance), plan.decisions
    least_cost = plan.instance.objective.goal == "cost"
    sign = -1.0 if least_cost else 1.0
    whole = what_is_left(known, d)
    found = []
    for kind, key, t, left in _undone(known, d):
        states = what_is_left(known, left)
        worth = sign * (whole.objective - states.objective)
        week = "" if t is None else week_of(plan.instance.calendar, t)
        label, gmv = _label(plan, kind, key), gmv_of(whole) - gmv_of(states)
        found.append(Decision(kind, key, label, week, worth, gmv))

    def weight(one: Decision) -> float:
        return one.gmv if least_cost else one.worth

    found.sort(key=weight, reverse=True)
    # Of a tier's samples and its offer, the larger speaks for both.
    first = {(one.kind in ("tier", "offer"), one.key): one for one in reversed(found)}
    return tuple(one for one in found if one in first.values() and weight(one) > 0)[:most]


def _label(plan: Plan, kind: str, key: str) -> str:
    """What planners call the thing; an offer goes by its tier."""
    sort = cast("Kind", "tier" if kind == "offer" else kind)
    return source_label(plan.instance, Source("", sort, key))


def _undone(known: Facts, d: Decisions) -> Iterator[tuple[str, str, int | None, Decisions]]:
    """Every decision with the plan that does all but it: kind, key, period, decisions."""
    yield from _rooms(known, d)
    ids = known.ids
    for n, (e, p) in enumerate(ids.packages):
        if d.package[n] > 0.5 and not known.campaign.joined[n]:
            left = d.copy()
            left.package[n] = 0.0
            opens = known.campaign.windows[known.campaign.of[n]].first
            yield "package", f"{e}.{p}", max(opens, 0), left
    for n, k in enumerate(ids.deals):
        if d.deal[n].any():
            left = d.copy()
            left.deal[n] = 0.0
            yield "deal", k, int(np.argmax(d.deal[n])), left
    today = status_quo(known.instance)
    for c in ids.tiers:
        rows = [n for n, (tier, _) in enumerate(ids.offers) if tier == c]
        if d.samples[rows].sum() > 0:
            left = d.copy()
            left.samples[rows] = 0.0
            yield "tier", c, None, left
        if np.abs(d.offer[rows] - today.offer[rows]).sum() > 0.5:
            left = d.copy()
            left.offer[rows] = today.offer[rows]
            left.samples[rows] = today.offer[rows] * d.samples[rows].sum(axis=0)
            yield "offer", c, None, left


def _rooms(known: Facts, d: Decisions) -> Iterator[tuple[str, str, int | None, Decisions]]:
    ids = known.ids
    for n, i in enumerate(ids.boosts):
        if d.boost_spend[n].sum() > 0:
            left = d.copy()
            left.boost_spend[n] = 0.0
            yield "boost", i, None, left
    for n, a in enumerate(ids.accounts):
        if d.start[n].any():
            left = d.copy()
            for name in ("start", "on", "hours", "skilled"):
                getattr(left, name)[n] = 0.0
            yield "room", a, int(np.argmax(d.start[n])), left
        if d.skilled[n].sum() > 0:
            left = d.copy()
            left.skilled[n] = 0.0
            yield "skilled", a, None, left
    if ids.discounts:
        shallow = int(np.argmin(known.field.depth))
        if d.discount[shallow].sum() < ids.periods - 0.5:
            left = d.copy()
            left.discount[:] = 0.0
            left.discount[shallow] = 1.0
            yield "discount", "", None, left
