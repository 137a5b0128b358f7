"""What the answers say in words: differences as intervals, and no more than they allow."""

import math

from allocator.labels import Lang, label
from allocator.panel import label_of
from allocator.scales import share, short
from allocator.strategy.cases import Answer, Worth
from allocator.strategy.labels import CASES, HEADINGS, KINDS, SAID
from allocator.strategy.record import Strategy
from allocator.strategy.snowballs import FIRST
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
        return CASES["next"].say(lang, **_room(case.instance, case.name, lang))
    if case.group == "room":
        return CASES["rooms"].say(lang, count=f"{case.at:g}")
    if case.group == "size":
        return CASES["size"].say(lang, size=f"{case.at:g}")
    return CASES[case.key].say(lang)


def _room(instance: Instance, name: str, lang: Lang) -> dict[str, str]:
    assert instance.field is not None
    account = instance.field.accounts[name]
    return {"name": label_of(account, name), "kind": KINDS[account.type].say(lang)}


def role_name(instance: Instance, role: str) -> str:
    """What a role is called."""
    assert instance.staff is not None
    return label_of(instance.staff.roles[role], role)


def heads(answer: Answer, lang: Lang) -> str:
    """Whom a plan hires: ``2 × host``."""
    one = answer.case.instance
    named = [f"{n} × {role_name(one, j)}" for j, n in answer.hires.items()]
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


def team_sentences(found: Strategy, lang: Lang) -> list[str]:
    """What the team costs and the pay at which hiring pays."""
    told = []
    gain = found.worth("team.free", "team.as_it_is")
    free = found.answers.get("team.free")
    if gain is not None and free is not None:
        known = {"gains": "hiring_gains", "nothing": "hiring_nothing"}
        fields = {
            "span": span(gain.low, gain.high, lang),
            "low": part(gain.low, lang),
            "high": part(gain.high, lang),
            "plans": part(gain.plans, lang),
            "hired": heads(free, lang) or say("nobody", lang),
        }
        told.append(say(known.get(gain.verdict, "hiring_open"), lang, **fields))
    return told + _pay(found, lang)


def _pay(found: Strategy, lang: Lang) -> list[str]:
    pay, staff = found.pay, found.instance.staff
    if pay is None or staff is None:
        return []
    who = []
    for role, count in pay.hired.items():
        paid = short((pay.pays or 0.0) * staff.roles[role].wage, lang)
        name = role_name(found.instance, role)
        who.append(say("hire", lang, count=str(count), role=name, pay=paid))
    fields = {
        "low": share(pay.pays, lang),
        "high": share(pay.fails, lang),
        "hired": (", " if lang == "en" else "；").join(who),
    }
    key = "pay_more" if pay.fails is None else "pay" if pay.pays else "pay_low"
    key = "pay_never" if pay.pays is None else key
    told = [say(key, lang, **fields), say("pay_how", lang)]
    for answer in found.of("price"):
        hired = heads(answer, lang) or say("nobody", lang)
        against = worth_words(found.worth(answer.case.key, "team.as_it_is"), lang)
        at = share(answer.case.at, lang)
        told.append(say("pay_check", lang, share=at, hired=hired, worth=against))
    return told


def size_sentences(found: Strategy, lang: Lang) -> list[str]:
    """The order of the levers, and whose share moves most."""
    if len(found.sizes) < 2:
        return []
    steps = []
    for lever, size, paid in found.order:
        name = label("lever", lever, lang)
        if size is None:
            steps.append(say("never", lang, lever=name))
            continue
        key = "step" if paid >= 0.005 else "step_bare"
        steps.append(say(key, lang, lever=name, size=f"{size:g}", share=share(paid, lang)))
    told = [say("order", lang, levers=("; " if lang == "en" else "；").join(steps))]
    first, last = found.sizes[0], found.sizes[-1]
    moves = {x: last.shares.get(x, 0.0) - first.shares.get(x, 0.0) for x in found.base.spend}
    if first.planned and last.planned and moves:
        lever = max(moves, key=lambda x: abs(moves[x]))
        fields = {
            "first": f"{found.size_of(first):g}",
            "last": f"{found.size_of(last):g}",
            "lever": label("lever", lever, lang),
            "low": share(first.shares.get(lever, 0.0), lang),
            "high": share(last.shares.get(lever, 0.0), lang),
        }
        told.append(say("moves", lang, **fields))
    return told


def lever_sentences(found: Strategy, lang: Lang) -> list[str]:
    """What a ban costs, what Alliance alone can do, and whether the snowball grows."""
    told = []
    for answer in found.of("lever"):
        if answer.case.key.startswith("without."):
            name = label("lever", answer.case.name, lang)
            told.append(say("without", lang, lever=name, worth=_against_base(found, answer, lang)))
    told += _alone(found, lang)
    return told + _growth(found, lang)


def _against_base(found: Strategy, answer: Answer, lang: Lang) -> str:
    if answer.plan.status == "infeasible":
        return say("infeasible", lang)
    return worth_words(found.worth(answer.case.key, "base"), lang)


def _alone(found: Strategy, lang: Lang) -> list[str]:
    known, unknown = (found.answers.get(f"alliance.{x}") for x in ("known", "unknown"))
    if known is None:
        return []
    if not known.planned:
        return [say("alone_none", lang, why=known.plan.message if lang == "en" else "")]
    sold = (known.plan.gmv or 0.0) / found.base.plan.gmv if found.base.plan.gmv else None
    fields = {
        "gmv": share(sold, lang),
        "earned": short(known.plan.contribution, lang),
        "base": short(found.base.plan.contribution, lang),
    }
    told = [say("alone", lang, **fields)]
    if unknown is not None:
        lost = found.worth("alliance.unknown", "alliance.known")
        words = (
            say("infeasible", lang)
            if unknown.plan.status == "infeasible"
            else worth_words(lost, lang)
        )
        told.append(say("awareness", lang, worth=words))
    return told


def _growth(found: Strategy, lang: Lang) -> list[str]:
    ball = found.base.snowball
    if ball is None or ball.mean is None or ball.below is None:
        return []
    key = "shrinks" if ball.mean < 1 else "mostly" if ball.below > 0 else "above"
    fields = {
        "basis": say(ball.basis, lang),
        "mean": factor(ball.mean),
        "least": factor(ball.least),
        "below": share(ball.below, lang),
        "first": str(FIRST),
    }
    told = [say(key, lang, **fields)]
    if ball.calm is not None:
        told.append(say("calm", lang, calm=factor(ball.calm)))
    for basis in ("traffic", "creators"):
        others = [
            say("growth_without", lang, case=case_name(x, lang), mean=factor(x.snowball.mean))
            for x in found.of("lever")
            if x.snowball is not None and x.snowball.basis == basis and x.snowball.mean is not None
        ]
        if others:
            listed = ("; " if lang == "en" else "；").join(others)
            told.append(say("growth_others", lang, basis=say(basis, lang), list=listed))
    return told


def factor(value: float | None) -> str:
    """A growth factor to a thousandth."""
    return "–" if value is None else f"{value:.3f}"


def gained(value: float, lang: Lang) -> str:
    """A difference of money with its sign."""
    return f"+{short(value, lang)}" if value > 0 else short(value, lang)


def room_sentences(found: Strategy, lang: Lang) -> list[str]:
    """The break-even number of rooms, and which account to open next."""
    rooms, steps = found.rooms, found.steps
    if not rooms:
        return []
    told = []
    largest = rooms[-1]
    key = "by_plans_end" if largest.rooms >= largest.case.at else "by_plans"
    told.append(say(key, lang, count=str(largest.rooms), limit=f"{largest.case.at:g}"))
    sure = found.proved_rooms
    told.append(
        say("proved", lang, count=f"{sure:g}") if sure is not None else say("proved_none", lang)
    )
    for answer, step in steps:
        count = f"{answer.case.at:g}"
        fields = {"gmv": gained(step.gmv, lang), "earned": gained(step.contribution, lang)}
        told.append(say("room", lang, count=count, worth=worth_words(step, lang), **fields))
    return told + _next(found, lang)


def _next(found: Strategy, lang: Lang) -> list[str]:
    options = found.of("next")
    if not options:
        return [say("no_candidate", lang)]
    ranked = sorted(options, key=lambda x: -x.interval.value)
    best = ranked[0]
    if not best.planned:
        return []
    if not any(x.opened for x in options):
        return [say("next_none", lang)]
    today = f"rooms.{found.rooms_today}"
    told = say(
        "next",
        lang,
        worth=worth_words(found.worth(best.case.key, today), lang),
        **_room(best.case.instance, best.case.name, lang),
    )
    said = [told]
    for other in ranked[1:]:
        name = _room(other.case.instance, other.case.name, lang)["name"]
        ahead = found.worth(best.case.key, other.case.key)
        if ahead is not None and ahead.verdict == "gains":
            said.append(say("next_sure", lang, other=name))
        else:
            said.append(say("next_unsure", lang, other=name, worth=worth_words(ahead, lang)))
    return said
