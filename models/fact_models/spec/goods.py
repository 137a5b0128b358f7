"""Records of Goods: product lines, their unit economics, their stock."""

from typing import Annotated, Literal

from pydantic import Field

from fact_models.quantity import LARGEST, Factor, Id, Share, Spec, Unit

PerOrder = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/order")]
Channel = Literal["field", "alliance", "shelf", "repeat"]
"""Where an order comes from; a KOL deal carries its own shares of lines."""


class Stock(Spec):
    """Goods on hand and on order; without this record goods are bought when they are sold."""

    opening: Annotated[float, Field(ge=0, le=LARGEST), Unit("item")]
    """Items on hand at the start."""
    arriving: list[Annotated[float, Field(ge=0, le=LARGEST), Unit("item")]] = []
    """Items ordered and paid before the horizon that can be sold from the first, second, ...
    period on; not in ``opening``."""
    lead: Annotated[int, Field(ge=0, le=52)]
    """Periods from order to arrival; what is ordered in t can be sold in t + lead."""
    purchase_max: Annotated[float, Field(ge=0, le=LARGEST), Unit("item")]
    """Most items ordered in a period."""
    lot: Annotated[float, Field(gt=0, le=LARGEST), Unit("item")] | None = None
    """Size of a purchase lot; any quantity when left out."""


class Line(Spec):
    """A product line."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    price: Annotated[float, Field(gt=0, le=LARGEST), Unit("CNY/order")]
    """Average order value before any discount."""
    unit_cost: PerOrder
    """Cost of the goods of an order."""
    refund_pre: Share = 0.0
    """Share of the paid orders refunded before shipment."""
    refund_post: Share = 0.0
    """Share of the paid orders refunded after shipment."""
    writeoff: Share = 0.0
    """Share of the goods' cost lost on a return."""
    shipping: PerOrder = 0.0
    """Parcel and packing of a shipped order."""
    insurance: PerOrder = 0.0
    """Return-freight insurance of a shipped order."""
    handling: PerOrder = 0.0
    """Handling of a returned order."""
    conversion_factor: Factor = 1.0
    """Orders relative to the segment's conversion."""
    share_min: dict[Channel, Share] = {}
    """Smallest share of the line in a channel's unweighted orders."""
    share_max: dict[Channel, Share] = {}
    """Largest share of the line in a channel's unweighted orders."""
    stock: Stock | None = None
    """Goods on hand; bought as they are sold when left out."""


class Goods(Spec):
    """What is sold."""

    lines: Annotated[dict[Id, Line], Field(min_length=1)]
    """Product lines by id."""
