"""Tables for ``RESULTS.md``: one marked section a benchmark, replaced when it runs again."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from allocator.writing import write_atomic


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


VERSIONS = ("numpy", "scipy", "highspy", "pymc-marketing")
"""Packages that figures may depend on."""


def machine(names: Sequence[str] = VERSIONS) -> str:
    """Processor, cores, Python and the versions of ``names``, which figures depend on."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        found = re.search(r"model name\s*: (.+)", cpuinfo.read_text())
        model = found.group(1) if found else model
    found_versions = ", ".join(f"{name} {_version(name)}" for name in names)
    cores = f"{len(os.sched_getaffinity(0))} cores" if hasattr(os, "sched_getaffinity") else ""
    where = ", ".join(part for part in (model, cores) if part)
    return f"{where}, Python {platform.python_version()}, {found_versions}"


def source() -> str:
    """The program's version and the commit that it runs from, with ``changed`` if files differ
    from it."""
    git = ["git", "-C", str(Path(__file__).parent)]
    told = f"fact-allocator {_version('fact-allocator')}"
    try:
        commit = subprocess.run(
            [*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True
        )
        dirty = subprocess.run(
            [*git, "status", "--porcelain", "--", "../allocator", "../models"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return told
    changed = " changed" if dirty.stdout.strip() else ""
    return f"{told} at {commit.stdout.strip()}{changed}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def write_section(path: Path, name: str, text: str) -> None:
    """Put ``text`` between the marks of section ``name``; a new section goes to the end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    old = path.read_text(encoding="utf-8") if path.is_file() else "# Results\n"
    block = f"{begin}\n\n{text.strip()}\n\n{end}"
    if begin in old and end in old:
        head, rest = old.split(begin, 1)
        new = head + block + rest.split(end, 1)[1]
    else:
        new = f"{old.rstrip()}\n\n{block}\n"
    write_atomic(path, new)
