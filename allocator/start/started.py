"""The start: export and answers in, an instance file out, every number with its origin."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from allocator.annotating import rounded, text
from allocator.faults import InputError, Problem, field_name, shown
from allocator.start.answers import Answers, Today, today
from allocator.start.archetypes import NAMES, archetype
from allocator.start.dates import season_factors
from allocator.start.ordinary import Ordinary, ordinary_week
from allocator.start.ranges import remarks
from allocator.start.scaling import scaled
from allocator.start.stretching import AnswerError, ScalingError, too_far
from allocator.tree import Tree as Answered
from allocator.weekly.reading import Weeks, read_weeks
from fact_models.replay import replay, status_quo
from fact_models.spec.calendar import iso_week
from fact_models.spec.instance import Instance
from fact_models.verify import Violation, verify

Tree = dict[str, Any]
REQUIRED = ("gmv", "views", "orders", "hours")
"""Columns without which nothing can be scaled."""
USED = (
    *REQUIRED,
    "ad_spend",
    "followers",
    "refunds",
    "team",
    "cash",
    "creator_gmv",
    "creators",
)
"""Columns that tell something of an ordinary week."""
DIGITS = 6
"""Significant digits of what the file holds; her figures come back to 1 in 10,000."""
NOTES = {
    "season": "assumed: strength and dates, those of 2026 moved by whole years of 52 weeks",
    "campaign": "assumed: dates as projected for 2026, moved by whole years; put official ones in",
    "kol": "assumed: a menu of deals at market prices; replace it by the offers you have",
    "staff": "assumed: today's team can do today's work; staff hours are cut where it could not",
}
LABELS = {
    "apparel": "women's wear with two rooms",
    "factory": "a source factory with one room",
    "beauty": "a beauty brand with four rooms",
    "snacks": "snacks sold mostly by creators",
}


@dataclass(frozen=True)
class Started:
    """A started instance.

    Attributes:
        text: the instance file.
        instance: what it holds.
        week: the merchant's ordinary week as the export has it.
        replayed: the ordinary week of the file's status quo.
        growth: growth a week of the status quo's GMV over its first four ordinary weeks.
        broken: rules that going on as today would break.
        assumed: numbers of the file that are assumed; ``known`` those that are hers.
    """

    text: str
    instance: Instance
    week: Today
    replayed: Ordinary
    growth: float
    broken: tuple[Violation, ...]
    assumed: int
    known: int


def read_export(path: str) -> Weeks:
    """The weeks of an export with the columns that a start needs.

    Raises:
        InputError: with file, line, column, value and rule.
    """
    return read_weeks(path, required=REQUIRED, used=USED)


def start(
    kind: str, weeks: Weeks, answers: Answers, name: str, source: Answered | None = None
) -> Started:
    """Scale the archetype ``kind`` to a merchant.

    Args:
        kind: a name of ``archetypes.NAMES``.
        weeks: her export.
        answers: what no export holds.
        name: name of the instance.
        source: where the answers stand, for what is wrong with them.

    Raises:
        InputError: the figures are too few or do not fit the archetype or each other.
    """
    sources = {other: archetype(other) for other in NAMES}
    week = today(weeks, answers, season_factors(sources[kind], weeks.mondays))
    try:
        tree = scaled(sources[kind], week, answers)
    except AnswerError as error:
        raise InputError([_misfit(error, answers, source)]) from None
    except ScalingError as error:
        raise InputError([Problem(weeks.file, 0, "", "", str(error))]) from None
    tree = _named(tree, kind, weeks, week, name)
    try:
        instance = Instance.model_validate(tree)
    except ValidationError as error:
        # The ordinary week has no deals and no season: their rules show only here.
        raise InputError([Problem(weeks.file, 0, "", "", str(too_far(tree, error)))]) from None
    said = remarks(tree, _kin(sources, kind, week, answers), _known(week, answers))
    body = text(tree, Instance, NOTES, said)
    decisions = status_quo(instance)
    return Started(
        text=_head(kind, weeks) + body,
        instance=instance,
        week=week,
        replayed=ordinary_week(tree),
        growth=_growth(tree),
        broken=verify(instance, decisions).violations,
        assumed=sum("assumed" in remark for remark in said.values()),
        known=sum("assumed" not in remark for remark in said.values()),
    )


def _misfit(error: AnswerError, answers: Answers, source: Answered | None) -> Problem:
    """An answer that does not fit, with its place in the file of the answers."""
    value: Any = answers.model_dump()
    for step in error.path:
        value = value[step]
    field, rule = field_name(error.path), str(error)
    if source is None:
        return Problem("answers", 0, field, shown(value), rule, error.hint)
    line, cell = source.line(error.path), source.cell(error.path)
    return Problem(source.file, line, field, shown(value), rule, error.hint, cell)


def _kin(sources: dict[str, Tree], kind: str, week: Today, answers: Answers) -> list[Tree]:
    """The other archetypes at the same figures; those that cannot be scaled that far are left
    out.
    """
    plain = answers.model_copy(update={"team": {}, "rooms": None})
    found = []
    for other, source in sources.items():
        if other != kind:
            try:
                found.append(scaled(source, week, plain))
            except ScalingError:
                continue
    return found


def _named(tree: Tree, kind: str, weeks: Weeks, week: Today, name: str) -> Tree:
    """The tree in the order of the record, with a name and what is assumed."""
    span = f"{iso_week(weeks.mondays[0])} to {iso_week(weeks.mondays[-1])}"
    assumed = [
        "every number with the word assumed behind it, within the range that stands there",
        "that the business answers as its archetype does",
        "dates and effects of promotions and deals",
    ]
    if week.origin.get("team"):
        assumed.append("the split of the team over the roles")
    head = {
        "name": name,
        "note": f"Archetype {kind} ({LABELS[kind]}) at the figures of {span}.",
        "assumed": assumed,
    }
    rest = {key: value for key, value in tree.items() if key not in head}
    return dict(rounded({**head, **rest}, DIGITS))


def _head(kind: str, weeks: Weeks) -> str:
    """First lines of the file: how to read it."""
    return (
        f"# Started from {len(weeks.mondays)} weeks to {iso_week(weeks.mondays[-1])} and the"
        f" archetype {kind}.\n"
        "# yours: from your export or your answers. assumed: from the archetype, scaled to your\n"
        "# figures; the range spans the four archetypes at your figures, a quarter at least.\n"
        "# Put in what you know, then: allocator check, allocator solve.\n"
    )


def _known(week: Today, answers: Answers) -> dict[str, str]:
    """Remarks of what is not assumed, by path with ``*`` for ids."""
    from_ = {"export": "yours, from the export", "answers": "yours, as answered"}
    origin = {name: from_[source] for name, source in week.origin.items()}
    split = {name: f"{said}; split as in the archetype" for name, said in origin.items()}
    price = {"goods.lines.*.price": "yours: GMV by orders"}
    found = {
        "field.accounts.*.current_hours": split["hours"],
        "field.boosts.*.current_spend": split.get("ad_spend"),
        "snowball.segments.*.followers": split.get("followers"),
        "goods.lines.*.refund_pre": split.get("refund_share"),
        "goods.lines.*.refund_post": split.get("refund_share"),
        "alliance.tiers.*.pool": split.get("creators"),
        "staff.roles.*.heads": split.get("team"),
        "money.cash.opening": origin.get("cash"),
        "money.cash.receivables": "yours: sales of the last weeks not settled yet, fees assumed",
    }
    told = {
        "goods.lines.*.unit_cost": answers.unit_cost,
        "money.budget": answers.budget,
        "money.cash.floor": answers.cash_floor,
        "money.cash.credit": answers.credit,
        "merchant.score": answers.score,
        **{f"staff.roles.{j}.heads": heads for j, heads in answers.team.items()},
    }
    found |= {path: from_["answers"] for path, value in told.items() if value is not None}
    return price | {path: said for path, said in found.items() if said is not None}


def _growth(tree: Tree) -> float:
    """Growth a week of the status quo over its first ordinary weeks."""
    quiet = {key: value for key, value in tree.items() if key not in ("season", "campaign", "kol")}
    quiet["calendar"] = {**tree["calendar"], "periods": 4}
    instance = Instance.model_validate(quiet)
    found = replay(instance, status_quo(instance), accept="greedy")
    gmv = np.sum(list(found.gmv.values()), axis=0)
    return float((gmv[-1] / gmv[0]) ** (1 / 3) - 1)
