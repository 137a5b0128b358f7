"""Campaigns and deals by the rule of thumb: the best return first, as long as rules and money
last.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Decisions
from fact_models.parameters import Parameters
from fact_models.replay import Facts, Replay, replay
from fact_models.verify import verify

EVENT_RULES = ("CA.", "KO.", "GO.5")
"""Numbers of the rules that say which campaigns and deals go together."""
DATES = 3
"""Dates of a deal that are tried: the first, the middle, the last."""


@dataclass(frozen=True)
class Event:
    """A package or a deal on a date, as an entry of ``Decisions``."""

    lever: str
    array: str
    place: tuple[int, ...]
    rivals: tuple[int, ...]
    """First indices of entries of which only one is taken."""

    def taken(self, decisions: Decisions) -> Decisions:
        """The decisions with it."""
        changed = decisions.copy()
        getattr(changed, self.array)[self.place] = 1.0
        return changed


@dataclass(frozen=True)
class Offer:
    """An event with what it brings on top of a plan: paid GMV, cost, and GMV per yuan."""

    event: Event
    gmv: float
    cost: float

    @property
    def roi(self) -> float:
        """GMV per yuan; of two free events the one with more GMV is better."""
        return self.gmv / max(self.cost, 1.0)


def events(p: Parameters) -> Iterator[Event]:
    """Every package that can be taken, and every deal on a few of its dates."""
    for n, key in enumerate(p.ids.packages):
        if key in p.entries and not p.entries[key].joined:
            mine = [m for m, (e, _) in enumerate(p.ids.packages) if e == key[0]]
            yield Event("campaign", "package", (n,), tuple(mine))
    for n, k in enumerate(p.ids.deals):
        dates = list(p.sessions[k].dates)
        tried = (
            {dates[i] for i in np.linspace(0, len(dates) - 1, DATES, dtype=int)} if dates else ()
        )
        for t in sorted(tried):
            yield Event("kol", "deal", (n, t), (n,))


def offers(
    known: Facts, p: Parameters, base: Decisions, ended: Callable[[], bool] = lambda: False
) -> list[Offer]:
    """Events that bring anything on top of ``base``, the best return first; those that were tried
    before ``ended``."""
    today = replay(known.instance, base, accept="greedy", known=known)
    found = []
    for event in events(p):
        if ended():
            break
        if not allowed(known, event.taken(base)):
            continue
        with_it = replay(known.instance, event.taken(base), accept="greedy", known=known)
        gained = gmv_of(with_it) - gmv_of(today)
        if gained > 0:
            found.append(Offer(event, gained, max(spend_in(with_it) - spend_in(today), 0.0)))
    return sorted(found, key=lambda offer: -offer.roi)


def pick(
    known: Facts, ranked: list[Offer], base: Decisions, limits: dict[str, float]
) -> Decisions:
    """``base`` with the best offers that the rules and the money of each lever allow.

    Args:
        known: facts of the instance.
        ranked: offers, the best first.
        base: the plan that they are added to.
        limits: money by lever.
    """
    left, found = dict(limits), base
    for offer in ranked:
        event = offer.event
        taken = getattr(found, event.array)[list(event.rivals)].sum() > 0
        if taken or offer.cost > left.get(event.lever, 0.0):
            continue
        if allowed(known, event.taken(found)):
            found = event.taken(found)
            left[event.lever] -= offer.cost
    return found


def allowed(known: Facts, decisions: Decisions) -> bool:
    """Whether the campaigns and deals of a plan go together."""
    check = verify(known.instance, decisions, known=known)
    return not any(x.number.startswith(EVENT_RULES) for x in check.violations)


def gmv_of(states: Replay) -> float:
    """Paid GMV over the horizon."""
    return float(np.sum(list(states.gmv.values())))


def spend_in(states: Replay) -> float:
    """Spend over the horizon."""
    return float(np.sum(list(states.spend.values())))
