"""The plan of least violation: which rules of the user stand in the way when no plan satisfies
them all.

Every row that a user can set gets a slack that costs its share of the row's size; the rest stays
hard. A positive least cost proves that no plan exists, and the rows with slack name the conflict.
"""

import threading
from dataclasses import replace

import numpy as np
from scipy import sparse

from allocator.highs import Engine, Status
from allocator.matrix import Cuts, Matrix, Vector
from allocator.plan import Broken

RULES = {
    "money.budget": "budget over the horizon (money.budget)",
    "money.period_budget": "budget of a period (money.budget_per_period)",
    "money.lever_limits": "limits of a lever (money.levers)",
    "money.lever_share_floor": "smallest share of a lever (money.levers)",
    "money.lever_share_top": "largest share of a lever (money.levers)",
    "money.locked_cell": "locked cell (money.locked)",
    "money.profit_floor": "profit floor (money.profit_floor)",
    "money.roi_floor": "ROI floor (money.roi_floor)",
    "money.cash_floor": "cash floor (money.cash)",
    "staff.staff_limit": "hours of a role (staff.roles)",
    "staff.hires_limit": "hires over the horizon (staff.roles)",
    "staff.head_balance": "head count (staff.roles)",
    "goods.stock_limit": "stock (goods.lines)",
    "goods.stock_for_campaign": "stock when a campaign opens (stock_floor)",
    "goods.stock_for_deal": "stock for a session (stock_floor)",
    "field.shortest_hours": "fewest live hours (field.accounts)",
    "campaign.conflict": "campaigns that exclude each other",
    "objective.target": "target (objective.target)",
}
"""Rows that a user sets, by the component that writes them."""
CLASHES = 1e-6
"""Sum of the shares that fractions must break from which on they count as clashing."""
LAST = {"staff.head_balance"}
"""Rows that give way only if no other can: a law, in whose place a limit of heads is named."""


def least_violation(
    matrix: Matrix,
    column_scale: Vector,
    cuts: Cuts | None,
    *,
    periods: int,
    deadline: float,
    stop: threading.Event | None,
) -> tuple[Status, list[Broken]]:
    """Rules that the nearest plan breaks, largest shares first; an empty list if a plan was found
    after all.
    """
    broken: list[Broken] = []
    status = Status.INFEASIBLE
    for rules in (RULES.keys() - LAST, RULES.keys()):
        soft = [n for n, name in enumerate(matrix.row_names) if name.split("[")[0] in rules]
        status, broken = _nearest(matrix, column_scale, cuts, soft, periods, deadline, stop)
        if status is not Status.INFEASIBLE:
            break
    return status, broken


def _nearest(
    matrix: Matrix,
    column_scale: Vector,
    cuts: Cuts | None,
    soft: list[int],
    periods: int,
    deadline: float,
    stop: threading.Event | None,
) -> tuple[Status, list[Broken]]:
    """The plan of least violation of the rows ``soft``."""
    rows, width = matrix.rows, matrix.cost.size
    size = _row_size(matrix, soft)
    count = len(soft)
    extra = sparse.coo_array(
        (
            np.concatenate([np.ones(count), -np.ones(count)]),
            (np.array(soft * 2), np.arange(2 * count)),
        ),
        shape=(rows.shape[0], 2 * count),
    )
    grown = replace(
        matrix,
        cost=np.concatenate([np.zeros(width), -1.0 / np.tile(size, 2)]),
        lower=np.concatenate([matrix.lower, np.zeros(2 * count)]),
        upper=np.concatenate([matrix.upper, np.tile(10 * size, 2)]),
        integer=np.concatenate([matrix.integer, np.zeros(2 * count, dtype=bool)]),
        rows=sparse.csr_array(sparse.hstack([rows, extra], format="csr")),
        column_names=[*matrix.column_names, *(f"slack {n}" for n in range(2 * count))],
    )
    scale = np.concatenate([column_scale, 10.0 ** np.floor(np.log10(np.tile(size, 2)))])
    engine = Engine(grown, scale)
    if cuts is not None:
        held = sparse.csr_array(cuts.rows)
        shape = (held.shape[0], grown.cost.size)
        wide = sparse.csr_array((held.data, held.indices, held.indptr), shape=shape)
        engine.add_rows(Cuts(wide, cuts.lower, cuts.upper))
    # Where fractions clash already, what they break is told: a search in whole numbers would only
    # take longer.
    outcome = engine.solve_lp(deadline, stop)
    if outcome.status is Status.OPTIMAL and -outcome.bound <= CLASHES:
        outcome = engine.solve_mip(deadline, stop, gap=1e-2)
    if outcome.x is None:
        return outcome.status, []
    slack = outcome.x[width:].reshape(2, count).sum(axis=0)
    share = slack / size
    order = [int(n) for n in np.argsort(-share) if share[n] > 1e-6]
    return outcome.status, [_broken(matrix.row_names[soft[n]], slack[n], periods) for n in order]


def _row_size(matrix: Matrix, soft: list[int]) -> Vector:
    """Natural size of the rows: the largest term that their bounds allow."""
    reach = np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))
    part = abs(matrix.rows[soft]).multiply(reach)
    largest = np.asarray(sparse.csr_array(part).max(axis=1).todense(), dtype=np.float64)
    return np.asarray(np.maximum(largest.ravel(), 1e-6))


def _broken(name: str, amount: float, periods: int) -> Broken:
    component, _, rest = name.partition("[")
    index = rest.rstrip("]").split(",") if rest else []
    if index and index[-1].isdigit() and int(index[-1]) < periods:
        return Broken(RULES[component], ", ".join(index[:-1]), int(index[-1]), float(amount))
    return Broken(RULES[component], ", ".join(index), None, float(amount))
