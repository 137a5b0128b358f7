"""Worlds that may come true: the scenarios of a file, or a standard tree around it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from allocator.changing import plain
from allocator.matrix import Vector
from allocator.trials import with_growth
from fact_models.overriding import under, validated
from fact_models.spec.instance import Instance

Tree = Literal["file", "growth", "kol"]
"""Where worlds come from: the file's own scenarios, growth around it, outcomes of the deals."""
TREES: tuple[Tree, ...] = get_args(Tree)
GROWTH = {"slow": (0.8, 0.3), "believed": (1.0, 0.4), "fast": (1.2, 0.3)}
"""Assumed: factor on the traffic feedback and its chance."""
OUTCOMES = {"p10": 0.3, "p50": 0.4, "p90": 0.3}
"""Outcomes of the deals and the weights that give their mean (Swanson's rule)."""


class WorldsError(ValueError):
    """The instance has no such worlds; says why."""


@dataclass(frozen=True)
class World:
    """One way in which the figures may turn out."""

    name: str
    probability: float
    instance: Instance
    label: str = ""
    """Name for reports; empty where the file gives none."""


@dataclass(frozen=True)
class Worlds:
    """Worlds whose probabilities sum to 1.

    Attributes:
        written: the instance as it is written.
        members: in the order of the file or of the draws.
        source: ``file``, ``growth``, ``kol``, ``spread``, or the name of a file of draws.
        figures: names of the figures that differ between draws.
        values: [d,figure] what they are.
    """

    written: Instance
    members: tuple[World, ...]
    source: str
    figures: tuple[str, ...] = ()
    values: Vector | None = None

    @property
    def probability(self) -> Vector:
        """Probabilities [d]."""
        return np.array([world.probability for world in self.members])

    @property
    def drawn(self) -> bool:
        """Whether the worlds are a sample, of which a few may stand for all."""
        return self.values is not None

    @property
    def assumed(self) -> bool:
        """Whether the worlds are ours and nobody's estimate."""
        return self.source in ("growth", "spread")


def worlds_of(instance: Instance, tree: Tree | None = None) -> Worlds:
    """The file's scenarios if there are any, else growth around the file; or the named tree.

    Raises:
        WorldsError: the file has no scenarios or no deals.
    """
    tree = tree or ("file" if instance.scenarios else "growth")
    written = plain(instance)
    if tree == "file":
        if not instance.scenarios:
            raise WorldsError("the file has no scenarios")
        members = [
            World(n, s.probability, under(instance, s), s.label)
            for n, s in instance.scenarios.items()
        ]
    elif tree == "growth":
        if not instance.field or instance.snowball.model == "funnel":
            raise WorldsError("without own rooms in a snowball no growth is in doubt")
        members = [World(n, p, grown(written, by)) for n, (by, p) in GROWTH.items()]
    else:
        if not instance.kol:
            raise WorldsError("the file has no deals whose outcome is in doubt")
        members = [World(n, p, with_outcome(written, n)) for n, p in OUTCOMES.items()]
    return Worlds(written, tuple(members), tree)


def grown(instance: Instance, factor: float) -> Instance:
    """The instance with its traffic feedback times ``factor``.

    Raises:
        WorldsError: a rate leaves the range of the file.
    """
    try:
        return with_growth(instance, factor)
    except ValueError as error:
        raise WorldsError(f"growth times {factor} cannot be made: {error}") from None


def with_outcome(instance: Instance, outcome: str) -> Instance:
    """The instance in which every deal brings exactly one of its outcomes.

    Raises:
        OverrideError: the outcome breaks a rule of the file.
    """
    tree = instance.model_dump()
    for k in instance.kol.deals if instance.kol else {}:
        settle(tree["kol"]["deals"][k], outcome)
    return validated(tree)


def settle(deal: dict[str, Any], outcome: str) -> None:
    """Make one outcome of a deal, as plain values, the only one; what it brings besides (own
    visits, awareness) follows its GMV."""
    gmv = deal["gmv"][outcome]
    mean = sum(weight * deal["gmv"][name] for name, weight in OUTCOMES.items())
    ratio = gmv / mean if mean > 0 else 1.0
    deal["gmv"] = dict.fromkeys(OUTCOMES, gmv)
    for name in ("own_visits", "awareness"):
        deal[name] = {s: ratio * amount for s, amount in deal[name].items()}


def mean_world(worlds: Worlds) -> Instance:
    """The instance in which every figure is the mean over the worlds.

    Raises:
        OverrideError: the means break a rule of the file.
    """
    trees = [world.instance.model_dump() for world in worlds.members]
    return validated(_mean(trees, worlds.probability))


def _mean(values: list[Any], weight: Vector) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return {key: _mean([v[key] for v in values], weight) for key in first}
    if isinstance(first, list | tuple) and all(len(v) == len(first) for v in values):
        return [_mean(list(entries), weight) for entries in zip(*values, strict=True)]
    if all(isinstance(v, float) for v in values) and any(v != first for v in values):
        return float(np.dot(weight, values))
    return first
