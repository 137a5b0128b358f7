"""The columns that a weekly export may have, and the headings that they are known by."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A figure of a week."""

    name: str
    unit: str
    """``CNY``, ``visit``, ``order``, ``hour``, ``person``, ``head``, ``creator``, ``item``; empty
    for the week itself."""
    en: str
    zh: str
    others: tuple[str, ...] = ()
    """More headings that mean it."""
    what: str = ""
    what_zh: str = ""


COLUMNS = (
    Column("week", "", "week", "周", ("date", "week_start", "日期", "周次", "统计周期", "时间")),
    Column(
        "gmv",
        "CNY",
        "gmv",
        "成交金额",
        ("paid gmv", "支付金额", "成交额", "销售额"),
        "what customers paid, before refunds, own rooms and creators together",
        "顾客支付的金额，退款前，自营与达人合计",
    ),
    Column(
        "views",
        "visit",
        "views",
        "观看人次",
        ("visits", "viewers", "直播间观看人次", "观看次数", "曝光进入人次"),
        "visits to the merchant's own live rooms",
        "自营直播间的观看人次",
    ),
    Column(
        "orders",
        "order",
        "orders",
        "成交订单数",
        ("paid orders", "订单数", "支付订单数", "成交单量"),
        "paid orders of all channels",
        "全部渠道的支付订单数",
    ),
    Column(
        "hours",
        "hour",
        "hours",
        "直播时长",
        ("live hours", "live_hours", "开播时长"),
        "live hours of all own rooms",
        "全部自营直播间的开播小时数",
    ),
    Column(
        "ad_spend",
        "CNY",
        "ad_spend",
        "投放消耗",
        ("ads", "ad spend", "消耗", "千川消耗", "投流金额", "广告消耗"),
        "money spent on traffic",
        "投流花费",
    ),
    Column(
        "followers",
        "person",
        "followers",
        "粉丝数",
        ("fans", "累计粉丝数", "粉丝总数"),
        "followers of all own accounts at the end of the week",
        "周末全部自营账号的粉丝数",
    ),
    Column(
        "refunds",
        "CNY",
        "refunds",
        "退款金额",
        ("refund", "退款", "退款额"),
        "money given back, of the orders of the week",
        "本周订单的退款金额",
    ),
    Column(
        "team",
        "head",
        "team",
        "团队人数",
        ("heads", "staff", "人数", "员工数"),
        "people on the payroll",
        "在册人数",
    ),
    Column(
        "cash",
        "CNY",
        "cash",
        "可用资金",
        ("balance", "账户余额", "现金", "期末资金"),
        "money at hand at the end of the week",
        "周末可用资金",
    ),
    Column(
        "creator_gmv",
        "CNY",
        "creator_gmv",
        "达人成交金额",
        ("alliance_gmv", "creator gmv", "达人gmv", "带货成交金额"),
        "the part of the GMV that creators' rooms sold",
        "成交金额中由达人带来的部分",
    ),
    Column(
        "creators",
        "creator",
        "creators",
        "合作达人数",
        ("active creators", "动销达人数", "带货达人数"),
        "creators who sold in the week",
        "本周动销达人数",
    ),
    Column(
        "stock",
        "item",
        "stock",
        "库存件数",
        ("inventory", "库存"),
        "items on hand at the end of the week",
        "周末库存件数",
    ),
    Column(
        "deal",
        "CNY",
        "deal",
        "大V专场成交金额",
        ("专场", "大v专场"),
        "GMV of the session of one KOL deal, deal:ID; 0 in its week where it was called off",
        "某场大V专场的成交金额，写作 deal:ID；在其周次填 0 表示取消",
    ),
)
"""All columns in the order in which they are shown."""

BY_NAME = {column.name: column for column in COLUMNS}


def folded(heading: str) -> str:
    """A heading without what does not tell headings apart: width, case, blanks, brackets."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(c for c in text if not c.isspace() and c not in "_-()[]【】/\ufeff\"'")


UNITS = {"CNY": ("元", "cny", "rmb"), "hour": ("小时", "h")}
"""What platforms write behind a heading, usually in brackets."""
TEN_THOUSANDS = ("万元", "万")
"""What they write where the figures below are told in ten thousands."""

KNOWN = {
    folded(heading) + unit: column.name
    for column in COLUMNS
    for heading in (column.name, column.en, column.zh, *column.others)
    for unit in ("", *UNITS.get(column.unit, ()))
}
"""Column by folded heading."""


def in_ten_thousands(heading: str) -> str | None:
    """The column of a heading whose figures are told in ten thousands; None for other headings."""
    text = folded(heading)
    for unit in TEN_THOUSANDS:
        name = KNOWN.get(text.removesuffix(unit)) if text.endswith(unit) else None
        if name is not None and BY_NAME[name].unit == "CNY":
            return name
    return None


LEAST = 4
"""Fewest characters of a heading that can be misspelt: shorter ones are other words."""


def misspelt(heading: str, used: tuple[str, ...]) -> list[str]:
    """Columns of ``used`` with a heading one slip away: a sign added, left out, changed, or two
    swapped.

    A heading whose last Chinese character differs is another measure, not a slip: 观看人数 counts
    people, 观看人次 visits.
    """
    text = folded(heading)
    return [
        name
        for known, name in KNOWN.items()
        if name in used and len(known) >= LEAST and text != known and _a_slip_apart(text, known)
    ]


def _a_slip_apart(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    same = next((n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), None)
    if same is None:
        return True
    rest, more = short[same:], long[same:]
    if len(short) < len(long):
        return rest == more[1:]
    swapped = rest[:2] == more[1::-1] and rest[2:] == more[2:]
    replaced = rest[1:] == more[1:] and (len(rest) > 1 or more.isascii())
    return swapped or replaced


def headings(names: tuple[str, ...]) -> str:
    """Names of columns as a message lists them: ``gmv (成交金额), orders (成交订单数)``."""
    return ", ".join(f"{BY_NAME[name].en} ({BY_NAME[name].zh})" for name in names)
