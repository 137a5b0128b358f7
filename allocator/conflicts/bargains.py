"""Floors that no change of other figures can keep: a target or a profit floor beyond what is
offered.

The cheapest repair lowers such a floor to what can be reached as things are. Further ones change
other figures too, so that more can be reached and the floor falls less. That it has to fall is
asked of the relaxation with all else given way, which proves it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from allocator.conflicts.floors import ATTAINED
from allocator.conflicts.nearest import Question, Search, Weights
from allocator.conflicts.record import Change, Repair, figure
from allocator.conflicts.repair import MOST, WEIGHINGS, Maker, one_repair
from allocator.conflicts.rules import Rule
from allocator.conflicts.sentences import FLOORS, REPAIRS, told
from allocator.conflicts.subset import Trial
from allocator.faults import field_name
from allocator.labels import Label

if TYPE_CHECKING:
    from allocator.tree import Path

CAP = 0.5
"""Most change of the other figures, in sizes of them."""
PRICE = 10.0
"""Price of a floor's fall by all that can be reached, in whole changes of another figure."""
NOTICED = 1e-3
"""Share of what can be reached from which on a floor counts as higher."""
ALIKE: tuple[Weights, Label] = (
    {"limit": 1.0, "means": 1.0, "partner": 1.0},
    REPAIRS["alike"],
)


def bargains(
    variants: Sequence[Maker], found: list[Repair], search: Search, most: int = MOST
) -> tuple[list[Repair], list[Label]]:
    """Repairs that lower a floor less than the one that was ``found`` by changing other figures
    too, and what is proved of them; nothing unless that repair lowers a floor that has to fall.

    Args:
        variants: the programs in which repairs are looked for; the first is that of the file.
        found: the repairs that there are.
        search: whose end holds.
        most: repairs in all.
    """
    lowered, written = _lone(found), variants[0]()
    if lowered is None or written is None or len(found) >= most:
        return [], []
    rule = next((x for x in written.program.rules if x.path == lowered.path), None)
    if rule is None or not _falls(variants, rule, search):
        return [], []
    name = field_name(lowered.path)
    remarks = [told(FLOORS["has_to_give"], field=name, value=figure(lowered.old))]
    more, closed = _more(variants, rule, lowered, search, most - len(found))
    if closed and not more:
        remarks.append(FLOORS["alone"])
    return more, remarks


def _lone(found: list[Repair]) -> Change | None:
    """The floor that the only repair lowers and changes nothing else; None otherwise."""
    if len(found) != 1 or len(found[0].changes) != 1:
        return None
    (change,) = found[0].changes
    return change if change.path in ATTAINED else None


def _falls(variants: Sequence[Maker], rule: Rule, search: Search) -> bool:
    """Whether it is proved that no change of other figures keeps the floor, with every campaign
    that is joined kept or given up."""
    for make in variants:
        variant = make()
        if variant is None:
            return False
        rules = variant.program.rules
        floor = [n for n, other in enumerate(rules) if other.path == rule.path]
        trial = Trial(variant.program, search.deadline, search.stop)
        if not floor or not trial.clashes(floor):
            return False
    return True


def _more(
    variants: Sequence[Maker], rule: Rule, lowered: Change, search: Search, most: int
) -> tuple[list[Repair], bool]:
    """Up to ``most`` repairs, and whether no other figure is worth a change at all."""
    found: list[Repair] = []
    floors = {rule.path: PRICE / (abs(lowered.new) or rule.size)}
    shut: set[Path] = set()
    for n, (weights, words) in enumerate((*WEIGHINGS, ALIKE)):
        if search.over() or len(found) >= most:
            break
        search.say("repair")
        said = told(FLOORS["kept_high"], weights=words)
        # The last one is asked for what those before left.
        closed = frozenset(shut) if n == len(WEIGHINGS) else frozenset()
        question = Question(weights, said, closed, floors, CAP)
        repair, beside = one_repair(variants, question, search)
        if n == len(WEIGHINGS) and not shut and not beside:
            return [], not search.over()
        shut |= beside
        if repair and _higher(repair, lowered) and all(repair.fields != x.fields for x in found):
            # The floor first, then what it costs to keep it there.
            order = sorted(repair.changes, key=lambda change: change.path != lowered.path)
            found.append(replace(repair, changes=tuple(order)))
    return found, False


def _higher(repair: Repair, lowered: Change) -> bool:
    """Whether the floor falls noticeably less far than where nothing else changes."""
    new = next((x.new for x in repair.changes if x.path == lowered.path), lowered.old)
    return bool(new > lowered.new + NOTICED * abs(lowered.new))
