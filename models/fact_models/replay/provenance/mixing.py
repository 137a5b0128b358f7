"""How origins mix: pro rata, by the two sides of a curve of two inputs, by factors of a product.

Vectors have the origins along their last axis, first touch and snowball as two halves.
"""

import numpy as np

from fact_models.decisions import Array

ALMOST_NONE = 1e-12
"""A factor below this counts as one that leaves nothing."""


def shares(vectors: Array) -> Array:
    """(AT.1) Vectors [..., n] relative to their sums; organic where there is nothing to share."""
    total = vectors.sum(axis=-1, keepdims=True)
    rest = np.zeros(vectors.shape[-1])
    rest[0] = 1.0
    # Parts may have signs of their own; where they cancel, their ratio means nothing.
    sound = total > ALMOST_NONE * np.abs(vectors).sum(axis=-1, keepdims=True)
    return np.asarray(np.where(sound, vectors / np.where(sound, total, 1.0), rest))


def scaled(vectors: Array, amounts: Array) -> Array:
    """(AT.1) ``amounts`` [...] split over the origins as ``vectors`` [..., n] are."""
    return np.asarray(shares(vectors) * amounts[..., None])


def left_behind(vectors: Array) -> Array:
    """(AT.2) What an event leaves for later is the snowball's, whatever brought the event."""
    half = vectors.shape[-1] // 2
    moved = np.zeros_like(vectors)
    moved[..., half:] = vectors[..., :half] + vectors[..., half:]
    return moved


def input_share(ratio: Array) -> Array:
    """(AT.3) Share of y = s (1 - exp(-x / s)) that is x's, given x / s.

    y grows in proportion with both, so it is x times its slope in x plus s times its slope in s.
    """
    top = -np.expm1(-ratio)
    share = np.divide(ratio * np.exp(-ratio), top, out=np.ones_like(ratio), where=top > 0)
    return np.asarray(np.where(np.isfinite(share), share, 0.0))


def parts_of_product(factors: Array) -> Array:
    """(AT.4) What each of the ``factors`` [p] adds to 1 in their product: parts [p] that sum to
    the product less 1, in proportion to the logarithms.
    """
    gone = factors <= ALMOST_NONE
    if gone.any():
        return np.asarray(np.where(gone, -1.0 / gone.sum(), 0.0))
    logs = np.log(factors)
    total = float(logs.sum())
    mean = float(np.expm1(total)) / total if total else 1.0
    return np.asarray(mean * logs)
