"""Two searches beside that for a single plan: one whose first decisions are given, and one for all
worlds at once."""

from dataclasses import dataclass, field, replace

import numpy as np

from allocator.certificate import Search
from allocator.decoding import decode
from allocator.doubt.extensive import Odds, is_first, stacked
from allocator.doubt.measures import Measure
from allocator.doubt.worlds import World
from allocator.finding import Found, judged
from allocator.handover import Handover, hand_over
from allocator.matrix import Matrix, ModelError, Vector
from allocator.stages import staged
from fact_models.program import Program, build
from fact_models.replay import facts, replay


class ImpossibleError(ModelError):
    """First decisions that a world does not admit; the message names the column."""


First = dict[str, float]
"""First decisions: whole numbers by the name of their column."""


def first_of(search: Search) -> First:
    """First decisions of the best plan of a search."""
    assert search.best is not None
    if search.best.integers:
        return {n: x for n, x in search.best.integers.items() if is_first(n)}
    names, today = search.arrays.matrix.column_names, search.today()
    return {names[n]: float(today[n]) for n in search.whole if is_first(names[n])}


@dataclass
class WorldSearch(Search):
    """The best plan of one world, from what is known of others.

    Args:
        first: first decisions that are made already; none to plan freely.
        hint: whole numbers of another world's plan, tried first.
    """

    first: First = field(default_factory=dict)
    hint: First = field(default_factory=dict)

    def handed_over(self, programs: list[Program]) -> Handover:
        """The program with its first decisions fixed.

        Raises:
            ImpossibleError: one of them is impossible here.
        """
        arrays = super().handed_over(programs)
        return replace(arrays, matrix=fixed(arrays.matrix, self.first))

    def go_on_as_today(self) -> None:
        """Today's plan makes first decisions of its own: where they are made, it is none."""
        if not self.first:
            super().go_on_as_today()

    def first_plan(self) -> None:
        """The other world's choices, else today's."""
        names, matrix = self.arrays.matrix.column_names, self.arrays.matrix
        x = np.full(len(names), np.nan)
        for n in self.whole:
            x[n] = np.clip(self.hint.get(names[n], np.nan), matrix.lower[n], matrix.upper[n])
        if np.isnan(x[self.whole]).any() or not self.polish(x):
            super().first_plan()


def fixed(matrix: Matrix, first: First) -> Matrix:
    """The matrix with the columns of ``first`` at their values.

    Raises:
        ImpossibleError: a value lies outside of the bounds of its column.
    """
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    for n, name in enumerate(matrix.column_names):
        if name in first:
            if not lower[n] <= first[name] <= upper[n]:
                raise ImpossibleError(f"column {name}: {first[name]:g} is not possible here")
            lower[n] = upper[n] = first[name]
    return replace(matrix, lower=lower, upper=upper)


@dataclass
class FoundAll(Found):
    """A plan for every world with the same first decisions; its value is the measure's."""

    parts: tuple[Found, ...] = ()


@dataclass
class ExtensiveSearch(Search):
    """The best first decisions for all worlds, with what follows in each.

    Args:
        worlds: whose plans share their first decisions; ``instance`` is the first one's.
        odds: their chances and bounds.
        measure: what is maximised.
    """

    worlds: tuple[World, ...] = ()
    odds: Odds | None = None
    measure: Measure = field(default_factory=Measure)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.all_facts = [facts(world.instance) for world in self.worlds]

    def built(self) -> list[Program]:
        """A program a world."""
        return [build(world.instance, self.splits, tick=self.heed) for world in self.worlds]

    def handed_over(self, programs: list[Program]) -> Handover:
        """The extensive form."""
        assert self.odds is not None
        parts = [hand_over(program, tick=self.heed) for program in programs]
        return stacked(parts, self.odds, self.measure)

    def go_on_as_today(self) -> None:
        """The plan that the search starts from is at least as good."""

    def first_plan(self) -> None:
        """Today's choices, unless the search starts from a plan."""
        if self.best is None:
            super().first_plan()

    def tighten(self) -> None:
        """The constants of the mode rows belong to one program; here the tangents must do."""

    def tidy(self) -> None:
        """Every world's plan is tidied when its recourse is planned alone."""

    def rehire(self, seconds: float) -> None:
        """The team is shared by all worlds: making it whole anew is left to the tree."""

    @staged("replay")
    def replayed(self, x: Vector, integers: dict[str, float]) -> Found | None:
        """The plans at ``x`` (n,), each replayed and checked in its world; None if one breaks a
        rule."""
        parts: list[Found] = []
        for program, world, known in zip(self.programs, self.worlds, self.all_facts, strict=True):
            planned = decode(program, self.arrays, x)
            trimmed = replay(world.instance, planned, accept="trim", known=known)
            settled, check = judged(world.instance, known, trimmed.decisions)
            if not check.ok:
                self.message = str(check.violations[0]) if check.violations else "not verified"
                break
            sign = -1.0 if world.instance.objective.goal == "cost" else 1.0
            value = sign * settled.objective
            parts.append(Found(settled.decisions, settled, check, value, {}, np.zeros(0)))
        if len(parts) < len(self.worlds):
            return None
        return self.joined(parts, integers, x)

    def joined(self, parts: list[Found], integers: dict[str, float], x: Vector) -> FoundAll:
        """Plans of all worlds as one, with the value of the measure."""
        assert self.odds is not None
        values = np.array([part.value for part in parts])
        value = self.measure.value(values, self.odds.probability, self.odds.best)
        one = parts[0]
        return FoundAll(
            one.decisions, one.replay, one.check, value, integers, x, parts=tuple(parts)
        )
