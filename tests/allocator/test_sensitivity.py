"""Sensitivity: figures are moved as said, the fixed plan is replayed, decisions turn where they
should.
"""

import io
import json
import math
import threading
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import allocator
from allocator import plan_file
from allocator.plan import Plan
from allocator.sensitivity import making
from allocator.sensitivity.making import sensitivity
from allocator.sensitivity.record import Sensitivity, record, switch_at
from allocator.sensitivity.screen import bar, sensitivity_screen
from allocator.sensitivity.worlds import between, worlds
from fact_models.replay import replay
from tests.allocator.test_cli import run
from tests.allocator.tiny import deal, four_levers


@cache
def planned() -> Plan:
    """A certified plan of a small merchant whose deals are uncertain."""
    gmv = {"p10": 2000.0, "p50": 9000.0, "p90": 16000.0}
    instance = four_levers(kol={"deals": {"star": {"gmv": gmv}}})
    return allocator.solve(instance, gap=1e-4, time_limit=60, threads=1)


@cache
def made() -> Sensitivity:
    """Its sensitivity, plans made anew included."""
    return sensitivity(planned(), gap=1e-3)


def shown(found: Sensitivity, lang: Any = "en", width: int = 170) -> str:
    """The screen as text."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(sensitivity_screen(found, lang))
    return console.export_text()


def test_figures_are_moved_as_said() -> None:
    """One figure a world; the rest of the instance is the same."""
    instance = planned().instance
    found = {(w.figure, w.way): w.instance for w in worlds(instance, 0.2)}
    young = instance.snowball.segments["young"]
    fast = found["growth", "high"].snowball.segments["young"]
    assert fast.traffic_per_order == pytest.approx(1.2 * young.traffic_per_order)
    assert fast.conversion == young.conversion
    sold = found["conversion", "low"].snowball.segments["young"]
    assert sold.conversion == pytest.approx(0.8 * young.conversion)
    line = found["refund", "high"].goods.lines["basic"]
    assert line.refund_post == pytest.approx(0.12)
    assert found["kol", "low"].kol.deals["star"].gmv.mean() == pytest.approx(2000.0)  # type: ignore[union-attr]
    assert found["settlement", "low"].money.settlement == [0.0, 0.5, 0.5]
    assert found["settlement", "high"].money.settlement == [1.0]


def test_scenarios_keep_no_figure_from_being_moved() -> None:
    """What only holds of the figures as written is left out where they are moved."""
    likely = {"at": "snowball.segments.young.conversion", "times": 19.0}
    one = four_levers(scenarios={"rush": {"probability": 1.0, "changes": [likely]}})
    ways = {(w.figure, w.way) for w in worlds(one, 0.2)}
    assert ways == {(w.figure, w.way) for w in worlds(four_levers(), 0.2)}
    assert ("conversion", "high") in ways


def test_fixed_plan_is_replayed() -> None:
    """An effect is the difference of two replays of the same controls."""
    plan, by_key = planned(), {(x.figure, x.way): x for x in made().effects}
    world = next(w for w in worlds(plan.instance, 0.2) if (w.figure, w.way) == ("growth", "high"))
    assert plan.decisions is not None
    there, here = (
        replay(x, plan.decisions, accept="greedy").objective
        for x in (world.instance, plan.instance)
    )
    assert by_key["growth", "high"].objective == pytest.approx(there - here)
    assert by_key["growth", "low"].objective < 0 < by_key["growth", "high"].objective
    assert by_key["conversion", "low"].gmv < 0


def test_plans_made_anew_are_at_least_as_good_as_the_kept_choices() -> None:
    """In every world the new plan is no worse than the old choices planned there."""
    for one in made().effects:
        assert one.anew is not None
        if math.isfinite(one.anew.kept):
            slack = 1e-3 * abs(one.anew.objective)
            assert one.anew.objective >= one.anew.kept - slack, (one.figure, one.way)
        assert one.anew.bound >= one.anew.objective


def test_the_figure_that_changes_a_decision_is_found() -> None:
    """A deal that only pays because of its mean is dropped at p10, and that is named first."""
    gmv = {"p10": 0.0, "p50": 6000.0, "p90": 12000.0}
    lonely = {"star": deal(6000.0, 2500.0, first=2, last=4) | {"gmv": gmv}, "rising": None}
    instance = four_levers(
        kol={"deals": lonely},
        objective={"goal": "profit", "terminal": False, "terminal_periods": None},
    )
    plan = allocator.solve(instance, gap=1e-4, time_limit=60, threads=1)
    assert plan.decisions is not None
    assert plan.decisions.deal.sum() == 1
    found = sensitivity(plan, gap=1e-3)
    low = next(x for x in found.effects if (x.figure, x.way) == ("kol", "low"))
    assert low.anew is not None
    assert any(word.startswith("- star") for word in low.anew.changes)
    assert 0 < low.anew.switch < 1
    assert found.first is not None
    assert "The first figure to change a decision is" in shown(found)


def test_switch_by_hand() -> None:
    """Ahead by 3 here, behind by 1 there: the lines cross after three quarters of the way."""
    assert switch_at((10.0, 8.0), (7.0, 9.0)) == pytest.approx(0.75)
    assert switch_at((10.0, 8.0), (7.0, 8.0)) == math.inf
    assert switch_at((10.0, math.nan), (7.0, 8.0)) == math.inf


def settled(opening: float, monkeypatch: pytest.MonkeyPatch, *, anew: bool = True) -> Sensitivity:
    """A merchant paid at once who has to live on what is in the till, paid a period later."""
    later = [("settlement", "low")]
    monkeypatch.setattr(
        making, "worlds", lambda *x: (w for w in worlds(*x) if (w.figure, w.way) in later)
    )
    cash = {"opening": opening, "receivables": []}
    instance = four_levers(
        kol={"deals": {"rising": None}} if opening < 2000 else {},
        money={"settlement": [1.0], "cash": cash},
    )
    plan = allocator.solve(instance, gap=0.005, time_limit=60, threads=1)
    return sensitivity(plan, each=20, anew=anew)


def test_choices_that_cannot_be_kept_are_a_change_of_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Paid a period later the plan's deal cannot be paid for: that is named, and from where on."""
    found = settled(2700.0, monkeypatch)
    (later,) = found.effects
    assert later.anew is not None
    assert later.anew.lost
    assert math.isnan(later.anew.kept)
    assert later.anew.changes
    assert 0.4 <= later.anew.switch <= 1
    assert found.first is later
    text = shown(found, width=400)
    assert "No figure changed a decision" not in text
    assert "at the end of the way no plan with this plan's choices keeps the rules" in text
    assert "保留本方案的选择已无法满足规则" in shown(found, "zh", width=400)
    (told,) = record(found)["effects"]
    assert told["anew"]["kept_breaks_rules"]
    assert told["anew"]["switch"] == later.anew.switch


def test_a_world_without_any_plan_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wages that are due before the first receipt cannot be paid at all: no plan, by some part."""
    found = settled(1000.0, monkeypatch)
    (later,) = found.effects
    assert later.anew is not None
    assert not later.anew.possible
    assert later.anew.switch <= 1
    assert found.first is later
    assert "settlement a period later no plan at all keeps the rules" in shown(found, width=400)
    assert "没有任何方案能满足规则" in shown(found, "zh", width=400)
    (told,) = record(found)["effects"]
    assert told["anew"]["infeasible"]
    json.dumps(record(found), allow_nan=False)


def test_a_broken_rule_is_told_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Chinese sentence names the rule in Chinese; JSON holds both."""
    found = settled(2700.0, monkeypatch, anew=False)
    assert "(MO.14) cash floor [period 3]" in shown(found, width=400)
    chinese = shown(found, "zh", width=400)
    assert "(MO.14) 现金底线［第3周期］" in chinese
    assert "cash floor" not in chinese
    (told,) = record(found)["effects"]
    assert told["worst"].startswith("(MO.14) cash floor")
    assert told["worst_zh"].startswith("(MO.14) 现金底线")


def test_worlds_on_the_way() -> None:
    """A quarter of the way every figure lies at a quarter of its change."""
    instance = planned().instance
    found = {(w.figure, w.way): between(instance, w, 0.25).instance for w in worlds(instance, 0.2)}
    assert found["settlement", "low"].money.settlement == pytest.approx([0.375, 0.5, 0.125])
    young = instance.snowball.segments["young"]
    slow = found["growth", "low"].snowball.segments["young"]
    assert slow.traffic_per_order == pytest.approx(0.95 * young.traffic_per_order)


def test_bars() -> None:
    """The largest fills its side, losses go to the left."""
    assert bar(-2.0, 2.0) == "█" * 10 + "│" + " " * 10
    assert bar(1.0, 2.0) == " " * 10 + "│" + "█" * 5 + " " * 5


def test_screen_and_record() -> None:
    """Both languages; JSON is finite."""
    assert "what the plan hangs on" in shown(made())
    assert "增长反馈" in shown(made(), "zh")
    told = json.loads(json.dumps(record(made()), allow_nan=False))
    assert {row["figure"] for row in told["effects"]} == {
        "growth", "conversion", "refund", "kol", "settlement"
    }  # fmt: skip


@pytest.mark.parametrize("width", [80, 100])
def test_names_and_figures_stand_whole_on_a_narrow_terminal(width: int) -> None:
    """No name is broken into letters and no figure is cut."""
    text = shown(made(), width=width)
    for word in ("conversion", "settlement", "refunds", "Contribution", "Made anew", "Turns at"):
        assert word in text.split("Figure", 1)[1], word
    assert "…" not in text.split("Figure", 1)[1].split("The ranges are", 1)[0]
    assert text.count("Figure") == 2


def test_stop_keeps_the_fixed_plan() -> None:
    """The replays are there at once; a stop leaves out plans made anew."""
    stop = threading.Event()
    stop.set()
    found = sensitivity(planned(), stop=stop)
    assert found.stopped
    assert all(one.anew is None for one in found.effects)
    assert len(found.effects) == 10


def test_command(tmp_path: Path) -> None:
    """``--fixed`` needs no solve; a share out of range is refused."""
    plan_file.write(tmp_path, planned())
    result = run("sensitivity", tmp_path / "tiny", "--fixed", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["by"] == 0.2
    assert run("sensitivity", tmp_path / "tiny", "--by", "2").exit_code == 2
