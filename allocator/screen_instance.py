"""An instance on a terminal: what it is, what it uses, how large it is."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, amount, decimal, percent, plain, whole
from allocator.labels import GOALS, WORDS, Label, Lang
from allocator.panel import label_of, week_of
from allocator.scales import short
from allocator.screen_levers import bullets, simple
from fact_models.spec.instance import Instance
from fact_models.spec.kol import Guarantee

LINE = {
    "periods": Label("{count} periods from {week}", "自 {week} 起 {count} 个周期"),
    "budget": Label("budget {money}", "预算 {money}"),
    "cash": Label("cash", "含现金流"),
    "goal": Label("goal {goal}, {world}", "目标：{goal}，{world}"),
    "segment": Label("segment", "个人群"),
    "account": Label("account", "个账号"),
    "boost": Label("boost", "个投流渠道"),
    "tier": Label("creator tier", "个达人层级"),
    "campaign": Label("campaign", "个营销活动"),
    "deal": Label("KOL deal", "个大V合作"),
    "role": Label("role", "个岗位"),
    "line": Label("product line", "个货品线"),
    "stock": Label("with stock", "个带库存"),
}
"""Parts of the line about an instance."""


def one_line(instance: Instance, lang: Lang = "en") -> str:
    """Sizes of an instance and what it uses, on a line."""
    begin, money = week_of(instance.calendar, 0), instance.money
    parts = [LINE["periods"].say(lang, count=instance.calendar.periods, week=begin)]
    for count, name in _sizes(instance):
        words = LINE[name].say(lang)
        parts.append(f"{count} {words}{'s' if lang == 'en' and _plural(count, name) else ''}")
    if money.budget is not None:
        parts.append(LINE["budget"].say(lang, money=short(money.budget, lang)))
    if money.cash:
        parts.append(LINE["cash"].say(lang))
    goal, world = instance.objective.goal, instance.snowball.model
    if lang == "zh":
        parts.append(LINE["goal"].zh.format(goal=GOALS[goal].zh, world=WORDS[world].zh))
    else:
        parts.append(LINE["goal"].en.format(goal=goal, world=world))
    return ("，" if lang == "zh" else ", ").join(parts)


def _plural(count: int, name: str) -> bool:
    return count != 1 and name != "stock"


def _sizes(instance: Instance) -> Iterator[tuple[int, str]]:
    field, goods = instance.field, instance.goods.lines
    counts = (
        (len(instance.snowball.segments), "segment"),
        (len(field.accounts) if field else 0, "account"),
        (len(field.boosts) if field else 0, "boost"),
        (len(instance.alliance.tiers) if instance.alliance else 0, "tier"),
        (len(instance.campaign.campaigns) if instance.campaign else 0, "campaign"),
        (len(instance.kol.deals) if instance.kol else 0, "deal"),
        (len(instance.staff.roles) if instance.staff else 0, "role"),
        (len(goods), "line"),
        (sum(1 for line in goods.values() if line.stock), "stock"),
    )
    yield from ((count, name) for count, name in counts if count)


def instance_screen(instance: Instance) -> RenderableType:
    """The instance in tables."""
    text = Text(one_line(instance))
    if instance.note:
        text.append(f"\n\n{' '.join(plain(instance.note).split())}", style="dim")
    parts: list[RenderableType] = [
        Panel(
            text,
            title=Text(f" {instance.name} "),
            title_align="left",
            box=box.ROUNDED,
            padding=(0, 2),
        )
    ]
    for title, table in _tables(instance):
        parts += [Text(f"\n{title}", style="bold cyan"), table]
    if instance.assumed:
        parts.append(Text("\nAssumed, not measured", style="bold cyan"))
        parts.append(bullets(instance.assumed))
    return Group(*parts)


def _tables(instance: Instance) -> Iterator[tuple[str, RenderableType]]:
    yield "Audience", _segments(instance)
    yield "Goods", _goods(instance)
    if instance.field and instance.field.accounts:
        yield "Own accounts", _accounts(instance)
    if instance.field and instance.field.boosts:
        yield "Boosts", _boosts(instance)
    if instance.alliance:
        yield "Creators", _tiers(instance)
    if instance.campaign:
        yield "Campaigns", _campaigns(instance)
    if instance.kol:
        yield "Top-KOL deals", _deals(instance)
    if instance.staff:
        yield "Team", _roles(instance)
    yield "Money", _money(instance)


def _segments(instance: Instance) -> Table:
    shown = simple(
        "Segment",
        ">People",
        ">Followers",
        ">Customers",
        ">Conversion",
        ">well received",
        ">Traffic kept",
    )
    for s, spec in instance.snowball.segments.items():
        shown.add_row(
            Text(plain(spec.label or s)),
            amount(spec.pool),
            amount(spec.followers),
            amount(spec.customers),
            percent(spec.conversion, 2),
            percent(spec.conversion_well, 2),
            percent(spec.persistence + spec.persistence_served),
        )
    return shown


def _goods(instance: Instance) -> Table:
    shown = simple(
        "Line", ">Price", ">Unit cost", ">Refund before", ">after shipment", ">Stock now"
    )
    for g, line in instance.goods.lines.items():
        shown.add_row(
            Text(plain(label_of(line, g))),
            decimal(line.price, 0),
            decimal(line.unit_cost, 1),
            percent(line.refund_pre),
            percent(line.refund_post),
            whole(line.stock.opening) if line.stock else "as sold",
        )
    return shown


def _accounts(instance: Instance) -> Table:
    assert instance.field is not None
    shown = simple(
        "Account", "Type", "Today", ">Opening cost", ">Traffic", ">Ceiling", ">Hours max"
    )
    for a, account in instance.field.accounts.items():
        shown.add_row(
            Text(plain(label_of(account, a))),
            account.type,
            f"{account.current_hours:g} h live" if account.open else "not open",
            DASH if account.open else amount(account.opening_cost),
            amount(sum((account.traffic if account.open else account.cold_start).values())),
            amount(sum(account.ceiling.values())),
            decimal(account.hours_max, 0),
        )
    return shown


def _boosts(instance: Instance) -> Table:
    assert instance.field is not None
    shown = simple("Boost", ">Spend today", ">Spend max", "Curve", "Carried by content")
    for i, boost in instance.field.boosts.items():
        shown.add_row(
            Text(plain(label_of(boost, i))),
            amount(boost.current_spend),
            amount(boost.spend_max),
            boost.curve.kind,
            "yes" if boost.per_content else "no",
        )
    return shown


def _tiers(instance: Instance) -> Table:
    assert instance.alliance is not None
    shown = simple("Tier", ">Creators", ">Samples max", ">Sample cost", "Offers")
    for c, tier in instance.alliance.tiers.items():
        offers = [f"{o} {percent(x.commission + x.service_fee)}" for o, x in tier.offers.items()]
        shown.add_row(
            Text(plain(label_of(tier, c))),
            decimal(tier.pool),
            whole(tier.samples_max),
            decimal(tier.sample_cost, 0),
            ", ".join(offers),
        )
    return shown


def _campaigns(instance: Instance) -> Table:
    assert instance.campaign is not None
    shown = simple("Campaign", "From", "To", "Packages (fee, uplift, discount)")
    for e, campaign in instance.campaign.campaigns.items():
        first, last = instance.calendar.days_of(campaign.first, campaign.last)
        packages = [
            f"{p} ({amount(x.fee)}, × {x.uplift:.2f}, {percent(x.discount)})"
            for p, x in campaign.packages.items()
        ]
        shown.add_row(
            Text(plain(label_of(campaign, e))), f"{first}", f"{last}", ", ".join(packages)
        )
    return shown


def _deals(instance: Instance) -> Table:
    assert instance.kol is not None
    promised = any(deal.guarantee for deal in instance.kol.deals.values())
    shown = simple(
        "Deal", "From", "To", ">Lead", ">Fee", ">Commission", ">GMV p10", ">p50", ">p90",
        *(["Promise"] if promised else []),
    )  # fmt: skip
    for k, deal in instance.kol.deals.items():
        first, last = instance.calendar.days_of(deal.first, deal.last)
        shown.add_row(
            Text(plain(label_of(deal, k))),
            f"{first:%d %b}",
            f"{last:%d %b}",
            str(deal.lead),
            amount(deal.fee),
            percent(deal.commission),
            *(amount(x) for x in (deal.gmv.p10, deal.gmv.p50, deal.gmv.p90)),
            *([_promise(deal.guarantee)] if promised else []),
        )
    return shown


def _promise(guarantee: Guarantee | None) -> str:
    """``3.0 × fee, else 100 % back``."""
    if guarantee is None:
        return DASH
    missing = " of what is missing" if guarantee.pro_rata else ""
    return f"{guarantee.roi:g} × fee, else {percent(guarantee.returned)}{missing} back"


def _roles(instance: Instance) -> Table:
    assert instance.staff is not None
    shown = simple(
        "Role", ">Heads", ">Wage", ">Hours", ">Hires a period", ">in all", ">Lead", "Covers"
    )
    for j, role in instance.staff.roles.items():
        total = DASH if role.hires_total is None else str(role.hires_total)
        shown.add_row(
            Text(plain(label_of(role, j))),
            f"{role.heads:g}",
            amount(role.wage),
            decimal(role.hours, 0),
            str(role.hires_max),
            total,
            str(role.hire_lead),
            ", ".join(role.covers) or DASH,
        )
    return shown


def _money(instance: Instance) -> Table:
    money, shown = instance.money, Table.grid(padding=(0, 3))
    before = money.past.spend()
    earlier = f", {amount(before)} of it before" if before else ""
    budget = "none" if money.budget is None else f"{amount(money.budget)}{earlier}"
    shown.add_row("  budget", budget)
    if money.cash:
        cash = money.cash
        shown.add_row("  opening cash", amount(cash.opening))
        shown.add_row("  floor, credit", f"{amount(cash.floor)}, {amount(cash.credit)}")
    shown.add_row("  overhead a period", amount(money.overhead))
    shown.add_row(
        "  platform fee, other", f"{percent(money.platform_fee, 1)}, {percent(money.tax_other, 1)}"
    )
    shown.add_row("  settled after", _settled(money.settlement))
    return shown


def _settled(shares: list[float]) -> str:
    return ", ".join(f"{n} periods {percent(x)}" for n, x in enumerate(shares) if x)
