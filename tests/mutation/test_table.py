"""The table of faults fits the source as it is."""

import ast
from pathlib import Path

import pytest

from tests.mutation.run import left_out
from tests.mutation.table import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.file}: {m.old[:40]}")
def test_a_fault_can_be_planted(mutant: Mutant) -> None:
    """Its text stands once in its file, and the file with the fault is still Python."""
    source = (ROOT / mutant.file).read_text("utf-8")
    assert source.count(mutant.old) == 1
    assert mutant.new != mutant.old
    ast.parse(source.replace(mutant.old, mutant.new))


def test_a_file_of_tests_can_be_left_out() -> None:
    """Only the faults that it noticed first are planted, with the other tests."""
    table = [Mutant("a", "x", "y", "one.py two.py::t"), Mutant("b", "x", "y", "one.py")]
    rows = [
        {"file": "a", "old": "x", "new": "y", "test": "one.py::first"},
        {"file": "b", "old": "x", "new": "y", "test": ""},
    ]
    assert left_out(table, "one.py", rows) == [Mutant("a", "x", "y", "two.py::t")]
