"""Pages of comparisons and frontiers in a browser: they draw, ask for nothing, and fit."""

from pathlib import Path
from typing import Any

import pytest

from allocator.compare import comparison
from allocator.frontiers.points import Frontier, Point
from allocator.labels import LANGS
from tests.allocator.small_plan import small, small_plan
from tests.allocator.test_page_in_browser import DESKTOP, EVIL, PHONE, TABLET, Opened, browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison and a frontier of a merchant whose currency is code, in both languages."""
    made = tmp_path_factory.mktemp("pages")
    plan = small_plan(small().model_copy(update={"currency": EVIL[:20]}))
    points = tuple(Point(at, plan, solved=True) for at in (4e5, 5e5, 6e5))
    found = Frontier(plan.instance, "budget", points, 5e5)
    for lang in LANGS:
        page = comparison([plan, plan, small_plan()]).to_html(lang)
        (made / f"compare-{lang}.html").write_text(page, encoding="utf-8")
        (made / f"frontier-{lang}.html").write_text(found.to_html(lang), encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("compare-en", DESKTOP),
        ("compare-zh", PHONE),
        ("frontier-en", TABLET),
        ("frontier-zh", PHONE),
    ],
)
def test_a_page_draws_and_fits(browser: Any, folder: Path, name: str, width: int) -> None:
    """No word in the console, no request but for the file, every figure drawn and none wider than
    its place, nothing to scroll sideways.
    """
    file = folder / f"{name}.html"
    found = Opened(browser, file, width)
    assert found.said == []
    asked = [url for url in found.asked if not url.startswith(("data:", "blob:"))]
    assert asked == [file.as_uri()]
    drawn = found.page.locator(".chart .main-svg:first-child").count()
    assert drawn == found.page.locator(".chart").count() > 0
    assert found.page.evaluate("document.documentElement.scrollWidth") <= width
    assert found.page.evaluate(
        "[...document.querySelectorAll('.chart')].every(c => c.scrollWidth <= c.clientWidth + 1)"
    )
    assert found.page.evaluate("window.hit") is None
    found.page.context.close()
