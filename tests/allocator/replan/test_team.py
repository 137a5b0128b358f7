"""Hires that were due: those who came count, those who did not are told and can be replaced."""

from dataclasses import replace

import pytest
from rich.console import Console

from allocator.labels import Label, Lang
from allocator.plan import Plan
from allocator.replan.screen import note_words, replan_screen
from allocator.replan.weeks import Reality, reality
from allocator.weekly.reading import Weeks
from fact_models.spec.instance import Instance
from fact_models.spec.staff import Role
from tests.allocator.replan.test_replan import far
from tests.allocator.small_plan import small, small_plan

BEGINS = 2
"""Period in which the one hire of the plan made by hand begins; before it there are 3 hosts."""


def plan(**host: object) -> Plan:
    """The plan made by hand with other figures of the hosts."""
    tree = small().model_dump(mode="json", by_alias=True)
    tree["staff"]["roles"]["host"].update(host)
    return small_plan(Instance.model_validate(tree))


def seen(*hosts: float | None, of: Plan | None = None) -> Reality:
    """Weeks of which only the hosts were counted, week by week."""
    whole = plan() if of is None else of
    mondays = tuple(whole.instance.calendar.first_day(t) for t in range(len(hosts)))
    gmv: dict[str, tuple[float | None, ...]] = {"gmv": (None,) * len(hosts)}
    weeks = Weeks("w.csv", mondays, gmv, {("team", "host"): hosts})
    assert whole.decisions is not None
    return reality(whole.instance, whole.decisions, weeks)


def host(found: Reality) -> Role:
    """The hosts of the rest of the horizon."""
    assert found.instance.staff is not None
    return found.instance.staff.roles["host"]


def words(found: Reality, lang: Lang = "en") -> list[str]:
    """What the last week says of hires."""
    notes = found.weeks[-1].notes
    return [note_words(note, lang) for note in notes if note.key.startswith("hires")]


def test_a_hire_that_came_is_used_up() -> None:
    """Four hosts where four were due: the limit of one hire is spent, and nothing is said."""
    found = seen(3, 3, 4)
    assert (host(found).hires_total, host(found).heads, words(found)) == (0, 4, [])


@pytest.mark.parametrize("hosts", [(3, 3, 3), (None, None, 3), (3, 3, None, 3), (3, 3, 2)])
def test_a_hire_that_did_not_come_can_be_replaced(hosts: tuple[float | None, ...]) -> None:
    """Where heads are short when the hire was due, or first counted after that, it is told and
    free again; of two that are short one has left."""
    found = seen(*hosts)
    assert (host(found).hires_total, host(found).heads) == (1, hosts[-1])
    (said,) = words(found)
    assert said.startswith("host: hires that were due and are missing in the heads seen: 1;")
    assert "应到岗而实际人数中没有的招聘：1 人" in words(found, "zh")[0]


@pytest.mark.parametrize("hosts", [(2,), (3, 2, 3), (3, 3, 4, 3)])
def test_who_left_is_no_hire_that_did_not_come(hosts: tuple[float | None, ...]) -> None:
    """Short before the hire is due, or after it was counted: the limit stays used up."""
    found = seen(*hosts)
    assert (host(found).hires_total, words(found)) == (0 if len(hosts) > 1 else 1, [])


def test_a_hire_that_came_late_counts_again() -> None:
    """Missing in one week, there in the next: the limit is used up after all."""
    found = seen(3, 3, 3, 4)
    assert (host(found).hires_total, host(found).heads) == (0, 4)
    assert "are among the heads now: 1" in words(found)[0]


def test_nobody_learns_in_the_place_of_one_who_did_not_come() -> None:
    """With a ramp of two weeks the one hire learns where it came, and nobody else."""
    slow = plan(ramp=[0.4, 0.8])
    assert host(seen(3, 3, 4, of=slow)).learning == [1, 0]
    assert host(seen(3, 3, 3, of=slow)).learning == [0, 0]
    assert host(seen(3, 3, None, 3, of=slow)).learning == [0, 0]
    assert host(seen(3, 3, 3, 4, of=slow)).learning == [1, 0]


def test_a_team_that_is_short_is_not_said_to_stay() -> None:
    """Without a change the screen claims a team that stays only where the heads are the plan's."""
    found = far()
    kept = replace(found.kept, possible=False, broken=(Label("a rule", "规则"),))
    for came, stays in ((4.0, True), (3.0, False)):
        week = replace(found.weeks[0], items={"team:host": (4.0, came)})
        console = Console(width=200)
        with console.capture() as shown:
            console.print(
                replan_screen(replace(found, weeks=(week,), changes=(), kept=kept), "en")
            )
        text = shown.get()
        assert ("Hours, spend, team and deals stay" in text) == stays
        assert ("the team that was seen is not the one" in text) != stays
