"""The cheapest changes of the file after which there is a plan, each one applied and planned.

The elastic program finds them: figures give way at a price, and the sum of the prices is least.
What it finds is a proposal, because its curves are cut by first tangents. The changes are put
into the record, rounded to the side that gives way, and a plan is searched for and verified; only
then are they told.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence

from pydantic import ValidationError

from allocator.conflicts.changes import Proposal, applied, as_changes
from allocator.conflicts.floors import raised
from allocator.conflicts.nearest import (
    TODAY_STEPS,
    Among,
    Question,
    Search,
    Variant,
    Weights,
    cheapest,
)
from allocator.conflicts.program import Elastic, elastic
from allocator.conflicts.record import Change, Repair
from allocator.conflicts.rules import Rule
from allocator.conflicts.sentences import REPAIRS, told
from allocator.conflicts.trial import at_point, first_plan
from allocator.labels import Label
from allocator.plan import Plan
from allocator.tree import Path
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify

WEIGHINGS: tuple[tuple[Weights, Label], ...] = (
    ({"limit": 1.0, "means": 2.0, "partner": 4.0}, REPAIRS["limits"]),
    ({"limit": 4.0, "means": 1.0, "partner": 2.0}, REPAIRS["means"]),
)
"""How changes are weighed, in the order of the alternatives."""
REMOVAL = 2.0
"""Price of giving up a campaign that is joined, in whole changes of a figure."""
MOST = 3
"""Alternatives that are looked for."""
STEPS = (1.0, 1.01, 1.05, 1.25)
"""Factors by which changes are widened until a plan is found: tangents lie above the curves."""
RELAXED_STEPS = (1.0, 1.05)
"""The same for changes that were found in fractions."""
WIDENED: dict[Among, tuple[float, ...]] = {
    "today": TODAY_STEPS,
    "fractions": RELAXED_STEPS,
    "whole": STEPS,
}
AWAY = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
"""Factors of changes with which today's way is tried where no plan at their edge was found."""
TRIAL_SECONDS, TRIAL_SHARE = 20.0, 0.3
"""Time for a plan with one set of changes: seconds, or this share of what is left."""
Maker = Callable[[], Variant | None]
"""Makes a program in which a repair is looked for, when it is needed."""
LARGE = 3000
"""Rows from which on changes are looked for around today's whole numbers first: over half a year
whole numbers near those of the relaxation are rarely found in time."""


def repairs(variants: Sequence[Maker], search: Search, most: int = MOST) -> list[Repair]:
    """Up to ``most`` repairs that were planned and verified, no two with the same fields.

    The first ones differ in how changes are weighed; each further one does without the dearest
    field of every one before.
    """
    found: list[Repair] = []
    shut: set[Path] = set()
    for n in range(len(WEIGHINGS) + most):
        if search.over() or len(found) >= most:
            break
        weights, words = WEIGHINGS[n if n < len(WEIGHINGS) else 0]
        search.say("repair")
        closed = frozenset(shut) if n >= len(WEIGHINGS) else frozenset()
        repair, dearest = one_repair(variants, Question(weights, words, closed), search)
        if not dearest:
            break
        shut |= dearest
        if repair and not any(repair.fields == other.fields for other in found):
            found.append(repair)
    return found


def one_repair(
    variants: Sequence[Maker], question: Question, search: Search
) -> tuple[Repair | None, set[Path]]:
    """A repair and its dearest field besides floors that fall anyway; empty if there is none to
    look for.

    In fractions first, which takes a hundredth of the time: what is cheapest there and works when
    it is put in is the cheapest of all, but for its rounding. In large programs around today's
    whole numbers before that: dearer perhaps, but a plan with it is found at once.
    """
    dearest: set[Path] = set()
    last: Proposal | None = None
    for among in _ways(variants, search):
        proposal = _cheapest(variants, question, search, among)
        if proposal is None or not proposal.parts:
            # A point in fractions without any change: so it is under every weighing.
            search.relaxed &= not (among == "fractions" and proposal is not None)
            continue
        beside = proposal.dearest(question.floors)
        if not beside:
            # Only what falls anyway: among other whole numbers more may be gained.
            continue
        dearest, words = beside, question.words
        if among == "today":
            words = told(REPAIRS["today"], weights=words)
        repair = _tried(proposal, words, search, among)
        if repair is not None:
            return repair, dearest
        last = proposal
        if search.over():
            break
    if last is None or question.floors:
        return None, dearest
    return _as_today(last, question.words), dearest


def _ways(variants: Sequence[Maker], search: Search) -> Iterator[Among]:
    """Whole numbers to look among, the quickest first."""
    program = variants[0]()
    if program is not None and len(program.program.matrix.row_names) >= LARGE:
        yield "today"
    if search.relaxed:
        yield "fractions"
    yield "whole"


def _as_today(proposal: Proposal, words: Label) -> Repair | None:
    """The same changes, taken so far that going on as today keeps every rule: where a plan at the
    edge of the rules was not found in time, one away from it may be at hand."""
    for step in AWAY:
        try:
            mended = applied(proposal.program.instance, as_changes(proposal, step))
        except ValidationError:
            continue
        today = status_quo(mended)
        if verify(mended, today).ok:
            plan = Plan.of(mended, "feasible_limit", today, math.inf)
            assert plan.gmv is not None
            changes = (*proposal.removed, *as_changes(proposal, step))
            wider = told(REPAIRS["wider"], weights=words, step=f"{step:g}")
            return Repair(changes, wider, step * proposal.cost, plan.gmv)
    return None


def variants_of(program: Elastic) -> list[Maker]:
    """The programs in which a repair is looked for, built when they are needed."""
    instance = program.instance
    found: list[Maker] = [lambda: Variant(program, (), 0.0)]
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        if campaign.joined is not None:
            change = Change(("campaign", "campaigns", e, "joined"), campaign.joined, None)
            found.append(_without(instance, change))
    return found


def _without(instance: Instance, change: Change) -> Maker:
    kept: list[Variant | None] = []

    def build() -> Variant | None:
        if not kept:
            try:
                kept.append(Variant(elastic(applied(instance, [change])), (change,), REMOVAL))
            except ValidationError:
                kept.append(None)
        return kept[0]

    return build


def _cheapest(
    variants: Sequence[Maker],
    question: Question,
    search: Search,
    among: Among,
) -> Proposal | None:
    """The cheapest changes over all programs."""
    best: Proposal | None = None
    for make in variants:
        if search.over():
            break
        variant = make()
        if variant is None or any(change.path in question.shut for change in variant.removed):
            continue
        # A campaign given up has its price, whatever else is changed.
        if best is not None and variant.price >= best.cost:
            continue
        found = cheapest(variant, question, search, among)
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return best


def _tried(proposal: Proposal, words: Label, search: Search, among: Among) -> Repair | None:
    """The repair, if a plan with it was found and verified."""
    for step in WIDENED[among]:
        if search.over():
            return None
        changes = as_changes(proposal, step)
        if not changes and not proposal.removed:
            return None
        try:
            mended = applied(proposal.program.instance, changes)
        except ValidationError:
            continue
        search.say("trial")
        if changes not in search.tried:
            search.tried.append(changes)
            plan = at_point(mended, proposal.program.decoded(proposal.x))
            if plan is None and among != "today":
                plan = _planned(mended, proposal, search)
        else:
            # Another weighing came to the same: either it is told already, or it does not help.
            plan = None
        if plan is not None and plan.gmv is not None:
            instance, seconds = proposal.program.instance, _seconds(search)
            changes, plan = raised(instance, changes, plan, search, seconds)
            assert plan.gmv is not None
            needed = _needed(instance, changes, plan)
            spared = sum(proposal.parts[x.path] for x in changes if x not in needed)
            whole = (*proposal.removed, *needed)
            return Repair(whole, words, proposal.cost - spared, plan.gmv, plan.gap)
        if not any(_widens(proposal.program.rules[n]) for n in proposal.amounts):
            break
    return None


def _needed(instance: Instance, changes: list[Change], plan: Plan) -> list[Change]:
    """The changes without those that the plan does not need."""
    assert plan.decisions is not None
    kept = list(changes)
    for change in changes:
        rest = [x for x in kept if x is not change]
        try:
            mended = applied(instance, rest)
        except ValidationError:
            continue
        if verify(mended, plan.decisions).ok:
            kept = rest
    return kept


def _planned(instance: Instance, proposal: Proposal, search: Search) -> Plan | None:
    """A verified plan of ``instance``, however far from the best one."""
    seconds = _seconds(search)
    return first_plan(instance, proposal.values, seconds, search.stop) if seconds > 0 else None


def _seconds(search: Search) -> float:
    """Time for a plan with one set of changes."""
    left = search.deadline - time.monotonic()
    return min(left, max(TRIAL_SECONDS, TRIAL_SHARE * left))


def _widens(rule: Rule) -> bool:
    return rule.edit is None
