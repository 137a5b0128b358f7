"""What is learned: parameters with the range that is believed before any week is seen.

Each parameter is a monotone function of a standard normal number, so bounds hold by themselves:
rates stay positive, shares stay shares, persistence stays below what served traffic leaves of 1.
Conversion and calibration gain are learned as their sum at today's match and the part of it that
matches bring: weeks tell the sum well and the part badly, so the two are nearly independent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from allocator.fit.history import Array
from fact_models.ensemble import Controls
from fact_models.ensemble.rates import UPLIFT
from fact_models.spec.instance import Instance

SPREAD = {
    "conversion": 0.30,
    "calibration_scale": 0.40,
    "persistence": 0.30,
    "traffic_per_order": 0.40,
    "traffic_per_contact": 0.40,
    "traffic_per_follower": 0.40,
    "traffic_per_awareness": 0.40,
    "contact_per_visit": 0.30,
    "contact_per_order": 0.30,
    "unfollow": 0.30,
    "return_rate": 0.40,
}
"""Standard deviation of the logarithm of a rate, or of the log-odds of a share, before the weeks
are seen; of ``STRAIGHT`` ones relative to the file's value. Assumed: an archetype's figures lie
within public ranges about this wide."""
STRAIGHT = frozenset(
    {
        "persistence",
        "traffic_per_order",
        "traffic_per_contact",
        "traffic_per_follower",
        "traffic_per_awareness",
        "contact_per_visit",
        "contact_per_order",
        "unfollow",
    }
)
"""Rates by which the laws are linear: weeks tie sums of them, and such ties are straight only in
the rates themselves."""
SHARES = frozenset({"persistence", "unfollow", "conversion", "contact_per_visit"})
TOTAL, MATCHED = "conversion", "matched"
"""Names of conversion at today's match, and of the part of it that matches bring."""
UPPER = {"unfollow": 0.13}
"""Bounds of shares that are not 1."""
MATCHED_SPREAD = 0.50
"""Spread of the log-odds of the part of today's conversion that precise matches bring."""
SATURATION_SPREAD = 0.30
CURVE_SPREAD = 0.40
RECEPTION_SPREAD = 0.20
UPLIFT_SPREAD = 0.40


@dataclass(frozen=True)
class Unknown:
    """A parameter to learn.

    Attributes:
        name: as ``rates_of`` takes it.
        base: the file's value; 1 for a factor on a curve.
        spread: standard deviation of the logarithm or the log-odds; where straight, of the
            parameter relative to its base.
        upper: bound of a share, None for a rate.
        straight: whether the parameter itself, not its logarithm or log-odds, is nearly normal.
    """

    name: str
    base: float
    spread: float
    upper: float | None = None
    straight: bool = False

    def value(self, z: Array) -> Array:
        """The parameter where a standard normal number is ``z``."""
        if self.straight:
            most = np.inf if self.upper is None else self.upper
            return _between(self.base + self.base * self.spread * z, self.base, most)
        if self.upper is None:
            return np.asarray(self.base * np.exp(self.spread * z))
        centre = logit(self.base / self.upper)
        return np.asarray(self.upper * expit(centre + self.spread * z))


def _between(x: Array, base: float, most: float) -> Array:
    """x, bent smoothly to stay between 0 and ``most``; nearly straight around ``base``."""
    low = 0.2 * base
    found = low * np.logaddexp(0.0, x / low)
    if not np.isfinite(most):
        return np.asarray(found)
    room = 0.2 * (most - base)
    return np.asarray(np.maximum(most - room * np.logaddexp(0.0, (most - found) / room), 0.0))


def unknowns_of(
    instance: Instance, accounts: tuple[str, ...], controls: Controls
) -> list[Unknown]:
    """What the laws of ``instance`` leave open; what the file switches off stays off."""
    return [*_segments(instance, controls), *_levers(instance, accounts, controls)]


def _segments(instance: Instance, controls: Controls) -> Iterator[Unknown]:
    aware = bool(controls.gain.any())
    for s, segment in instance.snowball.segments.items():
        match = matched_today(instance, s)
        for key, spread in SPREAD.items():
            base = float(getattr(segment, key))
            if key == "conversion" and match > 0:
                extra = segment.calibration_gain * match
                yield Unknown(f"{TOTAL}.{s}", base + extra, spread, 1.0)
                yield Unknown(f"{MATCHED}.{s}", extra / (base + extra), MATCHED_SPREAD, 1.0)
                continue
            if key == "traffic_per_awareness" and not aware:
                continue
            if key == "calibration_scale" and segment.calibration_gain == 0:
                continue
            upper = UPPER.get(key, 1.0)
            if key == "persistence":
                upper -= segment.persistence_served
            if not 0 < base < (upper if key in SHARES else np.inf):
                continue
            bound = upper if key in SHARES else None
            straight = key in STRAIGHT
            if key == "persistence":
                spread *= 1 - base / upper
            yield Unknown(f"snowball.segments.{s}.{key}", base, spread, bound, straight)


def _levers(
    instance: Instance, accounts: tuple[str, ...], controls: Controls
) -> Iterator[Unknown]:
    for s in instance.snowball.segments:
        yield Unknown(f"saturation.{s}", 1.0, SATURATION_SPREAD)
    for a in accounts:
        yield Unknown(f"reception.{a}", 1.0, RECEPTION_SPREAD)
    boosts = list(instance.field.boosts) if instance.field else []
    for n, i in enumerate(boosts):
        if controls.spend[:, n].any():
            yield Unknown(f"boosts.{i}.input", 1.0, CURVE_SPREAD)
            yield Unknown(f"boosts.{i}.output", 1.0, CURVE_SPREAD)
    tiers = list(instance.alliance.tiers) if instance.alliance else []
    for n, c in enumerate(tiers):
        if controls.creators[:, n].any():
            yield Unknown(f"tiers.{c}.output", 1.0, CURVE_SPREAD)
    if controls.package.any():
        yield Unknown(UPLIFT, 1.0, UPLIFT_SPREAD)


def matched_today(instance: Instance, s: str) -> float:
    """Part of a segment's visits that the file's first week matches precisely; 0 without a law,
    or where conversion has no other part."""
    segment = instance.snowball.segments[s]
    accounts = instance.field.accounts.values() if instance.field else ()
    visits = sum(a.traffic.get(s, 0.0) for a in accounts if a.open)
    visits += segment.return_rate * segment.followers
    if 0 in (segment.calibration_gain, segment.conversion, segment.followers, visits):
        return 0.0
    reach = segment.followers / (segment.calibration_scale * visits)
    return float(-np.expm1(-reach))


def values_of(instance: Instance, unknowns: list[Unknown], z: Array) -> dict[str, Array]:
    """Parameters by the names that ``rates_of`` takes, for standard normal numbers [n,p]."""
    found = {u.name: u.value(z[:, k]) for k, u in enumerate(unknowns)}
    for s in instance.snowball.segments:
        if f"{TOTAL}.{s}" in found:
            total, part = found.pop(f"{TOTAL}.{s}"), found.pop(f"{MATCHED}.{s}")
            path = f"snowball.segments.{s}"
            found[f"{path}.conversion"] = total * (1 - part)
            found[f"{path}.calibration_gain"] = total * part / matched_today(instance, s)
    return found
