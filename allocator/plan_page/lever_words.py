"""What a plan decides about each lever and the team: a headline, and details that say how."""

from collections.abc import Sequence

import pandas as pd

from allocator.agenda import Entry
from allocator.labels import Lang
from allocator.labels_page import say
from allocator.panel import label_of
from allocator.phrases import NAMED, bracketed, day_words, names, per, week_words
from allocator.plan import Plan
from allocator.scales import share, short

LEAST = 0.5
"""Amounts and counts below this count as nothing."""

Told = tuple[str, list[str]]
"""Headline and details; empty details are left out."""


def field(plan: Plan, entries: Sequence[Entry], lang: Lang) -> Told:
    """Rooms opened, live hours at both ends, spend on boosts."""
    table = plan.accounts
    hours = table.groupby("period")["live_hours"].sum()
    if float(hours.sum()) < LEAST:
        spend = float(plan.boosts["spend"].sum())
        key = "boost_only" if spend > LEAST else "no_rooms"
        return say("decision", key, lang, spend=short(spend, lang)), []
    first, last = f"{hours.iloc[0]:.0f}", f"{hours.iloc[-1]:.0f}"
    a = per(plan, lang)
    details = [say("decision", "hours", lang, first=first, last=last, per=a), _boosts(plan, lang)]
    opened = [e for e in entries if e.kind == "field"]
    if opened:
        told = [
            bracketed(e.label, day_words(e.first, lang), lang) if e.first else e.label
            for e in opened
        ]
        return say("decision", "open", lang, names=names(told, lang)), details
    rooms, mean = table[table["open"]]["label"].unique(), f"{hours.mean():.0f}"
    if len(rooms) == 1:
        return say("decision", "rooms_one", lang, name=rooms[0], hours=mean, per=a), details
    return say("decision", "rooms", lang, n=len(rooms), hours=mean, per=a), details


def _boosts(plan: Plan, lang: Lang) -> str:
    spend = float(plan.boosts["spend"].sum())
    return say("decision", "boosts", lang, spend=short(spend, lang)) if spend > LEAST else ""


def alliance(plan: Plan, _: Sequence[Entry], lang: Lang) -> Told:
    """Samples, creators at both ends, the offers of the last period."""
    table = plan.alliance
    if not len(table):
        return say("decision", "no_samples", lang), []
    pools = table.groupby("period")["pool"].sum()
    first, last = f"{pools.iloc[0]:,.0f}", f"{pools.iloc[-1]:,.0f}"
    ends = table[table["period"] == table["period"].max()]
    offers = [
        say("decision", "offer", lang, name=row["label"], rate=share(row["commission_rate"], lang))
        for row in ends.to_dict("records")
        if row["offer"]
    ]
    details = [say("decision", "pool", lang, first=first, last=last)]
    if offers:
        details.append(say("decision", "offers", lang, offers=names(offers, lang)))
    sent = table.groupby("label", sort=False)["samples"].sum()
    if float(sent.sum()) < LEAST:
        return say("decision", "no_samples", lang), details
    count = f"{sent.sum():,.0f}"
    if len(sent) == 1:
        return say("decision", "samples_one", lang, samples=count, name=sent.index[0]), details
    return say("decision", "samples", lang, samples=count, name=sent.idxmax()), details


def campaign(plan: Plan, entries: Sequence[Entry], lang: Lang) -> Told:
    """Campaigns joined with their deadlines, campaigns left."""
    table, joined = plan.campaigns, [e for e in entries if e.kind == "campaign"]
    left = list(table[~table["campaign"].isin([e.key for e in joined])]["label"].unique())
    aside = say("decision", "left", lang, names=names(left, lang)) if left else ""
    if not joined:
        return say("decision", "join_none", lang), [aside]
    packages = {row["campaign"]: row for row in table[table["taken"]].to_dict("records")}
    steps = []
    for e in joined[:NAMED]:
        row = packages[e.key]
        key = "joined" if row["joined"] else "signup"
        week = week_words(str(row["sign_up"]), lang)
        steps.append(say("decision", key, lang, name=e.label, package=row["package"], week=week))
    due = [e.label for e in joined if e.acts]
    if not due:
        return say("decision", "join_no_other", lang), [*steps, aside]
    return say("decision", "join", lang, names=names(due, lang)), [*steps, aside]


def kol(plan: Plan, entries: Sequence[Entry], lang: Lang) -> Told:
    """Deals to sign and those signed before, with what they may bring; without any, what is left
    aside."""
    table, signed = plan.deals, [e for e in entries if e.kind == "kol"]
    if not signed:
        left = list(table["label"][~table["agreed"]])
        aside = say("decision", "left", lang, names=names(left, lang)) if left else ""
        return say("decision", "sign_none", lang), [aside]
    rows = {row["deal"]: row for row in table.to_dict("records")}
    steps = []
    for e in signed[:NAMED]:
        row = rows[e.key]
        key, at = ("signed_detail", "session") if row["agreed"] else ("sign_detail", "sign")
        week = week_words(str(row[at]), lang)
        low, high = short(row["gmv_p10"], lang), short(row["gmv_p90"], lang)
        steps.append(say("decision", key, lang, name=e.label, week=week, low=low, high=high))
    due = [e.label for e in signed if e.acts]
    if not due:
        return say("decision", "sign_no_other", lang), steps
    return say("decision", "sign", lang, names=names(due, lang)), steps


def team(plan: Plan, entries: Sequence[Entry], lang: Lang) -> Told:
    """Hires or dismissals, heads at both ends, the busiest role."""
    heads = plan.heads.groupby("period")["heads"].sum()
    if not len(heads):
        return say("decision", "no_team", lang), []
    first, last = f"{heads.iloc[0]:,.0f}", f"{heads.iloc[-1]:,.0f}"
    details = [say("decision", "team_size", lang, first=first, last=last)]
    busy = busiest(plan)
    if busy is not None:
        details.append(say("decision", "busiest", lang, role=busy[0], share=share(busy[1], lang)))
    moves = [(e.label, count) for e in entries if e.kind == "team" for _, count in e.acts]
    changed = pd.DataFrame(moves, columns=["role", "count"])
    for key, sign in (("hire", 1), ("let_go", -1)):
        part = changed[changed["count"] * sign > 0].groupby("role", sort=False)["count"].sum()
        if len(part):
            told = [say("decision", "count_of", lang, n=f"{abs(n):.0f}", role=role)
                    for role, n in part.items()]  # fmt: skip
            return say("decision", key, lang, names=names(told, lang)), details
    return say("decision", "keep_team", lang, heads=last), details[1:]


def busiest(plan: Plan) -> tuple[str, float] | None:
    """The role of the highest load over the horizon and that load; None without a team."""
    if not plan.instance.staff:
        return None
    sums = plan.heads.groupby("role", sort=False)[["need", "available"]].sum()
    sums = sums[sums["available"] > 0]
    if not len(sums):
        return None
    load = sums["need"] / sums["available"]
    role = str(load.idxmax())
    return label_of(plan.instance.staff.roles[role], role), float(load.max())
