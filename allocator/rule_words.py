"""Broken rules in words: what the verifier found, in both languages."""

import re

from allocator.labels import Label, label
from fact_models.verify import Violation

RULES = {
    "one offer": "每个层级一种条件",
    "offer under way kept": "已签条件须保留",
    "offer kept for a block": "合约期内条件不变",
    "creators kept": "留用达人数",
    "supply of creators": "达人供给",
    "samples": "寄样上限",
    "creators' visits": "达人带来的访问",
    "package eligible": "活动报名资格",
    "signed package kept": "已报名活动须保留",
    "one package": "每个活动一种报名方案",
    "campaigns that conflict": "互斥的活动",
    "lowest price": "最低价约定",
    "boost spend within its largest": "投流上限",
    "content bought within its largest": "外购短视频上限",
    "content made within its largest": "短视频产能",
    "opening date": "开号日期",
    "one opening": "每个账号只开一次",
    "open accounts": "账号数上限",
    "live hours": "开播时长上限",
    "fewest live hours": "最少开播时长",
    "live only if open": "未开号不得开播",
    "slot hours": "时段时长",
    "skilled hours": "优质接待时长",
    "reception": "承接能力",
    "distinct visits": "去重访问",
    "overlap of rooms": "直播间人群重叠",
    "well-received visits": "优质接待的访问",
    "quality of reception": "接待质量",
    "own orders": "自营订单",
    "boosted visits": "投流访问",
    "one discount level": "每周期一档折扣",
    "purchase within its largest": "采购上限",
    "whole lots": "整批采购",
    "orders by line": "各商品线订单",
    "smallest share of a line": "商品线最低占比",
    "largest share of a line": "商品线最高占比",
    "stock": "库存",
    "stock when a campaign opens": "活动开始时的库存",
    "stock for a KOL session": "大V专场的库存",
    "session date": "大V专场日期",
    "agreed session kept": "已约定的专场须保留",
    "one session": "每项合作一场专场",
    "spacing of sessions": "专场间隔",
    "deals that exclude each other": "互斥的大V合作",
    "budget": "预算",
    "budget of a period": "单周期预算",
    "credit line": "授信额度",
    "cash floor": "现金底线",
    "contribution": "贡献毛利下限",
    "GMV per spend": "投产比下限",
    "target": "GMV目标",
    "stated objective": "所报目标值",
    "recommended visits": "推荐访问",
    "returning followers": "回访粉丝",
    "matched visits": "匹配访问",
    "matched visits are served": "匹配访问须获接待",
    "no matching in the funnel": "漏斗模型无匹配访问",
    "repeat orders": "复购订单",
    "harvest": "种草收割",
    "interest pool": "兴趣人群",
    "shelf orders": "货架订单",
    "inflow of campaigns and KOLs": "活动与大V带来的流量",
    "hires within their largest": "招聘上限",
    "leaves within their largest": "裁减上限",
    "outsourced hours within their largest": "外包工时上限",
    "staff hours": "岗位工时",
    "cover by roles that can": "可互相顶岗的岗位",
    "overtime": "加班上限",
    "fewest heads": "最少编制",
    "most heads": "编制上限",
    "hires over the horizon": "全周期招聘上限",
    "hiring date": "招聘日期",
}
"""Rules of the verifier in Chinese."""
OF_LEVERS = {
    "least spend": "最低投入",
    "largest spend": "最高投入",
    "least share": "最低占比",
    "largest share": "最高占比",
    "locked spend": "锁定投入",
}
"""Rules that are told "of" a lever."""
OF_FIELDS = {
    "finite": "须为有限数",
    "not negative": "不得为负",
    "whole": "须为整数",
    "at most 1": "不得大于 1",
    "has its shape": "形状须与文件相符",
}
"""Rules of one field of a plan's decisions, which is named as in the file."""
PLACES = {
    "account": "账号",
    "slot": "时段",
    "segment": "人群",
    "boost": "投流渠道",
    "discount level": "折扣档",
    "tier": "达人层级",
    "offer": "合作条件",
    "campaign": "活动",
    "package": "报名方案",
    "deal": "大V合作",
    "line": "商品线",
    "role": "岗位",
    "channel": "渠道",
}
"""What an entity counts, in Chinese."""
OPENING = re.compile(rf"^({'|'.join(sorted(PLACES, key=len, reverse=True))}) ")


def broken_words(broken: Violation) -> Label:
    """A broken rule with its number, place and sides; in English as the verifier says it."""
    place = placed_zh(broken, f"第{broken.period}周期" if broken.period else "")
    sides = f"{broken.lhs:.10g} 对 {broken.rhs:.10g}"
    return Label(str(broken), f"({broken.number}) {place}：{sides}")


def placed_zh(broken: Violation, when: str) -> str:
    """A broken rule's name and place in Chinese; ``when`` is its period in words, may be empty."""
    places = [_place(part) for part in broken.entity.split(", ") if part]
    places += [when] if when else []
    return rule_zh(broken.rule) + (f"［{'，'.join(places)}］" if places else "")


def rule_zh(rule: str) -> str:
    """The name of a rule in Chinese."""
    if rule in RULES:
        return RULES[rule]
    name, _, lever = rule.partition(" of ")
    if name in OF_LEVERS:
        return f"{label('lever', lever, 'zh')}{OF_LEVERS[name]}"
    for ending, words in OF_FIELDS.items():
        if rule.endswith(f" {ending}"):
            return f"{rule.removesuffix(ending)}{words}"
    return rule


def _place(part: str) -> str:
    return OPENING.sub(lambda found: f"{PLACES[found[1]]} ", part)


def figure(value: float, apart: float) -> str:
    """A side of a rule with as many digits as tell the sides apart."""
    digits = 0 if abs(apart) >= 1 or value == 0 else 1 if abs(apart) >= 0.1 else 2
    return f"{value:,.{digits}f}"
