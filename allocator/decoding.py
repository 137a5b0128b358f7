"""From the solver's columns to decisions: integers rounded, tiny negatives cut off, no more."""

from collections.abc import Callable
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.matrix import Vector
from fact_models.decisions import INTEGER, Decisions
from fact_models.program import Program
from fact_models.reception import parts_of, slots_of


def decode(program: Program, handover: Handover, x: Vector) -> Decisions:
    """Decisions of the point ``x`` (n,) in user units."""
    p, m, instance = program.parameters, program.model, program.instance
    ids = p.ids
    found = Decisions.zeros(ids)

    def at(variable: Any) -> float:
        return max(handover.value(x, variable), 0.0)

    rooms = [(i, j, a, s) for i, a in enumerate(ids.accounts) for j, s in enumerate(ids.segments)]
    if instance.field:
        _field(program, found, at, rooms)
    if instance.alliance:
        for n, (c, o) in enumerate(ids.offers):
            for t in p.periods:
                past = instance.alliance.contract_elapsed
                block = (t + past) // instance.alliance.contract_periods
                free = (c, o, block) in m.alliance.choice
                found.offer[n, t] = at(m.alliance.choice[c, o, block]) if free else 1.0
                found.kept[n, t] = at(m.alliance.kept[c, o, t])
                found.samples[n, t] = at(m.alliance.samples[c, o, t])
                found.creator_visits[n, t] = at(m.alliance.visits[c, o, t])
    for n, key in enumerate(ids.packages):
        if key in p.entries:
            found.package[n] = at(m.campaign.package[key])
    for n, k in enumerate(ids.deals):
        for t in p.sessions[k].dates:
            found.deal[n, t] = at(m.kol.deal[k, t])
    for t in p.periods:
        for j, s in enumerate(ids.segments):
            found.shelf_orders[j, t] = at(m.snowball.shelf_orders[s, t])
            found.repeat_orders[j, t] = at(m.snowball.repeat_orders[s, t])
        if instance.money.cash:
            found.drawn[t] = at(m.money.drawn[t])
    for (ch, g, t), variable in m.goods.line_orders.items():
        channel = ids.channels.index("field" if ch.startswith("field:") else ch)
        found.line_orders[channel, ids.lines.index(g), t] += at(variable)
    for n, line in enumerate(ids.lines):
        if instance.goods.lines[line].stock:
            for t in p.periods:
                found.purchase[n, t] = at(m.goods.purchase[line, t])
    if instance.staff:
        _staff(program, found, at)
    for name in INTEGER:
        array = getattr(found, name)
        np.rint(array, out=array)
    return found


def _staff(program: Program, found: Decisions, at: Callable[[Any], float]) -> None:
    p, m, roles = program.parameters, program.model.staff, program.parameters.ids.roles
    for n, role in enumerate(roles):
        for t in p.periods:
            found.hires[n, t] = at(m.hires[role, t])
            found.leaves[n, t] = at(m.leaves[role, t])
            found.overtime[n, t] = at(m.overtime[role, t])
            found.outsourced[n, t] = at(m.outsourced[role, t])
            for k, other in enumerate(roles):
                if (role, other, t) in m.cover:
                    found.cover[n, k, t] = at(m.cover[role, other, t])


def _field(
    program: Program,
    found: Decisions,
    at: Callable[[Any], float],
    rooms: list[tuple[int, int, str, str]],
) -> None:
    p, m, spec = program.parameters, program.model.field, program.instance.field
    assert spec is not None
    ids = p.ids
    for n, (a, account) in enumerate(spec.accounts.items()):
        slots = list(slots_of(account))
        for k, part in parts_of(account).items():
            places = [slots.index(slot) for slot in part.slots]
            # All periods at once: each of them bisects for the marginal reception.
            hours = np.array([at(m.hours[a, k, t]) for t in p.periods])
            found.hours[n, places] = part.spread(hours)
        for t in p.periods:
            if not account.open:
                found.start[n, t] = at(m.start[a, t])
            if account.hours_min > 0:
                found.on[n, t] = at(m.on[a, t])
            else:
                found.on[n, t] = float(found.hours[n, :, t].sum() > 0)
            if account.quality:
                found.skilled[n, t] = at(m.skilled[a, t])
    for t in p.periods:
        for n, boost in enumerate(ids.boosts):
            found.boost_spend[n, t] = at(m.boost_spend[boost, t])
        if spec.content:
            found.content_made[t] = at(m.content_made[t])
            found.content_bought[t] = at(m.content_bought[t])
        for n, level in enumerate(ids.discounts):
            found.discount[n, t] = at(m.discount[level, t])
    for i, j, a, s in rooms:
        for t in p.periods:
            found.recommended[i, j, t] = at(m.recommended[a, s, t])
            found.distinct[i, j, t] = at(m.distinct[a, s, t])
            found.returning[i, j, t] = at(m.returning[a, s, t])
            found.inflow[i, j, t] = at(m.inflow[a, s, t])
            found.harvested[i, j, t] = at(m.harvested[a, s, t])
            found.base_orders[i, j, t] = at(m.base_orders[a, s, t])
            if spec.accounts[a].quality:
                found.well_received[i, j, t] = at(m.well_received[a, s, t])
            if (a, s, t) in m.matched:
                found.matched[i, j, t] = at(m.matched[a, s, t])
            for n, b in enumerate(ids.boosts):
                found.boosted[n, i, j, t] = at(m.boosted[b, a, s, t])
