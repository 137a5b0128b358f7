"""Validation errors in plain words, with the line, the unit of the field and the nearest name."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from allocator.faults import Problem, field_name, shown
from allocator.tree import Path, Tree
from fact_models.faults import Fault, FaultError
from fact_models.quantity import Id, Unit

_WANTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "none_required": "null",
    "date_type": "a date such as 2026-02-12",
}
"""What a value of the wrong kind should have been, by pydantic's name of the error."""
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
UNQUOTE = "remove the quotes"
"""Hint for a number that was written as a text."""
_LISTED = 8
"""Names that a hint lists in full when none is near."""
_PATTERNS = {
    part.pattern: "start with a Latin letter, then have at most 39 letters, digits or underscores"
    for part in get_args(Id)[1].metadata
    if getattr(part, "pattern", None)
}


def suggest(word: str, choices: Iterable[str]) -> str:
    """``did you mean `budget`?`` for the choice nearest to ``word``; empty when none is near."""
    by_fold = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(word[:80].casefold(), by_fold, n=1, cutoff=0.6)
    return f"did you mean `{by_fold[near[0]]}`?" if near else ""


def _hint(word: Any, choices: list[str], listing: str) -> str:
    """The nearest choice, or all of them if they are few."""
    near = suggest(word, choices) if isinstance(word, str) else ""
    if near or not choices or len(choices) > _LISTED:
        return near
    return f"{listing} {', '.join(choices)}"


def kind(value: Any) -> str:
    """What a value is, for ``must be a number, is ...``."""
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, bool) or value is None:
        return shown(value)
    return f"the number {shown(value)}" if isinstance(value, int | float) else shown(value)


def _unfold(
    annotation: Any, metadata: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Plain types behind aliases, ``Annotated`` and unions, with the metadata on the way."""
    annotation = getattr(annotation, "__value__", annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *more = get_args(annotation)
        yield from _unfold(base, (*metadata, *more))
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _unfold(member, metadata)
    else:
        yield annotation, metadata


def _fields(annotation: Any) -> dict[str, Any]:
    """Fields of a record type by their name in the file; empty for other types."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {info.alias or name: info for name, info in annotation.model_fields.items()}
    return {}


def _agrees(annotation: Any, record: Any) -> bool:
    """Whether the record's own tags (fields of one of a few texts) allow this type."""
    if not isinstance(record, dict):
        return True
    for name, info in _fields(annotation).items():
        tags = [
            get_args(part) for part, _ in _unfold(info.annotation) if get_origin(part) is Literal
        ]
        if tags and name in record and not any(record[name] in group for group in tags):
            return False
    return True


def types_at(model: type[BaseModel], tree: Tree, path: Path) -> list[tuple[Any, tuple[Any, ...]]]:
    """Types, with metadata, that ``model`` allows at ``path``; of a tagged union the chosen."""
    found: list[tuple[Any, tuple[Any, ...]]] = [(model, ())]
    for depth, step in enumerate(path):
        below: list[tuple[Any, tuple[Any, ...]]] = []
        record = tree.at(path[:depth]) if path[:depth] in tree else None
        fitting = [pair for pair in found if _agrees(pair[0], record)] or found
        for annotation, _ in fitting:
            fields = _fields(annotation)
            if step in fields:
                info = fields[str(step)]
                below += _unfold(info.annotation, tuple(info.metadata))
            elif not fields and get_args(annotation) and get_origin(annotation) is not Literal:
                inner = get_args(annotation)
                below += _unfold(
                    inner[-1] if issubclass(get_origin(annotation), Mapping) else inner[0]
                )
        found = below
    record = tree.at(path) if path in tree else None
    return [pair for pair in found if _agrees(pair[0], record)] or found


def _unit(model: type[BaseModel], tree: Tree, path: Path) -> str:
    units = [
        part.of
        for _, metadata in types_at(model, tree, path)
        for part in metadata
        if isinstance(part, Unit)
    ]
    return f" {units[-1]}" if units and units[-1] != "1" else ""


def _figure(value: Any) -> str:
    """A bound without needless point or exponent."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _quoted(text: str) -> list[str]:
    """Names out of pydantic's ``'a', 'b' or 'c'``."""
    return re.findall(r"'([^']*)'", text)


@dataclass(frozen=True)
class _Broken:
    """A broken rule at a path; ``type_only`` when the value is of the wrong kind altogether."""

    path: Path
    rule: str
    hint: str = ""
    value: str | None = None
    type_only: bool = False


def _located(tree: Tree, loc: tuple[str | int, ...]) -> tuple[Path, Path]:
    """Path of ``loc`` in the file, and the steps of ``loc`` that the file does not have.

    Steps that name a member of a union or mark a key are not in the file and fall out.
    """
    path: Path = ()
    missing: list[str | int] = []
    for step in loc:
        if (*path, step) in tree:
            path = (*path, step)
            missing.clear()
        else:
            missing.append(step)
    return path, tuple(missing)


def _number_hint(value: Any) -> str:
    """What to write instead of a text that means a number."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text, re.ASCII):
        return UNQUOTE
    if re.fullmatch(r"[-+]?\d+(\.\d+)?\s*[%％]", text, re.ASCII):
        return "write a share such as 0.1 for 10 %"
    if re.fullmatch(r"[-+]?\d{1,3}([,' ]\d{3})+(\.\d+)?", text, re.ASCII):
        return f"write {re.sub(r'[^0-9.+-]', '', text)} without separators"
    return "use the digits 0 to 9" if text and all(c.isdigit() or c in ".．" for c in text) else ""


class _Words:
    """Turns the errors of one validation into broken rules."""

    def __init__(self, model: type[BaseModel], tree: Tree) -> None:
        self._model = model
        self._tree = tree

    def of(self, error: Any) -> list[_Broken]:
        """Broken rules of one pydantic error."""
        path, missing = _located(self._tree, error["loc"])
        value, context, name = error["input"], error.get("ctx", {}), error["type"]
        cause = context.get("error")
        if isinstance(cause, FaultError):
            return [self._fault(path, fault) for fault in cause.faults]
        if name == "missing":
            return [_Broken((*path, *missing[-1:]), "is missing", value="")]
        if name == "extra_forbidden":
            return [self._unknown(path)]
        if name in ("union_tag_invalid", "union_tag_not_found"):
            return [self._tag(path, context, value)]
        if name in _WANTED:
            hint = _number_hint(value) if "number" in _WANTED[name] else ""
            if self._tree.cells and hint == UNQUOTE:
                hint = "the cell holds text: type it anew as a number"
            return [_Broken(path, f"must be {_WANTED[name]}", hint, type_only=True)]
        if missing[-1:] == ("[key]",):
            return [_Broken(path, f"the name {self._rule(path, error)}", value="")]
        return [_Broken(path, self._rule(path, error), self._choice_hint(error))]

    def _fault(self, base: Path, fault: Fault) -> _Broken:
        value = None if fault.value is None else shown(fault.value)
        return _Broken((*base, *fault.path), fault.rule, fault.hint, value)

    def _unknown(self, path: Path) -> _Broken:
        types = types_at(self._model, self._tree, path[:-1])
        record = self._tree.at(path[:-1])
        free = [
            name for annotation, _ in types for name in _fields(annotation) if name not in record
        ]
        taken = [name for annotation, _ in types for name in _fields(annotation) if name in record]
        near = suggest(str(path[-1]), free) or suggest(str(path[-1]), taken)
        return _Broken(path, "unknown field", near or _hint(None, free, "fields not yet given:"))

    def _tag(self, path: Path, context: Any, value: Any) -> _Broken:
        field = _quoted(context["discriminator"])[0]
        if "expected_tags" not in context:
            tags = [
                str(tag)
                for annotation, _ in types_at(self._model, self._tree, path)
                for part, _ in _unfold(getattr(_fields(annotation).get(field), "annotation", None))
                if get_origin(part) is Literal
                for tag in get_args(part)
            ]
            return _Broken((*path, field), "is missing", _hint(None, tags, "one of"), "")
        tags = _quoted(context["expected_tags"])
        return _Broken(
            (*path, field), f"must be one of {', '.join(tags)}", suggest(context["tag"], tags)
        )

    def _choice_hint(self, error: Any) -> str:
        value = error["input"]
        return suggest(value, _choices(error)) if isinstance(value, str) else ""

    def _rule(self, path: Path, error: Any) -> str:
        name, context = error["type"], error.get("ctx", {})
        if name in _BOUNDS:
            key, words = _BOUNDS[name]
            return f"must be {words} {_figure(context[key])}{_unit(self._model, self._tree, path)}"
        if _choices(error):
            return f"must be one of {', '.join(_choices(error))}"
        if name == "string_pattern_mismatch":
            pattern = context["pattern"]
            return f"must {_PATTERNS.get(pattern, f'match the pattern {pattern}')}"
        if name in ("string_too_short", "too_short"):
            count = context["min_length"]
            what = "character" if name[0] == "s" else "entr"
            return f"must have at least {count} {_plural(what, count)}"
        if name in ("string_too_long", "too_long"):
            count = context["max_length"]
            what = "character" if name[0] == "s" else "entr"
            return f"must have at most {count} {_plural(what, count)}"
        if name == "finite_number":
            return "must be a finite number"
        said = str(context.get("error", "")) or error["msg"].replace("Input should be", "must be")
        return said[:1].lower() + said[1:]


def _plural(what: str, count: int) -> str:
    if what == "entr":
        return "entry" if count == 1 else "entries"
    return what if count == 1 else f"{what}s"


def _choices(error: Any) -> list[str]:
    """Allowed texts of a field that takes one of a few."""
    context = error.get("ctx", {})
    if error["type"] in ("literal_error", "enum"):
        return _quoted(context["expected"])
    listed = re.fullmatch(r"\^\(([\w|]+)\)\$", str(context.get("pattern", "")))
    return listed.group(1).split("|") if listed else []


def _merged(broken: list[_Broken]) -> Iterator[_Broken]:
    """One problem a place: of a union only the members that fit the kind of the value count."""
    firm = {
        rule.path[:depth]
        for rule in broken
        if not rule.type_only
        for depth in range(len(rule.path) + 1)
    }
    groups: dict[Path, list[_Broken]] = {}
    for rule in broken:
        if not rule.type_only:
            yield rule
        elif rule.path not in firm:
            groups.setdefault(rule.path, []).append(rule)
    for path, rules in groups.items():
        wanted = " or ".join(dict.fromkeys(rule.rule.removeprefix("must be ") for rule in rules))
        hint = next((rule.hint for rule in rules if rule.hint), "")
        yield _Broken(path, f"must be {wanted}", hint, type_only=True)


def problems(model: type[BaseModel], tree: Tree, errors: Iterable[Any]) -> list[Problem]:
    """Problems of a file out of pydantic's errors, in the order of the file."""
    words = _Words(model, tree)
    found = []
    for rule in _merged([rule for error in errors for rule in words.of(error)]):
        value = tree.at(rule.path) if rule.path in tree else None
        text = rule.value if rule.value is not None else shown(value) if rule.path in tree else ""
        said = f"{rule.rule}, is {kind(value)}" if rule.type_only else rule.rule
        line = tree.line(rule.path)
        name, cell = field_name(rule.path), tree.cell(rule.path)
        found.append(Problem(tree.file, line, name, text, said, rule.hint, cell))
    return sorted(dict.fromkeys(found), key=lambda problem: problem.line)
