"""Tables for ``RESULTS.md``: one marked section a benchmark, replaced when it runs again."""

import platform
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from allocator.writing import write_atomic


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def machine() -> str:
    """Processor, system and versions that figures depend on."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        found = re.search(r"model name\s*: (.+)", cpuinfo.read_text())
        model = found.group(1) if found else model
    names = ("numpy", "scipy", "highspy", "pymc-marketing")
    found_versions = ", ".join(f"{name} {_version(name)}" for name in names)
    return f"{model}, Python {platform.python_version()}, {found_versions}"


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
