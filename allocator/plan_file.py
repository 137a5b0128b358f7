"""The plan file: ``NAME/plan.json`` with its tables beside it.

The file is the commit record: plan and tables are written whole to a folder aside and moved to
their places, the file last. So a plan without it does not exist, and a plan that could not be
written leaves the one of an earlier run as it was. The file holds the canonical instance and its
digest, so a plan reads without the instance file it came from, and last a digest of all that it
states, so that a change shows.
"""

import hashlib
import json
import math
import re
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any, NoReturn, get_args

import numpy as np

from allocator.checking import Finding, check
from allocator.composing import compose_json
from allocator.faults import InputError, OutputError, Problem, reason
from allocator.plan import Plan, Status, TracePoint, agrees
from allocator.reading import canonical_sha256, dump_json, validate
from allocator.sealing import SEAL, digest_of
from allocator.writing import csv_text, move_whole, safe_name, write_atomic
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import replay
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "plan.json"
INCUMBENT = "incumbent.json"
"""Best plan of a solve that is still running, or that ended before it could write its plan."""
TABLES = "tables"
"""Folder of the tables, beside the plan file."""
REPORTS = ("plan.xlsx", "plan.html")
"""What is made from a plan file; it goes when another plan takes its place."""
STAGING = ".new"
"""Folder of a plan that is being written; whole once it holds a plan file."""
LARGEST = 100_000_000
"""Most bytes of a plan file."""
LARGEST_FIGURE = 1e100
"""Largest figure: far beyond any money, and differences and squares of it are still finite."""
LONGEST = 300
"""Most digits of a whole number: 1e300 is still a number of double precision."""
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
    "tables",
    SEAL,
)
"""Keys of a plan file in their order."""
LATER = frozenset({"tables", SEAL})
"""Keys that plan files of earlier programs do not have."""


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


def to_json(plan: Plan, tables: "Mapping[str, str] | None" = None) -> str:
    """Text of the plan file: one key a line, one decision array a line.

    Args:
        plan: the plan.
        tables: SHA-256 of the tables beside the file, by name.

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
    lines.append(f'  "tables": {_compact(dict(tables or {}))}')
    seal = digest_of("{" + ",".join(lines) + "}")
    lines.append(f'  "{SEAL}": "{seal}"')
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


def from_json(text: str, source: str = FILE_NAME) -> Plan:
    """The plan in ``text``, replayed and verified; ``source`` names the file in messages.

    Raises:
        InputError: the text is no plan file, it was changed since it was written, or the plan in
            it breaks a rule or does not give the figures it reports.
    """
    return _believed(stated_in(text, source), source)


def _believed(found: Stated, source: str) -> Plan:
    """The plan, if nothing is wrong with it."""
    if found.finding.faults:
        raise InputError(
            Problem(source, 0, "", "", f"is not a plan to go by: {fault}")
            for fault in found.finding.faults
        )
    return found.plan


def stated_in(text: str, source: str = FILE_NAME) -> Stated:
    """What ``text`` states, and what is wrong with it.

    Raises:
        InputError: the text is no plan file, or does not hold together.
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
    if set(measured) != {"objective", "max_violation"}:
        _refuse(source, "replay", "must hold objective and max_violation, nothing else")
    figures: dict[str, Any] = {key: _number(record, key, source) for key in KEYS[1:8]}
    try:
        plan = Plan(
            instance=instance,
            status=_status(record["status"], source),
            **figures,
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
        _refuse(source, "", str(error))
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

    def whole(digits: str) -> int | float:
        # Beyond double precision it is infinite, which every reader of a figure refuses by name.
        return int(digits) if len(digits) <= LONGEST else float(digits)

    try:
        record = json.loads(
            text, object_pairs_hook=unique, parse_constant=no_number, parse_int=whole
        )
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse(source, "", "is not a plan file: a text in it holds half a character")
    except (ValueError, RecursionError) as error:
        words = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        _refuse(source, "", f"is not a plan file: {words}")
    if not isinstance(record, dict) or set(record) | LATER != set(KEYS):
        odd = sorted((set(record) | LATER) ^ set(KEYS)) if isinstance(record, dict) else []
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
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(source, key, "must be a finite number or null")
    if not abs(value) <= LARGEST_FIGURE:
        _refuse(source, key, f"must be a number of at most {LARGEST_FIGURE:g} or null")
    return float(value)


def _seconds(record: "Mapping[str, Any]", key: str, source: str) -> float | None:
    value = _number(record, key, source)
    if value is not None and value < 0:
        _refuse(source, key, "must be seconds, at least 0")
    return value


def _text(record: "Mapping[str, Any]", key: str, source: str) -> str:
    if not isinstance(record[key], str):
        _refuse(source, key, "must be text")
    return str(record[key])


def _status(value: object, source: str) -> Status:
    for status in get_args(Status):
        if value == status:
            return status  # type: ignore[no-any-return]
    _refuse(source, "status", f"must be one of {', '.join(get_args(Status))}")


def _runtime(stated: dict[str, Any], source: str) -> dict[str, float]:
    numbers = {key: _seconds(stated, key, source) for key in stated}
    return {key: value for key, value in numbers.items() if value is not None}


def _growth(record: "Mapping[str, Any]", source: str) -> dict[str, Any]:
    """Figures of the snowball: numbers by name, or by name and segment."""

    def plain(value: object, depth: int) -> bool:
        if isinstance(value, dict | list):
            inside = value.values() if isinstance(value, dict) else value
            return depth > 0 and all(plain(inner, depth - 1) for inner in inside)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value is None or isinstance(value, str)
        return abs(value) <= LARGEST_FIGURE

    found = _mapping(record, "growth", source)
    for name, value in found.items():
        if not plain(value, 2):
            _refuse(source, f"growth.{name}", "must hold finite numbers, texts or null")
    return found


def _tables(record: "Mapping[str, Any]", source: str) -> dict[str, str]:
    found = _mapping({"tables": {}, **record}, "tables", source)
    for name, digest in found.items():
        if not re.fullmatch(r"\w+", name) or not isinstance(digest, str):
            _refuse(source, "tables", "must hold the SHA-256 of every table by its name")
    return found


def _trace(value: object, source: str) -> tuple[TracePoint, ...]:
    found: list[TracePoint] = []
    for point in value if isinstance(value, list) else [None]:
        if not isinstance(point, list) or len(point) != 4 or not isinstance(point[1], str):
            _refuse(source, "trace", "must be a list of [seconds, phase, objective, bound]")
        keys = ("trace.seconds", "trace.objective", "trace.bound")
        stated = dict(zip(keys, (point[0], *point[2:]), strict=True))
        objective, bound = (_number(stated, key, source) for key in keys[1:])
        found.append((_seconds(stated, keys[0], source) or 0.0, point[1], objective, bound))
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
        if not (np.abs(getattr(decisions, name)) <= LARGEST_FIGURE).all():
            _refuse(source, f"decisions.{name}", "must hold finite numbers only")
    return decisions


def find(path: str | Path) -> Path:
    """The plan file that ``path`` names: itself, or the one in the folder."""
    given = Path(path)
    return given / FILE_NAME if given.is_dir() else given


def read(path: str | Path) -> Plan:
    """The plan in a file or in its folder, replayed and verified.

    Raises:
        InputError: naming file and reason, or the rules that the plan breaks.
    """
    return _believed(read_stated(path), str(find(path)))


def read_stated(path: str | Path) -> Stated:
    """What a plan file states, for those who tell what is wrong with it.

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
    except OSError as error:
        _refuse(str(file), "", f"cannot be read: {reason(error)}")
    except UnicodeDecodeError:
        _refuse(str(file), "", "is not UTF-8 text")
    except ValueError:
        _refuse(str(path), "", "cannot be read: its name holds a NUL or half a character")
    return stated_in(text, str(file))


def strange_tables(file: Path, due: "Mapping[str, str]") -> list[str]:
    """Tables beside a plan file that are not those that were written with it, in words.

    A plan file that was taken elsewhere without its tables has none.

    Args:
        file: the plan file.
        due: SHA-256 of its tables, by name.
    """
    folder = file.parent / TABLES
    if file.name != FILE_NAME or not folder.is_dir():
        return []
    found = []
    for name, digest in due.items():
        table = folder / f"{name}.csv"
        try:
            told = hashlib.sha256(table.read_bytes()).hexdigest() if table.is_file() else None
        except OSError:
            told = None
        if told is None:
            found.append(f"{TABLES}/{name}.csv is not there or cannot be read")
        elif told != digest:
            found.append(f"{TABLES}/{name}.csv is not the table that was written with this plan")
    return found


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
    """Write a plan and its tables below ``out``: all of it, or nothing is changed there.

    Reports of an earlier plan of this name go.

    Returns:
        The folder of the plan.

    Raises:
        OutputError: a file cannot be written.
        ValueError: there is no plan, or it breaks a rule or does not give the figures it reports.
    """
    if not plan.verified or plan.decisions is None:
        raise ValueError(f"{plan.name} has no verified plan ({plan.status}); nothing is written")
    faults = check(plan).faults
    if faults:
        raise ValueError(f"{plan.name}: {faults[0]}")
    folder = folder_of(out, plan)
    finish(folder)
    staging, digests = folder / STAGING, {}
    try:
        prepare(staging / TABLES)
        for name, table in plan.tables().items():
            text = csv_text(table)
            digests[name] = hashlib.sha256(text.encode()).hexdigest()
            write_atomic(staging / TABLES / f"{name}.csv", text)
        write_atomic(staging / FILE_NAME, to_json(plan, digests))
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    finish(folder)
    return folder


def finish(folder: Path) -> bool:
    """Move a plan that was written whole to its place in its folder; what is half there goes.

    It goes on where an earlier call was cut off.

    Returns:
        Whether there was one.

    Raises:
        OutputError: a file cannot be moved.
    """
    staging = folder / STAGING
    whole = (staging / FILE_NAME).is_file()
    if whole:
        for name in REPORTS:
            try:
                (folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(str(folder / name), reason(error)) from None
        move_whole(staging, folder, last=(FILE_NAME,))
        with suppress(OSError):
            (folder / INCUMBENT).unlink()
    shutil.rmtree(staging, ignore_errors=True)
    return whole


def recover(out: Path) -> list[str]:
    """Put in order what runs that were ended left below ``out``.

    Returns:
        The folders in which a plan was moved to its place.

    Raises:
        OutputError: a file cannot be moved.
    """
    left = [staging.parent for staging in sorted(out.glob(f"*/{STAGING}"))]
    return [folder.name for folder in left if finish(folder)]
