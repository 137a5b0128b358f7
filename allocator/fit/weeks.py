"""The weeks as a state-space model: latent traffic and followers, moved by the laws and by shocks,
seen through measurement error.

The unknowns are standard normal numbers z: parameters, states of the first week, and a shock to
each segment's traffic in every week. Measured visits and orders never drive the laws; the latent
ones do. So an error in a measured week does not pass for a change of the state.
"""

from dataclasses import dataclass

import numpy as np

from allocator.fit.history import Array, History
from allocator.fit.inputs import controls_of
from allocator.fit.observed import Observed, observed
from allocator.fit.parameters import Unknown, unknowns_of, values_of
from fact_models.ensemble import Controls, Course, Rates, Start, rates_of, run
from fact_models.replay.known import Facts

START_WEEKS = 3
"""First weeks whose visits tell about where the traffic starts."""
TRAFFIC_SPREAD = 0.5
FOLLOWERS_SPREAD = 0.1
"""Spread of the logarithm of the states of the first week around what was measured."""


@dataclass(frozen=True)
class Weeks:
    """A history with everything that its likelihood needs."""

    known: Facts
    history: History
    controls: Controls
    seen: Observed
    unknowns: list[Unknown]
    accounts: list[int]
    traffic: Array
    """Middle of the belief about the first week's traffic [a,s]."""
    followers: Array
    """Middle of the belief about the first week's followers [s]."""

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of parameters, of first states, of shocks."""
        segments = self.followers.size
        states = self.traffic.size + segments
        return len(self.unknowns), states, self.history.weeks * segments

    @property
    def dimension(self) -> int:
        """Length of z."""
        return sum(self.sizes)

    def rates(self, z: Array) -> Rates:
        """Parameters of the sets z [n,d]."""
        values = values_of(self.known.instance, self.unknowns, z)
        names = self.history.accounts
        return rates_of(self.known.instance, names, values, z.shape[0])

    def start(self, z: Array) -> Start:
        """States of the first week."""
        p, s, _ = self.sizes
        part = z[:, p : p + s]
        a = self.traffic.size
        traffic = self.traffic * np.exp(
            TRAFFIC_SPREAD * part[:, :a].reshape(-1, *self.traffic.shape)
        )
        followers = self.followers * np.exp(FOLLOWERS_SPREAD * part[:, a:])
        return Start(traffic, followers, np.zeros(self.followers.size))

    def shocks(self, z: Array, size: float) -> Array:
        """Shocks [t,n,s] of standard deviation ``size``."""
        p, s, _ = self.sizes
        part = z[:, p + s :].reshape(z.shape[0], self.history.weeks, -1)
        return np.asarray(size * part.swapaxes(0, 1))

    def course(self, z: Array, shock: float, sharpness: float | None = None) -> Course:
        """The weeks by the laws for every set z [n,d]."""
        rates, start, shocks = self.rates(z), self.start(z), self.shocks(z, shock)
        return run(self.known, self.accounts, rates, self.controls, start, shocks, sharpness)

    def expected(self, z: Array, shock: float, sharpness: float | None = None) -> Array:
        """Measured figures by the laws, as logarithms [n,m]."""
        return self.seen.expected(self.course(z, shock, sharpness))


def weeks_of(known: Facts, history: History) -> Weeks:
    """The state-space model of a history."""
    controls = controls_of(known, history)
    accounts = [known.ids.accounts.index(a) for a in history.accounts]
    return Weeks(
        known=known,
        history=history,
        controls=controls,
        seen=observed(history),
        unknowns=unknowns_of(known.instance, history.accounts, controls),
        accounts=accounts,
        traffic=_first_traffic(known, accounts, history, controls),
        followers=_first_followers(known, history),
    )


def _first_traffic(
    known: Facts, accounts: list[int], history: History, controls: Controls
) -> Array:
    """Traffic without season of the first weeks; the file's where there was none."""
    market = np.maximum(controls.market[:START_WEEKS, None], 1e-9)
    early = history.rows["recommended_visits"][:START_WEEKS] / market
    found = np.where(np.isfinite(early), early, 0.0)
    count = np.isfinite(early).sum(axis=0)
    mean = found.sum(axis=0) / np.maximum(count, 1)
    fallback = np.maximum(known.field.traffic[accounts], 1.0)
    opened = history.open[0][:, None]
    return np.asarray(np.where(mean > 0, mean, fallback) * opened)


def _first_followers(known: Facts, history: History) -> Array:
    """Followers of the first week; the file's where none were measured."""
    values = history.segments["followers"]
    found = []
    for s, mine in enumerate(known.snowball.followers):
        there = values[np.isfinite(values[:, s]), s]
        found.append(float(there[0]) if there.size else float(mine))
    return np.asarray(np.maximum(np.array(found), 1.0))
