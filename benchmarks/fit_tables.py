"""Tables of the study of planted merchants, from its lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np

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


def report(lines: Sequence[Line]) -> str:
    """Coverage, bias and forecasts by weeks and noise, each cell with its number of merchants."""
    cells = sorted({(x["weeks"], x["noise"]) for x in lines})
    by_cell = {c: [x for x in lines if (x["weeks"], x["noise"]) == c] for c in cells}
    seconds = [x["seconds"] for x in lines]
    return "\n\n".join(
        [
            f"{len(lines)} fits. Processor seconds of a fit: median {np.median(seconds):.1f}, "
            f"90 % below {np.quantile(seconds, 0.9):.1f}. {machine()}.",
            "Share of the truths inside the 90 % interval:",
            _table(by_cell, _coverage),
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
