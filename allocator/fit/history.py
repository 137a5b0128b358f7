"""Weekly figures of a merchant as arrays."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEAST_WEEKS = 12
"""Fewest weeks from which anything is learned."""


@dataclass(frozen=True)
class History:
    """Weekly figures; nan where a measured one is blank.

    Attributes:
        file: its name, for messages.
        first: Monday of the first week.
        weeks: number of weeks T.
        accounts: accounts with figures, by id, in the file's order.
        open: 1 where an account has rows [t,a].
        rows: measured by row [t,a,s], by column.
        segments: figures of segments [t,s], by column.
        hours: live hours [t,a].
        skilled: skilled hours [t,a].
        spend: money by boost [t,i].
        creators: creators by tier [t,c].
        videos: videos made or bought [t].
        promotion: package in force as (campaign, package), or None, by week.
        promotion_share: share of the week's days on which it was.
    """

    file: str
    first: date
    weeks: int
    accounts: tuple[str, ...]
    open: Array
    rows: dict[str, Array]
    segments: dict[str, Array]
    hours: Array
    skilled: Array
    spend: Array
    creators: Array
    videos: Array
    promotion: tuple[tuple[str, str] | None, ...]
    promotion_share: Array

    def part(self, end: int, first: int = 0) -> "History":
        """Weeks ``first`` to ``end`` - 1."""
        now = slice(first, end)
        return History(
            file=self.file,
            first=self.first + timedelta(weeks=first),
            weeks=end - first,
            accounts=self.accounts,
            open=self.open[now],
            rows={k: v[now] for k, v in self.rows.items()},
            segments={k: v[now] for k, v in self.segments.items()},
            hours=self.hours[now],
            skilled=self.skilled[now],
            spend=self.spend[now],
            creators=self.creators[now],
            videos=self.videos[now],
            promotion=self.promotion[now],
            promotion_share=self.promotion_share[now],
        )
