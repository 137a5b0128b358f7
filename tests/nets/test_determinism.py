"""The same file gives the same plan: byte for byte, in every process, whatever the hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nets.tiers import seeds

ROOT = Path(__file__).parents[2]
MERCHANT = ROOT / "tests" / "allocator" / "small_merchant.yaml"
HASH_SEEDS = ("0", "1", "4711")


def planned(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Every file of a plan made in a process of its own without a time limit; from the plan file
    the seconds are taken out. Reports are left out: they say when they were made and how long the
    search took, and show nothing that the plan file does not hold.
    """
    path = os.pathsep.join((str(ROOT), str(ROOT / "models")))
    command = (
        "solve",
        str(MERCHANT),
        "--gap",
        "0.02",
        "--time-limit",
        "none",
        "--no-report",
        "--out",
        str(folder),
    )
    subprocess.run(
        [sys.executable, "-m", "allocator", *command],
        env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
        timeout=500,
    )
    found = {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    (name,) = (name for name in found if name.endswith("plan.json"))
    plan = json.loads(found[name])
    del plan["runtime"]
    plan["trace"] = [point[1:] for point in plan["trace"]]
    found[name] = json.dumps(plan).encode()
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the first process."""
    return planned(tmp_path_factory.mktemp("first"), HASH_SEEDS[0])


@pytest.mark.parametrize("run", seeds(0, 2))
@pytest.mark.parametrize("hash_seed", HASH_SEEDS)
def test_the_same_bytes(hash_seed: str, run: int, tmp_path: Path, first: dict[str, bytes]) -> None:
    """Plan and tables of six processes, two for each of three hash seeds, are those of one before
    them.
    """
    mine = planned(tmp_path, hash_seed)
    assert mine.keys() == first.keys()
    for name, content in mine.items():
        assert content == first[name], name
