"""Tables of the study of planted merchants, from its lines.

    python -m benchmarks.fit_tables docs/fit.md

puts what chance does to the table of coverage under every such table of a page, from the table
itself, so that a page can be told without the study's lines.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom, norm

from allocator.writing import write_atomic
from benchmarks.sections import machine, table

NAMES = {
    "growth": "growth factor",
    "multiplier": "long-run multiplier",
    "boost": "next yuan of a boost",
    "hours": "next live hour",
    "creators": "next creator",
    "package": "a package's week",
}
Line = dict[str, Any]
COVERAGE = "Share of the truths inside the 90 % interval:"
COVERS, LEAST, MOST = 0.9, 85, 95
"""What the intervals promise, and the per cent between which a cell is to lie."""
WIDTH, FAR = 2 * float(norm.ppf(0.95)), 5
"""Width of a 90 % interval in standard deviations, and how many of them count at most."""
LEVEL = 0.05
"""Chance below which cells outside are called more than chance."""
NOTED = "cells lie outside of"


def report(lines: Sequence[Line]) -> str:
    """Coverage, bias and forecasts by weeks and noise, each cell with its number of merchants."""
    cells = sorted({(x["weeks"], x["noise"]) for x in lines})
    by_cell = {c: [x for x in lines if (x["weeks"], x["noise"]) == c] for c in cells}
    seconds = [x["seconds"] for x in lines]
    return "\n\n".join(
        [
            f"{len(lines)} fits. Processor seconds of a fit: median {np.median(seconds):.1f}, "
            f"90 % below {np.quantile(seconds, 0.9):.1f}. {machine()}.",
            COVERAGE,
            (covered := _table(by_cell, _coverage)),
            chance(covered),
            f"Root mean square of (truth - median) over the deviation that a 90 % interval of a "
            f"normal distribution stands for (its width / {WIDTH:.2f}): 1 where intervals are as "
            f"wide as they should be, more where they are too narrow. A truth counts as at most "
            f"{FAR} deviations off:",
            _table(by_cell, _deviation),
            "Bias: median of (posterior median - truth), for the growth factor as it is, for the "
            "others relative to the truth, with the median absolute error in brackets:",
            _table(by_cell, _bias),
            "Forecast of own orders in eight weeks that were held out, mean absolute error as a "
            "share of their mean, median over merchants; better: share of merchants whose "
            "forecast beats the naive one, and the seasonal one where there is a year before:",
            _forecasts(by_cell),
        ]
    )


def _table(by_cell: dict[tuple[int, float], list[Line]], tell: Any) -> str:
    named = {f"{weeks} weeks, {noise:.0%} noise": x for (weeks, noise), x in by_cell.items()}
    named["all"] = [x for lines in by_cell.values() for x in lines]
    rows = []
    for cell, lines in named.items():
        row = [cell, str(len(lines))]
        for name in NAMES:
            found = [f for x in lines for f in x["figures"] if f["name"] == name and _matters(f)]
            row.append(tell(name, found) if found else "-")
        rows.append(row)
    return table(["", "merchants", *NAMES.values()], rows)


def _matters(figure: Line) -> bool:
    """Whether there is something to find: one more hour of a room that is never full brings 0."""
    return bool(abs(figure["truth"]) > 1e-9 or figure["high"] - figure["low"] > 1e-9)


def _coverage(_: str, found: list[Line]) -> str:
    inside = [f["low"] <= f["truth"] <= f["high"] for f in found]
    return f"{np.mean(inside):.0%}"


def _deviation(_: str, found: list[Line]) -> str:
    wide = np.array([max(f["high"] - f["low"], 1e-12) for f in found]) / WIDTH
    off = np.array([f["truth"] - f["middle"] for f in found]) / wide
    return f"{np.sqrt(np.mean(np.clip(off, -FAR, FAR) ** 2)):.2f}"


def chance(coverage: str) -> str:
    """What binomial chance does to a table of coverage: how many of its cells would lie outside
    of ``LEAST`` to ``MOST`` per cent if every interval covered exactly 90 %, and how many do.
    """
    merchants, shares = [], []
    for line in coverage.splitlines()[2:]:
        name, count, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if name != "all":
            found = [int(cell.removesuffix("%")) for cell in cells if cell != "-"]
            merchants += [int(count)] * len(found)
            shares += found
    below, above = sum(x < LEAST for x in shares), sum(x > MOST for x in shares)
    law = _outside(merchants)
    likely = float(law[below + above :].sum())
    verdict = "more than chance does" if likely < LEVEL else "no more than chance does"
    few, many = min(merchants), max(merchants)
    each = f"{few}" if few == many else f"{few} to {many}"
    expected = law @ np.arange(law.size)
    return (
        f"{below + above} of {len(shares)} {NOTED} {LEAST}-{MOST} %: {below} below, where"
        f" intervals are too narrow, and {above} above, where they are too wide. If every interval"
        f" covered exactly {COVERS:.0%}, binomial chance with {each} merchants a cell would put"
        f" {expected:.1f} of them outside (more where a figure is not every merchant's), and as"
        f" many as these in {likely:.1%} of such studies, were the cells independent; those of a"
        f" row share their merchants. So this is {verdict}."
    )


def _outside(merchants: Sequence[int]) -> np.ndarray:
    """Probability of every number of cells outside, of cells with so many merchants each."""
    law = np.ones(1)
    for count in merchants:
        inside = np.arange(count + 1)
        shown = np.round(100 * inside / count)
        off = float(binom.pmf(inside, count, COVERS)[(shown < LEAST) | (shown > MOST)].sum())
        law = np.convolve(law, [1 - off, off])
    return law


def noted(page: str) -> str:
    """A page with what chance does under its tables of coverage."""
    parts = page.split(f"{COVERAGE}\n\n")
    for n, part in enumerate(parts[1:], 1):
        covered, _, rest = part.partition("\n\n")
        old = re.match(rf"\d+ of \d+ {NOTED}[^\n]*\n\n", rest)
        parts[n] = f"{covered}\n\n{chance(covered)}\n\n{rest[old.end() if old else 0 :]}"
    return f"{COVERAGE}\n\n".join(parts)


def _bias(name: str, found: list[Line]) -> str:
    truth = np.array([f["truth"] for f in found])
    off = np.array([f["middle"] for f in found]) - truth
    if name != "growth":
        worth = np.abs(truth) > 1e-9
        off = off[worth] / np.abs(truth[worth])
        return f"{np.median(off):+.1%} ({np.median(np.abs(off)):.1%})"
    return f"{np.median(off):+.4f} ({np.median(np.abs(off)):.4f})"


def _forecasts(by_cell: dict[tuple[int, float], list[Line]]) -> str:
    rows = []
    for (weeks, noise), lines in by_cell.items():
        found = [x["forecast"] for x in lines if x["forecast"]]
        if not found:
            continue
        year = [x for x in found if x["seasonal"] is not None]
        rows.append(
            [
                f"{weeks} weeks, {noise:.0%} noise",
                f"{np.median([x['model'] for x in found]):.1%}",
                f"{np.median([x['naive'] for x in found]):.1%}",
                f"{np.median([x['seasonal'] for x in year]):.1%}" if year else "-",
                f"{np.mean([x['model'] < x['naive'] for x in found]):.0%}",
                f"{np.mean([x['model'] < x['seasonal'] for x in year]):.0%}" if year else "-",
                f"{np.mean([x['inside'] for x in found]):.0%}",
            ]
        )
    head = ["", "forecast", "naive", "seasonal naive", "better", "better than seasonal", "weeks "
            "inside their 90 %"]  # fmt: skip
    return table(head, rows)


def main() -> None:
    """Tell what chance does on a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    page = parser.parse_args().page
    write_atomic(page, noted(page.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
