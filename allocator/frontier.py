"""Draw a frontier: plan an instance under several values of one limit.

Every point is an instance of its own, planned by ``allocator.solve``. Since a looser limit only
adds plans, points help each other: a plan is tried, replayed and verified at every point, and a
bound holds at every tighter one. Points that this certifies already are not solved at all.
"""

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.compare import sign_of, spend_of
from allocator.frontiers.points import LEVEL, Frontier, Point
from allocator.frontiers.sweeps import REACH, Over, Sweep, SweepError, sweep_of
from allocator.plan import Plan, Status, bound_holds, relative_gap
from allocator.solve import Progress, solve
from fact_models.spec.instance import Instance
from fact_models.verify import verify

Solver = Callable[[Instance, str], Plan]


def frontier(
    instance: Instance,
    over: Over,
    *,
    points: int = 12,
    low: float | None = None,
    high: float | None = None,
    gap: float = 0.01,
    time_limit: float | None = 120.0,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Plan ``instance`` under several values of one limit.

    Args:
        instance: what to plan.
        over: the limit: ``budget``, ``cash`` (on hand at the start), ``profit-floor``
            (contribution over the horizon) or ``staff`` (hires over the horizon).
        points: values of the limit, at least 2.
        low: least value; half the file's own if not given, no hire, or for the profit floor the
            contribution of the plan without a floor.
        high: largest value; one and a half times the file's own if not given, or for the profit
            floor the contribution of the plan that is made for it.
        gap: relative gap of every point.
        time_limit: seconds of every solve; there are at most ``points``, and two more for the ends
            of a profit floor.
        threads: threads of the solver.
        seed: of the solver's random choices.
        progress: called as in ``solve``; the phase tells the point.
        stop: an event that ends the sweep with what is known then.

    Raises:
        SweepError: the instance has no such limit, or the ends are no range of it; a ValueError.
        ValueError: another option is out of range.
    """
    if points < 2:
        raise ValueError(f"points must be at least 2, is {points}")

    limits: dict[str, Any] = {"gap": gap, "time_limit": time_limit, "threads": threads}
    limits |= {"seed": seed, "stop": stop}

    def planned(one: Instance, name: str) -> Plan:
        def told(state: Progress) -> None:
            if progress:
                progress(replace(state, phase=f"{name}: {state.phase}"))

        return solve(
            one,
            gap=gap,
            time_limit=time_limit,
            threads=threads,
            seed=seed,
            progress=told,
            stop=stop,
        )

    known = _Known(low, high)
    if low is None or high is None:
        known = _ends(instance, over, known, planned)
    found = _Search(sweep_of(instance, over, points, known.low, known.high), gap, known)
    found.run(planned, lambda: bool(stop and stop.is_set()))
    by_value = sorted(found.points(), key=lambda point: point.at)
    return Frontier(instance, over, tuple(by_value), found.sweep.own)


@dataclass(frozen=True)
class _Known:
    """What is known before the sweep."""

    low: float | None
    high: float | None
    free: Plan | None = None
    """The plan of the instance without the limit: its bound holds at every point."""
    most: Plan | None = None
    """The plan with the most contribution."""


def _ends(instance: Instance, over: Over, given: _Known, planned: Solver) -> _Known:
    """Ends that the file does not name: from what plans without the limit spend and earn."""
    tree = instance.model_dump()
    if over == "budget" and instance.money.budget is None:
        free = planned(instance, "no budget")
        spend = _of_end(free, None if free.replay is None else spend_of(free))
        low = REACH[0] * spend if given.low is None else given.low
        return _Known(low, spend if given.high is None else given.high, free)
    if over != "profit-floor":
        return given
    found = given
    tree["money"]["profit_floor"] = None
    if given.low is None:
        free = planned(Instance.model_validate(tree), "no floor")
        found = replace(found, low=_of_end(free, free.contribution), free=free)
    if given.high is None:
        goal = {"goal": "profit", "terminal": False, "target": None, "discount_rate": 0.0}
        tree["objective"] |= goal
        most = planned(Instance.model_validate(tree), "most contribution")
        found = replace(found, high=_of_end(most, most.contribution), most=most)
    if found.free and found.most:
        earned, high = found.free.contribution or 0.0, found.most.contribution or 0.0
        if earned >= (1 - LEVEL) * high:
            raise SweepError(
                f"a profit floor costs nothing: the plan without one earns {earned:,.0f} already,"
                f" and no plan is known to earn more than {max(earned, high):,.0f}"
            )
    return found


def _of_end(plan: Plan, value: float | None) -> float:
    """An end of the sweep that a plan tells.

    Raises:
        SweepError: there is no plan.
    """
    if value is None:
        why = f": {plan.message}" if plan.message else ""
        raise SweepError(f"no plan tells the ends of the sweep ({plan.status}{why})")
    return value


class _Search:
    """Plans and bounds of a sweep as they come in; the position is that in the sweep."""

    def __init__(self, sweep: Sweep, gap: float, known: _Known) -> None:
        count = len(sweep.values)
        self.sweep, self.gap = sweep, gap
        self.sign = sign_of(sweep.instances[0].objective.goal)
        self.upper = np.full(count, math.inf)
        """Least bound that is proved, of the maximised objective."""
        self.own: list[Plan | None] = [None] * count
        self.best: list[Plan | None] = [None] * count
        if known.free is not None and known.free.bound is not None:
            self.upper[:] = self.sign * known.free.bound
        for plan in (known.free, known.most):
            if plan is not None:
                self.offer(plan)

    def run(self, planned: Solver, halted: Callable[[], bool]) -> None:
        """Solve what is not certified yet: the ends, then the middles of what lies between."""
        for n in _bisection(len(self.sweep.values)):
            if halted():
                return
            if self.impossible(n) or self.certified(n):
                continue
            value = self.sweep.values[n]
            plan = planned(self.sweep.instances[n], f"{self.sweep.over} {value:,.0f}")
            self.own[n] = plan
            if plan.bound is not None:
                bound = self.sign * plan.bound
                self.upper[: n + 1] = np.minimum(self.upper[: n + 1], bound)
            self.offer(plan)

    def offer(self, plan: Plan) -> None:
        """Try a plan at every point: it counts where it keeps every rule."""
        if plan.decisions is None:
            return
        for n, instance in enumerate(self.sweep.instances):
            check = verify(instance, plan.decisions)
            if not check.ok:
                continue
            tried = Plan.of(
                instance, "feasible_limit", plan.decisions, math.inf,
                max_violation=check.max_violation, growth=plan.growth,
            )  # fmt: skip
            if self.value(tried) > self.value(self.best[n]):
                self.best[n] = tried

    def value(self, plan: Plan | None) -> float:
        """Maximised objective of a plan; minus infinity without one."""
        if plan is None or plan.objective is None:
            return -math.inf
        return self.sign * plan.objective

    def impossible(self, n: int) -> bool:
        """Whether this or a looser point is proved to have no plan."""
        return any(plan is not None and plan.status == "infeasible" for plan in self.own[n:])

    def certified(self, n: int) -> bool:
        """Whether plan and bound of other points are within the gap here."""
        low, high = self.value(self.best[n]), self.upper[n]
        if not (math.isfinite(low) and math.isfinite(high)):
            return False
        return relative_gap(low, float(high)) <= self.gap

    def bound(self, n: int) -> float:
        """The least bound of this point, not below its plan by a hair of rounding.

        Raises:
            RuntimeError: a verified plan is better than what was proved to be possible.
        """
        low, high = self.value(self.best[n]), float(self.upper[n])
        if not bound_holds("gmv", low, high):
            raise RuntimeError(f"a verified plan is worth {low}, but {high} was proved the most")
        return max(low, high)

    def points(self) -> Iterator[Point]:
        """Every point with the best plan and the least bound that are known for it."""
        for n, value in enumerate(self.sweep.values):
            own, best, instance = self.own[n], self.best[n], self.sweep.instances[n]
            if best is None:
                status: Status = "infeasible" if self.impossible(n) else "no_plan_yet"
                message = "" if own is None else own.message
                yield Point(value, Plan(instance, status, message=message), own is not None)
                continue
            assert best.decisions is not None
            bound = self.bound(n)
            status = "optimal" if self.certified(n) else "feasible_limit"
            plan = Plan.of(
                instance, status, best.decisions, self.sign * bound,
                max_violation=best.max_violation, growth=best.growth,
                runtime={} if own is None else own.runtime, trace=() if own is None else own.trace,
            )  # fmt: skip
            yield Point(value, plan, own is not None)


def _bisection(count: int) -> Iterator[int]:
    """Positions in the order of solving: the loosest, the tightest, then middles."""
    yield count - 1
    spans = [(0, count - 1)]
    if count > 1:
        yield 0
    while spans:
        low, high = spans.pop(0)
        middle = (low + high) // 2
        if low < middle:
            yield middle
            spans += [(low, middle), (middle, high)]
