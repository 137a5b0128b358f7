"""Sizes of the measurement errors and of the weekly shocks, and how well the weeks know them.

Sizes are set where the evidence of the linearised model is largest. A variance is believed
beforehand to be of a scaled inverse chi-square distribution; the weeks add degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from allocator.fit.history import Array
from allocator.fit.observed import KINDS
from allocator.fit.search import Linear, weight
from allocator.fit.weeks import Weeks

SETTLED = 0.05
"""Largest relative change of a size at which the alternation ends."""
INNER = 10
ERROR, SHOCK = 0.01, 0.02
"""Middle of the belief about the measurement errors and about the shocks. Assumed."""
PSEUDO = 2.0
"""Measurements that the belief about a size is worth. Assumed."""


@dataclass(frozen=True)
class Freedom:
    """Degrees of freedom of the chi-square distributions of the sizes, the belief's included.

    Attributes:
        errors: of the measurement errors by kind.
        shock: of the shocks.
    """

    errors: Array
    shock: float

    def scattered(
        self, errors: Array, shock: float, rng: np.random.Generator
    ) -> tuple[Array, float]:
        """Sizes as they may also be."""
        by = np.sqrt(self.errors / rng.chisquare(self.errors))
        return errors * by, float(shock * np.sqrt(self.shock / rng.chisquare(self.shock)))


def improved(
    weeks: Weeks, line: Linear, z: Array, errors: Array, shock: float
) -> tuple[Array, float, Array]:
    """Sizes that raise the evidence of the linearised model, and z that goes with them.

    MacKay's fixed point: a variance is its squared residuals over the figures that no unknown
    absorbed. A figure counts by the part of its variance that is measurement error, not chance in
    a count.
    """
    shocks = slice(weeks.dimension - weeks.sizes[2], None)
    kind, start = weeks.seen.kind, shock
    target = weeks.seen.logs - line.expected + line.slopes @ z
    part = errors[kind] ** 2 * weight(weeks, errors, line.expected)
    once, twice = _grams(line.slopes, kind, part), _grams(line.slopes, kind, part**2)
    scale = np.ones(z.size)
    for _ in range(INNER):
        scale[shocks] = shock / start
        precision = sum(g / e**2 for g, e in zip(once, errors, strict=True))
        solve = cho_factor(scale[:, None] * precision * scale + np.eye(z.size), lower=True)
        pull = line.slopes.T @ (part / errors[kind] ** 2 * target)
        z = cho_solve(solve, scale * pull)
        spread = cho_solve(solve, np.eye(z.size))
        off = (target - line.slopes @ (scale * z)) ** 2
        before = np.append(errors, shock)
        wide = scale[:, None] * spread * scale
        errors = np.array(
            [_error(off, part, kind == k, float((twice[k] * wide).sum()), e)
             for k, e in enumerate(errors)]
        )  # fmt: skip
        free = weeks.sizes[2] - float(np.trace(spread[shocks, shocks]))
        moved = float((z[shocks] ** 2).sum()) * shock**2
        shock = float(np.sqrt((moved + PSEUDO * SHOCK**2) / (free + PSEUDO)))
        if np.abs(np.append(errors, shock) / before - 1).max() < SETTLED / 3:
            break
    z[shocks] *= before[-1] / shock
    return errors, shock, z


def freedom(weeks: Weeks, line: Linear, errors: Array) -> Freedom:
    """How well the weeks know the sizes: Fisher's information about their logarithms.

    The linearised figures are normal around a belief; the information about the logarithm of one
    part of their variance is half a squared norm, and that of a chi-square distribution is half
    its degrees of freedom. What the unknowns could absorb, or counts scatter, is not counted.
    """
    kind, count = weeks.seen.kind, weeks.sizes[2]
    by = weight(weeks, errors, line.expected)
    slopes = np.sqrt(by)[:, None] * line.slopes
    spread = np.linalg.inv(slopes.T @ slopes + np.eye(line.slopes.shape[1]))
    part = errors[kind] * np.sqrt(by)
    known = []
    for k in range(len(KINDS)):
        mine = slopes[kind == k]
        left = np.eye(mine.shape[0]) - mine @ spread @ mine.T
        known.append(float(((part[kind == k, None] * left * part[kind == k]) ** 2).sum()))
    moved = float(((np.eye(count) - spread[-count:, -count:]) ** 2).sum())
    return Freedom(np.array(known) + PSEUDO, moved + PSEUDO)


def _error(off: Array, part: Array, mine: Array, absorbed: float, before: float) -> float:
    """Size of the measurement error of a kind, from its squared residuals."""
    if not mine.any():
        return before
    free = max(float(part[mine].sum()) - absorbed / before**2, 0.0)
    total = float((part[mine] ** 2 * off[mine]).sum()) + PSEUDO * ERROR**2
    return float(np.sqrt(total / (free + PSEUDO)))


def _grams(slopes: Array, kind: NDArray[np.intp], by: Array) -> list[Array]:
    """Weighted products of the slopes by kind."""
    found = []
    for k in range(len(KINDS)):
        mine = slopes[kind == k]
        found.append(np.asarray(mine.T @ (by[kind == k, None] * mine)))
    return found
