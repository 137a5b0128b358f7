"""Funnel against snowball on a terminal: worlds by plans, and what it comes to in words."""

from collections.abc import Iterator
from typing import Literal, get_args

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.figures import amount, percent, plain, signed_percent
from allocator.models_compare import ModelComparison
from allocator.screen_levers import simple
from allocator.trials import GROWTH, Kind, Trial


def models_screen(found: ModelComparison) -> RenderableType:
    """A row per world and plan, then the comparison in words."""
    words = Text("\n".join(in_words(found)))
    if not found.trials:
        return words
    shown = simple(
        "Growth", "Plan", ">GMV", ">Objective", ">Contrib.", ">Broken rules", "Volumes taken"
    )
    for n, one in enumerate(found.trials):
        first = n == 0 or found.trials[n - 1].world != one.world
        shown.add_row(
            f"{one.world} ({GROWTH[one.world]:g}x)" if first else "",
            one.plan,
            amount(one.gmv, " "),
            amount(one.objective, " "),
            amount(one.contribution, " "),
            Text(str(one.rules_broken), style="yellow") if one.broken else "none",
            one.taken,
        )
    note = f"amounts in {plain(found.instance.currency)}; objective with end value"
    title = Text(plain(found.instance.name), style="bold cyan")
    return Group(title, shown, Text(note, style="dim"), Text(), words)


def in_words(found: ModelComparison) -> list[str]:
    """What a planner wants to know first, a sentence or two each."""
    return [
        *_missing(found),
        *_worth(found),
        *_replanned(found),
        *_broken(found),
        *_taken(found),
        *_certificate(found),
    ]


def _missing(found: ModelComparison) -> Iterator[str]:
    for name, plan in (("snowball", found.snowball), ("funnel", found.funnel)):
        if plan.decisions is None:
            reason = plan.message or plan.status.replace("_", " ")
            yield f"There is no {name} plan: {plain(reason)}."


def _worth(found: ModelComparison) -> Iterator[str]:
    """A line per world: what planning with the feedback is worth."""
    saves = found.instance.objective.goal == "cost"
    kept = "of spend saved" if saves else "of the objective with what is left at the end"
    for world in GROWTH:
        worth, gain = found.worth(world), found.worth(world, "objective")
        base = found.trial(world, "funnel")
        if worth is None or gain is None or base is None:
            continue
        yield (
            f"{world.capitalize()} growth: planning with the feedback is worth "
            f"{amount(worth, ' ')} {plain(found.instance.currency)} of GMV over "
            f"{found.instance.calendar.periods} periods ({_share(worth, base.gmv)}), "
            f"{amount(gain, ' ')} ({_share(gain, base.objective)}) {kept}."
        )


def _share(gain: float, base: float) -> str:
    return signed_percent(gain / base) if base > 0 else "from nothing"


def _replanned(found: ModelComparison) -> Iterator[str]:
    """What it would be worth to know the growth beforehand."""
    for world in found.replanned:
        known, blind = found.trial(world, "replanned"), found.trial(world, "snowball")
        if known is None or blind is None:
            yield f"No plan was found that knows of {world} growth beforehand."
            continue
        gain = found.gain(known, blind, "objective")
        yield (
            f"To know of {world} growth beforehand is worth {amount(gain, ' ')} of the objective "
            f"({_share(gain, blind.objective)})."
        )


def _broken(found: ModelComparison) -> Iterator[str]:
    """A line for every plan that breaks rules somewhere, with the rule that breaks worst."""
    for kind in get_args(Kind):
        trials = [x for x in found.trials if x.plan == kind and not x.feasible]
        if trials:
            worst = max(trials, key=lambda x: abs(x.broken[0].relative))
            yield (
                f"The {kind} plan is not feasible at {_listed([x.world for x in trials])} growth: "
                f"taken as far as capacity goes it breaks {_counted(worst.rules_broken, 'rule')}; "
                f"worst, at {worst.world} growth: {plain(worst.worst)}. "
                f"Its figures there count what {_these(worst.rules_broken)} would not allow."
            )
    yield from _flattered(found)


def _flattered(found: ModelComparison) -> Iterator[str]:
    """Whom the broken rules favour, where only one of the two plans breaks any."""
    sides: tuple[tuple[Literal["funnel", "snowball"], Literal["funnel", "snowball"], str], ...] = (
        ("funnel", "snowball", "least"),
        ("snowball", "funnel", "most"),
    )
    for breaks, keeps, bound in sides:
        worlds = [
            world
            for world in GROWTH
            if _ok(found.trial(world, keeps)) is True and _ok(found.trial(world, breaks)) is False
        ]
        if worlds:
            yield (
                f"At {_listed(worlds)} growth only the {breaks} plan breaks rules: what planning "
                f"with the feedback is worth there is at {bound} what is shown."
            )


def _ok(trial: Trial | None) -> bool | None:
    return None if trial is None else trial.feasible


def _taken(found: ModelComparison) -> Iterator[str]:
    """How the plans were replayed."""
    own = {
        "as planned": "with the visits and orders that it accepts itself",
        "cut": "with the visits and orders that it accepts itself, cut to what is on offer",
        "up to capacity": "taking all that capacity allows",
    }
    middle = [x for x in found.trials if x.world == "middle"]
    if middle:
        each = "; ".join(f"the {x.plan} plan {own[x.taken]}" for x in middle)
        yield (
            f"At middle growth each plan is replayed in the way that suits it better: {each}. "
            "At other growth both take all that capacity allows."
        )


def _certificate(found: ModelComparison) -> Iterator[str]:
    best = found.snowball
    if best.decisions is not None:
        line = "As certified, the snowball plan keeps every rule, brings "
        line += f"{amount(best.gmv, ' ')} of GMV and an objective of {amount(best.objective, ' ')}"
        if best.bound is not None:
            line += f", at best {amount(best.bound, ' ')} ({percent(best.gap, 2)} away)"
        yield f"{line}."
    if found.funnel.decisions is not None and found.funnel.gap is not None:
        yield (
            f"The funnel cannot tell its plan from others within {percent(found.funnel.gap, 2)}, "
            "such as some with live hours that nobody there would fill: "
            "another of them may fare better or worse here."
        )


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _these(count: int) -> str:
    return "this rule" if count == 1 else "these rules"
