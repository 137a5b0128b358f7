"""Tangents of the concave terms: where they are placed first, and where a point asks for more."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocator.handover import Key, TermArrays
from allocator.matrix import Cuts, Vector
from fact_models.response import Response

FIRST_ERROR = 0.003
"""Largest relative overestimate of a curve by its first tangents; most of them are dropped after
the first relaxation, and the second starts near its end (docs/decisions/0016)."""
MOST_FIRST = 30
"""Most first tangents of a term."""
GRID = 200
"""Points of a curve, in even and in geometric steps, at which tangents are placed first."""
STEEP_START = 1e-4
"""First tangent of a curve that starts with an infinite slope, as a share of its range."""
NEAR = 1e-4
"""Tangents of a term whose ratios differ by less than this share are taken for one."""


def rows_at(terms: TermArrays, which: NDArray[np.intp], ratio: Vector) -> Cuts:
    """Tangents of the terms ``which`` at ``ratio``, one row each: y - phi' x - (phi - r phi') s
    <= constant."""
    value, slope = terms.curves_at(which, ratio)
    rest = value - ratio * slope
    rows = (
        terms.y.rows[which]
        - sparse.diags_array(slope) @ terms.x.rows[which]
        - sparse.diags_array(rest) @ terms.s.rows[which]
    )
    upper = (
        slope * terms.x.constant[which] + rest * terms.s.constant[which] - terms.y.constant[which]
    )
    return Cuts(sparse.csr_array(rows), np.full(upper.size, -np.inf), upper)


def first_tangents(terms: TermArrays) -> tuple[NDArray[np.intp], Vector]:
    """Terms and ratios of the tangents that a search starts with."""
    cache: dict[tuple[int, float, float], Vector] = {}
    which, ratio = [], []
    for phi, where in terms.groups:
        for n in where:
            first, last = float(terms.first[n]), float(terms.last[n])
            key = (id(phi), first, last)
            if key not in cache:
                cache[key] = _first_points(phi, first, last)
            which.append(np.full(cache[key].size, n, dtype=np.intp))
            ratio.append(cache[key])
    if not which:
        return np.zeros(0, dtype=np.intp), np.zeros(0)
    return np.concatenate(which), np.concatenate(ratio)


def _first_points(phi: Response, first: float, last: float) -> Vector:
    kinks = phi.breakpoints()
    if kinks.size:
        return np.unique(
            np.concatenate([[first], kinks[(kinks > first) & (kinks < last)], [last]])
        )
    start = first if np.isfinite(phi.slope(first)) else max(first, STEEP_START * last)
    # Even steps see the top, geometric ones the steep start.
    low = max(start, STEEP_START * last)
    even, steep = np.linspace(start, last, GRID), np.geomspace(low, last, GRID)
    at = np.unique(np.concatenate([[start], even, steep]))
    value, slope = phi.both(at)
    error = FIRST_ERROR
    while (points := _covering(at, value, slope, error)).size > MOST_FIRST:
        error *= 2
    return np.unique(np.concatenate([[start], at[points], [last]]))


def _covering(at: Vector, value: Vector, slope: Vector, error: float) -> NDArray[np.intp]:
    """Places of a concave curve's points whose tangents are nowhere above it by more than a share
    of its height: each stands as far right, and serves as far right, as that lets it.

    Args:
        at: (n,) increasing points.
        value: (n,) the curve there.
        slope: (n,) its slope.
        error: largest overestimate as a share of the height.
    """
    allowed = error * (value[-1] - value[0])
    found, covered = [], 0
    while covered < at.size - 1:
        over = value[covered:] + slope[covered:] * (at[covered] - at[covered:]) - value[covered]
        place = covered + _reach(over <= allowed)
        over = value[place] + slope[place] * (at[place:] - at[place]) - value[place:]
        found.append(place)
        covered = max(place + _reach(over <= allowed), covered + 1)
    return np.array(found, dtype=np.intp)


def _reach(fits: NDArray[np.bool_]) -> int:
    """Last place up to which all fit; the first always does."""
    misses = np.flatnonzero(~fits[1:])
    return int(misses[0]) if misses.size else fits.size - 1


class Pool:
    """All tangents found so far, by the name of the term: they outlive a rebuild of the
    program."""

    def __init__(self) -> None:
        self._ratios: dict[Key, list[float]] = {}
        """Increasing ratios of every term."""

    def fresh(
        self, terms: TermArrays, which: NDArray[np.intp], ratio: Vector
    ) -> tuple[NDArray[np.intp], Vector]:
        """Those of the tangents that are new; they are remembered."""
        keep = []
        for place, (n, r) in enumerate(zip(which.tolist(), ratio.tolist(), strict=True)):
            known = self._ratios.setdefault(terms.keys[n], [])
            at = bisect_left(known, r)
            # Ratios are not negative, so the next ones on either side are the nearest.
            if all(abs(r - k) > NEAR * max(r, k) for k in known[max(at - 1, 0) : at + 1]):
                known.insert(at, r)
                keep.append(place)
        picked = np.array(keep, dtype=np.intp)
        return which[picked], ratio[picked]

    def forget(self, terms: TermArrays, which: NDArray[np.intp], ratio: Vector) -> None:
        """Take out tangents that are remembered."""
        for n, r in zip(which.tolist(), ratio.tolist(), strict=True):
            self._ratios[terms.keys[n]].remove(r)

    def twin(self) -> "Pool":
        """Another pool with the same tangents."""
        other = Pool()
        other._ratios = {key: list(known) for key, known in self._ratios.items()}
        return other

    def all(self, terms: TermArrays) -> tuple[NDArray[np.intp], Vector]:
        """Every remembered tangent of the terms at hand."""
        which: list[int] = []
        ratio: list[float] = []
        for n, key in enumerate(terms.keys):
            # A search beside this one may be adding to the list.
            known = tuple(self._ratios.get(key, ()))
            which += [n] * len(known)
            ratio += known
        return np.array(which, dtype=np.intp), np.array(ratio, dtype=np.float64)


def separate(
    terms: TermArrays, x: Vector, tolerance: float
) -> tuple[NDArray[np.intp], Vector, Vector]:
    """Terms that the point ``x`` violates by more than ``tolerance`` of their scale, the ratios
    to cut at, and by how much each is violated, in its own unit."""
    y, at, s = terms.y.at(x), terms.x.at(x), terms.s.at(x)
    small = s <= 1e-9 * np.maximum(np.abs(s).max(initial=1.0), 1.0) * 1e-6
    ratio = np.where(small, terms.last, np.maximum(at, 0.0) / np.where(small, 1.0, s))
    ratio = np.clip(ratio, terms.first, None)
    value, slope = terms.curve(ratio)
    steep = np.flatnonzero(~np.isfinite(slope))
    if steep.size:
        ratio[steep] = np.maximum(ratio[steep], 1e-9 * terms.last[steep])
        value[steep], _ = terms.curves_at(steep, ratio[steep])
    # Without scale the curve is a ray, as steep as its end.
    over = y - np.where(small, np.where(small, slope, 0.0) * np.maximum(at, 0.0), s * value)
    which = np.flatnonzero(over > tolerance * terms.scale)
    return which, ratio[which], over[which]
