"""Draws as a table: one row per joint draw, one column per number of the instance file."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from allocator.fit.figures import Today
from allocator.fit.history import Array
from allocator.fit.parameters import values_of
from fact_models.ensemble.rates import UPLIFT
from fact_models.response import Curve, scaled
from fact_models.spec.instance import Instance

DRAW = "draw"
_FOLLOW = ("conversion_well", "conversion_interested")
"""Rates that keep their ratio to the plain conversion."""
_MOST = {"calibration_gain": 1.0, "return_rate": 7.0}
_MOST_UPLIFT = 100.0


def draws_table(now: Today, z: Array, *, states: bool) -> pd.DataFrame:
    """The draws z as numbers of the instance file.

    Args:
        now: the draws with the states that they leave behind.
        z: the draws [n,d].
        states: whether traffic and followers at the end of the history are the instance's start.
    """
    instance = now.weeks.known.instance
    values = values_of(instance, now.weeks.unknowns, z)
    columns: dict[str, Array] = {DRAW: np.arange(1, z.shape[0] + 1)}
    for name, found in values.items():
        if name.startswith("snowball."):
            columns |= _rate(instance, name, found)
    columns |= dict(_levers(instance, values, z.shape[0]))
    if states:
        columns |= dict(_states(now))
    return pd.DataFrame(columns)


def _rate(instance: Instance, path: str, found: Array) -> dict[str, Array]:
    """A rate of a segment, and what keeps its ratio to it."""
    _, _, segment, key = path.split(".")
    columns = {path: np.minimum(found, _MOST.get(key, np.inf))}
    if key == "conversion":
        spec = instance.snowball.segments[segment]
        for other in _FOLLOW:
            rate = getattr(spec, other)
            if rate is not None:
                mine = np.minimum(found * rate / spec.conversion, 1.0)
                columns[f"snowball.segments.{segment}.{other}"] = mine
    return columns


def _levers(
    instance: Instance, values: Mapping[str, Array], count: int
) -> Iterator[tuple[str, Array]]:
    """Factors on curves and scales, as the numbers that they change."""
    one = np.ones(count)
    field, alliance, campaign = instance.field, instance.alliance, instance.campaign
    for a, account in (field.accounts if field else {}).items():
        for s, scale in account.saturation.items():
            if f"saturation.{s}" in values:
                yield f"field.accounts.{a}.saturation.{s}", scale * values[f"saturation.{s}"]
        if f"reception.{a}" in values:
            path = f"field.accounts.{a}.reception"
            yield from _curve(path, account.reception, one, values[f"reception.{a}"])
    for i, boost in (field.boosts if field else {}).items():
        if f"boosts.{i}.input" in values:
            by = values[f"boosts.{i}.input"], values[f"boosts.{i}.output"]
            yield from _curve(f"field.boosts.{i}.curve", boost.curve, *by)
    for c, tier in (alliance.tiers if alliance else {}).items():
        if f"tiers.{c}.output" in values:
            output = values[f"tiers.{c}.output"]
            yield from _curve(f"alliance.tiers.{c}.visits", tier.visits, one, output)
    if UPLIFT in values:
        for e, promotion in (campaign.campaigns if campaign else {}).items():
            for p, package in promotion.packages.items():
                uplift = np.clip(1 + (package.uplift - 1) * values[UPLIFT], 0.0, _MOST_UPLIFT)
                yield f"campaign.campaigns.{e}.packages.{p}.uplift", uplift


def _curve(path: str, curve: Curve, x_by: Array, y_by: Array) -> Iterator[tuple[str, Array]]:
    """Numbers of a curve that scaling changes; entries of a table by their position from 0."""
    before = curve.model_dump(by_alias=True)
    every = [
        scaled(curve, float(x), float(y)).model_dump(by_alias=True)
        for x, y in zip(x_by, y_by, strict=True)
    ]
    for key, value in before.items():
        if isinstance(value, str):
            continue
        found = np.array([draw[key] for draw in every], dtype=np.float64)
        if found.ndim == 1 and np.ptp(found) > 0:
            yield f"{path}.{key}", found
        elif found.ndim == 2:
            for n in range(found.shape[1]):
                if np.ptp(found[:, n]) > 0:
                    yield f"{path}.{key}.{n}", found[:, n]


def _states(now: Today) -> Iterator[tuple[str, Array]]:
    """States at the end of the history, where the plan starts."""
    known = now.weeks.known
    for n, s in enumerate(known.ids.segments):
        pool = known.instance.snowball.segments[s].pool
        people = np.minimum(now.start.followers[:, n], pool)
        yield f"snowball.segments.{s}.followers", people
    for k, a in enumerate(now.weeks.history.accounts):
        ceiling = known.field.ceiling[now.weeks.accounts[k]]
        for n, s in enumerate(known.ids.segments):
            if ceiling[n] > 0:
                traffic = np.minimum(now.start.traffic[:, k, n], ceiling[n])
                yield f"field.accounts.{a}.traffic.{s}", traffic


def row_of(table: pd.DataFrame, n: int) -> dict[str, float]:
    """Numbers of the n-th draw by path, counted from 0."""
    return {str(path): float(x) for path, x in table.iloc[n].items() if path != DRAW}
