"""Random controls of an instance, possible or not: what a planner could write down without knowing
the outcome.
"""

import numpy as np

from fact_models.decisions import Decisions
from fact_models.reception import slots_of
from fact_models.replay import Facts, facts, status_quo
from fact_models.spec.instance import Instance


def random_controls(instance: Instance, seed: int) -> Decisions:
    """Every control drawn within its own bounds; rules across controls may break."""
    rng, known, d = np.random.default_rng(seed), facts(instance), status_quo(instance)
    _accounts(instance, known, d, rng)
    _field(instance, known, d, rng)
    _alliance(instance, known, d, rng)
    _events(known, d, rng)
    _goods(instance, known, d, rng)
    _staff(instance, known, d, rng)
    return d


def _accounts(instance: Instance, known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    periods = known.ids.periods
    for n, account in enumerate(instance.field.accounts.values() if instance.field else ()):
        live = np.full(periods, float(account.open))
        last = periods - account.opening_lead
        if not account.open and last > 0 and rng.random() < 0.7:
            begin = int(rng.integers(0, last))
            d.start[n] = np.arange(periods) == begin
            live = (np.arange(periods) >= begin + account.opening_lead).astype(float)
        on = live * (rng.random(periods) < 0.85)
        for k, (longest, _, _) in enumerate(slots_of(account).values()):
            d.hours[n, k] = rng.uniform(0.2, 1, periods) * longest * on
        total = d.hours[n].sum(axis=0)
        d.hours[n] *= np.minimum(1, account.hours_max / np.maximum(total, 1e-9))
        d.on[n] = on if account.hours_min > 0 else 0
        skilled = account.quality.hours_max if account.quality else 0.0
        d.skilled[n] = skilled * rng.uniform(0, 1, periods) * live


def _field(instance: Instance, known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    if instance.field is None:
        return
    periods, content = known.ids.periods, instance.field.content
    for n, boost in enumerate(instance.field.boosts.values()):
        d.boost_spend[n] = rng.uniform(0, 1, periods) * boost.spend_max
    if content:
        d.content_made[:] = rng.uniform(0, 1, periods) * content.made_max
        d.content_bought[:] = rng.uniform(0, 1, periods) * content.bought_max
    if known.ids.discounts:
        d.discount[:] = 0
        d.discount[rng.integers(0, len(known.ids.discounts), periods), range(periods)] = 1


def _alliance(instance: Instance, known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    if instance.alliance is None:
        return
    d.offer[:] = 0
    for c, tier in instance.alliance.tiers.items():
        rows = [n for n, (mine, _) in enumerate(known.ids.offers) if mine == c]
        for begin in range(0, known.ids.periods, instance.alliance.contract_periods):
            d.offer[rng.choice(rows), begin : begin + instance.alliance.contract_periods] = 1
        for n in rows:
            d.samples[n] = rng.uniform(0, 1, known.ids.periods) * tier.samples_max * d.offer[n]


def _events(known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    c, k = known.campaign, known.kol
    d.package[:], d.deal[:] = 0, 0
    for e in range(len(known.ids.campaigns)):
        rows = [n for n, mine in enumerate(c.of) if mine == e and c.eligible[n] > 0]
        signed = [n for n in rows if c.joined[n] > 0]
        if signed or (rows and rng.random() < 0.7):
            d.package[rng.choice(signed or rows)] = 1
    for n in range(len(known.ids.deals)):
        dates = np.flatnonzero(k.admissible[n])
        if dates.size and rng.random() < 0.5:
            d.deal[n, rng.choice(dates)] = 1


def _goods(instance: Instance, known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    for n, line in enumerate(instance.goods.lines.values()):
        if line.stock is not None:
            items = rng.uniform(0, 1, known.ids.periods) * line.stock.purchase_max
            lot = line.stock.lot
            d.purchase[n] = np.floor(items / lot) * lot if lot else items


def _staff(instance: Instance, known: Facts, d: Decisions, rng: np.random.Generator) -> None:
    periods = known.ids.periods
    for n, role in enumerate(instance.staff.roles.values() if instance.staff else ()):
        assert instance.staff is not None
        hiring = range(0, periods - role.hire_lead, instance.staff.hire_every)
        for t in hiring:
            d.hires[n, t] = rng.integers(0, role.hires_max + 1) * (rng.random() < 0.3)
        leaves = rng.integers(0, role.leaves_max + 1, periods)
        d.leaves[n] = leaves * (rng.random(periods) < 0.2)
        regular = role.hours * role.heads
        d.overtime[n] = rng.uniform(0, 0.5, periods) * role.overtime_share * regular
        d.outsourced[n] = rng.uniform(0, 1, periods) * role.outsource_max
        for k, other in enumerate(known.ids.roles):
            if other in role.covers:
                d.cover[n, k] = rng.uniform(0, 0.5, periods) * regular
