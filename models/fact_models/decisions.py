"""What a plan decides: plain arrays, one axis per index, ids in the order of the instance file.

The same record is written by the solver, recomputed by the replay and checked by the verifier.
Arrays of what an instance does not use have a zero-length axis.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fact_models.spec.instance import Instance

Array = NDArray[np.float64]

AXES: dict[str, str] = {
    "start": "a t",
    "on": "a t",
    "hours": "a b t",
    "skilled": "a t",
    "boost_spend": "i t",
    "content_made": "t",
    "content_bought": "t",
    "discount": "l t",
    "recommended": "a s t",
    "distinct": "a s t",
    "returning": "a s t",
    "inflow": "a s t",
    "harvested": "a s t",
    "boosted": "i a s t",
    "well_received": "a s t",
    "matched": "a s t",
    "base_orders": "a s t",
    "offer": "co t",
    "kept": "co t",
    "samples": "co t",
    "creator_visits": "co t",
    "package": "ep",
    "deal": "k t",
    "shelf_orders": "s t",
    "repeat_orders": "s t",
    "line_orders": "ch g t",
    "purchase": "g t",
    "hires": "j t",
    "leaves": "j t",
    "overtime": "j t",
    "outsourced": "j t",
    "cover": "j j t",
    "drawn": "t",
}
"""Axes of every array: t periods, a accounts, b slots (an account with fewer slots leaves the rest
0), s segments, i boosts, l discount levels, co (tier, offer) pairs in file order, ep (campaign,
package) pairs, k deals, g lines, j roles, ch channels: field, each (tier, offer) pair, shelf,
repeat.
"""

INTEGER = ("start", "on", "discount", "offer", "package", "deal", "hires", "leaves")
"""Arrays whose entries are whole numbers."""


@dataclass(frozen=True)
class Ids:
    """Ids behind every axis, in file order."""

    periods: int
    segments: tuple[str, ...]
    accounts: tuple[str, ...]
    slots: tuple[tuple[str, ...], ...]
    boosts: tuple[str, ...]
    discounts: tuple[str, ...]
    offers: tuple[tuple[str, str], ...]
    tiers: tuple[str, ...]
    packages: tuple[tuple[str, str], ...]
    campaigns: tuple[str, ...]
    deals: tuple[str, ...]
    lines: tuple[str, ...]
    roles: tuple[str, ...]
    channels: tuple[str, ...]

    def size(self, axis: str) -> int:
        """Length of an axis of ``AXES``."""
        return {
            "t": self.periods,
            "a": len(self.accounts),
            "b": max((len(b) for b in self.slots), default=0),
            "s": len(self.segments),
            "i": len(self.boosts),
            "l": len(self.discounts),
            "co": len(self.offers),
            "ep": len(self.packages),
            "k": len(self.deals),
            "g": len(self.lines),
            "j": len(self.roles),
            "ch": len(self.channels),
        }[axis]

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a decision array."""
        return tuple(self.size(axis) for axis in AXES[name].split())


def ids_of(instance: Instance) -> Ids:
    """The ids of ``instance`` in file order."""
    field, alliance, campaign = instance.field, instance.alliance, instance.campaign
    accounts = field.accounts if field else {}
    tiers = alliance.tiers if alliance else {}
    campaigns = campaign.campaigns if campaign else {}
    offers = tuple((c, o) for c, tier in tiers.items() for o in tier.offers)
    return Ids(
        periods=instance.calendar.periods,
        segments=tuple(instance.snowball.segments),
        accounts=tuple(accounts),
        slots=tuple(tuple(a.slots) or ("all",) for a in accounts.values()),
        boosts=tuple(field.boosts) if field else (),
        discounts=tuple(field.discounts) if field else (),
        offers=offers,
        tiers=tuple(tiers),
        packages=tuple((e, p) for e, c in campaigns.items() for p in c.packages),
        campaigns=tuple(campaigns),
        deals=tuple(instance.kol.deals) if instance.kol else (),
        lines=tuple(instance.goods.lines),
        roles=tuple(instance.staff.roles) if instance.staff else (),
        channels=("field", *(f"{c}.{o}" for c, o in offers), "shelf", "repeat"),
    )


@dataclass
class Decisions:
    """All decisions of a plan; see ``AXES`` for the axes and models/MODEL.md for the symbols."""

    start: Array
    on: Array
    hours: Array
    skilled: Array
    boost_spend: Array
    content_made: Array
    content_bought: Array
    discount: Array
    recommended: Array
    distinct: Array
    returning: Array
    inflow: Array
    harvested: Array
    boosted: Array
    well_received: Array
    matched: Array
    base_orders: Array
    offer: Array
    kept: Array
    samples: Array
    creator_visits: Array
    package: Array
    deal: Array
    shelf_orders: Array
    repeat_orders: Array
    line_orders: Array
    purchase: Array
    hires: Array
    leaves: Array
    overtime: Array
    outsourced: Array
    cover: Array
    drawn: Array

    @classmethod
    def zeros(cls, ids: Ids) -> "Decisions":
        """The plan that does nothing (every array zero; ``offer`` and ``discount`` must still be
        chosen).
        """
        return cls(**{name: np.zeros(ids.shape(name)) for name in AXES})

    def copy(self) -> "Decisions":
        """An independent copy."""
        return Decisions(**{f.name: getattr(self, f.name).copy() for f in fields(self)})

    def to_plain(self) -> dict[str, Any]:
        """Nested lists, for JSON."""
        return {f.name: getattr(self, f.name).tolist() for f in fields(self)}

    @classmethod
    def from_plain(cls, plain: dict[str, Any], ids: Ids) -> "Decisions":
        """Arrays from nested lists of numbers; text and truth values are none.

        Raises:
            ValueError: an array is missing, unknown, not numeric or not of the instance's shape.
        """
        if set(plain) != set(AXES):
            odd = sorted(set(plain) ^ set(AXES))
            raise ValueError(f"decisions do not match the program: {', '.join(odd)}")
        arrays = {}
        for name, value in plain.items():
            if not _numbers(value):
                raise ValueError(f"{name} must be lists of numbers")
            array = np.asarray(value, dtype=np.float64)
            if array.size == 0:
                array = array.reshape(ids.shape(name))
            if array.shape != ids.shape(name):
                raise ValueError(f"{name} has shape {array.shape}, not {ids.shape(name)}")
            arrays[name] = array
        return cls(**arrays)


def mixed(one: Decisions, other: Decisions, share: float) -> Decisions | None:
    """The plan that has gone ``share`` of the way from one to the other; None if they differ in
    whole numbers. A room is on air where it is in either."""
    arrays = {}
    for name in AXES:
        a, b = getattr(one, name), getattr(other, name)
        if name == "on":
            arrays[name] = np.maximum(a, b)
        elif name in INTEGER:
            if np.abs(a - b).max(initial=0.0) > 0.5:
                return None
            arrays[name] = a.copy()
        else:
            arrays[name] = a + share * (b - a)
    return Decisions(**arrays)


def _numbers(value: Any) -> bool:
    """Whether nested lists hold nothing but numbers, which numpy would also make of ``"40"`` and
    ``True``.
    """
    if isinstance(value, list):
        return all(map(_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)
