"""An archetype scaled to a merchant's week: her figures exactly, everything else in proportion.

Volumes (traffic, pools, creators, money of the house) move with the figure that they belong to.
Rates, shares and curves' shapes stay the archetype's. Four factors are left: traffic, conversion,
creators' reach and price. They are found so that today's controls, replayed in an ordinary week,
bring her visits, orders, creators' GMV and GMV.
"""

from copy import deepcopy

import numpy as np

from allocator.start.answers import Answers, Today
from allocator.start.dates import calendar_of, place
from allocator.start.fitting import fit_week
from allocator.start.ordinary import ordinary_week
from allocator.start.stretching import AnswerError, Tree, times
from allocator.start.volumes import Ratios, fill_hours, keep_rooms, move_volumes
from allocator.wording import suggest

KEPT = 0.5
"""Most of today's cash that a floor nobody stated keeps."""
BUSY = 0.95
"""Share of the team's hours that today's work takes, at most."""


def scaled(source: Tree, week: Today, answers: Answers) -> Tree:
    """Plain values of the merchant's instance.

    Args:
        source: plain values of the archetype.
        week: the merchant's ordinary week.
        answers: what else is known.

    Raises:
        ScalingError: the figures do not fit the archetype.
    """
    tree = deepcopy(source)
    tree.pop("note", None)
    if answers.rooms is not None:
        keep_rooms(tree, answers.rooms)
    before = ordinary_week(tree)
    tree["calendar"] = calendar_of(week.start, answers.periods)
    place(tree)
    score = source["merchant"]["score"] if answers.score is None else answers.score
    tree["merchant"] = {"score": score}
    was_budget = source["money"]["budget"] / source["calendar"]["periods"]
    ratios = Ratios.of(source, tree, before, week)
    fill_hours(tree, week)
    move_volumes(tree, ratios, week)
    _unit_economics(tree, week, answers)
    _team(tree, week, answers)
    fit_week(tree, week)
    _workload(tree)
    _money(tree, ratios, week, answers, headroom=was_budget / before.spend)
    if answers.goal is not None:
        tree["objective"] = {**tree.get("objective", {}), "goal": answers.goal}
    return tree


def _unit_economics(tree: Tree, week: Today, answers: Answers) -> None:
    """Price and goods of an order, refunds; parcels cost what they cost."""
    lines = tree["goods"]["lines"]
    mean = float(np.mean([line["price"] for line in lines.values()]))
    for line in lines.values():
        times(line, week.price / mean, "price", "unit_cost")
        if answers.unit_cost is not None:
            line["unit_cost"] = answers.unit_cost
        before, after = line.get("refund_pre", 0.0), line.get("refund_post", 0.0)
        share = before + after if week.refund_share is None else week.refund_share
        early = before / (before + after) if before + after > 0 else 0.5
        if answers.refund_before_shipping is not None:
            early = answers.refund_before_shipping
        line["refund_pre"], line["refund_post"] = early * share, (1 - early) * share


def _team(tree: Tree, week: Today, answers: Answers) -> None:
    """Heads by role: as answered; else the rest of the team over the other roles as in the
    archetype.
    """
    roles = tree["staff"]["roles"]
    for j in answers.team:
        if j not in roles:
            rule = f"is no role of the archetype; roles are {', '.join(roles)}"
            raise AnswerError(("team", j), rule, suggest(j, list(roles)))
    told = sum(answers.team.values())
    if week.team is not None and told > round(week.team):
        rule = f"{told} heads are more than the {week.team:g} that the export's last week has"
        raise AnswerError(("team",), rule, "correct one of the two")
    rest = [j for j in roles if j not in answers.team]
    for j, heads in answers.team.items():
        roles[j]["heads"] = heads
    if week.team is None or not rest:
        return
    left = round(week.team) - told
    weights = np.array([roles[j]["heads"] for j in rest], dtype=float)
    for j, count in zip(rest, _apportioned(left, weights), strict=True):
        roles[j]["heads"] = count
    for role in roles.values():
        limit = role.get("heads_max")
        if limit is not None:
            role["heads_max"] = max(limit, role["heads"])
        if "heads_min" in role:
            role["heads_min"] = min(role["heads_min"], role["heads"])


def _apportioned(total: int, weights: np.ndarray) -> list[int]:
    """Whole numbers that sum to ``total`` in proportion to ``weights``, one each if it goes."""
    filled = weights > 0
    heads = filled.astype(int) if total >= filled.sum() else np.zeros(weights.size, dtype=int)
    for _ in range(total - int(heads.sum())):
        short = np.where(filled, weights / np.maximum(heads, 0.5), -1.0)
        heads[int(np.argmax(short))] += 1
    return [int(count) for count in heads]


def _workload(tree: Tree) -> None:
    """Work that today's team does today takes at most ``BUSY`` of its hours; a role with nobody in
    it has no work.
    """
    need = ordinary_week(tree).need
    field = tree["field"]
    crews = [account.get("crew", {}) for account in field["accounts"].values()]
    crews += [s["quality"]["crew"] for s in field["accounts"].values() if s.get("quality")]
    crews += [boost.get("crew", {}) for boost in field["boosts"].values()]
    crews += [field["content"]["crew"]] if field.get("content") else []
    for tier in tree.get("alliance", {}).get("tiers", {}).values():
        crews += [tier.get("crew_sample", {}), tier.get("crew_upkeep", {})]
    crews.append(tree["staff"].get("order_hours", {}))
    for j, role in tree["staff"]["roles"].items():
        at_hand = BUSY * role["heads"] * role["hours"]
        if need[j] > at_hand:
            for crew in crews:
                times(crew, at_hand / need[j], j)


def _money(tree: Tree, r: Ratios, week: Today, answers: Answers, *, headroom: float) -> None:
    """Cash as she has it, limits in proportion, receipts of the last weeks that are to come."""
    book = tree["money"]
    times(book, r.gmv, "overhead")
    cash = book["cash"]
    times(cash, r.gmv, "opening", "floor", "credit")
    if week.cash is not None:
        cash["opening"] = week.cash
        cash["floor"] = min(cash["floor"], max(week.cash, 0.0) * KEPT)
    if answers.cash_floor is not None:
        cash["floor"] = answers.cash_floor
    if answers.credit is not None:
        cash["credit"] = answers.credit
    cash["receivables"] = _receivables(tree, week)
    spend = ordinary_week(tree).spend
    book["budget"] = answers.budget
    if answers.budget is None:
        book["budget"] = float(f"{headroom * spend * answers.periods:.3g}")


def _receivables(tree: Tree, week: Today) -> list[float]:
    """Receipts of the export's last weeks that are still under way, by week of arrival."""
    book, settlement = tree["money"], tree["money"]["settlement"]
    line = next(iter(tree["goods"]["lines"].values()))
    kept = 1 - line["refund_pre"] - line["refund_post"]
    share = kept * (1 - book.get("platform_fee", 0.0) - book.get("tax_other", 0.0))
    tiers = tree.get("alliance", {}).get("tiers", {}).values()
    offers = [tier["offers"][tier["current_offer"]] for tier in tiers]
    fees = [offer["commission"] + offer.get("service_fee", 0.0) for offer in offers]
    sold = (week.creator_gmv or 0.0) / week.gmv
    share -= kept * sold * (float(np.mean(fees)) if fees else 0.0)
    paid = week.paid[::-1]
    return [
        share * sum(settlement[n] * paid[n - t - 1] for n in range(t + 1, len(settlement)))
        for t in range(len(settlement) - 1)
        if len(paid) >= len(settlement) - 1
    ]
