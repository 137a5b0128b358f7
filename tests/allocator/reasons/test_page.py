"""The page of an explanation: it opens offline, holds what the screen holds, and takes no code."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocator import plan_file
from allocator.cli import app
from allocator.labels import LANGS, Lang
from allocator.plan import Plan
from allocator.reasons.charts import origin_chart, price_chart
from allocator.reasons.explanation import Explanation, explain
from allocator.reasons.page import page
from allocator.reasons.prices import price_of
from allocator.reasons.sentences import sentence
from allocator.reasons.words import decision_words, goal_words, step_words
from allocator.scales import short
from allocator.solve import solve
from tests.allocator.small_plan import small
from tests.allocator.tiny import four_levers

EVIL = "</script><script>window.hit=1</script>"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Four levers on a tight budget."""
    return solve(four_levers(), gap=0.01, time_limit=30.0, threads=1)


@pytest.fixture(scope="module")
def found(plan: Plan) -> Explanation:
    """Its explanation."""
    return explain(plan, time_limit=None)


@pytest.mark.parametrize("lang", LANGS)
def test_every_section_stands_on_the_page(found: Explanation, lang: Lang) -> None:
    """Each has a link, a title and something in it; no network is allowed."""
    html = page(found, lang)
    linked = re.findall(r'<a href="#(\w+)">', html)
    assert linked == re.findall(r'<section class="card[^"]*" id="(?!lead)(\w+)">', html)
    assert {"decisions", "rules", "origin", "prices", "marginals", "answers"} == set(linked)
    assert "default-src 'none'" in unescape(html)
    for line in step_words(found, lang)[:-1]:
        assert line in unescape(html)


def test_least_cost_has_its_decisions_and_an_idle_budget_is_told() -> None:
    """Where spend is to be least, decisions are ranked by what they bring towards the target; a
    budget that is not used up is told on the page as on the screen.
    """
    cost = four_levers(objective={"goal": "cost", "target": 30000.0})
    least = explain(solve(cost, gap=1e-3, time_limit=30.0, threads=1), time_limit=None)
    assert least.decisions
    assert all(one.gmv > 0 for one in least.decisions)
    gmv = [one.gmv for one in least.decisions]
    assert gmv == sorted(gmv, reverse=True)
    for lang in LANGS:
        html = unescape(page(least, lang))
        assert decision_words(cost, lang) in html
        assert sentence("decisions_cost", lang, goal=goal_words(cost, lang)) in html
        budget = price_of(least.prices, "budget")
        assert budget is not None
        assert sentence("slack_budget", lang, slack=short(budget.down, lang)) in html


def test_bars_add_up_to_the_gmv(found: Explanation) -> None:
    """The bars of the first figure are the parts of the GMV."""
    bars = origin_chart(found, "en").data
    total = sum(sum(bar.x) * bar.meta["scale"] for bar in bars)
    assert total == pytest.approx(found.attribution.gmv, rel=1e-9)


def test_lines_are_the_prices(found: Explanation) -> None:
    """Every line of the second figure holds the prices of one resource, period by period."""
    chart = price_chart(found, "en")
    assert chart is not None
    for line in chart.data:
        kind, role = line.meta["resource"], line.meta["role"]
        mine = [p.price for p in found.prices if (p.resource, p.role) == (kind, role)]
        assert list(line.y) == mine


def test_a_price_with_two_sides_has_a_bar(found: Explanation) -> None:
    """Where the last unit is worth more than the next, a bar spans both and the page says so;
    elsewhere there is none.
    """
    at = next(n for n, p in enumerate(found.prices) if p.resource == "visit" and p.price > 0)
    straight = replace(found, prices=tuple(replace(p, left=p.price, right=p.price)
                                           for p in found.prices))  # fmt: skip
    one = found.prices[at]
    bent = [*straight.prices]
    bent[at] = replace(one, left=1.5 * one.price, right=0.5 * one.price)
    kinked = replace(found, prices=tuple(bent))
    chart = price_chart(kinked, "en")
    assert chart is not None
    bars = {line.meta["resource"]: line.error_y for line in chart.data}
    visits = [p for p in kinked.prices if p.resource == "visit"]
    place = visits.index(kinked.prices[at])
    assert bars["visit"].array[place] == pytest.approx(0.5 * one.price)
    assert bars["visit"].arrayminus[place] == pytest.approx(0.5 * one.price)
    assert sum(bars["visit"].array) == pytest.approx(0.5 * one.price)
    for lang in LANGS:
        told = sentence("kinks", lang)
        assert told in unescape(page(kinked, lang))
        assert told not in unescape(page(straight, lang))


def test_labels_are_text() -> None:
    """A label that is code stays a label."""
    plan = solve(small(feed=EVIL, tail=EVIL), gap=0.05, time_limit=30.0, threads=1)
    html = page(explain(plan, time_limit=None))
    assert EVIL not in html
    assert "&lt;/script&gt;" in html


def test_the_command_writes_it(plan: Plan, tmp_path: Path) -> None:
    """``--html`` writes the page beside what is printed; a missing folder is refused first."""
    folder = plan_file.write(tmp_path, plan)
    target = tmp_path / "reasons.html"
    result = CliRunner().invoke(app, ["explain", str(folder), "--html", str(target)])
    assert result.exit_code == 0
    assert "<title>" in target.read_text(encoding="utf-8")
    result = CliRunner().invoke(app, ["explain", str(folder), "--html", "nowhere/x.html"])
    assert result.exit_code == 2
    assert "folder" in result.stderr
