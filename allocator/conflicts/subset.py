"""The rules that cannot be kept together: HiGHS's irreducible infeasible subset of the linear
relaxation, found in a process of its own and confirmed here.

What the solver names is only a proposal. The subset's figures are put into force alone, all
others given way, and solved again; then every one of them is taken out in turn. What is left is
a set that is proved to clash, and of which none can be spared.
"""

import json
import math
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from allocator.conflicts.program import Elastic
from allocator.conflicts.rules import period_of
from allocator.highs import Engine, Status
from allocator.matrix import Matrix, Vector

NOTICEABLE = 1e-7
"""Multiplier of a row, relative to the largest, from which on it takes part in a proof."""
POLL = 0.05
LARGEST_SHARE = 0.5
"""A proposal of more than this share of all rows has not been reduced and says nothing."""
ROUNDS = 5
"""Rounds of tangents after which a point of the relaxation counts as one; an alternative is not
cut at all, which keeps more figures, never fewer."""
CHILD_SECONDS = 20.0
"""Most seconds for the solver's own subset."""
CHILD_SHARE = 0.5
"""The same as a share of the time there is: over half a year it mostly says nothing."""


@dataclass(frozen=True)
class Subset:
    """Figures that clash.

    Attributes:
        figures: positions in ``Elastic.rules``.
        rows: names of the rows in the proof.
        confirmed: the figures alone were solved again and clash.
        irreducible: without any one of them there are plans of the relaxation.
        proposed: whether the solver's own subset was right about the figures.
    """

    figures: list[int]
    rows: list[str]
    confirmed: bool
    irreducible: bool
    proposed: bool


class Trial:
    """The linear relaxation with some figures in force and the others given way."""

    def __init__(self, program: Elastic, deadline: float, stop: threading.Event | None) -> None:
        self.program, self.deadline, self.stop = program, deadline, stop
        self.engine: Engine = program.engine()

    def clashes(self, in_force: Iterable[int], rounds: int = 1) -> bool | None:
        """Whether the figures ``in_force`` leave no point of the relaxation, whose tangents are
        added in ``rounds`` where a point sits above a curve; None if time ran out."""
        most = self.program.matrix.upper[self.program.changes].copy()
        most[list(in_force)] = 0.0
        self.engine.set_bounds(self.program.changes, np.zeros(most.size), most)
        for n in range(rounds):
            outcome = self.engine.solve_lp(self.deadline, self.stop)
            if outcome.status is Status.INFEASIBLE:
                return True
            if outcome.status is not Status.OPTIMAL or outcome.x is None:
                return None
            cuts = self.program.cut(outcome.x) if n + 1 < rounds else None
            if cuts is None:
                return False
            self.engine.add_rows(cuts)
        return False


def clashing(
    program: Elastic, deadline: float, stop: threading.Event | None = None
) -> Subset | None:
    """Figures that the linear relaxation cannot keep together; None if it can, or if time ran
    out."""
    trial = Trial(program, deadline, stop)
    everything = list(range(len(program.rules)))
    if not trial.clashes(everything, ROUNDS):
        return None
    figures, rows = proposed_subset(program, deadline, stop)
    small = len(rows) < LARGEST_SHARE * len(program.matrix.row_names)
    right = bool(figures) and small and bool(trial.clashes(figures))
    if not right:
        figures, rows = _from_multipliers(program, deadline, stop)
        if not figures or not trial.clashes(figures):
            figures = everything
    figures, irreducible = _reduced(trial, figures)
    return Subset(figures, rows, True, irreducible, right)


def _reduced(trial: Trial, figures: list[int]) -> tuple[list[int], bool]:
    """``figures`` without those that can be spared; whether all were tried."""
    kept = list(figures)
    for n in figures:
        rest = [m for m in kept if m != n]
        verdict = trial.clashes(rest)
        if verdict is None:
            return kept, False
        if verdict:
            kept = rest
    return kept, True


def _from_multipliers(
    program: Elastic, deadline: float, stop: threading.Event | None
) -> tuple[list[int], list[str]]:
    """Figures whose rows carry a multiplier where the sum of all changes, by size, is least."""
    engine = program.engine()
    cost = np.zeros(program.matrix.cost.size)
    cost[program.changes] = [-1.0 / rule.size for rule in program.rules]
    engine.set_cost(cost)
    outcome = engine.solve_lp(deadline, stop)
    if outcome.row_dual is None:
        return [], []
    dual = outcome.row_dual[: len(program.matrix.row_names)]
    weight = np.abs(dual) * _height(program.matrix)
    bearing = weight > NOTICEABLE * weight.max(initial=0.0)
    held = program.matrix.rows[:, program.changes]
    touched = abs(sparse.csr_array(held)).T @ bearing.astype(float)
    figures = [int(n) for n in np.flatnonzero(touched > 0)]
    return figures, [program.matrix.row_names[n] for n in np.flatnonzero(bearing)]


def _height(matrix: Matrix) -> Vector:
    """Largest term of every row."""
    reach = np.minimum(np.maximum(np.abs(matrix.lower), np.abs(matrix.upper)), 1e12)
    part = sparse.csr_array(abs(matrix.rows).multiply(reach))
    return np.asarray(part.max(axis=1).todense(), dtype=np.float64).ravel()


def proposed_subset(
    program: Elastic, deadline: float, stop: threading.Event | None
) -> tuple[list[int], list[str]]:
    """Figures and rows of the solver's own subset; empty if the process fails, hangs or says
    nothing."""
    matrix = program.matrix
    upper = matrix.upper.copy()
    upper[program.changes] = 0.0
    with tempfile.TemporaryDirectory(prefix="conflict-") as folder:
        file = Path(folder) / "program.npz"
        cuts = program.tangents
        rows = sparse.csr_array(
            sparse.vstack([matrix.rows, *(c.rows for c in cuts)], format="csr")
        )
        np.savez(
            file,
            scale=program.scale,
            lower=matrix.lower,
            upper=upper,
            data=rows.data,
            indices=rows.indices,
            indptr=rows.indptr,
            row_lower=np.concatenate([matrix.row_lower, *(c.lower for c in cuts)]),
            row_upper=np.concatenate([matrix.row_upper, *(c.upper for c in cuts)]),
        )
        now = time.monotonic()
        end = now + min(CHILD_SECONDS, CHILD_SHARE * (deadline - now))
        answer = _ask(file, end, stop)
    changes = {int(column): n for n, column in enumerate(program.changes)}
    figures = [changes[column] for column in answer.get("columns", []) if column in changes]
    count = len(matrix.row_names)
    named = [matrix.row_names[row] for row in answer.get("rows", []) if row < count]
    return sorted(figures), named


def _ask(file: Path, end: float, stop: threading.Event | None) -> dict[str, list[int]]:
    """What the child process says; nothing if it does not answer in time or dies."""
    left = end - time.monotonic()
    if left <= 0:
        return {}
    seconds = min(left, CHILD_SECONDS) if math.isfinite(left) else CHILD_SECONDS
    command = [sys.executable, "-m", "allocator.conflicts.child", str(file), f"{seconds:.3f}"]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        while child.poll() is None:
            if time.monotonic() >= end or (stop is not None and stop.is_set()):
                return {}
            try:
                child.wait(POLL)
            except subprocess.TimeoutExpired:
                continue
        output = child.communicate()[0]
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        if child.stdout is not None:
            child.stdout.close()
    try:
        answer = json.loads(output)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def periods_in(program: Elastic, figure: int, rows: list[str]) -> list[int]:
    """0-based periods of the rows in a proof that hold a figure."""
    rule, count = program.rules[figure], program.instance.calendar.periods
    mine = {row.name for row in rule.rows} | {f"figure {figure} {name}" for name in rule.columns}
    found = (period_of(name, count) for name in rows if name in mine)
    return sorted({t for t in found if t is not None})
