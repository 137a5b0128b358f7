"""Every example runs as it stands, and prints its answer."""

import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_it_runs(
    example: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The script ends without an error and says something; it writes into its own folder alone."""
    monkeypatch.setattr(sys, "argv", [str(example)])
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(example), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) > 1


def test_the_readme_names_every_example() -> None:
    """A script that is added needs its line in the table."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for example in EXAMPLES:
        assert f"({example.name})" in page
