"""The runs file: one JSON object a line, only ever added to, so that a stopped run goes on."""

import json
import os
from pathlib import Path

from allocator.faults import InputError, Problem
from benchmarks.families.cases import Case
from benchmarks.families.solving import Record, Settings

NEEDED = ("kind", "case", "family", "weeks", "seed", "settings")


def read(path: Path) -> list[Record]:
    """All records; a last line that was cut off is left out.

    Raises:
        InputError: another line is no record.
    """
    if not path.is_file():
        return []
    text = path.read_text("utf-8")
    lines = text.split("\n")
    whole = lines if text.endswith("\n") else lines[:-1]
    return [_record(path, n, line) for n, line in enumerate(whole, 1) if line.strip()]


def _record(path: Path, number: int, line: str) -> Record:
    try:
        record = json.loads(line)
    except ValueError as error:
        rule = f"is not a line of JSON: {error}"
        raise InputError([Problem(str(path), number, "", "", rule, "")]) from None
    missing = [k for k in NEEDED if not isinstance(record, dict) or k not in record]
    if missing:
        rule = f"is no record of a run: {', '.join(missing)} missing"
        raise InputError([Problem(str(path), number, "", "", rule, "")])
    return dict(record)


def append(path: Path, record: Record) -> None:
    """Add a record and make it survive a power cut; a line that was cut off before is ended."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
    with path.open("ab+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.truncate(_last_whole(path))
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _last_whole(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    return path.read_bytes().rfind(b"\n") + 1


def key_of(kind: str, case: Case, settings: Settings) -> str:
    """What makes two records measurements of the same."""
    return json.dumps([kind, case.label, vars(settings)], sort_keys=True)


def key(record: Record) -> str:
    """The same of a record."""
    return json.dumps([record["kind"], record["case"], record["settings"]], sort_keys=True)


def latest(records: list[Record]) -> list[Record]:
    """The last record of every measurement, in the order of the first ones."""
    return list({key(record): record for record in records}.values())
