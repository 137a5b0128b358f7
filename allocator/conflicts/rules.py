"""The figures of a file that limit plans, with the rows of the program that they stand in.

Every such figure can give way: in the elastic program it has a column of its own, its change.
Rows that are laws (how a team, a stock or a follower base comes about) stay hard.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from allocator.conflicts.record import Change
from allocator.labels import Label
from allocator.tree import Path
from fact_models.spec.instance import Instance

Kind = Literal["limit", "means", "partner"]
"""A limit that the merchant sets, means that it has, what others have a say in."""
Values = Mapping[str, float]
"""Values of the program's columns by name."""
Edit = Callable[[float, Values], list[Change]]

AMPLE = 1000.0
"""Most change of a limit, in sizes of it."""
MEANS = 4.0
"""Most change of means, in sizes of them."""


@dataclass(frozen=True)
class Row:
    """Rows of one name in which a figure stands.

    Attributes:
        name: of the rows; a constraint with two sides may be two of them.
        anchor: a column whose coefficient tells the sign of an equation.
        factor: coefficient of the change in an equation where that of the anchor is positive.
        side: -1 if the figure is the lower side, 1 if it is the upper one, 0 for the only one.
    """

    name: str
    anchor: str = ""
    factor: float = 0.0
    side: int = 0


@dataclass(frozen=True)
class Rule:
    """A figure that limits plans, and how it gives way.

    Attributes:
        path: the field, from the top of the file.
        words: what it limits.
        value: the figure.
        sign: 1 if it gives way upwards, -1 downwards.
        size: a change of this size costs as much as its weight.
        most: the largest change on offer.
        kind: whose figure it is.
        rows: rows of the program that hold it.
        columns: columns that it bounds, from above if ``sign`` is 1.
        whole: it changes by whole numbers.
        edit: the changes of the file for a change in the program; that of ``path`` by default.
    """

    path: Path
    words: Label
    value: float
    sign: int
    size: float
    most: float
    kind: Kind
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()
    whole: bool = False
    edit: Edit | None = None

    @property
    def at_start(self) -> bool:
        """Whether it is what there is at the start: no period of its own."""
        return self.path[-1] == "opening"

    @property
    def loose(self) -> float:
        """The figure with the largest change."""
        return self.value + self.sign * self.most


def period_of(name: str, periods: int) -> int | None:
    """0-based period of a row or column, the last part of its index; None without one."""
    last = name.rstrip("]").rpartition("[")[2].rpartition(",")[2]
    return int(last) if "[" in name and last.isdigit() and int(last) < periods else None


def limit(path: Path, words: Label, value: float, sign: int, unit: float, *rows: Row) -> Rule:
    """A limit of the merchant's own; ``unit`` is an ordinary amount, for figures that are 0."""
    size = abs(value) or unit
    # A limit that cannot be negative goes down to nothing at most.
    floor = path[-1] not in ("profit_floor", "opening")
    most = value if sign < 0 and floor else AMPLE * (size + unit)
    return Rule(path, words, value, sign, size, most, "limit", rows)


def means(
    path: Path, words: Label, value: float, unit: float, columns: tuple[str, ...], *,
    whole: bool = False, kind: Kind = "means",
) -> Rule:  # fmt: skip
    """Means that are used up; ``unit`` is an ordinary amount, for figures that are 0."""
    size = max(abs(value), unit)
    most = float(round(MEANS * size) + 4) if whole else MEANS * size
    return Rule(path, words, value, 1, size, most, kind, columns=columns, whole=whole)


def wages(instance: Instance) -> float:
    """An ordinary amount of money: what a period costs before anything is sold."""
    roles = instance.staff.roles.values() if instance.staff else ()
    accounts = instance.field.accounts.values() if instance.field else ()
    found = instance.money.overhead + sum(role.wage * role.heads for role in roles)
    found += sum(a.fixed_cost for a in accounts if a.open)
    return max(found, max(line.price for line in instance.goods.lines.values()))
