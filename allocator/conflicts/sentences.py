"""What an explanation says, in English and in Chinese.

A sentence is a ``Label`` with places for what it is about; ``told`` puts words and figures in, in
both languages at once.
"""

from typing import Any

from allocator.labels import LEVERS, Label

NOTHING = Label("", "")
LISTS = Label(", ", "、")
"""What stands between the parts of a list."""

SUMS = {
    "heads": Label(
        "at least {least} heads of {role} are asked for, at most {most} can be there {when}:"
        " {joining}",
        "要求 {role} 至少 {least} 人，而{when}最多只能有 {most} 人：{joining}",
    ),
    "today": Label("{heads} today", "现有 {heads} 人"),
    "attrition": Label("{share} of them leave a period", "每周期流失比例 {share}"),
    "hires": Label(
        "at most {most} hires a time{total}, on the job {lead} periods later",
        "每次最多招 {most} 人{total}，{lead} 个周期后到岗",
    ),
    "in_all": Label(", {most} in all", "、总共 {most} 人"),
    "no_hires": Label("no hires", "不能招聘"),
    "hours": Label(
        "signed campaigns ({names}) need {need} hours of {role}, which is {heads} heads, {when};"
        " at most {most} can be there by then{besides}: {joining}",
        "已报名的活动（{names}）{when}需要 {role} {need} 小时，即 {heads} 人；"
        "届时最多只能有 {most} 人{besides}：{joining}",
    ),
    "besides": Label(
        " and {hours} hours of overtime, outsourcing and cover",
        "，另有加班、外包与替岗 {hours} 小时",
    ),
    "payroll": Label(
        "wages of the smallest team and open rooms cost at least {least} over the horizon, {short}"
        " more than the budget",
        "全程最小团队的工资与已开直播间至少花费 {least}，比预算多 {short}",
    ),
    "payroll_left": Label(
        "wages of the smallest team and open rooms cost at least {least} over the rest of the"
        " horizon, {short} more than earlier weeks left of the budget",
        "余下各期最小团队的工资与已开直播间至少花费 {least}，比此前各周余下的预算多 {short}",
    ),
    "payroll_period": Label(
        "wages of the smallest team and open rooms cost at least {least} a period {when}, more"
        " than the budget of a period",
        "{when}最小团队的工资与已开直播间每周期至少花费 {least}，超过单周期预算",
    ),
    "cash": Label(
        "wages, open rooms and overhead take at least {due} by the end of period {period}, before"
        " any sale is settled ({wait} periods); opening cash, receivables and credit are {held},"
        " and {floor} must stay",
        "到第 {period} 周期末，工资、已开直播间与管理费至少支出 {due}，此时尚无"
        "销售回款（账期 {wait} 个周期）；期初现金、应收与授信共 {held}，且须保留 {floor}",
    ),
    "locked_most": Label(
        "locked cells of {lever} sum to {total}, more than its largest spend",
        "{lever}的锁定投入合计 {total}，超过其投入上限",
    ),
    "locked_least": Label(
        "{lever} is locked in every period, the sum {total} is below its min",
        "{lever}每个周期都已锁定，合计 {total}，低于其投入下限",
    ),
    "locked_period": Label(
        "locked cells {when} sum to {total}, more than the budget of a period",
        "{when}锁定投入合计 {total}，超过单周期预算",
    ),
    "least_spend": Label(
        "{lever} has to spend at least {least} over the horizon, everything it can buy costs"
        " {most}",
        "{lever}全程至少要投入 {least}，而可买的全部加起来只要 {most}",
    ),
    "stock": Label(
        "signed campaign {campaign} asks for {floor} items of {line} {when}, at most {most} can be"
        " there: {opening} today, {orders} purchases of {each} that arrive by then",
        "已报名的活动 {campaign} {when}要求备货 {line} {floor} 件，"
        "届时最多只有 {most} 件：现有 {opening} 件，另有 {orders} 次可到货的采购、每次 {each} 件",
    ),
    "overlap": Label("overlap", "重叠"),
    "apart": Label("are {count} periods apart", "相隔 {count} 个周期"),
    "dates": Label(
        "signed campaigns {one} and {other} {apart}; the second opens {when}",
        "已报名的活动 {one} 与 {other} {apart}；后者{when}开始",
    ),
}
"""Sums that show that there is no plan."""

FIGURES = {
    "budget": Label("budget over the horizon", "全程预算"),
    "budget_per_period": Label("budget of a period", "单周期预算"),
    "locked": Label("locked spend of {lever}", "{lever}的锁定投入"),
    "profit_floor": Label("contribution at least", "贡献毛利下限"),
    "cash_floor": Label("cash to keep", "须保留的现金"),
    "cash_opening": Label("cash on hand at the start", "期初现金"),
    "credit": Label("credit line", "授信额度"),
    "target": Label("paid GMV over the horizon to be reached", "全程须达到的支付GMV"),
    "lever_min": Label("least spend on {lever} over the horizon", "{lever}全程投入下限"),
    "lever_max": Label("largest spend on {lever} over the horizon", "{lever}全程投入上限"),
    "share_min": Label(
        "smallest share of {lever} in all levers' spend", "{lever}占各阵地投入的最小比例"
    ),
    "share_max": Label(
        "largest share of {lever} in all levers' spend", "{lever}占各阵地投入的最大比例"
    ),
    "roi_floor": Label("GMV per unit of spend, at least", "投产比下限"),
    "hires_max": Label("hires of {role} a period", "{role} 每周期招聘人数"),
    "hires_total": Label("hires of {role} over the horizon", "{role} 全程招聘人数"),
    "leaves_max": Label("dismissals of {role} a period", "{role} 每周期裁减人数"),
    "heads_max": Label("most heads of {role}", "{role} 人数上限"),
    "heads_min": Label("fewest heads of {role}", "{role} 人数下限"),
    "outsource_max": Label("outsourced hours of {role} a period", "{role} 每周期外包小时"),
    "purchase_max": Label("purchases of {line} a period", "{line} 每周期采购量"),
    "stock_opening": Label("items of {line} on hand at the start", "{line} 期初库存"),
    "accounts_max": Label("accounts open at once", "同时开播的账号数"),
    "hours_min": Label("fewest live hours of {account} with any", "{account} 开播时的最少小时"),
    "boost": Label("spend on boost {boost} a period", "投流 {boost} 每周期投入"),
    "bought_max": Label("content bought a period", "每周期外购短视频数"),
    "made_max": Label("content made a period", "每周期自制短视频数"),
    "samples": Label("samples to tier {tier} a period", "{tier} 每周期寄样数"),
    "supply": Label(
        "creators of tier {tier} willing under offer {offer}",
        "{tier} 在条件 {offer} 下愿合作的达人数",
    ),
    "campaign_stock": Label(
        "stock of {line} when campaign {campaign} opens", "活动 {campaign} 开始时 {line} 的备货"
    ),
    "campaigns_apart": Label(
        "campaigns {one} and {other} exclude each other", "活动 {one} 与 {other} 互斥"
    ),
    "deal_stock": Label("stock of {line} for session {deal}", "专场 {deal} 所需 {line} 备货"),
    "spacing": Label("periods from one KOL session to the next", "两场大V专场之间的周期数"),
    "deals_apart": Label(
        "deals {one} and {other} exclude each other", "合作 {one} 与 {other} 互斥"
    ),
    "head_hours": Label(
        "hours of a head of {role} against the hours asked for", "{role} 每人工时与所需工时之比"
    ),
    "heads": Label("heads of {role} today", "{role} 现有人数"),
    "fee": Label("fee of deal {deal}", "合作 {deal} 的坑位费"),
    "joined": Label("package that is signed already", "已签的报名方案"),
    "agreed": Label(
        "session of deal {deal}, signed already for a fee of {fee}",
        "合作 {deal} 的专场，已签约，坑位费 {fee}",
    ),
}
"""What the figures of a file limit."""

TIMES = {
    "in": Label("in {spans}", "在{spans}"),
    "more": Label(" and {count} more spans", "及另外 {count} 段"),
    "one": Label("period {t} ({week})", "第 {t} 周期（{week}）"),
    "many": Label(
        "periods {first} to {last} ({start} to {end})",
        "第 {first} 至 {last} 周期（{start} 至 {end}）",
    ),
}
"""Periods."""

REPAIRS = {
    "limits": Label(
        "a change counts by its share of the figure: own limits once, means twice, what others"
        " have a say in four times",
        "改动按其占原数的比例计：自设限额一倍，资源两倍，须他方同意的四倍",
    ),
    "means": Label(
        "a change counts by its share of the figure: means once, what others have a say in twice,"
        " own limits four times",
        "改动按其占原数的比例计：资源一倍，须他方同意的两倍，自设限额四倍",
    ),
    "alike": Label(
        "a change counts by its share of the figure, whoever sets it",
        "改动按其占原数的比例计，不论由谁决定",
    ),
    "today": Label(
        "{weights}; least with the hires, packages, deals and contracts of today",
        "{weights}；在沿用今日招聘、报名、合作与合约的前提下最小",
    ),
    "wider": Label(
        "{weights}; {step} times the least change, with which today's way keeps the rules",
        "{weights}；取最小改动的 {step} 倍，此时照现状经营即可满足规则",
    ),
}
"""How the changes of a repair were weighed."""

FLOORS = {
    "kept_high": Label(
        "the floor falls less where others give way too, each by half at most: 1 % of what can be"
        " reached counts ten times 1 % of another figure; {weights}",
        "其他数字也让步（各至多改动一半）则下限少降：可达值的 1% 抵其他数字 1% 的十倍；{weights}",
    ),
    "has_to_give": Label(
        "{field} has to give itself: no plan reaches {value} even with every other figure that"
        " can change taken as far as is offered (means to about five times, own limits freely)",
        "{field} 本身必须下调：即使其余可改的数字都改到所允许的极限（资源约五倍，自设限额不限），"
        "也没有方案能达到 {value}",
    ),
    "alone": Label(
        "There is no second way: in the relaxation every other figure, changed by up to half,"
        " would lift what can be reached by less than a tenth of its own share",
        "没有第二种改法：在松弛问题中，其他任何数字改动至多一半，可达到值的提高不足其改动比例的十分之一",
    ),
}
"""Floors that no change of others can keep."""

NOTES = {
    "no_time": Label(
        "there was no time for a subset of rules and for repairs",
        "没有时间查找冲突的规则组与修改方案",
    ),
    "not_each": Label(
        "there was no time to try whether every rule named is needed",
        "没有时间逐条核对所列规则是否都必要",
    ),
    "over": Label(
        "the time was over before more repairs were tried", "时间已到，未再尝试更多修改方案"
    ),
    "whole": Label(
        "the search for a repair in whole numbers ran out of time", "按整数查找修改方案时时间已到"
    ),
    "program": Label("{error}", "程序无法建立：{error}"),
}
"""What was not found out."""

SCREEN = {
    "none": Label("no plan can keep every rule", "没有任何方案能满足全部规则"),
    "unknown": Label(
        "whether any plan keeps every rule was not found out", "未能查明是否有方案能满足全部规则"
    ),
    "sums": Label("In figures", "算账"),
    "subset": Label(
        "Rules that cannot be kept together (solved again by themselves; without any one of the"
        " figures that can change there would be points of the relaxation)",
        "无法同时满足的规则（已单独重新求解；去掉其中任何一个可改的数，松弛问题即有解）",
    ),
    "together": Label("Rules that cannot be kept together", "无法同时满足的规则"),
    "whole": Label(
        "In fractions of people, packages, deals and lots there would be a plan; in whole ones"
        " there is none",
        "若人数、报名方案、合作与批量可取小数则有方案；取整数则没有",
    ),
    "repairs": Label(
        "What would help; each was put in, and a plan with it found and verified",
        "可行的修改（每一项都已代入，求得方案并通过核验）",
    ),
    "out": Label("left out", "去掉"),
    "plan": Label(
        "a plan with GMV {gmv}; weighed: {weights}", "所得方案GMV {gmv}；权衡：{weights}"
    ),
    "unfound": Label("Not found out: {note}", "未查明：{note}"),
}
"""The frame of the screen."""


def told(sentence: Label, **given: Any) -> Label:
    """A sentence with what it is ``given`` put in; a ``Label`` among it in its own language."""

    def said(lang: int) -> str:
        words = {key: x[lang] if isinstance(x, Label) else x for key, x in given.items()}
        return sentence[lang].format(**words)

    return Label(said(0), said(1))


def joined(parts: list[Label], between: Label = LISTS) -> Label:
    """A list of words."""
    return Label(between.en.join(x.en for x in parts), between.zh.join(x.zh for x in parts))


def lever_words(lever: str) -> Label:
    """A lever: in English as the file calls it."""
    return Label(lever, LEVERS[lever].zh)
