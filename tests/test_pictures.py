"""Pictures of the documentation are taken from pages, and are small."""

import runpy
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 250_000
"""Most bytes of a picture."""
pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'"
)
SCRIPT = runpy.run_path(str(ROOT / "docs" / "make_pictures.py"))


def test_a_picture_shows_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PNG of the page's name and the size asked for."""
    if not any(map(shutil.which, SCRIPT["BROWSERS"])):
        pytest.skip(f"no browser is installed: none of {', '.join(SCRIPT['BROWSERS'])}")
    page = tmp_path / "tea.html"
    page.write_text('<!doctype html><html class="drawn"><p>tea</p></html>', encoding="utf-8")
    size = ["--width", "300", "--height", "200"]
    monkeypatch.setattr(sys, "argv", ["make_pictures.py", str(tmp_path / "out"), str(page), *size])
    SCRIPT["main"]()
    picture = (tmp_path / "out" / "tea.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert [int.from_bytes(picture[at : at + 4]) for at in (16, 20)] == [300, 200]


def test_without_a_browser_the_script_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names what it looked for and writes nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="none of chromium"):
        SCRIPT["take"]([tmp_path / "tea.html"], tmp_path / "out", 300, 200)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["page-en.png", "page-zh.png"])
def test_pictures_are_small(name: str) -> None:
    """A clone stays light."""
    assert (ROOT / "docs" / "pictures" / name).stat().st_size < LARGEST
