"""The page: its figures are the plan's, its labels are text, and it opens without a network."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from plotly.offline import get_plotlyjs
from typer.testing import CliRunner

from allocator.cli import app
from allocator.compare import kpis
from allocator.labels import LANGS, Lang, label
from allocator.plan import Plan
from allocator.plan_page import plan_page, verdict
from allocator.plan_page.captions import caption
from allocator.plan_page.highlights import MAKERS, decisions, tiles
from allocator.reports import REPORTS
from allocator.tables import LEVERS
from fact_models.replay import status_quo
from tests.allocator.small_plan import later_plan, small, small_plan, spent_plan
from tests.allocator.tiny import built

LARGEST = 6_000_000
"""Most bytes of a page."""
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} \"'&amp;"


class Reader(HTMLParser):
    """Tags, attributes, figures and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.figures: list[tuple[str, float | None, str]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        found = dict(attrs)
        if tag == "data":
            value = found["value"]
            self.figures.append((found["data-figure"] or "", float(value) if value else None, ""))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            self.scripts.append(data)
        elif self.tags[-1:] != ["style"]:
            self.words.append(data)
            if self.tags[-1:] == ["data"] and not self.figures[-1][2]:
                self.figures[-1] = (*self.figures[-1][:2], data)


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Something of every lever is taken."""
    return small_plan()


@pytest.fixture(scope="module")
def pages(plan: Plan) -> dict[Lang, Reader]:
    """Its page in every language, read."""
    return {lang: Reader(plan_page(plan, lang)) for lang in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_is_the_plans(plan: Plan, pages: dict[Lang, Reader], lang: Lang) -> None:
    """The numbers behind the page's figures are those of the plan's tables, to the last digit."""
    found = pages[lang].figures
    whole, months = kpis(plan), plan.months.to_dict("list")
    by_month: dict[str, list[float | None]] = {}
    for key, value, text in found:
        assert text
        if key.startswith("month_"):
            by_month.setdefault(key.removeprefix("month_"), []).append(value)
        elif key.startswith("total_"):
            assert value == pytest.approx(sum(months[key.removeprefix("total_")]), rel=1e-12)
        else:
            assert value == whole[key], key
    assert {key for key, _, _ in found} >= {"gmv", "net_gmv", "contribution", "cash_low", "gap"}
    assert {f"spend_{lever}" for lever in LEVERS} <= {key for key, _, _ in found}
    for column, stated in by_month.items():
        assert stated == months[column]


@pytest.mark.parametrize("lang", LANGS)
def test_figures_shown_are_the_values_behind_them(pages: dict[Lang, Reader], lang: Lang) -> None:
    """What a reader sees is the value in three digits."""
    words = {"k": 1e3, "M": 1e6, "万": 1e4, "亿": 1e8, "%": 0.01}
    for key, value, text in pages[lang].figures:
        if value is None:
            continue
        number, word = re.fullmatch(r"(-?[\d,.]+) ?(\D*)", text).groups()  # type: ignore[union-attr]
        seen = float(number.replace(",", "")) * words.get(word, 1.0)
        assert seen == pytest.approx(value, rel=0.006, abs=0.51), key


@pytest.mark.parametrize("lang", LANGS)
def test_drawn_figures_are_the_plans(plan: Plan, pages: dict[Lang, Reader], lang: Lang) -> None:
    """The page draws what ``Plan.figures`` gives."""
    told = json.loads(pages[lang].scripts[0])["figures"]
    drawn = plan.figures(lang)
    assert set(told) == set(drawn)
    for name, made in drawn.items():
        assert told[name] == json.loads(made.to_json())


def test_the_page_is_one_file_with_one_plotly(plan: Plan, pages: dict[Lang, Reader]) -> None:
    """No address is fetched, the library is there once, the file is under 6 MB."""
    text = plan_page(plan)
    assert len(text.encode()) < LARGEST
    assert text.count(get_plotlyjs()) == 1
    page = pages["en"]
    assert page.tags.count("script") == 3
    linked = [value for name, value in page.attributes if name in ("src", "href", "action")]
    assert all(value.startswith(("#", "data:")) for value in linked)
    assert not {"iframe", "img", "form", "object"} & set(page.tags)


def test_labels_cannot_become_code() -> None:
    """Script, tag, handler and template in every label of the instance come out as words."""
    keys = ("main", "second", "feed", "tail", "spring", "later", "star", "moon", "host", "core")
    evil = small(**dict.fromkeys(keys, EVIL[:80]))
    evil = evil.model_copy(update={"assumed": [EVIL], "currency": "<i>CNY</i>"})
    page = Reader(plan_page(small_plan(evil)))
    assert page.tags.count("script") == 3
    assert not {"img", "i"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert EVIL in "".join(page.words)
    assert json.loads(page.scripts[0])["figures"]["calendar"]


def test_only_the_two_scripts_of_the_page_may_run(pages: dict[Lang, Reader]) -> None:
    """The policy names two hashes, forbids everything else and allows no connection."""
    (policy,) = [v for n, v in pages["en"].attributes if n == "content" and "script-src" in v]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.count("'sha256-") == 2
    assert "http" not in policy
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("lang", LANGS)
def test_five_decisions_the_most_money_first(plan: Plan, lang: Lang) -> None:
    """One of each lever and one of the team, with the spend of the lever and its first day."""
    found = decisions(plan, lang)
    assert {decision.lever for decision in found} == set(MAKERS)
    spend = [decision.spend or 0.0 for decision in found]
    assert spend == sorted(spend, reverse=True)
    by_lever = {decision.lever: decision for decision in found}
    assert by_lever["kol"].spend == pytest.approx(kpis(plan)["spend_kol"])
    assert str(by_lever["campaign"].due) == "2026-01-19"
    assert by_lever["alliance"].due is None


def test_decisions_say_what_is_done(plan: Plan) -> None:
    """Names, days and numbers of the plan, in both languages."""
    english = {d.lever: d.headline for d in decisions(plan, "en")}
    chinese = {d.lever: d.headline for d in decisions(plan, "zh")}
    assert english["field"] == "Open second (5 Jan)"
    assert chinese["campaign"] == "报名38好物节"
    assert english["kol"] == "Sign star, the first"
    assert chinese["team"] == "招聘host1人"
    assert english["alliance"] == "Send 40 samples to 尾部达人"


def test_a_plan_that_changes_nothing_says_so() -> None:
    """Nothing signed, joined, opened or hired is a decision too."""
    instance = small()
    told = {
        decision.lever: decision.headline
        for decision in decisions(Plan.of(instance, "optimal", status_quo(instance), 1e7), "en")
    }
    assert told["kol"] == "Sign no Top-KOL deal"
    assert told["campaign"] == "Join no campaign"
    assert told["team"] == "Keep the team of 3"


@pytest.mark.parametrize(
    ("lang", "headlines", "deal", "package"),
    [
        (
            "en",
            {"kol": "Sign no other Top-KOL deal", "campaign": "Join no other campaign"},
            "star, the first: signed before, session in W05 (26 Jan), GMV",
            "joined before",
        ),
        (
            "zh",
            {"kol": "不再签约其他头部大V", "campaign": "不再报名其他活动"},
            "star, the first：此前已签约，W05（1月26日）专场，GMV",
            "已报名",
        ),
    ],
)
def test_what_was_signed_before_is_no_decision(
    lang: Lang, headlines: dict[str, str], deal: str, package: str
) -> None:
    """A deal and a package of earlier weeks have no day to act by and are said to be signed."""
    found = {d.lever: d for d in decisions(later_plan(4), lang)}
    assert {lever: found[lever].headline for lever in headlines} == headlines
    assert deal in found["kol"].detail
    assert package in found["campaign"].detail
    assert found["kol"].due is None
    assert found["campaign"].due is None


def test_a_session_that_is_over_is_not_left_aside() -> None:
    """It was held: nobody leaves it out."""
    found = {d.lever: d for d in decisions(later_plan(6), "en")}
    assert found["kol"].headline == "Sign no Top-KOL deal"
    assert "star" not in found["kol"].detail
    assert "moon" in found["kol"].detail


@pytest.mark.parametrize(
    ("lang", "note", "said"),
    [
        (
            "en",
            r"100 % of \S+( k)?, \S+ k of it before",
            r"\S+ k was before it \(100 % together\)",
        ),
        ("zh", r"预算\S+的100%，其中此前\S+", r"此前已用\S+（合计100%）"),
    ],
)
def test_what_earlier_weeks_took_of_the_budget_counts(lang: Lang, note: str, said: str) -> None:
    """The share is that of all that is gone, and what is gone before is told."""
    later = spent_plan()
    (tile,) = [tile for tile in tiles(later, lang) if tile.key == "spend"]
    assert re.fullmatch(note, tile.note)
    assert re.search(said, caption(later, "budget", lang))
    free = later_plan(4, budget=None)
    assert "before" not in caption(free, "budget", "en")


def test_few_levers_leave_room_for_the_money() -> None:
    """Without creators, campaigns, deals and team the page says what the money does."""
    instance = built()
    bare = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    told = decisions(bare, "zh")
    assert [decision.lever for decision in told[:1]] == ["field"]
    assert len(told) <= 5
    page = Reader(plan_page(bare, "zh"))
    assert "实例未设现金约束，不做现金规划。" in page.words
    assert "实例未设团队，不计工时。" in page.words


def test_bad_news_is_marked(plan: Plan) -> None:
    """A contribution below 0 and cash below its floor are alarms, other figures none."""
    alarms = {tile.key for tile in tiles(plan, "en") if tile.alarm}
    assert alarms == {"contribution"}
    assert plan.contribution is not None
    assert plan.contribution < 0
    assert "The plan loses money" in "".join(Reader(plan_page(plan)).words)


@pytest.mark.parametrize(
    ("status", "gap", "words"),
    [
        ("optimal", 0.012, "Certified: within 1.20 %"),
        ("feasible_limit", 0.2, "stopped at the time limit, within 20.00 %"),
        ("interrupted_feasible", 0.2, "interrupted, within 20.00 %"),
        ("feasible_limit", None, "not known yet"),
    ],
)
def test_the_verdict_says_what_is_proved(status: Any, gap: float | None, words: str) -> None:
    """No more than the certificate holds."""
    instance = small()
    found = Plan.of(instance, "optimal", status_quo(instance), float("inf"))
    assert found.objective is not None
    bound = None if gap is None else found.objective / (1 - gap)
    stated = Plan(
        instance,
        status,
        objective=found.objective,
        bound=bound,
        gap=gap,
        decisions=found.decisions,
        replay=found.replay,
    )
    assert words in verdict(stated, "en")


def test_a_plan_without_decisions_has_no_page() -> None:
    """The reason is said."""
    with pytest.raises(ValueError, match="small has no plan"):
        plan_page(Plan(small(), "infeasible"))


def run(*words: object) -> Any:
    """The command line."""
    return CliRunner().invoke(app, [str(word) for word in words])


def test_page_is_made_again_from_a_plan_file(plan: Plan, tmp_path: Path) -> None:
    """Beside the plan or where ``--to`` says, in the language asked for."""
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    assert run("page", folder, "--lang", "zh").exit_code == 0
    text = (folder / "plan.html").read_text(encoding="utf-8")
    assert label("kpi", "net_gmv", "zh") in text
    assert run("page", folder / "plan.json", "--to", tmp_path / "own.html").exit_code == 0
    assert 'lang="en"' in (tmp_path / "own.html").read_text(encoding="utf-8")
    assert run("page", tmp_path / "no-plan").exit_code == 2
    assert run("page", folder, "--to", tmp_path / "no" / "folder.html").exit_code == 2


def test_no_page_without_a_plan(tmp_path: Path) -> None:
    """A plan file that holds only a reason gives exit code 1 and no file."""
    path = tmp_path / "plan.json"
    path.write_text(Plan(small(), "infeasible").to_json(), encoding="utf-8")
    assert run("page", path).exit_code == 1
    assert list(tmp_path.iterdir()) == [path]


def test_solve_writes_the_page() -> None:
    """It is one of the reports beside plan.json."""
    assert REPORTS["plan.html"] is plan_page
