"""Fitted curves out of the exports of media-mix tools: PyMC-Marketing, Meridian, Robyn.

Each tool fits in units of its own. A reader turns its parameters into curves of money in, value
out, and its adstock into a carry-over. ``docs/allocate.md`` says how each file is made.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from allocator.curve_entries import Entries
from allocator.curve_summary import CHANNEL_ROWS, read_summary
from allocator.faults import shown
from allocator.reading import read_tree
from allocator.tree import Path as Steps
from allocator.tree import Tree
from fact_models.quantity import LARGEST

LAGS = 8
"""Lags of PyMC-Marketing's and Meridian's adstock where the file names none: their default."""
MOST_LAGS = 1000
"""Lags beyond this are a mistake in the file."""
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
        lines: line of the file that a field of a curve or carry-over comes from, where one does.
    """

    tool: str
    curves: dict[str, dict[str, Any]]
    carryover: dict[str, dict[str, Any]] = field(default_factory=dict)
    current: dict[str, float] = field(default_factory=dict)
    lines: dict[Steps, int] = field(default_factory=dict)


def pymc_marketing(tree: Tree) -> Fitted:
    """Curves of PyMC-Marketing's recovered transformation parameters.

    The kind of saturation shows in the names of its parameters: ``lam beta`` logistic, ``b c``
    tanh, ``alpha lam`` Michaelis-Menten, ``slope kappa beta`` Hill, ``alpha beta`` root, ``beta``
    alone none. Spend enters over ``channel_scale``, values come out times ``target_scale``.

    Raises:
        InputError: something is missing or of another kind.
    """
    file = Entries(tree)
    top = file.at("target_scale").positive()
    lags = file.at("l_max").whole(1, MOST_LAGS) if file.has("l_max") else LAGS
    normalised = file.at("normalize").flag() if file.has("normalize") else True
    curves, carryover = {}, {}
    for name in file.at("channels").names():
        channel = file.at("channels", name)
        wide = file.at("channel_scale", name).positive()
        curves[name] = _held(channel, partial(_pymc_curve, wide=wide, top=top))
        rate = channel.at("adstock_params", "alpha").rate()
        # Its l_max counts the weights, the first of them of lag 0.
        carryover[name] = {"rate": rate, "lags": lags - 1, "normalised": normalised}
    return Fitted("PyMC-Marketing", curves, carryover)


def _held(channel: Entries, curve_of: Callable[[Entries], dict[str, Any]]) -> dict[str, Any]:
    """The curve of a channel, whose figures are above 0 unless they left double precision."""
    given = channel.at("saturation_params")
    try:
        curve = curve_of(given)
        held = all(0 < x < math.inf for x in curve.values() if isinstance(x, float))
    except ArithmeticError:
        held = False
    if not held:
        raise given.refuse("gives a curve beyond what numbers can hold")
    return curve


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
    raise given.refuse("is no saturation that can be read", hint, value=shown(listed))


def robyn(tree: Tree) -> Fitted:
    """Curves of one model in Robyn's JSON export, with the raw data that it holds.

    The half point of a channel is ``(1 - gamma) min + gamma max`` of its carried-over spend in the
    modelling window, its exponent alpha, its height the coefficient.

    Raises:
        InputError: something is missing, the adstock is not geometric, or the model was fitted on
            exposure instead of spend.
    """
    file = Entries(tree)
    adstock = file.at("InputCollect", "adstock")
    if adstock.single() != "geometric":
        raise adstock.wrong("must be geometric to be read")
    height: dict[str, float] = {}
    for entry in file.at("ExportedModel", "summary").rows():
        name = str(entry.at("variable").single())
        if name in height:
            raise entry.at("variable").wrong("stands twice")
        height[name] = entry.at("coef").number()
    window = _window(file)
    hyper = file.at("ExportedModel", "hyper_values")
    curves, carryover, current = {}, {}, {}
    spends = file.at("InputCollect", "paid_media_spends")
    for name in spends.names():
        if name not in height:
            hint = "fit the model on spend, or convert exposure to spend first"
            said = "has no coefficient in the model"
            raise spends.refuse(said, hint, value=shown(name))
        spend = _series(file, name)
        rate = hyper.at(f"{name}_thetas").rate()
        gamma = hyper.at(f"{name}_gammas").positive()
        stock = _carried(spend, rate)[window]
        half = float((1 - gamma) * stock.min() + gamma * stock.max())
        curves[name] = dict(NOTHING)
        if height[name] > 0 and half > 0:
            slope = hyper.at(f"{name}_alphas").positive()
            curves[name] = {"kind": "hill", "scale": height[name], "half": half, "slope": slope}
        carryover[name] = {"rate": rate, "before": spend[-HISTORY:].tolist()}
        current[name] = float(spend[window].mean())
    return Fitted("Robyn", curves, carryover, current)


def _window(file: Entries) -> slice:
    """The rows of the raw data on which a Robyn model was fitted."""
    count = len(file.at("Extras", "raw_data").rows())
    first = file.at("InputCollect", "rollingWindowStartWhich").whole(1, count)
    return slice(first - 1, file.at("InputCollect", "rollingWindowEndWhich").whole(first, count))


def _series(file: Entries, name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """One column of the raw data in a Robyn export."""
    found = []
    for row in file.at("Extras", "raw_data").rows():
        entry = row.at(name)
        found.append(entry.number())
        if not 0 <= found[-1] <= LARGEST:
            raise entry.wrong(f"must be a spend from 0 to {LARGEST:g}")
    return np.array(found)


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
    tree = read_summary(path)
    file = Entries(tree)
    top = file.at("outcome_scale").positive()
    lags = file.at("max_lag").whole(0, MOST_LAGS) if file.has("max_lag") else LAGS
    names = dict.fromkeys(row[row.index("[") + 1 : -1] for row in file.names() if "[" in row)
    if not names:
        raise file.refuse("has no row alpha_m[...]", "see docs/allocate.md for the export")
    curves, carryover = {}, {}
    lines: dict[Steps, int] = {}
    for name in names:
        given = {row: f"{row}[{name}]" for row in CHANNEL_ROWS}
        slope = given["slope_m"]
        curves[name] = {
            "kind": "hill",
            "scale": file.at(given["beta_m"]).positive() * top,
            "half": file.at(given["ec_m"]).positive() * file.at(given["spend_scale"]).positive(),
            "slope": file.at(slope).positive() if file.has(slope) else 1.0,
        }
        rate = file.at(given["alpha_m"]).rate()
        carryover[name] = {"rate": rate, "lags": lags, "normalised": True}
        rows = {"scale": "beta_m", "half": "ec_m", "slope": "slope_m", "kind": "alpha_m"}
        lines |= {("curves", name, key): tree.line((given[row],)) for key, row in rows.items()}
        lines["carryover", name, "rate"] = tree.line((given["alpha_m"],))
    return Fitted("Meridian", curves, carryover, lines=lines)


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
