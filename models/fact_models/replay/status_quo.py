"""The status quo as a plan: today's controls go on, and what they bring is accepted."""

from dataclasses import replace

import numpy as np

from fact_models.decisions import Array, Decisions, ids_of
from fact_models.replay.forward import replay, run
from fact_models.replay.known import Facts, facts
from fact_models.spec.instance import Instance


def status_quo(instance: Instance) -> Decisions:
    """Today's hours, spend, content, offers and samples; no new account, hire, deal or package.

    Live hours spread over the slots in proportion to their length; skilled hours keep the live
    hours' share of their maximum; the discount level is the shallowest; signed packages are kept.
    Lines with stock are ordered as they are needed. Accepted volumes are as large as they can be.
    """
    known = facts(instance)
    controls = _controls(instance, known)
    if known.goods.stocked:
        controls.purchase[:] = _replenish(known, controls)
    return replay(instance, controls, accept="greedy", known=known).decisions


def _controls(instance: Instance, known: Facts) -> Decisions:
    d, f = Decisions.zeros(ids_of(instance)), known.field
    lever = instance.field
    if lever is not None:
        hours = np.array([a.current_hours for a in lever.accounts.values()]) * f.opened
        split = np.minimum(f.slot_weight * hours[:, None], f.slot_hours)
        d.hours[:] = split[:, :, None]
        d.skilled[:] = (f.skilled_max * hours / f.hours_max)[:, None]
        d.on[:] = ((hours > 0) & (f.hours_min > 0))[:, None]
        spend = [min(i.current_spend, i.spend_max) for i in lever.boosts.values()]
        d.boost_spend[:] = np.array(spend).reshape(-1, 1)
        if lever.content is not None:
            d.content_made[:] = min(lever.content.current_made, lever.content.made_max)
        if lever.discounts:
            d.discount[int(np.argmin(f.depth))] = 1
    for n, (c, o) in enumerate(known.ids.offers):
        tier = instance.alliance.tiers[c] if instance.alliance else None
        if tier is not None and o == tier.current_offer:
            d.offer[n] = 1
            d.samples[n] = min(tier.current_samples, tier.samples_max)
    d.package[:] = known.campaign.joined * known.campaign.eligible
    d.deal[:] = known.kol.agreed
    return d


def _replenish(known: Facts, controls: Decisions) -> Array:
    """Purchases [g,t] that cover what would be sold if stock were ample."""
    g, periods = known.goods, known.ids.periods
    ample = replace(known, goods=replace(g, stocked=()))
    out = run(ample, controls, "greedy").items_out(slice(0, periods))
    purchase = np.zeros_like(controls.purchase)
    for n in g.stocked:
        stock, lead, lot = g.opening[n], g.lead[n], g.lot[n]
        most = np.floor(g.purchase_max[n] / lot + 1e-9) * lot if lot else g.purchase_max[n]
        for t in range(periods):
            stock += g.underway[n, t]
            if t >= lead:
                order = max(out[n, t] - stock, 0.0)
                order = np.ceil(order / lot - 1e-9) * lot if lot else order
                purchase[n, t - lead] = min(order, most)
                stock += purchase[n, t - lead]
            stock = max(stock - out[n, t], 0.0)
    return purchase
