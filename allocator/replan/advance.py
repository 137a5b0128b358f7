"""An instance advanced by some periods: the same world, seen from a later week.

``advance`` is a pure function. What a plan did in the periods that are over becomes data of the
new instance: states, pipelines, signed deals, what budgets and floors have counted. Ids stay as
they are, so the tail of the plan's decisions is a plan of the new instance, and replays to the
same figures. MODEL.md section 17 lists the states.
"""

import re
from dataclasses import fields
from typing import Any

import numpy as np
from pydantic import ValidationError

from allocator.replan.certain import drop_certain
from allocator.replan.past import Came, hand_over
from fact_models.decisions import AXES, Decisions
from fact_models.overriding import ANY, OverrideError, under
from fact_models.replay.course import Course
from fact_models.replay.forward import run
from fact_models.replay.known import Facts, facts
from fact_models.replay.money import ledger
from fact_models.spec.calendar import Calendar, iso_week
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Scenario

Tree = dict[str, Any]
OVER = {"first": 0, "last": 0}
"""Window of a deal that can no longer be signed."""
SUFFIX = re.compile(r"-from-\d{4}-W\d{2}$")


def tail(decisions: Decisions, k: int) -> Decisions:
    """The decisions from period ``k`` on; packages, which have no period, stay."""
    return Decisions(
        **{
            f.name: getattr(decisions, f.name)[..., k:].copy()
            if AXES[f.name].endswith("t")
            else getattr(decisions, f.name).copy()
            for f in fields(decisions)
        }
    )


def advance(
    instance: Instance, decisions: Decisions, k: int, came: Came | None = None
) -> Instance:
    """The instance of the periods from ``k`` on, after ``decisions`` were played for ``k``.

    Args:
        instance: the instance that the decisions belong to.
        decisions: a plan of it; only what it did before ``k`` matters.
        k: number of periods that are over, 0-based start of what is left.
        came: what sold and was spent in the periods before ``k`` beside the decisions; cash, what
            is still to be settled and what limits have counted move with it. As decided without.

    Returns:
        An instance with the same ids and ``periods - k`` periods; of the scenarios, those that
        still hold, without what they say of what is certain by now.

    Raises:
        ValueError: ``k`` leaves nothing, or the states are no start of a plan: cash below what
            the floor can bear, more followers than people.
    """
    if not 1 <= k < instance.calendar.periods:
        last = instance.calendar.periods - 1
        raise ValueError(f"between 1 and {last} periods can be over, not {k}")
    known = facts(instance)
    w = run(known, decisions)
    tree: Tree = instance.model_dump(mode="json", by_alias=True)
    tree["name"] = _name(instance, k)
    tree["calendar"] = _calendar(instance.calendar, k)
    # The plan at hand of the file is the plan of weeks that are over.
    tree["current"] = None
    _move_dates(tree, k)
    _season(tree)
    _snowball(tree, w, k)
    hold_end_worth(tree, known)
    _field(tree, w, k)
    _alliance(tree, w, k)
    _campaigns(tree, w, k)
    _deals(tree, w, k)
    _goods(tree, w, k)
    _staff(tree, w, k)
    hand_over(tree, w, ledger(w), k, came)
    drop_certain(tree)
    return with_what_holds(tree)


def with_what_holds(tree: Tree) -> Instance:
    """The instance of plain values with those of its scenarios that hold.

    A way in which figures may turn out may be none of what is left of them. It goes, and its
    chance is shared out to the others in proportion.

    Raises:
        ValidationError: the figures as written break a rule.
    """
    try:
        return Instance.model_validate(tree)
    except ValidationError:
        written = Instance.model_validate(tree | {"scenarios": {}})
    left = {name: one for name, one in tree["scenarios"].items() if _holds(written, one)}
    chance = sum(one["probability"] for one in left.values())
    shared = {n: one | {"probability": one["probability"] / chance} for n, one in left.items()}
    return Instance.model_validate(tree | {"scenarios": shared})


def _holds(written: Instance, scenario: Tree) -> bool:
    try:
        under(written, Scenario.model_validate(scenario))
    except OverrideError:
        return False
    return True


def _name(instance: Instance, k: int) -> str:
    suffix = f"-from-{iso_week(instance.calendar.first_day(k))}"
    return SUFFIX.sub("", instance.name)[: 64 - len(suffix)] + suffix


def _calendar(calendar: Calendar, k: int) -> Tree:
    day = calendar.first_day(k)
    weekly = "W" in calendar.start and calendar.days == 7
    start = iso_week(day) if weekly else day.isoformat()
    return {"start": start, "periods": calendar.periods - k, "days": calendar.days}


def _moved(when: int | str | None, k: int) -> int | str | None:
    return when - k if isinstance(when, int) else when


def _move_dates(tree: Tree, k: int) -> None:
    """Period numbers count from the new first period; dates and weeks stay."""
    records: list[tuple[Tree, tuple[str, ...]]] = [(tree["merchant"], ("new_until",))]
    records += [(span, ("first", "last")) for span in tree["season"]]
    accounts = tree["field"]["accounts"] if tree["field"] else {}
    records += [(account, ("opening_first", "opens")) for account in accounts.values()]
    campaigns = tree["campaign"]["campaigns"] if tree["campaign"] else {}
    records += [(record, ("first", "last", "signup_by")) for record in campaigns.values()]
    deals = tree["kol"]["deals"] if tree["kol"] else {}
    records += [(deal, ("first", "last", "agreed")) for deal in deals.values()]
    records += [(cell, ("period",)) for cell in tree["money"]["locked"]]
    for record, keys in records:
        for key in keys:
            record[key] = _moved(record[key], k)


def _season(tree: Tree) -> None:
    """Spans that are over go, and with them what scenarios say of them; others move up."""
    spans = tree["season"]
    kept = [n for n, span in enumerate(spans) if _touches(span, tree["calendar"])]
    tree["season"] = [spans[n] for n in kept]
    place = {str(old): str(new) for new, old in enumerate(kept)}
    for scenario in tree["scenarios"].values():
        left = []
        for change in scenario["changes"]:
            first, *steps = change["at"].split(".")
            if first == "season" and steps and steps[0] != ANY:
                if steps[0] not in place:
                    continue
                steps[0] = place[steps[0]]
            if first != "season" or kept:
                left.append(change | {"at": ".".join([first, *steps])})
        scenario["changes"] = left


def _touches(span: Tree, calendar: Tree) -> bool:
    return any(Calendar.model_validate(calendar).coverage(span["first"], span["last"]))


def _snowball(tree: Tree, w: Course, k: int) -> None:
    for n, s in enumerate(w.known.ids.segments):
        segment = tree["snowball"]["segments"][s]
        segment["followers"] = float(w.followers[n, k])
        segment["customers"] = float(w.customers[n, k])
        segment["awareness"] = float(w.awareness[n, k])
        if tree["snowball"]["interest"]:
            segment["interest"] = max(float(w.interest[n, k]), 0.0)


def hold_end_worth(tree: Tree, known: Facts) -> None:
    """What is left at the end is worth what it was worth in the first plan."""
    worth, ids = known.terminal, known.ids
    for n, s in enumerate(ids.segments):
        segment = tree["snowball"]["segments"][s]
        segment["end_worth_follower"] = float(worth.followers[n])
        segment["end_worth_customer"] = float(worth.customers[n])
        segment["end_worth_interest"] = float(worth.interest[n])
    for m, a in enumerate(ids.accounts):
        values = {s: float(worth.traffic[m, n]) for n, s in enumerate(ids.segments)}
        tree["field"]["accounts"][a]["end_worth"] = values
    for n, c in enumerate(ids.tiers):
        tree["alliance"]["tiers"][c]["end_worth"] = float(worth.pool[n])


def _field(tree: Tree, w: Course, k: int) -> None:
    if not tree["field"]:
        return
    ids = w.known.ids
    for n, a in enumerate(ids.accounts):
        account = tree["field"]["accounts"][a]
        opened = np.flatnonzero(w.open[n, :-1] > 0.5)
        if w.open[n, k] > 0.5:
            account["open"], account["opens"] = True, None
            account["traffic"] = {s: float(w.traffic[n, m, k]) for m, s in enumerate(ids.segments)}
        elif w.d.start[n, :k].sum() > 0.5 and opened.size:
            account["opens"] = int(opened[0]) - k + 1
    content = tree["field"]["content"]
    if content:
        content["stock"] = float(w.content[k])


def _alliance(tree: Tree, w: Course, k: int) -> None:
    if not tree["alliance"]:
        return
    a, ids = w.known.alliance, w.known.ids
    elapsed = (k + a.elapsed) % a.block
    tree["alliance"]["contract_elapsed"] = elapsed
    # Within a block the offer of this period is signed; between blocks, today's is the last one.
    offer = w.d.offer[:, k if elapsed else k - 1]
    for n, c in enumerate(ids.tiers):
        tier = tree["alliance"]["tiers"][c]
        lead = a.lead[n]
        tier["pool"] = float(w.pool[n, k])
        tier["arriving"] = [
            float(
                a.arriving[n, k + t]
                if k + t < lead
                else a.tier[n] @ (a.activation * w.d.samples[:, k + t - lead])
            )
            for t in range(min(lead, ids.periods - k))
        ]
        mine = [m for m in range(len(ids.offers)) if a.tier[n, m] > 0]
        tier["current_offer"] = ids.offers[max(mine, key=lambda m: offer[m])][1]


def _campaigns(tree: Tree, w: Course, k: int) -> None:
    """Packages that are signed are kept: the rest of the window, the dip, the conflicts."""
    for n, (e, p) in enumerate(w.known.ids.packages):
        signup = w.known.campaign.windows[w.known.campaign.of[n]].signup
        if w.d.package[n] > 0.5 and (signup < k or w.known.campaign.joined[n]):
            tree["campaign"]["campaigns"][e]["joined"] = p


def _deals(tree: Tree, w: Course, k: int) -> None:
    """Deals that are signed are kept; what can no longer be signed is over."""
    kol, periods = w.known.kol, w.known.ids.periods
    for n, name in enumerate(w.known.ids.deals):
        deal = tree["kol"]["deals"][name]
        held = np.flatnonzero(w.d.deal[n] > 0.5)
        if deal["agreed"] is not None:
            continue
        if held.size and held[0] - kol.lead[n] < k:
            deal["agreed"] = int(held[0]) - k + 1
        elif not kol.admissible[n, min(k + kol.lead[n], periods) :].any():
            deal.update(OVER)


def _goods(tree: Tree, w: Course, k: int) -> None:
    g, ids = w.known.goods, w.known.ids
    for n in g.stocked:
        stock = tree["goods"]["lines"][ids.lines[n]]["stock"]
        stock["opening"] = max(float(w.stock[n, k] - w.arrivals[n, k]), 0.0)
        lead = g.lead[n]
        stock["arriving"] = [
            float(g.underway[n, k + t] + (w.d.purchase[n, k + t - lead] if k + t >= lead else 0))
            for t in range(min(lead, ids.periods - k + 1))
        ]


def _staff(tree: Tree, w: Course, k: int) -> None:
    if not tree["staff"]:
        return
    f, d = w.known.staff, w.d
    tree["staff"]["hire_elapsed"] = (k + f.hire_elapsed) % f.hire_every

    def begun(n: int, t: int) -> int:
        """Heads who begin in ``t`` by what was decided before ``k``."""
        if t < 0:
            row = f.learning[n]
            return round(float(row[-t - 1])) if -t <= row.size else 0
        due = t - f.roles[n].hire_lead
        hired = d.hires[n, due] if 0 <= due < k else 0.0
        return round(float(f.joining[n, t] + hired)) if t < f.joining.shape[1] else 0

    for n, j in enumerate(w.known.ids.roles):
        role, spec = tree["staff"]["roles"][j], f.roles[n]
        left = (1 - spec.attrition) * w.heads[n, k - 1] - d.leaves[n, k - 1]
        role["heads"] = float(max(left, 0.0))
        role["heads_min"] = min(role["heads_min"], role["heads"])
        width = min(spec.hire_lead, w.known.ids.periods - k)
        role["joining"] = [begun(n, k + t) for t in range(width)]
        role["learning"] = [begun(n, k - 1 - age) for age in range(len(spec.ramp))]
        if role["hires_total"] is not None:
            role["hires_total"] -= round(float(d.hires[n, :k].sum()))
