"""What ``start`` does: read export and answers, scale the archetype, write, say what it took."""

import json
from pathlib import Path

from allocator.exits import OK
from allocator.faults import OutputError
from allocator.labels import Lang
from allocator.load import load
from allocator.named_files import check_free, check_outputs
from allocator.reading import read_tree, validate
from allocator.start.answers import Answers
from allocator.start.screen import start_screen
from allocator.start.started import Started, read_export, start
from allocator.terminal import log, stdout
from allocator.writing import safe_name, write_atomic
from fact_models.spec.calendar import iso_week

SUFFIXES = (".yaml", ".yml")


def start_one(
    kind: str,
    export: str,
    answers: str | None,
    out: Path,
    *,
    force: bool,
    as_json: bool,
    lang: Lang,
) -> int:
    """Write the instance of a merchant from her export; returns the exit code.

    Raises:
        InputError: export or answers cannot be used.
        OutputError: the file cannot be written, or is there already.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise OutputError(str(out), "an instance's name must end in .yaml")
    check_outputs((out,), export, answers)
    check_free(out, force=force)
    source = None if answers is None else read_tree(answers)
    given = Answers() if source is None else validate(Answers, source)
    weeks = read_export(export)
    if weeks.unused:
        log(weeks.note(lang))
    found = start(kind, weeks, given, given.name or _name(out), source)
    write_atomic(out, found.text)
    load(out)
    if as_json:
        told = {**record(found), "unused_columns": weeks.unused}
        print(json.dumps(told, ensure_ascii=False))
    else:
        stdout().print(start_screen(found, lang))
    log(f"written to {out}; next: allocator check {out}, then allocator solve {out} --out plans")
    return OK


def _name(out: Path) -> str:
    """Name of the instance: that of its file, in letters that a name may have."""
    plain = safe_name(out.stem)
    return plain if plain.isascii() and plain[:1].isalnum() else "mine"


def record(found: Started) -> dict[str, object]:
    """The outcome as plain values."""
    week = found.week
    figures = ("gmv", "views", "orders", "hours", "ad_spend", "followers", "refund_share")
    more = ("team", "cash", "creator_gmv", "creators")
    return {
        "instance": found.instance.name,
        "start": week.start.isoformat(),
        "yours": {name: getattr(week, name) for name in (*figures, *more)},
        "origin": week.origin,
        "trend": week.trend,
        "trend_plain": week.trend_plain,
        "closed": [iso_week(day) for day in week.closed],
        "file": {
            "gmv": found.replayed.gmv,
            "views": found.replayed.views,
            "orders": found.replayed.orders,
            "creator_gmv": found.replayed.creator_gmv,
            "growth": found.growth,
        },
        "assumed": found.assumed,
        "known": found.known,
        "broken": [str(rule) for rule in found.broken],
    }
