"""What chance does to the table of coverage of the study of planted merchants."""

import pytest
from scipy.stats import binom

from benchmarks.fit_tables import COVERAGE, FAR, WIDTH, _deviation, _outside, chance, noted
from benchmarks.sections import table


def coverage(*rows: str) -> str:
    """A table of coverage; a row is its merchants and its cells."""
    head = ["", "merchants", "growth", "hours"]
    return table(head, [["26 weeks", *row.split()] for row in rows] + [["all", "9", "1%", "2%"]])


def test_cells_outside_by_hand() -> None:
    """A cell of 100 merchants is shown below 85 % with at most 84 hits, above 95 % with 96."""
    off = float(binom.cdf(84, 100, 0.9) + binom.sf(95, 100, 0.9))
    assert list(_outside([100, 100])) == pytest.approx(
        [(1 - off) ** 2, 2 * off * (1 - off), off**2]
    )


def test_the_note_counts_and_judges() -> None:
    """Cells without a figure are none, the last row is no cell; many outside are no chance."""
    few = chance(coverage("100 90% 84%", "100 95% -"))
    assert few.startswith("1 of 3 cells lie outside of 85-95 %: 1 below")
    assert few.endswith("So this is no more than chance does.")
    many = chance(coverage("100 99% 97%", "100 96% 84%"))
    assert "1 below, where intervals are too narrow, and 3 above" in many
    assert many.endswith("So this is more than chance does.")


def test_a_page_is_noted_once() -> None:
    """The note stands under the table, and a second time in place of the first."""
    page = f"# Fit\n\n{COVERAGE}\n\n{coverage('100 90% 84%')}\n\nBias:\n"
    once = noted(page)
    assert once.count("cells lie outside of") == 1
    assert once.index("| all |") < once.index("cells lie outside of") < once.index("Bias:")
    assert noted(once) == once


def test_deviations_by_hand() -> None:
    """Truths one deviation above and below give 1; one that is far off counts as the cap."""

    def figure(truth: float) -> dict[str, float]:
        return {"truth": truth, "low": 2.0 - WIDTH / 2, "middle": 2.0, "high": 2.0 + WIDTH / 2}

    assert _deviation("", [figure(1.0), figure(3.0)]) == "1.00"
    assert _deviation("", [figure(-90.0)]) == f"{FAR:.2f}"
