"""Records of the snowball: audience segments, what is deposited, what the recommender returns."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import LARGEST, Factor, Id, SegmentId, Share, Spec, Unit

People = Annotated[float, Field(ge=0, le=LARGEST), Unit("person")]
Visits = Annotated[float, Field(ge=0, le=LARGEST), Unit("visit")]
EndWorth = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/person")]


class Segment(Spec):
    """An audience segment: its stocks at the start and its rates per period."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    pool: Annotated[float, Field(gt=0, le=LARGEST), Unit("person")]
    """Addressable people (K)."""
    followers: People
    """Followers at the start (F)."""
    customers: People = 0.0
    """Active customers at the start (B)."""
    awareness: Annotated[float, Field(ge=0, le=LARGEST), Unit("point")] = 0.0
    """Awareness at the start (A)."""
    interest: People = 0.0
    """Interested people at the start (P)."""
    conversion: Annotated[float, Field(ge=0, le=1), Unit("order/visit")]
    """Orders per visit that is served (cr_lo)."""
    conversion_well: Annotated[float, Field(ge=0, le=1), Unit("order/visit")] | None = None
    """Orders per visit that is well received (cr_hi); the plain rate when left out."""
    conversion_interested: Annotated[float, Field(ge=0, le=1), Unit("order/visit")] | None = None
    """Orders per visit of an interested person who is harvested; the plain rate when left out."""
    follower_factor: Annotated[Factor, Field(ge=1)] = 1.0
    """Conversion of a returning follower relative to the plain rate."""
    calibration_gain: Annotated[float, Field(ge=0, le=1), Unit("order/visit")] = 0.0
    """Extra orders per visit that the platform matches precisely (delta)."""
    calibration_scale: Annotated[float, Field(gt=0, le=1e6), Unit("person/visit")] = 1.0
    """Followers per visit at which 63 % of the visits are matched precisely (nu)."""
    persistence: Share
    """Share of the recommended traffic that returns by itself (rho0)."""
    persistence_served: Share = 0.0
    """Share of the served recommended visits that returns because they were served (rho1)."""
    traffic_per_order: Annotated[float, Field(ge=0, le=1e6), Unit("visit/order")] = 0.0
    """Recommended visits next period per order of the own room (alpha)."""
    traffic_per_contact: Annotated[float, Field(ge=0, le=1e6), Unit("visit/person")] = 0.0
    """Recommended visits next period per follow contact of the own room (beta)."""
    traffic_per_follower: Annotated[float, Field(ge=0, le=1e3), Unit("visit/person")] = 0.0
    """Recommended visits per follower and period (kappa)."""
    traffic_per_awareness: Annotated[float, Field(ge=0, le=1e6), Unit("visit/point")] = 0.0
    """Recommended visits per awareness point and period (mu)."""
    contact_per_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")]
    """Follow contacts per own-room visit."""
    contact_per_order: Annotated[float, Field(ge=0, le=1), Unit("person/order")] = 0.0
    """Follow contacts per own-room order."""
    unfollow: Annotated[float, Field(ge=0, le=0.13), Unit("1")]
    """Share of the followers lost per period (chi); above 0.13 the finite-pool law is not
    monotone."""
    return_rate: Annotated[float, Field(ge=0, le=7), Unit("visit/person")] = 0.0
    """Own-room visits per follower and period (theta)."""
    new_customer_share: Annotated[float, Field(ge=0, le=1), Unit("person/order")] = 0.0
    """New customers per order that is not a repeat order."""
    customer_churn: Share = 0.0
    """Share of the customers lost per period."""
    repeat_rate: Annotated[float, Field(ge=0, le=7), Unit("order/person")] = 0.0
    """Repeat orders per customer and period."""
    end_worth_follower: EndWorth | None = None
    """What a follower left at the end is worth, in the unit of the goal; derived when left out."""
    end_worth_customer: EndWorth | None = None
    """What a customer left at the end is worth, in the unit of the goal; derived when left out."""
    end_worth_interest: EndWorth | None = None
    """What an interested person left at the end is worth, in the unit of the goal; derived when
    left out."""
    lookalike: dict[SegmentId, Annotated[float, Field(ge=0, le=1e6), Unit("visit/order")]] = {}
    """Recommended visits of this segment per own-room order of another segment."""


class Interest(Spec):
    """The pool of interested people (5A: A3), filled by seeding and drained by harvesting."""

    decay: Share
    """Share of the pool that loses interest per period."""
    per_boost_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")] = 0.0
    """Interested people per boosted visit."""
    per_creator_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")] = 0.0
    """Interested people per visit in a creator's room."""
    per_kol_visit: Annotated[float, Field(ge=0, le=1), Unit("person/visit")] = 0.0
    """Interested people per visit in a KOL's room."""
    per_awareness: Annotated[float, Field(ge=0, le=1e6), Unit("person/point")] = 0.0
    """Interested people per awareness point and period."""
    harvest_max: Share = 1.0
    """Largest share of the pool that can be harvested in a period."""
    dip_share: Share = 0.0
    """Share of a campaign's dip that the drained pool already explains; it is taken off it."""


class Shelf(Spec):
    """Search, mall and product cards: orders that follow from the rest."""

    per_follower: Annotated[float, Field(ge=0, le=1), Unit("order/person")] = 0.0
    """Shelf orders per follower and period."""
    per_awareness: Annotated[float, Field(ge=0, le=1e6), Unit("order/point")] = 0.0
    """Shelf orders per awareness point and period."""
    per_content_order: Annotated[float, Field(ge=0, le=10), Unit("1")] = 0.0
    """Shelf orders per order that content brings (own rooms, creators, KOL)."""


class Snowball(Spec):
    """Traffic, calibration and deposit of every segment."""

    model: Annotated[str, Field(pattern="^(snowball|funnel)$")] = "snowball"
    """``snowball``: the recommender answers; ``funnel``: natural traffic stays at today's level
    times season."""
    segments: Annotated[dict[Id, Segment], Field(min_length=1)]
    """Audience segments by id."""
    awareness_retention: Share = 0.0
    """Share of the awareness kept from one period to the next (omega)."""
    alliance_spill: Share = 0.0
    """Share of creators' orders that the recommender counts for the own rooms."""
    interest: Interest | None = None
    """The pool of interested people; none when left out."""
    shelf: Shelf | None = None
    """Shelf orders; none when left out."""
