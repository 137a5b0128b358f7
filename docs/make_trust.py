"""Write the tables of docs/trust.md from the figures of a nightly run.

    python -m pytest --nightly tests/nets --figures docs/trust-figures.json
    python tests/mutation/run.py docs/trust-faults.jsonl
    python docs/make_trust.py

A figure that no run has left behind is not in the tables.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PAGE = FOLDER / "trust.md"
FIGURES = FOLDER / "trust-figures.json"
FAULTS = FOLDER / "trust-faults.jsonl"


def nets(figures: dict[str, dict[str, Any]]) -> str:
    """A row for every test function of a run."""
    lines = [
        "| test | cases passed | failed | largest deviation | seconds |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, entry in sorted(figures.items()):
        worst = f"{max(entry['worst'], 0.0):.1e}" if "worst" in entry else ""
        short = name.removeprefix("tests/nets/").replace("::", " ")
        figure = f"{entry['passed']} | {entry['failed']} | {worst} | {entry['seconds']:.0f}"
        lines.append(f"| {short} | {figure} |")
    return "\n".join(lines)


def faults(rows: list[dict[str, Any]]) -> str:
    """Score of the planted faults, and those that survived."""
    noticed = [row for row in rows if row["outcome"] != "survived"]
    lines = [
        f"{len(noticed)} of {len(rows)} planted faults noticed "
        f"({100 * len(noticed) / len(rows):.1f} %)."
    ]
    for row in rows:
        if row not in noticed:
            lines.append(f"- survived: `{row['file']}`: `{row['old']}` became `{row['new']}`")
    return "\n".join(lines)


def written(page: str, name: str, content: str) -> str:
    """``page`` with what stands between the marks of ``name`` replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n\n{content}\n\n{end}{tail}"


def made(page: str) -> str:
    """The page with the tables of the stored figures."""
    figures = json.loads(FIGURES.read_text("utf-8"))
    rows = {
        row["key"]: row for row in map(json.loads, FAULTS.read_text("utf-8").splitlines())
    }
    page = written(page, "nets", nets(figures))
    return written(page, "faults", faults(list(rows.values())))


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
