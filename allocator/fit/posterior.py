"""The posterior: its mode by scipy's trust region, its shape by the curvature there.

The model is smooth and nearly linear in z around the mode, so the posterior of z is close to a
normal distribution whose precision is the Gauss-Newton matrix. Sizes of the measurement errors and
of the shocks are set where the evidence of the linearised model is largest.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import OptimizeResult, minimize

from allocator.fit.history import Array
from allocator.fit.observed import KINDS
from allocator.fit.weeks import Weeks

STEP = 1e-4
"""Step of the differences along z."""
ROUNDS = 6
"""Most alternations between mode and sizes of the errors."""
SETTLED = 0.05
"""Largest relative change of a size at which the alternation ends."""
INNER = 10
MOST_STEPS = 12
GAIN, PATIENCE = 0.2, 2
"""A search ends when so many steps together lower its sum by less than this."""
ERROR, SHOCK = 0.03, 0.02
"""Middle of the belief about the measurement errors and about the shocks. Assumed."""
PSEUDO = 2.0
"""Measurements that the belief about a size is worth."""
WARM_UP = ((0.3, 0.05, 4.0), (0.1, 0.05, 12.0))
"""Measurement error, shock and sharpness of the searches before: where it is unclear which weeks
were full, they keep the first one from deciding too early."""
LEAST_ERROR = 0.02
"""Least measurement error: what the laws leave out of a week. Assumed."""
FREEDOM = 8
"""Degrees of freedom of the draws. Assumed."""
LEAST = 0.002
"""Least size of the shocks."""


@dataclass(frozen=True)
class Posterior:
    """The distribution of z around its mode.

    Attributes:
        mode: [d].
        factor: lower Cholesky factor of the precision [d,d].
        errors: standard deviations of the measurement errors by kind, as shares.
        shock: standard deviation of the weekly shocks to traffic.
        settled: whether the sizes settled.
    """

    mode: Array
    factor: Array
    errors: dict[str, float]
    shock: float
    settled: bool

    def draws(self, count: int, seed: int) -> Array:
        """Joint draws of z [count,d].

        The sizes of errors and shocks are known only roughly, so draws are of Student's
        distribution with ``FREEDOM`` degrees of freedom, a little wider than the normal one.
        """
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((self.mode.size, count))
        noise /= np.sqrt(rng.chisquare(FREEDOM, count) / FREEDOM)
        moved = solve_triangular(self.factor, noise, lower=True, trans="T")
        return np.asarray((self.mode[:, None] + moved).T)


class _Linear:
    """Expected figures and their slopes around a point."""

    def __init__(self, weeks: Weeks, z: Array, shock: float, sharpness: float | None) -> None:
        points = np.concatenate([z[None], z + STEP * np.eye(z.size)])
        found = weeks.expected(points, shock, sharpness)
        self.expected = found[0]
        self.slopes = (found[1:] - found[0]).T / STEP
        """[m,d]."""


class _Search:
    """The minimum of half the squared residuals plus half the squared z, for given sizes."""

    def __init__(self, weeks: Weeks, errors: Array, shock: float, sharpness: float | None) -> None:
        self.weeks, self.shock, self.sharpness = weeks, shock, sharpness
        self.errors = errors
        self.at: tuple[bytes, _Linear] | None = None
        self.fixed = np.zeros(0)

    def lowest(self, z: Array) -> Array:
        """The minimum near z, as far as steps lower the sum by more than ``GAIN``.

        The sum is one of squares: its weights are those at z. Where reception begins to bind the
        laws have kinks, so a gradient of 0 is not waited for.
        """
        self.fixed = weight(self.weeks, self.errors, self.linear(z).expected)
        best = [self.value(z)]

        def slow(intermediate_result: OptimizeResult) -> None:
            best.append(min(best[-1], float(intermediate_result.fun)))
            if len(best) > PATIENCE and best[-1 - PATIENCE] - best[-1] < GAIN:
                raise StopIteration

        found = minimize(
            self.value,
            z,
            jac=self.gradient,
            hess=self.curvature,
            method="trust-exact",
            callback=slow,
            options={"maxiter": MOST_STEPS, "gtol": 1e-2, "initial_trust_radius": 3.0},
        )
        return np.asarray(found.x)

    def value(self, z: Array) -> float:
        """The sum at z."""
        expected = self.weeks.expected(z[None], self.shock, self.sharpness)[0]
        off = self.weeks.seen.logs - expected
        return 0.5 * float(self.fixed @ off**2 + z @ z)

    def linear(self, z: Array) -> _Linear:
        """Slopes at z, kept until z moves."""
        key = z.tobytes()
        if self.at is None or self.at[0] != key:
            self.at = (key, _Linear(self.weeks, z, self.shock, self.sharpness))
        return self.at[1]

    def gradient(self, z: Array) -> Array:
        """Slope of the sum."""
        line = self.linear(z)
        off = self.weeks.seen.logs - line.expected
        return np.asarray(z - line.slopes.T @ (self.fixed * off))

    def curvature(self, z: Array) -> Array:
        """Gauss-Newton matrix of the sum."""
        slopes = self.linear(z).slopes
        return np.asarray(slopes.T @ (self.fixed[:, None] * slopes) + np.eye(z.size))


def weight(weeks: Weeks, errors: Array, expected: Array) -> Array:
    """1 / variance of the logarithm of every figure."""
    return np.asarray(1 / (errors[weeks.seen.kind] ** 2 + np.exp(-expected)))


def posterior(weeks: Weeks, progress: Callable[[int], None] | None = None) -> Posterior:
    """The posterior of a history.

    Args:
        weeks: the history as a state-space model.
        progress: is told the number of each alternation.
    """
    z = np.zeros(weeks.dimension)
    errors, shock = np.full(len(KINDS), ERROR), SHOCK
    for error, moved, sharpness in WARM_UP:
        z = _Search(weeks, np.full(len(KINDS), error), moved, sharpness).lowest(z)
        z[-weeks.sizes[2] :] *= moved / shock
    settled = False
    for n in range(ROUNDS):
        if progress is not None:
            progress(n + 1)
        search = _Search(weeks, errors, shock, None)
        z = search.lowest(z)
        line = search.linear(z)
        before = np.append(errors, shock)
        errors, shock, z = _sizes(weeks, line, z, errors, shock)
        change = np.abs(np.append(errors, shock) / before - 1).max()
        if change < SETTLED:
            settled = True
            break
    line = _Linear(weeks, z, shock, None)
    w = weight(weeks, errors, line.expected)
    precision = line.slopes.T @ (w[:, None] * line.slopes)
    factor = np.linalg.cholesky(precision + np.eye(z.size))
    named = dict(zip(KINDS, map(float, errors), strict=True))
    return Posterior(z, factor, named, float(shock), settled)


def _sizes(
    weeks: Weeks, line: _Linear, z: Array, errors: Array, shock: float
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
        shock = max(float(np.sqrt((moved + PSEUDO * SHOCK**2) / (free + PSEUDO))), LEAST)
        if np.abs(np.append(errors, shock) / before - 1).max() < SETTLED / 3:
            break
    z[shocks] *= before[-1] / shock
    return errors, shock, z


def _error(off: Array, part: Array, mine: Array, absorbed: float, before: float) -> float:
    """Size of the measurement error of a kind, from its squared residuals."""
    if not mine.any():
        return before
    free = max(float(part[mine].sum()) - absorbed / before**2, 0.0)
    total = float((part[mine] ** 2 * off[mine]).sum()) + PSEUDO * ERROR**2
    return max(float(np.sqrt(total / (free + PSEUDO))), LEAST_ERROR)


def _grams(slopes: Array, kind: NDArray[np.intp], by: Array) -> list[Array]:
    """Weighted products of the slopes by kind."""
    found = []
    for k in range(len(KINDS)):
        mine = slopes[kind == k]
        found.append(np.asarray(mine.T @ (by[kind == k, None] * mine)))
    return found
