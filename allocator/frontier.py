"""Draw a frontier: plan an instance under several values of one limit.

Every point is an instance of its own. All are planned with one program whose limit is moved in
place (``allocator.reoptimizing``). Since a looser limit only adds plans, points help each other:
a plan of a tighter point is replayed and verified at a looser one, and a bound holds at every
tighter one. Points that this certifies already are not solved at all.
"""

import math
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.compare import sign_of, spend_of
from allocator.frontiers.points import LEVEL, Frontier, Point
from allocator.frontiers.sweeps import REACH, Over, Sweep, SweepError, sweep_of
from allocator.gaps import gap_between
from allocator.plan import Plan, Status, bound_holds, figures_of, relative_gap
from allocator.reoptimizing.hot import HotSearch
from allocator.reoptimizing.limits import Limits, Range
from allocator.reoptimizing.reoptimizer import solved_hot
from allocator.solve import Progress, checked_limits, solve
from fact_models.replay import facts, replay
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
    checked_limits(gap, time_limit, threads)

    def told(state: Progress, name: str) -> None:
        if progress:
            progress(replace(state, phase=f"{name}: {state.phase}"))

    planner = Planner(instance, limits, told)
    known = _Known(low, high)
    if low is None or high is None:
        known = _ends(instance, over, known, planner.tidied)
    found = _Search(sweep_of(instance, over, points, known.low, known.high), gap, known)
    found.run(planner, lambda: bool(stop and stop.is_set()))
    by_value = sorted(found.points(), key=lambda point: point.at)
    return Frontier(instance, over, tuple(by_value), found.sweep.own)


class Planner:
    """One program for all points.

    Args:
        instance: of the sweep.
        limits: options of ``allocator.solve``.
        told: receives the state of a search and the name of its point.
    """

    def __init__(
        self,
        instance: Instance,
        limits: dict[str, Any],
        told: Callable[[Progress, str], None],
    ) -> None:
        self.instance, self.limits, self.told = instance, limits, told
        self.solved = False
        """Whether the last plan had to be solved for."""
        self._search: HotSearch | None = None
        self._span = Range.over([Limits.of(instance)])

    def spans(self, instances: Iterable[Instance]) -> None:
        """Make room for all of the ``instances``; before the first of them is planned."""
        self._span = Range.over([Limits.of(one) for one in (self.instance, *instances)])

    def tidied(self, one: Instance, name: str) -> Plan:
        """As ``planned``, without spend that brings nothing: ends of a sweep are taken from it."""
        return self.planned(one, name, tidying=True)

    def planned(self, one: Instance, name: str, *, tidying: bool = False) -> Plan:
        """The plan of an instance: with the program at hand if only limits differ."""
        options = {**self.limits, "progress": lambda state: self.told(state, name)}
        limits = Limits.of(one)
        if limits.stated_in(self.instance) != one:
            self.solved = True
            return solve(one, **options)
        threads, seed = options.pop("threads"), options.pop("seed")
        if self._search is None:
            self._search = HotSearch(
                one, self.limits["gap"], math.inf, threads=threads, seed=seed,
                span=self._span,
            )  # fmt: skip
        self._search.tidying = tidying
        plan, self.solved = solved_hot(self._search, one, limits, growth=False, **options)
        return plan

    def bound(self, one: Instance) -> float:
        """Bound of the maximised objective that is proved for an instance without solving it."""
        if self._search is None or self._search.standing is None:
            return math.inf
        return self._search.proved(self._search.sides_under(Limits.of(one)))


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
        self.solved = [False] * count
        if known.free is not None and known.free.bound is not None:
            self.upper[:] = self.sign * known.free.bound
        # A plan without the limit keeps the loose ones, if any; that with the most contribution
        # keeps the tight ones, and so all.
        for plan, order in ((known.free, range(count - 1, -1, -1)), (known.most, range(count))):
            for n in order:
                if plan is None or self.offer(plan, n) == (plan is known.most):
                    break

    def run(self, planner: "Planner", halted: Callable[[], bool]) -> None:
        """Plan what is not certified yet: the ends, then the middles of what lies between."""
        planner.spans(self.sweep.instances)
        for n in _bisection(len(self.sweep.values)):
            if halted():
                break
            if self.impossible(n):
                continue
            self.learn(n, planner, enough=self.gap)
            if self.certified(n):
                continue
            value = self.sweep.values[n]
            plan = planner.planned(self.sweep.instances[n], f"{self.sweep.over} {value:,.0f}")
            self.own[n], self.solved[n] = plan, planner.solved
            if plan.bound is not None:
                bound = self.sign * plan.bound
                self.upper[: n + 1] = np.minimum(self.upper[: n + 1], bound)
            if self.value(plan) > self.value(self.best[n]):
                self.best[n] = plan
        for n in range(len(self.sweep.values)):
            self.learn(n, planner)

    def learn(self, n: int, planner: "Planner", enough: float = math.inf) -> None:
        """Bound of a point as others leave it, and the best plan of a tighter point where that is
        within the gap ``enough``."""
        bound = planner.bound(self.sweep.instances[n])
        self.upper[: n + 1] = np.minimum(self.upper[: n + 1], bound)
        tighter = [plan for plan in self.best[:n] if plan is not None]
        best = max(tighter, key=self.value, default=None)
        if best is None or self.value(best) <= self.value(self.best[n]):
            return
        if gap_between(self.value(best), float(self.upper[n])) <= enough:
            self.offer(best, n)

    def offer(self, plan: Plan, n: int) -> bool:
        """Try a plan at a point: it counts where it keeps every rule. Whether it does."""
        if plan.decisions is None:
            return False
        instance = self.sweep.instances[n]
        known = facts(instance)
        check = verify(instance, plan.decisions, known=known)
        if not check.ok:
            return False
        states = replay(instance, plan.decisions, known=known)
        figures: dict[str, Any] = figures_of(states)
        tried = replace(
            plan, instance=instance, status="feasible_limit", bound=None, gap=None,
            replay=states, max_violation=check.max_violation, runtime={}, trace=(), **figures,
        )  # fmt: skip
        if self.value(tried) > self.value(self.best[n]):
            self.best[n] = tried
        return True

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
                yield Point(value, Plan(instance, status, message=message), self.solved[n])
                continue
            bound = self.bound(n)
            status = "optimal" if self.certified(n) else "feasible_limit"
            assert best.objective is not None
            plan = replace(
                best, status=status, bound=self.sign * bound,
                gap=relative_gap(best.objective, self.sign * bound),
                runtime={} if own is None else own.runtime, trace=() if own is None else own.trace,
            )  # fmt: skip
            yield Point(value, plan, self.solved[n])


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
