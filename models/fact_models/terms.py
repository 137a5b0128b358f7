"""The one nonlinear form of the program: ``y <= s phi(x / s)`` with phi concave and ``phi(0) >=
0``.

The mechanisms write such terms beside their linear rows; the certificate replaces them by
tangents. With the ratio ``r = x / s`` the tangent at ``r`` reads ``y <= phi'(r) x + (phi(r) - r
phi'(r)) s``: it needs one number, holds for all (x, s), and is exact along the whole ray.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fact_models.response import Exponential, Response

SATURATION = Exponential(kind="exponential", scale=1.0, rate_scale=1.0)
"""``1 - exp(-r)``: saturation, reach in a finite pool, calibration."""


@dataclass(frozen=True)
class Term:
    """One concave term; ``y``, ``x`` and ``s`` are affine expressions in the model's variables."""

    number: str
    """Number of the equation in models/MODEL.md."""
    index: tuple[Any, ...]
    y: Any
    x: Any
    s: Any
    phi: Response
    first: float
    """Smallest ratio at which tangents are placed (the inflection of an S-shaped curve)."""
    last: float
    """Largest ratio that the bounds allow."""


@dataclass(frozen=True)
class Shaped:
    """An S-shaped response: its pieces between ``cuts`` and the variables of each."""

    name: str
    curve: Response
    cuts: list[float]
    pieces: list[Any]
    parts: list[Any]


@dataclass
class Terms:
    """The concave terms of a model and its S-shaped responses, in the order in which they were
    written.
    """

    terms: list[Term] = field(default_factory=list)
    shaped: list[Shaped] = field(default_factory=list)

    def add(
        self,
        number: str,
        index: tuple[Any, ...],
        *,
        y: Any,
        x: Any,
        phi: Response,
        s: Any = 1.0,
        first: float = 0.0,
        last: float,
    ) -> None:
        """Write ``y <= s phi(x / s)`` for ratios in ``[first, last]``; any scale of ratios will do
        where ``last`` is 0.
        """
        self.terms.append(Term(number, index, y, x, s, phi, first, last if last > 0 else 1.0))

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)
