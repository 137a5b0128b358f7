"""An instance seen from a later week: the tail of a plan is its plan, with the same figures."""

from functools import cache
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from allocator.replan.advance import advance, tail
from fact_models.decisions import Decisions
from fact_models.replay import Replay, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.rich import random_rich
from tests.allocator.tiny import four_levers
from tests.models.controls import random_controls
from tests.models.point import Model, point
from tests.models.test_block_is_replay import broken_in_model
from tests.models.worlds import full_world, rich_controls

CASH: dict[str, Any] = {"cash": {"opening": 60000.0}}
"""Little enough that credit is drawn, enough that the plan keeps the floor."""
WEEKS = range(1, 6)
STATES = (
    "traffic",
    "followers",
    "customers",
    "interest",
    "awareness",
    "pool",
    "content",
    "stock",
)
FLOWS = ("heads", "productive", "need", "visits", "own_orders", "contribution", "receipts", "cash")


def world(**changes: Any) -> Instance:
    """The full world with long leads, so that every pipeline holds something."""
    deep: dict[str, Any] = {
        "money": CASH,
        "goods": {"lines": {"deluxe": {"stock": {"lead": 2}}}},
        "field": {"accounts": {"second": {"opening_lead": 3}}},
        "staff": {"roles": {"host": {"hire_lead": 2, "ramp": [0.4, 0.6, 0.8]}}},
        "kol": {"deals": {"star": {"lead": 2, "guarantee": {"after": 2}}}},
    }
    return full_world(**{**deep, **changes})


@cache
def plan() -> tuple[Instance, Decisions]:
    """A plan that opens, signs, joins, hires, buys and draws credit."""
    instance = world()
    controls = rich_controls(instance)
    controls.hours[1, 0, :4] = 0.0
    controls.start[1, :] = 0
    controls.start[1, 1] = 1
    controls.deal[:] = 0
    controls.deal[0, 3] = 1
    found = replay(instance, controls, accept="greedy")
    return instance, found.decisions


@cache
def advanced(k: int) -> tuple[Instance, Decisions, Replay]:
    """The world after ``k`` weeks, the tail of the plan, its replay."""
    instance, decisions = plan()
    later = advance(instance, decisions, k)
    rest = tail(decisions, k)
    return later, rest, replay(later, rest)


def test_the_plan_uses_what_is_handed_over() -> None:
    """The plan is possible, and something of every pipeline is under way in some week."""
    instance, decisions = plan()
    assert verify(instance, decisions).ok, verify(instance, decisions).violations[:3]
    trees = [advanced(k)[0].model_dump() for k in WEEKS]
    assert any(tree["field"]["accounts"]["second"]["opens"] for tree in trees)
    assert any(sum(tree["staff"]["roles"]["host"]["joining"]) for tree in trees)
    assert any(sum(tree["staff"]["roles"]["host"]["learning"]) for tree in trees)
    assert any(sum(tree["goods"]["lines"]["deluxe"]["stock"]["arriving"]) for tree in trees)
    assert any(sum(tree["alliance"]["tiers"]["middle"]["arriving"]) for tree in trees)
    assert any(tree["alliance"]["contract_elapsed"] for tree in trees)
    assert any(tree["staff"]["hire_elapsed"] for tree in trees)
    assert any(tree["campaign"]["campaigns"]["spring"]["joined"] for tree in trees)
    assert {tree["kol"]["deals"]["star"]["agreed"] for tree in trees} >= {2, 1, 0, -1}
    assert all(sum(tree["money"]["cash"]["receivables"]) > 0 for tree in trees)


@pytest.mark.parametrize("k", WEEKS)
def test_the_tail_is_a_plan(k: int) -> None:
    """The rest of the plan keeps every rule of the advanced instance."""
    later, rest, _ = advanced(k)
    found = verify(later, rest)
    assert found.ok, found.violations[:3]


@pytest.mark.parametrize("k", WEEKS)
def test_the_tail_replays_to_the_same_figures(k: int) -> None:
    """States, flows, money and objective are those of the whole plan from that week on."""
    instance, decisions = plan()
    whole = replay(instance, decisions)
    _, _, rest = advanced(k)
    for name in (*STATES, *FLOWS):
        np.testing.assert_allclose(
            getattr(rest, name), getattr(whole, name)[..., k:], rtol=1e-9, atol=1e-6, err_msg=name
        )
    for book in ("gmv", "spend"):
        for name, flow in getattr(whole, book).items():
            np.testing.assert_allclose(getattr(rest, book)[name], flow[k:], rtol=1e-9, atol=1e-6)
    rate = 1 + instance.objective.discount_rate
    past = sum(flow[:k] @ rate ** -np.arange(k) for flow in whole.gmv.values())
    assert past + rate**-k * rest.objective == pytest.approx(whole.objective, rel=1e-9)


@pytest.mark.parametrize("k", WEEKS)
def test_the_tail_is_a_point_of_the_program(k: int) -> None:
    """Program and replay hand over alike: the tail breaks no row, bound or term."""
    later, _, rest = advanced(k)
    model = Model.of(later)
    x = point(model, rest)
    assert not broken_in_model(model, x), model.broken(x)[:3]
    assert model.objective(x) == pytest.approx(rest.objective, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_random_merchants_are_handed_over(seed: int) -> None:
    """Today's way of a random merchant with every mechanism, seen a third of the way: the rest
    replays to the same figures, and program and verifier judge it alike."""
    instance = random_rich(seed)
    decisions, k = status_quo(instance), max(instance.calendar.periods // 3, 1)
    whole = replay(instance, decisions)
    later, rest = advance(instance, decisions, k), tail(decisions, k)
    left = replay(later, rest)
    for name in (*STATES, *FLOWS):
        before, after = getattr(whole, name), getattr(left, name)
        if before is not None:
            np.testing.assert_allclose(after, before[..., k:], rtol=1e-9, atol=1e-6, err_msg=name)
    model, found = Model.of(later), verify(later, rest)
    assert broken_in_model(model, point(model, left)) == {v.number for v in found.violations}


def test_week_by_week_is_all_at_once() -> None:
    """Advanced by one week three times is advanced by three weeks."""
    instance, decisions = plan()
    step, rest = instance, decisions
    for _ in range(3):
        step, rest = advance(step, rest, 1), tail(rest, 1)
    once = advance(instance, decisions, 3)
    assert step.name == once.name
    left, right = replay(step, rest), replay(once, tail(decisions, 3))
    assert left.objective == pytest.approx(right.objective, rel=1e-12)
    assert left.cash == pytest.approx(right.cash, rel=1e-9)


def test_budget_and_limits_count_the_past() -> None:
    """The budget stays the budget of the year; what is spent is stated beside it."""
    instance, decisions = plan()
    whole = replay(instance, decisions)
    later = advanced(2)[0]
    assert later.money.budget == instance.money.budget
    spent = sum(flow[:2].sum() for flow in whole.spend.values())
    assert later.money.past.spend() == pytest.approx(spent)
    # A budget that the whole plan just misses is missed by its tail too.
    total = sum(flow.sum() for flow in whole.spend.values())
    tight = instance.money.model_copy(update={"budget": 0.99 * total})
    short = instance.model_copy(update={"money": tight})
    found = verify(advance(short, decisions, 2), tail(decisions, 2))
    assert [(v.number, v.rule) for v in found.violations] == [("MO.7", "budget")]


def test_signed_things_cannot_be_dropped() -> None:
    """The agreed session, the offer under way and the joined package are kept by the verifier."""
    later, rest, _ = advanced(2)
    dropped = rest.copy()
    dropped.deal[:] = 0
    assert "agreed session kept" in {v.rule for v in verify(later, dropped).violations}
    changed = rest.copy()
    changed.offer[:2] = 1 - changed.offer[:2]
    assert "offer under way kept" in {v.rule for v in verify(later, changed).violations}
    left = rest.copy()
    left.package[:] = 0
    assert "signed package kept" in {v.rule for v in verify(later, left).violations}


@pytest.mark.parametrize("k", [1, 2, 4])
def test_same_rules_in_both_hands(k: int) -> None:
    """Random controls of the advanced instance: program and verifier find the same equations."""
    later, _, _ = advanced(k)
    model = Model.of(later)
    for seed in range(3):
        controls = random_controls(later, seed)
        # A block has one choice in the program, so its periods cannot differ; nor has it hires
        # in other periods than those of the team.
        t = np.arange(later.calendar.periods)
        controls.offer = controls.offer[:, np.maximum((t + k) // 3 * 3 - k, 0)]
        under_way = (3 - k % 3) % 3
        controls.offer[:, :under_way] = status_quo(later).offer[:, :under_way]
        controls.samples *= controls.offer
        controls.hires[:, (t + k) % 2 != 0] = 0
        controls.start[1] *= later.field.accounts["second"].opens is None  # type: ignore[union-attr]
        controls.deal[0] = status_quo(later).deal[0]
        states = replay(later, controls, accept="greedy")
        found = verify(later, states.decisions)
        numbers = {v.number for v in found.violations}
        assert broken_in_model(model, point(model, states)) == numbers, found.violations[:3]


def test_a_session_held_excludes_its_rival_and_spaces_the_next() -> None:
    """After the star's session its rival cannot be signed, in both hands."""
    later, rest, _ = advanced(4)
    sold = rest.copy()
    sold.deal[1, 0] = 1
    assert "session date" in {v.rule for v in verify(later, sold).violations}
    model = Model.of(later)
    assert not any(k == "rising" for k, _ in model.program.model.kol.deal)


@pytest.mark.parametrize(("agreed", "first"), [(-1, 1), (0, 2)])
def test_a_session_held_spaces_the_next(agreed: int, first: int) -> None:
    """Three periods from the session held before the horizon, the next one can be, in both
    hands; its fee is not paid again."""
    deals = {"star": {"agreed": agreed}, "rising": {"exclusive_with": None}}
    instance = full_world(money={"locked": None}, kol={"spacing": 3, "deals": deals})
    program = Model.of(instance).program.model
    assert {t for k, t in program.kol.deal if k == "rising"} == set(range(first, 6))
    for t in range(6):
        controls = status_quo(instance)
        controls.deal[1, t] = 1
        rules = {v.rule for v in verify(instance, controls).violations}
        assert ("session date" in rules) == (t < first)
    assert replay(instance, status_quo(instance)).spend["kol"].sum() == 0


def test_credit_drawn_before_bears_interest() -> None:
    """The first period pays for the credit that was drawn, in both hands."""
    free, drawn = full_world(), full_world(money={"cash": {"drawn": 50000.0}})
    controls = status_quo(free)
    calm, due = replay(free, controls), replay(drawn, controls)
    assert calm.cash is not None
    assert due.cash is not None
    np.testing.assert_allclose(calm.cash - due.cash, 0.004 * 50000.0)
    model = Model.of(drawn)
    broken = broken_in_model(model, point(model, due))
    assert broken == {v.number for v in verify(drawn, controls).violations}


def test_people_who_began_before_learn_on() -> None:
    """One began last week, two the week before: at 40, 60, 80 % in their first three weeks, those
    of age 1 and 2 count 0.6 and 0.8 now, then 0.8 and 1; in both hands."""
    host = {"attrition": 0.0, "ramp": [0.4, 0.6, 0.8], "learning": [1, 2, 0], "heads": 4}
    instance = full_world(staff={"roles": {"host": host}})
    states = replay(instance, status_quo(instance))
    np.testing.assert_allclose(states.productive[0, :3], [4 - 0.4 - 2 * 0.2, 4 - 0.2, 4])
    model = Model.of(instance)
    made = model.program.model.staff.productive["host", 0]
    heads = model.program.model.staff.heads["host", 0]
    heads.value = 4.0
    for variable in model.program.model.staff.hires.values():
        variable.value = 0.0
    assert pyo.value(made) == pytest.approx(3.2)


def test_a_campaign_that_is_over_still_dips() -> None:
    """The window ended last week: its dip falls into the first week."""
    instance, decisions = plan()
    assert instance.campaign is not None
    whole = replay(instance, decisions)
    window = instance.calendar.period_of(instance.campaign.campaigns["spring"].last)
    _, _, rest = advanced(window + 1)
    assert rest.order_factor[0] == whole.order_factor[window + 1]
    assert rest.order_factor[0] < 1


@pytest.mark.parametrize("k", [0, 6, -1])
def test_nothing_or_all_is_refused(k: int) -> None:
    """At least one week is over and one is left."""
    instance, decisions = plan()
    with pytest.raises(ValueError, match="between 1 and 5 periods can be over"):
        advance(instance, decisions, k)


def test_scenarios_follow_the_weeks_that_are_left() -> None:
    """What a scenario says of a span that is over goes, what it says of a later one moves up; one
    that no longer holds goes alone, its chance shared out to the others in proportion.
    """
    span = {"traffic": 0.8, "first": 1, "last": 1}
    changes = [{"at": f"season.{n}.traffic", "times": 1.2} for n in range(2)]
    spans = [span, {**span, "first": 4, "last": 4}]
    rush = {"rush": {"probability": 1.0, "changes": changes}}
    instance = four_levers(season=spans, scenarios=rush)
    today = status_quo(instance)
    later = advance(instance, today, 1)
    assert [one.at for one in later.scenarios["rush"].changes] == ["season.0.traffic"]
    many = {"at": "snowball.segments.young.pool", "value": 503.0}
    crowd = {"crowd": {"probability": 0.2, "changes": [many]}}
    others = {"slow": {"probability": 0.2}, "calm": {"probability": 0.6}}
    grown = four_levers(scenarios=crowd | others)
    left = advance(grown, status_quo(grown), 2)
    assert left.snowball.segments["young"].followers > 503.0
    chances = {name: one.probability for name, one in left.scenarios.items()}
    assert chances == pytest.approx({"slow": 0.25, "calm": 0.75})
    alone = four_levers(scenarios={"crowd": {"probability": 1.0, "changes": [many]}})
    assert advance(alone, status_quo(alone), 2).scenarios == {}
