"""The calendar of a plan: what to do when, and how reports say days, weeks, names and limits."""

from datetime import date

import pytest

from allocator.agenda import agenda, monday
from allocator.labels import Lang
from allocator.phrases import day_words, lever_words, limit_words, names, per, week_words
from tests.allocator.small_plan import later_plan, small, small_plan
from tests.allocator.tiny import built


def test_everything_that_was_decided_stands_in_the_agenda() -> None:
    """Sign-up in W04 for 26 January, the deal's signature two weeks before its session, the
    opening one week before the first live hour, the hire; nothing else.
    """
    entries = {(e.kind, e.key): e for e in agenda(small_plan())}
    assert list(entries) == [
        ("campaign", "spring"),
        ("kol", "star"),
        ("field", "second"),
        ("team", "host"),
    ]
    spring, star, second, host = entries.values()
    assert spring.acts == ((date(2026, 1, 19), 1.0),)
    assert (spring.first, spring.last) == (date(2026, 1, 26), date(2026, 2, 8))
    assert star.acts == ((date(2026, 1, 12), 1.0),)
    assert (star.first, star.last) == (date(2026, 1, 26), date(2026, 2, 1))
    assert second.acts == ((date(2025, 12, 29), 1.0),)
    assert (second.first, second.last) == (date(2026, 1, 5), date(2026, 2, 22))
    assert host.acts == ((date(2026, 1, 5), 1.0),)
    assert (host.first, host.begins) == (None, date(2026, 1, 5))


def test_what_was_signed_before_asks_for_nothing() -> None:
    """Four weeks later package and deal are signed: their windows stand, no day to act by; two
    weeks later still the session is over."""
    entries = {e.key: e for e in agenda(later_plan(4)) if e.kind in ("campaign", "kol")}
    assert {key: e.acts for key, e in entries.items()} == {"spring": (), "star": ()}
    assert entries["star"].begins == date(2026, 1, 26)
    assert "star" not in {e.key for e in agenda(later_plan(6))}


def test_periods_that_begin_on_no_monday_keep_their_days() -> None:
    """With weeks from Thursday on, a session is in the week that begins on that Thursday."""
    tree = small().model_dump(mode="json")
    tree["calendar"]["start"] = "2026-01-01"
    found = small_plan(type(small()).model_validate(tree))
    star = next(e for e in agenda(found) if e.kind == "kol")
    assert star.first == date(2026, 1, 29)
    assert star.acts[0][0] == date(2026, 1, 15)


def test_weeks_and_days_are_said_in_both_languages() -> None:
    """The ISO week with its Monday."""
    assert monday("2026-W07") == date(2026, 2, 9)
    assert week_words("2026-W07", "en") == "W07 (9 Feb)"
    assert week_words("2026-W07", "zh") == "W07（2月9日）"
    assert day_words(date(2026, 6, 18), "en") == "18 Jun"


@pytest.mark.parametrize(
    ("lang", "few", "many"),
    [("en", "a · b", "a · b · c and 2 more"), ("zh", "a、b", "a、b、c等5项")],
)
def test_long_lists_end_in_a_count(lang: Lang, few: str, many: str) -> None:
    """English counts what is left out, Chinese everything."""
    assert names(["a", "b"], lang) == few
    assert names(["a", "b", "c", "d", "e"], lang) == many


def test_limits_are_said_with_what_they_limit() -> None:
    """Levers by their names, accounts and roles as the merchant calls them."""
    assert limit_words("hours of", "客服", "en") == "hours of 客服"
    assert limit_words("hours of", "客服", "zh") == "客服：岗位工时"
    assert limit_words("budget", "kol", "zh") == "头部大V：预算"
    assert limit_words("cash floor", "", "zh") == "现金底线"
    # A role may bear the name of a lever.
    assert limit_words("heads of", "team", "zh") == "team：编制上限"


def test_levers_of_the_next_yuan_go_by_their_labels() -> None:
    """``boost feed`` is what the merchant calls feed; what is unknown stays as it is."""
    plan = small_plan()
    assert lever_words(plan, "boost feed", "zh") == "投流千川"
    assert lever_words(plan, "samples tail", "en") == "samples for 尾部达人"
    assert lever_words(plan, "boost gone", "en") == "boost gone"


def test_a_period_of_seven_days_is_a_week() -> None:
    """Others are called periods."""
    assert per(small_plan(), "en") == "week"
    tree = built().model_dump(mode="json")
    tree["calendar"]["days"] = 10
    instance = type(built()).model_validate(tree)
    assert per(type(small_plan())(instance, "infeasible"), "zh") == "期"
