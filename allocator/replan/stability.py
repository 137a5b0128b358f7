"""The plan nearest to the old one among those that are worth nearly as much as the best.

Deals, packages, offers, openings, discounts and team of the old plan are kept where a plan with
them is worth enough, all of them first, then all but one kind, all but two; hours, spend,
content and samples stay as near to the old ones as the rules let them. Every candidate is exact
and verified before it counts.
"""

import math
import threading
import time
from dataclasses import dataclass
from itertools import chain, combinations

from allocator.finding import Found
from allocator.labels import Label
from allocator.matrix import Matrix, Vector
from allocator.replan.changes import rule_words
from allocator.variants.desk import EXACT, Ask, Desk, controls_of, pulled
from fact_models.decisions import Decisions
from fact_models.replay import replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

KINDS = {
    "team": ("hires", "leaves"),
    "offers": ("offer",),
    "rooms": ("start", "on", "discount"),
    "campaigns": ("package",),
    "deals": ("deal",),
}
"""Whole decisions by kind."""


@dataclass(frozen=True)
class Kept:
    """The old plan as it stands in the new week.

    Attributes:
        decisions: the old plan with volumes cut to what the states allow.
        objective: what it is worth; ``possible`` whether it keeps every rule.
        broken: the first rules that it breaks, in words.
    """

    decisions: Decisions
    objective: float
    possible: bool
    broken: tuple[Label, ...]


def as_it_stands(instance: Instance, old: Decisions) -> Kept:
    """The old plan in the seen states: all it can still bring, or else what it must cut."""
    best: Kept | None = None
    for accept in ("greedy", "trim"):
        states = replay(instance, old, accept=accept)
        check = verify(instance, states.decisions)
        broken = tuple(dict.fromkeys(rule_words(instance, v) for v in check.violations[:3]))
        found = Kept(states.decisions, float(states.objective), check.ok, broken)
        sign = -1 if instance.objective.goal == "cost" else 1
        better = best is not None and sign * found.objective > sign * best.objective
        if best is None or (found.possible, better) > (best.possible, False):
            best = found
    assert best is not None
    return best


def nearest(
    instance: Instance,
    old: Decisions,
    new: Decisions,
    floor: float,
    *,
    seconds: float,
    seed: int = 0,
    stop: threading.Event | None = None,
) -> Decisions | None:
    """The plan with the fewest changes from ``old`` that is worth at least ``floor``.

    Args:
        instance: the rest of the horizon.
        old: the rest of the old plan.
        new: a verified plan of the instance, worth at least ``floor``.
        floor: value that the plan must have, in the sense of maximising.
        seconds: time for the search.
        seed: of the solver's random choices.
        stop: set by anyone who wants the end.

    Returns:
        A verified plan, or None where time ended before there was one.
    """
    # A desk may fall short of its floor by what counts as exact.
    least = floor + EXACT * abs(floor)
    end = time.monotonic() + seconds
    desk = Desk(instance, 1e-3, deadline=end, seed=seed, stop=stop, floor=least)
    desk.load()
    wanted = controls_of(desk, old)
    size = max(abs(floor), 1.0)

    def ask(integers: Decisions) -> Ask:
        def columns(desk: Desk) -> Vector:
            return desk.placed(integers)

        def matrix(desk: Desk) -> Matrix:
            return pulled(desk, wanted, size)

        def better(one: Found, other: Found) -> bool:
            return distance(one.decisions, old) < distance(other.decisions, old)

        return Ask(columns, matrix, better)

    differing = [kind for kind in KINDS if moved(kind, old, new)]
    sizes = range(len(differing) + 1)
    for kinds in chain.from_iterable(combinations(differing, size) for size in sizes):
        if time.monotonic() > desk.deadline or (stop is not None and stop.is_set()):
            break
        found = desk.answer(ask(mixed(old, new, kinds)))
        if found is not None:
            return found.decisions
    return None


def moved(kind: str, old: Decisions, new: Decisions) -> bool:
    """Whether whole decisions of a kind differ."""
    return any(abs(getattr(old, n) - getattr(new, n)).max(initial=0.0) > 0.5 for n in KINDS[kind])


def mixed(old: Decisions, new: Decisions, kinds: tuple[str, ...]) -> Decisions:
    """``old`` with the whole decisions of ``kinds`` from ``new``."""
    found = old.copy()
    for kind in kinds:
        for name in KINDS[kind]:
            setattr(found, name, getattr(new, name).copy())
    return found


def distance(one: Decisions, other: Decisions) -> float:
    """Sum of the relative changes of hours, skilled hours, boosts, content and samples."""
    total = 0.0
    for name in ("hours", "skilled", "boost_spend", "content_made", "content_bought", "samples"):
        a, b = getattr(one, name), getattr(other, name)
        size = max(float(abs(b).max(initial=0.0)), 1e-9)
        total += float(abs(a - b).sum()) / size
    return total if math.isfinite(total) else math.inf
