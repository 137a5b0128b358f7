"""Monday morning in words, in both languages."""

from allocator.labels import Label, Lang

WORDS = {
    "week": Label("{week}: the plan and what came of it", "{week}：计划与实际"),
    "figure": Label("Figure", "指标"),
    "plan": Label("Plan", "计划"),
    "actual": Label("Actual", "实际"),
    "difference": Label("Difference", "差异"),
    "why": Label("GMV {difference} against the plan", "成交额与计划相差 {difference}"),
    "earlier": Label("left over from the weeks before", "此前几周的影响"),
    "hours": Label("live hours done", "开播时长"),
    "ad_spend": Label("money on traffic", "投流花费"),
    "views": Label("visits beyond hours and money", "时长和投流以外的观看人次"),
    "conversion": Label("orders per visit", "每次观看的订单数"),
    "price": Label("GMV per order", "客单价"),
    "deals": Label("KOL sessions", "大V专场"),
    "creators": Label("creators' rooms", "达人带货"),
    "untold": Label("not told apart ({causes})", "无法区分（{causes}）"),
    "tell": Label("To tell more of it apart, give: {columns}", "要进一步区分，请提供：{columns}"),
    "beyond_hours": Label(
        "{name}: {seen} live hours were done, the plan's file allows {most};"
        " visits are counted for {most}.",
        "{name}：实际开播 {seen} 小时，方案文件允许 {most} 小时；观看按 {most} 小时计。",
    ),
    "beyond_spend": Label(
        "{name}: {seen} was spent, by the plan's file at most {most} a week buys visits;"
        " the rest counts in budget, contribution and cash.",
        "{name}：实际花费 {seen}，按方案文件每周至多 {most} 能带来观看；"
        "超出部分计入预算、贡献毛利和资金。",
    ),
    "no_place": Label(
        "{name} was given, the plan's file has nothing of it: it is not used.",
        "填写了{name}，但方案文件中没有这一项：未使用。",
    ),
    "hires_missing": Label(
        "{name}: hires that were due and are missing in the heads seen: {count}; hires_total"
        " counts those who came, so the plan may hire anew.",
        "{name}：应到岗而实际人数中没有的招聘：{count} 人；hires_total 只计实际到岗的人，"
        "因此可以重新招聘。",
    ),
    "hires_late": Label(
        "{name}: hires that were missing before and are among the heads now: {count}; hires_total"
        " counts them again.",
        "{name}：此前未到岗、现已在岗的招聘：{count} 人；重新计入 hires_total。",
    ),
    "scenario_seen": Label(
        "Scenario {name}: what it says of {places} is left out, since that is certain after this"
        " week; its chance and its other changes stay.",
        "情景 {name}：本周之后 {places} 已成定局，情景中的这些改动已略去；其概率和其余改动不变。",
    ),
    "scenario_gone": Label(
        "Scenarios that no longer hold after this week: {name}; they are left out, and their"
        " chances are shared out to the others in proportion.",
        "本周之后不再成立的情景：{name}；已略去，其概率按比例分给其余情景。",
    ),
    "scenarios_gone": Label(
        "Scenarios that no longer hold after this week: {name}; none is left, so score and hedge"
        " assume how growth may turn out until the new plan's file is given others.",
        "本周之后不再成立的情景：{name}；已无情景，"
        "在新方案文件补上情景之前，score 和 hedge 采用假定的增长情形。",
    ),
    "rest": Label("smaller parts", "其余"),
    "none": Label("close to the plan in every part", "各部分都接近计划"),
    "same": Label("Go on with the plan: nothing has to change.", "照原计划执行：无需改动。"),
    "shifted": Label(
        "Hours, spend, team and deals stay; only what full rooms take first shifts.",
        "时长、花费、团队和合作不变；只是满员时先接待谁有所调整。",
    ),
    "shifted_team": Label(
        "Hours, spend, hires, leaves and deals stay as planned; the team that was seen is not the"
        " one that was planned.",
        "时长、花费、招聘、离职和合作照原计划；但实际团队与计划的人数不同。",
    ),
    "change": Label("{count} changes to the rest of the plan", "对余下计划的 {count} 处改动"),
    "change_one": Label("1 change to the rest of the plan", "对余下计划的 1 处改动"),
    "what": Label("What", "事项"),
    "where": Label("Weeks", "周次"),
    "before": Label("Was", "原为"),
    "after": Label("Now", "改为"),
    "reason": Label("Why", "原因"),
    "worth": Label("worth {value}", "值 {value}"),
    "worth_cost": Label("saves {value}", "节省 {value}"),
    "little": Label("goes with the other changes", "随其他改动"),
    "little_one": Label("worth hardly anything", "对结果几乎没有影响"),
    "rule": Label("else {rule}", "否则违反：{rule}"),
    "together": Label("only together with other changes", "须与其他改动一起"),
    "more": Label("and {count} smaller ones", "另有 {count} 处较小改动"),
    "old_possible": Label(
        "Keeping the old plan is worth {old} from here on, the new one {new} ({gain}).",
        "照旧计划今后价值 {old}，新计划 {new}（{gain}）。",
    ),
    "old_possible_cost": Label(
        "Keeping the old plan costs {old} from here on, the new one {new} ({gain}).",
        "照旧计划今后需投入 {old}，新计划需投入 {new}（{gain}）。",
    ),
    "old_broken": Label(
        "The old plan no longer keeps every rule: {rule}",
        "旧计划已不能满足全部规则：{rule}",
    ),
    "best": Label(
        "The best plan is worth {best} and changes {count} things; steadiness costs {cost} of it"
        " (at most {most} allowed).",
        "最好的计划价值 {best}，有 {count} 处改动；稳定的代价为 {cost}（最多允许 {most}）。",
    ),
    "best_cost": Label(
        "The best plan costs {best} and changes {count} things; steadiness costs {cost} more"
        " (at most {most} allowed).",
        "最好的计划投入 {best}，有 {count} 处改动；稳定使投入多 {cost}（最多允许 {most}）。",
    ),
    "bound": Label("No plan is worth more than {bound}.", "任何计划都不超过 {bound}。"),
    "bound_cost": Label("No plan costs less than {bound}.", "任何计划的投入都不低于 {bound}。"),
    "failed": Label(
        "There is no plan for the rest: {status}.",
        "余下没有计划（{status}）。",
    ),
    "nearest": Label("The nearest plan breaks, by week:", "最接近的计划按周违反："),
    "broken_more": Label("and {count} more", "另有 {count} 处"),
    "cash_seen": Label(
        "cash = {cash} was seen at the end of {week}. No plan leads from there to the floor of"
        " {floor} (money.cash.floor) with a credit of {credit} (money.cash.credit): one of the two"
        " has to change in the plan's file first.",
        "{week} 末实际可用资金（cash）为 {cash}。由此出发，在授信额度 {credit}"
        "（money.cash.credit）内，没有计划能达到现金底线 {floor}（money.cash.floor）："
        "须先在方案文件中改动其中之一。",
    ),
    "cash_unseen": Label(
        "Without a column cash, {cash} is at hand at the end of {week} by the books. No plan leads"
        " from there to the floor of {floor} (money.cash.floor) with a credit of {credit}"
        " (money.cash.credit): one of the two has to change in the plan's file first.",
        "未提供可用资金（cash）；按账面，{week} 末为 {cash}。由此出发，在授信额度 {credit}"
        "（money.cash.credit）内，没有计划能达到现金底线 {floor}（money.cash.floor）："
        "须先在方案文件中改动其中之一。",
    ),
}
"""Headings and sentences."""
KINDS = {
    "start": Label("open", "开通"),
    "hours": Label("live hours a week", "每周开播时长"),
    "skilled": Label("skilled hours a week", "每周精细承接工时"),
    "boost_spend": Label("spend a week", "每周投流"),
    "content_made": Label("short videos made a week", "每周自制短视频"),
    "content_bought": Label("short videos bought a week", "每周外购短视频"),
    "discount": Label("discount level", "让利档位"),
    "offer": Label("creators' offer", "达人条件"),
    "samples": Label("samples a week", "每周寄样"),
    "package": Label("campaign package", "活动方案"),
    "deal": Label("KOL session", "大V专场"),
    "purchase": Label("items ordered a week", "每周采购件数"),
    "hires": Label("hire", "招聘"),
    "leaves": Label("let go", "离职"),
    "overtime": Label("overtime a week", "每周加班工时"),
    "outsourced": Label("outsourced hours a week", "每周外包工时"),
}
"""What may change, as planners call it."""


def say(key: str, lang: Lang, **values: str) -> str:
    """A heading or a sentence."""
    return WORDS[key].say(lang, **values)
