"""One hedge on its way: worlds alone, first decisions tried, all worlds together."""

import math
import time
from dataclasses import dataclass, field, replace

import numpy as np

from allocator.doubt.desk import Desk, alike, best_of
from allocator.doubt.extensive import Odds, in_world
from allocator.doubt.measures import Measure
from allocator.doubt.outlooks import EXPECTED, HEDGE, Hedge, Outlook
from allocator.doubt.searches import (
    ExtensiveSearch,
    First,
    FoundAll,
    first_of,
)
from allocator.doubt.worlds import World, Worlds, mean_world
from allocator.finding import Found
from allocator.highs import SolverError
from allocator.highs import Status as Ending
from allocator.matrix import ModelError, Vector
from allocator.plan import bound_holds
from fact_models.overriding import OverrideError

ALONE_SHARE, TRIED_SHARE = 0.5, 0.25
"""Shares of the time for the worlds alone and for trying first decisions; the rest searches on."""
POLISH_SHARE = 0.05
"""Share of the time that is kept for every world's plan under the hedge's first decisions."""
ALONE_GAP = 0.6
"""Gap of a world alone, as a share of the asked one; its distance to the others needs the rest."""


@dataclass
class Hedging:
    """The stages of ``hedge``, whose arguments these are."""

    worlds: Worlds
    measure: Measure
    desk: Desk
    middle: bool
    tried: dict[str, tuple[First, list[Found | None], Vector]] = field(default_factory=dict)
    """First decisions, plans and bounds in every world, by the name of the outlook."""
    seconds: dict[str, float] = field(default_factory=dict)
    same_as_expected: str = ""

    def run(self) -> Hedge:
        """All stages, each only if the one before left something to do."""
        self.members = self.worlds.members
        count = len(self.members)
        self.best, self.alone = np.full(count, math.inf), np.full(count, -math.inf)
        firsts: dict[str, First] = {}
        plans: dict[str, list[Found | None]] = {}
        hint: First = {}
        to_plan = self._to_plan()
        for place, (name, world, n) in enumerate(to_plan):
            seconds = self.desk.share_of(ALONE_SHARE, len(to_plan) - place)
            search = self.desk.search(world, f"{name} alone", seconds, ALONE_GAP, hint)
            if search is None:
                return self._none(f"{name}: {self.desk.message}")
            if n is not None:
                self.best[n] = min(self.best[n], search.upper)
                if search.status is Ending.INFEASIBLE:
                    return self._none(f"{name}: {search.message}")
            if search.best is not None and hasattr(search, "arrays"):
                hint = search.best.integers or hint
                firsts[name] = first_of(search)
                plans[name] = [None] * count
                if n is not None:
                    plans[name][n] = search.best
                    self.alone[n] = max(self.alone[n], search.best.value)
        self._lap("alone")
        groups = alike(firsts)
        for place, group in enumerate(groups):
            shared = [best_of([plans[name][n] for name in group]) for n in range(count)]
            self._try(group[0], firsts[group[0]], shared, len(groups) - place)
            for name in group[1:]:
                self.tried[name] = self.tried[group[0]]
        self._lap("tried")
        together = self._together()
        self._lap("together")
        return self._concluded(together)

    def _to_plan(self) -> list[tuple[str, World, int | None]]:
        """Names, worlds and positions of what is planned alone; the expected figures have no
        position unless they are one of the worlds."""
        found: list[tuple[str, World, int | None]] = [
            (world.name, world, n) for n, world in enumerate(self.members)
        ]
        if not self.middle:
            return found
        try:
            middle = mean_world(self.worlds)
        except OverrideError:
            return found
        for n, world in enumerate(self.members):
            if world.instance == middle:
                self.same_as_expected = world.name
                return [found[n], *found[:n], *found[n + 1 :]]
        self.same_as_expected = EXPECTED
        return [*found, (EXPECTED, World(EXPECTED, 0.0, middle), None)]

    def _try(self, name: str, first: First, plans: list[Found | None], left: int) -> None:
        """First decisions in every world where their plan is not known yet; ``left`` counts the
        first decisions that are still to be tried, these included."""
        bounds = self.best.copy()
        unknown = sum(plan is None for plan in plans)
        hint = next((plan.integers for plan in plans if plan is not None), first)
        for n, world in enumerate(self.members):
            if plans[n] is not None or self.desk.halted():
                continue
            phase = f"{name} in {world.name}"
            seconds = self.desk.share_of(
                ALONE_SHARE + TRIED_SHARE, unknown + (left - 1) * len(self.members)
            )
            unknown -= 1
            search = self.desk.search(world, phase, seconds, ALONE_GAP / 2, hint, first)
            if search is not None and search.status is Ending.INFEASIBLE:
                bounds[n] = -math.inf
            elif search is not None:
                bounds[n] = min(bounds[n], search.upper)
                plans[n] = search.best
                if search.best is not None:
                    hint = search.best.integers or hint
                    self.alone[n] = max(self.alone[n], search.best.value)
        self.tried[name] = first, plans, bounds

    def _values(self, plans: list[Found | None]) -> Vector:
        return np.array([-math.inf if plan is None else plan.value for plan in plans])

    def _measured(self, values: Vector) -> float:
        return self.measure.value(values, self.worlds.probability, self.best)

    def _limit(self) -> float:
        """What the worlds alone prove to be the most of the measure; infinite while one has no
        bound."""
        return self._measured(self.best) if np.isfinite(self.best).all() else math.inf

    def _together(self) -> ExtensiveSearch | None:
        """The extensive form, from the best first decisions tried; None if it failed.

        It is only begun with as much time left as planning the worlds alone took: with less its
        first relaxation would hardly be settled, and its bound be none.
        """
        names = tuple(world.name for world in self.members)
        odds = Odds(names, self.worlds.probability, self.best)
        search = ExtensiveSearch(
            self.members[0].instance,
            self.desk.gap,
            self.desk.deadline - POLISH_SHARE * (self.desk.time_limit or 0.0),
            threads=self.desk.threads,
            seed=self.desk.seed,
            progress=self.desk.told("together", self.members[0].instance),
            stop=self.desk.stop,
            upper=self._limit(),
            worlds=self.members,
            odds=odds,
            measure=self.measure,
        )
        for first, plans, _ in self.tried.values():
            parts = [plan for plan in plans if plan is not None]
            if len(parts) < len(plans):
                continue
            integers: dict[str, float] = dict(first)
            for plan, world in zip(parts, names, strict=True):
                integers |= {in_world(name, world): x for name, x in plan.integers.items()}
            joined = search.joined(parts, integers, np.zeros(0))
            if joined.value > search.lower:
                search.best = joined
        search.upper = max(search.upper, search.lower)
        self.start = search.best
        if self.desk.halted() or not np.isfinite(self.best).all():
            return search
        left = self.desk.deadline - time.monotonic()
        if search.closed or len(self.members) == 1 or left < self.seconds["alone"]:
            return search
        try:
            search.run()
        except (ModelError, SolverError):
            return None
        return search

    def _concluded(self, search: ExtensiveSearch | None) -> Hedge:
        """The hedge, each world's plan the best one known for its first decisions."""
        if search is None or search.best is None:
            why = search.message if search and search.message else "no plan within the limits"
            return self._none(why if search else "the search for all worlds failed")
        found = search.best
        assert isinstance(found, FoundAll)
        parts: list[Found | None] = list(found.parts)
        bounds = self.best.copy()
        if found is self.start:
            for _, plans, limits in self.tried.values():
                if all(a is b for a, b in zip(plans, parts, strict=True)):
                    bounds = limits
        elif not self.desk.halted():
            parts = self._polished(first_of(search), parts)
        values = self._values(parts)
        for n, value in enumerate(values):
            self.alone[n] = max(self.alone[n], value)
        value = self._measured(values)
        if not bound_holds("gmv", value, search.upper):
            raise RuntimeError(f"a hedge is worth {value}, but {search.upper} was proved the most")
        decided = tuple(None if part is None else part.decisions for part in parts)
        outlooks = [*self._outlooks(), Outlook(HEDGE, values, bounds, decided)]
        return Hedge(
            self.worlds,
            self.measure,
            self.desk.gap,
            tuple(outlooks),
            value,
            max(search.upper, value),
            self.best,
            self.alone,
            interrupted=bool(self.desk.stop and self.desk.stop.is_set()),
            seconds=self.seconds,
            trace=tuple(search.trace),
        )

    def _polished(self, first: First, parts: list[Found | None]) -> list[Found | None]:
        """Every world's best plan under the first decisions of the hedge."""
        found: list[Found | None] = []
        for place, (world, part) in enumerate(zip(self.members, parts, strict=True)):
            seconds = self.desk.share_of(1.0, len(parts) - place)
            phase, hint = f"hedge in {world.name}", first
            search = self.desk.search(world, phase, seconds, ALONE_GAP / 2, hint, first)
            better = search.best if search else None
            if better is not None and (part is None or better.value > part.value):
                part = better
            found.append(part)
        return found

    def _outlooks(self) -> list[Outlook]:
        found = []
        for name, (_, plans, bounds) in self.tried.items():
            decided = tuple(None if plan is None else plan.decisions for plan in plans)
            made = Outlook(name, self._values(plans), bounds, decided)
            found.append(made)
            if name == self.same_as_expected and name != EXPECTED:
                found.append(replace(made, name=EXPECTED))
        return found

    def _none(self, why: str) -> Hedge:
        """No hedge, with what is known."""
        return Hedge(
            self.worlds,
            self.measure,
            self.desk.gap,
            tuple(self._outlooks()),
            -math.inf,
            self._limit(),
            self.best,
            self.alone,
            interrupted=bool(self.desk.stop and self.desk.stop.is_set()),
            seconds=self.seconds,
            message=why,
        )

    def _lap(self, stage: str) -> None:
        self.seconds[stage] = time.monotonic() - self.desk.began - sum(self.seconds.values())
