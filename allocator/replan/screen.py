"""Monday morning on a terminal: last week against the plan, what to change, what it is worth."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import amount, percent, plain, signed_percent, whole
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.replan.changes import EVENTS, LITTLE, Change
from allocator.replan.figures import FIGURES
from allocator.replan.played import Note
from allocator.replan.reason import why_none, why_none_record
from allocator.replan.replanned import Replanned
from allocator.replan.team import WRITTEN
from allocator.replan.variance import CAUSES
from allocator.replan.weeks import Week
from allocator.replan.words import KINDS, say
from allocator.screen_conflict import conflict_screen
from allocator.screen_levers import simple
from allocator.weekly.columns import BY_NAME
from fact_models.replay import replay
from fact_models.spec.calendar import as_date, iso_week
from fact_models.spec.instance import Instance

SHOWN = 15
"""Changes that are listed; the rest is counted."""
PART = 0.005
"""Part of the planned GMV below which a cause is not named."""
BEYOND = {"beyond_hours": "hours", "beyond_spend": "ad_spend"}
"""Column of a note that is about a total, by its key."""
YES = ("discount", "offer", "package")
"""Kinds that are there or not."""


def replan_screen(found: Replanned, lang: Lang) -> RenderableType:
    """Variance of the weeks, changes with reasons, what they are worth."""
    parts: list[RenderableType] = []
    for week in found.weeks:
        parts += [*_week(week, lang), Text("")]
    if found.plan.decisions is None:
        first, *others = (plain(line) for line in why_none(found, lang))
        told = [Text(first, style="bold red"), *map(Text, others)]
        if found.plan.conflict:
            told += [Text(""), conflict_screen(found.plan.conflict, lang)]
        return Group(*parts, *told)
    if not found.changes:
        kept, new = found.kept.objective, found.plan.objective or 0.0
        same = found.kept.possible and abs(new - kept) <= LITTLE * abs(new)
        shifted = "shifted_team" if _other_team(found.weeks) else "shifted"
        parts.append(Text(say("same" if same else shifted, lang), style="bold green"))
    else:
        count = len(found.changes)
        title = say("change" if count > 1 else "change_one", lang, count=str(count))
        parts += [Text(title, style="bold cyan"), _changes(found, lang)]
    if len(found.changes) > SHOWN:
        parts.append(Text(say("more", lang, count=str(len(found.changes) - SHOWN))))
    parts += [Text(""), *(Text(line) for line in _worth(found, lang))]
    return Group(*parts)


def _other_team(weeks: Sequence[Week]) -> bool:
    """Whether the heads seen last are not those of the plan."""
    for week in reversed(weeks):
        pairs = [pair for key, pair in week.items.items() if key.startswith("team:")]
        if (team := week.actual.get("team")) is not None:
            pairs.append((week.plan["team"], team))
        if pairs:
            return any(abs(due - came) > WRITTEN for due, came in pairs)
    return False


def _week(week: Week, lang: Lang) -> list[RenderableType]:
    """Plan, actual and difference of every figure seen, the causes of the GMV's, what to know."""
    title = Text(say("week", lang, week=iso_week(as_date(week.monday))), style="bold cyan")
    shown: list[RenderableType] = [title, _figures(week, lang)]
    if week.causes:
        shown.append(Text(_why(week, lang)))
    return shown + [Text(plain(note_words(note, lang)), style="yellow") for note in week.notes]


def _figures(week: Week, lang: Lang) -> Table:
    """Figures of the week, below each those of its accounts, boosts, roles, lines, deals."""
    table = simple(
        say("figure", lang),
        *(f">{say(key, lang)}" for key in ("plan", "actual", "difference")),
    )
    for name in (*FIGURES, "deal"):
        seen, planned = week.actual.get(name), week.plan.get(name)
        if seen is not None and planned is not None:
            _figure(table, column_words(name, lang), planned, seen)
        for key, (due, came) in week.items.items():
            stem, _, item = key.partition(":")
            if stem == name:
                _figure(table, f"{column_words(name, lang)}: {item}", due, came)
    return table


def _figure(table: Table, name: str, planned: float, seen: float) -> None:
    share = seen / planned - 1 if planned else None
    off = share is not None and abs(share) >= 0.05
    style = "bold yellow" if off else ""
    table.add_row(
        Text(plain(name)), whole(planned), whole(seen), Text(signed_percent(share), style=style)
    )


def _why(week: Week, lang: Lang) -> str:
    """The parts of the GMV's difference that matter, the largest first."""
    total = sum(week.causes.values())
    least = PART * max(week.plan["gmv"], 1.0)
    named = [
        f"{_cause(week, name, lang)} {_signed(week.causes[name])}"
        for name in sorted(CAUSES, key=lambda name: -abs(week.causes[name]))
        if abs(week.causes[name]) >= least
    ]
    rest = sum(x for x in week.causes.values() if abs(x) < least)
    if named and abs(rest) >= least / 10:
        named.append(f"{say('rest', lang)} {_signed(rest)}")
    why = say("why", lang, difference=_signed(total))
    text = f"{why}: {', '.join(named) or say('none', lang)}"
    missing = week.variance.missing
    if missing and abs(week.causes["untold"]) >= least:
        between = "、" if lang == "zh" else ", "
        columns = between.join(_heading(name, lang) for name in missing)
        text += "\n" + say("tell", lang, columns=columns)
    return text


def _cause(week: Week, name: str, lang: Lang) -> str:
    if name != "untold":
        return say(name, lang)
    between = "、" if lang == "zh" else ", "
    return say("untold", lang, causes=between.join(say(n, lang) for n in week.variance.merged))


def _heading(name: str, lang: Lang) -> str:
    """A column of the export as its heading is to be written, with the id behind a colon."""
    stem, colon, item = name.partition(":")
    return f"{BY_NAME[stem].zh}{colon}{item}" if lang == "zh" else name


def column_words(name: str, lang: Lang) -> str:
    """A column of the export as a table names it."""
    column = BY_NAME[name]
    return column.zh if lang == "zh" else column.en.replace("_", " ")


def note_words(note: Note, lang: Lang) -> str:
    """A note on a week in words."""
    name = note.values["name"]
    if note.key == "no_place" or not name:
        name = column_words(name or BEYOND[note.key], lang)
    return say(note.key, lang, **{**note.values, "name": name})


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "-") + amount(abs(value))


def _changes(found: Replanned, lang: Lang) -> Table:
    table = simple(
        say("what", lang),
        say("where", lang),
        f">{say('before', lang)}",
        f">{say('after', lang)}",
        say("reason", lang),
    )
    for column in table.columns:
        column.overflow = "fold"
    for change in found.changes[:SHOWN]:
        name = change.name.rpartition(": ")[0] if _switched(change) else change.name
        what = f"{KINDS[change.kind][lang == 'zh']} {name}".strip()
        before, after = _levels(change, found.plan.instance, lang)
        table.add_row(
            Text(plain(what)),
            change.weeks(found.plan.instance),
            before,
            after,
            Text(plain(reason(change, found, lang))),
        )
    return table


def _switched(change: Change) -> bool:
    """Whether one package takes the place of another; the name then says which."""
    return change.kind == "package" and change.before > 0 and change.after > 0


def _levels(change: Change, instance: Instance, lang: Lang) -> tuple[str, str]:
    if change.kind in EVENTS and change.kind not in ("hires", "leaves"):
        none = "无" if lang == "zh" else "none"
        weeks = change.weeks(instance).split(" → ")
        before = weeks[0] if change.first is not None else none
        return before, weeks[-1] if change.last is not None else none
    if _switched(change):
        before, after = change.name.split(": ")[-1].split(" → ")
        return before, after
    if change.kind in YES:
        no, yes = ("否", "是") if lang == "zh" else ("no", "yes")
        return (yes if change.before > 0 else no), (yes if change.after > 0 else no)
    if change.kind in ("boost_spend", "purchase"):
        return amount(change.before), amount(change.after)
    return f"{change.before:.1f}", f"{change.after:.1f}"


def reason(change: Change, found: Replanned, lang: Lang) -> str:
    """Why a change is made: the rule that it saves, or what it is worth."""
    if change.rule:
        return say("rule", lang, rule=change.rule.say(lang))
    if change.worth is None:
        return say("together", lang)
    if change.worth <= LITTLE * abs(found.plan.objective or 0.0):
        return say("little" if len(found.changes) > 1 else "little_one", lang)
    return say(_of_goal("worth", found.plan), lang, value=amount(change.worth))


def _of_goal(key: str, plan: Plan) -> str:
    """The key of a sentence for what the plan is worth, or for what it costs."""
    return f"{key}_cost" if plan.instance.objective.goal == "cost" else key


def _worth(found: Replanned, lang: Lang) -> list[str]:
    """What the old, the new and the best plan are worth, or cost, from here on."""
    plan = found.plan
    new, best = plan.objective, found.best.objective
    assert new is not None
    assert best is not None
    lines = []
    if found.kept.possible:
        gain = _signed(new - found.kept.objective)
        values = {"old": amount(found.kept.objective), "new": amount(new), "gain": gain}
        lines.append(say(_of_goal("old_possible", plan), lang, **values))
    else:
        lines.append(say("old_broken", lang, rule=found.kept.broken[0].say(lang)))
    cost = abs(best - new) / max(abs(best), 1.0)
    if cost > LITTLE or found.at_best > len(found.changes):
        lines.append(
            say(
                _of_goal("best", plan),
                lang,
                best=amount(best),
                count=str(found.at_best),
                cost=percent(cost, 2),
                most=percent(found.stability, 1),
            )
        )
    if plan.bound is not None:
        lines.append(say(_of_goal("bound", plan), lang, bound=amount(plan.bound)))
    return lines


def record(found: Replanned, folder: str) -> dict[str, object]:
    """The outcome as plain values."""
    plan = found.plan
    states = None if plan.decisions is None else replay(plan.instance, plan.decisions)
    return {
        "from": found.old.name,
        "instance": plan.name,
        "folder": folder,
        "status": plan.status,
        "reason": why_none_record(found),
        "conflict": plan.conflict or None,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "gmv": plan.gmv,
        "best": found.best.objective,
        "stability": found.stability,
        "old": {
            "possible": found.kept.possible,
            "objective": found.kept.objective,
            "broken": [rule.en for rule in found.kept.broken],
        },
        "weeks": [
            {
                "week": w.monday,
                "plan": w.plan,
                "actual": w.actual,
                "items": {k: {"plan": due, "actual": came} for k, (due, came) in w.items.items()},
                "causes": w.causes,
                "not_told_apart": list(w.variance.merged),
                "would_tell": list(w.variance.missing),
                "notes": [{"en": note_words(n, "en"), "zh": note_words(n, "zh")} for n in w.notes],
            }
            for w in found.weeks
        ],
        "changes": [
            {
                "kind": c.kind,
                "name": c.name,
                "weeks": c.weeks(plan.instance),
                "before": c.before,
                "after": c.after,
                "worth": c.worth,
                "rule": c.rule.en if c.rule else "",
            }
            for c in found.changes
        ],
        "changes_at_best": found.at_best,
        "replayed": None if states is None else float(states.objective),
    }
