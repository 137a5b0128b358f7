"""One explanation from sums, a subset of rules and repairs, in the time there is."""

import threading
import time
from collections.abc import Callable

from allocator.conflicts.arithmetic import checks
from allocator.conflicts.bargains import bargains
from allocator.conflicts.nearest import Search
from allocator.conflicts.places import core
from allocator.conflicts.program import elastic
from allocator.conflicts.record import Explanation
from allocator.conflicts.repair import MOST, repairs, variants_of
from allocator.conflicts.sentences import NOTES, told
from allocator.conflicts.subset import clashing
from allocator.matrix import ModelError
from fact_models.spec.instance import Instance

EXPLAIN_SECONDS = 60.0
"""Time for an explanation if none is given."""
CLASH_SHARE = 0.4
"""Share of the time in which rules that clash are looked for; the rest is for repairs."""
LEAST = 0.5
"""Seconds below which nothing but sums is tried."""


def explain(
    instance: Instance,
    *,
    seconds: float = EXPLAIN_SECONDS,
    alternatives: int = MOST,
    stop: threading.Event | None = None,
    say: Callable[[str], None] = lambda words: None,
) -> Explanation:
    """Why ``instance``, which was found to have no plan, has none.

    Args:
        instance: an instance that a search has called infeasible.
        seconds: wall time; what is found by then is returned.
        alternatives: repairs to look for.
        stop: ends it with what it has.
        say: receives what is being done.
    """
    found = Explanation(checks=checks(instance))
    if found.checks:
        found.proof = "arithmetic"
    search = Search(time.monotonic() + seconds, stop, say)
    if seconds < LEAST or search.over():
        found.notes.append(NOTES["no_time"])
        return found
    try:
        say("build")
        program = elastic(instance)
        say("clash")
        end = time.monotonic() + CLASH_SHARE * seconds
        subset = clashing(program, end, stop)
    except ModelError as error:
        found.notes.append(told(NOTES["program"], error=str(error)))
        return found
    if subset is not None:
        found.core = core(program, subset)
        found.proof = "subset"
        if not subset.irreducible:
            found.notes.append(NOTES["not_each"])
    relaxed = subset is None and time.monotonic() < end
    search.relaxed = not relaxed
    variants = variants_of(program)
    found.repairs = repairs(variants, search, alternatives)
    more, found.remarks = bargains(variants, found.repairs, search, alternatives)
    found.repairs += more
    # A repair is needed, and the relaxation does without: whole numbers are what clashes.
    found.integer_only = relaxed and bool(found.repairs)
    found.notes += dict.fromkeys(search.notes)
    if search.over() and len(found.repairs) < alternatives:
        found.notes.append(NOTES["over"])
    return found
