"""Headings and sentences of an explanation, in Chinese and in English."""

from allocator.labels import Label, Lang

HEADINGS = {
    "title": Label("why this plan", "方案解读"),
    "origin": Label("Where the GMV came from", "GMV从何而来"),
    "answers": Label(
        "What a lever is worth: three questions, three answers", "杠杆价值：三个问题，三个答案"
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
}
"""Titles, columns and rows."""
SENTENCES = {
    "traced": Label(
        "Came from it: every visit, follower, customer and creator of the plan is followed back "
        "to the act that brought it. First touch is sold to those whom the act itself brought, "
        "snowball to those whom earlier sales and visits brought. The parts add up to the GMV "
        "exactly. What today's traffic, followers and creators bring counts as the audience of "
        "day one, whoever serves them.",
        "由它带来：方案中的每一次访问、每个粉丝、客户与达人都追溯到带来它的动作。"
        "首次触达指动作直接带来的成交，雪球指此前成交与访问滚动带来的成交。各部分之和恰为GMV。"
        "期初已有的流量、粉丝与达人带来的成交，无论由谁承接，都计入期初存量。",
    ),
    "shapley": Label(
        "Shapley: what a lever adds on average over all orders in which the four can join, the "
        "rest of the plan unchanged. What levers earn only together is shared among them; Field "
        "also gets what its live hours serve. Choice of visits is what the plan's own way of "
        "filling rooms brings beyond a simple rule.",
        "Shapley值：四个杠杆以各种先后次序加入时，该杠杆平均带来的增量，方案其余部分不变。"
        "共同创造的部分在杠杆间分摊；自播阵地的直播时长所承接的成交也计入其中。"
        "流量取舍指方案自身的接待安排比简单规则多带来的部分。",
    ),
    "removed": Label(
        "Missing without it: what this plan would lose if the lever alone did nothing and nothing "
        "else changed. Levers need each other, so these do not add up.",
        "缺它少多少：仅该杠杆停止动作、其余照旧时方案的损失。杠杆互相依存，这些数不能相加。",
    ),
    "banned": Label(
        "Replanned without it: by how much the best plan without the lever falls short, budget "
        "and team put to other use. It is the price of doing without.",
        "禁用后重排：不用该杠杆、预算与团队另作安排时，最优方案少多少，即放弃该杠杆的代价。",
    ),
    "differ": Label(
        "The answers differ because the questions do: {most} brought most by origin, {worth} is "
        "worth most by Shapley.",
        "问题不同，答案也不同：按来源贡献最大的是{most}，按Shapley值最重要的是{worth}。",
    ),
    "same": Label(
        "By both measures {most} comes first; the amounts differ because the questions do.",
        "两种口径下{most}都居首；问题不同，数额也不同。",
    ),
    "organic": Label(
        "{share} of the GMV comes from the audience of day one, {snowball} of all GMV through the "
        "snowball.",
        "GMV的{share}来自期初存量；全部GMV中{snowball}经由雪球。",
    ),
}
"""Sentences; braces hold what they are given."""


def heading(key: str, lang: Lang, **given: str) -> str:
    """A title, a column or a row."""
    text: str = getattr(HEADINGS[key], lang)
    return text.format(**given) if given else text


def sentence(key: str, lang: Lang, **given: str) -> str:
    """A sentence with what it is given put in."""
    text: str = getattr(SENTENCES[key], lang)
    return text.format(**given) if given else text
