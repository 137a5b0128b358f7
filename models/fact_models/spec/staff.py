"""Records of Staff: roles, hiring, hours."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import LARGEST, Factor, Id, RoleId, Share, Spec, Unit

PerHead = Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/head")]


class Role(Spec):
    """People who do the same work."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    heads: Annotated[float, Field(ge=0, le=100000), Unit("head")]
    """Heads at the start; fully trained but for those in ``learning``."""
    joining: list[Annotated[int, Field(ge=0, le=100000), Unit("head")]] = []
    """Heads hired before the horizon who begin in the first, second, ... period; not in
    ``heads``."""
    learning: list[Annotated[int, Field(ge=0, le=100000), Unit("head")]] = []
    """Heads who began one, two, ... periods before the first; in ``heads``."""
    wage: PerHead
    """Loaded cost of a head per period."""
    hours: Annotated[float, Field(gt=0, le=1000), Unit("hour/head")]
    """Productive hours of a trained head per period."""
    hires_max: Annotated[int, Field(ge=0, le=100000), Unit("head")] = 0
    """Most hires decided in a period."""
    hires_total: Annotated[int, Field(ge=0, le=100000), Unit("head")] | None = None
    """Most hires over the horizon."""
    hire_lead: Annotated[int, Field(ge=0, le=52)] = 2
    """Periods from the decision to the first day."""
    hire_cost: PerHead = 0.0
    """Paid per hire when decided."""
    ramp: list[Share] = []
    """Productivity in the first, second, ... period on the job; 1 afterwards."""
    attrition: Share = 0.0
    """Share of the heads that leaves per period."""
    leaves_max: Annotated[int, Field(ge=0, le=100000), Unit("head")] = 0
    """Most dismissals decided in a period; they take effect in the next."""
    severance: PerHead = 0.0
    """Paid per dismissal."""
    heads_min: Annotated[float, Field(ge=0, le=100000), Unit("head")] = 0.0
    """Fewest heads."""
    heads_max: Annotated[float, Field(ge=0, le=100000), Unit("head")] | None = None
    """Most heads."""
    overtime_share: Share = 0.0
    """Overtime hours per regular hour, at most."""
    overtime_factor: Annotated[Factor, Field(ge=1)] = 1.5
    """Pay of an overtime hour relative to a regular one."""
    outsource_max: Annotated[float, Field(ge=0, le=1e6), Unit("hour")] = 0.0
    """Most outsourced hours in a period."""
    outsource_price: Annotated[float, Field(ge=0, le=LARGEST), Unit("CNY/hour")] = 0.0
    """Price of an outsourced hour."""
    covers: dict[RoleId, Annotated[float, Field(gt=0, le=1), Unit("1")]] = {}
    """Other roles whose work this role can do, with its efficiency there."""


class Staff(Spec):
    """The team."""

    roles: Annotated[dict[Id, Role], Field(min_length=1)]
    """Roles by id."""
    hire_every: Annotated[int, Field(ge=1, le=26)] = 1
    """Hiring is decided in every n-th period."""
    hire_elapsed: Annotated[int, Field(ge=0, le=25)] = 0
    """Periods since hiring was last decided; 0: it is decided in the first period."""
    order_hours: dict[RoleId, Annotated[float, Field(ge=0, le=100), Unit("hour/order")]] = {}
    """Staff hours per order of any channel (customer service, packing), by role."""
