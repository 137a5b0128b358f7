"""Plan one instance again and again while its limits move.

The program is built and handed over once. A moved limit is written into it in place; tangents,
bases, multipliers, plans and the leaves of the tree stay, and every solve starts from them. Each
plan is replayed and verified under its own limits, and has a bound of its own.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from allocator.finding import Progress
from allocator.highs import SolverError
from allocator.highs import Status as Ending
from allocator.matrix import ModelError
from allocator.plan import Plan
from allocator.reoptimizing.hot import HotSearch
from allocator.reoptimizing.limits import ImpossibleError, Limits, Range
from allocator.solve import checked_limits, plan_of
from allocator.variants.at_hand import made_at_hand
from fact_models.spec.instance import Instance

_UNCHANGED: Any = object()


class Reoptimizer:
    """An instance whose limits can be moved, and its plans.

        desk = allocator.Reoptimizer(instance)
        plan = desk.solve(gap=0.01)
        more = desk.edit(budget=600_000, deals={"star": False}).solve(gap=0.01)

    Args:
        instance: what to plan.
        threads: as in ``allocator.solve``.
        seed: of the solver's random choices.
    """

    def __init__(self, instance: Instance, *, threads: int = 1, seed: int = 0) -> None:
        checked_limits(0.0, None, threads)
        self.given, self.instance = instance, instance
        self.limits = Limits.of(instance)
        cash = Range.over([self.limits])
        # Room for more cash and for a lower floor than the file's, so that both can be moved.
        span = Range(2 * cash.opening, 0.0)
        self._search = HotSearch(instance, 0.01, math.inf, threads=threads, seed=seed, span=span)

    def edit(
        self,
        *,
        budget: float | None = _UNCHANGED,
        profit_floor: float | None = _UNCHANGED,
        opening_cash: float = _UNCHANGED,
        cash_floor: float = _UNCHANGED,
        hires: Mapping[str, int | None] | None = None,
        deals: Mapping[str, bool | None] | None = None,
    ) -> "Reoptimizer":
        """Move limits; those that are not named stay as they are.

        Args:
            budget: money over the horizon; None for no limit.
            profit_floor: contribution over the horizon, at least; None for no floor.
            opening_cash: cash on hand at the start.
            cash_floor: cash to keep.
            hires: most hires over the horizon by role; None for no limit of the sum.
            deals: deals that must be signed (True), must not (False) or may be (None).

        Returns:
            This object.

        Raises:
            OverrideError: a limit breaks a rule of the file; a ValueError.
            ValueError: the instance has no such role, deal or cash.
        """
        cash = (opening_cash, cash_floor)
        if self.given.money.cash is None and any(x is not _UNCHANGED for x in cash):
            raise ValueError("the instance has no money.cash, so cash binds nothing")
        moved: dict[str, Any] = {
            "budget": budget,
            "profit_floor": profit_floor,
            "opening_cash": opening_cash,
            "cash_floor": cash_floor,
        }
        moved = {name: value for name, value in moved.items() if value is not _UNCHANGED}
        roles = self.given.staff.roles if self.given.staff else {}
        known = self.given.kol.deals if self.given.kol else {}
        for what, names, found in (("role", hires or {}, roles), ("deal", deals or {}, known)):
            unknown = [name for name in names if name not in found]
            if unknown:
                raise ValueError(f"the instance has no {what} {unknown[0]!r}")
        for name, must in (deals or {}).items():
            if must is False and known[name].agreed is not None:
                raise ValueError(f"deal {name!r} is agreed and cannot be left out")
        wanted = {**self.limits.deals, **(deals or {})}
        limits = replace(
            self.limits,
            **moved,
            hires={**self.limits.hires, **(hires or {})},
            deals={name: bool(x) for name, x in wanted.items() if x is not None},
        )
        self.instance = limits.stated_in(self.given)
        self.limits = limits
        return self

    def solve(
        self,
        *,
        gap: float = 0.01,
        time_limit: float | None = 120.0,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
    ) -> Plan:
        """The best plan under the limits of now, with its certificate; see ``allocator.solve``.

        With deals that must or must not be signed the bound is one for plans that obey, and the
        plan's message names the deals.

        Raises:
            ValueError: ``gap`` or ``time_limit`` is out of range.
        """
        plan, _ = solved_hot(
            self._search,
            self.instance,
            self.limits,
            gap=gap,
            time_limit=time_limit,
            progress=progress,
            stop=stop,
        )
        if not self.limits.deals:
            return plan
        said = [
            f"{name} {'signed' if wanted else 'not signed'}"
            for name, wanted in self.limits.deals.items()
        ]
        told = f"given: {', '.join(said)}"
        return replace(plan, message=f"{plan.message}; {told}" if plan.message else told)


def solved_hot(
    search: HotSearch,
    instance: Instance,
    limits: Limits,
    *,
    gap: float,
    time_limit: float | None,
    progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
    growth: bool = True,
) -> tuple[Plan, bool]:
    """Run a standing search under other limits.

    Args:
        search: the search.
        instance: its instance under the limits.
        limits: the limits, and the deals.
        gap, time_limit, progress, stop: as in ``allocator.solve``.
        growth: whether the plan gets the snowball's own figures.

    Returns:
        The plan, and whether anything had to be solved for it.

    Raises:
        ValueError: ``gap`` or ``time_limit`` is out of range.
    """
    checked_limits(gap, time_limit, search.threads)
    began = time.monotonic()
    sign = -1.0 if instance.objective.goal == "cost" else 1.0

    def told(state: Progress) -> None:
        if progress:
            progress(replace(state, incumbent=sign * state.incumbent, bound=sign * state.bound))

    search.aim(
        instance,
        limits,
        gap=gap,
        deadline=math.inf if time_limit is None else began + time_limit,
    )
    search.progress, search.stop = told, stop
    try:
        if search.fresh:
            search.hint = made_at_hand(
                instance, deadline=search.deadline, seed=search.seed, stop=stop
            )
        search.run()
    except ImpossibleError as error:
        search.best, search.status, search.message = None, Ending.INFEASIBLE, str(error)
    except (ModelError, SolverError) as error:
        # What stands in the solver is not to be trusted any more.
        search.forget()
        search.best, search.status, search.message = None, Ending.ERROR, str(error)
    return plan_of(search, sign, began, growth=growth), search.solved
