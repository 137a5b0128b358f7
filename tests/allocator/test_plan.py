"""The plan and its file: the gap is honest, figures follow from the decisions, changes show."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allocator import plan_file
from allocator.faults import InputError, OutputError
from allocator.load import load
from allocator.plan import Plan, bound_holds, relative_gap
from allocator.stating import KEYS
from fact_models.decisions import Decisions
from fact_models.replay import status_quo

SMALL = Path(__file__).with_name("small_merchant.yaml")
HUGE = 10**400
"""A whole number that JSON knows and double precision does not."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The status quo of the small merchant with a bound 2 % above it."""
    instance = load(SMALL)
    found = Plan.of(instance, "feasible_limit", status_quo(instance), 1e9)
    assert found.objective is not None
    return Plan.of(
        instance,
        "feasible_limit",
        status_quo(instance),
        1.02 * found.objective,
        runtime={"total": 1.5, "milp": 1.0},
        max_violation=1e-9,
        trace=[(0.5, "LP", None, 9e9), (1.5, "MILP", found.objective, 1.02 * found.objective)],
        growth={"yuan": {"4": 1.5, "13": float("nan")}, "returned_share": 0.2},
    )


def changed(plan: Plan, change: Any) -> str:
    """The plan file after ``change`` was made to its content."""
    record = json.loads(plan.to_json())
    change(record)
    return json.dumps(record)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (100.0, 110.0, 10 / 110),
        (110.0, 100.0, 10 / 110),
        (0.0, 0.0, 0.0),
        (0.0, 0.5, 0.5),
        (-200.0, -100.0, 0.5),
        (-50.0, 50.0, 2.0),
    ],
)
def test_gap_is_the_distance_relative_to_the_larger(
    objective: float, bound: float, gap: float
) -> None:
    """The gap divides by the larger of both, at least 1, for profits and losses alike."""
    assert relative_gap(objective, bound) == pytest.approx(gap)


def test_bound_of_costs_lies_below() -> None:
    """A cost is bounded from below, everything else from above."""
    assert bound_holds("cost", 100.0, 90.0)
    assert not bound_holds("cost", 100.0, 110.0)
    assert bound_holds("gmv", 100.0, 110.0)
    assert not bound_holds("gmv", 100.0, 90.0)


def test_gap_of_another_hand_is_refused(plan: Plan) -> None:
    """A plan cannot be made with a gap that objective and bound do not give."""
    with pytest.raises(ValueError, match="does not follow"):
        replace(plan, gap=0.0001)


def test_no_plan_has_no_gap() -> None:
    """Without a plan there is no gap, and a verified status is refused."""
    instance = load(SMALL)
    empty = Plan(instance, "no_plan_yet", bound=5.0, message="too little time")
    assert empty.gap is None
    assert not empty.verified
    with pytest.raises(ValueError, match="needs objective and decisions"):
        Plan(instance, "optimal", bound=5.0)
    with pytest.raises(ValueError, match="does not follow"):
        Plan(instance, "no_plan_yet", bound=5.0, gap=0.0)


def test_plan_without_a_proof_has_no_gap(plan: Plan) -> None:
    """A plan whose bound is infinite tells neither bound nor gap."""
    assert plan.decisions is not None
    found = Plan.of(plan.instance, "interrupted_feasible", plan.decisions, float("inf"))
    assert found.bound is None
    assert found.gap is None
    assert found.broken_claims() == []


def test_file_reads_back(plan: Plan) -> None:
    """Reading a plan file gives the same plan, and writing that the same bytes."""
    again = Plan.from_json(plan.to_json())
    assert again.status == plan.status
    assert again.objective == plan.objective
    assert again.instance == plan.instance
    assert again.broken_claims() == []
    assert plan.decisions is not None
    assert again.decisions is not None
    np.testing.assert_array_equal(again.decisions.hours, plan.decisions.hours)
    assert again.to_json() == plan.to_json()


def test_file_has_the_promised_keys(plan: Plan) -> None:
    """The keys that others rely on stand at the top of the file; what is not finite is null."""
    record = json.loads(plan.to_json())
    assert list(record) == list(KEYS)
    assert set(record["replay"]) == {"objective", "max_violation"}
    assert set(record["instance"]) == {"name", "sha256"}
    assert len(record["instance"]["sha256"]) == 64
    assert record["growth"]["yuan"] == {"4": 1.5, "13": None}
    assert set(record["decisions"]) == set(Decisions.__dataclass_fields__)


def test_file_without_a_plan_reads_back() -> None:
    """The reason for no plan survives the file."""
    empty = Plan(load(SMALL), "infeasible", message="the payroll is above the cash")
    again = Plan.from_json(empty.to_json())
    assert again.status == "infeasible"
    assert again.message == empty.message
    assert again.decisions is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda r: r["file"]["money"].update(budget=1.0), "instance"),
        (lambda r: r["instance"].update(name="other"), "instance"),
        (lambda r: r["ids"].update(periods=9), "ids"),
        (lambda r: r.update(gap=0.0), "gap"),
        (lambda r: r.update(gap="x\x1b"), r'gap = "x\\u001b": must be a finite number or null'),
        (lambda r: r.update(gap="x" * 500), r'gap = "x{1,80}\.\.\.": must be'),
        (lambda r: r.update(status="best"), 'status = "best": must be one of'),
        (lambda r: r.update(extra=1), "extra"),
        (lambda r: r.update({"no\nkey": 1}), r'unknown: "no\\nkey"'),
        (lambda r: r.pop("bound"), "bound"),
        (lambda r: r.update(objective="1e6"), "objective"),
        (lambda r: r.update(objective=True), "objective"),
        (lambda r: r.update(decisions=None), "decisions"),
        (lambda r: r["decisions"].pop("hours"), "hours"),
        (lambda r: r["decisions"]["hours"].pop(), "hours"),
        (lambda r: r["decisions"]["drawn"].__setitem__(0, None), "drawn"),
        (lambda r: r["decisions"]["drawn"].__setitem__(0, [1]), "decisions"),
        (lambda r: r.update(trace=7), "trace = 7: must be a list"),
        (lambda r: r.update(trace=[[1]]), r"trace\[0\] = a list of 1: must be"),
        (lambda r: r.update(runtime=[]), "runtime = a list of 0: must be a mapping"),
        (lambda r: r.update(message=None), "message = null: must be text"),
        (lambda r: r["tables"].update(cash=1), "tables.cash = 1: must be"),
        (lambda r: r["file"].update(calender={}), "calender"),
        (lambda r: r["file"]["money"].update(budget=HUGE), "must be finite"),
        (lambda r: r.update(bound=HUGE), "bound = inf: must be a number of at most"),
        (lambda r: r.update(gap=HUGE), "gap"),
        (lambda r: r.update(gmv=-HUGE), "gmv"),
        (lambda r: r["runtime"].update(total=HUGE), "total"),
        (
            lambda r: r["runtime"].update(total=-5.0),
            "runtime.total = -5.0: must be seconds, at least 0",
        ),
        (lambda r: r["trace"][0].__setitem__(0, HUGE), "trace.seconds"),
        (lambda r: r["trace"][0].__setitem__(0, -1.0), "trace.seconds"),
        (lambda r: r["trace"][0].__setitem__(2, 1e308), "trace.objective"),
        (lambda r: r["trace"][0].__setitem__(3, -1e308), "trace.bound"),
        (lambda r: r["replay"].update(max_violation=HUGE), "max_violation"),
        (lambda r: r["replay"].clear(), "replay: must hold objective"),
        (lambda r: r["growth"].update(returned_share=HUGE), "growth.returned_share"),
        (lambda r: r["growth"].update(yuan={"4": [[[1.0]]]}), "growth.yuan"),
        (lambda r: r["decisions"]["drawn"].__setitem__(0, HUGE), "decisions.drawn"),
        (
            lambda r: r["decisions"]["drawn"].__setitem__(0, "0.0"),
            "drawn must be lists of numbers",
        ),
        (lambda r: r["decisions"]["hires"][0].__setitem__(0, False), "hires must be lists"),
        (lambda r: r.update(message="\ud800"), "half a character"),
    ],
)
def test_changed_file_is_refused(plan: Plan, change: Any, place: str) -> None:
    """Whoever edits a plan file is told where it does not hold together."""
    with pytest.raises(InputError, match=place):
        Plan.from_json(changed(plan, change))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "null", '{"status": NaN}', '{"a": 1, "a": 2}', "[" * 100_000, "\x00", "1e999"],
)
def test_other_text_is_no_plan_file(text: str) -> None:
    """Text that is no plan file is refused in words."""
    with pytest.raises(InputError, match="is not a plan file"):
        Plan.from_json(text)


def test_false_figures_show(plan: Plan) -> None:
    """Figures that the decisions do not give are named, and so is a bound on the wrong side."""
    assert plan.gmv is not None
    assert plan.objective is not None
    told = replace(plan, gmv=2 * plan.gmv)
    assert [fault.split()[0] for fault in told.broken_claims()] == ["gmv"]
    below = 0.9 * plan.objective
    wrong = replace(plan, bound=below, gap=relative_gap(plan.objective, below))
    assert ["wrong side" in fault for fault in wrong.broken_claims()] == [True]


def test_plan_is_written_with_its_tables(plan: Plan, tmp_path: Path) -> None:
    """The folder holds the plan and all tables; reading folder or file gives the plan."""
    folder = plan_file.write(tmp_path / "deep" / "out", plan)
    assert folder == tmp_path / "deep" / "out" / "small"
    assert {f.stem for f in (folder / "tables").iterdir()} == set(plan.tables())
    assert plan_file.read(folder).objective == plan.objective
    assert plan_file.read(folder / "plan.json").objective == plan.objective
    assert "'=main" in (folder / "tables" / "hours.csv").read_text(encoding="utf-8")


def test_unverified_plan_is_never_written(plan: Plan, tmp_path: Path) -> None:
    """A plan that failed, that lies about its figures or that breaks a rule leaves no file."""
    assert plan.decisions is not None
    assert plan.gmv is not None
    assert plan.objective is not None
    broken = plan.decisions.copy()
    broken.hours[0, 0, 0] = 1e6
    bad = [
        replace(plan, status="unverified"),
        replace(plan, gmv=2 * plan.gmv),
        Plan.of(plan.instance, "optimal", broken, 1e12),
        Plan(plan.instance, "no_plan_yet"),
    ]
    for each in bad:
        with pytest.raises(ValueError, match="small"):
            plan_file.write(tmp_path, each)
    assert not list(tmp_path.iterdir())


def test_place_that_cannot_be_written_is_named(plan: Plan, tmp_path: Path) -> None:
    """A file in the folder's place is an error about that file."""
    (tmp_path / "small").write_text("in the way")
    with pytest.raises(OutputError, match="small"):
        plan_file.write(tmp_path, plan)


@pytest.mark.parametrize("name", ["nothing.json", ".", "nul\0"])
def test_unreadable_plan_is_named(tmp_path: Path, name: str) -> None:
    """A missing file, a folder without a plan and an impossible name are refused in words."""
    with pytest.raises(InputError, match="cannot be read"):
        plan_file.read(f"{tmp_path}/{name}")
