"""From text to plain values with their places: YAML by the scalar rules of YAML 1.2, or JSON.

Only what an instance needs is accepted: one document of mappings with text keys, lists and scalars. What two readers
could understand differently (``010``, ``1_000``, a key twice) is refused with its place instead of being guessed.
"""

import json
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isinf
from typing import Any, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from allocator.faults import InputError, Problem, field_name, shown

DEPTH = 20
"""Most levels of nesting."""
NODES = 200_000
"""Most keys and values in a file."""
DIGITS = 400
"""Most characters of a number."""
EXACT = 2**53
"""Integers beyond this are not exact in double precision."""

Path = tuple[str | int, ...]
"""Keys and 0-based list positions from the top to a value."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters, line separators and direction marks, halves of surrogate pairs, non-characters."""
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_AMBIGUOUS = re.compile(
    r"[-+]?(0\d[\d_]*(\.[\d_]*)?([eE][-+]?[\d_]+)?|0[oO][0-7_]+|0[xX][\da-fA-F_]+|0[bB][01_]+"
    r"|\d[\d_]*_[\d_]*(\.[\d_]*)?([eE][-+]?[\d_]+)?|\d+\.\d[\d_]*_[\d_]*([eE][-+]?[\d_]+)?)",
    re.ASCII,
)
_NUMERIC = frozenset("0123456789+-._eE")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]|[^\s,:\[\]{}"]+', re.DOTALL)


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
    """

    file: str
    value: Any
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)

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
        """Line of the value at ``path``, of its key if it is a record or list, or of the nearest record around it."""
        while path and path not in self.values:
            path = path[:-1]
        place = self.values.get(path, Place(1, 1))
        if isinstance(self.at(path), dict | list):
            place = self.keys.get(path, place)
        return place.line


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
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > DIGITS:  # also keeps the patterns below away from long text
        return number(text) if set(text) <= _NUMERIC else text
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError("ambiguous number: write plain decimal digits, or quotes if it is a text")
    if _NOT_FINITE.fullmatch(text):
        raise ValueError("must be a finite number, or quoted if it is a text")
    return number(text) if _NUMBER.fullmatch(text) else text


def check_characters(file: str, text: str) -> None:
    """Refuse control characters, direction marks and halves of surrogate pairs in the text of a file.

    Raises:
        InputError: naming the line of the first one.
    """
    bad = _FORBIDDEN.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        hint = "is this UTF-16? save it as UTF-8" if bad.group() == "\0" else "delete it"
        raise InputError([Problem(file, line, "", "", _bad_character(bad.group()), hint)])


def _bad_character(char: str) -> str:
    name = unicodedata.name(char, "a control character" if char < "\xa0" else "no character")
    return f"holds U+{ord(char):04X} ({name.lower()}), which is not allowed"


class _Composer:
    """Collects values and places; refuses what breaks a limit."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}

    def refuse(
        self, place: Place, path: Path, rule: str, value: str = "", hint: str = ""
    ) -> NoReturn:
        raise InputError([Problem(self.file, place.line, field_name(path), value, rule, hint)])

    def enter(self, path: Path, place: Place, container: bool) -> None:
        """Note a value, and count it."""
        if container and len(path) >= DEPTH:
            self.refuse(place, (), f"nested deeper than {DEPTH} levels")
        if len(self.keys) + len(self.values) >= NODES:
            self.refuse(place, (), f"has more than {NODES} keys and values")
        self.values[path] = place

    def key(self, record: Path, name: str, place: Place) -> Path:
        """Note a key, and return the path of its value."""
        path = (*record, self.text(name, record, place))
        if path in self.keys:
            first = self.keys[path].line
            self.refuse(
                place, path, f"the key stands twice, in line {first} and line {place.line}"
            )
        self.keys[path] = place
        return path

    def text(self, text: str, path: Path, place: Place) -> str:
        bad = _FORBIDDEN.search(text)
        if bad:
            self.refuse(place, path, _bad_character(bad.group()), hint="delete it")
        return text

    def tree(self, value: Any) -> Tree:
        if value is None:
            self.refuse(Place(0, 0), (), "holds nothing")
        return Tree(self.file, value, self.keys, self.values)


class _YamlComposer(_Composer):
    """Builds the tree from the events of the YAML parser, so that bombs stop at their first event."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file)
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)

    def _next(self) -> Any:
        try:
            return next(self._events)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
            line = mark.line + 1 if mark else 0
            self.refuse(Place(line, 1), (), f"is not YAML: {said}")
        except (
            Exception
        ) as error:  # the parser meets some broken text with errors of its own inside
            self.refuse(Place(0, 0), (), f"is not YAML: {type(error).__name__} in the parser")

    def compose(self) -> Tree:
        self._next()
        start = self._next()
        if not isinstance(start, DocumentStartEvent):
            return self.tree(None)
        if start.version or start.tags:
            self.refuse(_place(start), (), "directives (%YAML, %TAG) are not allowed")
        value = self._node(self._next(), ())
        self._next()
        after = self._next()
        if not isinstance(after, StreamEndEvent):
            self.refuse(_place(after), (), "holds several documents; only one is allowed")
        return self.tree(value)

    def _node(self, event: Any, path: Path) -> Any:
        place = self._plain(event, path)
        self.enter(path, place, not isinstance(event, ScalarEvent))
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            values: list[Any] = []
            while not isinstance(item := self._next(), SequenceEndEvent):
                values.append(self._node(item, (*path, len(values))))
            return values
        return self._scalar(event, path, place)

    def _plain(self, event: Any, path: Path) -> Place:
        """Place of a node without alias, anchor and tag."""
        place = _place(event)
        if isinstance(event, AliasEvent):
            self.refuse(place, path, "aliases (*name) are not allowed", hint="write the value out")
        if event.anchor:
            self.refuse(place, path, "anchors (&name) are not allowed", hint="write the value out")
        if event.tag:
            self.refuse(place, path, "tags (!name) are not allowed", shown(str(event.tag)))
        return place

    def _mapping(self, path: Path) -> dict[str, Any]:
        record: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            place = self._plain(event, path)
            name = self._scalar(event, path, place) if isinstance(event, ScalarEvent) else None
            if not isinstance(name, str):
                self.refuse(place, path, "a key must be text", hint="put the key in quotes")
            if name == "<<" and event.style is None:
                self.refuse(place, path, "merge keys (<<) are not allowed", hint="write it out")
            below = self.key(path, name, place)
            record[name] = self._node(self._next(), below)
        return record

    def _scalar(self, event: Any, path: Path, place: Place) -> Any:
        if event.style is not None:
            return self.text(event.value, path, place)
        try:
            return plain_scalar(event.value)
        except ValueError as error:
            self.refuse(place, path, str(error), shown(event.value)[1:-1])


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


class _JsonComposer(_Composer):
    """Checks the grammar with the standard library, then walks the tokens for their places."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file)
        self._source = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._tokens = _JSON_TOKEN.finditer(text)

    def compose(self) -> Tree:
        self._check_depth()
        self._check_grammar()
        return self.tree(self._node(*self._next(), ()))

    def _place_of(self, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def _check_depth(self) -> None:
        depth = 0
        for token in _JSON_TOKEN.finditer(self._source):
            depth += (token.group() in "[{") - (token.group() in "]}")
            if depth > DEPTH:
                place = self._place_of(token.start())
                self.refuse(place, (), f"nested deeper than {DEPTH} levels")

    def _check_grammar(self) -> None:
        def constant(name: str) -> NoReturn:
            starts = [t.start() for t in _JSON_TOKEN.finditer(self._source) if t.group() == name]
            place = self._place_of(starts[0])
            self.refuse(place, (), f"{name} is not JSON: numbers must be finite")

        if not self._source.strip():
            self.tree(None)
        try:
            json.loads(
                self._source,
                parse_constant=constant,
                parse_int=lambda text: 0,
                parse_float=lambda text: 0.0,
            )
        except json.JSONDecodeError as error:
            said = error.msg[:1].lower() + error.msg[1:]
            self.refuse(Place(error.lineno, error.colno), (), f"is not JSON: {said}")

    def _next(self) -> tuple[str, Place]:
        token = next(self._tokens)
        return token.group(), self._place_of(token.start())

    def _node(self, token: str, place: Place, path: Path) -> Any:
        self.enter(path, place, token in "[{")
        if token == "{":
            record: dict[str, Any] = {}
            while (name := self._next())[0] != "}":
                key = json.loads(name[0])
                below = self.key(path, key, name[1])
                record[key] = self._node(*self._next(), below)
            return record
        if token == "[":
            values: list[Any] = []
            while (item := self._next())[0] != "]":
                values.append(self._node(*item, (*path, len(values))))
            return values
        if token[0] == '"':
            return self.text(json.loads(token), path, place)
        if token in _WORDS:
            return _WORDS[token]
        try:
            return number(token)
        except ValueError as error:
            self.refuse(place, path, str(error), shown(token)[1:-1])


def compose_yaml(file: str, text: str) -> Tree:
    """Tree of a YAML text.

    Raises:
        InputError: the text is not one plain YAML document, or breaks a limit.
    """
    return _YamlComposer(file, text).compose()


def compose_json(file: str, text: str) -> Tree:
    """Tree of a JSON text.

    Raises:
        InputError: the text is not JSON, or breaks a limit.
    """
    return _JsonComposer(file, text).compose()
