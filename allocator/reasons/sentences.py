"""Sentences of an explanation, in Chinese and in English; braces hold what they are given."""

from allocator.labels import Label, Lang

SENTENCES = {
    "gain": Label(
        "Prices are read where packages, deals, offers, openings and hires are the plan's and "
        "all else is at its best; that is {gain} better than the plan as it stands.",
        "价格读自：活动、大V、佣金条件、开号与招聘照方案不变，其余调至最优；该点比原方案好{ga"
        "in}。",
    ),
    "exact": Label(
        "Prices hold for the plan's packages, deals, offers, openings and hires; all else may "
        "move.",
        "价格的前提：活动、大V、佣金条件、开号与招聘照方案不变，其余可调。",
    ),
    "prices": Label(
        "Counted in {goal}. Each was checked by solving again with less and with more of it: "
        "last and next unit are what was measured, and within the range a unit is on average "
        "worth the price within 10 %.",
        "以{goal}计。每个价格都以减少与增加各重解一次核对：减一单位、加一单位为实测；在适用"
        "范围内，每单位平均价值与价格相差不超过10%。",
    ),
    "kinks": Label(
        "A thin upright bar runs from the next unit's worth to the last one's in periods where "
        "they differ.",
        "细竖线表示该期加一单位与减一单位的价值不同，两端即二者。",
    ),
    "partly": Label(
        "{n} of {all} prices were not checked: the time was over.",
        "时间用尽，{all}个价格中有{n}个未核对。",
    ),
    "ratio": Label(
        "Against budget: the last yuan's worth over what a yuan of budget is worth{besides}, here "
        "{price}. At 1.00 the next yuan is as well spent here as anywhere; above, a rule keeps "
        "more out; below, more would bring too little. For hours and own videos a yuan is one of "
        "wages.",
        "与预算价之比：最后一元的价值除以一元预算的价值{besides}（此处为{price}）。等于1.00时，"
        "投在此处与别处同样划算；高于1说明有规则挡住更多投入；低于1说明再投不划算。工时与自制短"
        "视频按工资计。",
    ),
    "besides": Label(
        ", counting what a spent yuan takes from the goal and from floors",
        "，含花掉的一元对目标与下限的影响",
    ),
    "no_ratio": Label(
        "A yuan of budget is worth nothing more here, so there is nothing to set the last yuan "
        "against; hours and own videos count per yuan of wages.",
        "此处多一元预算没有价值，因此没有可比的预算价；工时与自制短视频按每元工资计。",
    ),
    "average": Label(
        "Average: what came from it, all that follows included, per yuan, in {goal}; for live "
        "hours GMV sold in the room per yuan of wages.",
        "平均回报：每元带来的{goal}（含后续滚动）；直播时长为直播间GMV除以工资。",
    ),
    "whole_choices": Label(
        "Packages and deals are taken whole or not at all: those taken have an average per yuan "
        "of fee and no last yuan. Whether each should be taken: explain --choices.",
        "活动档位与大V合作只能整体参与或放弃：已参与者列出每元费用的平均回报，没有边际回报；"
        "是否应参与见explain --choices。",
    ),
    "next": Label(
        "The next tenth of the budget ({money}) would bring {amount} of {goal}, {rate} per "
        "yuan{where}.",
        "下一成预算（{money}）将带来{goal}{amount}，每元{rate}{where}。",
    ),
    "next_more": Label("; it would go to {names}", "；去向：{names}"),
    "next_less": Label("; less would go to {names}", "；减少：{names}"),
    "next_unspent": Label("; {amount} of it would be left", "；其中{amount}用不掉"),
    "last": Label(
        "The last tenth ({money}) brings {amount} of {goal}, {rate} per yuan{where}.",
        "最后一成（{money}）带来{goal}{amount}，每元{rate}{where}。",
    ),
    "last_less": Label(
        "; without it the cut would fall on {names}", "；若没有它，将削减：{names}"
    ),
    "last_more": Label("; more would go to {names}", "；增加：{names}"),
    "last_unspent": Label("; {amount} of it is not used", "；其中{amount}未动用"),
    "next_late": Label(
        "The next tenth of the budget was not looked at: the time was over.",
        "时间用尽，未计算下一成预算。",
    ),
    "last_late": Label(
        "The last tenth of the budget was not looked at: the time was over.",
        "时间用尽，未计算最后一成预算。",
    ),
    "last_needed": Label(
        "Without the last tenth of the budget no plan with the same packages, deals, offers, "
        "openings and hires keeps every rule.",
        "若没有最后一成预算，在活动、大V、佣金条件、开号与招聘不变时，没有方案能遵守全部规则。",
    ),
    "whole": Label(
        "Both with packages, deals, offers, openings and hires as planned: a plan made anew "
        "would do at least as well.",
        "两者均假定活动、大V、佣金条件、开号与招聘不变；重新规划只会更好。",
    ),
    "no_budget": Label(
        "The instance sets no budget.",
        "实例未设预算。",
    ),
    "slack_budget": Label(
        "The budget is not used up ({slack} are left), so one more yuan of it is worth nothing.",
        "预算未用尽（剩余{slack}），再多一元没有价值。",
    ),
    "just_enough": Label(
        "The budget is used up and just enough: the next yuan of it is worth nothing, the last "
        "one {left}.",
        "预算恰好用尽：再多一元没有价值，最后一元值{left}。",
    ),
    "next_to_nothing": Label(
        "The budget is used up, but its last and its next yuan bring next to nothing.",
        "预算已用尽，但最后一元与下一元几乎不带来任何价值。",
    ),
    "decisions": Label(
        "Worth: what the plan would lose of {goal} if this alone were undone and all else "
        "stayed, by replay; rooms take the visits that are left within the rules that the plan "
        "keeps.",
        "价值：仅撤销该决定、其余照旧时，方案损失的{goal}（由重放得出；直播间在方案所守的规则内承接余下的流量）。",
    ),
    "decisions_cost": Label(
        "Ranked by the GMV that the target would miss if this alone were undone and all else "
        "stayed, by replay. Worth counts in {goal}: a minus is spend that would be saved.",
        "按仅撤销该决定、其余照旧时离目标少的GMV排序（由重放得出）。价值以{goal}计：负数为可省下的投入。",
    ),
    "rules": Label(
        "A limit is moved by 1 % in all periods in which it binds, and the plan is solved again"
        " with its whole numbers kept.",
        "在其生效的各期同时放宽1%，保持整数决策不变重新求解。",
    ),
    "unpriced": Label(
        "Prices, rules and the budget's tenths are missing: {note}.",
        "缺少价格、约束排序与预算分析：{note}。",
    ),
    "footer": Label(
        "Figures of the plan are recomputed from its decisions by a replay that knows no solver; "
        "prices, ranges and rules come from the linear program with its whole numbers fixed.",
        "方案的数字由不依赖求解器的重放程序按决策重新计算；价格、适用范围与约束排序来自固定整数决策后的线性规划。",
    ),
    "regret": Label(
        "Banning {lever} costs {amount} of {goal} (between {low} and {high}, proved).",
        "禁用{lever}损失{goal}{amount}（已证明介于{low}与{high}）。",
    ),
    "regret_none": Label(
        "Without {lever} there is no plan ({status}).",
        "不用{lever}则没有方案（{status}）。",
    ),
    "traced": Label(
        "Came from it: every visit, follower, customer and creator of the plan is followed back"
        " to the act that brought it. First touch is sold to those whom the act itself brought,"
        " snowball to those whom earlier sales and visits brought. The parts add up to the GMV "
        "exactly. What today's traffic, followers and creators bring counts as the audience of "
        "day one, whoever serves them.",
        "由它带来：方案中的每一次访问、每个粉丝、客户与达人都追溯到带来它的动作。首次触达指动作直"
        "接带来的成交，雪球指此前成交与访问滚动带来的成交。各部分之和恰为GMV。期初已有的流量、"
        "粉丝与达人带来的成交，无论由谁承接，都计入期初存量。",
    ),
    "shapley": Label(
        "Shapley: what a lever adds on average over all orders in which the four can join, the "
        "rest of the plan unchanged. What levers earn only together is shared among them; Field"
        " also gets what its live hours serve.",
        "Shapley值：四个杠杆以各种先后次序加入时，该杠杆平均带来的增量，方案其余部分不变。"
        "共同创造的部分在杠杆间分摊；自播阵地的直播时长所承接的成交也计入其中。",
    ),
    "choice_of_visits": Label(
        "Choice of visits: by how much rooms that take whoever comes, where no rule is broken, "
        "would sell less than the plan's own choice (a minus: more).",
        "流量取舍：在不违反规则的前提下，若直播间来者皆接，成交比方案自身的取舍少多少（负数为更多）。",
    ),
    "removed": Label(
        "Missing without it: what this plan would lose if the lever alone did nothing and "
        "nothing else changed; rooms take the visits that are left within the rules that the plan"
        " keeps. Levers need each other, so these do not add up.",
        "缺它少多少：仅该杠杆停止动作、其余照旧时方案的损失；直播间在方案所守的规则内承接余下的流量。"
        "杠杆互相依存，这些数不能相加。",
    ),
    "banned": Label(
        "Replanned without it: by how much the best plan without the lever falls short, budget "
        "and team put to other use. The table has the GMV, the sentences below the goal.",
        "禁用后重排：不用该杠杆、预算与团队另作安排时，最优方案少多少；表中为GMV，下文按目标口径。",
    ),
    "differ": Label(
        "The answers differ because the questions do: {most} brought most by origin, {worth} is"
        " worth most by Shapley.",
        "问题不同，答案也不同：按来源贡献最大的是{most}，按Shapley值最重要的是{worth}。",
    ),
    "same": Label(
        "By both measures {most} comes first; the amounts differ because the questions do.",
        "两种口径下{most}都居首；问题不同，数额也不同。",
    ),
    "below": Label(
        "Negative at first touch: {names}, {amount} together. A discount sells cheaper to those "
        "who would have bought anyway, and the dip before and after its window takes orders from "
        "those weeks; that is more than the act itself sold. What it brings later is snowball.",
        "首次触达为负：{names}，合计 {amount}。折扣让本来会买的人买得更便宜，活动前后的低谷又带走"
        "那几周的订单，两者超过了活动本身带来的成交；其后续带来的部分计入雪球。",
    ),
    "organic": Label(
        "{share} of the GMV comes from the audience of day one, {snowball} of all GMV through "
        "the snowball.",
        "GMV的{share}来自期初存量；全部GMV中{snowball}经由雪球。",
    ),
}
"""Sentences by key."""


def sentence(key: str, lang: Lang, **given: str) -> str:
    """A sentence with what it is given put in."""
    return SENTENCES[key].say(lang, **given)
