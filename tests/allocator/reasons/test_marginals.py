"""The marginal table: every lever has its rows, and each the rule that stops it."""

import pytest

from allocator.labels import LANGS
from allocator.reasons.explanation import Explanation, explain
from allocator.reasons.labels import stop_name
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
