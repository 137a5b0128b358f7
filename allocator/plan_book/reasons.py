"""Sheets on why a plan that was explained is as it is: what one more of each limit is worth, the
last yuan of every lever, and the rules that bind.
"""

import math

from allocator.book import Column, Value
from allocator.panel import label_of, week_of
from allocator.plan_book.writer import Writer
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading, resource_name, rule_name, stop_name
from allocator.reasons.marginals import Marginal
from allocator.reasons.sentences import sentence
from allocator.reasons.words import goal_words, lever_name, marginal_words, price_words


def reasons(of: Writer, found: Explanation) -> None:
    """The sheets of an explanation; one that has nothing to say is left out."""
    if found.prices:
        _prices(of, found)
    if found.marginals:
        _marginals(of, found)
    if found.rules:
        _rules(of, found)


def _prices(of: Writer, found: Explanation) -> None:
    rows, lang = found.prices, of.lang
    staff = found.plan.instance.staff
    roles = [label_of(staff.roles[one.role], one.role) if staff and one.role else ""
             for one in rows]  # fmt: skip
    pairs = zip(rows, roles, strict=True)
    names = [resource_name(one.resource, role, lang) for one, role in pairs]
    columns = [
        _text("one_more", names, of, 30),
        _text("week", [_week(found, one.period, of) for one in rows], of, 12),
        _number("price", [one.price for one in rows], of),
        _number("last", [one.left for one in rows], of),
        _number("next", [one.right for one in rows], of),
    ]
    _sheet(of, "prices", " ".join(price_words(found, lang)), columns)


def _marginals(of: Writer, found: Explanation) -> None:
    rows, lang = found.marginals, of.lang
    staff = found.plan.instance.staff
    roles = {j: label_of(role, j) for j, role in staff.roles.items()} if staff else {}

    def stop(one: Marginal) -> str:
        return stop_name(one.stop, roles.get(one.role, one.role), lang)

    columns = [
        _text("lever", [lever_name(one.lever, lang) for one in rows], of, 16),
        _text("input", [heading(one.kind, lang, name=one.label) for one in rows], of, 30),
        _text("week", [_week(found, one.period, of) for one in rows], of, 12),
        of.money(heading("spent", lang), [one.paid for one in rows], total=False),
        _number("average", [one.average for one in rows], of),
        _number("marginal", [one.marginal for one in rows], of),
        _number("ratio", [one.ratio for one in rows], of),
        _text("stops", [stop(one) for one in rows], of, 30),
    ]
    _sheet(of, "marginals", " ".join(marginal_words(found, lang)), columns)


def _rules(of: Writer, found: Explanation) -> None:
    rows, lang = found.rules, of.lang
    of_lever = ("lever", "locked")
    labels = [lever_name(x.key, lang) if x.rule in of_lever else x.label for x in rows]
    names = [rule_name(one.rule, name, lang) for one, name in zip(rows, labels, strict=True)]
    whole = abs(found.plan.objective or 0.0)
    worth = [one.expected if one.measured is None else one.measured for one in rows]
    columns = [
        _text("rule", names, of, 40),
        _number("binds", [float(one.periods) for one in rows], of),
        of.money(heading("more", lang), worth, total=False),
        Column(
            heading("of_plan", lang),
            [x / whole if whole else None for x in worth],
            "share",
            width=14,
        ),
    ]
    note = f"{sentence('rules', lang)} {goal_words(found.plan.instance, lang)}"
    _sheet(of, "rules_sheet", note, columns)


def _sheet(of: Writer, key: str, note: str, columns: list[Column]) -> None:
    name = heading(key, of.lang)
    of.table(of.book.sheet(name, f"{of.plan.name} · {name}", note), columns, freeze=1)


def _week(found: Explanation, period: int | None, of: Writer) -> str:
    if period is None:
        return heading("whole", of.lang)
    return week_of(found.plan.instance.calendar, period)


def _text(key: str, cells: list[str], of: Writer, width: int) -> Column:
    values: list[Value] = list(cells)
    return Column(heading(key, of.lang), values, "text", width=width)


def _number(key: str, cells: list[float | None], of: Writer) -> Column:
    values: list[Value] = [x if x is not None and math.isfinite(x) else None for x in cells]
    return Column(heading(key, of.lang), values, "decimal", width=14)
