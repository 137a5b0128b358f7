"""Week by week: every period is planned for its own sales, with the money that is left for it."""

import numpy as np
from scipy import sparse

from allocator.decoding import decode
from allocator.highs import Indices
from allocator.labels import Label
from allocator.matrix import Cuts, Vector
from allocator.variants.desk import Desk, controls_of
from allocator.variants.sketches import NO_TIME, Ground, Sketch
from fact_models.decisions import Decisions
from fact_models.money import LEVERS
from fact_models.replay import replay

COUNTED = {"gmv": "gmv", "net_gmv": "net_gmv", "profit": "margin"}
"""What a period counts, by goal."""
CONTROLS = ("hours", "skilled", "boost_spend", "content_made", "content_bought", "samples")
"""Variables that are settled when their period is over."""
TOGETHER = 4
"""Periods that one linear program settles."""
BEFORE = 20.0
"""Weight of a period against the one after it: the earlier one comes first."""
TOLERANCE = 1e-3
"""Violation of a term from which on a period is planned once more with its tangents."""

CURVED = Label(
    "weeks on their own are not planned with S-shaped curves", "含 S 形曲线，无法逐周单独规划"
)
STUCK = Label("today's team and choices cannot carry every week", "现有团队与选择无法支撑每一周")
"""Why it cannot be made."""


def myopic(g: Ground, start: Decisions) -> Sketch:
    """Every period in turn takes the most of the goal in that very period, out of an even part of
    the money that is left or of what it spends today; what pays later is not begun.

    Args:
        g: the instance.
        start: whole-number choices to keep: campaigns and deals by the rule of thumb.
    """
    desk = g.desk
    integers = desk.placed(start)
    if np.isnan(integers[desk.whole]).any():
        return Sketch(start, fault=CURVED)
    polisher = desk.polisher([])
    polisher.fix(desk.whole, integers)
    engine, periods = polisher.engine, g.parameters.ids.periods
    spend = _spend_rows(desk, periods)
    first, none = engine.rows, np.full(periods, np.inf)
    engine.add_rows(Cuts(spend, -none, none))
    states = replay(g.instance, start, accept="greedy", known=g.known)
    today, left = np.sum(list(states.spend.values()), axis=0), g.budget
    x: Vector | None = None
    for t in range(0, periods, TOGETHER):
        weeks = np.arange(t, min(t + TOGETHER, periods))
        money = np.maximum(today[weeks], left / (periods - t))
        rows = (first + weeks).astype(np.int32)
        engine.set_cost(_goal(desk, weeks))
        # Wages fall due whatever is sold: weeks that cannot keep to their money take more.
        for sides in (money, none[weeks]):
            engine.set_row_bounds(rows, -none[weeks], sides)
            outcome = polisher.relaxation.settle(desk.deadline, desk.stop)
            if outcome.x is not None and polisher.relaxation.cut(outcome.x, TOLERANCE):
                outcome = polisher.relaxation.settle(desk.deadline, desk.stop)
            if outcome.x is not None or desk.halted():
                break
        x = outcome.x
        if x is None:
            return Sketch(start, fault=NO_TIME if desk.halted() else STUCK)
        left -= float((spend[weeks] @ x).sum())
        columns = _columns(desk, set(weeks.tolist()))
        settled = np.clip(x, desk.arrays.matrix.lower, desk.arrays.matrix.upper)[columns]
        engine.set_bounds(columns, settled, settled)
    assert x is not None
    return Sketch(start, controls_of(desk, decode(desk.program, desk.arrays, x)))


def _goal(desk: Desk, weeks: Indices) -> Vector:
    """What the periods count, the first one most."""
    cost = np.zeros(desk.arrays.matrix.cost.size)
    counted = getattr(desk.program.model.money, COUNTED[desk.instance.objective.goal])
    for n, t in enumerate(weeks):
        cost[desk.arrays.column_of[id(counted[int(t)])]] = BEFORE**-n
    return cost


def _spend_rows(desk: Desk, periods: int) -> sparse.csr_array:
    """Spend of every period as rows over the columns."""
    money, at = desk.program.model.money, desk.arrays.column_of
    rows, columns = [], []
    for t in range(periods):
        for variable in (*(money.spend[k, t] for k in LEVERS), money.team[t]):
            if id(variable) in at:
                rows.append(t)
                columns.append(at[id(variable)])
    shape = (periods, desk.arrays.matrix.cost.size)
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _columns(desk: Desk, weeks: set[int]) -> Indices:
    """Columns of the controls of some periods."""
    found = []
    for n, name in enumerate(desk.arrays.matrix.column_names):
        head, _, rest = name.partition("[")
        block, _, variable = head.partition(".")
        if block in ("field", "alliance") and variable in CONTROLS:
            found += [n] if int(rest.rstrip("]").rsplit(",", 1)[-1]) in weeks else []
    return np.array(found, dtype=np.intp)
