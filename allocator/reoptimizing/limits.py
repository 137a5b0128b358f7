"""The numbers of an instance that can be moved in a program that stands: limits of money and
hires, and whether a deal is signed.

Each is the side of a row or the bound of a column and nothing else: no coefficient, no concave
term and no weight of the objective depends on one (tests/allocator/reoptimizing). So tangents
found under one value hold under every other. The program is built with the limits wide open; a
limit is then put in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from allocator.handover import Handover
from allocator.highs import Indices
from allocator.matrix import Matrix, ModelError, Vector
from fact_models.decisions import Decisions
from fact_models.overriding import validated
from fact_models.spec.instance import Instance


class ImpossibleError(ModelError):
    """A deal that must be signed cannot be; the message names it."""


@dataclass(frozen=True)
class Limits:
    """Values of all limits that can be moved; None where there is no such limit."""

    budget: float | None
    profit_floor: float | None
    opening_cash: float | None
    """None without ``money.cash``."""
    cash_floor: float | None
    """None without ``money.cash``."""
    hires: Mapping[str, int | None] = field(default_factory=dict)
    """Most hires over the horizon by role."""
    deals: Mapping[str, bool] = field(default_factory=dict)
    """Deals that must be signed (True) or must not (False)."""

    @classmethod
    def of(cls, instance: Instance) -> "Limits":
        """The limits that the instance states."""
        money, cash = instance.money, instance.money.cash
        roles = instance.staff.roles if instance.staff else {}
        return cls(
            budget=money.budget,
            profit_floor=money.profit_floor,
            opening_cash=cash.opening if cash else None,
            cash_floor=cash.floor if cash else None,
            hires={name: role.hires_total for name, role in roles.items()},
        )

    def stated_in(self, instance: Instance) -> Instance:
        """The instance with these limits; deals are no part of it.

        Raises:
            OverrideError: a limit breaks a rule of the file.
        """
        tree: dict[str, Any] = instance.model_dump()
        money = tree["money"]
        money["budget"], money["profit_floor"] = self.budget, self.profit_floor
        if money["cash"] is not None:
            money["cash"]["opening"] = self.opening_cash
            money["cash"]["floor"] = self.cash_floor
        for name, total in self.hires.items():
            tree["staff"]["roles"][name]["hires_total"] = total
        return validated(tree)

    def kept_by(self, instance: Instance, decisions: Decisions) -> bool:
        """Whether a plan signs the deals that it must and none that it must not."""
        if not self.deals:
            return True
        assert instance.kol is not None
        signed = dict(zip(instance.kol.deals, decisions.deal.sum(axis=1) > 0.5, strict=True))
        return all(signed[name] == wanted for name, wanted in self.deals.items())


@dataclass(frozen=True)
class Range:
    """Ends between which cash can be moved without building the program anew."""

    opening: float
    """Largest size of the cash at the start."""
    floor: float
    """Least floor."""

    @classmethod
    def over(cls, limits: "list[Limits]") -> "Range":
        """The least range that holds all of the limits."""
        return cls(
            max((abs(one.opening_cash or 0.0) for one in limits), default=0.0),
            min((one.cash_floor or 0.0 for one in limits), default=0.0),
        )

    def holds(self, limits: Limits) -> bool:
        """Whether the limits lie within."""
        return abs(limits.opening_cash or 0.0) <= self.opening and self.floor <= (
            limits.cash_floor or 0.0
        )


def opened(instance: Instance, span: Range) -> Instance:
    """The instance whose program has a row for every limit, and bounds that hold under all of
    them.

    Budget and profit floor are 0, so that the sides of their rows tell what earlier periods took
    of them; nobody plans this instance.
    """
    money, staff = instance.money, instance.staff
    if money.cash is not None:
        cash = money.cash.model_copy(update={"opening": span.opening, "floor": span.floor})
        money = money.model_copy(update={"cash": cash})
    money = money.model_copy(update={"budget": 0.0, "profit_floor": 0.0})
    changes: dict[str, Any] = {"money": money}
    if staff is not None:
        roles = {
            name: role.model_copy(update={"hires_total": None})
            for name, role in staff.roles.items()
        }
        changes["staff"] = staff.model_copy(update={"roles": roles})
    return instance.model_copy(update=changes)


@dataclass(frozen=True, eq=False)
class Places:
    """Where the limits stand in the arrays of an opened program.

    Attributes:
        matrix: the arrays, without any limit.
        rows: (k,) rows whose sides are limits.
        whole: (c,) integer columns, the only ones whose bounds move.
    """

    matrix: Matrix
    rows: Indices
    whole: Indices
    _row: dict[str, int]
    _column: dict[str, int]
    _side: dict[int, float]
    """Side of a row at a limit of 0, by row."""
    _cash: float
    """Coefficient of the first period's cash in its balance."""

    @classmethod
    def of(cls, arrays: Handover, span: Range) -> "Places":
        """Find the limits in a program that was built with ``opened``."""
        matrix = arrays.matrix
        row = {name: n for n, name in enumerate(matrix.row_names) if name.startswith("money.")}
        column = {name: n for n, name in enumerate(matrix.column_names)}
        side, low, high = {}, matrix.row_lower.copy(), matrix.row_upper.copy()
        share = 0.0
        for name, n in row.items():
            if name == "money.budget":
                side[n], high[n] = float(high[n]), np.inf
            elif name == "money.profit_floor":
                side[n], low[n] = float(low[n]), -np.inf
            elif name.startswith("money.cash_floor"):
                side[n], low[n] = float(low[n]) - span.floor, -np.inf
            elif name == "money.cash_balance[0]":
                share = float(matrix.rows[n, column["money.cash[0]"]])
                side[n] = float(low[n]) - share * span.opening
        return cls(
            replace(matrix, row_lower=low, row_upper=high),
            np.array(sorted(side), np.intp),
            np.flatnonzero(matrix.integer),
            {name: n for name, n in row.items() if n in side},
            column,
            side,
            share,
        )

    def placed(self, limits: Limits) -> Matrix:
        """The program under ``limits``.

        Raises:
            ImpossibleError: a deal that must be signed cannot be.
        """
        matrix, side = self.matrix, self._side
        low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
        for name, n in self._row.items():
            if name == "money.budget" and limits.budget is not None:
                high[n] = side[n] + limits.budget
            elif name == "money.profit_floor" and limits.profit_floor is not None:
                low[n] = side[n] + limits.profit_floor
            elif name.startswith("money.cash_floor"):
                low[n] = side[n] + (limits.cash_floor or 0.0)
            elif name == "money.cash_balance[0]":
                # Cash that nobody counts harms no plan; as a limit it can be moved like others.
                end = side[n] + self._cash * (limits.opening_cash or 0.0)
                low[n], high[n] = (-np.inf, end) if self._cash > 0 else (end, np.inf)
        lower, upper = self._bounds(limits)
        return replace(matrix, row_lower=low, row_upper=high, lower=lower, upper=upper)

    def _bounds(self, limits: Limits) -> tuple[Vector, Vector]:
        lower, upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        for role, total in limits.hires.items():
            n = self._column.get(f"staff.hired[{role}]")
            if n is not None and total is not None:
                upper[n] = min(upper[n], float(total))
        for deal, wanted in limits.deals.items():
            n = self._column.get(f"kol.signed[{deal}]")
            if n is None and not wanted:
                continue
            if n is None or upper[n] < wanted:
                raise ImpossibleError(f"deal {deal} has no date on which it can be held")
            lower[n] = upper[n] = float(wanted)
        return lower, upper
