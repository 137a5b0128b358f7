"""Mutation score of the suite that every run does.

``python tests/mutation/run.py RESULTS.jsonl [--seconds 200] [--only PATH] [--without PATH]``
copies the project, plants each fault of ``table.py`` in the copy, one at a time, and runs the
tests that the table names until the first fails. A fault that no test notices has survived. At the
end the tests that noticed one are run without any fault and must pass. Results are appended to the
file; faults that it already holds, in unchanged source, are passed over, so an interrupted run
goes on. A run that comes to its end leaves one row for every fault that is still in the table.

``--without PATH`` leaves a file of tests out and plants only the faults that it noticed first,
according to ``docs/trust-faults.jsonl``: a text that is compared with a stored one notices every
edit, also a harmless one, so it says little of what the other tests would notice.

Third-party packages are imported once; every fault gets a process forked from there.
"""

import argparse
import hashlib
import importlib
import json
import os
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOTICED = ROOT / "docs" / "trust-faults.jsonl"
"""Which test noticed which fault when all tests ran."""
PARTS = ("allocator", "models", "tests", "instances", "docs", "pyproject.toml", "README.md")
HEAVY = (
    "numpy",
    "scipy.sparse",
    "scipy.optimize",
    "pandas",
    "pydantic",
    "pyomo.environ",
    "highspy",
    "pytest",
    "hypothesis",
    "ruamel.yaml",
    "typer",
    "rich.table",
)
STRIDE = 3
KILLED, SURVIVED, TIMEOUT = "killed", "survived", "killed by time"


def key_of(mutant: Any, source: str) -> str:
    """Name of a fault in this source with these tests."""
    text = "\0".join((mutant.file, mutant.old, mutant.new, mutant.tests, source))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def planted(mutant: Any, source: str) -> str:
    """The source with the fault.

    Raises:
        SystemExit: the text to change does not stand in it exactly once.
    """
    if source.count(mutant.old) != 1:
        raise SystemExit(f"{mutant.file}: {mutant.old!r} stands {source.count(mutant.old)} times")
    changed: str = source.replace(mutant.old, mutant.new)
    return changed


def left_out(table: list[Any], path: str, rows: list[dict[str, Any]]) -> list[Any]:
    """The faults that the tests of a file noticed first, without these tests.

    Args:
        table: all faults.
        path: file of the tests.
        rows: what all tests noticed.
    """
    first = {(row["file"], row["old"], row["new"]) for row in rows if path in row["test"]}
    return [
        mutant._replace(tests=" ".join(t for t in mutant.tests.split() if path not in t))
        for mutant in table
        if (mutant.file, mutant.old, mutant.new) in first
    ]


def suite(tests: list[str], folder: Path, log: Path) -> int:
    """Run tests in ``folder``, quietly; the exit status of pytest."""
    pytest = importlib.import_module("pytest")
    os.chdir(folder)
    sys.path[:0] = [str(folder), str(folder / "models")]
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    options = ["-x", "-q", "--tb=line", "-p", "no:cacheprovider"]
    # Hypothesis is imported already; that its asserts are not rewritten does not matter.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    code = int(pytest.main([*options, *tests]))
    sys.stdout.flush()
    return code


def outcome(tests: list[str], folder: Path, seconds: int) -> str:
    """What the tests say of what stands in ``folder``."""
    child = os.fork()
    if child == 0:
        code = 3
        # Processor time, not wall time: a fault is not noticed because the machine is busy.
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        try:
            code = suite(tests, folder, folder / "log.txt")
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return TIMEOUT
    return SURVIVED if code == 0 else KILLED


def write(file: Path, text: str) -> None:
    """Write a source with a time of its own: bytecode is told apart by seconds and length."""
    later = int(file.stat().st_mtime) + 2
    file.write_text(text, "utf-8")
    os.utime(file, (later, later))


def killer(folder: Path) -> str:
    """The test that failed first, from the log of a run."""
    lines = (folder / "log.txt").read_text("utf-8", "replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED tests/", "ERROR tests/"))]
    return failed[0].split(" - ")[0].split(maxsplit=1)[1] if failed else ""


def tidied(results: Path, table: list[Any]) -> None:
    """Leave the last row of every fault of the table, in its order."""
    lines = results.read_text("utf-8").splitlines()
    last = {(row["file"], row["old"], row["new"]): row for row in map(json.loads, lines)}
    keys = [(m.file, m.old, m.new) for m in table]
    kept = [json.dumps(last[key]) + "\n" for key in keys if key in last]
    results.write_text("".join(kept), "utf-8")


def main() -> int:
    """Run what is missing; 0 if at least 95 % of the faults were noticed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--seconds", type=int, default=200, help="processor time for one fault")
    parser.add_argument("--only", default="", help="plant faults of files that begin so")
    parser.add_argument("--without", default="", help="leave out this file of tests")
    chosen = parser.parse_args()
    table = runpy.run_path(str(Path(__file__).with_name("table.py")))["MUTANTS"]
    if chosen.without:
        noticed = map(json.loads, NOTICED.read_text("utf-8").splitlines())
        table = left_out(table, chosen.without, list(noticed))
    mutants = [m for m in table if m.file.startswith(chosen.only)]
    if not mutants:
        parser.error(f"the table has no fault in a file that begins with {chosen.only}")
    sources = {m.file: (ROOT / m.file).read_text("utf-8") for m in mutants}
    text = {key_of(m, sources[m.file]): planted(m, sources[m.file]) for m in mutants}
    known: dict[str, dict[str, Any]] = {}
    if chosen.results.exists():
        lines = chosen.results.read_text("utf-8").splitlines()
        known = {row["key"]: row for row in map(json.loads, lines)}
    for name in HEAVY:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for part in PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(
                    ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy(ROOT / part, folder / part)
        # Faults of all parts come early, so that a run cut short has seen some of each.
        for mutant in (m for start in range(STRIDE) for m in mutants[start::STRIDE]):
            key = key_of(mutant, sources[mutant.file])
            if key in known:
                continue
            write(folder / mutant.file, text[key])
            began = time.monotonic()
            # Without a name pytest would run everything.
            tests = mutant.tests.split()
            found = outcome(tests, folder, chosen.seconds) if tests else SURVIVED
            write(folder / mutant.file, sources[mutant.file])
            row = {
                "key": key,
                "file": mutant.file,
                "old": mutant.old,
                "new": mutant.new,
                "outcome": found,
                "test": killer(folder) if found == KILLED else "",
                "seconds": round(time.monotonic() - began, 1),
            }
            known[key] = row
            with chosen.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            print(
                f"{row['seconds']:6.1f} s  {found:14}  {mutant.file}: {mutant.new[:60]!r}",
                flush=True,
            )
        rows = [known[key] for key in text]
        tests = sorted({row["test"] for row in rows if row["test"]})
        # Without a name pytest would run everything.
        if tests and outcome(tests, folder, 10 * chosen.seconds) != SURVIVED:
            print((folder / "log.txt").read_text("utf-8", "replace")[-2000:])
            raise SystemExit("a test that noticed a fault fails without one as well")
    tidied(chosen.results, table)
    dead = sum(row["outcome"] != SURVIVED for row in rows)
    print(f"{dead} of {len(rows)} faults noticed ({dead / len(rows):.1%})")
    return 0 if dead >= 0.95 * len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
