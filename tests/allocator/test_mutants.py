"""Files with one fault each: refused in words that name file, place, field, value and rule."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocator.cli import app
from allocator.faults import InputError, Problem, field_name
from allocator.plan import Plan
from fact_models.replay import status_quo
from tests.allocator.mutant_places import BASES, Mutant, base
from tests.allocator.mutants import CASES, FORMATS, Format, mutant
from tests.allocator.table_texts import SMALL, small
from tests.allocator.workbook.written import written_workbook

LONGEST = 2.0
"""Seconds of processor time that one file may take."""
PARTS, OF_PART = 10, 50
"""Parts of the nightly net, and the files of each format in a part."""
COMMANDS = {
    **dict.fromkeys(("yaml", "json", "workbook"), "check {file}"),
    "csv": "allocate {file}",
    "weekly": "start --archetype apparel --weeks {file} --out {folder}/mine.yaml --force",
    "history": f"fit {{file}} --instance {SMALL} --draws 10",
    "draws": "score {plan} --draws {file}",
}


def refusal(form: Format, path: Path) -> tuple[Problem, ...]:
    """What is said about a file; nothing if it is accepted.

    Raises:
        AssertionError: reading takes too long, or what is accepted does not read back equal.
    """
    began = time.process_time()
    try:
        text = form.read(path)
    except InputError as error:
        return error.problems
    finally:
        assert time.process_time() - began < LONGEST
    copy = path.with_name(f"copy{form.copy}")
    copy.write_text(text, encoding="utf-8")
    assert form.read(copy) == text
    return ()


def check(form: Format, case: Mutant, path: Path) -> bool:
    """Whether the file is accepted; fails unless it is judged as it must be."""
    path.write_bytes(case.content)
    problems = refusal(form, path)
    if not problems:
        assert not case.refused, f"accepted: {case.kind}"
        return True
    for problem in problems:
        assert problem.file == str(path)
        assert problem.rule
    names = {field_name(field) for field in case.fields}
    named = [problem for problem in problems if not names or problem.field in names]
    assert named, f"{case.kind}: {sorted(names)} not in {[str(p) for p in problems]}"
    if case.place:
        places = [problem.cell or problem.line for problem in named]
        assert case.place in places, f"{case.kind}: {case.place} not in {list(map(str, named))}"
    if case.value:
        assert any(problem.value for problem in named), f"{case.kind}: {named}"
    return False


@pytest.mark.parametrize("number", range(len(BASES)))
def test_the_workbooks_that_faults_go_into_are_whole(number: int, tmp_path: Path) -> None:
    """Without a fault each reads back to the record that it was written from."""
    path = tmp_path / "whole.xlsx"
    path.write_bytes(written_workbook(base(number).tree).content)
    assert FORMATS["workbook"].read(path) == FORMATS["yaml"].read(BASES[number])


@pytest.mark.parametrize(
    ("form", "kind"), CASES, ids=[f"{form}-{list(FORMATS[form].faults)[n]}" for form, n in CASES]
)
def test_a_fault_is_named(form: str, kind: int, tmp_path: Path) -> None:
    """A file of every kind of fault."""
    check(FORMATS[form], mutant(kind, form), tmp_path / f"case{FORMATS[form].suffix}")


@pytest.mark.nightly
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("part", range(PARTS))
def test_five_hundred_faults_are_named(
    part: int, form: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """500 files of each format: none accepted that must not be, none without its words."""
    path = tmp_path / f"case{FORMATS[form].suffix}"
    numbers = range(part * OF_PART, (part + 1) * OF_PART)
    accepted = sum(check(FORMATS[form], mutant(n, form), path) for n in numbers)
    record_property(f"{form} {part} files", len(numbers))
    record_property(f"{form} {part} harmless", accepted)


@pytest.mark.parametrize("form", FORMATS)
def test_the_command_refuses_with_2(form: str, tmp_path: Path) -> None:
    """The command says the same as the library, without a trace, and ends with 2."""
    path = tmp_path / f"case{FORMATS[form].suffix}"
    plan = tmp_path / "plan.json"
    today = Plan.of(small(), "optimal", status_quo(small()), 1e12)
    plan.write_text(today.to_json(), encoding="utf-8")
    command = COMMANDS[form.removesuffix(".parquet")].format(file=path, folder=tmp_path, plan=plan)
    for number in range(0, len(FORMATS[form].faults), 7):
        case = mutant(number, form)
        path.write_bytes(case.content)
        result = CliRunner().invoke(app, command.split())
        if case.refused:
            assert result.exit_code == 2, case.kind
            # A terminal may break the line after the path.
            assert re.search(rf"{re.escape(str(path))}(:[\w!]+)?: .", result.stderr)
        assert "Traceback" not in result.output
        assert "internal error" not in result.output
