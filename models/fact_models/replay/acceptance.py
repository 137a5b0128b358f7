"""How much of the accepted volumes a replay takes: as planned, trimmed, or as much as can be.

A policy writes the accepted volumes of one period into the course. The forward pass calls its
methods in the order of causation: creators, rooms, orders, trade, lines.
"""

from typing import Literal

import numpy as np

from fact_models.decisions import Array
from fact_models.replay import goods
from fact_models.replay.arrays import fit
from fact_models.replay.course import Course

Accept = Literal["planned", "trim", "greedy", "controlled"]
SHARED = ("harvested", "returning", "boosted", "inflow")
"""Flows that any open room can take, in the order in which they fill reception."""


class Planned:
    """Accepted volumes are taken exactly as planned."""

    def creators(self, w: Course, now: slice) -> None:
        """(AL.2) to (AL.7): creators kept, their visits and orders."""
        w.host(now)

    def rooms(self, w: Course, now: slice) -> None:
        """(FI.9) to (FI.14), (SN.1) to (SN.7): flows into the own rooms and what comes of them."""
        w.serve(now)

    def orders(self, w: Course, now: slice) -> None:
        """(FI.16), (CA.8): own orders."""
        w.order(now)

    def trade(self, w: Course, now: slice) -> None:
        """(SN.13), (SN.17): shelf and repeat orders."""

    def lines(self, w: Course, now: slice) -> None:
        """(GO.1), (GO.4): orders by line; the only line takes all orders."""
        if len(w.known.ids.lines) == 1:
            w.d.line_orders[:, 0, now] = w.channel_orders(now)


def _cut(plan: Array, limit: Array) -> Array:
    """Entries of the leading axes scaled alike so that their sum keeps to ``limit``."""
    axes = tuple(range(plan.ndim - limit.ndim))
    return np.asarray(plan * fit(plan.sum(axis=axes), limit))


def _shares(room: Array) -> Array:
    """Each room's share of the whole reception [a,n], to stand beside [a,s,n]."""
    total = room.sum(axis=0)
    share = np.divide(room, total, out=np.zeros_like(room), where=total > 0)
    return np.asarray(share[:, None])


def _in_turn(volume: Array, limit: Array, rank: Array) -> Array:
    """``volume`` [x,...] taken up to ``limit`` [...], the largest of ``rank`` [x] first."""
    order = np.argsort(-rank, kind="stable")
    before = np.cumsum(volume[order], axis=0) - volume[order]
    taken = np.empty_like(volume)
    taken[order] = np.clip(limit - before, 0.0, volume[order])
    return taken


def _scale_channels(w: Course, now: slice, factor: Array) -> None:
    """Orders of every channel times ``factor`` [ch,n], and shelf orders within their new limit."""
    d = w.d
    d.base_orders[..., now] *= factor[0]
    d.creator_visits[:, now] *= factor[1:-2]
    d.shelf_orders[:, now] *= factor[-2]
    d.repeat_orders[:, now] *= factor[-1]
    w.order(now)
    w.host(now)
    d.shelf_orders[:, now] = np.minimum(d.shelf_orders[:, now], w.shelf_limit(now))


def _fit_stock(w: Course, now: slice) -> None:
    """(GO.4) Orders of all channels that sell a short line, cut to its stock."""
    g, d = w.known.goods, w.d
    if not g.stocked:
        return
    factor = goods.short(g, d.line_orders[..., now], w.kol_out[:, now], w.stock[:, now])
    if np.all(factor >= 1):
        return
    _scale_channels(w, now, factor)
    lines = d.line_orders[..., now]
    d.line_orders[..., now] = lines * fit(lines.sum(axis=1), w.channel_orders(now))[:, None]


class Trim(Planned):
    """Every accepted volume is cut to what the states allow; nothing is raised."""

    def creators(self, w: Course, now: slice) -> None:
        """Creators kept within pool, supply and offer; their visits within the curve."""
        a, d = w.known.alliance, w.d
        kept = np.minimum(d.kept[:, now], a.supply[:, None] * d.offer[:, now])
        room = fit(a.tier @ kept, w.pool[:, now])
        d.kept[:, now] = kept * (a.tier.T @ room)
        d.creator_visits[:, now] = np.minimum(d.creator_visits[:, now], w.creator_limit(now))
        w.host(now)

    def rooms(self, w: Course, now: slice) -> None:
        """Flows within their sources, then reception, then what comes of the served visits."""
        d = w.d
        d.recommended[..., now] = np.minimum(d.recommended[..., now], w.recommended_limit(now))
        d.returning[..., now] = _cut(d.returning[..., now], w.returning_limit(now))
        d.inflow[..., now] = _cut(d.inflow[..., now], w.landing[:, now])
        d.harvested[..., now] = _cut(d.harvested[..., now], w.harvest_limit(now))
        boosted = d.boosted[..., now]
        room = fit(boosted.sum(axis=1), w.boost[..., now])
        d.boosted[..., now] = boosted * room[:, None]
        self._receive(w, now)
        # A room cut by reception leaves less to be distinct in, so the overlap comes after it.
        distinct = np.minimum(d.distinct[..., now], d.recommended[..., now])
        d.distinct[..., now] = _cut(distinct, w.overlap_limit(now))
        w.serve(now)
        well = np.minimum(d.well_received[..., now], w.visits[..., now])
        room = fit(well.sum(axis=1), w.quality[:, now])
        d.well_received[..., now] = well * room[:, None]
        matched = np.minimum(d.matched[..., now], w.visits[..., now])
        d.matched[..., now] = _cut(matched, w.matched_limit(now))

    def _receive(self, w: Course, now: slice) -> None:
        d = w.d
        flows = (d.recommended, d.returning, d.inflow, d.harvested)
        load = sum(flow[..., now] for flow in flows) + d.boosted[..., now].sum(axis=0)
        room = fit(np.asarray(load).sum(axis=1), w.capacity[:, now])[:, None]
        for flow in (*flows, d.distinct, d.boosted):
            flow[..., now] *= room

    def orders(self, w: Course, now: slice) -> None:
        """Own orders within what the served visits yield."""
        planned = w.d.base_orders[..., now]
        w.d.base_orders[..., now] = np.minimum(planned, np.maximum(w.base_limit(now), 0.0))
        w.order(now)

    def trade(self, w: Course, now: slice) -> None:
        """Shelf and repeat orders within their limits."""
        d = w.d
        d.shelf_orders[:, now] = np.minimum(d.shelf_orders[:, now], w.shelf_limit(now))
        d.repeat_orders[:, now] = np.minimum(d.repeat_orders[:, now], w.repeat_limit(now))

    def lines(self, w: Course, now: slice) -> None:
        """A channel's lines and its orders both cut to the smaller of the two, then to stock."""
        lines = w.d.line_orders
        if len(w.known.ids.lines) == 1:
            super().lines(w, now)
        else:
            _scale_channels(w, now, fit(w.channel_orders(now), lines[..., now].sum(axis=1)))
            room = fit(lines[..., now].sum(axis=1), w.channel_orders(now))
            lines[..., now] *= room[:, None]
        _fit_stock(w, now)


class Greedy(Trim):
    """Controls are kept; accepted volumes are as large as states and capacities allow."""

    def creators(self, w: Course, now: slice) -> None:
        """All creators of the pool up to the supply; all the visits that they bring."""
        a, d = w.known.alliance, w.d
        pool = a.tier.T @ w.pool[:, now]
        d.kept[:, now] = np.minimum(pool, a.supply[:, None]) * d.offer[:, now]
        d.creator_visits[:, now] = w.creator_limit(now)
        w.host(now)

    def rooms(self, w: Course, now: slice) -> None:
        """Flows that any room can take fill reception in turn, recommended visits the rest.

        Each shared flow goes first where it pushes nobody out: into the reception that is left
        beyond a room's own recommended visits. Skilled reception goes to the segments in which it
        gains most orders, precise matches to the rooms that convert best.
        """
        d, k = w.d, w.known
        left = w.capacity[:, now].copy()
        own = w.recommended_limit(now).sum(axis=1)
        offered = {
            "harvested": self.most_harvested(w, now)[None],
            "returning": w.returning_limit(now)[None],
            "boosted": w.boost[..., now],
            "inflow": w.landing[None, :, now],
        }
        for name in SHARED:
            # [i,a,s,n]: one flow each of the first axis, filled in turn.
            flow = getattr(d, name)
            taken = flow if name == "boosted" else flow[None]
            for n, source in enumerate(offered[name]):
                taken[n][..., now] = self._spread(source, left, own)
        d.recommended[..., now] = self._fill(w.recommended_limit(now), left)
        d.distinct[..., now] = _cut(d.recommended[..., now], w.overlap_limit(now))
        w.serve(now)
        visits = w.visits[..., now]
        gain = k.season.conversion[:, now] * (k.snowball.well - k.snowball.plain)
        by_segment = _in_turn(visits.swapaxes(0, 1), w.quality[:, now], gain.sum(axis=1))
        d.well_received[..., now] = by_segment.swapaxes(0, 1)
        d.matched[..., now] = _in_turn(visits, w.matched_limit(now), k.field.factor)

    def most_harvested(self, w: Course, now: slice) -> Array:
        """(SN.14) People that are asked in [s,n]."""
        return w.harvest_limit(now)

    def _spread(self, source: Array, left: Array, own: Array) -> Array:
        """``source`` [s,n] over rooms [a,s,n]: first beyond ``own`` [a,n], then what is left."""
        spare = np.maximum(left - own, 0.0)
        quiet = source * fit(source.sum(axis=0), spare.sum(axis=0))
        taken = self._fill(_shares(spare) * quiet, left)
        return taken + self._fill(_shares(left) * (source - taken.sum(axis=0)), left)

    def _fill(self, flow: Array, left: Array) -> Array:
        """``flow`` [a,s,n] cut to the reception left [a,n], which shrinks."""
        taken = flow * fit(flow.sum(axis=1), left)[:, None]
        left -= np.minimum(taken.sum(axis=1), left)
        return np.asarray(taken)

    def orders(self, w: Course, now: slice) -> None:
        """All the orders that the served visits yield."""
        w.d.base_orders[..., now] = np.maximum(w.base_limit(now), 0.0)
        w.order(now)

    def trade(self, w: Course, now: slice) -> None:
        """Shelf and repeat orders at their limits."""
        w.d.shelf_orders[:, now] = w.shelf_limit(now)
        w.d.repeat_orders[:, now] = w.repeat_limit(now)

    def lines(self, w: Course, now: slice) -> None:
        """Lines in the planned proportions, else even within the bounds; then cut to stock."""
        planned = w.d.line_orders[..., now]
        total = planned.sum(axis=1, keepdims=True)
        even = np.repeat(w.known.goods.share[:, :, None], planned.shape[2], axis=2)
        share = np.divide(planned, total, out=even, where=total > 0)
        w.d.line_orders[..., now] = share * w.channel_orders(now)[:, None]
        _fit_stock(w, now)


class Controlled(Greedy):
    """As ``Greedy``, but creators bring no more visits and no more people are harvested than
    planned: both are somebody's work, and creators cost commission out of the budget.
    """

    def creators(self, w: Course, now: slice) -> None:
        """Creators and their visits as planned, cut to pool, supply, offer and curve."""
        Trim.creators(self, w, now)

    def most_harvested(self, w: Course, now: slice) -> Array:
        """(SN.14), and what the plan asks people in for."""
        wanted: Array = w.d.harvested[..., now].sum(axis=0)
        return np.minimum(w.harvest_limit(now), wanted)


POLICIES: dict[Accept, Planned] = {
    "planned": Planned(),
    "trim": Trim(),
    "greedy": Greedy(),
    "controlled": Controlled(),
}
"""Policies by name."""
