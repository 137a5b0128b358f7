"""Tables of the levers and the team: what is done, period by period."""

import numpy as np
import pandas as pd

from allocator.panel import label_of, panel, source, week_of, with_units
from allocator.plan import Plan
from fact_models.replay.kol import kol_facts


def hours(plan: Plan) -> pd.DataFrame:
    """Live hours by period, account and slot."""
    instance, ids, decisions, _ = source(plan)
    specs = instance.field.accounts if instance.field else {}
    slots = [(n, b, slot) for n, names in enumerate(ids.slots) for b, slot in enumerate(names)]
    live = np.array([decisions.hours[n, b] for n, b, _ in slots]).reshape(-1, ids.periods)
    accounts = [ids.accounts[n] for n, _, _ in slots]
    texts: dict[str, list[str]] = {
        "account": accounts,
        "label": [label_of(specs[a], a) for a in accounts],
        "type": [specs[a].type for a in accounts],
        "slot": [slot for _, _, slot in slots],
    }
    table = panel(
        instance, {"what": [str(n) for n in range(len(slots))]}, {"live_hours": live}, texts
    )
    order = ["period", "week", "start", *texts, "live_hours"]
    return with_units(table[order], instance.currency)


def accounts(plan: Plan) -> pd.DataFrame:
    """What every account does and brings, by period."""
    instance, ids, decisions, states = source(plan)
    specs = instance.field.accounts if instance.field else {}
    figures = {
        "open": states.open,
        "live_hours": decisions.hours.sum(axis=1),
        "skilled_hours": decisions.skilled,
        "traffic": states.traffic[..., :-1].sum(axis=1),
        "capacity": states.capacity,
        "visits": states.visits.sum(axis=1),
        "orders": states.own_orders.sum(axis=1),
    }
    labels = [label_of(specs[a], a) for a in ids.accounts]
    table = panel(instance, {"account": ids.accounts}, figures, {"label": labels})
    table["open"] = table["open"] > 0.5
    return table


def boosts(plan: Plan) -> pd.DataFrame:
    """Spend and accepted visits by period and boost."""
    instance, ids, decisions, _ = source(plan)
    specs = instance.field.boosts if instance.field else {}
    figures = {"spend": decisions.boost_spend, "visits": decisions.boosted.sum(axis=(1, 2))}
    labels = [label_of(specs[i], i) for i in ids.boosts]
    return panel(instance, {"boost": ids.boosts}, figures, {"label": labels})


def content(plan: Plan) -> pd.DataFrame:
    """Content stock at the start of every period, and what is made and bought in it."""
    instance, _, decisions, states = source(plan)
    figures = {
        "content_stock": states.content[:-1],
        "made": decisions.content_made,
        "bought": decisions.content_bought,
    }
    return panel(instance, {}, {name: array[None] for name, array in figures.items()})


def alliance(plan: Plan) -> pd.DataFrame:
    """Pool and offer of every tier, its samples, visits and orders by period."""
    instance, ids, decisions, states = source(plan)
    specs = instance.alliance.tiers if instance.alliance else {}
    member = np.array([[c == tier for c, _ in ids.offers] for tier in ids.tiers], dtype=float)
    member = member.reshape(len(ids.tiers), len(ids.offers))
    rate = np.array([specs[c].offers[o].commission for c, o in ids.offers])
    figures = {
        "pool": states.pool[:, :-1],
        "kept": member @ decisions.kept,
        "samples": member @ decisions.samples,
        "visits": member @ decisions.creator_visits,
        "orders": member @ states.creator_orders.sum(axis=1),
        "commission_rate": member @ (rate[:, None] * np.rint(decisions.offer)),
    }
    labels = [label_of(specs[c], c) for c in ids.tiers]
    table = panel(instance, {"tier": ids.tiers}, figures, {"label": labels})
    names = [
        next(
            (
                o
                for n, (c, o) in enumerate(ids.offers)
                if c == tier and decisions.offer[n, t] > 0.5
            ),
            "",
        )
        for t in range(ids.periods)
        for tier in ids.tiers
    ]
    table.insert(5, "offer", names)
    return with_units(table, instance.currency)


def campaigns(plan: Plan) -> pd.DataFrame:
    """Every package: its window, sign-up week, terms, and whether it is taken."""
    instance, ids, decisions, _ = source(plan)
    calendar = instance.calendar
    rows = []
    for n, (e, p) in enumerate(ids.packages):
        assert instance.campaign is not None
        spec = instance.campaign.campaigns[e]
        package = spec.packages[p]
        first, last = calendar.days_of(spec.first, spec.last)
        opens = calendar.period_of(first.isoformat())
        until = opens - 1 if spec.signup_by is None else calendar.period_of(spec.signup_by)
        rows.append(
            {
                "campaign": e,
                "label": label_of(spec, e),
                "package": p,
                "taken": bool(decisions.package[n] > 0.5),
                "joined": spec.joined == p,
                "sign_up": week_of(calendar, until),
                "first": first,
                "last": last,
                "week": week_of(calendar, opens),
                "fee": package.fee,
                "discount": package.discount,
                "uplift": package.uplift,
            }
        )
    names = "campaign label package taken joined sign_up first last week fee discount uplift"
    table = pd.DataFrame(rows, columns=names.split())
    for day in ("first", "last"):
        table[day] = pd.to_datetime(table[day])
    return with_units(table, instance.currency)


def deals(plan: Plan) -> pd.DataFrame:
    """Every KOL deal: its outcomes, the chance of acceptance in them, and when it is signed and
    held. ``agreed`` tells that it was signed before the plan; if its session was before it too,
    it is not among the ``signed`` ones. ``promised_roi`` is the GMV per fee of a guarantee (nan
    without one) and ``fee_back`` what it is expected to return.
    """
    instance, ids, decisions, _ = source(plan)
    facts = kol_facts(instance, ids)
    calendar = instance.calendar
    rows = []
    for n, k in enumerate(ids.deals):
        assert instance.kol is not None
        spec = instance.kol.deals[k]
        held = np.flatnonzero(decisions.deal[n] > 0.5)
        t = int(held[0]) if held.size else None
        rows.append(
            {
                "deal": k,
                "label": label_of(spec, k),
                "signed": t is not None,
                "agreed": spec.agreed is not None,
                "sign": "" if t is None else week_of(calendar, t - spec.lead),
                "session": "" if t is None else week_of(calendar, t),
                "fee": spec.acceptance * spec.fee,
                "commission_rate": spec.commission,
                "discount": spec.discount,
                "acceptance": spec.acceptance,
                "gmv_p10": spec.acceptance * spec.gmv.p10,
                "gmv_p50": spec.acceptance * spec.gmv.p50,
                "gmv_p90": spec.acceptance * spec.gmv.p90,
                "gmv_mean": spec.acceptance * spec.gmv.mean(),
                "promised_roi": spec.guarantee.roi if spec.guarantee else np.nan,
                "fee_back": facts.back["mean"][n],
            }
        )
    names = (
        "deal label signed agreed sign session fee commission_rate discount acceptance "
        "gmv_p10 gmv_p50 gmv_p90 gmv_mean promised_roi fee_back"
    )
    return with_units(pd.DataFrame(rows, columns=names.split()), instance.currency)


def heads(plan: Plan) -> pd.DataFrame:
    """Heads, hours needed and hours available by period and role.

    ``available`` holds regular, overtime and outsourced hours and cover by other roles, less cover
    given.
    """
    instance, ids, decisions, states = source(plan)
    specs = instance.staff.roles if instance.staff else {}
    roles = ids.roles
    regular = np.array([specs[j].hours for j in roles])[:, None] * states.productive
    rate = np.array([[specs[j].covers.get(k, 0.0) for k in roles] for j in roles])
    rate = rate.reshape(len(roles), len(roles), 1)
    given, taken = decisions.cover.sum(axis=1), (rate * decisions.cover).sum(axis=0)
    figures = {
        "heads": states.heads,
        "productive": states.productive,
        "hires": decisions.hires,
        "leaves": decisions.leaves,
        "need": states.need,
        "available": regular + decisions.overtime + decisions.outsourced + taken - given,
        "overtime": decisions.overtime,
        "outsourced": decisions.outsourced,
        "covered_for_others": given,
    }
    labels = [label_of(specs[j], j) for j in roles]
    return panel(instance, {"role": roles}, figures, {"label": labels})


def goods(plan: Plan) -> pd.DataFrame:
    """Stock at the start of every period and items ordered in it, of the lines that keep stock."""
    instance, ids, decisions, states = source(plan)
    kept = [n for n, g in enumerate(ids.lines) if instance.goods.lines[g].stock]
    names = [ids.lines[n] for n in kept]
    labels = [label_of(instance.goods.lines[g], g) for g in names]
    figures = {
        "stock": states.stock[kept, :-1].reshape(len(kept), ids.periods),
        "purchase": decisions.purchase[kept],
    }
    return panel(instance, {"line": names}, figures, {"label": labels})
