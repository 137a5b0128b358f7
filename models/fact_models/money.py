"""Money: spend by lever, commission, refunds, the settlement pipeline, cash and its floor.

Equations (MO.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/money.py.
"""

from dataclasses import dataclass
from typing import Any, get_args

import pyomo.environ as pyo

from fact_models.parameters import Parameters
from fact_models.spec.money import Lever, Money

LEVERS: tuple[str, ...] = get_args(Lever)


@dataclass(frozen=True)
class Takings:
    """Linear expressions by period that the channels and the goods offer."""

    gmv: dict[int, Any]
    kept: dict[int, Any]
    commission: dict[str, dict[int, Any]]
    """By lever."""
    goods: dict[int, Any]
    logistics: dict[int, Any]
    purchases: dict[int, Any]
    """What goods cost in cash."""
    receipts_gap: dict[int, Any]
    """Receipts at the cash outcome less those at the mean."""
    costs_gap: dict[int, Any]
    """Goods and logistics in cash at the cash outcome less those at the mean."""
    fee_back: dict[int, Any]
    """Fees of KOLs that are expected back, by period of the session."""
    fee_back_in_cash: dict[int, Any]
    """Fees that come back at the cash outcome, when the money is there."""
    most: float
    """Largest GMV of a period."""
    most_cost: float
    """Largest cost of goods and logistics of a period."""
    most_back: float
    """Most that is expected back of the fees of a period."""


@dataclass(frozen=True)
class Outlays:
    """What the levers and the team take, by period."""

    cash_out: dict[str, dict[int, Any]]
    labour: dict[str, dict[int, Any]]
    """Hours of the lever at the roles' hourly rates."""
    team: dict[int, Any]
    """Wages, overtime, outsourcing, hiring, severance."""
    most: float
    """Largest spend of a period."""


def build(b: Any, spec: Money, p: Parameters, *, takings: Takings, outlays: Outlays) -> None:
    """Write the mechanism on ``b``. It offers gmv, net_gmv, spend and contribution by period."""
    _sums(b, spec, p, takings, outlays)
    _budget(b, spec, p)
    if spec.cash:
        _cash(b, spec, p, takings, outlays)


def _sums(b: Any, spec: Money, p: Parameters, takings: Takings, outlays: Outlays) -> None:
    """GMV, what is kept of it, commission and spend, as variables so that each stands in the
    program once.
    """
    times, kept_share = list(p.periods), 1 - spec.platform_fee - spec.tax_other
    b.sold_before = spec.past.gmv
    b.gmv = pyo.Var(times, bounds=(0, takings.most), doc="gmv [CNY]")
    b.net_gmv = pyo.Var(times, bounds=(0, takings.most), doc="net_gmv [CNY]")
    b.spend = pyo.Var(LEVERS, times, bounds=(0, outlays.most), doc="spend [CNY]")
    b.team = pyo.Var(times, bounds=(-outlays.most, outlays.most), doc="team [CNY]")
    lost = takings.most_cost + outlays.most + spec.overhead
    earned = takings.most + takings.most_back
    b.margin = pyo.Var(times, bounds=(-lost, earned), doc="contribution [CNY]")

    @b.Constraint(times, doc="(MO.1) paid GMV")
    def gmv_sum(b, t):
        return b.gmv[t] == takings.gmv[t]

    @b.Constraint(times, doc="(MO.2) GMV kept after refunds")
    def net_gmv_sum(b, t):
        return b.net_gmv[t] == takings.kept[t]

    @b.Expression(times, doc="(MO.3) commission")
    def commission(b, t):
        return sum(part[t] for part in takings.commission.values())

    @b.Expression(LEVERS, times, doc="(MO.4) labour of a lever")
    def labour(b, lever, t):
        return outlays.labour[lever][t]

    @b.Constraint(LEVERS, times, doc="(MO.5) spend of a lever")
    def lever_spend(b, lever, t):
        commission = takings.commission[lever][t] if lever in takings.commission else 0.0
        return b.spend[lever, t] == outlays.cash_out[lever][t] + commission + b.labour[lever, t]

    @b.Constraint(times, doc="(MO.6) team beyond the levers")
    def team_spend(b, t):
        return b.team[t] == outlays.team[t] - sum(b.labour[lever, t] for lever in LEVERS)

    @b.Expression(times)
    def total_spend(b, t):
        return sum(b.spend[lever, t] for lever in LEVERS) + b.team[t]

    @b.Constraint(times, doc="(MO.15) contribution")
    def contribution(b, t):
        cost = takings.goods[t] + takings.logistics[t] + b.total_spend[t] + spec.overhead
        return b.margin[t] == kept_share * b.net_gmv[t] + takings.fee_back[t] - cost


def _budget(b: Any, spec: Money, p: Parameters) -> None:
    """Limits of the budget, of levers, of profit and of ROI."""
    times = list(p.periods)
    if spec.budget is not None:

        @b.Constraint(doc="(MO.7) budget")
        def budget(b):
            return sum(b.total_spend[t] for t in times) + spec.past.spend() <= spec.budget

    if spec.budget_per_period is not None:

        @b.Constraint(times, doc="(MO.8) budget of a period")
        def period_budget(b, t):
            return b.total_spend[t] <= spec.budget_per_period

    def lever_total(b: Any, lever: str) -> Any:
        return sum(b.spend[lever, t] for t in times) + getattr(spec.past, lever)

    @b.Constraint(list(spec.levers), doc="(MO.9) limits of a lever")
    def lever_limits(b, lever):
        limits = spec.levers[lever]
        return pyo.inequality(limits.min, lever_total(b, lever), limits.max)

    floors = [k for k, limits in spec.levers.items() if limits.share_min > 0]
    tops = [k for k, limits in spec.levers.items() if limits.share_max < 1]

    def of_all(b: Any, share: float) -> Any:
        return share * sum(lever_total(b, lever) for lever in LEVERS)

    @b.Constraint(floors, doc="(MO.10) smallest share of a lever")
    def lever_share_floor(b, lever):
        return lever_total(b, lever) >= of_all(b, spec.levers[lever].share_min)

    @b.Constraint(tops, doc="(MO.10) largest share of a lever")
    def lever_share_top(b, lever):
        return lever_total(b, lever) <= of_all(b, spec.levers[lever].share_max)

    cells = {(k.lever, p.locked[n]): k.spend for n, k in enumerate(spec.locked)}

    @b.Constraint(list(cells), doc="(MO.11) locked cell")
    def locked_cell(b, lever, t):
        return b.spend[lever, t] == cells[lever, t]

    if spec.profit_floor is not None:

        @b.Constraint(doc="(MO.16) profit floor")
        def profit_floor(b):
            earned = sum(b.margin[t] for t in times) + spec.past.contribution
            return earned >= spec.profit_floor

    if spec.roi_floor is not None:

        @b.Constraint(doc="(MO.17) ROI floor")
        def roi_floor(b):
            spend = sum(b.total_spend[t] for t in times) + spec.past.spend()
            sold = sum(b.gmv[t] for t in times) + spec.past.gmv
            return sold >= spec.roi_floor * spend


def _cash(b: Any, spec: Money, p: Parameters, takings: Takings, outlays: Outlays) -> None:
    """Receipts arrive late, costs at once; cash may not fall below its floor."""
    times, cash = list(p.periods), spec.cash
    assert cash is not None
    kept_share = 1 - spec.platform_fee - spec.tax_other
    luck = max([1.0, *(session.cash_ratio for session in p.sessions.values())])
    due = sum(abs(amount) for amount in cash.receivables)
    due += sum(session.fee_back_in_cash for session in p.sessions.values())
    most = abs(cash.opening) + cash.drawn + due + luck * takings.most * len(times)
    lost = takings.most_cost + outlays.most + spec.overhead
    # Below the floor there is room: the row of the floor alone stands in the way of a plan.
    least = cash.floor - cash.credit - most - lost * len(times)
    b.cash = pyo.Var(times, bounds=(least, most), doc="cash [CNY]")
    b.drawn = pyo.Var(times, bounds=(0, cash.credit), doc="drawn [CNY]")

    @b.Expression(times, doc="(MO.12) receipts")
    def receipts(b, t):
        found = cash.receivables[t] if t < len(cash.receivables) else 0.0
        found += takings.fee_back_in_cash[t]
        for n, share in enumerate(spec.settlement):
            if share > 0 and t - n >= 0:
                earned = kept_share * b.net_gmv[t - n] - b.commission[t - n]
                found += share * (earned + takings.receipts_gap[t - n])
        return found

    @b.Constraint(times, doc="(MO.13) cash balance")
    def cash_balance(b, t):
        before = b.cash[t - 1] if t else cash.opening
        paid = b.total_spend[t] - b.commission[t] + spec.overhead
        paid += takings.purchases[t] + takings.logistics[t] + takings.costs_gap[t]
        interest = cash.interest * (b.drawn[t - 1] if t else cash.drawn)
        return b.cash[t] == before + b.receipts[t] - paid - interest

    @b.Constraint(times, doc="(MO.14) cash floor")
    def cash_floor(b, t):
        return b.cash[t] + b.drawn[t] >= cash.floor
