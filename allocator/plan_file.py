"""The plan file: ``NAME/plan.json`` with its tables beside it.

The file is the commit record: it is written last and in one piece, so a plan without it does not
exist. It holds the canonical instance and its digest, so a plan reads without the instance file it
came from.
"""

import json
import math
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np

from allocator.composing import compose_json
from allocator.faults import InputError, OutputError, Problem, reason
from allocator.plan import Plan, Status, TracePoint
from allocator.reading import canonical_sha256, dump_json, validate
from allocator.writing import csv_text, safe_name, write_atomic
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "plan.json"
INCUMBENT = "incumbent.json"
"""Best plan of a solve that is still running, or that ended before it could write its plan."""
LARGEST = 100_000_000
"""Most bytes of a plan file."""
KEYS = (
    "status",
    "objective",
    "bound",
    "gap",
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
)
"""Keys of a plan file in their order."""


def summary(plan: Plan) -> dict[str, Any]:
    """What a plan reports, without instance and decisions; numbers that are not finite become
    None.
    """
    found: dict[str, Any] = {
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "gmv": plan.gmv,
        "net_gmv": plan.net_gmv,
        "contribution": plan.contribution,
        "terminal_value": plan.terminal_value,
        "runtime": dict(plan.runtime),
        "replay": {
            "objective": None if plan.replay is None else float(plan.replay.objective),
            "max_violation": plan.max_violation,
        },
        "instance": {"name": plan.name, "sha256": canonical_sha256(plan.instance)},
        "version": plan.version,
        "message": plan.message,
        "growth": plan.growth,
        "trace": [list(point) for point in plan.trace],
    }
    if plan.conflict:
        found["conflict"] = plan.conflict
    return {key: _finite(value) for key, value in found.items()}


def to_json(plan: Plan) -> str:
    """Text of the plan file: one key a line, one decision array a line.

    Raises:
        ValueError: a decision is not a finite number.
    """
    record = summary(replace(plan, conflict={}))
    record["ids"] = asdict(ids_of(plan.instance))
    record["file"] = json.loads(dump_json(plan.instance))
    lines = [f"  {json.dumps(key)}: {_compact(value)}" for key, value in record.items()]
    if plan.decisions is None:
        lines.append('  "decisions": null')
    else:
        arrays = plan.decisions.to_plain().items()
        inside = ",\n".join(f"    {json.dumps(name)}: {_compact(array)}" for name, array in arrays)
        lines.append(f'  "decisions": {{\n{inside}\n  }}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    """``value`` as JSON knows it: plain numbers, text keys, None for what is not finite."""
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return _finite(value.tolist())
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, np.generic):
        return _finite(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def from_json(text: str, source: str = FILE_NAME) -> Plan:
    """The plan in ``text``, its decisions replayed; ``source`` names the file in messages.

    Figures stay as they were reported: ``Plan.broken_claims`` compares them with the replay.

    Raises:
        InputError: the text is no plan file, or it was changed since it was written.
    """
    record = _parsed(text, source)
    # Through text once more, for the places that the messages name.
    instance = validate(Instance, compose_json(source, json.dumps(record["file"], indent=1)))
    stated = _mapping(record, "instance", source)
    if stated != {"name": instance.name, "sha256": canonical_sha256(instance)}:
        _refuse(source, "instance", "does not belong to the instance in this file: it was changed")
    if record["ids"] != json.loads(json.dumps(asdict(ids_of(instance)))):
        _refuse(source, "ids", "do not belong to the instance in this file: it was changed")
    decisions = _decisions(record["decisions"], instance, source)
    measured = _mapping(record, "replay", source)
    figures: dict[str, Any] = {key: _number(record, key, source) for key in KEYS[1:8]}
    try:
        return Plan(
            instance=instance,
            status=_status(record["status"], source),
            **figures,
            decisions=decisions,
            replay=None if decisions is None else replay(instance, decisions),
            runtime=_figures(_mapping(record, "runtime", source), source),
            max_violation=_number(measured, "max_violation", source),
            trace=_trace(record["trace"], source),
            message=_text(record, "message", source),
            growth=_mapping(record, "growth", source),
            version=_text(record, "version", source),
        )
    except ValueError as error:
        _refuse(source, "", str(error))


def _refuse(source: str, field: str, rule: str, hint: str = "") -> NoReturn:
    raise InputError([Problem(source, 0, field, "", rule, hint)]) from None


def _parsed(text: str, source: str) -> dict[str, Any]:
    """The top mapping of a plan file, with exactly the keys of one."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key stands twice in one mapping")
        return found

    def no_number(word: str) -> NoReturn:
        raise ValueError(f"{word} is not a number of JSON")

    try:
        record = json.loads(text, object_pairs_hook=unique, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        _refuse(source, "", f"is not a plan file: {words}")
    if not isinstance(record, dict) or set(record) != set(KEYS):
        odd = sorted(set(record) ^ set(KEYS)) if isinstance(record, dict) else []
        names = f" (missing or unknown: {', '.join(map(str, odd[:6]))})" if odd else ""
        _refuse(source, "", f"is not a plan file{names}")
    return record


def _mapping(record: "Mapping[str, Any]", key: str, source: str) -> dict[str, Any]:
    if not isinstance(record[key], dict):
        _refuse(source, key, "must be a mapping")
    return dict(record[key])


def _number(record: "Mapping[str, Any]", key: str, source: str) -> float | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _refuse(source, key, "must be a finite number or null")
    return float(value)


def _text(record: "Mapping[str, Any]", key: str, source: str) -> str:
    if not isinstance(record[key], str):
        _refuse(source, key, "must be text")
    return str(record[key])


def _status(value: object, source: str) -> Status:
    for status in get_args(Status):
        if value == status:
            return status  # type: ignore[no-any-return]
    _refuse(source, "status", f"must be one of {', '.join(get_args(Status))}")


def _figures(stated: dict[str, Any], source: str) -> dict[str, float]:
    numbers = {key: _number(stated, key, source) for key in stated}
    return {key: value for key, value in numbers.items() if value is not None}


def _trace(value: object, source: str) -> tuple[TracePoint, ...]:
    found: list[TracePoint] = []
    for point in value if isinstance(value, list) else [None]:
        if not isinstance(point, list) or len(point) != 4 or not isinstance(point[1], str):
            _refuse(source, "trace", "must be a list of [seconds, phase, objective, bound]")
        stated = dict(zip(("seconds", "objective", "bound"), (point[0], *point[2:]), strict=True))
        seconds, objective, bound = (_number(stated, key, source) for key in stated)
        found.append((seconds or 0.0, point[1], objective, bound))
    return tuple(found)


def _decisions(stated: object, instance: Instance, source: str) -> Decisions | None:
    if stated is None:
        return None
    if not isinstance(stated, dict):
        _refuse(source, "decisions", "must be a mapping or null")
    try:
        decisions = Decisions.from_plain(stated, ids_of(instance))
    except (ValueError, TypeError) as error:
        _refuse(source, "decisions", f"do not fit the instance in this file: {error}")
    for name in stated:
        if not np.isfinite(getattr(decisions, name)).all():
            _refuse(source, f"decisions.{name}", "must hold finite numbers only")
    return decisions


def find(path: str | Path) -> Path:
    """The plan file that ``path`` names: itself, or the one in the folder."""
    given = Path(path)
    return given / FILE_NAME if given.is_dir() else given


def read(path: str | Path) -> Plan:
    """The plan in a file or in its folder.

    Raises:
        InputError: naming file and reason.
    """
    file = find(path)
    try:
        mode = file.stat().st_mode
        if S_ISDIR(mode) or not S_ISREG(mode):
            _refuse(str(path), "", "cannot be read: it is not a plan file or the folder of one")
        if file.stat().st_size > LARGEST:
            _refuse(str(file), "", f"is larger than {LARGEST / 1e6:g} MB, the most that is read")
        text = file.read_text(encoding="utf-8")
    except InputError:
        raise
    except OSError as error:
        _refuse(str(file), "", f"cannot be read: {reason(error)}")
    except UnicodeDecodeError:
        _refuse(str(file), "", "is not UTF-8 text")
    except ValueError:
        _refuse(str(path), "", "cannot be read: its name holds a NUL or half a character")
    return from_json(text, str(file))


def write_incumbent(out: str | Path, plan: Plan) -> Path:
    """Keep the best plan of a running solve below ``out``, so that it outlives the process.

    It stands beside the plan of an earlier run, and is gone once ``write`` was done.

    Raises:
        OutputError: the file cannot be written.
    """
    folder = Path(out) / safe_name(plan.name)
    prepare(folder)
    write_atomic(folder / INCUMBENT, to_json(plan))
    return folder / INCUMBENT


def prepare(out: Path) -> None:
    """Make sure that ``out`` is a folder.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(str(out), reason(error)) from None


def folder_of(out: str | Path, plan: Plan) -> Path:
    """The folder of a plan below ``out``."""
    return Path(out) / safe_name(plan.name)


def write(out: str | Path, plan: Plan) -> Path:
    """Write a plan and its tables below ``out``; the plan file comes last and makes them valid.

    Returns:
        The folder of the plan.

    Raises:
        OutputError: a file cannot be written.
        ValueError: there is no plan, or it breaks a rule or does not give the figures it reports.
    """
    if not plan.verified or plan.decisions is None:
        raise ValueError(f"{plan.name} has no verified plan ({plan.status}); nothing is written")
    check = verify(plan.instance, plan.decisions, objective=plan.objective)
    faults = plan.broken_claims()
    if not check.ok or faults:
        raise ValueError(f"{plan.name}: {(faults or [str(x) for x in check.violations])[0]}")
    folder = folder_of(out, plan)
    prepare(folder / "tables")
    for name, table in plan.tables().items():
        write_atomic(folder / "tables" / f"{name}.csv", csv_text(table))
    write_atomic(folder / FILE_NAME, to_json(plan))
    with suppress(OSError):
        (folder / INCUMBENT).unlink()
    return folder
