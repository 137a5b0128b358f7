"""Array forms that several laws share: tables of records, perspectives, common cuts, delays."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from fact_models.decisions import Array
from fact_models.response import Curve


def table(records: Iterable[Mapping[str, float]], keys: Sequence[str]) -> Array:
    """One row per record, one column per key; what a record leaves out is 0."""
    rows = [[record.get(key, 0.0) for key in keys] for record in records]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(keys))


def vector(values: Iterable[float]) -> Array:
    """A float array of ``values``."""
    return np.array(list(values), dtype=np.float64)


def perspective(curve: Curve, x: Array, scale: Array) -> Array:
    """scale f(x / scale), and 0 where ``scale`` is 0; ``x`` and ``scale`` of one shape."""
    held = scale > 0
    ratio = np.divide(x, scale, out=np.zeros_like(x), where=held)
    return np.where(held, scale * curve.value(ratio), 0.0)


def fit(total: Array, limit: Array) -> Array:
    """The factor, at most 1, that brings ``total`` down to ``limit``; 1 where it already fits."""
    over = total > limit
    ratio = np.divide(limit, total, out=np.ones_like(total), where=over & (total > 0))
    return np.clip(ratio, 0.0, 1.0)


def reciprocal(x: Array) -> Array:
    """1 / x, and 0 where ``x`` is 0."""
    return np.divide(1.0, x, out=np.zeros_like(x), where=x > 0)


def delayed(x: Array, lag: int, length: int) -> Array:
    """``x`` moved ``lag`` periods later along the last axis, ``length`` periods long, 0 before."""
    moved = np.zeros((*x.shape[:-1], length))
    count = min(x.shape[-1], length - lag)
    if count > 0:
        moved[..., lag : lag + count] = x[..., :count]
    return moved
