"""Reading: from a file to a record, with place and rule of all that is wrong; and back to text.

``read_tree`` turns a YAML or JSON file into plain values with their lines, ``validate`` turns
these into a record, ``dump_json`` and ``to_yaml`` write a record so that it reads back equal.
"""

import codecs
import datetime
import hashlib
import json
import math
import re
import unicodedata
from pathlib import Path as FilePath
from stat import S_ISDIR, S_ISREG
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from allocator.composing import check_characters, compose_json, compose_yaml
from allocator.faults import InputError, Problem, field_name, reason
from allocator.tree import Path, Place, Tree, plain_scalar
from allocator.wording import problems, suggest
from allocator.workbook.reading import read_workbook

__all__ = [
    "Path",
    "Place",
    "Tree",
    "canonical_sha256",
    "dump_json",
    "read_bytes",
    "read_text",
    "read_tree",
    "suggest",
    "to_yaml",
    "validate",
]

WORKBOOK = ".xlsx"
LARGEST = {".json": 5_000_000, ".yaml": 2_000_000, ".yml": 2_000_000, WORKBOOK: 5_000_000}
"""Most bytes of a file by suffix; less for YAML, which is read at 0.2 to 0.4 MB a second."""
LOOKED_INTO = 200
"""Validation errors that are put into words; the rest is counted."""

Record = TypeVar("Record", bound=BaseModel)


def _refusal(path: FilePath, rule: str, hint: str = "", line: int = 0) -> InputError:
    return InputError([Problem(str(path), line, "", "", rule, hint)])


def read_bytes(path: FilePath, limit: int) -> bytes:
    """Content of a regular file of at most ``limit`` bytes.

    Raises:
        InputError: naming file and reason.
    """
    try:
        mode = path.stat().st_mode
        if S_ISDIR(mode):
            raise _refusal(path, "cannot be read: it is a folder")
        if not S_ISREG(mode):
            raise _refusal(path, "cannot be read: it is a pipe or a device, not a file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except InputError:
        raise
    except OSError as error:
        raise _refusal(path, f"cannot be read: {reason(error)}") from None
    except ValueError:
        raise _refusal(path, "cannot be read: its name holds a NUL or half a character") from None
    if len(content) > limit:
        raise _refusal(path, f"is larger than {limit / 1e6:g} MB, the most that is read")
    return content


def _text(path: FilePath, content: bytes) -> str:
    """Content as text; a byte order mark of UTF-8 is dropped."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refusal(path, "is UTF-16 or UTF-32 text", "save it as UTF-8")
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, "is not UTF-8 text", "save it as UTF-8", line) from None
    if not text.strip():
        raise _refusal(path, "is empty")
    check_characters(str(path), text)
    return text


def read_text(path: FilePath, limit: int) -> str:
    """Content of a file of at most ``limit`` bytes of UTF-8, without forbidden characters.

    Raises:
        InputError: naming file, line and rule.
    """
    return _text(path, read_bytes(path, limit))


def read_tree(path: str | FilePath) -> Tree:
    """Plain values of a ``.yaml``, ``.yml``, ``.json`` or ``.xlsx`` file with their places.

    Unquoted YAML scalars follow YAML 1.2: ``no`` and ``12:30`` are text, ``1e3`` is a number.
    Duplicate keys, anchors, aliases, merge keys, tags, several documents, ambiguous numbers and
    files beyond the limits are refused.

    Raises:
        InputError: naming file, line, field, value and rule of the first thing refused.
    """
    path = FilePath(path)
    limit = LARGEST.get(path.suffix.lower())
    if limit is None:
        raise _refusal(path, "must be a file that ends in .yaml, .yml, .json or .xlsx")
    content = read_bytes(path, limit)
    if path.suffix.lower() == WORKBOOK:
        return read_workbook(path, content)
    text = _text(path, content)
    compose = compose_json if path.suffix.lower() == ".json" else compose_yaml
    return compose(str(path), text)


def _folded(key: str) -> str:
    """Key without what the eye does not tell apart: case, width, outer blanks, invisible marks."""
    visible = "".join(char for char in key if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold()).strip()


def _look_alikes(tree: Tree) -> list[Problem]:
    """Keys of one mapping that differ in nothing the eye sees."""
    found: list[Problem] = []
    seen: dict[tuple[Path, str], Path] = {}
    for path, place in tree.keys.items():
        key = str(path[-1])
        first = seen.setdefault((path[:-1], _folded(key)), path)
        if first != path:
            rule = f"looks like {field_name(first[-1:])} in {tree.where(first)}"
            hint = "use names that differ in more than case, width and blanks"
            name, cell = field_name(path), tree.cell(path)
            found.append(Problem(tree.file, place.line, name, "", rule, hint, cell))
    return found


def validate(model_cls: type[Record], tree: Tree) -> Record:
    """The record that ``tree`` describes.

    Raises:
        InputError: all problems, each with file, line, field, value and rule, by line.
    """
    found = _look_alikes(tree)
    more = 0
    try:
        record = model_cls.model_validate(tree.value)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        found += problems(model_cls, tree, errors[:LOOKED_INTO])
        more = max(len(errors) - LOOKED_INTO, 0)
        raise InputError(sorted(found, key=lambda problem: problem.line), more) from None
    if found:
        raise InputError(found)
    return record


def _plain(value: Any) -> Any:
    """Values as JSON knows them; ``-0.0`` becomes 0.0, so that equal records have equal text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value + 0.0 if isinstance(value, float) else value


def _values(model: BaseModel) -> Any:
    python = model.model_dump(mode="python")
    _refuse_non_finite(python)
    return _plain(model.model_dump(mode="json"))


def _refuse_non_finite(value: Any) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            _refuse_non_finite(inner)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"a record with the number {value} cannot be written")


def dump_json(model: BaseModel) -> str:
    """Canonical JSON: fields in the record's order, entities in the file's, exact numbers.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    return json.dumps(_values(model), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def canonical_sha256(model: BaseModel) -> str:
    """SHA-256 of what the record states, 64 hexadecimal digits: the same for equal records.

    Fields at their default are left out, so that a field added to the records later does not
    make every file and plan written before look changed.
    """
    return hashlib.sha256(json.dumps(_stated(model), ensure_ascii=False).encode()).hexdigest()


def _stated(value: Any) -> Any:
    """Plain data without the fields at their default; a kind is always stated."""
    if isinstance(value, BaseModel):
        return {
            name: _stated(inner)
            for name, field in type(value).model_fields.items()
            if (inner := getattr(value, name)) != field.get_default(call_default_factory=True)
            or name == "kind"
        }
    if isinstance(value, dict):
        return {str(key): _stated(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_stated(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return _plain(value)


def to_yaml(model: BaseModel) -> str:
    """YAML that reads back to an equal record: one line a field, short lists on one line.

    Raises:
        ValueError: a number is infinite or not a number.
    """
    return "".join(f"{line}\n" for line in _block(_values(model), 0))


def _block(value: Any, indent: int) -> list[str]:
    """Lines of a mapping or a list that is not empty."""
    lines: list[str] = []
    pad = " " * indent
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            if isinstance(inner, dict | list) and not _fits(inner):
                lines += [f"{pad}{_scalar(key)}:", *_block(inner, indent + 2)]
            elif isinstance(inner, str) and _is_paragraph(inner):
                lines.append(f"{pad}{_scalar(key)}: {'|' if inner.endswith(chr(10)) else '|-'}")
                lines += [
                    f"{pad}  {line}".rstrip() for line in inner.removesuffix("\n").split("\n")
                ]
            else:
                lines.append(f"{pad}{_scalar(key)}: {_flow(inner)}")
        return lines
    if isinstance(value, list) and value:
        for inner in value:
            if isinstance(inner, dict | list) and not _fits(inner):
                first, *rest = _block(inner, indent + 2)
                lines += [f"{pad}- {first[indent + 2 :]}", *rest]
            else:
                lines.append(f"{pad}- {_flow(inner)}")
        return lines
    return [pad + _flow(value)]


def _fits(value: dict[str, Any] | list[Any]) -> bool:
    """Whether a container goes on one line: empty, or a short list of scalars."""
    if isinstance(value, dict):
        return not value
    scalars = not any(isinstance(inner, dict | list) for inner in value)
    return not value or (scalars and len(_flow(value)) <= 80)


def _is_paragraph(text: str) -> bool:
    """Whether text of several lines reads back as a literal block."""
    lines = text.removesuffix("\n").split("\n")
    solid = all(line == line.strip() and line.isprintable() for line in lines)
    return len(lines) > 1 and solid and bool(lines[0] and lines[-1])


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return f"[{', '.join(_scalar(inner) for inner in value)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """A scalar on one line; text in quotes unless it is plain words for every YAML reader."""
    if isinstance(value, str):
        plain = re.fullmatch(r"[A-Za-z]\w*([ ./-]\w+)*", value) and plain_scalar(value) == value
        if plain and value.lower() not in ("y", "n", "yes", "no", "on", "off"):
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
    text = json.dumps(value, allow_nan=False)
    # Older YAML readers take 1e-07 for text; with a point it is a number for all of them.
    return re.sub(r"^(-?\d+)e", r"\1.0e", text) if isinstance(value, float) else text
