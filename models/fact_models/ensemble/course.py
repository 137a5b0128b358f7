"""The course of the own rooms under given controls, for all sets of parameters at once.

Flows are as large as states and reception allow. Where visits of several kinds compete for one
room, all sets follow one rule: visits that any room can take spread over the rooms as reception
does and come first, recommended visits fill the rest, and skilled reception and precise matches
fall on the rooms and segments in proportion to their visits.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.ensemble.controls import Controls
from fact_models.ensemble.rates import Rates
from fact_models.replay.known import Facts

TINY = 1e-300
SMALL = 1e-6


@dataclass(frozen=True)
class Start:
    """States of the first period: traffic [n,a,s] without season, followers [n,s], awareness
    [s]."""

    traffic: Array
    followers: Array
    awareness: Array


@dataclass(frozen=True)
class Course:
    """What happens; flows have T entries along the first axis, states T + 1.

    Attributes:
        recommended: served recommended visits [t,n,a,s].
        paid: boosted visits [t,n,a,s].
        returning: visits of followers [t,n,a,s].
        orders: own orders [t,n,a,s].
        creator_orders: orders in creators' rooms [t,n,s].
        followers: at the start of a period [t+1,n,s].
        traffic: recommended visits without season at the start of a period [t+1,n,a,s].
        awareness: points at the start of a period [t+1,s].
    """

    recommended: Array
    paid: Array
    returning: Array
    orders: Array
    creator_orders: Array
    followers: Array
    traffic: Array
    awareness: Array


@dataclass(frozen=True)
class _Market:
    """What the controls alone determine, by set of parameters."""

    boosted: Array  # [t,n,i,s]
    creator_orders: Array  # [t,n,s]
    creator_contacts: Array  # [t,n,s]
    reception: Array  # [t,n,a]
    order_factor: Array  # [t,n]
    awareness: Array  # [t+1,s]


def _market(known: Facts, rates: Rates, controls: Controls, awareness: Array) -> _Market:
    """(FI.17), (FI.18), (AL.6) to (AL.8), (FI.8), (SN.16)."""
    f, a = known.field, known.alliance
    periods, sets = controls.periods, rates.count
    boosted = np.zeros((periods, sets, len(f.boosts), len(known.ids.segments)))
    for i, boost in enumerate(f.boosts):
        scale = controls.content if boost.per_content else np.ones(periods)
        spend = controls.spend[:, i] / controls.boost_cost / np.where(scale > 0, scale, 1.0)
        visits = boost.curve.value(spend[:, None] / rates.boost_input[:, i])
        visits = visits * scale[:, None] * rates.boost_output[:, i]
        boosted[:, :, i] = visits[:, :, None] * (f.mix[i] * controls.market)[:, None]
    orders = np.zeros((periods, sets, len(known.ids.segments)))
    contacts = np.zeros_like(orders)
    for c, name in enumerate(known.ids.tiers):
        tier = known.instance.alliance.tiers[name] if known.instance.alliance else None
        if tier is None:
            continue
        pair = known.ids.offers.index((name, tier.current_offer))
        hosted = a.effort[pair] * a.curves[pair].value(controls.creators[:, c])
        rooms = hosted[:, None] * a.mix[pair] * controls.market
        bought = rooms * a.conversion[pair] * controls.conversion
        met = a.contact_per_visit[pair] * rooms + a.contact_per_order[pair] * bought
        orders += bought[:, None] * rates.tier[:, c, None]
        contacts += met[:, None] * rates.tier[:, c, None]
    aware = np.zeros((periods + 1, awareness.size))
    aware[0] = awareness
    for t in range(periods):
        aware[t + 1] = known.snowball.retention * aware[t] + controls.gain[t]
    return _Market(
        boosted=boosted,
        creator_orders=orders,
        creator_contacts=contacts + controls.contacts[:, None],
        reception=controls.reception[:, None] * rates.reception,
        order_factor=(1 + controls.package[:, None] * rates.uplift) * controls.dip[:, None],
        awareness=aware,
    )


def run(
    known: Facts,
    accounts: list[int],
    rates: Rates,
    controls: Controls,
    start: Start,
    shocks: Array | None = None,
    sharpness: float | None = None,
) -> Course:
    """The course of all sets of parameters.

    Args:
        known: the file as arrays.
        accounts: positions of the course's accounts in the file.
        rates: sets of parameters.
        controls: inputs.
        start: states of the first period.
        shocks: logarithm of next period's traffic relative to the law [t,n,s]; none without.
        sharpness: where given, a room begins to turn visits away before it is full, the earlier
            the smaller this number: a smooth stand-in for the law, for searches.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        market = _market(known, rates, controls, start.awareness)
        walk = _Walk(known, accounts, rates, controls, market, sharpness)
        traffic, followers = [start.traffic], [start.followers]
        flows: dict[str, list[Array]] = {
            key: [] for key in ("recommended", "paid", "returning", "orders")
        }
        for t in range(controls.periods):
            now = walk.serve(t, traffic[-1], followers[-1])
            for key, found in flows.items():
                found.append(getattr(now, key))
            after = walk.next_traffic(t, traffic[-1], followers[-1], now)
            if shocks is not None:
                after = after * np.exp(shocks[t])[:, None]
            traffic.append(after)
            followers.append(walk.next_followers(t, followers[-1], now))
    return Course(
        **{key: np.stack(found) for key, found in flows.items()},
        creator_orders=market.creator_orders,
        followers=np.stack(followers),
        traffic=np.stack(traffic),
        awareness=market.awareness,
    )


@dataclass(frozen=True)
class _Flows:
    recommended: Array
    paid: Array
    returning: Array
    visits: Array
    orders: Array


class _Walk:
    """The laws of one period."""

    def __init__(
        self,
        known: Facts,
        accounts: list[int],
        rates: Rates,
        controls: Controls,
        market: _Market,
        sharpness: float | None,
    ) -> None:
        self.sharpness = sharpness
        self.field, self.controls, self.market = known.field, controls, market
        self.of, self.rates = rates.of, rates
        self.factor = known.field.factor[accounts][:, None]
        self.share = known.field.share[accounts]
        self.cold = known.field.cold_start[accounts]
        self.ceiling = known.field.ceiling[accounts]
        self.saturation = known.field.saturation[accounts] * rates.saturation[:, None]
        self.spill = known.snowball.spill

    def serve(self, t: int, traffic: Array, followers: Array) -> _Flows:
        """(SN.1), (SN.5), (FI.9) to (FI.12), (SN.6), (SN.7), (FI.16): visits and orders."""
        c, of = self.controls, self.of
        boosted = self.market.boosted[t]
        offered = of["return_rate"] * c.market[t] * followers
        other = c.inflow[t] + c.harvested[t]
        paid = boosted.sum(axis=1)
        source = (offered + other + paid).sum(axis=1)
        own = c.market[t] * traffic
        part, room = self._rooms(t, own.sum(axis=2), source)
        recommended = own * room[:, :, None]
        distinct = recommended * self._distinct(t, recommended)[:, None]
        visits = distinct + part[:, :, None] * (offered + other + paid)[:, None]
        orders = self._orders(t, part, visits, offered, boosted, followers)
        return _Flows(
            recommended=recommended,
            paid=part[:, :, None] * paid[:, None],
            returning=part[:, :, None] * offered[:, None],
            visits=visits,
            orders=orders,
        )

    def _rooms(self, t: int, own: Array, source: Array) -> tuple[Array, Array]:
        """Each room's part of the shared visits, and the part of its own visits that it receives,
        both [n,a]."""
        room = self.market.reception[t] * self.controls.open[t]
        part = room / (room.sum(axis=1, keepdims=True) + TINY)
        part = part * np.minimum(1.0, room.sum(axis=1) / (source + TINY))[:, None]
        left = np.maximum(room - part * source[:, None], 0.0)
        return np.asarray(part), self._received(left / (own + TINY))

    def _received(self, room: Array) -> Array:
        """Part of the visits that is received where there is ``room`` relative to them."""
        if self.sharpness is None:
            return np.asarray(np.minimum(1.0, room))
        p = self.sharpness
        return np.asarray((1 + np.maximum(room, SMALL) ** -p) ** (-1 / p))

    def _distinct(self, t: int, recommended: Array) -> Array:
        """Distinct part of the recommended visits [n,s]."""
        total = recommended.sum(axis=1)
        found = np.ones_like(total)
        for s, curve in enumerate(self.field.overlap):
            if curve is not None:
                market = self.controls.market[t, s]
                kept = market * curve.value(total[:, s] / max(market, TINY))
                found[:, s] = np.minimum(1.0, kept / (total[:, s] + TINY))
        return np.asarray(found)

    def _orders(
        self,
        t: int,
        part: Array,
        visits: Array,
        offered: Array,
        boosted: Array,
        followers: Array,
    ) -> Array:
        of, c, rates = self.of, self.controls, self.rates
        plain = of["conversion"]
        total = visits.sum(axis=1)
        matched = -np.expm1(-followers / (of["calibration_scale"] * total + TINY))
        skilled = np.minimum(1.0, c.well[t] / (visits.sum(axis=2) + TINY))[:, :, None]
        extra = (of["follower_factor"] - 1) * plain * offered
        extra = extra + (rates.harvested - 1) * plain * c.harvested[t]
        kinds = np.einsum("i,nis->ns", self.field.boost_factor - 1, boosted)
        extra = extra + plain * kinds
        rate = plain + of["calibration_gain"] * matched
        well = (rates.well - 1) * plain
        earned = visits * (rate[:, None] + well[:, None] * skilled)
        earned = earned + part[:, :, None] * extra[:, None]
        scale = c.conversion[t] * self.market.order_factor[t][:, None, None] * self.factor
        return np.asarray(scale * np.maximum(earned, 0.0))

    def next_traffic(self, t: int, traffic: Array, followers: Array, now: _Flows) -> Array:
        """(SN.2) to (SN.4), (SN.8): recommended visits of the next period [n,a,s]."""
        of, market = self.of, np.maximum(self.controls.market[t], TINY)
        sold = now.orders / market
        seen = now.visits / market
        drawn = of["traffic_per_order"] + of["traffic_per_contact"] * of["contact_per_order"]
        met = of["traffic_per_contact"] * of["contact_per_visit"]
        shared = of["traffic_per_follower"] * followers
        shared = shared + of["traffic_per_awareness"] * self.market.awareness[t]
        spilled = of["traffic_per_order"] * self.spill * self.market.creator_orders[t] / market
        drive = (
            of["persistence"][:, None] * traffic
            + of["persistence_served"][:, None] * now.recommended / market
            + drawn[:, None] * sold
            + met[:, None] * seen
            + self.share[:, None] * (shared + spilled)[:, None]
            + self.cold * self.controls.open[t][:, None]
        )
        if self.rates.lookalike.any():
            drive = drive + sold @ self.rates.lookalike.T
        after = self.controls.open[t + 1][:, None]
        grown = -self.saturation * np.expm1(-drive / self.saturation)
        return np.asarray(np.minimum(grown, self.ceiling) * after)

    def next_followers(self, t: int, followers: Array, now: _Flows) -> Array:
        """(SN.8) to (SN.11): followers of the next period [n,s]."""
        of = self.of
        met = of["contact_per_visit"] * now.visits.sum(axis=1)
        met = met + of["contact_per_order"] * now.orders.sum(axis=1)
        met = met + self.market.creator_contacts[t]
        free = np.maximum(of["pool"] - followers, TINY)
        new = -free * np.expm1(-np.minimum(met, 2 * free) / free)
        return np.asarray((1 - of["unfollow"]) * followers + new)
