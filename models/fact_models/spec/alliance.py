"""Records of Alliance: creator tiers and the offers they work under."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import LARGEST, Factor, Id, Names, RoleId, SegmentId, Share, Spec, Unit
from fact_models.response import Curve

Creators = Annotated[float, Field(ge=0, le=1e9), Unit("creator")]


class Offer(Spec):
    """Terms that the creators of a tier work under."""

    commission: Share
    """Share of the GMV kept after refunds."""
    service_fee: Share = 0.0
    """Agent's share of the GMV kept after refunds."""
    churn: Share
    """Share of the pool lost per period."""
    supply: Creators
    """Most creators that work under these terms."""
    activation: Annotated[float, Field(ge=0, le=1), Unit("creator/item")]
    """Creators that join per sample sent."""
    effort: Factor = 1.0
    """Visits relative to the tier's curve."""


class Tier(Spec):
    """A group of creators of like reach."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    pool: Creators
    """Co-operating creators at the start."""
    visits: Curve
    """Visits in creators' rooms from the number of creators; concave, since audiences overlap."""
    mix: dict[SegmentId, Share]
    """Shares of the visits over the segments; they sum to 1."""
    conversion: dict[SegmentId, Annotated[float, Field(ge=0, le=1), Unit("order/visit")]]
    """Orders per visit in creators' rooms, by segment."""
    discount: Annotated[float, Field(ge=0, le=0.9), Unit("1")] = 0.0
    """Share taken off the price in creators' rooms."""
    offers: Annotated[dict[Id, Offer], Field(min_length=1)]
    """Offers by id; one holds at a time."""
    current_offer: Annotated[Id, Names("alliance.tiers.*.offers")]
    """Offer in force today."""
    current_samples: Annotated[float, Field(ge=0, le=1e9), Unit("item")] = 0.0
    """Samples sent in an ordinary week today; those under way at the start arrive at this rate."""
    arriving: list[Creators] | None = None
    """Creators won before the horizon who join at the end of the first, second, ... period; of
    the samples of an ordinary week today when left out."""
    end_worth: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/creator")] | None = None
    """What a creator left at the end is worth, in the unit of the goal; derived when left out."""
    samples_max: Annotated[float, Field(ge=0, le=1e9), Unit("item")]
    """Most samples in a period."""
    sample_cost: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/item")]
    """Goods and freight of a sample."""
    lead: Annotated[int, Field(ge=0, le=26)] = 2
    """Periods from a sample to the first sale, beyond the next period."""
    crew_sample: dict[RoleId, Annotated[float, Field(ge=0, le=1e4), Unit("hour/item")]] = {}
    """Staff hours per sample, by role."""
    crew_upkeep: dict[RoleId, Annotated[float, Field(ge=0, le=1e4), Unit("hour/creator")]] = {}
    """Staff hours per co-operating creator and period, by role."""
    attraction: Annotated[float, Field(ge=0, le=1), Unit("creator/order")] = 0.0
    """Creators that join per creator order, because the product sells."""
    awareness_pull: Annotated[float, Field(ge=0, le=1e6), Unit("creator/point")] = 0.0
    """Creators that join per awareness point and period."""
    contact_per_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")] = 0.0
    """Follow contacts for the merchant per visit in a creator's room."""
    contact_per_order: Annotated[float, Field(ge=0, le=1), Unit("person/order")] = 0.0
    """Follow contacts for the merchant per creator order."""

    def won_before(self, t: int) -> float:
        """Creators who join at the end of period ``t``, within the lead, because of samples sent
        before the horizon.
        """
        if self.arriving is None:
            return self.offers[self.current_offer].activation * self.current_samples
        return self.arriving[t] if t < len(self.arriving) else 0.0


class Alliance(Spec):
    """The creator matrix."""

    tiers: Annotated[dict[Id, Tier], Field(min_length=1)]
    """Tiers by id."""
    contract_periods: Annotated[int, Field(ge=1, le=52)] = 4
    """Periods for which an offer is kept before it can change."""
    contract_elapsed: Annotated[int, Field(ge=0, le=51)] = 0
    """Periods of the contract block under way that have passed; until it ends, the current offers
    hold. 0: a block begins with the horizon."""
