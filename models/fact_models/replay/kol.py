"""Top-KOL in plain numpy: single deals with a fee, an outcome and effects on segments (KO).

Axes: k deals, s segments, g lines, j roles, t periods.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fact_models.decisions import Array, Ids
from fact_models.replay.arrays import delayed, table, vector
from fact_models.spec.instance import Instance
from fact_models.spec.kol import Deal, Outcome

OutcomeName = Literal["mean", "p10", "p50", "p90"]


@dataclass(frozen=True)
class KolFacts:
    """The lever's figures as arrays by deal; amounts hold the chance of acceptance."""

    admissible: Array  # [k,t]
    gmv: dict[str, Array]  # outcome -> [k]
    orders: dict[str, Array]  # outcome -> [k]
    ratio: dict[str, Array]  # outcome -> [k], relative to the mean
    fee: Array
    back: dict[str, Array]  # outcome -> [k], fee that comes back
    after: tuple[int, ...]  # periods until it does
    deposit_share: Array
    deposit_due: Array  # 0 where the deposit is paid before the horizon
    agreed: Array  # [k,t] 1 at the session of a deal signed before the horizon
    lead: tuple[int, ...]
    price_factor: Array
    commission: Array
    pre_add: Array
    post_add: Array
    mix: Array  # [k,s]
    lines: Array  # [k,g]
    visits_per_order: Array
    contact_per_visit: Array
    contact_per_order: Array
    own_visits: Array  # [k,s]
    awareness: Array  # [k,s]
    hours: Array  # [k,j]
    stock_floor: Array  # [k,g]
    exclusive: Array  # [k,k]
    spacing: int
    cash_outcome: str


def _agreed(instance: Instance, deal: Deal) -> int | None:
    """Period of a session that is signed already; negative when it was before the horizon."""
    return None if deal.agreed is None else instance.calendar.period_of(deal.agreed)


def _admissible(instance: Instance, name: str, deal: Deal) -> Array:
    """Periods in which the session can be, given what was signed and held before the horizon."""
    t = np.arange(instance.calendar.periods)
    signed = _agreed(instance, deal)
    if signed is not None:
        return np.asarray(t == signed, dtype=np.float64)
    found = _window(instance, deal, t)
    assert instance.kol is not None
    for other, rival in instance.kol.deals.items():
        held = _agreed(instance, rival)
        if held is not None and held < 0:
            if other in deal.exclusive_with or name in rival.exclusive_with:
                return np.zeros(t.size)
            found *= t - held >= instance.kol.spacing
    return found


def _window(instance: Instance, deal: Deal, t: NDArray[np.integer]) -> Array:
    first, last = (instance.calendar.period_of(when) for when in (deal.first, deal.last))
    return np.asarray((t >= max(first, deal.lead)) & (t <= last), dtype=np.float64)


def kol_facts(instance: Instance, ids: Ids) -> KolFacts:
    """The arrays of ``instance.kol``."""
    lever = instance.kol
    deals = list(lever.deals.values()) if lever else []
    names = list(ids.deals)
    chance = vector(k.acceptance for k in deals)
    factor = vector(1 - k.discount for k in deals)
    lines = table([k.lines or {ids.lines[0]: 1.0} for k in deals], ids.lines)
    price = lines @ vector(g.price for g in instance.goods.lines.values())
    gmv = {"mean": chance * vector(k.gmv.mean() for k in deals)}
    gmv["p10"] = chance * vector(k.gmv.p10 for k in deals)
    gmv["p50"] = chance * vector(k.gmv.p50 for k in deals)
    gmv["p90"] = chance * vector(k.gmv.p90 for k in deals)
    mean = gmv["mean"]
    ratio = {
        x: np.divide(value, mean, out=np.ones_like(mean), where=mean > 0)
        for x, value in gmv.items()
    }
    exclusive = np.zeros((len(deals), len(deals)))
    for n, deal in enumerate(deals):
        exclusive[n, [names.index(other) for other in deal.exclusive_with]] = 1
    dates = [_admissible(instance, name, k) for name, k in zip(names, deals, strict=True)]
    t = np.arange(ids.periods)
    agreed = [t == _agreed(instance, k) if k.agreed is not None else 0 * t for k in deals]
    return KolFacts(
        admissible=np.array(dates).reshape(len(deals), ids.periods),
        gmv=gmv,
        orders={x: value / (price * factor) for x, value in gmv.items()},
        ratio=ratio,
        fee=chance * vector(k.fee for k in deals),
        back=_back(deals),
        after=tuple(k.guarantee.after if k.guarantee else 0 for k in deals),
        deposit_share=vector(k.deposit_share for k in deals),
        deposit_due=vector(k.agreed is None for k in deals),
        agreed=np.array(agreed, dtype=np.float64).reshape(len(deals), ids.periods),
        lead=tuple(k.lead for k in deals),
        price_factor=factor,
        commission=vector(k.commission for k in deals),
        pre_add=vector(k.refund_pre_add for k in deals),
        post_add=vector(k.refund_post_add for k in deals),
        mix=table([k.mix for k in deals], ids.segments),
        lines=lines,
        visits_per_order=vector(k.visits_per_order for k in deals),
        contact_per_visit=vector(k.contact_per_visit for k in deals),
        contact_per_order=vector(k.contact_per_order for k in deals),
        own_visits=chance[:, None] * table([k.own_visits for k in deals], ids.segments),
        awareness=chance[:, None] * table([k.awareness for k in deals], ids.segments),
        hours=table([k.crew for k in deals], ids.roles),
        stock_floor=table([k.stock_floor for k in deals], ids.lines),
        exclusive=np.maximum(exclusive, exclusive.T),
        spacing=lever.spacing if lever else 0,
        cash_outcome=lever.cash_outcome if lever else "mean",
    )


def _back(deals: list[Deal]) -> dict[str, Array]:
    """Fee that comes back by outcome [k]: where a deal brings less than its promise, the stated
    part of it or, pro rata, of its missing share. The mean is over the three points.
    """
    promised = vector(k.guarantee.roi * k.fee if k.guarantee else 0.0 for k in deals)
    part = vector(k.guarantee.returned if k.guarantee else 0.0 for k in deals)
    pro_rata = np.array([bool(k.guarantee and k.guarantee.pro_rata) for k in deals], dtype=bool)
    fee = vector(k.acceptance * k.fee for k in deals)
    found = {}
    for x, sold in (
        ("p10", vector(k.gmv.p10 for k in deals)),
        ("p50", vector(k.gmv.p50 for k in deals)),
        ("p90", vector(k.gmv.p90 for k in deals)),
    ):
        short = np.maximum(promised - sold, 0.0)
        missing = np.divide(short, promised, out=np.zeros_like(short), where=promised > 0)
        found[x] = fee * part * np.where(pro_rata, missing, missing > 0)
    points = np.array([found["p10"], found["p50"], found["p90"]])
    mean = [Outcome(p10=a, p50=b, p90=c).mean() for a, b, c in points.T]
    return {**found, "mean": vector(mean)}


def orders(facts: KolFacts, deal: Array, outcome: str) -> Array:
    """(KO.4) Orders [k,t] of all segments."""
    return np.asarray(facts.orders[outcome][:, None] * deal)


def by_segment(facts: KolFacts, ordered: Array) -> Array:
    """(KO.4) Orders [s,t] of orders [k,t]."""
    return np.asarray(facts.mix.T @ ordered)


def visits(facts: KolFacts, ordered: Array) -> Array:
    """(KO.4) Visits in the sessions [s,t]."""
    return np.asarray(facts.mix.T @ (facts.visits_per_order[:, None] * ordered))


def inflow(facts: KolFacts, deal: Array, outcome: str) -> Array:
    """(KO.5) Visits that land in the own rooms [s,t]."""
    return np.asarray(facts.own_visits.T @ (facts.ratio[outcome][:, None] * deal))


def gain(facts: KolFacts, deal: Array, outcome: str) -> Array:
    """(KO.6) Awareness gained [s,t]."""
    return np.asarray(facts.awareness.T @ (facts.ratio[outcome][:, None] * deal))


def contacts(facts: KolFacts, ordered: Array) -> Array:
    """(KO.7) Follow contacts [s,t]."""
    per_order = facts.contact_per_visit * facts.visits_per_order + facts.contact_per_order
    return np.asarray(facts.mix.T @ (per_order[:, None] * ordered))


def cash_out(facts: KolFacts, deal: Array) -> Array:
    """(KO.8) Fees [t]: the deposit at signing, the rest on the day."""
    paid = np.zeros(deal.shape[-1])
    for n, lead in enumerate(facts.lead):
        paid += facts.fee[n] * (1 - facts.deposit_share[n]) * deal[n]
        early = deal[n, lead:]
        due = facts.fee[n] * facts.deposit_share[n] * facts.deposit_due[n]
        paid[: early.size] += due * early
    return paid


def fee_back(facts: KolFacts, deal: Array, outcome: str) -> Array:
    """(KO.10) Fees that come back, by period of the session [t]."""
    return np.asarray(facts.back[outcome] @ deal)


def fee_back_in_cash(facts: KolFacts, deal: Array) -> Array:
    """(KO.11) Fees that have come back at the outcome of cash [t]."""
    received = np.zeros(deal.shape[-1])
    for amount, after, held in zip(facts.back[facts.cash_outcome], facts.after, deal, strict=True):
        received += amount * delayed(held, after, held.size)
    return received


def staff_hours(facts: KolFacts, deal: Array) -> Array:
    """(KO.9) Staff hours [j,t]."""
    return np.asarray(facts.hours.T @ deal)
