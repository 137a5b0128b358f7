"""Headings and names of an explanation, in Chinese and in English."""

from allocator.labels import Label, Lang

HEADINGS = {
    "title": Label("why this plan", "方案解读"),
    "origin": Label("Where the GMV came from", "GMV从何而来"),
    "answers": Label(
        "What a lever is worth: other questions, other answers", "杠杆价值：问题不同，答案不同"
    ),
    "source": Label("Source", "来源"),
    "first_touch": Label("First touch", "首次触达"),
    "snowball": Label("Snowball", "雪球"),
    "total": Label("Together", "合计"),
    "share": Label("Share", "占比"),
    "paid": Label("Fees, spend", "费用"),
    "per_yuan": Label("GMV per yuan", "每元GMV"),
    "organic": Label("Audience of day one", "期初存量"),
    "sum": Label("GMV", "支付GMV"),
    "lever": Label("Lever", "杠杆"),
    "traced": Label("Came from it", "由它带来"),
    "shapley": Label("Shapley", "Shapley值"),
    "removed": Label("Missing without it", "缺它少多少"),
    "banned": Label("Replanned without it", "禁用后重排"),
    "base": Label("Without any lever", "四杠杆全无"),
    "rest": Label("Choice of visits", "流量取舍"),
    "boost": Label("boost {name}", "投流 {name}"),
    "room": Label("new room {name}", "新开账号 {name}"),
    "skilled": Label("skilled hours {name}", "精细化接待 {name}"),
    "discount": Label("discounts in the rooms", "直播间让利"),
    "tier": Label("samples {name}", "寄样 {name}"),
    "package": Label("{name}", "{name}"),
    "deal": Label("{name}", "{name}"),
    "offer": Label("terms offered to {name}", "佣金条件 {name}"),
    "live": Label("live hours {name}", "直播时长 {name}"),
    "content": Label("short videos bought", "外购短视频"),
    "made": Label("short videos made", "自制短视频"),
    "decisions": Label("The decisions that matter most", "最要紧的决定"),
    "decision": Label("Decision", "决定"),
    "week": Label("Week", "周"),
    "worth": Label("Worth", "价值"),
    "of_gmv": Label("of it GMV", "其中GMV"),
    "rules": Label("What holds the plan back, by worth", "约束按价值排序"),
    "rules_sheet": Label("Rules by worth", "约束按价值排序"),
    "rule": Label("Rule", "约束"),
    "binds": Label("Binds in", "生效"),
    "more": Label("1 % more brings", "放宽1%带来"),
    "of_plan": Label("of the goal", "占目标"),
    "whole": Label("the horizon", "全程"),
    "budget_title": Label("The last and the next tenth of the budget", "最后一成与下一成预算"),
    "prices": Label("What one more is worth", "再多一单位值多少"),
    "one_more": Label("One more", "再多"),
    "price": Label("Price", "价格"),
    "weeks": Label("Periods", "期数"),
    "dearest": Label("Dearest in", "最贵在"),
    "last": Label("Last unit", "减一单位"),
    "next": Label("Next unit", "加一单位"),
    "holds": Label("Holds for", "适用范围"),
    "range": Label("−{down} to +{up}", "−{down} 至 +{up}"),
    "panel_cash": Label("One more yuan of cash", "再多一元现金"),
    "panel_hours": Label("One more staff hour", "再多一小时工时"),
    "panel_visit": Label("One more recommended visit", "再多一次推荐访问"),
    "panel_follower": Label("One more follower", "再多一个粉丝"),
    "marginals": Label("The last yuan of every lever", "各杠杆的最后一元"),
    "input": Label("Input", "投入项"),
    "spent": Label("Spent", "投入"),
    "average": Label("Average", "平均回报"),
    "marginal": Label("Last yuan", "边际回报"),
    "ratio": Label("Against budget", "与预算价之比"),
    "stops": Label("What stops it", "止于"),
}
"""Titles, columns and rows."""
GOALS = {
    "gmv": Label("GMV", "支付GMV"),
    "net_gmv": Label("net GMV", "退后GMV"),
    "profit": Label("contribution", "贡献毛利"),
    "cost": Label("less spend for the target", "达标节省的投入"),
}
"""What a price is counted in."""
RESOURCES = {
    "budget": Label("yuan of budget", "一元预算"),
    "cash": Label("yuan of cash", "一元现金"),
    "hours": Label("hour of {name}", "一小时 {name}"),
    "visit": Label("recommended visit", "一次推荐访问"),
    "follower": Label("follower", "一个粉丝"),
}
"""What there may be one more of."""
RULES = {
    "budget": Label("Budget", "预算"),
    "period_budget": Label("Budget of a period", "单期预算"),
    "lever": Label("Limits of {name}", "{name}的投入限制"),
    "locked": Label("Locked spend of {name}", "{name}的锁定投入"),
    "cash": Label("Cash floor", "现金下限"),
    "profit_floor": Label("Contribution, at least", "贡献毛利下限"),
    "roi_floor": Label("ROI, at least", "投产比下限"),
    "hours": Label("Hours of {name}", "{name}工时"),
    "overtime": Label("Overtime of {name}", "{name}加班"),
    "outsourced": Label("Outsourced hours of {name}", "{name}外包工时"),
    "live_hours": Label("Live hours of {name}", "{name}开播时长上限"),
    "skilled": Label("Skilled hours of {name}", "{name}精细化接待时长"),
    "creators": Label("Creators willing: {name}", "愿合作达人：{name}"),
    "samples": Label("Samples a period: {name}", "单期寄样上限：{name}"),
    "stock": Label("Stock of {name}", "{name}库存"),
    "purchase": Label("Purchases of {name}", "{name}单期采购上限"),
    "boost": Label("Largest spend of {name}", "{name}单期投放上限"),
    "content_made": Label("Short videos made a period", "单期自制短视频上限"),
    "content_bought": Label("Short videos bought a period", "单期外购短视频上限"),
    "credit": Label("Credit line", "授信额度"),
    "target": Label("Target", "目标"),
}
"""Rules that may bind."""
STOPS = {
    "": Label("no rule", "无约束"),
    "enough": Label("enough to receive all", "时长已够"),
    "least": Label("little to gain", "再投收益不足"),
    "cap": Label("its own limit", "自身上限"),
    "closed": Label("room not open", "账号未开"),
    "off": Label("off air", "当期停播"),
    "cash": Label("cash", "现金"),
    "period_budget": Label("budget of the period", "单期预算"),
    "lever_limits": Label("limits of the lever", "杠杆投入限制"),
    "hours": Label("hours of {name}", "{name}工时"),
    "whole": Label("taken whole", "整体决定"),
    "other": Label("another rule", "其他规则"),
}
"""What stops an input."""
NOTES = {
    "time": Label("the time was over", "时间用尽"),
    "stopped": Label("it was stopped", "已中止"),
    "replay": Label("its optimum does not pass the replay", "其最优解未通过重放核对"),
    "solver": Label("no optimum was found ({message})", "未求得最优解（{message}）"),
}
"""Why there are no prices."""


def heading(key: str, lang: Lang, **given: str) -> str:
    """A title, a column or a row."""
    return HEADINGS[key].say(lang, **given)


def rule_name(rule: str, name: str, lang: Lang) -> str:
    """A rule with what it limits."""
    text: str = getattr(RULES[rule], lang)
    return text.format(name=name)


def resource_name(resource: str, name: str, lang: Lang) -> str:
    """What there is one more of."""
    text: str = getattr(RESOURCES[resource], lang)
    return text.format(name=name)


def stop_name(stop: str, name: str, lang: Lang) -> str:
    """What stops an input."""
    text: str = getattr(STOPS[stop], lang)
    return text.format(name=name)
