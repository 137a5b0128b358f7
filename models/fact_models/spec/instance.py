"""The instance: everything a plan depends on, in one closed record."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from fact_models.faults import FaultError
from fact_models.quantity import Id, Share, Spec, Unit
from fact_models.spec.alliance import Alliance
from fact_models.spec.calendar import Calendar, Season, When
from fact_models.spec.campaign import Campaigns
from fact_models.spec.checks import faults
from fact_models.spec.current import Current
from fact_models.spec.field import Field as FieldLever
from fact_models.spec.goods import Goods
from fact_models.spec.kol import TopKol
from fact_models.spec.money import Lever, Money
from fact_models.spec.objective import Objective
from fact_models.spec.scenario import Scenario
from fact_models.spec.snowball import Snowball
from fact_models.spec.staff import Staff


class Merchant(Spec):
    """Standing on the platform."""

    score: Annotated[float, Field(ge=0, le=100), Unit("1")] = 100.0
    """Experience score."""
    new_until: When | None = None
    """Last period in which the platform treats the merchant as new."""


class Instance(Spec):
    """An instance file. Amounts are in one currency, per period unless a field says otherwise."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    """Name of the instance; names its output folder."""
    note: Annotated[str, Field(max_length=4000)] = ""
    """What the instance is."""
    assumed: list[Annotated[str, Field(min_length=1, max_length=400)]] = []
    """Figures that are assumed rather than known; shown with every plan."""
    currency: Annotated[str, Field(min_length=1, max_length=20)] = "CNY"
    """Unit of every amount of money in the file, for labels."""
    calendar: Calendar
    """The horizon."""
    merchant: Merchant = Merchant()
    """Standing on the platform."""
    season: list[Season] = []
    """Spans of the calendar in which the market is not ordinary."""
    snowball: Snowball
    """Audience segments, traffic, deposit."""
    goods: Goods
    """Product lines."""
    field: FieldLever | None = None
    """Own live rooms and short videos; the lever is not built when left out."""
    alliance: Alliance | None = None
    """The creator matrix; the lever is not built when left out."""
    campaign: Campaigns | None = None
    """Platform promotions; the lever is not built when left out."""
    kol: TopKol | None = None
    """Top-KOL deals; the lever is not built when left out."""
    staff: Staff | None = None
    """The team; work costs neither hours nor wages when left out."""
    money: Money = Money()
    """Budget, fees, cash."""
    objective: Objective = Objective()
    """What the plan is for."""
    scenarios: dict[Id, Scenario] = {}
    """Ways in which figures may turn out, for `score` and `hedge`; a plan is made for the figures
    as written."""
    current: Current | None = None
    """The plan at hand, which other plans are compared with; it limits nothing."""
    last_year: dict[Lever, Share] = {}
    """Shares of the four levers in last year's spend; plans are compared with the same split."""

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        found = faults(self)
        if found:
            raise FaultError(tuple(found))
        return self
