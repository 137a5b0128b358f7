"""Files with one fault each, at a random place, and what must be said about them.

``mutant(number, format)`` is the same for the same arguments. A new format is one more entry in
``FORMATS``: the suffix of its files, its faults by name, and how a file is read.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from allocator.allocate import load_request
from allocator.load import load
from allocator.reading import dump_json
from tests.allocator.mutant_places import BASES, Fault, Mutant, base
from tests.allocator.mutant_summaries import SUMMARY_FAULTS
from tests.allocator.mutant_tables import parquet_faults, table_faults
from tests.allocator.mutant_texts import text_faults, written_json, written_yaml
from tests.allocator.table_texts import draws_text, history_text, weekly_text
from tests.allocator.workbook.mutants import BOOK_FAULTS


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        suffix: of its files.
        faults: by name.
        read: canonical text of a file, which reads back equal.
        copy: suffix of that text.
    """

    suffix: str
    faults: Mapping[str, Fault]
    read: Callable[[Path], str]
    copy: str = ".json"


def instance_text(path: Path) -> str:
    """Canonical JSON of an instance file."""
    return dump_json(load(path))


def request_text(path: Path) -> str:
    """Canonical JSON of a request, or of the export that stands for one."""
    return dump_json(load_request(path))


FORMATS = {
    "yaml": Format(".yaml", text_faults(written_yaml), instance_text),
    "json": Format(".json", text_faults(written_json), instance_text),
    "workbook": Format(".xlsx", BOOK_FAULTS, instance_text),
    "csv": Format(".csv", SUMMARY_FAULTS, request_text),
    "weekly": Format(".csv", table_faults("weekly"), weekly_text, ".csv"),
    "history": Format(".csv", table_faults("history"), history_text, ".csv"),
    "draws": Format(".csv", table_faults("draws"), draws_text, ".csv"),
}
if find_spec("pyarrow"):
    FORMATS |= {
        "history.parquet": Format(".parquet", parquet_faults("history"), history_text, ".csv"),
        "draws.parquet": Format(".parquet", parquet_faults("draws"), draws_text, ".csv"),
    }
CASES = [(form, kind) for form in FORMATS for kind in range(len(FORMATS[form].faults))]
"""One of each kind of fault in each format."""


def mutant(number: int, form: str) -> Mutant:
    """The file with this number in this format."""
    dice = random.Random(f"{form}-{number}")
    faults = list(FORMATS[form].faults.values())
    while True:
        made = faults[number % len(faults)](dice, base(dice.randrange(len(BASES))))
        if made is not None:
            return made
