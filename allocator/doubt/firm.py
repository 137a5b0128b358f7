"""Which decisions of the first weeks are firm: those that plans made anew for other worlds share.

A world's plan is one of many within its gap, so two plans may differ where nothing is at stake.
A decision that is firm is so in spite of that; an open one may be a matter of taste. Where the
other plans agree with each other and not with the plan, the decision is firm elsewhere.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

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
"""Share of the decision's own largest amount below which a difference does not count."""
LEVEL = 0.05
"""Chance at which the closest of all figures would go with the amounts as closely though none of
them has to do with them; above it no figure is named."""
ORDERS = 5040
"""Orders of the amounts that stand for chance: all of them up to seven plans, else so many."""

ROUNDING = 1e-9
"""Probability below which a difference is one of rounding."""

Kind = str
Key = tuple[Kind, str]
"""Kind of the decision and what it is about."""
WHOLE: tuple[Kind, ...] = ("open", "package", "deal", "offer", "hires", "leaves", "discount")


State = Literal["firm", "elsewhere", "open"]


@dataclass(frozen=True)
class Firmness:
    """A decision of the first weeks.

    Attributes:
        kind: ``hours``, ``boost``, ``samples``, or one of ``WHOLE``.
        name: account, boost, tier, package, deal, role or discount level.
        planned: its amount over the first periods in the plan that is asked about.
        share: probability of the worlds whose own plan does the same.
        low, high: least and largest amount in the worlds' own plans.
        among: largest probability of worlds whose own plans do the same as one of them.
        group: least and largest amount in those worlds' plans.
        tried: figures that might decide where they differ; 0 where the worlds have names.
        settles: name of the figure that does; empty if none goes with the amounts beyond chance.
    """

    kind: Kind
    name: str
    planned: float
    share: float
    low: float
    high: float
    among: float
    group: tuple[float, float]
    tried: int = 0
    settles: str = ""

    @property
    def firm(self) -> bool:
        """Whether nearly all worlds ask for the same as the plan."""
        return self.state == "firm"

    @property
    def state(self) -> State:
        """``firm``, ``elsewhere`` where nearly all worlds ask for the same and the plan does
        something else, or ``open``."""
        if self.share >= AGREED - ROUNDING:
            return "firm"
        return "elsewhere" if self.among >= AGREED - ROUNDING else "open"


def first_decisions(instance: Instance, d: Decisions, periods: int = PERIODS) -> dict[Key, float]:
    """What is decided in the first periods: whether or how much, by kind and name; deals,
    packages and offers that were signed before are no decision any more."""
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
    signing = _next_contract(instance)
    for n, (c, o) in enumerate(ids.offers):
        if signing < now.stop:
            found["offer", f"{c}.{o}"] = float(d.offer[n, signing])
        found["samples", c] = found.get(("samples", c), 0.0) + float(d.samples[n, now].sum())
    for n, key in enumerate(ids.packages):
        entry = p.entries.get(key)
        if entry is not None and entry.signup is not None and entry.signup < now.stop:
            found["package", ".".join(key)] = float(d.package[n])
    for n, k in enumerate(ids.deals):
        assert instance.kol is not None
        deal = instance.kol.deals[k]
        dates = [t for t in p.sessions[k].dates if t - deal.lead < now.stop]
        if dates and deal.agreed is None:
            found["deal", k] = float(d.deal[n, dates].sum())
    for n, j in enumerate(ids.roles):
        found["hires", j] = float(d.hires[n, now].sum())
        found["leaves", j] = float(d.leaves[n, now].sum())
    return found


def _next_contract(instance: Instance) -> int:
    """First period for which creators' offers are still open; those of a contract under way are
    kept."""
    lever = instance.alliance
    return 0 if lever is None else -lever.contract_elapsed % lever.contract_periods


def firmness(plan: Plan, worlds: Worlds, plans: Sequence[tuple[World, Plan]]) -> list[Firmness]:
    """The decisions of the plan's first periods: the firm ones, those firm elsewhere, the open.

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
    used = [world for world, _ in plans]
    found = []
    for key, planned in mine.items():
        theirs = np.array([table.get(key, 0.0) for table in others])
        if planned or theirs.any():
            found.append(_told(key, planned, theirs, used, worlds))
    states: list[State] = ["firm", "elsewhere", "open"]
    return sorted(found, key=lambda told: states.index(told.state))


def _told(
    key: Key, planned: float, theirs: Vector, used: Sequence[World], worlds: Worlds
) -> Firmness:
    """What the worlds' own amounts ``theirs`` [n] say of a decision."""
    weight = np.array([world.probability for world in used])
    weight = weight / weight.sum()
    largest = max(planned, float(theirs.max()))
    alike = np.array([_same(key[0], one, theirs, largest) for one in theirs])
    centre = int(np.argmax(alike @ weight))
    group = theirs[alike[centre] > 0]
    told = Firmness(
        *key,
        planned=planned,
        share=float(weight @ _same(key[0], planned, theirs, largest)),
        low=float(theirs.min()),
        high=float(theirs.max()),
        among=float(alike[centre] @ weight),
        group=(float(group.min()), float(group.max())),
    )
    if told.state != "open" or worlds.values is None:
        return told
    names = [world.name for world in worlds.members]
    values = worlds.values[[names.index(world.name) for world in used]]
    closest = settling(values, theirs)
    settles = "" if closest is None else worlds.figures[closest]
    return replace(told, tried=len(worlds.figures), settles=settles)


def _same(kind: Kind, one: float, theirs: Vector, largest: float) -> Vector:
    """1 where an amount counts as ``one``; ``largest`` is the decision's own largest amount."""
    if kind in WHOLE:
        return (np.abs(theirs - one) < 0.5).astype(np.float64)
    slack = np.maximum(NEAR * np.maximum(one, theirs), SMALL * largest)
    return (np.abs(theirs - one) <= slack).astype(np.float64)


def settling(values: Vector, amounts: Vector) -> int | None:
    """Position of the figure whose order over the plans goes closest with that of the amounts.

    With few plans and many figures one of them always goes closely. So the closest rank
    correlation, of either sign, is set against the closest one of all figures when the amounts
    are dealt out to the plans in any order: exactly for up to seven plans, by a sample beyond.

    Args:
        values: of the figures [n,figure].
        amounts: of the decision [n].

    Returns:
        None if chance would bring as close a one about in more than ``LEVEL`` of the cases.
    """
    figures = np.array([_ranks(column) for column in values.T])
    ranks = _ranks(amounts)
    goes = np.abs(figures @ ranks)
    count = len(amounts)
    if math.factorial(count) <= ORDERS:
        orders = np.array(list(itertools.permutations(range(count))))
    else:
        random = np.random.default_rng(0)
        dealt = random.permuted(np.tile(np.arange(count), (ORDERS - 1, 1)), axis=1)
        orders = np.vstack([np.arange(count), dealt])
    chance = np.abs(ranks[orders] @ figures.T).max(axis=1)
    closest = int(np.argmax(goes))
    as_close = float(np.mean(chance >= goes[closest] - ROUNDING))
    return closest if as_close <= LEVEL else None


def _ranks(values: Vector) -> Vector:
    """Ranks of values [n], equal ones at their mean, with mean 0 and length 1; 0 if all are
    equal."""
    _, at, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[at]
    ranks = ranks - ranks.mean()
    length = float(np.linalg.norm(ranks))
    return np.asarray(ranks / length if length > 0 else ranks)


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
