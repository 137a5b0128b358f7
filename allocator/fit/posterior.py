"""The posterior: its mode, and joint draws around it.

Every draw solves the equation of the mode once more, for figures and beliefs that are moved by
chance as much as they may be off (randomize-then-optimize, Bardsley et al. 2014, without its
weights): where the laws are straight that is a draw of the posterior, where they bend it stays on
what the weeks tie together. The slopes are those at the mode for all draws, so a step costs one
run of the laws. Draws have sizes of errors and shocks of their own, which the weeks know roughly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from threadpoolctl import threadpool_limits

from allocator.fit.history import Array
from allocator.fit.observed import KINDS
from allocator.fit.search import Linear, Search, weight
from allocator.fit.sizes import ERROR, SETTLED, SHOCK, Freedom, freedom, improved
from allocator.fit.weeks import Weeks

ROUNDS = 6
"""Most alternations between mode and sizes of the errors."""
WARM_UP = ((0.3, 0.05, 4.0), (0.1, 0.05, 12.0))
"""Measurement error, shock and sharpness of the searches before: where it is unclear which weeks
were full, they keep the first one from deciding too early."""
GROUPS = 40
"""Sets of sizes among the draws."""
STEPS = 5
"""Steps of every draw towards its equation; the first is the linear one."""


@dataclass(frozen=True)
class Posterior:
    """The distribution of z around its mode.

    Attributes:
        weeks: the history as a state-space model.
        mode: [d].
        line: figures and slopes at the mode.
        errors: standard deviations of the measurement errors by kind, as shares.
        shock: standard deviation of the weekly shocks to traffic.
        freedom: how well the sizes are known.
        settled: whether the sizes settled.
    """

    weeks: Weeks
    mode: Array
    line: Linear
    errors: dict[str, float]
    shock: float
    freedom: Freedom
    settled: bool

    @property
    def measured(self) -> dict[str, float | None]:
        """The errors; None for a kind that the history holds no figure of, whose size is only
        believed."""
        told = set(self.weeks.seen.kind.tolist())
        return {k: e if KINDS.index(k) in told else None for k, e in self.errors.items()}

    def draws(self, count: int, seed: int) -> Array:
        """Joint draws of z [count,d], shocks in units of ``shock``."""
        with threadpool_limits(1, "blas"):
            return self._draws(count, seed)

    def _draws(self, count: int, seed: int) -> Array:
        rng = np.random.default_rng(seed)
        parts = np.array_split(np.arange(count), min(GROUPS, count))
        groups = [_Group(self, part.size, rng) for part in parts]
        z = np.concatenate([group.start for group in groups])
        best, least, step = z, np.full(count, np.inf), np.ones(count)
        move = np.zeros_like(z)
        for _ in range(STEPS):
            expected = self.weeks.expected(z, self.shock)
            found = [g.newton(z[p], expected[p]) for g, p in zip(groups, parts, strict=True)]
            left = np.concatenate([size for size, _ in found])
            better = left < least
            best = np.where(better[:, None], z, best)
            least = np.where(better, left, least)
            move = np.where(better[:, None], np.concatenate([way for _, way in found]), move)
            # Where a step led farther off, as it may where rooms are full, half of it is tried.
            step = np.where(better, 1.0, step / 2)
            z = best - step[:, None] * move
        return best


class _Group:
    """Draws with the same sizes of the errors and shocks."""

    def __init__(self, post: Posterior, count: int, rng: np.random.Generator) -> None:
        line, shocks = post.line, post.weeks.sizes[2]
        plain = np.array([post.errors[kind] for kind in KINDS])
        errors, shock = post.freedom.scattered(plain, post.shock, rng)
        self.slopes = line.slopes
        self.by = weight(post.weeks, errors, line.expected)
        self.belief = np.ones(post.mode.size)
        self.belief[-shocks:] = (post.shock / shock) ** 2
        precision = self.slopes.T @ (self.by[:, None] * self.slopes) + np.diag(self.belief)
        self.factor = np.linalg.cholesky(precision)
        scatter = rng.standard_normal((count, self.by.size)) / np.sqrt(self.by)
        self.figures = post.weeks.seen.logs + scatter
        self.middle = rng.standard_normal((count, post.mode.size)) / np.sqrt(self.belief)
        flat = self.figures - line.expected + self.slopes @ post.mode
        pull = self.slopes.T @ (self.by * flat).T + self.belief[:, None] * self.middle.T
        self.start = np.asarray(cho_solve((self.factor, True), pull).T)
        """Draws of the linearised model."""

    def newton(self, z: Array, expected: Array) -> tuple[Array, Array]:
        """How far the draws are from their equation, squared [n], and the step to it [n,d]."""
        off = self.slopes.T @ (self.by * (expected - self.figures)).T
        off = off + self.belief[:, None] * (z - self.middle).T
        scaled = solve_triangular(self.factor, off, lower=True)
        step = solve_triangular(self.factor, scaled, lower=True, trans="T")
        return (scaled**2).sum(axis=0), np.asarray(step.T)


def posterior(weeks: Weeks, progress: Callable[[int], None] | None = None) -> Posterior:
    """The posterior of a history.

    Args:
        weeks: the history as a state-space model.
        progress: is told the number of each alternation.
    """
    # Threads that wait for each other at matrices this small cost many times the work itself, and
    # their number would show in the last digits.
    with threadpool_limits(1, "blas"):
        return _posterior(weeks, progress)


def _posterior(weeks: Weeks, progress: Callable[[int], None] | None) -> Posterior:
    shocks = slice(weeks.dimension - weeks.sizes[2], None)
    z = np.zeros(weeks.dimension)
    errors, shock = np.full(len(KINDS), ERROR), SHOCK
    for error, moved, sharpness in WARM_UP:
        z = Search(weeks, np.full(len(KINDS), error), moved, sharpness).lowest(z)
        z[shocks] *= moved / shock
    settled, starts = False, [z]
    for n in range(ROUNDS):
        if progress is not None:
            progress(n + 1)
        search = Search(weeks, errors, shock)
        z = search.lowest(*starts)
        before = np.append(errors, shock)
        errors, shock, flat = improved(weeks, search.linear(z), z, errors, shock)
        same = z.copy()
        same[shocks] *= before[-1] / shock
        # What the straight model says may lie where the laws say something else.
        starts = [same, flat]
        if np.abs(np.append(errors, shock) / before - 1).max() < SETTLED:
            settled = True
            break
    search = Search(weeks, errors, shock)
    z = search.lowest(*starts)
    line = search.linear(z)
    named = dict(zip(KINDS, map(float, errors), strict=True))
    known = freedom(weeks, line, errors)
    return Posterior(weeks, z, line, named, float(shock), known, settled)
