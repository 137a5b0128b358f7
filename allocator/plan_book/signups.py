"""The sheet on campaigns: who may join, until when, and what the plan joins."""

from datetime import date

from allocator.book import Column
from allocator.labels import Lang
from allocator.plan_book.words import say
from allocator.plan_book.writer import Writer
from fact_models.replay.campaign import window
from fact_models.spec.campaign import Campaign
from fact_models.spec.instance import Instance


def eligibility(
    instance: Instance, campaign: Campaign, package: str, lang: Lang
) -> tuple[bool, str]:
    """Whether the merchant can take a package, and why in words."""
    at, merchant, new = window(instance.calendar, campaign), instance.merchant, False
    if merchant.new_until is not None:
        new = at.first <= instance.calendar.period_of(merchant.new_until)
    if not at.cover.any():
        return False, say("signup_outside", lang)
    if campaign.joined is not None:
        same = campaign.joined == package
        return same, say("signup_joined" if same else "signup_other", lang)
    if at.signup < 0:
        return False, say("signup_late", lang)
    if at.signup >= instance.calendar.periods:
        return False, say("signup_after", lang)
    if merchant.score < campaign.min_score:
        need, have = f"{campaign.min_score:g}", f"{merchant.score:g}"
        return False, say("signup_score", lang, have=have, need=need)
    if new and not campaign.open_to_new:
        return False, say("signup_new", lang)
    return True, say("signup_open", lang)


def deadline(instance: Instance, campaign: Campaign) -> date:
    """Last day on which one can sign up; that of the period before the window by itself."""
    calendar = instance.calendar
    until = campaign.signup_by
    if until is None:
        until = window(calendar, campaign).signup + 1
    return calendar.days_of(until, until)[1]


def campaigns(of: Writer) -> None:
    """Every package: decision, eligibility, days to the deadline, window and terms."""
    instance, table = of.plan.instance, of.plan.campaigns
    if instance.campaign is None:
        return
    table = table.sort_values(["first", "campaign"], kind="stable")
    names = list(zip(table["campaign"], table["package"], strict=True))
    specs, start = instance.campaign.campaigns, instance.calendar.first_day(0)
    due = [deadline(instance, specs[e]) for e, _ in names]
    taken = [bool(x) for x in table["taken"]]
    columns = [
        of.column("campaign", table["label"], width=20),
        of.column("package", table["package"], width=10),
        Column(of.say("decision"), [of.say("take" if x else "skip") for x in taken], width=10),
        Column(
            of.label("column", "eligible"),
            [eligibility(instance, specs[e], p, of.lang)[1] for e, p in names],
            width=24,
        ),
        Column(of.say("deadline"), due, "date"),
        Column(of.say("days_from_start"), [(day - start).days for day in due], "count", width=12),
        Column(of.say("days_left"), [None] * len(due), "count", width=12),
        of.column("first", table["first"]),
        of.column("last", table["last"]),
        of.column("fee", table["fee"]),
        of.column("discount", table["discount"]),
        of.column("uplift", table["uplift"], kind="factor"),
    ]
    sheet = of.sheet("campaigns", of.say("campaigns"))
    box = of.table(sheet, columns, freeze=2)
    of.book.mark_rows(sheet, box, taken)
    for n, day in enumerate(due):
        of.book.countdown(sheet, box.first + n, 6, 4, (day - start).days)
    sheet.autofilter(box.first - 2, box.left, box.last, box.right)
