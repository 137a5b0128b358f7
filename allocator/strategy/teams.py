"""The same merchant with another team: as it is, hired freely, newcomers at another pay."""

import math
from typing import Any

from allocator.changing import changed
from fact_models.spec.instance import Instance
from fact_models.spec.staff import Role

LEAST_HIRES = 2
"""Heads of a role that can be hired at every decision, however few there are today."""
PLUS = " +"
"""Ends the label of newcomers, beside the role whose work they do."""

NEW = "_new"
"""Ends the name of the role that stands for newcomers of another."""


def as_it_is(instance: Instance) -> Instance:
    """The instance in which nobody is hired; who is on the way still comes.

    Raises:
        ValueError: the instance has no team.
    """
    tree = changed(instance)
    for role in _roles(tree).values():
        role |= {"hires_max": 0, "hires_total": 0}
    return Instance.model_validate(tree)


def freely(instance: Instance) -> Instance:
    """The instance in which every role may hire at the file's pay, as many as there are today at
    every decision.

    A role that the file does not let hire takes lead, cost and ramp of the role that the file
    lets hire with the longest lead; without any, of what a role has by default.
    """
    tree = changed(instance)
    assert instance.staff is not None
    for name, role in _roles(tree).items():
        role |= _terms(instance, instance.staff.roles[name])
    return Instance.model_validate(tree)


def with_newcomers(instance: Instance, price: float) -> Instance:
    """The team as it is, and beside every role one that can be hired freely at ``price`` times
    the role's pay and does its work.

    So the pay of newcomers moves alone: the people of today cost what they cost.
    """
    tree = changed(as_it_is(instance))
    assert instance.staff is not None
    roles = _roles(tree)
    for name, role in instance.staff.roles.items():
        terms = _terms(instance, role)
        roles[newcomer(instance, name)] = {
            **role.model_dump(mode="python"),
            **terms,
            "heads": 0.0,
            "joining": [],
            "learning": [],
            "heads_min": 0.0,
            "outsource_max": 0.0,
            "wage": price * role.wage,
            "covers": {**role.covers, name: 1.0},
            "label": f"{(role.label or name)[: 80 - len(PLUS)]}{PLUS}",
        }
    return Instance.model_validate(tree)


def newcomer(instance: Instance, name: str) -> str:
    """Name of the role of newcomers: one that the file does not use."""
    assert instance.staff is not None
    found = f"{name[: 38 - len(NEW)]}{NEW}"
    while found in instance.staff.roles:
        found += "x"
    return found


def hires_somewhere(instance: Instance) -> bool:
    """Whether the file lets any role hire."""
    roles = instance.staff.roles.values() if instance.staff else ()
    return any(role.hires_max > 0 and role.hires_total != 0 for role in roles)


def _terms(instance: Instance, role: Role) -> dict[str, Any]:
    """How a role hires freely."""
    assert instance.staff is not None
    known = [r for r in instance.staff.roles.values() if r.hires_max > 0]
    model = role
    if role.hires_max == 0 and known:
        model = max(known, key=lambda r: (r.hire_lead, r.hire_cost))
    each = max(role.hires_max, math.ceil(role.heads), LEAST_HIRES)
    # Who is learning already keeps the ramp of the file.
    ramp = role.ramp if role.joining or role.learning else model.ramp
    return {
        "hires_max": each,
        "hires_total": None,
        "heads_max": None,
        "hire_lead": model.hire_lead,
        "hire_cost": model.hire_cost,
        "ramp": list(ramp),
    }


def _roles(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    if not tree["staff"]:
        raise ValueError("the instance has no team")
    roles: dict[str, dict[str, Any]] = tree["staff"]["roles"]
    return roles
