"""Verdicts on plan files."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.faults import shown
from allocator.figures import DASH, percent, plain, whole
from allocator.growth import growth_figures, misstated
from allocator.plan import Plan
from allocator.screen_levers import simple
from allocator.stating import Stated
from allocator.version import installed_version

SHOWN = 5
"""Broken rules that are listed per plan."""
UNSEALED = (
    "it carries no digest, as plan files of earlier programs: bound, status, message, trace and "
    "the worth against the funnel's plan are unchecked"
)
"""Said of plan files without a digest."""
OTHER = (
    "it was written by version {version} of the program, this is {installed}: the figures of "
    "growth are unchecked"
)
"""Said of plan files of another version, which may define these figures otherwise."""


@dataclass(frozen=True)
class Checked:
    """A plan file and what is wrong with it and its tables."""

    path: str
    plan: Plan
    max_violation: float | None
    faults: tuple[str, ...]
    note: str = ""
    """What could not be checked."""

    @property
    def ok(self) -> bool:
        """Whether every rule holds and every figure follows from the decisions."""
        return not self.faults

    @classmethod
    def of(cls, path: str, stated: Stated, strange: Sequence[str] = ()) -> "Checked":
        """What is wrong with a plan file, its status and the snowball's figures included.

        Args:
            path: the plan as the user named it.
            stated: what its file states.
            strange: what is wrong with the tables beside it, in words.
        """
        plan, found = stated.plan, stated.finding
        faults = [*found.faults, *strange, *_growth_claims(plan)]
        if plan.decisions is None:
            faults.append(f"there is no plan: {plan.status}")
        elif not plan.verified:
            faults.append(f"its status is {plan.status}")
        notes = [] if stated.sealed else [UNSEALED]
        if plan.growth and plan.version != installed_version():
            version = shown(plan.version)
            notes.append(OTHER.format(version=version, installed=installed_version()))
        return cls(path, plan, found.max_violation, tuple(faults), "; ".join(notes))


def _growth_claims(plan: Plan) -> list[str]:
    """Figures of the snowball that a replay does not give, if this very program made them."""
    if plan.replay is None or not plan.growth or plan.version != installed_version():
        return []
    made = growth_figures(plan.instance, plan.replay)
    names = misstated(plan.growth, made)
    return [f"growth.{name} is not what the decisions give" for name in names]


def verdicts(checked: Sequence[Checked]) -> RenderableType:
    """One row per plan, and below it what is wrong and what could not be checked."""
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
        if item.note:
            reasons.append(f"{plain(item.path)}: {item.note}\n")
    reasons.rstrip()
    return Group(table, reasons) if reasons.plain else table
