"""Records of Money: budget, cash, settlement."""

from typing import Annotated, Literal

from pydantic import Field

from fact_models.quantity import LARGEST, Share, Spec, Unit
from fact_models.spec.calendar import When

Amount = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")]
Lever = Literal["field", "alliance", "campaign", "kol"]
"""The four levers of the FACT matrix."""


class LeverBudget(Spec):
    """Limits of one lever's spend over the horizon."""

    min: Amount = 0.0
    """At least this much."""
    max: Amount | None = None
    """At most this much."""
    share_min: Share = 0.0
    """At least this share of all four levers' spend."""
    share_max: Share = 1.0
    """At most this share of all four levers' spend."""


class Locked(Spec):
    """A cell of the budget that is already decided."""

    lever: Lever
    """The lever."""
    period: When
    """The period."""
    spend: Amount
    """Its spend in that period."""


class Cash(Spec):
    """Liquidity."""

    opening: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")]
    """Cash on hand at the start."""
    floor: Amount = 0.0
    """Cash to keep."""
    credit: Amount = 0.0
    """Credit line."""
    interest: Annotated[float, Field(ge=0, le=1), Unit("1")] = 0.0
    """Interest per period on drawn credit."""
    drawn: Amount = 0.0
    """Credit drawn before the horizon; its interest is due in the first period."""
    receivables: list[Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")]] = []
    """Receipts of earlier sales in the first, second, ... period."""


class Past(Spec):
    """What earlier periods took of limits over the whole horizon, and brought towards them."""

    field: Amount = 0.0
    """Spend of Field."""
    alliance: Amount = 0.0
    """Spend of Alliance."""
    campaign: Amount = 0.0
    """Spend of Campaign."""
    kol: Amount = 0.0
    """Spend of Top-KOL."""
    team: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")] = 0.0
    """Spend of the team beyond the levers."""
    gmv: Amount = 0.0
    """Paid GMV."""
    contribution: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")] = 0.0
    """Contribution."""

    def spend(self) -> float:
        """Spend of the levers and the team."""
        return self.field + self.alliance + self.campaign + self.kol + self.team


class Money(Spec):
    """Budget, fees, settlement, cash."""

    budget: Amount | None = None
    """Budgeted spend over the horizon, at most."""
    budget_per_period: Amount | None = None
    """Budgeted spend in a period, at most."""
    levers: dict[Lever, LeverBudget] = {}
    """Limits by lever."""
    locked: list[Locked] = []
    """Cells already decided."""
    past: Past = Past()
    """Earlier periods that budget, limits of the levers, profit and ROI floor and the target
    count too."""
    platform_fee: Share = 0.0
    """Share of the GMV kept after refunds."""
    tax_other: Share = 0.0
    """Taxes and other shares of the GMV kept after refunds."""
    overhead: Amount = 0.0
    """Fixed cost per period outside the budget."""
    settlement: Annotated[list[Share], Field(min_length=1, max_length=27)] = [1.0]
    """Shares of the receipts that arrive 0, 1, 2, ... periods after the order; they sum to 1."""
    cash: Cash | None = None
    """Liquidity rows; none is built when left out."""
    profit_floor: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("CNY")] | None = None
    """Contribution over the horizon, at least."""
    roi_floor: Annotated[float, Field(ge=0, le=1000), Unit("1")] | None = None
    """GMV per unit of budgeted spend over the horizon, at least."""
