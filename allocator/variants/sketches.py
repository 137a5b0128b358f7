"""What each baseline wants: its whole-number choices, its controls or its spend."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from allocator.labels import Label
from allocator.variants.at_hand import wanted_at_hand
from allocator.variants.desk import Desk, controls_of
from allocator.variants.picking import Offer, gmv_of, offers, pick, spend_in
from fact_models.decisions import Decisions
from fact_models.money import LEVERS
from fact_models.parameters import Parameters
from fact_models.replay import Facts, Replay, replay, status_quo
from fact_models.spec.instance import Instance

STEPS = 8
"""Parts in which a rule of thumb fills a lever."""
LUMPY = ("campaign", "kol")
"""Levers whose money goes out in a few sums: a split asks for their total, not for every week."""


NO_TIME = Label("there was no time for it", "时间不足，未能完成")
"""Why a way was not made."""


@dataclass(frozen=True)
class Sketch:
    """A baseline before it is made to keep the rules.

    Attributes:
        decisions: its whole-number choices, and its controls where it has any.
        wanted: amounts as ``Desk.near`` takes them.
        fault: why it cannot be made at all, in words; None where it can.
    """

    decisions: Decisions
    wanted: dict[str, dict[Any, float]] = field(default_factory=dict)
    fault: Label | None = None


@dataclass(frozen=True)
class Ground:
    """What the sketches of one instance share."""

    desk: Desk
    known: Facts
    today: Decisions
    budget: float
    """Spend over the horizon that a baseline may plan with."""

    @property
    def instance(self) -> Instance:
        """The instance."""
        return self.desk.instance

    @property
    def parameters(self) -> Parameters:
        """Parameters of its program."""
        return self.desk.program.parameters

    @property
    def levers(self) -> list[str]:
        """Levers of the file."""
        return [k for k in LEVERS if getattr(self.instance, k) is not None]


def ground(desk: Desk, known: Facts, spend: float) -> Ground:
    """The common ground, with what is left of the budget; with ``spend`` where the file has
    none."""
    money = desk.instance.money
    left = spend if money.budget is None else max(money.budget - money.past.spend(), 0.0)
    return Ground(desk, known, status_quo(desk.instance), left)


def today(g: Ground) -> Sketch:
    """Today's hours, spend, samples and offers go on."""
    return Sketch(g.today, controls_of(g.desk, g.today))


def split(g: Ground, shares: dict[str, float]) -> Sketch:
    """The budget beyond the idle team, spread over levers by ``shares`` and over periods evenly.

    The money of Campaign and Top-KOL buys the packages and deals of the best return.
    """
    states = replay(g.instance, g.today, accept="greedy", known=g.known)
    free = max(g.budget - float(states.spend["team"].sum()), 0.0)
    money = {k: free * shares.get(k, 0.0) for k in g.levers}
    ranked = offers(g.known, g.parameters, g.today, g.desk.halted)
    chosen = pick(g.known, ranked, g.today, {k: money.get(k, 0.0) for k in LUMPY})
    return Sketch(chosen, _spread(g, money))


def even(g: Ground) -> Sketch:
    """The same money for every lever of the file."""
    return split(g, dict.fromkeys(g.levers, 1 / len(g.levers)))


def last_year(g: Ground) -> Sketch:
    """Last year's shares."""
    return split(g, {k: float(share) for k, share in g.instance.last_year.items()})


def _spread(g: Ground, money: dict[str, float]) -> dict[str, dict[Any, float]]:
    periods = g.parameters.ids.periods
    cells = {
        f"{k},{t}": amount / periods
        for k, amount in money.items()
        if k not in LUMPY
        for t in range(periods)
    }
    return {"spend": cells, "total": {k: x for k, x in money.items() if k in LUMPY}}


def roi(g: Ground) -> Sketch:
    """Money goes to whatever brings most GMV per yuan next, a step at a time, until it is spent.

    It starts from today's way. A step is an eighth of a boost's or of a tier's largest spend in
    all periods, or one package, or one deal; what it brings is taken from a replay on top of the
    steps before. Steps that ask for more staff hours than the team of today can give are left out.
    """
    base = g.today
    now = replay(g.instance, base, accept="greedy", known=g.known)
    budget, short = g.budget, missing_hours(g.known, now)
    ranked = offers(g.known, g.parameters, base, g.desk.halted)
    queue = [_Step(offer.roi, offer=offer) for offer in ranked]
    queue += [_Step(np.inf, lever=lever) for lever in _fillable(g, base)]
    decisions = base
    while queue and not g.desk.halted():
        queue.sort(key=lambda step: step.roi)
        step = queue.pop()
        changed = step.taken(g, decisions)
        if changed is None:
            continue
        after = replay(g.instance, changed, accept="greedy", known=g.known)
        gain, cost = gmv_of(after) - gmv_of(now), spend_in(after) - spend_in(now)
        worth = gain / max(cost, 1.0)
        if gain <= 0 or spend_in(after) > budget or missing_hours(g.known, after) > short:
            continue
        if queue and worth < max(step.roi for step in queue):
            queue.append(step.again(worth))
            continue
        decisions, now = changed, after
        if step.offer is None:
            queue.append(step.again(worth))
    return Sketch(decisions, controls_of(g.desk, decisions))


@dataclass(frozen=True)
class _Step:
    """A step of the rule of thumb, with the return that it had when it was last looked at."""

    roi: float
    offer: Offer | None = None
    lever: tuple[str, int, float] | None = None
    """Array, row and largest amount of a boost or of a tier's samples."""

    def taken(self, g: Ground, decisions: Decisions) -> Decisions | None:
        """The decisions with it; None where it does not go."""
        if self.offer is not None:
            limits = dict.fromkeys(LUMPY, np.inf)
            changed = pick(g.known, [self.offer], decisions, limits)
            return None if changed is decisions else changed
        assert self.lever is not None
        return _more(decisions, *self.lever)

    def again(self, roi: float) -> "_Step":
        """The same step with a newer return."""
        return replace(self, roi=roi)


def _fillable(g: Ground, decisions: Decisions) -> list[tuple[str, int, float]]:
    """Boosts, and the samples of tiers under today's offers."""
    spec, found = g.instance.field, []
    for n, boost in enumerate(spec.boosts.values() if spec else ()):
        found.append(("boost_spend", n, boost.spend_max))
    for n, (c, _) in enumerate(g.parameters.ids.offers):
        if g.instance.alliance and decisions.offer[n].all():
            found.append(("samples", n, g.instance.alliance.tiers[c].samples_max))
    return found


def missing_hours(known: Facts, states: Replay) -> float:
    """Staff hours that a plan needs beyond regular hours, overtime and outsourcing, all roles and
    periods together; hours that another role could lend count as missing.
    """
    staff = known.instance.staff
    if staff is None:
        return 0.0
    roles = staff.roles.values()
    regular = np.array([role.hours * (1 + role.overtime_share) for role in roles])
    bought = np.array([role.outsource_max for role in roles])
    most = regular[:, None] * states.productive + bought[:, None]
    return float(np.maximum(states.need - most, 0.0).sum()) * (1 - 1e-9)


def _more(decisions: Decisions, array: str, row: int, most: float) -> Decisions | None:
    now = float(getattr(decisions, array)[row].max(initial=0.0))
    if most <= 0 or now >= most * (1 - 1e-9):
        return None
    changed = decisions.copy()
    getattr(changed, array)[row] = min(now + most / STEPS, most)
    return changed


def current(g: Ground) -> Sketch:
    """The plan that the file holds: its spend, campaigns and deals; the rest as today."""
    found = wanted_at_hand(g.desk, g.today)
    return Sketch(found.decisions, found.wanted, found.fault)


def moved(desk: Desk, sketch: Sketch, made: Decisions, spend: dict[str, Any]) -> float:
    """How far a plan's controls lie from those that were wanted: the mean over the kinds of
    control of the amount moved as a share of the amount wanted, at most 1.
    """
    have = controls_of(desk, made)
    have["spend"] = {f"{k},{t}": float(x) for k in LEVERS for t, x in enumerate(spend[k])}
    have["total"] = {k: float(spend[k].sum()) for k in LEVERS}
    shares = []
    for name, amounts in sketch.wanted.items():
        total = sum(amounts.values())
        if total > 0:
            apart = sum(abs(have[name].get(key, 0.0) - x) for key, x in amounts.items())
            shares.append(min(apart / total, 1.0))
    return float(np.mean(shares)) if shares else 0.0
