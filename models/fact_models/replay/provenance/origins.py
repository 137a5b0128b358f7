"""Where something can come from: what was there on day one, or an act of a lever in a period."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.known import Facts

Kind = Literal["boost", "room", "skilled", "discount", "tier", "package", "deal"]


@dataclass(frozen=True)
class Source:
    """What acts: a boost, a room that the plan opens, skilled hours, the price, samples of a
    tier, a package, a deal.
    """

    lever: str
    kind: Kind
    key: str
    """Id; campaign and package are joined by a point."""


@dataclass(frozen=True)
class Origins:
    """Origins of a plan and their places in a vector.

    A vector has two halves of ``size`` entries: at first touch, then through the snowball. Entry
    0 of each half is organic: what was there before the plan.
    """

    sources: tuple[Source, ...]
    periods: int

    @property
    def size(self) -> int:
        """Number of origins: organic, and every source in every period."""
        return 1 + len(self.sources) * self.periods

    @cached_property
    def number(self) -> dict[tuple[str, str], int]:
        """Position of a source by its kind and key."""
        return {(source.kind, source.key): n for n, source in enumerate(self.sources)}

    def place(self, kind: Kind, key: str, t: int) -> int:
        """Entry of the first touch of a source in period ``t``."""
        return 1 + self.number[kind, key] * self.periods + t

    def empty(self, *shape: int) -> Array:
        """No amounts from anywhere, shape (*shape, 2 size)."""
        return np.zeros((*shape, 2 * self.size))

    def organic(self, amounts: Array) -> Array:
        """``amounts`` [...] that were there before the plan, as vectors [..., 2 size]."""
        vectors = self.empty(*amounts.shape)
        vectors[..., 0] = amounts
        return vectors

    def one(self, kind: Kind, key: str, t: int) -> Array:
        """One unit at the first touch of a source."""
        vector = self.empty()
        vector[self.place(kind, key, t)] = 1.0
        return vector

    def totals(self, vector: Array) -> Array:
        """A vector by source, organic first: (1 + sources, 2) of first touch and snowball."""
        halves = vector.reshape(2, self.size)
        by_source = halves[:, 1:].reshape(2, len(self.sources), self.periods).sum(axis=2)
        return np.concatenate([halves[:, :1], by_source], axis=1).T

    def by_period(self, vector: Array) -> Array:
        """Both halves of a vector by source and period of the act: (sources, T)."""
        halves = vector.reshape(2, self.size)[:, 1:].sum(axis=0)
        return np.asarray(halves.reshape(len(self.sources), self.periods))


def origins_of(known: Facts) -> Origins:
    """The origins of the plans of an instance."""
    ids, field = known.ids, known.field
    sources = [Source("field", "boost", i) for i in ids.boosts]
    closed = [a for a, opened in zip(ids.accounts, field.opened, strict=True) if not opened]
    sources += [Source("field", "room", a) for a in closed]
    skilled = [a for a, q in zip(ids.accounts, field.quality, strict=True) if q is not None]
    sources += [Source("field", "skilled", a) for a in skilled]
    if ids.discounts:
        sources.append(Source("field", "discount", ""))
    sources += [Source("alliance", "tier", c) for c in ids.tiers]
    sources += [Source("campaign", "package", f"{e}.{p}") for e, p in ids.packages]
    sources += [Source("kol", "deal", k) for k in ids.deals]
    return Origins(tuple(sources), ids.periods)
