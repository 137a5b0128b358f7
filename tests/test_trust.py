"""docs/trust.md and docs/trust-jobs.md are what their script writes from the stored figures."""

import re
import runpy
import subprocess
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_made_from_the_figures() -> None:
    """No figure of the tables is typed by hand."""
    script = runpy.run_path(str(DOCS / "make_trust.py"))
    for name, made in (("trust.md", script["made"]), ("trust-jobs.md", script["made_jobs"])):
        page = (DOCS / name).read_text("utf-8")
        assert made(page) == page


def test_the_nightly_command_has_every_net() -> None:
    """Every file with cases of the nightly tier belongs to a part of ``.ci/nightly``, and a part
    that does not exist is refused.
    """
    root = DOCS.parent
    command = (root / ".ci" / "nightly").read_text("utf-8")
    nets = [
        path.relative_to(root).as_posix()
        for path in sorted((root / "tests").rglob("test_*.py"))
        if re.search(r"mark\.nightly|tests\.nets\.tiers", path.read_text("utf-8"))
    ]
    named = re.findall(r"tests/[\w/]+(?:\.py)?", command)
    left = [net for net in nets if not any(net.startswith(name) for name in named)]
    assert nets
    assert left == []
    found = subprocess.run(
        [str(root / ".ci" / "nightly"), "nothing"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 2
    assert "no part nothing" in found.stderr
