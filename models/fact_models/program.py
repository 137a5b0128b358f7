"""The program: one block per mechanism; every coupling between mechanisms stands on this page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from fact_models import (
    alliance,
    campaign,
    field,
    goods,
    kol,
    money,
    objective,
    snowball,
    split,
    staff,
)
from fact_models.bounds import Bounds, bounds
from fact_models.goods import Sale, Worth, worth
from fact_models.money import LEVERS, Outlays, Takings
from fact_models.parameters import Parameters, excluded_by_price, parameters
from fact_models.reception import parts_of
from fact_models.shape import Splits
from fact_models.snowball import Flows
from fact_models.spec.instance import Instance
from fact_models.staff import most_heads, most_hours
from fact_models.terminal import terminal_values
from fact_models.terms import Terms


@dataclass(frozen=True)
class Program:
    """A built program: linear rows in ``model``, concave terms beside them."""

    instance: Instance
    parameters: Parameters
    bounds: Bounds
    model: Any
    terms: Terms


def build(
    instance: Instance, splits: Splits | None = None, tick: Callable[[], None] | None = None
) -> Program:
    """The whole program of ``instance``; no solver is touched.

    Args:
        instance: what to plan.
        splits: breakpoints inside convex pieces of S-shaped curves, by name of the response.
        tick: called between the blocks; what it raises ends the work.
    """
    tick = tick or (lambda: None)
    p = parameters(instance)
    top = bounds(instance, p)
    terms = Terms()
    m: Any = pyo.ConcreteModel(name="fact")
    m.snowball = pyo.Block()
    snowball.declare_states(m.snowball, instance.snowball, p, top)
    tick()
    if instance.field:
        m.field = pyo.Block()
        field.build(
            m.field,
            instance.field,
            p,
            top,
            terms,
            splits or {},
            segments=snowball.matching(instance.snowball),
        )
    tick()
    if instance.alliance:
        m.alliance = pyo.Block()
        alliance.build(
            m.alliance, instance.alliance, p, top, terms, awareness=m.snowball.awareness
        )
    tick()
    if instance.kol:
        m.kol = pyo.Block()
        kol.build(m.kol, instance.kol, p)
    if instance.campaign:
        m.campaign = pyo.Block()
        undercut = campaign.undercuts(
            p,
            lambda entry, k, t: excluded_by_price(instance, entry, p.sessions[k], t),
            instance.kol.spacing if instance.kol else 0,
        )
        deal = m.kol.deal if instance.kol else {}
        campaign.build(m.campaign, instance.campaign, p, deal=deal, undercut=undercut)
    tick()
    spans = split.touched(instance, p)
    if instance.field:
        m.modes = pyo.Block()
        campaign.build_modes(
            m.modes,
            p,
            top,
            base_orders=m.field.base_orders,
            package=m.campaign.package if instance.campaign else {},
            discount=m.field.discount,
        )
        campaign.build_mode_reception(
            m.modes,
            p,
            terms,
            rooms=_rooms(m, instance, p, top),
            without={t for span in spans.values() for t in span},
        )
    tick()
    m.laws = pyo.Block()
    _laws(m, instance, p, top, terms)
    tick()
    if spans:
        m.split = pyo.Block()
        split.build(
            m.split,
            split.Rooms(m, instance, p, top),
            spans=spans,
            joined={e: m.campaign.taken[e] for e in spans},
        )
    tick()
    _goods_and_money(m, instance, p, top)
    tick()
    m.objective = pyo.Block()
    objective.build(
        m.objective,
        instance.objective,
        p,
        money=m.money,
        snowball=m.snowball,
        pool=m.alliance.pool if instance.alliance else {},
        worth=terminal_values(instance),
    )
    return Program(instance, p, top, m, terms)


def _rooms(m: Any, instance: Instance, p: Parameters, top: Bounds) -> dict[str, campaign.Room]:
    """Accounts whose hours enter one concave reception, as the modes see them."""
    assert instance.field is not None
    segments, found = instance.snowball.segments, {}
    for a, account in instance.field.accounts.items():
        parts = list(parts_of(account).items())
        k, part = parts[0]
        if len(parts) > 1 or part.curve is None or not part.curve.is_concave:
            continue
        ordinary = [rates for rates in segments.values() if rates.conversion > 0]
        shares = [field.advantage(account, rates, instance.field) for rates in ordinary]
        if not shares:
            continue
        found[a] = campaign.Room(
            hours_max=part.hours_max,
            capacity=top.capacity[a, k],
            curve=part.curve,
            advantage=(min(least for least, _ in shares), max(most for _, most in shares)),
            hours={t: m.field.hours[a, k, t] for t in p.periods},
            extra={t: m.field.extra[a, t] for t in p.periods},
            rate={
                (s, t): float(p.conversion[s][t]) * account.conversion_factor * rates.conversion
                for s, rates in segments.items()
                for t in p.periods
            },
        )
    return found


def _laws(m: Any, instance: Instance, p: Parameters, top: Bounds, terms: Terms) -> None:
    """The snowball takes what the levers offer."""

    def offered(name: str, *levers: str) -> Any:
        blocks = [getattr(m, lever) for lever in levers if getattr(instance, lever)]
        values = [getattr(block, name) for block in blocks]
        return lambda s, t: sum(value[s, t] for value in values)

    flows = Flows(
        own_orders=m.modes.own_orders if instance.field else {},
        creator_orders=offered("all_orders", "alliance"),
        creator_visits=offered("all_visits", "alliance"),
        creator_contacts=offered("contacts", "alliance"),
        kol_orders=offered("orders", "kol"),
        kol_visits=offered("visits", "kol"),
        kol_contacts=offered("contacts", "kol"),
        inflow=offered("inflow", "kol", "campaign"),
        gain=offered("gain", "kol", "campaign"),
    )
    snowball.build(
        m.snowball,
        instance.snowball,
        p,
        top,
        terms,
        field_spec=instance.field,
        field=m.field if instance.field else None,
        flows=flows,
    )


def _sales(m: Any, instance: Instance, p: Parameters, top: Bounds) -> list[Sale]:
    """Orders of every channel and period, with price and commission."""
    found = []
    for t in p.periods:
        if instance.field:
            rooms = [(a, s) for a in p.ids.accounts for s in p.ids.segments]
            base = sum(float(top.base[a, s][t]) for a, s in rooms)
            for n, mode in enumerate(p.modes[t]):
                orders = sum(m.modes.orders_in_mode[a, s, n, t] for a, s in rooms)
                most = mode.order_factor * base
                found.append(Sale(f"field:{n}", "field", t, orders, most, mode.price_factor))
        for c, o in p.ids.offers:
            assert instance.alliance is not None
            tier, offer = instance.alliance.tiers[c], instance.alliance.tiers[c].offers[o]
            rate = sum(
                float(p.conversion[s][t] * p.traffic[s][t])
                * tier.conversion.get(s, 0.0)
                * tier.mix.get(s, 0.0)
                for s in p.ids.segments
            )
            found.append(
                Sale(
                    f"{c}.{o}",
                    "alliance",
                    t,
                    rate * m.alliance.visits[c, o, t],
                    rate * float(top.creator_visits[c, o][t]),
                    1 - tier.discount,
                    offer.commission + offer.service_fee,
                )
            )
        shelf = sum(m.snowball.shelf_orders[s, t] for s in p.ids.segments)
        most = sum(float(top.shelf[s][t]) for s in p.ids.segments)
        found.append(Sale("shelf", "shelf", t, shelf, most, 1.0))
        repeat = sum(m.snowball.repeat_orders[s, t] for s in p.ids.segments)
        most = sum(float(top.repeat[s][t]) for s in p.ids.segments)
        found.append(Sale("repeat", "repeat", t, repeat, most, 1.0))
    return found


def _goods_and_money(m: Any, instance: Instance, p: Parameters, top: Bounds) -> None:
    """Orders become money and hours."""
    sales = _sales(m, instance, p, top)
    m.goods = pyo.Block()
    goods.build(
        m.goods,
        instance.goods,
        p,
        sales,
        deal=m.kol.deal if instance.kol else {},
        package=m.campaign.package if instance.campaign else {},
    )
    hours = _hours(m, instance, p, sales)
    if instance.staff:
        m.staff = pyo.Block()
        staff.build(m.staff, instance.staff, p, need=hours["all"])
    m.money = pyo.Block()
    takings = _takings(m, instance, p, sales)
    outlays = _outlays(m, instance, p, hours, takings.most)
    money.build(m.money, instance.money, p, takings=takings, outlays=outlays)


def _hours(
    m: Any, instance: Instance, p: Parameters, sales: list[Sale]
) -> dict[str, dict[tuple[str, int], Any]]:
    """Hours needed by lever, role and period, and (ST.8) all of them."""
    blocks = {lever: getattr(m, lever) for lever in LEVERS if getattr(instance, lever) is not None}
    found = {
        lever: {(j, t): b.staff_hours[j, t] for j in p.ids.roles for t in p.periods}
        for lever, b in blocks.items()
    }
    at: dict[int, list[str]] = {t: [] for t in p.periods}
    for sale in sales:
        at[sale.t].append(sale.channel)
    per_order = instance.staff.order_hours if instance.staff else {}
    m.need = pyo.Block()

    @m.need.Expression(p.ids.roles, list(p.periods), doc="(ST.8) hours needed")
    def hours(b, j, t):
        total = sum(lever[j, t] for lever in found.values())
        if per_order.get(j, 0.0) > 0:
            orders = sum(m.goods.line_orders[ch, g, t] for ch in at[t] for g in p.ids.lines)
            if instance.kol:
                orders += sum(m.kol.orders[s, t] for s in p.ids.segments)
            total += per_order[j] * orders
        return total

    found["all"] = {(j, t): m.need.hours[j, t] for j in p.ids.roles for t in p.periods}
    return found


def _takings(m: Any, instance: Instance, p: Parameters, sales: list[Sale]) -> Takings:
    """Linear money expressions of the channels and of the sessions."""
    spec, lines = instance.money, instance.goods.lines
    kept_share = 1 - spec.platform_fee - spec.tax_other

    def zeros() -> dict[int, Any]:
        return dict.fromkeys(p.periods, 0.0)

    gmv, kept, cost, freight, bought, receipts_gap, costs_gap = (zeros() for _ in range(7))
    most, most_cost, most_back = zeros(), zeros(), zeros()
    commission = {"alliance": zeros(), "kol": zeros()}
    for sale in sales:
        t = sale.t
        for g, line in lines.items():
            item = worth(line, sale.price_factor)
            items = line.conversion_factor * m.goods.line_orders[sale.channel, g, t]
            gmv[t] += item.gmv * items
            kept[t] += item.kept * items
            cost[t] += item.goods * items
            freight[t] += item.logistics * items
            if line.stock is None:
                bought[t] += item.goods * items
            if sale.commission > 0:
                commission["alliance"][t] += sale.commission * item.kept * items
        dearest = [(worth(i, sale.price_factor), i.conversion_factor) for i in lines.values()]
        most[t] += sale.most * max(item.gmv * by for item, by in dearest)
        most_cost[t] += sale.most * max((item.goods + item.logistics) * by for item, by in dearest)
    for k, session in p.sessions.items():
        for t in session.dates:
            q = m.kol.deal[k, t]
            one = _session_worth(instance, session)
            gmv[t] += one.gmv * q
            kept[t] += one.kept * q
            cost[t] += one.goods * q
            freight[t] += one.logistics * q
            commission["kol"][t] += session.spec.commission * one.kept * q
            cash_goods = _session_worth(instance, session, stocked=False).goods
            bought[t] += cash_goods * q
            gap = session.cash_ratio - 1
            receipts_gap[t] += gap * (kept_share - session.spec.commission) * one.kept * q
            costs_gap[t] += gap * (cash_goods + one.logistics) * q
            most[t] += one.gmv
            most_back[t] += session.fee_back
            most_cost[t] += one.goods + one.logistics
    for g, line in lines.items():
        if line.stock:
            for t in p.periods:
                bought[t] += line.unit_cost * m.goods.purchase[g, t]
    top, cost_top = max(most.values()), max(most_cost.values())
    return Takings(
        gmv,
        kept,
        commission,
        cost,
        freight,
        bought,
        receipts_gap,
        costs_gap,
        fee_back={t: m.kol.fee_back[t] if instance.kol else 0.0 for t in p.periods},
        fee_back_in_cash={
            t: m.kol.fee_back_in_cash[t] if instance.kol else 0.0 for t in p.periods
        },
        most=max(top, 1e-6),
        most_cost=cost_top,
        most_back=max(most_back.values()),
    )


def _session_worth(instance: Instance, session: Any, *, stocked: bool = True) -> Worth:
    """Money of a session at the mean outcome; without ``stocked``, goods of lines that are bought
    as they are sold.
    """
    deal, orders = session.spec, sum(session.orders.values())
    sums = dict.fromkeys(("gmv", "kept", "goods", "logistics", "shipped"), 0.0)
    for g, share in session.lines.items():
        line = instance.goods.lines[g]
        item = worth(
            line, 1 - deal.discount, pre_add=deal.refund_pre_add, post_add=deal.refund_post_add
        )
        for name in sums:
            if name == "goods" and line.stock and not stocked:
                continue
            sums[name] += share * orders * getattr(item, name)
    return Worth(**sums)


def _outlays(
    m: Any,
    instance: Instance,
    p: Parameters,
    hours: dict[str, dict[tuple[str, int], Any]],
    most_gmv: float,
) -> Outlays:
    """Money that the levers and the team take."""
    roles = instance.staff.roles if instance.staff else {}
    cash_out, labour = {}, {}
    for lever in LEVERS:
        used = getattr(instance, lever) is not None
        block = getattr(m, lever) if used else None
        cash_out[lever] = {t: block.cash_out[t] if block is not None else 0.0 for t in p.periods}
        labour[lever] = {
            t: sum(role.wage / role.hours * hours[lever][j, t] for j, role in roles.items())
            if used
            else 0.0
            for t in p.periods
        }
    team = {t: m.staff.cash_out[t] if roles else 0.0 for t in p.periods}
    return Outlays(cash_out, labour, team, _most_spend(instance, p) + most_gmv)


def _most_spend(instance: Instance, p: Parameters) -> float:
    """Largest spend of a period besides commission."""
    found = 0.0
    if instance.field:
        found += sum(a.opening_cost + a.fixed_cost for a in instance.field.accounts.values())
        found += sum(i.spend_max for i in instance.field.boosts.values())
        content = instance.field.content
        found += content.price * content.bought_max if content else 0.0
    if instance.alliance:
        found += sum(c.sample_cost * c.samples_max for c in instance.alliance.tiers.values())
    if instance.campaign:
        found += sum(entry.spec.fee for entry in p.entries.values())
    found += sum(session.fee for session in p.sessions.values())
    if instance.staff:
        last = p.ids.periods - 1
        for j, role in instance.staff.roles.items():
            heads = most_heads(instance.staff, j, last)
            found += role.wage * heads * (1 + role.overtime_factor * role.overtime_share)
            found += role.outsource_price * role.outsource_max
            found += role.hire_cost * role.hires_max + role.severance * role.leaves_max
            found += role.wage / role.hours * most_hours(instance.staff, j, last)
    return found
