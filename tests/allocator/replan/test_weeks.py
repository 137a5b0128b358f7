"""Weeks as they came: money that was spent, sessions that fell through, causes by their names."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from allocator.faults import InputError
from allocator.plan import Plan
from allocator.replan.advance import advance, tail
from allocator.replan.figures import figures, items
from allocator.replan.played import with_hours, with_spend
from allocator.replan.row import Row, filled
from allocator.replan.screen import _week, note_words
from allocator.replan.weeks import Reality, Week, reality
from allocator.runs_replan import PER_ITEM, REQUIRED, USED
from allocator.weekly.columns import KNOWN, folded
from allocator.weekly.reading import Weeks, read_weeks
from fact_models.overriding import under
from fact_models.replay import facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.small_plan import small, small_plan

STAR = 4
"""Period of the star's session in the plan made by hand; it is signed two periods before."""
Values = dict[str, float]


@cache
def plan() -> Plan:
    """The plan made by hand, its session's fee half due on the day, with a guarantee."""
    tree = small().model_dump(mode="json", by_alias=True)
    tree["kol"]["deals"]["star"].update(
        deposit_share=0.5,
        guarantee={"roi": 4.0, "after": 2, "pro_rata": True},
        contact_per_order=0.1,
    )
    return small_plan(Instance.model_validate(tree))


def due(t: int) -> Values:
    """The plan's figures of a period."""
    assert plan().replay is not None
    return figures(plan().replay, t)  # type: ignore[arg-type]


def came(
    last: Values, parts: Values | None = None, count: int = 1, world: Instance | None = None
) -> Reality:
    """``count`` weeks of the plan of which only GMV was seen, the last with these figures:
    factors of the plan's, or values of parts such as ``team:host``; in another world on demand.
    """
    figure: dict[str, list[float | None]] = {}
    for name in {"gmv", *last}:
        column: list[float | None] = [due(t)[name] for t in range(count)]
        column[-1] = last.get(name, 1.0) * due(count - 1)[name]
        figure[name] = column
    of: dict[tuple[str, str], tuple[float | None, ...]] = {}
    for key, value in (parts or {}).items():
        stem, _, item = key.partition(":")
        of[stem, item] = (*[None] * (count - 1), value)
    calendar = plan().instance.calendar
    mondays = tuple(calendar.first_day(t) for t in range(count))
    named = {name: tuple(column) for name, column in figure.items()}
    weeks = Weeks("w.csv", mondays, named, of, (), 1, tuple(range(2, count + 2)))
    assert plan().decisions is not None
    return reality(world or plan().instance, plan().decisions, weeks)  # type: ignore[arg-type]


def shown(week: Week, lang: Any = "en") -> str:
    """The screen of a week."""
    console = Console(width=200)
    with console.capture() as text:
        for part in _week(week, lang):
            console.print(part)
    return text.get()


def test_spend_beyond_the_file_counts_in_budget_and_cash() -> None:
    """Four times the largest spend buys no more visits, and all of it is in the books: the rest
    of the plan no longer fits a budget that it just fitted.
    """
    calm, much = came({}), came({}, {"ad_spend:feed": 8000.0})
    most = came({}, {"ad_spend:feed": 2000.0})
    books = [found.instance.money for found in (calm, most, much)]
    assert books[2].past.field - books[1].past.field == pytest.approx(6000.0)
    assert books[2].past.contribution - books[1].past.contribution == pytest.approx(-6000.0)
    assert books[2].cash.opening - books[1].cash.opening == pytest.approx(-6000.0)  # type: ignore[union-attr]
    assert much.instance.field == most.instance.field
    words = shown(much.weeks[0])
    assert "feed: 8,000 was spent, by the plan's file at most 2,000 a week" in words
    assert "实际花费 8,000" in shown(much.weeks[0], "zh")
    whole = plan().replay
    assert whole is not None
    total = sum(flow.sum() for flow in whole.spend.values())
    tight = much.instance.money.model_copy(update={"budget": total + 1.0})
    over = much.instance.model_copy(update={"money": tight})
    assert "budget" in {v.rule for v in verify(over, much.old).violations}


def test_hours_beyond_the_file_are_said() -> None:
    """Sixty hours in a room of forty count for forty, in words too."""
    found = came({}, {"hours:main": 60.0})
    allowed = came({}, {"hours:main": 40.0})
    assert found.instance.field == allowed.instance.field
    assert "60 live hours were done, the plan's file allows 40" in shown(found.weeks[0])
    assert not allowed.weeks[0].notes


def test_hours_move_on_from_a_full_slot() -> None:
    """Seventy hours where 5 were planned by day and 35 in a full prime slot: the day takes what
    the prime slot cannot, and nothing is beyond.
    """
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    slots = {"day": {"hours_max": 84}, "prime": {"hours_max": 35}}
    tree["field"]["accounts"]["main"].update(slots=slots, hours_max=119)
    world = Instance.model_validate(tree)
    decisions = status_quo(world)
    decisions.hours[0, :, 0] = [5, 35]
    known = facts(world)
    states = replay(world, decisions, accept="greedy", known=known)
    done, notes = with_hours(states, known, Row("w.csv", 2, {}, {("hours", "main"): 70.0}))
    np.testing.assert_allclose(done.hours[0, :, 0], [35, 35])
    assert not notes


@pytest.mark.parametrize(
    ("total", "own", "spent", "beyond", "said"),
    [
        (400, {}, [120, 280], 0, []),
        (700, {}, [120, 500], 80, ["ad spend: 700 was spent, by the plan's file at most 620"]),
        (400, {"feed": 150}, [120, 250], 30, ["feed: 150 was spent, by the plan's file at most"]),
    ],
)
def test_a_total_fills_what_has_no_column(
    total: float, own: Values, spent: list[float], beyond: float, said: list[str]
) -> None:
    """A total of boosts planned 100 and 100 with most 120 and 500: what one cannot take goes to
    the other; beyond is only what neither can, and only a boost with a column is named.
    """
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    boosts = tree["field"]["boosts"]
    boosts["feed"].update(spend_max=120)
    boosts["search"] = boosts["feed"] | {"spend_max": 500}
    for boost in boosts.values():
        boost["current_spend"] = 100
    known = facts(Instance.model_validate(tree))
    decisions = status_quo(known.instance)
    items = {("ad_spend", k): x for k, x in own.items()}
    done, lost, notes = with_spend(decisions, known, Row("w", 2, {"ad_spend": total}, items))
    np.testing.assert_allclose(done.boost_spend[:, 0], spent)
    assert lost == pytest.approx(beyond)
    words = [note_words(note, "en") for note in notes]
    assert [text[: len(start)] for text, start in zip(words, said, strict=True)] == said


def test_hours_as_a_total_name_no_room() -> None:
    """A total that the open room cannot take is said of the hours, not of a room."""
    words = [note_words(note, "en") for note in came({"hours": 2.0}).weeks[0].notes]
    assert words == [
        "hours: 60 live hours were done, the plan's file allows 40; visits are counted for 40."
    ]
    assert not came({"hours": 1.3}).weeks[0].notes


@pytest.mark.parametrize(
    ("weight", "most", "shares"),
    [
        ([1, 1, 0], [5, 50, 50], [5, 15, 0]),
        ([1, 0, 0], [5, 10, 20], [5, 5, 10]),
        ([1, 3, 0], [np.inf] * 3, [5, 15, 0]),
        ([0, 0, 0], [np.inf] * 3, [20 / 3] * 3),
        ([2, 1, 0], [5, 5, 5], [5, 5, 5]),
        ([1, 1, 0], [10, 10, 10], [10, 10, 0]),
    ],
)
def test_shares_of_a_total(weight: list[float], most: list[float], shares: list[float]) -> None:
    """Twenty, in proportion up to the room, then to those of no weight; no more than fits."""
    np.testing.assert_allclose(filled(20.0, np.array(weight), np.array(most)), shares)


@pytest.mark.parametrize("by", [0.5, 1.4])
def test_contribution_and_cash_move_with_the_sales(by: float) -> None:
    """What sells moves contribution, commission, the receipts of the week and of the next; wages
    and spend stay.
    """
    calm, found = came({}).instance.money, came({"gmv": by}).instance.money
    states = replay(plan().instance, plan().decisions)  # type: ignore[arg-type]
    due_at_once = (0.95 * states.net_gmv - states.commission)[0]
    costs = (states.goods + states.logistics)[0]
    assert found.past.gmv == pytest.approx(by * calm.past.gmv)
    assert found.past.contribution - calm.past.contribution == pytest.approx(
        (by - 1) * (due_at_once - costs)
    )
    assert calm.cash is not None
    assert found.cash is not None
    assert found.cash.opening - calm.cash.opening == pytest.approx(
        (by - 1) * (0.5 * due_at_once - costs)
    )
    assert found.cash.receivables[0] == pytest.approx(by * calm.cash.receivables[0])
    assert found.past.alliance - calm.past.alliance == pytest.approx(
        (by - 1) * states.commission[0]
    )
    assert found.past.field == pytest.approx(calm.past.field)


def test_own_figures_of_every_column_change_nothing() -> None:
    """Every column, those of single rooms, boosts and roles too, as planned: the rest is that of
    the plan, to 1e-9.
    """
    known, states = facts(plan().instance), plan().replay
    assert states is not None
    assert plan().decisions is not None
    own = {f"{a}:{b}": x for (a, b), x in items(states, known, 0).items() if a != "deal"}
    found = came(dict.fromkeys(due(0), 1.0), own)
    once = advance(plan().instance, plan().decisions, 1)  # type: ignore[arg-type]
    for left, right in zip(_numbers(found.instance), _numbers(once), strict=True):
        assert left == pytest.approx(right, rel=1e-9, abs=1e-9)
    worth = replay(once, tail(plan().decisions, 1)).objective  # type: ignore[arg-type]
    assert replay(found.instance, found.old).objective == pytest.approx(worth, rel=1e-9)
    assert max(map(abs, found.weeks[0].causes.values())) <= 1e-6 * due(0)["gmv"]


def _numbers(instance: Instance) -> list[float]:
    """All numbers of an instance, in order."""

    def of(tree: Any) -> list[float]:
        if isinstance(tree, dict | list):
            parts = tree.values() if isinstance(tree, dict) else tree
            return [x for part in parts for x in of(part)]
        return [float(tree)] if isinstance(tree, int | float) else []

    return of(instance.model_dump(mode="json"))


def test_what_gmv_alone_does_not_tell_is_not_told_apart() -> None:
    """With GMV alone no cause is named; the columns that would tell are."""
    week = came({"gmv": 0.6}).weeks[0]
    assert week.causes["untold"] == pytest.approx(-0.4 * due(0)["gmv"])
    assert {n for n, x in week.causes.items() if abs(x) > 1e-6} == {"untold"}
    words = shown(week)
    assert "not told apart (live hours done, " in words
    assert "To tell more of it apart, give: views, orders, creator_gmv" in words
    assert "要进一步区分，请提供：观看人次、成交订单数、达人成交金额" in shown(week, "zh")
    assert "无法区分" in shown(week, "zh")


def test_silent_creators_are_no_weak_rooms() -> None:
    """Creators who sell nothing are their own cause; the rooms did as planned."""
    plain = due(0)
    creators = plain["creator_gmv"]
    states = plan().replay
    assert states is not None
    lost = states.creator_orders[..., 0].sum()
    last = {
        "gmv": 1 - creators / plain["gmv"],
        "creator_gmv": 0.0,
        "views": 1.0,
        "orders": 1 - lost / plain["orders"],
    }
    week = came(last).weeks[0]
    assert week.causes["creators"] == pytest.approx(-creators)
    for name in ("views", "conversion", "price", "untold"):
        assert week.causes[name] == pytest.approx(0.0, abs=1e-6 * creators)
    assert sum(week.causes.values()) == pytest.approx(-creators)


def off(parts: Values | None) -> tuple[Reality, float]:
    """The star's session fell through: rooms and creators as they would have been without it, and
    the session's GMV.
    """
    states = plan().replay
    assert states is not None
    plain = due(STAR)
    lost = float(states.gmv["kol"][STAR])
    orders = float(states.kol_orders[:, STAR].sum())
    last = {
        "gmv": 1 - lost / plain["gmv"],
        "views": 1.0,
        "orders": 1 - orders / plain["orders"],
        "creator_gmv": 1.0,
    }
    return came(last, parts, STAR + 1), lost


def test_a_session_that_fell_through_is_no_weak_conversion() -> None:
    """Unseen, it is not told apart from the rooms; with the deal's figure it is the cause."""
    unseen, lost = off(None)
    week = unseen.weeks[-1]
    assert week.causes["conversion"] == 0
    assert "deals" in week.variance.merged
    assert week.variance.missing == ("deal:star",)
    assert "要进一步区分，请提供：大V专场成交金额:star" in shown(week, "zh")
    assert KNOWN[folded("大V专场成交金额")] == "deal"
    assert week.causes["untold"] == pytest.approx(-lost, rel=1e-6)
    told, _ = off({"deal:star": 0.0})
    causes = told.weeks[-1].causes
    assert causes["deals"] == pytest.approx(-lost, rel=1e-6)
    for name in ("views", "conversion", "price", "untold"):
        assert causes[name] == pytest.approx(0.0, abs=1e-4 * lost)
    assert "deal: star" in shown(told.weeks[-1])


def test_a_session_called_off_leaves_no_trace_in_the_books() -> None:
    """No commission, no GMV, no fee that was due on the day, no followers, no date that spaces or
    excludes others; the deposit paid before stays paid.
    """
    told, lost = off({"deal:star": 0.0})
    held = came({}, None, STAR + 1)
    before, after = held.instance.money.past, told.instance.money.past
    deal = plan().instance.kol.deals["star"]  # type: ignore[union-attr]
    fee = deal.acceptance * deal.fee
    commission = lost * (1 - 0.1 - 0.1) * deal.commission
    assert before.kol - after.kol == pytest.approx(0.5 * fee + commission)
    assert after.kol == pytest.approx(0.5 * fee)
    assert before.gmv - after.gmv == pytest.approx(lost)
    gone = told.instance.kol.deals["star"]  # type: ignore[union-attr]
    assert gone.agreed is None
    assert (gone.first, gone.last) == (0, 0)
    assert not any(v.number.startswith("KO") for v in verify(told.instance, told.old).violations)
    fans = [sum(s.followers for s in x.instance.snowball.segments.values()) for x in (held, told)]
    assert fans[1] < fans[0]


def test_a_deal_signed_for_later_stays() -> None:
    """A session called off does not touch one that is signed for a later week."""
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["kol"]["deals"]["moon"].update(agreed=7, lead=0)
    world = Instance.model_validate(tree)
    decisions = plan().decisions.copy()  # type: ignore[union-attr]
    decisions.deal[1] = 0
    decisions.deal[1, 6] = 1
    count = STAR + 1
    mondays = tuple(world.calendar.first_day(t) for t in range(count))
    of = {("deal", "star"): (*[None] * STAR, 0.0)}
    weeks = Weeks("w.csv", mondays, {"gmv": (None,) * count}, of)
    later = reality(world, decisions, weeks)
    deals = later.instance.kol.deals  # type: ignore[union-attr]
    assert deals["moon"].agreed == 7 - count
    assert later.old.deal[1, 6 - count] == 1


def test_what_a_session_sold_decides_what_comes_back() -> None:
    """A promise of 40,000 of which 30,000 were sold returns a quarter of the fee after two weeks;
    unseen, the return is the one that cash counts on. The fee of a session held is due in full.
    """
    promised, sold = 40000.0, 30000.0
    deal = plan().instance.kol.deals["star"]  # type: ignore[union-attr]
    seen = came({}, {"deal:star": sold}, STAR + 1).instance
    unseen = came({}, None, STAR + 1).instance
    known = facts(plan().instance)
    back = deal.fee * (1 - sold / promised)
    found = [x.money.cash.receivables[1] for x in (seen, unseen)]  # type: ignore[union-attr]
    assert found[0] == pytest.approx(back)
    assert found[1] == pytest.approx(float(known.kol.back["p10"][0]))
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["kol"]["deals"]["star"]["guarantee"] = None
    bare = came({}, {"deal:star": sold}, STAR + 1, Instance.model_validate(tree)).instance
    assert seen.money.past.contribution - bare.money.past.contribution == pytest.approx(back)
    paid = seen.money.past.kol - came({}, None, STAR).instance.money.past.kol
    assert paid == pytest.approx(0.5 * deal.fee + sold * 0.8 * deal.commission)


@pytest.mark.parametrize(
    ("last", "parts", "message"),
    [
        ({}, {"team:hosts": 2.0}, r"team:hosts: no role is called 'hosts' \(did you mean `host`"),
        ({}, {"hours:nope": 2.0}, r"hours:nope: no account .*\(there are: main, second\)"),
        ({}, {"deal:sta": 0.0}, r"deal:sta: no deal .*did you mean `star`"),
        ({}, {"deal:star": 9.0}, r"deal:star = 9: the plan holds no session of it in this week"),
        ({"views": 50.0}, {}, r"views = \d+: is more than 20 times what was due \(6000\)"),
        (
            {"ad_spend": 1.0},
            {"ad_spend:feed": 1900.0},
            r"ad_spend = \d+: does not fit the columns",
        ),
    ],
)
def test_what_cannot_be_is_refused(last: Values, parts: Values, message: str) -> None:
    """Unknown ids, sessions of other weeks, figures beyond belief, totals that are no sums: the
    refusal names column, value and what was meant.
    """
    with pytest.raises(InputError, match=r"^w\.csv:\d: " + message):
        came(last, parts)


def test_sales_below_their_parts_are_refused() -> None:
    """Less GMV than the session alone sold is refused with the column."""
    with pytest.raises(InputError, match=r"w\.csv:6: gmv = \d.*is less than creators and KOL"):
        came({"gmv": 0.1}, {"deal:star": 60000.0}, STAR + 1)


def test_cash_below_the_floor_is_refused_in_words() -> None:
    """Where sales are paid later, cash seen below what floor and credit can bear is refused with
    column, value, rule and what there is; unseen, what follows from the rest is. Cash seen above
    it is believed, whatever the spend leaves by the books.
    """
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["money"]["settlement"] = [0.0, 0.5, 0.5]
    late = Instance.model_validate(tree)
    said = r"w\.csv:2: cash = [\d.]+: leaves no plan: money\.cash\.floor = 10000.*\(together "
    with pytest.raises(InputError, match=said):
        came({"cash": 0.001}, None, 1, late)
    with pytest.raises(InputError, match=r"w\.csv:2: leads to .*: money\.cash\.floor = "):
        came({}, {"ad_spend:feed": 900000.0}, 1, late)
    assert came({"cash": 1.0}, {"ad_spend:feed": 900000.0}, 1, late).instance.money.cash


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"slow": {"probability": 0.8}}, "chances are shared out to the others in proportion"),
        ({}, "none is left, so score and hedge assume how growth may turn out"),
    ],
)
def test_scenarios_that_fall_are_said(others: dict[str, Any], said: str) -> None:
    """A scenario that what was seen leaves no room for is named, with what becomes of chances."""
    followers = plan().instance.snowball.segments["core"].followers
    changes = [{"at": "snowball.segments.core.pool", "value": 1.01 * followers}]
    crowd = {"probability": 1 - sum(x["probability"] for x in others.values())}
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["scenarios"] = {"crowd": {**crowd, "changes": changes}} | others
    found = came({"followers": 1.2}, None, 1, Instance.model_validate(tree))
    assert list(found.instance.scenarios) == list(others)
    words = [note_words(note, "en") for note in found.weeks[0].notes]
    assert len(words) == 1
    assert "no longer hold after this week: crowd;" in words[0]
    assert said in words[0]
    assert "不再成立的情景：crowd" in shown(found.weeks[0], "zh")


def told(count: int, parts: Values, *changes: dict[str, Any]) -> tuple[Reality, list[list[str]]]:
    """Weeks of a world with these changes in a scenario, and the words on the scenario by week."""
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["scenarios"] = {
        "slow": {"probability": 0.4, "changes": list(changes)},
        "calm": {"probability": 0.6},
    }
    found = came({"cash": 1.0}, parts, count, Instance.model_validate(tree))
    words = [
        [note_words(n, "en") for n in w.notes if "slow" in n.values["name"]] for w in found.weeks
    ]
    return found, words


def test_what_was_seen_is_certain_in_every_scenario() -> None:
    """Followers and cash that a scenario saw otherwise are as counted on Monday; what it says of
    the weeks to come stays, and so does its chance.
    """
    rate = {"at": "snowball.segments.*.conversion", "times": 0.9}
    found, words = told(
        2,
        {},
        {"at": "snowball.segments.core.followers", "value": 1900.0},
        {"at": "money.cash.opening", "value": 400000.0},
        {"at": "field.accounts.*.traffic.core", "times": 0.8},
        rate,
    )
    slow, calm = found.instance.scenarios.values()
    assert [change.model_dump(exclude_none=True) for change in slow.changes] == [rate]
    assert (slow.probability, calm.probability) == (0.4, 0.6)
    world = under(found.instance, slow)
    assert world.money.cash == found.instance.money.cash
    fans = [x.snowball.segments["core"].followers for x in (world, found.instance)]
    assert fans[0] == fans[1] > 1900.0
    assert words[1] == []
    assert words[0] == [
        "Scenario slow: what it says of snowball.segments.core.followers, money.cash.opening,"
        " field.accounts.*.traffic.core is left out, since that is certain after this week; its"
        " chance and its other changes stay."
    ]
    assert "情景 slow：本周之后" in shown(found.weeks[0], "zh")


def test_a_scenario_of_states_alone_stays_as_the_file() -> None:
    """With all its changes fallen it is the world as written, with its chance."""
    found, _ = told(1, {}, {"at": "snowball.segments.*.followers", "times": 0.5})
    slow = found.instance.scenarios["slow"]
    assert (slow.changes, slow.probability) == ([], 0.4)


@pytest.mark.parametrize("sold", [0.0, 30000.0])
def test_a_session_that_is_over_has_one_outcome(sold: float) -> None:
    """What the star sold, or that it was called off, is known; of deals named together the one to
    come keeps its doubt.
    """
    every = {"at": "kol.deals.*.gmv.p10", "value": 1000.0}
    found, words = told(STAR + 1, {"deal:star": sold}, every)
    (left,) = found.instance.scenarios["slow"].changes
    assert (left.at, left.value) == ("kol.deals.moon.gmv.p10", 1000.0)
    assert words[:STAR] == [[]] * STAR
    assert "what it says of kol.deals.star.gmv.p10 is left out" in words[STAR][0]


def test_a_pipeline_that_grew_shorter_takes_no_scenario_with_it() -> None:
    """What was still to come two weeks ago is there; the scenario stays."""
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["money"]["settlement"] = [1.0]
    tree["money"]["cash"]["receivables"] = [0.0, 5000.0]
    late = {"at": "money.cash.receivables.1", "value": 9000.0}
    tree["scenarios"] = {"late": {"probability": 1.0, "changes": [late]}}
    found = came({"cash": 1.0}, None, 2, Instance.model_validate(tree))
    assert found.instance.money.cash.receivables == []  # type: ignore[union-attr]
    assert found.instance.scenarios["late"].changes == []


def test_a_deal_needs_an_id() -> None:
    """A column of all deals is refused, and a session's GMV of 0 before its week says nothing."""
    weeks = Weeks("w.csv", (plan().instance.calendar.first_day(0),), {"deal": (1.0,)}, {})
    with pytest.raises(InputError, match="deal: needs the id of a deal behind a colon"):
        reality(plan().instance, plan().decisions, weeks)  # type: ignore[arg-type]
    assert came({}, {"deal:star": 0.0}).instance == came({}).instance


def test_a_head_count_reaches_the_team() -> None:
    """The plain head count is shared by the roles as they stand; a role's own comes first and has
    a row in the table.
    """
    tree = plan().instance.model_dump(mode="json", by_alias=True)
    tree["staff"]["roles"]["host"].update(attrition=0.1, heads_max=4)
    tree["staff"]["roles"]["care"] = {"heads": 6, "wage": 1000, "hours": 40}
    two = small_plan(Instance.model_validate(tree))
    monday = (two.instance.calendar.first_day(0),)
    all_, one = {"team": (6.0,)}, {("team", "host"): (1.0,)}

    def heads(
        figure: dict[str, tuple[float | None, ...]],
        of: dict[tuple[str, str], tuple[float | None, ...]],
    ) -> list[float]:
        found = reality(two.instance, two.decisions, Weeks("w.csv", monday, figure, of))  # type: ignore[arg-type]
        assert found.instance.staff is not None
        return [role.heads for role in found.instance.staff.roles.values()]

    # Of 3 hosts and 6 others two thirds are there; a tenth of the hosts leaves.
    np.testing.assert_allclose(heads({**all_}, {}), [0.9 * 2, 4])
    np.testing.assert_allclose(heads({**all_}, {**one}), [0.9 * 1, 5])
    np.testing.assert_allclose(heads({}, {**one}), [0.9 * 1, 6])
    # More than the file allows are there all the same.
    np.testing.assert_allclose(heads({}, {("team", "host"): (9.0,)}), [0.9 * 9, 6])
    assert "team: host" in shown(came({}, {"team:host": 1.0}).weeks[0])


def test_figures_without_a_place_are_said() -> None:
    """A stock where no line has one is not used, and the screen says so."""
    weeks = Weeks("w.csv", (plan().instance.calendar.first_day(0),), {"stock": (9.0,)}, {})
    found = reality(plan().instance, plan().decisions, weeks)  # type: ignore[arg-type]
    assert "stock was given, the plan's file has nothing of it" in shown(found.weeks[0])
    assert "库存件数" in shown(found.weeks[0], "zh")


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("views", "9e9", r"w\.csv:5: views = 9e\+09: is more than 20 times"),
        ("hours:nope", "1", r"w\.csv:3: hours:nope: no account is called"),
        ("deal", "1", r"w\.csv:3: deal: needs the id"),
    ],
)
def test_a_refusal_names_the_line_of_the_file(
    tmp_path: Path, column: str, cell: str, said: str
) -> None:
    """Blank lines before the heading and between rows count."""
    path = tmp_path / "w.csv"
    day = plan().instance.calendar.first_day(0)
    path.write_text(f"\n\nweek,gmv,{column}\n\n{day},30000,{cell}\n", encoding="utf-8")
    weeks = read_weeks(path, required=REQUIRED, per_item=PER_ITEM)
    with pytest.raises(InputError, match=said):
        reality(plan().instance, plan().decisions, weeks)  # type: ignore[arg-type]


def test_a_session_is_read_from_the_export(tmp_path: Path) -> None:
    """``deal:star`` is a column in English and in Chinese; refunds are not used."""
    path = tmp_path / "w.csv"
    for name in ("deal:star", "大V专场成交金额：star"):
        path.write_text(f"week,gmv,refunds,{name}\n2026-W01,100,few,25\n", encoding="utf-8")
        weeks = read_weeks(path, required=REQUIRED, per_item=PER_ITEM, used=USED)
        assert weeks.of == {("deal", "star"): (25.0,)}
        assert weeks.unused == ("refunds",)
