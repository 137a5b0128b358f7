"""Fitted curves out of the exports of media-mix tools: PyMC-Marketing, Meridian, Robyn.

Each tool fits in units of its own. A reader turns its parameters into curves of money in, value
out, and its adstock into a carry-over. ``docs/allocate.md`` says how each file is made.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from allocator.faults import InputError, Problem, reason, shown
from allocator.reading import read_tree
from allocator.tree import Tree

LAGS = 8
"""Lags of PyMC-Marketing's and Meridian's adstock where the file names none: their default."""
HISTORY = 26
"""Periods of earlier spend that a carry-over takes from a file."""
NOTHING = {"kind": "linear", "rate": 0.0}
"""Curve of a channel whose coefficient is 0."""


@dataclass(frozen=True)
class Fitted:
    """Curves of a fitted model, as ``allocate`` takes them.

    Attributes:
        tool: where they come from.
        curves: by channel, money of a period in, value out.
        carryover: by channel.
        current: spend of an ordinary period by channel, where the file tells it.
    """

    tool: str
    curves: dict[str, dict[str, Any]]
    carryover: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: dict[str, float] = field(default_factory=dict)


def refusal(path: str, rule: str, where: str = "", value: str = "", hint: str = "") -> InputError:
    """An export that cannot be used."""
    return InputError([Problem(path, 0, where, value, rule, hint)])


class Entries:
    """Values of a nested mapping, each refused by its path if it is not what was expected."""

    def __init__(self, file: str, value: Any, path: str = "") -> None:
        self.file, self.value, self.path = file, value, path

    def at(self, *keys: str) -> "Entries":
        """The entry below; a list of one, as R writes single values, stands for its content."""
        found, path = self.value, self.path
        for key in keys:
            path = f"{path}.{key}" if path else key
            if not isinstance(found, dict) or key not in found:
                raise refusal(self.file, "is missing", path)
            found = found[key]
        return Entries(self.file, found, path)

    def has(self, key: str) -> bool:
        """Whether there is such an entry."""
        return isinstance(self.value, dict) and key in self.value

    def number(self) -> float:
        """The entry as a number."""
        value = self.single()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refusal(self.file, "must be a number", self.path, shown(value))
        return float(value)

    def positive(self) -> float:
        """The entry as a number above 0."""
        value = self.number()
        if value <= 0:
            raise refusal(self.file, "must be above 0", self.path, shown(value))
        return value

    def single(self) -> Any:
        """The entry itself, out of its list of one."""
        alone = isinstance(self.value, list) and len(self.value) == 1
        return self.value[0] if alone else self.value

    def names(self) -> list[str]:
        """The entry as a list of texts, or the keys of a mapping."""
        if isinstance(self.value, dict):
            return list(self.value)
        if isinstance(self.value, list) and all(isinstance(v, str) for v in self.value):
            return list(self.value)
        raise refusal(self.file, "must be a list of names", self.path, shown(self.value))


def pymc_marketing(tree: Tree) -> Fitted:
    """Curves of PyMC-Marketing's recovered transformation parameters.

    The kind of saturation shows in the names of its parameters: ``lam beta`` logistic, ``b c``
    tanh, ``alpha lam`` Michaelis-Menten, ``slope kappa beta`` Hill, ``alpha beta`` root, ``beta``
    alone none. Spend enters over ``channel_scale``, values come out times ``target_scale``.

    Raises:
        InputError: something is missing or of another kind.
    """
    file = Entries(tree.file, tree.value)
    top = file.at("target_scale").positive()
    lags = file.at("l_max").number() if file.has("l_max") else float(LAGS)
    normalised = bool(file.at("normalize").single()) if file.has("normalize") else True
    curves, carryover = {}, {}
    for name in file.at("channels").names():
        channel = file.at("channels", name)
        wide = file.at("channel_scale", name).positive()
        curves[name] = _pymc_curve(channel.at("saturation_params"), wide, top)
        rate = channel.at("adstock_params", "alpha").number()
        # Its l_max counts the weights, the first of them of lag 0.
        carryover[name] = {"rate": rate, "lags": int(lags) - 1, "normalised": normalised}
    return Fitted("PyMC-Marketing", curves, carryover)


def _pymc_curve(given: Entries, wide: float, top: float) -> dict[str, Any]:
    """One saturation in money and value."""
    names = frozenset(given.names())

    def of(name: str) -> float:
        return given.at(name).positive()

    if names == {"lam", "beta"}:
        # (1 - e^-lx) / (1 + e^-lx) = tanh(lx / 2)
        scale = of("beta") * top
        return {"kind": "tanh", "scale": scale, "rate_scale": 2 * wide / of("lam")}
    if names == {"b", "c"}:
        scale = of("b") * top
        return {"kind": "tanh", "scale": scale, "rate_scale": of("b") * of("c") * wide}
    if names == {"alpha", "lam"}:
        scale, half = of("alpha") * top, of("lam") * wide
        return {"kind": "hill", "scale": scale, "half": half, "slope": 1.0}
    if names == {"slope", "kappa", "beta"}:
        scale, half = of("beta") * top, of("kappa") * wide
        return {"kind": "hill", "scale": scale, "half": half, "slope": of("slope")}
    if names == {"alpha", "beta"}:
        scale = of("beta") * top * wide ** -of("alpha")
        return {"kind": "power", "scale": scale, "exponent": of("alpha")}
    if names == {"beta"}:
        return {"kind": "linear", "rate": of("beta") * top / wide}
    hint = "known: lam beta; b c; alpha lam; slope kappa beta; alpha beta; beta"
    listed = ", ".join(sorted(names))
    raise refusal(given.file, "is no saturation that can be read", given.path, listed, hint)


def robyn(tree: Tree) -> Fitted:
    """Curves of one model in Robyn's JSON export, with the raw data that it holds.

    The half point of a channel is ``(1 - gamma) min + gamma max`` of its carried-over spend in the
    modelling window, its exponent alpha, its height the coefficient.

    Raises:
        InputError: something is missing, the adstock is not geometric, or the model was fitted on
            exposure instead of spend.
    """
    file = Entries(tree.file, tree.value)
    adstock = file.at("InputCollect", "adstock").single()
    if adstock != "geometric":
        rule = "must be geometric to be read"
        raise refusal(tree.file, rule, "InputCollect.adstock", shown(adstock))
    height = {}
    for n, row in enumerate(file.at("ExportedModel", "summary").value or ()):
        entry = Entries(tree.file, row, f"ExportedModel.summary[{n}]")
        height[str(entry.at("variable").single())] = entry.at("coef").number()
    window = slice(
        int(file.at("InputCollect", "rollingWindowStartWhich").number()) - 1,
        int(file.at("InputCollect", "rollingWindowEndWhich").number()),
    )
    hyper = file.at("ExportedModel", "hyper_values")
    curves, carryover, current = {}, {}, {}
    for name in file.at("InputCollect", "paid_media_spends").names():
        if name not in height:
            hint = "fit the model on spend, or convert exposure to spend first"
            raise refusal(tree.file, "has no coefficient in the model", name, "", hint)
        spend = _series(file, name)
        rate = hyper.at(f"{name}_thetas").number()
        gamma = hyper.at(f"{name}_gammas").number()
        stock = _carried(spend, rate)[window]
        half = float((1 - gamma) * stock.min() + gamma * stock.max()) if stock.size else 0.0
        curves[name] = dict(NOTHING)
        if height[name] > 0 and half > 0:
            slope = hyper.at(f"{name}_alphas").positive()
            curves[name] = {"kind": "hill", "scale": height[name], "half": half, "slope": slope}
        carryover[name] = {"rate": rate, "before": spend[-HISTORY:].tolist()}
        current[name] = float(spend[window].mean())
    return Fitted("Robyn", curves, carryover, current)


def _series(file: Entries, name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """One column of the raw data in a Robyn export."""
    rows = file.at("Extras", "raw_data").value
    if not isinstance(rows, list) or not rows:
        raise refusal(file.file, "must be a list of rows", "Extras.raw_data", shown(rows))
    where = "Extras.raw_data[{}]"
    return np.array(
        [Entries(file.file, row, where.format(n)).at(name).number() for n, row in enumerate(rows)]
    )


def _carried(spend: Any, rate: float) -> Any:
    """Spend with what is left of earlier periods: s_t = x_t + rate s_(t-1)."""
    stock, left = np.empty_like(spend), 0.0
    for t, amount in enumerate(spend):
        left = amount + rate * left
        stock[t] = left
    return stock


def meridian(path: str) -> Fitted:
    """Curves of Meridian's posterior summary, a CSV file with one row a parameter.

    Rows are called ``alpha_m[tv]``, ``ec_m[tv]``, ``slope_m[tv]``, ``beta_m[tv]`` as ArviZ names
    them, their ``mean`` counts. Two rows more a channel lead back to money: ``spend_scale[tv]``,
    the spend of a period that is 1 on the model's scale, and ``outcome_scale``, the value of 1 of
    its outcome.

    Raises:
        InputError: the file cannot be read, or a parameter is missing.
    """
    table = dict(_means(path))
    file = Entries(path, table)
    top = file.at("outcome_scale").positive()
    lags = int(file.at("max_lag").number()) if file.has("max_lag") else LAGS
    curves, carryover = {}, {}
    for name in [key[8:-1] for key in table if re.fullmatch(r"alpha_m\[.+\]", key)]:
        wide = file.at(f"spend_scale[{name}]").positive()
        slope = f"slope_m[{name}]"
        curves[name] = {
            "kind": "hill",
            "scale": file.at(f"beta_m[{name}]").positive() * top,
            "half": file.at(f"ec_m[{name}]").positive() * wide,
            "slope": file.at(slope).positive() if file.has(slope) else 1.0,
        }
        rate = file.at(f"alpha_m[{name}]").number()
        carryover[name] = {"rate": rate, "lags": lags, "normalised": True}
    if not curves:
        raise refusal(path, "has no row alpha_m[...]", hint="see docs/allocate.md for the export")
    return Fitted("Meridian", curves, carryover)


def _means(path: str) -> Iterator[tuple[str, float]]:
    """Name and mean of every row of a summary."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise refusal(path, f"cannot be read: {reason(error)}") from None
    except (UnicodeDecodeError, csv.Error):
        raise refusal(path, "is not a CSV file in UTF-8") from None
    if not rows or "mean" not in rows[0]:
        raise refusal(path, "must have a column called mean in its first line")
    place = rows[0].index("mean")
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        try:
            yield row[0], float(row[place])
        except (IndexError, ValueError):
            told = row[place] if place < len(row) else ""
            problem = Problem(path, line, row[0], shown(told), "must be a number", "")
            raise InputError([problem]) from None


def read_curves(path: str | Path) -> Fitted | None:
    """Curves of an export, told apart by its content; None if the file is none.

    Raises:
        InputError: the file cannot be read, or is an export that cannot be used.
    """
    if Path(path).suffix.lower() == ".csv":
        return meridian(str(path))
    return fitted_of(read_tree(path))


def fitted_of(tree: Tree) -> Fitted | None:
    """Curves of a JSON export; None if the content is none."""
    keys = set(tree.value) if isinstance(tree.value, dict) else set()
    if "ExportedModel" in keys:
        return robyn(tree)
    if {"channels", "channel_scale"} & keys and "curves" not in keys:
        return pymc_marketing(tree)
    return None
