"""An instance on a terminal: what it is, what it uses, how large it is."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, amount, decimal, percent, plain, whole
from allocator.panel import label_of, week_of
from allocator.screen_levers import bullets, simple
from fact_models.spec.instance import Instance
from fact_models.spec.kol import Guarantee


def one_line(instance: Instance) -> str:
    """Sizes of an instance and what it uses, on a line."""
    parts = [
        f"{instance.calendar.periods} periods from {week_of(instance.calendar, 0)}",
        *(f"{count} {name}" for count, name in _sizes(instance)),
    ]
    money = instance.money
    if money.budget is not None:
        parts.append(f"budget {amount(money.budget)}")
    if money.cash:
        parts.append("cash")
    parts.append(f"goal {instance.objective.goal}, {instance.snowball.model}")
    return ", ".join(parts)


def _sizes(instance: Instance) -> Iterator[tuple[int, str]]:
    field, goods = instance.field, instance.goods.lines
    counts = (
        (len(instance.snowball.segments), "segment"),
        (len(field.accounts) if field else 0, "account"),
        (len(field.boosts) if field else 0, "boost"),
        (len(instance.alliance.tiers) if instance.alliance else 0, "creator tier"),
        (len(instance.campaign.campaigns) if instance.campaign else 0, "campaign"),
        (len(instance.kol.deals) if instance.kol else 0, "KOL deal"),
        (len(instance.staff.roles) if instance.staff else 0, "role"),
        (len(goods), "product line"),
        (sum(1 for line in goods.values() if line.stock), "with stock"),
    )
    for count, name in counts:
        if count:
            yield count, name if count == 1 or name == "with stock" else f"{name}s"


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
    shown.add_row("  budget", amount(money.budget) if money.budget is not None else "none")
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
