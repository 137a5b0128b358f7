"""What the answers say in sentences, question by question."""

from allocator.labels import Lang, label
from allocator.scales import share, short
from allocator.strategy.cases import Answer
from allocator.strategy.names import (
    case_name,
    factor,
    gained,
    heads,
    part,
    role_name,
    room_words,
    say,
    span,
    worth_words,
)
from allocator.strategy.record import WIDE, Strategy
from allocator.strategy.snowballs import FIRST


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
    if staff is None:
        return []
    if pay is None:
        done = "team.free" in found.answers and not found.stopped
        return [say("pay_unknown", lang)] if done else []
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
        at, gain = share(answer.case.at, lang), found.worth(answer.case.key, "team.as_it_is")
        if gain is not None and found.idle(answer):
            told.append(say("pay_check_idle", lang, share=at, high=part(gain.high, lang)))
            continue
        hired = heads(answer, lang) or say("nobody", lang)
        against = worth_words(gain, lang)
        told.append(say("pay_check", lang, share=at, hired=hired, worth=against))
    beyond = [x for x in found.of("price") if x.case.at == pay.fails]
    gains = [found.worth(x.case.key, "team.as_it_is") for x in beyond]
    if any(gain is not None and gain.verdict == "gains" for gain in gains):
        told.append(say("pay_beyond", lang, high=share(pay.fails, lang)))
    return told


def size_sentences(found: Strategy, lang: Lang) -> list[str]:
    """The order of the levers, and whose share moves most."""
    if len(found.sizes) < 2 or not found.near:
        return []
    steps = []
    for lever, size, paid in found.order:
        name = label("lever", lever, lang)
        if size is None:
            steps.append(say("never", lang, lever=name))
            continue
        key = "step" if paid >= 0.005 else "step_bare"
        if found.unsure_below(size):
            key = "step_by"
        steps.append(say(key, lang, lever=name, size=f"{size:g}", share=share(paid, lang)))
    told = [say("order", lang, levers=("; " if lang == "en" else "；").join(steps))]
    wide = [f"× {found.size_of(x):g}" for x in found.sizes if x not in found.near]
    if wide:
        listed = ("; " if lang == "en" else "、").join(wide)
        told.append(say("wide", lang, sizes=listed, most=share(WIDE, lang)))
    return told + _moving(found, lang) + _earning(found, lang)


def _moving(found: Strategy, lang: Lang) -> list[str]:
    """The lever whose share differs most between two sizes, the smaller size first."""
    ends = {
        lever: sorted(
            (
                min(found.near, key=lambda x: x.shares.get(lever, 0.0)),
                max(found.near, key=lambda x: x.shares.get(lever, 0.0)),
            ),
            key=found.size_of,
        )
        for lever in found.base.spend
    }
    moves = {x: abs(a.shares.get(x, 0.0) - b.shares.get(x, 0.0)) for x, (a, b) in ends.items()}
    lever = max(moves, key=lambda x: moves[x], default=None)
    if lever is None or not moves[lever]:
        return []
    first, last = ends[lever]
    fields = {
        "first": f"{found.size_of(first):g}",
        "last": f"{found.size_of(last):g}",
        "lever": label("lever", lever, lang),
        "low": share(first.shares.get(lever, 0.0), lang),
        "high": share(last.shares.get(lever, 0.0), lang),
    }
    return [say("moves", lang, **fields)]


def _earning(found: Strategy, lang: Lang) -> list[str]:
    """Where a larger merchant keeps less, since GMV is the goal; sizes that make a loss."""
    goal = found.instance.objective.goal
    if goal not in ("gmv", "net_gmv"):
        return []
    named = [(f"× {found.size_of(x):g}", float(x.plan.contribution or 0.0)) for x in found.near]
    most = max(named, key=lambda pair: pair[1])
    beyond = named[named.index(most) + 1 :]
    between = "; " if lang == "en" else "；"
    told = []
    if beyond:
        listed = between.join(f"{size}: {short(earned, lang)}" for size, earned in beyond)
        size, earned = most[0].removeprefix("× "), short(most[1], lang)
        names = label("kpi", goal, lang)
        told.append(say("earns", lang, size=size, earned=earned, goal=names, list=listed))
    losing = [size for size, earned in named if earned < 0]
    if losing:
        told.append(say("loss", lang, sizes=between.join(losing)))
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
    ball = known.snowball
    if ball is not None and ball.mean is not None:
        above = "alone_mostly" if ball.below else "alone_above"
        fields = {
            "basis": say(ball.basis, lang),
            "mean": factor(ball.mean),
            "least": factor(ball.least),
            "below": share(ball.below, lang),
            "first": str(FIRST),
        }
        told.append(say(above if ball.mean >= 1 else "alone_below", lang, **fields))
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


def room_sentences(found: Strategy, lang: Lang) -> list[str]:
    """The break-even number of rooms, and which account to open next."""
    rooms, steps = found.rooms, found.steps
    if not rooms:
        return []
    told = []
    limit, best = rooms[-1].case.at, found.best_rooms
    if found.rooms_cut:
        told.append(say("rooms_cut", lang))
    if steps or not found.rooms_cut:
        key = "by_plans_end" if best >= limit and not found.rooms_cut else "by_plans"
        told.append(say(key, lang, count=str(best), limit=f"{limit:g}"))
        sure = found.proved_rooms
        key = "proved_none" if sure is None else "proved"
        told.append(say(key, lang, count=str(sure)))
    for answer, step in steps:
        count = f"{answer.case.at:g}"
        fields = {"gmv": gained(step.gmv, lang), "earned": gained(step.contribution, lang)}
        told.append(say("room", lang, count=count, worth=worth_words(step, lang), **fields))
        if step.verdict == "gains" and step.gmv <= 0:
            told.append(say("late", lang, count=count))
    return told + _next(found, lang)


def _next(found: Strategy, lang: Lang) -> list[str]:
    options = found.of("next")
    if found.next_cut:
        return [say("next_cut", lang)]
    if not options:
        return [say("no_candidate", lang)]
    ranked = sorted(options, key=lambda x: -x.interval.value)
    best = ranked[0]
    if not best.planned:
        return []
    if not any(x.opened for x in options):
        return [say("next_none", lang)]
    today = f"rooms.{found.rooms_today}"
    assert found.instance.field is not None
    account = found.instance.field.accounts[best.case.name]
    told = say(
        "next",
        lang,
        cost=short(account.opening_cost, lang),
        lead=str(account.opening_lead),
        worth=worth_words(found.worth(best.case.key, today), lang),
        **room_words(best.case.instance, best.case.name, lang),
    )
    said = [told]
    for other in ranked[1:]:
        name = room_words(other.case.instance, other.case.name, lang)["name"]
        ahead = found.worth(best.case.key, other.case.key)
        if ahead is not None and ahead.verdict == "gains":
            said.append(say("next_sure", lang, other=name))
        else:
            said.append(say("next_unsure", lang, other=name, worth=worth_words(ahead, lang)))
    return said
