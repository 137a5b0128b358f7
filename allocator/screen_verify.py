"""Verdicts on plan files."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.figures import DASH, percent, plain, whole
from allocator.plan import Plan
from allocator.plan_file import Stated
from allocator.screen_levers import simple

SHOWN = 5
"""Broken rules that are listed per plan."""


@dataclass(frozen=True)
class Checked:
    """A plan file and what is wrong with it."""

    path: str
    plan: Plan
    max_violation: float | None
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every rule holds and every figure follows from the decisions."""
        return not self.faults

    @classmethod
    def of(cls, path: str, stated: Stated) -> "Checked":
        """What is wrong with a plan file, its status included."""
        plan, found = stated.plan, stated.finding
        faults = list(found.faults)
        if plan.decisions is None:
            faults.append(f"there is no plan: {plan.status}")
        elif not plan.verified:
            faults.append(f"its status is {plan.status}")
        return cls(path, plan, found.max_violation, tuple(faults))


def verdicts(checked: Sequence[Checked]) -> RenderableType:
    """One row per plan, and below it what is wrong."""
    table = simple("Plan", "Verdict", ">Objective", ">Replayed", ">Max violation", ">Gap")
    reasons = Text()
    for item in checked:
        states = item.plan.replay
        table.add_row(
            Text(plain(item.path)),
            Text("verified", style="green") if item.ok else Text("refused", style="bold red"),
            whole(item.plan.objective),
            whole(None if states is None else float(states.objective)),
            DASH if item.max_violation is None else f"{item.max_violation:.1e}",
            percent(item.plan.gap, 2),
        )
        for fault in item.faults[:SHOWN]:
            reasons.append(f"{plain(item.path)}: {plain(fault)}\n")
        if len(item.faults) > SHOWN:
            reasons.append(f"{plain(item.path)}: ... and {len(item.faults) - SHOWN} more\n")
    reasons.rstrip()
    return Group(table, reasons) if reasons.plain else table
