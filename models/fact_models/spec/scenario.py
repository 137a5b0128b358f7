"""Records of doubt: other values that figures of the file may turn out to have."""

from typing import Annotated

from pydantic import Field

from fact_models.quantity import LARGEST, Factor, Spec, Unit

Place = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_*]+(\.[A-Za-z0-9_*]+)*$")
]
"""Steps from the top of the file to a number, joined by dots; ``*`` is any name."""


class Change(Spec):
    """A figure that differs in a scenario."""

    at: Place
    """Where it stands in the file: `snowball.segments.young.conversion`; `*` for every name."""
    value: Annotated[float, Field(ge=-LARGEST, le=LARGEST), Unit("1")] | None = None
    """What it is there, in its own unit."""
    times: Factor | None = None
    """What it is multiplied by there."""


class Scenario(Spec):
    """One way in which the figures may turn out; what it does not name is as written."""

    label: Annotated[str, Field(max_length=80)] = ""
    """Name for reports."""
    probability: Annotated[float, Field(gt=0, le=1), Unit("1")]
    """Chance of it; those of all scenarios sum to 1."""
    changes: list[Change] = []
    """Figures that differ."""
