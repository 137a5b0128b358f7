"""Draws of figures from a file: a row per draw, a column per place of a figure in the instance."""

import math
from collections.abc import Callable
from contextlib import suppress
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.changing import plain
from allocator.csv_table import plain_number, read_csv_text, rows_of
from allocator.doubt.worlds import OUTCOMES, World, Worlds, WorldsError, settle
from allocator.faults import InputError, Problem, heading_name, shown
from allocator.parquet_table import PARQUET, read_parquet
from allocator.trials import FEEDBACK
from fact_models.overriding import OverrideError, Steps, number_at, places, replaced, validated
from fact_models.spec.instance import Instance

Plain = dict[str, Any]

MOST = 1000
"""Draws that are used at most; of more, as many in even steps."""
LARGEST = 200_000_000
"""Most bytes of a file of draws."""
LINE = "line"
"""Name of the index of a table of draws from a file."""
RULE = "a table with a row per draw and a column per figure, .parquet or .csv"
COLUMN = "in a column of numbers"
"""What is said besides of a column of texts, truth values or dates."""

CONVERSION = (
    "conversion",
    "conversion_well",
    "conversion_interested",
    "calibration_gain",
)
HEIGHTS = ("scale", "rate", "low", "high", "y.*")
"""Figures of a curve, whichever kind it is, that lift it as a whole."""
SPREAD = {
    "feedback": tuple(f"snowball.segments.*.{name}" for name in FEEDBACK),
    "conversion": tuple(f"snowball.segments.*.{name}" for name in CONVERSION),
    "creators": ("alliance.tiers.*.conversion.*",),
    "boosts": tuple(f"field.boosts.*.curve.{name}" for name in HEIGHTS),
}
"""Figures that an assumed spread moves together, by the name of the group."""
HIGHEST = 4.0
"""Widest move of an assumed spread, in standard deviations."""


class DrawError(OverrideError):
    """A draw breaks a rule of the instance file.

    Attributes:
        number: which, from 1.
    """

    def __init__(self, number: int, why: OverrideError) -> None:
        self.number = number
        super().__init__(f"draw {number}: {why}", why.fault)


def drawn(instance: Instance, path: str | Path, most: int = MOST, seed: int = 0) -> Worlds:
    """A world per draw, all equally likely; every deal has one of its outcomes in each.

    Args:
        instance: what is as written where the draws say nothing.
        path: ``.parquet`` or ``.csv``; the names of the columns are places such as
            ``snowball.segments.young.conversion``. Columns whose name has no dot, such as numbers
            of chains, are left out.
        most: draws at most.
        seed: of the outcomes of the deals.

    Raises:
        InputError: the file cannot be read, or a draw breaks a rule of the instance file.
    """
    head, table = _table(Path(path), most)
    return drawn_from(instance, table, path, most, seed, head)


def drawn_from(
    instance: Instance,
    table: pd.DataFrame,
    path: str | Path,
    most: int = MOST,
    seed: int = 0,
    head: int = 0,
) -> Worlds:
    """The same for draws that are at hand as a table.

    ``path`` names them in messages; an index called ``LINE`` says the line of each, ``head`` that
    of the heading, 0 without one.
    """
    columns = [str(name) for name in table.columns if "." in str(name)]
    if not columns or table.empty:
        raise _error(path, 0, "", "holds no draws", RULE)
    tree = instance.model_dump()
    at: dict[str, list[Steps]] = {}
    column_of: dict[Steps, str] = {}
    for name in columns:
        try:
            at[name] = places(tree, name)
        except OverrideError as error:
            rule = str(error).removeprefix(f"{name}: ")
            raise _error(path, head, name, rule, "name figures of the instance") from None
        for steps in at[name]:
            if steps in column_of:
                rule = f"names the same figure as {shown(column_of[steps])}"
                raise _error(path, head, name, rule, "one column for each figure")
            column_of[steps] = name
    table = table[columns].iloc[_evenly(len(table), most)]
    values = table.to_numpy(dtype=np.float64)

    def change(tree: Plain, n: int) -> None:
        for name, value in zip(columns, values[n], strict=True):
            for steps in at[name]:
                replaced(tree, steps, float(value))

    try:
        members = _made(instance, len(values), change, seed)
    except DrawError as error:
        line = int(table.index[error.number - 1]) if table.index.name == LINE else 0
        hint = "keep the rules of the instance file"
        fault = error.fault
        if fault is None or fault.path not in column_of:
            raise _error(path, line, "", str(error), hint) from None
        name = column_of[fault.path]
        value = shown(float(values[error.number - 1, columns.index(name)]))
        rule = f"draw {error.number}: {fault.rule}"
        raise _error(path, line, name, rule, fault.hint or hint, value) from None
    return Worlds(plain(instance), members, Path(path).name, tuple(columns), values)


def spread(instance: Instance, by: float, count: int = MOST, seed: int = 0) -> Worlds:
    """Worlds in which each group of ``SPREAD`` is multiplied by a factor of its own: log-normal
    with mean 1 and the relative standard deviation ``by``, all groups independent. Assumed.

    Args:
        instance: what the worlds lie around.
        by: such as 0.2 for 20 %.
        count: how many worlds.
        seed: of the draws.

    Raises:
        WorldsError: a rate leaves the range of the file.
    """
    tree = instance.model_dump()
    at = {name: _there(tree, group) for name, group in SPREAD.items()}
    groups = [name for name in SPREAD if at[name]]
    width = math.sqrt(math.log1p(by**2))
    normal = np.random.default_rng(seed).standard_normal((count, len(groups)))
    factor = np.exp(width * np.clip(normal, -HIGHEST, HIGHEST) - width**2 / 2)

    def change(tree: Plain, n: int) -> None:
        for name, times in zip(groups, factor[n], strict=True):
            for steps in at[name]:
                before = number_at(tree, steps)
                if before is not None:
                    replaced(tree, steps, before * float(times))

    try:
        members = _made(instance, count, change, seed)
    except OverrideError as error:
        raise WorldsError(f"a spread of {by:g} cannot be made: {error}") from None
    return Worlds(plain(instance), members, "spread", tuple(groups), factor)


def _there(tree: Plain, group: tuple[str, ...]) -> list[Steps]:
    """Places of a group that the instance has."""
    found: list[Steps] = []
    for at in group:
        with suppress(OverrideError):
            found += places(tree, at)
    return found


def _made(
    instance: Instance, count: int, change: Callable[[Plain, int], None], seed: int
) -> tuple[World, ...]:
    """Worlds with their changes and, in each, one outcome of every deal."""
    random = np.random.default_rng([seed, 1])
    deals = list(instance.kol.deals) if instance.kol else []
    picked = random.choice(list(OUTCOMES), size=(count, len(deals)), p=list(OUTCOMES.values()))
    members = []
    for n in range(count):
        tree = instance.model_dump() | {"scenarios": {}}
        change(tree, n)
        for k, outcome in zip(deals, picked[n], strict=True):
            settle(tree["kol"]["deals"][k], str(outcome))
        try:
            made = validated(tree)
        except OverrideError as error:
            raise DrawError(n + 1, error) from None
        members.append(World(f"draw {n + 1}", 1 / count, made))
    return tuple(members)


def _evenly(count: int, most: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Positions of at most ``most`` of ``count`` rows, in even steps."""
    return np.linspace(0, count - 1, min(most, count)).round().astype(np.intp)


def _table(path: Path, most: int) -> tuple[int, pd.DataFrame]:
    """Line of the heading, 0 without one, and finite numbers of the columns that name figures, of
    ``most`` rows at most, by line."""
    if path.suffix.lower() == ".csv":
        return _csv(path, most)
    if path.suffix.lower() not in PARQUET:
        raise _error(path, 0, "", "is no file of draws", RULE)
    table = read_parquet(path, LARGEST).reset_index(drop=True)
    table.index = pd.RangeIndex(1, len(table) + 1, name=LINE)
    names = [str(name) for name in table.columns]
    for n, name in ((n, name) for n, name in enumerate(names) if "." in name):
        if name in names[:n]:
            raise _error(path, 0, name, "stands twice", "one column for each figure")
        column = table.iloc[:, n]
        rule = "must hold a finite number in every draw"
        # Truth values and texts would pass for numbers.
        if column.dtype.kind not in "iuf":
            row, cell = _no_number(column.tolist())
            raise _error(path, row, name, f"{rule}, {COLUMN}", RULE, shown(cell))
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        for at in np.flatnonzero(~np.isfinite(numbers))[:1]:
            raise _error(path, int(at) + 1, name, rule, RULE, shown(float(numbers[at])))
    return 0, table


def _no_number(cells: list[Any]) -> tuple[int, Any]:
    """The first cell, with its row, that does not read as a number; the first if all do."""
    for row, cell in enumerate(cells, 1):
        if not isinstance(cell, str):
            return row, None if pd.isna(cell) else cell
        try:
            plain_number(cell)
        except ValueError:
            return row, cell
    return 1, cells[0] if cells else ""


def _csv(path: Path, most: int) -> tuple[int, pd.DataFrame]:
    """The text is gone through twice: only the cells of draws that are used become numbers."""
    text = read_csv_text(path, LARGEST)
    count = sum(1 for _ in rows_of(path, text)) - 1
    used = set(_evenly(count, most).tolist()) if count else set()
    rows = rows_of(path, text)
    head, heading = next(rows)
    named = ["." in name for name in heading]
    columns = [name.strip() for name in compress(heading, named)]
    values, lines = [], []
    for n, (line, row) in enumerate(rows):
        if n in used:
            cells = zip(columns, compress(row, named), strict=True)
            values.append([_number(path, line, name, cell) for name, cell in cells])
            lines.append(line)
    return head, pd.DataFrame(values, pd.Index(lines, name=LINE), columns, dtype=np.float64)


def _number(path: Path, line: int, name: str, cell: str) -> float:
    try:
        return plain_number(cell)
    except ValueError as error:
        rule = str(error).replace("a number", "a finite number", 1)
        hint = "digits with a point, such as 0.021 or 1e-3"
        raise _error(path, line, name, rule, hint, shown(cell)) from None


def _error(
    path: str | Path, line: int, field: str, rule: str, hint: str, value: str = ""
) -> InputError:
    return InputError([Problem(str(path), line, heading_name(field), value, rule, hint)])
