"""The program as a whole: its document, its units, its bounds, its constants."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn
from scipy import sparse

from allocator import tightening
from allocator.handover import hand_over
from allocator.matrix import Vector
from fact_models.field import gained
from fact_models.parameters import parameters
from fact_models.program import Program, build
from fact_models.replay.funnel import funnel
from fact_models.spec.instance import Instance
from fact_models.split import Rooms, takes_part, touched
from fact_models.variants import extend
from tests.models.point import NUMBER, Model
from tests.models.rescaled import grown, rescaled
from tests.models.worlds import full_world

MODEL_MD = Path(__file__).parents[2] / "models" / "MODEL.md"
ALLOCATION = MODEL_MD.parent / "fact_models" / "allocation"
"""Modules whose equations are arrays, with their numbers in docstrings and comments."""
ORIGINS = MODEL_MD.parent / "fact_models" / "replay" / "provenance"
DOUBT = MODEL_MD.parents[1] / "allocator" / "doubt"
SHARED = MODEL_MD.parents[1] / "allocator" / "reasons" / "attribution.py"
"""Rules of origins, which no program writes."""
KINDS = (pyo.Constraint, pyo.Expression, pyo.Objective, pyo.Var)
SHAPED = {
    "field.reception": {"part": "hour", "response": "visit"},
    "field.boosting": {"part": "CNY", "response": "visit"},
}
"""Units of the pieces of S-shaped curves, by the block that holds them."""


def variants() -> dict[str, Instance]:
    """Instances that together use every equation."""
    s_curve = {"kind": "hill", "scale": 3000.0, "half": 3000.0, "slope": 3.0}
    return {
        "full": full_world(),
        "S-shaped boost": full_world(
            field={"boosts": {"feed": {"curve": s_curve, "per_content": False}}}
        ),
        "funnel": full_world(snowball={"model": "funnel"}),
        "cost": full_world(objective={"goal": "cost", "target": 1e5, "terminal": False}),
    }


@cache
def programs() -> dict[str, Program]:
    """Programs of the variants."""
    return {name: build(instance) for name, instance in variants().items()}


@cache
def extended() -> Program:
    """The full program with the rows of other questions."""
    program = build(full_world())
    extend(program, floor=1.0, steady=True)
    return program


def numbers_in_code() -> set[str]:
    """Numbers of the equations that the programs write, and of the rows that the search adds."""
    found = set(NUMBER.findall(tightening.mode_constants.__doc__ or ""))
    for module in ("bounds", "cells", "rows"):
        found |= set(NUMBER.findall((ALLOCATION / f"{module}.py").read_text(encoding="utf-8")))
    for path in (*ORIGINS.glob("*.py"), SHARED):
        rules = NUMBER.findall(path.read_text(encoding="utf-8"))
        found |= {number for number in rules if number.startswith("AT")}
    found |= set(NUMBER.findall((DOUBT / "extensive.py").read_text(encoding="utf-8")))
    for p in (*programs().values(), extended()):
        for component in p.model.component_objects(KINDS):
            found |= set(NUMBER.findall(component.doc or ""))
        found |= {term.number for term in p.terms}
    return found


def test_every_equation_of_the_document_is_in_the_code_and_back() -> None:
    """MODEL.md and the code name the same equations."""
    assert numbers_in_code() == set(NUMBER.findall(MODEL_MD.read_text(encoding="utf-8")))


def test_equations_stand_in_one_place() -> None:
    """An equation of the full program is written by one component, or by two halves of one law."""
    halves = {"CA.5", "GO.2", "GO.4", "GO.5", "MO.10", "SN.11"}
    halves |= {f"CA.{n}" for n in range(19, 26)}  # the two sides of a campaign
    seen: dict[str, set[str]] = {}
    for component in programs()["full"].model.component_objects(KINDS):
        for number in NUMBER.findall(component.doc or ""):
            seen.setdefault(number, set()).add(component.name)
    assert {number for number, names in seen.items() if len(names) > 1} <= halves


@pytest.mark.parametrize("variant", variants())
def test_every_variable_is_bounded(variant: str) -> None:
    """Every variable has finite bounds in order."""
    for v in programs()[variant].model.component_data_objects(pyo.Var):
        assert v.lb is not None, v.name
        assert v.ub is not None, v.name
        assert v.lb <= v.ub < 1e15, v.name


@pytest.mark.parametrize("variant", variants())
def test_every_constant_is_small(variant: str) -> None:
    """Inside the solver no coefficient, no switch constant is above 1e5."""
    arrays = hand_over(programs()[variant])
    internal, _ = arrays.matrix.scaled(arrays.column_scale)
    assert np.abs(internal.rows.data).max() <= 1e5


PLAIN = {"snowball": {"interest": None}}
CASES: dict[str, tuple[dict[str, float], dict[str, Any]]] = {
    "money": ({"CNY": 8.0}, {}),
    "visits": ({"visit": 4.0}, PLAIN),
    "people": ({"person": 0.25}, PLAIN),
    # Who is harvested comes as one visit, so with an interest pool the two units go together.
    "visits and people": ({"visit": 0.25, "person": 0.25}, {}),
    # The conversion factor of a line makes items of orders.
    "orders and items": ({"order": 2.0, "item": 2.0}, {}),
    "creators": ({"creator": 0.5}, {}),
    "points": ({"point": 2.0}, {}),
    "content": ({"content": 4.0}, {}),
    "hours": ({"hour": 0.5}, {}),
}
"""Factors of the new units, and what the world must leave out."""


@cache
def ordinary(case: str) -> tuple[Instance, Model]:
    """The instance of a case in the units of its file, and its program."""
    world = full_world(**CASES[case][1])
    return world, Model.of(world)


@pytest.mark.parametrize("case", CASES)
def test_units(case: str) -> None:
    """In other units every bound, row, term and the objective grow by their own unit, no more, no
    less.
    """
    factors = CASES[case][0]
    world, model = ordinary(case)
    same_program(model, Model.of(rescaled(world, factors)), factors)


@pytest.mark.parametrize(
    ("case", "record", "name"),
    [
        ("visits", "snowball.segments.young", "traffic_per_order"),
        ("visits", "field.accounts.main", "saturation"),
        ("people", "snowball.segments.mature", "calibration_scale"),
        ("people", "snowball.shelf", "per_follower"),
        ("money", "staff.roles.host", "severance"),
        ("money", "money.cash", "receivables"),
        ("creators", "alliance.tiers.small", "attraction"),
        ("hours", "staff", "order_hours"),
        ("orders and items", "kol.deals.star", "contact_per_order"),
    ],
)
def test_a_wrong_unit_is_found(case: str, record: str, name: str) -> None:
    """If one field keeps its number although its unit changed, the comparison fails."""
    factors = CASES[case][0]
    world, model = ordinary(case)
    told = rescaled(world, factors)
    kept = _at(world, record)
    faulty = _replaced(told, record.split("."), {name: getattr(kept, name)})
    with pytest.raises(AssertionError):
        same_program(model, Model.of(faulty), factors)


def _at(record: Any, path: str) -> Any:
    for key in path.split("."):
        record = record[key] if isinstance(record, dict) else getattr(record, key)
    return record


def _replaced(record: Any, path: list[str], update: dict[str, Any]) -> Any:
    """``record`` with fields of the record at ``path`` replaced; nothing is checked."""
    if not path:
        return record.model_copy(update=update)
    if isinstance(record, dict):
        return {**record, path[0]: _replaced(record[path[0]], path[1:], update)}
    inner = _replaced(getattr(record, path[0]), path[1:], update)
    return record.model_copy(update={path[0]: inner})


def document_units() -> dict[str, str]:
    """Unit of every equation that stands in the tables of MODEL.md."""
    rows = re.findall(r"^\| \(([A-Z]{2}\.\d+)\) \|.*\| ([^|]+) \|$", MODEL_MD.read_text(), re.M)
    return {number: unit.strip() for number, unit in rows}


def same_program(one: Model, other: Model, factors: dict[str, float]) -> None:
    """``other`` is ``one`` in the new units."""
    a, b = one.arrays.matrix, other.arrays.matrix
    assert a.column_names == b.column_names
    assert a.row_names == b.row_names
    columns = _column_factors(one, factors)
    for side in ("lower", "upper"):
        assert getattr(b, side) == pytest.approx(getattr(a, side) * columns, rel=1e-9, abs=1e-9)
    told = b.cost * columns
    assert told == pytest.approx(a.cost * grown("CNY", factors), rel=1e-9)
    _same_rows(one, other, columns, factors)
    _same_terms(one, other, columns)


def _column_factors(model: Model, factors: dict[str, float]) -> Vector:
    """By how much every column grows; its unit stands in the variable's doc."""
    found = np.ones(len(model.arrays.matrix.column_names))
    for v in model.program.model.component_data_objects(pyo.Var):
        place = model.arrays.column_of.get(id(v))
        if place is None:
            continue
        block, _, name = v.parent_component().name.rpartition(".s_shape.")
        stated = re.search(r"\[([^\]]+)\]$", v.parent_component().doc)
        assert stated, v.name
        unit = SHAPED.get(block, {}).get(name, stated.group(1))
        found[place] = grown(unit, factors)
    return found


def _same_rows(one: Model, other: Model, columns: Vector, factors: dict[str, float]) -> None:
    """Rows and their sides grow by the unit that MODEL.md states for the equation."""
    a, b, units = one.arrays.matrix, other.arrays.matrix, document_units()
    kept = [n for n, number in enumerate(one.numbers) if number[:2] != "RC"]
    by = np.array([grown(units[one.numbers[n]], factors) for n in kept])
    left = sparse.diags_array(by) @ a.rows[kept]
    right = b.rows[kept] @ sparse.diags_array(columns)
    odd = abs(left - right) > 1e-9 * abs(left) + 1e-12 * (abs(left) > 0)
    assert not odd.nnz, a.row_names[kept[odd.nonzero()[0][0]]]
    for side in ("row_lower", "row_upper"):
        told = getattr(b, side)[kept]
        assert told == pytest.approx(getattr(a, side)[kept] * by, rel=1e-9, abs=1e-9)


def _same_terms(one: Model, other: Model, columns: Vector) -> None:
    """Both sides of each term grow by one factor at a random point."""
    rng = np.random.default_rng(3)
    m = one.arrays.matrix
    x = m.lower + rng.random(m.lower.size) * (m.upper - m.lower)
    sides = []
    for model, at in ((one, x), (other, x * columns)):
        terms = model.arrays.terms
        s = terms.s.at(at)
        ratio = np.where(s > 0, terms.x.at(at) / np.where(s > 0, s, 1.0), 0.0)
        sides.append((terms.y.at(at), s * terms.curve(np.maximum(ratio, 0.0))[0]))
    assert one.arrays.terms.keys == other.arrays.terms.keys
    (y, value), (y_told, value_told) = sides
    by = np.divide(y_told, y, out=np.full_like(y, np.nan), where=y != 0)
    for n, key in enumerate(one.arrays.terms.keys):
        if np.isfinite(by[n]) and value[n] != 0:
            assert value_told[n] == pytest.approx(value[n] * by[n], rel=1e-9), key


def test_a_campaign_is_split_where_all_its_packages_do_something() -> None:
    """In the window of a package that lifts nothing who joins may be in the mode of nobody."""
    usual = full_world()
    idle = full_world(
        campaign={
            "campaigns": {"spring": {"packages": {"lite": {"discount": 0.0, "uplift": 1.0}}}}
        }
    )
    everywhere = touched(usual, parameters(usual))["spring"]
    assert [t + 1 in everywhere for t in everywhere].count(True) >= 1
    rest = touched(idle, parameters(idle)).get("spring", [])
    assert set(rest) < set(everywhere)
    assert touched(funnel(usual), parameters(funnel(usual))) == {}


def test_a_side_has_its_own_visits_of_every_kind() -> None:
    """(CA.20) values visits of a kind on a side as (FI.16) values them in the rooms, those of a
    boost that brings worse visits too.
    """
    program = programs()["full"]
    p, m, instance = program.parameters, program.model, program.instance
    assert instance.field is not None
    rooms = Rooms(m, instance, p, program.bounds)
    kinds = {kind.name: kind for kind in rooms.kinds}
    assert {"well", "harvested", "returning", "matched", "boosted:feed"} <= set(kinds)
    assert min(kinds["boosted:feed"].worth.values()) < 0
    for e, s, t in m.split.ordered:
        rates = instance.snowball.segments[s]
        told = sum(x.worth[s] * x.whole(s, t) for x in kinds.values() if s in x.worth)
        stated = sum(
            gained(m.field, a, s, t, rates, account, instance.field) / rates.conversion
            for a, account in instance.field.accounts.items()
        )
        assert _weights(told - stated) == pytest.approx({}, abs=1e-12)
        side, rest = (
            _weights(rows[e, s, t].body) for rows in (m.split.ordered, m.split.ordered_else)
        )
        for name, kind in kinds.items():
            if s in kind.worth:
                column = m.split.kind[name, e, s, t].name
                assert (side[column], rest[column]) == pytest.approx(
                    (-kind.worth[s], kind.worth[s])
                )


def _weights(expression: Any) -> dict[str, float]:
    """Coefficients of a linear expression by variable, those that are not 0."""
    form = generate_standard_repn(expression)
    found = zip(form.linear_vars, form.linear_coefs, strict=True)
    return {v.name: w for v, w in found if abs(w) > 1e-12}


def test_a_side_sells_to_one_segment_through_another() -> None:
    """(CA.23) holds the look-alike visits that the side's orders of another segment bring."""
    program = programs()["full"]
    p, m, instance = program.parameters, program.model, program.instance
    e, s, t = next(key for key in m.split.carried if key[1] == "young")
    rate = instance.snowball.segments[s].lookalike["mature"] / float(p.traffic["mature"][t])
    row = generate_standard_repn(m.split.carried[e, s, t].body)
    weights = {v.name: w for v, w in zip(row.linear_vars, row.linear_coefs, strict=True)}
    inside = [n for n, mode in enumerate(p.modes[t]) if takes_part(e, mode)]
    assert inside
    for n in range(len(p.modes[t])):
        for a in p.ids.accounts:
            found = weights.get(m.modes.mode_orders[a, "mature", n, t].name, 0.0)
            expected = -rate * p.modes[t][n].order_factor if n in inside else 0.0
            assert found == pytest.approx(expected)
