"""Compare allocators on the same instances in one run.

    python -m benchmarks.peers.run --seeds 10 --write benchmarks/RESULTS.md

Without the extra ``peers`` the run goes on without PyMC-Marketing and says so.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from benchmarks.peers.allocators import ALLOCATORS, Spend
from benchmarks.peers.instances import FAMILIES, Instance
from benchmarks.sections import machine, table, write_section

MISSED = 1e-4
"""Share of the best value from which an allocation counts as having missed it: our own gap."""


def main() -> None:
    """Run, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="instances a family")
    parser.add_argument("--write", type=Path, help="file whose section is replaced")
    options = parser.parse_args()
    allocators = dict(ALLOCATORS)
    if find_spec("pymc_marketing") is None:
        print("PyMC-Marketing is not installed: pip install '.[peers]'")
        allocators.pop("PyMC-Marketing BudgetOptimizer")
    text = report(allocators, options.seeds, FAMILIES)
    print(text)
    if options.write:
        write_section(options.write, "allocators on curves", text)


def report(
    allocators: dict[str, Callable[[Instance], Spend]],
    seeds: int,
    families: dict[str, Callable[[int], list[Instance]]],
) -> str:
    """One table a family, with the command and the machine."""
    for allocate in allocators.values():
        allocate(FAMILIES["published S-curves"](1)[0])  # imports are not timed
    parts = [
        "## Allocators on curves",
        f"`python -m benchmarks.peers.run --seeds {seeds} --write benchmarks/RESULTS.md`, "
        f"{machine()}. Lost: against the best value that any of them found on the instance. "
        f"Missed: instances on which more than {100 * MISSED:g} % is lost. "
        "Seconds: processor seconds of an instance, median, model building included.",
    ]
    for family, make in families.items():
        parts += [f"### {family}", _family(make(seeds), allocators)]
    return "\n\n".join(parts)


def _family(instances: list[Instance], allocators: dict[str, Callable[[Instance], Spend]]) -> str:
    values: dict[str, list[float]] = {name: [] for name in allocators}
    seconds: dict[str, list[float]] = {name: [] for name in allocators}
    for instance in instances:
        for name, allocate in allocators.items():
            began = time.process_time()
            spend = allocate(instance)
            seconds[name].append(time.process_time() - began)
            values[name].append(instance.value(instance.feasible(spend)))
    best = [max(values[name][n] for name in allocators) for n in range(len(instances))]
    rows = []
    for name in allocators:
        lost = [1 - v / b for v, b in zip(values[name], best, strict=True)]
        missed = sum(share > MISSED for share in lost)
        rows.append([
            name,
            f"{100 * statistics.median(lost):.3f} %",
            f"{100 * max(lost):.3f} %",
            f"{missed} of {len(lost)}",
            f"{statistics.median(seconds[name]):.3f}",
        ])  # fmt: skip
    return table(["", "median lost", "worst lost", "missed", "seconds"], rows)


if __name__ == "__main__":
    main()
