"""Weeks that are over: what was planned, what was done, what came of it, and why it differs.

Week after week the seen figures are set against the plan, the states are moved to what was seen,
and the difference of the GMV is split into causes (``variance``).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import ValidationError

from allocator.faults import InputError, Problem
from allocator.replan.advance import advance, tail, with_what_holds
from allocator.replan.certain import drop_certain, fallen
from allocator.replan.figures import FIGURES, PARTS, figures, items, sources, stock
from allocator.replan.past import Came
from allocator.replan.played import SETTLED, Note, Played, play
from allocator.replan.row import Row, rows
from allocator.replan.team import Hires, team_as_seen
from allocator.replan.variance import Variance, variance
from allocator.weekly.reading import Weeks
from fact_models.decisions import Decisions
from fact_models.faults import Fault, FaultError
from fact_models.replay import Facts, Replay, facts, replay
from fact_models.spec.calendar import iso_week
from fact_models.spec.instance import Instance

ROUNDED = 0.005
"""Part of the GMV by which its parts may exceed it."""


@dataclass(frozen=True)
class Week:
    """One week that is over.

    Attributes:
        monday: its first day, as text.
        plan: figures of the plan; ``actual`` those seen, None where the export has none.
        items: planned and seen figures of one account, boost, role, line or deal, by column
            such as ``team:host``.
        variance: why the GMV differs.
        notes: what was seen and counts only in part.
    """

    monday: str
    plan: dict[str, float]
    actual: dict[str, float | None]
    items: dict[str, tuple[float, float]]
    variance: Variance
    notes: tuple[Note, ...]

    @property
    def causes(self) -> dict[str, float]:
        """Parts of actual less planned GMV; empty where GMV was not seen."""
        return self.variance.causes


@dataclass(frozen=True)
class Reality:
    """Where the merchant stands after the weeks that are over.

    Attributes:
        instance: the rest of the horizon, its states as seen.
        old: the rest of the old plan.
        weeks: the weeks that are over.
    """

    instance: Instance
    old: Decisions
    weeks: tuple[Week, ...]


def reality(instance: Instance, decisions: Decisions, weeks: Weeks) -> Reality:
    """Play the weeks that are over as they were seen.

    Raises:
        InputError: the weeks are not the first ones of the plan, a column names what the plan
            does not have, or a figure cannot be true.
    """
    first, known = _first(instance, weeks), facts(instance)
    planned = replay(instance, decisions, known=known)
    absent = _absent(known)
    found: list[Week] = []
    step, rest, hires = instance, decisions, Hires.none(known)
    for n, row in enumerate(rows(weeks, first, known)):
        plan, parts = figures(planned, n), items(planned, known, n)
        if known.goods.stocked:
            plan["stock"] = float(stock(planned, known, n).sum())
        try:
            step, rest, why, hires, notes = _week(step, rest, plan["gmv"], row, hires)
        except InputError:
            raise
        except ValidationError as error:
            raise _refused(row, error) from None
        except ValueError as error:
            raise InputError([Problem(row.file, row.line, "", "", str(error))]) from None
        seen = {name: row.get(name) for name in FIGURES}
        notes += tuple(
            Note("no_place", {"name": name})
            for name, value in seen.items()
            if value is not None and (name not in plan or name in absent)
        )
        parted = {f"{name}:{i}": (parts[name, i], x) for (name, i), x in row.items.items()}
        monday = weeks.mondays[first + n].isoformat()
        found.append(Week(monday, plan, seen, parted, why, notes))
    return Reality(step, rest, tuple(found))


def _refused(row: Row, error: ValidationError) -> InputError:
    """The error that what was seen leads to no start of a plan, with the rules that break."""
    found: list[Fault] = []
    for one in error.errors(include_url=False):
        cause = one.get("ctx", {}).get("error")
        if isinstance(cause, FaultError):
            found += cause.faults
        else:
            found.append(Fault(one["loc"], one["msg"], one["input"]))
    seen = row.get("cash")
    for fault in found:
        if seen is not None and fault.path[:2] == ("money", "cash"):
            rule = f"leaves no plan: {replace(fault, hint='')}"
            hint = f"{fault.hint}; give the instance a floor that can be kept first"
            return row.refusal("cash", seen, rule, hint)
    rule = "leads to what no plan can start from: "
    return InputError([Problem(row.file, row.line, "", "", f"{rule}{fault}") for fault in found])


def _absent(known: Facts) -> tuple[str, ...]:
    """Columns of which the instance has nothing."""
    ids = known.ids
    axes = {"hours": ids.accounts, "creators": ids.tiers, "team": ids.roles}
    return tuple(name for name, axis in axes.items() if not axis)


def _first(instance: Instance, weeks: Weeks) -> int:
    """Row of the plan's first week; earlier rows are over already."""
    calendar = instance.calendar

    def refuse(rule: str, hint: str = "") -> InputError:
        return InputError([Problem(weeks.file, 0, "week", "", rule, hint)])

    if calendar.days != 7:
        raise refuse(f"holds weeks, the plan has periods of {calendar.days} days")
    periods = [calendar.period_of(day.isoformat()) for day in weeks.mondays]
    if 0 not in periods:
        rule = f"must hold the plan's first week, {iso_week(calendar.first_day(0))}"
        raise refuse(rule, "every week since the plan was made, oldest first")
    first = periods.index(0)
    if periods[-1] >= calendar.periods - 1:
        raise refuse("reaches the end of the plan: nothing is left to plan", "plan anew")
    return first


def _week(
    instance: Instance, decisions: Decisions, planned: float, row: Row, hires: Hires
) -> tuple[Instance, Decisions, Variance, Hires, tuple[Note, ...]]:
    """Play the first week as it was seen; the rest of the horizon, of the plan, and the causes,
    and the hires that came or did not."""
    known = facts(instance)
    trimmed = replay(instance, decisions, accept="trim", known=known)
    played = play(instance, trimmed, known, row)
    world = facts(played.instance)
    steps = {"earlier": (planned, figures(trimmed, 0)["gmv"]), **played.steps}
    why = variance(steps, played.expected, row, played.open)
    states = replay(played.instance, played.decisions, known=world)
    made = {**figures(states, 0), **sources(states, world, played.sessions.told, 0)}
    came = _came(row, made, played)
    later = advance(played.instance, played.decisions, 1, came)
    later, hires, missing = _reset(later, played, states, world, row, hires)
    notes = played.notes + missing + _fallen(instance, later)
    return later, tail(decisions, 1), why, hires, notes


def _fallen(before: Instance, after: Instance) -> tuple[Note, ...]:
    """Words for what scenarios say of what was seen, for those that no longer hold, and for what
    becomes of their chances."""
    notes = [
        Note("scenario_seen", {"name": name, "places": ", ".join(dict.fromkeys(places))})
        for name, places in fallen(before, after).items()
    ]
    gone = [name for name in before.scenarios if name not in after.scenarios]
    key = "scenario_gone" if after.scenarios else "scenarios_gone"
    return (*notes, Note(key, {"name": ", ".join(gone)})) if gone else tuple(notes)


def _came(row: Row, made: dict[str, float], played: Played) -> Came:
    """What sold and was spent beside the decisions: creators by their own figure, sessions that
    were seen as seen, all else alike.
    """
    gmv, creators = row.get("gmv"), row.get("creator_gmv")
    row.ratio("gmv", made["gmv"])
    by_creators = row.ratio("creator_gmv", made["alliance"])
    seen = {"told": made["told"]}
    if creators is not None and made["alliance"] > 0:
        seen["alliance"] = creators
    other = 1.0
    if gmv is not None:
        known = sum(seen.values())
        if gmv < known * (1 - ROUNDED):
            rule = f"is less than creators and KOL sessions sold, {known:g}"
            raise row.refusal("gmv", gmv, rule)
        rest = sum(made[part] for part in PARTS if part not in seen)
        other = max(gmv - known, 0.0) / rest if rest > 0 else 1.0
    told = played.sessions.told > 0.5
    return Came(
        rooms=np.array([other]),
        creators=np.array([by_creators if "alliance" in seen else other]),
        sessions=np.where(told, 1.0, other)[:, None],
        beyond=np.array([played.beyond]),
        gmv=None if gmv is None else np.array([gmv]),
        cash=row.get("cash"),
    )


def _reset(
    later: Instance, played: Played, states: Replay, known: Facts, row: Row, hires: Hires
) -> tuple[Instance, Hires, tuple[Note, ...]]:
    """States moved to what was seen; what nobody sees moves with the figure that feeds it. With
    the hires after this week and words for those that did not come."""
    tree: dict[str, Any] = later.model_dump(mode="json", by_alias=True)
    made = figures(states, 0)
    _people(tree, made, row)
    for tier in tree["alliance"]["tiers"].values() if tree["alliance"] else ():
        most = max(offer["supply"] for offer in tier["offers"].values())
        by = row.ratio("creators", made["creators"])
        tier["pool"] = min(tier["pool"] * by, max(most, tier["pool"]))
    lines = {g: line for g, line in tree["goods"]["lines"].items() if line["stock"]}
    on_hand = np.array([line["stock"]["opening"] for line in lines.values()])
    counted, _ = row.spread("stock", list(lines), on_hand)
    for line, count in zip(lines.values(), counted, strict=True):
        line["stock"]["opening"] = float(count)
    hires, missing = team_as_seen(tree, states, known, row, hires)
    for k in played.sessions.off:
        tree["kol"]["deals"][k].update(SETTLED)
    drop_certain(tree)
    return with_what_holds(tree), hires, missing


def _people(tree: dict[str, Any], made: dict[str, float], row: Row) -> None:
    """Followers as seen, customers by the orders beyond those of the week as it was played,
    traffic by the visits; ``made`` are the figures of that week."""
    segments = tree["snowball"]["segments"].values()
    fans = row.ratio("followers", made["followers"])
    visits = row.ratio("views", made["views"])
    orders = row.get("orders")
    more = 0.0 if orders is None else orders - made["orders"]
    buyers = sum(segment["customers"] for segment in segments)
    for segment in segments:
        segment["followers"] = min(segment["followers"] * fans, 0.999 * segment["pool"])
        part = segment["customers"] / buyers if buyers > 0 else 0.0
        new = segment["new_customer_share"] * more * part
        segment["customers"] = max(segment["customers"] + new, 0.0)
    for account in tree["field"]["accounts"].values() if tree["field"] else ():
        account["traffic"] = {
            s: min(value * visits, account["ceiling"][s])
            for s, value in account["traffic"].items()
        }
