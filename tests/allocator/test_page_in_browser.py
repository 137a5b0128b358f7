"""Pages in a browser: they draw, they ask for nothing, they fit, they print.

Needs the extra ``browser`` and an installed Chromium or Chrome; skipped where one is missing.
"""

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allocator.labels import Lang
from allocator.plan_charts import CHARTS
from allocator.plan_page import write_page
from allocator.reasons.attribution import attribution
from allocator.reasons.explanation import Explanation
from allocator.reasons.page import page as reasons_page
from tests.allocator.small_plan import small, small_plan

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'"
)
PICTURES = runpy.run_path(str(Path(__file__).resolve().parents[2] / "docs" / "make_pictures.py"))
EVIL = "</script><script>window.hit=1</script><img src=x onerror='window.hit=2'>"
PHONE, TABLET, DESKTOP = 390, 820, 1440
"""Pixels across."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """An installed Chromium without a window."""
    names = PICTURES["BROWSERS"]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"no browser is installed: none of {', '.join(names)} is on the path")
    with playwright.sync_playwright() as driver:
        # Containers run tests as root, which Chromium refuses with its sandbox.
        opened = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a plan whose labels are code, in both languages."""
    keys = ("main", "second", "feed", "tail", "spring", "star", "host", "core")
    plan = small_plan(small(**dict.fromkeys(keys, EVIL)))
    made = tmp_path_factory.mktemp("pages")
    write_page(plan, made / "en.html", "en")
    write_page(plan, made / "zh.html", "zh")
    return made


class Opened:
    """A page that is drawn, with what its console said and the addresses it asked for."""

    def __init__(self, browser: Any, file: Path, width: int) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        context = browser.new_context(
            viewport={"width": width, "height": 900}, has_touch=width == PHONE, offline=True
        )
        self.page = context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("html.drawn")


@pytest.fixture(scope="module")
def desktop(browser: Any, folder: Path) -> Opened:
    """The English page on a desktop."""
    return Opened(browser, folder / "en.html", DESKTOP)


def test_a_page_draws_and_asks_for_nothing(desktop: Opened, folder: Path) -> None:
    """No word in the console, no request but for the file, every figure drawn, no label run."""
    assert desktop.said == []
    asked = [url for url in desktop.asked if not url.startswith(("data:", "blob:"))]
    assert asked == [(folder / "en.html").as_uri()]
    drawn = desktop.page.locator(".chart .main-svg:first-child").count()
    assert drawn == desktop.page.locator(".chart").count() == len(CHARTS)
    assert desktop.page.evaluate("window.hit") is None


@pytest.mark.parametrize(("lang", "width"), [("en", PHONE), ("zh", PHONE), ("zh", TABLET)])
def test_a_page_fits_where_it_is_read(browser: Any, folder: Path, lang: Lang, width: int) -> None:
    """It draws without a word in the console, does not scroll sideways, and no figure is wider
    than its place.
    """
    found = Opened(browser, folder / f"{lang}.html", width)
    assert found.said == []
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate(
        "[...document.querySelectorAll('.chart')].every(c => c.scrollWidth <= c.clientWidth + 1)"
    )
    found.page.context.close()


def test_names_of_levers_are_not_broken_on_a_phone(browser: Any, tmp_path: Path) -> None:
    """Where a table is wider than a phone it scrolls; its first column keeps its words whole."""
    file = tmp_path / "reasons.html"
    plan = small_plan(small(**dict.fromkeys(("main", "feed", "tail", "spring", "star"), "shop")))
    found = Explanation(plan, attribution(plan), ())
    file.write_text(reasons_page(found, "en"), encoding="utf-8")
    opened = Opened(browser, file, PHONE)
    broken = opened.page.evaluate("""
        [...document.querySelectorAll('td.text')].flatMap(cell => {
            const node = cell.firstChild, range = document.createRange()
            return !node ? [] : [...node.data.matchAll(/\\w+/g)].filter(word => {
                range.setStart(node, word.index)
                range.setEnd(node, word.index + word[0].length)
                return range.getClientRects().length > 1
            }).map(word => word[0])
        })
    """)
    assert broken == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    opened.page.context.close()


def test_the_first_screen_holds_the_figures_and_the_decisions(desktop: Opened) -> None:
    """On a desktop all six figures and all five decisions are seen before anybody scrolls."""
    for part in (".tiles", ".decisions ol"):
        box = desktop.page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 900
    assert desktop.page.locator(".tile").count() == 6
    assert desktop.page.locator(".decisions li").count() == 5


def test_a_page_prints(desktop: Opened, tmp_path: Path) -> None:
    """Figures take the width of the sheet while the page prints, and their own width after."""
    page = desktop.page
    widths = "[...document.querySelectorAll('.chart')].map(c => c._fullLayout.width)"
    before = page.evaluate(widths)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert set(page.evaluate(widths)) == {660}
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(widths) == before
    page.pdf(path=str(tmp_path / "page.pdf"))
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert desktop.said == []
