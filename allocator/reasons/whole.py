"""A plan's whole numbers as columns of the program: openings, levels, offers, packages, deals, the
team, lots, and the pieces of S-shaped curves.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.highs import Indices
from allocator.matrix import Vector
from fact_models.decisions import Decisions
from fact_models.program import Program
from fact_models.replay import Facts
from fact_models.terms import Shaped

EDGE = 1e-9
"""Share of a curve's range within which an input is taken for 0 or for a breakpoint."""


def input_of(known: Facts, response: Shaped, decisions: Decisions) -> float:
    """Where a plan sits on an S-shaped curve: live hours of a slot, or money of a boost at the
    period's price."""
    ids = known.ids
    number, _, rest = response.name.partition("[")
    key = rest.rstrip("]").split(",")
    if number == "FI.17":
        boost, t = ids.boosts.index(key[0]), int(key[1])
        return float(decisions.boost_spend[boost, t] / known.season.boost_cost[t])
    room, t = ids.accounts.index(key[0]), int(key[2])
    return float(decisions.hours[room, ids.slots[room].index(key[1]), t])


def whole_numbers(
    program: Program, arrays: Handover, known: Facts, decisions: Decisions
) -> tuple[Indices, Vector]:
    """Columns of the whole numbers and their values in the plan."""
    found: dict[int, float] = {}
    pairs: list[Callable[[], Iterator[tuple[Any, float]]]] = [
        lambda: _rooms(program, decisions),
        lambda: _partners(program, decisions),
        lambda: _team(program, decisions),
        lambda: _pieces(program, known, decisions),
    ]
    for pair in pairs:
        for variable, value in pair():
            column = arrays.column_of.get(id(variable))
            if column is not None:
                found[column] = float(np.rint(value))
    missing = set(np.flatnonzero(arrays.matrix.integer)) - found.keys()
    assert not missing, [arrays.matrix.column_names[n] for n in missing]
    columns = np.array(sorted(found), np.intp)
    return columns, np.array([found[int(n)] for n in columns])


def _rooms(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Openings, weeks on air, discount levels, lots."""
    m, ids = program.model, program.parameters.ids
    if program.instance.field:
        for (a, t), variable in m.field.start.items():
            yield variable, d.start[ids.accounts.index(a), t]
        for a, variable in m.field.opened.items():
            yield variable, d.start[ids.accounts.index(a)].sum()
        for (a, t), variable in m.field.on.items():
            yield variable, d.on[ids.accounts.index(a), t]
        for (level, t), variable in m.field.discount.items():
            yield variable, d.discount[ids.discounts.index(level), t]
    for (g, t), variable in getattr(m.goods, "lots", {}).items():
        stock = program.instance.goods.lines[g].stock
        assert stock is not None
        assert stock.lot is not None
        yield variable, d.purchase[ids.lines.index(g), t] / stock.lot


def _partners(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Offers, packages, deals."""
    m, ids, instance = program.model, program.parameters.ids, program.instance
    if instance.alliance:
        length = instance.alliance.contract_periods
        for (c, o, block), variable in m.alliance.choice.items():
            yield variable, d.offer[ids.offers.index((c, o)), block * length]
    if instance.campaign:
        for key, variable in m.campaign.package.items():
            yield variable, d.package[ids.packages.index(key)]
    if instance.kol:
        for (k, t), variable in m.kol.deal.items():
            yield variable, d.deal[ids.deals.index(k), t]
        for k, variable in m.kol.signed.items():
            yield variable, d.deal[ids.deals.index(k)].sum()


def _team(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    """Hires and leaves."""
    if not program.instance.staff:
        return
    m, roles = program.model.staff, program.parameters.ids.roles
    for name in ("hires", "leaves"):
        for (j, t), variable in getattr(m, name).items():
            yield variable, getattr(d, name)[roles.index(j), t]
    for j, variable in m.hired.items():
        yield variable, d.hires[roles.index(j)].sum()


def _pieces(program: Program, known: Facts, d: Decisions) -> Iterator[tuple[Any, float]]:
    """The piece of every S-shaped curve on which the plan sits; none where it puts nothing in."""
    for response in program.terms.shaped:
        at, cuts = input_of(known, response, d), response.cuts
        slack = EDGE * cuts[-1]
        last = len(response.pieces) - 1
        here = -1 if at <= slack else min(int(np.searchsorted(cuts, at + slack)) - 1, last)
        for n, piece in enumerate(response.pieces):
            yield piece, float(n == here)
