"""The same file gives the same plan: byte for byte, in every process, whatever the hash seed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.nets.tiers import seeds

ROOT = Path(__file__).parents[2]
MERCHANTS = {
    ROOT / "tests" / "allocator" / "small_merchant.yaml": "0.02",
    ROOT / "instances" / "bench" / "many_deals-13-0.json": "0.05",
}
"""Instances with the gap that is asked for: one of seconds, and one that takes half a minute, with
a tree and with a funnel's plan that a clock could cut short."""
HASH_SEEDS = ("0", "1", "4711")


def planned(merchant: Path, folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Every file of a plan made in a process of its own without a time limit; from the plan file
    the seconds are taken out. Reports are left out: they say when they were made and how long the
    search took, and show nothing that the plan file does not hold.
    """
    path = os.pathsep.join((str(ROOT), str(ROOT / "models")))
    command = (
        "solve",
        str(merchant),
        "--gap",
        MERCHANTS[merchant],
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
def first(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], dict[str, bytes]]:
    """The files of the first process for a merchant."""
    return cache(
        lambda merchant: planned(merchant, tmp_path_factory.mktemp("first"), HASH_SEEDS[0])
    )


@pytest.mark.parametrize("merchant", MERCHANTS, ids=lambda merchant: merchant.stem)
@pytest.mark.parametrize("run", seeds(0, 2))
@pytest.mark.parametrize("hash_seed", HASH_SEEDS)
def test_the_same_bytes(
    merchant: Path,
    hash_seed: str,
    run: int,
    tmp_path: Path,
    first: Callable[[Path], dict[str, bytes]],
) -> None:
    """Plan and tables of six processes, two for each of three hash seeds, are those of one before
    them.
    """
    mine = planned(merchant, tmp_path, hash_seed)
    assert mine.keys() == first(merchant).keys()
    for name, content in mine.items():
        assert content == first(merchant)[name], name
