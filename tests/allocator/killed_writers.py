"""Processes that write until they are killed, and a count of the files that are torn then.

    python tests/allocator/killed_writers.py FOLDER KILLS atomic|naive SEED

Prints the number of torn files over all kills as the last line. ``naive`` opens the file and
writes: it shows that the kills hit.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from allocator.attempt import Options
from allocator.load import load
from allocator.plan import Plan
from allocator.run_record import MANIFEST, RECORD, Manifest, write_manifest, write_record
from allocator.writing import write_atomic
from fact_models.replay import status_quo

SMALL = Path(__file__).with_name("small_merchant.yaml")
REPEATED = 40
"""Copies of a file's text that make it as large as that of a large merchant."""
LONGEST = 0.05
"""Most seconds that a process writes before it is killed."""


def contents(folder: Path) -> dict[str, tuple[bytes, bytes]]:
    """An old and a new content of a file of each format that the program writes."""
    instance = load(SMALL)
    found: dict[str, list[bytes]] = {}
    for turn in (0, 1):
        plan = Plan.of(instance, "optimal", status_quo(instance), 1e9 + turn)
        options = Options(gap=0.01 * turn, time_limit=None, threads=1, seed=0)
        (folder / "plan.json").write_text(plan.to_json())
        (folder / "cash.csv").write_text(plan.cash.to_csv() + str(turn))
        write_record(folder, f"{turn}", "optimal", asdict(options), planned=True)
        write_manifest(folder, Manifest((f"{turn}",), options, None, None, 1))
        for path in sorted(folder.iterdir()):
            found.setdefault(path.name, []).append(path.read_bytes() * REPEATED)
    assert set(found) == {"plan.json", "cash.csv", RECORD, MANIFEST}
    return {name: (old, new) for name, (old, new) in found.items()}


def killed(path: Path, versions: tuple[bytes, bytes], write: Callable[..., object]) -> None:
    """Let a process write a file over and over, and kill it at a random moment."""
    heard, told = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(told, b".")
            while True:
                for content in versions:
                    write(path, content)
        finally:
            os._exit(1)
    os.read(heard, 1)
    time.sleep(random.uniform(0, LONGEST))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer failed"
    os.close(heard)
    os.close(told)


def torn(folder: Path, kills: int, write: Callable[..., object]) -> int:
    """Torn files after that many kills, the formats in turn."""
    (folder / "first").mkdir()
    formats = list(contents(folder / "first").items())
    count = 0
    for number in range(kills):
        name, versions = formats[number % len(formats)]
        path = folder / name
        path.write_bytes(versions[0])
        killed(path, versions, write)
        count += path.read_bytes() not in versions
    return count


if __name__ == "__main__":
    where, times, how, seed = sys.argv[1:]
    random.seed(int(seed))
    writer = write_atomic if how == "atomic" else Path.write_bytes
    print(torn(Path(where), int(times), writer))
