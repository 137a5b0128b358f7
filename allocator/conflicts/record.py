"""What is said of an instance that no plan can keep: rules, their places, repairs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from allocator.conflicts.sentences import NOTHING
from allocator.faults import field_name, is_number
from allocator.labels import Label
from allocator.tree import Path

Proof = Literal["arithmetic", "solver", "subset"]
"""What shows that no plan exists: a sum, the solver's word, a subset of rules solved by itself."""


@dataclass(frozen=True)
class Clash:
    """A figure of the file that stands in the way.

    Attributes:
        path: the field, from the top of the file.
        value: its figure as shown; empty where there is none.
        words: what it asks for, or the sum that shows it cannot be kept.
        periods: 1-based periods in which it stands in the way; empty for the whole horizon.
        when: those periods in words, with their weeks.
    """

    path: Path
    value: str
    words: Label
    periods: tuple[int, ...] = ()
    when: Label = NOTHING

    def __str__(self) -> str:
        """``money.budget = 1000: budget over the horizon``."""
        what = " = ".join(part for part in (field_name(self.path), self.value) if part)
        return f"{what}: {self.words.en}{f' {self.when.en}' if self.when.en else ''}"


@dataclass(frozen=True)
class Change:
    """A field of the file and what it becomes; None takes it out.

    ``periods`` are the 1-based ones that need it, ``when`` tells them in words.
    """

    path: Path
    old: Any
    new: Any
    periods: tuple[int, ...] = ()
    when: Label = NOTHING

    def __str__(self) -> str:
        """``money.budget: 1,000 -> 4,000``."""
        new = "left out" if self.new is None else _shown(self.new)
        when = f" ({self.when.en})" if self.when.en else ""
        return f"{field_name(self.path)}: {_shown(self.old)} -> {new}{when}"


@dataclass(frozen=True)
class Repair:
    """Changes after which there is a plan.

    Attributes:
        changes: by field.
        weights: how changes were weighed against each other, in words.
        cost: the weighed sum of the changes, a floor that others keep higher at its own price.
        gmv: GMV over the horizon of the plan that was found and verified with them.
        gap: certified distance of that plan from the best one; it was not looked for.
    """

    changes: tuple[Change, ...]
    weights: Label
    cost: float
    gmv: float
    gap: float | None = None

    @property
    def fields(self) -> set[Path]:
        """What is changed."""
        return {change.path for change in self.changes}


@dataclass
class Explanation:
    """Why there is no plan, and what would make one possible.

    Attributes:
        checks: sums that show it.
        core: rules that cannot be kept together; taking out any one of them helps.
        proof: what shows it.
        integer_only: plans exist in fractions of people, packages and deals, not in whole ones.
        repairs: changes that were applied and planned, cheapest first.
        remarks: what is proved of all repairs.
        notes: what was not found out, and why.
    """

    checks: list[Clash] = field(default_factory=list)
    core: list[Clash] = field(default_factory=list)
    proof: Proof = "solver"
    integer_only: bool = False
    repairs: list[Repair] = field(default_factory=list)
    remarks: list[Label] = field(default_factory=list)
    notes: list[Label] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON; ``words`` and the like are English, ``words_zh`` is Chinese."""
        found: dict[str, Any] = _spoken(asdict(self))
        for kind in ("checks", "core"):
            for entry in found[kind]:
                entry["field"] = field_name(entry["path"])
        for repair in found["repairs"]:
            for change in repair["changes"]:
                change["field"] = field_name(change["path"])
        return found


def _spoken(value: Any) -> Any:
    """Words under their key in English, and with ``_zh`` behind it in Chinese."""
    if isinstance(value, list | tuple):
        return [_spoken(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    told: dict[str, Any] = {}
    for key, inner in value.items():
        many = key in ("notes", "remarks")
        if isinstance(inner, Label) or many:
            told[key] = [x.en for x in inner] if many else inner.en
            told[f"{key}_zh"] = [x.zh for x in inner] if many else inner.zh
        else:
            told[key] = _spoken(inner)
    return told


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if not is_number(value):
        return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
    return f"{value:,.10g}"


def figure(value: Any) -> str:
    """A figure of the file as messages show it."""
    return _shown(value)


def spans(periods: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring numbers, first and last of each."""
    runs: list[tuple[int, int]] = []
    for t in sorted(set(periods)):
        if runs and runs[-1][1] == t - 1:
            runs[-1] = runs[-1][0], t
        else:
            runs.append((t, t))
    return runs
