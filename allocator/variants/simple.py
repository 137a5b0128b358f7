"""The gate of a search: a plan below a simple way to plan is no result.

Where a certificate is loose, ways that need seconds are planned at a desk and verified; a better
one takes the plan's place. The bound of the search holds for it too.
"""

from collections.abc import Callable, Iterator

from allocator.finding import Found
from allocator.variants import sketches
from allocator.variants.desk import Desk, fitted, handed_on
from allocator.variants.myopic import myopic
from allocator.variants.picking import spend_in
from allocator.variants.sketches import Ground, Sketch, ground


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
    if not desk.opened():
        return None
    best, size = search_best, abs(search_best.value) or 1.0
    for way in _ways(ground(desk, desk.facts, spend_in(search_best.replay))):
        if desk.halted():
            break
        tell()
        sketch = way()
        made = None if sketch.fault else fitted(desk, sketch.decisions, sketch.wanted, size)
        if made is not None and made.value > best.value:
            best = made
    return None if best is search_best else handed_on(best)


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
