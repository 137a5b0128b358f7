"""Labels of currencies: which money they count, and in ones, thousands or ten thousands.

``Instance.currency`` is a free label. What can be read from it lets plans in yuan and in ten
thousand yuan stand side by side; what cannot is its own currency, to which no rate is known.
"""

import re
import unicodedata
from typing import NamedTuple

_YUAN = {"cny", "rmb", "yuan", "元", "人民币", "人民币元", "¥"}
_SCALES = {
    "千": 1e3,
    "thousand": 1e3,
    "k": 1e3,
    "1000": 1e3,
    "1,000": 1e3,
    "万": 1e4,
    "wan": 1e4,
    "ten thousand": 1e4,
    "10k": 1e4,
    "10000": 1e4,
    "10,000": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "million": 1e6,
    "mio": 1e6,
    "m": 1e6,
    "千万": 1e7,
    "亿": 1e8,
}
_WORDS = "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True))
_LETTERS = r"(?:(?<=\s)|^)(?:{words})(?=\s|$)"
_CODE = re.compile(r"(?P<scale>[km])(?P<code>cny|rmb|usd|eur|hkd|jpy|gbp|sgd)")
_CHINESE = re.compile(r"(?:人民币)?(?P<scale>十万|百万|千万|千|万|亿)(?P<rest>.*)")


class Currency(NamedTuple):
    """A money and the number of its units that one unit of the label is worth."""

    money: str
    scale: float


def currency_of(text: str) -> Currency:
    """What a label says: ``CNY`` and ``元`` count yuan, ``万元`` and ``10k CNY`` ten thousand.

    A label that nothing is known of is a money of its own, counted in ones.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    glued = _CODE.fullmatch(folded)
    chinese = _CHINESE.fullmatch(folded)
    if glued:
        scale, rest = _SCALES[glued["scale"]], glued["code"]
    elif chinese:
        scale, rest = _SCALES[chinese["scale"]], chinese["rest"].strip() or "元"
    else:
        scale, rest = 1.0, folded
        found = re.search(_LETTERS.format(words=_WORDS), folded)
        if found:
            scale = _SCALES[found[0]]
            rest = " ".join((folded[: found.start()] + folded[found.end() :]).split())
    return Currency("CNY" if rest in _YUAN else rest.upper(), scale)


def factor_between(text: str, into: str) -> float | None:
    """By what an amount counted in ``text`` is multiplied to count in ``into``; None if the two
    are different moneys.
    """
    one, other = currency_of(text), currency_of(into)
    return one.scale / other.scale if one.money == other.money else None
