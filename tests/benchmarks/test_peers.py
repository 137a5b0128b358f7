"""The comparison of allocators: its own arithmetic, and the allocators that need no extra."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.allocators import even_start, hill_climb, ours
from benchmarks.peers.instances import FAMILIES, Instance
from benchmarks.peers.run import report
from benchmarks.sections import write_section
from fact_models.response import Hill

TWINS = Instance("twins", (Hill(scale=100.0, half=60.0, slope=3.0),) * 2, (100.0, 100.0), 100.0)
"""S1: the even split is worth 73.31 and level in every direction; the best is 82.24."""


def test_all_agree_on_a_concave_instance() -> None:
    """Three allocators, one value to 1e-4."""
    instance = FAMILIES["concave, 10 channels"](1)[0]
    values = [
        instance.value(instance.feasible(a(instance))) for a in (ours, even_start, hill_climb)
    ]
    assert values == pytest.approx([values[0]] * 3, rel=1e-4)


def test_an_even_start_is_trapped_on_twins() -> None:
    """SLSQP stays at the even split, ``allocate`` does not."""
    assert TWINS.value(even_start(TWINS)) == pytest.approx(73.313783, rel=1e-6)
    assert TWINS.value(ours(TWINS)) == pytest.approx(82.236842, rel=1e-6)


def test_spends_are_made_feasible() -> None:
    """Clipped to the bounds, then scaled down to the budget."""
    assert TWINS.feasible(np.array([300.0, np.nan])) == pytest.approx([100.0, 0.0])
    assert TWINS.feasible(np.array([100.0, 100.0])) == pytest.approx([50.0, 50.0])


def test_instances_follow_from_their_seed() -> None:
    """Drawn twice, equal; told in another unit, equal values."""
    one, again = (FAMILIES["concave, 10 channels"](2) for _ in range(2))
    assert one == again
    other = FAMILIES["concave, 10 channels, told in yuan"](1)[0]
    spend = np.full(10, one[0].budget / 10)
    assert other.value(spend * 10_000) == pytest.approx(one[0].value(spend))


def test_a_section_is_replaced_and_others_stay(tmp_path: Path) -> None:
    """Writing twice leaves one section."""
    path = tmp_path / "RESULTS.md"
    for name, text in (("a", "old"), ("b", "kept"), ("a", "new")):
        write_section(path, name, text)
    content = path.read_text()
    assert "old" not in content
    assert content.count("<!-- a -->") == 1
    assert "new" in content
    assert "kept" in content


def test_the_report_counts_what_is_missed() -> None:
    """One published family: SLSQP from the even split misses some of its instances."""
    name = "published S-curves"
    text = report({"ours": ours, "even": even_start}, 1, {name: FAMILIES[name]})
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line[:1] == "|"}
    assert "0 of 4" in rows["ours"]
    assert "0 of 4" not in rows["even"]
