"""Headings of the three questions, in both languages."""

from allocator.labels import Label

HEADINGS = {
    "title": Label("three questions of growth", "增长三问"),
    "team": Label("1a · The team as it is, or hired freely", "一（上）· 现有团队还是放开招聘"),
    "sizes": Label("1b · Which levers, as it grows", "一（下）· 由小到大，先用哪些杠杆"),
    "levers": Label("2 · One lever less, Alliance alone", "二 · 少一个杠杆、只做达人"),
    "rooms": Label("3 · How many rooms, which next", "三 · 几个直播间，下一个开哪种"),
    "assumed": Label("Assumed, not measured", "以下为假设，并非实测"),
    "case": Label("Merchant", "情形"),
    "objective": Label("Objective", "目标值"),
    "bound": Label("Bound", "理论上界"),
    "gap": Label("Gap", "最优差距"),
    "between": Label("Proved between", "已证明区间"),
    "plans": Label("By the plans", "按方案"),
    "gmv": Label("GMV", "支付GMV"),
    "contribution": Label("Contribution", "贡献毛利"),
    "spend": Label("Spend", "总投入"),
    "hires": Label("Hires", "招聘"),
    "size": Label("Size", "规模"),
    "open": Label("Rooms open at the end", "期末开播间数"),
    "packages": Label("Packages", "活动套餐"),
    "deals": Label("Top-KOL deals", "大V签约数"),
    "factor": Label("Growth a week", "周增长因子"),
    "calm": Label("Calm weeks", "平常周"),
    "below": Label("Weeks below 1", "低于1的周"),
    "weeks": Label("Week by week", "逐周"),
    "limit": Label("Rooms at most", "直播间上限"),
    "opened": Label("Opened", "新开"),
}
AGAINST = {
    "team": Label(
        "Proved between, by the plans: against the team as it is, as a share of its plan.",
        "已证明区间、按方案：与现有团队相比，占其方案的比例。",
    ),
    "sizes": Label(
        "Shares of the four levers in their spend, wages and commission counted.",
        "四杠杆投入占比，含人工与佣金。",
    ),
    "levers": Label(
        "Proved between, by the plans: against the merchant as the file has it.",
        "已证明区间、按方案：与文件现状相比。",
    ),
    "rooms": Label(
        "Proved between, by the plans: against one room less; of single accounts against today.",
        "已证明区间、按方案：与少一个直播间相比；单开账号与今天相比。",
    ),
}
"""What the differences of a table are held against."""
CASES = {
    "base": Label("as the file has it", "文件现状"),
    "team.as_it_is": Label("team as it is, no hire", "现有团队，不招人"),
    "team.free": Label("hired freely at today's pay", "按现薪放开招聘"),
    "team.pay": Label("newcomers at {share} of today's pay", "新人按现薪的{share}"),
    "without": Label("without {lever}", "不用{lever}"),
    "alliance.known": Label("Alliance alone, the brand as known", "只做达人，保留品牌积累"),
    "alliance.unknown": Label("Alliance alone, an unknown brand", "只做达人，品牌从零开始"),
    "rooms": Label("{count}", "{count}"),
    "next": Label("{name} ({kind}) alone", "只开 {name}（{kind}）"),
    "size": Label("× {size}", "× {size}"),
    "today": Label(", today", "（今天）"),
    "copy": Label("copy of {name}", "复制 {name}"),
}
KINDS = {
    "flagship": Label("flagship", "旗舰号"),
    "category": Label("category", "品类号"),
    "persona": Label("persona", "人设号"),
}
SAID = {
    # Of one case beyond another.
    "span": Label("{low} to {high}", "{low} 至 {high}"),
    "gains": Label("worth {span}", "值 {span}"),
    "loses": Label("costs {span}", "损失 {span}"),
    "nothing": Label("worth nothing: at most {high}", "不值：至多 {high}"),
    "open": Label(
        "not decided within the gap: between {low} and {high}, by the plans {plans}",
        "在最优差距内未定：介于 {low} 与 {high}，按方案为 {plans}",
    ),
    "unknown": Label("not known: no plan was found", "未知：未找到方案"),
    "infeasible": Label("no plan keeps every rule", "没有满足全部规则的方案"),
    # Team.
    "hiring_gains": Label(
        "With the team as it is the merchant gives up {span}: that much more hiring freely at"
        " today's pay brings. By the plans {hired} hired.",
        "维持现有团队会少得 {span}：按现薪放开招聘可多得这么多。按方案招聘 {hired}。",
    ),
    "hiring_nothing": Label(
        "Hiring freely at today's pay brings nothing: at most {high}.",
        "按现薪放开招聘没有收益：至多 {high}。",
    ),
    "hiring_open": Label(
        "Whether hiring freely at today's pay is worth it is not decided within the gap: between"
        " {low} and {high}. By the plans it is {plans}, with {hired} hired.",
        "按现薪放开招聘是否值得，在最优差距内未定：介于 {low} 与 {high}；"
        "按方案为 {plans}，招聘 {hired}。",
    ),
    "nobody": Label("nobody", "0 人"),
    "heads": Label("{count} × {role}", "{role} {count} 人"),
    "pay": Label(
        "With the other choices of these plans kept, hiring pays up to {low} of today's pay and"
        " no more at {high}: {hired}.",
        "在这些方案的其他选择不变时，新人薪酬在现薪的 {low} 以内招聘划算，"
        "到 {high} 不再划算：{hired}。",
    ),
    "pay_more": Label(
        "Hiring pays even at {low} of today's pay, the most that was tried: {hired}.",
        "即使新人薪酬为现薪的 {low}（所试最高）仍划算：{hired}。",
    ),
    "pay_low": Label(
        "With the other choices of these plans kept, newcomers would be taken for nothing, but not"
        " at {high} of today's pay: {hired}.",
        "在这些方案的其他选择不变时，新人不要薪酬才划算，到现薪的 {high} 就不划算：{hired}。",
    ),
    "pay_never": Label(
        "With the other choices of these plans kept, nobody would be hired even without pay.",
        "在这些方案的其他选择不变时，即使新人不要薪酬也不招。",
    ),
    "pay_unknown": Label(
        "The pay at which hiring pays was not found within the time.",
        "在时限内未求得招聘划算的薪酬。",
    ),
    "hire": Label("{count} × {role} at {pay} a week", "{role} {count} 人，周薪 {pay}"),
    "pay_how": Label(
        "Found by bisection: the packages, deals, offers and openings of both plans (team as it"
        " is, hired freely) are kept, the team is chosen anew.",
        "以二分法求得：保留有、无招聘两个方案的活动、签约、佣金与开号，团队重新选择。",
    ),
    "pay_beyond": Label(
        "So with everything planned anew hiring pays at {high} too; where it stops then was not"
        " looked for.",
        "可见全部重新规划时，在 {high} 处招聘仍划算；其界限未再求。",
    ),
    "pay_check": Label(
        "All planned anew at {share}: {hired} hired; against no hire {worth}.",
        "在 {share} 处全部重新规划：招聘 {hired}；与不招人相比，{worth}。",
    ),
    "pay_check_idle": Label(
        "All planned anew at {share}: hires there are worth nothing, at most {high} against no"
        " hire.",
        "在 {share} 处全部重新规划：招聘没有价值，与不招人相比至多 {high}。",
    ),
    "heads_idle": Label("worth nothing", "没有价值"),
    # Sizes.
    "order": Label("The order of a growing merchant: {levers}.", "由小到大的次序：{levers}。"),
    "step": Label(
        "{lever} from × {size} on ({share} of the spend there)",
        "{lever}自 × {size} 起（占当时投入 {share}）",
    ),
    "step_bare": Label(
        "{lever} from × {size} on, at next to no spend", "{lever}自 × {size} 起（几乎不花投入）"
    ),
    "step_by": Label(
        "{lever} at × {size} at the latest ({share} of the spend there)",
        "{lever}最迟自 × {size} 起（占当时投入 {share}）",
    ),
    "never": Label("{lever} at no size", "{lever}在各规模均不用"),
    "wide": Label(
        "Nothing is said of {sizes}: those plans are more than {most} from their bounds.",
        "对 {sizes} 不下结论：其方案与上界相差超过 {most}。",
    ),
    "moves": Label(
        "The share of {lever} moves most with size: {low} at × {first}, {high} at × {last}.",
        "占比随规模变动最大的是{lever}：× {first} 时为 {low}，× {last} 时为 {high}。",
    ),
    "earns": Label(
        "Contribution is largest at × {size} ({earned}). Beyond it more budget still buys {goal},"
        " which is the goal, but less is left: {list}.",
        "贡献毛利在 × {size} 时最大（{earned}）。再大时预算仍能买到{goal}（即目标），"
        "但剩下的更少：{list}。",
    ),
    "loss": Label(
        "At {sizes} the plan makes a loss: a merchant who has to earn sets money.profit_floor or"
        " plans for profit.",
        "在 {sizes} 处方案亏损：须盈利的商家应设定 money.profit_floor，或以利润为目标规划。",
    ),
    # Levers.
    "without": Label("Without {lever}: {worth}.", "不用{lever}：{worth}。"),
    "alone": Label(
        "Alliance alone sells {gmv} of the GMV and leaves a contribution of {earned}"
        " (now {base}).",
        "只做达人可卖到现GMV的 {gmv}，贡献毛利 {earned}（现为 {base}）。",
    ),
    "alone_none": Label(
        "Alliance alone: no plan keeps every rule. {why}",
        "只做达人：没有满足全部规则的方案。{why}",
    ),
    "alone_above": Label(
        "Alliance alone keeps growing: the growth factor of {basis} is {mean} a week after week"
        " {first}, least {least}.",
        "只做达人仍在增长：第 {first} 周后，{basis}的周增长因子为 {mean}，最低 {least}。",
    ),
    "alone_mostly": Label(
        "Alliance alone grows on average: the growth factor of {basis} is {mean} a week after week"
        " {first}, but below one in {below} of the weeks (least {least}).",
        "只做达人平均仍在增长：第 {first} 周后，{basis}的周增长因子为 {mean}，"
        "但有 {below} 的周低于 1（最低 {least}）。",
    ),
    "alone_below": Label(
        "Alliance alone does not keep growing: the growth factor of {basis} is {mean} a week after"
        " week {first}.",
        "只做达人不能持续增长：第 {first} 周后，{basis}的周增长因子为 {mean}。",
    ),
    "awareness": Label(
        "Alliance alone by an unknown brand (no followers, customers, interest, awareness),"
        " against the brand as known: {worth}.",
        "无名品牌（没有粉丝、老客、兴趣人群与声量）只做达人，与保留品牌积累相比：{worth}。",
    ),
    "above": Label(
        "The growth factor of {basis} stays above one: {mean} a week on average after week"
        " {first}, least {least}.",
        "{basis}的增长因子保持在 1 以上：第 {first} 周后周均 {mean}，最低 {least}。",
    ),
    "mostly": Label(
        "The growth factor of {basis} is {mean} a week on average after week {first}, but below"
        " one in {below} of the weeks (least {least}).",
        "{basis}的增长因子在第 {first} 周后周均 {mean}，但有 {below} 的周低于 1（最低 {least}）。",
    ),
    "shrinks": Label(
        "The growth factor of {basis} falls below one: {mean} a week on average after week"
        " {first}, in {below} of the weeks below one.",
        "{basis}的增长因子低于 1：第 {first} 周后周均 {mean}，{below} 的周低于 1。",
    ),
    "calm": Label(
        "In weeks without campaign, dip or session it is {calm}.",
        "无活动、无回落、无大V的周为 {calm}。",
    ),
    "traffic": Label("recommended traffic", "推荐流量"),
    "creators": Label("visits in creators' rooms", "达人直播间流量"),
    "growth_without": Label("{case}: {mean}", "{case}：{mean}"),
    "growth_others": Label("Elsewhere, {basis}: {list}.", "其他情形，{basis}：{list}。"),
    # Rooms.
    "proved": Label(
        "It is proved that rooms pay up to number {count}.",
        "已证明：到第 {count} 个直播间为止划算。",
    ),
    "proved_none": Label(
        "For no further room it is proved that it pays.", "尚不能证明任何新增直播间划算。"
    ),
    "by_plans": Label(
        "By the plans {count} rooms are best; {limit} were allowed.",
        "按方案，{count} 个直播间最好；最多允许 {limit} 个。",
    ),
    "by_plans_end": Label(
        "By the plans all {count} rooms that were allowed pay; more were not tried.",
        "按方案，允许的 {count} 个直播间都划算；更多的未试。",
    ),
    "rooms_cut": Label(
        "It was stopped before every number of rooms was planned.",
        "在规划完全部直播间数量之前已中止。",
    ),
    "room": Label(
        "Room {count}: {worth} (by the plans GMV {gmv}, contribution {earned}).",
        "第 {count} 个：{worth}（按方案，支付GMV {gmv}，贡献毛利 {earned}）。",
    ),
    "late": Label(
        "Room {count} is worth what it leaves at the end: within the horizon no more is sold.",
        "第 {count} 个直播间的价值在期末留存，期内并不多卖。",
    ),
    "next": Label(
        "Open next: {name} ({kind}), {worth}. Opening costs {cost} and takes {lead} periods.",
        "下一个开：{name}（{kind}），{worth}。开号成本 {cost}，开号需 {lead} 个周期。",
    ),
    "next_none": Label("No candidate is opened by its plan.", "各候选账号的方案都没有开新号。"),
    "next_cut": Label(
        "It was stopped before every account that can be opened was planned alone, so none is"
        " named to open next.",
        "在逐一规划完可新开的账号之前已中止，故不指出下一个开哪个。",
    ),
    "next_sure": Label("It is proved to be better than {other}.", "已证明优于 {other}。"),
    "next_unsure": Label("Against {other} it is {worth}.", "与 {other} 相比，{worth}。"),
    "no_candidate": Label(
        "The file names no account that can be opened, so nothing is said about further rooms. To"
        " ask, add one to field.accounts with open: false, its opening_cost, opening_lead,"
        " cold_start, share, reception and crew; field.accounts_max, where it is set, must allow"
        " one more.",
        "文件中没有可新开的账号，故不讨论新增直播间。如需回答，"
        "请在 field.accounts 中加入一个账号，设 open: false，"
        "并填写 opening_cost、opening_lead、cold_start、share、reception 与 crew；"
        "若设有 field.accounts_max，须留出一个名额。",
    ),
    "stopped": Label(
        "Stopped: this is what was answered by then.", "已中止：以下为当时已有的答案。"
    ),
    "intervals": Label(
        "Every row is a plan that was replayed and verified, with a proved bound. Differences are"
        " of the objective ({goal}), as a share of the plan they are held against; they are proved"
        " to lie in the interval. What is left at the end counts alike in all.",
        "每行都是经复算与校验的方案，并附已证明的上界。差异按目标值（{goal}）计，以所比方案的占比表示，"
        "并已证明落在区间之内；期末留存的资产在各情形中按同一价值计。",
    ),
}
ASSUMED = {
    "file": Label("The file: {line}", "文件：{line}"),
    "sizes": Label(
        "Size: budget, cash, overhead, heads, audience, creators, traffic and activity of today"
        " are scaled; terms, fees, deals, boosts, supply of creators, overlap and prices stay. A"
        " larger merchant has today's rooms several times over, a smaller one the same rooms with"
        " less traffic.",
        "规模：按比例缩放预算、现金、固定费用、人数、人群、达人、流量与现有动作；条款、费用、签约、投流、"
        "达人供给、重叠与价格不变。更大的商家等于现有直播间的若干倍，更小的商家直播间不变、流量更少。",
    ),
    "hires": Label(
        "Hired freely: at every decision as many as there are today, two at least. Roles that the"
        " file does not let hire take lead, cost and ramp of the role with the longest lead.",
        "放开招聘：每次可招与现有同样多的人（至少两人）。文件不许招的岗位，按招聘周期最长的岗位计周期、成本与爬坡。",
    ),
    "unknown": Label(
        "Unknown brand: no followers, customers, interested people and awareness on day one;"
        " creators sell as they do for the known brand. Alliance alone keeps the people who have"
        " work for it.",
        "无名品牌：第一天没有粉丝、老客、兴趣人群与声量，达人转化与现品牌相同。只做达人时只留有活可干的人。",
    ),
    "rooms": Label(
        "Fewer rooms: those with the least traffic were never opened; their followers' traffic"
        " goes to the others, their recommended traffic is gone. The overlap is the file's.",
        "更少的直播间：流量最少的当作从未开过，其粉丝流量归其余账号，推荐流量则没有。重叠按文件。",
    ),
    "copy": Label(
        "Rooms beyond the file: a copy of {name}, with its opening cost, cold start and crew and"
        " no share of the followers' traffic.",
        "超出文件的直播间：复制 {name}，开号成本、冷启动与排班相同，不分粉丝流量。",
    ),
}
"""What the study assumes beyond the file."""
DRAWN = {
    "value": Label("the verified plan", "已校验方案"),
    "doubt": Label("up to the proved bound", "至已证明上界"),
}
"""What the bars show."""
