"""Tables of the runs file: medians and worst by family and weeks, beside the bar."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.families.bars import BARS, FIRST_PLAN, WORST, Bar
from benchmarks.families.runs_file import latest
from benchmarks.families.solving import Record
from benchmarks.sections import table

FULL = 10
"""Seeds of a family that a bar asks for."""
HEAD = (
    "family, weeks",
    "seeds",
    "median gap",
    "worst gap",
    "median s",
    "worst s",
    "processor s",
    "bar's gap after s",
    "first plan s",
    "build + hand-over s",
    "peak MB",
    "bar",
    "met",
)
TITLES = {
    "target": "stopped at the bar's gap",
    "limit": "run to the time limit",
}
MISSING = "none"


def solve_tables(records: Iterable[Record]) -> list[str]:
    """One table for each way of stopping and number of threads, as Markdown."""
    mine = [r for r in latest(list(records)) if r["kind"] == "solve"]
    groups: dict[tuple[str, int], list[Record]] = {}
    for record in mine:
        settings = record["settings"]
        groups.setdefault((settings["stop_at"], settings["threads"]), []).append(record)
    found = []
    for (stop_at, threads), members in sorted(groups.items(), reverse=True):
        plural = "s" if threads > 1 else ""
        found.append(f"### {TITLES[stop_at].capitalize()}, {threads} thread{plural}")
        found.append(table(HEAD, [row(group) for group in _families(members)]))
        found.extend(_settings(members))
    return found


def _families(records: list[Record]) -> list[list[Record]]:
    """The records by family and weeks and what was asked, in the order of the bars."""
    groups: dict[tuple[int, str], list[Record]] = {}
    order = {key: n for n, key in enumerate(BARS)}
    for record in records:
        asked = f"{record['settings']['gap']} {record['settings']['time_limit']}"
        groups.setdefault((order[record["family"], record["weeks"]], asked), []).append(record)
    return [groups[key] for key in sorted(groups)]


def row(group: Sequence[Record]) -> list[str]:
    """One line of the table: the seeds of a family and length."""
    family, weeks = group[0]["family"], group[0]["weeks"]
    bar = BARS[family, weeks]
    gaps, walls = values_of(group, "gap"), values_of(group, "wall")
    verdict = met(group, bar)
    return [
        f"{family}, {weeks}",
        str(len(group)),
        percent(median(gaps)),
        percent(max(gaps)),
        seconds(median(walls)),
        seconds(max(walls)),
        seconds(median(values_of(group, "processor"))),
        seconds(median(values_of(group, "bar_gap_at"))),
        _first_plan(group, weeks),
        _both(values_of(group, "handed_over"), seconds),
        _whole(max(values_of(group, "peak"))),
        str(bar),
        verdict,
    ]


def _first_plan(group: Sequence[Record], weeks: int) -> str:
    """Median and worst time to the first verified plan, and whether its own bar is met."""
    after = values_of(group, "first_plan")
    told, most = _both(after, seconds), FIRST_PLAN.get(weeks)
    if most is None:
        return told
    return f"{told} ({'within' if max(after) <= most else 'not within'} {most:g})"


def met(group: Sequence[Record], bar: Bar) -> str:
    """Whether the bar is met, and what is missing where it is not."""
    reached = [within(record, bar) for record in group]
    gaps, walls = values_of(group, "gap"), values_of(group, "wall")
    missed = []
    if median(gaps) > bar.gap * (1 + 1e-9):
        missed.append("median gap")
    if median(walls) > bar.seconds:
        missed.append("median time")
    if max(gaps) > WORST * bar.gap:
        missed.append("worst gap")
    extra = [("handed_over", bar.handed_over), ("first_plan", bar.first_plan)]
    names = {"handed_over": "build", "first_plan": "first plan", "peak": "memory"}
    for field, most in [*extra, ("peak", bar.memory)]:
        if most is not None and max(values_of(group, field)) > most:
            missed.append(names[field])
    count = f"{sum(reached)} of {len(group)} seeds"
    if missed:
        return f"no: {', '.join(missed)} ({count})"
    return f"yes ({count})" if len(group) >= FULL else f"so far ({count})"


def within(record: Record, bar: Bar) -> bool:
    """Whether one instance has a verified plan within gap and time of the bar."""
    gap = record["gap"]
    return gap is not None and gap <= bar.gap * (1 + 1e-9) and record["wall"] <= bar.seconds


def _settings(records: list[Record]) -> list[str]:
    """What the table does not show: load of the machine, and what went wrong."""
    loads = sorted(r["load"] for r in records)
    told = [
        f"Load of the machine before a run: median {statistics.median(loads):.1f}, "
        f"highest {loads[-1]:.1f}."
    ]
    told += [f"- {r['case']}: {r['problem']}" for r in records if r["problem"]]
    told += [f"- {r['case']}: {found}" for r in records for found in r.get("contradictions", ())]
    return ["\n".join([told[0], "", *told[1:]]).strip()]


def values_of(group: Iterable[Record], field: str) -> list[float]:
    """A field of all records; infinite where it is missing."""
    return [float("inf") if r[field] is None else float(r[field]) for r in group]


def median(values: Sequence[float]) -> float:
    """The median; infinite if half of the values or more are."""
    return statistics.median_high(values) if float("inf") in values else statistics.median(values)


def _both(values: Sequence[float], say: Callable[[float], str]) -> str:
    return f"{say(median(values))} / {say(max(values))}"


def percent(value: float) -> str:
    return MISSING if value == float("inf") else f"{100 * value:.2f} %"


def seconds(value: float) -> str:
    return MISSING if value == float("inf") else f"{value:.1f}"


def _whole(value: float) -> str:
    return MISSING if value == float("inf") else f"{value:.0f}"


def machines(records: Iterable[Record]) -> list[str]:
    """The machine lines of the records, each once."""
    found: dict[str, Any] = dict.fromkeys(r.get("machine", "unknown machine") for r in records)
    return list(found)
