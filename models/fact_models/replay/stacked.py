"""Facts of many instances with the same names, one above the other: the first axis, d, counts
the instances.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.known import Facts
from fact_models.response import Curve, Piecewise

Read = Callable[[Facts], Array]


def stacked(known: Sequence[Facts], read: Read) -> Array:
    """What ``read`` finds in every instance [d,...]."""
    return np.array([read(k) for k in known], dtype=np.float64)


class Curves:
    """The same curve of every instance, whose parameters may differ."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        first = curves[0]
        self._groups: list[tuple[Curve, Array | slice]] = []
        if all(curve == first for curve in curves):
            self._groups = [(first, slice(None))]
        elif all(type(curve) is type(first) for curve in curves) and not isinstance(
            first, Piecewise
        ):
            self._groups = [(_joined(curves), slice(None))]
        else:
            self._groups = [(curve, np.array([d])) for d, curve in enumerate(curves)]

    def perspective(self, x: Array, scale: Array) -> Array:
        """scale f(x / scale) [d], and 0 where ``scale`` is 0."""
        held = scale > 0
        ratio = np.divide(x, scale, out=np.zeros_like(x), where=held)
        found = np.empty_like(x)
        for curve, at in self._groups:
            found[at] = curve.value(ratio[at])
        return np.where(held, scale * found, 0.0)


def _joined(curves: Sequence[Curve]) -> Curve:
    """One curve whose parameters are arrays [d]: its formula then works entry by entry."""
    first = curves[0]
    names = [name for name in type(first).model_fields if name != "kind"]
    parameters: dict[str, Any] = {
        name: np.array([getattr(curve, name) for curve in curves]) for name in names
    }
    return first.model_copy(update=parameters)


def curves_of(known: Sequence[Facts], read: Callable[[Facts], Sequence[Curve]]) -> list[Curves]:
    """The curves of an axis, each stacked over the instances."""
    rows = [read(k) for k in known]
    return [Curves([row[n] for row in rows]) for n in range(len(rows[0]))]
