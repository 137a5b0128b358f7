"""Instances without a plan, explained: the message names file, field and period, and what is said
to help does."""

import json
import math
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from typer.testing import CliRunner

from allocator.cli import app
from allocator.conflicts import repair, sentences, subset, trial
from allocator.conflicts.arithmetic import checks, least_spend
from allocator.conflicts.changes import applied
from allocator.conflicts.explanation import explain
from allocator.conflicts.nearest import Search
from allocator.conflicts.places_in_file import located
from allocator.conflicts.program import elastic
from allocator.conflicts.record import Change
from allocator.highs import infeasible_subset
from allocator.labels import Label
from allocator.load import load
from allocator.matrix import Matrix
from allocator.reading import read_tree, to_yaml
from allocator.screen_conflict import conflict_screen
from allocator.solve import solve
from allocator.workbook.template import template
from fact_models.decisions import Decisions
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.conflicts.fixtures import CASES, Case
from tests.allocator.rich import random_rich
from tests.allocator.tiny import four_levers
from tests.models.worlds import full_world

CASE = pytest.mark.parametrize("name", CASES)
_said: dict[str, dict[str, Any]] = {}


def in_process(file: Path, end: float, stop: object) -> dict[str, list[int]]:
    """What the child process would say, without starting one."""
    with np.load(file, allow_pickle=False) as held:
        shape = held["row_lower"].size, held["lower"].size
        matrix = Matrix(
            cost=np.zeros(shape[1]),
            lower=held["lower"],
            upper=held["upper"],
            integer=np.zeros(shape[1], dtype=bool),
            rows=sparse.csr_array((held["data"], held["indices"], held["indptr"]), shape=shape),
            row_lower=held["row_lower"],
            row_upper=held["row_upper"],
            column_names=[""] * shape[1],
            row_names=[""] * shape[0],
        )
        rows, columns = infeasible_subset(matrix, held["scale"], 20.0)
    return {"rows": rows, "columns": columns}


@pytest.fixture
def conflict(
    name: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The explanation of a case that was written to a file, with the places in it."""
    if name not in _said:
        monkeypatch.setattr(subset, "_ask", in_process)
        file = tmp_path_factory.mktemp("conflict") / "shop.yaml"
        file.write_text(to_yaml(CASES[name].instance), encoding="utf-8")
        found = explain(load(file), seconds=120)
        _said[name] = located(found.plain(), str(file))
    return _said[name]


def entries(conflict: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that names a field."""
    changes = [change for one in conflict["repairs"] for change in one["changes"]]
    return [*conflict["checks"], *conflict["core"], *changes]


def test_there_are_thirty() -> None:
    """At least 30 cases, at least six of them only in whole numbers."""
    assert len(CASES) >= 30
    assert sum(case.integer_only for case in CASES.values()) >= 6


@pytest.mark.nightly
@CASE
def test_it_has_no_plan(name: str) -> None:
    """The solve calls it infeasible, so what is explained is true."""
    assert solve(CASES[name].instance, time_limit=60, threads=1).status == "infeasible"


@CASE
def test_file_field_and_period_are_named(name: str, conflict: dict[str, Any]) -> None:
    """The field that stands in the way is named with its line and, where there is one, the
    period."""
    case: Case = CASES[name]
    named = [entry for entry in entries(conflict) if entry["field"] == case.field]
    assert named, [entry["field"] for entry in entries(conflict)]
    if case.period is not None:
        assert any(case.period in entry["periods"] for entry in named)
    tree = read_tree(conflict["file"])
    for entry in named:
        assert entry["place"] == f"{conflict['file']}:{tree.line(tuple(entry['path']))}"
    shown = conflict_screen(conflict).plain
    assert f"{named[0]['place']}: {case.field}" in shown
    if case.period is not None:
        assert "period" in shown


@CASE
def test_it_is_told_how_it_is_known(name: str, conflict: dict[str, Any]) -> None:
    """Sums where they show it; a confirmed subset where the relaxation clashes; whole numbers
    only where it does not."""
    case = CASES[name]
    assert bool(conflict["checks"]) is case.checks
    assert conflict["integer_only"] is case.integer_only
    assert bool(conflict["core"]) is not case.integer_only


@pytest.mark.parametrize("name", ["signed deals too near"])
def test_a_rule_that_is_a_number_is_told_with_it(name: str, conflict: dict[str, Any]) -> None:
    """The spacing of sessions stands there with its periods, a signed deal with its fee."""
    told = {clash["field"]: clash for clash in conflict["core"]}
    assert told["kol.spacing"]["value"] == "3"
    assert "a fee of 130" in told["kol.deals.moon.agreed"]["words"]
    assert "坑位费 130" in told["kol.deals.moon.agreed"]["words_zh"]


@CASE
def test_every_repair_works(name: str, conflict: dict[str, Any]) -> None:
    """There is a repair, and with each of them put into the record a plan is found that passes
    the verifier."""
    assert conflict["repairs"]
    for one in conflict["repairs"]:
        changes = [Change(tuple(c["path"]), c["old"], c["new"]) for c in one["changes"]]
        mended = applied(CASES[name].instance, changes)
        plan = solve(mended, gap=10.0, time_limit=60, threads=1)
        assert plan.decisions is not None
        assert verify(mended, plan.decisions).ok


@pytest.mark.nightly
@CASE
def test_half_a_repair_does_not_work(name: str, conflict: dict[str, Any]) -> None:
    """The first repair is not more than it has to be: half of a single change of a number leaves
    no plan."""
    changes = conflict["repairs"][0]["changes"]
    old, new = changes[0]["old"], changes[0]["new"]
    numbers = all(isinstance(x, float) for x in (old, new))
    if len(changes) > 1 or not numbers or CASES[name].integer_only:
        pytest.skip("not a single continuous change")
    half = Change(tuple(changes[0]["path"]), old, (old + new) / 2)
    mended = applied(CASES[name].instance, [half])
    assert solve(mended, gap=10.0, time_limit=60, threads=1).status == "infeasible"


def test_where_no_plan_is_found_in_time_today_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search finds nothing at the edge: the same change is taken so far that today's way
    keeps the rules, and the words say so."""
    monkeypatch.setattr(subset, "_ask", in_process)
    monkeypatch.setattr(repair, "_planned", lambda instance, proposal, search: None)
    monkeypatch.setattr(repair, "at_point", lambda instance, decisions: None)
    found = explain(CASES["cash"].instance, seconds=60, alternatives=1).repairs[0]
    mended = applied(CASES["cash"].instance, found.changes)
    assert verify(mended, status_quo(mended)).ok
    assert "1.25 times the least change" in found.weights.en


@pytest.mark.parametrize(
    ("changes", "path", "goal"),
    [
        ({"objective": {"goal": "cost", "target": 1e6}}, ("objective", "target"), "gmv"),
        ({"money": {"profit_floor": 1e5}}, ("money", "profit_floor"), "profit"),
    ],
)
def test_a_floor_far_off_is_lowered_no_farther_than_it_has_to_be(
    changes: Any, path: Any, goal: str
) -> None:
    """A floor a multiple of what can be reached becomes what can be reached, and a plan keeps
    it."""
    instance = four_levers(**changes)
    found = explain(instance, seconds=60)
    lone = next(one for one in found.repairs if [x.path for x in one.changes] == [path])
    best = solve(
        four_levers(objective={"goal": goal, "terminal": False, "terminal_periods": None}),
        gap=1e-3, time_limit=60, threads=1,
    )  # fmt: skip
    most = (best.gmv if goal == "gmv" else best.contribution) or 0.0
    (change,) = lone.changes
    assert 0.99 * most <= change.new <= best.bound
    mended = solve(applied(instance, lone.changes), gap=0.5, time_limit=60, threads=1)
    assert mended.verified


@pytest.mark.parametrize(
    ("changes", "path", "goal"),
    [
        ({"objective": {"goal": "cost", "target": 1e6}}, ("objective", "target"), "gmv"),
        ({"money": {"profit_floor": 1e5}}, ("money", "profit_floor"), "profit"),
    ],
)
def test_a_floor_that_has_to_fall_falls_less_where_others_give_way(
    changes: Any, path: Any, goal: str
) -> None:
    """No change of other figures keeps the floor, which is said; what two further repairs change
    keeps it higher than it could be as things are, and a plan reaches it."""
    instance = four_levers(**changes)
    found = explain(instance, seconds=60)
    assert len(found.repairs) == 3
    as_things_are, *others = found.repairs
    assert as_things_are.fields == {path}
    for one in others:
        floor = next(change for change in one.changes if change.path == path)
        assert floor.new > as_things_are.changes[0].new
        assert one.fields - {path}
        assert solve(applied(instance, one.changes), gap=0.5, time_limit=60, threads=1).verified
        # As things are that floor is beyond reach: what else changes is needed.
        assert solve(applied(instance, [floor]), time_limit=60).status == "infeasible"
    (remark,) = found.remarks
    assert path[-1] in remark.en
    assert path[-1] in remark.zh


@pytest.mark.parametrize("name", ["target", "profit floor"])
def test_it_is_said_where_only_one_rule_can_give(name: str, conflict: dict[str, Any]) -> None:
    """Nothing but the floor limits the tiny world: one repair, and words on why there is no
    other."""
    assert len(conflict["repairs"]) == 1
    has_to_give, alone = conflict["remarks"]
    assert CASES[name].field in has_to_give
    assert "no second way" in alone
    assert alone in conflict_screen(conflict).plain


@pytest.mark.parametrize("name", ["budget", "cash", "ROI floor"])
def test_nothing_is_said_of_floors_that_need_not_fall(name: str, conflict: dict[str, Any]) -> None:
    """Where other figures can keep every rule, the remark would be false."""
    assert not conflict["remarks"]


def test_alternatives_differ() -> None:
    """No two repairs change the same fields."""
    for said in _said.values():
        fields = [tuple(sorted(c["field"] for c in r["changes"])) for r in said["repairs"]]
        assert len(fields) == len(set(fields))


@pytest.mark.parametrize("seed", range(6))
def test_sums_never_accuse_a_possible_instance(seed: int) -> None:
    """Random instances of every mechanism that have a plan pass all sums."""
    instance = random_rich(seed)
    if solve(instance, gap=10.0, time_limit=60, threads=1).verified:
        assert not checks(instance)


def test_sums_pass_the_full_world() -> None:
    """The instance with every mechanism has a plan, so no sum speaks against it."""
    assert not checks(full_world())


def test_nothing_clashes_where_there_is_a_plan() -> None:
    """The full world has a plan: no subset is named, and the cheapest repair is none."""
    found = explain(full_world(), seconds=60)
    assert not found.core
    assert not found.repairs
    assert not found.integer_only


@pytest.mark.parametrize("answer", ["crash", "empty", "wrong", "noise"])
def test_a_solver_that_names_a_wrong_set_is_not_believed(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the child process does, the set that is told was confirmed and is the same."""
    program = elastic(CASES["budget"].instance)
    asked = {
        "crash": "import os; os._exit(139)",
        "empty": "print('{}')",
        "wrong": f'print(\'{{"rows": [0], "columns": [{program.changes[-1]}]}}\')',
        "noise": "print('segmentation fault')",
    }[answer]
    real = subprocess.Popen

    def started(command: list[str], **options: Any) -> Any:
        return real([sys.executable, "-c", asked], **options)

    monkeypatch.setattr(subprocess, "Popen", started)
    found = subset.clashing(program, math.inf)
    assert found is not None
    assert not found.proposed
    assert found.irreducible
    assert ("money", "budget") in {program.rules[n].path for n in found.figures}


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is killed at the deadline."""
    real = subprocess.Popen
    children = []

    def started(command: list[str], **options: Any) -> Any:
        child = real([sys.executable, "-c", "import time; time.sleep(60)"], **options)
        children.append(child)
        return child

    monkeypatch.setattr(subprocess, "Popen", started)
    program = elastic(CASES["budget"].instance)
    assert subset.proposed_subset(program, time.monotonic() + 0.3, None) == ([], [])
    assert children[0].poll() is not None


def test_the_child_process_answers() -> None:
    """The real process names the budget, and is right."""
    program = elastic(CASES["budget of a period"].instance)
    figures, rows = subset.proposed_subset(program, time.monotonic() + 60, None)
    assert ("money", "budget_per_period") in {program.rules[n].path for n in figures}
    assert any(row.startswith("money.period_budget") for row in rows)


def run(*arguments: object) -> Any:
    """The command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_check_and_solve_explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both end with 3 and name file, line and field, on the screen and as JSON; no figure of a
    plan is given."""
    monkeypatch.setattr(subset, "_ask", in_process)
    file = tmp_path / "shop.yaml"
    file.write_text(to_yaml(CASES["budget of a period"].instance), encoding="utf-8")
    line = read_tree(file).line(("money", "budget_per_period"))
    for command in ("check", "solve"):
        shown, told = run(command, file), run(command, file, "--json")
        assert shown.exit_code == told.exit_code == 3
        words = " ".join(shown.stdout.replace("│", " ").split())
        assert "money.budget_per_period: 700 -> 800" in words
        record = json.loads(told.stdout)
        assert record["status"] == "infeasible"
        assert record["conflict"]["core"][0]["place"] == f"{file}:{line}"


@CASE
def test_it_is_said_in_chinese_too(name: str, conflict: dict[str, Any]) -> None:
    """Every sentence of the screen is Chinese for who asks for it; names and figures stay."""
    names = set(re.findall(r"[A-Za-z]+", to_yaml(CASES[name].instance)))
    names |= {"GMV", "V", "W", "e", "shop", "yaml"}
    lines = conflict_screen(conflict, "zh").plain.splitlines()
    assert len(lines) == len(conflict_screen(conflict, "en").plain.splitlines())
    for line in lines:
        words = line.split(": ", 2)[-1]
        foreign = set(re.findall(r"[A-Za-z]+", words)) - names
        assert not foreign, line
        assert re.search("[\u4e00-\u9fff]", words) or " -> " in line, line
    entries_zh = [x for x in [*conflict["checks"], *conflict["core"]] if not x["words_zh"]]
    assert not entries_zh


def test_sentences_name_the_same_in_both_languages() -> None:
    """What is put into the English sentence is put into the Chinese one."""
    tables = [x for x in vars(sentences).values() if isinstance(x, dict)]
    labels = [x for table in tables for x in table.values() if isinstance(x, Label)]
    assert len(labels) > 60
    for label in labels:
        assert _places(label.en) == _places(label.zh), label


def _places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_check_speaks_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``check --lang zh`` in Chinese from the first line to the last; JSON holds both."""
    monkeypatch.setattr(subset, "_ask", in_process)
    file = tmp_path / "shop.yaml"
    file.write_text(to_yaml(CASES["budget of a period"].instance), encoding="utf-8")
    found = run("check", file, "--lang", "zh")
    assert found.exit_code == 3
    words = found.stdout.replace(str(file), "")
    assert "没有任何方案能满足全部规则" in words
    assert "单周期预算" in words
    assert "个人群" in words
    assert "periods" not in words
    told = json.loads(run("check", file, "--lang", "zh", "--json").stdout)
    core = told["conflict"]["core"][0]
    assert (core["words"], core["words_zh"]) == ("budget of a period", "单周期预算")


def test_what_earlier_weeks_took_is_gone() -> None:
    """A budget that pays the smallest team of the rest alone does not where earlier weeks took a
    part of it."""
    team = float(least_spend(four_levers()).sum())
    assert team > 0
    money = {"budget": team + 50.0}
    assert not [c for c in checks(four_levers(money=money)) if c.path == ("money", "budget")]
    spent = four_levers(money={**money, "past": {"field": 60.0, "team": 40.0}})
    (clash,) = [c for c in checks(spent) if c.path == ("money", "budget")]
    assert "50 more than earlier weeks left of the budget" in clash.words.en
    assert "比此前各周余下的预算多 50" in clash.words.zh


def test_a_quick_check_only_adds_up(tmp_path: Path) -> None:
    """With --quick the sums speak and nothing is solved; what they do not see stays open."""
    shown, hidden = tmp_path / "a.yaml", tmp_path / "b.yaml"
    shown.write_text(to_yaml(CASES["budget"].instance), encoding="utf-8")
    hidden.write_text(to_yaml(CASES["profit floor"].instance), encoding="utf-8")
    found = run("check", "--quick", shown)
    assert found.exit_code == 3
    assert "wages of the smallest team" in found.stdout
    unsure = run("check", "--quick", "--json", hidden)
    assert unsure.exit_code == 0
    assert json.loads(unsure.stdout)["status"] == "unknown"


def test_a_workbook_is_named_by_its_cell(tmp_path: Path) -> None:
    """The place of a figure in a workbook is sheet and cell."""
    file = tmp_path / "shop.xlsx"
    file.write_bytes(template(CASES["budget"].instance, "en"))
    found = located(explain(load(file), seconds=0.0).plain(), str(file))
    place = found["checks"][0]["place"]
    assert place.startswith(f"{file}:")
    assert "!" in place


def test_no_time_is_said() -> None:
    """Without time the sums are told, and that nothing else was tried."""
    found = explain(CASES["budget"].instance, seconds=0.0)
    assert found.checks
    assert not found.repairs
    assert found.notes


def test_a_plan_near_the_proposal_needs_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where today's way breaks rules, the whole numbers of the proposal lead to a verified plan
    without a solve.
    """
    instance = four_levers()

    def crowded(one: Instance) -> Decisions:
        today = status_quo(one)
        today.deal[:] = 1.0
        return today

    def solved(*_: object, **__: object) -> None:
        raise AssertionError("a search was started")

    assert not verify(instance, crowded(instance)).ok
    monkeypatch.setattr(trial, "status_quo", crowded)
    monkeypatch.setattr(trial, "solve", solved)
    plan = trial.first_plan(instance, {"kol.signed[star]": 1.0}, 60.0, None)
    assert plan is not None
    assert plan.decisions is not None
    assert verify(instance, plan.decisions).ok
    assert plan.decisions.deal[list(instance.kol.deals).index("star")].sum() == 1.0  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["cash", "budget of a period", "profit floor"])
def test_half_a_year_is_repaired_around_today_without_a_search(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large program the point around today's whole numbers is a verified plan itself; the
    words say what the changes are least among."""

    def searched(*_: object, **__: object) -> None:
        raise AssertionError("a search was started")

    monkeypatch.setattr(repair, "LARGE", 0)
    monkeypatch.setattr(repair, "_planned", searched)
    program = elastic(CASES[name].instance)
    looking = Search(time.monotonic() + 60, None, lambda words: None)
    found = repair.repairs(repair.variants_of(program), looking, 1)[0]
    assert "of today" in found.weights.en
    mended = applied(CASES[name].instance, found.changes)
    plan = solve(mended, gap=10.0, time_limit=60, threads=1)
    assert plan.verified


def test_changes_are_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another weighing that comes to the same changes starts no other trial."""
    name = next(name for name, case in CASES.items() if case.integer_only)
    asked = []

    def planned(instance: Instance, proposal: object, search: object) -> None:
        asked.append(instance)

    monkeypatch.setattr(repair, "_planned", planned)
    monkeypatch.setattr(repair, "at_point", lambda instance, decisions: None)
    monkeypatch.setattr(subset, "_ask", in_process)
    explain(CASES[name].instance, seconds=60)
    assert asked
    assert all(one != other for n, one in enumerate(asked) for other in asked[:n])
