"""What ``allocator fit`` does: read, learn, show, write."""

import json
from pathlib import Path

from allocator.exits import OK
from allocator.faults import InputError, Problem
from allocator.fit.learning import learn
from allocator.fit.output import check_output, write_draws
from allocator.fit.reader import read_history
from allocator.fit.record import beyond_record, record
from allocator.fit.screen import fit_screen
from allocator.fit.seen import outside, planned
from allocator.labels import Lang
from allocator.load import load
from allocator.named_files import read_plan
from allocator.terminal import log, stdout
from fact_models.replay import replay
from fact_models.spec.instance import Instance


def instance_to_fit(path: str) -> Instance:
    """The instance of a file.

    Raises:
        InputError: the file cannot be read, has no rooms, or does not count in weeks.
    """
    instance = load(path)
    if not instance.field or not any(a.open for a in instance.field.accounts.values()):
        rule = "no account is open: there is nothing to learn"
        raise InputError([Problem(path, 0, "field.accounts", "", rule)])
    if instance.calendar.days != 7:
        rule = "a history is weekly, so periods must have 7 days"
        raise InputError([Problem(path, 0, "calendar.days", str(instance.calendar.days), rule)])
    if instance.snowball.model == "funnel":
        rule = "the funnel has no growth to learn"
        raise InputError([Problem(path, 0, "snowball.model", "funnel", rule, "snowball")])
    return instance


def fit_one(
    history: str,
    instance: str,
    out: Path | None,
    *,
    draws: int,
    seed: int,
    hold_out: bool,
    plan: str | None,
    as_json: bool,
    lang: Lang,
) -> int:
    """Learn from a history; returns the exit code."""
    if out is not None:
        check_output(out, history, instance, plan)
    spec = instance_to_fit(instance)
    weeks = read_history(history, spec)
    wanted = read_plan(plan) if plan else None
    found = learn(spec, weeks, draws=draws, seed=seed, hold_out=hold_out, progress=log)
    beyond = []
    if wanted is not None and wanted.decisions is not None:
        states = replay(wanted.instance, wanted.decisions)
        beyond = outside(found.seen, planned(wanted.instance, wanted.decisions, states))
    if as_json:
        print(json.dumps(record(found, beyond_record(beyond)), ensure_ascii=False))
    else:
        stdout().print(fit_screen(found, beyond, lang))
    if out is not None:
        write_draws(out, found.table)
        log(f"{len(found.table)} draws of {found.table.shape[1] - 1} numbers written to {out}")
    return OK
