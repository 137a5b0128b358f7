"""kill -9 while writing: a file is the old one or the new one, never a part."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("killed_writers.py")


def torn(folder: Path, kills: int, how: str) -> int:
    """Torn files after that many kills of a writing process."""
    done = subprocess.run(
        [sys.executable, "-P", str(SCRIPT), str(folder), str(kills), how, "1"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"{how}: {done.stdout.strip()} of {kills} torn")
    return int(done.stdout)


def test_no_kill_tears_a_file(tmp_path: Path) -> None:
    """16 kills over four formats."""
    assert torn(tmp_path, 16, "atomic") == 0


@pytest.mark.nightly
def test_no_kill_of_many_tears_a_file(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """160 kills tear nothing, and the same kills tear files that are written plainly."""
    found = {}
    for how in ("atomic", "naive"):
        (tmp_path / how).mkdir()
        found[how] = torn(tmp_path / how, 160, how)
        record_property(f"files torn by 160 kills, {how} writes", found[how])
    assert found["atomic"] == 0
    assert found["naive"] > 20
