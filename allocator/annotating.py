"""YAML text of an instance: one line a field, its unit and, where one is given, its source behind
or above it."""

from typing import Any, get_args

from pydantic import BaseModel

from fact_models.quantity import Unit

Tree = dict[str, Any]


def text(
    tree: Tree,
    record: type[BaseModel],
    notes: dict[str, str],
    remarks: dict[str, str] | None = None,
) -> str:
    """YAML of ``tree``.

    Args:
        tree: plain values in the order of the file.
        record: the record that describes them; it knows the units.
        notes: comments by dotted path, with ``*`` for an id; written above the field.
        remarks: comments by dotted path with the ids as they are, entries of a list by their
            number from 0; written behind the unit.

    Returns:
        The text, with a newline at the end.
    """
    return "\n".join(_lines(tree, record, ("", ""), "", notes, remarks or {})) + "\n"


def rounded(value: Any, digits: int = 6) -> Any:
    """``value`` with every float kept to so many significant digits; whole floats become short."""
    if isinstance(value, dict):
        return {key: rounded(inner, digits) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner, digits) for inner in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _lines(
    tree: Tree,
    record: type[BaseModel] | None,
    paths: tuple[str, str],
    pad: str,
    notes: dict[str, str],
    remarks: dict[str, str],
) -> list[str]:
    """Lines of a mapping; ``paths`` are its path with ``*`` for ids and its path as it is."""
    found = []
    path, at = paths
    for key, value in tree.items():
        known = record.model_fields.get(_field(record, key)) if record else None
        here = f"{path}.{key if known or not record else '*'}".lstrip(".")
        here = here if known else f"{path}.*".lstrip(".")
        place = f"{at}.{key}".lstrip(".")
        found += [f"{pad}# {line}" for line in notes.get(here, "").splitlines()]
        annotation = (known.annotation, *known.metadata) if known else ()
        inner = _record(annotation)
        if isinstance(value, dict) and not _flat(value):
            found.append(f"{pad}{key}:")
            if inner and _keyed(annotation):
                for name, entry in value.items():
                    more = f"{here}.*"
                    found += [f"{pad}  # {x}" for x in notes.get(more, "").splitlines()]
                    found.append(f"{pad}  {name}:")
                    deeper = (more, f"{place}.{name}")
                    found += _lines(entry, inner, deeper, pad + "    ", notes, remarks)
            else:
                found += _lines(value, inner, (here, place), pad + "  ", notes, remarks)
        elif isinstance(value, list) and value and isinstance(value[0], dict | str):
            found.append(f"{pad}{key}:")
            for n, entry in enumerate(value):
                found.append(f"{pad}  - {_flow(entry)}{_tail(remarks.get(f'{place}.{n}', ''))}")
        else:
            unit = _unit(annotation)
            said = [unit if unit != "1" else "", remarks.get(place, "")]
            tail = _tail("; ".join(part for part in said if part))
            found.append(f"{pad}{key}: {_flow(value)}{tail}")
    return found


def _tail(said: str) -> str:
    """What stands behind a value."""
    return f"  # {said}" if said else ""


def _field(record: type[BaseModel], key: str) -> str:
    """Field name of a key, which may be an alias."""
    for name, known in record.model_fields.items():
        if known.alias == key:
            return name
    return key


def _flat(value: Tree) -> bool:
    """Whether a mapping goes on one line: a curve, or numbers by id."""
    numbers = all(isinstance(inner, int | float) for inner in value.values())
    return "kind" in value or (numbers and len(value) <= 6)


def _walk(annotation: Any) -> list[Any]:
    """``annotation`` and everything inside it."""
    parts = annotation if isinstance(annotation, tuple) else get_args(annotation)
    return [annotation, *(found for part in parts for found in _walk(part))]


def _record(annotation: Any) -> type[BaseModel] | None:
    for part in _walk(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _keyed(annotation: Any) -> bool:
    return any(getattr(part, "__origin__", None) is dict for part in _walk(annotation))


def _unit(annotation: Any) -> str:
    return next((part.of for part in _walk(annotation) if isinstance(part, Unit)), "")


def _flow(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    if isinstance(value, float):
        short = repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        return short if "e" not in short else f"{value:.12f}".rstrip("0")
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
