"""Headings of a history: what each column means, in English and in Chinese."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["key", "row", "segment", "account", "week"]


@dataclass(frozen=True)
class Heading:
    """A column.

    Attributes:
        name: its name in the program and in English files.
        chinese: headings of Chinese files.
        level: whether its figure belongs to the row, or to all rows of its segment, of its
            account or of its week.
        observed: whether it is measured, and may then be blank; what a merchant did must be
            complete.
        needed: whether a history must have it.
    """

    name: str
    chinese: tuple[str, ...]
    level: Level
    observed: bool = False
    needed: bool = False


HEADINGS = (
    Heading("week", ("周", "周次"), "key", needed=True),
    Heading("segment", ("人群",), "key", needed=True),
    Heading("account", ("账号", "直播间"), "key", needed=True),
    Heading("recommended_visits", ("推荐观看", "自然推荐观看"), "row", True, True),
    Heading("paid_visits", ("付费观看",), "row", True),
    Heading("follower_visits", ("粉丝观看",), "row", True),
    Heading("orders", ("成交订单", "订单数"), "row", True, True),
    Heading("followers", ("粉丝数",), "segment", True),
    Heading("creator_orders", ("达人订单",), "segment", True),
    Heading("inflow_visits", ("活动观看",), "segment"),
    Heading("harvested_visits", ("收割观看",), "segment"),
    Heading("kol_contacts", ("KOL触达",), "segment"),
    Heading("hours", ("直播时长",), "account", needed=True),
    Heading("skilled_hours", ("精播时长",), "account"),
    Heading("videos", ("新发短视频",), "week"),
    Heading("promotion", ("大促",), "week"),
    Heading("promotion_days", ("大促天数",), "week"),
)
"""All columns but those of boosts and tiers."""
FAMILIES = {"spend": ("消耗",), "creators": ("达人数",)}
"""Columns with an id after a dot: ``spend.live_ads``, ``消耗.live_ads``."""
TEXT = frozenset({"week", "segment", "account", "promotion"})
BY_NAME = {h.name: h for h in HEADINGS}
_KNOWN = {alias: h.name for h in HEADINGS for alias in (h.name, *h.chinese)}
_FAMILY = {alias: name for name, more in FAMILIES.items() for alias in (name, *more)}


def meaning(heading: str) -> tuple[str, str] | None:
    """What a heading of a file means: a name and, in a family, an id; None if nothing."""
    text = heading.strip().lstrip("\ufeff").replace("．", ".")
    name = _KNOWN.get(text) or _KNOWN.get(text.lower().replace(" ", "_"))
    if name is not None:
        return name, ""
    family, dot, key = text.partition(".")
    found = _FAMILY.get(family.strip())
    return (found, key.strip()) if dot and found and key.strip() else None
