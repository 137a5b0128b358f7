"""The runner of the hard families: its tables from fixed runs, one real run, a contradicted
store."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from allocator.families import FAMILIES, generate
from allocator.faults import InputError
from allocator.load import load
from allocator.reading import canonical_sha256
from benchmarks import run as runner
from benchmarks.best_known import keep, known
from benchmarks.families import runs_file
from benchmarks.families.bars import BARS
from benchmarks.families.cases import Case, case_of, cases
from benchmarks.families.peer_tables import NAMES, peer_tables
from benchmarks.families.peers import available
from benchmarks.families.process import run_timed
from benchmarks.families.tables import met, solve_tables
from fact_models.spec.instance import Instance

STORED = Path(__file__).parents[2] / "instances" / "bench"


def record(seed: int, gap: float | None, wall: float, **rest: Any) -> dict[str, Any]:
    """A run of ``tight_cash`` over 13 weeks, whose bar is 0.5 % in 30 s."""
    settings = {"stop_at": "target", "gap": 0.005, "time_limit": 27.9, "threads": 2}
    return {
        "kind": "solve",
        "case": f"tight_cash-13-{seed}",
        "family": "tight_cash",
        "weeks": 13,
        "seed": seed,
        "sha256": f"{seed}",
        "settings": settings,
        "objective": 100.0,
        "bound": 101.0,
        "gap": gap,
        "status": "optimal",
        "problem": "",
        "wall": wall,
        "processor": 1.5 * wall,
        "peak": 300.0 + seed,
        "first_plan": 2.0 + seed,
        "bar_gap_at": wall if gap is not None and gap <= 0.005 else None,
        "handed_over": 0.5,
        "load": 0.2,
        "machine": "a machine",
        "source": "a version",
        **rest,
    }


def tiny(case: Case) -> Instance:
    """Eight weeks and few of everything under the name of the case."""
    few = {"segments": 1, "accounts": 1, "tiers": 1, "offers": 1, "campaigns": 1, "deals": 1}
    drawn = generate("slack_budget", 8, 0, **few)
    return drawn.model_copy(update={"name": case.label})


def test_every_family_has_its_bars() -> None:
    """Bars for three lengths of each family, for one of xl; a label names its case."""
    assert set(BARS) == {(f, w) for f in FAMILIES for w in (13, 26, 52) if f != "xl" or w == 52}
    every = cases(list(FAMILIES), [13, 26], [0, 7])
    assert len(every) == 6 * 2 * 2 + 2
    assert [case_of(case.label) for case in every] == every


def test_a_written_case_is_the_drawn_one(tmp_path: Path) -> None:
    """The file that is timed reads as the instance of the family, and so does the stored one."""
    case = Case("s_curves", 13, 1)
    digest = canonical_sha256(case.instance())
    assert canonical_sha256(load(case.write(tmp_path))) == digest
    assert canonical_sha256(load(STORED / f"{case.label}.json")) == digest
    assert case.instance().name == case.label


def test_the_table_tells_medians_and_worst() -> None:
    """Three seeds: gaps 0.4, 0.5, 1.2 %, seconds 10, 20, 28."""
    runs = [record(0, 0.004, 10.0), record(1, 0.012, 28.0), record(2, 0.005, 20.0)]
    line = next(x for x in "\n".join(solve_tables(runs)).splitlines() if "tight_cash" in x)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:8] == [
        *("tight_cash, 13", "3", "0.50 %", "1.20 %", "20.0", "28.0", "30.0", "20.0")
    ]
    assert cells[8:11] == ["3.0 / 4.0", "0.5 / 0.5", "302"]
    assert cells[11:] == ["0.5 % in 30 s", "so far (2 of 3 seeds)"]


@pytest.mark.parametrize(
    ("gaps", "walls", "verdict"),
    [
        ([0.004] * 10, [29.0] * 10, "yes (10 of 10 seeds)"),
        ([0.004] * 9 + [0.016], [29.0] * 10, "no: worst gap (9 of 10 seeds)"),
        ([0.004] * 4 + [0.006] * 6, [29.0] * 10, "no: median gap (4 of 10 seeds)"),
        ([0.004] * 10, [31.0] * 10, "no: median time (0 of 10 seeds)"),
        ([0.004] * 4 + [None] * 6, [29.0] * 10, "no: median gap, worst gap (4 of 10 seeds)"),
    ],
)
def test_a_bar_is_met_by_medians_and_worst(
    gaps: list[float | None], walls: list[float], verdict: str
) -> None:
    """Median gap and time at most the bar's, no gap above three times it; no plan is a gap
    without end."""
    runs = [record(n, g, w) for n, (g, w) in enumerate(zip(gaps, walls, strict=True))]
    assert met(runs, BARS["tight_cash", 13]) == verdict


def test_the_last_run_of_a_measurement_counts() -> None:
    """The file is only added to: a later record of the same settings replaces the earlier."""
    runs = [record(0, 0.004, 10.0), record(1, 0.004, 10.0), record(0, 0.003, 9.0)]
    assert [r["wall"] for r in runs_file.latest(runs)] == [9.0, 10.0]


def test_a_line_cut_off_is_left_out_and_mended(tmp_path: Path) -> None:
    """After a kill while writing the whole records are read, and the next one is whole too."""
    path = tmp_path / "runs.jsonl"
    runs_file.append(path, record(0, 0.004, 10.0))
    with path.open("a") as file:
        file.write('{"kind": "sol')
    assert len(runs_file.read(path)) == 1
    runs_file.append(path, record(1, 0.004, 10.0))
    assert [r["seed"] for r in runs_file.read(path)] == [0, 1]


def test_another_broken_line_is_refused(tmp_path: Path) -> None:
    """With file and line, exit status 2."""
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(record(0, 0.004, 10.0)) + "\nno record\n")
    with pytest.raises(InputError, match=r"runs\.jsonl:2: is not a line of JSON"):
        runs_file.read(path)
    assert runner.main(["--keep", str(path)]) == 2


def test_a_process_is_timed_and_killed(tmp_path: Path) -> None:
    """Its lines with their seconds, its memory, and its end when its time is up."""
    code = "import sys, time; a = bytearray(60_000_000); print('on', file=sys.stderr, flush=True);"
    command = [sys.executable, "-c", code + "time.sleep(30)"]
    ran = run_timed(command, most=2.0, stdout=tmp_path / "out")
    assert ran.killed
    assert ran.code < 0
    assert 2.0 <= ran.seconds < 20.0
    assert [line for _, line in ran.lines] == ["on"]
    if Path("/proc/self/status").exists():
        assert ran.peak is not None
        assert 57.0 < ran.peak < 150.0


def test_a_run_is_measured_kept_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tiny instance: a verified plan, a record, an entry in the store, a table; the same command
    again runs nothing."""
    monkeypatch.setattr(Case, "instance", tiny)
    keeps, store, page = (tmp_path / name for name in ("runs.jsonl", "store.json", "R.md"))
    arguments = ["--family", "slack_budget", "--weeks", "13", "--seeds", "0", "--threads", "1"]
    arguments += ["--time-limit", "20", "--keep", str(keeps), "--store", str(store), "--peers"]
    assert runner.main([*arguments, "--write", str(page)]) == 0
    measured, *others = runs_file.read(keeps)
    assert measured["status"] == "optimal"
    assert measured["gap"] <= 0.001
    assert 0 < measured["first_plan"] <= measured["bar_gap_at"] <= measured["wall"]
    assert measured["handed_over"] > 0
    ((digest, entry),) = known(store).items()
    assert digest == canonical_sha256(tiny(Case("slack_budget", 13, 0)))
    assert entry["objective"] == measured["objective"]
    assert "| slack_budget, 13 | 1 |" in page.read_text()

    assert [other["kind"] for other in others] == available()
    for other in others:
        assert other["problem"] == ""
        assert other["bound"] >= measured["objective"] * (1 - 1e-5)
        assert other["bound"] >= other["objective"] * (1 - 1e-5)
        assert NAMES[other["kind"]] in page.read_text()

    assert runner.main(arguments) == 0
    count = 1 + len(others)
    assert f"{count} of {count} runs are in" in capsys.readouterr().err
    assert len(runs_file.read(keeps)) == count


def test_a_bound_below_a_known_plan_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 1 and words, when it is measured and whenever its table is made; the store
    stays as it was."""
    keeps, store = tmp_path / "runs.jsonl", tmp_path / "store.json"
    measured = record(0, 0.004, 10.0, objective=100.0, bound=101.0)
    monkeypatch.setattr(runner, "solve_case", lambda *_: measured)
    keep(store, measured["sha256"], "planted", 102.0, 104.0)
    before = store.read_text()
    here = ["--keep", str(keeps), "--store", str(store)]
    for arguments in (["--family", "tight_cash", "--weeks", "13", "--seeds", "0", *here], here):
        assert runner.main(arguments) == 1
        said = capsys.readouterr()
        assert "CONTRADICTION: tight_cash-13-0 (solve): bound 101.0 excludes" in said.err
        assert "bound 101.0 excludes the known plan of 102.0" in said.out
    assert store.read_text() == before


def test_better_values_enter_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A better plan and a better bound replace the known ones, each by itself."""
    keeps, store = tmp_path / "runs.jsonl", tmp_path / "store.json"
    arguments = ["--family", "tight_cash", "--weeks", "13", "--seeds", "0"]
    arguments += ["--keep", str(keeps), "--store", str(store), "--again"]
    for objective, bound in ((100.0, 101.0), (100.5, 102.0), (99.0, 100.7), (99.0, 103.0)):
        measured = record(0, 0.004, 10.0, objective=objective, bound=bound)
        monkeypatch.setattr(runner, "solve_case", lambda *_, m=measured: m)
        assert runner.main(arguments) == 0
    entry = known(store)["0"]
    assert (entry["objective"], entry["bound"]) == (100.5, 100.7)
    assert entry["name"] == entry["drawn"] == "tight_cash-13-0"
    assert capsys.readouterr().err.count("entered into store.json") == 3


def test_pairs_are_set_beside_each_other() -> None:
    """Gaps of 0.4 and 0.8 % against 2 and 1.6 %: a median ratio of 3.5; a peer without its mate is
    left out; bounds are measured from our plan."""
    runs = [record(0, 0.004, 10.0), record(1, 0.008, 20.0)]
    for seed, gap in ((0, 0.02), (1, 0.016), (7, 0.5)):
        runs.append(record(seed, gap, 40.0, kind="highs", bound=104.0))
    text = "\n".join(peer_tables(runs))
    lines = {x.split("|")[1].strip(): x for x in text.splitlines() if x.startswith("|")}
    mine = [cell.strip() for cell in lines[NAMES["solve"]].strip("|").split("|")][1:]
    assert mine == ["2", "0", "0.60 %", "0.80 %", "15.0", "22.5", "0.99 %", "1.00", "1.00"]
    other = [cell.strip() for cell in lines[NAMES["highs"]].strip("|").split("|")][1:]
    assert other == ["2", "0", "1.80 %", "2.00 %", "40.0", "60.0", "3.85 %", "3.50", "3.00"]


def test_what_was_not_run_has_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run the tables are refused."""
    assert runner.main(["--keep", str(tmp_path / "none.jsonl")]) == 2
    assert "holds no runs" in capsys.readouterr().err
