"""The pay of newcomers at which hiring pays, by bisection at a desk.

The packages, deals, offers and openings of the plans with and without hires are kept. Beside every
role stands one of newcomers at a share of its pay; the team is chosen anew at every share that is
tried, and each answer is a verified plan.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allocator.finding import Found
from allocator.plan import Plan
from allocator.strategy.carrying import carried
from allocator.strategy.cases import LEAST
from allocator.strategy.record import Pay
from allocator.strategy.teams import as_it_is, newcomer, with_newcomers
from allocator.variants.desk import Ask, Desk
from fact_models.decisions import Decisions
from fact_models.spec.instance import Instance

STEP = 2.0
"""Factor between the shares that are tried until hiring stops, or begins, to pay."""
LOWEST, HIGHEST = 0.25, 8.0
"""Shares of today's pay beyond which nothing is tried; below the lowest, no pay at all is."""
NEAR = 1.2
"""Ratio of the two ends of the bracket at which the bisection ends."""


def pay_at_which_hiring_pays(
    instance: Instance,
    plans: Sequence[Plan],
    *,
    each: float,
    seed: int,
    told: Callable[[float], None],
    stop: threading.Event | None,
) -> Pay | None:
    """Bracket the share of today's pay up to which newcomers are hired.

    Args:
        instance: the merchant, as the file has it.
        plans: plans whose packages, deals, offers and openings are tried, with newcomers and
            without: the best with newcomers is held against the best without.
        each: seconds for the team of one plan at one share.
        seed: of the solver's random choices.
        told: called with every share before it is tried.
        stop: an event that ends it.

    Returns:
        The bracket; None if it was stopped, or a share was not answered in time.
    """
    trial = _Trial(instance, plans, each, seed, stop)
    own = trial.best(as_it_is(instance))
    if own is None:
        return None
    tried: dict[float, _Hired] = {}

    def pays(share: float) -> bool:
        told(share)
        found = trial.hired(share, own.value)
        if found is None:
            raise _UnansweredError
        tried[share] = found
        return bool(found.heads)

    try:
        low, high = _bracket(pays)
        while low and high and high / low > NEAR:
            middle = math.sqrt(low * high)
            low, high = (middle, high) if pays(middle) else (low, middle)
    except _UnansweredError:
        return None
    at = tuple(sorted(tried))
    if low is None:
        return Pay(low, high, {}, 0.0, at)
    best = tried[low]
    plan = Plan.of(with_newcomers(instance, low), "feasible_limit", best.found.decisions, math.inf)
    return Pay(low, high, best.heads, best.gain, at, plan)


@dataclass(frozen=True)
class _Hired:
    """The best plan at a share: newcomers by role, and the gain as a share of the plan without."""

    found: Found
    heads: dict[str, int]
    gain: float


class _UnansweredError(Exception):
    """There was no plan at a share within the time."""


def _bracket(pays: Callable[[float], bool]) -> tuple[float | None, float | None]:
    """A share at which hiring pays and the next one tried at which it does not."""
    share = 1.0
    if pays(share):
        while share < HIGHEST:
            if not pays(share * STEP):
                return share, share * STEP
            share *= STEP
        return share, None
    while share > 0:
        less = share / STEP if share > LOWEST else 0.0
        if pays(less):
            return less, share
        share = less
    return None, share


@dataclass(frozen=True)
class _Trial:
    """Teams chosen anew around the other choices of some plans."""

    instance: Instance
    plans: Sequence[Plan]
    each: float
    seed: int
    stop: threading.Event | None

    def hired(self, share: float, own: float) -> _Hired | None:
        """The best plan beyond ``own``, nobody hired where nothing is gained; None without one in
        time."""
        there = with_newcomers(self.instance, share)
        found = self.best(there)
        if found is None:
            return None
        if found.value <= own + LEAST * abs(own):
            return _Hired(found, {}, 0.0)
        assert there.staff is not None
        assert self.instance.staff is not None
        names = list(there.staff.roles)
        counts = {
            j: round(float(found.decisions.hires[names.index(newcomer(self.instance, j))].sum()))
            for j in self.instance.staff.roles
        }
        heads = {j: n for j, n in counts.items() if n}
        return _Hired(found, heads, (found.value - own) / abs(own))

    def best(self, instance: Instance) -> Found | None:
        """The best verified plan with the choices of one of the plans and any team."""
        found: list[Found] = []
        for plan in self.plans:
            assert plan.decisions is not None
            start = carried(plan.decisions, plan.instance, instance)
            start.hires[:] = 0.0
            deadline = time.monotonic() + self.each
            desk = Desk(instance, 0.0, deadline, seed=self.seed, stop=self.stop)
            desk.load()
            # Hiring nobody is a plan in most cases. The search for a team is quick from there.
            nobody = desk.answer(_ask(start, team=True))
            anew = desk.answer(_ask(start, team=False, nearby=nobody)) if _open(desk) else nobody
            if anew is not None:
                found += [anew] if nobody is None else [anew, nobody]
        return max(found, key=lambda x: x.value, default=None)


def _ask(start: Decisions, *, team: bool, nearby: Found | None = None) -> Ask:
    return Ask(
        lambda desk: desk.placed(start, team=team),
        lambda desk: desk.arrays.matrix,
        lambda one, other: one.value > other.value,
        None if nearby is None else nearby.x,
    )


def _open(desk: Desk) -> bool:
    """Whether any hire or leave is possible."""
    matrix, team = desk.arrays.matrix, desk.team
    return bool((matrix.upper[team] > matrix.lower[team]).any())
