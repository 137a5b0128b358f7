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
import shutil
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from allocator.checking import check
from allocator.faults import InputError, OutputError, Problem, reason
from allocator.plan import Plan
from allocator.reading import canonical_sha256, dump_json, read_bytes
from allocator.sealing import SEAL, digest_of
from allocator.stating import Stated, refuse, stated_in
from allocator.writing import csv_text, move_whole, safe_name, write_atomic
from fact_models.decisions import ids_of

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
"""Most bytes of a plan file or of a table."""


def summary(plan: Plan) -> dict[str, Any]:
    """What a plan reports, without instance and decisions; numbers that are not finite become
    None.
    """
    found: dict[str, Any] = {
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "asked_gap": plan.asked_gap,
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
    if plan.worlds is not None:
        found["worlds"] = plan.worlds
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
        text = read_bytes(file, LARGEST).decode()
    except UnicodeDecodeError:
        refuse(str(file), "", "is not UTF-8 text")
    return stated_in(text, str(file))


def sha256_of(path: Path) -> str:
    """SHA-256 of a plan file or of a table; empty if there is none that can be read."""
    try:
        return hashlib.sha256(read_bytes(path, LARGEST)).hexdigest()
    except InputError:
        return ""


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
        told = sha256_of(folder / f"{name}.csv")
        if not told:
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
    folder = folder_of(out, plan)
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

    Whoever writes where other runs may work holds ``run_folder.locked``: what is half written
    there goes when another one begins. Reports of an earlier plan of this name go.

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
