"""Decisions for several worlds at once, by hand and against single plans.

The tiny world sells for 1,000 a period and 5,000 in all whatever is done. A deal costs 500 and
brings 100 in the low world and 1,000 in the high one, so signing is worth -400 or +500.
"""

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from allocator import plan_file
from allocator.cli import app
from allocator.doubt.decided import dates_words, decided
from allocator.doubt.extensive import FIRST, Odds, stacked
from allocator.doubt.hedge import hedge
from allocator.doubt.hedge_view import (
    bars,
    decision_rows,
    hedge_page,
    hedge_record,
    hedge_screen,
    outlook_rows,
)
from allocator.doubt.hedge_words import sentences
from allocator.doubt.measures import Kind, Measure
from allocator.doubt.naming import called, labelled
from allocator.doubt.outlooks import EXPECTED, HEDGE, Hedge, Outlook
from allocator.doubt.worlds import World, Worlds, with_outcome, worlds_of
from allocator.faults import InputError
from allocator.figures import percent
from allocator.handover import hand_over
from allocator.labels import Lang
from allocator.panel import week_of
from allocator.plan import Plan
from allocator.plan_page import verdict
from allocator.reading import to_yaml
from allocator.screen import status_words
from allocator.solve import solve
from fact_models.overriding import changed
from fact_models.program import build
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change, Scenario
from fact_models.verify import verify
from tests.allocator.small_plan import small, small_plan
from tests.allocator.tiny import built, deal, four_levers

NOTHING = 5000.0
"""Contribution without the deal."""
LOW, HIGH = -400.0, 500.0
"""What signing adds in each world."""
EXACT = 1e-6


def two_worlds(low: float = 0.6, **terms: object) -> Worlds:
    """The low and the high world; ``low`` is the chance of the first."""
    offer = deal(1000.0, 500.0) | terms
    offer["gmv"] = {"p10": 100.0, "p50": 500.0, "p90": 1000.0}
    instance = built(kol={"deals": {"star": offer}}, objective={"goal": "profit"})
    members = (
        World("low", low, with_outcome(instance, "p10")),
        World("high", 1 - low, with_outcome(instance, "p90")),
    )
    return Worlds(instance, members, "file")


def signed(found: Hedge) -> bool:
    """Whether the hedge signs the deal; in both worlds alike."""
    assert found.hedge is not None
    taken = {float(d.deal.sum()) for d in found.hedge.decisions if d is not None}
    assert len(taken) == 1
    return taken == {1.0}


@pytest.mark.parametrize(
    ("low", "kind", "sign", "value"),
    [
        (0.6, "expected", False, NOTHING),
        (0.3, "expected", True, NOTHING + 0.3 * LOW + 0.7 * HIGH),
        (0.3, "worst", False, NOTHING),
        (0.3, "cvar", False, NOTHING),
        (0.6, "regret", True, NOTHING + 0.4 * HIGH + LOW),
    ],
)
def test_the_deal_by_hand(low: float, kind: Kind, sign: bool, value: float) -> None:
    """Expected: sign if 0.9 low < 0.5. Worst and the worst fifth: never. Regret: signing may cost
    400, not signing 500, so sign; the measure is the mean of the best less 400."""
    found = hedge(two_worlds(low), Measure(kind, 0.2), gap=EXACT, time_limit=60)
    assert signed(found) == sign
    assert found.value == pytest.approx(value, rel=1e-5)
    assert found.value <= found.bound <= found.value * (1 + 2 * EXACT)


def test_a_guarantee_makes_the_deal_worth_signing() -> None:
    """750 are promised for the fee of 500. In the low world 100 are sold and the fee comes back,
    so signing adds 100 there instead of losing 400; the high world keeps the promise.
    """
    found = hedge(two_worlds(guarantee={"roi": 1.5, "after": 1}), gap=EXACT, time_limit=60)
    assert signed(found)
    assert found.value == pytest.approx(NOTHING + 0.6 * 100 + 0.4 * HIGH, rel=1e-5)


def test_what_knowing_and_hedging_are_worth_by_hand() -> None:
    """At even chances of 0.6 and 0.4 knowing the world saves not signing in the high one: 200. The
    mean deal brings 460 and is not signed either, so the hedge gains nothing on it."""
    found = hedge(two_worlds(), gap=EXACT, time_limit=60)
    assert found.evpi == pytest.approx((200.0, 200.0), abs=0.1)
    assert found.vss() == pytest.approx((0.0, 0.0), abs=0.1)


def test_first_decisions_that_agree_stand_once() -> None:
    """Six worlds in which nobody signs: one row with the names of all, and on the terminal a
    world a line, so that nothing is cut off."""
    low = two_worlds().members[0].instance
    members = tuple(World(f"w{n}", 1 / 6, low) for n in range(6))
    found = hedge(Worlds(low, members, "file"), gap=EXACT, time_limit=60)
    columns, rows = outlook_rows(found, "en")
    assert len(columns) == 8
    assert [row[0] for row in rows] == [
        "the plan for w0, w1, w2, w3, w4, w5, the plan for the expected figures, the hedge"
    ]
    console = Console(width=100)
    with console.capture() as shown:
        console.print(hedge_screen(found, "zh"))
    lines = [line.split() for line in shown.get().splitlines()]
    for n in range(6):
        assert [f"w{n}", "(17", "%)", "5,000"] in lines
    wide = replace(found, outlooks=tuple(replace(o, name=30 * o.name) for o in found.outlooks))
    with console.capture() as shown:
        console.print(hedge_screen(wide, "zh"))
    assert ["w5", "(17", "%)", "5,000"] in [line.split() for line in shown.get().splitlines()]


def test_the_mean_plan_may_be_the_worst() -> None:
    """At 0.3 the mean deal brings 730 and is signed; in the worst world that costs 400."""
    found = hedge(two_worlds(0.3), Measure("worst"), gap=EXACT, time_limit=60)
    gained = found.vss()
    assert gained == pytest.approx((400.0, 400.0), abs=0.1)
    mean = next(o for o in found.outlooks if o.name == EXPECTED)
    assert mean.values == pytest.approx([NOTHING + LOW, NOTHING + HIGH], rel=1e-5)


def test_one_world_is_a_plan() -> None:
    """A hedge over a single world is that world's plan."""
    instance = four_levers()
    alone = solve(instance, gap=1e-3, time_limit=60, threads=1)
    found = hedge(Worlds(instance, (World("sure", 1.0, instance),), "file"), gap=1e-3)
    assert alone.objective is not None
    assert found.value == pytest.approx(alone.objective, rel=1e-3)
    assert found.evpi[0] == 0.0
    assert found.gap <= 1e-3


def rough(instance: Instance) -> Worlds:
    """The instance with a hard and a good world of even chance."""
    hard = [
        Change(at="snowball.segments.*.conversion", times=0.5),
        Change(at="snowball.segments.*.traffic_per_order", times=0.5),
    ]
    members = (
        World("hard", 0.5, changed(with_outcome(instance, "p10"), hard)),
        World("good", 0.5, with_outcome(instance, "p90")),
    )
    return Worlds(instance, members, "file")


def gamble(**changes: object) -> Instance:
    """Four levers with two deals that may flop."""
    star = {"gmv": {"p10": 500.0, "p50": 9000.0, "p90": 30000.0}, "fee": 6500.0}
    rising = {"gmv": {"p10": 0.0, "p50": 3000.0, "p90": 6000.0}}
    deals = {"star": star, "rising": rising}
    return four_levers(kol={"deals": deals}, objective={"goal": "profit"}, **changes)


@pytest.fixture(scope="module")
def gambled() -> dict[Kind, Hedge]:
    """Hedges of the gamble; tight enough for the extensive form to be needed."""
    worlds = rough(gamble())
    kinds: tuple[Kind, ...] = ("expected", "regret", "cvar")
    return {kind: hedge(worlds, Measure(kind, 0.7), gap=5e-4, time_limit=120) for kind in kinds}


@pytest.mark.parametrize("kind", ["expected", "regret", "cvar"])
def test_the_extensive_form_closes_the_gap(gambled: dict[Kind, Hedge], kind: Kind) -> None:
    """No outlook beats the bound, the hedge is the best of them, and the bound is below that of
    the worlds alone, which signs in one world only."""
    found = gambled[kind]
    assert found.gap <= 5e-4
    assert found.seconds["together"] > 0
    for outlook in found.outlooks:
        assert found.measured(outlook.values) <= found.value + 1e-9 * abs(found.value)
        assert np.all(outlook.values <= outlook.bounds + 1e-6 * np.abs(outlook.bounds))
    assert found.bound < found.measured(found.best) * (1 - 1e-3)
    assert min(*found.evpi, *(found.vss() or (0.0,))) >= 0


def test_every_world_has_a_verified_plan_with_the_same_first_decisions(
    gambled: dict[Kind, Hedge],
) -> None:
    """Shared are deals, packages, openings, hires; each plan keeps the rules of its world and is
    worth what the outlook says."""
    found = gambled["expected"]
    hedged = found.hedge
    assert hedged is not None
    plans = [d for d in hedged.decisions if d is not None]
    for name in ("deal", "package", "start", "hires", "leaves"):
        np.testing.assert_array_equal(getattr(plans[0], name), getattr(plans[1], name))
    for world, plan, value in zip(found.worlds.members, plans, hedged.values, strict=True):
        check = verify(world.instance, plan, objective=float(value))
        assert check.ok, check.violations[:1]


def test_alike_worlds_have_the_plan_of_one() -> None:
    """Two copies of one world: the extensive form has its optimum, and half of its rows over first
    decisions are not said twice."""
    instance = gamble()
    worlds = Worlds(instance, (World("a", 0.5, instance), World("b", 0.5, instance)), "file")
    found = hedge(worlds, gap=1e-3, time_limit=60)
    alone = solve(instance, gap=1e-3, time_limit=60, threads=1)
    assert alone.objective is not None
    assert found.value == pytest.approx(alone.objective, rel=1e-3)
    part = hand_over(build(instance))
    twice = stacked([part, part], Odds(("a", "b"), np.full(2, 0.5), np.zeros(2)), Measure())
    first = sum(name.split("[")[0] in FIRST for name in part.matrix.column_names)
    assert twice.matrix.cost.size == 2 * part.matrix.cost.size - first
    assert twice.matrix.rows.shape[0] < 2 * part.matrix.rows.shape[0]


def test_first_decisions_that_ruin_a_world_are_told() -> None:
    """The deal is worth most where it is cheap and cannot be paid where it is dear: its outlook
    has no plan there, and the hedge leaves it."""
    offer = deal(5000.0, 500.0)
    instance = built(kol={"deals": {"star": offer}}, money={"budget": 1000.0})
    dear = changed(instance, [Change(at="kol.deals.star.fee", value=1500.0)])
    members = (World("cheap", 0.5, instance), World("dear", 0.5, dear))
    found = hedge(Worlds(instance, members, "file"), gap=EXACT, time_limit=60)
    cheap = next(o for o in found.outlooks if o.name == "cheap")
    assert cheap.values[0] == pytest.approx(10000.0, rel=1e-5)
    assert cheap.values[1] == -np.inf
    assert not signed(found)
    assert found.value == pytest.approx(NOTHING, rel=1e-5)


def test_a_world_without_a_plan_is_named() -> None:
    """Where one world cannot keep the rules at all, there is no hedge."""
    instance = built(money={"profit_floor": 1000.0})
    poor = changed(instance, [Change(at="snowball.segments.*.conversion", times=0.01)])
    members = (World("same", 0.5, instance), World("poor", 0.5, poor))
    found = hedge(Worlds(instance, members, "file"), time_limit=60)
    assert found.hedge is None
    assert "poor" in found.message


def test_without_the_plan_for_the_middle_there_is_no_vss() -> None:
    """What is not tried is not told."""
    found = hedge(two_worlds(), middle=False, gap=EXACT, time_limit=60)
    assert found.vss() is None
    assert [o.name for o in found.outlooks] == ["low", "high", HEDGE]


def test_a_stop_ends_it_at_once() -> None:
    """With the stop set there is no hedge, and it says so without an error."""
    stop = threading.Event()
    stop.set()
    found = hedge(worlds_of(four_levers(), "growth"), stop=stop)
    assert found.interrupted
    assert found.hedge is None
    assert found.bound == np.inf
    assert sum(found.seconds.values()) < 20


def test_wrong_options_are_refused() -> None:
    """Gap and time have a range."""
    with pytest.raises(ValueError, match="gap"):
        hedge(two_worlds(), gap=-1)
    with pytest.raises(ValueError, match="time_limit"):
        hedge(two_worlds(), time_limit=0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screen_page_and_record(gambled: dict[Kind, Hedge], lang: str) -> None:
    """All three tell value, worlds, what is decided now."""
    for found in gambled.values():
        console = Console(width=120)
        with console.capture() as shown:
            console.print(hedge_screen(found, lang))  # type: ignore[arg-type]
        assert "hard" in shown.get()
        assert 'id="chart-bars"' in hedge_page(found, lang)  # type: ignore[arg-type]
        told = json.loads(json.dumps(hedge_record(found)))
        assert told["outlooks"][-1]["name"] == HEDGE
        turned = -1 if found.measure.kind == "regret" else 1
        assert turned * told["bound"] >= turned * told["value"] - 1e-6


def test_regrets_are_told_as_regrets() -> None:
    """Signing may cost 400 in the low world, not signing 500 in the high one: JSON, terminal and
    page tell a largest regret of 400, that nothing stays below it, and 500 for not signing.
    """
    found = hedge(two_worlds(), Measure("regret"), gap=EXACT, time_limit=60)
    told = json.loads(json.dumps(hedge_record(found)))
    assert told["value"] == pytest.approx(-LOW, abs=0.1)
    assert told["bound"] == pytest.approx(-LOW, abs=0.1)
    assert told["bound"] <= told["value"]
    regrets = {outlook["name"]: outlook["measure"] for outlook in told["outlooks"]}
    assert regrets["low"] == pytest.approx(HIGH, abs=0.1)
    assert regrets["high"] == regrets[HEDGE] == pytest.approx(-LOW, abs=0.1)
    columns, rows = outlook_rows(found, "en")
    assert columns[-1] == "largest regret"
    assert {row[-1] for row in rows} == {"400", "500"}
    console = Console(width=200)
    with console.capture() as shown:
        console.print(hedge_screen(found))
    assert "largest regret is 400 at most" in shown.get()
    assert "largest regret is 400 at most" in hedge_page(found)


def test_a_regret_without_a_plan_or_a_bound_is_null() -> None:
    """Neither a world without a bound nor a hedge that was not found has a regret."""
    worlds, best = two_worlds(0.5), np.array([110.0, 120.0])
    none = Hedge(worlds, Measure("regret"), 0.1, (), -np.inf, np.inf, best, best - 5.0)
    assert [hedge_record(none)[key] for key in ("value", "bound")] == [None, None]
    open_one = replace(none, value=100.0, best=np.array([np.inf, 120.0]))
    assert hedge_record(open_one)["value"] is None


def test_the_command_hedges_and_keeps_the_plans(tmp_path: Path) -> None:
    """``hedge`` reads the scenarios of a file, prints JSON, writes page and plans."""
    tree = to_yaml(two_worlds().written) + (
        "scenarios:\n"
        "  flop: {probability: 0.5, changes: [{at: kol.deals.star.fee, times: 1.5}]}\n"
        "  same: {probability: 0.5}\n"
    )
    tree = tree.replace("scenarios: {}\n", "")
    path = tmp_path / "deal.yaml"
    path.write_text(tree, encoding="utf-8")
    page, out = tmp_path / "hedge.html", tmp_path / "plans"
    call = ["hedge", str(path), "--json", "--html", str(page), "--out", str(out), "--threads", "1"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert [w["name"] for w in told["worlds"]] == ["flop", "same"]
    assert page.exists()
    assert sorted(p.name for p in out.iterdir() if p.is_dir()) == ["tiny-flop", "tiny-same"]
    assert CliRunner().invoke(app, ["verify", str(out / "tiny-flop")]).exit_code == 0
    for name, bound in zip(("flop", "same"), told["bound_alone"], strict=True):
        plan = plan_file.read(out / f"tiny-{name}")
        assert (plan.status, plan.worlds) == ("feasible_hedge", 2)
        assert plan.bound == pytest.approx(bound)
        assert plan.gap is not None
        near = f"certified within {percent(plan.gap, 2)} of the best plan of this world alone"
        assert status_words(plan) == f"part of a hedge over 2 worlds; {near}"
    shown = CliRunner().invoke(app, ["show", str(out / "tiny-flop")])
    assert "part of a hedge over 2 worlds" in shown.stdout
    assert "time limit" not in shown.stdout


def test_a_plan_of_a_hedge_without_a_bound() -> None:
    """It says what it is, in both languages, and promises nothing of a best plan; only plans of a
    hedge have worlds, counted from 1."""
    instance = two_worlds().members[0].instance
    plan = Plan.of(instance, "feasible_hedge", status_quo(instance), np.inf, worlds=3)
    alone = "nothing is known about the best plan of this world alone"
    assert status_words(plan) == f"part of a hedge over 3 worlds; {alone}"
    assert "part of a hedge over 3 worlds" in verdict(plan, "en")
    assert "兼顾 3 种情形的方案之一" in verdict(plan, "zh")
    near = replace(plan, bound=plan.objective, gap=0.0)
    assert "与仅就本情形的最优相差不超过0.00%" in verdict(near, "zh")
    text = plan.to_json()
    assert plan_file.from_json(text).worlds == 3
    for wrong in ("0", "true", "null", '"3"'):
        with pytest.raises(InputError, match="worlds"):
            plan_file.from_json(text.replace('"worlds": 3', f'"worlds": {wrong}'))
    with pytest.raises(ValueError, match="part of a hedge"):
        Plan.of(instance, "feasible_limit", status_quo(instance), np.inf, worlds=3)


def test_vss_is_told_from_what_is_proved_to_what_plans_tell() -> None:
    """The other plan's first decisions bring 80 or 90 as far as plans tell and at most 95 or 99;
    a hedge of 100 is worth 3 more for sure, and 15 as far as plans tell.
    """
    worlds = two_worlds(0.5)
    other = Outlook(EXPECTED, np.array([80.0, 90.0]), np.array([95.0, 99.0]), (None, None))
    best = np.array([110.0, 120.0])
    found = Hedge(worlds, Measure(), 0.1, (other,), 100.0, 104.0, best, best - 5.0)
    assert found.vss() == pytest.approx((3.0, 15.0))
    assert found.evpi == pytest.approx((10.0, 15.0))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            (
                "The hedge's expected cost is 100, certified within 4.00 % of the best: no first"
                " decisions can cost less than 96.",
                "it saves 15 (proved: 3).",
                "would save 10 more as far as plans tell, 15 at most.",
            ),
        ),
        (
            "zh",
            (
                "兼顾方案的期望投入为 100，已证明与最优相差不超过 4.00%：",
                "任何先期决策都不会低于 96。",
                "节省 15（已证明：3）。",
                "按已有方案可再节省 10，至多 15。",
            ),
        ),
    ],
)
def test_costs_are_told_as_costs(lang: Lang, said: tuple[str, ...]) -> None:
    """With least cost as the goal the bound is what no first decisions can go below, and nothing
    is said to bring more."""
    worlds = two_worlds(0.5)
    goal = worlds.written.objective.model_copy(update={"goal": "cost", "target": 10.0})
    worlds = replace(worlds, written=worlds.written.model_copy(update={"objective": goal}))
    other = Outlook(EXPECTED, np.array([-120.0, -110.0]), np.array([-105.0, -101.0]), (None, None))
    mine = Outlook(HEDGE, np.array([-100.0, -100.0]), np.array([-96.0, -96.0]), (None, None))
    best = np.array([-90.0, -80.0])
    found = Hedge(worlds, Measure(), 0.1, (other, mine), -100.0, -96.0, best, best - 5.0)
    text = " ".join(sentences(found, lang))
    for words in said:
        assert words in text
    assert "bring" not in text
    heading = {"en": "What first decisions cost in each world", "zh": "各情形下先期决策的投入"}
    assert heading[lang] in hedge_page(found, lang)


def dated_hedge(*sessions: int) -> Hedge:
    """Outlooks that sign the deal for the given periods and bring the same."""
    worlds = two_worlds(0.5, first=1, last=5)
    outlooks = []
    for name, t in zip(("low", "high", HEDGE), sessions, strict=True):
        made = status_quo(worlds.members[0].instance)
        made.deal[0, t] = 1
        values = np.array([100.0, 100.0])
        outlooks.append(Outlook(name, values, values, (made, made)))
    best = np.array([100.0, 100.0])
    return Hedge(worlds, Measure(), 0.1, tuple(outlooks), 100.0, 100.0, best, best)


@pytest.mark.parametrize(("lang", "cell"), [("en", "1 (W{:02d})"), ("zh", "1（W{:02d}）")])
def test_first_decisions_that_differ_in_dates_look_different(lang: Lang, cell: str) -> None:
    """A session of the second period beside two of the fourth: each plan tells its week on screen
    and page, and those that agree stand once."""
    found = dated_hedge(1, 3, 3)
    calendar = found.worlds.written.calendar
    first, last = (calendar.first_day(t).isocalendar().week for t in (1, 3))
    columns, rows = decision_rows(found, lang)
    assert len(columns) == 3
    (row,) = rows
    assert row[1:] == [cell.format(first), cell.format(last)]
    console = Console(width=120)
    with console.capture() as shown:
        console.print(hedge_screen(found, lang))
    page = hedge_page(found, lang)
    for text in row[1:]:
        assert text in shown.get()
        assert text in page


def test_first_decisions_have_their_weeks_in_json() -> None:
    """The week of the session beside its amount; none where nothing is signed."""
    found = dated_hedge(1, 3, 3)
    calendar = found.worlds.written.calendar
    weeks = []
    for outlook in hedge_record(found)["outlooks"]:
        (told,) = outlook["first_decisions"]
        assert (told["kind"], told["name"], told["amount"]) == ("deal", "star", 1)
        assert told["amounts"] == [1.0]
        weeks.append(told["weeks"])
    assert weeks == [[week_of(calendar, t)] for t in (1, 3, 3)]
    world = found.worlds.members[0].instance
    assert decided(world, status_quo(world)) == {("deal", "star"): {}}


def test_dates_of_every_first_decision() -> None:
    """Of the small merchant's plan: opening and hire in the week they are decided, the package in
    its last week to sign up, the session; and in words with their amounts."""
    plan = small_plan()
    assert plan.decisions is not None
    taken = {key: dates for key, dates in decided(plan.instance, plan.decisions).items() if dates}
    assert taken == {
        ("open", "second"): {0: 1.0},
        ("package", "spring.full"): {3: 1.0},
        ("deal", "star"): {4: 1.0},
        ("hires", "host"): {1: 1.0},
    }
    calendar = plan.instance.calendar
    assert dates_words({}, calendar, "en") == "0"
    assert dates_words({1: 2.0}, calendar, "en") == "2 (W02)"
    assert dates_words({1: 2.0, 4: 1.0}, calendar, "en") == "3 (2 × W02, W05)"
    assert dates_words({1: 2.0, 4: 1.0}, calendar, "zh") == "3（2 × W02、W05）"
    two_years = calendar.model_copy(update={"periods": 60})
    assert dates_words({1: 1.0, 54: 1.0}, two_years, "en") == "2 (2026-W02, 2027-W02)"
    daily = calendar.model_copy(update={"days": 1})
    assert dates_words({1: 1.0}, daily, "en") == f"1 ({daily.first_day(1).isoformat()})"


def test_worlds_and_decisions_go_by_their_labels() -> None:
    """Screen and page show labels of scenarios, deals and campaigns; JSON keeps the ids."""
    label = "star <of> [bold]the year[/]"
    instance = two_worlds(first=1, last=5).written
    assert instance.kol is not None
    star = instance.kol.deals["star"].model_copy(update={"label": label})
    kol = instance.kol.model_copy(update={"deals": {"star": star}})
    slow = Scenario(label="growth [b]slower[/] than believed", probability=0.4)
    scenarios = {"low": slow, "high": Scenario(probability=0.6)}
    instance = instance.model_copy(update={"kol": kol, "scenarios": scenarios})
    found = dated_hedge(1, 3, 3)
    found = replace(found, worlds=worlds_of(instance))
    columns, rows = outlook_rows(found, "en")
    assert columns[1:3] == ["growth [b]slower[/] than believed (40 %)", "high (60 %)"]
    assert rows[0][0] == "the plan for growth [b]slower[/] than believed"
    assert decision_rows(found, "zh")[1][0][0] == f"签约{label}"
    assert list(bars(found, "en").data[0].x) == ["growth [b]slower[/] than believed", "high"]
    console = Console(width=200)
    with console.capture() as seen:
        console.print(hedge_screen(found))
    assert f"sign {label}" in seen.get()
    assert "the plan for growth [b]slower[/] than believed" in " ".join(seen.get().split())
    told = hedge_record(found)
    assert [w["name"] for w in told["worlds"]] == ["low", "high"]
    assert told["outlooks"][0]["first_decisions"][0]["name"] == "star"


def test_labels_that_several_worlds_have_keep_the_names_apart() -> None:
    """A label of two worlds, or one that is another world's name, stands with the name."""
    instance = two_worlds().written
    labels = {"a": "slow", "b": "slow", "c": "d", "d": "", "e": "fast"}
    members = tuple(World(name, 0.2, instance, label) for name, label in labels.items())
    found = called(Worlds(instance, members, "file"))
    assert list(found.values()) == ["slow (a)", "slow (b)", "d (c)", "d", "fast"]


def test_decisions_of_every_kind_have_their_labels() -> None:
    """Rooms, boosts, tiers, campaigns and deals by label, ids where there is none."""
    named = {
        ("hours", "main"): "=main & [bold]room[/]",
        ("open", "second"): "second",
        ("boost", "feed"): "千川",
        ("samples", "tail"): "尾部达人",
        ("offer", "tail.raised"): "尾部达人: raised",
        ("package", "spring.light"): "38好物节: light",
        ("deal", "star"): "star, the first",
        ("hires", "host"): "host",
        ("discount", "low"): "low",
    }
    instance = small()
    assert {key: labelled(key, instance) for key in named} == named
