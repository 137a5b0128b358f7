"""Sentences of the plan's workbook in both languages."""

from typing import Any

from allocator.labels import Label, Lang

SENTENCES = {
    "title": Label("operating plan", "经营规划"),
    "overview": Label(
        "{periods} periods, {first} to {last}. {goal}. Amounts in {currency}.",
        "{periods}个周期，{first}至{last}。目标：{goal}。金额单位：{currency}。",
    ),
    "certified": Label(
        "The best plan there can be is at most {gap} away; every rule was checked by an"
        " independent replay.",
        "与理论最优方案的差距至多{gap}；所有规则均经独立回放复核。",
    ),
    "no_bound": Label(
        "Every rule was checked by an independent replay; nothing is proved yet about better"
        " plans.",
        "所有规则均经独立回放复核；尚未证明是否存在更优方案。",
    ),
    "origins": Label(
        "Every visit, follower, customer and creator followed back to the act that brought it;"
        " first touch is sold to those whom the act itself brought.",
        "每一次访问、每个粉丝、客户与达人都追溯到带来它的动作；首次触达指动作直接带来的成交。",
    ),
    "months": Label(
        "GMV by source, net GMV, spend by lever and contribution; a week counts for the month of"
        " its middle day.",
        "按来源拆解支付GMV，按阵地拆解投入，并列退后GMV与贡献毛利；一周计入其中间一天所在月份。",
    ),
    "weeks": Label(
        "Spend of every lever in every week, wages included; commissions count when the goods are"
        " sold.",
        "各阵地每周投入（含工资）；佣金在成交当周计入。",
    ),
    "live": Label(
        "Live hours of every account and slot in every week.",
        "各账号、各时段每周开播时长（小时）。",
    ),
    "roles": Label(
        "Heads of every role at work, and below the hours needed as a share of the hours there"
        " are.",
        "各岗位在岗人数；下方为工时负荷（所需工时/可用工时）。",
    ),
    "hiring": Label(
        "Decide in the first week named; the new head works from the second.",
        "在“决定周”发起，“到岗周”开始工作。",
    ),
    "creators": Label(
        "Offer, samples and results of every tier in every week; creators at work sell in that"
        " week.",
        "各层级达人每周的合作条件、寄样与结果；“动销达人”为当周出单的达人。",
    ),
    "campaigns": Label(
        "Every package on offer with its sign-up deadline; the last column counts the days from"
        " today when the file is opened.",
        "所有可报名方案及报名截止日；最后一列在打开文件时按当天自动倒数。",
    ),
    "deals": Label(
        "Every deal on offer. Fee and GMV are weighted with the chance of acceptance; the plan"
        " counts on the mean, cash on {outcome}.",
        "所有可选合作。费用与GMV已乘成交概率；规划按期望值计，现金按{outcome}计。",
    ),
    "returns": Label(
        "Margin is what is left of the GMV before any spend: after refunds, platform fee and"
        " taxes, goods and logistics.",
        "毛利为投入前余额：已扣退款、平台扣点与税费、货品与物流。",
    ),
    "returns_even": Label(
        "Break-even ROI = 1 / margin per paid yuan. Refunds are in the margin, so it compares with"
        " the ROI of paid GMV however much is returned.",
        "保本投产比 = 1 ÷ 每元支付GMV毛利。退款已计入毛利，退款再高也可直接与支付GMV投产比相比。",
    ),
    "returns_field": Label(
        "Spend of Campaign buys what its packages add to the own rooms. Shelf and repeat orders"
        " follow from all levers and have no spend of their own.",
        "营销活动的投入对应其在自播间带来的增量；货架场与复购由各阵地共同带来，无单独投入。",
    ),
    "cash": Label(
        "Lowest cash {low} at the end of {week}; floor {floor}, credit line {credit}. Amounts in"
        " {currency}.",
        "现金最低点{low}，在{week}周末；底线{floor}，授信额度{credit}。金额单位：{currency}。",
    ),
    "no_cash": Label(
        "The instance has no liquidity rule: receipts and payments without a balance.",
        "实例未设现金规则：仅列收支，无余额。",
    ),
    "assets": Label(
        "Stocks at the start of every week; the last row is the first week after the plan.",
        "各周期初存量；最后一行为规划期后第一周。",
    ),
    "goods": Label(
        "Stock at the start of every week and purchases ordered in it.",
        "各周期初库存与当周采购。",
    ),
    "limits": Label(
        "Limits that the plan uses to 99.5 % or more, and in how many weeks: more of these is"
        " worth asking for.",
        "用满99.5%及以上的约束及周数：放宽这些最有价值。",
    ),
    "notes": Label(
        "Figures of the instance that are assumed, not measured.",
        "实例中为假设、非实测的数据。",
    ),
    "signup_open": Label("can be joined", "可报名"),
    "signup_joined": Label("joined before", "已报名"),
    "signup_other": Label("another package is joined", "已报名其他方案"),
    "signup_outside": Label("window outside the plan", "活动期不在规划期内"),
    "signup_late": Label("sign-up is over at the start", "报名已截止"),
    "signup_after": Label("sign-up opens after the plan", "报名期在规划期之后"),
    "signup_score": Label(
        "experience score {have} below {need}", "商家体验分{have}，低于要求{need}"
    ),
    "signup_new": Label("closed to new merchants", "新商家期不可报名"),
    "never": Label("never", "无法保本"),
    "break_even_all": Label("All sources", "全部来源"),
    "own_rooms": Label("Own rooms with campaigns", "自播含活动"),
    "margin": Label("Margin before spend", "投入前毛利"),
    "margin_rate": Label("Margin per paid yuan", "每元支付GMV毛利"),
    "kept": Label("Kept after refunds", "退后占比"),
    "after_spend": Label("Left after spend", "扣投入后"),
    "low_point": Label("Low point", "最低点"),
    "opening": Label("Cash at the start", "期初现金"),
    "gmv_month": Label("GMV by month and source", "各来源月支付GMV"),
    "spend_week": Label("Spend by week and lever", "各阵地周投入"),
    "spend_month": Label("Spend by month and lever", "各阵地月投入"),
    "cash_week": Label("Cash and its floor", "现金与底线"),
    "traffic_week": Label("Recommended traffic", "推荐流量"),
    "followers_week": Label("Followers", "粉丝"),
    "kol_gmv": Label("GMV of a deal: low, middle, high", "合作GMV：保守、中位、乐观"),
    "roi_chart": Label("ROI against break-even", "投产比与保本线"),
    "live_chart": Label("Live hours", "开播时长"),
    "cumulative": Label("Spent so far", "累计投入"),
    "remaining": Label("Budget left", "剩余预算"),
    "decide": Label("Decide in", "决定周"),
    "works_from": Label("Works from", "到岗周"),
    "count": Label("Heads", "人数"),
    "what": Label("What", "事项"),
    "heads_now": Label("Heads now", "现有编制"),
    "load_week": Label("Load by week", "周负荷"),
    "heads_week": Label("Heads by week", "周在岗人数"),
    "hire_list": Label("Hires and dismissals", "招聘与裁减"),
    "pool_start": Label("Pool now", "现有达人池"),
    "pool_end": Label("Pool at the end", "期末达人池"),
    "decision": Label("Decision", "决定"),
    "take": Label("join", "报名"),
    "skip": Label("leave", "不报"),
    "do_sign": Label("sign", "签约"),
    "do_not_sign": Label("do not sign", "不签"),
    "signed_before": Label("signed before", "此前已签"),
    "held_before": Label("held before", "此前已播"),
    "deadline": Label("Deadline", "截止日"),
    "days_from_start": Label("Days from the start", "距规划起始（天）"),
    "days_left": Label("Days left today", "今日剩余（天）"),
}
"""What the sheets say besides the labels that all reports share."""


def say(key: str, lang: Lang, **values: Any) -> str:
    """A sentence in a language, with ``values`` put in."""
    return SENTENCES[key].say(lang, **values)
