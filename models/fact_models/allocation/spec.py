"""Records of an allocation: what a caller of ``allocator.allocate`` or a file asks for."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from fact_models.faults import FaultError
from fact_models.quantity import LARGEST, Share, Spec, Unit
from fact_models.response import Curve

Name = Annotated[str, Field(min_length=1, max_length=80)]
"""Name of a channel, group or target: any text."""
Amount = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")]
Multiple = Annotated[float, Field(ge=0, le=1000), Unit("1")]
Series = Annotated[list[Amount], Field(min_length=1, max_length=520)] | Amount
MOST_PERIODS = 520
MOST_LAGS = 104


class Limits(Spec):
    """Least and most spend: in a period, over the horizon, as a share of the budget."""

    min: Amount = 0.0
    """At least this much in every period."""
    max: Amount | None = None
    """At most this much in every period."""
    total_min: Amount = 0.0
    """At least this much over the horizon."""
    total_max: Amount | None = None
    """At most this much over the horizon."""
    share_min: Share = 0.0
    """At least this share of the budget."""
    share_max: Share = 1.0
    """At most this share of the budget."""


class Bounds(Limits):
    """Limits of one channel; a pair ``[min, max]`` is short for its two first fields."""

    current: Amount | None = None
    """Spend of a period today, which the two multiples refer to."""
    current_min: Multiple = 0.0
    """At least this many times ``current`` in every period."""
    current_max: Multiple | None = None
    """At most this many times ``current`` in every period."""

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) == 2:
            return {"min": 0.0 if value[0] is None else value[0], "max": value[1]}
        return value


class Group(Limits):
    """Limits of several channels together."""

    channels: Annotated[list[Name], Field(min_length=1)]
    """Channels of the group."""


class Periods(Spec):
    """The horizon; a whole number is short for ``count`` alone."""

    count: Annotated[int, Field(ge=1, le=MOST_PERIODS), Unit("1")] = 1
    """Number of periods."""
    min: Series = 0.0
    """Spend of a period, all channels together, at least; one number or one a period."""
    max: Series | None = None
    """Spend of a period, all channels together, at most; one number or one a period."""
    weight: Annotated[list[Multiple], Field(max_length=MOST_PERIODS)] = []
    """What a response of each period counts, such as a season; 1 when left out."""
    tail: Annotated[int, Field(ge=0, le=MOST_LAGS), Unit("1")] = 0
    """Periods after the last in which what is carried over still counts, nothing being spent."""

    @model_validator(mode="before")
    @classmethod
    def _from_count(cls, value: Any) -> Any:
        return {"count": value} if isinstance(value, int) else value


class Carryover(Spec):
    """Geometric carry-over; a number is short for ``rate`` alone."""

    rate: Annotated[float, Field(ge=0, le=0.99), Unit("1")]
    """Share of a period's effect that is left one period later."""
    lags: Annotated[int, Field(ge=0, le=MOST_LAGS), Unit("1")] | None = None
    """Periods after which nothing is left; never when left out."""
    normalised: bool = False
    """Whether the weights over all lags add up to 1."""
    before: Annotated[list[Amount], Field(max_length=MOST_LAGS)] = []
    """Spend of the periods before the first, the latest last."""

    @model_validator(mode="before")
    @classmethod
    def _from_rate(cls, value: Any) -> Any:
        return {"rate": value} if isinstance(value, int | float) else value


class Target(Spec):
    """A target that several channels work on together; its curve saturates their sum."""

    curve: Curve
    """Value of the joint pressure."""
    effect: Annotated[dict[Name, Annotated[float, Field(ge=0, le=LARGEST)]], Field(min_length=1)]
    """Pressure per unit of spend, by channel."""
    min: Amount = 0.0
    """Spend on it, all channels and periods together, at least."""
    max: Amount | None = None
    """Spend on it, all channels and periods together, at most."""


class Request(Spec):
    """Curves, budget and rules. Amounts are in one currency, values in the unit of the curves."""

    name: Name = "allocation"
    """Name, for the output."""
    currency: Annotated[str, Field(max_length=20)] = "CNY"
    """Unit of every amount."""
    curves: Annotated[dict[Name, Curve], Field(max_length=20_000)] = {}
    """Response curve of every channel: value of a period's spend. None beside ``targets``."""
    budget: Amount | None = None
    """Spend over the horizon, at most; needed unless every channel has a ``max``."""
    bounds: dict[Name, Bounds] = {}
    """Limits by channel."""
    groups: dict[Name, Group] = {}
    """Limits of several channels together."""
    min_if_active: dict[Name, Amount] = {}
    """Least spend of a channel in a period in which it spends at all."""
    fixed_cost: dict[Name, Amount] = {}
    """Paid from the budget in every period in which the channel spends at all."""
    periods: Periods = Periods()
    """The horizon."""
    carryover: dict[Name, Carryover] = {}
    """Carry-over by channel."""
    targets: dict[Name, Target] = {}
    """Targets that channels share; their curves take the place of ``curves``."""
    integer: dict[Name, Annotated[float, Field(gt=0, le=LARGEST), Unit("CNY")]] = {}
    """Channels whose spend is a whole multiple of this unit."""

    @property
    def channels(self) -> list[str]:
        """Names of the channels in their order."""
        if not self.targets:
            return list(self.curves)
        return list(dict.fromkeys(c for target in self.targets.values() for c in target.effect))

    @model_validator(mode="after")
    def _rules(self) -> Self:
        from fact_models.allocation.checks import faults

        found = list(faults(self))
        if found:
            raise FaultError(found)
        return self
