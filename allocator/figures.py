"""Numbers, weeks and names as a reader of a terminal likes them."""

import math
import re
from collections.abc import Iterable, Sequence

DASH = "–"
"""Stands where there is no figure."""
HUNDRED = 99.95
"""Below it three significant digits have some behind the point."""
LEAST = 5e-5
"""Below it a number is told as 0."""
_BLOCKS = "▁▂▃▄▅▆▇█"
_SCALES = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))


def amount(value: float | None, gap: str = "") -> str:
    """Three significant digits with a suffix: ``1.24M``, ``83.0k``, ``412``, ``0.113``; ``gap``
    parts number and suffix.
    """
    if value is None or not math.isfinite(value):
        return DASH
    for scale, suffix in _SCALES:
        if abs(value) >= 0.9995 * scale:
            scaled = value / scale
            digits = 0 if abs(scaled) >= HUNDRED else 1 if abs(scaled) >= 9.995 else 2
            return f"{scaled:.{digits}f}{gap}{suffix}"
    return digits_of(value) if abs(value) < HUNDRED else f"{value:.0f}"


def digits_of(value: float) -> str:
    """A number below 100 in three significant digits, at most four of them behind the point;
    whole where it is whole: ``7``, ``12.4``, ``0.113``, and ``0`` below 0.00005.

    Money may be counted in units of ten thousand, so that all of a plan is below 100.
    """
    if abs(value - round(value)) < LEAST:
        return f"{round(value)}"
    behind = min(2 - math.floor(math.log10(abs(value))), 4)
    text = f"{value:.{behind}f}"
    # 9.999 rounds to 10.00.
    return (
        f"{value:.{behind - 1}f}"
        if len(text.lstrip("-").replace(".", "").lstrip("0")) > 3
        else text
    )


def amounts(values: Sequence[float]) -> list[str]:
    """Values as ``amount`` writes them, or in full where two of them would look alike."""
    texts = [amount(value) for value in values]
    alike = len(set(texts)) < len(set(values))
    return [whole(value) for value in values] if alike else texts


def whole(value: float | None) -> str:
    """A count with thousands parted: ``12,400``."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{0.0 if abs(value) < 0.5 else value:,.0f}"


def decimal(value: float | None, digits: int = 1) -> str:
    """A number with a fixed number of digits."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{value:,.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """A share as a percentage: ``38 %``."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{100 * value:.{digits}f} %"


def signed_percent(value: float | None, digits: int = 1) -> str:
    """A change as a percentage with its sign: ``+4.2 %``."""
    if value is None or not math.isfinite(value):
        return DASH
    rounded = round(100 * value, digits)
    return f"{rounded:+.{digits}f} %" if rounded else f"{0:.{digits}f} %"


def plain(text: str) -> str:
    """Text that cannot move the cursor: whatever is not printable becomes a blank."""
    return "".join(c if c.isprintable() else " " for c in text)


def short_week(week: str) -> str:
    """``W07`` from ``2026-W07``, as written where the year is plain."""
    found = re.fullmatch(r"\d{4}-(W\d\d)", week)
    return found[1] if found else week


def ranges(labels: Sequence[str]) -> list[tuple[str, int, int]]:
    """Runs of equal neighbours: label, first and last position."""
    runs: list[tuple[str, int, int]] = []
    for n, label in enumerate(labels):
        if runs and runs[-1][0] == label:
            runs[-1] = (label, runs[-1][1], n)
        else:
            runs.append((label, n, n))
    return runs


def spark(values: Iterable[float], width: int = 16) -> str:
    """A line of blocks, from 0 to the largest value; at most ``width`` of them, each the mean of
    its span.
    """
    series = [value for value in values if math.isfinite(value)]
    top = max(series, default=0.0)
    if top <= 0:
        return ""
    count = min(width, len(series))
    means = []
    for n in range(count):
        span = series[n * len(series) // count : (n + 1) * len(series) // count]
        means.append(sum(span) / len(span))
    top = max(means)
    return "".join(_BLOCKS[min(int(max(m, 0) / top * 7.999), 7)] for m in means) if top > 0 else ""
