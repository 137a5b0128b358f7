"""The verifier on the plans of the eight archetypes: thirty kinds of tampering, none passes.

The plan is what the merchant does today, played forward: it uses every lever that the archetype
has. Amounts are moved by a ten-thousandth where the tolerance is a millionth.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from allocator.load import load
from fact_models.decisions import Decisions, ids_of
from fact_models.replay import Facts, Replay, facts, replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.models.worlds import Tree, merged
from tests.nets.tiers import share

FOLDER = Path(__file__).parents[2] / "instances" / "archetypes"
NAMES = tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))
T = 7
"""Period (0-based) of most tampering."""
LITTLE = 1e-4
LEAST = 30
"""Kinds that every archetype must offer."""


@dataclass(frozen=True)
class Tampering:
    """One change and the violation that it must bring: number, rule, entity, period."""

    kind: str
    change: Callable[[Decisions], None]
    number: str
    rule: str
    entity: str
    period: int | None
    world: Tree | None = None
    stated: float = 1.0
    """Objective stated, relative to the true one."""


@cache
def good(name: str) -> tuple[Instance, Facts, Replay]:
    """An archetype and its plan of today."""
    instance = load(FOLDER / f"{name}.yaml")
    known = facts(instance)
    return instance, known, replay(instance, status_quo(instance), known=known)


def put(name: str, place: tuple[Any, ...], value: float) -> Callable[[Decisions], None]:
    """Writes into an array."""

    def change(d: Decisions) -> None:
        getattr(d, name)[place] = value

    return change


def more(name: str, place: tuple[Any, ...], by: float) -> Callable[[Decisions], None]:
    """Adds to entries of an array."""

    def change(d: Decisions) -> None:
        getattr(d, name)[place] += by

    return change


def nothing(d: Decisions) -> None:
    """Leaves the plan; the instance or the claim is changed instead."""


def shape(name: str, cut: bool) -> Callable[[Decisions], None]:
    """A period missing, or one written twice."""

    def change(d: Decisions) -> None:
        array = getattr(d, name)
        setattr(d, name, array[..., :-1] if cut else np.append(array, array[..., -1:], axis=-1))

    return change


def tamperings(name: str) -> Iterator[Tampering]:
    """What applies to an archetype."""
    instance, _, states = good(name)
    yield from of_rooms(instance, states)
    yield from of_partners(instance, states)
    yield from of_snowball(instance, states)
    yield from of_means(instance, states)
    yield from of_form(instance, states)


def of_rooms(instance: Instance, states: Replay) -> Iterator[Tampering]:
    """Field (FI)."""
    d, ids, field = states.decisions, ids_of(instance), instance.field
    assert field is not None
    a, s = ids.accounts[0], ids.segments[0]
    account, segment = f"account {a}", f"segment {s}"
    both = f"{account}, {segment}"
    visits = float(states.visits[0, 0, T])
    most = field.accounts[a].hours_max
    live = d.hours[0, :, T]
    spread = most * (1 + LITTLE) / live.sum()

    def longer(x: Decisions) -> None:
        x.hours[0, :, T] *= spread

    yield Tampering("hours", longer, "FI.4", "live hours", account, T + 1)
    yield Tampering(
        "reception", put("hours", (0, slice(None), T), 1e-3), "FI.9", "reception", account, T + 1
    )
    yield Tampering(
        "distinct",
        put("distinct", (0, 0, T), float(d.recommended[0, 0, T]) + LITTLE * visits),
        "FI.10", "distinct visits", both, T + 1,
    )  # fmt: skip
    yield Tampering(
        "well received", put("well_received", (0, 0, T), 2 * visits),
        "FI.13", "well-received visits", both, T + 1,
    )  # fmt: skip
    orders = float(d.base_orders[0, 0, T])
    yield Tampering(
        "orders",
        more("base_orders", (0, 0, T), LITTLE * orders),
        "FI.16",
        "own orders",
        both,
        T + 1,
    )
    for n, (i, boost) in enumerate(field.boosts.items()):
        over = put("boost_spend", (n, T), boost.spend_max * (1 + LITTLE))
        rule = "boost spend within its largest"
        yield Tampering(f"spend {i}", over, "FI", rule, f"boost {i}", T + 1)
        if d.boost_spend[n, T] > 0:
            less = put("boost_spend", (n, T), 0.9 * float(d.boost_spend[n, T]))
            rule = "boosted visits"
            yield Tampering(f"unpaid {i}", less, "FI.18", rule, f"boost {i}, {segment}", T + 1)
    yield Tampering("opening", put("start", (0, T), 1.0), "FI.1", "opening date", account, T + 1)
    if field.content:
        over = put("content_made", (T,), field.content.made_max + 1.0)
        yield Tampering("content", over, "FI", "content made within its largest", "", T + 1)
    if field.discounts:
        two = put("discount", (slice(None), T), 1.0)
        yield Tampering("two prices", two, "FI.20", "one discount level", "", T + 1)


def of_partners(instance: Instance, states: Replay) -> Iterator[Tampering]:
    """Alliance (AL), Campaign (CA) and KOL (KO)."""
    d, ids = states.decisions, ids_of(instance)
    assert instance.alliance is not None
    assert instance.campaign is not None
    assert instance.kol is not None
    rows = [n for n in range(len(ids.offers)) if d.offer[n, T] > 0.5]
    n = max(rows, key=lambda row: float(d.kept[row, T]))
    tier, offer = ids.offers[n]
    record, here = instance.alliance.tiers[tier], f"offer {tier}.{offer}"
    kept, visits = float(d.kept[n, T]), float(d.creator_visits[n, T])
    yield Tampering(
        "creators",
        more("kept", (n, T), 0.01 * kept),
        "AL.2",
        "creators kept",
        f"tier {tier}",
        T + 1,
    )
    yield Tampering(
        "samples", put("samples", (n, T), record.samples_max * (1 + LITTLE)),
        "AL.4", "samples", here, T + 1,
    )  # fmt: skip
    yield Tampering(
        "creators' visits", more("creator_visits", (n, T), 1e-3 * visits),
        "AL.6", "creators' visits", here, T + 1,
    )  # fmt: skip
    yield Tampering(
        "no offer", put("offer", (n, T), 0.0), "AL.1", "one offer", f"tier {tier}", T + 1
    )

    def swapped(x: Decisions) -> None:
        other = next(m for m in rows if m != n)
        x.kept[[n, other]] = x.kept[[other, n]]
        x.creator_visits[[n, other]] = x.creator_visits[[other, n]]

    if len(rows) > 1:
        other = next(m for m in rows if m != n)
        place = f"tier {ids.offers[other][0]}"
        yield Tampering("creators swapped", swapped, "AL.2", "creators kept", place, 1)
    e = next(e for e, c in instance.campaign.campaigns.items() if len(c.packages) > 1)
    pair = [m for m, (campaign, _) in enumerate(ids.packages) if campaign == e]
    yield Tampering(
        "two packages", put("package", (pair,), 1.0), "CA.1", "one package", f"campaign {e}", None
    )
    k = ids.deals[0]
    deal = instance.kol.deals[k]
    late = instance.calendar.period_of(deal.last) + 1
    early = instance.calendar.period_of(deal.first) - 1
    at = late if late < ids.periods else early
    yield Tampering(
        "session", put("deal", (0, at), 1.0), "KO", "session date", f"deal {k}", at + 1
    )
    inside = [t for t in range(ids.periods) if early < t < late][:2]
    yield Tampering(
        "two sessions", put("deal", (0, inside), 1.0), "KO.1", "one session", f"deal {k}", None
    )


def of_snowball(instance: Instance, states: Replay) -> Iterator[Tampering]:
    """Snowball (SN) and goods (GO)."""
    d, ids = states.decisions, ids_of(instance)
    s = f"segment {ids.segments[0]}"
    room = f"account {ids.accounts[0]}, {s}"
    visits = float(states.visits[0, 0, T])
    for name, number, rule, entity in (
        ("recommended", "SN.1", "recommended visits", room),
        ("returning", "SN.5", "returning followers", s),
        ("harvested", "SN.14", "harvest", s),
        ("inflow", "SN.18", "inflow of campaigns and KOLs", s),
    ):
        change = more(name, (0, 0, T), visits)
        yield Tampering(name, change, number, rule, entity, T + 1)
    yield Tampering(
        "matched", put("matched", (0, 0, T), visits * 1.01), "SN.7", "matched visits are served",
        room, T + 1,
    )  # fmt: skip
    for name, number in (("shelf", "SN.17"), ("repeat", "SN.13")):
        amount = max(float(getattr(d, f"{name}_orders")[0, T]), 1.0)
        change = more(f"{name}_orders", (0, T), 0.01 * amount)
        yield Tampering(name, change, number, f"{name} orders", s, T + 1)
    if len(ids.lines) > 1:
        lost = more("line_orders", (0, 0, T), -1e-3 * float(d.line_orders[0, 0, T]))
        yield Tampering("lines", lost, "GO.1", "orders by line", "channel field", T + 1)
    stocked = [n for n, line in enumerate(instance.goods.lines.values()) if not line.stock]
    if stocked:
        g = ids.lines[stocked[0]]
        buy = put("purchase", (stocked[0], T), 1.0)
        rule = "purchase within its largest"
        yield Tampering("purchase", buy, "GO", rule, f"line {g}", T + 1)


def of_means(instance: Instance, states: Replay) -> Iterator[Tampering]:
    """Staff (ST) and money (MO)."""
    ids, staff, money = ids_of(instance), instance.staff, instance.money
    assert staff is not None
    assert money.cash is not None
    assert states.cash is not None
    j = ids.roles[0]
    role, name = staff.roles[j], f"role {j}"
    yield Tampering(
        "hires", put("hires", (0, T), role.hires_max + 1.0), "ST", "hires within their largest",
        name, T + 1,
    )  # fmt: skip
    yield Tampering(
        "leaves", put("leaves", (0, T), role.leaves_max + 1.0), "ST",
        "leaves within their largest", name, T + 1,
    )  # fmt: skip
    heads = float(states.heads[0, T])
    yield Tampering(
        "overtime", put("overtime", (0, T), (role.overtime_share + 0.01) * heads * role.hours),
        "ST.4", "overtime", name, T + 1,
    )  # fmt: skip
    yield Tampering(
        "outsourced", put("outsourced", (0, T), role.outsource_max + heads * role.hours),
        "ST", "outsourced hours within their largest", name, T + 1,
    )  # fmt: skip
    yield Tampering(
        "cover", put("cover", (0, 0, T), 1.0), "ST.3", "cover by roles that can",
        f"{name}, {name}", T + 1,
    )  # fmt: skip
    yield Tampering(
        "credit", put("drawn", (T,), money.cash.credit + float(states.cash[T])),
        "MO.14", "credit line", "", T + 1,
    )  # fmt: skip
    spend = np.sum(list(states.spend.values()), axis=0)
    short: Tree = {"money": {"budget": float(spend.sum()) * (1 - LITTLE)}}
    yield Tampering("budget", nothing, "MO.7", "budget", "", None, world=short)
    top = int(spend.argmax())
    short = {"money": {"budget_per_period": float(spend[top]) * (1 - LITTLE)}}
    yield Tampering("week", nothing, "MO.8", "budget of a period", "", top + 1, world=short)
    low = int(states.cash.argmin())
    gmv = sum(float(flow.sum()) for flow in states.gmv.values()) / ids.periods
    floor = max(float(states.cash[low]), 0.0) + LITTLE * max(gmv, float(states.cash[low]))
    short = {"money": {"cash": {"floor": floor}}}
    yield Tampering("cash", nothing, "MO.14", "cash floor", "", low + 1, world=short)


def of_form(instance: Instance, states: Replay) -> Iterator[Tampering]:
    """Shapes, numbers that are none, the stated objective."""
    ids = ids_of(instance)
    room = f"account {ids.accounts[0]}, segment {ids.segments[0]}"
    role = f"role {ids.roles[0]}"
    for value, kind in ((float("nan"), "nan"), (float("inf"), "inf")):
        change = put("base_orders", (0, 0, T), value)
        yield Tampering(kind, change, "FI", "base_orders finite", room, T + 1)
    negative = put("samples", (0, T), -1.0)
    offer = f"offer {'.'.join(ids.offers[0])}"
    yield Tampering("negative", negative, "AL", "samples not negative", offer, T + 1)
    yield Tampering("half a head", put("hires", (0, T), 0.5), "ST", "hires whole", role, T + 1)
    for cut, kind in ((True, "period missing"), (False, "period twice")):
        change = shape("kept", cut)
        yield Tampering(kind, change, "AL", "kept has its shape", "", None)
    for stated in (1 + 2e-6, 0.0, float("nan")):
        kind = f"objective times {stated}"
        yield Tampering(kind, nothing, "OB.3", "stated objective", "", None, stated=stated)


@pytest.mark.parametrize(
    "name",
    share(NAMES, [name for name in NAMES if name.endswith("-26")]),
)
def test_no_tampering_passes(name: str) -> None:
    """Every kind is refused, and among the reasons are rule, entity and period of the change."""
    instance, known, states = good(name)
    assert verify(instance, states.decisions, objective=states.objective, known=known).ok
    kinds = list(tamperings(name))
    assert len(kinds) >= LEAST
    for each in kinds:
        d, there, then = states.decisions.copy(), instance, known
        each.change(d)
        if each.world:
            tree = instance.model_dump(mode="json", by_alias=True, exclude_none=True)
            there = Instance.model_validate(merged(tree, each.world))
            then = facts(there)
        stated = states.objective * each.stated
        found = verify(there, d, objective=stated, known=then)
        assert not found.ok, each.kind
        reasons = {(v.number, v.rule, v.entity, v.period) for v in found.violations}
        assert (each.number, each.rule, each.entity, each.period) in reasons, each.kind
        assert not found.max_violation <= 1e-6, each.kind
