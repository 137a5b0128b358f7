"""Curves on a terminal, drawn by plotext."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich.text import Text

from allocator.figures import amounts

LINE = "braille"
"""Marker of a solid line."""


class Curve(NamedTuple):
    """Points that a line joins, in the order of x."""

    x: Sequence[float]
    y: Sequence[float]
    marker: str = LINE
    joined: bool = True


def plot(
    curves: Sequence[Curve],
    *,
    width: int,
    height: int,
    low: float,
    high: float,
    left: float | None = None,
    x_unit: str = "",
    ticks: int = 4,
) -> Text:
    """The curves in a frame with labelled axes.

    Args:
        curves: later ones are drawn over earlier ones.
        width: columns of the terminal.
        height: lines.
        low: least y of the frame; what lies outside of the frame sticks to its edge.
        high: largest y of the frame.
        left: x at which the frame begins; the least one if not given.
        x_unit: appended to the labels of the x axis, which then have one digit after the point.
        ticks: labels of every axis.
    """
    # Imported here: it takes half a second, and only those who look at a curve need it.
    from plotext import figure, uncolorize

    figure.clear()
    figure.plot_size(width, height)
    figure.theme("colorless")
    left = min(min(curve.x) for curve in curves) if left is None else left
    right = max(max(curve.x) for curve in curves)
    if right <= left:
        right = left + 1.0
    if high <= low:
        low, high = low - 0.5, high + 0.5
    at = np.linspace(left, right, ticks)
    named = [f"{x:.1f}{x_unit}" for x in at] if x_unit else amounts(list(at))
    figure.ruler("x").lim(left, right)
    figure.ruler("x").ticks(list(at), named)
    levels = np.linspace(low, high, min(ticks, height // 2))
    figure.ruler("y").lim(low, high)
    figure.ruler("y").ticks(list(levels), amounts(list(levels)))
    for curve in curves:
        inside = [min(max(y, low), high) for y in curve.y]
        signal = figure.signal(list(curve.x), inside, marker=curve.marker)
        if curve.joined:
            signal.lines()
        figure.draw(signal)
    text = Text(uncolorize(str(figure.build())).rstrip())
    figure.clear()
    return text
