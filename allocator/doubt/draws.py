"""Draws of figures from a file: a row per draw, a column per place of a figure in the instance."""

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.doubt.worlds import OUTCOMES, World, Worlds, WorldsError, plain, settle
from allocator.faults import InputError, Problem
from allocator.matrix import Vector
from allocator.trials import FEEDBACK
from fact_models.overriding import OverrideError, Steps, number_at, places, replaced, validated
from fact_models.spec.instance import Instance

Plain = dict[str, Any]

MOST = 1000
"""Draws that are used at most; of more, as many in even steps."""
RULE = "a table with a row per draw and a column per figure, .parquet or .csv"


CONVERSION = (
    "conversion",
    "conversion_well",
    "conversion_interested",
    "calibration_gain",
)
SPREAD = {
    "feedback": tuple(f"snowball.segments.*.{name}" for name in FEEDBACK),
    "conversion": tuple(f"snowball.segments.*.{name}" for name in CONVERSION),
    "creators": ("alliance.tiers.*.conversion.*",),
    "boosts": ("field.boosts.*.curve.scale",),
}
"""Figures that an assumed spread moves together, by the name of the group."""
HIGHEST = 4.0
"""Widest move of an assumed spread, in standard deviations."""


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
    return drawn_from(instance, _table(Path(path)), path, most, seed)


def drawn_from(
    instance: Instance, table: pd.DataFrame, path: str | Path, most: int = MOST, seed: int = 0
) -> Worlds:
    """The same for draws that are at hand as a table; ``path`` names them in messages."""
    columns = [str(name) for name in table.columns if "." in str(name)]
    if not columns or table.empty:
        raise _error(path, "", "holds no draws", RULE)
    tree = instance.model_dump()
    at: dict[str, list[Steps]] = {}
    for name in columns:
        try:
            at[name] = places(tree, name)
        except OverrideError as error:
            raise _error(path, name, str(error), "name figures of the instance") from None
    rows = np.linspace(0, len(table) - 1, min(most, len(table))).round().astype(int)
    values = _numbers(table[columns].iloc[rows], path)

    def change(tree: Plain, n: int) -> None:
        for name, value in zip(columns, values[n], strict=True):
            for steps in at[name]:
                replaced(tree, steps, float(value))

    try:
        members = _made(instance, len(values), change, seed)
    except OverrideError as error:
        raise _error(path, "", str(error), "the rules of the instance file") from None
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
            raise OverrideError(f"draw {n + 1}: {error}") from None
        members.append(World(f"draw {n + 1}", 1 / count, made))
    return tuple(members)


def _numbers(table: pd.DataFrame, path: str | Path) -> Vector:
    for name in table.columns:
        column = pd.to_numeric(table[name], errors="coerce")
        if not np.isfinite(column.to_numpy(dtype=np.float64)).all():
            raise _error(path, str(name), "must hold a finite number in every draw", RULE)
    return table.to_numpy(dtype=np.float64)


def _table(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        if path.suffix.lower() == ".csv":
            return pd.read_csv(path)
    except ImportError:
        hint = "pip install 'fact-allocator[fit]', or give the draws as .csv"
        raise _error(path, "", "cannot be read: .parquet needs pyarrow", hint) from None
    except (OSError, ValueError) as error:
        raise _error(path, "", f"cannot be read: {str(error).splitlines()[0]}", RULE) from None
    raise _error(path, "", "is no file of draws", RULE)


def _error(path: str | Path, field: str, rule: str, hint: str) -> InputError:
    return InputError([Problem(str(path), 0, field, "", rule, hint)])
