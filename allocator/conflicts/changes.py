"""From changes of the elastic program to changes of the file."""

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from allocator.conflicts.places import when
from allocator.conflicts.program import Elastic, named_rows, put
from allocator.conflicts.record import Change
from allocator.conflicts.rules import Rule, Values, period_of
from allocator.matrix import Vector
from allocator.tree import Path
from fact_models.spec.instance import Instance

USED = 1e-6
"""Change, as a share of its size, from which on it counts as one."""
DIGITS = 4
"""Significant digits of a change."""


@dataclass(frozen=True)
class Proposal:
    """Changes of the elastic program.

    Attributes:
        instance: the instance that they change; without a campaign that was joined, perhaps.
        amounts: change by position in ``Elastic.rules``.
        x: the point (n,) of the elastic program.
        removed: what was taken out before.
        cost: the weighed sum.
        parts: the sum by field.
    """

    program: Elastic
    amounts: dict[int, float]
    x: Vector
    removed: tuple[Change, ...]
    cost: float
    parts: dict[Path, float]

    @cached_property
    def values(self) -> Values:
        """Columns by name."""
        return dict(zip(self.program.matrix.column_names, self.x.tolist(), strict=True))

    def dearest(self, but: Collection[Path] = ()) -> set[Path]:
        """The field that costs most, ``but`` for those; empty if no other changes."""
        rest = [path for path in self.parts if path not in but]
        return {max(rest, key=lambda path: self.parts[path])} if rest else set()


def applied(instance: Instance, changes: list[Change] | tuple[Change, ...]) -> Instance:
    """``instance`` with the changes put in.

    Raises:
        ValidationError: a rule of the file forbids it.
    """
    tree = instance.model_dump(mode="json")
    for change in changes:
        put(tree, change.path, change.new)
    return Instance.model_validate(tree)


def as_changes(proposal: Proposal, step: float) -> list[Change]:
    """The changes as fields of the file, one a field, widened by ``step``."""
    rules = proposal.program.rules
    found: dict[Path, Change] = {}
    for n, amount in proposal.amounts.items():
        rule = rules[n]
        if rule.edit is not None:
            for change in rule.edit(amount, proposal.values):
                if change.new != change.old:
                    found[change.path] = _merged(found.get(change.path), change)
            continue
        periods = _periods(proposal, n)
        words = when(proposal.program.instance.calendar, periods)
        shown = tuple(t + 1 for t in periods)
        change = Change(rule.path, _old(rule), _new(rule, amount * step), shown, words)
        found[change.path] = change
    return list(found.values())


def _merged(first: Change | None, second: Change) -> Change:
    """Two changes of one field: lists lose what both take out, numbers go the farther way."""
    if first is None:
        return second
    if isinstance(first.new, list):
        return replace(first, new=[x for x in first.new if x in second.new])
    return min(first, second, key=lambda change: change.new)


def _old(rule: Rule) -> Any:
    return round(rule.value) if rule.whole else rule.value


def _new(rule: Rule, amount: float) -> float | int:
    if rule.whole:
        return round(rule.value + rule.sign * math.ceil(amount - USED))
    step = 10.0 ** (math.floor(math.log10(amount)) - DIGITS + 1)
    rounded = min(math.ceil(amount / step - USED) * step, rule.most)
    return float(f"{rule.value + rule.sign * rounded:.12g}")


def _periods(proposal: Proposal, n: int) -> list[int]:
    """0-based periods whose rows and columns need the change of a figure."""
    rule, matrix = proposal.program.rules[n], proposal.program.matrix
    count = proposal.program.instance.calendar.periods
    found: set[int] = set()
    for name in rule.columns:
        t, value = period_of(name, count), proposal.values.get(name)
        if t is None or value is None:
            continue
        if rule.sign * (value - rule.value) > USED * rule.size:
            found.add(t)
    rows_of = named_rows(matrix)
    x = proposal.x.copy()
    x[proposal.program.changes] = 0.0
    for row in () if rule.at_start else rule.rows:
        t = period_of(row.name, count)
        for at in rows_of.get(row.name, ()):
            body = float((matrix.rows[[at]] @ x)[0])
            beyond = max(matrix.row_lower[at] - body, body - matrix.row_upper[at])
            if t is not None and beyond > USED * rule.size:
                found.add(t)
    return sorted(found)
