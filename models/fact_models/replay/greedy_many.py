"""Reception of many worlds filled at once: what ``acceptance.Greedy`` does, for all worlds d."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay.acceptance import SHARED
from fact_models.replay.arrays import fit
from fact_models.replay.known import Facts
from fact_models.replay.stacked import Curves, Read, curves_of, stacked

RATES = (
    "plain", "well", "harvested", "follower_factor", "gain", "scale", "persistence",
    "persistence_served", "per_order", "per_contact", "per_follower", "per_awareness",
    "contact_per_visit", "contact_per_order", "unfollow", "return_rate", "new_customer_share",
    "customer_churn", "repeat_rate", "pool",
)  # fmt: skip
"""Rates of the segments."""


@dataclass
class Worlds:
    """Figures, plan and states of all worlds; ``volumes`` and ``states`` are written."""

    known: Sequence[Facts]
    plan: Decisions
    volumes: dict[str, Array]
    states: dict[str, Array]
    given: dict[str, Array]
    chosen: bool
    """Whether the plan says how many creators are kept and how many people are harvested."""
    rate: dict[str, Array] = field(default_factory=dict)
    """Rates [d,s], and what ``of`` has stacked."""

    def __post_init__(self) -> None:
        k = self.known
        for name in RATES:
            self.rate[name] = stacked(k, _rate(name))
        self.traffic = stacked(k, lambda f: f.season.traffic)
        self.per_traffic = stacked(k, lambda f: f.season.per_traffic)
        self.conversion = stacked(k, lambda f: f.season.conversion)
        self.factor = stacked(k, lambda f: f.field.factor)
        self.boost_factor = stacked(k, lambda f: f.field.boost_factor)
        self.supply = stacked(k, lambda f: f.alliance.supply)
        self.effort = stacked(k, lambda f: f.alliance.effort)
        self.creator_mix = stacked(k, lambda f: f.alliance.mix)
        self.creator_conversion = stacked(k, lambda f: f.alliance.conversion)
        self.creator_curves = curves_of(k, lambda f: f.alliance.curves)
        self.even = stacked(k, lambda f: f.goods.share)
        self.item = stacked(k, lambda f: f.goods.conversion * (1 - f.goods.pre))
        shelves = [f.snowball.shelf for f in k]
        self.shelf = np.array(
            [[s.per_follower, s.per_awareness, s.per_content_order] for s in shelves if s]
        )
        pools = [f.snowball.interest for f in k]
        self.harvest_max = np.array([p.harvest_max if p else 0.0 for p in pools])[:, None]
        self.overlap: list[Curves | None] = []
        for n, curve in enumerate(k[0].field.overlap):
            found = [c for f in k if (c := f.field.overlap[n]) is not None]
            self.overlap.append(Curves(found) if curve is not None else None)

    def most_harvested(self, t: int) -> Array:
        """(SN.14), and what the plan asks people in for: [d,s]."""
        offered = self.harvest_max * self.states["interest"][..., t]
        if self.chosen:
            offered = np.minimum(offered, self.plan.harvested[..., t].sum(axis=0))
        return np.asarray(offered)

    def of(self, name: str, read: Read) -> Array:
        """Figures [d,...] that ``read`` finds, stacked once by ``name``."""
        if name not in self.rate:
            self.rate[name] = stacked(self.known, read)
        return self.rate[name]


def _rate(name: str) -> Read:
    """A rate of the segments [s]."""
    return lambda f: np.asarray(getattr(f.snowball, name)[:, 0])


class Rooms:
    """The own rooms of all worlds."""

    def __init__(self, worlds: Worlds) -> None:
        self.w = worlds

    def fill(self, t: int) -> None:
        """(FI.9) to (FI.14), (SN.1) to (SN.7): shared flows fill reception in turn, recommended
        visits the rest.
        """
        w = self.w
        v, market = w.volumes, w.traffic[..., t]
        left = w.given["capacity"][..., t].copy()
        recommended = market[:, None] * w.states["traffic"][..., t]
        own = recommended.sum(axis=2)
        offered = {
            "harvested": [w.most_harvested(t)],
            "returning": [w.rate["return_rate"] * market * w.states["followers"][..., t]],
            "boosted": list(w.given["boost"][..., t].swapaxes(0, 1)),
            "inflow": [w.given["landing"][..., t]],
        }
        for name in SHARED:
            for n, source in enumerate(offered[name]):
                taken = v[name][:, n] if name == "boosted" else v[name]
                taken[..., t] = _spread(source, left, own)
        accepted = _fill(recommended, left)
        v["recommended"][..., t] = accepted
        limit = self._overlap(accepted.sum(axis=1), market)
        v["distinct"][..., t] = accepted * fit(accepted.sum(axis=1), limit)[:, None]
        visits = (
            v["distinct"][..., t]
            + v["returning"][..., t]
            + v["inflow"][..., t]
            + v["harvested"][..., t]
            + v["boosted"][..., t].sum(axis=1)
        )
        w.states["visits"][..., t] = visits
        gain = w.conversion[..., t] * (w.rate["well"] - w.rate["plain"])
        quality = w.given["quality"][..., t]
        well = _in_turn(visits.swapaxes(1, 2), quality, gain)
        v["well_received"][..., t] = well.swapaxes(1, 2)
        v["matched"][..., t] = _in_turn(visits, self._matched(visits, t), w.factor)

    def _overlap(self, total: Array, market: Array) -> Array:
        """(FI.11) [d,s]."""
        limit = total.copy()
        for n, curve in enumerate(self.w.overlap):
            if curve is not None:
                limit[:, n] = curve.perspective(total[:, n], market[:, n])
        return limit

    def _matched(self, visits: Array, t: int) -> Array:
        """(SN.6) [d,s]."""
        served = visits.sum(axis=1)
        if self.w.known[0].snowball.funnel:
            return np.zeros_like(served)
        scale, followers = self.w.rate["scale"] * served, self.w.states["followers"][..., t]
        ratio = np.divide(followers, scale, out=np.zeros_like(served), where=scale > 0)
        return np.asarray(-served * np.expm1(-ratio))

    def base_limit(self, t: int) -> Array:
        """(FI.16) [d,a,s]."""
        w, v = self.w, self.w.volumes
        rate = {name: w.rate[name][:, None] for name in RATES}
        boosted = (w.boost_factor[:, :, None, None] - 1) * v["boosted"][..., t]
        orders = (
            rate["plain"] * (w.states["visits"][..., t] + boosted.sum(axis=1))
            + (rate["well"] - rate["plain"]) * v["well_received"][..., t]
            + (rate["harvested"] - rate["plain"]) * v["harvested"][..., t]
            + (rate["follower_factor"] - 1) * rate["plain"] * v["returning"][..., t]
            + rate["gain"] * v["matched"][..., t]
        )
        return np.asarray(w.conversion[:, None, :, t] * w.factor[:, :, None] * orders)


def _shares(room: Array) -> Array:
    """Each room's share [d,a,1] of the whole reception [d,a]."""
    total = room.sum(axis=1, keepdims=True)
    share = np.divide(room, total, out=np.zeros_like(room), where=total > 0)
    return np.asarray(share[:, :, None])


def _spread(source: Array, left: Array, own: Array) -> Array:
    """``source`` [d,s] over rooms [d,a,s]: first beyond ``own`` [d,a], then what is left."""
    spare = np.maximum(left - own, 0.0)
    quiet = source * fit(source.sum(axis=1), spare.sum(axis=1))[:, None]
    taken = _fill(_shares(spare) * quiet[:, None], left)
    return taken + _fill(_shares(left) * (source - taken.sum(axis=1))[:, None], left)


def _fill(flow: Array, left: Array) -> Array:
    """``flow`` [d,a,s] cut to the reception left [d,a], which shrinks."""
    taken = flow * fit(flow.sum(axis=2), left)[:, :, None]
    left -= np.minimum(taken.sum(axis=2), left)
    return np.asarray(taken)


def _in_turn(volume: Array, limit: Array, rank: Array) -> Array:
    """``volume`` [d,x,y] taken up to ``limit`` [d,y], the largest of ``rank`` [d,x] first."""
    order = np.argsort(-rank, axis=1, kind="stable")[:, :, None]
    ranked = np.take_along_axis(volume, order, axis=1)
    before = np.cumsum(ranked, axis=1) - ranked
    taken = np.empty_like(volume)
    cut = np.clip(limit[:, None] - before, 0.0, ranked)
    np.put_along_axis(taken, np.broadcast_to(order, volume.shape).copy(), cut, axis=1)
    return taken
