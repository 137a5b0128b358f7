"""Paths that cannot be used end in words, and no command writes over what it reads."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocator import plan_file
from allocator.cli import app
from allocator.faults import InputError, OutputError
from allocator.load import load
from allocator.named_files import check_outputs, is_plan, read_plan
from allocator.plan import Plan
from allocator.strategy.keeping import Shelf
from fact_models.replay import status_quo

SMALL = Path(__file__).with_name("small_merchant.yaml")
EXPORT = Path(__file__).parents[2] / "instances" / "start" / "export.csv"


def run(*args: str | Path) -> Result:
    """Outcome of a command."""
    return CliRunner().invoke(app, [str(arg) for arg in args])


def refused(*args: str | Path) -> str:
    """What is said by a command that must be refused."""
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert "internal error" not in result.output
    return result.stderr


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The plan file of a merchant who goes on as today."""
    instance = load(SMALL)
    found = Plan.of(instance, "optimal", status_quo(instance), 1e12)
    return plan_file.write(tmp_path / "plans", found) / plan_file.FILE_NAME


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A path in a folder that may not be looked into."""
    folder = tmp_path / "locked"
    (folder / "in").mkdir(parents=True)
    folder.chmod(0)
    before = os.geteuid()
    # Root looks into every folder; another user below a folder of root's would not get here.
    for part in (tmp_path, *tmp_path.parents[:3]):
        if before == 0 and not part.stat().st_mode & 0o001:
            part.chmod(part.stat().st_mode | 0o011)
    if before == 0:
        os.seteuid(65534)
    try:
        yield folder / "in"
    finally:
        os.seteuid(before)
        folder.chmod(0o700)


def test_a_folder_that_may_not_be_looked_into(locked: Path) -> None:
    """What reads says why, and what writes does."""
    for look in (is_plan, read_plan):
        with pytest.raises(InputError, match="cannot be read: permission denied"):
            look(locked)
    with pytest.raises(InputError, match="cannot be read: permission denied"):
        check_outputs((), locked)
    with pytest.raises(OutputError, match="permission denied"):
        check_outputs((locked / "page.html",))


READERS = [
    "verify",
    "show",
    "compare",
    "explain",
    "page",
    "score",
    "hedge",
    "frontier",
    "strategy",
]


@pytest.mark.parametrize("command", [*READERS, "baselines", "alternatives", "sensitivity"])
def test_names_that_cannot_be_read(command: str, tmp_path: Path) -> None:
    """A name that is too long, a circle of links, a device: told as they are."""
    (tmp_path / "one.json").symlink_to(tmp_path / "two.json")
    (tmp_path / "two.json").symlink_to(tmp_path / "one.json")
    assert "too long" in refused(command, tmp_path / ("x" * 300))
    assert "run in a circle" in refused(command, tmp_path / "one.json")
    if command in ("verify", "page"):
        assert "it is a pipe or a device, not a file" in refused(command, "/dev/zero")


def test_a_circle_of_links(plan: Path, tmp_path: Path) -> None:
    """In a batch, as a reference, and as an export."""
    (tmp_path / "one.yaml").symlink_to(tmp_path / "one.yaml")
    loop = tmp_path / "one.yaml"
    assert "run in a circle" in refused("solve", loop, "--jobs", "1", "--out", tmp_path / "run")
    assert "run in a circle" in refused("compare", plan, "--against", loop)
    out = ("--out", tmp_path / "mine.yaml")
    assert "run in a circle" in refused("start", "--archetype", "apparel", "--weeks", loop, *out)


def test_a_folder_to_keep_plans_in(tmp_path: Path) -> None:
    """Is refused before anything is solved if it is a file."""
    (tmp_path / "kept").write_text("x")
    assert "cannot be written" in refused("strategy", SMALL, "--keep", tmp_path / "kept")


def test_kept_plans_of_another_program(tmp_path: Path) -> None:
    """A kept file that is no text is solved again."""
    from allocator.strategy.cases import Case

    (tmp_path / "base.json").write_bytes(b"\xff\xfe{")
    assert Shelf(tmp_path).plan(Case("base", "base", load(SMALL))) is None


def test_no_command_writes_over_a_plan(plan: Path, tmp_path: Path) -> None:
    """By its name, by its folder, or by a link to it."""
    before = plan.read_bytes()
    other = shutil.copytree(plan.parent, tmp_path / "other") / "plan.json"
    (tmp_path / "link.html").symlink_to(plan)
    link = tmp_path / "link.html"
    assert "read by this command" in refused("page", plan.parent, "--to", plan)
    assert "read by this command" in refused("page", plan, "--to", link)
    assert "read by this command" in refused("compare", plan, other, "--html", other)
    assert "read by this command" in refused("compare", plan, "--against", other, "--html", other)
    assert "the name of a plan" in refused("explain", plan, "--html", other)
    assert "read by this command" in refused("sensitivity", plan, "--fixed", "--xlsx", plan)
    assert plan.read_bytes() == other.read_bytes() == before


def test_no_command_writes_two_files_to_one(plan: Path, tmp_path: Path) -> None:
    """Page and workbook need names of their own."""
    both = tmp_path / "both"
    said = refused("sensitivity", plan, "--fixed", "--html", both, "--xlsx", both)
    assert "writes another file there" in said
    assert not both.exists()


def test_no_command_writes_over_its_files(plan: Path, tmp_path: Path) -> None:
    """Histories, answers, workbooks and draws stay as they are."""
    for name in ("history.csv", "answers.yaml", "draws.csv"):
        (tmp_path / name).write_text("x")
    history, answers, draws = (tmp_path / n for n in ("history.csv", "answers.yaml", "draws.csv"))
    assert "read by this" in refused("fit", history, "--instance", SMALL, "--out", history)
    start = ("start", "--archetype", "apparel", "--weeks", EXPORT, "--force", "--answers", answers)
    assert "read by this" in refused(*start, "--out", answers)
    assert "read by this" in refused("score", plan, "--draws", draws, "--html", draws)
    assert "read by this" in refused("hedge", plan, "--draws", draws, "--html", draws)
    assert {p.read_text() for p in (history, answers, draws)} == {"x"}
    book = tmp_path / "book.xlsx"
    assert run("template", book).exit_code == 0
    assert "read by this" in refused("template", book, "--from", book, "--force")
