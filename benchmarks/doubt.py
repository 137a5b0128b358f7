"""What the certain-looking plan loses when growth is 20 % lower than believed, and what a hedge
keeps, on the four archetypes.

    python benchmarks/doubt.py RESULTS.jsonl                 # hours of a quiet core: minutes each
    python benchmarks/doubt.py RESULTS.jsonl --write docs/doubt.md

Two worlds of even chance, assumed: growth as believed, and traffic feedback times 0.8. Deals,
packages, openings and the team are decided before the world is known. The first call plans what
RESULTS does not hold yet, one merchant after the other in one thread; the second puts the table
between the marks of the page.

Searches end by the clock, so on a busy machine they may end early. A merchant whose worlds' own
plans are not within ``OWN`` of their bounds gets no row: what certain and hedged plans lack of
each other would be lost in what the searches left. Call again with more ``--seconds``.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from allocator.changing import plain
from allocator.doubt.hedge import hedge
from allocator.doubt.hedge_view import hedge_record
from allocator.doubt.measures import Measure
from allocator.doubt.worlds import World, Worlds, grown
from allocator.load import load
from allocator.plan import relative_gap
from allocator.writing import write_atomic

FOLDER = Path(__file__).parents[1] / "instances" / "archetypes"
NAMES = ("growing-apparel-26", "micro-factory-26", "snack-alliance-26", "beauty-brand-26")
SLOWER, CHANCE = 0.8, 0.5
OWN = 0.05
"""Widest gap of a world's own plan with which a row says anything."""
MARKS = ("<!-- hedges -->", "<!-- end of hedges -->")
HEAD = (
    "| instance | plan for believed growth, if believed | if slower | of the best alone, if slower"
    " | hedge, if believed | hedge, if slower | hedge gains on it if slower | expected: hedge"
    " | bound | gap | own plans' gaps | knowing is worth at most | seconds |"
)


COLUMNS = HEAD.count("|") - 1


def run(results: Path, gap: float, seconds: float) -> list[str]:
    """Hedge what the file does not hold yet.

    Returns:
        Merchants whose worlds' own plans are too far from their bounds; nothing of them is kept.
    """
    refused = []
    done = {row["instance"] for row in rows(results)}
    for name in NAMES:
        if name in done:
            continue
        instance = plain(load(FOLDER / f"{name}.yaml"))
        members = (
            World("believed", 1 - CHANCE, instance),
            World("slower", CHANCE, grown(instance, SLOWER)),
        )
        began, used = time.monotonic(), time.process_time()
        found = hedge(
            Worlds(instance, members, "growth"),
            Measure("expected"),
            middle=False,
            gap=gap,
            time_limit=seconds,
            threads=1,
            progress=lambda state: print(f"{state.seconds:7.0f} {state.phase}", file=sys.stderr),
        )
        row = hedge_record(found) | {
            "wall": time.monotonic() - began,
            "processor": time.process_time() - used,
        }
        if max(own_gaps(row)) > OWN:
            print(f"{name}: own plans' gaps {own_words(row)}, no row", file=sys.stderr)
            refused.append(name)
            continue
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    return refused


def own_gaps(row: dict[str, Any]) -> list[float]:
    """Gap of the best plan known for each world alone; infinite without plan or bound."""
    pairs = zip(row["best_alone"], row["bound_alone"], strict=True)
    return [math.inf if None in pair else relative_gap(*pair) for pair in pairs]


def own_words(row: dict[str, Any]) -> str:
    """The gaps of the worlds' own plans, one after the other."""
    return " / ".join(f"{100 * gap:.2f} %" for gap in own_gaps(row))


def rows(results: Path) -> list[dict[str, Any]]:
    """What was measured."""
    if not results.exists():
        return []
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]


def table(results: Path) -> str:
    """The rows of the page."""
    lines = [HEAD, "|" + " --- |" + " --: |" * (COLUMNS - 1)]
    for row in rows(results):
        of = {outlook["name"]: outlook for outlook in row["outlooks"]}
        certain, hedged = of.get("believed"), of.get("hedge")
        if max(own_gaps(row)) > OWN:
            why = f"no row: own plans' gaps {own_words(row)}"
            lines.append(f"| {row['instance']} | {why} |" + " |" * (COLUMNS - 2))
            continue
        if certain is None or hedged is None:
            lines.append(f"| {row['instance']} | {row['message']} |" + " |" * (COLUMNS - 2))
            continue
        believed, slower = certain["values"]
        best = row["best_alone"][1]
        gain = None if slower is None else hedged["values"][1] - slower
        cells = [
            money(believed),
            money(slower),
            "–" if slower is None else f"{100 * slower / best:.1f} %",
            *(money(x) for x in hedged["values"]),
            "–" if gain is None else money(gain),
            money(row["value"]),
            money(row["bound"]),
            f"{100 * row['gap']:.2f} %",
            own_words(row),
            money(row["evpi"][1]),
            f"{row['wall']:.0f} ({row['processor']:.0f} of a core)",
        ]
        lines.append(f"| {row['instance']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def money(value: float | None) -> str:
    """An amount with four digits."""
    if value is None:
        return "no plan"
    for size, word in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{word}"
    return f"{value:.0f}"


def write(results: Path, page: Path) -> None:
    """Put the table between its marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    write_atomic(page, f"{before}{MARKS[0]}\n\n{table(results)}\n\n{MARKS[1]}{after}")


def main() -> None:
    """Run or write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--seconds", type=float, default=900.0, help="for each merchant")
    given = parser.parse_args()
    if given.write:
        write(given.results, given.write)
    else:
        if run(given.results, given.gap, given.seconds):
            sys.exit(1)


if __name__ == "__main__":
    main()
