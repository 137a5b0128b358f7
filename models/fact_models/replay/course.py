"""The course of a plan while it is replayed: states, flows, and the laws bound to them.

Methods take ``now``, a slice of periods, and keep the period axis: the same limits serve the
forward pass, one period at a time, and the verifier, all periods at once.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay import alliance, campaign, field, goods, kol, snowball, staff
from fact_models.replay.known import Facts


@dataclass
class Course:
    """States have T + 1 entries along their last axis, flows T; axes as in ``Replay``."""

    known: Facts
    d: Decisions
    outcome: str
    draws: bool
    open: Array
    capacity: Array
    quality: Array
    content: Array
    boost: Array
    order_factor: Array
    price_factor: Array
    package_order: Array
    package_price: Array
    level_order: Array
    level_price: Array
    kol_orders: Array
    kol_visits: Array
    kol_contacts: Array
    kol_out: Array
    landing: Array
    gain: Array
    heads: Array
    productive: Array
    traffic: Array
    followers: Array
    customers: Array
    interest: Array
    awareness: Array
    pool: Array
    stock: Array
    arrivals: Array
    visits: Array
    own_orders: Array
    creator_rooms: Array
    creator_orders: Array
    contacts: Array
    new_followers: Array

    def base_limit(self, now: slice) -> Array:
        """(FI.16) [a,s,n]."""
        k = self.known
        zeta = k.season.conversion[:, now]
        served = self.visits[..., now]
        return snowball.base_limit(k.snowball, k.field, zeta, self.d, served, now)

    def overlap_limit(self, now: slice) -> Array:
        """(FI.11) [s,n]."""
        k = self.known
        return field.overlap_limit(k.field, k.season.traffic[:, now], self.d.recommended[..., now])

    def creator_limit(self, now: slice) -> Array:
        """(AL.6) [co,n]."""
        return alliance.visit_limit(self.known.alliance, self.d.kept[:, now], self.d.offer[:, now])

    def recommended_limit(self, now: slice) -> Array:
        """(SN.1) [a,s,n]."""
        return np.asarray(self.known.season.traffic[:, now] * self.traffic[..., now])

    def returning_limit(self, now: slice) -> Array:
        """(SN.5) [s,n]."""
        k = self.known
        return snowball.returning_limit(
            k.snowball, k.season.traffic[:, now], self.followers[:, now]
        )

    def matched_limit(self, now: slice) -> Array:
        """(SN.6) [s,n]."""
        served = self.visits[..., now].sum(axis=0)
        return snowball.matched_limit(self.known.snowball, served, self.followers[:, now])

    def harvest_limit(self, now: slice) -> Array:
        """(SN.14) [s,n]."""
        return snowball.harvest_limit(self.known.snowball, self.interest[:, now])

    def repeat_limit(self, now: slice) -> Array:
        """(SN.13) [s,n]."""
        k = self.known
        zeta = k.season.conversion[:, now]
        return snowball.repeat_limit(k.snowball, zeta, self.customers[:, now])

    def shelf_limit(self, now: slice) -> Array:
        """(SN.17) [s,n]."""
        k = self.known
        market = k.season.conversion[:, now] * k.season.traffic[:, now]
        orders = self.own_orders[..., now].sum(axis=0) + self.creator_orders[..., now].sum(axis=0)
        return snowball.shelf_limit(
            k.snowball,
            market,
            self.followers[:, now],
            self.awareness[:, now],
            orders + self.kol_orders[:, now],
        )

    def channel_orders(self, now: slice) -> Array:
        """Left sides of (GO.1) [ch,n]."""
        return goods.channel_orders(
            self.own_orders[..., now],
            self.creator_orders[..., now],
            self.d.shelf_orders[:, now],
            self.d.repeat_orders[:, now],
        )

    def items_out(self, now: slice) -> Array:
        """(GO.4) [g,n]."""
        return goods.items_out(
            self.known.goods, self.d.line_orders[..., now], self.kol_out[:, now]
        )

    def serve(self, now: slice) -> None:
        """(FI.12) Served visits of the accepted flows."""
        self.visits[..., now] = field.served(self.d, now)

    def order(self, now: slice) -> None:
        """(CA.8) Own orders of the accepted ones: the mode's factor."""
        self.own_orders[..., now] = self.order_factor[now] * self.d.base_orders[..., now]

    def host(self, now: slice) -> None:
        """(AL.7) Creators' visits and orders by segment of the accepted visits."""
        k = self.known
        rooms = alliance.visits(
            k.alliance, k.season.traffic[:, now], self.d.creator_visits[:, now]
        )
        self.creator_rooms[..., now] = rooms
        self.creator_orders[..., now] = alliance.orders(
            k.alliance, k.season.conversion[:, now], rooms
        )


def begin(known: Facts, d: Decisions, outcome: str, draws: bool) -> Course:
    """A course with all that the controls alone determine, at the states of the start."""
    ids, f, k = known.ids, known.field, known.kol
    opened = field.open_accounts(f, d.start)
    content = field.content_stock(f, d.content_made, d.content_bought)
    package_order, package_price = campaign.factors(known.campaign, d.package)
    level_order, level_price = np.ones(ids.periods), np.ones(ids.periods)
    if ids.discounts:
        level_order, level_price = f.uplift @ d.discount, (1 - f.depth) @ d.discount
    orders = kol.orders(k, d.deal, outcome)
    headcount = staff.heads(known.staff, d.hires, d.leaves)
    flows = ids.shape("recommended")
    room = (len(ids.offers), len(ids.segments), ids.periods)
    return Course(
        known=known,
        d=d,
        outcome=outcome,
        draws=draws,
        open=opened,
        capacity=field.capacity(f, d.hours, opened[:, :-1]),
        quality=field.quality_limit(f, d.skilled, opened[:, :-1]),
        content=content,
        boost=field.boost_limit(f, known.season, d.boost_spend, content[:-1]),
        order_factor=package_order * level_order,
        price_factor=package_price * level_price,
        package_order=package_order,
        package_price=package_price,
        level_order=level_order,
        level_price=level_price,
        kol_orders=kol.by_segment(k, orders),
        kol_visits=kol.visits(k, orders),
        kol_contacts=kol.contacts(k, orders),
        kol_out=goods.kol_out(known.goods, k, orders),
        landing=campaign.inflow(known.campaign, d.package) + kol.inflow(k, d.deal, outcome),
        gain=campaign.gain(known.campaign, d.package) + kol.gain(k, d.deal, outcome),
        heads=headcount,
        productive=staff.productive(known.staff, headcount, d.hires),
        arrivals=goods.arrivals(known.goods, d.purchase),
        **_states(known, d, opened[:, 0]),
        visits=np.zeros(flows),
        own_orders=np.zeros(flows),
        creator_rooms=np.zeros(room),
        creator_orders=np.zeros(room),
        contacts=np.zeros(flows[1:]),
        new_followers=np.zeros(flows[1:]),
    )


def _states(known: Facts, d: Decisions, opened: Array) -> dict[str, Array]:
    """States filled at the start of the horizon."""
    length = known.ids.periods + 1
    traffic = known.field.traffic
    if known.snowball.funnel:
        traffic = snowball.standing_traffic(known.field, opened)
    first = {
        "traffic": traffic,
        "followers": known.snowball.followers,
        "customers": known.snowball.customers,
        "interest": known.snowball.interested,
        "awareness": known.snowball.awareness,
        "pool": known.alliance.pool,
        "stock": known.goods.opening + goods.arrivals(known.goods, d.purchase)[:, 0],
    }
    states = {}
    for name, value in first.items():
        states[name] = np.zeros((*value.shape, length))
        states[name][..., 0] = value
    return states
