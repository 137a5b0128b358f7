"""Pages of questions: the sentences, figures and tables of the screens, in both languages."""

import inspect
from functools import cache
from pathlib import Path

import pytest

import allocator
from allocator.alternatives.record import Alternative, Alternatives, Seek
from allocator.answers.charts import ladder, mixes, tornado, worths
from allocator.answers.page import (
    alternatives_page,
    baselines_page,
    choices_sections,
    sensitivity_page,
)
from allocator.baselines.record import Baseline, Baselines
from allocator.choices.record import Choice, Choices, Interval, Kept
from allocator.labels import LANGS, Label, Lang
from allocator.plan import Plan
from allocator.sensitivity.record import Effect, Sensitivity
from tests.allocator.test_cli import run
from tests.allocator.tiny import four_levers

NONE, BUDGET = Label("none", "无"), Label("(MO.7) budget", "(MO.7) 预算")
LANGUAGE = pytest.mark.parametrize("lang", LANGS)


@cache
def planned() -> Plan:
    """A plan of a small merchant."""
    return allocator.solve(four_levers(), gap=0.02, time_limit=60, threads=1)


def weighed() -> Baselines:
    """The plan against itself under another name, and against one that cannot be made."""
    plan = planned()
    return Baselines(plan, (Baseline("even", plan, 0.25), Baseline("roi", None, reason=NONE)))


def moved() -> Sensitivity:
    """Two figures moved; the second one more."""
    effects = (
        Effect("refund", "low", 10.0, 10.0, 10.0, 0, None),
        Effect("refund", "high", -10.0, -10.0, -10.0, 0, None),
        Effect("growth", "low", -500.0, -500.0, -50.0, 1, BUDGET),
        Effect("growth", "high", 400.0, 400.0, 40.0, 0, None),
    )
    return Sensitivity(planned(), 0.2, 1000.0, effects)


def near() -> Alternatives:
    """One alternative, the plan itself."""
    one = Alternative(Seek("most", "field"), planned(), 2.0, 1.0, 3.0, ("- <b>star</b>",), 0.1)
    return Alternatives(planned(), 0.01, (one,), (), ())


def chosen() -> Choices:
    """A package that is taken and a deal that is not."""
    here, there = Interval(10.0, 12.0), Interval(8.0, 9.0)
    kept = Kept(2.0, 1.9, 2.1)
    package = Choice("package", "spring.full", "spring: full", True, here, there, kept)
    deal = Choice("deal", "star", "star", False, there, here, Kept(-1.0, -1.1, -0.9, ("spring",)),
                  week=2)  # fmt: skip
    return Choices(planned(), (package, deal))


@LANGUAGE
def test_pages_hold_sentences_and_numbers(lang: Lang) -> None:
    """Every page has its figure, its rows and the language's words, and nothing from the net."""
    for html, words in (
        (baselines_page(weighed(), lang), {"en": "even split", "zh": "平均"}),
        (alternatives_page(near(), lang), {"en": "this plan", "zh": "本方案"}),
        (sensitivity_page(moved(), lang), {"en": "growth feedback", "zh": "增长反馈"}),
    ):
        assert words[lang] in html
        assert 'class="chart"' in html
        assert "<td" in html
        assert 'src="http' not in html
        assert "<b>star</b>" not in html


def test_the_tornado_has_the_largest_on_top() -> None:
    """Figures in the order of their swing, a loss to the left."""
    made = tornado(moved(), "en")
    assert list(made.data[0].y) == ["refunds", "growth feedback"]
    assert made.data[0].meta["way"] == "low"
    assert list(made.data[0].x)[-1] < 0 < list(made.data[1].x)[-1]


def test_bars_say_what_the_tables_say() -> None:
    """Heights are those of the records."""
    plan = planned()
    bars = ladder(weighed(), "en").data[0]
    assert [x * bars.meta["scale"] for x in bars.x] == pytest.approx([plan.objective] * 2)
    levers = {bar.meta["lever"]: bar.x[0] * bar.meta["scale"] for bar in mixes(near(), "en").data}
    assert plan.replay is not None
    assert levers["field"] == pytest.approx(float(plan.replay.spend["field"].sum()))
    worth = worths(chosen(), "en")
    assert worth is not None
    assert list(worth.data[0].y) == ["star", "spring: full"]


@LANGUAGE
def test_choices_are_cards_of_the_explanation(lang: Lang) -> None:
    """A card for packages with the figure, two for deals, each with its rows; none is wider than
    a package's.
    """
    cards, drawn = choices_sections(chosen(), lang)
    assert [card.chart for card in cards] == ["choices", "", ""]
    assert set(drawn) == {"choices"}
    assert [len(card.rows) for card in cards] == [1, 1, 1]
    assert len({card.key for card in cards}) == len({card.title for card in cards}) == 3
    assert max(len(card.columns) for card in cards) == len(cards[0].columns)
    assert any("spring" in note for note in cards[0].notes)


def test_functions_stay_functions_when_their_packages_are_imported() -> None:
    """``allocator.baselines`` is the call, whatever was imported before."""
    for name in ("alternatives", "baselines", "choices", "sensitivity", "explain"):
        assert inspect.isfunction(getattr(allocator, name)), name
        assert name in allocator.__all__


def test_commands_write_pages(tmp_path: Path) -> None:
    """``--html`` writes the page of a sensitivity, and of an explanation with its choices."""
    (tmp_path / "plan.json").write_text(planned().to_json(), encoding="utf-8")
    file = tmp_path / "page.html"
    result = run("sensitivity", tmp_path / "plan.json", "--fixed", "--html", file)
    assert result.exit_code == 0, result.stderr
    assert "what the plan hangs on" in file.read_text(encoding="utf-8")
    result = run("explain", tmp_path / "plan.json", "--choices", "--html", file, "--json")
    assert result.exit_code == 0, result.stderr
    assert "Rest kept" in file.read_text(encoding="utf-8")
    result = run("baselines", tmp_path / "plan.json", "--html", tmp_path / "no" / "page.html")
    assert result.exit_code != 0
    assert "folder" in result.stderr
