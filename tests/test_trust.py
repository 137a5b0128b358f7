"""docs/trust.md and docs/trust-jobs.md are what their script writes from the stored figures."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_made_from_the_figures() -> None:
    """No figure of the tables is typed by hand."""
    script = runpy.run_path(str(DOCS / "make_trust.py"))
    for name, made in (("trust.md", script["made"]), ("trust-jobs.md", script["made_jobs"])):
        page = (DOCS / name).read_text("utf-8")
        assert made(page) == page
