"""Numbers as readers of a report like them: k and M in English, 万 and 亿 in Chinese."""

import math
from typing import NamedTuple

from allocator.figures import DASH, HUNDRED, digits_of
from allocator.labels import Lang


class Scale(NamedTuple):
    """A power of ten with its word: 10,000 and ``万``."""

    size: float
    word: str


_SCALES: dict[Lang, tuple[Scale, ...]] = {
    "en": (Scale(1e9, "bn"), Scale(1e6, "M"), Scale(1e3, "k"), Scale(1.0, "")),
    "zh": (Scale(1e8, "亿"), Scale(1e4, "万"), Scale(1.0, "")),
}
_ROUNDING = 0.9995
"""From here on three digits round up to the next power of ten."""


def scale_of(largest: float, lang: Lang) -> Scale:
    """The scale in which ``largest`` has one to four digits before the point."""
    return next(
        (scale for scale in _SCALES[lang] if abs(largest) >= _ROUNDING * scale.size),
        _SCALES[lang][-1],
    )


def short(value: float | None, lang: Lang) -> str:
    """Three significant digits with the word of their scale: ``18.4 M``, ``1,840万``, ``412``,
    ``0.113``."""
    if value is None or not math.isfinite(value):
        return DASH
    scale = scale_of(value, lang)
    scaled = value / scale.size
    if scale.size == 1 and abs(scaled) < HUNDRED:
        return digits_of(scaled)
    digits = 0 if abs(scaled) >= HUNDRED else 1 if abs(scaled) >= 9.995 else 2
    gap = " " if lang == "en" and scale.word else ""
    return f"{scaled:,.{digits}f}{gap}{scale.word}"


def share(value: float | None, lang: Lang, digits: int = 0) -> str:
    """A share as a percentage: ``38 %``, in Chinese ``38%``."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{100 * value:.{digits}f}{' ' if lang == 'en' else ''}%"
