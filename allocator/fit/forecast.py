"""Forecasts of weeks that were held out, against naive ones."""

from dataclasses import dataclass

import numpy as np

from allocator.fit.figures import today
from allocator.fit.history import Array, History
from allocator.fit.inputs import controls_of
from allocator.fit.posterior import Posterior
from allocator.fit.weeks import Weeks
from fact_models.ensemble import run

HELD_OUT = 8
YEAR = 52


@dataclass(frozen=True)
class Check:
    """Mean absolute errors of the weekly own orders, as shares of their mean.

    Attributes:
        weeks: number of weeks held out.
        model: of the median of the draws.
        naive: of the last week's orders.
        seasonal: of the orders a year before; None without a year of history.
        inside: share of the weeks within the 90 % interval, measurement error included.
    """

    weeks: int
    model: float
    naive: float
    seasonal: float | None
    inside: float


def forecast(weeks: Weeks, post: Posterior, z: Array, history: History, seed: int) -> Array:
    """Own orders as they would be measured in the weeks of ``history`` after the fitted ones.

    Args:
        weeks: the fitted weeks.
        post: their posterior.
        z: draws of it.
        history: the whole history; what was done in the later weeks is taken as known.
        seed: of the shocks and errors to come.

    Returns:
        [t,n].
    """
    rng = np.random.default_rng(seed)
    now = today(weeks, z, post.shock)
    ahead = controls_of(weeks.known, history).part(weeks.history.weeks, history.weeks)
    shape = (ahead.periods, z.shape[0], weeks.followers.size)
    shocks = post.shock * rng.standard_normal(shape)
    orders = run(weeks.known, weeks.accounts, now.rates, ahead, now.start, shocks).orders
    read = rng.poisson(np.minimum(orders, 1e12)) * np.exp(
        post.errors["orders"] * rng.standard_normal(orders.shape)
    )
    return np.asarray(read.sum(axis=(2, 3)))


def check(weeks: Weeks, post: Posterior, z: Array, history: History, seed: int) -> Check | None:
    """How a forecast of the weeks after the fitted ones does; None where orders are blank."""
    first = weeks.history.weeks
    every = history.rows["orders"].sum(axis=(1, 2))
    true = every[first:]
    if not np.isfinite(every[first - 1 :]).all() or true.mean() <= 0:
        return None
    found = forecast(weeks, post, z, history, seed)
    low, high = np.quantile(found, [0.05, 0.95], axis=1)

    def error(guess: Array) -> float:
        return float(np.abs(guess - true).mean() / true.mean())

    year = every[first - YEAR : history.weeks - YEAR] if first >= YEAR else np.empty(0)
    seasonal = error(year) if year.size and np.isfinite(year).all() else None
    return Check(
        weeks=true.size,
        model=error(np.median(found, axis=1)),
        naive=error(np.full(true.size, every[first - 1])),
        seasonal=seasonal,
        inside=float(((low <= true) & (true <= high)).mean()),
    )
