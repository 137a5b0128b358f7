"""The cost of a sweep is measured against one solve of the same file."""

from pathlib import Path

from benchmarks.sweep import BAR, main

SMALL = Path(__file__).parents[1] / "allocator" / "small_merchant.yaml"


def test_a_sweep_whose_budgets_do_not_bind_costs_no_more_than_the_bar(tmp_path: Path) -> None:
    """One point is solved, the others are verified; the table says so."""
    results = tmp_path / "results.md"
    assert main([str(SMALL), "--points", "5", "--write", str(results)]) == 0
    rows = [line for line in results.read_text().splitlines() if line.startswith("| small")]
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    assert len(rows) == 1
    assert float(cells[3]) <= BAR
    assert cells[4:6] == ["1 of 5", "5 of 5"]
