"""The three answers: verified plans in proved intervals, and words that claim no more."""

import io
import json
import math
import re
import threading
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import allocator
from allocator.finding import Progress
from allocator.labels import LANGS, Lang
from allocator.plan import Plan, relative_gap
from allocator.reading import to_yaml
from allocator.scales import share, short
from allocator.strategy.as_json import record
from allocator.strategy.cases import LEAST, Answer, Case, worth
from allocator.strategy.keeping import Shelf
from allocator.strategy.labels import SAID
from allocator.strategy.making import strategy
from allocator.strategy.names import heads, worth_words
from allocator.strategy.page import page
from allocator.strategy.record import Strategy
from allocator.strategy.screen import strategy_screen
from allocator.strategy.teams import NEW
from allocator.strategy.told import sections
from allocator.strategy.words import room_sentences, size_sentences, team_sentences
from fact_models.verify import verify
from tests.allocator.strategy.merchants import merchant
from tests.allocator.test_cli import run
from tests.allocator.tiny import four_levers

GAP = 0.02


@cache
def answered() -> Strategy:
    """All answers for the small merchant."""
    return strategy(merchant(), gap=GAP, time_limit=30, threads=1)


@cache
def planned() -> Plan:
    """A plan of the merchant that has one room and none to open."""
    return allocator.solve(four_levers(), gap=0.05, time_limit=60, threads=1)


def shown(found: Strategy, lang: Any = "en", width: int = 200) -> str:
    """The screen as text."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(strategy_screen(found, width, lang))
    return console.export_text()


def answer(objective: float, bound: float) -> Answer:
    """An answer that is worth ``objective``, with ``bound`` proved."""
    gap = (bound - objective) / bound
    plan = Plan(merchant(), "no_plan_yet", objective=objective, bound=bound, gap=gap)
    return Answer(Case("x", "lever", merchant()), plan)


def test_every_answer_is_a_verified_plan_of_its_case() -> None:
    """Whatever was carried from elsewhere keeps every rule where it stands."""
    found = answered()
    assert not found.stopped
    assert {x.case.group for x in found.answers.values()} == {
        "base", "team", "price", "size", "lever", "room", "next"
    }  # fmt: skip
    for key, one in found.answers.items():
        assert one.plan.decisions is not None, key
        check = verify(one.case.instance, one.plan.decisions, objective=one.plan.objective)
        assert check.ok, (key, check.violations[:1])
        assert one.interval.value <= one.interval.bound * (1 + 1e-9), key
        assert one.plan.gap is not None
        assert one.plan.gap <= GAP * 1.001, key


@pytest.mark.parametrize("lang", LANGS)
def test_without_an_account_to_open_that_is_said(lang: Any) -> None:
    """One room and none to open: question three stands with what to add to the file, no table."""
    instance = four_levers()
    base = Answer(Case("base", "base", instance), planned())
    room = Answer(Case("rooms.1", "room", instance, at=1), planned())
    found = Strategy(instance, {"base": base, "rooms.1": room}, None, "", GAP)
    (section,) = (x for x in sections(found, lang) if x.key == "rooms")
    assert section.sentences == [SAID["no_candidate"].say(lang)]
    assert "field.accounts" in section.sentences[0]
    assert section.sentences[0][:40] in shown(found, lang)
    assert section.sentences[0] in unescape(page(found, lang))
    assert "rooms" in record(found)["words"]


def test_who_may_do_more_is_worth_no_less() -> None:
    """Plans and bounds are shared along every relation, so the intervals are in order."""
    found = answered()
    pairs = [
        ("team.as_it_is", "base"), ("base", "team.free"), ("without.kol", "base"),
        ("without.alliance", "base"), ("alliance.unknown", "alliance.known"),
        ("rooms.1", "rooms.2"), ("rooms.2", "rooms.3"),
    ]  # fmt: skip
    for tight, loose in pairs:
        one, other = found.answers[tight].interval, found.answers[loose].interval
        assert one.value <= other.value * (1 + 1e-9), (tight, loose)
        assert one.bound <= other.bound * (1 + 1e-9), (tight, loose)


def test_what_others_certify_is_not_solved() -> None:
    """Two rooms are what the file allows: nothing is planned twice."""
    found = answered()
    assert not found.answers["rooms.2"].solved
    own = found.base.plan.objective
    assert found.answers["rooms.2"].plan.objective == pytest.approx(own, rel=1e-9)
    assert found.copied == "second"


def test_verdicts_by_hand() -> None:
    """Intervals, not plans, decide: 110 to 112 is above 100 to 102, 101 to 104 is not proved."""
    low = answer(100.0, 102.0)
    sure = worth(answer(110.0, 112.0), low)
    assert [sure.low, sure.high] == pytest.approx([0.08, 0.12])
    assert sure.verdict == "gains"
    assert worth(low, answer(110.0, 112.0)).verdict == "loses"
    doubtful = worth(answer(101.0, 104.0), low)
    assert doubtful.verdict == "open"
    assert "not decided within the gap" in worth_words(doubtful, "en")
    bounded = worth(answer(101.0, 104.0), low, looser=True)
    assert (bounded.low, bounded.verdict) == (0.0, "open")
    assert worth(answer(100.0, 100.05), answer(100.0, 100.05)).verdict == "nothing"


def test_no_plan_is_worth_nothing_known() -> None:
    """A case without a plan has no interval and says so."""
    none = Answer(Case("x", "lever", merchant()), Plan(merchant(), "infeasible"))
    assert none.interval.bound == -math.inf
    assert worth(none, answer(1.0, 1.1)).verdict == "unknown"


def test_the_levers_come_in_the_order_of_size() -> None:
    """Every lever stands at the least size at which its plan uses it."""
    found = answered()
    order = found.order
    sizes = [math.inf if size is None else size for _, size, _ in order]
    assert sizes == sorted(sizes)
    for lever, size, _ in order:
        smaller = [x for x in found.sizes if size is None or found.size_of(x) < size]
        assert not any(x.uses(lever) for x in smaller), lever


@pytest.mark.parametrize("lang", LANGS)
def test_a_lever_is_taken_up_at_the_latest_where_smaller_sizes_are_unsure(lang: Any) -> None:
    """Below a size whose plan is far from its bound nothing is known of the first use."""
    found = answered()
    assert not any(found.unsure_below(found.size_of(x)) for x in found.sizes)
    wide = dict(found.answers)
    for key in ("size.0.25", "size.0.5"):
        plan = wide[key].plan
        assert plan.objective is not None
        bound = 2 * plan.objective
        far = replace(plan, bound=bound, gap=relative_gap(plan.objective, bound))
        wide[key] = replace(wide[key], plan=far)
    unsure = replace(found, answers=wide)
    assert [x for x in (0.25, 0.5, 1.0, 2.0) if unsure.unsure_below(x)] == [0.5, 1.0]
    taken = [x for x in unsure.order if x[1] == 1.0]
    assert taken
    assert all(x[1] is None or x[1] >= 1.0 for x in unsure.order)
    said = size_sentences(unsure, lang)[0]
    assert said.count("at the latest" if lang == "en" else "最迟") == len(taken)


@pytest.mark.parametrize("lang", LANGS)
def test_an_ordinary_terminal_has_every_heading_whole(lang: Any) -> None:
    """On 100 columns no heading is cut off, and every case still stands with all its figures."""
    text = shown(answered(), lang, width=100)
    assert not re.search(r"\w…", text)
    words = set(text.split())
    for section in sections(answered(), lang):
        for heading in section.columns:
            assert set(heading.split()) <= words, (section.key, heading)


@pytest.mark.parametrize("lang", LANGS)
def test_a_pay_at_which_hiring_pays_all_the_same_is_told(lang: Any) -> None:
    """Where the plan made anew at the upper end is proved to gain, the bracket is not the last
    word."""
    found = answered()
    assert found.pay is not None
    assert found.pay.fails is not None
    told = SAID["pay_beyond"].say(lang, high=share(found.pay.fails, lang))
    key, none = f"team.pay.{found.pay.fails:.3g}", found.answers["team.as_it_is"].plan
    assert none.bound is not None
    for gain, expected in ((1.05, True), (0.9, False)):
        high = gain * none.bound
        mine = found.answers[key]
        plan = replace(mine.plan, objective=high, bound=1.01 * high, gap=1 - 1 / 1.01)
        answers = {**found.answers, key: replace(mine, plan=plan)}
        assert (told in team_sentences(replace(found, answers=answers), lang)) is expected


def test_newcomers_are_called_what_their_role_is() -> None:
    """The mark that tells them from today's people stays out of the sentences."""
    paid = [x for x in answered().of("price") if x.hires]
    assert paid
    for one in paid:
        assert all(role.endswith(NEW) for role in one.hires)
        assert "+" not in heads(one, "en")


@pytest.mark.parametrize("lang", LANGS)
def test_free_hires_without_worth_are_not_named(lang: Lang) -> None:
    """Who costs nothing and brings nothing may stand in a plan or not. Where the plan is proved to
    be worth no more than one without a hire, no sentence and no cell names them, so that nothing
    contradicts that nobody would be hired."""
    found = answered()
    none = found.answers["team.as_it_is"].plan
    one = next(x for x in found.of("price") if x.hires)
    assert none.bound is not None
    assert none.objective is not None
    same = replace(one.plan, objective=none.objective, bound=none.objective, gap=0.0)
    proved = replace(none, bound=none.objective, gap=0.0)
    answers = {
        **found.answers,
        one.case.key: replace(one, plan=same),
        "team.as_it_is": replace(found.answers["team.as_it_is"], plan=proved),
    }
    told = replace(found, answers=answers)
    assert told.idle(answers[one.case.key])
    assert not found.idle(one)
    named = heads(one, lang)
    share_of = share(one.case.at, lang)
    words = SAID["pay_check_idle"].say(
        lang, share=share_of, high="0.0 %" if lang == "en" else "0.0%"
    )
    assert words in team_sentences(told, lang)
    rows = next(x for x in sections(told, lang) if x.key == "team").rows
    mine = next(row for row in rows if row.answer is answers[one.case.key])
    assert mine.cells[-1] == SAID["heads_idle"].say(lang)
    checked = [x for x in team_sentences(told, lang) if share_of in x and named in x]
    before = [x for x in team_sentences(found, lang) if share_of in x and named in x]
    assert len(before) > len(checked)
    for text in (shown(told, lang), unescape(page(told, lang))):
        assert re.sub(r"\s+", " ", words) in re.sub(r"\s+", " ", text)
    if lang == "en":
        assert words in record(told)["words"]["team"]


def test_hiring_pays_where_the_bracket_says() -> None:
    """Someone is hired at the lower end, which was then planned anew."""
    pay = answered().pay
    assert pay is not None
    assert pay.pays is not None
    assert pay.hired
    assert pay.gain > 0
    again = answered().answers[f"team.pay.{pay.pays:.3g}"]
    assert again.case.at == pay.pays
    # What is planned anew there is worth no less than the plan of the bisection.
    assert pay.plan is not None
    assert pay.plan.objective is not None
    assert again.interval.value >= pay.plan.objective * (1 - 1e-9)


def test_the_pay_that_was_found_is_kept_with_its_plan(tmp_path: Path) -> None:
    """It comes back for the plans it was found from, and for no others."""
    pay = answered().pay
    assert pay is not None
    shelf = Shelf(tmp_path)
    shelf.keep_pay([1.0, 2.0], pay)
    again = shelf.pay([1.0, 2.0])
    assert again is not None
    assert again.plain() == pay.plain()
    assert again.plan is not None
    assert again.plan.verified
    assert shelf.pay([1.0, 3.0]) is None


@pytest.mark.parametrize("lang", LANGS)
def test_sizes_that_earn_less_are_told(lang: Any) -> None:
    """Where the goal is GMV, the size of the largest contribution is named if it is not the
    largest; every size with a loss is."""
    found = answered()
    said = " ".join(size_sentences(found, lang))
    assert found.instance.objective.goal == "gmv"
    earned = [(found.size_of(x), float(x.plan.contribution or 0.0)) for x in found.near]
    size, most = max(earned, key=lambda pair: pair[1])
    words = f"× {size:g} ({short(most, lang)})" if lang == "en" else f"× {size:g} 时最大"
    assert (words in said) is (size < earned[-1][0])
    losing = [f"× {at:g}" for at, kept in earned if kept < 0]
    assert ("profit_floor" in said) is bool(losing)
    assert all(x in said for x in losing)


def test_a_room_that_brings_nothing_is_not_called_the_best() -> None:
    """Of numbers of rooms whose plans are worth the same the least is told."""
    found = answered()
    rooms = found.rooms
    best = max(x.interval.value for x in rooms)
    told = next(x for x in rooms if x.rooms == found.best_rooms)
    assert told.interval.value >= best * (1 - LEAST)
    fewer = [x for x in rooms if x.case.at < told.case.at]
    assert all(x.interval.value < best * (1 - LEAST) for x in fewer)


@pytest.mark.parametrize("lang", LANGS)
def test_screen_page_and_json_say_the_same(lang: Any) -> None:
    """Every sentence of the screen is on the page, which names what is assumed and asks for
    nothing.
    """
    found = answered()
    text = page(found, lang)
    assert 'id="pick-en"' in text
    assert f'id="pick-{lang}" checked' in text
    assert len(text) < 200_000
    assert "default-src 'none'" in unescape(text)
    told = record(found)
    for sentences in told["words"].values():
        for line in sentences:
            assert line in unescape(text), line
            if lang == "en":
                assert line[:60] in re.sub(r"\s+", " ", shown(found)), line
    assert ("Assumed, not measured" if lang == "en" else "以下为假设") in shown(found, lang)
    assert "every figure" in text
    json.dumps(told, allow_nan=False)
    assert told["worth"]["team.free beyond team.as_it_is"]["low"] >= 0


@pytest.mark.parametrize("lang", LANGS)
def test_wide_tables_of_the_page_are_two_and_words_are_read_from_the_left(lang: Any) -> None:
    """A row stands in each of them under its name; only columns of words are on the left."""
    text = page(answered(), lang)
    for section in sections(answered(), lang):
        card = text.split(f'id="{section.key}-{lang}"')[1].split("</section>")[0]
        assert card.count("<table>") == (2 if section.apart else 1)
        for row in section.rows:
            name = re.escape(row.cells[0])
            begun = re.findall(rf'<tr class="[a-z]*"><td>{name}<', unescape(card))
            assert len(begun) == card.count("<table>")
        left = set(re.findall(r'<th scope="col" class="text">([^<]*)</th>', card))
        numbers = {x for x in section.columns if any(x.startswith(y) for y in ("GMV", "Gap"))}
        assert left <= set(section.columns) - numbers
        words = [
            n for n, x in enumerate(section.columns) if x in ("Opened", "新开", "Hires", "招聘")
        ]
        told = {section.columns[n] for n in words if any(row.cells[n] for row in section.rows)}
        assert told <= left


def stopped(keep: Path, seen: list[str]) -> Strategy:
    """A run that is stopped as soon as it plans something else than the merchant as it is."""
    stop = threading.Event()

    def told(state: Progress) -> None:
        seen.append(state.phase)
        if not state.phase.startswith("base"):
            stop.set()

    return strategy(merchant(), gap=GAP, time_limit=30, keep=keep, progress=told, stop=stop)


def test_a_stop_leaves_what_is_answered_and_a_kept_plan_is_not_solved_again(
    tmp_path: Path,
) -> None:
    """After the first plan the rest is left out, and the screen says so; the next run goes on."""
    seen: list[str] = []
    found = stopped(tmp_path, seen)
    assert found.stopped
    assert "base" in found.answers
    assert len(found.answers) < 5
    assert "Stopped" in shown(found)
    assert not found.base.cut
    before = (tmp_path / "base.json").read_bytes()
    assert any(phase.startswith("base:") for phase in seen)
    seen.clear()
    again = stopped(tmp_path, seen)
    assert not any(phase.startswith("base:") for phase in seen)
    assert (tmp_path / "base.json").read_bytes() == before
    assert again.base.plan.objective == found.base.plan.objective


def cut_short(*left: str, cut: str = "") -> Strategy:
    """The answers as a stop would have left them: of the room question only ``left``."""
    found = answered()
    kept = {
        key: replace(x, cut=key == cut)
        for key, x in found.answers.items()
        if x.case.group not in ("room", "next") or key in left
    }
    return replace(found, answers=kept, stopped=True)


@pytest.mark.parametrize("lang", LANGS)
def test_a_stop_before_the_accounts_were_tried_says_nothing_about_them(lang: Any) -> None:
    """What was not planned, or cut by the stop, is neither the best nor opened by no plan."""
    ends = {key: SAID[key].say(lang) for key in ("next_cut", "rooms_cut", "next_none")}
    all_rooms = [x.case.key for x in answered().rooms]
    assert len(all_rooms) > 2
    whole = room_sentences(answered(), lang)
    assert ends["next_cut"] not in whole
    assert ends["rooms_cut"] not in whole

    one = room_sentences(cut_short("rooms.1"), lang)
    assert one == [ends["rooms_cut"], ends["next_cut"]]

    two = room_sentences(cut_short(*all_rooms[:2], "next.second"), lang)
    assert ends["rooms_cut"] in two
    best = cut_short(*all_rooms[:2]).best_rooms
    assert SAID["by_plans"].say(lang, count=str(best), limit="2") in two
    assert SAID["by_plans_end"].say(lang, count=str(best)) not in two
    assert ends["next_cut"] not in two

    cut = cut_short(*all_rooms, "next.second", cut="next.second")
    assert ends["next_cut"] in room_sentences(cut, lang)
    assert ends["next_none"] not in room_sentences(cut, lang)
    assert ends["rooms_cut"] not in room_sentences(cut, lang)
    assert record(cut)["cases"]["next.second"]["cut"] is True


def test_command(tmp_path: Path) -> None:
    """One JSON object; a folder that does not exist is refused before anything is solved."""
    only = merchant(
        calendar={"periods": 2},
        kol=None,
        campaign=None,
        alliance=None,
        staff=None,
        field={"accounts": {"main": {"crew": None}, "second": None}},
    )
    file = tmp_path / "one.yaml"
    file.write_text(to_yaml(only), encoding="utf-8")
    assert run("strategy", file, "--html", tmp_path / "none" / "x.html").exit_code == 2
    shown_at = tmp_path / "x.html"
    result = run("strategy", file, "--json", "--gap", "0.05", "--html", shown_at)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["cases"]["size.2"]["gap"] <= 0.05
    assert set(told["words"]) == {"sizes", "rooms"}
    assert shown_at.stat().st_size < 200_000
