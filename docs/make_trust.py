"""Write the tables of docs/trust.md and docs/trust-jobs.md from the figures of nightly runs.

    .ci/nightly

or part by part:

    python -m pytest --nightly tests/nets --figures docs/trust-figures.json
    python tests/mutation/run.py docs/trust-faults.jsonl
    python tests/mutation/run.py docs/trust-faults-without-golden.jsonl \\
        --without tests/models/test_golden.py
    python -m pytest --nightly tests/allocator/test_mutants.py -k five_hundred \\
        --figures docs/trust-input.json
    python -m pytest --nightly -m nightly tests/allocator/test_batch.py \\
        tests/allocator/test_killed_writers.py tests/allocator/conflicts \\
        tests/allocator/reoptimizing --figures docs/trust-runs.json
    python tests/allocator/fuzz_readers.py READER FOLDER --figures docs/trust-fuzz.json
    python -m pytest --nightly -m nightly tests/allocator/test_deadline.py \\
        --figures docs/trust-time.json
    python docs/make_trust.py

A figure that no run has left behind is not in the tables.
"""

import json
import runpy
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PAGE = FOLDER / "trust.md"
JOBS = FOLDER / "trust-jobs.md"
FIGURES = FOLDER / "trust-figures.json"
FAULTS = FOLDER / "trust-faults.jsonl"
WITHOUT_GOLDEN = FOLDER / "trust-faults-without-golden.jsonl"
GOLDEN = "tests/models/test_golden.py"
INPUT = FOLDER / "trust-input.json"
RUNS = FOLDER / "trust-runs.json"
FUZZ = FOLDER / "trust-fuzz.json"
TIME = FOLDER / "trust-time.json"
NONE_YET = "No run has left figures yet."
TABLE = FOLDER.parent / "tests" / "mutation" / "table.py"


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


def faults(rows: list[dict[str, Any]], without_golden: list[dict[str, Any]]) -> str:
    """Score of the planted faults, and those that survived; the same without the golden texts,
    which notice every edit of a row.
    """
    table = runpy.run_path(str(TABLE))["MUTANTS"]
    reasons = {(m.file, m.new): m.why for m in table}
    texts = {(m.file, m.old, m.new) for m in table}
    rows = [row for row in rows if (row["file"], row["old"], row["new"]) in texts]
    survived = [row for row in rows if row["outcome"] == "survived"]
    noticed = len(rows) - len(survived)
    lines = [
        f"{len(rows)} of the {len(table)} faults of the table were planted, "
        f"{noticed} of them noticed ({100 * noticed / len(rows):.1f} %)."
    ]
    lines += told_survivors("Survived", survived, reasons)
    without_golden = [r for r in without_golden if (r["file"], r["old"], r["new"]) in texts]
    if not without_golden:
        return "\n".join(lines)
    left = [row for row in without_golden if row["outcome"] == "survived"]
    noticed -= len(left)
    lines.append(
        f"\n{len(without_golden)} faults were noticed first by `{GOLDEN}`, which compares rows "
        f"with a stored text and so notices every edit. Planted again without it, the other tests "
        f"noticed {len(without_golden) - len(left)} of them: {noticed} of {len(rows)} faults "
        f"({100 * noticed / len(rows):.1f} %) are noticed by what a plan or a law says."
    )
    lines += told_survivors("Noticed by the text alone", left, reasons)
    return "\n".join(lines)


def told_survivors(
    word: str, rows: list[dict[str, Any]], reasons: dict[tuple[str, str], str]
) -> list[str]:
    """A paragraph for every fault that survived, and why."""
    return [
        f"\n{word}: `{row['old']}` of `{row['file']}` became `{row['new']}`; "
        f"{reasons.get((row['file'], row['new'])) or 'not explained yet'}."
        for row in rows
    ]


def mutants(figures: dict[str, dict[str, Any]]) -> str:
    """A row for every format, over the parts whose files were all judged as they must be."""
    (entry,) = figures.values()
    counts: dict[str, dict[str, int]] = {}
    for key, value in entry.items():
        form, _, kind = key.partition(" ")
        if kind:
            count = counts.setdefault(form, {"files": 0, "harmless": 0})
            count[kind.split()[-1]] += value
    lines = ["| format | files | refused with all parts | harmless, accepted |"]
    lines.append("| --- | --: | --: | --: |")
    for form, count in sorted(counts.items()):
        refused = count["files"] - count["harmless"]
        lines.append(f"| {form} | {count['files']} | {refused} | {count['harmless']} |")
    said = f"{entry['passed']} parts passed, {entry['failed']} failed"
    return "\n".join([*lines, "", f"{said}; {entry['seconds']:.0f} s of wall time."])


def fuzz(figures: dict[str, dict[str, int]]) -> str:
    """A row for every reader, its runs added up."""
    lines = ["| reader | processor seconds | inputs | accepted | broken promises |"]
    lines.append("| --- | --: | --: | --: | --: |")
    for reader, run in sorted(figures.items()):
        counts = " | ".join(f"{run[k]:,}" for k in ("seconds", "inputs", "accepted", "broken"))
        lines.append(f"| {reader} | {counts} |")
    return "\n".join(lines)


def runs(figures: dict[str, dict[str, Any]]) -> str:
    """A row for every test function around jobs, files, conflicts and edits."""
    if not figures:
        return NONE_YET
    lines = ["| test | cases passed | failed | seconds |", "| --- | --: | --: | --: |"]
    for name, entry in sorted(figures.items()):
        file, _, test = name.removeprefix("tests/allocator/").partition("::")
        lines.append(
            f"| {file} {test} | {entry['passed']} | {entry['failed']} | {entry['seconds']:.0f} |"
        )
    torn = {key: value for entry in figures.values() for key, value in entry.items() if " " in key}
    told = (f"{key}: {value}" for key, value in sorted(torn.items()))
    return "\n".join([*lines, "", "; ".join(told) + "."]) if torn else "\n".join(lines)


def timed(figures: dict[str, dict[str, Any]]) -> str:
    """Seconds to the end of every command with a limit, under a cap, and after a signal."""
    if not figures:
        return NONE_YET
    lines = ["| test | cases passed | failed |", "| --- | --: | --: |"]
    seconds: dict[tuple[str, str], float] = {}
    for name, entry in sorted(figures.items()):
        lines.append(f"| {name.rpartition('::')[2]} | {entry['passed']} | {entry['failed']} |")
        for key, value in entry.items():
            what, _, part = key.rpartition(" ")
            if what:
                seconds[what, part] = value
    for title, group in (
        ("wall time by limit [s]", {k for k in seconds if k[1].isdigit() and k[0] != "cap"}),
        ("wall time by address space [MB], limit 20 s", {k for k in seconds if k[0] == "cap"}),
        ("slowest end by phase [s]", {k for k in seconds if not k[1].isdigit()}),
    ):
        if not group:
            continue
        parts = sorted(
            {part for _, part in group}, key=lambda p: (len(p) if p.isdigit() else 0, p)
        )
        lines += ["", f"| {title} | " + " | ".join(parts) + " |"]
        lines.append("| --- |" + " --: |" * len(parts))
        for row in sorted({what for what, _ in group}):
            told = (f"{seconds[row, p]:.1f}" if (row, p) in seconds else "" for p in parts)
            lines.append(f"| {row} | " + " | ".join(told) + " |")
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
    page = written(page, "nets", nets(figures))
    return written(page, "faults", faults(outcomes(FAULTS), outcomes(WITHOUT_GOLDEN)))


def outcomes(file: Path) -> list[dict[str, Any]]:
    """What was noticed; a fault is planted again when its source has changed, and the last word
    counts.
    """
    planted = map(json.loads, file.read_text("utf-8").splitlines())
    return list({(row["file"], row["old"], row["new"]): row for row in planted}.values())


def made_jobs(page: str) -> str:
    """The page about input, time and jobs with the tables of the stored figures."""
    page = written(page, "mutants", mutants(json.loads(INPUT.read_text("utf-8"))))
    page = written(page, "fuzz", fuzz(json.loads(FUZZ.read_text("utf-8"))))
    page = written(page, "runs", runs(json.loads(RUNS.read_text("utf-8"))))
    return written(page, "time", timed(json.loads(TIME.read_text("utf-8"))))


def main() -> None:
    """Rewrite the pages."""
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
    JOBS.write_text(made_jobs(JOBS.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
