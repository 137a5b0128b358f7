"""The trace of a plan: its GMV by origin, at first touch and through the snowball."""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay.course import Course
from fact_models.replay.forward import run
from fact_models.replay.known import Facts
from fact_models.replay.money import Sales, sales
from fact_models.replay.provenance.mixing import left_behind, scaled, shares
from fact_models.replay.provenance.origins import Origins, origins_of
from fact_models.replay.provenance.partners import Partners, partners, sessions
from fact_models.replay.provenance.rooms import Rooms, Stocks, factors, lifted, rooms
from fact_models.replay.provenance.step import beginning, later

CHANNELS = ("rooms", "creators", "sessions", "shelf", "repeat")
"""Where GMV is sold, in the order of ``Trace.gmv``."""


@dataclass(frozen=True)
class Trace:
    """Origins of a plan's paid GMV and of what it leaves behind.

    Attributes:
        origins: the origins, in the order of the vectors.
        gmv: paid GMV [channel, t, n] by period of the sale and origin, both halves.
        states: origins of the states at the start of every period and at the end, T + 1 of them.
        end_value: (OB.2) by origin [n]; 0 where the goal is not GMV.
        weights: [t] what paid GMV of a period counts in the goal; 1 where the goal is not GMV.
    """

    origins: Origins
    gmv: Array
    states: tuple[Stocks, ...]
    end_value: Array
    weights: Array

    def total(self) -> Array:
        """Paid GMV by source, organic first: (1 + sources, 2) of first touch and snowball."""
        return self.origins.totals(self.gmv.sum(axis=(0, 1)))

    def levers(self) -> dict[str, Array]:
        """Paid GMV (2,) at first touch and through the snowball, of organic and the levers."""
        found = {x: np.zeros(2) for x in ("field", "alliance", "campaign", "kol", "organic")}
        names = ["organic", *(source.lever for source in self.origins.sources)]
        for name, amounts in zip(names, self.total(), strict=True):
            found[name] += amounts
        return found


def trace(known: Facts, decisions: Decisions) -> Trace:
    """Trace the origins of a plan's GMV through the dynamics, at the deals' mean outcome.

    The parts sum to the replay's GMV to rounding, channel by channel and period by period.

    Raises:
        ValueError: an array does not have the instance's shape.
    """
    with np.errstate(all="ignore"):
        w = run(known, decisions)
        sold = sales(w, w.outcome)
        origins = origins_of(known)
        stocks = beginning(w, origins)
        gmv, states = [], [stocks]
        for t in range(known.ids.periods):
            own, others = rooms(w, stocks, origins, t), partners(w, stocks, origins, t)
            shelf = _shelf(w, stocks, own, others, t)
            gmv.append(_money(w, sold, (stocks, own, others, shelf), origins, t))
            stocks = later(w, stocks, own, others, shelf, origins, t)
            states.append(stocks)
    end_value, weights = _goal(known, stocks)
    return Trace(origins, np.stack(gmv, axis=1), tuple(states), end_value, weights)


def _goal(known: Facts, left: Stocks) -> tuple[Array, Array]:
    """(AT.14) End value by origin [n] of what is left, and the weights [t] of GMV."""
    goal, worth, periods = known.instance.objective, known.terminal, known.ids.periods
    if goal.goal != "gmv":
        return np.zeros_like(left.followers[0]), np.ones(periods)
    discount = (1 + goal.discount_rate) ** -np.arange(periods + 1.0)
    found = (
        np.einsum("as,asn->n", worth.traffic, left.traffic)
        + worth.followers @ left.followers
        + worth.customers @ left.customers
        + worth.interest @ left.interest
        + worth.pool @ left.pool
    )
    return np.asarray(goal.terminal * discount[-1] * found), discount[:-1]


def _shelf(w: Course, stocks: Stocks, own: Rooms, others: Partners, t: int) -> Array:
    """(AT.11) Origins of shelf orders [s,n] by (SN.17)."""
    law, season = w.known.snowball, w.known.season
    if law.shelf is None:
        return np.zeros_like(stocks.followers)
    standing = law.shelf.per_follower * stocks.followers
    standing = standing + law.shelf.per_awareness * stocks.awareness
    market = (season.conversion[:, t] * season.traffic[:, t])[:, None]
    seen = own.orders.sum(axis=0) + others.creator_orders + others.kol_orders
    found = market * standing + law.shelf.per_content_order * left_behind(seen)
    return scaled(found, w.d.shelf_orders[:, t])


def _money(
    w: Course,
    sold: Sales,
    parts: tuple[Stocks, Rooms, Partners, Array],
    origins: Origins,
    t: int,
) -> Array:
    """(AT.12) Paid GMV [channel, n] of period ``t`` with the origins of its orders.

    In the own rooms what packages and the discount add to orders and take from the price is
    theirs.
    """
    stocks, own, others, shelf = parts
    names, _, by = factors(w, t)
    product = float(np.prod(by))
    ordinary = sold.paid[0, t] / product if product > 0 else 0.0
    base = shares(own.base.sum(axis=(0, 1))) * ordinary
    repeat = scaled(stocks.customers, w.d.repeat_orders[:, t]).sum(axis=0)
    found = (
        scaled(lifted(base, names, by, origins, t), np.asarray(sold.paid[0, t])),
        sold.paid[1:-2, t] @ others.offer,
        sold.kol_paid[:, t] @ sessions(origins, w, t),
        shares(shelf.sum(axis=0)) * sold.paid[-2, t],
        shares(repeat) * sold.paid[-1, t],
    )
    return np.array(found)
