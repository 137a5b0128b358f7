"""How a rule is checked: both sides as arrays, the violation relative to the rule's scale."""

from dataclasses import dataclass, field

import numpy as np

from fact_models.decisions import Array, Ids


@dataclass(frozen=True)
class Violation:
    """One broken rule at one place.

    Attributes:
        number: equation of MODEL.md such as "MO.7"; a bare "FI" for bounds without a number.
        rule: name of the rule.
        entity: where, in words; empty for a rule of the whole plan.
        period: 1-based; None for a rule over the horizon.
        lhs: left side in the file's units; ``rhs`` the right side.
        amount: by how much the rule is broken, in the same unit.
        relative: amount over the largest of both sides and the rule's natural scale.
    """

    number: str
    rule: str
    entity: str
    period: int | None
    lhs: float
    rhs: float
    amount: float
    relative: float

    def __str__(self) -> str:
        """``MO.7 budget, period 3: 120 > 100``-like line for people."""
        place = ", ".join(
            part for part in (self.entity, f"period {self.period}" if self.period else "") if part
        )
        sides = f"{self.lhs:.10g} against {self.rhs:.10g}"
        return f"({self.number}) {self.rule}{f' [{place}]' if place else ''}: {sides}"


WORDS = {
    "a": "account",
    "b": "slot",
    "s": "segment",
    "i": "boost",
    "l": "discount level",
    "c": "tier",
    "co": "offer",
    "e": "campaign",
    "ep": "package",
    "k": "deal",
    "g": "line",
    "j": "role",
    "ch": "channel",
}
"""What an axis counts."""


@dataclass
class Check:
    """Collects violations. ``axes`` names the axes of both sides, such as ``"a s t"``."""

    ids: Ids
    tolerance: float
    violations: list[Violation] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)
    worst: float = 0.0

    def atmost(
        self, number: str, rule: str, axes: str, lhs: Array, rhs: Array, scale: Array | float
    ) -> None:
        """lhs <= rhs wherever the axes lead."""
        left, right = np.broadcast_arrays(np.asarray(lhs, float), np.asarray(rhs, float))
        # Where there is no limit, the sides meet.
        right = np.where(np.isposinf(right) & np.isfinite(left), left, right)
        self._judge(number, rule, axes, left, right, left - right, scale)

    def equal(
        self, number: str, rule: str, axes: str, lhs: Array, rhs: Array, scale: Array | float
    ) -> None:
        """lhs = rhs wherever the axes lead."""
        left, right = np.broadcast_arrays(np.asarray(lhs, float), np.asarray(rhs, float))
        self._judge(number, rule, axes, left, right, np.abs(left - right), scale)

    def _judge(
        self,
        number: str,
        rule: str,
        axes: str,
        left: Array,
        right: Array,
        amount: Array,
        scale: Array | float,
    ) -> None:
        if (number, rule) not in self.rules:
            self.rules.append((number, rule))
        if not left.size:
            return
        size = np.maximum(np.maximum(np.abs(left), np.abs(right)), scale)
        relative = amount / size
        # A comparison with nan is false, so that nan counts as broken.
        kept = relative <= self.tolerance
        worst = float(np.max(np.where(np.isfinite(relative), relative, np.inf)))
        self.worst = max(self.worst, worst)
        for place in np.argwhere(~kept):
            at = tuple(place)
            entity, period = self._place(axes, at)
            sides = (float(left[at]), float(right[at]), float(amount[at]), float(relative[at]))
            self.violations.append(Violation(number, rule, entity, period, *sides))

    def _place(self, axes: str, at: tuple[int, ...]) -> tuple[str, int | None]:
        words: list[str] = []
        period, account = None, 0
        for axis, n in zip(axes.split(), at, strict=True):
            if axis == "t":
                period = int(n) + 1
            elif axis == "b":
                slots = self.ids.slots[account]
                words.append(f"slot {slots[n] if n < len(slots) else n + 1}")
            else:
                account = n if axis == "a" else account
                words.append(f"{WORDS[axis]} {self._label(axis, n)}")
        return ", ".join(words), period

    def _label(self, axis: str, n: int) -> str:
        labels: dict[str, tuple[str, ...]] = {
            "a": self.ids.accounts,
            "s": self.ids.segments,
            "i": self.ids.boosts,
            "l": self.ids.discounts,
            "c": self.ids.tiers,
            "co": tuple(".".join(pair) for pair in self.ids.offers),
            "e": self.ids.campaigns,
            "ep": tuple(".".join(pair) for pair in self.ids.packages),
            "k": self.ids.deals,
            "g": self.ids.lines,
            "j": self.ids.roles,
            "ch": self.ids.channels,
        }
        return labels[axis][n]
