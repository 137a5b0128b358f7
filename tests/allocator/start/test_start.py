"""From an export to an instance: her figures come back, the rest is assumed and says so."""

import json
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from allocator.cli import app
from allocator.faults import InputError
from allocator.labels import Lang
from allocator.load import load
from allocator.start.answers import Answers
from allocator.start.archetypes import CHECKOUT, NAMES, archetype
from allocator.start.ordinary import ordinary_week
from allocator.start.ranges import span
from allocator.start.screen import start_screen
from allocator.start.started import Started, read_export, start
from allocator.weekly.reading import Weeks
from fact_models.replay import replay, status_quo
from fact_models.spec.calendar import as_date
from fact_models.spec.instance import Instance

ROOT = Path(__file__).resolve().parents[3]
EXPORT = ROOT / "instances" / "start" / "export.csv"
NEAR = 1e-4
"""Her figures come back to 1 in 10,000: numbers of the file have six digits."""
WEEK = {"gmv": 309_300.0, "views": 113_572.25, "orders": 2196.0, "hours": 63.25}
"""Means of the last four weeks of the stored export, which lie outside any season."""


@cache
def plain(kind: str) -> Started:
    """The stored export, started from an archetype without answers."""
    return start(kind, read_export(str(EXPORT)), Answers(), "mine")


def started(**told: Any) -> Started:
    """The stored export, started from women's wear with answers."""
    if not told:
        return plain("apparel")
    return start("apparel", read_export(str(EXPORT)), Answers(**told), "mine")


def quiet_week(instance: Instance) -> Any:
    """Replay of the first week of the status quo without season, promotions and deals."""
    calendar = instance.calendar.model_copy(update={"periods": 1})
    plain = {"calendar": calendar, "season": [], "campaign": None, "kol": None}
    quiet = instance.model_copy(update=plain)
    return replay(quiet, status_quo(quiet), accept="greedy")


@pytest.mark.parametrize("kind", NAMES)
def test_status_quo_has_the_weeks_figures(kind: str, tmp_path: Path) -> None:
    """The written file passes the checks, and its status quo sells, shows and orders what the
    export says."""
    path = tmp_path / "mine.yaml"
    path.write_text(plain(kind).text, encoding="utf-8")
    instance = load(path)
    found = quiet_week(instance)
    trade = found.decisions.shelf_orders.sum() + found.decisions.repeat_orders.sum()
    orders = found.own_orders.sum() + found.creator_orders.sum() + trade
    assert sum(flow.sum() for flow in found.gmv.values()) == pytest.approx(WEEK["gmv"], rel=NEAR)
    assert found.visits.sum() == pytest.approx(WEEK["views"], rel=NEAR)
    assert orders == pytest.approx(WEEK["orders"], rel=NEAR)
    assert found.gmv["alliance"].sum() == pytest.approx(43_575, rel=NEAR)
    assert found.decisions.hours.sum() == pytest.approx(WEEK["hours"], rel=NEAR)
    assert found.decisions.boost_spend.sum() == pytest.approx(15_350, rel=NEAR)
    assert instance.staff is not None
    assert sum(role.heads for role in instance.staff.roles.values()) == 12
    assert instance.money.cash is not None
    assert instance.money.cash.opening == 541_000
    line = instance.goods.lines["all"]
    assert line.refund_pre + line.refund_post == pytest.approx(0.4941, abs=NEAR)
    followers = sum(s.followers for s in instance.snowball.segments.values())
    assert followers == pytest.approx(33_545, rel=NEAR)


def test_the_season_is_taken_out(tmp_path: Path) -> None:
    """Weeks in a season are brought to ordinary ones by the archetype's own factors."""
    rows = EXPORT.read_text(encoding="utf-8").splitlines()
    moved = [rows[0], *(re.sub(r"W(\d+)", f"W{n + 2:02d}", row) for n, row in enumerate(rows[1:]))]
    path = tmp_path / "winter.csv"
    path.write_text("\n".join(moved), encoding="utf-8")
    found = start("apparel", read_export(str(path)), Answers(), "mine")
    # W06 to W09 of 2026: promotion days to 8 February, Spring Festival 12 to 24 February.
    assert found.week.gmv > 1.3 * WEEK["gmv"]
    paid = sum(flow.sum() for flow in quiet_week(found.instance).gmv.values())
    assert paid == pytest.approx(found.week.gmv, rel=NEAR)


def test_every_number_says_what_it_is() -> None:
    """Behind every number stands yours or assumed; an assumed single number lies in its range."""
    body = started().text.split("snowball:", 1)[1].split("objective:", 1)[0]
    lines = [line for line in body.splitlines() if re.search(r": -?[\d{\[]", line)]
    assert len(lines) > 300
    for line in lines:
        if line.split("#")[0].rstrip().endswith("{}"):
            continue
        assert "assumed" in line or "yours" in line, line
    ranged = re.findall(r": (-?[\d.]+)  # .*?assumed, ([\d.,]+) to ([\d.,]+)$", body, re.MULTILINE)
    assert len(ranged) > 200
    for value, low, high in ranged:
        least, most = (float(text.replace(",", "")) for text in (low, high))
        assert least * 0.995 <= float(value) <= most * 1.005


def test_her_figures_are_not_called_assumed() -> None:
    """Hours, spend, followers, price, cash and team are hers; growth is assumed."""
    text = started().text
    for key in ("current_hours", "current_spend", "followers", "price", "opening", "heads"):
        line = next(x for x in text.splitlines() if x.strip().startswith(f"{key}:"))
        assert "yours" in line, line
    assert re.search(r"traffic_per_order: .*assumed, [\d.]+ to [\d.]+", text)


def test_answers_go_before_the_export() -> None:
    """What is answered stands in the file as answered."""
    told = {"periods": 13, "budget": 5e5, "unit_cost": 48.0, "team": {"host": 4}, "cash": 3e5}
    instance = started(**told).instance
    assert instance.calendar.periods == 13
    assert instance.money.budget == 5e5
    assert instance.goods.lines["all"].unit_cost == 48
    assert instance.staff is not None
    assert instance.staff.roles["host"].heads == 4
    assert sum(role.heads for role in instance.staff.roles.values()) == 12
    assert instance.money.cash is not None
    assert instance.money.cash.opening == 3e5


def test_fewer_rooms_keep_the_traffic() -> None:
    """One room instead of two: the same visits and hours in it."""
    instance = started(rooms=1).instance
    found = quiet_week(instance)
    assert found.visits.sum() == pytest.approx(WEEK["views"], rel=NEAR)
    assert instance.field is not None
    assert [a.open for a in instance.field.accounts.values()].count(True) == 1
    two = started().instance
    assert two.field is not None
    traffic = [
        sum(sum(a.traffic.values()) for a in field.accounts.values())
        for field in (instance.field, two.field)
    ]
    # All of it is served: none is offered that her one room turns away.
    assert traffic[0] == pytest.approx(traffic[1], rel=NEAR)
    assert found.decisions.recommended.sum() == pytest.approx(traffic[0], rel=NEAR)
    received = [
        sum(float(a.reception.value(a.current_hours)) for a in field.accounts.values() if a.open)
        for field in (instance.field, two.field)
    ]
    assert received[0] == pytest.approx(received[1], rel=NEAR)


def test_dates_lie_in_the_horizon() -> None:
    """Promotions and deals keep their place in the year, in the first year that fits."""
    instance = started().instance
    assert instance.calendar.start == "2026-W18"
    assert instance.campaign is not None
    for name, campaign in instance.campaign.campaigns.items():
        assert 0 <= instance.calendar.period_of(campaign.signup_by or campaign.first) < 26, name
    stored = archetype("apparel")["campaign"]["campaigns"]["p618"]
    moved = instance.campaign.campaigns["p618"]
    assert (as_date(str(moved.first)) - as_date(stored["first"])).days % 364 == 0


def test_money_under_way_is_counted() -> None:
    """Sales of the last two weeks, which settle after two weeks, arrive in the first two."""
    cash = started().instance.money.cash
    assert cash is not None
    assert len(cash.receivables) == 2
    # 312,500 x kept 0.5059 x (1 - fee 0.05 - tax 0.03), less creators' commission.
    assert 0.85 * 312_500 * 0.5059 * 0.92 < cash.receivables[1] < 312_500 * 0.5059 * 0.92


def test_long_weeks_stretch_the_rooms() -> None:
    """More hours than the archetype's longest week make the week longer, not the hours fewer."""
    instance = started(hours=260.0).instance
    assert instance.field is not None
    rooms = [a for a in instance.field.accounts.values() if a.open]
    assert sum(a.current_hours for a in rooms) == pytest.approx(260)
    assert all(a.hours_max == pytest.approx(130 / 0.9, rel=NEAR) for a in rooms)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"hours": 500.0}, "500 live hours a week are more than 2 rooms"),
        ({"team": {"hots": 2}}, "team.hots = 2: is no role of the archetype; roles are host"),
        ({"team": {"host": 13}}, "team = .*: 13 heads are more than the 12 that the export's"),
        ({"rooms": 5}, "rooms = 5: must be at most 2, the rooms that the archetype has today"),
    ],
)
def test_figures_that_do_not_fit(row: dict[str, Any], message: str) -> None:
    """What cannot be scaled is refused in words."""
    with pytest.raises(InputError, match=message):
        started(**row)


@pytest.mark.parametrize(
    ("row", "field", "rule"),
    [
        (
            {"refund_share": 0.99},
            "kol.deals.mid_slot_autumn.refund_post_add = 0.03",
            "refunds of a line and the deal's additions must sum to at most 1",
        ),
        (
            {"followers": 2},
            "snowball.segments.core.traffic_per_follower = ",
            "must be at most 1000 visit/person",
        ),
    ],
)
def test_scaling_too_far_names_field_and_rule(row: dict[str, Any], field: str, rule: str) -> None:
    """Values that no instance may have are told as a file's would be: field, value, rule."""
    with pytest.raises(InputError) as refused:
        started(**row)
    (problem,) = refused.value.problems
    assert problem.file == str(EXPORT)
    assert f"cannot be scaled that far: {field}" in problem.rule
    assert rule in problem.rule
    assert "pydantic" not in problem.rule


def test_a_shop_without_followers_starts() -> None:
    """What a follower brings is then the archetype's, and her week comes back as any other."""
    found = started(followers=0)
    scale = WEEK["views"] / ordinary_week(archetype("apparel")).views
    before = archetype("apparel")["snowball"]["segments"]
    for name, segment in found.instance.snowball.segments.items():
        assert segment.followers == 0
        as_before = before[name]["traffic_per_follower"]
        assert segment.traffic_per_follower == pytest.approx(as_before, rel=NEAR)
        assert segment.pool == pytest.approx(scale * before[name]["pool"], rel=NEAR)
    assert found.replayed.gmv == pytest.approx(WEEK["gmv"], rel=NEAR)
    assert found.replayed.orders == pytest.approx(WEEK["orders"], rel=NEAR)


def test_answers_that_do_not_fit_are_named_with_their_place(tmp_path: Path) -> None:
    """A role that nobody knows and heads that the export does not have are wrong in the file of
    the answers, at their line, not in the export."""
    answers = tmp_path / "answers.yaml"
    command = ["start", "--archetype", "apparel", "--weeks", str(EXPORT)]
    command += ["--answers", str(answers), "--out", str(tmp_path / "mine.yaml")]
    for text, message in (
        ("periods: 26\nteam:\n  hots: 3\n", "answers.yaml:3: team.hots = 3: is no role"),
        ("periods: 26\nteam: {host: 20}\n", "answers.yaml:2: team = a mapping of 1: 20 heads"),
    ):
        answers.write_text(text, encoding="utf-8")
        told = CliRunner().invoke(app, command)
        assert told.exit_code == 2
        assert message in " ".join(told.stderr.split())
        assert not (tmp_path / "mine.yaml").exists()


def changed_export(path: Path, week: str, **cells: str) -> Weeks:
    """The stored export with other cells in one week, by the heading of their column."""
    head, *rows = (line.split(",") for line in EXPORT.read_text("utf-8").splitlines())
    for row in rows:
        if row[0] == week:
            for name, cell in cells.items():
                row[head.index(name)] = cell
    path.write_text("\n".join(",".join(row) for row in (head, *rows)), encoding="utf-8")
    return read_export(str(path))


def test_a_blank_refund_leaves_the_others(tmp_path: Path) -> None:
    """Refunds are set against the GMV of the weeks that tell them: three of four."""
    weeks = changed_export(tmp_path / "hole.csv", "2026-W16", 退款金额="")
    found = start("apparel", weeks, Answers(), "mine")
    assert found.week.refund_share == pytest.approx(
        (145_500 + 164_900 + 148_000) / (290_300 + 320_100 + 312_500)
    )
    assert found.week.counted["refund_share"] == 3
    assert found.week.counted["gmv"] == 4
    line = found.instance.goods.lines["all"]
    assert line.refund_pre + line.refund_post == pytest.approx(found.week.refund_share, abs=NEAR)


def test_a_stock_of_an_earlier_week_is_dated(tmp_path: Path) -> None:
    """Where the last week has no cash, the screen says from which week the cash is."""
    rows = {"2026-W16": "", "2026-W17": "-"}
    lines = EXPORT.read_text("utf-8").splitlines()
    at = lines[0].split(",").index("可用资金")
    cells = [line.split(",") for line in lines]
    text = [",".join([*row[:at], rows.get(row[0], row[at]), *row[at + 1 :]]) for row in cells]
    path = tmp_path / "late.csv"
    path.write_text("\n".join(text), encoding="utf-8")
    found = start("apparel", read_export(str(path)), Answers(), "mine")
    assert found.week.cash == 529_000
    for lang, words, last in (
        ("en", "export, 2026-W15", "export, last week"),
        ("zh", "导出表，2026-W15", "导出表，最近一周"),
    ):
        console = Console(width=120)
        with console.capture() as shown:
            console.print(start_screen(found, lang))  # type: ignore[arg-type]
        assert shown.get().count(words) == 1
        assert shown.get().count(last) == 2


@pytest.mark.parametrize("week", ["2026-W12", "2026-W15"])
def test_a_closed_week_is_no_trend(week: str, tmp_path: Path) -> None:
    """A week in which nothing was sold counts neither for the trend nor for an ordinary week, and
    the screen names it."""
    names = ["成交金额", "观看人次", "成交订单数", "直播时长", "投放消耗", "退款金额"]
    names += ["达人成交金额", "合作达人数"]
    weeks = changed_export(tmp_path / "closed.csv", week, **dict.fromkeys(names, "0"))
    found = start("apparel", weeks, Answers(), "mine")
    trend = plain("apparel").week.trend
    assert trend is not None
    assert found.week.trend == pytest.approx(trend, abs=0.01)
    assert found.week.gmv == pytest.approx(WEEK["gmv"], rel=0.02)
    cells = {**dict.fromkeys(names, "0"), "退款金额": "9万"}
    owed = changed_export(tmp_path / "owed.csv", week, **cells)
    back = start("apparel", owed, Answers(), "mine")
    assert back.week.refund_share == found.week.refund_share
    assert back.week.closed == found.week.closed
    for lang, words in (("en", "Left out"), ("zh", "未计入")):
        console = Console(width=120)
        with console.capture() as shown:
            console.print(start_screen(found, lang))  # type: ignore[arg-type]
        assert words in shown.get()
        assert week in shown.get()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "(MO.14) cash floor, 2026-W18: 50,000 > 34,5"),
        ("zh", "(MO.14) 现金底线［2026-W18］：50,000 > 34,5"),
    ],
)
def test_rules_that_today_breaks_are_told(lang: Lang, words: str) -> None:
    """In the reader's language, with amounts as planners write them."""
    found = started(cash=20_000, cash_floor=50_000, credit=0)
    console = Console(width=120)
    with console.capture() as shown:
        console.print(start_screen(found, lang))
    assert words in shown.get()


def test_a_single_week_has_no_trend(tmp_path: Path) -> None:
    """With GMV in one week only there is no line to fit."""
    lines = EXPORT.read_text("utf-8").splitlines()
    closed = [re.sub(r"^(2026-W\d+),.*", r"\g<1>" + ",0" * 11, line) for line in lines[1:-1]]
    path = tmp_path / "one.csv"
    path.write_text("\n".join([lines[0], *closed, lines[-1]]), encoding="utf-8")
    found = start("apparel", read_export(str(path)), Answers(), "mine")
    assert found.week.trend is None
    assert found.week.gmv == 312_500


def test_the_trend_says_that_a_season_is_taken_out() -> None:
    """The line through the logarithms of the eight weeks rises 2.0 % a week as they stand, 2.6 %
    without the season that the archetype assumes; both are told for what they are."""
    found = plain("apparel")
    gmv = [286_000, 282_200, 270_600, 290_000, 290_300, 320_100, 314_300, 312_500]
    slope = np.polyfit(range(8), np.log(gmv), 1)[0]
    assert found.week.trend_plain == pytest.approx(np.expm1(slope), rel=1e-9)
    for lang, words in (
        ("en", "GMV moved by +2.0 % a week in the export, by +2.6 % with the season taken out"),
        ("zh", "导出表中成交额每周变化 +2.0 %，剔除原型所假设的季节因素后为 +2.6 %"),
    ):
        console = Console(width=240)
        with console.capture() as shown:
            console.print(start_screen(found, lang))  # type: ignore[arg-type]
        assert words in shown.get()


def line_of(text: str, key: str) -> str:
    """First line of a file that gives ``key``."""
    return next(line.strip() for line in text.splitlines() if line.strip().startswith(f"{key}:"))


def test_an_answered_score_is_hers() -> None:
    """0 and 70 stand as answered; without an answer the score has its range, 100 at most."""
    assert (
        line_of(started(score=70).text, "merchant")
        == "merchant: {score: 70}  # yours, as answered"
    )
    assert (
        line_of(started(score=0).text, "merchant") == "merchant: {score: 0}  # yours, as answered"
    )
    assumed = line_of(started().text, "merchant")
    assert re.fullmatch(r"merchant: \{score: \d+\}  # assumed, [\d.]+ to 100", assumed), assumed


def test_columns_of_other_commands_are_named_as_unused(tmp_path: Path) -> None:
    """A stock and sessions in words say nothing of an ordinary week, and stop nothing."""
    head, *lines = EXPORT.read_text("utf-8").splitlines()
    path = tmp_path / "export.csv"
    rows = [f"{head},库存,专场", *(f"{line},many,周三晚" for line in lines)]
    path.write_text("\n".join(rows), "utf-8")
    weeks = read_export(str(path))
    assert weeks.unused == ("库存", "专场")
    assert weeks.figures == read_export(str(EXPORT)).figures


def test_answered_heads_are_not_called_the_exports() -> None:
    """A role that is answered says so, the others are split."""
    text = started(team={"host": 4}).text
    assert "heads: 4  # head; yours, as answered" in text
    assert "# head; yours, from the export; split as in the archetype" in text


def test_every_span_of_the_season_has_ranges() -> None:
    """Strength and dates of a span are assumed within ranges."""
    spans = re.findall(r"^  - \{first: .*\}(.*)$", started().text, re.MULTILINE)
    assert len(spans) >= 5
    for said in spans:
        assert re.search(r"# assumed, .*\w+ [\d.]+ to [\d.]+, a week earlier or later$", said), (
            said
        )


def test_no_range_is_from_zero_to_zero() -> None:
    """Where the archetypes have nothing, the file says that instead of a range."""
    text = started().text
    assert not re.search(r"\b0 to 0$", text, re.MULTILINE)
    assert re.search(r"awareness_pull: 0  # .*assumed; 0: no archetype has any", text)


def test_too_few_weeks(tmp_path: Path) -> None:
    """Three weeks are no level."""
    path = tmp_path / "short.csv"
    path.write_text("\n".join(EXPORT.read_text(encoding="utf-8").splitlines()[:4]), "utf-8")
    with pytest.raises(InputError, match="has 3 weeks; at least 4 are needed"):
        start("apparel", read_export(str(path)), Answers(), "mine")


def test_the_story_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands between export and first plan run as the README has them."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    section = page.partition("## From an export to a first plan")[2].partition("\n## ")[0]
    commands = re.findall(r"^allocator (?:start|check) [^#\n]*", section, re.MULTILINE)
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    for command in commands:
        words = shlex.split(command.replace("instances/start", str(EXPORT.parent)))
        told = CliRunner().invoke(app, words[1:])
        assert told.exit_code == 0, told.output
    assert load(tmp_path / "mine.yaml").name == "mine"


def test_command_tells_what_it_took(tmp_path: Path) -> None:
    """JSON holds her figures and those of the file; a second call does not write over the file."""
    command = ["start", "--archetype", "apparel", "--weeks", str(EXPORT), "--json"]
    command += ["--out", str(tmp_path / "mine.yaml")]
    told = CliRunner().invoke(app, command)
    record = json.loads(told.stdout)
    assert record["yours"]["gmv"] == WEEK["gmv"]
    assert record["file"]["gmv"] == pytest.approx(WEEK["gmv"], rel=NEAR)
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 2
    assert "it is there already" in again.stderr
    chinese = CliRunner().invoke(app, [*command[:-3], *command[-2:], "--force", "--lang", "zh"])
    assert "成交金额" in chinese.stdout


def test_the_wheel_carries_the_archetypes() -> None:
    """Every archetype that can be named is packed into the wheel."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {ROOT / source for source in packed} == {
        CHECKOUT / f"{stem}-52.yaml" for stem in NAMES.values()
    }
    for source, target in packed.items():
        assert target == f"allocator/data/archetypes/{Path(source).name}"


def test_a_span_holds_a_quarter_either_way_and_the_others() -> None:
    """The least is the least of the others or three quarters, the most likewise, within bounds."""
    assert span(10.0, [10.0], (None, None)) == (7.5, 12.5)
    assert span(10.0, [10.0, 4.0, 30.0], (None, None)) == (4.0, 30.0)
    assert span(10.0, [10.0, 4.0, 30.0], (5.0, 20.0)) == (5.0, 20.0)
