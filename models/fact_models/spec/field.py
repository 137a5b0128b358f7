"""Records of Field: own accounts, their reception, boosts, content and own-room discounts."""

from typing import Annotated, Literal

from pydantic import Field as F

from fact_models.quantity import LARGEST, Factor, Id, RoleId, SegmentId, Share, Spec, Unit
from fact_models.response import Curve
from fact_models.spec.calendar import When

Visits = Annotated[float, F(ge=0, le=LARGEST), Unit("visit")]
Money = Annotated[float, F(ge=0, le=LARGEST), Unit("CNY")]
Hours = Annotated[float, F(ge=0, le=1e6), Unit("hour")]
Crew = dict[RoleId, Annotated[float, F(ge=0, le=1e3), Unit("1")]]


class Slot(Spec):
    """A part of the day."""

    hours_max: Annotated[float, F(gt=0, le=1e4), Unit("hour")]
    """Live hours that fit into the slot in a period."""
    factor: Factor = 1.0
    """Visits that can be received per hour, relative to an ordinary slot."""


class Quality(Spec):
    """Well-received visits: what skilled hours add to plain reception."""

    curve: Curve
    """Well-received visits from skilled hours; concave."""
    hours_max: Hours
    """Most skilled hours in a period."""
    crew: Crew
    """Staff hours per skilled hour, by role."""


class Account(Spec):
    """An own account with its live room."""

    label: Annotated[str, F(max_length=80)] = ""
    """Name for reports."""
    type: Literal["flagship", "category", "persona"]
    """Kind of account."""
    open: bool = True
    """Whether the account exists at the start."""
    opening_cost: Money = 0.0
    """Paid when the opening is decided."""
    opening_lead: Annotated[int, F(ge=0, le=52)] = 2
    """Periods from the decision to the first live hour."""
    opening_first: When | None = None
    """Earliest period of the decision."""
    opens: When | None = None
    """Period from which an account is open whose opening is decided and paid already; only for an
    account that is not open."""
    fixed_cost: Money = 0.0
    """Paid per period while the account is open."""
    traffic: dict[SegmentId, Visits] = {}
    """Recommended visits of the first period, by segment (R); for an open account."""
    cold_start: dict[SegmentId, Visits] = {}
    """Exploration visits that the platform gives an open account per period (r0)."""
    saturation: dict[SegmentId, Annotated[float, F(gt=0, le=LARGEST), Unit("visit")]]
    """Scale at which recommended traffic saturates (Rbar), by segment."""
    ceiling: dict[SegmentId, Visits]
    """Most recommended visits in a period, by segment."""
    share: Share = 1.0
    """Share of the followers' and the awareness's traffic that lands here; at most 1 over the
    accounts."""
    conversion_factor: Factor = 1.0
    """Conversion relative to the segment's rate."""
    hours_min: Hours = 0.0
    """Fewest live hours in a period with any."""
    hours_max: Annotated[float, F(gt=0, le=1e4), Unit("hour")]
    """Most live hours in a period."""
    reception: Curve
    """Visits that can be received from live hours; concave or S-shaped."""
    slots: dict[Id, Slot] = {}
    """Parts of the day; one ordinary slot of ``hours_max`` when empty."""
    crew: Crew = {}
    """Staff hours per live hour, by role."""
    quality: Quality | None = None
    """Skilled hours; no visit is well received without them when left out."""
    current_hours: Hours = 0.0
    """Live hours of an ordinary week today."""
    end_worth: dict[SegmentId, Annotated[float, F(ge=0, le=LARGEST), Unit("CNY/visit")]] = {}
    """What a recommended visit left at the end is worth, by segment, in the unit of the goal;
    derived from the status quo when empty."""


class Boost(Spec):
    """A paid channel that sends visits into the own rooms."""

    label: Annotated[str, F(max_length=80)] = ""
    """Name for reports."""
    curve: Curve
    """Visits from spend per period; with ``per_content``, visits per content unit from spend per
    content unit."""
    per_content: bool = False
    """Whether fresh content carries the channel: visits <= stock x curve(spend / stock)."""
    spend_max: Annotated[float, F(ge=0, le=LARGEST), Unit("CNY")]
    """Most spend in a period."""
    mix: dict[SegmentId, Share]
    """Shares of the visits over the segments; they sum to 1."""
    conversion_factor: Factor = 1.0
    """Conversion of a boosted visit relative to the plain rate."""
    crew: dict[RoleId, Annotated[float, F(ge=0, le=1), Unit("hour/CNY")]] = {}
    """Staff hours per unit of spend, by role."""
    current_spend: Money = 0.0
    """Spend of an ordinary week today."""


class Content(Spec):
    """Short videos: a stock that decays."""

    stock: Annotated[float, F(ge=0, le=1e9), Unit("content")]
    """Units that work at the start."""
    decay: Share
    """Share of the stock that wears out per period."""
    made_max: Annotated[float, F(ge=0, le=1e9), Unit("content")]
    """Most units made in a period."""
    crew: dict[RoleId, Annotated[float, F(ge=0, le=1e4), Unit("hour/content")]]
    """Staff hours per unit made, by role."""
    bought_max: Annotated[float, F(ge=0, le=1e9), Unit("content")] = 0.0
    """Most units bought in a period."""
    price: Annotated[float, F(ge=0, le=LARGEST), Unit("CNY/content")] = 0.0
    """Price of a bought unit."""
    current_made: Annotated[float, F(ge=0, le=1e9), Unit("content")] = 0.0
    """Units made in an ordinary week today."""


class Discount(Spec):
    """A discount level of the own rooms; one level holds in every period."""

    depth: Annotated[float, F(ge=0, le=0.9), Unit("1")]
    """Share taken off the price."""
    uplift: Factor
    """Orders relative to no discount."""


class Field(Spec):
    """Own live rooms and short videos."""

    accounts: dict[Id, Account] = {}
    """Accounts by id, open or not yet."""
    accounts_max: Annotated[int, F(ge=0, le=100)] | None = None
    """Most accounts open at once."""
    boosts: dict[Id, Boost] = {}
    """Paid channels by id."""
    content: Content | None = None
    """Short videos; needed by boosts with ``per_content``."""
    discounts: dict[Id, Discount] = {}
    """Discount levels by id; none of the own-room pricing is built when empty."""
    overlap: dict[SegmentId, Curve] = {}
    """Distinct visits from the summed visits of all rooms, by segment; concave, at most the sum
    itself."""
