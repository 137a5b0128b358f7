"""Records of Current: the plan that is at hand before this program made one."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import Id, Names, Spec
from fact_models.spec.calendar import When
from fact_models.spec.money import Amount, Lever


class CurrentSpend(Spec):
    """What the plan at hand spends on a lever in every period of a span."""

    lever: Lever
    """The lever."""
    spend: Amount
    """Its spend in each period of the span: cash out, commission and labour."""
    first: When = 1
    """First period of the span."""
    last: When | None = None
    """Last period of the span; the last of the horizon without one."""


class CurrentPackage(Spec):
    """A campaign that the plan at hand joins."""

    campaign: Annotated[Id, Names("campaign.campaigns")]
    """The campaign."""
    package: Id
    """Its package."""


class CurrentDeal(Spec):
    """A deal that the plan at hand signs."""

    deal: Annotated[Id, Names("kol.deals")]
    """The deal."""
    period: When
    """Period of its session."""


class Current(Spec):
    """The plan at hand. It limits nothing; other plans are compared with it.

    Levers without a spend go on as today; packages and deals that it does not name are not taken.
    """

    spend: Annotated[list[CurrentSpend], Field(max_length=2000)] = []
    """Spend by lever and span; where two spans overlap the later entry counts."""
    joins: list[CurrentPackage] = []
    """Campaigns that it joins."""
    signs: list[CurrentDeal] = []
    """Deals that it signs."""
