"""What the page and its figures say, in Chinese and in English.

Names of figures, levers, tables and columns come from ``allocator.labels``; here are the titles,
the sentences and the words that only the page needs. Braces hold what a sentence is given.
"""

from typing import Any

from allocator.labels import Label, Lang

CHARTS = {
    "calendar": Label("Calendar", "经营日历"),
    "gmv": Label("GMV by source", "GMV来源"),
    "traffic": Label("The snowball: traffic and followers", "雪球：流量与粉丝"),
    "first_touch": Label(
        "The snowball: first touch and what came back", "雪球：首次触达与雪球回流"
    ),
    "budget": Label("Where the budget goes", "预算去向"),
    "result": Label("From GMV to contribution", "从GMV到贡献毛利"),
    "cash": Label("Cash", "现金"),
    "staff": Label("Staff load", "岗位负荷"),
    "gap": Label("How the plan was proved", "最优性证明过程"),
}
"""Titles of the figures."""
SAID = {
    "calendar": Label(
        "Diamonds are days to act by: sign up, sign a deal, decide to open. Bars are what follows:"
        " campaign windows, KOL sessions, rooms on air. Circles are heads hired or let go.",
        "菱形：行动截止（报名、签约、决定开号）；色条：活动期、大V专场、账号开播；圆点：招聘或裁减人数。",
    ),
    "gmv": Label(
        "{source} brings most: {amount}, {share} of {total}. The best month is {month} with "
        "{best}.",
        "贡献最大的是{source}：{amount}，占{total}的{share}。最高月份为{month}，{best}。",
    ),
    "gmv_dips": Label(
        "Below 0: discounts and the lull around a campaign take more than it adds.",
        "零线以下：让利与活动前后的平淡期抵消了活动增量。",
    ),
    "traffic": Label(
        "Recommended traffic, seasons taken out, goes from {first} to {last} visits a {per}, "
        "followers from {before} to {after}.",
        "剔除季节因素，每{per}推荐流量由{first}人次变为{last}人次，粉丝由{before}人变为{after}人。",
    ),
    "first_touch": Label(
        "{returned} of {total} ({share}) comes back through the snowball: a funnel with the same "
        "hours and spend would not bring it.",
        "{total}中有{returned}（{share}）来自雪球回流：同样的开播与投入，漏斗模型带不来这部分。",
    ),
    "first_touch_even": Label(
        "The snowball neither brings nor costs GMV: a funnel with the same hours and spend would "
        "bring as much as {total}.",
        "雪球既未增加也未减少GMV：同样的开播与投入，漏斗模型同样带来{total}。",
    ),
    "first_touch_less": Label(
        "The snowball rolls backwards: traffic falls under this plan, and a funnel with the same "
        "hours and spend would bring {returned} ({share}) more than {total}.",
        "雪球在倒转：本方案下流量下滑，同样的开播与投入，漏斗模型会比{total}多{returned}（{share}）。",
    ),
    "budget": Label(
        "{spend} of {budget} is spent ({share}); most goes into {lever}.",
        "预算{budget}，使用{spend}（{share}）；投入最多的是{lever}。",
    ),
    "budget_before": Label(
        "{spend} of {budget} is spent, {before} was before it ({share} together); most of the"
        " plan's goes into {lever}.",
        "预算{budget}，本方案使用{spend}，此前已用{before}（合计{share}）；本方案投入最多的是{lever}。",
    ),
    "budget_free": Label(
        "{spend} is spent, no budget is set; most goes into {lever}.",
        "未设预算，共投入{spend}；投入最多的是{lever}。",
    ),
    "result": Label(
        "Of each 100 of GMV, {kept} are kept after refunds and {left} are left as contribution.",
        "每100元支付GMV，退后剩{kept}元，最终贡献毛利{left}元。",
    ),
    "cash": Label(
        "Lowest at {low} in {week}; the floor is {floor}, the credit line {credit}.",
        "最低点在{week}，为{low}；现金底线{floor}，授信额度{credit}。",
    ),
    "staff": Label(
        "Hours needed over hours available. Busiest: {role}, {share} over the whole horizon.",
        "所需工时÷可用工时。最忙岗位：{role}，全周期负荷{share}。",
    ),
    "gap": Label(
        "Solid: the best plan found and checked. Dashed: a bound that no plan can pass. They end "
        "{gap} apart after {seconds} s.",
        "实线：已找到并复核的最好方案；虚线：任何方案都无法越过的理论界。{seconds}秒后两者相差{gap}。",
    ),
    "gap_unproved": Label(
        "The best plan found and checked over time; no bound has been proved yet.",
        "已找到并复核的最好方案；理论界尚未证明。",
    ),
}
"""The sentence under a figure's title."""
EMPTY = {
    "calendar": Label(
        "Nothing to join, sign, open or hire: the plan keeps what is there today.",
        "没有需要报名、签约、开号或招聘的事项：沿用现状。",
    ),
    "gmv": Label("The plan sells nothing.", "本方案没有成交。"),
    "traffic": Label(
        "Neither recommended traffic nor followers in this instance.", "本实例没有推荐流量与粉丝。"
    ),
    "first_touch": Label(
        "This plan was made in the funnel world, in which nothing comes back.",
        "本方案按漏斗模型规划，没有雪球回流。",
    ),
    "budget": Label("The plan spends nothing.", "本方案没有投入。"),
    "result": Label("The plan sells nothing.", "本方案没有成交。"),
    "cash": Label(
        "The instance has no cash rules, so no cash is planned.",
        "实例未设现金约束，不做现金规划。",
    ),
    "staff": Label(
        "The instance has no team, so no hours are counted.", "实例未设团队，不计工时。"
    ),
    "gap": Label("The plan file keeps no trace of the search.", "方案文件中没有求解过程记录。"),
}
"""What stands where a figure has nothing to show."""
DECISIONS = {
    "open": Label("Open {names}", "开通{names}"),
    "boost_only": Label("Put {spend} into boosts", "投流{spend}"),
    "no_rooms": Label("No live hours in own rooms", "不开播"),
    "rooms": Label(
        "Keep {n} rooms live, {hours} h a {per} together", "{n}个账号每{per}合计开播{hours}小时"
    ),
    "rooms_one": Label("Keep {name} live {hours} h a {per}", "{name}每{per}开播{hours}小时"),
    "hours": Label(
        "live {first} h a {per} at the start, {last} h at the end",
        "每{per}开播由期初{first}小时到期末{last}小时",
    ),
    "boosts": Label("boosts {spend}", "投流{spend}"),
    "samples": Label("Send {samples} samples, most to {name}", "寄样{samples}件，以{name}为主"),
    "samples_one": Label("Send {samples} samples to {name}", "向{name}寄样{samples}件"),
    "no_samples": Label("Send no samples to creators", "不向达人寄样"),
    "offer": Label("{name} {rate}", "{name}{rate}"),
    "offers": Label("commission at the end: {offers}", "期末佣金：{offers}"),
    "pool": Label("creators at work {first} → {last}", "合作达人{first}→{last}位"),
    "join": Label("Join {names}", "报名{names}"),
    "join_none": Label("Join no campaign", "不报名活动"),
    "join_no_other": Label("Join no other campaign", "不再报名其他活动"),
    "left": Label("leave {names}", "不参加{names}"),
    "signup": Label("{name}: {package}, sign up by {week}", "{name}：{package}，{week}前报名"),
    "joined": Label("{name}: {package}, joined before", "{name}：{package}，已报名"),
    "sign": Label("Sign {names}", "签约{names}"),
    "sign_none": Label("Sign no Top-KOL deal", "不签头部大V"),
    "sign_detail": Label(
        "{name}: sign in {week}, GMV {low} to {high} (p10, p90)",
        "{name}：{week}签约，GMV {low}~{high}（p10~p90）",
    ),
    "sign_no_other": Label("Sign no other Top-KOL deal", "不再签约其他头部大V"),
    "signed_detail": Label(
        "{name}: signed before, session in {week}, GMV {low} to {high} (p10, p90)",
        "{name}：此前已签约，{week}专场，GMV {low}~{high}（p10~p90）",
    ),
    "hire": Label("Hire {names}", "招聘{names}"),
    "let_go": Label("Let {names} go", "裁减{names}"),
    "count_of": Label("{n} {role}", "{role}{n}人"),
    "no_team": Label("Keep no team", "不设团队"),
    "keep_team": Label("Keep the team of {heads}", "维持{heads}人团队"),
    "busiest": Label("busiest {role}, {share}", "最忙岗位{role}，负荷{share}"),
    "team_size": Label("heads {first} → {last}", "编制{first}→{last}人"),
    "money": Label("Put {share} of the spend into {lever}", "{share}的投入放在{lever}"),
    "credit": Label("Draw up to {amount} of credit", "最多动用授信{amount}"),
    "credit_detail": Label("first in the week of {day}", "首次在{day}当周"),
    "next": Label("Next", "下一步"),
    "boost": Label("boost {name}", "投流{name}"),
    "sample": Label("samples for {name}", "{name}寄样"),
    "next_yuan": Label("Put the next {unit} into {lever}", "下一{unit}投给{lever}"),
    "next_yuan_detail": Label(
        "it brings GMV of {amount} {unit} within {count} {per}s; the next one only, on average the"
        " plan's spend brings {mean} per {unit}",
        "{count}{per}内带来GMV {amount}{unit}；仅指下一{unit}，"
        "方案投入平均每{unit}带来{mean}{unit}",
    ),
    "widen": Label("Then widen {limit}", "下一步放宽：{limit}"),
    "widen_detail": Label("full in {count} of {all} {per}s", "{all}{per}中{count}{per}用满"),
}
"""Headlines and details of the decisions."""
WORDS = {
    "plan_of": Label("Operating plan", "经营规划"),
    "certified": Label(
        "Certified: within {gap} of the best plan there can be",
        "已证明：与理论最优相差不超过{gap}",
    ),
    "limit": Label(
        "Verified; stopped at the time limit, within {gap} of the best plan there can be",
        "已复核；到达时限停止，与理论最优相差不超过{gap}",
    ),
    "interrupted": Label(
        "Verified; interrupted, within {gap} of the best plan there can be",
        "已复核；中途停止，与理论最优相差不超过{gap}",
    ),
    "near": Label(
        "Verified; chosen among plans nearly as good as the best, within {gap} of the best plan"
        " there can be",
        "已复核；在接近最优的方案中选取，与理论最优相差不超过{gap}",
    ),
    "hedge": Label(
        "Verified; part of a hedge over {worlds} worlds, within {gap} of the best plan of this"
        " world alone",
        "已复核；兼顾 {worlds} 种情形的方案之一，与仅就本情形的最优相差不超过{gap}",
    ),
    "hedge_unproved": Label(
        "Verified; part of a hedge over {worlds} worlds; how far the best plan of this world alone"
        " may be away is not known",
        "已复核；兼顾 {worlds} 种情形的方案之一，与仅就本情形的最优的差距未知",
    ),
    "unproved": Label(
        "Verified; how far the best plan may be away is not known yet",
        "已复核；与理论最优的差距尚未知",
    ),
    "span": Label(
        "{count} weeks, {first} to {last} · goal: {goal} · amounts in {unit}",
        "{count}周，{first}至{last} · 目标：{goal} · 金额单位：{unit}",
    ),
    "span_days": Label(
        "{count} periods of {days} days, {first} to {last} · goal: {goal} · amounts in {unit}",
        "{count}期（每期{days}天），{first}至{last} · 目标：{goal} · 金额单位：{unit}",
    ),
    "funnel_world": Label("funnel world", "漏斗模型"),
    "figures": Label("Key figures", "关键指标"),
    "decisions": Label("The decisions that matter", "最重要的决策"),
    "each": Label("{amount} a {per}", "每{per}{amount}"),
    "of_gmv": Label("{share} of GMV", "占支付GMV {share}"),
    "of_net": Label("{share} of net GMV", "占退后GMV {share}"),
    "of_budget": Label("{share} of {budget}", "预算{budget}的{share}"),
    "of_budget_before": Label(
        "{share} of {budget}, {before} of it before", "预算{budget}的{share}，其中此前{before}"
    ),
    "no_budget": Label("no budget set", "未设预算"),
    "cash_at": Label("in {week}, floor {floor}", "{week}，底线{floor}"),
    "no_cash": Label("no cash rules", "未设现金约束"),
    "gap_note": Label("objective {objective}, bound {bound}", "目标值{objective}，上界{bound}"),
    "gap_none": Label("no bound yet", "尚无上界"),
    "spend_of": Label("spend", "投入"),
    "by_day": Label("act by {day}", "{day}前行动"),
    "months": Label("Month by month", "月度拆解"),
    "held_back": Label("What holds the plan back", "瓶颈"),
    "held_note": Label(
        "Limits that are used up, and how often. More of these is worth asking for.",
        "已用满的上限及用满的次数。想再增长，先争取放宽这些。",
    ),
    "held_none": Label("No limit is used up.", "没有用满的上限。"),
    "used_up": Label("used up", "已用满"),
    "in_one": Label("in {week}", "{week}"),
    "in_many": Label("in {count} {per}s, {first} to {last}", "{count}{per}，{first}至{last}"),
    "week": Label("week", "周"),
    "period": Label("period", "期"),
    "loses": Label(
        "The plan loses money: more GMV costs more than it brings.",
        "本方案亏损：追求更多GMV的花费超过其带来的毛利。",
    ),
    "made_by": Label("Made by fact-allocator {version}", "由 fact-allocator {version} 生成"),
    "checked": Label(
        "Every figure is recomputed from the decisions by a replay that knows no solver.",
        "全部数字由不依赖求解器的重放程序按决策重新计算。",
    ),
    "no_script": Label(
        "The figures are drawn by scripts, which are switched off here; the numbers above and "
        "the tables are complete.",
        "图表需要脚本绘制，当前浏览器已关闭脚本；以上数字与表格完整。",
    ),
    "contents": Label("Contents", "目录"),
    "and_more": Label("{names} and {n} more", "{names}等{n}项"),
    "comma": Label(" · ", "、"),
    "clause": Label("; ", "；"),
    "best_plan": Label("Best checked plan", "已复核最好方案"),
    "bound": Label("Bound", "理论上界"),
    "lower_bound": Label("Bound", "理论下界"),
    "first_touch": Label("First touch", "首次触达"),
    "returned": Label("Returned by the snowball", "雪球回流"),
    "left_over": Label("Not spent", "未使用"),
    "with_credit": Label("Cash with credit drawn", "含授信现金"),
    "low_point": Label("Lowest", "最低点"),
    "window": Label("Campaign window", "活动期"),
    "sign_up": Label("Sign up by", "报名截止"),
    "session": Label("KOL session", "大V专场"),
    "sign": Label("Sign by", "签约"),
    "room_open": Label("On air", "账号开播"),
    "decide": Label("Decide to open", "决定开号"),
    "hire": Label("Decide on heads", "人员决定"),
    "traffic_title": Label("Recommended traffic, visits a {per}", "推荐流量（人次/{per}）"),
    "followers_title": Label("Followers", "粉丝（人）"),
}
"""Words and short sentences of the page."""
ITEMS = {
    "gmv": Label("GMV", "支付GMV"),
    "refunds": Label("Refunds", "退款"),
    "platform": Label("Platform fee, taxes", "平台扣点与税"),
    "goods": Label("Goods", "货品成本"),
    "logistics": Label("Logistics", "物流"),
    "overhead": Label("Overhead", "固定费用"),
    "fee_back": Label("KOL fees expected back", "达人保投产退费（期望）"),
    "contribution": Label("Contribution", "贡献毛利"),
}
"""Steps from GMV to contribution that are no lever."""
TEXTS = {
    "chart": CHARTS,
    "said": SAID,
    "empty": EMPTY,
    "decision": DECISIONS,
    "word": WORDS,
    "item": ITEMS,
}
"""Parts of this catalogue."""


def say(part: str, key: str, lang: Lang, **given: Any) -> str:
    """A text of ``TEXTS`` with what it is given put in.

    Raises:
        KeyError: there is no such text, or something that it needs is not given.
    """
    text: str = getattr(TEXTS[part][key], lang)
    return text.format(**given)
