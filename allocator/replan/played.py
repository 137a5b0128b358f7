"""A week's controls as they were seen: live hours, spend on traffic, KOL sessions.

The laws hold within what the file allows. What was done beyond it moves no visits; it is said in
words, and money beyond it counts in budget and cash.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from allocator.replan.figures import figures, moved, sources
from allocator.replan.row import MOST_FACTOR, Row, filled
from fact_models.decisions import AXES, Array, Decisions
from fact_models.replay import Facts, Replay, facts, replay
from fact_models.spec.instance import Instance
from fact_models.spec.kol import Outcome

AS_PLANNED = 1e-9
"""Relative difference below which a control was as planned."""
FORMATS = {"beyond_hours": "g", "beyond_spend": ",.0f"}
"""How figures of a note are written, by its key."""
SETTLED = {"first": 0, "last": 0, "agreed": None}
"""Dates of a deal that was called off: it can no longer be signed."""


@dataclass(frozen=True)
class Note:
    """Something to say about a week: a key of the words and what is put in."""

    key: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sessions:
    """KOL sessions of a week whose GMV was seen.

    Attributes:
        told: 1 for them [deal].
        held: ids of those that were held with their GMV, CNY; ``off`` those called off.
    """

    told: Array
    held: dict[str, float]
    off: tuple[str, ...]


@dataclass(frozen=True)
class Played:
    """The first week as it was done.

    Attributes:
        instance: the world with what sessions are known to have sold.
        decisions: the week's controls as seen.
        expected: what would come of them, with the ``sources``.
        steps: GMV before and after hours, spend and sessions.
        sessions: those whose GMV was seen; ``open`` ids of those whose was not.
        beyond: spend on traffic that bought no visits, CNY.
        notes: what counts only in part.
    """

    instance: Instance
    decisions: Decisions
    expected: dict[str, float]
    steps: dict[str, tuple[float, float]]
    sessions: Sessions
    open: tuple[str, ...]
    beyond: float
    notes: tuple[Note, ...]


def play(instance: Instance, trimmed: Replay, known: Facts, row: Row) -> Played:
    """The first week with the hours, the spend and the sessions that were seen.

    What they are worth is read off greedy replays: rooms take what they can.
    """
    kept = trimmed.decisions
    by_hours, notes = with_hours(trimmed, known, row)
    done, beyond, more = with_spend(by_hours, known, row)
    sessions = sessions_of(kept, known, row)
    open_ = tuple(
        k for n, k in enumerate(known.ids.deals) if kept.deal[n, 0] > 0.5 and not sessions.told[n]
    )
    world = as_sold(instance, sessions.held)
    base = {**figures(trimmed, 0), **sources(trimmed, known, sessions.told, 0)}
    stages, played = [base] * 4, kept
    if done is not kept or sessions.told.any():
        come, last = facts(world), without(done, known, sessions.off)
        tried = ((known, kept), (known, by_hours), (known, done), (come, last))
        greedy = [replay(at.instance, d, accept="greedy", known=at) for at, d in tried]
        start, *others = (
            {**figures(states, 0), **sources(states, at, sessions.told, 0)}
            for (at, _), states in zip(tried, greedy, strict=True)
        )
        stages = [base, *(moved(base, now, start) for now in others)]
        played = _first_week_moved(kept, greedy[0].decisions, greedy[-1].decisions)
    gmv = [stage["gmv"] for stage in stages]
    names = ("hours", "ad_spend", "deals")
    steps = dict(zip(names, pairwise(gmv), strict=True))
    said = (*notes, *more)
    return Played(world, played, stages[-1], steps, sessions, open_, beyond, said)


def with_hours(states: Replay, known: Facts, row: Row) -> tuple[Decisions, list[Note]]:
    """The first week with the live hours that were seen, and what was beyond the rooms' limits;
    the decisions of ``states`` themselves where as planned.
    """
    d, f = states.decisions, known.field
    planned = d.hours[..., 0].sum(axis=1)
    most = np.minimum(f.slot_hours.sum(axis=1), f.hours_max) * (states.open[:, 0] > 0.5)
    wanted, excess = row.spread("hours", known.ids.accounts, planned, most)
    done = np.minimum(wanted, most)
    total = row.get("hours") or 0.0
    notes = _beyond("beyond_hours", known.ids.accounts, wanted, most, total, excess)
    if not _differ(done, planned):
        return d, notes
    found = d.copy()
    for n, hours in enumerate(done):
        found.hours[n, :, 0] = _slots(float(hours), d.hours[n, :, 0], n, known)
        found.on[n, 0] = float(hours > 0 and f.hours_min[n] > 0)
        if planned[n] > 0:
            found.skilled[n, 0] = min(d.skilled[n, 0] * hours / planned[n], f.skilled_max[n])
    return found, notes


def _slots(hours: float, planned: Array, n: int, known: Facts) -> Array:
    """Hours of room ``n`` by slot: as split in the plan, what a full slot leaves by the weights of
    the slots with room.
    """
    f, due = known.field, float(planned.sum())
    split = planned / due if due > 0 else f.slot_weight[n]
    first = np.minimum(hours * split, f.slot_hours[n])
    left = max(hours - float(first.sum()), 0.0)
    return np.asarray(first + filled(left, f.slot_weight[n], f.slot_hours[n] - first))


def with_spend(d: Decisions, known: Facts, row: Row) -> tuple[Decisions, float, list[Note]]:
    """The first week with the spend on traffic that was seen, the spend beyond what buys visits,
    and words for it; ``d`` itself where as planned.
    """
    planned, most, ids = d.boost_spend[:, 0], known.field.spend_max, known.ids.boosts
    wanted, excess = row.spread("ad_spend", ids, planned, most)
    total = row.get("ad_spend") or 0.0
    if not ids:
        excess = total
    done = np.minimum(wanted, most)
    notes = _beyond("beyond_spend", ids, wanted, most, total, excess)
    beyond = float((wanted - done).sum()) + excess
    if not _differ(done, planned):
        return d, beyond, notes
    found = d.copy()
    found.boost_spend[:, 0] = done
    return found, beyond, notes


def _differ(one: Array, other: Array) -> bool:
    return bool(np.any(np.abs(one - other) > AS_PLANNED * np.maximum(other, 1.0)))


def _beyond(
    key: str, names: tuple[str, ...], seen: Array, most: Array, total: float, excess: float
) -> list[Note]:
    """What is beyond the limits: of those that have a column of their own, by name; of the total,
    what no room or boost takes.
    """

    def note(name: str, came: float, allowed: float) -> Note:
        shape = FORMATS[key]
        return Note(key, {"name": name, "seen": f"{came:{shape}}", "most": f"{allowed:{shape}}"})

    over = [n for n in range(len(names)) if _differ(seen[n], most[n]) and seen[n] > most[n]]
    found = [note(names[n], seen[n], most[n]) for n in over]
    if excess > AS_PLANNED * total:
        found.append(note("", total, float(np.minimum(seen, most).sum())))
    return found


def sessions_of(d: Decisions, known: Facts, row: Row) -> Sessions:
    """What the week's file says of the KOL sessions; 0 in a week without one says nothing.

    Raises:
        InputError: GMV of a session that the plan does not hold in this week.
    """
    told, held, off = np.zeros(len(known.ids.deals)), {}, []
    for n, k in enumerate(known.ids.deals):
        sold, planned = row.items.get(("deal", k)), d.deal[n, 0] > 0.5
        if sold is None or (sold == 0 and not planned):
            continue
        if not planned:
            rule, hint = "the plan holds no session of it in this week", "leave it empty or 0"
            raise row.refusal(f"deal:{k}", sold, rule, hint)
        told[n] = 1.0
        if sold > 0:
            row.believed(f"deal:{k}", sold, float(known.kol.gmv["mean"][n]))
            held[k] = sold
        else:
            off.append(k)
    return Sessions(told, held, tuple(off))


def without(d: Decisions, known: Facts, off: tuple[str, ...]) -> Decisions:
    """The first week without the sessions that were called off."""
    found = d.copy()
    for k in off:
        found.deal[known.ids.deals.index(k), 0] = 0.0
    return found


def as_sold(instance: Instance, held: dict[str, float]) -> Instance:
    """The instance with the outcome of sessions that were held: their GMV is certain, and so is
    that they were accepted; visits and awareness go with the GMV.
    """
    if instance.kol is None or not held:
        return instance
    deals = dict(instance.kol.deals)
    for k, sold in held.items():
        deal, mean = deals[k], deals[k].gmv.mean()
        by = sold / mean if mean > 0 else 1.0
        changes = {
            "gmv": Outcome(p10=sold, p50=sold, p90=sold),
            "acceptance": 1.0,
            "own_visits": {s: by * x for s, x in deal.own_visits.items()},
            "awareness": {s: by * x for s, x in deal.awareness.items()},
        }
        deals[k] = deal.model_copy(update=changes)
    return instance.model_copy(update={"kol": instance.kol.model_copy(update={"deals": deals})})


def _first_week_moved(kept: Decisions, before: Decisions, after: Decisions) -> Decisions:
    """``kept`` with its first week moved as a greedy replay moves from ``before`` to ``after``.

    What is done is that of ``after``; visits and orders move in its proportion. Those of a greedy
    replay itself lie in other rooms and segments than the plan's, however little was done
    otherwise.
    """
    found = kept.copy()
    for name, axes in AXES.items():
        if axes.endswith("t"):
            weeks = (getattr(d, name)[..., 0] for d in (kept, before, after))
            getattr(found, name)[..., 0] = _in_proportion(*weeks)
    return found


def _in_proportion(kept: Array, before: Array, after: Array) -> Array:
    """``after`` where ``before`` is as kept, else ``kept`` times after over before; where there
    was next to nothing before, times the ratio of the sums."""
    least = AS_PLANNED * max(float(before.max(initial=0.0)), 1.0)
    whole = float(after.sum()) / float(before.sum()) if before.sum() > least else 1.0
    by = np.full(before.shape, whole)
    np.divide(after, before, out=by, where=before > least)
    moved_ = np.minimum(kept * by, np.maximum(kept, after) * MOST_FACTOR)
    return np.asarray(np.where(np.abs(before - kept) <= least, after, moved_))
