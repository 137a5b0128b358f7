"""Files with one fault each: refused in words that name file, place, field, value and rule."""

import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocator.cli import app
from allocator.faults import InputError, Problem, field_name
from allocator.load import load
from allocator.reading import dump_json
from tests.allocator.mutants import FORMATS, KINDS, Mutant, mutant

LONGEST = 2.0
"""Seconds of processor time that one file may take."""


def refusal(path: Path) -> tuple[Problem, ...]:
    """What is said about a file; nothing if it is accepted.

    Raises:
        AssertionError: reading takes too long, or what is accepted does not read back equal.
    """
    began = time.process_time()
    try:
        instance = load(path)
    except InputError as error:
        return error.problems
    finally:
        assert time.process_time() - began < LONGEST
    copy = path.with_name("copy.json")
    copy.write_text(dump_json(instance), encoding="utf-8")
    assert load(copy) == instance
    return ()


def check(case: Mutant, path: Path) -> bool:
    """Whether the file is accepted; fails unless it is judged as it must be."""
    path.write_bytes(case.content)
    problems = refusal(path)
    if not problems:
        assert not case.refused, f"accepted: {case.kind}"
        return True
    for problem in problems:
        assert problem.file == str(path)
        assert problem.rule
    names = {field_name(field) for field in case.fields}
    named = [problem for problem in problems if problem.field in names]
    if names:
        assert named, f"{case.kind}: {sorted(names)} not in {[str(p) for p in problems]}"
    if case.line:
        assert case.line in [problem.line for problem in named], f"{case.kind}: {named}"
    if case.value:
        assert any(problem.value for problem in named), f"{case.kind}: {named}"
    return False


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_a_fault_is_named(kind: int, form: str, tmp_path: Path) -> None:
    """A file of every kind of fault."""
    check(mutant(kind, form), tmp_path / f"case{FORMATS[form][0]}")


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("form", FORMATS)
def test_a_thousand_faults_are_named(form: str, tmp_path: Path) -> None:
    """A thousand files of a format: none accepted that must not be, none without its words."""
    path = tmp_path / f"case{FORMATS[form][0]}"
    accepted = 0
    for number in range(1000):
        accepted += check(mutant(number, form), path)
    print(f"{form}: 1000 files, {accepted} of them harmless and accepted", flush=True)


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_refuses_with_2(form: str, tmp_path: Path) -> None:
    """The command says the same as the library, without a trace, and ends with 2."""
    for number in range(0, len(KINDS), 7):
        case = mutant(number, form)
        path = tmp_path / f"case{FORMATS[form][0]}"
        path.write_bytes(case.content)
        result = CliRunner().invoke(app, ["check", str(path)])
        if case.refused:
            assert result.exit_code == 2, case.kind
            assert re.search(rf"{re.escape(str(path))}(:\d+)?: .", result.stderr)
        assert "Traceback" not in result.output
        assert "internal error" not in result.output
