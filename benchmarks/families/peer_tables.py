"""The table of the other solvers, each run paired with the program's on the same instance."""

import math
from collections.abc import Iterable, Sequence

from allocator.plan import relative_gap
from benchmarks.families.bars import BARS
from benchmarks.families.peers import PEERS
from benchmarks.families.runs_file import latest
from benchmarks.families.solving import Record
from benchmarks.families.tables import TITLES, median, percent, seconds, values_of
from benchmarks.sections import table

NAMES = {
    "solve": "allocator (verified plan, nonlinear program)",
    "highs": "HiGHS, defaults (plan of the relaxation)",
    "scip": "SCIP, defaults, 1 thread (plan of the relaxation)",
    "scip-nonlinear": "SCIP, defaults, 1 thread (nonlinear program)",
}
HEAD = (
    "",
    "seeds",
    "no plan",
    "median gap",
    "worst gap",
    "median s",
    "processor s",
    "bound above our plan",
    "gap / ours",
    "seconds / ours",
)
LEAST_GAP = 1e-6
"""A gap below this counts as this in a ratio."""
Pair = tuple[Record, Record]


def peer_tables(records: Iterable[Record]) -> list[str]:
    """One table for each family, length and setting that a peer was run with, as Markdown."""
    runs = latest(list(records))
    ours = {_pairing(r): r for r in runs if r["kind"] == "solve"}
    groups: dict[str, list[Pair]] = {}
    for record in runs:
        mate = ours.get(_pairing(record))
        if record["kind"] in PEERS and mate is not None:
            groups.setdefault(_group(record), []).append((record, mate))
    order = list(BARS)
    found = []
    for pairs in sorted(groups.values(), key=lambda p: order.index(_place(p[0][0]))):
        found += _family(pairs)
    return found


def _pairing(record: Record) -> str:
    return f"{record['case']} {sorted(record['settings'].items())}"


def _group(record: Record) -> str:
    return f"{_place(record)} {sorted(record['settings'].items())}"


def _place(record: Record) -> tuple[str, int]:
    return record["family"], record["weeks"]


def _family(pairs: Sequence[Pair]) -> list[str]:
    first = pairs[0][0]
    settings = first["settings"]
    title = (
        f"#### {first['family']}, {first['weeks']} weeks, {TITLES[settings['stop_at']]}: "
        f"{settings['time_limit']:.0f} s, {settings['threads']} thread(s)"
    )
    mates = list({mate["case"]: mate for _, mate in pairs}.values())
    rows = [_row("solve", [(mate, mate) for mate in mates])]
    for kind in PEERS:
        mine = [pair for pair in pairs if pair[0]["kind"] == kind]
        if mine:
            rows.append(_row(kind, mine))
    problems = [f"- {r['case']}, {r['kind']}: {r['problem']}" for r, _ in pairs if r["problem"]]
    return [title, table(HEAD, rows), *(["\n".join(problems)] if problems else [])]


def _row(kind: str, pairs: Sequence[Pair]) -> list[str]:
    records = [record for record, _ in pairs]
    gaps = values_of(records, "gap")
    return [
        NAMES[kind],
        str(len(records)),
        str(sum(record["objective"] is None for record in records)),
        percent(median(gaps)),
        percent(max(gaps)),
        seconds(median(values_of(records, "wall"))),
        seconds(median(values_of(records, "processor"))),
        percent(median([_above(*pair) for pair in pairs])),
        *(_ratio(pairs, field) for field in ("gap", "wall")),
    ]


def _above(record: Record, mate: Record) -> float:
    """How far a bound lies above our verified plan, as a gap."""
    if record["bound"] is None or mate["objective"] is None:
        return math.inf
    return relative_gap(mate["objective"], record["bound"])


def _ratio(pairs: Sequence[Pair], field: str) -> str:
    """Median of a figure relative to ours on the same instance; without a bound or a plan it is
    infinite."""
    ratios = []
    for record, mate in pairs:
        (one,), (own,) = values_of([record], field), values_of([mate], field)
        if not math.isinf(own):
            ratios.append(max(one, LEAST_GAP) / max(own, LEAST_GAP))
    if not ratios:
        return "none"
    found = median(ratios)
    return "no plan" if math.isinf(found) else f"{found:.2f}"
