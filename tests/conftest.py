"""Settings of all tests, the two tiers, and the figures that a nightly run leaves behind.

Tests marked ``nightly`` run only with ``--nightly``. With ``--figures FILE`` the run notes, for
every test function, how many cases passed and failed, how long they took, and the largest of each
number that they recorded, and names those that failed. With ``--add`` it goes on with the rows
of the file: its cases are added, those that failed count anew. So a net can be run in parts.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Machines that share their cores make the time of a single example meaningless.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the nightly tier."""
    parser.addoption("--nightly", action="store_true", help="run the nightly tier as well")
    parser.addoption("--keep-best", action="store_true", help="write instances/best-known.json")
    parser.addoption("--figures", type=Path, metavar="FILE", help="note the figures of the run")
    parser.addoption("--add", action="store_true", help="go on with the rows of the figures")


def pytest_configure(config: pytest.Config) -> None:
    """Note the figures if they are asked for."""
    file = config.getoption("--figures")
    if file:
        config.pluginmanager.register(Figures(file, add=config.getoption("--add")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the nightly tier out unless it is asked for."""
    if config.getoption("--nightly"):
        return
    later = [item for item in items if item.get_closest_marker("nightly")]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if item not in set(later)]


class Figures:
    """Counts, seconds and largest recorded numbers by test function."""

    def __init__(self, file: Path, add: bool = False) -> None:
        self.file, self.add = file, add
        self.known = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self.found: dict[str, dict[str, Any]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Go on with rows that are there; a case that failed is taken out before it runs again."""
        for item in session.items if self.add else ():
            name = item.nodeid.partition("[")[0]
            if name in self.known:
                entry = self.found.setdefault(name, dict(self.known[name]))
                if item.nodeid in entry.get("failures", []):
                    entry["failures"] = [f for f in entry["failures"] if f != item.nodeid]
                    entry["failed"] -= 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one case; the file is written anew, so a run that is stopped leaves
        what it has seen.
        """
        if report.when != "call" and not report.failed:
            return
        name = report.nodeid.partition("[")[0]
        entry = self.found.setdefault(name, {"passed": 0, "failed": 0, "seconds": 0.0})
        if report.outcome != "skipped":
            entry["passed" if report.passed else "failed"] += 1
        if report.failed:
            entry["failures"] = [*entry.get("failures", []), report.nodeid]
        entry["seconds"] = round(entry["seconds"] + report.duration, 1)
        for key, value in report.user_properties:
            entry[key] = max(entry.get(key, value), value)
        text = json.dumps({**self.known, **self.found}, indent=1, sort_keys=True)
        self.file.write_text(text + "\n", "utf-8")
