"""What is best when several worlds may come true: four measures of the values in all of them.

A value is that of the maximised objective; a least cost counts as its negative. Every measure
rises with every value, so bounds of the worlds give a bound of the measure.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from allocator.matrix import Vector

Kind = Literal["expected", "cvar", "worst", "regret"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Measure:
    """A measure of values in worlds.

    Attributes:
        kind: ``expected`` value; ``cvar``, the mean over the worst ``tail`` of the chance;
            ``worst`` value; or the largest ``regret``.
        tail: share of the chance, in (0, 1].
    """

    kind: Kind = "expected"
    tail: float = 0.2

    def value(self, values: Vector, probability: Vector, best: Vector) -> float:
        """The measure of ``values`` [n].

        Args:
            values: of one plan in every world; minus infinity where it has none.
            probability: of the worlds.
            best: what is proved to be the most in each world. Regret is what a plan lacks of it;
                the measure is the mean of ``best`` less the largest regret, so that more is
                better and money is money.
        """
        if not np.all(np.isfinite(values)):
            return -np.inf
        if self.kind == "expected":
            return float(probability @ values)
        if self.kind == "worst":
            return float(values.min())
        if self.kind == "regret":
            return float(probability @ best - np.max(best - values))
        order = np.argsort(values)
        counted = np.clip(self.tail - np.cumsum(probability[order]) + probability[order], 0, None)
        weight = np.minimum(counted, probability[order])
        return float(weight @ values[order] / weight.sum())
