"""What a batch keeps about itself in its folder, read back with every type and range checked.

``run.json`` says what was asked for: one that is not sound is refused field by field. ``job.json``
says how one solve ended: one that is not sound counts for nothing, and its instance is solved
again. The figures of a plan are read from its plan file.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from allocator import plan_file
from allocator.attempt import Options
from allocator.composing import compose_json, no_constant
from allocator.faults import InputError, Problem
from allocator.labels import Lang
from allocator.load import World
from allocator.plan import VERIFIED, Status
from allocator.plan_file import FILE_NAME, sha256_of
from allocator.reading import read_bytes, read_text, validate
from allocator.version import installed_version
from allocator.writing import safe_name, write_atomic
from fact_models.spec.objective import Goal

MANIFEST, RECORD = "run.json", "job.json"
FORMAT = 1
"""Of manifest and records; another one is refused."""
FINAL = ("optimal", "feasible_limit", "no_plan_yet", "infeasible", "unbounded_model")
"""Outcomes that a solve with the same limits would have again: they are not tried again."""
LARGEST = 20_000_000
"""Most bytes of a manifest or record."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class Manifest:
    """What a batch was asked for.

    Attributes:
        files: instance files, as absolute paths.
        options: limits of every solve.
        goal: replaces the goal of the files.
        model: replaces the world of the files.
        at_once: most processes at a time.
        reports: language of the reports beside every plan file; None leaves them out.
    """

    files: tuple[str, ...]
    options: Options
    goal: Goal | None
    model: World | None
    at_once: int
    reports: Lang | None = None


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class _Options(_Closed):
    """Options as the command line admits them."""

    gap: Annotated[float, Field(ge=0, le=1)]
    time_limit: Annotated[float, Field(gt=0)] | None
    threads: Annotated[int, Field(ge=1, le=1024)]
    seed: Annotated[int, Field(ge=0, lt=2**31)]


class _Manifest(_Closed):
    """``Manifest`` as ``run.json`` states it."""

    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    version: str
    files: list[Annotated[str, Field(min_length=1)]]
    options: _Options
    goal: Goal | None
    model: World | None
    at_once: Annotated[int, Field(ge=1, le=256)]
    reports: Lang | None


class _Instance(_Closed):
    name: str
    sha256: Sha256


class _Summary(_Closed):
    """The part of ``plan_file.summary`` that the results show; the rest is passed on."""

    model_config = ConfigDict(extra="allow")

    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    gmv: float | None
    net_gmv: float | None
    contribution: float | None
    runtime: dict[str, float | None]
    instance: _Instance
    message: str


class _Record(_Closed):
    """``job.json``; ``plan`` is empty where the solve left none."""

    key: Sha256
    outcome: str
    plan: Sha256 | Annotated[str, Field(max_length=0)]
    summary: _Summary

    @model_validator(mode="after")
    def _tells_of_one_end(self) -> Self:
        planned = self.summary.status in VERIFIED
        if bool(self.plan) != planned or (self.summary.objective is not None) != planned:
            raise ValueError("there must be a plan exactly where the status says so")
        if self.outcome in (*VERIFIED, *FINAL) and self.outcome != self.summary.status:
            raise ValueError("the outcome must be the status")
        return self


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Keep what the batch was asked for, for ``allocator resume``.

    Raises:
        OutputError: it cannot be written.
    """
    stated = {"format": FORMAT, "version": installed_version(), **asdict(manifest)}
    write_atomic(out / MANIFEST, json.dumps(stated, indent=1, ensure_ascii=False) + "\n")


def read_manifest(out: Path) -> Manifest:
    """What the batch in ``out`` was asked for.

    Raises:
        InputError: there is no manifest, or naming file, line, field, value and rule.
    """
    path = out / MANIFEST
    if not path.exists():
        rule, hint = "holds no run.json", "give the folder of solve --out DIR --jobs N"
        raise InputError([Problem(str(out), 0, "", "", rule, hint)])
    asked = validate(_Manifest, compose_json(str(path), read_text(path, LARGEST)))
    return Manifest(
        tuple(asked.files),
        Options(**asked.options.model_dump()),
        asked.goal,
        asked.model,
        asked.at_once,
        asked.reports,
    )


def why_again(folder: Path, found: dict[str, Any], key: str) -> str:
    """Why the solve that ``found`` tells of has to be done again; empty if it has not."""
    if found["key"] != key:
        return "the instance, a limit or the program is another one"
    if found["outcome"] not in FINAL:
        return f"it ended as {found['outcome']}"
    return "" if intact(folder, found) else f"its {FILE_NAME} was changed or is gone"


def intact(folder: Path, found: dict[str, Any]) -> bool:
    """Whether the plan that ``found`` tells of, if any, stands in ``folder`` as it was written."""
    return not found["plan"] or found["plan"] == sha256_of(folder / FILE_NAME)


def any_record(folder: Path) -> dict[str, Any] | None:
    """The record in ``folder``; None if there is none, or none that tells of one solve.

    Where the plan that it tells of is intact, the figures are those of the plan file.
    """
    with suppress(ValueError, RecursionError):
        found = _mapping(folder / RECORD, LARGEST)
        _Record.model_validate(found)
        if found["plan"] and intact(folder, found):
            stated = _mapping(folder / FILE_NAME, plan_file.LARGEST)
            found["summary"] = {key: stated.get(key) for key in found["summary"]}
            _Record.model_validate(found)
        if safe_name(found["summary"]["instance"]["name"]) == folder.name:
            return found
    return None


def _mapping(path: Path, largest: int) -> dict[str, Any]:
    found = json.loads(read_bytes(path, largest), parse_constant=no_constant)
    if not isinstance(found, dict):
        raise ValueError("it is not a mapping")
    return found


def write_record(
    folder: Path, key: str, outcome: str, summary: dict[str, Any], *, planned: bool
) -> None:
    """Say how a solve ended; everything else in the folder is written before.

    Args:
        folder: of the instance.
        key: of the job.
        outcome: a status of a plan, or the name of a failure.
        summary: as ``plan_file.summary``.
        planned: whether the plan beside it belongs to this outcome.

    Raises:
        OutputError: it cannot be written.
    """
    plan = sha256_of(folder / FILE_NAME) if planned else ""
    stated = {"key": key, "outcome": outcome, "plan": plan, "summary": summary}
    write_atomic(folder / RECORD, json.dumps(stated, indent=1, ensure_ascii=False) + "\n")
