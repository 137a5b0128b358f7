"""Attribution: who earned the GMV, in the shape that others read, with values that add up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocator import plan_file
from allocator.cli import app
from allocator.labels import LANGS, Lang
from allocator.plan import Plan
from allocator.reasons.attribution import (
    LEVERS,
    Attribution,
    Detail,
    Part,
    attribution,
    shapley,
    without,
)
from allocator.reasons.words import origin_words
from allocator.solve import solve
from fact_models.replay import facts, replay
from fact_models.replay.provenance import Source
from tests.allocator.small_plan import SMALL, small, small_plan
from tests.models.worlds import full_world, rich_controls


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan in which something of every lever is taken."""
    return small_plan()


@pytest.fixture(scope="module")
def found(plan: Plan) -> Attribution:
    """Its attribution."""
    return attribution(plan)


@pytest.fixture(scope="module")
def solved() -> Plan:
    """The small merchant planned: one that keeps all rules and may be written."""
    return solve(small(), gap=0.01, time_limit=30, threads=1)


@pytest.fixture(scope="module")
def folder(solved: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder."""
    return plan_file.write(tmp_path_factory.mktemp("plans"), solved)


def test_json_adds_up_to_the_gmv(folder: Path, solved: Plan) -> None:
    """``attribution`` has the GMV and five levers with two parts each, which sum to it."""
    result = CliRunner().invoke(app, ["explain", str(folder), "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)["attribution"]
    assert solved.gmv is not None
    assert told["gmv"] == pytest.approx(solved.gmv, rel=1e-12)
    assert set(told["levers"]) == {*LEVERS, "organic"}
    assert all(set(part) == {"first_touch", "snowball"} for part in told["levers"].values())
    total = sum(sum(part.values()) for part in told["levers"].values())
    assert abs(total - told["gmv"]) <= 1e-9 * told["gmv"]
    acts = sum(one["first_touch"] + one["snowball"] for one in told["deals"])
    organic = sum(told["levers"]["organic"].values())
    assert abs(acts + organic - told["gmv"]) <= 1e-9 * told["gmv"]


def test_shapley_adds_up_to_the_gmv(found: Attribution) -> None:
    """Without any lever, the levers' values and the choice of visits sum to the GMV."""
    worth = found.shapley
    total = worth.base + sum(worth.values.values()) + worth.rest
    assert total == pytest.approx(found.gmv, rel=1e-12)


def test_shapley_of_two_levers_by_hand(plan: Plan, found: Attribution) -> None:
    """Levers that meet no other: of a plan with deals alone, all that they add is theirs."""
    assert plan.decisions is not None
    known = facts(plan.instance)
    alone = without(plan.decisions, ("field", "alliance", "campaign"))
    gmv = [
        sum(x.sum() for x in replay(plan.instance, d, accept="greedy", known=known).gmv.values())
        for d in (alone, without(alone, ("kol",)))
    ]
    only = attribution(Plan.of(plan.instance, "optimal", alone, 1e7))
    assert only.shapley.values["kol"] == pytest.approx(float(gmv[0] - gmv[1]), rel=1e-12)
    assert only.shapley.removed["kol"] == pytest.approx(only.shapley.values["kol"], rel=1e-12)
    assert [only.shapley.values[x] for x in LEVERS[:3]] == pytest.approx([0.0] * 3, abs=1e-9)


def test_what_a_lever_did_is_undone_and_no_more(plan: Plan) -> None:
    """Without Campaign the deals stay, and the plan itself is untouched."""
    assert plan.decisions is not None
    left = without(plan.decisions, ("campaign",))
    assert not left.package.any()
    assert (left.deal == plan.decisions.deal).all()
    assert plan.decisions.package.any()


@pytest.mark.parametrize("lang", LANGS)
def test_the_screen_names_what_was_taken(folder: Path, lang: str) -> None:
    """Boost, tier, package and deal stand there by their labels, with no text cut off."""
    result = CliRunner().invoke(app, ["explain", str(folder), "--lang", lang])
    assert result.exit_code == 0
    for name in ("千川", "尾部达人", "38好物节", "star, the first"):
        assert name in result.stdout
    assert "…" not in result.stdout


def test_an_instance_is_refused() -> None:
    """One message, exit 2, and what would be right."""
    result = CliRunner().invoke(app, ["explain", str(SMALL)])
    assert result.exit_code == 2
    assert "allocator solve" in result.stderr


def test_without_a_plan_there_is_nothing_to_explain(tmp_path: Path, plan: Plan) -> None:
    """A plan file without decisions ends with 1 and says so."""
    nothing = Plan(plan.instance, "infeasible", message="no plan keeps every rule")
    file = tmp_path / "plan.json"
    file.write_text(nothing.to_json(), encoding="utf-8")
    result = CliRunner().invoke(app, ["explain", str(file)])
    assert result.exit_code == 1
    assert "no plan" in result.stderr


def test_shapley_adds_up_where_all_levers_meet() -> None:
    """In the full world three levers act on one another, which halves of their joint effects do
    not share out.
    """
    instance = full_world()
    known = facts(instance)
    states = replay(instance, rich_controls(instance), accept="greedy", known=known)
    gmv = float(sum(flow.sum() for flow in states.gmv.values()))
    worth = shapley(known, states.decisions, gmv)
    assert worth.base + sum(worth.values.values()) + worth.rest == pytest.approx(gmv, rel=1e-12)


@pytest.mark.parametrize("lang", LANGS)
def test_a_negative_first_touch_is_told(lang: Lang, found: Attribution) -> None:
    """Where a dip takes more than its window brought, the screen names it and the amount."""
    quiet = origin_words(replace(found, details=()), lang)
    assert len(quiet) == 1
    source = Source("campaign", "package", "spring.full")
    below = Detail(source, "spring · full", Part(-1200.0, 300.0), 10.0)
    told = origin_words(replace(found, details=(below,)), lang)
    assert len(told) == 2
    assert "spring · full" in told[1]
    assert "1.20 k" in told[1] or "1,200" in told[1]
