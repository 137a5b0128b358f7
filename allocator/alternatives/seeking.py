"""What an alternative seeks: as costs of the program's columns, and measured on a replay."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from allocator.alternatives.record import Seek
from allocator.matrix import Matrix, Vector
from allocator.variants.desk import Desk, controls_of
from fact_models.decisions import INTEGER, Decisions
from fact_models.money import LEVERS
from fact_models.replay import Replay
from fact_models.spec.instance import Instance

CHOICE = 0.01
"""What a whole-number choice that differs counts among changes: as much as 1 % of the controls."""
STEERING = ("package", "deal", "start", "hires", "leaves", "offer")
"""Whole-number choices that a planner counts as changes."""
LEAST = 0.001
"""Share of what is sought below which a difference is none."""


def seeks(instance: Instance) -> Iterator[Seek]:
    """What can be sought for an instance."""
    yield Seek("changes")
    if instance.staff:
        yield Seek("steady")
    if instance.kol:
        yield Seek("kol")
    for lever in LEVERS:
        if getattr(instance, lever) is not None:
            yield Seek("most", lever)
            if lever != "kol":
                yield Seek("least", lever)


def measure(seek: Seek, reference: Decisions, instance: Instance, states: Replay) -> float:
    """What a replayed plan has of what is sought.

    ``changes``: mean over the kinds of control of the amount that differs from the reference as a
    share of the reference's, and 1 % for every whole-number choice that differs. ``steady``: wages
    of the hours by which the work of each role changes from period to period. ``kol``: GMV of
    KOL sessions. ``most`` and ``least``: spend of the lever.
    """
    if seek.aim == "steady":
        assert instance.staff is not None
        steps = np.abs(np.diff(states.need, axis=1)).sum(axis=1)
        return float(_rates(instance) @ steps)
    if seek.aim == "kol":
        return float(states.gmv["kol"].sum())
    if seek.aim == "changes":
        return _apart(reference, states.decisions)
    return float(states.spend[seek.lever].sum())


def _rates(instance: Instance) -> Vector:
    roles = instance.staff.roles.values() if instance.staff else ()
    return np.array([role.wage / role.hours for role in roles])


def _apart(reference: Decisions, decisions: Decisions) -> float:
    shares = []
    for name in ("hours", "skilled", "boost_spend", "content_made", "content_bought", "samples"):
        today, now = getattr(reference, name), getattr(decisions, name)
        if today.sum() > 0:
            shares.append(float(np.abs(now - today).sum() / today.sum()))
    return (float(np.mean(shares)) if shares else 0.0) + CHOICE * choices_apart(
        reference, decisions
    )


def choices_apart(one: Decisions, other: Decisions) -> float:
    """Number of whole-number choices that differ; a contract of creators counts once."""
    found = 0.0
    for name in STEERING:
        assert name in INTEGER
        a, b = getattr(one, name), getattr(other, name)
        apart = np.abs(a - b)
        found += float((apart.max(axis=-1) > 0.5).sum() / 2 if name == "offer" else apart.sum())
    return found


def sought(desk: Desk, seek: Seek, reference: Decisions) -> Matrix:
    """The program whose objective is what is sought, to be maximised; its floor is a row."""
    matrix = desk.arrays.matrix
    if seek.aim == "changes":
        return _near(desk, reference)
    cost = np.zeros(matrix.cost.size)
    if seek.aim == "steady":
        for name, rate in zip(
            desk.program.parameters.ids.roles, _rates(desk.instance), strict=True
        ):
            for way in ("more", "less"):
                head = f"variant.{way}[{name},"
                cost[[n for key, n in desk.column.items() if key.startswith(head)]] = -rate
    elif seek.aim == "kol":
        for k, session in desk.program.parameters.sessions.items():
            gmv = session.spec.acceptance * session.spec.gmv.mean()
            for t in session.dates:
                cost[desk.column[f"kol.deal[{k},{t}]"]] = -gmv
    else:
        head = f"money.spend[{seek.lever},"
        cost[[n for key, n in desk.column.items() if key.startswith(head)]] = seek.sign
    return replace(matrix, cost=cost)


def _near(desk: Desk, reference: Decisions) -> Matrix:
    """Distance from the reference's controls and whole-number choices."""
    wanted: dict[str, dict[Any, float]] = controls_of(desk, reference)
    totals = {kind: sum(amounts.values()) for kind, amounts in wanted.items()}
    kinds = sum(total > 0 for total in totals.values())
    cost = np.zeros(desk.arrays.matrix.cost.size)
    today = desk.placed(reference)
    for name, n in desk.column.items():
        head = name.split("[")[0]
        if head in _CHOICES and not np.isnan(today[n]):
            cost[n] = -CHOICE if today[n] < 0.5 else CHOICE

    def price(kind: str, reach: float) -> float:
        del reach
        return 1 / (kinds * totals[kind]) if totals[kind] > 0 else 0.0

    return desk.near(wanted, price, cost)


_CHOICES = (
    "campaign.package",
    "kol.deal",
    "field.start",
    "staff.hires",
    "staff.leaves",
)
"""Columns of the whole-number choices that count as changes; a contract moves with its samples."""
