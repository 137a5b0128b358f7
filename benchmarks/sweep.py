"""What a sweep costs: many budgets of one instance, in solves of that instance alone.

    python -m benchmarks.sweep --write benchmarks/RESULTS.md

A single solve is ``allocator.solve`` of the file as it is; a sweep is ``allocator.frontier`` over
its budget. Both run in one process on one thread without a time limit, to one gap. Timed are
processor seconds, reading of the file excluded.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from allocator.frontier import frontier
from allocator.load import load
from allocator.solve import solve
from benchmarks.sections import machine, source, table, write_section

ROOT = Path(__file__).parent.parent
INSTANCES = (
    "tests/allocator/small_merchant.yaml",
    "instances/reference/a7-reinvest-26.yaml",
    "instances/bench/slack_budget-13-0.json",
    "instances/bench/tight_budget-13-0.json",
    "instances/archetypes/growing-apparel-26.yaml",
)
BAR = 3.0
"""Single solves that a sweep may cost."""
SECTION = "sweeps"
HEAD = (
    "instance",
    "single solve, s",
    "sweep, s",
    "in single solves",
    "points solved",
    "certified",
    "largest gap",
)


@dataclass(frozen=True)
class Cost:
    """A sweep beside a single solve, in processor seconds."""

    name: str
    single: float
    sweep: float
    points: int
    solved: int
    certified: int
    gap: float

    @property
    def ratio(self) -> float:
        """The sweep in single solves."""
        return self.sweep / self.single

    def row(self) -> list[str]:
        """Its line of the table."""
        return [
            self.name,
            f"{self.single:.2f}",
            f"{self.sweep:.2f}",
            f"{self.ratio:.1f}",
            f"{self.solved} of {self.points}",
            f"{self.certified} of {self.points}",
            f"{100 * self.gap:.2f} %",
        ]


def measured(path: Path, points: int, gap: float) -> Cost:
    """Solve the instance of a file once, then sweep its budget."""
    instance = load(path)
    begun = time.process_time()
    solve(instance, gap=gap, time_limit=None, threads=1)
    between = time.process_time()
    found = frontier(instance, "budget", points=points, gap=gap, time_limit=None, threads=1)
    ended = time.process_time()
    plans = [point.plan for point in found.points]
    gaps = [plan.gap for plan in plans if plan.gap is not None]
    return Cost(
        path.stem,
        between - begun,
        ended - between,
        len(plans),
        sum(point.solved for point in found.points),
        sum(plan.status == "optimal" for plan in plans),
        max(gaps, default=0.0),
    )


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print and, if asked, write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--write", type=Path, help="results file whose section is replaced")
    asked = parser.parse_args(words)
    files = asked.files or [ROOT / name for name in INSTANCES]
    costs = []
    for path in files:
        costs.append(measured(path, asked.points, asked.gap))
        print(table(HEAD, [costs[-1].row()]).splitlines()[-1], flush=True)
        # After every instance: the large ones take long, and what is measured is kept.
        if asked.write:
            write_section(asked.write, SECTION, text(costs, asked.points, asked.gap))
    return 0


def text(costs: Sequence[Cost], points: int, gap: float) -> str:
    """The section of the results file."""
    within = sum(cost.ratio <= BAR for cost in costs)
    return "\n\n".join(
        [
            "## Sweeps",
            f"`python -m benchmarks.sweep`, {source()}, {machine(('numpy', 'highspy'))}. "
            f"{points} budgets from half to one and a half times the file's own (without one: "
            f"what the plan without a limit spends), gap {gap:g}, one thread, processor seconds. "
            f"At most {BAR:g} single solves: {within} of {len(costs)}.",
            table(HEAD, [cost.row() for cost in costs]),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
