"""Tighter constants for the modes: how many orders a period can really bring.

The row (CA.7) switches a mode with the most orders that reception and traffic allow, which is
several times what budget and team leave. One linear program a period finds the most orders of any
plan better than the one at hand; the sum of a mode's orders is then bounded by that number times
its switch, (CA.13). Measured in docs/decisions/0002-mode-constants.md.
"""

import threading
import time
from collections.abc import Callable

import numpy as np
from scipy import sparse

from allocator.handover import Handover
from allocator.highs import Engine, Status
from allocator.matrix import Cuts, Vector
from fact_models.program import Program

LOOSE = 1e-6
"""Share added to a maximum found by a solver with tolerances."""


def mode_constants(
    program: Program,
    handover: Handover,
    tangents: Cuts,
    *,
    lower: float,
    deadline: float,
    stop: threading.Event | None,
    tick: Callable[[], None],
) -> Cuts | None:
    """Rows (CA.13) for every period with a choice of modes; None if there is none.

    Args:
        program: the built program.
        handover: its arrays.
        tangents: rows for its concave terms.
        lower: value of a plan at hand; only better plans are bounded. ``-inf`` bounds all.
        deadline: value of ``time.monotonic()`` to end at; periods not reached get no row.
        stop: set by anyone who wants the end.
        tick: called after every period.
    """
    p, m = program.parameters, program.model
    many = [t for t in p.periods if len(p.modes[t]) > 1] if program.instance.field else []
    if not many:
        return None
    matrix = handover.matrix
    engine = Engine(matrix, handover.column_scale)
    engine.add_rows(tangents)
    if np.isfinite(lower):
        value = sparse.csr_array(matrix.cost[None, :])
        engine.add_rows(Cuts(value, np.array([lower]), np.array([np.inf])))
    rows: list[Vector] = []
    rooms = [(a, s) for a in p.ids.accounts for s in p.ids.segments]
    for t in many:
        cost = np.zeros(matrix.cost.size)
        cost[[handover.column_of[id(m.field.base_orders[a, s, t])] for a, s in rooms]] = 1.0
        engine.set_cost(cost)
        outcome = engine.solve_lp(deadline, stop)
        tick()
        if outcome.status is not Status.OPTIMAL or time.monotonic() > deadline:
            break
        most = max(outcome.bound, 0.0) * (1 + LOOSE)
        for n in range(len(p.modes[t])):
            row = np.zeros(matrix.cost.size)
            row[[handover.column_of[id(m.modes.mode_orders[a, s, n, t])] for a, s in rooms]] = 1.0
            row[handover.column_of[id(m.modes.mode[n, t])]] = -most
            rows.append(row)
    if not rows:
        return None
    return Cuts(sparse.csr_array(np.array(rows)), np.full(len(rows), -np.inf), np.zeros(len(rows)))
