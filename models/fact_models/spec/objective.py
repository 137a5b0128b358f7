"""Record of the objective."""

from typing import Annotated, Literal

from pydantic import Field

from fact_models.quantity import LARGEST, Spec, Unit

Goal = Literal["gmv", "net_gmv", "profit", "cost"]


class Objective(Spec):
    """What the plan is for."""

    goal: Goal = "gmv"
    """Most paid GMV, most GMV kept after refunds, most contribution, or least cost of a target."""
    target: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY")] | None = None
    """Paid GMV to be reached; needed with the goal ``cost``."""
    discount_rate: Annotated[float, Field(ge=0, le=0.5), Unit("1")] = 0.0
    """Discount per period."""
    terminal: bool = True
    """Whether followers, customers, interest, traffic and creators left at the end count."""
    terminal_periods: Annotated[int, Field(ge=1, le=52)] = 13
    """Periods after the horizon over which they count."""
