"""Coverage-guided fuzz of the readers: any bytes end in a record that round-trips, or in words.

    pip install -e '.[test,fuzz]'
    python tests/allocator/fuzz_readers.py yaml FOLDER --seconds 3600 --figures FILE

``FOLDER`` keeps the corpus; inputs that break a promise go to ``FOLDER/found``, one for each place
in the code, and the run goes on. The promises are those of ``check``. Seconds are those of the
processor; ``FILE`` adds up what the runs of every reader did. A new reader is one more entry in
``READERS``.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_rowcol_to_cell

SEEDS = Path(__file__).parent
BUDGET = 500_000.0
"""Given with curves that a tool exported; they have none of their own."""
LONGEST = 2.0
"""Seconds of processor time that reading one input may take."""
NOTED = 60
"""Processor seconds after which figures are added up: a run that is ended keeps them."""
HELD = 3600
"""Seconds of the clock after which the fuzzer gives an input up; long, since who holds the process
for a while must not end it."""


def _instance(path: Path) -> str:
    from allocator.load import load
    from allocator.reading import dump_json

    return dump_json(load(path))


def _plan(path: Path) -> str:
    from allocator.plan_file import read

    plan = read(path)
    return plan.to_json()


def _request(path: Path) -> str:
    from allocator.allocate import load_request
    from allocator.reading import dump_json

    return dump_json(load_request(path))


def _export(path: Path) -> str:
    from allocator.allocate import load_request
    from allocator.reading import dump_json

    return dump_json(load_request(path, budget=BUDGET))


def _weekly(path: Path) -> str:
    from tests.allocator.table_texts import weekly_text

    return weekly_text(path)


def _history(path: Path) -> str:
    from tests.allocator.table_texts import history_text

    return history_text(path)


def _draws(path: Path) -> str:
    from tests.allocator.table_texts import draws_text

    return draws_text(path)


@cache
def _small() -> bytes:
    """A small workbook."""
    from allocator.load import load
    from allocator.workbook.template import template

    return template(load(SEEDS / "small_merchant.yaml"), "en")


@cache
def _book() -> dict[str, bytes]:
    """Its files."""
    with zipfile.ZipFile(BytesIO(_small())) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


PARTS = ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet6.xml", "xl/sharedStrings.xml")
"""Files of the workbook that are fuzzed: the settings, the accounts, the texts."""
PARTED = b"\0"
"""Stands between them in an input."""
EDIT = re.compile(r"(\d+)!([A-Z]+\d+)=(.*)")
"""A line of an input: sheet, cell and what is typed there."""
TYPED = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
"""What a spreadsheet takes for a number."""
CELL = re.compile(r'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)')
"""A cell of a sheet."""
WORDY = 60
"""Longest line of an input that is made of the small workbook: what is longer are explanations."""


def _cells() -> bytes:
    """Every filled cell of the small workbook, as lines of an input."""
    book = CalamineWorkbook.from_filelike(BytesIO(_small()))
    lines = []
    for number, name in enumerate(book.sheet_names, 1):
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for i, row in enumerate(rows):
            filled = ((j, value) for j, value in enumerate(row) if value != "")
            lines += [f"{number}!{xl_rowcol_to_cell(i, j)}={value}" for j, value in filled]
    return "\n".join(line for line in lines if len(line) < WORDY).encode()


def _edited(content: bytes) -> dict[str, bytes]:
    """Sheets of the small workbook with the cells of an input's lines typed over."""
    typed: dict[str, dict[str, str]] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        found = EDIT.fullmatch(line)
        name = f"xl/worksheets/sheet{found[1]}.xml" if found else ""
        if found and name in _book():
            number = TYPED.fullmatch(found[3])
            told = "".join(c for c in found[3] if c.isprintable() or c == "\t")
            text = f'<c r="{found[2]}" t="inlineStr"><is><t>{escape(told)}</t></is></c>'
            value = f'<c r="{found[2]}"><v>{found[3]}</v></c>'
            typed.setdefault(name, {})[found[2]] = value if number else text
    return {
        name: CELL.sub(
            lambda cell, cells=cells: cells.get(cell[1], cell[0]),  # type: ignore[misc]
            _book()[name].decode(),
        ).encode()
        for name, cells in typed.items()
    }


def packed(content: bytes) -> bytes:
    """A workbook of an input: the whole zip if it begins like one, the files in ``PARTS`` if they
    are parted, else the small workbook with cells typed over.

    Flipped bytes of a zip seldom get beyond its checksums, and those of XML seldom beyond its
    syntax.
    """
    if content.startswith(b"PK"):
        return content
    buffer = BytesIO()
    parted = dict(zip(PARTS, content.split(PARTED), strict=False))
    parts = {**_book(), **(parted if PARTED in content else _edited(content))}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass(frozen=True)
class Reader:
    """A reader under test.

    Attributes:
        suffix: of its files.
        read: from the file to canonical text, which it reads as well.
        packed: the bytes of the file that an input stands for.
        longest: bytes of the longest input.
        copy: suffix of the canonical text.
    """

    suffix: str
    read: Callable[[Path], str]
    packed: Callable[[bytes], bytes] = bytes
    longest: int = 20_000
    copy: str = ".json"


READERS = {
    "yaml": Reader(".yaml", _instance),
    "json": Reader(".json", _instance),
    "plan": Reader(".json", _plan),
    "workbook": Reader(".xlsx", _instance, packed, 150_000),
    "request": Reader(".yaml", _request),
    "export": Reader(".json", _export),
    "csv": Reader(".csv", _export),
    "weekly": Reader(".csv", _weekly, copy=".csv"),
    "history": Reader(".csv", _history, copy=".csv"),
    "draws": Reader(".csv", _draws, copy=".csv"),
}


def check(reader: str, content: bytes, folder: Path) -> bool:
    """Whether ``content`` is accepted by a reader.

    Args:
        reader: key of ``READERS``.
        content: bytes of a file.
        folder: where the file is put.

    Raises:
        AssertionError: a promise is broken: reading takes too long, a refusal does not name the
            file, or what was accepted does not read back equal.
        Exception: anything but a refusal in words left the reader.
    """
    from allocator.faults import InputError, Problem

    read = READERS[reader].read
    path = folder / f"case{READERS[reader].suffix}"
    copy = folder / f"copy{READERS[reader].copy}"
    path.write_bytes(READERS[reader].packed(content))
    began = time.process_time()
    problems: tuple[Problem, ...] = ()
    text = ""
    try:
        text = read(path)
    except InputError as error:
        problems = error.problems
        assert problems, "a refusal without a problem"
    assert time.process_time() - began < LONGEST, "reading takes too long"
    for problem in problems:
        assert problem.file == str(path), "a refusal that does not name the file"
        assert problem.rule, "a refusal without a rule"
    if problems:
        return False
    copy.write_text(text, encoding="utf-8")
    assert read(copy) == text, "does not read back equal"
    return True


def seeds(reader: str) -> list[bytes]:
    """Files to start from."""
    from allocator.load import load
    from allocator.plan import Plan
    from allocator.reading import dump_json, to_yaml
    from fact_models.replay import status_quo

    small = load(SEEDS / "small_merchant.yaml")
    if reader == "yaml":
        return [(SEEDS / "small_merchant.yaml").read_bytes(), to_yaml(small).encode(), b"a: [1]\n"]
    if reader == "json":
        return [dump_json(small).encode(), b'{"name": "a", "calendar": {"periods": 1e3}}']
    if reader == "workbook":
        return [PARTED.join(_book()[name] for name in PARTS), _small(), _cells()]
    if reader in ("weekly", "history", "draws"):
        from tests.allocator.table_texts import DRAWS, HISTORY, WEEKLY

        lines = {"history": HISTORY, "draws": DRAWS}
        whole = WEEKLY.read_bytes() if reader == "weekly" else "\n".join(lines[reader]).encode()
        return [whole, whole.replace(b",", b";"), whole[: len(whole) // 2]]
    curves = SEEDS.parents[1] / "instances" / "curves"
    if reader in ("request", "export", "csv"):
        ends = {"request": ".yaml", "export": ".json", "csv": ".csv"}[reader]
        return [path.read_bytes() for path in sorted(curves.iterdir()) if path.suffix == ends]
    return [Plan.of(small, "optimal", status_quo(small), 1e12).to_json().encode()]


def words() -> list[str]:
    """Words that readers know: names of fields, and signs that YAML and JSON give a meaning."""
    from fact_models.spec.instance import Instance

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return {str(key) for key in value}.union(*map(keys, value.values()))
        return set[str]().union(*map(keys, value)) if isinstance(value, list) else set()

    signs = ["&a", "*a", "<<: ", "!!", "---", "...", "? ", "- ", "|", ">-", "%YAML", "{}", "[]"]
    signs += [
        "1,234.5",
        "12.3万",
        "¥",
        "元",
        "2026-04-20 ~ 2026-04-26",
        "2026年第17周",
        "hours:main",
    ]
    signs += ["1e400", ".nan", "010", "0x1F", "1_000", "2026-W01", "null", "true", "\\ud800"]
    return sorted(keys(Instance.model_json_schema())) + signs


def _quoted(word: str) -> str:
    """A word as a dictionary of libFuzzer holds it."""
    signs = word.replace("\\", "\\\\").replace('"', '\\"').encode()
    return "".join(chr(byte) if byte < 0x7F else f"\\x{byte:02x}" for byte in signs)


def _keep(folder: Path, content: bytes, error: BaseException) -> None:
    """Keep the first input for every place in the code that an error comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = frames[-1]
    name = f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
    if not (folder / name).exists():
        (folder / name).write_bytes(content)
        (folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)))


def note(file: Path, reader: str, run: dict[str, int]) -> None:
    """Add a run to the figures."""
    figures = json.loads(file.read_text("utf-8")) if file.exists() else {}
    entry = figures.setdefault(reader, dict.fromkeys(run, 0))
    for key, value in run.items():
        entry[key] += value
    file.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", "utf-8")


def main() -> None:
    """Fuzz one reader for a time."""
    import atheris

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("reader", choices=READERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=3600, help="processor seconds")
    parser.add_argument("--figures", type=Path, help="JSON file that adds up the runs")
    asked = parser.parse_args()
    # What the tables are read with lies beside this script, not in a package that is installed.
    sys.path.insert(0, str(SEEDS.parents[1]))
    include: list[str] = ["allocator", "fact_models.spec", "ruamel.yaml"]
    with atheris.instrument_imports(include=include):
        import allocator.allocate
        import allocator.doubt.draws
        import allocator.fit.reader
        import allocator.load
        import allocator.plan_file
        import allocator.weekly.reading  # noqa: F401
    corpus, found = asked.folder / "corpus", asked.folder / "found"
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    for number, seed in enumerate(seeds(asked.reader)):
        (corpus / f"seed-{number}").write_bytes(seed)
    entries = map(_quoted, words())
    dictionary = asked.folder / "words.dict"
    dictionary.write_text("".join(f'"{entry}"\n' for entry in entries))
    count = {"inputs": 0, "accepted": 0, "broken": 0}
    began, told = time.process_time(), 0
    with tempfile.TemporaryDirectory() as scratch:

        def one(content: bytes) -> None:
            nonlocal told
            count["inputs"] += 1
            try:
                count["accepted"] += check(asked.reader, content, Path(scratch))
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # what a library in another language panics with, too
                count["broken"] += 1
                _keep(found, content, error)
            seconds = round(time.process_time() - began)
            over = seconds >= asked.seconds
            if asked.figures and (over or seconds - told >= NOTED):
                note(asked.figures, asked.reader, {**count, "seconds": seconds - told})
                count.update(dict.fromkeys(count, 0))
                told = seconds
            if over:
                os._exit(0)

        options: list[Any] = [
            sys.argv[0],
            f"-max_len={READERS[asked.reader].longest}",
            f"-dict={dictionary}",
            f"-timeout={HELD}",
            "-rss_limit_mb=2048",
            str(corpus),
        ]
        atheris.Setup(options, one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
