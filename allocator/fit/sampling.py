"""From the normal approximation to the posterior itself.

Where reception begins to bind, the posterior has edges that no normal distribution has. Every draw
of the approximation therefore walks on as a Markov chain of its own that leaves the posterior as
it is: preconditioned Crank-Nicolson steps around the mode, whose acceptance does not fall with the
number of weeks.
"""

import numpy as np

from allocator.fit.history import Array
from allocator.fit.posterior import Posterior
from allocator.fit.weeks import Weeks

STEPS = 24
LENGTH = 0.25
"""First length of a step; 1 would be a fresh draw of the approximation."""
WANTED = 0.3
"""Share of the steps that should be accepted; the length follows in the first half."""
FOLLOWED = 0.15
SHORTEST, LONGEST = 0.02, 0.98
AT_ONCE = 400
"""Chains that run side by side: as many as fit into the processor's cache are fastest."""


def sample(weeks: Weeks, post: Posterior, count: int, seed: int) -> tuple[Array, float]:
    """Joint draws of z [count,d], and the share of steps that were accepted."""
    rng = np.random.default_rng(seed)
    parts, shares = [], []
    for first in range(0, count, AT_ONCE):
        found, share = _walk(weeks, post, min(AT_ONCE, count - first), rng)
        parts.append(found)
        shares.append(share)
    return np.concatenate(parts), float(np.mean(shares))


def _walk(
    weeks: Weeks, post: Posterior, count: int, rng: np.random.Generator
) -> tuple[Array, float]:
    at = post.whitened(rng.standard_normal((count, post.mode.size)))
    height = _height(weeks, post, at)
    length, taken = LENGTH, []
    for n in range(STEPS):
        fresh = post.whitened(rng.standard_normal(at.shape)) - post.mode
        there = post.mode + np.sqrt(1 - length**2) * (at - post.mode) + length * fresh
        reached = _height(weeks, post, there)
        yes = np.log(rng.random(count)) < reached - height
        at = np.where(yes[:, None], there, at)
        height = np.where(yes, reached, height)
        share = float(yes.mean())
        if n < STEPS // 2:
            length = float(
                np.clip(length * np.exp(FOLLOWED * (share - WANTED) / WANTED), SHORTEST, LONGEST)
            )
        else:
            taken.append(share)
    return at, float(np.mean(taken))


def _height(weeks: Weeks, post: Posterior, z: Array) -> Array:
    """Logarithm of the posterior over that of its normal approximation [n]."""
    off = weeks.seen.logs - weeks.expected(z, post.shock)
    exact = (off**2) @ post.weight + (z**2).sum(axis=1)
    normal = (((z - post.mode) @ post.factor) ** 2).sum(axis=1)
    return np.asarray(np.nan_to_num(-0.5 * (exact - normal), nan=-np.inf))
