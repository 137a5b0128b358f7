"""Sheets and columns of an instance's workbook, derived from the records that read it.

Every field stands once: in a table with a row per entity (accounts, tiers, season spans), or, if
its record stands only once, in a row of the sheet of settings. Nothing about a field is said here
that its record does not say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from fact_models.quantity import Names, Spec
from fact_models.response import Response
from fact_models.spec.document import shape
from fact_models.spec.instance import Instance

KEY = "*"
"""Step of a path that stands for the name of an entity or for the key of a map."""
ITEM = "#"
"""Step of a path that stands for the position in a list."""
SETTINGS = "settings"
"""Marker of the sheet of settings."""
GUIDE = "guide"
"""Marker of the sheet that explains the others."""

Kind = Literal["number", "whole", "text", "flag", "time", "name", "choice", "list", "switch"]
"""What a cell holds; ``switch`` says whether a record is in use."""
Steps = tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """A column of a table or a row of the settings.

    Attributes:
        path: steps from the record of the table; ``*`` for any key of a map, ``#`` for any item.
        kind: what its cells hold; of a list, what the list's cell holds together.
        of: kind of the items of a list, else the same as ``kind``.
        choices: texts that are allowed, where only a few are.
        names: path of the table whose names are allowed; empty without one.
        keys: path of the table whose names are the keys of a map, or the keys themselves.
        unit: its unit as the record says it.
        bounds: its bounds in words.
        least: smallest and largest number; ``open_least`` when the smallest itself is not allowed.
        default: as the file format writes it; None when the field is required.
        field: record and field, such as ``Account.hours_max``.
        help: what the record says about the field.
    """

    path: Steps
    kind: Kind
    field: str
    of: Kind = "text"
    choices: tuple[str, ...] = ()
    names: str = ""
    keys: str | tuple[str, ...] = ""
    unit: str = ""
    bounds: str = ""
    least: float | None = None
    open_least: bool = False
    most: float | None = None
    default: Any = None
    required: bool = False
    help: str = ""

    @property
    def is_map(self) -> bool:
        """Whether the field is a map, with a column for every key."""
        return KEY in self.path


@dataclass(frozen=True)
class Table:
    """A sheet with a row per entity; the settings have the empty path.

    Attributes:
        path: steps from the instance; ``*`` for names, ``#`` for the position in a list.
        record: what a row describes.
        leaves: its columns after those of the names.
        choices: names that are allowed, where only a few are.
        names: path of the table whose names these are, where they are not its own.
    """

    path: Steps
    record: type[Spec]
    leaves: tuple[Leaf, ...]
    choices: tuple[str, ...] = ()
    names: str = ""

    @property
    def marker(self) -> str:
        """What the sheet says it is: ``field.accounts``, ``alliance.tiers.*.offers``."""
        steps = self.path[:-1] if self.path[-1:] in ((KEY,), (ITEM,)) else self.path
        return ".".join(steps) or SETTINGS

    @property
    def owners(self) -> tuple[str, ...]:
        """Names of the columns that hold names: ``(tiers)``, ``(offers)``."""
        return tuple(
            f"({self.path[n - 1]})" for n, step in enumerate(self.path) if step == KEY and n
        )

    @property
    def is_list(self) -> bool:
        """Whether its rows have an order and no names."""
        return self.path[-1:] == (ITEM,)


@cache
def tables() -> tuple[Table, ...]:
    """All sheets in their order: the settings, then a table for every kind of entity."""
    found: list[Table] = []
    leaves = tuple(_leaves(Instance, (), found, ()))
    return (Table((), Instance, leaves), *found)


@cache
def table_of(marker: str) -> Table | None:
    """The table that a sheet says it is."""
    return next((table for table in tables() if table.marker == marker), None)


@dataclass(frozen=True)
class _Type:
    """A field's type without what wraps it."""

    base: Any
    metadata: tuple[Any, ...]
    optional: bool = False


def _bare(annotation: Any, metadata: tuple[Any, ...] = (), optional: bool = False) -> _Type:
    """``annotation`` without ``Annotated`` and ``None``."""
    annotation = getattr(annotation, "__value__", annotation)
    if get_origin(annotation) is Annotated:
        base, *more = get_args(annotation)
        inner = [m for part in more for m in (getattr(part, "metadata", None) or [part])]
        return _bare(base, (*inner, *metadata), optional)
    if get_origin(annotation) in (Union, UnionType):
        members = [part for part in get_args(annotation) if part is not type(None)]
        absent = optional or len(members) < len(get_args(annotation))
        if len(members) == 1:
            return _bare(members[0], metadata, absent)
        return _Type(tuple(_bare(part).base for part in members), metadata, absent)
    return _Type(annotation, metadata, optional)


def _is_record(of: Any) -> bool:
    return isinstance(of, type) and issubclass(of, BaseModel)


def _is_curve(of: Any) -> bool:
    return isinstance(of, tuple) and all(_is_record(part) for part in of)


def _leaves(record: type[Spec], path: Steps, found: list[Table], top: Steps) -> Iterator[Leaf]:
    """Columns of a record whose table is at ``top``; tables below it are added to ``found``.

    Args:
        record: the record.
        path: steps from the record of the table to this one.
        found: takes the tables.
        top: path of the table.
    """
    for name, info in record.model_fields.items():
        here = (*path, info.alias or name)
        of = _bare(info.annotation, tuple(info.metadata))
        if _is_record(of.base):
            if of.optional and KEY not in top and ITEM not in top:
                yield Leaf(here, "switch", f"{record.__name__}.{name}", help=_said(info))
            yield from _leaves(of.base, here, found, top)
        elif _is_curve(of.base):
            yield from _curve_leaves(of.base, here)
        elif get_origin(of.base) is dict:
            yield from _of_dict(record, name, info, of, here, found, top)
        elif get_origin(of.base) is list and _is_record(_bare(get_args(of.base)[0]).base):
            below = _bare(get_args(of.base)[0]).base
            place = (*top, *here, ITEM)
            found.append(Table(place, below, tuple(_leaves(below, (), found, place))))
        else:
            yield _leaf(record.__name__, name, info, of, here)


def _of_dict(
    record: type[Spec],
    name: str,
    info: Any,
    of: _Type,
    here: Steps,
    found: list[Table],
    top: Steps,
) -> Iterator[Leaf]:
    """The table of a dict of records or curves, or the leaf of a map of numbers."""
    key, value = (_bare(part) for part in get_args(of.base))
    if not _is_record(value.base) and not _is_curve(value.base):
        yield _leaf(record.__name__, name, info, value, (*here, KEY), _names(key))
        return
    place = (*top, *here, KEY)
    at = len(found)
    if _is_curve(value.base):
        leaves, kind = tuple(_curve_leaves(value.base, ())), Response
    else:
        leaves, kind = tuple(_leaves(value.base, (), found, place)), value.base
    names = _names(key)
    choices = names if isinstance(names, tuple) else ()
    shared = names if isinstance(names, str) else ""
    found.insert(at, Table(place, kind, leaves, choices, shared))


def _curve_leaves(members: tuple[type[Spec], ...], path: Steps) -> Iterator[Leaf]:
    """The kind of a curve, then every parameter that one of the kinds has."""
    kinds = tuple(str(member.model_fields["kind"].default) for member in members)
    yield Leaf((*path, "kind"), "choice", "Response.kind", "choice", kinds, required=True)
    seen: dict[str, Leaf] = {}
    for kind, member in zip(kinds, members, strict=True):
        for name, info in member.model_fields.items():
            alias = info.alias or name
            if name == "kind":
                continue
            of = _bare(info.annotation, tuple(info.metadata))
            leaf = _leaf(member.__name__, name, info, of, (*path, alias))
            said = f"{kind}: {leaf.help}"
            if alias in seen:
                said = f"{seen[alias].help} {said}"
            seen[alias] = _replaced(seen.get(alias, leaf), help=said, required=False)
    yield from seen.values()


def _replaced(leaf: Leaf, **changes: Any) -> Leaf:
    return Leaf(**{**{name: getattr(leaf, name) for name in leaf.__dataclass_fields__}, **changes})


def _said(info: Any) -> str:
    return " ".join((info.description or "").split()).replace("``", "")


def _names(of: _Type) -> str | tuple[str, ...]:
    """Table of the names that a type allows, or the names themselves."""
    if get_origin(of.base) is Literal:
        return tuple(get_args(of.base))
    return next((m.of for m in of.metadata if isinstance(m, Names)), "")


def _leaf(
    record: str,
    name: str,
    info: Any,
    of: _Type,
    path: Steps,
    keys: str | tuple[str, ...] = "",
) -> Leaf:
    """A leaf for a field of scalars, of a list of scalars, or for the values of a map."""
    told = shape(info.annotation, tuple(info.metadata))
    kind, inner, metadata = _kind(of), of, of.metadata
    if get_origin(of.base) in (list, tuple):
        inner = _bare(get_args(of.base)[0])
        if _kind(inner) == "text":
            kind, path = "text", (*path, ITEM)
        metadata = (*metadata, *inner.metadata)
    allowed = _names(inner)
    return Leaf(
        path,
        kind,
        f"{record}.{name}",
        of=_kind(inner),
        choices=_choices(inner, allowed),
        names=allowed if isinstance(allowed, str) else "",
        keys=keys,
        unit=told.unit,
        bounds=told.bounds,
        least=_bound(metadata, "ge", "gt"),
        open_least=_bound(metadata, "gt") is not None,
        most=_bound(metadata, "le"),
        default=None if info.is_required() else info.default,
        required=info.is_required(),
        help=_said(info),
    )


def _choices(of: _Type, allowed: str | tuple[str, ...]) -> tuple[str, ...]:
    """Texts that are allowed: those of a literal, or of a pattern that only lists words."""
    if isinstance(allowed, tuple):
        return allowed
    patterns = [str(m.pattern) for m in of.metadata if getattr(m, "pattern", None)]
    listed = [p[2:-2].split("|") for p in patterns if p.startswith("^(") and p.endswith(")$")]
    return tuple(listed[0]) if listed else ()


def _bound(metadata: tuple[Any, ...], *names: str) -> float | None:
    found = [getattr(m, n) for m in metadata for n in names if getattr(m, n, None) is not None]
    return float(found[-1]) if found else None


def _kind(of: _Type) -> Kind:
    if isinstance(of.base, tuple):
        return "time"
    if get_origin(of.base) in (list, tuple):
        return "list"
    if get_origin(of.base) is Literal or _choices(of, ""):
        return "choice"
    if of.base is str:
        named = any(getattr(m, "pattern", None) for m in of.metadata)
        return "name" if named else "text"
    kinds: dict[Any, Kind] = {float: "number", int: "whole", bool: "flag"}
    return kinds[of.base]
