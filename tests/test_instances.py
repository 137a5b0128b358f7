"""Stored instances: they read, they reproduce the table, and today's plan holds."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allocator.reading import read_tree, validate
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify

ROOT = Path(__file__).parents[1]
ARCHETYPES = sorted((ROOT / "instances" / "archetypes").glob("*.yaml"))
REFERENCE = sorted((ROOT / "instances" / "reference").glob("*.yaml"))
BENCH = sorted((ROOT / "instances" / "bench").glob("*.json"))
DEFAULT = ROOT / "allocator" / "data" / "default.yaml"
TABLE = json.loads((ROOT / "instances" / "archetypes" / "table.json").read_text(encoding="utf-8"))
MERCHANTS = tuple(TABLE["merchants"])


@cache
def load(path: Path) -> Instance:
    """An instance from its file."""
    return validate(Instance, read_tree(path))


def archetype(name: str, weeks: int = 26) -> Instance:
    """The archetype ``name``."""
    return load(ROOT / "instances" / "archetypes" / f"{name}-{weeks}.yaml")


@cache
def today(path: Path) -> Any:
    """Replay of what the merchant does today."""
    instance = load(path)
    return replay(instance, status_quo(instance), accept="greedy")


@pytest.mark.parametrize(
    "path", [*ARCHETYPES, *REFERENCE, *BENCH, DEFAULT], ids=lambda path: path.stem
)
def test_name_is_the_stem(path: Path) -> None:
    """Every stored file reads, passes all checks and is named after itself."""
    assert load(path).name == path.stem


def test_all_archetypes_are_there() -> None:
    """Four merchants with two horizons each."""
    assert {path.stem for path in ARCHETYPES} == {f"{m}-{w}" for m in MERCHANTS for w in (26, 52)}


@pytest.mark.parametrize("name", MERCHANTS)
def test_contribution_per_gmv(name: str) -> None:
    """An order's contribution before marketing is the table's share of the price."""
    instance = archetype(name)
    line = instance.goods.lines["all"]
    kept = 1 - line.refund_pre - line.refund_post
    money = kept * line.price * (1 - instance.money.platform_fee - instance.money.tax_other)
    money -= line.unit_cost * (kept + line.refund_post * line.writeoff)
    money -= (1 - line.refund_pre) * (line.shipping + line.insurance)
    money -= line.refund_post * line.handling
    expected = TABLE["merchants"][name]["standing"]["contribution_per_gmv"]
    assert money / line.price == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize("name", MERCHANTS)
def test_first_week(name: str) -> None:
    """The first week's GMV is the table's within 3 %, its channels within 2 points."""
    replayed = today(ROOT / "instances" / "archetypes" / f"{name}-26.yaml")
    told = TABLE["merchants"][name]["standing"]["week_one"]
    gmv = sum(flow[0] for flow in replayed.gmv.values())
    assert gmv == pytest.approx(told["gmv"], rel=0.03)
    for channel in ("field", "alliance", "shelf", "repeat"):
        assert replayed.gmv[channel][0] / gmv == pytest.approx(told[channel], abs=0.02)


@pytest.mark.parametrize("name", MERCHANTS)
def test_growth_of_the_first_week(name: str) -> None:
    """Recommended traffic starts to grow at eta (1 - views / cap) (score - 1)."""
    replayed = today(ROOT / "instances" / "archetypes" / f"{name}-26.yaml")
    field = TABLE["merchants"][name]["field"]
    law = field["eta"] * (1 - field["nat_views_week0"] / field["nat_views_cap"])
    traffic = replayed.traffic.sum(axis=(0, 1))
    assert traffic[1] / traffic[0] - 1 == pytest.approx(law * (field["score"] - 1), abs=0.0015)


@pytest.mark.parametrize("path", ARCHETYPES, ids=lambda path: path.stem)
def test_growth_stays_in_the_band(path: Path) -> None:
    """No week's traffic falls by more than 1.5 % in ordinary weeks nor rises by more than 7 %."""
    traffic = today(path).traffic.sum(axis=(0, 1))
    growth = traffic[1:] / traffic[:-1] - 1
    stop = set(range(5, 11))
    ordinary = np.array([g for t, g in enumerate(growth) if t not in stop])
    assert growth.max() <= 0.07
    assert ordinary.min() >= -0.015


@pytest.mark.parametrize("path", [*ARCHETYPES, DEFAULT], ids=lambda path: path.stem)
def test_today_goes_on(path: Path) -> None:
    """What the merchant does today breaks no rule: hours, budget and cash last."""
    instance = load(path)
    assert not verify(instance, today(path).decisions).violations


@pytest.mark.parametrize("path", [*ARCHETYPES, DEFAULT], ids=lambda path: path.stem)
def test_something_to_decide(path: Path) -> None:
    """The budget is 1.0 to 1.3 times what goes on costs, the KOL budget included."""
    instance = load(path)
    spend = float(sum(flow.sum() for flow in today(path).spend.values()))
    assert instance.money.budget is not None
    assert 1.0 <= instance.money.budget / spend <= 1.3


def test_a_head_slot_is_out_of_reach() -> None:
    """The micro merchant runs out of cash with a head slot, whatever the date."""
    path = ROOT / "instances" / "archetypes" / "micro-factory-26.yaml"
    instance = load(path)
    assert instance.kol is not None
    row = list(instance.kol.deals).index("head_slot")
    calendar, deal = instance.calendar, instance.kol.deals["head_slot"]
    for t in range(calendar.period_of(deal.first), calendar.period_of(deal.last) + 1):
        plan = status_quo(instance)
        plan.deal[row, t] = 1
        broken = verify(instance, replay(instance, plan, accept="greedy").decisions).violations
        assert any("MO.14" in str(violation) for violation in broken)


def test_reference_optima_are_in_the_readme() -> None:
    """Every reference case stands in the table of its README."""
    words = (ROOT / "instances" / "reference" / "README.md").read_text(encoding="utf-8")
    for path in REFERENCE:
        head, _, tail = path.stem.rpartition("-")
        assert f"`{path.stem}`" in words or (f"`{head}-" in words and f"`-{tail}`" in words)


@pytest.mark.parametrize("g", ["050", "090", "110"])
def test_linear_snowball_by_hand(g: str) -> None:
    """A9: the replay of the closed form's spend has the closed form's value."""
    instance = load(ROOT / "instances" / "reference" / f"a9-snowball-{g}.yaml")
    factor, periods = int(g) / 100, 8
    worth = np.array([sum(factor**j for j in range(periods - t)) for t in range(periods)])
    plan = status_quo(instance)
    plan.boost_spend[0, :periods] = 100 * worth**2 / np.sum(worth**2)
    value = replay(instance, plan, accept="greedy").objective
    reached = {"050": 362.062273678, "090": 846.928833381, "110": 1538.656924154}
    assert value == pytest.approx(reached[g], rel=1e-6)


def test_reinvest_then_harvest_by_hand() -> None:
    """A7: putting everything in for k periods and then nothing is worth (1 + r)^k (T - k)."""
    instance = load(ROOT / "instances" / "reference" / "a7-reinvest-12.yaml")
    best = 0.0
    for k in range(13):
        plan = status_quo(instance)
        plan.boost_spend[0, :k] = [1.25**t for t in range(k)]
        best = max(best, float(replay(instance, plan, accept="greedy").objective))
    assert best == pytest.approx(23.84185791015625, rel=1e-6)


def test_finite_pool_by_hand() -> None:
    """A12: followers under 20 contacts a period in a pool of 100."""
    replayed = today(ROOT / "instances" / "reference" / "a12-finite-pool.yaml")
    assert replayed.followers[0, 5] == pytest.approx(69.5139722805402, rel=1e-10)


def test_replicator_by_hand() -> None:
    """A14: the share of the growing segment."""
    traffic = today(ROOT / "instances" / "reference" / "a14-replicator.yaml").traffic[0]
    share = traffic[0] / traffic.sum(axis=0)
    expected = [0.525, 0.59876786, 0.7687029, 0.9310011]
    assert share[[1, 4, 12, 26]] == pytest.approx(expected, abs=1e-6)
