"""Other questions to the same program: near wanted controls, worth enough, with steady work.

The rows are linear, so they keep the program concave; equations (VA.n) are those of
models/MODEL.md.
"""

from collections.abc import Iterator
from typing import Any

import pyomo.environ as pyo

from fact_models.money import LEVERS
from fact_models.program import Program
from fact_models.staff import most_hours

CONTROLS = {
    "hours": ("field", "hours", "hour"),
    "skilled": ("field", "skilled", "hour"),
    "boosts": ("field", "boost_spend", "CNY"),
    "made": ("field", "content_made", "content"),
    "bought": ("field", "content_bought", "content"),
    "samples": ("alliance", "samples", "item"),
    "spend": ("money", "spend", "CNY"),
}
"""Controls that can be wanted: block, variable and unit by name."""


def extend(program: Program, *, floor: float | None = None, steady: bool = False) -> None:
    """Write the rows on a program that is built.

    Args:
        program: the program; a block ``variant`` is added to its model.
        floor: value of the objective that a plan must reach; no row without one.
        steady: whether the steps of the staff hours are wanted.
    """
    m, b = program.model, pyo.Block()
    m.variant = b
    for name, unit, wanted in _controls(program):
        _near(b, name, unit, wanted)
    if floor is not None:

        @b.Constraint(doc="(VA.2) worth enough")
        def floor_row(b):
            return m.objective.goal.expr >= floor

    if steady and program.instance.staff:
        _steady(b, program)


def _controls(program: Program) -> Iterator[tuple[str, str, Any]]:
    """Name, unit and variables of the controls that the program has, and levers' totals."""
    m, instance = program.model, program.instance
    for name, (block, variable, unit) in CONTROLS.items():
        if block == "money" or getattr(instance, block) is not None:
            found = getattr(getattr(m, block), variable, None)
            if found is not None and len(found):
                yield name, unit, found


def _near(b: Any, name: str, unit: str, wanted: Any) -> None:
    """Distance of one kind of control from what is wanted; the wanted amounts are the rows' sides,
    set later, and 0 until then.
    """
    keys = [key for key in wanted if wanted[key].ub > 0]

    def most(_: Any, *key: Any) -> tuple[float, float]:
        return 0.0, float(wanted[key if len(key) > 1 else key[0]].ub)

    above = pyo.Var(keys, bounds=most, doc=f"above [{unit}]")
    below = pyo.Var(keys, bounds=most, doc=f"below [{unit}]")
    b.add_component(f"above_{name}", above)
    b.add_component(f"below_{name}", below)

    def row(_: Any, *key: Any) -> Any:
        n = key if len(key) > 1 else key[0]
        return wanted[n] - above[n] + below[n] == 0

    b.add_component(f"near_{name}", pyo.Constraint(keys, rule=row, doc="(VA.1) distance"))
    if name == "spend":
        _near_totals(b, wanted, keys)


def _near_totals(b: Any, spend: Any, keys: list[Any]) -> None:
    """The same for a lever's spend over the horizon."""
    times = {k: [t for lever, t in keys if lever == k] for k in LEVERS}
    used = [k for k in LEVERS if times[k]]

    def most(_: Any, k: str) -> tuple[float, float]:
        return 0.0, float(sum(spend[k, t].ub for t in times[k]))

    b.above_total = pyo.Var(used, bounds=most, doc="above [CNY]")
    b.below_total = pyo.Var(used, bounds=most, doc="below [CNY]")

    @b.Constraint(used, doc="(VA.1) distance of a total")
    def near_total(b, k):
        total = sum(spend[k, t] for t in times[k])
        return total - b.above_total[k] + b.below_total[k] == 0


def _steady(b: Any, program: Program) -> None:
    """Steps of every role's staff hours from one period to the next."""
    m, p = program.model, program.parameters
    roles, later = list(p.ids.roles), [t for t in p.periods if t > 0]

    spec = program.instance.staff
    assert spec is not None

    def most(_: Any, j: str, t: int) -> tuple[float, float]:
        return 0.0, max(most_hours(spec, j, n) for n in (t - 1, t))

    b.more = pyo.Var(roles, later, bounds=most, doc="more [hour]")
    b.less = pyo.Var(roles, later, bounds=most, doc="less [hour]")

    @b.Constraint(roles, later, doc="(VA.3) step of the staff hours")
    def work_step(b, j, t):
        step = m.need.hours[j, t] - m.need.hours[j, t - 1]
        return step - b.more[j, t] + b.less[j, t] == 0
