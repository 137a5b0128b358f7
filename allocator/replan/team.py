"""The team as it was seen: heads, and hires that were due and did not come.

Heads that are short may have left, or never have come. Only what was due to begin since heads were
last seen can have failed to come, and no more than is short. Such a hire is nobody: the limit of
hires counts those who came, and nobody learns in its place.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.replan.played import AS_PLANNED, Note
from allocator.replan.row import Row
from fact_models.decisions import Array, Decisions
from fact_models.replay import Facts, Replay

Tree = dict[str, Any]
WRITTEN = 0.01
"""Part of a head by which a figure of a file may miss the plan's."""


@dataclass(frozen=True)
class Hires:
    """Hires of a plan in the weeks that are over.

    Attributes:
        due: those who were to begin since heads were last seen [role].
        missing: those who were due and have not come [role].
    """

    due: Array
    missing: Array

    @classmethod
    def none(cls, known: Facts) -> "Hires":
        """Nothing was due yet."""
        nobody = np.zeros(len(known.ids.roles))
        return cls(nobody, nobody)

    def after(self, known: Facts, d: Decisions, short: Array, told: Array) -> "Hires":
        """After one more week in which the heads of the ``told`` roles were ``short`` of the plan
        by so many; negative where more came, the first of them those who were missing."""
        at_once = np.array([role.hire_lead == 0 for role in known.staff.roles], dtype=bool)
        due = self.due + known.staff.joining[:, 0] + np.where(at_once, d.hires[:, 0], 0.0)
        failed = np.minimum(np.floor(np.maximum(short, 0.0) + WRITTEN), np.round(due))
        late = np.minimum(np.floor(np.maximum(-short, 0.0) + WRITTEN), self.missing)
        missing = self.missing + np.where(told, failed - late, 0.0)
        return Hires(np.where(told, 0.0, due), missing)


def team_as_seen(
    tree: Tree, states: Replay, known: Facts, row: Row, hires: Hires
) -> tuple[Hires, tuple[Note, ...]]:
    """Heads of ``tree`` as seen, in place; the hires after this week, and words for those that
    did not come."""
    heads, ids = states.heads[:, 0], known.ids.roles
    seen, _ = row.spread("team", ids, heads)
    told = np.array([row.get("team") is not None or ("team", j) in row.items for j in ids], bool)
    found = hires.after(known, states.decisions, heads - seen, told)
    notes = []
    for n, j in enumerate(ids):
        role, spec = tree["staff"]["roles"][j], known.staff.roles[n]
        # Who was there, less those who leave as planned.
        left = role["heads"] + (1 - spec.attrition) * float(seen[n] - heads[n])
        role["heads"] = max(left, 0.0)
        role["heads_min"] = min(role["heads_min"], role["heads"])
        if role["heads_max"] is not None and seen[n] > heads[n] * (1 + AS_PLANNED):
            # Who is on the way begins all the same.
            on_way = role["heads"] + sum(role["joining"])
            role["heads_max"] = max(role["heads_max"], on_way)
        more = round(float(found.missing[n] - hires.missing[n]))
        if more:
            _take_back(role, more)
            key = "hires_missing" if more > 0 else "hires_late"
            notes.append(Note(key, {"name": j, "count": str(abs(more))}))
    return found, tuple(notes)


def _take_back(role: Tree, count: int) -> None:
    """``count`` hires did not come: they are free again, and the youngest learn less; below 0
    they came late, and begin to learn now."""
    if role["hires_total"] is not None:
        role["hires_total"] += count
    for age, learning in enumerate(role["learning"]):
        less = min(count, learning)
        role["learning"][age] -= less
        count -= less
        if count <= 0:
            break
