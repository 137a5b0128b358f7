"""The instances of the families, drawn when they are needed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from allocator.families import FAMILIES, generate
from allocator.writing import write_atomic
from benchmarks.families.bars import BARS, Bar
from fact_models.spec.instance import Instance

WEEKS = (13, 26, 52)


@dataclass(frozen=True)
class Case:
    """One instance of a family."""

    family: str
    weeks: int
    seed: int

    @property
    def label(self) -> str:
        """Family, weeks and seed; also the name that the instance bears."""
        return f"{self.family}-{self.weeks}-{self.seed}"

    @property
    def bar(self) -> Bar:
        """What is asked of the solver here."""
        return BARS[self.family, self.weeks]

    def instance(self) -> Instance:
        """The instance; the same for the same family, weeks and seed."""
        return generate(self.family, self.weeks, self.seed)

    def write(self, folder: Path) -> Path:
        """Write the instance below ``folder`` as a planner would have it."""
        told = self.instance().model_dump(mode="json", exclude_unset=True, by_alias=True)
        file = folder / f"{self.label}.json"
        write_atomic(file, json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n")
        return file


def cases(families: Sequence[str], weeks: Sequence[int], seeds: Iterable[int]) -> list[Case]:
    """The instances in the order in which they are run; ``xl`` has one length."""
    seeds = list(seeds)
    return [
        Case(family, length, seed)
        for family in families
        for length in WEEKS
        if (family, length) in BARS and (length in weeks or family == "xl")
        for seed in seeds
    ]


def case_of(label: str) -> Case:
    """The case of a label.

    Raises:
        ValueError: it is not one.
    """
    family, _, rest = label.partition("-")
    weeks, _, seed = rest.partition("-")
    if family not in FAMILIES or not weeks.isdigit() or not seed.isdigit():
        raise ValueError(f"{label!r} is no family, weeks and seed")
    return Case(family, int(weeks), int(seed))
