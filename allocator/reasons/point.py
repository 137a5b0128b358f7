"""A plan as a point of its program: continuous columns that its decisions state.

Traffic, followers and all else that the laws make of them follow by the program's own rows.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.highs import Indices
from allocator.matrix import Vector
from fact_models.decisions import Decisions
from fact_models.program import Program
from fact_models.reception import parts_of, slots_of

VISITS = ("recommended", "distinct", "returning", "inflow", "harvested", "base_orders")
"""What decisions state of every room, segment and period."""


def stated_columns(
    program: Program, arrays: Handover, decisions: Decisions
) -> tuple[Indices, Vector]:
    """Columns of hours, spend, creators, visits and orders, and their values in the plan, within
    the columns' bounds."""
    found = {}
    for variable, value in _stated(program, decisions):
        column = arrays.column_of.get(id(variable))
        if column is not None:
            found[column] = value
    columns = np.array(list(found), np.intp)
    lower, upper = arrays.matrix.lower[columns], arrays.matrix.upper[columns]
    return columns, np.clip(np.array(list(found.values())), lower, upper)


def _stated(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    m, instance = program.model, program.instance
    ids, periods = program.parameters.ids, program.parameters.periods
    if instance.field:
        yield from _rooms(program, d)
    if instance.alliance:
        for n, (c, o) in enumerate(ids.offers):
            for t in periods:
                yield m.alliance.kept[c, o, t], d.kept[n, t]
                yield m.alliance.samples[c, o, t], d.samples[n, t]
                yield m.alliance.visits[c, o, t], d.creator_visits[n, t]
    for j, s in enumerate(ids.segments):
        for t in periods:
            yield m.snowball.shelf_orders[s, t], d.shelf_orders[j, t]
            yield m.snowball.repeat_orders[s, t], d.repeat_orders[j, t]


def _rooms(program: Program, d: Decisions) -> Iterator[tuple[Any, float]]:
    m, spec = program.model.field, program.instance.field
    assert spec is not None
    ids, periods = program.parameters.ids, program.parameters.periods
    for n, (a, account) in enumerate(spec.accounts.items()):
        slots = list(slots_of(account))
        for k, part in parts_of(account).items():
            places = [slots.index(slot) for slot in part.slots]
            for t in periods:
                yield m.hours[a, k, t], d.hours[n, places, t].sum()
        for j, s in enumerate(ids.segments):
            for t in periods:
                for name in VISITS:
                    yield getattr(m, name)[a, s, t], getattr(d, name)[n, j, t]
                for i, boost in enumerate(ids.boosts):
                    yield m.boosted[boost, a, s, t], d.boosted[i, n, j, t]
                if account.quality:
                    yield m.well_received[a, s, t], d.well_received[n, j, t]
                if (a, s, t) in m.matched:
                    yield m.matched[a, s, t], d.matched[n, j, t]
        if account.quality:
            for t in periods:
                yield m.skilled[a, t], d.skilled[n, t]
    for t in periods:
        for n, boost in enumerate(ids.boosts):
            yield m.boost_spend[boost, t], d.boost_spend[n, t]
        if spec.content:
            yield m.content_made[t], d.content_made[t]
            yield m.content_bought[t], d.content_bought[t]
