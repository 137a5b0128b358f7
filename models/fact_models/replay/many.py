"""One plan in many worlds at once: the controls are kept, visits and orders are taken up to
capacity in each.

The worlds share names, horizon and structure and differ in figures. What the controls alone
determine, and the money, are computed world by world with the laws of the replay; the forward
pass, which costs most, goes through all worlds together. Arrays have the worlds as their first
axis, d; the others are those of ``Course``. It gives what ``replay`` gives in every world, to
rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.replay.arrays import fit
from fact_models.replay.course import Course, begin
from fact_models.replay.forward import VOLUMES, Replay, told
from fact_models.replay.greedy_many import Rooms, Worlds
from fact_models.replay.known import Facts
from fact_models.replay.laws_many import step

STATES = (
    "traffic", "followers", "customers", "interest", "awareness", "pool", "stock",
    "visits", "own_orders", "creator_rooms", "creator_orders", "contacts", "new_followers",
)  # fmt: skip
"""Arrays of a course that the forward pass fills."""
GIVEN = (
    "open", "capacity", "quality", "boost", "order_factor", "kol_orders", "kol_visits",
    "kol_contacts", "kol_out", "landing", "gain", "arrivals",
)  # fmt: skip
"""Arrays of a course that the controls determine."""


def replay_many(
    known: Sequence[Facts], decisions: Decisions, accept: Literal["greedy", "controlled"]
) -> Iterator[Replay]:
    """The plan in every world, in their order; ``accept`` as in ``replay``.

    Raises:
        ValueError: an array does not have the worlds' shape.
    """
    with np.errstate(all="ignore"):
        courses = _played(known, decisions, accept == "controlled")
    for course in courses:
        with np.errstate(all="ignore"):
            yield told(course)


def _played(known: Sequence[Facts], decisions: Decisions, chosen: bool) -> list[Course]:
    """Courses whose states and volumes are views into arrays of all worlds."""
    ids = known[0].ids
    for name, array in vars(decisions).items():
        if array.shape != ids.shape(name):
            raise ValueError(f"{name} has shape {array.shape}, not {ids.shape(name)}")
    size = len(known)
    volumes = {name: np.zeros((size, *ids.shape(name))) for name in VOLUMES}
    courses = []
    for d, facts in enumerate(known):
        own = {name: array[d] for name, array in volumes.items()}
        plan = replace(decisions, drawn=np.zeros_like(decisions.drawn), **own)
        courses.append(begin(facts, plan, "mean", draws=True))
    states = {name: np.array([getattr(w, name) for w in courses]) for name in STATES}
    for d, course in enumerate(courses):
        for name, array in states.items():
            setattr(course, name, array[d])
    given = {name: np.array([getattr(w, name) for w in courses]) for name in GIVEN}
    worlds = Worlds(known, decisions, volumes, states, given, chosen)
    rooms = Rooms(worlds)
    for t in range(ids.periods):
        _creators(worlds, t)
        rooms.fill(t)
        worlds.volumes["base_orders"][..., t] = np.maximum(rooms.base_limit(t), 0.0)
        worlds.states["own_orders"][..., t] = (
            given["order_factor"][:, t, None, None] * worlds.volumes["base_orders"][..., t]
        )
        _trade(worlds, t)
        _lines(worlds, t)
        step(worlds, t)
    return courses


def _creators(w: Worlds, t: int) -> None:
    """(AL.2), (AL.3), (AL.6): creators up to pool and supply and all their visits, or as planned
    where that is less.
    """
    offer = w.plan.offer[:, t]
    tier, pool = w.known[0].alliance.tier, w.states["pool"][..., t]
    if w.chosen:
        kept = np.minimum(w.plan.kept[:, t], w.supply * offer)
        kept = kept * (fit(kept @ tier.T, pool) @ tier)
    else:
        kept = np.minimum(pool @ tier, w.supply) * offer
    w.volumes["kept"][..., t] = kept
    visits = np.zeros_like(kept)
    for n, curve in enumerate(w.creator_curves):
        held = np.full(len(w.known), offer[n])
        visits[:, n] = w.effort[:, n] * curve.perspective(kept[:, n], held)
    if w.chosen:
        visits = np.minimum(visits, w.plan.creator_visits[:, t])
    w.volumes["creator_visits"][..., t] = visits
    host(w, t)


def host(w: Worlds, t: int) -> None:
    """(AL.7) Creators' visits and orders by segment."""
    visits = w.volumes["creator_visits"][..., t]
    rooms = w.creator_mix * w.traffic[:, None, :, t] * visits[:, :, None]
    w.states["creator_rooms"][..., t] = rooms
    orders = w.creator_conversion * w.conversion[:, None, :, t] * rooms
    w.states["creator_orders"][..., t] = orders


def _shelf_limit(w: Worlds, t: int) -> Array:
    """(SN.17) [d,s]."""
    shelf = w.known[0].snowball.shelf
    followers = w.states["followers"][..., t]
    if shelf is None:
        return np.zeros_like(followers)
    per = w.shelf
    market = w.conversion[..., t] * w.traffic[..., t]
    standing = per[:, :1] * followers + per[:, 1:2] * w.states["awareness"][..., t]
    orders = (
        w.states["own_orders"][..., t].sum(axis=1)
        + w.states["creator_orders"][..., t].sum(axis=1)
        + w.given["kol_orders"][..., t]
    )
    return np.asarray(market * standing + per[:, 2:] * orders)


def _trade(w: Worlds, t: int) -> None:
    """(SN.13), (SN.17) at their limits."""
    w.volumes["shelf_orders"][..., t] = _shelf_limit(w, t)
    repeat = w.rate["repeat_rate"] * w.conversion[..., t] * w.states["customers"][..., t]
    w.volumes["repeat_orders"][..., t] = repeat


def _channels(w: Worlds, t: int) -> Array:
    """Left sides of (GO.1) [d,ch]."""
    parts = (
        w.states["own_orders"][..., t].sum(axis=(1, 2))[:, None],
        w.states["creator_orders"][..., t].sum(axis=2),
        w.volumes["shelf_orders"][..., t].sum(axis=1)[:, None],
        w.volumes["repeat_orders"][..., t].sum(axis=1)[:, None],
    )
    return np.concatenate(parts, axis=1)


def _lines(w: Worlds, t: int) -> None:
    """Lines in the planned proportions, else even within the bounds; then cut to stock."""
    planned = w.plan.line_orders[..., t]
    total = planned.sum(axis=1, keepdims=True)
    share = np.where(total > 0, planned / np.where(total > 0, total, 1.0), w.even)
    lines = share * _channels(w, t)[:, :, None]
    w.volumes["line_orders"][..., t] = lines
    if not w.known[0].goods.stocked:
        return
    factor = _short(w, lines, t)
    if np.all(factor >= 1):
        return
    w.volumes["base_orders"][..., t] *= factor[:, :1, None]
    w.volumes["creator_visits"][..., t] *= factor[:, 1:-2]
    w.volumes["shelf_orders"][..., t] *= factor[:, -2:-1]
    w.volumes["repeat_orders"][..., t] *= factor[:, -1:]
    w.states["own_orders"][..., t] = (
        w.given["order_factor"][:, t, None, None] * w.volumes["base_orders"][..., t]
    )
    host(w, t)
    shelf = np.minimum(w.volumes["shelf_orders"][..., t], _shelf_limit(w, t))
    w.volumes["shelf_orders"][..., t] = shelf
    room = fit(lines.sum(axis=2), _channels(w, t))
    w.volumes["line_orders"][..., t] = lines * room[:, :, None]


def _short(w: Worlds, lines: Array, t: int) -> Array:
    """(GO.4) Factor [d,ch] that fits a channel's orders to the stock of its lines."""
    factor = np.ones(lines.shape[:2])
    out = w.item * lines.sum(axis=1)
    deals, stock = w.given["kol_out"][..., t], w.states["stock"][..., t]
    for g in w.known[0].goods.stocked:
        left = np.maximum(stock[:, g] - deals[:, g], 0.0)
        cut = np.divide(left, out[:, g], out=np.ones_like(left), where=out[:, g] > left)
        sells = lines[:, :, g] > 0
        factor = np.where(sells, np.minimum(factor, cut[:, None]), factor)
    return factor
