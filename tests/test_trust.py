"""docs/trust.md is the page that its script writes from the stored figures."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_made_from_the_figures() -> None:
    """No figure of the tables is typed by hand."""
    made = runpy.run_path(str(DOCS / "make_trust.py"))["made"]
    page = (DOCS / "trust.md").read_text("utf-8")
    assert made(page) == page
