"""Names of cases, and differences in words: as intervals, and no more than they allow."""

import math

from allocator.labels import Lang, label
from allocator.panel import label_of
from allocator.scales import share, short
from allocator.strategy.cases import Answer, Worth
from allocator.strategy.labels import CASES, HEADINGS, KINDS, SAID
from allocator.strategy.matrices import COPY
from allocator.strategy.teams import PLUS
from fact_models.spec.instance import Instance


def heading(key: str, lang: Lang) -> str:
    """A heading."""
    return HEADINGS[key].say(lang)


def say(key: str, lang: Lang, **given: str) -> str:
    """A sentence with what it is given."""
    return SAID[key].say(lang, **given)


def case_name(answer: Answer, lang: Lang) -> str:
    """What a case is called."""
    case = answer.case
    if case.group == "lever" and case.key.startswith("without."):
        return CASES["without"].say(lang, lever=label("lever", case.name, lang))
    if case.group == "price":
        return CASES["team.pay"].say(lang, share=share(case.at, lang))
    if case.group == "next":
        return CASES["next"].say(lang, **room_words(case.instance, case.name, lang))
    if case.group == "room":
        return CASES["rooms"].say(lang, count=f"{case.at:g}")
    if case.group == "size":
        return CASES["size"].say(lang, size=f"{case.at:g}")
    return CASES[case.key].say(lang)


def room_words(instance: Instance, name: str, lang: Lang) -> dict[str, str]:
    """Name and kind of an account."""
    assert instance.field is not None
    account = instance.field.accounts[name]
    return {"name": label_of(account, name), "kind": KINDS[account.type].say(lang)}


def room_name(instance: Instance, name: str, lang: Lang) -> str:
    """What an account is called; a copy by the one that it is a copy of."""
    assert instance.field is not None
    accounts = instance.field.accounts
    copied, mark, _ = name.rpartition(COPY)
    original = next((a for a in accounts if mark and a != name and a[:30] == copied), None)
    if original is None:
        return label_of(accounts[name], name)
    return CASES["copy"].say(lang, name=label_of(accounts[original], original))


def role_name(instance: Instance, role: str) -> str:
    """What a role is called."""
    assert instance.staff is not None
    return label_of(instance.staff.roles[role], role)


def heads(answer: Answer, lang: Lang) -> str:
    """Whom a plan hires: ``2 × host``; where newcomers have a pay of their own, all are that."""
    one, mark = answer.case.instance, PLUS if answer.case.group == "price" else ""
    hired = ((n, role_name(one, j).removesuffix(mark)) for j, n in answer.hires.items())
    named = [say("heads", lang, count=str(n), role=role) for n, role in hired]
    return (", " if lang == "en" else "、").join(named)


def part(value: float, lang: Lang) -> str:
    """A share to a tenth of a percent."""
    text = share(value, lang, 1)
    return text.replace("-0.0", "0.0") if text.startswith("-0.0") else text


def band(found: Worth | None, lang: Lang) -> str:
    """The proved interval with its signs: ``-1.2 … +3.4 %``."""
    if found is None or not (math.isfinite(found.low) and math.isfinite(found.high)):
        return "–"
    ends = [f"{100 * x:+.1f}".replace("-0.0", "0.0") for x in (found.low, found.high)]
    return f"{ends[0]} … {ends[1]}{' ' if lang == 'en' else ''}%"


def span(low: float, high: float, lang: Lang) -> str:
    """An interval of shares; one number where both ends read alike."""
    ends = part(low, lang), part(high, lang)
    return ends[0] if ends[0] == ends[1] else say("span", lang, low=ends[0], high=ends[1])


def worth_words(found: Worth | None, lang: Lang) -> str:
    """What may be said of a difference."""
    if found is None:
        return say("unknown", lang)
    low, high = found.low, found.high
    if found.verdict == "loses":
        low, high = -high, -low
    return say(
        found.verdict,
        lang,
        span=span(low, high, lang),
        low=part(low, lang),
        high=part(high, lang),
        plans=part(found.plans, lang),
    )


def factor(value: float | None) -> str:
    """A growth factor to a thousandth."""
    return "–" if value is None else f"{value:.3f}"


def gained(value: float, lang: Lang) -> str:
    """A difference of money with its sign."""
    return f"+{short(value, lang)}" if value > 0 else short(value, lang)
