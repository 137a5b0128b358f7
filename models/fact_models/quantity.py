"""Quantities: what every number of an instance is measured in.

A field of an instance file is described once, here and in the ``Spec`` records: its bounds, its
unit and its meaning serve the file format, its JSON schema, the documentation and the unit test.
Units are products and quotients of the base dimensions in ``BASE``; a period is the step of time
and carries no dimension.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

BASE = ("CNY", "visit", "order", "person", "hour", "creator", "head", "content", "point", "item")
"""Base dimensions: money, visits, orders, people, staff or live hours, creators, heads, content
units, awareness points, stocked items.
"""


@dataclass(frozen=True)
class Unit:
    """Unit of a field: ``Unit("CNY/order")``, ``Unit("1")`` for a pure number.

    ``of`` is a product of base dimensions with at most one ``/``; several factors are joined by
    ``*``.
    """

    of: str

    def exponents(self) -> dict[str, int]:
        """Exponent of every base dimension in this unit.

        Raises:
            ValueError: the text names something that is not in ``BASE``.
        """
        powers: dict[str, int] = {}
        for sign, side in zip((1, -1), self.of.split("/"), strict=False):
            for factor in side.split("*"):
                if factor.strip() == "1":
                    continue
                if factor.strip() not in BASE:
                    raise ValueError(f"unknown dimension {factor!r} in unit {self.of!r}")
                powers[factor.strip()] = powers.get(factor.strip(), 0) + sign
        return {d: p for d, p in powers.items() if p}


@dataclass(frozen=True)
class Names:
    """What an id names: ``Names("snowball.segments")`` for the key of a segment.

    ``of`` is the path of the table that holds it, with ``*`` for any key.
    """

    of: str


class Spec(BaseModel):
    """A record of an instance file: closed, immutable, finite, every number with a unit."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        strict=True,
    )


LARGEST = 1e12
"""Largest number in an instance file; doubles cannot hold the plan's tolerance beyond it."""

Share = Annotated[float, Field(ge=0, le=1), Unit("1")]
"""A share between 0 and 1."""
Factor = Annotated[float, Field(ge=0, le=100), Unit("1")]
"""A multiplier of something else."""
Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
"""Name of an entity: a Latin letter, then letters, digits, underscores; at most 40 characters."""
SegmentId = Annotated[Id, Names("snowball.segments")]
"""Name of an audience segment."""
RoleId = Annotated[Id, Names("staff.roles")]
"""Name of a role."""
LineId = Annotated[Id, Names("goods.lines")]
"""Name of a product line."""
