"""What reports call things, in Chinese and in English.

One catalogue for the workbook, the page and the comparison: figures, levers, tables, columns,
statuses, units. A key is the name that tables and records use (``gmv``, ``live_hours``); the
catalogue says how a reader sees it. Names that a merchant gave (accounts, tiers, deals) are not
translated.
"""

from typing import Any, Literal, NamedTuple, get_args

Lang = Literal["en", "zh"]
"""Languages of the reports."""
LANGS: tuple[Lang, ...] = get_args(Lang)


class Label(NamedTuple):
    """A name or a sentence in every language."""

    en: str
    zh: str

    def say(self, lang: Lang, **given: Any) -> str:
        """The text for readers of ``lang``, with what it is ``given`` put in."""
        text = self.zh if lang == "zh" else self.en
        return text.format(**given) if given else text


KPIS = {
    "status": Label("Status", "状态"),
    "gmv": Label("GMV", "支付GMV"),
    "net_gmv": Label("Net GMV", "退后GMV"),
    "contribution": Label("Contribution", "贡献毛利"),
    "spend": Label("Spend", "总投入"),
    "spend_field": Label("Spend: Field", "投入：自播阵地"),
    "spend_alliance": Label("Spend: Alliance", "投入：达人矩阵"),
    "spend_campaign": Label("Spend: Campaign", "投入：营销活动"),
    "spend_kol": Label("Spend: Top-KOL", "投入：头部大V"),
    "spend_team": Label("Spend: Team", "投入：团队"),
    "roi": Label("ROI (GMV per yuan spent)", "投产比（支付GMV/投入）"),
    "net_roi": Label("Net ROI (net GMV per yuan spent)", "净投产比（退后GMV/投入）"),
    "break_even_roi": Label("Break-even ROI", "保本投产比"),
    "cash_low": Label("Lowest cash", "现金最低点"),
    "heads_end": Label("Heads at the end", "期末编制"),
    "followers_gained": Label("Followers gained", "净增粉丝"),
    "objective": Label("Objective", "目标值"),
    "terminal_value": Label("End value", "期末资产价值"),
    "bound": Label("Bound", "理论上界"),
    "gap": Label("Gap", "最优差距"),
    "budget": Label("Budget", "预算"),
    "spent_before": Label("Spent before", "此前已用"),
    "runtime": Label("Seconds", "求解秒数"),
    "weeks": Label("Weeks", "周数"),
    "gmv_week": Label("GMV per week", "周均支付GMV"),
    "net_gmv_week": Label("Net GMV per week", "周均退后GMV"),
    "contribution_week": Label("Contribution per week", "周均贡献毛利"),
    "spend_week": Label("Spend per week", "周均投入"),
    "followers_week": Label("Followers gained per week", "周均净增粉丝"),
    "contribution_share": Label("Contribution / GMV", "贡献毛利率"),
}
"""Figures of the whole horizon."""
LEVERS = {
    "field": Label("Field", "自播阵地"),
    "alliance": Label("Alliance", "达人矩阵"),
    "campaign": Label("Campaign", "营销活动"),
    "kol": Label("Top-KOL", "头部大V"),
    "team": Label("Team", "团队"),
}
"""What money is spent on."""
SOURCES = {
    "field": Label("Field", "自播阵地"),
    "campaign": Label("Campaign uplift", "活动增量"),
    "alliance": Label("Alliance", "达人矩阵"),
    "kol": Label("Top-KOL", "头部大V"),
    "shelf": Label("Shelf", "货架场"),
    "repeat": Label("Repeat orders", "老客复购"),
}
"""Where GMV comes from."""
TABLES = {
    "summary": Label("Summary", "总览"),
    "origins": Label("Where GMV came from", "GMV溯源"),
    "months": Label("By month and lever", "月度目标拆解"),
    "budget": Label("Weekly budget", "周预算分配"),
    "hours": Label("Live hours", "开播时长"),
    "accounts": Label("Accounts", "账号矩阵"),
    "boosts": Label("Boosts", "付费投流"),
    "content": Label("Short videos", "短视频"),
    "alliance": Label("Creator plan", "达人计划"),
    "campaigns": Label("Campaigns", "营销活动报名"),
    "deals": Label("Top-KOL deals", "头部大V合作"),
    "heads": Label("Head count", "编制"),
    "roster": Label("Roster", "排班与编制"),
    "goods": Label("Stock", "库存"),
    "cash": Label("Cash flow", "现金流"),
    "gmv_by_lever": Label("GMV by source", "GMV来源"),
    "gmv_by_segment": Label("GMV by segment", "人群GMV"),
    "audience": Label("Asset ledger", "人群资产台账"),
    "roi": Label("ROI", "投产比"),
    "first_touch": Label("First touch and return", "首次触达与雪球回流"),
    "result": Label("From GMV to contribution", "从GMV到贡献毛利"),
    "limits": Label("What holds the plan back", "瓶颈"),
    "comparison": Label("Comparison", "方案对比"),
    "notes": Label("Assumptions", "假设说明"),
}
"""Tables, sheets and chapters."""
COLUMNS = {
    "period": Label("Period", "周期"),
    "week": Label("Week", "周"),
    "start": Label("First day", "起始日"),
    "end": Label("Last week", "末周"),
    "month": Label("Month", "月份"),
    "periods": Label("Periods", "周期数"),
    "total": Label("Total", "合计"),
    "lever": Label("Lever", "经营阵地"),
    "source": Label("Source", "来源"),
    "segment": Label("Segment", "人群"),
    "account": Label("Account", "账号"),
    "tier": Label("Tier", "达人层级"),
    "offer": Label("Offer", "合作条件"),
    "campaign": Label("Campaign", "营销活动"),
    "package": Label("Package", "报名方案"),
    "deal": Label("Deal", "合作"),
    "role": Label("Role", "岗位"),
    "line": Label("Product line", "货盘"),
    "boost": Label("Boost", "投流渠道"),
    "label": Label("Name", "名称"),
    "type": Label("Type", "类型"),
    "slot": Label("Slot", "时段"),
    "limit": Label("Limit", "瓶颈"),
    "what": Label("Where", "对象"),
    "spend": Label("Spend", "投入"),
    "labour": Label("of it wages", "其中工资"),
    "gmv": Label("GMV", "支付GMV"),
    "net_gmv": Label("Net GMV", "退后GMV"),
    "contribution": Label("Contribution", "贡献毛利"),
    "gmv_field": Label("GMV: Field", "GMV：自播阵地"),
    "gmv_campaign": Label("GMV: Campaign uplift", "GMV：活动增量"),
    "gmv_alliance": Label("GMV: Alliance", "GMV：达人矩阵"),
    "gmv_kol": Label("GMV: Top-KOL", "GMV：头部大V"),
    "gmv_shelf": Label("GMV: Shelf", "GMV：货架场"),
    "gmv_repeat": Label("GMV: Repeat orders", "GMV：老客复购"),
    "fee": Label("Fee", "费用"),
    "slot_fee": Label("Slot fee", "坑位费"),
    "gmv_p10": Label("GMV p10 (low)", "GMV p10（保守）"),
    "gmv_p50": Label("GMV p50 (middle)", "GMV p50（中位）"),
    "gmv_p90": Label("GMV p90 (high)", "GMV p90（乐观）"),
    "gmv_mean": Label("GMV, mean", "GMV期望"),
    "promised_roi": Label("Promised GMV per fee", "保底投产比"),
    "fee_back": Label("Fee expected back", "期望退费"),
    "receipts": Label("Receipts", "回款"),
    "paid_spend": Label("Spend paid", "支付投入"),
    "overhead": Label("Overhead", "固定费用"),
    "paid_goods": Label("Goods and logistics", "货款与物流"),
    "credit_cost": Label("Interest", "利息"),
    "balance": Label("Cash at the end", "期末现金"),
    "drawn": Label("Credit drawn", "已用授信"),
    "floor": Label("Cash floor", "现金底线"),
    "live_hours": Label("Live hours", "开播时长"),
    "skilled_hours": Label("Skilled hours", "精细承接时长"),
    "need": Label("Hours needed", "所需工时"),
    "available": Label("Hours available", "可用工时"),
    "load": Label("Load", "负荷"),
    "overtime": Label("Overtime", "加班"),
    "outsourced": Label("Outsourced", "外包"),
    "covered_for_others": Label("Cover for others", "支援他岗"),
    "capacity": Label("Reception", "承接能力"),
    "visits": Label("Visits", "场观"),
    "traffic": Label("Recommended traffic", "推荐流量"),
    "orders": Label("Orders", "订单"),
    "open": Label("Open", "已开通"),
    "taken": Label("Taken", "参加"),
    "signed": Label("Signed", "签约"),
    "agreed": Label("Signed before", "此前已签约"),
    "joined": Label("Joined before", "已报名"),
    "stock": Label("Stock", "库存"),
    "purchase": Label("Purchase", "采购"),
    "samples": Label("Samples", "寄样"),
    "content_stock": Label("Videos at work", "在投短视频"),
    "made": Label("Made", "自制"),
    "bought": Label("Bought", "外购"),
    "pool": Label("Creator pool", "合作达人池"),
    "kept": Label("Creators at work", "动销达人"),
    "followers": Label("Followers", "粉丝"),
    "new_followers": Label("New followers", "新增粉丝"),
    "contacts": Label("Follow contacts", "转粉触达"),
    "customers": Label("Active customers", "活跃老客"),
    "interest": Label("Interested people (A3)", "种草人群（A3）"),
    "awareness": Label("Awareness", "品牌声量"),
    "heads": Label("Heads", "编制"),
    "productive": Label("Productive heads", "有效编制"),
    "hires": Label("Hires", "招聘"),
    "leaves": Label("Dismissals", "裁减"),
    "discount": Label("Discount", "让利"),
    "uplift": Label("Uplift", "爆发倍数"),
    "commission_rate": Label("Commission", "佣金率"),
    "acceptance": Label("Chance of acceptance", "成交概率"),
    "first": Label("From", "开始"),
    "last": Label("Until", "结束"),
    "sign_up": Label("Sign up by", "报名截止"),
    "sign": Label("Sign in", "签约周"),
    "session": Label("Session", "专场周"),
    "weeks_left": Label("Weeks left to sign up", "距报名截止（周）"),
    "eligible": Label("Eligibility", "报名资格"),
    "share": Label("Share", "占比"),
    "first_touch": Label("GMV at first touch", "首次触达GMV"),
    "returned": Label("GMV returned by the snowball", "雪球回流GMV"),
    "item": Label("Step", "项目"),
    "amount": Label("Amount", "金额"),
    "figure": Label("Figure", "指标"),
    "value": Label("Value", "数值"),
    "unit": Label("Unit", "单位"),
}
"""Columns of tables."""
STATUSES = {
    "optimal": Label("certified within the gap asked for", "已证明：达到要求的最优差距"),
    "feasible_limit": Label("verified plan, stopped at the time limit", "可行方案：到达时限"),
    "interrupted_feasible": Label("verified plan, interrupted", "可行方案：中途停止"),
    "feasible_near": Label(
        "verified plan, chosen among nearly as good ones", "可行方案：在接近最优者中选取"
    ),
    "feasible_hedge": Label("verified plan, part of a hedge", "可行方案：兼顾方案的一部分"),
    "no_plan_yet": Label("no plan found within the limits", "时限内未找到方案"),
    "infeasible": Label("no plan can keep every rule", "无可行方案：规则相互冲突"),
    "unbounded_model": Label("internal fault: the model has no bound", "内部错误：模型无界"),
    "unverified": Label("failed its verification, not used", "未通过复核，不可使用"),
    "error": Label("the solve failed", "求解失败"),
}
"""How a solve ended."""
GOALS = {
    "gmv": Label("most GMV", "支付GMV最大"),
    "net_gmv": Label("most net GMV", "退后GMV最大"),
    "profit": Label("most contribution", "贡献毛利最大"),
    "cost": Label("least spend for a target", "达成目标的投入最小"),
}
"""What a plan is for."""
TYPES = {
    "flagship": Label("flagship", "旗舰号"),
    "category": Label("category", "品类号"),
    "persona": Label("persona", "人设号"),
}
"""Kinds of accounts."""
LIMITS = {
    "budget": Label("budget", "预算"),
    "cash floor": Label("cash floor", "现金底线"),
    "credit line": Label("credit line", "授信额度"),
    "live hours": Label("live hours", "开播时长上限"),
    "reception": Label("reception", "承接能力"),
    "open accounts": Label("open accounts", "账号数上限"),
    "boost spend": Label("boost spend", "投流上限"),
    "content made": Label("content made", "短视频产能"),
    "samples": Label("samples", "寄样上限"),
    "creators willing": Label("creators willing", "愿合作达人数"),
    "hours of": Label("hours of", "岗位工时"),
    "hires of": Label("hires of", "招聘上限"),
    "heads of": Label("heads of", "编制上限"),
    "over the horizon": Label("over the horizon", "全周期"),
    "per period": Label("per period", "单周期"),
}
"""What holds a plan back."""
UNITS = {
    "1": Label("", ""),
    "text": Label("text", "文本"),
    "date": Label("date", "日期"),
    "month": Label("month", "月"),
    "week": Label("week", "周"),
    "period": Label("period", "周期"),
    "ISO week": Label("ISO week", "ISO周"),
    "yes/no": Label("yes/no", "是/否"),
    "share": Label("share", "比例"),
    "CNY": Label("CNY", "元"),
    "visit": Label("visits", "人次"),
    "order": Label("orders", "单"),
    "person": Label("people", "人"),
    "hour": Label("hours", "小时"),
    "creator": Label("creators", "位达人"),
    "head": Label("heads", "人"),
    "content": Label("videos", "条"),
    "point": Label("points", "点"),
    "item": Label("items", "件"),
}
"""Units of columns and fields, one dimension each; see ``unit_words`` for products."""
WORDS = {
    "plan": Label("Plan", "经营规划"),
    "yes": Label("yes", "是"),
    "no": Label("no", "否"),
    "none": Label("none", "无"),
    "all": Label("all", "全部"),
    "certified": Label("certified", "已证明"),
    "amounts_in": Label("amounts in", "金额单位"),
    "not_taken": Label("not taken", "未参加"),
    "from_the_start": Label("from the start", "期初已有"),
    "against": Label("against", "对比"),
    "difference": Label("difference", "差异"),
    "snowball": Label("snowball", "雪球模型"),
    "funnel": Label("funnel", "漏斗模型"),
    "assumed": Label("Assumed, not measured", "以下为假设，非实测"),
}
"""Single words."""

Group = Literal[
    "kpi", "lever", "source", "table", "column", "status", "goal", "type", "limit", "unit", "word"
]
"""Parts of the catalogue."""
CATALOGUE: dict[Group, dict[str, Label]] = {
    "kpi": KPIS,
    "lever": LEVERS,
    "source": SOURCES,
    "table": TABLES,
    "column": COLUMNS,
    "status": STATUSES,
    "goal": GOALS,
    "type": TYPES,
    "limit": LIMITS,
    "unit": UNITS,
    "word": WORDS,
}


def label(group: Group, key: str, lang: Lang) -> str:
    """How readers of ``lang`` see ``key``.

    Raises:
        KeyError: the catalogue does not hold it.
    """
    return getattr(CATALOGUE[group][key], lang)  # type: ignore[no-any-return]


def unit_words(unit: str, lang: Lang, currency: str = "CNY") -> str:
    """A unit such as ``hour/order`` in words, every factor by itself; empty for a pure number.

    ``CNY`` stands for the instance's currency, which is shown as it is unless it is yuan.
    """
    sides = []
    for side in unit.split("/") if unit != "yes/no" else [unit]:
        factors = [
            currency if factor == "CNY" and currency != "CNY" else _unit(factor, lang)
            for factor in side.split("*")
        ]
        sides.append(" × ".join(factors))
    return "/".join(sides)


def _unit(unit: str, lang: Lang) -> str:
    """A unit without products; what the catalogue does not know is a currency."""
    return label("unit", unit, lang) if unit in UNITS else unit
