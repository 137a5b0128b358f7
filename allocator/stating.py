"""What the text of a plan file states, and what is wrong with it.

Nothing here is believed: a text that does not hold together is refused with the key's name, and a
plan that breaks a rule, or states what its decisions do not give, comes with its faults.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np

from allocator.checking import Finding, check
from allocator.composing import compose_json, no_constant
from allocator.faults import InputError, Problem, field_name, is_number, shown
from allocator.plan import Plan, Status, TracePoint, agrees
from allocator.reading import canonical_sha256, validate
from allocator.sealing import SEAL, digest_of
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import replay
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_FIGURE = 1e100
"""Largest figure: far beyond any money, and differences and squares of it are still finite."""
LONGEST = 300
"""Most digits of a whole number: 1e300 is still a number of double precision."""
KEYS = (
    "status",
    "objective",
    "bound",
    "gap",
    "asked_gap",
    "gmv",
    "net_gmv",
    "contribution",
    "terminal_value",
    "runtime",
    "replay",
    "instance",
    "version",
    "message",
    "growth",
    "trace",
    "ids",
    "file",
    "decisions",
    "tables",
    SEAL,
)
"""Keys of a plan file in their order."""
FIGURES = KEYS[KEYS.index("objective") : KEYS.index("runtime")]
"""Those of them that are figures of the plan."""
LATER = frozenset({"asked_gap", "tables", SEAL})
"""Keys that plan files of earlier programs do not have."""
HEDGED = "worlds"
"""Key that only plans of a hedge have."""


@dataclass(frozen=True)
class Stated:
    """A plan as its file states it.

    Attributes:
        plan: the plan, its decisions replayed, its figures as they were reported.
        finding: broken rules, and what the file states that its decisions do not give.
        sealed: whether the file carries its digest; files of earlier programs do not.
        tables: SHA-256 of the tables that were written with it, by name.
    """

    plan: Plan
    finding: Finding
    sealed: bool
    tables: dict[str, str]


def stated_in(text: str, source: str) -> Stated:
    """What ``text`` states, and what is wrong with it.

    Raises:
        InputError: the text is no plan file, or does not hold together.
    """
    record = _parsed(text, source)
    # Through text once more, for the places that the messages name.
    instance = validate(Instance, compose_json(source, json.dumps(record["file"], indent=1)))
    stated = _mapping(record, "instance", source)
    if stated != {"name": instance.name, "sha256": canonical_sha256(instance)}:
        refuse(source, "instance", "does not belong to the instance in this file: it was changed")
    if record["ids"] != json.loads(json.dumps(asdict(ids_of(instance)))):
        refuse(source, "ids", "do not belong to the instance in this file: it was changed")
    decisions = _decisions(record["decisions"], instance, source)
    measured = _mapping(record, "replay", source)
    if set(measured) != {"objective", "max_violation"}:
        refuse(source, "replay", "must hold objective and max_violation, nothing else")
    figures: dict[str, Any] = {key: _number(record, key, source) for key in FIGURES}
    try:
        plan = Plan(
            instance=instance,
            status=_status(record["status"], source),
            **figures,
            worlds=_worlds(record, source),
            decisions=decisions,
            replay=None if decisions is None else replay(instance, decisions),
            runtime=_runtime(_mapping(record, "runtime", source), source),
            max_violation=_number(measured, "max_violation", source),
            trace=_trace(record["trace"], source),
            message=_text(record, "message", source),
            growth=_growth(record, source),
            version=_text(record, "version", source),
        )
    except ValueError as error:
        refuse(source, "", str(error))
    found = check(plan)
    faults = (*_changes(record, plan, text, source), *found.faults)
    return Stated(plan, replace(found, faults=faults), SEAL in record, _tables(record, source))


def _changes(record: "Mapping[str, Any]", plan: Plan, text: str, source: str) -> list[str]:
    """What shows that a file is not as it was written, beyond the figures of the plan."""
    found = []
    if SEAL in record and record[SEAL] != digest_of(text):
        found.append(
            f"the file was changed after it was written: its content does not give its {SEAL}; "
            "take the file that was written, or make the plan again with `allocator solve`"
        )
    told = _number(record["replay"], "objective", source)
    due = None if plan.replay is None else float(plan.replay.objective)
    if (told is None) != (due is None) or (due is not None and not agrees(told, due)):
        found.append(f"replay.objective is reported as {told}, the decisions give {due}")
    return found


def refuse(source: str, field: str, rule: str, value: str = "") -> NoReturn:
    """Refuse a file, or a field in it with its value as shown.

    Raises:
        InputError: always.
    """
    raise InputError([Problem(source, 0, field, value, rule)]) from None


def _parsed(text: str, source: str) -> dict[str, Any]:
    """The top mapping of a plan file, with exactly the keys of one."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key stands twice in one mapping")
        return found

    def whole(digits: str) -> int | float:
        # Beyond double precision it is infinite, which every reader of a figure refuses by name.
        return int(digits) if len(digits) <= LONGEST else float(digits)

    try:
        record = json.loads(
            text, object_pairs_hook=unique, parse_constant=no_constant, parse_int=whole
        )
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        refuse(source, "", "is not a plan file: a text in it holds half a character")
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        refuse(source, "", f"is not a plan file: {words}")
    if not isinstance(record, dict) or set(record) - {HEDGED} | LATER != set(KEYS):
        odd = (
            sorted((set(record) - {HEDGED} | LATER) ^ set(KEYS))
            if isinstance(record, dict)
            else []
        )
        listed = ", ".join(field_name((key,)) for key in odd[:6])
        names = f" (missing or unknown: {listed})" if odd else ""
        refuse(source, "", f"is not a plan file{names}")
    return record


def _mapping(record: "Mapping[str, Any]", key: str, source: str) -> dict[str, Any]:
    if not isinstance(record[key], dict):
        refuse(source, key, "must be a mapping", shown(record[key]))
    return dict(record[key])


def _number(record: "Mapping[str, Any]", key: str, source: str) -> float | None:
    value = record.get(key)
    if value is None:
        return None
    if not is_number(value):
        refuse(source, key, "must be a finite number or null", shown(value))
    if not abs(value) <= LARGEST_FIGURE:
        refuse(
            source, key, f"must be a number of at most {LARGEST_FIGURE:g} or null", shown(value)
        )
    return float(value)


def _seconds(record: "Mapping[str, Any]", key: str, source: str) -> float | None:
    value = _number(record, key, source)
    if value is not None and value < 0:
        refuse(source, key, "must be seconds, at least 0", shown(value))
    return value


def _text(record: "Mapping[str, Any]", key: str, source: str) -> str:
    if not isinstance(record[key], str):
        refuse(source, key, "must be text", shown(record[key]))
    return str(record[key])


def _status(value: object, source: str) -> Status:
    for status in get_args(Status):
        if value == status:
            return status  # type: ignore[no-any-return]
    refuse(source, "status", f"must be one of {', '.join(get_args(Status))}", shown(value))


def _worlds(record: "Mapping[str, Any]", source: str) -> int | None:
    value = record.get(HEDGED)
    if HEDGED in record and (type(value) is not int or value < 1):
        refuse(source, HEDGED, "must be a count of worlds, at least 1", shown(value))
    return value


def _runtime(stated: dict[str, Any], source: str) -> dict[str, float]:
    found = {}
    for key, value in stated.items():
        at = field_name(("runtime", key))
        seconds = _seconds({at: value}, at, source)
        if seconds is not None:
            found[key] = seconds
    return found


def _growth(record: "Mapping[str, Any]", source: str) -> dict[str, Any]:
    """Figures of the snowball: numbers by name, or by name and segment."""

    def plain(value: object, depth: int) -> bool:
        if isinstance(value, dict | list):
            inside = value.values() if isinstance(value, dict) else value
            return depth > 0 and all(plain(inner, depth - 1) for inner in inside)
        if not is_number(value):
            return value is None or isinstance(value, str)
        return abs(value) <= LARGEST_FIGURE

    found = _mapping(record, "growth", source)
    for name, value in found.items():
        if not plain(value, 2):
            at = field_name(("growth", name))
            refuse(source, at, "must hold finite numbers, texts or null", shown(value))
    return found


def _tables(record: "Mapping[str, Any]", source: str) -> dict[str, str]:
    found = _mapping({"tables": {}, **record}, "tables", source)
    for name, digest in found.items():
        if not re.fullmatch(r"\w+", name) or not isinstance(digest, str):
            at = field_name(("tables", name))
            refuse(source, at, "must be the SHA-256 of a table by its name", shown(digest))
    return found


def _trace(value: object, source: str) -> tuple[TracePoint, ...]:
    if not isinstance(value, list):
        refuse(
            source, "trace", "must be a list of [seconds, phase, objective, bound]", shown(value)
        )
    found: list[TracePoint] = []
    for n, point in enumerate(value):
        if not isinstance(point, list) or len(point) != 4 or not isinstance(point[1], str):
            at = field_name(("trace", n))
            refuse(source, at, "must be [seconds, phase, objective, bound]", shown(point))
        keys = ("trace.seconds", "trace.objective", "trace.bound")
        stated = dict(zip(keys, (point[0], *point[2:]), strict=True))
        objective, bound = (_number(stated, key, source) for key in keys[1:])
        found.append((_seconds(stated, keys[0], source) or 0.0, point[1], objective, bound))
    return tuple(found)


def _decisions(stated: object, instance: Instance, source: str) -> Decisions | None:
    if stated is None:
        return None
    if not isinstance(stated, dict):
        refuse(source, "decisions", "must be a mapping or null", shown(stated))
    try:
        decisions = Decisions.from_plain(stated, ids_of(instance))
    except (ValueError, TypeError) as error:
        refuse(source, "decisions", f"do not fit the instance in this file: {error}")
    for name in stated:
        if not (np.abs(getattr(decisions, name)) <= LARGEST_FIGURE).all():
            refuse(source, f"decisions.{name}", "must hold finite numbers only")
    return decisions
