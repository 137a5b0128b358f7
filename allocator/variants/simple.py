"""The gate of a search: a plan below a simple way to plan is no result.

Where a certificate is loose, ways that need seconds are planned at a desk and verified; a better
one takes the plan's place. The bound of the search holds for it too.
"""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from allocator.certificate import Found
from allocator.variants import sketches
from allocator.variants.desk import Ask, Desk, pulled
from allocator.variants.myopic import myopic
from allocator.variants.picking import spend_in
from allocator.variants.sketches import Ground, Sketch, ground


def fitted(desk: Desk, sketch: Sketch, size: float) -> Found | None:
    """A sketch made to keep the rules: the better of two, with its own team and with one that may
    hire; ``size`` is the size of the objective.
    """
    best: Found | None = None
    for team in (True, False):
        found = desk.answer(_asked(sketch, size, team))
        if found is not None and (best is None or found.value > best.value):
            best = found
        if desk.halted() or not desk.team.size:
            break
    return best


def _asked(sketch: Sketch, size: float, team: bool) -> Ask:
    """The question for the plan nearest to a sketch, with its own team or an open one."""
    return Ask(
        integers=lambda desk: desk.placed(sketch.decisions, team=team),
        matrix=lambda desk: pulled(desk, sketch.wanted, size),
        better=lambda one, other: one.value > other.value,
    )


def better(
    search_best: Found,
    desk: Desk,
    tell: Callable[[], None] = lambda: None,
) -> Found | None:
    """The best plan of the simple ways that is worth more than a plan that was found; None if
    there is none, or no time for it.

    Best return first and week by week, which are the strongest, come before the even split and
    last year's shares.

    Args:
        search_best: the plan that was found; its spend is the budget where the file has none.
        desk: not loaded yet.
        tell: called before each way.
    """
    tell()
    desk.load()
    best, size = search_best, abs(search_best.value)
    for way in _ways(ground(desk, desk.facts, spend_in(search_best.replay))):
        if desk.halted():
            break
        tell()
        sketch = way()
        made = None if sketch.fault else fitted(desk, sketch, size)
        if made is not None and made.value > best.value:
            best = made
    if best is search_best:
        return None
    # Columns of the desk's program are not those of the search.
    return replace(best, integers={}, x=np.zeros(0), near=math.inf)


def _ways(g: Ground) -> Iterator[Callable[[], Sketch]]:
    picked: list[Sketch] = []

    def by_return() -> Sketch:
        picked.append(sketches.roi(g))
        return picked[0]

    yield by_return
    if g.instance.objective.goal != "cost":
        yield lambda: myopic(g, picked[0].decisions)
    yield lambda: sketches.even(g)
    if g.instance.last_year:
        yield lambda: sketches.last_year(g)


class Early(threading.Event):
    """Set by the caller's stop, or as soon as ``due``, which then holds.

    Args:
        outer: the caller's stop.
        due: whether to end early.
    """

    def __init__(self, outer: threading.Event | None, due: Callable[[], bool]) -> None:
        super().__init__()
        self.outer, self.due = outer, due

    @property
    def asked(self) -> bool:
        """Whether the caller asked for the end."""
        return self.outer is not None and self.outer.is_set()

    def is_set(self) -> bool:
        """Whether to end."""
        if not super().is_set() and self.due():
            self.set()
        return self.asked or super().is_set()
