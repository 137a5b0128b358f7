"""Time ``allocator.allocate`` on large requests.

python -m benchmarks.allocate_speed --write benchmarks/RESULTS.md
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from allocator.allocate import allocate
from benchmarks.sections import machine, table, write_section

Request = dict[str, Any]


def hills(seed: int, count: int, slopes: tuple[float, float]) -> list[dict[str, Any]]:
    """Hill curves of very different sizes."""
    rng = np.random.default_rng(seed)
    return [
        {
            "kind": "hill",
            "scale": float(rng.uniform(20, 200)),
            "half": float(rng.uniform(5, 100)),
            "slope": float(rng.uniform(*slopes)),
        }
        for _ in range(count)
    ]


def s_curves(seed: int) -> Request:
    """50 S-curves, one period."""
    return {"curves": hills(seed, 50, (1.2, 3.5)), "budget": 1500.0}


def switched(seed: int) -> Request:
    """The same with least spends and fixed costs."""
    return {**s_curves(seed), "min_if_active": 10.0, "fixed_cost": 5.0}


def s_curves_year(seed: int) -> Request:
    """50 S-curves, 52 periods."""
    return {"curves": hills(seed, 50, (1.2, 3.5)), "budget": 52 * 1000.0, "periods": 52}


def s_curves_grouped(seed: int) -> Request:
    """50 S-curves, one period, two groups with a limit."""
    groups = {
        "first": {"channels": [str(n) for n in range(1, 21)], "share_max": 0.3},
        "last": {"channels": [str(n) for n in range(31, 51)], "share_min": 0.5},
    }
    return {**s_curves(seed), "groups": groups}


def concave_year(seed: int) -> Request:
    """1,000 concave curves, 52 periods."""
    return {"curves": hills(seed, 1000, (0.5, 1.0)), "budget": 52 * 28e3, "periods": 52}


def concave_year_limited(seed: int) -> Request:
    """The same with limits on every period and seasons."""
    rng = np.random.default_rng(seed)
    weight = (1 + 0.3 * rng.random(52)).tolist()
    periods = {"count": 52, "min": 20e3, "max": 30e3, "weight": weight}
    return {**concave_year(seed), "periods": periods}


def concave_year_carried(seed: int) -> Request:
    """The same with half of the effect carried over."""
    return {**concave_year_limited(seed), "carryover": 0.5}


def s_curves_carried(seed: int) -> Request:
    """6 S-curves, 8 periods, carry-over: the tangents' hard case."""
    return {
        "curves": hills(seed, 6, (1.5, 3.0)),
        "budget": 8 * 120.0,
        "periods": 8,
        "carryover": 0.4,
    }


CASES: list[tuple[Callable[[int], Request], int]] = [
    (s_curves, 10),
    (switched, 10),
    (s_curves_year, 3),
    (s_curves_grouped, 3),
    (concave_year, 3),
    (concave_year_limited, 3),
    (concave_year_carried, 3),
    (s_curves_carried, 2),
]
"""Requests and how many seeds of each are timed."""


def main() -> None:
    """Run, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, help="file whose section is replaced")
    options = parser.parse_args()
    allocate(**s_curves(99))  # imports are not timed
    rows = []
    for make, seeds in CASES:
        rows.append(_timed(make, seeds))
        print(" | ".join(rows[-1]), flush=True)
    text = "\n\n".join([
        "## allocator.allocate, time to a gap of 0.01 %",
        f"`python -m benchmarks.allocate_speed --write benchmarks/RESULTS.md`, {machine()}. "
        "Processor seconds of a call, checking, building and replay included.",
        table(["request", "method", "seeds", "median s", "worst s", "worst gap"], rows),
    ])  # fmt: skip
    if options.write:
        write_section(options.write, "allocate speed", text)


def _timed(make: Callable[[int], Request], seeds: int) -> list[str]:
    seconds, gaps, methods = [], [], []
    for seed in range(seeds):
        request = make(seed)
        began = time.process_time()
        found = allocate(**request, time_limit=300)
        seconds.append(time.process_time() - began)
        gaps.append(1.0 if found.gap is None else found.gap)
        methods.append(found.method)
    told = (make.__doc__ or "").strip().rstrip(".")
    return [
        told,
        "/".join(dict.fromkeys(methods)),
        str(seeds),
        f"{statistics.median(seconds):.2f}",
        f"{max(seconds):.2f}",
        f"{100 * max(gaps):.4f} %",
    ]


if __name__ == "__main__":
    main()
