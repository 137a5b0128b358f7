"""What the weeks that are over made certain: no scenario says otherwise of it.

States stand as they were seen, and what a deal that is over did lies in them. A scenario's figure
for one of them would take the place of what was counted on Monday, so it falls; the scenario, its
chance and its other changes stay.
"""

from typing import Any

from fact_models.overriding import ANY, OverrideError, places
from fact_models.spec.calendar import Calendar
from fact_models.spec.instance import Instance

Tree = dict[str, Any]
STATES = (
    "snowball.segments.*.followers",
    "snowball.segments.*.customers",
    "snowball.segments.*.interest",
    "snowball.segments.*.awareness",
    "field.accounts.*.traffic.*",
    "field.content.stock",
    "alliance.tiers.*.pool",
    "alliance.tiers.*.arriving.*",
    "goods.lines.*.stock.opening",
    "goods.lines.*.stock.arriving.*",
    "staff.roles.*.heads",
    "money.cash.opening",
    "money.cash.drawn",
    "money.cash.receivables.*",
    "money.past.*",
)
"""Places of the states that a week sets anew."""


def certain(tree: Tree) -> tuple[str, ...]:
    """Places that are certain in an instance's plain values: states, and all below a deal that
    was held, called off or can no longer be signed."""
    deals = tree["kol"]["deals"] if tree["kol"] else {}
    calendar = Calendar.model_validate(tree["calendar"])
    return STATES + tuple(f"kol.deals.{k}" for k, deal in deals.items() if _over(deal, calendar))


def _over(deal: Tree, calendar: Calendar) -> bool:
    if deal["agreed"] is not None:
        return calendar.period_of(deal["agreed"]) < 0
    return calendar.period_of(deal["last"]) < 0


def drop_certain(tree: Tree) -> None:
    """Take out of the scenarios of ``tree`` what is certain by now, in place."""
    known = certain(tree)
    for scenario in tree["scenarios"].values():
        scenario["changes"] = [
            change | {"at": at}
            for change in scenario["changes"]
            for at in parted(tree, change["at"], known)[0]
        ]


def fallen(before: Instance, after: Instance) -> dict[str, list[str]]:
    """What scenarios of ``before`` say of what is certain in ``after``, by scenario that is left
    there; those that say nothing of it are left out."""
    known = certain(after.model_dump(mode="json", by_alias=True))
    tree = before.model_dump(mode="json", by_alias=True)
    said = {
        name: [at for one in scenario.changes for at in parted(tree, one.at, known)[1]]
        for name, scenario in before.scenarios.items()
        if name in after.scenarios
    }
    return {name: places_ for name, places_ in said.items() if places_}


def parted(tree: Tree, at: str, known: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Places that ``at`` names: those open still, and those certain; itself where all are one."""
    try:
        found = [".".join(map(str, steps)) for steps in places(tree, at)]
    except OverrideError:
        # A pipeline that grew shorter: what was still to come is there.
        found = [at]
    settled = [place for place in found if any(_within(place, of) for of in known)]
    if not settled:
        return [at], []
    if len(settled) == len(found):
        return [], [at]
    return [place for place in found if place not in settled], settled


def _within(place: str, of: str) -> bool:
    """Whether a place is ``of`` or lies below it."""
    steps, least = place.split("."), of.split(".")
    pairs = zip(steps, least, strict=False)
    return len(steps) >= len(least) and all(ANY in pair or pair[0] == pair[1] for pair in pairs)
