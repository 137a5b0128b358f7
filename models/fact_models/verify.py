"""The verifier: whether a plan keeps every rule of MODEL.md, from its decisions alone.

It plays the plan through the true laws, takes its accepted volumes as planned and compares both
sides of every rule in the file's units. It knows neither the program nor the solver.
"""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import AXES, Decisions
from fact_models.replay.forward import run
from fact_models.replay.known import Facts, facts
from fact_models.replay.money import ledger
from fact_models.replay.objective import terminal_value, value
from fact_models.replay.rules import (
    alliance,
    bounds,
    campaign,
    field,
    goods,
    kol,
    money,
    snowball,
    staff,
)
from fact_models.replay.rules.check import Check, Violation
from fact_models.replay.rules.scales import scales
from fact_models.spec.instance import Instance

__all__ = ["Verification", "Violation", "verify"]


@dataclass(frozen=True)
class Verification:
    """What the verifier found.

    Attributes:
        ok: no rule is broken.
        max_violation: the largest relative violation, tolerated ones included; inf for nan.
        violations: broken rules, worst first.
        objective: the objective recomputed; nan if the plan cannot be read.
        rules: (number, rule) of all that was checked.
    """

    ok: bool
    max_violation: float
    violations: tuple[Violation, ...]
    objective: float
    rules: tuple[tuple[str, str], ...]


def verify(
    instance: Instance,
    decisions: Decisions,
    *,
    objective: float | None = None,
    tolerance: float = 1e-6,
    known: Facts | None = None,
) -> Verification:
    """Check a plan.

    Args:
        instance: the instance.
        decisions: the plan.
        objective: the objective that somebody states for it, to be compared.
        tolerance: largest relative violation that counts as rounding.
        known: ``facts(instance)``, for repeated checks.
    """
    known = facts(instance) if known is None else known
    check = Check(known.ids, tolerance)
    if not _shapes(known, decisions, check):
        return _finding(check, float("nan"))
    # Overflow and nan in a plan are findings, not warnings.
    with np.errstate(all="ignore"):
        w = run(known, decisions, "planned")
        book = ledger(w)
        measure = scales(known, book.total_gmv(), book.total_spend())
        bounds.rules(known, decisions, measure, check)
        field.rules(w, measure, check)
        alliance.rules(w, measure, check)
        campaign.rules(w, check)
        kol.rules(w, check)
        snowball.rules(w, measure, check)
        goods.rules(w, measure, check)
        staff.rules(w, measure, book.need, check)
        money.rules(w, book, measure, check)
        true = value(w, book) + terminal_value(w)
        if objective is not None:
            money.objective(w, objective, true, measure.price, check)
    return _finding(check, true)


def _shapes(known: Facts, decisions: Decisions, check: Check) -> bool:
    """Whether every array has the shape that the instance asks for."""
    fits = True
    for name in AXES:
        shape, due = np.shape(getattr(decisions, name)), known.ids.shape(name)
        sizes = np.array([np.prod(shape), np.prod(due)], dtype=np.float64)
        differs = np.array(float(shape != due))
        number = bounds.OF[name]
        surplus = differs * sizes.max()
        check.atmost(number, f"{name} has its shape", "", surplus, np.array(0.0), 1.0)
        fits = fits and shape == due
    return fits


def _finding(check: Check, objective: float) -> Verification:
    def badness(violation: Violation) -> float:
        return -violation.relative if np.isfinite(violation.relative) else -np.inf

    return Verification(
        ok=not check.violations,
        max_violation=check.worst,
        violations=tuple(sorted(check.violations, key=badness)),
        objective=objective,
        rules=tuple(check.rules),
    )
