"""The plan at hand: what the file's record ``current`` says, made to keep the rules.

It is a baseline, and a start of every search: so no plan lies below it.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from allocator.finding import Found
from allocator.labels import Label
from allocator.variants.desk import Desk, controls_of, fitted, handed_on
from allocator.variants.picking import allowed
from fact_models.decisions import Decisions
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance

EXCLUSIVE = Label("its campaigns and deals exclude each other", "其活动与大V合作互相排斥")
"""Why a plan at hand cannot be made."""


@dataclass(frozen=True)
class AtHand:
    """The plan at hand before it is made to keep the rules.

    Attributes:
        decisions: today's controls with its campaigns and deals.
        wanted: amounts as ``Desk.near`` takes them.
        fault: why it cannot be made at all, in words; None where it can.
    """

    decisions: Decisions
    wanted: dict[str, dict[Any, float]] = field(default_factory=dict)
    fault: Label | None = None


def made_at_hand(
    instance: Instance, *, deadline: float, seed: int, stop: threading.Event | None
) -> Found | None:
    """The plan at hand as a verified plan; None if there is none or it cannot be made."""
    if instance.current is None:
        return None
    desk = Desk(instance, 0.0, deadline, seed=seed, stop=stop)
    if not desk.opened():
        return None
    today = status_quo(instance)
    sketch = wanted_at_hand(desk, today)
    if sketch.fault:
        return None
    size = abs(replay(instance, today, known=desk.facts).objective) or 1.0
    found = fitted(desk, sketch.decisions, sketch.wanted, size, first=True)
    return found and handed_on(found)


def wanted_at_hand(desk: Desk, today: Decisions) -> AtHand:
    """The plan that the file holds: its spend, campaigns and deals; the rest as today."""
    instance, p = desk.instance, desk.program.parameters
    record, ids = instance.current, p.ids
    assert record is not None
    decisions = today.copy()
    for entry in record.joins:
        key = (entry.campaign, entry.package)
        if key not in p.entries:
            named = f"{entry.campaign}, {entry.package}"
            why = Label(f"{named} cannot be joined", f"{named} 无法报名")
            return AtHand(decisions, fault=why)
        mine = [n for n, (e, _) in enumerate(ids.packages) if e == entry.campaign]
        decisions.package[mine] = 0.0
        decisions.package[ids.packages.index(key)] = 1.0
    for signed in record.signs:
        t = instance.calendar.period_of(signed.period)
        if t not in p.sessions[signed.deal].dates:
            why = Label(
                f"{signed.deal} cannot be held in period {t + 1}",
                f"{signed.deal} 无法在第{t + 1}周期举行",
            )
            return AtHand(decisions, fault=why)
        decisions.deal[ids.deals.index(signed.deal), t] = 1.0
    if not allowed(desk.facts, decisions):
        return AtHand(decisions, fault=EXCLUSIVE)
    wanted = controls_of(desk, decisions)
    cells = _stated(instance)
    if any(key.startswith("field,") for key in cells):
        for name in ("hours", "skilled", "boosts", "made", "bought"):
            wanted[name] = {}
    if any(key.startswith("alliance,") for key in cells):
        wanted["samples"] = {}
    return AtHand(decisions, wanted | {"spend": cells})


def _stated(instance: Instance) -> dict[Any, float]:
    """Spend by lever and period of the plan in the file; later entries count."""
    found: dict[Any, float] = {}
    for entry in instance.current.spend if instance.current else ():
        calendar = instance.calendar
        last = calendar.periods if entry.last is None else entry.last
        span = range(calendar.period_of(entry.first), calendar.period_of(last) + 1)
        found |= {f"{entry.lever},{t}": float(entry.spend) for t in span}
    return found
