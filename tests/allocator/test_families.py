"""Made-up families: the same seed gives the same instance, and today's plan stays feasible."""

from pathlib import Path

import numpy as np
import pytest

from allocator.families import FAMILIES, MANY_DEALS, generate, main
from allocator.reading import dump_json, read_tree, validate
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify

SMALL = tuple(name for name in FAMILIES if name != "xl")
BENCH = Path(__file__).parents[2] / "instances" / "bench"


@pytest.mark.parametrize("family", SMALL)
def test_same_seed_same_instance(family: str) -> None:
    """A family, a length and a seed name one instance; another seed another one."""
    assert dump_json(generate(family, 13, 1)) == dump_json(generate(family, 13, 1))
    assert generate(family, 13, 1) != generate(family, 13, 2)


@pytest.mark.parametrize("family", SMALL)
@pytest.mark.parametrize("weeks", [13, 26])
def test_today_goes_on(family: str, weeks: int) -> None:
    """What the made-up merchant does today breaks no rule."""
    instance = generate(family, weeks, 3)
    assert not verify(instance, status_quo(instance)).violations


@pytest.mark.parametrize("family", SMALL)
def test_budget_is_as_tight_as_told(family: str) -> None:
    """The budget is today's spend times the family's factor."""
    instance = generate(family, 13, 0)
    today = replay(instance, status_quo(instance), accept="greedy")
    spend = float(sum(flow.sum() for flow in today.spend.values()))
    assert instance.money.budget is not None
    assert instance.money.budget / spend == pytest.approx(FAMILIES[family].budget, rel=0.02)


@pytest.mark.parametrize("family", SMALL)
def test_the_shortest_horizon(family: str) -> None:
    """Every family has instances of eight weeks, the least that is promised."""
    for seed in range(4):
        assert generate(family, 8, seed).calendar.periods == 8


def test_cash_is_as_tight_as_told() -> None:
    """In tight_cash today's plan comes within half a week's spend of the floor."""
    instance = generate("tight_cash", 26, 0)
    today = replay(instance, status_quo(instance), accept="greedy")
    assert today.cash is not None
    weekly = float(sum(np.mean(flow) for flow in today.spend.values()))
    assert 0 <= today.cash.min() <= 0.6 * weekly


@pytest.mark.parametrize(("weeks", "deals"), MANY_DEALS.items())
def test_many_deals(weeks: int, deals: int) -> None:
    """many_deals holds 60, 120 or 200 deals."""
    instance = generate("many_deals", weeks, 0)
    assert instance.kol is not None
    assert len(instance.kol.deals) == deals


def test_s_curves_are_s_shaped() -> None:
    """Rooms and boosts of s_curves answer with S-shaped curves."""
    field = generate("s_curves", 13, 0).field
    assert field is not None
    curves = [a.reception for a in field.accounts.values()]
    curves += [b.curve for b in field.boosts.values()]
    assert all(curve.is_s_shaped for curve in curves)


@pytest.mark.slow
def test_xl_has_its_sizes() -> None:
    """xl: 52 weeks, 8 segments, 10 accounts, 60 tiers, 30 campaigns, 200 deals."""
    instance = generate("xl", 52, 0)
    assert instance.field is not None
    assert instance.alliance is not None
    assert instance.campaign is not None
    assert instance.kol is not None
    sizes = (
        instance.calendar.periods,
        len(instance.snowball.segments),
        len(instance.field.accounts),
        len(instance.alliance.tiers),
        len(instance.campaign.campaigns),
        len(instance.kol.deals),
    )
    assert sizes == (52, 8, 10, 60, 30, 200)


def test_unknown_family() -> None:
    """An unknown name is refused by name."""
    with pytest.raises(ValueError, match="unknown family 'none'"):
        generate("none", 13, 0)


def test_weeks_out_of_range() -> None:
    """A horizon that no family is made for is refused."""
    with pytest.raises(ValueError, match="between 8 and 52"):
        generate("tight_cash", 4, 0)


def test_command_writes_the_instance(tmp_path: Path) -> None:
    """The command writes what ``generate`` returns."""
    out = tmp_path / "made.json"
    assert main(["--family", "s_curves", "--weeks", "13", "--seed", "5", "--out", str(out)]) == 0
    assert validate(Instance, read_tree(out)) == generate("s_curves", 13, 5)


@pytest.mark.parametrize("path", sorted(BENCH.glob("*.json")), ids=lambda path: path.stem)
def test_stored_file_is_what_the_seed_gives(path: Path) -> None:
    """A stored file has not drifted from the generator."""
    family, weeks, seed = path.stem.rsplit("-", 2)
    assert validate(Instance, read_tree(path)) == generate(family, int(weeks), int(seed))
