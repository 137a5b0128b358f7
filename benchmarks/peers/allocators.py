"""The allocators: each takes an instance and returns spends (channels,)."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize

from allocator.allocate import allocate
from benchmarks.peers.instances import Instance
from fact_models.allocation.replay import Vector

Spend = Vector
STEPS = 1000
"""Steps in which the hill-climb gives the budget away."""
STARTS = 20
"""Random starts of the multi-start."""
SLSQP: dict[str, Any] = {"method": "SLSQP", "options": {"ftol": 1e-9, "maxiter": 1000}}
"""Settings of PyMC-Marketing's optimiser, taken for SciPy's runs too."""


def ours(instance: Instance) -> Spend:
    """``allocator.allocate`` to its default gap of 1e-4."""
    bounds = [[0.0, upper] for upper in instance.uppers]
    found = allocate(list(instance.curves), instance.budget, bounds=bounds)
    return np.array(list(found.spend.values()))


def even_start(instance: Instance) -> Spend:
    """SciPy's SLSQP with exact gradients from the even split."""
    count = len(instance.curves)
    return _slsqp(instance, np.full(count, instance.budget / count))


def many_starts(instance: Instance) -> Spend:
    """The best of SLSQP from the even split and from random splits."""
    count = len(instance.curves)
    rng = np.random.default_rng(0)
    starts = [np.full(count, instance.budget / count)]
    starts += [instance.budget * rng.dirichlet(np.full(count, 0.5)) for _ in range(STARTS)]
    found = [instance.feasible(_slsqp(instance, start)) for start in starts]
    return max(found, key=instance.value)


def _slsqp(instance: Instance, start: Spend) -> Spend:
    curves = instance.curves

    def loss(x: Spend) -> tuple[float, Spend]:
        slopes = np.array([c.slope(max(float(v), 1e-12)) for c, v in zip(curves, x, strict=True)])
        return -instance.value(x), -slopes

    total: Any = {
        "type": "eq",
        "fun": lambda x: instance.budget - x.sum(),
        "jac": lambda x: -np.ones_like(x),
    }
    bounds = [(0.0, upper) for upper in instance.uppers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = minimize(loss, start, jac=True, bounds=bounds, constraints=[total], **SLSQP)
    return np.asarray(result.x)


def hill_climb(instance: Instance) -> Spend:
    """The better of two climbs by marginal gains, in steps of a thousandth of the budget.

    One gives the budget away step by step to the channel that gains most; the other starts from
    the even split and moves a step from the channel that loses least to the one that gains most,
    as long as that pays.
    """
    step, count = instance.budget / STEPS, len(instance.curves)
    given = np.zeros(count)
    for _ in range(STEPS):
        given[int(np.argmax(_gains(instance, given, step)))] += step
    moved = np.full(count, instance.budget / count)
    for _ in range(10 * STEPS):
        gains, losses = _gains(instance, moved, step), -_gains(instance, moved, -step)
        to, source = int(np.argmax(gains)), int(np.argmin(losses))
        if gains[to] <= losses[source] or to == source:
            break
        moved[to], moved[source] = moved[to] + step, moved[source] - step
    return max((given, moved), key=lambda spend: instance.value(instance.feasible(spend)))


def _gains(instance: Instance, spend: Spend, step: float) -> Spend:
    """What each channel gains by ``step`` more; impossible steps gain minus infinity."""
    after = spend + step
    room = 1e-9 * instance.budget
    allowed = (after >= -room) & (after <= np.array(instance.uppers) + room)
    curves = zip(instance.curves, spend, after, strict=True)
    gains = np.array([c.value(float(b)) - c.value(float(a)) for c, a, b in curves])
    return np.where(allowed, gains, -np.inf)


def pymc_marketing(instance: Instance) -> Spend:
    """PyMC-Marketing's ``BudgetOptimizer`` with its defaults.

    The curves enter as a PyMC model with one posterior draw and its own ``hill_function``. A run
    that reports failure still gives its last point, which then counts.
    """
    import arviz as az
    import pymc as pm
    import pymc.dims as pmd
    from pymc_marketing.mmm.budget_optimizer import BudgetOptimizer, CustomModelWrapper
    from pymc_marketing.mmm.transformers import hill_function

    names = [f"c{n}" for n in range(len(instance.curves))]
    draws = {
        "slope": np.array([[[curve.steepness for curve in instance.curves]]]),
        "kappa": np.array([[[curve.half for curve in instance.curves]]]),
        "beta": np.array([[[curve.scale for curve in instance.curves]]]),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pm.Model(coords={"date": [0], "channel": names}) as model:
            spend = pmd.Data("channel_data", np.ones((1, len(names))), dims=("date", "channel"))
            slope, kappa, beta = (pmd.HalfNormal(n, dims="channel") for n in draws)
            share = hill_function(spend, slope, kappa)
            each = pmd.Deterministic("channel_contribution", beta * share)
            pmd.Deterministic("total_contribution", each.sum())
        drawn = {**draws, "channel_contribution": np.ones((1, 1, 1, len(names)))}
        dims = {n: ["channel"] for n in draws} | {"channel_contribution": ["date", "channel"]}
        coords = {"channel": names, "date": [0]}
        idata = az.from_dict(posterior=drawn, dims=dims, coords=coords)
        wrapper = CustomModelWrapper(base_model=model, idata=idata, channels=names)
        optimizer = BudgetOptimizer(model=wrapper, num_periods=1)
        bounds = dict(zip(names, [(0.0, upper) for upper in instance.uppers], strict=True))
        found = optimizer.allocate_budget(
            instance.budget, budget_bounds=bounds, return_if_fail=True
        )[0]
    return np.asarray(found.values)


ALLOCATORS: dict[str, Callable[[Instance], Spend]] = {
    "allocator.allocate": ours,
    "PyMC-Marketing BudgetOptimizer": pymc_marketing,
    "SciPy SLSQP, even start": even_start,
    f"SciPy SLSQP, {STARTS} more starts": many_starts,
    "marginal hill-climb": hill_climb,
}
"""By the name of the table."""
