"""A plan and its tables are written whole or not at all, whatever ends the writing."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from allocator import plan_file
from allocator.faults import OutputError
from allocator.load import load
from allocator.plan import Plan
from allocator.run_folder import locked
from fact_models.replay import status_quo
from tests.allocator.test_batch import Stage, stage
from tests.allocator.test_cli import run

__all__ = ["stage"]

SMALL = Path(__file__).with_name("small_merchant.yaml")


def merchant(folder: Path, pool: int) -> Path:
    """The small merchant with another pool of shoppers, under the same name."""
    path = folder / f"pool-{pool}.yaml"
    text = SMALL.read_text(encoding="utf-8")
    path.write_text(text.replace("pool: 500000", f"pool: {pool}"), encoding="utf-8")
    return path


def plan_of(folder: Path, pool: int) -> Plan:
    """What that merchant does today."""
    instance = load(merchant(folder, pool))
    return Plan.of(instance, "feasible_limit", status_quo(instance), 1e9)


def content(folder: Path) -> dict[str, bytes]:
    """All files of a folder but the lock."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("at", [1, 8, 30])
def test_a_plan_that_cannot_be_written_changes_nothing(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fills up at any write leaves plan, tables and reports of the earlier run."""
    old, new = plan_of(tmp_path, 500000), plan_of(tmp_path, 900000)
    folder = plan_file.write(tmp_path / "out", old)
    (folder / "plan.html").write_text("the page of the old plan\n", encoding="utf-8")
    before, calls, fsync = content(folder), [0], os.fsync

    def full(handle: int) -> None:
        calls[0] += 1
        if calls[0] >= at:
            raise OSError(28, "No space left on device")
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OutputError, match="the disk is full"):
            plan_file.write(tmp_path / "out", new)
    assert content(folder) == before
    plan_file.write(tmp_path / "out", new)
    assert set(before) - set(content(folder)) == {"plan.html"}
    assert plan_file.read(folder).gmv == new.gmv


def test_verify_names_the_table_that_differs(tmp_path: Path) -> None:
    """A table of another plan, or none, is a fault; a plan file without its tables is not."""
    folder = plan_file.write(tmp_path, plan_of(tmp_path, 500000))
    assert run("verify", folder).exit_code == 0
    table = folder / "tables" / "cash.csv"
    table.write_text("period,cash\n", encoding="utf-8")
    result = run("verify", folder)
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    assert "tables/cash.csv is not the table that was written with this plan" in words
    table.unlink()
    result = run("verify", folder)
    assert "tables/cash.csv is not there" in " ".join(result.stdout.split())
    alone = tmp_path / "elsewhere" / "plan.json"
    alone.parent.mkdir()
    alone.write_bytes((folder / "plan.json").read_bytes())
    assert run("verify", alone).exit_code == 0


def killed(stage: Stage, at: int) -> "subprocess.CompletedProcess[str]":
    """A plain solve over the plan of another one that dies before the ``at``-th time that a plan
    file is put in its place: aside first, then for good.
    """
    out = ["--out", str(stage.out), "--no-report", "--json"]
    assert stage.run("solve", str(merchant(stage.folder, 500000)), *out).returncode == 0
    again = ["solve", str(merchant(stage.folder, 900000)), *out]
    return stage.run(*again, die="tables moved", at=at)


def test_a_kill_while_the_plan_is_written_leaves_the_old_one(stage: Stage) -> None:
    """What was half written goes with the next run; until then the old plan stands."""
    assert killed(stage, 1).returncode == -signal.SIGKILL
    old = plan_of(stage.folder, 500000)
    assert plan_file.read(stage.out / "small").gmv == old.gmv
    assert run("verify", stage.out / "small").exit_code == 0
    with locked(stage.out):
        assert not list(stage.out.rglob("*.tmp"))
        assert not (stage.out / "small" / plan_file.STAGING).exists()


def test_a_kill_between_two_moves_is_seen_and_mended(stage: Stage) -> None:
    """Old plan and new tables do not verify; the next run in the folder finishes the move."""
    assert killed(stage, 2).returncode == -signal.SIGKILL
    result = run("verify", stage.out / "small")
    assert result.exit_code == 1
    assert "is not the table that was written with this plan" in " ".join(result.stdout.split())
    with locked(stage.out):
        pass
    new = plan_of(stage.folder, 900000)
    plan_file.write(stage.folder / "wanted", new)
    assert plan_file.read(stage.out / "small").gmv == new.gmv
    tables = {n: x for n, x in content(stage.out / "small").items() if n.endswith(".csv")}
    wanted = content(stage.folder / "wanted" / "small")
    assert tables == {n: x for n, x in wanted.items() if n.endswith(".csv")}
    assert run("verify", stage.out / "small").exit_code == 0


def test_one_run_at_a_time_writes_below_a_folder(tmp_path: Path) -> None:
    """What writes plans is refused before its search while another run works in the folder: that
    one would take its half-written plan for a rest of a run that was ended.
    """
    instance, out = merchant(tmp_path, 500000), tmp_path / "out"
    folder = plan_file.write(out, plan_of(tmp_path, 500000))
    weeks = tmp_path / "weeks.csv"
    weeks.write_text("week,gmv\n2026-W01,100000\n", encoding="utf-8")
    before = content(out)
    with locked(out):
        for command in (
            ("replan", folder, "--actuals", weeks),
            ("replan", folder, "--actuals", weeks, "--out", out),
            ("hedge", instance, "--scenarios", "growth", "--out", out),
            ("alternatives", folder, "--out", out),
        ):
            result = run(*command)
            assert result.exit_code == 2, result.output
            assert "another run is working in this folder" in result.stderr
    assert content(out) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser may mount")
def test_a_full_file_system_keeps_the_old_plan(stage: Stage) -> None:
    """A real file system without room for a second plan: 2, the reason, the old plan whole."""
    stage.out.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(stage.out)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine does not allow mounts")
    try:
        out = ["--out", str(stage.out), "--no-report", "--json"]
        first = stage.run("solve", str(merchant(stage.folder, 500000)), *out)
        free = os.statvfs(stage.out)
        filled = (free.f_bavail - 5) * free.f_bsize
        (stage.out / "filler").write_bytes(bytes(filled))
        before = content(stage.out)
        second = stage.run("solve", str(merchant(stage.folder, 900000)), *out)
        verified = run("verify", stage.out / "small")
        after = content(stage.out)
    finally:
        subprocess.run(["umount", str(stage.out)], check=True)
    assert first.returncode == 0, first.stderr
    assert second.returncode == 2, second.stderr
    assert "the disk is full" in second.stderr
    assert verified.exit_code == 0
    assert after == before
