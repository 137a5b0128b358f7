"""From decisions back to the integer columns of a program."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.matrix import Vector
from fact_models.decisions import Decisions
from fact_models.program import Program


def integer_columns(program: Program, handover: Handover, decisions: Decisions) -> Vector:
    """Integer columns (n,) of ``decisions``; not a number for the pieces of S-shaped curves, for
    lots that the purchases do not tell, and for every other column.
    """
    x = np.full(handover.matrix.cost.size, np.nan)
    for variable, value in _stated(program, decisions):
        column = handover.column_of.get(id(variable))
        if column is not None:
            low, high = handover.matrix.lower[column], handover.matrix.upper[column]
            x[column] = np.clip(np.rint(value), low, high)
    return x


def _stated(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Every integer variable that decisions tell, with its value."""
    m, p, instance = program.model, program.parameters, program.instance
    ids = p.ids
    if instance.field:
        yield from _rooms(program, d)
    if instance.alliance:
        length, past = instance.alliance.contract_periods, instance.alliance.contract_elapsed
        for (c, o, block), variable in m.alliance.choice.items():
            begun = max(block * length - past, 0)
            yield variable, d.offer[ids.offers.index((c, o)), begun]
    if instance.campaign:
        for key, variable in m.campaign.package.items():
            yield variable, d.package[ids.packages.index(key)]
        for e, variable in m.campaign.joined.items():
            yield variable, sum(d.package[n] for n, key in enumerate(ids.packages) if key[0] == e)
    if instance.kol:
        for (k, t), variable in m.kol.deal.items():
            yield variable, d.deal[ids.deals.index(k), t]
        for k, variable in m.kol.signed.items():
            yield variable, d.deal[ids.deals.index(k)].sum()
    for g, line in instance.goods.lines.items():
        if line.stock and line.stock.lot:
            for t in p.periods:
                yield m.goods.lots[g, t], d.purchase[ids.lines.index(g), t] / line.stock.lot
    if instance.staff:
        for n, j in enumerate(ids.roles):
            for t in p.periods:
                yield m.staff.hires[j, t], d.hires[n, t]
                yield m.staff.leaves[j, t], d.leaves[n, t]
            if j in m.staff.hired:
                yield m.staff.hired[j], d.hires[n].sum()


def _rooms(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    m, p, ids = program.model.field, program.parameters, program.parameters.ids
    for (a, t), variable in m.start.items():
        yield variable, d.start[ids.accounts.index(a), t]
    for a, variable in m.opened.items():
        yield variable, d.start[ids.accounts.index(a)].sum()
    for (a, t), variable in m.on.items():
        yield variable, d.on[ids.accounts.index(a), t]
    for level in ids.discounts:
        for t in p.periods:
            yield m.discount[level, t], d.discount[ids.discounts.index(level), t]
