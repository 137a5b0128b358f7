"""The searches of a hedge for single worlds, under one clock."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allocator.doubt.searches import First, ImpossibleError, WorldSearch
from allocator.doubt.worlds import World
from allocator.finding import Found, Progress
from allocator.highs import SolverError
from allocator.highs import Status as Ending
from allocator.matrix import ModelError
from fact_models.spec.instance import Instance


@dataclass
class Desk:
    """Starts searches with what is left of the time; arguments as those of ``hedge``."""

    gap: float
    time_limit: float | None
    threads: int
    seed: int
    progress: Callable[[Progress], None] | None
    stop: threading.Event | None
    began: float = field(default_factory=time.monotonic)
    message: str = ""
    """Why the last search failed."""

    def share_of(self, share: float, left: int) -> float:
        """Time for one of ``left`` searches that may take until ``share`` of the time is over."""
        if self.time_limit is None:
            return math.inf
        return max(self.began + share * self.time_limit - time.monotonic(), 0.0) / max(left, 1)

    def search(
        self,
        world: World,
        phase: str,
        seconds: float,
        share: float,
        hint: First,
        first: First | None = None,
    ) -> WorldSearch | None:
        """One search for one world; None if it failed."""
        limits = {
            "deadline": min(time.monotonic() + seconds, self.deadline),
            "threads": self.threads,
            "seed": self.seed,
            "progress": self.told(phase, world.instance),
            "stop": self.stop,
        }
        made = WorldSearch(
            world.instance,
            share * self.gap,
            first=first or {},
            hint=hint,
            **limits,  # type: ignore[arg-type]
        )
        try:
            made.run()
        except ImpossibleError:
            made.status = Ending.INFEASIBLE
        except (ModelError, SolverError) as error:
            self.message = str(error)
            return None
        return made

    @property
    def deadline(self) -> float:
        """When all must end."""
        return math.inf if self.time_limit is None else self.began + self.time_limit

    def told(self, phase: str, instance: Instance) -> Callable[[Progress], None]:
        sign = -1.0 if instance.objective.goal == "cost" else 1.0

        def told(state: Progress) -> None:
            if self.progress:
                seconds = time.monotonic() - self.began
                self.progress(
                    replace(
                        state,
                        phase=f"{phase}: {state.phase}",
                        seconds=seconds,
                        incumbent=sign * state.incumbent,
                        bound=sign * state.bound,
                    )
                )

        return told

    def halted(self) -> bool:
        """Whether time is up or somebody ended the search."""
        return time.monotonic() >= self.deadline or bool(self.stop and self.stop.is_set())


def alike(firsts: dict[str, First]) -> list[list[str]]:
    """Names by equal first decisions."""
    groups: list[list[str]] = []
    for name, first in firsts.items():
        same = [group for group in groups if firsts[group[0]] == first]
        if same:
            same[0].append(name)
        else:
            groups.append([name])
    return groups


def best_of(plans: list[Found | None]) -> Found | None:
    """The best of the plans that there are."""
    there = [plan for plan in plans if plan is not None]
    return max(there, key=lambda plan: plan.value) if there else None
