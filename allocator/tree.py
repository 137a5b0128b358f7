"""Plain values of a file with their places, and the scalars they are made of.

Unquoted scalars follow YAML 1.2. What two readers could understand differently (``010``,
``1_000``) is refused instead of being guessed.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from math import isinf
from typing import Any, NamedTuple

DIGITS = 400
"""Most characters of a number."""
EXACT = 2**53
"""Integers beyond this are not exact in double precision."""

Path = tuple[str | int, ...]
"""Keys and 0-based list positions from the top to a value."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, line separators, direction marks, half characters, non-characters."""
WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""Unquoted words that are not text."""
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_AMBIGUOUS = re.compile(
    r"[-+]?(0\d[\d_]*(\.[\d_]*)?([eE][-+]?[\d_]+)?|0[oO][0-7_]+|0[xX][\da-fA-F_]+|0[bB][01_]+"
    r"|\d[\d_]*_[\d_]*(\.[\d_]*)?([eE][-+]?[\d_]+)?|\d+\.\d[\d_]*_[\d_]*([eE][-+]?[\d_]+)?)",
    re.ASCII,
)
_NUMERIC = frozenset("0123456789+-._eE")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class Place(NamedTuple):
    """Where something starts in a file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Tree:
    """Content of a file as plain values, with the place of every key and value.

    Attributes:
        file: the file as the user named it.
        value: dict, list, str, int, float, bool or None.
        keys: place of every key by the path of its value.
        values: place of every value by its path; the top is the empty path.
        cells: sheet and cell of every field of a workbook, given or not; its places only count.
    """

    file: str
    value: Any
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    cells: dict[Path, str] = field(default_factory=dict)

    def __contains__(self, path: Path) -> bool:
        """Whether the file has a value at ``path``."""
        return path in self.values

    def at(self, path: Path) -> Any:
        """Value at ``path``.

        Raises:
            KeyError: the file has none.
        """
        if path not in self.values:
            raise KeyError(path)
        value = self.value
        for step in path:
            value = value[step]
        return value

    def line(self, path: Path) -> int:
        """Line of the value at ``path``, or of the nearest record around it.

        A record or list is where its key is.
        """
        while path and path not in self.values:
            path = path[:-1]
        place = self.values.get(path, Place(1, 1))
        if isinstance(self.at(path), dict | list):
            place = self.keys.get(path, place)
        return place.line

    def cell(self, path: Path) -> str:
        """Sheet and cell of the field at ``path``, or of the nearest record around it; empty
        outside workbooks.
        """
        while path and path not in self.cells:
            path = path[:-1]
        return self.cells.get(path, "")

    def where(self, path: Path) -> str:
        """``line 12``, or the cell of a workbook."""
        return self.cell(path) or f"line {self.keys[path].line}"


def number(text: str) -> int | float:
    """The number that ``text`` writes; ``-0.0`` is 0.0.

    Raises:
        ValueError: it cannot be held: too long, too large, too small, or an integer beyond 2**53.
    """
    if len(text) > DIGITS:
        raise ValueError(f"must have at most {DIGITS} digits, has {len(text)}")
    if _INTEGER.fullmatch(text):
        if abs(int(text)) > EXACT:
            raise ValueError("must be an integer of at most 2**53 (9007199254740992)")
        return int(text)
    value = float(text)
    if isinf(value):
        raise ValueError("must be a number that double precision can hold; this one is too large")
    if value == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise ValueError("must be a number that double precision can hold; this one is too small")
    return value + 0.0


def plain_scalar(text: str) -> str | int | float | bool | None:
    """Value of an unquoted YAML scalar.

    Raises:
        ValueError: it is an ambiguous or non-finite number, or one that cannot be held.
    """
    if text in WORDS:
        return WORDS[text]
    if len(text) > DIGITS:  # also keeps the patterns below away from long text
        digits = set(text) <= _NUMERIC and not set(text).isdisjoint("0123456789")
        return number(text) if digits else text
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError("ambiguous number: write plain decimal digits, or quotes if it is a text")
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("must be a finite number, or quoted if it is a text")
    return number(text) if _NUMBER.fullmatch(text) else text


def bad_character(char: str) -> str:
    """Words for a forbidden character."""
    name = unicodedata.name(char, "a control character" if char < "\xa0" else "no character")
    return f"holds U+{ord(char):04X} ({name.lower()}), which is not allowed"
