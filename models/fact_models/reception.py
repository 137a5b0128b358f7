"""Live hours of all slots of an account as one input.

Crew and rules see only the account's hours of the week, so the best spread of a number of hours
over the parts of the day is known beforehand: hours go where one more receives most. The largest
reception for given hours is then a single curve, (FI.8), concave if the account's curve is. An
S-shaped curve has no such spread; its slots stay apart.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from fact_models.response import Curve, FloatArray, Response, scaled
from fact_models.spec.field import Account

STEPS = 200
"""Most steps towards the logarithm of the marginal reception; ten find it on a smooth curve, sixty
where it jumps."""
GRID = 4096
"""Marginal receptions in the table that a search starts from."""
APART = 4 * float(np.finfo(np.float64).eps)
"""Share of that logarithm, or of 1, between two that count as one."""
SHORTEST = 1e-15
"""Share of a slot's hours below which the marginal reception, infinite at 0 for some curves, is
taken as that of 0."""
FLATTEST = 1e-30
"""Smallest marginal reception looked at, as a share of the largest."""


def slots_of(account: Account) -> dict[str, tuple[float, float, float]]:
    """Slots of an account: (largest hours, share of the hours, factor)."""
    if not account.slots:
        return {"all": (account.hours_max, 1.0, 1.0)}
    total = sum(slot.hours_max for slot in account.slots.values())
    return {
        b: (min(slot.hours_max, account.hours_max), slot.hours_max / total, slot.factor)
        for b, slot in account.slots.items()
    }


class Pooled(Response):
    """Most visits that hours h receive over several slots: max of the sum of the slots' concave
    ``curves`` over hours that sum to at most h, none above its slot's ``limits``."""

    curves: tuple[Curve, ...]
    limits: tuple[float, ...]

    def spread(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Hours of each slot, shape (slots, *x.shape), and the marginal reception at ``x``."""
        limits = np.reshape(self.limits, (-1, *(1,) * x.ndim))
        x = np.minimum(x, limits.sum())
        low, high = self._marginal(x)
        least, most = self._taken(np.exp(high)), self._taken(np.exp(low))
        # A straight piece takes any hours at one marginal reception; so does what is saturated.
        hours = least + (most - least) * _share(x - least.sum(axis=0), (most - least).sum(axis=0))
        hours += (limits - hours) * _share(x - hours.sum(axis=0), (limits - hours).sum(axis=0))
        hours *= np.where(hours.sum(axis=0) > x, _share(x, hours.sum(axis=0)), 1.0)
        first = max(c.slope(0.0) for c in self.curves)
        return hours, np.where(x == 0, first, np.where(x < limits.sum(), np.exp(low), 0.0))

    @cached_property
    def _table(self) -> tuple[FloatArray, FloatArray]:
        """Falling logarithms of the marginal reception, and the hours that the slots take there in
        all."""
        pairs = zip(self.curves, self.limits, strict=True)
        steepest = max(curve.slope(SHORTEST * limit) for curve, limit in pairs)
        found = np.linspace(np.log(steepest) + 1.0, np.log(steepest * FLATTEST), GRID)
        return found, self._taken(np.exp(found)).sum(axis=0)

    def _marginal(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Two neighbouring logarithms of the marginal reception: at the first one the slots take
        more than ``x`` hours in all, at the second one no more. An end of the table twice where
        even that does not.

        By T. R. Chandrupatla, Advances in Engineering Software 28 (1997) 145-149: inverse
        quadratic steps where they are safe, halves elsewhere.
        """
        falling, taken = self._table
        place = np.searchsorted(taken, x, side="right")
        left, right = np.maximum(place - 1, 0), np.minimum(place, falling.size - 1)
        # The newest point, the nearest on the other side of it, and the one before.
        a, b = falling[left], falling[right]
        at_a, at_b = taken[left] - x, taken[right] - x
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            # The straight line between the two is near already.
            share = np.clip(np.nan_to_num(at_a / (at_a - at_b), nan=0.5), 0.01, 0.99)
            for _ in range(STEPS):
                nearest = APART * np.maximum(1.0, np.abs(a))
                wide = np.abs(b - a) > nearest
                if not wide.any():
                    break
                u = np.where(wide, a + share * (b - a), a)
                at_u = np.where(wide, self._taken(np.exp(u)).sum(axis=0) - x, at_a)
                same = ((at_u > 0) == (at_a > 0)) | ~wide
                c, at_c = np.where(same, a, b), np.where(same, at_a, at_b)
                b, at_b = np.where(same, b, a), np.where(same, at_b, at_a)
                a, at_a = u, at_u
                along, rise = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
                safe = (rise**2 < along) & ((1 - rise) ** 2 < 1 - along)
                step = at_a / (at_b - at_a) * (at_c / (at_b - at_c))
                step += (c - a) / (b - a) * (at_a / (at_c - at_a)) * (at_b / (at_c - at_b))
                least = np.minimum(0.5 * nearest / np.abs(b - a), 0.5)
                share = np.where(safe, np.clip(step, least, 1 - least), 0.5)
        more = at_a > 0
        return np.where(more, a, b), np.where(more, b, a)

    def _taken(self, marginal: FloatArray) -> FloatArray:
        """Hours of each slot up to which one more receives at least ``marginal``."""
        found = [
            np.minimum(c.reach(marginal), limit)
            for c, limit in zip(self.curves, self.limits, strict=True)
        ]
        return np.array(found)

    def _value(self, x: FloatArray) -> FloatArray:
        return self._both(x)[0]

    def _both(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        hours, slope = self.spread(x)
        received = [c.value(h) for c, h in zip(self.curves, hours, strict=True)]
        return np.asarray(np.sum(received, axis=0)), slope

    def _slope(self, x: FloatArray) -> FloatArray:
        return self.spread(x)[1]

    def reach(self, slope: FloatArray) -> FloatArray:
        """Hours up to which one more receives at least ``slope``."""
        return np.asarray(self._taken(slope).sum(axis=0))


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """``part / whole`` between 0 and 1; 0 of nothing."""
    found = np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)
    return np.clip(found, 0.0, 1.0)


@dataclass(frozen=True)
class Part:
    """Hours that enter the program as one input: those of a slot, or of all slots together."""

    hours_max: float
    curve: Response | None
    """None where hours receive nothing."""
    slots: tuple[str, ...]

    def spread(self, hours: FloatArray) -> FloatArray:
        """Hours of each of ``slots`` (slots, periods) for those of the part (periods,)."""
        if not isinstance(self.curve, Pooled):
            return hours[np.newaxis]
        return self.curve.spread(hours)[0]


def parts_of(account: Account) -> dict[str, Part]:
    """Inputs of the account's reception by name."""
    slots = tuple(slots_of(account).items())
    return dict(_parts(account.reception, account.hours_max, slots))


@lru_cache(maxsize=1024)
def _parts(
    reception: Curve, most: float, of: tuple[tuple[str, tuple[float, float, float]], ...]
) -> dict[str, Part]:
    """Parts of rooms with these slots. Kept, since every plan on its way is read by them and a
    curve's table is worth keeping."""
    slots = dict(of)
    curves = {
        b: scaled(reception, share, share * factor)
        for b, (_, share, factor) in slots.items()
        if factor > 0
    }
    alone = len(curves) < 2 or not reception.is_concave
    parts = {b: Part(slots[b][0], curves.get(b), (b,)) for b in slots if alone or b not in curves}
    if not alone:
        limits = tuple(slots[b][0] for b in curves)
        pooled = Pooled(curves=tuple(curves.values()), limits=limits)
        parts["all"] = Part(min(sum(limits), most), pooled, tuple(curves))
    return parts
