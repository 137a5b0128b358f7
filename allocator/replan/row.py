"""One week of an export as a plan reads it: its figures, and refusals that name the column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.faults import InputError, Problem
from allocator.replan.figures import entities
from allocator.weekly.reading import Weeks
from allocator.wording import suggest
from fact_models.decisions import Array
from fact_models.replay import Facts

MOST_FACTOR = 20.0
"""Largest factor by which one week's figure moves a state; beyond it the export is doubted."""
AGREE = 0.005
"""Relative difference up to which a total and its parts are the same figure."""
NOTHING = 1e-9
"""Part of a total that is no longer worth a place."""
WHAT = {
    "hours": "account",
    "ad_spend": "boost",
    "team": "role",
    "stock": "line with a stock",
    "deal": "deal",
}
"""Columns that may come as ``name:id``, and what their ids name."""


@dataclass(frozen=True)
class Row:
    """Figures of one week.

    Attributes:
        file: name of the export; ``line`` the week's line in it, 0 without one.
        figures: by column; None where the export has none.
        items: of one account, boost, role, line or deal: ``("hours", "flagship")``.
    """

    file: str
    line: int
    figures: dict[str, float | None]
    items: dict[tuple[str, str], float]

    def get(self, name: str) -> float | None:
        """The figure of a column, None where it was not seen."""
        return self.figures.get(name)

    def refusal(self, column: str, value: float, rule: str, hint: str = "") -> InputError:
        """The error that this week's value of a column cannot be true."""
        return InputError([Problem(self.file, self.line, column, f"{value:g}", rule, hint)])

    def ratio(self, name: str, due: float) -> float:
        """Seen over due, 1 where one of them is unknown or 0.

        Raises:
            InputError: it is beyond belief.
        """
        return self.believed(name, self.get(name), due)

    def believed(self, column: str, value: float | None, due: float) -> float:
        """As ``ratio``, of a value that is given."""
        if value is None or due <= 0:
            return 1.0
        if value / due > MOST_FACTOR:
            rule = f"is more than {MOST_FACTOR:g} times what was due ({due:g})"
            raise self.refusal(column, value, rule, f"check the unit of {column}")
        return value / due

    def spread(
        self, name: str, ids: Sequence[str], planned: Array, most: Array | None = None
    ) -> tuple[Array, float]:
        """Figures of all ids: their own columns; the others share what is left of the total as
        ``filled`` does it, from ``planned`` up to ``most``; else as planned.

        Returns:
            The figures, and what of the total has no room below ``most``.

        Raises:
            InputError: the total is beyond belief or differs from the sum of its parts.
        """
        total = self.get(name)
        given = [self.items.get((name, i)) for i in ids]
        found = np.array(
            [p if x is None else x for x, p in zip(given, planned, strict=True)], dtype=np.float64
        )
        if total is None or not len(ids):
            return found, 0.0
        self.ratio(name, float(planned.sum()))
        rest = np.array([x is None for x in given])
        parts = float(found[~rest].sum())
        over = parts - total if rest.any() else abs(parts - total)
        if over > AGREE * max(total, 1.0):
            rule = f"does not fit the columns {name}:ID, which sum to {parts:g}"
            raise self.refusal(name, total, rule)
        if not rest.any():
            return found, 0.0
        left = max(total - parts, 0.0)
        room = np.full(len(ids), np.inf) if most is None else most
        found[rest] = filled(left, planned[rest], room[rest])
        return found, max(left - float(found[rest].sum()), 0.0)


def filled(total: float, weight: Array, most: Array) -> Array:
    """Shares of a total in the proportion of ``weight``, none above ``most``.

    What the full ones leave goes to the others in the same proportion; to those of no weight by
    their room, in equal parts where that has no end, and only once all others are full.
    """
    found = np.zeros(most.shape)
    endless = np.isinf(most)
    room = np.where(endless, 1.0, 0.0) if endless.any() else most
    for by in (weight, np.where(weight > 0, 0.0, room)):
        open_ = (by > 0) & (most > 0)
        while open_.any():
            left = total - float(found.sum())
            if left <= NOTHING * total:
                return found
            more = np.where(open_, by, 0.0) / by[open_].sum() * left
            full = open_ & (more > most)
            if not full.any():
                return np.asarray(found + more)
            found = np.where(full, most, found)
            open_ &= ~full
    return found


def rows(weeks: Weeks, first: int, known: Facts) -> list[Row]:
    """The weeks from row ``first`` on.

    Raises:
        InputError: a column names an id that the instance does not have.
    """
    _known_ids(weeks, known)
    return [
        Row(
            weeks.file,
            weeks.lines[n] if weeks.lines else 0,
            {name: values[n] for name, values in weeks.figures.items()},
            {key: x for key, values in weeks.of.items() if (x := values[n]) is not None},
        )
        for n in range(first, len(weeks.mondays))
    ]


def _known_ids(weeks: Weeks, known: Facts) -> None:
    named = entities(known)

    def refused(column: str, rule: str, word: str, choices: tuple[str, ...]) -> Problem:
        return Problem(weeks.file, weeks.head, column, "", rule, _hint(word, choices))

    problems = [
        refused(f"{name}:{i}", f"no {WHAT[name]} is called {i!r}", i, named[name])
        for name, i in weeks.of
        if i not in named[name]
    ]
    if "deal" in weeks.figures:
        rule = "needs the id of a deal behind a colon, such as deal:star"
        problems.append(refused("deal", rule, "", named["deal"]))
    if problems:
        raise InputError(problems)


def _hint(word: str, choices: tuple[str, ...]) -> str:
    return suggest(word, choices) or (f"there are: {', '.join(choices)}" if choices else "")
