"""What is left at the end of the horizon is worth (ψ of (OB.2)): a linear look past the end.

The laws are linearised per segment at the saturated steady state of the status quo, with an
ordinary season and reception that does not bind. One more unit of a stock is followed over
``terminal_periods`` periods by a backward recursion: its worth is what it sells now plus the worth
of what it leaves for the next period.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.spec.alliance import Tier
from fact_models.spec.field import Account
from fact_models.spec.goods import Channel, Line
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Terminal:
    """Goal value of one more unit at the end: traffic [a,s], stocks [s], creators [c]."""

    traffic: Array
    followers: Array
    customers: Array
    interest: Array
    pool: Array


@dataclass(frozen=True)
class _Worth:
    """Goal value per order, before what the order leads to."""

    own: float
    plain: float
    """At the list price: shelf and repeat orders."""


def terminal_values(instance: Instance) -> Terminal:
    """ψ in the unit of the objective; all zero for the goal ``cost`` or without terminal value."""
    accounts = list(instance.field.accounts.values()) if instance.field else []
    tiers = list(instance.alliance.tiers.values()) if instance.alliance else []
    segments = instance.snowball.segments
    traffic = np.zeros((len(accounts), len(segments)))
    stocks = np.zeros((3, len(segments)))
    if instance.objective.goal == "cost" or not instance.objective.terminal:
        return Terminal(traffic, stocks[0], stocks[1], stocks[2], np.zeros(len(tiers)))
    depth, uplift = _shallowest(instance)
    worth = _Worth(
        own=_order_value(instance, "field", 1 - depth), plain=_order_value(instance, "shelf", 1.0)
    )
    for n, name in enumerate(segments):
        worths = _Segment(instance, name, accounts, worth, uplift).worths()
        traffic[:, n], stocks[:, n] = worths[:-3], worths[-3:]
        _stated(instance, name, accounts, traffic[:, n], stocks[:, n])
    pool = np.array(
        [_creator(instance, tier) if tier.end_worth is None else tier.end_worth for tier in tiers],
        dtype=np.float64,
    )
    return Terminal(traffic, stocks[0], stocks[1], stocks[2], pool)


def _stated(
    instance: Instance, name: str, accounts: list[Account], traffic: Array, stocks: Array
) -> None:
    """Put in the worths that the file states, as the instance of a plan under way does: its end is
    the end of the first plan, whatever the states of today.
    """
    segment = instance.snowball.segments[name]
    for n, account in enumerate(accounts):
        if account.end_worth:
            traffic[n] = account.end_worth.get(name, 0.0)
    stated = (segment.end_worth_follower, segment.end_worth_customer, segment.end_worth_interest)
    for n, worth in enumerate(stated):
        if worth is not None:
            stocks[n] = worth


def _shallowest(instance: Instance) -> tuple[float, float]:
    """Depth and uplift of today's discount level."""
    levels = instance.field.discounts.values() if instance.field else ()
    return min(((l.depth, l.uplift) for l in levels), default=(0.0, 1.0))


def _line_value(instance: Instance, line: Line, price_factor: float, commission: float) -> float:
    """Goal value of an item of ``line``: GMV, GMV kept, or contribution before labour."""
    goal, book = instance.objective.goal, instance.money
    paid = line.price * price_factor
    if goal == "gmv":
        return paid
    kept = paid * (1 - line.refund_pre - line.refund_post)
    if goal == "net_gmv":
        return kept
    lost = 1 - line.refund_pre - line.refund_post + line.refund_post * line.writeoff
    shipped = (1 - line.refund_pre) * (line.shipping + line.insurance)
    cost = line.unit_cost * lost + shipped + line.refund_post * line.handling
    return kept * (1 - book.platform_fee - book.tax_other - commission) - cost


def _order_value(
    instance: Instance, channel: Channel, price_factor: float, commission: float = 0.0
) -> float:
    """Goal value of an order of ``channel`` at the middle of its lines' bounds; never negative."""
    lines = list(instance.goods.lines.values())
    middle = np.array(
        [(g.share_min.get(channel, 0.0) + g.share_max.get(channel, 1.0)) / 2 for g in lines]
    )
    shares = middle / middle.sum() if middle.sum() > 0 else np.full(len(lines), 1 / len(lines))
    values = [_line_value(instance, g, price_factor, commission) for g in lines]
    items = np.array([g.conversion_factor for g in lines])
    return max(float(shares * items @ values), 0.0)


def steady_share(growth: float) -> float:
    """R* / Rbar of R* = Rbar (1 - exp(-growth R* / Rbar)); 0 if growth is at most 1.

    Newton's steps from above on the concave law; they fall to the larger root.
    """
    if growth <= 1:
        return 0.0
    x = 1.0
    for _ in range(100):
        left = np.exp(-growth * x)
        step = (1 - left - x) / (1 - growth * left)
        x += float(step)
        if abs(step) < 1e-15:
            break
    return max(x, 0.0)


class _Segment:
    """The linear laws of one segment; a vector holds the worths of R[a], F, B, P in this order."""

    def __init__(
        self, instance: Instance, name: str, accounts: list[Account], worth: _Worth, uplift: float
    ) -> None:
        law = instance.snowball
        self.periods = instance.objective.terminal_periods
        self.funnel = law.model == "funnel"
        self.segment = law.segments[name]
        self.interest, self.shelf, self.worth = law.interest, law.shelf, worth
        self.factor = np.array([a.conversion_factor for a in accounts]) * uplift
        self.share = np.array([a.share for a in accounts])
        opened = np.array([float(a.open) for a in accounts])
        first = np.array([a.traffic.get(name, 0.0) for a in accounts]) * opened
        weight = first if first.sum() > 0 else opened
        self.weight = weight / weight.sum() if weight.sum() > 0 else weight
        self.matched = 0.0 if self.funnel else self._matched(float(first.sum()))
        self.free = 1 - min(self.segment.followers / self.segment.pool, 1.0)
        self.slack, self.carry = self._saturation(name, accounts)

    def _matched(self, traffic: float) -> float:
        """Extra conversion of precisely matched visits at the status quo."""
        s = self.segment
        visits = traffic + s.return_rate * s.followers
        if visits <= 0:
            return s.calibration_gain if s.followers > 0 else 0.0
        reached = -np.expm1(-s.followers / (s.calibration_scale * visits))
        return float(s.calibration_gain * reached)

    def _saturation(self, name: str, accounts: list[Account]) -> tuple[Array, Array]:
        """1 - x_a, and the part of a unit of R that comes back as R by itself and its visits."""
        s = self.segment
        conversion = self.factor * (s.conversion + self.matched)
        contacts = s.contact_per_visit + s.contact_per_order * conversion
        kept = s.persistence + s.persistence_served
        growth = kept + s.traffic_per_order * conversion + s.traffic_per_contact * contacts
        slack = np.ones(len(accounts))
        for n, account in enumerate(accounts):
            scale = account.saturation.get(name)
            if scale:
                top = account.ceiling.get(name, 0.0) / scale
                slack[n] = 1 - min(steady_share(float(growth[n])), top, 1.0)
        # Where the ceiling binds, more traffic does not breed still more for ever.
        damp = np.minimum(slack * growth, 1.0) / np.where(growth > 0, growth, 1.0)
        if self.funnel:
            damp = np.zeros(len(accounts))
        return damp, damp * kept

    def _visit(self, rate: float, after: Array) -> Array:
        """Worth [a,m] of an own-room visit that converts at ``rate``, given next period's worths
        [a+3,m]."""
        s = self.segment
        orders = self.factor * rate
        contacts = s.contact_per_visit + s.contact_per_order * orders
        drawn = s.traffic_per_order * orders + s.traffic_per_contact * contacts
        sold = np.outer(orders, self._content_order(self.worth.own, after))
        followed = np.outer(contacts * self.free, after[-3])
        return np.asarray(sold + followed + (self.slack * drawn)[:, None] * after[:-3])

    def _buyer(self, after: Array) -> Array:
        """Worth [m] of the customer whom a first order makes."""
        return np.asarray(self.segment.new_customer_share * after[-2])

    def _content_order(self, value: float, after: Array) -> Array:
        """Worth [m] of an order that content brings, shelf orders and customers included."""
        spill = self.shelf.per_content_order if self.shelf else 0.0
        buyer = self._buyer(after)
        return np.asarray(value + buyer + spill * (self.worth.plain + buyer))

    def _back(self, after: Array) -> Array:
        """Worths [a+3,m] at the start of a period from those at its end."""
        s = self.segment
        now = np.zeros_like(after)
        plain = s.conversion + self.matched
        if not self.funnel:
            now[:-3] = self._visit(plain, after) + self.carry[:, None] * after[:-3]
        repeat = s.conversion * s.follower_factor + self.matched
        now[-3] = (1 - s.unfollow) * after[-3]
        now[-3] += s.return_rate * self.weight @ self._visit(repeat, after)
        now[-3] += s.traffic_per_follower * (self.share * self.slack) @ after[:-3]
        if self.shelf:
            now[-3] += self.shelf.per_follower * (self.worth.plain + self._buyer(after))
        now[-2] = s.repeat_rate * self.worth.plain + (1 - s.customer_churn) * after[-2]
        if self.interest:
            rate = s.conversion if s.conversion_interested is None else s.conversion_interested
            drained = self.interest.harvest_max
            now[-1] = drained * self.weight @ self._visit(rate + self.matched, after)
            now[-1] += max(1 - self.interest.decay - drained, 0.0) * after[-1]
        return now

    def worths(self) -> Array:
        """Worths of R[a], F, B, P with all periods ahead. A period is affine in what comes after
        it, so one look at nothing and at one unit of each tells it."""
        count = self.factor.size + 3
        told = self._back(np.hstack([np.zeros((count, 1)), np.eye(count)]))
        now, later = told[:, 0], told[:, 1:] - told[:, :1]
        worth = np.zeros(count)
        for _ in range(self.periods):
            worth = now + later @ worth
        return worth


def _creator(instance: Instance, tier: Tier) -> float:
    """Worth of one more creator of a tier under its current offer."""
    offer = tier.offers[tier.current_offer]
    arrived = offer.activation * tier.current_samples
    steady = arrived / offer.churn if offer.churn > 0 else np.inf if arrived > 0 else 0.0
    pool = min(offer.supply, max(tier.pool, steady))
    slope = tier.visits.slope(pool)
    if not np.isfinite(slope):
        slope = tier.visits.value(1.0)
    fee = offer.commission + offer.service_fee
    value = _order_value(instance, "alliance", 1 - tier.discount, fee)
    shelf = instance.snowball.shelf
    if shelf:
        value += shelf.per_content_order * _order_value(instance, "shelf", 1.0)
    orders = sum(share * tier.conversion.get(s, 0.0) for s, share in tier.mix.items())
    ahead = (1 - offer.churn) ** np.arange(instance.objective.terminal_periods)
    return float(ahead.sum() * slope * offer.effort * orders * value)
