"""A good first plan by rolling through the calendar: whole numbers now, relaxed later, fixed before.

The relaxed future keeps every law, so each window sees what the snowball returns; only its whole numbers are left to the next
window. What is found is a start for the tree, never a bound.
"""

import math
import re
import threading
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocator.handover import Handover
from allocator.highs import Engine
from allocator.matrix import Cuts, Vector
from fact_models.program import Program

TOTALS = ("kol.signed", "field.opened", "staff.hired")
"""Integers that sum up others over the horizon; they are settled last."""
WINDOW = 13
"""Periods whose integers are decided together."""
OVERLAP = 4
"""Periods beyond the window whose integers are decided with it and once more with the next one."""
WINDOW_GAP = 0.004
"""Relative gap at which a window stops."""


def rolled_start(
    program: Program,
    handover: Handover,
    tangents: Cuts,
    *,
    deadline: float,
    stop: threading.Event,
    seed: int,
) -> Vector | None:
    """Integer values of a plan decided window by window; None if a window found none in time."""
    decided = decided_in(program, handover)
    integer = handover.matrix.integer
    periods = program.parameters.ids.periods
    firsts = range(0, periods, WINDOW)
    lower, upper = handover.matrix.lower.copy(), handover.matrix.upper.copy()
    x: Vector | None = None
    for n, first in enumerate(firsts):
        last = first + WINDOW + (OVERLAP if first + WINDOW < periods else 0)
        now = integer & (decided >= first) & (decided < last)
        if not now.any() and x is not None:
            continue
        window = replace(handover.matrix, lower=lower, upper=upper, integer=now)
        engine = Engine(window, handover.column_scale, seed=seed)
        engine.add_rows(tangents)
        end = time.monotonic() + (deadline - time.monotonic()) / (len(firsts) - n)
        outcome = engine.solve_mip(min(end, deadline), stop, gap=WINDOW_GAP)
        if outcome.x is None:
            return None
        x = outcome.x
        fixed = integer & (decided < first + WINDOW)
        lower[fixed] = upper[fixed] = np.rint(x[fixed])
    return x


def decided_in(program: Program, handover: Handover) -> NDArray[np.int64]:
    """Period in which every integer column is decided; packages and offers when they begin."""
    p = program.parameters
    found = np.zeros(handover.matrix.cost.size, dtype=np.int64)
    blocks = program.instance.alliance.contract_periods if program.instance.alliance else 1
    pieces = {
        handover.column_of[id(v)]: int(response.name.rstrip("]").split(",")[-1])
        for response in program.terms.shaped
        for v in response.pieces
    }
    for n in np.flatnonzero(handover.matrix.integer):
        component, _, rest = handover.matrix.column_names[n].partition("[")
        index = [part.strip("'") for part in re.split(",", rest.rstrip("]"))]
        if component in TOTALS:
            found[n] = p.ids.periods - 1
        elif n in pieces:
            found[n] = pieces[int(n)]
        elif component == "campaign.package":
            entry = p.entries[index[0], index[1]]
            found[n] = max(entry.first if entry.signup is None else entry.signup, 0)
        elif component == "alliance.choice":
            found[n] = int(index[-1]) * blocks
        else:
            found[n] = int(index[-1])
    return found


def worth_rolling(program: Program, handover: Handover) -> bool:
    """Whether there are more whole numbers than one window holds."""
    many = int(handover.matrix.integer.sum()) > 40
    return many and program.parameters.ids.periods > math.ceil(1.5 * WINDOW)
