"""Sums over what the levers must spend, hold in stock, or keep apart."""

from collections.abc import Iterator

from allocator.conflicts.places import when
from allocator.conflicts.record import Clash, figure
from allocator.conflicts.sentences import SUMS, lever_words, told
from fact_models.parameters import Entry, Parameters
from fact_models.spec.instance import Instance

ROUNDING = 1e-6
"""Excess, as a share of the figure, below which sums count as equal."""


def levers(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """Clashes of budget cells, of stock and of dates."""
    yield from _locked(instance, p)
    yield from _least(instance, p)
    yield from _stock(instance, p)
    yield from _dates(instance, p)


def _above(much: float, limit: float) -> bool:
    return much > limit + ROUNDING * max(abs(much), abs(limit), 1e-9)


def _locked(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """Locked cells fit into the limits of their lever and of their period."""
    money = instance.money
    cells = [(n, cell, p.locked[n]) for n, cell in enumerate(money.locked)]
    for lever, limits in money.levers.items():
        mine = [(n, cell) for n, cell, _ in cells if cell.lever == lever]
        total = sum(cell.spend for _, cell in mine)
        path = ("money", "levers", lever)
        if limits.max is not None and _above(total, limits.max):
            words = told(SUMS["locked_most"], lever=lever_words(lever), total=f"{total:,.8g}")
            yield Clash((*path, "max"), figure(limits.max), words)
        if len(mine) == len(p.periods) and _above(limits.min, total):
            words = told(SUMS["locked_least"], lever=lever_words(lever), total=f"{total:,.8g}")
            yield Clash((*path, "min"), figure(limits.min), words)
    if instance.staff or money.budget_per_period is None:
        return
    for t in p.periods:
        total = sum(cell.spend for _, cell, at in cells if at == t)
        if _above(total, money.budget_per_period):
            at = when(instance.calendar, [t])
            words = told(SUMS["locked_period"], when=at, total=f"{total:,.8g}")
            field = ("money", "budget_per_period")
            yield Clash(field, figure(money.budget_per_period), words, (t + 1,))


def _least(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """A lever can spend what it has to."""
    most = {"campaign": _most_campaign(instance, p), "kol": _most_kol(instance, p)}
    most["field"] = _most_field(instance, p)
    for lever, limits in instance.money.levers.items():
        if lever in most and _above(limits.min, most[lever]):
            words = told(
                SUMS["least_spend"], lever=lever_words(lever), least=f"{limits.min:,.8g}",
                most=f"{most[lever]:,.8g}",
            )  # fmt: skip
            yield Clash(("money", "levers", lever, "min"), figure(limits.min), words)


def _rate(instance: Instance, crew: dict[str, float]) -> float:
    """Labour of a crew's hours."""
    roles = instance.staff.roles if instance.staff else {}
    return sum(roles[j].wage / roles[j].hours * x for j, x in crew.items() if j in roles)


def _most_campaign(instance: Instance, p: Parameters) -> float:
    by_campaign: dict[str, float] = {}
    for entry in p.entries.values():
        fee = entry.spec.fee if entry.signup is not None else 0.0
        cost = fee + float(entry.coverage.sum()) * _rate(instance, entry.spec.crew)
        by_campaign[entry.campaign] = max(by_campaign.get(entry.campaign, 0.0), cost)
    return sum(by_campaign.values())


def _most_kol(instance: Instance, p: Parameters) -> float:
    found = 0.0
    for session in p.sessions.values():
        # Commission is paid on what is kept after refunds, which is at most what is sold.
        sold = session.spec.acceptance * session.spec.gmv.mean()
        one = session.fee + session.spec.commission * sold + _rate(instance, session.spec.crew)
        found += one if session.dates else 0.0
    return found


def _most_field(instance: Instance, p: Parameters) -> float:
    spec = instance.field
    if spec is None:
        return 0.0
    period = sum(
        a.fixed_cost
        + _rate(instance, a.crew) * a.hours_max
        + (_rate(instance, a.quality.crew) * a.quality.hours_max if a.quality else 0.0)
        for a in spec.accounts.values()
    )
    period += sum(b.spend_max * (1 + _rate(instance, b.crew)) for b in spec.boosts.values())
    if spec.content:
        period += spec.content.price * spec.content.bought_max
        period += _rate(instance, spec.content.crew) * spec.content.made_max
    opened = sum(a.opening_cost for a in spec.accounts.values() if not a.open)
    return period * len(p.periods) + opened


def _stock(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """Stock that a signed campaign asks for can be there when its window opens."""
    for entry in p.entries.values():
        for g, floor in entry.spec.stock_floor.items():
            stock = instance.goods.lines[g].stock
            if stock is None or not entry.joined or not 0 <= entry.first < len(p.periods):
                continue
            orders = max(entry.first - stock.lead + 1, 0)
            lot = stock.lot or 1.0
            each = stock.purchase_max // lot * lot if stock.lot else stock.purchase_max
            most = stock.opening + orders * each
            if _above(floor, most):
                at = when(instance.calendar, [entry.first])
                words = told(
                    SUMS["stock"], campaign=entry.campaign, floor=f"{floor:,.8g}", line=g, when=at,
                    most=f"{most:,.8g}", opening=f"{stock.opening:,.8g}", orders=orders,
                    each=f"{each:,.8g}",
                )  # fmt: skip
                path = ("campaign", "campaigns", entry.campaign, "packages", entry.package)
                yield Clash((*path, "stock_floor", g), figure(floor), words, (entry.first + 1,))


def _dates(instance: Instance, p: Parameters) -> Iterator[Clash]:
    """Signed campaigns are as far apart as they have to be."""
    signed = sorted((e for e in p.entries.values() if e.joined), key=_window)
    separation = instance.campaign.separation if instance.campaign else 0
    for n, one in enumerate(signed):
        for other in signed[n + 1 :]:
            gap = _window(other)[0] - _window(one)[1]
            if separation > 0 and gap <= separation:
                at = when(instance.calendar, [_window(other)[0]])
                apart = SUMS["overlap"] if gap <= 0 else told(SUMS["apart"], count=gap - 1)
                words = told(
                    SUMS["dates"], one=one.campaign, other=other.campaign, apart=apart, when=at
                )
                path = ("campaign", "separation")
                yield Clash(path, figure(separation), words, (_window(other)[0] + 1,))


def _window(entry: Entry) -> tuple[int, int]:
    """First window period, and the last within the horizon."""
    inside = [t for t, share in enumerate(entry.coverage) if share > 0]
    return entry.first, inside[-1]
