"""From a history to the inputs of the laws: calendar, reception, packages, content."""

from datetime import date

import numpy as np

from allocator.fit.history import Array, History
from fact_models.decisions import ids_of
from fact_models.ensemble import Controls
from fact_models.replay.field import capacity, quality_limit
from fact_models.replay.known import Facts
from fact_models.spec.calendar import Calendar
from fact_models.spec.campaign import Campaign, Dip
from fact_models.spec.instance import Instance

STEADY = 4
"""First weeks whose videos tell how many worked before."""


def controls_of(known: Facts, history: History) -> Controls:
    """The history's inputs, with the season of the instance file where its dates fall."""
    instance = known.instance
    calendar = Calendar(start=history.first.isoformat(), periods=history.weeks)
    market, conversion, cost = season(instance, calendar)
    package, dip, inflow, gain = _promotions(known, history)
    reception, well = _reception(known, history)
    return Controls(
        open=np.concatenate([history.open, history.open[-1:]]),
        market=market,
        conversion=conversion,
        boost_cost=cost,
        reception=reception,
        well=well,
        spend=history.spend,
        content=_content(known, history.videos),
        creators=history.creators,
        inflow=inflow + history.segments["inflow_visits"],
        harvested=history.segments["harvested_visits"],
        gain=gain,
        contacts=history.segments["kol_contacts"],
        package=package,
        dip=dip,
    )


def season(instance: Instance, calendar: Calendar) -> tuple[Array, Array, Array]:
    """Traffic and conversion [t,s] and boost cost [t] of the file's season on another calendar."""
    ids = ids_of(instance)
    shape = (calendar.periods, len(ids.segments))
    traffic, conversion, cost = np.ones(shape), np.ones(shape), np.ones(calendar.periods)
    for span in instance.season:
        first, last = instance.calendar.days_of(span.first, span.last)
        cover = np.array(calendar.coverage(first.isoformat(), last.isoformat()))
        for n, s in enumerate(ids.segments):
            if not span.segments or s in span.segments:
                traffic[:, n] *= 1 + (span.traffic - 1) * cover
                conversion[:, n] *= 1 + (span.conversion - 1) * cover
        cost *= 1 + (span.boost_cost - 1) * cover
    return traffic, conversion, cost


def season_seen(instance: Instance, first: date, weeks: int) -> bool:
    """Whether a span of the file's season touches the weeks of the history."""
    calendar = Calendar(start=first.isoformat(), periods=weeks)
    spans = [instance.calendar.days_of(span.first, span.last) for span in instance.season]
    return any(any(calendar.coverage(a.isoformat(), b.isoformat())) for a, b in spans)


def _reception(known: Facts, history: History) -> tuple[Array, Array]:
    """Visits that the hours can receive, and receive well, by the file's curves [t,a]."""
    field = known.field
    rows = [known.ids.accounts.index(a) for a in history.accounts]
    weight, most = field.slot_weight[rows], field.slot_hours[rows]
    hours = np.zeros((len(known.ids.accounts), weight.shape[1], history.weeks))
    hours[rows] = np.minimum(weight[:, :, None] * history.hours.T[:, None], most[:, :, None])
    skilled = np.zeros((len(known.ids.accounts), history.weeks))
    skilled[rows] = history.skilled.T
    opened = np.zeros_like(skilled)
    opened[rows] = history.open.T
    return capacity(field, hours, opened)[rows].T, quality_limit(field, skilled, opened)[rows].T


def _content(known: Facts, videos: Array) -> Array:
    """(FI.19) Content that works, from a stock that the first weeks' videos would keep steady."""
    law = known.field.content
    if law is None:
        return np.zeros_like(videos)
    stock = float(videos[:STEADY].mean()) / law.decay if law.decay > 0 else law.stock
    found = []
    for made in videos:
        found.append(stock)
        stock = (1 - law.decay) * stock + made
    return np.array(found)


def _promotions(known: Facts, history: History) -> tuple[Array, Array, Array, Array]:
    """Orders that packages add and the dips beside them [t], their visits and awareness [t,s]."""
    instance, weeks = known.instance, history.weeks
    package, dip = np.zeros(weeks), np.ones(weeks)
    inflow = np.zeros((weeks, len(known.ids.segments)))
    gain = np.zeros_like(inflow)
    law = instance.snowball.interest
    explained = law.dip_share if law else 0.0
    for first, end, (e, p) in _windows(history):
        campaign = instance.campaign.campaigns[e] if instance.campaign else None
        if campaign is None:
            continue
        taken = campaign.packages[p]
        share = history.promotion_share[first:end]
        package[first:end] = (taken.uplift - 1) * share
        for n, s in enumerate(known.ids.segments):
            inflow[first:end, n] = taken.visits.get(s, 0.0) * share
            whole = max(float(share.sum()), 1e-9)
            gain[first:end, n] = taken.awareness.get(s, 0.0) * share / whole
        _dips(campaign, dip, first, end, 1 - explained)
    return package, dip, inflow, gain


def _dips(campaign: Campaign, dip: Array, first: int, end: int, part: float) -> None:
    def deep(law: Dip) -> float:
        return 1 - (1 - law.factor) * part

    if campaign.pre_dip is not None:
        dip[max(first - campaign.pre_dip.periods, 0) : first] *= deep(campaign.pre_dip)
    if campaign.post_dip is not None:
        dip[end : end + campaign.post_dip.periods] *= deep(campaign.post_dip)


def _windows(history: History) -> list[tuple[int, int, tuple[str, str]]]:
    """(first week, week after the last, package) of every unbroken run of a package."""
    found: list[tuple[int, int, tuple[str, str]]] = []
    for t, taken in enumerate(history.promotion):
        if taken is None or history.promotion_share[t] == 0:
            continue
        if found and found[-1][1] == t and found[-1][2] == taken:
            found[-1] = (found[-1][0], t + 1, taken)
        else:
            found.append((t, t + 1, taken))
    return found
