"""A plan taken over into a merchant whose file differs: what both know is kept by name."""

import numpy as np

from fact_models.decisions import AXES, Decisions, Ids, ids_of
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance


def carried(decisions: Decisions, source: Instance, target: Instance) -> Decisions:
    """The decisions of a plan of ``source`` in the shape of ``target``.

    What ``target`` does not know is left out. What ``source`` does not know is not done; offers
    and discount levels, of which one must hold, are today's. Whether the result keeps the rules
    is the verifier's to say.
    """
    before, after = ids_of(source), ids_of(target)
    found = Decisions.zeros(after)
    today = status_quo(target)
    if not set(after.offers) <= set(before.offers):
        found.offer[:] = today.offer
    if not set(after.discounts) <= set(before.discounts):
        found.discount[:] = today.discount
    for name, axes in AXES.items():
        pairs = [_common(before, after, axis) for axis in axes.split()]
        if all(ours for ours, _ in pairs):
            ours, theirs = (np.ix_(*(pair[k] for pair in pairs)) for k in (0, 1))
            getattr(found, name)[theirs] = getattr(decisions, name)[ours]
    return found


def _common(before: Ids, after: Ids, axis: str) -> tuple[list[int], list[int]]:
    """Positions of the names of an axis that both know, in each of them."""
    one, two = _names(before, axis), _names(after, axis)
    places = {name: n for n, name in enumerate(two)}
    shared = [(n, places[name]) for n, name in enumerate(one) if name in places]
    return [n for n, _ in shared], [k for _, k in shared]


def _names(ids: Ids, axis: str) -> list[object]:
    named: dict[str, tuple[object, ...]] = {
        "a": ids.accounts, "s": ids.segments, "i": ids.boosts, "l": ids.discounts,
        "co": ids.offers, "ep": ids.packages, "k": ids.deals, "g": ids.lines, "j": ids.roles,
        "ch": ids.channels,
    }  # fmt: skip
    return list(named[axis]) if axis in named else list(range(ids.size(axis)))
