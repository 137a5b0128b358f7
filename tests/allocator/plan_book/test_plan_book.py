"""The plan's workbook holds the plan's figures, adds up, and runs nothing."""

import re
import zipfile
from io import BytesIO

import numpy as np
import pytest

from allocator.labels import LANGS, Lang, label
from allocator.plan import Plan
from allocator.plan_book import plan_workbook
from allocator.plan_book.writer import wide
from allocator.tables import LEVERS, SOURCES
from fact_models.replay import replay, status_quo
from fact_models.replay.economics import economics
from fact_models.spec.instance import Instance
from tests.allocator.plan_book.books import Block, full_book, full_plan, plan_of, sheet
from tests.allocator.small_plan import later_plan, spent_plan
from tests.allocator.workbook.sheets import grids
from tests.models.worlds import full_world, tiny_world


def head(key: str) -> str:
    """English heading of a column."""
    return label("column", key, "en")


def test_months_are_the_plans() -> None:
    """GMV by source, net GMV, contribution and hours by month; parts and months add up."""
    block, table = Block(sheet("months"), "Month"), full_plan().months
    spent = Block(sheet("months"), "Month", 1)
    assert block["Month"] == spent["Month"] == list(table["month"])
    for key in (*(f"gmv_{source}" for source in SOURCES), "gmv", "net_gmv"):
        assert block[head(key)] == pytest.approx(list(table[key]))
    for key in ("spend", "contribution", "live_hours", "heads"):
        assert spent[head(key)] == pytest.approx(list(table[key]))
    assert block.total["GMV"] == pytest.approx(full_plan().gmv)
    assert block.total["Net GMV"] == pytest.approx(full_plan().net_gmv)
    assert spent.total["Contribution"] == pytest.approx(full_plan().contribution)
    sources = [block[head(f"gmv_{source}")] for source in SOURCES]
    assert np.sum(sources, axis=0) == pytest.approx(block["GMV"])
    levers = [spent[label("kpi", f"spend_{lever}", "en")] for lever in LEVERS]
    assert np.sum(levers, axis=0) == pytest.approx(spent["Spend"])


def test_weeks_split_the_budget() -> None:
    """Spend of every lever in every week is the plan's; the running sum ends at the total."""
    block, table = Block(sheet("budget"), "Week"), wide(full_plan().budget, "lever", "spend")
    for lever in LEVERS:
        assert block[label("lever", lever, "en")] == pytest.approx(list(table[lever]))
    assert block["Total"] == pytest.approx(list(table.sum(axis=1)))
    assert block["Spent so far"][-1] == pytest.approx(block.total["Total"])
    left = full_world().money.budget
    assert left is not None
    assert block["Budget left"][-1] == pytest.approx(left - block.total["Total"])
    boosts = full_plan().boosts
    for name, part in boosts.groupby("label"):
        assert block[f"Boost: {name}"] == pytest.approx(list(part["spend"]))


def test_earlier_weeks_are_gone_of_the_budget() -> None:
    """What is spent so far begins with them, so that a budget used up ends at nothing left; the
    first sheet names them."""
    later = spent_plan()
    sheets = grids(plan_workbook(later, "en"))
    block = Block(sheets[label("table", "budget", "en")], "Week")
    gone = later.instance.money.past.spend()
    assert block["Spent so far"][0] == pytest.approx(gone + block["Total"][0])
    assert block["Budget left"][-1] == pytest.approx(0.0, abs=1e-6)
    first = Block(sheets[label("table", "summary", "en")], "Figure")
    found = dict(zip(first["Figure"], first["Value"], strict=True))
    assert found["Spent before"] == pytest.approx(gone)


def test_live_hours_are_the_plans() -> None:
    """One column per account, and one per slot where there are several."""
    block, table = Block(sheet("hours"), "Week"), full_plan().hours
    by_account = table.groupby(["label", "period"])["live_hours"].sum()
    for name in dict.fromkeys(table["label"]):
        assert block[name] == pytest.approx(list(by_account[name]))
    slots = table.groupby(["label", "slot"], sort=False)["live_hours"].sum()
    for name, slot in slots.index:
        if len(slots[name]) > 1:
            assert block.total[f"{name}: {slot}"] == pytest.approx(slots[name, slot])
    assert block.total["Total"] == pytest.approx(table["live_hours"].sum())


def test_the_team_is_the_plans() -> None:
    """Heads and load by role and week, and every hire with its two weeks."""
    rows, table = sheet("heads"), full_plan().heads
    heads, load = Block(rows, "Week", 0), Block(rows, "Week", 1)
    for name, part in table.groupby("label"):
        assert heads[str(name)] == pytest.approx(list(part["heads"]))
        expected = [
            n / a if a > 0 else "" for n, a in zip(part["need"], part["available"], strict=True)
        ]
        assert load[str(name)] == pytest.approx(expected)
    moves = Block(rows, "Role", 1)
    assert sum(moves["Heads"]) == pytest.approx(table["hires"].sum() + table["leaves"].sum())
    assert moves["Decide in"][0] == "2026-W02"
    overview = Block(rows, "Role", 0)
    assert overview.total["Hires"] == table["hires"].sum()
    assert overview.total["Hours needed"] == pytest.approx(table["need"].sum())


def test_creators_are_the_plans() -> None:
    """Offer, pool, samples and results of every tier and week."""
    rows, table = sheet("alliance"), full_plan().alliance
    for n, (_, part) in enumerate(table.groupby("tier", sort=False)):
        block = Block(rows, "Week", n)
        assert block["Offer"] == list(part["offer"])
        for key in ("commission_rate", "pool", "kept", "samples", "visits", "orders"):
            assert block[head(key)] == pytest.approx(list(part[key]))


def test_deals_are_the_plans() -> None:
    """Signed or not, when, and what may come of it."""
    block = Block(sheet("deals"), "Deal")
    table = full_plan().deals.set_index("label")
    for n, name in enumerate(block["Deal"]):
        row = table.loc[name]
        assert (block["Decision"][n] == "sign") == row["signed"]
        assert block["Session"][n] == row["session"]
        for key in ("gmv_p10", "gmv_p50", "gmv_p90", "gmv_mean", "acceptance"):
            assert block[head(key)][n] == pytest.approx(row[key])


@pytest.mark.parametrize(
    ("lang", "before", "over"),
    [("en", "signed before", "held before"), ("zh", "此前已签", "此前已播")],
)
def test_deals_of_earlier_weeks_are_no_decision(lang: Lang, before: str, over: str) -> None:
    """A deal that is signed, and one whose session is over."""
    for weeks, told in ((4, before), (6, over)):
        rows = grids(plan_workbook(later_plan(weeks), lang))[label("table", "deals", lang)]
        assert told in {cell for row in rows for cell in row}


def test_returns_are_the_plans_and_break_even_is_one_over_the_margin() -> None:
    """ROI is GMV per yuan spent; what is left after spend sums to contribution plus overhead."""
    plan = full_plan()
    assert plan.decisions is not None
    block, found = Block(sheet("roi"), "Source"), economics(plan.instance, plan.decisions)
    at = {name: n for n, name in enumerate(block["Source"])}
    spend = plan.budget.groupby("lever")["spend"].sum()
    for name, money in found.items():
        n = at[label("source", name, "en")]
        assert block["GMV"][n] == pytest.approx(money.gmv)
        assert block["Net GMV"][n] == pytest.approx(money.net_gmv)
        assert block["Margin before spend"][n] == pytest.approx(money.margin)
        if name in spend and spend[name] > 0:
            roi = block[label("kpi", "roi", "en")][n]
            assert roi == pytest.approx(money.gmv / spend[name])
        rate, even = block["Margin per paid yuan"][n], block["Break-even ROI"][n]
        assert even == ("never" if rate <= 0 else pytest.approx(1 / rate))
    last = at["All sources"]
    overhead = plan.instance.money.overhead * plan.instance.calendar.periods
    assert plan.contribution is not None
    assert block["Left after spend"][last] == pytest.approx(plan.contribution + overhead)
    assert block["GMV"][last] == pytest.approx(plan.gmv)


def test_cash_is_the_plans_and_its_low_point_is_marked() -> None:
    """Every week starts with what the one before left; flows lead to the balance."""
    rows, table = sheet("cash"), full_plan().cash
    block = Block(rows, "Week")
    for key in ("receipts", "paid_spend", "overhead", "paid_goods", "credit_cost", "balance"):
        assert block[head(key)] == pytest.approx(list(table[key]))
    assert block["Cash at the start"][1:] == pytest.approx(block["Cash at the end"][:-1])
    paid = np.sum(
        [block[head(k)] for k in ("paid_spend", "overhead", "paid_goods", "credit_cost")], axis=0
    )
    ends = np.array(block["Cash at the start"]) + block["Receipts"] - paid
    assert ends == pytest.approx(block["Cash at the end"])
    low = int(np.argmin(block["Cash at the end"]))
    marked = [row for row in rows if "Low point" in row]
    assert [row[0] for row in marked] == [block["Week"][low]]
    assert block["Week"][low] in rows[1][0]


def test_assets_are_the_plans() -> None:
    """Stocks of every segment, the week after the plan included."""
    block, table = Block(sheet("audience"), "Week"), full_plan().audience
    segments = full_world().snowball.segments
    for s, spec in segments.items():
        part = table[table["segment"] == s]
        for key in ("followers", "traffic", "awareness", "customers", "interest"):
            assert block[f"{head(key)}: {spec.label or s}"] == pytest.approx(list(part[key]))
    assert len(block["Week"]) == full_world().calendar.periods + 1


def test_the_first_sheet_tells_the_plans_figures() -> None:
    """GMV, spend, lowest cash, bound and gap are those of the plan."""
    block, plan = Block(sheet("summary"), "Figure"), full_plan()
    found = dict(zip(block["Figure"], block["Value"], strict=True))
    for key in ("gmv", "net_gmv", "contribution", "objective", "bound", "gap"):
        assert found[label("kpi", key, "en")] == pytest.approx(getattr(plan, key))
    assert found["Lowest cash"] == pytest.approx(plan.cash["balance"].min())
    assert found["Spend"] == pytest.approx(plan.budget["spend"].sum())


def test_both_languages_hold_the_same_numbers() -> None:
    """Only words differ."""
    numbers = [
        [
            [[cell for cell in row if isinstance(cell, float)] for row in grid]
            for grid in grids(full_book(lang)).values()
        ]
        for lang in LANGS
    ]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_that_a_merchant_wrote_becomes_a_formula(lang: Lang) -> None:
    """Names that look like formulas or links stay text; the only formulas count days."""
    tree = full_world().model_dump(mode="json")
    wild = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "http://a.b/c", "=HYPERLINK(1)")
    records = [
        *tree["field"]["accounts"].values(),
        *tree["alliance"]["tiers"].values(),
        *tree["kol"]["deals"].values(),
        *tree["staff"]["roles"].values(),
        *tree["snowball"]["segments"].values(),
        *tree["campaign"]["campaigns"].values(),
        *tree["field"]["boosts"].values(),
        *tree["goods"]["lines"].values(),
    ]
    for n, record in enumerate(records):
        record["label"] = wild[n % len(wild)]
    tree["assumed"], tree["note"], tree["currency"] = list(wild), wild[0], "=A1"
    content = plan_workbook(plan_of(Instance.model_validate(tree)), lang)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        formulas = [
            found
            for name in sheets
            for found in re.findall(r"<c [^>]*><f>(.*?)</f>", archive.read(name).decode())
        ]
        assert not any("hyperlink" in archive.read(name).decode() for name in sheets)
        charts = [n for n in archive.namelist() if "/charts/chart" in n]
        drawn = [archive.read(name).decode() for name in charts]
    assert formulas
    assert all(
        re.fullmatch(r"IF\(\$E\$\d+&gt;=TODAY\(\),\$E\$\d+-TODAY\(\),\"\"\)", f) for f in formulas
    )
    references = [f for text in drawn for f in re.findall(r"<c:f>(.*?)</c:f>", text)]
    assert all(re.fullmatch(r"'?[^'!]+'?!\$[A-Z]+\$\d+:\$[A-Z]+\$\d+", f) for f in references)
    texts = {cell for grid in grids(content).values() for row in grid for cell in row}
    assert set(wild) <= texts


def test_levers_that_are_not_planned_have_no_sheet() -> None:
    """A world without creators, deals, campaigns and team has no sheets on them."""
    world = tiny_world()
    found = grids(plan_workbook(plan_of_today(world), "en"))
    absent = [label("table", key, "en") for key in ("alliance", "deals", "campaigns", "heads")]
    assert not set(absent) & set(found)
    assert "By month and lever" in found


def plan_of_today(world: Instance) -> Plan:
    """Today's ways as a plan."""
    played = replay(world, status_quo(world), accept="greedy")
    return Plan.of(world, "feasible_limit", played.decisions, 1e9)


def test_no_plan_no_workbook() -> None:
    """An infeasible instance has nothing to show."""
    with pytest.raises(ValueError, match="has no workbook"):
        plan_workbook(Plan(full_world(), "infeasible"), "en")
