"""The marginal table: every lever has its rows, and each the rule that stops it."""

from dataclasses import replace

import pytest

from allocator.labels import LANGS
from allocator.reasons.explanation import Explanation, explain
from allocator.reasons.labels import GOALS, stop_name
from allocator.reasons.marginals import Marginal
from allocator.reasons.rows import marginal_rows
from allocator.reasons.sentences import sentence
from allocator.reasons.words import marginal_words
from allocator.solve import solve
from tests.allocator.strategy.merchants import SECOND
from tests.allocator.tiny import four_levers


@pytest.fixture(scope="module")
def opening() -> Explanation:
    """Four levers, a room that opens in the second period, skilled hours and own videos."""
    curve = {"kind": "log", "scale": 300.0, "half": 5.0}
    quality = {"curve": curve, "hours_max": 10.0, "crew": {"host": 1.0}}
    content = {"stock": 5.0, "decay": 0.2, "made_max": 5.0, "crew": {"host": 0.5}}
    accounts = {"main": {"quality": quality}, "second": SECOND}
    changes = {"accounts": accounts, "content": content, "boosts": {"feed": {"per_content": True}}}
    host = {"hours": 60.0}
    instance = four_levers(field=changes, staff={"roles": {"host": host}}, money={"budget": None})
    plan = solve(instance, gap=1e-2, time_limit=30.0, threads=1)
    assert plan.decisions is not None
    assert plan.decisions.start[1].any()
    return explain(plan, time_limit=None)


def test_every_lever_has_its_inputs(opening: Explanation) -> None:
    """Skilled hours and own videos stand beside the others; taken packages and deals have an
    average per yuan of fee and no last yuan.
    """
    kinds = {one.kind for one in opening.marginals}
    assert kinds >= {"boost", "live", "skilled", "made", "tier", "deal"}
    d = opening.plan.decisions
    assert d is not None
    whole = [one for one in opening.marginals if one.stop == "whole"]
    assert len(whole) == int(d.package.sum() + d.deal.sum())
    paid = {one.source.key: one.spend for one in opening.attribution.details}
    for one in whole:
        assert (one.marginal, one.ratio) == (None, None)
        assert one.paid == paid[one.key]
        assert one.average is not None
    kol = [one for one in whole if one.lever == "kol"]
    brought = opening.attribution.acts[
        [opening.attribution.trace.origins.number["deal", one.key] for one in kol]
    ]
    sums = [float(x.sum()) for x in brought]
    assert [(one.average or 0.0) * one.paid for one in kol] == pytest.approx(sums)
    for lang in LANGS:
        shown = [cell for _, rows in marginal_rows(opening, lang) for row in rows for cell in row]
        assert any(stop_name("whole", "", lang) in cell for cell in shown)
        assert sentence("whole_choices", lang) in marginal_words(opening, lang)


@pytest.mark.parametrize("goal", ["profit", "cost"])
def test_where_money_is_the_goal_a_yuan_is_held_against_itself(goal: str) -> None:
    """The budget has slack and a price of nothing; a yuan that is spent still costs a yuan, which
    the sentence says, and the average is the GMV that was traced.
    """
    target = {"target": 30000.0} if goal == "cost" else {}
    instance = four_levers(objective={"goal": goal, **target})
    found = explain(solve(instance, gap=1e-3, time_limit=30.0, threads=1), time_limit=None)
    ratios = [one for one in found.marginals if one.ratio is not None]
    assert ratios
    assert all(one.yuan == pytest.approx(1.0) for one in ratios)
    spent = [one for one in ratios if one.kind == "boost"]
    at_no_limit = [one.ratio for one in spent if one.stop == ""]
    assert at_no_limit == pytest.approx([1.0] * len(at_no_limit), rel=0.01)
    assert at_no_limit
    # Where nothing is spent, what the first yuan would bring may be anything below one.
    assert all((one.ratio or 0.0) <= 1.01 for one in spent if one.stop == "least")
    assert {one.stop for one in spent} <= {"", "least"}
    for lang in LANGS:
        words = " ".join(marginal_words(found, lang))
        assert sentence("besides", lang) in words
        assert "1.00" in words.partition(sentence("besides", lang))[2][:12]
        assert sentence("average", lang, goal=GOALS["gmv"].say(lang)) in words
        assert any("1.00" in row[4] for _, rows in marginal_rows(found, lang) for row in rows)


def test_a_package_that_takes_orders_has_its_average(opening: Explanation) -> None:
    """What brought less than nothing is told as such, not left out."""
    package = Marginal("campaign", "package", "a.b", "a", 0, 100.0, -0.5, None, None, "whole")
    rows = dict(marginal_rows(replace(opening, marginals=(package,)), "en"))
    assert rows["Campaign"][0][2] == "-0.50"


def test_a_room_that_is_not_open_is_named(opening: Explanation) -> None:
    """Before it opens, its hours are stopped by that alone, however much they would bring."""
    mine = {one.period: one for one in opening.marginals if one.label == "second"}
    assert mine[0].stop == "closed"
    assert all(one.stop != "closed" for t, one in mine.items() if one.paid > 0)


def test_little_to_gain_is_never_more_than_elsewhere(opening: Explanation) -> None:
    """Whatever is at nothing for want of worth is worth no more than the yuan."""
    least = [one for one in opening.marginals if one.stop == "least"]
    assert all((one.ratio or 0.0) <= 1.0 for one in least)
    assert all((one.marginal or 0.0) <= 1e-6 for one in least if one.ratio is None)
