"""Which decisions of the first weeks are firm: those that plans made anew for other worlds share.

A world's plan is one of many within its gap, so two plans may differ where nothing is at stake.
A decision that is firm is so in spite of that; an open one may be a matter of taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.doubt.worlds import World, Worlds
from allocator.matrix import Vector
from allocator.plan import Plan
from fact_models.decisions import Decisions
from fact_models.parameters import parameters
from fact_models.spec.instance import Instance

PERIODS = 4
"""First periods whose decisions are looked at."""
AGREED = 0.8
"""Share of the worlds in which a decision must be the same to be firm."""
NEAR = 0.2
"""Relative difference up to which an amount counts as the same."""
SMALL = 0.05
"""Share of the largest amount of its kind below which a difference does not count."""

ROUNDING = 1e-9
"""Probability below which a difference is one of rounding."""

Kind = str
Key = tuple[Kind, str]
"""Kind of the decision and what it is about."""
WHOLE: tuple[Kind, ...] = ("open", "package", "deal", "offer", "hires", "leaves", "discount")


@dataclass(frozen=True)
class Firmness:
    """A decision of the first weeks.

    Attributes:
        kind: ``hours``, ``boost``, ``samples``, or one of ``WHOLE``.
        name: account, boost, tier, package, deal, role or discount level.
        planned: its amount over the first periods in the plan that is asked about.
        share: probability of the worlds whose own plan does the same.
        low, high: least and largest amount in the worlds' own plans.
        settles: name of the figure, or of the worlds, that decides where they differ; empty
            without one.
    """

    kind: Kind
    name: str
    planned: float
    share: float
    low: float
    high: float
    settles: str = ""

    @property
    def firm(self) -> bool:
        """Whether nearly all worlds ask for the same."""
        return self.share >= AGREED - 1e-9


def first_decisions(instance: Instance, d: Decisions, periods: int = PERIODS) -> dict[Key, float]:
    """What is decided in the first periods: whether or how much, by kind and name."""
    p = parameters(instance)
    ids, now = p.ids, slice(0, min(periods, p.ids.periods))
    found: dict[Key, float] = {}
    for n, a in enumerate(ids.accounts):
        found["hours", a] = float(d.hours[n][:, now].sum())
        assert instance.field is not None
        if not instance.field.accounts[a].open:
            found["open", a] = float(d.start[n, now].sum())
    for n, i in enumerate(ids.boosts):
        found["boost", i] = float(d.boost_spend[n, now].sum())
    for n, level in enumerate(ids.discounts):
        found["discount", level] = float(d.discount[n, now].sum())
    for n, (c, o) in enumerate(ids.offers):
        found["offer", f"{c}.{o}"] = float(d.offer[n, 0])
        found["samples", c] = found.get(("samples", c), 0.0) + float(d.samples[n, now].sum())
    for n, key in enumerate(ids.packages):
        entry = p.entries.get(key)
        if entry is not None and entry.signup is not None and entry.signup < now.stop:
            found["package", ".".join(key)] = float(d.package[n])
    for n, k in enumerate(ids.deals):
        assert instance.kol is not None
        lead = instance.kol.deals[k].lead
        dates = [t for t in p.sessions[k].dates if t - lead < now.stop]
        if dates:
            found["deal", k] = float(d.deal[n, dates].sum())
    for n, j in enumerate(ids.roles):
        found["hires", j] = float(d.hires[n, now].sum())
        found["leaves", j] = float(d.leaves[n, now].sum())
    return found


def firmness(plan: Plan, worlds: Worlds, plans: Sequence[tuple[World, Plan]]) -> list[Firmness]:
    """The decisions of the plan's first periods, the open ones last.

    Args:
        plan: what is asked about.
        worlds: where the others come from.
        plans: plans made for some of the worlds.

    Raises:
        ValueError: a plan holds no decisions, or there is none to compare with.
    """
    if plan.decisions is None or not plans:
        raise ValueError("firmness needs a plan and plans of other worlds")
    mine = first_decisions(plan.instance, plan.decisions)
    others: list[dict[Key, float]] = []
    for world, other in plans:
        if other.decisions is None:
            raise ValueError(f"the plan of {world.name} holds no decisions")
        others.append(first_decisions(world.instance, other.decisions))
    weight = np.array([world.probability for world, _ in plans])
    weight = weight / weight.sum()
    largest: dict[Kind, float] = {}
    for table in (mine, *others):
        for (kind, _), amount in table.items():
            largest[kind] = max(largest.get(kind, 0.0), amount)
    found = []
    for key, planned in mine.items():
        theirs = np.array([table.get(key, 0.0) for table in others])
        same = _same(key[0], planned, theirs, largest[key[0]])
        if not planned and not theirs.any():
            continue
        told = Firmness(
            *key,
            planned=planned,
            share=float(weight @ same),
            low=float(theirs.min()),
            high=float(theirs.max()),
        )
        settled = "" if told.firm else _settles(worlds, [world for world, _ in plans], theirs)
        found.append(Firmness(**{**vars(told), "settles": settled}))
    return sorted(found, key=lambda f: not f.firm)


def _same(kind: Kind, planned: float, theirs: Vector, largest: float) -> Vector:
    """1 where the amount counts as the planned one."""
    if kind in WHOLE:
        return (np.abs(theirs - planned) < 0.5).astype(np.float64)
    slack = np.maximum(NEAR * np.maximum(planned, theirs), SMALL * largest)
    return (np.abs(theirs - planned) <= slack).astype(np.float64)


def _settles(worlds: Worlds, used: Sequence[World], theirs: Vector) -> str:
    """The figure that goes most with the amounts; the worlds themselves where they have names."""
    if worlds.values is None or len(used) < 3 or np.ptp(theirs) == 0:
        return ""
    names = [world.name for world in worlds.members]
    values = worlds.values[[names.index(world.name) for world in used]]
    goes = [abs(_rank_correlation(column, theirs)) for column in values.T]
    return worlds.figures[int(np.argmax(goes))] if max(goes, default=0.0) > 0 else ""


def _rank_correlation(x: Vector, y: Vector) -> float:
    ranks = [np.argsort(np.argsort(v, kind="stable"), kind="stable") for v in (x, y)]
    if np.ptp(x) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def chosen_worlds(worlds: Worlds, order: Vector, count: int) -> list[World]:
    """Worlds that stand for all: all of them if they are few, else the middle ones of as many
    groups of about equal probability, parted along ``order`` [d], each with that of its group.

    Args:
        worlds: all worlds.
        order: a figure of every world, such as what a plan brings there.
        count: how many at most; fewer where one world is more likely than a group would be.
    """
    if len(worlds.members) <= count:
        return list(worlds.members)
    ranked = np.argsort(order, kind="stable")
    weight = worlds.probability[ranked]
    middle = (np.cumsum(weight) - weight / 2) / weight.sum()
    group_of = np.floor(count * middle + ROUNDING)
    found = []
    for group in np.unique(group_of):
        own = np.flatnonzero(group_of == group)
        half = np.cumsum(weight[own]) - weight[own].sum() / 2
        world = worlds.members[ranked[own[int(np.argmax(half > ROUNDING))]]]
        found.append(World(world.name, float(weight[own].sum()), world.instance))
    return found
