"""Records of Top-KOL: single big deals."""

from typing import Annotated, Literal

from pydantic import Field

from fact_models.quantity import LARGEST, Id, LineId, Names, RoleId, SegmentId, Share, Spec, Unit
from fact_models.spec.calendar import When

Gmv = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")]


class Outcome(Spec):
    """Paid GMV of a deal as three points of its distribution."""

    p10: Gmv
    """Value that is undercut in one case of ten."""
    p50: Gmv
    """Median."""
    p90: Gmv
    """Value that is exceeded in one case of ten."""

    def mean(self) -> float:
        """Expectation by the weights 0.3, 0.4, 0.3 (Swanson's rule)."""
        return 0.3 * self.p10 + 0.4 * self.p50 + 0.3 * self.p90


class Guarantee(Spec):
    """A KOL's promise of GMV per fee: where the session sells less, the fee comes back."""

    roi: Annotated[float, Field(gt=0, le=1e6), Unit("CNY/CNY")]
    """Paid GMV promised per unit of fee; at or above it nothing comes back."""
    returned: Share = 1.0
    """Part of the fee that comes back when the GMV stays below the promise."""
    pro_rata: bool = False
    """Whether that part is multiplied by the missing share of the promised GMV."""
    after: Annotated[int, Field(ge=0, le=52)]
    """Periods from the session until the money is there."""


class Deal(Spec):
    """An offer of a top KOL."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    fee: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")]
    """Slot fee."""
    deposit_share: Share = 1.0
    """Part of the fee that is paid at signing; the rest on the day."""
    lead: Annotated[int, Field(ge=0, le=52)]
    """Periods from signing to the session; signing cannot lie before the first period."""
    first: When
    """Earliest period of the session."""
    last: When
    """Latest period of the session."""
    agreed: When | None = None
    """Period of the session of a deal that is signed and whose deposit is paid; it is kept. Before
    the horizon: the session is over, and counts for spacing, exclusivity and the lowest price."""
    commission: Share
    """Share of the GMV kept after refunds."""
    discount: Annotated[float, Field(ge=0, le=0.9), Unit("1")] = 0.0
    """Share taken off the price in the session."""
    refund_pre_add: Annotated[float, Field(ge=0, le=0.9), Unit("1")] = 0.0
    """Added to the line's refund rate before shipment."""
    refund_post_add: Annotated[float, Field(ge=0, le=0.9), Unit("1")] = 0.0
    """Added to the line's refund rate after shipment."""
    gmv: Outcome
    """Paid GMV of the session."""
    guarantee: Guarantee | None = None
    """What comes back of the fee when the session sells less than promised."""
    acceptance: Annotated[float, Field(gt=0, le=1), Unit("1")] = 1.0
    """Chance that the KOL takes the deal; effects and fee are multiplied by it."""
    mix: dict[SegmentId, Share]
    """Shares of the orders over the segments; they sum to 1."""
    lines: dict[LineId, Share] = {}
    """Shares of the orders over the product lines; needed with more than one line."""
    visits_per_order: Annotated[float, Field(ge=1, le=1e5), Unit("visit/order")]
    """Visits in the session per order."""
    own_visits: dict[SegmentId, Annotated[float, Field(ge=0, le=LARGEST), Unit("visit")]] = {}
    """Visits that land in own rooms in the session's period at the mean outcome, by segment."""
    awareness: dict[SegmentId, Annotated[float, Field(ge=0, le=LARGEST), Unit("point")]] = {}
    """Awareness gained at the mean outcome, by segment."""
    contact_per_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")] = 0.0
    """Follow contacts for the merchant per visit in the session."""
    contact_per_order: Annotated[float, Field(ge=0, le=1), Unit("person/order")] = 0.0
    """Follow contacts for the merchant per order in the session."""
    crew: dict[RoleId, Annotated[float, Field(ge=0, le=1e5), Unit("hour")]] = {}
    """Staff hours in the session's period, by role."""
    stock_floor: dict[LineId, Annotated[float, Field(ge=0, le=LARGEST), Unit("item")]] = {}
    """Stock that must be there in the session's period, by product line."""
    exclusive_with: list[Annotated[Id, Names("kol.deals")]] = []
    """Deals that cannot be signed together with this one."""


class TopKol(Spec):
    """The deals on offer."""

    deals: Annotated[dict[Id, Deal], Field(min_length=1)]
    """Deals by id."""
    spacing: Annotated[int, Field(ge=0, le=52)] = 0
    """Fewest periods from one session to the next."""
    cash_outcome: Literal["p10", "p50", "p90", "mean"] = "p10"
    """Outcome that the cash rows count on; the objective counts on the mean."""
