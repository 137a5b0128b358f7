"""A plan scored: what it brings in each of many worlds, its controls kept as they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.doubt.worlds import Worlds
from allocator.matrix import Flags, Vector
from allocator.plan import Plan
from fact_models.decisions import Decisions
from fact_models.replay import Replay, facts
from fact_models.replay.known import Facts
from fact_models.replay.many import replay_many

Fan = Literal["gmv", "contribution", "cash", "followers", "traffic"]
FANS: tuple[Fan, ...] = ("gmv", "contribution", "cash", "followers", "traffic")
"""Figures that are shown as fans over time; GMV and contribution are summed up to each period."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WRITTEN = ("gmv", "net_gmv", "contribution", "objective", "lowest", "overrun", "lacking")
"""Figures that are also told for the world as written and for the plan itself."""
BATCH = 250
"""Worlds that are replayed at once."""
FEW = 1e-3
"""Share of a role's hours whose lack does not count."""
ROUNDING = 1e-6
"""Relative amount below which a miss is none."""


@dataclass(frozen=True, eq=False)
class Score:
    """What a plan brings in many worlds; d counts the worlds, t the periods.

    Attributes:
        plan: what is scored.
        worlds: what it is scored in.
        over_time: by the keys of ``FANS``, [d,t].
        objective: value of the goal [d]; ``gmv``, ``net_gmv`` and ``contribution`` over the
            horizon [d].
        lowest: least balance with drawn credit [d]; None without cash rows.
        overrun: spend beyond the budget, that of earlier weeks included [d]; 0 without one.
        lacking: largest share of a role's hours that is missing in a period [d].
        target: GMV that the plan's own weeks are to reach; ``named`` tells whether somebody named
            it.
        written: the figures of ``WRITTEN`` in the world as written, replayed in the same way. That
            way takes orders in another order than the plan, which costs a verified plan a little;
            no world is blamed for that.
        planned: the same figures of the plan itself, its visits and orders as they were planned.
    """

    plan: Plan
    worlds: Worlds
    over_time: dict[Fan, Vector]
    objective: Vector
    gmv: Vector
    net_gmv: Vector
    contribution: Vector
    lowest: Vector | None
    overrun: Vector
    lacking: Vector
    target: float
    named: bool
    written: dict[str, float]
    planned: dict[str, float]

    def chance(self, misses: Flags) -> float:
        """Probability of the worlds where ``misses`` [d] is true."""
        return float(self.worlds.probability @ misses)

    @property
    def misses_floor(self) -> float | None:
        """Chance that cash falls below its floor in some period, all credit used; None without
        cash rows."""
        cash = self.plan.instance.money.cash
        if self.lowest is None or cash is None:
            return None
        slack = ROUNDING * max(abs(cash.floor), float(np.abs(self.lowest).max()), 1.0)
        return self.chance(self.lowest < min(cash.floor, self.written["lowest"]) - slack)

    @property
    def misses_target(self) -> float:
        """Chance that GMV stays below the target."""
        return self.chance(self.gmv < self.target * (1 - ROUNDING))

    @property
    def misses_profit(self) -> float | None:
        """Chance that contribution, that of earlier weeks included, stays below its floor; None
        without one."""
        money = self.plan.instance.money
        if money.profit_floor is None:
            return None
        floor = money.profit_floor - money.past.contribution
        allowed = min(floor, self.written["contribution"]) - ROUNDING * max(abs(floor), 1.0)
        return self.chance(self.contribution < allowed)

    @property
    def misses_budget(self) -> float | None:
        """Chance that spend, commission and earlier weeks included, passes the budget; None
        without one."""
        budget = self.plan.instance.money.budget
        if budget is None:
            return None
        allowed = self.written["overrun"] + ROUNDING * max(budget, 1.0)
        return self.chance(self.overrun > allowed)

    @property
    def misses_hours(self) -> float | None:
        """Chance that a role lacks hours for the orders that come; None without a team."""
        if not self.plan.instance.staff:
            return None
        return self.chance(self.lacking > max(self.written["lacking"], 0.0) + FEW)

    def fan(self, name: Fan) -> Vector:
        """Quantiles [quantile,t] of a figure over time."""
        return np.array(
            [quantile(self.over_time[name], self.worlds.probability, q) for q in QUANTILES]
        )

    def quantiles(self, values: Vector) -> list[float]:
        """Quantiles of a figure [d] over the worlds."""
        return [float(quantile(values, self.worlds.probability, q)) for q in QUANTILES]


def quantile(values: Vector, weight: Vector, at: float) -> Vector:
    """The least entry along the first axis of ``values`` [d,...] that a share ``at`` of the weight
    [d] does not exceed."""
    order = np.argsort(values, axis=0, kind="stable")
    below = np.cumsum(weight[order], axis=0)
    first = (below < at - 1e-12).sum(axis=0, keepdims=True)
    first = np.minimum(first, len(weight) - 1)
    ranked = np.take_along_axis(values, order, axis=0)
    return np.asarray(np.take_along_axis(ranked, first, axis=0)[0], dtype=np.float64)


def score(
    plan: Plan,
    worlds: Worlds,
    *,
    target: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    halted: Callable[[], bool] = lambda: False,
) -> Score:
    """Play a plan in every world: hours, spend, team, packages and deals are kept, visits and
    orders follow up to capacity, credit is drawn as the floor asks.

    Args:
        plan: a plan with decisions.
        worlds: with the names and the horizon of the plan's instance.
        target: GMV that the plan's own weeks are to reach; if not given what earlier weeks left of
            that of a goal ``cost``, else the plan's own, and no more than this replay reaches in
            the world as written.
        progress: told how many worlds are done, of how many.
        halted: asked between batches; a score that is cut short holds for the first worlds.

    Raises:
        ValueError: the plan holds no decisions, or halted before the first batch.
    """
    if plan.decisions is None or plan.replay is None:
        raise ValueError("the plan holds no decisions")
    base = facts(worlds.written)
    rows: list[_Row] = []
    members = worlds.members
    for first in range(0, len(members), BATCH):
        if halted() and rows:
            break
        known = [facts(world.instance, base) for world in members[first : first + BATCH]]
        rows += _rows(known, plan.decisions)
        if progress:
            progress(len(rows), len(members))
    if len(rows) < len(members):
        worlds = _first(worlds, len(rows))
    written = _rows([base], plan.decisions)[0]
    goal, named = plan.instance.objective, target is not None
    if target is None:
        own = plan.gmv or 0.0
        if goal.goal == "cost":
            own = max((goal.target or 0.0) - plan.instance.money.past.gmv, 0.0)
        target = min(own, written.gmv)
    cash = [row.lowest for row in rows]
    return Score(
        plan=plan,
        worlds=worlds,
        over_time={
            name: np.array([row.over_time[name] for row in rows])
            for name in FANS
            if name in rows[0].over_time
        },
        objective=np.array([row.objective for row in rows]),
        gmv=np.array([row.gmv for row in rows]),
        net_gmv=np.array([row.net_gmv for row in rows]),
        contribution=np.array([row.contribution for row in rows]),
        lowest=None if cash[0] is None else np.array(cash, dtype=np.float64),
        overrun=np.array([row.overrun for row in rows]),
        lacking=np.array([row.lacking for row in rows]),
        target=target,
        named=named,
        written=_told(written),
        planned=_told(_row(base, plan.replay)),
    )


@dataclass(frozen=True)
class _Row:
    """The figures of one world."""

    over_time: dict[Fan, Vector]
    objective: float
    gmv: float
    net_gmv: float
    contribution: float
    lowest: float | None
    overrun: float
    lacking: float


def _told(row: _Row) -> dict[str, float]:
    """The figures of ``WRITTEN``, 0 where the file has no such rule."""
    return {name: float(getattr(row, name) or 0.0) for name in WRITTEN}


def _rows(known: Sequence[Facts], decisions: Decisions) -> list[_Row]:
    return [
        _row(k, states)
        for k, states in zip(known, replay_many(known, decisions, "controlled"), strict=True)
    ]


def _row(known: Facts, states: Replay) -> _Row:
    gmv = np.sum(list(states.gmv.values()), axis=0)
    money = known.instance.money
    spend = float(np.sum(list(states.spend.values()))) + money.past.spend()
    over_time: dict[Fan, Vector] = {
        "gmv": np.cumsum(gmv),
        "contribution": np.cumsum(states.contribution),
        "followers": states.followers[:, 1:].sum(axis=0),
        "traffic": states.traffic[..., 1:].sum(axis=(0, 1)),
    }
    lowest = None
    if states.cash is not None:
        over_time["cash"] = states.cash + states.decisions.drawn
        lowest = float(over_time["cash"].min())
    return _Row(
        over_time=over_time,
        objective=float(states.objective),
        gmv=float(gmv.sum()),
        net_gmv=float(states.net_gmv.sum()),
        contribution=float(states.contribution.sum()),
        lowest=lowest,
        overrun=0.0 if money.budget is None else max(spend - money.budget, 0.0),
        lacking=_lacking(known, states),
    )


def _lacking(known: Facts, states: Replay) -> float:
    """(ST.3) Largest share of a role's hours that is missing in a period."""
    staff, d = known.staff, states.decisions
    if not len(staff.roles):
        return 0.0
    taken = (staff.covers[:, :, None] * d.cover).sum(axis=0)
    there = staff.hours[:, None] * states.productive + d.overtime + d.outsourced + taken
    short = states.need + d.cover.sum(axis=1) - there
    size = np.maximum(there, staff.hours[:, None])
    return float(np.max(short / size))


def _first(worlds: Worlds, count: int) -> Worlds:
    """The first worlds alone, their probabilities brought up to 1."""
    kept = worlds.members[:count]
    total = sum(world.probability for world in kept)
    members = tuple(type(w)(w.name, w.probability / total, w.instance) for w in kept)
    values = None if worlds.values is None else worlds.values[:count]
    return Worlds(worlds.written, members, worlds.source, worlds.figures, values)
