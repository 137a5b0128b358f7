"""The forward pass: a plan played through the true laws, period by period."""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay import alliance, snowball
from fact_models.replay.acceptance import POLICIES, Accept
from fact_models.replay.course import Course, begin
from fact_models.replay.known import Facts, facts
from fact_models.replay.kol import OutcomeName
from fact_models.replay.money import ledger
from fact_models.replay.objective import terminal_value, value
from fact_models.spec.instance import Instance

VOLUMES = (
    "kept",
    "creator_visits",
    "recommended",
    "distinct",
    "returning",
    "inflow",
    "harvested",
    "boosted",
    "well_received",
    "matched",
    "base_orders",
    "shelf_orders",
    "repeat_orders",
    "line_orders",
)
"""Arrays of ``Decisions`` that are accepted volumes."""


@dataclass(frozen=True)
class Cut:
    """A planned volume of one period, over all its entries, that was not accepted in full."""

    volume: str
    period: int
    planned: float
    accepted: float


@dataclass(frozen=True)
class Replay:
    """What a plan brings. Flows have T entries along their last axis, states T + 1.

    Axes as in ``decisions.AXES``, c tiers. Money in the file's currency, per period.

    Attributes:
        decisions: the accepted decisions, an independent copy.
        traffic: recommended visits without season [a,s,T+1]; then followers, customers, interested
            people, awareness points [s,T+1], creators [c,T+1], content [T+1], and items in stock
            [g,T+1] (nan for a line without stock).
        heads: heads [j,T]; ``productive`` counts them in trained ones; ``need`` in staff hours.
        open: 1 where an account is open [a,T].
        capacity: visits that can be received [a,T].
        visits: served visits in the own rooms [a,s,T].
        own_orders: orders of the own rooms, mode included [a,s,T]; creators' [co,s,T], KOLs'
            [s,T].
        contacts: follow contacts that count [s,T]; ``new_followers`` those who follow.
        order_factor: orders relative to an ordinary period [T]; ``price_factor`` likewise.
        gmv: paid GMV [T] of field, campaign, alliance, kol, shelf, repeat; field and campaign
            together are the own rooms' GMV, campaign what packages add to or take from it.
        gmv_segment: paid GMV [s,T].
        net_gmv: GMV kept after refunds [T].
        commission: of creators and KOLs [T].
        spend: budgeted spend [T] of field, alliance, campaign, kol, team.
        labour: wages that reach the four levers [T].
        receipts: settled money [T], at the KOL outcome that cash counts on.
        goods: cost of goods [T]; ``logistics`` likewise.
        fee_back: fees of KOLs that come back under a guarantee, by period of the session [T].
        contribution: [T].
        cash: balance at the end of a period without drawn credit [T]; None without cash rows.
        value: (OB.1), or (OB.4) for the goal ``cost``; ``terminal_value`` is (OB.2).
        objective: (OB.3), or (OB.4) for the goal ``cost``.
    """

    decisions: Decisions
    traffic: Array
    followers: Array
    customers: Array
    interest: Array
    awareness: Array
    pool: Array
    content: Array
    stock: Array
    heads: Array
    productive: Array
    need: Array
    open: Array
    capacity: Array
    visits: Array
    own_orders: Array
    creator_orders: Array
    kol_orders: Array
    contacts: Array
    new_followers: Array
    order_factor: Array
    price_factor: Array
    gmv: dict[str, Array]
    gmv_segment: Array
    net_gmv: Array
    commission: Array
    spend: dict[str, Array]
    labour: dict[str, Array]
    receipts: Array
    goods: Array
    logistics: Array
    fee_back: Array
    contribution: Array
    cash: Array | None
    value: float
    terminal_value: float
    objective: float


def run(
    known: Facts, decisions: Decisions, accept: Accept = "planned", outcome: OutcomeName = "mean"
) -> Course:
    """The course of a plan with all states and flows.

    Raises:
        ValueError: an array does not have the instance's shape.
    """
    for name, array in vars(decisions).items():
        if array.shape != known.ids.shape(name):
            raise ValueError(f"{name} has shape {array.shape}, not {known.ids.shape(name)}")
    policy = POLICIES[accept]
    w = begin(known, decisions.copy(), outcome, draws=accept in ("greedy", "controlled"))
    for t in range(known.ids.periods):
        now = slice(t, t + 1)
        policy.creators(w, now)
        policy.rooms(w, now)
        policy.orders(w, now)
        policy.trade(w, now)
        policy.lines(w, now)
        _step(w, t)
    return w


def _step(w: Course, t: int) -> None:
    """States of t + 1: (AL.5), (SN.2) to (SN.4), (SN.11), (SN.12), (SN.15), (SN.16), (GO.3)."""
    k, d = w.known, w.d
    law = k.snowball
    own_contacts = snowball.own_contacts(
        law, w.visits[..., t : t + 1], w.own_orders[..., t : t + 1]
    )[..., 0]
    rooms, ordered = w.creator_rooms[..., t], w.creator_orders[..., t]
    flows = snowball.Flows(
        recommended=d.recommended[..., t],
        own_orders=w.own_orders[..., t],
        own_contacts=own_contacts,
        creator_orders=ordered.sum(axis=0),
        creator_visits=rooms.sum(axis=0),
        kol_orders=w.kol_orders[:, t],
        kol_visits=w.kol_visits[:, t],
        shelf_orders=d.shelf_orders[:, t],
        harvested=d.harvested[..., t].sum(axis=0),
        boosted=d.boosted[..., t].sum(axis=(0, 1)),
    )
    followers, awareness = w.followers[:, t], w.awareness[:, t]
    w.traffic[..., t + 1] = snowball.next_traffic(
        law,
        k.field,
        k.season.per_traffic[:, t],
        (w.traffic[..., t], followers, awareness),
        flows,
        (w.open[:, t], w.open[:, t + 1]),
    )
    abroad = alliance.contacts(k.alliance, rooms, ordered) + w.kol_contacts[:, t]
    met = own_contacts.sum(axis=0) + abroad
    w.contacts[:, t], w.new_followers[:, t] = snowball.reach(law, followers, met)
    w.followers[:, t + 1] = (1 - law.unfollow[:, 0]) * followers + w.new_followers[:, t]
    w.customers[:, t + 1] = snowball.next_customers(law, w.customers[:, t], flows)
    w.interest[:, t + 1] = snowball.next_interest(law, w.interest[:, t], awareness, flows)
    w.awareness[:, t + 1] = law.retention * awareness + w.gain[:, t]
    w.pool[:, t + 1] = alliance.next_pool(k.alliance, d, t, ordered, awareness)
    w.stock[:, t + 1] = w.stock[:, t] - w.items_out(slice(t, t + 1))[:, 0] + w.arrivals[:, t + 1]


def replay(
    instance: Instance,
    decisions: Decisions,
    *,
    accept: Accept = "planned",
    outcome: OutcomeName = "mean",
    record: list[Cut] | None = None,
    known: Facts | None = None,
) -> Replay:
    """Play a plan through the true laws and recompute every figure of it.

    Args:
        instance: the instance.
        decisions: the plan.
        accept: "planned" takes accepted volumes as they are; "trim" cuts them to what states and
            capacities allow and raises nothing; "greedy" keeps the controls and makes accepted
            volumes, lines and drawn credit anew, as large as they can be; "controlled" does so
            with no more of creators and of harvest than planned.
        outcome: outcome of the KOL deals; cash counts on the instance's cash outcome.
        record: takes the volumes that were cut, so that no cut is silent.
        known: ``facts(instance)``, for repeated replays.

    Raises:
        ValueError: an array does not have the instance's shape.
    """
    known = facts(instance) if known is None else known
    # Nonsense in a plan must come out as nonsense, not as a warning on the way.
    with np.errstate(all="ignore"):
        w = run(known, decisions, accept, outcome)
        result = told(w)
    if record is not None:
        record.extend(_cuts(decisions, w.d))
    return result


def _cuts(plan: Decisions, accepted: Decisions) -> list[Cut]:
    found = []
    for name in VOLUMES:
        before, after = getattr(plan, name), getattr(accepted, name)
        axes = tuple(range(before.ndim - 1))
        missing = np.maximum(before - after, 0.0).sum(axis=axes)
        total = before.sum(axis=axes)
        for t in np.flatnonzero(missing > 1e-9 * np.abs(total)):
            found.append(Cut(name, int(t) + 1, float(total[t]), float(total[t] - missing[t])))
    return found


def told(w: Course) -> Replay:
    """The course with its money and its objective."""
    book = ledger(w)
    worth, left = value(w, book), terminal_value(w)
    return Replay(
        decisions=w.d,
        traffic=w.traffic,
        followers=w.followers,
        customers=w.customers,
        interest=w.interest,
        awareness=w.awareness,
        pool=w.pool,
        content=w.content,
        stock=w.stock,
        heads=w.heads,
        productive=w.productive,
        need=book.need,
        open=w.open[:, :-1],
        capacity=w.capacity,
        visits=w.visits,
        own_orders=w.own_orders,
        creator_orders=w.creator_orders,
        kol_orders=w.kol_orders,
        contacts=w.contacts,
        new_followers=w.new_followers,
        order_factor=w.order_factor,
        price_factor=w.price_factor,
        gmv=book.gmv,
        gmv_segment=book.gmv_segment,
        net_gmv=book.net_gmv,
        commission=book.commission,
        spend=book.spend,
        labour=book.labour,
        receipts=book.receipts,
        goods=book.goods,
        logistics=book.logistics,
        fee_back=book.fee_back,
        contribution=book.contribution,
        cash=book.cash,
        value=worth,
        terminal_value=left,
        objective=worth + left,
    )
