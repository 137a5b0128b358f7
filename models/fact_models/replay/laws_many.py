"""The states of t + 1 of many worlds at once: what ``forward`` does, for all worlds d."""

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.greedy_many import RATES, Worlds


def step(w: Worlds, t: int) -> None:
    """(AL.5), (SN.2) to (SN.4), (SN.9) to (SN.12), (SN.15), (SN.16), (GO.3)."""
    s, v, r = w.states, w.volumes, w.rate
    own = s["own_orders"][..., t]
    contacts = (
        r["contact_per_visit"][:, None] * s["visits"][..., t]
        + r["contact_per_order"][:, None] * own
    )
    rooms, ordered = s["creator_rooms"][..., t], s["creator_orders"][..., t]
    followers, awareness = s["followers"][..., t], s["awareness"][..., t]
    s["traffic"][..., t + 1] = _traffic(w, t, contacts)
    per_visit = w.of("alliance.contact_per_visit", lambda f: f.alliance.contact_per_visit)[
        :, :, None
    ]
    per_order = w.of("alliance.contact_per_order", lambda f: f.alliance.contact_per_order)[
        :, :, None
    ]
    abroad = (per_visit * rooms + per_order * ordered).sum(axis=1)
    met = contacts.sum(axis=1) + abroad + w.given["kol_contacts"][..., t]
    free = np.maximum(r["pool"] - followers, 0.0)
    counted = np.minimum(met, 2 * free)
    ratio = np.divide(counted, free, out=np.zeros_like(free), where=free > 0)
    s["contacts"][..., t], s["new_followers"][..., t] = counted, -free * np.expm1(-ratio)
    s["followers"][..., t + 1] = (1 - r["unfollow"]) * followers + s["new_followers"][..., t]
    first = own.sum(axis=1) + ordered.sum(axis=1) + w.given["kol_orders"][..., t]
    new = r["new_customer_share"] * (first + v["shelf_orders"][..., t])
    s["customers"][..., t + 1] = (1 - r["customer_churn"]) * s["customers"][..., t] + new
    s["interest"][..., t + 1] = _interest(w, t)
    retention = w.of("snowball.retention", lambda f: np.array([f.snowball.retention]))
    s["awareness"][..., t + 1] = retention * awareness + w.given["gain"][..., t]
    s["pool"][..., t + 1] = _pool(w, t)
    items = w.item * v["line_orders"][..., t].sum(axis=1) + w.given["kol_out"][..., t]
    s["stock"][..., t + 1] = s["stock"][..., t] - items + w.given["arrivals"][..., t + 1]


def _traffic(w: Worlds, t: int, contacts: Array) -> Array:
    """(SN.2), (SN.3), (SN.4), in the funnel (SN.19): recommended visits [d,a,s]."""
    s, r = w.states, {name: w.rate[name][:, None] for name in RATES}
    now, after = w.given["open"][..., t, None], w.given["open"][..., t + 1, None]
    ceiling = w.of("field.ceiling", lambda f: f.field.ceiling)
    cold = w.of("field.cold_start", lambda f: f.field.cold_start)
    if w.known[0].snowball.funnel:
        opened = w.known[0].field.opened[:, None] > 0
        level = np.where(opened, w.of("field.traffic", lambda f: f.field.traffic), cold)
        return np.asarray(np.minimum(level, ceiling) * after)
    calm, own = w.per_traffic[:, None, :, t], s["own_orders"][..., t]
    alike = w.of("snowball.lookalike", lambda f: f.snowball.lookalike)
    spill = w.of("snowball.spill", lambda f: np.array(f.snowball.spill))[:, None]
    creators = spill * s["creator_orders"][..., t].sum(axis=1) * w.per_traffic[..., t]
    shared = (
        w.rate["per_follower"] * s["followers"][..., t]
        + w.rate["per_awareness"] * s["awareness"][..., t]
        + w.rate["per_order"] * creators
    )
    drive = (
        r["persistence"] * s["traffic"][..., t]
        + r["persistence_served"] * w.volumes["recommended"][..., t] * calm
        + (r["per_order"] * own + r["per_contact"] * contacts) * calm
        + np.einsum("das,dvs->dav", own * calm, alike)
        + w.of("field.share", lambda f: f.field.share)[:, :, None] * shared[:, None]
        + cold * now
    )
    level = w.of("field.saturation", lambda f: f.field.saturation) * after
    ratio = np.divide(drive, level, out=np.zeros_like(drive), where=level > 0)
    return np.asarray(np.minimum(-level * np.expm1(-ratio), ceiling * after))


def _interest(w: Worlds, t: int) -> Array:
    """(SN.15) [d,s]."""
    pools = [f.snowball.interest for f in w.known]
    before = w.states["interest"][..., t]
    if pools[0] is None:
        return np.zeros_like(before)
    names = ("decay", "per_boost_visit", "per_creator_visit", "per_kol_visit", "per_awareness")
    decay, boost, creator, kol, pulled = (
        np.array([getattr(pool, name) for pool in pools])[:, None] for name in names
    )
    seeds = (
        boost * w.volumes["boosted"][..., t].sum(axis=(1, 2))
        + creator * w.states["creator_rooms"][..., t].sum(axis=1)
        + kol * w.given["kol_visits"][..., t]
        + pulled * w.states["awareness"][..., t]
    )
    return np.asarray((1 - decay) * before - w.volumes["harvested"][..., t].sum(axis=1) + seeds)


def _pool(w: Worlds, t: int) -> Array:
    """(AL.5) Creators [d,c]."""
    lever, plan = w.known[0].alliance, w.plan
    churn = w.of("alliance.churn", lambda f: f.alliance.churn)
    activation = w.of("alliance.activation", lambda f: f.alliance.activation)
    arriving = w.of("alliance.arriving", lambda f: f.alliance.arriving)
    stay = ((1 - churn) * w.volumes["kept"][..., t]) @ lever.tier.T
    ordered = w.states["creator_orders"][..., t].sum(axis=2)
    joined = w.of("alliance.attraction", lambda f: f.alliance.attraction) * (
        ordered @ lever.tier.T
    )
    awareness = w.states["awareness"][..., t].sum(axis=1, keepdims=True)
    pulled = w.of("alliance.awareness_pull", lambda f: f.alliance.awareness_pull) * awareness
    sampled = np.empty(arriving.shape[:2])
    for n, lead in enumerate(lever.lead):
        if t < lead:
            sampled[:, n] = arriving[:, n, t]
        else:
            sampled[:, n] = (activation * plan.samples[:, t - lead]) @ lever.tier[n]
    most = w.of("alliance.most", lambda f: f.alliance.most)
    return np.asarray(np.minimum(stay + sampled + joined + pulled, most))
