"""Prices, marginal returns, rules and the budget's tenths, where all of them are found by hand,
and where they must agree with each other.
"""

import json
import math
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from allocator import plan_file, runs_explain
from allocator.cli import app
from allocator.labels import LANGS, Lang
from allocator.plan import relative_gap
from allocator.reasons.explanation import Explanation, explain
from allocator.reasons.fixed import Unsolved, fixed
from allocator.reasons.labels import NOTES
from allocator.reasons.limits import COARSE, limits
from allocator.reasons.prices import STEP, price_of
from allocator.reasons.record import record
from allocator.reasons.regret import Regret, banned, forced, held, regret, used
from allocator.reasons.rows import answer_rows
from allocator.reasons.words import answer_words
from allocator.scales import short
from allocator.solve import solve
from fact_models.replay import facts
from fact_models.spec.instance import Instance
from tests.allocator.rich import random_rich
from tests.allocator.tiny import boost, built, four_levers

CHANGE = {"at": "kol.deals.star.fee", "times": 1.5}
FAST: dict[str, Any] = {"gap": 1e-6, "time_limit": 30.0, "threads": 1}


def advertiser(**money: Any) -> Instance:
    """Two periods, two boosts, each bringing 300 ln(1 + spend / 100) visits a period of which
    5 % buy for 100; one of them takes at most 200 a period. The budget is 2000, no end value.
    """
    return built(
        calendar={"periods": 2},
        field={
            "accounts": {"main": {"traffic": {"young": 0.0}, "saturation": {"young": 1e6}}},
            "boosts": {
                "feed": boost(300.0, 100.0, spend_max=3000.0),
                "search": boost(300.0, 100.0, spend_max=200.0),
            },
        },
        snowball={"segments": {"young": {"conversion": 0.05}}},
        goods={"lines": {"basic": {"price": 100.0, "unit_cost": 40.0}}},
        money={"budget": 2000.0, **money},
        objective={"goal": "gmv", "terminal": False},
    )


@pytest.fixture(scope="module")
def found() -> Explanation:
    """The advertiser explained: 200 for search and 800 for feed in each period."""
    return explain(solve(advertiser(), **FAST), time_limit=None)


def test_the_price_of_the_budget_by_hand(found: Explanation) -> None:
    """Feed gets 800 a period: the last yuan brings 5 x 300 / (100 + 800), and what is measured on
    the two sides lies around it.
    """
    price = price_of(found.prices, "budget")
    assert price is not None
    assert price.price == pytest.approx(1500 / 900, rel=5e-4)
    step = STEP * 2000
    assert price.right == pytest.approx(3000 * math.log(1 + step / 2 / 900) / step, rel=1e-3)
    assert price.left == pytest.approx(-3000 * math.log(1 - step / 2 / 900) / step, rel=1e-3)
    assert price.checked
    assert price.up == price.down == 0.1 * 2000


def test_a_look_far_away_leaves_nothing_behind() -> None:
    """Tangents added while the budget is moved by a tenth are gone afterwards, so what follows
    costs and says the same.
    """
    plan = solve(advertiser(), **FAST)
    assert plan.decisions is not None
    assert plan.replay is not None
    program = fixed(plan.instance, plan.decisions)
    budget = next(limits(program, plan.replay))
    rows, before = program.relaxation.engine.rows, program.shifted(budget.unit * 10.0, None)
    with program.aside():
        assert program.shifted(budget.unit * -200.0, COARSE) is not None
        assert program.relaxation.engine.rows > rows
    assert program.relaxation.engine.rows == rows
    after = program.shifted(budget.unit * 10.0, None)
    assert before is not None
    assert after is not None
    assert after.objective == pytest.approx(before.objective, rel=1e-12)


def test_returns_by_hand(found: Explanation) -> None:
    """Feed is stopped by nothing, so its last yuan is worth the budget's price; search by its
    largest spend, at three times that. On average feed brings 5 x 300 ln 9 / 800.
    """
    for one in found.marginals:
        if one.key == "feed":
            assert one.stop == ""
            assert one.paid == pytest.approx(800, rel=1e-3)
            assert one.ratio == pytest.approx(1.0, abs=1e-3)
            assert one.average == pytest.approx(1500 * math.log(9) / 800, rel=1e-3)
        if one.key == "search":
            assert one.stop == "cap"
            assert one.paid == pytest.approx(200, rel=1e-6)
            assert one.marginal == pytest.approx(1500 / 300, rel=1e-3)
            assert one.ratio == pytest.approx(3.0, rel=1e-3)
    assert {one.key for one in found.marginals} >= {"feed", "search"}


def test_hours_stop_what_money_does_not() -> None:
    """Without a budget, a boost that takes 0.01 hours a yuan of a role with 5 hours a period
    spends 500: the role is named.
    """
    base = advertiser(budget=None).model_dump(mode="json", exclude_none=True)
    base["field"]["boosts"]["feed"]["crew"] = {"buyer": 0.01}
    base["staff"] = {"roles": {"buyer": {"heads": 1, "wage": 10.0, "hours": 5.0}}}
    plan = solve(Instance.model_validate(base), **FAST)
    for one in explain(plan, time_limit=None).marginals:
        if one.key == "feed":
            assert one.paid == pytest.approx(500, rel=1e-6)
            assert (one.stop, one.role) == ("hours", "buyer")


def test_rules_by_hand(found: Explanation) -> None:
    """1 % more budget is 10 more a period for feed; 1 % more room for search is 2 a period that
    feed loses.
    """
    worth = {(one.rule, one.key): one.measured for one in found.rules}
    assert worth["budget", ""] == pytest.approx(3000 * math.log(910 / 900), rel=1e-3)
    moved = 3000 * (math.log(302 / 300) - math.log(900 / 898))
    assert worth["boost", "search"] == pytest.approx(moved, rel=1e-3)
    assert [one.rule for one in found.rules[:2]] == ["budget", "boost"]


def test_tenths_of_the_budget_by_hand(found: Explanation) -> None:
    """100 a period more or less for feed."""
    last, following = found.steps
    assert last.objective == pytest.approx(-3000 * math.log(900 / 800), rel=1e-3)
    assert following.objective == pytest.approx(3000 * math.log(1000 / 900), rel=1e-3)
    assert following.spend["field"] == pytest.approx(200.0, rel=1e-3)
    assert last.per_yuan > following.per_yuan


def test_decisions_by_hand(found: Explanation) -> None:
    """Without feed 3000 ln 9 are missing, without search 3000 ln 3."""
    assert [one.key for one in found.decisions] == ["feed", "search"]
    worth = [3000 * math.log(9), 3000 * math.log(3)]
    assert [one.worth for one in found.decisions] == pytest.approx(worth, rel=1e-3)
    assert [one.gmv for one in found.decisions] == pytest.approx(worth, rel=1e-3)


def test_a_yuan_of_contribution_is_worth_a_yuan() -> None:
    """For the goal of profit, 0.6 of a paid yuan is kept: spend stops where 0.6 x 1500 / (100 + x)
    is 1. The budget is slack, and feed's last yuan is worth the yuan that it costs.
    """
    instance = advertiser().model_copy(
        update={"objective": advertiser().objective.model_copy(update={"goal": "profit"})}
    )
    found = explain(solve(instance, **FAST), time_limit=None)
    price = price_of(found.prices, "budget")
    assert price is not None
    assert price.price == 0
    assert price.down == pytest.approx(2000 - 2 * 800 - 2 * 200, abs=2) or price.down > 0
    feed = [one for one in found.marginals if one.key == "feed"]
    assert [one.ratio for one in feed] == pytest.approx([1.0, 1.0], rel=1e-3)


def test_an_s_shaped_boost_by_hand() -> None:
    """One period, one boost that brings 400 x^3 / (x^3 + 500^3) visits: of a budget of 800, past
    the bend, the last yuan brings 5 times the curve's slope; below the bend as well.
    """
    curve = {"kind": "hill", "scale": 400.0, "half": 500.0, "slope": 3.0}
    for budget in (800.0, 300.0):
        base = advertiser(budget=budget).model_dump(mode="json", exclude_none=True)
        base["calendar"]["periods"] = 1
        base["field"]["boosts"] = {
            "feed": {"curve": curve, "spend_max": 900.0, "mix": {"young": 1.0}}
        }
        plan = solve(Instance.model_validate(base), **FAST)
        assert plan.decisions is not None
        assert plan.decisions.boost_spend.sum() == pytest.approx(budget, rel=1e-6)
        found = explain(plan, time_limit=None)
        price = price_of(found.prices, "budget")
        assert price is not None
        x, h = budget, 500.0
        slope = 5 * 400 * 3 * x**2 * h**3 / (x**3 + h**3) ** 2
        if budget > h:
            assert price.price == pytest.approx(slope, rel=1e-2)
        else:
            # On the convex part a chord stands for the curve: right is above, left below.
            assert price.price == pytest.approx(slope, rel=0.2)
        assert found.optimum is not None
        assert found.optimum.objective == pytest.approx(plan.objective, rel=1e-5)


@pytest.fixture(scope="module", params=[1, 4])
def rich(request: pytest.FixtureRequest) -> Explanation:
    """A random merchant with every mechanism."""
    plan = solve(random_rich(request.param), gap=1e-3, time_limit=30.0, threads=1)
    assert plan.verified
    return explain(plan, time_limit=None)


def test_every_price_is_confirmed_from_both_sides(rich: Explanation) -> None:
    """The goal is concave in every limit: the last unit is worth at least the price, the next at
    most, and where a range is told both are near it.
    """
    assert rich.optimum is not None, rich.note
    priced = [one for one in rich.prices if one.price != 0]
    assert priced
    for one in priced:
        assert one.checked
        slack = 1e-3 * abs(one.price)
        assert one.left is None or one.left >= one.price - slack, one
        assert one.right is None or one.right <= one.price + slack, one
        if one.up > 0:
            assert one.right == pytest.approx(one.price, rel=0.1), one


def test_another_number_of_threads_answers_the_same(rich: Explanation) -> None:
    """What two engines answer is what one answers, in the same order."""
    alone = explain(rich.plan, time_limit=None, threads=1)
    assert rich.optimum is not None
    assert alone.optimum is not None
    assert alone.optimum.solves == pytest.approx(rich.optimum.solves, rel=0.1)
    rounding = 1e-7 * abs(rich.optimum.objective)
    for mine, theirs in zip(alone.prices, rich.prices, strict=True):
        assert (mine.resource, mine.role, mine.period) == (
            theirs.resource,
            theirs.role,
            theirs.period,
        )
        assert (mine.price, mine.checked) == (theirs.price, theirs.checked)
    for one, other in zip(alone.rules, rich.rules, strict=True):
        assert (one.rule, one.key) == (other.rule, other.key)
        assert one.measured == pytest.approx(other.measured, abs=rounding)
    for step, same in zip(alone.steps, rich.steps, strict=True):
        assert step.objective == pytest.approx(same.objective, rel=1e-4, abs=rounding)


def test_a_follower_of_day_one_is_worth_those_who_stay(rich: Explanation) -> None:
    """Who follows today still follows a period later unless she leaves, and may visit before: a
    follower of the first period is worth at least the share that stays of one of the second.
    """
    first, second = (
        next(p.price for p in rich.prices if (p.resource, p.period) == ("follower", t))
        for t in (0, 1)
    )
    leaving = max(one.unfollow for one in rich.plan.instance.snowball.segments.values())
    assert second > 0
    assert first >= (1 - leaving) * second * (1 - 1e-6)


def test_paid_are_the_hours_times_their_wage(rich: Explanation) -> None:
    """What the table says was paid for live hours is the crew's wage for the plan's hours."""
    instance, decisions = rich.plan.instance, rich.plan.decisions
    assert decisions is not None
    assert instance.field is not None
    known = facts(instance)
    rate = dict(zip(known.ids.roles, known.staff.rate, strict=True))
    told = [one for one in rich.marginals if one.kind == "live"]
    assert told
    for n, (a, account) in enumerate(instance.field.accounts.items()):
        wage = sum(rate[j] * share for j, share in account.crew.items())
        for t in range(instance.calendar.periods):
            paid = [m.paid for m in told if m.key.split(".")[0] == a and m.period == t]
            if paid:
                due = wage * decisions.hours[n][:, t].sum()
                assert sum(paid) == pytest.approx(due, rel=1e-3, abs=1e-3 * wage)


def test_the_budget_price_is_the_return_of_all_that_is_at_no_limit(rich: Explanation) -> None:
    """A boost or samples without a rule that stops them return what a yuan of budget does; those
    that are stopped have a rule.
    """
    budget = price_of(rich.prices, "budget")
    for one in rich.marginals:
        if one.ratio is not None:
            assert (one.stop == "") == (abs(one.ratio - 1) <= 0.01), one
        if one.stop == "" and budget and budget.price > 0:
            assert one.marginal == pytest.approx(budget.price, rel=0.01)


def test_rules_are_worth_what_their_prices_say(rich: Explanation) -> None:
    """Solving again with 1 % more of a rule gives what the prices promise, or less."""
    measured = [one for one in rich.rules if one.measured is not None]
    assert measured
    for one in measured:
        assert one.measured is not None
        assert -1e-6 * abs(rich.plan.objective or 1) <= one.measured <= one.expected * 1.01 + 1e-6


def test_the_optimum_is_a_plan(rich: Explanation) -> None:
    """With its whole numbers kept a certified plan can hardly be improved, and never by more than
    its bound allows.
    """
    plan, optimum = rich.plan, rich.optimum
    assert optimum is not None
    assert plan.objective is not None
    assert plan.bound is not None
    sign = -1.0 if plan.instance.objective.goal == "cost" else 1.0
    least, best, most = (sign * x for x in (plan.objective, optimum.objective, plan.bound))
    assert least - 1e-5 * abs(least) <= best <= most + 1e-6 * abs(most)


def test_prices_against_the_replay() -> None:
    """A sharper test of one price: the plan of a budget 1 % larger, replayed, is worth what the
    price promises, and its whole numbers are the same.
    """
    plan = solve(four_levers(), gap=1e-3, time_limit=30.0, threads=1)
    assert plan.decisions is not None
    assert plan.replay is not None
    program = fixed(plan.instance, plan.decisions)
    states = program.replayed(program.base)
    assert states is not None
    assert states.objective == pytest.approx(program.value, rel=1e-5)
    for name in ("package", "deal", "offer", "hires"):
        assert np.array_equal(getattr(states.decisions, name), getattr(plan.decisions, name))


def test_without_time_there_is_still_the_attribution() -> None:
    """What needs the solver is left out and the note says why."""
    plan = solve(advertiser(), **FAST)
    found = explain(plan, time_limit=1e-6)
    assert found.optimum is None
    assert found.note == NOTES["time"]
    assert not found.complete
    told = record(found)
    assert NOTES["time"].en in told["words"][0]
    assert NOTES["time"].zh in told["words_zh"][0]
    assert (told["note"], told["note_zh"]) == NOTES["time"]
    assert len(told["words"]) == len(told["words_zh"])
    assert found.attribution.gmv == plan.gmv


def test_a_stop_ends_it_with_what_there_is() -> None:
    """A stop that was set before: no price, no exception."""
    stop = threading.Event()
    stop.set()
    plan = solve(advertiser(), **FAST)
    assert explain(plan, stop=stop).optimum is None
    assert plan.decisions is not None
    with pytest.raises(Unsolved):
        fixed(plan.instance, plan.decisions, deadline=time.monotonic() - 1.0)


def test_a_banned_lever_by_hand() -> None:
    """Without Field nothing is sold: the regret is the plan's whole worth."""
    plan = solve(advertiser(), **FAST)
    assert used(plan.instance) == ("field",)
    found = regret(plan, "field", **FAST)
    assert found.regret == pytest.approx(plan.objective, rel=1e-9)
    ends = (found.low, found.regret, found.high)
    known = [x for x in ends if x is not None]
    assert len(known) == 3
    assert known == sorted(known)


@pytest.mark.parametrize("lang", LANGS)
def test_doing_without_an_idle_lever_costs_at_least_nothing(lang: Lang) -> None:
    """A deal that is too dear is in no plan: a plan without the lever is a plan with it, so what
    the lever is worth lies between 0 and the gap, however far apart plan and bound are."""
    instance = four_levers(kol={"deals": {"star": {"fee": 1e6}, "rising": {"fee": 1e6}}})
    plan = solve(instance, gap=1e-4, time_limit=30.0, threads=1)
    assert plan.objective is not None
    mark, bound = 0.99 * plan.objective, 1.01 * plan.objective
    loose = replace(plan, objective=mark, bound=bound, gap=relative_gap(mark, bound))
    found = regret(loose, "kol", gap=0.02, threads=1)
    assert (found.low, found.regret) == (0.0, 0.0)
    assert found.high is not None
    assert found.high > 0
    said = answer_words(replace(explain(plan, time_limit=1e-6), regrets=(found,)), lang)[-1]
    assert "-" not in said.replace("Top-KOL", "")


def test_a_ban_that_frees_money_may_gain() -> None:
    """Where the file wants money spent on a lever, its ban is no restriction: it may bring more
    than the plan, and the interval says so."""
    instance = four_levers(
        kol={"deals": {"star": {"gmv": {"p10": 1.0, "p50": 2.0, "p90": 3.0}}}},
        money={"levers": {"kol": {"min": 1000.0}}},
    )
    plan = solve(instance, gap=1e-4, time_limit=30.0, threads=1)
    assert plan.objective is not None
    assert forced(instance, "kol")
    found = regret(plan, "kol", gap=1e-4, threads=1)
    assert found.high is not None
    assert found.high < 0


def test_a_ban_counts_the_end_as_the_plan_does() -> None:
    """What a follower is worth at the end follows from the file's levers; with one of them gone
    it stays what the plan counts, as in ``strategy``."""
    instance = four_levers()
    assert instance.objective.terminal
    before = facts(instance).terminal
    left = facts(banned(held(instance), "alliance")).terminal
    assert left.followers == pytest.approx(before.followers, rel=1e-12)
    assert left.customers == pytest.approx(before.customers, rel=1e-12)


def test_the_table_sets_gmv_beside_gmv(found: Explanation) -> None:
    """A banned lever stands beside the other measures by the GMV that it costs."""
    one = Regret("field", "optimal", 900.0, 300.0, 100.0, 90.0, 110.0)
    told = replace(found, regrets=(one,))
    row = answer_rows(told, "en")[0]
    assert row[-1] == short(found.attribution.gmv - 300.0, "en")
    assert any("between 90 and 110" in line for line in answer_words(told, "en"))


def test_banning_takes_the_rules_of_the_lever_along() -> None:
    """Its limits and locked cells go with it; those of the others stay."""
    levers = {"kol": {"max": 5000.0}, "alliance": {"max": 9000.0}}
    instance = four_levers(money={"levers": levers})
    left = banned(instance, "kol")
    assert left.kol is None
    assert set(left.money.levers) == {"alliance"}
    assert left.alliance == instance.alliance


def test_banning_takes_along_what_only_speaks_of_the_lever() -> None:
    """The plan at hand, last year's shares and scenarios name the lever and decide nothing."""
    instance = four_levers(
        current={"signs": [{"deal": "star", "period": 2}]},
        last_year={"field": 0.4, "kol": 0.6},
        scenarios={"dear": {"probability": 1.0, "changes": [CHANGE]}},
    )
    left = banned(instance, "kol")
    assert left.kol is None
    assert (left.current, left.last_year, left.scenarios) == (None, {}, {})
    assert banned(instance, "field").field is None


@pytest.fixture(scope="module")
def folder(found: Explanation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The advertiser's plan on disk."""
    return plan_file.write(tmp_path_factory.mktemp("plans"), found.plan)


@pytest.mark.parametrize("lang", LANGS)
def test_the_screen_says_what_the_record_holds(folder: Path, lang: str) -> None:
    """The budget's price stands there, and every section has its sentences."""
    result = CliRunner().invoke(app, ["explain", str(folder), "--lang", lang])
    assert result.exit_code == 0
    for text in ("1.67", "3.00", "feed", "search"):
        assert text in result.stdout
    assert "{" not in result.stdout


def test_json_with_banned_levers(folder: Path, found: Explanation) -> None:
    """One object with everything; periods count from 1, infinite ranges are null."""
    result = CliRunner().invoke(app, ["explain", str(folder), "--json", "--ban"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["regrets"][0]["lever"] == "field"
    assert told["regrets"][0]["regret"] == pytest.approx(found.plan.objective, rel=1e-6)
    assert {one["period"] for one in told["marginals"]} == {1, 2}
    assert told["prices"][0]["resource"] == "budget"
    assert told["complete"]


def test_one_object_holds_the_choices_too(tmp_path: Path) -> None:
    """With everything asked for, standard output is one object."""
    plan = solve(four_levers(), gap=0.05, time_limit=20.0, threads=1)
    there = plan_file.write(tmp_path, plan)
    asked = ["explain", str(there), "--json", "--choices", "--time-limit", "8"]
    told = json.loads(CliRunner().invoke(app, asked).stdout)
    kinds = {(one["kind"], one["name"]) for one in told["choices"]}
    assert {kind for kind, _ in kinds} == {"package", "deal"}
    assert told["attribution"]["gmv"] == pytest.approx(plan.gmv)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_question_that_fails_loses_nothing_of_the_explanation(
    folder: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool
) -> None:
    """Prices are shown, or handed out, though the plan without a lever cannot be made."""

    def failing(*_: Any, **__: Any) -> Regret:
        raise RuntimeError("no such merchant")

    monkeypatch.setattr(runs_explain, "regret", failing)
    result = CliRunner().invoke(app, ["explain", str(folder), "--ban", *["--json"] * as_json])
    assert result.exit_code == 1
    assert "1.67" in result.stdout or json.loads(result.stdout)["prices"]


def test_a_plan_without_budget_has_no_price_of_it() -> None:
    """Said in words, not as a crash."""
    plan = solve(advertiser(budget=None), **FAST)
    found = explain(plan, time_limit=None)
    assert price_of(found.prices, "budget") is None
    assert found.steps == ()
    assert {one.stop for one in found.marginals} == {"cap"}
