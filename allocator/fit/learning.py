"""Learning from a history: the posterior, what it means, and what to beware of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from allocator.fit.draws import draws_table
from allocator.fit.figures import Today, growth, multiplier, returns, today
from allocator.fit.forecast import HELD_OUT, Check, check
from allocator.fit.history import LEAST_WEEKS, Array, History
from allocator.fit.inputs import season_seen
from allocator.fit.posterior import Posterior, posterior
from allocator.fit.seen import Range, ranges
from allocator.fit.weeks import Weeks, weeks_of
from allocator.labels import Label
from fact_models.replay import facts
from fact_models.spec.calendar import as_date, iso_week
from fact_models.spec.instance import Instance

SHOWN_DRAWS = 400
"""Draws from which the figures on the screen are taken."""
SHOWN_WEEKS = 4
"""Weeks that a warning names."""
USUAL = 10
"""Orders of a usual week from which on none at all is no chance."""
LOW, HIGH = 0.05, 0.95
NO_SEASON = Label(
    "the file's season has no span in the weeks of the history: all of them are taken as"
    " ordinary; add spans with the dates of Spring Festival and of promotions",
    "文件的季节没有覆盖历史所在的周，全部按平常周处理；请补上春节与大促的日期",
)
NO_FOLLOWERS = Label(
    "without followers the weeks say little about deposit and calibration",
    "缺少粉丝数，难以看出沉淀与校准",
)
NO_ORDERS = Label(
    "without orders the weeks say nothing of conversion, and the error of orders is a belief",
    "缺少订单数，看不出转化率，订单误差只是先验",
)
NOT_SETTLED = Label(
    "the sizes of the errors had not settled: intervals may be off a little",
    "误差大小尚未收敛：区间可能略有偏差",
)


@dataclass(frozen=True)
class Interval:
    """Median and 90 % interval of a figure."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Fit:
    """What a history says.

    Attributes:
        instance: the file.
        history: the weeks.
        weeks: the state-space model.
        post: the posterior.
        z: the draws [n,d].
        now: the draws that figures are taken from, with the states at the end.
        table: the draws as numbers of the file.
        growth: growth factor by segment.
        multiplier: a year's recommended visits per visit of today, by segment.
        returns: GMV of a quarter per unit of a lever.
        prior: relative width of an interval before the weeks are seen and after, by parameter.
        seen: ranges of the levers.
        check: the forecast of held-out weeks; None without.
        warnings: what to beware of.
    """

    instance: Instance
    history: History
    weeks: Weeks
    post: Posterior
    z: Array
    now: Today
    table: pd.DataFrame
    growth: dict[str, Interval]
    multiplier: dict[str, Interval]
    returns: dict[str, Interval]
    prior: dict[str, float]
    seen: list[Range]
    check: Check | None
    warnings: list[Label]


def learn(
    instance: Instance,
    history: History,
    *,
    draws: int = 1000,
    seed: int = 0,
    hold_out: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Fit:
    """Learn the parameters of the laws from a history.

    Args:
        instance: the file whose numbers are the belief beforehand.
        history: the weeks.
        draws: number of joint draws.
        seed: of the draws.
        hold_out: whether the last weeks are also forecast from the ones before.
        progress: is told in words what goes on.
    """
    say = progress or (lambda _: None)
    known = facts(instance)
    weeks = weeks_of(known, history)
    post = posterior(weeks, lambda n: say(f"fit, round {n}"))
    z = post.draws(draws, seed)
    now = today(weeks, z[:SHOWN_DRAWS], post.shock)
    segments = known.ids.segments
    say("figures")
    grown, many = growth(now), multiplier(now)
    states = follows(instance, history)
    checked = None
    if hold_out and history.weeks - HELD_OUT >= LEAST_WEEKS:
        say("forecast of held-out weeks")
        part = weeks_of(known, history.part(history.weeks - HELD_OUT))
        early = posterior(part)
        checked = check(part, early, early.draws(SHOWN_DRAWS, seed), history, seed)
    return Fit(
        instance=instance,
        history=history,
        weeks=weeks,
        post=post,
        z=z,
        now=now,
        table=draws_table(today(weeks, z, post.shock), z, states=states),
        growth={s: interval(grown[:, n]) for n, s in enumerate(segments)},
        multiplier={s: interval(many[:, n]) for n, s in enumerate(segments)},
        returns={k: interval(v) for k, v in returns(now).items()},
        prior={u.name: float(z[:, n].std()) for n, u in enumerate(weeks.unknowns)},
        seen=ranges(instance, history),
        check=checked,
        warnings=_warnings(instance, history, post, checked, states=states),
    )


def follows(instance: Instance, history: History) -> bool:
    """Whether the plan starts in the week after the history, so that its states are its start."""
    starts = as_date(instance.calendar.start)
    return (starts - history.first).days == 7 * history.weeks


def interval(draws: Array) -> Interval:
    """Median and 90 % interval of draws."""
    low, middle, high = np.quantile(draws, [LOW, 0.5, HIGH])
    return Interval(float(low), float(middle), float(high))


def _warnings(
    instance: Instance,
    history: History,
    post: Posterior,
    checked: Check | None,
    *,
    states: bool,
) -> list[Label]:
    found: list[Label] = []
    if not states:
        day = as_date(instance.calendar.start)
        found.append(
            Label(
                f"the plan starts on {day}, not in the week after the history: traffic and"
                " followers at its start stay those of the file",
                f"方案始于 {day}，并非紧接历史之后：期初流量与粉丝仍取文件数值",
            )
        )
    if not season_seen(instance, history.first, history.weeks):
        found.append(NO_SEASON)
    lever = instance.field
    for a, account in (lever.accounts if lever else {}).items():
        if account.open and a not in history.accounts:
            found.append(
                Label(
                    f"account {a} is open and has no rows: it counts as closed",
                    f"账号 {a} 已开通但没有数据：按未开通处理",
                )
            )
    if history.segments["followers"].size and np.isnan(history.segments["followers"]).all():
        found.append(NO_FOLLOWERS)
    if np.isnan(history.rows["orders"]).all():
        found.append(NO_ORDERS)
    found += [_sold_nothing(*one) for one in sold_nothing(history)]
    if not post.settled:
        found.append(NOT_SETTLED)
    if checked is not None and checked.model > min(checked.naive, checked.seasonal or np.inf):
        found.append(
            Label(
                f"the forecast of the last {checked.weeks} weeks is worse than a naive one: the"
                " laws or the calendar leave out something that moved these weeks",
                f"对最后 {checked.weeks} 周的预测不如照搬：规律或日历漏掉了影响这几周的因素",
            )
        )
    return found


def sold_nothing(history: History) -> list[tuple[str, list[str]]]:
    """Weeks in which a room had visits and no order though it is used to ``USUAL``, by account."""
    orders = history.rows["orders"].sum(axis=2)
    visits = np.nansum(history.rows["recommended_visits"], axis=2)
    found = []
    for n, account in enumerate(history.accounts):
        sold = orders[orders[:, n] > 0, n]
        if sold.size and np.median(sold) >= USUAL:
            weeks = np.flatnonzero((orders[:, n] == 0) & (visits[:, n] > 0))
            if weeks.size:
                days = (history.first + timedelta(weeks=int(t)) for t in weeks)
                found.append((account, [iso_week(day) for day in days]))
    return found


def _sold_nothing(account: str, weeks: list[str]) -> Label:
    named = ", ".join(weeks[:SHOWN_WEEKS]) + (" ..." if len(weeks) > SHOWN_WEEKS else "")
    return Label(
        f"{account} had visits and no order in {named}: such a week passes for an error of orders"
        " and widens every interval; if it was sold out or the figure is missing, leave orders"
        " blank",
        f"{account} 在 {named} 有观看而没有订单：这样的周会被当作订单误差，使所有区间变宽；"
        "若当时缺货或缺数，请把订单留空",
    )
