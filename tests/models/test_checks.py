"""Rules across the fields of an instance: each refuses what it is for, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from fact_models.faults import Fault, FaultError
from fact_models.spec import instance as instance_module
from fact_models.spec.checks import RULES, SHOWN, faults
from fact_models.spec.checks_size import MOST_NONZEROS, nonzeros
from fact_models.spec.instance import Instance
from tests.models.checks_cases import (
    BASE,
    CASES,
    CORE,
    EARLY,
    LEAVE_OUT,
    MAIN,
    SPRING,
    STAR,
    TAIL,
    Changes,
    Path,
    changed,
)


def refused(tree: dict[str, Any]) -> tuple[Fault, ...]:
    """Faults for which ``Instance`` refuses the tree."""
    with pytest.raises(ValidationError) as caught:
        Instance.model_validate(tree)
    (error,) = caught.value.errors()
    cause = error["ctx"]["error"]
    assert isinstance(cause, FaultError)
    return cause.faults


def test_base_is_valid() -> None:
    """The instance from which every case departs breaks no rule."""
    assert faults(Instance.model_validate(BASE)) == []


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], Instance]:
    """Reads a tree by the bounds of single fields alone."""

    def read(tree: dict[str, Any]) -> Instance:
        with monkeypatch.context() as patch:
            patch.setattr(instance_module, "faults", lambda _: [])
            return Instance.model_validate(tree)

    return read


@pytest.mark.parametrize(
    ("rule", "changes", "path", "words"),
    CASES,
    ids=[f"{rule}-{'.'.join(map(str, path))}" for rule, _, path, _ in CASES],
)
def test_rule_refuses(
    rule: str,
    changes: Changes,
    path: Path,
    words: str,
    unchecked: Callable[[dict[str, Any]], Instance],
) -> None:
    """A change breaks its rule and no other; the fault has place and words."""
    tree = changed(changes)
    (fault,) = refused(tree)
    assert fault.path == path
    assert words in str(fault)
    broken = unchecked(tree)
    found = [each.__name__ for group in RULES.values() for each in group if [*each(broken)]]
    assert found == [rule]


def test_every_rule_has_a_case() -> None:
    """No rule goes untested."""
    assert {rule for rule, *_ in CASES} == {
        rule.__name__ for group in RULES.values() for rule in group
    }


def test_every_rule_says_what_it_is_for() -> None:
    """Every rule has a docstring of one line."""
    for group in RULES.values():
        for rule in group:
            assert rule.__doc__
            assert rule.__doc__.count("\n") == 0


def test_crew_needs_staff() -> None:
    """Without staff a crew names nobody: every crew is refused, at its own place."""
    found = refused(changed({("staff",): LEAVE_OUT}))
    assert {fault.path[-1] for fault in found} == {"crew", "crew_sample", "crew_upkeep"}
    assert len(found) == 8
    assert all("must not be given without the record staff" in str(fault) for fault in found)


def test_all_faults_are_told_at_once() -> None:
    """A file with faults in three mechanisms hears of all of them."""
    found = refused(
        changed(
            {
                (*CORE, "followers"): 5000.0,
                (*TAIL, "current_offer"): "plane",
                ("money", "settlement"): [0.5],
            }
        )
    )
    assert {fault.path[0] for fault in found} == {"snowball", "alliance", "money"}


def test_a_broken_date_does_not_stop_other_rules() -> None:
    """A window without a readable end is one fault, not a crash of the rules that use windows."""
    changes = {(*path, "first"): "soon" for path in (("season", 0), SPRING, EARLY, STAR)}
    found = refused(changed(changes))
    assert [fault.path for fault in found] == list(changes)


def test_repeated_fault_is_cut_short() -> None:
    """A mistake in every entry is reported a limited number of times."""
    conflicts = [f"none_{n}" for n in range(SHOWN + 20)]
    assert len(refused(changed({(*SPRING, "conflicts"): conflicts}))) == SHOWN


def test_limits_themselves_are_allowed() -> None:
    """Values exactly at a limit, or off by rounding alone, pass."""
    Instance.model_validate(
        changed(
            {
                (*CORE, "conversion_well"): 0.1,
                (*CORE, "persistence_served"): 1 - 0.9,
                (*MAIN, "current_hours"): 60.0,
                (*TAIL, "pool"): 50.0,
                (*TAIL, "mix"): {"core": 0.1 + 0.2, "wider": 0.7},
                (*STAR, "lead"): 7,
                ("money", "cash", "floor"): 110.0,
                ("money", "settlement"): [0.1] * 10,
            }
        )
    )


def test_deal_and_campaign_beyond_the_horizon_are_harmless() -> None:
    """The same list of events serves short and long horizons."""
    Instance.model_validate(
        changed({("calendar", "periods"): 2, ("money", "locked"): [], (*STAR, "lead"): 9})
    )


def test_overlapping_campaigns_are_refused_before_they_are_built() -> None:
    """Twelve packages that can all be combined make more modes than can be built."""
    many = {
        f"event_{n}": {"first": 1, "last": 12, "packages": {"p": {"uplift": 1.1}, "q": {}}}
        for n in range(12)
    }
    (fault,) = refused(changed({("campaign", "campaigns"): many}))
    assert fault.path == ("calendar", "periods")
    assert "most of them for the modes of campaigns and discounts" in fault.hint


def test_estimate_grows_with_the_horizon() -> None:
    """Four times the periods: about four times the non-zeros, a little more for late openings."""
    short = nonzeros(Instance.model_validate(BASE))
    long = nonzeros(Instance.model_validate(changed({("calendar", "periods"): 48})))
    assert 3 * short < long < 8 * short < MOST_NONZEROS
