"""Parameters of the laws as arrays whose first axis is the set of parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.spec.instance import Instance
from fact_models.spec.snowball import Segment

SATURATION = "saturation"
AWARENESS_KEPT = "snowball.awareness_retention"
UPLIFT = "uplift"
BY_SEGMENT = (
    "conversion",
    "calibration_gain",
    "calibration_scale",
    "persistence",
    "persistence_served",
    "traffic_per_order",
    "traffic_per_contact",
    "traffic_per_follower",
    "traffic_per_awareness",
    "contact_per_visit",
    "contact_per_order",
    "unfollow",
    "return_rate",
    "follower_factor",
    "pool",
)
"""Numbers of a segment that the laws use, by their names in the instance file."""


@dataclass(frozen=True)
class Rates:
    """Sets of parameters; ``of`` holds the numbers of ``BY_SEGMENT`` as [n,s].

    Attributes:
        of: numbers of the segments [n,s].
        well: conversion of a well-received visit relative to the plain rate [s].
        harvested: conversion of a harvested visit relative to the plain rate [s].
        lookalike: visits of s per order of s' [s,s'].
        saturation: scale of saturation relative to the file [n,s].
        boost_input: spend of a boost relative to the file's curve [n,i]; ``boost_output`` scales
            its visits.
        tier: visits of a tier relative to the file's curve [n,c].
        reception: visits that an account receives relative to the file's curve [n,a].
        uplift: what a package adds to orders relative to the file [n].
    """

    of: dict[str, Array]
    well: Array
    harvested: Array
    lookalike: Array
    saturation: Array
    boost_input: Array
    boost_output: Array
    tier: Array
    reception: Array
    uplift: Array

    @property
    def count(self) -> int:
        """Number of sets."""
        return self.uplift.size


def rates_of(
    instance: Instance, accounts: Sequence[str], values: Mapping[str, Array], count: int
) -> Rates:
    """Sets of parameters: the file's numbers, replaced where ``values`` names them.

    Args:
        instance: the file.
        accounts: accounts of the course, in its order.
        values: numbers [n] by path (``snowball.segments.core.conversion``), and factors on the
            file's curves and scales: ``saturation.core``, ``boosts.feed.input``,
            ``boosts.feed.output``, ``tiers.tail.output``, ``reception.main``, ``uplift``.
        count: number of sets n.
    """
    segments = instance.snowball.segments

    def column(name: str, default: float) -> Array:
        return np.broadcast_to(values.get(name, np.array(default)), (count,))

    def table(names: Sequence[str], defaults: Sequence[float]) -> Array:
        found = [column(name, x) for name, x in zip(names, defaults, strict=True)]
        return np.stack(found, axis=1) if found else np.zeros((count, 0))

    def factors(pattern: str, ids: Sequence[str]) -> Array:
        return table([pattern.format(x) for x in ids], [1.0] * len(ids))

    boosts = list(instance.field.boosts) if instance.field else []
    tiers = list(instance.alliance.tiers) if instance.alliance else []
    paths = [f"snowball.segments.{s}" for s in segments]
    every = list(segments.values())
    return Rates(
        of={
            key: table([f"{p}.{key}" for p in paths], [getattr(s, key) for s in every])
            for key in BY_SEGMENT
        },
        well=np.array([_relative(s, s.conversion_well) for s in every]),
        harvested=np.array([_relative(s, s.conversion_interested) for s in every]),
        lookalike=np.array([[s.lookalike.get(o, 0.0) for o in segments] for s in every]),
        saturation=factors("saturation.{}", list(segments)),
        boost_input=factors("boosts.{}.input", boosts),
        boost_output=factors("boosts.{}.output", boosts),
        tier=factors("tiers.{}.output", tiers),
        reception=factors("reception.{}", accounts),
        uplift=column(UPLIFT, 1.0),
    )


def _relative(segment: Segment, rate: float | None) -> float:
    """A rate over the plain one; 1 where there is none."""
    return 1.0 if rate is None or segment.conversion == 0 else rate / segment.conversion
