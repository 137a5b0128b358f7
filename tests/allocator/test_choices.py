"""Deals and packages, taken or not: intervals hold the truth, outcomes are those of the replay."""

import io
import json
import math
import threading
import time
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import allocator
from allocator import plan_file
from allocator.choices.making import Maker, choices
from allocator.choices.record import CLOSED, Choice, Choices, Interval, chance_of_loss, record
from allocator.choices.screen import choices_screen
from allocator.choices.words import COLUMNS
from allocator.labels import LANGS
from allocator.plan import Plan
from allocator.scales import short
from allocator.variants.desk import Ask, Desk
from fact_models.decisions import Decisions
from tests.allocator.test_cli import run
from tests.allocator.tiny import four_levers


@cache
def planned() -> Plan:
    """A certified plan of a small merchant with all levers."""
    return allocator.solve(four_levers(), gap=1e-4, time_limit=60, threads=1)


@cache
def made() -> Choices:
    """What its deals and packages are worth."""
    return choices(planned())


def of(key: str) -> Choice:
    """One of them."""
    return next(one for one in made().found if one.key == key)


def shown(found: Choices, lang: Any = "en", width: int = 150) -> str:
    """The screen as text."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(choices_screen(found, lang))
    return console.export_text()


@pytest.mark.parametrize("lang", LANGS)
def test_an_ordinary_terminal_cuts_nothing_off(lang: Any) -> None:
    """On 100 columns every deal has its name in both tables, with its outcomes and what is proved
    whole.
    """
    long = [replace(one, name=f"{one.name} (10 creators, short video)") for one in made().found]
    text = shown(replace(made(), found=tuple(long)), lang, width=100)
    assert "…" not in text.replace(" … ", "")
    for one in long:
        assert text.count(one.name) >= (2 if one.kind == "deal" else 1)
    for key in ("outcomes", "loss", "verdict"):
        assert COLUMNS[key].say(lang) in text


def test_every_deal_and_package_is_there() -> None:
    """Both packages and both deals, as the plan has them."""
    taken = {one.key: one.taken for one in made().found}
    decisions = planned().decisions
    assert decisions is not None
    flags = [*(decisions.package > 0.5), *(decisions.deal.sum(axis=1) > 0.5)]
    assert taken == dict(zip(("spring.full", "spring.lite", "star", "rising"), flags, strict=True))


@pytest.mark.parametrize("key", ["star", "rising"])
def test_forbidden_is_the_merchant_without_the_deal(key: str) -> None:
    """The interval holds the optimum of the file from which the deal is taken out."""
    other = allocator.solve(
        four_levers(kol={"deals": {key: None}}), gap=1e-4, time_limit=60, threads=1
    )
    interval, slack = of(key).forbidden, 1e-4 * abs(other.bound or 0.0)
    assert interval.value <= other.bound + slack  # type: ignore[operator]
    assert interval.bound >= other.objective - slack  # type: ignore[operator]


@pytest.mark.parametrize("key", ["star", "rising"])
def test_worth_is_against_the_best_plan_the_other_way(key: str) -> None:
    """All else is planned anew: the worth is what solving without the deal says, well below what
    the plan with the rest kept loses.
    """
    other = allocator.solve(
        four_levers(kol={"deals": {key: None}}), gap=1e-5, time_limit=60, threads=1
    )
    plan, one = planned(), of(key)
    assert plan.objective is not None
    assert other.objective is not None
    assert one.worth == pytest.approx(plan.objective - other.objective, abs=2e-4 * plan.objective)
    assert one.closed(plan.objective)
    low, high = one.band
    assert high - low <= 4e-4 * plan.objective


def test_a_question_that_is_not_closed_is_told_as_an_interval() -> None:
    """Without time for the best plan the other way, its worth is no single figure."""
    own = planned().objective or 0.0
    mine, theirs = Interval(own, own * 1.01), Interval(own - 9000.0, own)
    one = Choice("deal", "star", "star", True, mine, theirs)
    assert not one.closed(own)
    found = Choices(planned(), (one,))
    assert "star: 0 … 9.00 k of the objective" in shown(found)
    assert "was not closed in on in the time for: star" in shown(found)
    assert "反着做的最优方案尚未确定：star" in shown(found, "zh")
    assert not record(found)["choices"][0]["closed"]
    assert replace(one, forbidden=Interval(own - 9000.0, own - 8999.0)).closed(own)
    assert replace(one, forbidden=Interval(-math.inf, -math.inf)).closed(own)


def test_what_no_plan_can_take_is_told_as_such() -> None:
    """Proved impossible the other way: the word and the sentence say so, no dashes stand for ends
    that are open, and a deal without a plan has no row of weeks.
    """
    own = planned().objective or 0.0
    nothing, mine = Interval(-math.inf, -math.inf), Interval(own, own * 1.01)
    never = Choice("deal", "star", "star", False, nothing, mine)
    unknown = Choice("deal", "rising", "rising", False, Interval(-math.inf, own * 1.02), mine)
    always = Choice("package", "spring.full", "spring full", True, mine, nothing)
    text = shown(Choices(planned(), (never, unknown, always)))
    assert "No plan keeps every rule with: star," in text
    assert "No plan keeps every rule without: spring full," in text
    assert text.count("no other way") == 2
    assert "Open within the proved bounds: 1 of 3" in text
    assert f"≤ {short(0.02 * own, 'en')}" in text
    assert "– …" not in text
    assert COLUMNS["week"].say("en") not in text
    told = shown(Choices(planned(), (never, unknown, always)), "zh")
    assert "一旦采用以下各项，无论其余如何安排都有规则无法满足：star。" in told


def test_what_may_be_worth_nothing_is_not_called_worth_most() -> None:
    """An interval that holds 0 names no winner; of two, the one that is worth more at least."""
    objective = made().plan.objective or 0.0
    first, second = of("star"), of("rising")
    assert first.taken
    wide = replace(
        first, forbidden=replace(first.forbidden, bound=first.forced.value + 0.01 * objective)
    )
    assert wide.against[0] < 0 < wide.worth
    assert "worth most" not in shown(replace(made(), found=(wide,)))
    assert f"worth most is {second.name}" in shown(replace(made(), found=(wide, second)))


def test_forced_holds_what_is_verified() -> None:
    """A plan that takes it is at most what is proved, and what the plan takes costs nothing."""
    plan = planned()
    for one in made().found:
        assert one.forced.value <= one.forced.bound
        assert one.forbidden.value <= one.forbidden.bound
        side = one.forced if one.taken else one.forbidden
        assert side.value >= plan.objective - 1e-6  # type: ignore[operator]
        low, high = one.band
        assert low <= one.worth <= high or math.isnan(one.worth)


@pytest.mark.parametrize("key", ["star", "rising"])
def test_weeks_are_ranked_with_all_else_planned_anew(key: str) -> None:
    """The second-best week costs what the best of the other weeks does, each of them solved by
    itself as the deal's only date.
    """
    plan, one = planned(), of(key)
    assert plan.objective is not None
    assert plan.instance.kol is not None
    assert None not in (one.week, one.second, one.second_cost, one.second_least)
    deal, values = plan.instance.kol.deals[key], {}
    for week in range(int(deal.first), int(deal.last) + 1):
        only = {"first": week, "last": week, "acceptance": 1.0}
        other = allocator.solve(
            four_levers(kol={"deals": {key: only}}), gap=1e-5, time_limit=60, threads=1
        )
        values[week] = other.objective or 0.0
    best = values.pop(one.week)  # type: ignore[arg-type]
    assert one.second_cost == pytest.approx(best - max(values.values()), abs=2e-4 * best)
    assert one.second_least <= one.second_cost <= one.second_least + 2e-4 * best  # type: ignore[operator]


def test_the_rest_kept_is_exact() -> None:
    """Another program, with all whole numbers placed, finds the same plan without the deal."""
    plan, one = planned(), of("rising")
    assert plan.decisions is not None
    assert one.kept is not None
    assert one.kept.low <= one.kept.worth <= one.kept.high
    assert one.kept.high - one.kept.low <= 4e-6 * abs(plan.objective or 0.0)
    desk = Desk(plan.instance, 0.0, math.inf)
    desk.load()
    row = list(plan.instance.kol.deals).index("rising")  # type: ignore[union-attr]
    values = []
    for taken in (True, False):
        decisions = plan.decisions.copy()
        if not taken:
            decisions.deal[row] = 0.0
        found = desk.answer(
            Ask(
                partial(_placed, decisions),
                lambda d: d.arrays.matrix,
                lambda x, y: x.value > y.value,
            )
        )
        assert found is not None
        values.append(found.value)
    assert one.kept.worth == pytest.approx(values[0] - values[1], abs=5e-5 * values[0])


def _placed(decisions: Decisions, desk: Desk) -> Any:
    return desk.placed(decisions)


def test_what_matters_more_than_the_gap_is_proved() -> None:
    """A plan certified to 5 % only still has its dear deal proved right: nothing without it beats
    the plan.
    """
    loose = allocator.solve(four_levers(), gap=0.05, time_limit=60, threads=1)
    assert loose.objective is not None
    assert loose.bound is not None
    found = {one.key: one for one in choices(loose).found}
    sure = [one for one in found.values() if one.settled]
    assert sure
    for one in sure:
        theirs = one.forbidden if one.taken else one.forced
        assert theirs.bound <= loose.objective * (1 + 1e-3) < loose.bound * (1 + 1e-3)


def test_where_the_team_must_change_the_plan_is_made_anew() -> None:
    """Without an answer with the rest kept, the other way is planned with another team."""
    maker = Maker(planned(), 15.0, 0, None)
    maker.ready()
    maker.switching = None
    option = next(one for one in maker.options() if one.kind == "deal")
    made_anew = maker.finished(maker.make(option))
    assert made_anew.kept is None
    assert math.isfinite(made_anew.worth)


def test_a_package_keeps_its_time_and_its_closing_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the rest kept and a team made anew use up all that they may, what is left is enough to
    ask for the best plan the other way, within the seconds of one option.
    """
    maker = Maker(planned(), 4.0, 0, None)
    maker.ready()
    asked: list[float] = []
    ask = maker.contest.ask

    def noted(floor: float, ceiling: float, **how: float) -> Any:
        asked.append(how.get("near", 0.0))
        return ask(floor, ceiling, **how)

    def waited(desk: Desk, _: Ask) -> None:
        time.sleep(max(desk.deadline - time.monotonic(), 0.0))

    def unanswered(_: list[Decisions], __: int, seconds: float) -> list[Any]:
        time.sleep(seconds)
        return []

    assert maker.switching is not None
    monkeypatch.setattr(maker.switching, "best", unanswered)
    monkeypatch.setattr(Desk, "answer", waited)
    monkeypatch.setattr(maker.contest, "ask", noted)
    option = next(one for one in maker.options() if one.kind == "package" and one.taken)
    monkeypatch.setattr(maker, "known", [(maker.own.value, maker.decisions)])
    assert maker.make(option).seconds < 5.0
    assert asked == [0.0, CLOSED]


def test_chance_of_loss_by_hand() -> None:
    """Straight lines through the three points, and beyond them."""
    assert chance_of_loss((-10.0, 10.0, 30.0)) == pytest.approx(0.3)
    assert chance_of_loss((0.0, 5.0, 9.0)) == pytest.approx(0.1)
    assert chance_of_loss((10.0, 20.0, 30.0)) == 0.0
    assert chance_of_loss((-30.0, -20.0, -10.0)) == 1.0
    assert chance_of_loss((-1.0, -1.0, -1.0)) == 1.0


def test_outcomes_rise_from_p10_to_p90() -> None:
    """A deal of uncertain outcome earns more at p90; its chance of loss follows."""
    gmv = {"p10": 500.0, "p50": 9000.0, "p90": 20000.0}
    instance = four_levers(kol={"deals": {"star": {"gmv": gmv}}})
    plan = allocator.solve(instance, gap=1e-3, time_limit=60, threads=1)
    one = next(x for x in choices(plan).found if x.key == "star")
    assert one.outcomes is not None
    three = (one.outcomes.p10, one.outcomes.p50, one.outcomes.p90)
    assert three[0] < three[1] < three[2]
    assert one.outcomes.loss == chance_of_loss(three)


def test_screen_and_record() -> None:
    """Both languages; JSON holds the intervals."""
    assert "taken or not" in shown(made())
    assert "已证区间" in shown(made(), "zh")
    told = json.loads(json.dumps(record(made()), allow_nan=False))
    assert {row["key"] for row in told["choices"]} == {one.key for one in made().found}
    assert all(row["forced"]["bound"] is not None for row in told["choices"])


def test_stop_keeps_what_there_is() -> None:
    """A stop ends it after the question at hand."""
    stop = threading.Event()
    found = choices(planned(), progress=lambda state: stop.set(), stop=stop)
    assert found.stopped
    assert len(found.found) == 1


def test_command_shows_choices_after_the_reasons(tmp_path: Path) -> None:
    """``explain --choices --json`` prints a second object."""
    plan_file.write(tmp_path, planned())
    result = run("explain", tmp_path / "tiny", "--choices", "--json")
    assert result.exit_code == 0, result.stderr
    second = json.loads(result.stdout.splitlines()[-1])
    assert {row["kind"] for row in second["choices"]} == {"package", "deal"}
