"""Budget over response curves: the curve engine with a face of its own.

import allocator

found = allocator.allocate(
    {"search": {"kind": "hill", "scale": 100, "half": 60, "slope": 3},
     "video": {"kind": "log", "scale": 40, "half": 20}},
    budget=100,
)
print(found.spend, found.value, found.gap, found.unspent)
"""

import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from allocator import faults, interior, separable
from allocator.allocation import Allocation, Status, Unspent, why_unspent
from allocator.allocation_result import Found
from allocator.curve_exports import Fitted, fitted_of, meridian
from allocator.reading import read_tree, validate
from allocator.tree import Path, Place, Tree
from fact_models.allocation.cells import Problem, build
from fact_models.allocation.replay import Vector, replay
from fact_models.allocation.spec import Request
from fact_models.response import Response

Curves = Mapping[str, Any] | Sequence[Any]
TABLES = ("min_if_active", "fixed_cost", "carryover", "integer")
"""Fields in which one entry may stand for every channel."""
ROUNDING = 1e-12
"""Share of the budget that a sum may miss it by."""
BELOW = 1e-6
"""Share by which a bound may lie below the value and still hold: what rounding makes of it."""
CALL = "allocate"
"""What messages call the arguments of a call."""


def allocate(
    curves: Curves | None = None,
    budget: float | None = None,
    *,
    bounds: Any = None,
    groups: Mapping[str, Any] | None = None,
    min_if_active: Any = None,
    fixed_cost: Any = None,
    periods: Any = None,
    carryover: Any = None,
    targets: Mapping[str, Any] | None = None,
    integer: Any = None,
    gap: float = 1e-4,
    time_limit: float | None = 60.0,
) -> Allocation:
    """Spread a budget over channels so that their curves yield most, with a proof.

    ``docs/allocate.md`` describes every argument with its units. In short:

    Args:
        curves: response curve by channel (a mapping, or a list whose channels are then called
            ``"1"``, ``"2"``, ...): records of ``fact_models.response`` or dicts such as ``{"kind":
            "hill", "scale": 100, "half": 60, "slope": 3}``. None beside ``targets``.
        budget: money over the whole horizon, at most.
        bounds: limits by channel: a pair ``(min, max)`` of a period's spend or a dict with any of
            ``min max total_min total_max share_min share_max current current_min current_max``.
        groups: limits of several channels: dicts with ``channels`` and the limits above.
        min_if_active: least spend of a channel in a period in which it spends at all; a number
            for all channels, or by channel.
        fixed_cost: paid from the budget in such a period; likewise.
        periods: number of periods, or a dict with ``count min max weight tail``.
        carryover: share of the effect that is left one period later, or a dict with ``rate lags
            normalised before``; for all channels, or by channel.
        targets: targets that channels share: dicts with ``curve effect min max``.
        integer: True for whole units of 1, a number for whole multiples of it, names of channels,
            or unit by channel.
        gap: relative distance of value and bound to stop at.
        time_limit: seconds after which the best allocation so far is returned; None for none.

    Returns:
        The allocation, replayed and checked. A request that cannot be met gives the status
        ``infeasible`` and a message that names the limits in the way.

    Raises:
        InputError: an argument breaks a rule; it names field, value and rule.
    """
    values = {
        "curves": curves,
        "budget": budget,
        "bounds": bounds,
        "groups": groups,
        "min_if_active": min_if_active,
        "fixed_cost": fixed_cost,
        "periods": periods,
        "carryover": carryover,
        "targets": targets,
        "integer": integer,
    }
    told = {name: _plain(value) for name, value in values.items() if value is not None}
    request = validate(Request, _tree(_in_full(told)))
    return solve_request(request, gap=gap, time_limit=time_limit)


def load_request(
    path: str | FilePath, *, budget: float | None = None, periods: int | None = None
) -> Request:
    """The request in a YAML or JSON file, or one made of the curves in a tool's export.

    Args:
        path: the file.
        budget: replaces the budget of the file; an export has none of its own.
        periods: replaces the number of periods.

    Raises:
        InputError: the file cannot be read or breaks a rule.
    """
    if FilePath(path).suffix.lower() == ".csv":
        tree = _of_export(str(path), meridian(str(path)))
    else:
        tree = read_tree(path)
        fitted = fitted_of(tree)
        tree = tree if fitted is None else _of_export(str(path), fitted)
    if isinstance(tree.value, dict):
        full = _in_full(dict(tree.value))
        tree.value.clear()
        tree.value.update(full)
        if budget is not None:
            tree.value["budget"] = budget
        if periods is not None and isinstance(tree.value.get("periods"), dict):
            tree.value["periods"]["count"] = periods
        elif periods is not None:
            tree.value["periods"] = periods
    return validate(Request, tree)


def _of_export(path: str, fitted: Fitted) -> Tree:
    """A request of an export's curves and carry-over."""
    value = {"name": FilePath(path).stem, "curves": fitted.curves, "carryover": fitted.carryover}
    tree = _tree(value, path)
    for steps, line in fitted.lines.items():
        tree.keys[steps] = tree.values[steps] = Place(line, 1)
    return tree


def solve_request(
    request: Request, *, gap: float = 1e-4, time_limit: float | None = 60.0
) -> Allocation:
    """The best allocation of a request; see ``allocate``.

    Raises:
        InputError: ``gap`` or ``time_limit`` is no number or out of range.
    """
    wrong = []
    if not (faults.is_number(gap) and 1e-9 <= gap < 1):
        wrong.append(
            faults.Problem(CALL, 0, "gap", faults.shown(gap), "must be at least 1e-9 and below 1")
        )
    if not (time_limit is None or (faults.is_number(time_limit) and 0 < time_limit < math.inf)):
        rule = "must be seconds, positive and finite, or None"
        wrong.append(faults.Problem(CALL, 0, "time_limit", faults.shown(time_limit), rule))
    if wrong:
        raise faults.InputError(wrong)
    began = time.monotonic()
    deadline = math.inf if time_limit is None else began + time_limit
    problem = build(request)
    method, found = _search(problem, gap, deadline)
    seconds = time.monotonic() - began
    if found.x is None:
        if found.bound > -math.inf:
            said = "time ran out before there was an allocation"
            return Allocation(request, "no_plan_yet", method=method, seconds=seconds, message=said)
        from allocator.allocation_conflicts import conflicts

        said = conflicts(problem)
        return Allocation(request, "infeasible", method=method, seconds=seconds, message=said)
    return _allocation(problem, found, method, gap, began)


def _search(problem: Problem, gap: float, deadline: float) -> tuple[str, Found]:
    """The first method that fits the problem and closes it."""
    terms, cells = problem.terms, problem.cells
    counted = bool((cells.unit > 0).any())
    alone = not problem.rows.names or (
        problem.rows.names == ["budget"] and problem.rows.lower[0] == -np.inf
    )
    shaped = all(curve.is_concave or curve.is_s_shaped for curve in terms.curves)
    if terms.separable and alone and shaped and not counted:
        return "prices", separable.solve(problem, gap, deadline)
    concave = all(curve.is_concave for curve in terms.curves)
    if concave and terms.stack.smooth and not counted and not cells.switched.any():
        found = interior.solve(problem, gap, deadline)
        if found is not None:
            return "interior point", found
    # The solver and what surrounds it take a second to import, and most requests need neither.
    from allocator import piecewise_search

    return "tangents", piecewise_search.solve(problem, gap, deadline)


def _allocation(
    problem: Problem, found: Found, method: str, gap: float, began: float
) -> Allocation:
    """The found spends in the request's units, replayed and checked."""
    assert found.x is not None
    request, cells = problem.request, problem.cells
    x = found.x
    detail = _detail(problem, x)
    outcome = replay(request, detail)
    bound = max(found.bound * problem.value_unit, outcome.value)
    size = max(abs(bound), abs(outcome.value))
    left = (bound - outcome.value) / size if size > 0 else 0.0
    status: Status = "optimal" if left <= gap else "feasible_limit"
    broken = list(outcome.broken)
    if bound - found.bound * problem.value_unit > BELOW * size:
        said = f"{found.bound * problem.value_unit:g} was proved the most"
        broken.append(f"value: {outcome.value:g}, where {said}")
    if broken:
        status = "unverified"
    per_unit = problem.value_unit / problem.spend_unit
    names = problem.rows.names
    totals = detail.reshape(len(request.channels), -1).sum(axis=1)
    marginal = np.zeros(len(request.channels))
    np.maximum.at(marginal, cells.channel, problem.terms.gain(x) * per_unit)
    return Allocation(
        request=request,
        status=status,
        spend=dict(zip(request.channels, totals.tolist(), strict=True)),
        detail=detail,
        value=outcome.value,
        by_curve=outcome.by_channel,
        bound=bound,
        gap=left,
        prices={n: float(p) * per_unit for n, p in zip(names, found.prices, strict=True)},
        marginal=dict(zip(request.channels, marginal.tolist(), strict=True)),
        fees=float(outcome.fees.sum()),
        paid=outcome.paid,
        unspent=_unspent(problem, x, outcome.paid),
        method=method,
        nodes=found.nodes,
        seconds=time.monotonic() - began,
        message="; ".join(broken),
    )


def _detail(problem: Problem, x: Vector) -> Vector:
    """(channels, periods) or (channels, targets, periods) in the request's units."""
    request, cells = problem.request, problem.cells
    count = request.periods.count
    spend = x * problem.spend_unit
    unit = np.array([request.integer.get(name, 0.0) for name in request.channels])[cells.channel]
    whole = unit > 0
    spend[whole] = np.rint(spend[whole] / unit[whole]) * unit[whole]
    if not request.targets:
        detail = np.zeros((len(request.channels), count))
        detail[cells.channel, cells.period] = spend
        return detail
    detail = np.zeros((len(request.channels), len(request.targets), count))
    detail[cells.channel, cells.target, cells.period] = spend
    return detail


def _unspent(problem: Problem, x: Vector, paid: float) -> Unspent | None:
    """What is left of the budget and why; None without a budget."""
    budget = problem.request.budget
    if budget is None:
        return None
    rest = budget - paid if budget - paid > ROUNDING * budget else 0.0
    return Unspent(rest, why_unspent(problem, x, rest / problem.spend_unit))


def _in_full(values: dict[str, Any]) -> dict[str, Any]:
    """The request with its shorthands written out; what is wrong stays for the check."""
    curves = values.get("curves")
    if isinstance(curves, list):
        values["curves"] = {str(n + 1): curve for n, curve in enumerate(curves)}
    names = _names(values)
    for field in TABLES:
        told = values.get(field)
        if field == "integer" and isinstance(told, list):
            if all(isinstance(name, str) for name in told):
                values[field] = dict.fromkeys(told, 1.0)
        elif field == "integer" and isinstance(told, bool):
            values[field] = dict.fromkeys(names, 1.0) if told else {}
        elif _stands_for_all(field, told):
            values[field] = dict.fromkeys(names, told)
    bounds = values.get("bounds")
    if isinstance(bounds, list):
        if len(bounds) == len(names):
            values["bounds"] = dict(zip(names, bounds, strict=True))
        if len(bounds) == 2 and not any(isinstance(b, list | dict) for b in bounds):
            values["bounds"] = dict.fromkeys(names, bounds)
    return values


def _stands_for_all(field: str, told: Any) -> bool:
    """Whether an entry is meant for every channel."""
    if isinstance(told, bool):
        return False
    carried = field == "carryover" and isinstance(told, dict) and "rate" in told
    return carried or isinstance(told, int | float)


def _names(values: dict[str, Any]) -> list[str]:
    """Names of the channels, as far as they can be read."""
    targets = values.get("targets")
    if isinstance(targets, dict):
        effects = [t.get("effect") for t in targets.values() if isinstance(t, dict)]
        return list(dict.fromkeys(c for e in effects if isinstance(e, dict) for c in e))
    curves = values.get("curves")
    return list(curves) if isinstance(curves, dict) else []


def _plain(value: Any) -> Any:
    """Python's own values for records, tuples and numpy's numbers and arrays."""
    if isinstance(value, Response):
        return _plain(value.model_dump(by_alias=True))
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value


def _tree(value: dict[str, Any], file: str = CALL) -> Tree:
    """Plain values as a tree, so that messages name the field."""
    places: dict[Path, Place] = {}

    def walk(inner: Any, path: Path) -> None:
        places[path] = Place(0, 0)
        if isinstance(inner, dict | list):
            for key, below in inner.items() if isinstance(inner, dict) else enumerate(inner):
                walk(below, (*path, key))

    walk(value, ())
    keys = {path: place for path, place in places.items() if path and isinstance(path[-1], str)}
    return Tree(file, value, keys, places)
