"""From text to plain values with their places, for YAML and for JSON.

Only what an instance needs is accepted: one document of mappings with text keys, lists and
scalars. A key that stands twice, an alias or a tag is refused with its place.
"""

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NoReturn

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
from allocator.tree import FORBIDDEN, WORDS, Path, Place, Tree, bad_character, number, plain_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH = 20
"""Most levels of nesting."""
NODES = 100_000
"""Most keys and values in a file, and most lines or commas that may part them."""
LINE = 100_000
"""Most characters of a line of YAML; the parser takes quadratic time for some longer ones."""

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]|[^\s,:\[\]{}"]+', re.DOTALL)


def check_characters(file: str, text: str) -> None:
    """Refuse control characters, direction marks and half characters in a text.

    Raises:
        InputError: naming the line of the first one.
    """
    bad = FORBIDDEN.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        hint = "is this UTF-16? save it as UTF-8" if bad.group() == "\0" else "delete it"
        raise InputError([Problem(file, line, "", "", bad_character(bad.group()), hint)])


class _Composer:
    """Collects values and places; refuses what breaks a limit."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        # Counted before anything is parsed: that of so much takes seconds.
        for sign, name in (("\n", "lines"), (",", "commas")):
            if text.count(sign) > NODES:
                self.refuse(Place(0, 0), (), f"has more than {NODES} {name}")

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
        bad = FORBIDDEN.search(text)
        if bad:
            self.refuse(place, path, bad_character(bad.group()), hint="delete it")
        return text

    def tree(self, value: Any) -> Tree:
        if value is None:
            self.refuse(Place(0, 0), (), "holds nothing")
        return Tree(self.file, value, self.keys, self.values)


class _YamlComposer(_Composer):
    """Builds the tree from the parser's events, so that a bomb stops at its first event."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        for line, found in enumerate(text.split("\n"), start=1):
            if len(found) > LINE:
                self.refuse(Place(line, 1), (), f"has a line of more than {LINE} characters")
        self._text = text
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)

    def _next(self) -> Any:
        try:
            return next(self._events)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
            line = mark.line + 1 if mark else 0
            self.refuse(Place(line, 1), (), f"is not YAML: {said[:200]}")
        except (
            Exception
        ) as error:  # the parser meets some broken text with errors of its own inside
            self.refuse(Place(0, 0), (), f"is not YAML: {type(error).__name__} in the parser")

    def compose(self) -> Tree:
        self._next()
        start = self._next()
        if not isinstance(start, DocumentStartEvent):
            return self.tree(None)
        before = self._text.split("\n", start.start_mark.line)[:-1]
        if any(line.startswith("%") for line in before):
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
        super().__init__(file, text)
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
        if token in WORDS:
            return WORDS[token]
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


def no_constant(word: str) -> NoReturn:
    """For ``json.loads(parse_constant=...)``: NaN and Infinity are refused.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{word} is not a number of JSON")
