"""The answers to the three questions, from changed merchants and their plans."""

import math
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from allocator.plan import Plan
from allocator.strategy.cases import LEAST, Answer, Group, Worth, looser_than, worth
from allocator.strategy.matrices import candidates_of, last_rooms, rooms_of
from fact_models.spec.instance import Instance

WIDE = 0.1
"""Gap beyond which a plan does not tell which levers a merchant of its size needs."""


@dataclass(frozen=True)
class Pay:
    """The pay at which hiring pays, all else of the plan's whole-number choices kept.

    Attributes:
        pays: largest share of today's pay at which newcomers were hired for a gain; None if none
            was found.
        fails: smallest share tried at which they were not; None if they were at all.
        hired: whom, at ``pays``.
        gain: share of the objective that hiring brings at ``pays``.
        tried: shares tried.
        plan: the verified plan with newcomers at ``pays``; None if nothing was found.
    """

    pays: float | None
    fails: float | None
    hired: dict[str, int]
    gain: float
    tried: tuple[float, ...]
    plan: Plan | None = None

    def plain(self) -> dict[str, Any]:
        """Plain values without the plan."""
        told = asdict(replace(self, plan=None))
        del told["plan"]
        return told


@dataclass(frozen=True, eq=False)
class Strategy:
    """A merchant and the answers to the three questions.

    Attributes:
        instance: as the file has it.
        answers: by key, in the order in which they were found.
        pay: the pay at which hiring pays; None where it was not looked for.
        copied: the candidate that was copied for rooms beyond the file.
        gap: relative gap of every plan.
        stopped: whether it was ended before all was answered.
    """

    instance: Instance
    answers: dict[str, Answer]
    pay: Pay | None
    copied: str
    gap: float
    stopped: bool = False

    @property
    def base(self) -> Answer:
        """The merchant as it is."""
        return self.answers["base"]

    def of(self, *groups: Group) -> list[Answer]:
        """The answers to a question."""
        return [x for x in self.answers.values() if x.case.group in groups]

    @property
    def near(self) -> list[Answer]:
        """Sizes whose plans are near enough to their bounds to tell which levers they use."""
        return [x for x in self.sizes if x.plan.gap is not None and x.plan.gap <= WIDE]

    @property
    def sizes(self) -> list[Answer]:
        """By rising size, the merchant's own among them."""
        found = [*self.of("size"), self.base]
        return sorted(found, key=lambda x: 1.0 if x is self.base else x.case.at)

    def size_of(self, answer: Answer) -> float:
        """Size of the merchant of an answer."""
        return 1.0 if answer is self.base else answer.case.at

    def unsure_below(self, size: float) -> bool:
        """Whether the next smaller merchant's plan is too far from its bound to tell whether it
        uses a lever already."""
        smaller = [x for x in self.sizes if self.size_of(x) < size]
        return bool(smaller) and smaller[-1] not in self.near

    @property
    def order(self) -> list[tuple[str, float | None, float]]:
        """The levers in the order in which a growing merchant takes them up: with the least size
        at which it uses the lever, None if at none, and the share of the spend there.

        Of levers taken up at the same size the one with the larger share of the spend comes first.
        """
        found = []
        for lever in self.base.spend:
            used = [x for x in self.near if x.uses(lever)]
            size = self.size_of(used[0]) if used else None
            found.append((lever, size, used[0].shares.get(lever, 0.0) if used else 0.0))
        return sorted(found, key=lambda x: (math.inf if x[1] is None else x[1], -x[2]))

    def worth(self, one: str, other: str) -> Worth | None:
        """What a case is worth beyond another; None where one of them was not answered."""
        mine, its = self.answers.get(one), self.answers.get(other)
        if mine is None or its is None:
            return None
        cases = {key: x.case for key, x in self.answers.items()}
        looser, tighter = one in looser_than(other, cases), other in looser_than(one, cases)
        return worth(mine, its, looser=looser, tighter=tighter)

    def idle(self, answer: Answer) -> bool:
        """Whether a plan hires without worth: it is proved to be worth what the best plan with the
        team as it is is worth, so nothing speaks for its hires, not even where they are free."""
        if answer is not self.base and answer.case.group not in ("team", "price"):
            return False
        found = self.worth(answer.case.key, "team.as_it_is")
        return bool(answer.hires) and found is not None and found.verdict == "nothing"

    @property
    def steps(self) -> list[tuple[Answer, Worth]]:
        """Every number of rooms with what it is worth beyond one room less."""
        rooms = self.rooms
        pairs = pairwise(rooms)
        told = [(after, self.worth(after.case.key, before.case.key)) for before, after in pairs]
        return [(after, found) for after, found in told if found is not None]

    @property
    def rooms_today(self) -> int:
        """Rooms that are open today or whose opening is decided."""
        return len(rooms_of(self.instance))

    @property
    def rooms_cut(self) -> bool:
        """Whether a stop came before every number of rooms was planned."""
        rooms = self.rooms
        done = bool(rooms) and rooms[-1].case.at >= last_rooms(self.instance)
        return self.stopped and (not done or any(x.cut for x in rooms))

    @property
    def next_cut(self) -> bool:
        """Whether a stop came before every account that can be opened was planned alone."""
        found = self.of("next")
        missing = len(found) < len(candidates_of(self.instance))
        return self.stopped and (missing or any(x.cut for x in found))

    @property
    def best_rooms(self) -> int:
        """Rooms that the best plan has open at the end; with fewer rooms a plan that is worth as
        much, but for what counts as nothing, comes first."""
        rooms = self.rooms
        best = max(x.interval.value for x in rooms)
        near = (x for x in rooms if x.interval.value >= best - LEAST * abs(best))
        return next(near).rooms

    @property
    def proved_rooms(self) -> int | None:
        """Number of rooms up to which every further one is proved to pay; None if the second is
        not."""
        found = None
        for answer, step in self.steps:
            if step.verdict != "gains":
                break
            found = round(answer.case.at)
        return found

    @property
    def rooms(self) -> list[Answer]:
        """By rising number of rooms."""
        return sorted(self.of("room"), key=lambda x: x.case.at)
