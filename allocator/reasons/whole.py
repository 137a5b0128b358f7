"""A plan's whole numbers as columns of the program: openings, levels, offers, packages, deals, the
team, lots, and the pieces of S-shaped curves.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.highs import Indices
from allocator.matrix import Vector
from allocator.variants.placing import integer_columns
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
    x = integer_columns(program, arrays, decisions)
    for variable, value in _pieces(program, known, decisions):
        column = arrays.column_of.get(id(variable))
        if column is not None:
            x[column] = np.rint(value)
    columns = np.flatnonzero(arrays.matrix.integer)
    missing = columns[np.isnan(x[columns])]
    assert not missing.size, [arrays.matrix.column_names[n] for n in missing]
    return columns, x[columns]


def _pieces(program: Program, known: Facts, d: Decisions) -> Iterator[tuple[Any, float]]:
    """The piece of every S-shaped curve on which the plan sits; none where it puts nothing in."""
    for response in program.terms.shaped:
        at, cuts = input_of(known, response, d), response.cuts
        slack = EDGE * cuts[-1]
        last = len(response.pieces) - 1
        here = -1 if at <= slack else min(int(np.searchsorted(cuts, at + slack)) - 1, last)
        for n, piece in enumerate(response.pieces):
            yield piece, float(n == here)
