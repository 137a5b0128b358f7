"""Who earned a plan's GMV, asked in two ways that need no solver: where it came from, and what a
lever is worth on average when levers join one after the other.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from allocator.panel import label_of
from allocator.plan import Plan
from allocator.reasons.undone import gmv_of, what_is_left
from fact_models.decisions import Array, Decisions
from fact_models.replay import Facts, facts
from fact_models.replay.provenance import Source, Trace, trace
from fact_models.spec.instance import Instance

LEVERS = ("field", "alliance", "campaign", "kol")
"""The four levers of the FACT matrix."""
ROUNDING = 1e-9
"""Share of the GMV below which a difference is rounding."""


@dataclass(frozen=True)
class Part:
    """GMV that came from one source, a lever or the audience of day one."""

    first_touch: float
    """Sold to those whom the act itself brought."""
    snowball: float
    """Sold to those whom earlier sales, visits and awareness brought."""

    @property
    def total(self) -> float:
        """Both together."""
        return self.first_touch + self.snowball


@dataclass(frozen=True)
class Detail:
    """A source within a lever: a boost, a room, a tier, a package, a deal."""

    source: Source
    label: str
    part: Part
    spend: float | None
    """What was paid for it in cash over the horizon, without labour; None where nothing is paid
    for it alone."""


@dataclass(frozen=True)
class Shapley:
    """What each lever adds on average over all orders in which the levers can join.

    ``base`` is what is sold without any of them, ``rest`` by how much the plan sells more or less
    than the replay of all four; base, values and rest sum to the plan's GMV.
    """

    values: dict[str, float]
    removed: dict[str, float]
    """What would be missing without the lever alone, all else as planned."""
    base: float
    rest: float

    @property
    def is_whole(self) -> bool:
        """Whether base and values are the plan's GMV to rounding."""
        whole = self.base + sum(self.values.values())
        return abs(self.rest) <= ROUNDING * max(abs(whole), abs(self.rest))


@dataclass(frozen=True, eq=False)
class Attribution:
    """A plan's GMV by lever."""

    gmv: float
    levers: dict[str, Part]
    """Field, alliance, campaign, kol, organic."""
    details: tuple[Detail, ...]
    """Sources that brought something, by lever and size."""
    trace: Trace
    known: Facts
    decisions: Decisions

    @cached_property
    def shapley(self) -> Shapley:
        """Shapley values of the levers, by replays of all 16 sets of them."""
        return shapley(self.known, self.decisions, self.gmv)

    @cached_property
    def acts(self) -> Array:
        """What every source brought by period of the act (sources, T): GMV of the horizon,
        discounted and with the end value where these make the goal."""
        trace = self.trace
        brought = np.einsum("t,ctn->n", trace.weights, trace.gmv) + trace.end_value
        return trace.origins.by_period(brought)


def attribution(plan: Plan) -> Attribution:
    """Where the GMV of a plan came from.

    Raises:
        ValueError: there is no plan.
    """
    if plan.decisions is None or plan.replay is None:
        raise ValueError(
            f"{plan.name} has no plan ({plan.status}), so there is nothing to explain"
        )
    known = facts(plan.instance)
    found = trace(known, plan.decisions)
    levers = {name: Part(*map(float, parts)) for name, parts in found.levers().items()}
    return Attribution(
        gmv=gmv_of(plan.replay),
        levers=levers,
        details=tuple(_details(plan.instance, known, plan.decisions, found)),
        trace=found,
        known=known,
        decisions=plan.decisions,
    )


def _details(instance: Instance, known: Facts, d: Decisions, of: Trace) -> Iterator[Detail]:
    """Sources that brought something, those of a lever by size."""
    found = []
    for source, (first, later) in zip(of.origins.sources, of.total()[1:], strict=True):
        if abs(first) + abs(later) > 0:
            part = Part(float(first), float(later))
            label, spend = source_label(instance, source), _spend(known, d, source)
            found.append(Detail(source, label, part, spend))
    found.sort(key=lambda one: (LEVERS.index(one.source.lever), -one.part.total))
    yield from found


def source_label(instance: Instance, source: Source) -> str:
    """What planners call the source."""
    key = source.key
    if source.kind == "boost" and instance.field:
        return label_of(instance.field.boosts[key], key)
    if source.kind in ("room", "skilled") and instance.field:
        return label_of(instance.field.accounts[key], key)
    if source.kind == "tier" and instance.alliance:
        return label_of(instance.alliance.tiers[key], key)
    if source.kind == "deal" and instance.kol:
        return label_of(instance.kol.deals[key], key)
    if source.kind == "package" and instance.campaign:
        campaign, _, package = key.partition(".")
        spec = instance.campaign.campaigns[campaign]
        return f"{label_of(spec, campaign)} · {package}"
    return key


def _spend(known: Facts, d: Decisions, source: Source) -> float | None:
    """Cash that a source takes over the horizon."""
    ids, key = known.ids, source.key
    if source.kind == "boost":
        return float(d.boost_spend[ids.boosts.index(key)].sum())
    if source.kind == "tier":
        tier = ids.tiers.index(key)
        return float(
            known.alliance.tier[tier] * known.alliance.sample_cost @ d.samples.sum(axis=1)
        )
    if source.kind == "package":
        n = [f"{e}.{p}" for e, p in ids.packages].index(key)
        return float(known.campaign.fee[n].sum() * d.package[n])
    if source.kind == "deal":
        n = ids.deals.index(key)
        return float(known.kol.fee[n] * d.deal[n].sum())
    return None


def without(decisions: Decisions, levers: tuple[str, ...]) -> Decisions:
    """The plan with nothing done in ``levers``; what the others do stays."""
    names = {
        "field": (
            "start", "on", "hours", "skilled", "boost_spend", "content_made", "content_bought",
        ),
        "alliance": ("offer", "samples"),
        "campaign": ("package",),
        "kol": ("deal",),
    }  # fmt: skip
    left = decisions.copy()
    for lever in levers:
        for name in names[lever]:
            getattr(left, name)[:] = 0.0
    return left


def shapley(known: Facts, decisions: Decisions, gmv: float) -> Shapley:
    """(AT.13) Shapley values of the levers over replays of all 16 sets of them, without a solver.

    In each replay some levers do nothing, the others do what the plan says, and rooms take the
    visits that are left within the rules that the plan keeps.

    Args:
        known: facts of the instance.
        decisions: the plan.
        gmv: its GMV.
    """

    def worth(present: frozenset[str]) -> float:
        missing = tuple(x for x in LEVERS if x not in present)
        return gmv_of(what_is_left(known, without(decisions, missing)))

    n = len(LEVERS)
    subsets = [frozenset(c) for size in range(n + 1) for c in combinations(LEVERS, size)]
    value = {subset: worth(subset) for subset in subsets}
    weight = [math.factorial(k) * math.factorial(n - k - 1) / math.factorial(n) for k in range(n)]
    values = {
        x: float(
            np.sum([weight[len(s)] * (value[s | {x}] - value[s]) for s in subsets if x not in s])
        )
        for x in LEVERS
    }
    everyone, nobody = value[frozenset(LEVERS)], value[frozenset()]
    removed = {x: everyone - value[frozenset(LEVERS) - {x}] for x in LEVERS}
    return Shapley(values, removed, nobody, gmv - everyone)
