"""Creators' rooms and KOL sessions: the origins of their visits, orders and contacts."""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array
from fact_models.replay import kol
from fact_models.replay.course import Course
from fact_models.replay.provenance.mixing import shares
from fact_models.replay.provenance.origins import Origins
from fact_models.replay.provenance.rooms import Stocks


@dataclass(frozen=True)
class Partners:
    """Origins [s,n] of what creators and sessions brought in one period, and of each creators'
    offer [co,n] as shares.
    """

    offer: Array
    creator_visits: Array
    creator_orders: Array
    kol_visits: Array
    kol_orders: Array
    contacts: Array


def partners(w: Course, stocks: Stocks, origins: Origins, t: int) -> Partners:
    """(AT.7) A creator's visits and orders are the creator's origin's; a session's the deal's."""
    a, k = w.known.alliance, w.known.kol
    offer = a.tier.T @ shares(stocks.pool)
    visited, ordered = w.creator_rooms[..., t], w.creator_orders[..., t]
    contacts = a.contact_per_visit[:, None] * visited + a.contact_per_order[:, None] * ordered
    sold = kol.orders(k, w.d.deal, w.outcome)[:, t]
    deals = sessions(origins, w, t)
    per_order = k.contact_per_visit * k.visits_per_order + k.contact_per_order

    def of_deals(amounts: Array) -> Array:
        return np.asarray(np.einsum("ks,kn->sn", k.mix * amounts[:, None], deals))

    return Partners(
        offer=offer,
        creator_visits=np.einsum("cs,cn->sn", visited, offer),
        creator_orders=np.einsum("cs,cn->sn", ordered, offer),
        kol_visits=of_deals(sold * k.visits_per_order),
        kol_orders=of_deals(sold),
        contacts=np.einsum("cs,cn->sn", contacts, offer) + of_deals(sold * per_order),
    )


def sessions(origins: Origins, w: Course, t: int) -> Array:
    """First touch of every deal in period ``t`` [k,n]."""
    found = origins.empty(len(w.known.ids.deals))
    for n, key in enumerate(w.known.ids.deals):
        found[n, origins.place("deal", key, t)] = 1.0
    return found
