"""A plan as a point of the program: every variable of the model gets the value that the replay
gives it.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from allocator.handover import Handover, hand_over
from allocator.matrix import Vector
from fact_models import split
from fact_models.decisions import Decisions
from fact_models.program import Program, build
from fact_models.reception import parts_of, slots_of
from fact_models.replay import Replay
from fact_models.spec.instance import Instance

NUMBER = re.compile(r"\(([A-Z]{2}\.\d+)\)")


@dataclass(frozen=True)
class Model:
    """A built program with its arrays and the equation of every row."""

    program: Program
    arrays: Handover
    numbers: list[str]
    """Equation of every row; empty for one without a number."""

    @classmethod
    def of(cls, instance: Instance) -> "Model":
        """The program of ``instance``."""
        program = build(instance)
        docs = {}
        for rows in program.model.component_objects(pyo.Constraint):
            found = NUMBER.search(rows.doc or "")
            docs[rows.name] = found.group(1) if found else ""
        arrays = hand_over(program)
        return cls(program, arrays, [docs[n.split("[")[0]] for n in arrays.matrix.row_names])

    def broken(self, x: Vector, tolerance: float = 1e-6) -> list[tuple[str, str, float]]:
        """(equation, name, relative violation) of rows, bounds, whole numbers and concave terms
        that ``x`` breaks. Rows are judged as the solver sees them, in internal units.
        """
        m, scale = self.arrays.matrix, self.arrays.column_scale
        inside, _ = m.scaled(scale)
        size = np.maximum(abs(inside.rows) @ np.abs(x / scale), 1e-3)
        value = inside.rows @ (x / scale)
        over = np.maximum(value - inside.row_upper, inside.row_lower - value) / size
        found = [
            (self.numbers[n], m.row_names[n], float(over[n]))
            for n in np.flatnonzero(~(over <= tolerance))
        ]
        reach = np.maximum(np.maximum(np.abs(m.lower), np.abs(m.upper)), 1e-9)
        out = np.maximum(x - m.upper, m.lower - x) / reach
        out = np.maximum(out, np.where(m.integer, np.abs(x - np.rint(x)), 0.0))
        found += [
            ("bound", m.column_names[n], float(out[n]))
            for n in np.flatnonzero(~(out <= tolerance))
        ]
        gap, size = self.surplus(x)
        return found + [
            (self.arrays.terms.keys[n][0], str(self.arrays.terms.keys[n]), float(gap[n] / size[n]))
            for n in np.flatnonzero(~(gap <= tolerance * size))
        ]

    def surplus(self, x: Vector) -> tuple[Vector, Vector]:
        """y - s phi(x / s) of every concave term, and the size to judge it by."""
        terms = self.arrays.terms
        y, at, s = terms.y.at(x), terms.x.at(x), terms.s.at(x)
        held = s > 1e-9
        ratio = np.where(held, at / np.where(held, s, 1.0), 0.0)
        value = np.where(held, s * terms.curve(np.maximum(ratio, 0.0))[0], 0.0)
        return y - value, np.maximum(np.maximum(np.abs(y), np.abs(value)), 1e-6 * terms.scale)

    def objective(self, x: Vector) -> float:
        """What the program maximises."""
        return float(self.arrays.matrix.cost @ x)


def point(model: Model, states: Replay) -> Vector:
    """The replayed plan as columns of the program.

    Raises:
        AssertionError: a column got no value.
    """
    values: dict[int, float] = {}

    def put(variable: Any, value: float) -> None:
        values[id(variable)] = float(value)

    d, instance, p, m = states.decisions, model.program.instance, *_parts(model.program)
    _states(p, m, states, put)
    if instance.field:
        _field(model.program, d, states, put)
        _modes(p, m, d, states, put)
    if instance.alliance:
        _alliance(instance, p, m, d, states, put)
    for n, key in enumerate(p.ids.packages):
        if key in p.entries:
            put(m.campaign.package[key], d.package[n])
            if key[0] in m.campaign.joined:
                same = [i for i, other in enumerate(p.ids.packages) if other[0] == key[0]]
                put(m.campaign.joined[key[0]], d.package[same].sum())
    for n, k in enumerate(p.ids.deals):
        for t in p.sessions[k].dates:
            put(m.kol.deal[k, t], d.deal[n, t])
        if p.sessions[k].dates:
            put(m.kol.signed[k], d.deal[n].sum())
    _goods(instance, p, m, d, states, put)
    if instance.staff:
        _staff(p, m, d, states, put)
    _money(instance, p, m, d, states, put)
    x = np.full(model.arrays.matrix.cost.size, np.nan)
    for v in m.component_data_objects(pyo.Var):
        place = model.arrays.column_of.get(id(v))
        if place is not None and id(v) in values:
            x[place] = values[id(v)]
    _earned(model, x)
    _mode_reception(model, x)
    _split(model, x)
    _pieces(model, x)
    missing = [model.arrays.matrix.column_names[n] for n in np.flatnonzero(np.isnan(x))]
    assert not missing, missing[:5]
    return x


def _earned(model: Model, x: Vector) -> None:
    """(SN.2) Traffic earned: all that its row allows."""
    matrix = model.arrays.matrix
    for n in np.flatnonzero(np.array(model.numbers) == "SN.2"):
        row = slice(matrix.rows.indptr[n], matrix.rows.indptr[n + 1])
        places, factors = matrix.rows.indices[row], matrix.rows.data[row]
        mine = next(k for k in places if matrix.column_names[k].startswith("snowball.earned["))
        x[mine] = 0.0
        x[mine] = (matrix.row_upper[n] - factors @ x[places]) / factors[places == mine][0]


def _mode_reception(model: Model, x: Vector) -> None:
    """(CA.14)-(CA.18) The mode in force has all hours, their reception and all that better
    conversion brings."""
    m, column = model.program.model, model.arrays.column_of
    for (a, n, t), hours in m.modes.mode_hours.items() if hasattr(m, "modes") else ():
        on = x[column[id(m.modes.mode[n, t])]]
        spec = model.program.instance.field
        assert spec is not None
        ((k, part),) = parts_of(spec.accounts[a]).items()
        assert part.curve is not None
        given = model.arrays.value(x, m.field.hours[a, k, t])
        x[column[id(hours)]] = on * given
        x[column[id(m.modes.mode_capacity[a, n, t])]] = on * float(part.curve.value(given))
        x[column[id(m.modes.mode_extra[a, n, t])]] = on * _worth(model, x, m.field.extra[a, t])


def _split(model: Model, x: Vector) -> None:
    """(CA.19)-(CA.29) All visits and all traffic are on the side that the plan takes."""
    program, column = model.program, model.arrays.column_of
    m = program.model
    if not hasattr(m, "split"):
        return
    rooms = split.Rooms(m, program.instance, program.parameters, program.bounds)
    for e, s, t in m.split.traffic:
        joined = model.arrays.value(x, m.campaign.taken[e].expr)
        for name in ("traffic", "visits", "other", "shared"):
            amount = _worth(model, x, getattr(rooms, name)(s, t))
            x[column[id(getattr(m.split, name)[e, s, t])]] = joined * amount
    kinds = {kind.name: kind for kind in rooms.kinds}
    for name, e, s, t in m.split.kind:
        joined = model.arrays.value(x, m.campaign.taken[e].expr)
        amount = _worth(model, x, kinds[name].whole(s, t))
        x[column[id(m.split.kind[name, e, s, t])]] = joined * amount


def _worth(model: Model, x: Vector, expression: Any) -> float:
    """Value of a linear expression at ``x`` (n,)."""
    form = generate_standard_repn(expression)
    parts = zip(form.linear_coefs, form.linear_vars, strict=True)
    return float(form.constant + sum(factor * model.arrays.value(x, v) for factor, v in parts))


def _parts(program: Program) -> tuple[Any, Any]:
    return program.parameters, program.model


def _states(p: Any, m: Any, states: Replay, put: Any) -> None:
    d, b = states.decisions, m.snowball
    for j, s in enumerate(p.ids.segments):
        for t in range(p.ids.periods + 1):
            for i, a in enumerate(p.ids.accounts):
                put(b.traffic[a, s, t], states.traffic[i, j, t])
            for name in ("followers", "customers", "interest", "awareness"):
                put(getattr(b, name)[s, t], getattr(states, name)[j, t])
        for t in p.periods:
            put(b.contacts[s, t], states.contacts[j, t])
            put(b.new_followers[s, t], states.new_followers[j, t])
            sold = states.own_orders[:, j, t].sum() + states.creator_orders[:, j, t].sum()
            put(b.content_orders[s, t], sold + states.kol_orders[j, t])
            put(b.shelf_orders[s, t], d.shelf_orders[j, t])
            put(b.repeat_orders[s, t], d.repeat_orders[j, t])


def _field(program: Program, d: Decisions, states: Replay, put: Any) -> None:
    p, b, spec = program.parameters, program.model.field, program.instance.field
    assert spec is not None
    for i, (a, account) in enumerate(spec.accounts.items()):
        if not account.open:
            put(b.opened[a], d.start[i].sum())
            for t in p.periods:
                put(b.standing[a, t], states.open[i, t])
        slots = slots_of(account)
        for k, part in parts_of(account).items():
            places = [list(slots).index(slot) for slot in part.slots]
            for t in p.periods:
                put(b.hours[a, k, t], d.hours[i, places, t].sum())
                received = 0.0
                for place in places:
                    _, share, factor = list(slots.values())[place]
                    held = share * states.open[i, t]
                    ratio = d.hours[i, place, t] / held if held > 0 else 0.0
                    received += factor * held * account.reception.value(ratio)
                put(b.capacity[a, k, t], received)
        for t in p.periods:
            if not account.open:
                put(b.start[a, t], d.start[i, t])
            if account.hours_min > 0:
                put(b.on[a, t], d.on[i, t])
            if account.quality:
                put(b.skilled[a, t], d.skilled[i, t])
    for t in p.periods:
        for n, (name, boost) in enumerate(spec.boosts.items()):
            put(b.boost_spend[name, t], d.boost_spend[n, t])
            money = d.boost_spend[n, t] / float(p.boost_cost[t])
            stock = states.content[t] if boost.per_content else 1.0
            visits = stock * boost.curve.value(money / stock) if stock > 0 else 0.0
            put(b.boost_visits[name, t], visits)
        for n, level in enumerate(spec.discounts):
            put(b.discount[level, t], d.discount[n, t])
    if spec.content:
        for t in range(p.ids.periods + 1):
            put(b.content_stock[t], states.content[t])
        for t in p.periods:
            put(b.content_made[t], d.content_made[t])
            put(b.content_bought[t], d.content_bought[t])
    _rooms(program, d, states, put)


def _rooms(program: Program, d: Decisions, states: Replay, put: Any) -> None:
    p, b, spec = program.parameters, program.model.field, program.instance.field
    assert spec is not None
    rooms = [
        (i, j, a, s) for i, a in enumerate(p.ids.accounts) for j, s in enumerate(p.ids.segments)
    ]
    for i, j, a, s in rooms:
        for t in p.periods:
            for name in ("recommended", "distinct", "returning", "inflow", "harvested"):
                put(getattr(b, name)[a, s, t], getattr(d, name)[i, j, t])
            put(b.visits[a, s, t], states.visits[i, j, t])
            put(b.base_orders[a, s, t], d.base_orders[i, j, t])
            if spec.accounts[a].quality:
                put(b.well_received[a, s, t], d.well_received[i, j, t])
            if (a, s, t) in b.matched:
                put(b.matched[a, s, t], d.matched[i, j, t])
            for n, boost in enumerate(p.ids.boosts):
                put(b.boosted[boost, a, s, t], d.boosted[n, i, j, t])


def mode_in_force(p: Any, d: Decisions, t: int) -> int:
    """Number of the mode that the plan's packages and discount level make in ``t``."""
    taken = {key for n, key in enumerate(p.ids.packages) if d.package[n] > 0.5}
    level = next((l for n, l in enumerate(p.ids.discounts) if d.discount[n, t] > 0.5), None)
    groups = {group for mode in p.modes[t] for group in mode.groups if taken & set(group)}
    return next(
        n
        for n, mode in enumerate(p.modes[t])
        if set(mode.groups) == groups and mode.level == level
    )


def _modes(p: Any, m: Any, d: Decisions, states: Replay, put: Any) -> None:
    for t in p.periods:
        if len(p.modes[t]) == 1:
            continue
        now = mode_in_force(p, d, t)
        for i, a in enumerate(p.ids.accounts):
            for j, s in enumerate(p.ids.segments):
                put(m.modes.ordered[a, s, t], states.own_orders[i, j, t])
        for n in range(len(p.modes[t])):
            put(m.modes.mode[n, t], float(n == now))
            for i, a in enumerate(p.ids.accounts):
                for j, s in enumerate(p.ids.segments):
                    value = d.base_orders[i, j, t] if n == now else 0.0
                    put(m.modes.mode_orders[a, s, n, t], value)


def _alliance(instance: Instance, p: Any, m: Any, d: Decisions, states: Replay, put: Any) -> None:
    assert instance.alliance is not None
    for n, c in enumerate(p.ids.tiers):
        for t in range(p.ids.periods + 1):
            put(m.alliance.pool[c, t], states.pool[n, t])
    for n, (c, o) in enumerate(p.ids.offers):
        for t in p.periods:
            past = instance.alliance.contract_elapsed
            block = (t + past) // instance.alliance.contract_periods
            if (c, o, block) in m.alliance.choice:
                put(m.alliance.choice[c, o, block], d.offer[n, t])
            put(m.alliance.kept[c, o, t], d.kept[n, t])
            put(m.alliance.samples[c, o, t], d.samples[n, t])
            put(m.alliance.visits[c, o, t], d.creator_visits[n, t])
    for j, s in enumerate(p.ids.segments):
        for t in p.periods:
            put(m.alliance.all_orders[s, t], states.creator_orders[:, j, t].sum())


def _goods(instance: Instance, p: Any, m: Any, d: Decisions, states: Replay, put: Any) -> None:
    for (channel, g, t), variable in m.goods.line_orders.items():
        if channel.startswith("field:"):
            place, share = 0, float(int(channel.split(":")[1]) == mode_in_force(p, d, t))
        else:
            place, share = p.ids.channels.index(channel), 1.0
        put(variable, share * d.line_orders[place, p.ids.lines.index(g), t])
    for n, (g, line) in enumerate(instance.goods.lines.items()):
        if line.stock is None:
            continue
        for t in range(p.ids.periods + 1):
            put(m.goods.stock[g, t], states.stock[n, t])
        for t in p.periods:
            put(m.goods.purchase[g, t], d.purchase[n, t])
            if line.stock.lot:
                put(m.goods.lots[g, t], d.purchase[n, t] / line.stock.lot)


def _staff(p: Any, m: Any, d: Decisions, states: Replay, put: Any) -> None:
    for n, j in enumerate(p.ids.roles):
        if j in m.staff.hired:
            put(m.staff.hired[j], d.hires[n].sum())
        for t in p.periods:
            put(m.staff.heads[j, t], states.heads[n, t])
            for name in ("hires", "leaves", "overtime", "outsourced"):
                put(getattr(m.staff, name)[j, t], getattr(d, name)[n, t])
            for k, other in enumerate(p.ids.roles):
                if (j, other, t) in m.staff.cover:
                    put(m.staff.cover[j, other, t], d.cover[n, k, t])


def _money(instance: Instance, p: Any, m: Any, d: Decisions, states: Replay, put: Any) -> None:
    gmv = np.sum(list(states.gmv.values()), axis=0)
    for t in p.periods:
        put(m.money.gmv[t], gmv[t])
        put(m.money.net_gmv[t], states.net_gmv[t])
        for lever in ("field", "alliance", "campaign", "kol"):
            put(m.money.spend[lever, t], states.spend[lever][t])
        put(m.money.team[t], states.spend["team"][t])
        put(m.money.margin[t], states.contribution[t])
        if instance.money.cash:
            assert states.cash is not None
            put(m.money.cash[t], states.cash[t])
            put(m.money.drawn[t], d.drawn[t])


def _pieces(model: Model, x: Vector) -> None:
    """Pieces of S-shaped curves: the one that holds the input, at the curve's own height."""
    column = model.arrays.column_of
    for shaped in model.program.terms.shaped:
        block, n = shaped.pieces[0].parent_block(), shaped.pieces[0].index()[0]
        total = _rest(block.input_split[n].body, shaped.parts, model, x)
        # The switch stands on the right of (RC.5), as a constant or with a minus in its body.
        stated = block.one_piece[n].upper
        switch = float(pyo.value(stated)) if stated is not None else 0.0
        switch -= _rest(block.one_piece[n].body, shaped.pieces, model, x)
        inside = [q for q in range(len(shaped.parts)) if shaped.cuts[q] <= total + 1e-12]
        now = max(inside, default=0) if switch > 0.5 else -1
        for q, (piece, part) in enumerate(zip(shaped.pieces, shaped.parts, strict=True)):
            x[column[id(piece)]] = float(q == now)
            x[column[id(part)]] = total if q == now else 0.0
            height = float(shaped.curve.value(total)) if q == now else 0.0
            x[column[id(block.response[n, q])]] = height


def _rest(body: Any, without: list[Any], model: Model, x: Vector) -> float:
    """Value of a linear body but for the variables ``without``, which stand on its other side."""
    found, left_out = generate_standard_repn(body, quadratic=False), {id(v) for v in without}
    parts = zip(found.linear_coefs, found.linear_vars, strict=True)
    values = [
        float(c) * x[model.arrays.column_of[id(v)]] for c, v in parts if id(v) not in left_out
    ]
    return float(found.constant) + float(sum(values))
