"""Records of Campaign: platform promotions in calendar windows."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import (
    LARGEST,
    Factor,
    Id,
    LineId,
    Names,
    RoleId,
    SegmentId,
    Share,
    Spec,
    Unit,
)
from fact_models.spec.calendar import When


class Package(Spec):
    """A way of taking part."""

    fee: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")] = 0.0
    """Paid in the sign-up period."""
    discount: Annotated[float, Field(ge=0, le=0.9), Unit("1")] = 0.0
    """Share taken off the price in own rooms, on the days of the window."""
    uplift: Factor = 1.0
    """Own-room orders per visit relative to an ordinary day, on the days of the window."""
    visits: dict[SegmentId, Annotated[float, Field(ge=0, le=LARGEST), Unit("visit")]] = {}
    """Extra visits in a full period of the window, by segment."""
    crew: dict[RoleId, Annotated[float, Field(ge=0, le=1e5), Unit("hour")]] = {}
    """Staff hours in a full period of the window, by role."""
    awareness: dict[SegmentId, Annotated[float, Field(ge=0, le=LARGEST), Unit("point")]] = {}
    """Awareness gained over the whole window, by segment."""
    stock_floor: dict[LineId, Annotated[float, Field(ge=0, le=LARGEST), Unit("item")]] = {}
    """Stock that must be there when the window opens, by product line."""


class Dip(Spec):
    """Orders that the campaign moves from the periods beside it."""

    factor: Share
    """Own-room orders per visit relative to an ordinary period."""
    periods: Annotated[int, Field(ge=1, le=8)]
    """Length."""


class Campaign(Spec):
    """A platform promotion."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    first: When
    """First day, week or period of the window."""
    last: When
    """Last day, week or period of the window."""
    signup_by: When | None = None
    """Last period in which one can sign up; the period before the window when left out."""
    packages: Annotated[dict[Id, Package], Field(min_length=1)]
    """Packages by id; at most one is taken."""
    joined: Annotated[Id, Names("campaign.campaigns.*.packages")] | None = None
    """Package already signed, which the plan keeps."""
    min_score: Annotated[float, Field(ge=0, le=100), Unit("1")] = 0.0
    """Experience score that the platform asks for."""
    open_to_new: bool = True
    """Whether a merchant in its new-merchant period may join."""
    pre_dip: Dip | None = None
    """Dip in the periods before the window, if the campaign is joined."""
    post_dip: Dip | None = None
    """Dip in the periods after the window, if the campaign is joined."""
    conflicts: list[Annotated[Id, Names("campaign.campaigns")]] = []
    """Campaigns that cannot be joined together with this one."""
    price_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Days before the window in which a deeper KOL price excludes a package (lowest price)."""


class Campaigns(Spec):
    """The promotions on offer."""

    campaigns: Annotated[dict[Id, Campaign], Field(min_length=1)]
    """Campaigns by id."""
    separation: Annotated[int, Field(ge=0, le=52)] = 0
    """Fewest periods between the end of a joined campaign and the start of the next joined one."""
