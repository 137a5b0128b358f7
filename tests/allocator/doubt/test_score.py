"""Plans scored in many worlds."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from allocator import plan_file
from allocator.cli import app
from allocator.doubt.draws import drawn, spread
from allocator.doubt.firm import Firmness, chosen_worlds, firmness, first_decisions, settling
from allocator.doubt.page import score_page
from allocator.doubt.record import score_record
from allocator.doubt.score import FANS, Score, _lacking, quantile, score
from allocator.doubt.screen import quantile_table, score_screen
from allocator.doubt.words import sentences, settled_words, source_words, span_words, state_words
from allocator.doubt.worlds import (
    World,
    Worlds,
    WorldsError,
    mean_world,
    with_outcome,
    worlds_of,
)
from allocator.faults import InputError
from allocator.labels import LANGS, Lang
from allocator.plan import Plan
from allocator.runs_doubt import few
from allocator.scales import short
from fact_models.overriding import validated
from fact_models.replay import facts, replay, status_quo
from fact_models.spec.instance import Instance
from tests.allocator.replan.test_advance import advanced
from tests.allocator.small_plan import later_plan, small_plan
from tests.allocator.tiny import four_levers
from tests.models.worlds import full_tree, full_world


def planned(instance: Instance) -> Plan:
    """Going on as today, as a plan without a bound."""
    return Plan.of(instance, "feasible_limit", status_quo(instance), float("inf"))


def test_a_score_is_the_replay_of_every_world() -> None:
    """GMV, contribution and the fan come from each world's own replay."""
    plan = planned(four_levers())
    worlds = spread(plan.instance, 0.2, 9, seed=3)
    found = score(plan, worlds)
    assert plan.decisions is not None
    for n, world in enumerate(worlds.members):
        alone = replay(world.instance, plan.decisions, accept="controlled")
        weekly = np.sum(list(alone.gmv.values()), axis=0)
        np.testing.assert_allclose(found.over_time["gmv"][n], np.cumsum(weekly), rtol=1e-9)
        assert found.contribution[n] == pytest.approx(float(alone.contribution.sum()))


def test_the_world_as_written_brings_what_the_plan_brings() -> None:
    """A certain world misses nothing."""
    plan = planned(full_world())
    worlds = Worlds(plan.instance, (World("as written", 1.0, plan.instance),), "file")
    found = score(plan, worlds, target=0.0)
    chances = (found.misses_target, found.misses_floor, found.misses_budget, found.misses_hours)
    assert {c for c in chances if c is not None} == {0.0}
    assert found.gmv[0] == pytest.approx(found.written["gmv"])


def test_what_the_replay_itself_loses_is_missed_nowhere() -> None:
    """A plan that keeps its profit floor and its GMV in another order of orders than this replay
    takes: a world like the file misses neither, a target that somebody names is taken as it is.
    """
    sold = planned(full_world())
    assert sold.gmv is not None
    assert sold.contribution is not None
    instance = full_world(money={"profit_floor": sold.contribution + 10})
    plan = replace(planned(instance), gmv=sold.gmv * 1.001)
    worlds = Worlds(instance, (World("as written", 1.0, instance),), "file")
    found = score(plan, worlds)
    assert found.misses_profit == 0.0
    assert found.misses_target == 0.0
    assert found.target == pytest.approx(found.written["gmv"])
    assert score(plan, worlds, target=sold.gmv * 1.001).misses_target == 1.0


PAST = {"field": 4000.0, "team": 3000.0, "gmv": 30000.0, "contribution": -90000.0}
"""What earlier weeks spent and brought."""


def of_the_rest(past: dict[str, float], **goal: Any) -> tuple[Score, Score]:
    """A plan scored whose limits are met in some worlds: of its own weeks, and with what earlier
    weeks took and brought counted in the file and in its limits."""
    spend = sum(past[key] for key in ("field", "team"))
    tree = full_tree()
    base = score(planned(full_world()), spread(full_world(), 0.2, 9, seed=3))
    assert base.plan.replay is not None
    spent = sum(float(x.sum()) for x in base.plan.replay.spend.values())
    earned, sold = 0.99 * base.written["contribution"], 0.99 * base.written["gmv"]
    found = []
    for before in (dict.fromkeys(past, 0.0), past):
        counted = spend if before is past else 0.0
        tree["money"] |= {
            "past": before,
            "budget": 1.001 * spent + counted,
            "profit_floor": earned + before["contribution"],
        }
        if goal:
            tree["objective"] = {**goal, "terminal": False, "target": sold + before["gmv"]}
        instance = validated(tree)
        worlds = spread(instance, 0.2, 9, seed=3)
        found.append(score(planned(instance), worlds))
    return found[0], found[1]


def test_limits_of_the_whole_horizon_count_earlier_weeks() -> None:
    """Budget, contribution floor and the target of a goal cost are missed as often as what earlier
    weeks left of them would be."""
    bare, later = of_the_rest(PAST, goal="cost")
    assert bare.misses_budget == later.misses_budget
    assert bare.misses_profit == later.misses_profit
    assert bare.target == pytest.approx(later.target)
    assert bare.misses_target == later.misses_target
    assert 0 < (later.misses_budget or 0) < 1
    assert 0 < (later.misses_profit or 0) < 1
    assert 0 < later.misses_target < 1


def test_a_target_that_earlier_weeks_reached_is_missed_nowhere() -> None:
    """Nothing is left to reach."""
    tree = full_tree(objective={"goal": "cost", "terminal": False, "target": 20000.0})
    tree["money"]["past"] = PAST
    plan = planned(validated(tree))
    found = score(plan, spread(plan.instance, 0.2, 4))
    assert (found.target, found.misses_target) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("lang", "budget", "target"),
    [
        ("en", "(with 7.00 k before the plan)", "(besides 30.0 k before the plan)"),
        ("zh", "（含此前 7,000）", "（不含此前 3.00万）"),
    ],
)
def test_limits_tell_what_came_before(lang: Lang, budget: str, target: str) -> None:
    """A budget of the whole horizon says what is gone of it, a target of the plan's own weeks what
    it leaves out; without earlier weeks neither is said."""
    bare, later = of_the_rest(PAST)
    told = sentences(later, lang)[0]
    assert budget in told
    assert target in told
    assert ("before" if lang == "en" else "此前") not in sentences(bare, lang)[0]


def test_chances_weigh_the_worlds() -> None:
    """GMV falls with conversion, so a target between two worlds is missed with the chance of the
    lower ones."""
    tree = full_tree(
        scenarios={
            "poor": {
                "probability": 0.2,
                "changes": [{"at": "snowball.segments.*.conversion", "times": 0.5}],
            },
            "same": {"probability": 0.8},
        }
    )
    plan = planned(validated(tree))
    worlds = worlds_of(plan.instance)
    poor, same = score(plan, worlds).gmv
    assert poor < same
    assert score(plan, worlds, target=(poor + same) / 2).misses_target == pytest.approx(0.2)
    assert score(plan, worlds, target=2 * same).misses_target == pytest.approx(1.0)


def test_quantiles_by_hand() -> None:
    """Of 1, 2, 3 with chances 0.2, 0.5, 0.3 the median is 2, the 75th percentile 3."""
    values, weight = np.array([3.0, 1.0, 2.0]), np.array([0.3, 0.2, 0.5])
    found = [float(quantile(values, weight, at)) for at in (0.05, 0.2, 0.5, 0.7, 0.75, 0.95)]
    assert found == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]


def test_growth_and_deals_make_trees() -> None:
    """Chances sum to 1, the middle of the growth tree is the file itself, outcomes are sure."""
    instance = full_world()
    growth, kol = worlds_of(instance, "growth"), worlds_of(instance, "kol")
    assert growth.probability.sum() == pytest.approx(1)
    assert growth.members[1].instance == growth.written
    assert growth.assumed
    assert not kol.assumed
    assert instance.kol is not None
    for world in kol.members:
        assert world.instance.kol is not None
        for k, deal in world.instance.kol.deals.items():
            assert deal.gmv.p10 == deal.gmv.p90 == getattr(instance.kol.deals[k].gmv, world.name)
    with pytest.raises(WorldsError, match="no scenarios"):
        worlds_of(instance, "file")


def test_a_sure_outcome_brings_its_share_of_everything() -> None:
    """At an outcome the deal's inflow and awareness are its GMV's share of the mean's."""
    instance = full_world()
    assert instance.kol is not None
    sure = with_outcome(instance, "p10")
    assert sure.kol is not None
    for k, deal in instance.kol.deals.items():
        ratio = deal.gmv.p10 / deal.gmv.mean()
        for s, visits in deal.own_visits.items():
            assert sure.kol.deals[k].own_visits[s] == pytest.approx(ratio * visits)


def test_the_mean_of_the_deals_tree_is_the_mean_deal() -> None:
    """Figures that differ are averaged by their chances."""
    instance = full_world()
    middle = mean_world(worlds_of(instance, "kol"))
    assert instance.kol is not None
    assert middle.kol is not None
    for k, deal in instance.kol.deals.items():
        assert middle.kol.deals[k].gmv.p50 == pytest.approx(deal.gmv.mean())
    assert middle.goods == instance.goods


def test_draws_come_from_a_table(tmp_path: Path) -> None:
    """A column per place; columns without a dot are left out; many rows are thinned evenly."""
    instance = four_levers()
    path = tmp_path / "draws.csv"
    at = "snowball.segments.young.conversion"
    pd.DataFrame({"chain": range(5), at: [0.01, 0.02, 0.03, 0.04, 0.05]}).to_csv(path, index=False)
    worlds = drawn(instance, path, most=3)
    rates = [w.instance.snowball.segments["young"].conversion for w in worlds.members]
    assert rates == [0.01, 0.03, 0.05]
    assert worlds.figures == (at,)
    assert worlds.probability.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("chain\n1\n", "holds no draws"),
        ("snowball.segments.old.conversion\n0.1\n", "no figure stands there"),
        (
            "snowball.segments.young.conversion\n0.1\n1.5\n",
            ":3: snowball.segments.young.conversion = 1.5: draw 2",
        ),
        ("snowball.segments.young.conversion\n0.1\nmuch\n", ':3: .* = "much": .* finite number'),
        ("snowball.segments.young.conversion\nTrue\n", '"True": must be a finite number'),
        ("snowball.segments.young.conversion\n0.0_2\n", ":2: .* finite number"),
        ("snowball.segments.young.conversion\n1e-400\n", "too small"),
        (f"snowball.segments.young.conversion\n1{'0' * 400}\n", "at most 400 digits"),
        ("snowball.segments.young.conversion\n0.1,0.2\n", ":2: has 2 cells, the heading has 1"),
        (
            "snowball.segments.*.conversion,snowball.segments.young.conversion\n0.1,0.2\n",
            r":1: .* names the same figure as .*\*",
        ),
        ("\n\na.b\n1\n", r":3: a\.b: no figure stands there"),
        ("a.\x1b[31m\n1\n", r"U\+001B"),
        ('"a.\nb"\n1\n', r':1: "a\.\\nb": no figure stands there'),
    ],
)
def test_draws_that_cannot_be_used_are_refused(tmp_path: Path, table: str, rule: str) -> None:
    """No figures, an unknown place, a value out of bounds, what is no number, two columns of one
    figure, rows wider than the heading.
    """
    path = tmp_path / "draws.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(InputError, match=rule):
        drawn(four_levers(), path)


@pytest.mark.parametrize("name", ["draws.parquet", "draws.pq"])
def test_both_names_of_parquet_are_read_as_parquet(name: str, tmp_path: Path) -> None:
    """A file of such a name is read with pyarrow, or its lack is told."""
    path = tmp_path / name
    path.write_bytes(b"no parquet")
    with pytest.raises(InputError, match=r"is no parquet file|parquet needs pyarrow"):
        drawn(four_levers(), path)


def test_a_spread_has_mean_one_and_moves_its_groups_together() -> None:
    """Factors are log-normal with mean 1 and the asked deviation."""
    worlds = spread(four_levers(), 0.2, 400)
    assert worlds.values is not None
    assert worlds.figures == ("feedback", "conversion", "creators", "boosts")
    np.testing.assert_allclose(worlds.values.mean(axis=0), 1.0, atol=0.04)
    np.testing.assert_allclose(worlds.values.std(axis=0), 0.2, atol=0.04)
    first = worlds.members[0].instance.snowball.segments["young"]
    assert first.traffic_per_order == pytest.approx(2.0 * worlds.values[0, 0])
    assert first.conversion == pytest.approx(0.05 * worlds.values[0, 1])


@pytest.mark.parametrize(
    "curve",
    [
        {"kind": "linear", "rate": 2.0},
        {"kind": "power", "scale": 30.0, "exponent": 0.6},
        {"kind": "adbudg", "low": 0.0, "high": 900.0, "half": 80.0, "slope": 0.9},
        {"kind": "piecewise", "x": [0.0, 100.0, 300.0], "y": [0.0, 200.0, 300.0]},
    ],
)
def test_boosts_of_every_curve_vary_with_a_spread(curve: dict[str, object]) -> None:
    """Whatever its curve, a boost brings the drawn factor times the visits at any spend."""
    tree = four_levers().model_dump(by_alias=True)
    name = next(iter(tree["field"]["boosts"]))
    tree["field"]["boosts"][name]["curve"] = curve
    worlds = spread(validated(tree), 0.2, 5)
    assert worlds.values is not None
    factor = worlds.values[:, worlds.figures.index("boosts")]
    assert worlds.written.field is not None
    before = worlds.written.field.boosts[name].curve
    for world, times in zip(worlds.members, factor, strict=True):
        assert world.instance.field is not None
        now = world.instance.field.boosts[name].curve
        for spend in (10.0, 150.0):
            assert now.value(spend) == pytest.approx(times * before.value(spend))


def test_a_spread_is_told_in_the_readers_language() -> None:
    """What varies, and what settles an open decision, are groups in words, not keys."""
    worlds = spread(four_levers(), 0.2, 2)
    english, chinese = (source_words(worlds, lang) for lang in LANGS)
    assert "traffic feedback, conversion, creators' conversion, boosts each vary" in english
    assert "流量反馈、转化率、达人转化率、投流效果 各乘以" in chinese
    told = Firmness("hours", "main", 30.0, 0.5, 10.0, 30.0, 0.5, (30.0, 30.0), 4, "feedback")
    assert [settled_words(told, lang) for lang in LANGS] == ["traffic feedback", "流量反馈"]
    place = replace(told, settles="field.boosts.feed.curve.scale")
    assert settled_words(place, "zh") == "field.boosts.feed.curve.scale"


def test_decisions_that_all_plans_share_are_firm() -> None:
    """With the plan itself as every world's plan all is firm; a deal that one of two worlds of
    equal chance does not sign is open."""
    instance = four_levers()
    plan = planned(instance)
    assert plan.decisions is not None
    signing = plan.decisions.copy()
    signing.deal[1, 0] = 1
    other = Plan.of(instance, "feasible_limit", signing, float("inf"))
    worlds = worlds_of(instance, "growth")
    two = [World(w.name, 0.5, w.instance) for w in worlds.members[:2]]
    same = firmness(plan, worlds, [(w, plan) for w in two])
    assert same
    assert all(told.firm for told in same)
    mixed = firmness(plan, worlds, [(two[0], plan), (two[1], other)])
    (open_one,) = [told for told in mixed if not told.firm]
    assert (open_one.kind, open_one.name, open_one.share) == ("deal", "rising", 0.5)
    assert first_decisions(instance, signing)["deal", "rising"] == 1


def test_what_was_signed_before_is_no_first_decision() -> None:
    """Four weeks on the deal is signed and the package joined: neither is firm or open, and what
    can still be signed is."""
    whole = small_plan()
    assert whole.decisions is not None
    first = first_decisions(whole.instance, whole.decisions)
    assert first["deal", "star"] == first["package", "spring.full"] == 1
    later = later_plan(4)
    assert later.decisions is not None
    left = first_decisions(later.instance, later.decisions)
    assert not {("deal", "star"), ("package", "spring.full")} & left.keys()
    assert ("deal", "moon") in left


def test_offers_of_a_contract_under_way_are_no_first_decision() -> None:
    """A week after signing for three, the offer that can be decided is that of the next contract,
    two weeks on; where that begins after the first periods there is none."""
    later, rest, _ = advanced(1)
    changed = rest.copy()
    changed.offer[:2, 2:] = 1 - rest.offer[:2, :1]
    found = {key: x for key, x in first_decisions(later, changed).items() if key[0] == "offer"}
    assert list(found.values())[:2] == changed.offer[:2, 2].tolist()
    assert not {key for key in first_decisions(later, changed, 2) if key[0] == "offer"}


def moved(plan: Plan, hours: float, spend: float) -> Plan:
    """The plan with other hours and other spend in every period."""
    assert plan.decisions is not None
    other = plan.decisions.copy()
    other.hours[:] *= hours
    other.boost_spend[:] *= spend
    return Plan.of(plan.instance, "feasible_limit", other, float("inf"))


def test_plans_that_agree_with_each_other_and_not_with_the_plan() -> None:
    """All other plans halve the hours: firm, but elsewhere, and in words what to change to."""
    plan = planned(four_levers())
    worlds = worlds_of(plan.instance, "growth")
    half = moved(plan, 0.5, 1.0)
    told = firmness(plan, worlds, [(world, half) for world in worlds.members])
    by_kind = {one.kind: one for one in told}
    hours = by_kind["hours"]
    assert (hours.state, hours.firm, hours.share, hours.among) == ("elsewhere", False, 0.0, 1.0)
    assert hours.group == pytest.approx((hours.planned / 2, hours.planned / 2))
    assert by_kind["boost"].state == "firm"
    assert told[-1] is hours
    amount = span_words(*hours.group, "en")
    assert state_words(hours, "en") == f"firm, but elsewhere: change to {amount}"
    assert "改为" in state_words(hours, "zh")
    assert settled_words(hours, "en") == ""


def test_slack_is_the_decisions_own() -> None:
    """13 hours in a small room are not 8, however many hours the large room has."""
    tree = four_levers().model_dump()
    rooms = tree["field"]["accounts"]
    name, room = next(iter(rooms.items()))
    room["share"] = 0.5
    rooms["large"] = {**room, "current_hours": 160.0, "hours_max": 160.0}
    plan = planned(validated(tree))
    assert plan.decisions is not None
    small = plan.decisions.copy()
    small.hours[0] *= 8 / 13
    other = Plan.of(plan.instance, "feasible_limit", small, float("inf"))
    worlds = worlds_of(plan.instance, "growth")
    told = firmness(plan, worlds, [(worlds.members[0], other)])
    state = {one.name: one.state for one in told if one.kind == "hours"}
    assert state == {name: "elsewhere", "large": "firm"}


def test_a_figure_settles_only_beyond_chance() -> None:
    """Of 21 figures that have nothing to do with five amounts one goes closely by chance: none is
    named. Eight amounts that follow one of them name it, of either sign.
    """
    rng = np.random.default_rng(4)
    for _ in range(20):
        assert settling(rng.normal(size=(5, 21)), rng.normal(size=5)) is None
    values = rng.normal(size=(8, 21))
    assert settling(values, -np.exp(values[:, 7])) == 7
    assert settling(values[:, :1], np.ones(8)) is None


def test_chance_is_kept_to_its_level() -> None:
    """Of decisions that no figure has to do with at most about 5 % name one."""
    rng = np.random.default_rng(5)
    named = [settling(rng.normal(size=(6, 10)), rng.normal(size=6)) for _ in range(200)]
    assert sum(one is not None for one in named) <= 0.09 * 200


def test_few_worlds_stand_for_many() -> None:
    """Middles of groups of equal probability along a figure."""
    worlds = spread(four_levers(), 0.2, 9)
    order = np.arange(9.0)[::-1]
    chosen = chosen_worlds(worlds, order, 3)
    assert [w.name for w in chosen] == ["draw 8", "draw 5", "draw 2"]
    assert sum(w.probability for w in chosen) == pytest.approx(1)


def chances(*probability: float) -> Worlds:
    """Worlds named by their place, with these chances."""
    instance = four_levers()
    members = tuple(World(str(n), p, instance) for n, p in enumerate(probability))
    return Worlds(instance, members, "file")


def test_groups_of_worlds_carry_their_chance() -> None:
    """Six scenarios in three groups: the cut goes by chance, not by number, and each group has
    the sum of its own. One world that holds nearly all stands alone.
    """
    six = chances(0.05, 0.10, 0.15, 0.4, 0.2, 0.1)
    chosen = chosen_worlds(six, np.arange(6.0), 3)
    assert [w.name for w in chosen] == ["2", "3", "4"]
    assert [w.probability for w in chosen] == pytest.approx([0.3, 0.4, 0.3])
    lone = chosen_worlds(chances(0.94, 0.02, 0.02, 0.02), np.arange(4.0), 3)
    assert [w.name for w in lone] == ["0", "2"]
    assert [w.probability for w in lone] == pytest.approx([0.94, 0.06])


def test_named_worlds_are_all_kept() -> None:
    """A hedge parts draws only: every scenario of a file keeps its chance."""
    six = chances(0.05, 0.10, 0.15, 0.4, 0.2, 0.1)
    assert few(six, 5) is six
    thinned = few(spread(four_levers(), 0.2, 9), 3)
    assert len(thinned.members) == 3
    assert thinned.probability.sum() == pytest.approx(1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_screen_and_page_say_the_chances(lang: str) -> None:
    """Both show the figures in either language, and the page has a chart for every fan."""
    plan = planned(four_levers())
    found = score(plan, spread(plan.instance, 0.2, 20))
    firm = firmness(plan, found.worlds, [(found.worlds.members[0], plan)])
    console = Console(width=100)
    with console.capture() as shown:
        console.print(score_screen(found, firm, 1, 100, lang))  # type: ignore[arg-type]
    text = shown.get()
    html = score_page(found, firm, 1, lang)  # type: ignore[arg-type]
    assert ("chance of missing" if lang == "en" else "未达概率") in text
    for name in FANS:
        assert (f'id="chart-{name}"' in html) == (name in found.over_time)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            (
                "chance of missing the GMV target",
                "chance of missing the cash floor",
                "chance of missing the contribution floor",
                "chance of overspending the budget",
                "chance of too few staff hours",
            ),
        ),
        (
            "zh",
            (
                "GMV目标 [^；]*：未达概率",
                "现金底线 [^；]*：未达概率",
                "贡献毛利下限 [^；]*：未达概率",
                "预算 [^；]*：超支概率",
                "承接订单：工时不足概率",
            ),
        ),
    ],
)
def test_each_limit_has_a_chance_of_its_own(lang: Lang, words: tuple[str, ...]) -> None:
    """Targets and floors are missed, a budget is overspent, and of hours there are too few."""
    instance = full_world(money={"budget": 1e6, "profit_floor": 0.0})
    told = sentences(score(planned(instance), spread(instance, 0.2, 4)), lang)[0]
    parts = told.split("；" if lang == "zh" else ", ")
    for part, pattern in zip(parts, words, strict=True):
        assert re.search(pattern, part)


def cells_of(found: Score, lang: Lang) -> tuple[list[list[str]], list[list[str]]]:
    """The table of quantiles on the terminal, and in the page, by row."""
    table = quantile_table(found, lang)
    columns = [list(column.cells) for column in table.columns]
    shown = [[str(cell) for cell in row] for row in zip(*columns, strict=True)]
    html = score_page(found, [], 0, lang).split('id="table"')[1].split("</section>")[0]
    lines = re.findall(r"<tr>(<td>.*?)</tr>", html)
    return shown, [re.findall(r"<td>(.*?)</td>", line) for line in lines]


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_is_told_as_written(lang: Lang) -> None:
    """No cell of the table is empty: net GMV and lowest cash as written are there too."""
    plan = planned(full_world(money={"cash": {"opening": 12000.0}}))
    found = score(plan, spread(plan.instance, 0.2, 4))
    shown, paged = cells_of(found, lang)
    assert len(shown) == 5
    assert shown == paged
    assert all(cell for row in shown for cell in row)
    assert plan.replay is not None
    told = dict(
        zip(("gmv", "net_gmv", "contribution", "cash"), (r[-1] for r in shown), strict=False)
    )
    assert told["net_gmv"] == short(float(plan.replay.net_gmv.sum()), lang)
    assert told["cash"] == short(found.written["lowest"], lang)
    assert score_record(found, [], 0)["as_written"]["net_gmv"] == found.written["net_gmv"]


def chosen(worse: float) -> Plan:
    """Going on as today, but less is sold than could be: ``worse`` of it."""
    plan = planned(full_world())
    assert plan.decisions is not None
    fewer = plan.decisions.copy()
    for flow in (fewer.base_orders, fewer.line_orders, fewer.shelf_orders, fewer.repeat_orders):
        flow *= worse
    return Plan.of(plan.instance, "feasible_limit", fewer, float("inf"))


@pytest.mark.parametrize(
    ("lang", "more", "less", "same"),
    [
        (
            "en",
            r"GMV .* more, contribution",
            "GMV 400 (40.0 %) less",
            "what the plan itself brings",
        ),
        ("zh", r"支付GMV高 .*，贡献毛利", "支付GMV低 400（40.0%）", "与方案本身相差不到千分之一"),
    ],
)
def test_as_written_is_told_apart_from_the_plan(
    lang: Lang, more: str, less: str, same: str
) -> None:
    """The last column is the plan's own, and a sentence says how far the replay as written lies
    from it; a plan that takes all that comes is what its replay is."""
    plan = chosen(0.9)
    found = score(plan, spread(plan.instance, 0.2, 4))
    assert plan.gmv is not None
    assert found.planned["gmv"] == pytest.approx(plan.gmv)
    assert found.planned["contribution"] == pytest.approx(plan.contribution)
    assert found.planned["objective"] == pytest.approx(plan.objective)
    assert found.written["gmv"] > plan.gmv
    shown, _ = cells_of(found, lang)
    assert shown[0][-1] == short(plan.gmv, lang)
    assert shown[-1][-1] == short(plan.objective, lang)
    assert re.search(more, sentences(found, lang)[-1])
    own = {**found.planned, "gmv": 1000.0}
    assert less in sentences(replace(found, planned=own, written={**own, "gmv": 600.0}), lang)[-1]
    assert same in sentences(score(planned(full_world()), found.worlds), lang)[-1]
    told = score_record(found, [], 0)
    assert (told["as_planned"], told["as_written"]) == (found.planned, found.written)


def test_it_is_told_what_a_target_counts() -> None:
    """Nobody's target is what the replay reaches as written; one that is named between that and
    the plan's own is missed too often; one beyond the plan's own, or below both, is what it is."""
    plan = planned(full_world())
    found = score(plan, spread(plan.instance, 0.2, 4))
    reached = found.written["gmv"]
    short_of = replace(found, planned={**found.planned, "gmv": 1.1 * reached})

    def last(times: float, named: bool) -> str:
        return sentences(replace(short_of, target=times * reached, named=named), "en")[-1]

    assert not found.named
    assert score(plan, found.worlds, target=1.0).named
    assert last(1.0, False).endswith("so that what it loses counts as no miss.")
    assert last(1.05, True).endswith("the chance of missing it is too high.")
    for times in (0.9, 1.2):
        assert "target" not in last(times, True)
    assert "target" not in sentences(found, "en")[-1]


def test_the_table_of_a_score_is_whole_on_a_narrow_terminal() -> None:
    """At 80 columns no figure is cut."""
    plan = planned(full_world())
    found = score(plan, spread(plan.instance, 0.2, 4))
    console = Console(width=80)
    with console.capture() as text:
        console.print(quantile_table(found, "en"))
    assert "…" not in text.get()
    for row in cells_of(found, "en")[0]:
        line = next(x for x in text.get().splitlines() if x.startswith(row[0]))
        assert "".join(line.split()) == "".join("".join(row).split())


def test_the_command_scores_a_plan(tmp_path: Path) -> None:
    """``score`` prints one JSON object; two sources of worlds at once are refused."""
    plan = planned(four_levers())
    folder = plan_file.write(tmp_path, plan)
    called = CliRunner().invoke(
        app, ["score", str(folder), "--spread", "0.1", "--count", "12", "--json"]
    )
    assert called.exit_code == 0, called.output
    told = json.loads(called.stdout)
    assert told["worlds"] == 12
    assert told["assumed"]
    assert len(told["over_time"]["gmv"]) == 5
    twice = ["score", str(folder), "--spread", "0.1", "--scenarios", "kol"]
    assert CliRunner().invoke(app, twice).exit_code == 2
    none = CliRunner().invoke(app, ["score", str(folder), "--scenarios", "file"])
    assert none.exit_code == 2


@pytest.mark.parametrize("lang", LANGS)
def test_plans_asked_for_and_too_far_from_their_best_are_told(lang: Lang) -> None:
    """Who gave --replan is not told to give it."""
    plan = planned(four_levers())
    found = score(plan, spread(plan.instance, 0.2, 2))

    def shown(asked: int) -> tuple[str, str]:
        console = Console(width=300)
        with console.capture() as text:
            console.print(score_screen(found, [], 0, 100, lang, asked))
        return text.get(), score_page(found, [], 0, lang, asked)

    for text in shown(3):
        assert "--time-limit" in text
        assert "--replan N" not in text
    for text in shown(0):
        assert "--replan N" in text


def test_hours_given_to_another_role_are_missing_at_home() -> None:
    """A host who covers more for the control desk than he has free lacks those hours himself; the
    share is of all hours that are there.
    """
    instance = full_world()
    controls = status_quo(instance)
    controls.cover[0, 1, :] = 150.0
    states = replay(instance, controls, accept="greedy")
    there = 40.0 * states.productive[0] + states.decisions.overtime[0]
    short = states.need[0] + states.decisions.cover[0].sum(axis=0) - there
    share = float((short / np.maximum(there, 40.0)).max())
    assert share > 0.1
    assert _lacking(facts(instance), states) == pytest.approx(share, rel=1e-9)


def test_cash_in_a_world_counts_the_credit_drawn() -> None:
    """The fan of cash is the balance and the credit that the plan draws."""
    instance = full_world(money={"cash": {"opening": 12000.0}})
    plan = planned(instance)
    assert plan.decisions is not None
    states = replay(instance, plan.decisions, accept="controlled")
    assert states.cash is not None
    assert states.decisions.drawn.max() > 0
    there = states.cash + states.decisions.drawn
    worlds = Worlds(instance, (World("as written", 1.0, instance),), "file")
    found = score(plan, worlds)
    np.testing.assert_allclose(found.over_time["cash"][0], there, rtol=1e-12)
    assert found.lowest is not None
    assert found.lowest[0] == pytest.approx(float(there.min()), rel=1e-12)


def test_decisions_of_a_score_go_by_their_labels() -> None:
    """Screen and page show the labels of what is decided, JSON the ids."""
    plan = small_plan()
    found = score(plan, spread(plan.instance, 0.2, 3))
    firm = firmness(plan, found.worlds, [(found.worlds.members[0], plan)])
    console = Console(width=120)
    with console.capture() as shown:
        console.print(score_screen(found, firm, 1, 120, "zh"))
    page = score_page(found, firm, 1, "zh")
    for words in (
        "投流千川",
        "报名38好物节: full",
        "签约star, the first",
        "直播时长=main & [bold]room[/]",
    ):
        assert words in shown.get()
        assert words in unescape(page)
    told = score_record(found, firm, 1)["first_weeks"]
    assert {"feed", "spring.full", "star"} <= {one["name"] for one in told}
