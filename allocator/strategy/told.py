"""The answers as a reader meets them, on a terminal and on the page: sections with sentences and a
table each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from allocator.labels import Lang, label
from allocator.panel import label_of
from allocator.scales import share, short
from allocator.strategy.cases import Answer, Worth
from allocator.strategy.labels import AGAINST, ASSUMED, CASES
from allocator.strategy.matrices import candidates_of
from allocator.strategy.names import band, case_name, factor, heading, heads, part, room_name, say
from allocator.strategy.record import Strategy
from allocator.strategy.words import (
    lever_sentences,
    room_sentences,
    size_sentences,
    team_sentences,
)

WORTHS = 7
"""Columns of a case's worth: name, objective, gap, interval, difference, GMV, contribution."""


@dataclass(frozen=True)
class Row:
    """A case in a table.

    Attributes:
        answer: whose figures stand in it.
        cells: texts, the name first.
        marked: whether it is the merchant as it is.
    """

    answer: Answer
    cells: list[str]
    marked: bool = False


@dataclass(frozen=True)
class Section:
    """A question with its answer: sentences, headings of the table, and its rows; no headings
    where there is nothing to compare and only something to say. Where there is no room for all
    columns, those from ``apart`` on stand in a table of their own, with the names."""

    key: str
    title: str
    sentences: list[str]
    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    apart: int = 0

    @property
    def told(self) -> bool:
        """Whether there is anything to tell: cases to compare, or a sentence that says why not."""
        return len(self.rows) > 1 or not self.columns

    def parts(self) -> list[list[int]]:
        """Numbers of the columns of every table, the names first in each."""
        count = len(self.columns)
        if not self.apart:
            return [[*range(count)]]
        return [[*range(self.apart)], [0, *range(self.apart, count)]]

    def note(self, lang: Lang) -> str:
        """What the table's differences are held against."""
        return AGAINST[self.key].say(lang)


def sections(found: Strategy, lang: Lang) -> list[Section]:
    """The questions that are answered."""
    made = (_team(found, lang), _sizes(found, lang), _levers(found, lang), _rooms(found, lang))
    return [section for section in made if section.told]


def _team(found: Strategy, lang: Lang) -> Section:
    rows = [found.base, *found.of("team", "price")]
    columns = ["case", "objective", "gap", "between", "plans", "gmv", "contribution", "hires"]
    return Section(
        "team",
        heading("team", lang),
        team_sentences(found, lang),
        [heading(x, lang) for x in columns],
        [
            Row(
                x,
                [*_worth_cells(found, x, "team.as_it_is", lang), _hires(found, x, lang)],
                x is found.base,
            )
            for x in rows
        ],
    )


def _levers(found: Strategy, lang: Lang) -> Section:
    rows = [found.base, *found.of("lever")]
    columns = ["case", "objective", "gap", "between", "plans", "gmv", "contribution"]
    columns += ["factor", "calm", "below"]
    return Section(
        "levers",
        heading("levers", lang),
        lever_sentences(found, lang),
        [heading(x, lang) for x in columns],
        [
            Row(x, [*_worth_cells(found, x, "base", lang), *_ball(x, lang)], x is found.base)
            for x in rows
        ],
        apart=WORTHS,
    )


def _rooms(found: Strategy, lang: Lang) -> Section:
    rows = [*found.rooms, *found.of("next")]
    if len(rows) <= 1 and not candidates_of(found.instance):
        return Section("rooms", heading("rooms", lang), [say("no_candidate", lang)], [])
    columns = ["limit", "objective", "gap", "between", "plans", "gmv", "contribution", "open"]
    columns += ["opened"]
    before = {
        x.case.key: one.case.key for one, x in zip(found.rooms, found.rooms[1:], strict=False)
    }
    shown = []
    for x in rows:
        against = before.get(x.case.key)
        if x.case.group == "next":
            against = f"rooms.{found.rooms_today}"
        cells = _worth_cells(found, x, against, lang)
        today = x.case.group == "room" and x.case.at == found.rooms_today
        if today:
            cells[0] += CASES["today"].say(lang)
        cells += [str(x.rooms) if x.planned else "–", _opened(x, lang)]
        shown.append(Row(x, cells, today))
    title = [heading(x, lang) for x in columns]
    said = room_sentences(found, lang)
    return Section("rooms", heading("rooms", lang), said, title, shown, apart=WORTHS)


def _sizes(found: Strategy, lang: Lang) -> Section:
    levers = list(found.base.spend)
    columns = [heading(x, lang) for x in ("size", "gap", "spend", "gmv", "contribution")]
    apart = len(columns)
    columns += [label("lever", x, lang) for x in levers]
    columns += [heading(x, lang) for x in ("opened", "packages", "deals", "hires")]
    shown = []
    for x in found.sizes:
        plan = x.plan
        name = CASES["size"].say(lang, size=f"{found.size_of(x):g}")
        cells = [name, share(plan.gap, lang, 1), *_money(x, lang)]
        cells += [share(x.shares[y], lang) if y in x.shares else "–" for y in levers]
        cells += (
            [_opened(x, lang), str(x.packages), str(len(x.deals)), _hires(found, x, lang)]
            if x.planned
            else ["–"] * 4
        )
        shown.append(Row(x, cells, x is found.base))
    said = size_sentences(found, lang)
    return Section("sizes", heading("sizes", lang), said, columns, shown, apart=apart)


def _money(answer: Answer, lang: Lang) -> list[str]:
    if not answer.planned:
        return ["–", "–", "–"]
    plan = answer.plan
    return [short(x, lang) for x in (answer.total_spend, plan.gmv, plan.contribution)]


def _worth_cells(found: Strategy, answer: Answer, against: str | None, lang: Lang) -> list[str]:
    """Name, objective, gap, interval and difference against a case, GMV and contribution."""
    plan = answer.plan
    name = case_name(answer, lang)
    if not answer.planned:
        return [name, label("status", plan.status, lang), *["–"] * 5]
    against = None if against == answer.case.key else against
    worth: Worth | None = None if against is None else found.worth(answer.case.key, against)
    return [
        name,
        short(plan.objective, lang),
        share(plan.gap, lang, 1),
        "" if worth is None else band(worth, lang),
        "" if worth is None else part(worth.plans, lang),
        short(plan.gmv, lang),
        short(plan.contribution, lang),
    ]


def _ball(answer: Answer, lang: Lang) -> list[str]:
    ball = answer.snowball
    if ball is None:
        return ["–"] * 3
    return [factor(ball.mean), factor(ball.calm), share(ball.below, lang)]


def _hires(found: Strategy, answer: Answer, lang: Lang) -> str:
    """Whom a plan hires, unnamed where they are worth nothing."""
    return say("heads_idle", lang) if found.idle(answer) else heads(answer, lang)


def _opened(answer: Answer, lang: Lang) -> str:
    return ", ".join(room_name(answer.case.instance, a, lang) for a in answer.opened)


def assumed(found: Strategy, lang: Lang) -> Iterator[str]:
    """What is assumed: by the study, and by the file."""
    keys = {"sizes": "size", "hires": "team", "unknown": "lever", "rooms": "room"}
    groups = {x.case.group for x in found.answers.values()}
    for key, group in keys.items():
        if group in groups:
            yield ASSUMED[key].say(lang)
    if found.copied and found.instance.field:
        account = found.instance.field.accounts[found.copied]
        yield ASSUMED["copy"].say(lang, name=label_of(account, found.copied))
    for line in found.instance.assumed:
        yield ASSUMED["file"].say(lang, line=line)
