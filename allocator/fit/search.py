"""The mode for given sizes of the errors: scipy's trust region on a sum of squares."""

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from allocator.fit.history import Array
from allocator.fit.weeks import Weeks

STEP = 1e-4
"""Step of the differences along z."""
MOST_STEPS = 12
GAIN, PATIENCE = 0.2, 4
"""A search ends when so many steps together lower its sum by less than this. Where a room is
nearly full, several steps in a row are refused before the region of trust is small enough."""


class Linear:
    """Expected figures and their slopes around a point."""

    def __init__(self, weeks: Weeks, z: Array, shock: float, sharpness: float | None) -> None:
        points = np.concatenate([z[None], z + STEP * np.eye(z.size)])
        found = weeks.expected(points, shock, sharpness)
        self.expected = found[0]
        self.slopes = (found[1:] - found[0]).T / STEP
        """[m,d]."""


class Search:
    """The minimum of half the squared residuals plus half the squared z, for given sizes.

    The sum is one of squares: its weights are those at the point where the search starts.
    """

    def __init__(
        self, weeks: Weeks, errors: Array, shock: float, sharpness: float | None = None
    ) -> None:
        self.weeks, self.shock, self.sharpness = weeks, shock, sharpness
        self.errors = errors
        self.at: tuple[bytes, Linear] | None = None
        self.fixed = np.zeros(0)

    def lowest(self, *starts: Array) -> Array:
        """The minimum near the lowest of the starts, as far as steps lower the sum by more than
        ``GAIN``.

        Where reception begins to bind the laws have kinks, so a gradient of 0 is not waited for.
        """
        first = self.weeks.expected(starts[0][None], self.shock, self.sharpness)[0]
        self.fixed = weight(self.weeks, self.errors, first)
        z = min(starts, key=self.value)
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

    def linear(self, z: Array) -> Linear:
        """Slopes at z, kept until z moves."""
        key = z.tobytes()
        if self.at is None or self.at[0] != key:
            self.at = (key, Linear(self.weeks, z, self.shock, self.sharpness))
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
